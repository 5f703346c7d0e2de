package exports

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/server/staff"
	"yousaid/surveys"
	"yousaid/surveys/responses/exporting"
	"yousaid/surveys/tablefile"
)

// ExportsPage is staff/exports: files of responses row by row, asked for and made.
type ExportsPage struct {
	page.Page
	Survey   string
	Surveys  []page.Option
	Format   string
	Formats  []page.Option
	Comments []page.Option
	From, To page.DateParts
	Exports  []ExportLine
	Busy     bool // something is being made: the page loads itself again
}

// ExportLine is one export in words.
type ExportLine struct {
	ID         int64
	What       string
	By, At     string
	State      string
	Done, All  string
	Count      int // of its rows
	Percent    int
	Running    bool
	File       string // address; "" where there is none
	Size       string
	Until      string
	Problem    string
	SHA256     string
	Deletable  bool
	DeleteForm string
}

var exportStates = map[string]string{
	"waiting":  "export.waiting|Waiting",
	"running":  "export.being_made|Being made",
	"finished": "export.ready|Ready",
	"failed":   "export.failed|Failed",
	"expired":  "export.its_time_is_over|Its time is over",
}

func (p *Pages) exportsPage(c echo.Context) (ExportsPage, error) {
	ctx, org := c.Request().Context(), staff.Organisation(c)
	view := ExportsPage{
		Page:     page.New(c),
		Format:   "xlsx",
		Comments: []page.Option{{Value: "yes", Text: page.T(c, "export.with_comments_as_they|With comments, as they are shown")}},
	}
	for _, f := range tablefile.Formats(tablefile.Format.HoldsRows) {
		view.Formats = append(view.Formats, page.Option{Value: f.Name, Text: view.Page.FormatName(f)})
	}
	published, err := p.Analytics.Published(ctx, org.ID)
	if err != nil {
		return view, err
	}
	view.Surveys = []page.Option{{Text: view.T("export.choose_a_survey|Choose a survey")}}
	for _, s := range published {
		view.Surveys = append(view.Surveys, page.Option{Value: s.Slug, Text: fmt.Sprintf("%s (%s)", s.Title, s.Slug)})
	}
	list, err := p.Exports.Exports(ctx, org.ID)
	if err != nil {
		return view, err
	}
	for _, e := range list {
		view.Exports = append(view.Exports, exportLine(view.Page, e, org.Zone(), p.Now()))
		view.Busy = view.Busy || e.State == "waiting" || e.State == "running"
	}
	return view, nil
}

func exportLine(frame page.Page, e exporting.Export, zone *time.Location, now time.Time) ExportLine {
	l := ExportLine{
		ID:         e.ID,
		By:         e.By,
		At:         frame.Date(e.At.In(zone)) + e.At.In(zone).Format(" 15:04"),
		State:      frame.T(exportStates[e.State]),
		Done:       page.Number(int(e.Rows)),
		All:        page.Number(int(e.All)),
		Count:      int(max(e.Rows, e.All)),
		Running:    e.State == "running",
		Problem:    e.Problem,
		SHA256:     e.SHA256,
		DeleteForm: fmt.Sprintf("/staff/exports/%d/delete", e.ID),
	}
	l.What = e.Slug + ", " + strings.ToUpper(e.Format)
	if e.From != "" || e.To != "" {
		l.What += ", " + days(frame, e.From, e.To)
	}
	if e.Comments {
		l.What += frame.T("export.with_comments|, with comments")
	}
	if e.All > 0 {
		l.Percent = int(100 * e.Rows / e.All)
	}
	if e.State == "finished" && e.Expires != nil && now.Before(*e.Expires) {
		l.File, l.Until = fmt.Sprintf("/staff/exports/%d/file", e.ID), frame.Date(e.Expires.In(zone))+e.Expires.In(zone).Format(" 15:04")
		l.Size = frame.T("export.f_mb|%s MB", fmt.Sprintf("%.1f", float64(e.Bytes)/1e6))
	} else if e.State == "finished" {
		l.State = frame.T(exportStates["expired"])
	}
	l.Deletable = e.State != "expired"
	return l
}

// ExportList shows the exports and the form to ask for one.
func (p *Pages) ExportList(c echo.Context) error {
	view, err := p.exportsPage(c)
	if err != nil {
		return err
	}
	if view.Busy {
		c.Response().Header().Set("Refresh", "3") // how far it is, without script
	}
	return page.Render(c, http.StatusOK, "staff/exports", view)
}

// RequestExport puts an export in the queue.
func (p *Pages) RequestExport(c echo.Context) error {
	view, err := p.exportsPage(c)
	if err != nil {
		return err
	}
	view.Survey, view.Format = staff.PlainText(c.FormValue("survey")), c.FormValue("format")
	view.Comments[0].Chosen = c.FormValue("comments") != ""
	var n exporting.New
	n.From, view.From = staff.TypedDay(c, &view.Problems, "from")
	n.To, view.To = staff.TypedDay(c, &view.Problems, "to")
	n.Format, n.Comments = view.Format, view.Comments[0].Chosen
	if !slices.ContainsFunc(view.Formats, func(o page.Option) bool { return o.Value == view.Format }) {
		view.Problems.Add("format", view.T("export.choose_the_kind_of|Choose the kind of file."))
	}
	if n.From != "" && n.To != "" && n.To < n.From {
		view.Problems.Add("to", view.T("export.the_last_day_is|The last day is before the first. Change one of them."))
	}
	survey, err := p.Surveys.BySlug(c.Request().Context(), staff.Organisation(c).ID, view.Survey)
	if err != nil && !errors.Is(err, surveys.ErrMissing) {
		return err
	}
	if err != nil {
		view.Problems.Add("survey", view.T("export.choose_a_survey_2|Choose a survey."))
	}
	n.Survey = survey.ID
	if len(view.Problems) == 0 {
		_, err := p.Exports.Ask(c.Request().Context(), signin.Of(c).Actor, n)
		if err == nil {
			page.Flash(c, view.T("export.the_export_is_in|The export is in the queue. Its file stands below when it is ready."))
			return c.Redirect(http.StatusSeeOther, "/staff/exports")
		}
		if !errors.Is(err, exporting.ErrTooMany) {
			return err
		}
		view.Problems.Add(
			"survey",
			view.T("export.several_exports_are_waiting|Several exports are waiting already. Wait until they are finished."),
		)
	}
	return page.Render(c, http.StatusUnprocessableEntity, "staff/exports", view)
}

func exportID(c echo.Context) (int64, error) {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return 0, exporting.ErrMissing
	}
	return id, nil
}

// DeleteExport takes a file away before its time.
func (p *Pages) DeleteExport(c echo.Context) error {
	id, err := exportID(c)
	if err != nil {
		return err
	}
	if sure, err := staff.Confirmed(c, staff.Confirmation{Heading: page.T(c, "export.delete_this_export|Delete this export?"),
		Button: page.T(c, "export.delete_the_export|Delete the export"), Keep: "/staff/exports",
		Happens: []string{page.T(c,
			"export.the_file_is_deleted|The file is deleted and nobody can download it any more. Where it is still being made, that stops.")},
		Undo: page.T(c, "export.a_deleted_file_does|A deleted file does not come back. The answers stay: ask for the export again.")}); !sure {
		return err
	}
	if err := p.Exports.Delete(c.Request().Context(), signin.Of(c).Actor, id); err != nil {
		return err
	}
	page.Flash(c, page.T(c, "export.the_export_is_deleted|The export is deleted."))
	return c.Redirect(http.StatusSeeOther, "/staff/exports")
}

// ExportFile gives a finished file part by part. Its length is said first, so that a file that was cut off is seen to be.
func (p *Pages) ExportFile(c echo.Context) error {
	id, err := exportID(c)
	if err != nil {
		return err
	}
	e, send, err := p.Exports.Fetch(c.Request().Context(), signin.Of(c).Actor, id)
	if err != nil {
		return err
	}
	format, known := tablefile.Named(e.Format, tablefile.Format.HoldsRows)
	if !known { // a format of another version of the program
		return exporting.ErrGone
	}
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, format.MIME)
	h.Set(echo.HeaderContentDisposition, fmt.Sprintf(`attachment; filename="%s-responses%s"`, e.Slug, format.Extension()))
	h.Set(echo.HeaderContentLength, strconv.FormatInt(e.Bytes, 10))
	if sum, err := hex.DecodeString(e.SHA256); err == nil {
		h.Set(page.T(c, "export.repr_digest|Repr-Digest"), "sha-256=:"+base64.StdEncoding.EncodeToString(sum)+":")
	}
	c.Response().WriteHeader(http.StatusOK)
	if err := send(c.Response()); err != nil {
		panic(http.ErrAbortHandler) // the connection ends before the length that was said: nobody takes it for whole
	}
	return nil
}

// days are the days of an export in words; one of them may be open.
func days(frame page.Page, from, to string) string {
	switch {
	case to == "":
		return frame.T("export.from_day|from %s", staff.DayInWords(frame, from))
	case from == "":
		return frame.T("export.to_day|to %s", staff.DayInWords(frame, to))
	}
	return frame.Range(staff.DayInWords(frame, from), staff.DayInWords(frame, to))
}
