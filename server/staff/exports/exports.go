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
	"yousaid/surveys/responses/exporting"
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

var exportStates = map[string]string{"waiting": "Waiting", "running": "Being made", "finished": "Ready", "failed": "Failed", "expired": "Its time is over"}

func (p *Pages) exportsPage(c echo.Context) (ExportsPage, error) {
	ctx, org := c.Request().Context(), staff.Organisation(c)
	view := ExportsPage{Page: page.New(c), Format: "xlsx", Formats: []page.Option{{Value: "xlsx", Text: "Excel workbook (XLSX)"}, {Value: "csv", Text: "CSV"}}, Comments: []page.Option{{Value: "yes", Text: "With comments, as they are shown"}}}
	published, err := p.Analytics.Published(ctx, org.ID)
	if err != nil {
		return view, err
	}
	view.Surveys = []page.Option{{Text: "Choose a survey"}}
	for _, s := range published {
		view.Surveys = append(view.Surveys, page.Option{Value: s.Slug, Text: fmt.Sprintf("%s (%s)", s.Title, s.Slug)})
	}
	list, err := p.Exports.Exports(ctx, org.ID)
	if err != nil {
		return view, err
	}
	for _, e := range list {
		view.Exports = append(view.Exports, exportLine(e, org.Zone(), p.Now()))
		view.Busy = view.Busy || e.State == "waiting" || e.State == "running"
	}
	return view, nil
}

func exportLine(e exporting.Export, zone *time.Location, now time.Time) ExportLine {
	l := ExportLine{ID: e.ID, By: e.By, At: e.At.In(zone).Format("2 January 2006 15:04"), State: exportStates[e.State], Done: page.Number(int(e.Rows)), All: page.Number(int(e.All)), Count: int(max(e.Rows, e.All)), Running: e.State == "running",
		Problem: e.Problem, SHA256: e.SHA256, DeleteForm: fmt.Sprintf("/staff/exports/%d/delete", e.ID)}
	l.What = e.Slug + ", " + strings.ToUpper(e.Format)
	if e.From != "" || e.To != "" {
		l.What += ", " + strings.TrimSpace(staff.DayInWords(e.From)+" to "+staff.DayInWords(e.To))
	}
	if e.Comments {
		l.What += ", with comments"
	}
	if e.All > 0 {
		l.Percent = int(100 * e.Rows / e.All)
	}
	if e.State == "finished" && e.Expires != nil && now.Before(*e.Expires) {
		l.File, l.Until = fmt.Sprintf("/staff/exports/%d/file", e.ID), e.Expires.In(zone).Format("2 January 2006 15:04")
		l.Size = fmt.Sprintf("%.1f MB", float64(e.Bytes)/1e6)
	} else if e.State == "finished" {
		l.State = exportStates["expired"]
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
	day := func(name string) (string, page.DateParts) {
		parts := page.DateFrom(c.FormValue, name)
		if parts.Empty() {
			return "", parts
		}
		t, problem := parts.Time(time.UTC)
		if problem != "" {
			view.Problems.Add(name, problem)
			return "", parts
		}
		return t.Format(time.DateOnly), parts
	}
	var n exporting.New
	n.From, view.From = day("from")
	n.To, view.To = day("to")
	n.Format, n.Comments = view.Format, view.Comments[0].Chosen
	if !slices.ContainsFunc(view.Formats, func(o page.Option) bool { return o.Value == view.Format }) {
		view.Problems.Add("format", "Choose the kind of file.")
	}
	if n.From != "" && n.To != "" && n.To < n.From {
		view.Problems.Add("to", "The last day is before the first. Change one of them.")
	}
	survey, err := p.Surveys.BySlug(c.Request().Context(), staff.Organisation(c).ID, view.Survey)
	if err != nil {
		view.Problems.Add("survey", "Choose a survey.")
	}
	n.Survey = survey.ID
	if len(view.Problems) == 0 {
		_, err := p.Exports.Ask(c.Request().Context(), signin.Of(c).Actor, n)
		if err == nil {
			page.Flash(c, "The export is in the queue. Its file stands below when it is ready.")
			return c.Redirect(http.StatusSeeOther, "/staff/exports")
		}
		if !errors.Is(err, exporting.ErrTooMany) {
			return err
		}
		view.Problems.Add("survey", "Several exports are waiting already. Wait until they are finished.")
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
	if sure, err := staff.Confirmed(c, staff.Confirmation{Heading: "Delete this export?", Button: "Delete the export", Keep: "/staff/exports", Happens: []string{"The file is deleted and nobody can download it any more. Where it is still being made, that stops."},
		Undo: "A deleted file does not come back. The answers stay: ask for the export again."}); !sure {
		return err
	}
	if err := p.Exports.Delete(c.Request().Context(), signin.Of(c).Actor, id); err != nil {
		return err
	}
	page.Flash(c, "The export is deleted.")
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
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, map[string]string{"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}[e.Format])
	h.Set(echo.HeaderContentDisposition, fmt.Sprintf(`attachment; filename="%s-responses.%s"`, e.Slug, e.Format))
	h.Set(echo.HeaderContentLength, strconv.FormatInt(e.Bytes, 10))
	if sum, err := hex.DecodeString(e.SHA256); err == nil {
		h.Set("Repr-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(sum)+":")
	}
	c.Response().WriteHeader(http.StatusOK)
	if err := send(c.Response()); err != nil {
		panic(http.ErrAbortHandler) // the connection ends before the length that was said: nobody takes it for whole
	}
	return nil
}
