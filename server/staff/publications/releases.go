package publications

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"yousaid/analytics"
	"yousaid/analytics/register"
	"yousaid/analytics/releases"
	"yousaid/server/audit"
	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/server/staff"
	"yousaid/surveys/permission"
)

// ReleasesPage is staff/releases: the register, newest first.
type ReleasesPage struct {
	page.Page
	Table    page.Table
	Pager    page.Pager
	Equality bool // equality tables are listed, too
}

const releasesPart = 25

var releaseStates = map[string]string{"released": "Released", "corrected": "Corrected by a later one", "withdrawn": "Withdrawn"}

// ReleaseList shows every table that left.
func (p *Pages) ReleaseList(c echo.Context) error {
	actor := signin.Of(c).Actor
	view := ReleasesPage{Page: page.New(c), Equality: permission.Holds(actor, permission.SeeEquality)}
	before, _ := strconv.ParseInt(c.QueryParam("before"), 10, 64)
	list, err := p.Register.Entries(c.Request().Context(), actor.Org, register.Wanted{Equality: view.Equality, Before: before, Limit: releasesPart + 1})
	if err != nil {
		return err
	}
	if before > 0 {
		view.Pager.Newer = "/staff/releases"
	}
	if len(list) > releasesPart {
		list = list[:releasesPart]
		view.Pager.Older = fmt.Sprintf("/staff/releases?before=%d", list[releasesPart-1].ID)
	}
	view.Table = page.Table{Caption: "Tables that left, newest first", Columns: []page.Column{{Text: "Number, and what"}, {Text: "Period"}, {Text: "Released"}, {Text: "State"},
		{Text: "Threshold", Number: true}, {Text: "Cells", Number: true}, {Text: "Hidden cells", Number: true}}}
	for _, e := range list {
		view.Table.Rows = append(view.Table.Rows, []page.Cell{{Text: strconv.FormatInt(e.ID, 10), Head: true, Href: fmt.Sprintf("/staff/releases/%d", e.ID), More: whatLeft(e.Query)},
			{Text: view.Page.Period(e.From, e.To)}, {Text: page.Date("en", e.At.In(staff.Organisation(c).Zone()))}, {Text: releaseStates[e.Status]},
			{Text: strconv.Itoa(e.Threshold), Number: true}, {Text: strconv.Itoa(e.Cells), Number: true}, {Text: strconv.Itoa(e.Hidden), Number: true}})
	}
	return page.Render(c, http.StatusOK, "staff/releases", view)
}

func whatLeft(a register.Query) string {
	var by []string
	for _, d := range a.By {
		by = append(by, staff.DimensionName(d))
	}
	text := a.Measure + " by " + strings.Join(by, " and ") + ", " + strings.Join(a.Surveys, ", ")
	if a.Subtotals {
		text += ", with subtotals"
	}
	if a.Rounded {
		text += ", rounded"
	}
	return text
}

// ReleasePage is staff/release: one table as it left, its proof, and its check.
type ReleasePage struct {
	page.Page
	Number      int64
	Title       string
	State       string
	Facts       []Fact
	Table       page.Table
	Suppression staff.Suppression
	Proof       []string
	Beside      []page.Link
	Limits      []string
	Files       []page.Link
	History     page.Table // what was done with it
	LastCheck   string
	CanCheck    bool
	Later       string // that answers were excluded as unusual since, or ""
}

// Fact is a line of a summary.
type Fact struct{ Name, Value string }

func (p *Pages) release(c echo.Context) (analytics.Released, error) {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return analytics.Released{}, analytics.ErrNoRelease
	}
	return p.Analytics.Released(c.Request().Context(), signin.Of(c).Actor, id)
}

// Release shows one table of the register.
func (p *Pages) Release(c echo.Context) error {
	r, err := p.release(c)
	if err != nil {
		return err
	}
	zone := staff.Organisation(c).Zone()
	view := ReleasePage{Page: page.New(c), Number: r.ID, Title: r.Title(), State: releaseStates[r.Status], Table: staff.ProtectedTable(r), Suppression: staff.SuppressionOf(r), Limits: r.Proven.Limits, CanCheck: p.Check != nil}
	view.Back = "/staff/releases"
	if view.Later, err = staff.LaterExcluded(c, view.Page, p.Register, r.ID); err != nil {
		return err
	}
	var surveys, by []string
	for _, s := range r.Surveys {
		surveys = append(surveys, s.Title)
	}
	for _, d := range r.Dimensions {
		by = append(by, d.Label)
	}
	view.Facts = []Fact{{"Period", r.Period()}, {"Surveys", strings.Join(surveys, ", ")}, {"Question", fmt.Sprintf("%s (%s)", r.Measure.Text, r.Measure.Code)}, {"Split by", strings.Join(by, " and ")},
		{"Subtotals", yesNo(r.Query.Subtotals)}, {"Released", page.Date("en", r.At.In(zone))}, {"Snapshot", fmt.Sprintf("change %d of the answers", r.Snapshot)},
		{"Threshold", fmt.Sprintf("%d people", r.Threshold)}}
	if r.Corrects != 0 {
		view.Facts = append(view.Facts, Fact{"Corrects", fmt.Sprintf("release %d", r.Corrects)})
	}
	view.Proof = proved(r.Proven, view.Suppression)
	for _, id := range r.Proven.Beside {
		view.Beside = append(view.Beside, page.Link{Text: fmt.Sprintf("release %d", id), Href: fmt.Sprintf("/staff/releases/%d", id)})
	}
	for _, f := range releaseFiles {
		view.Files = append(view.Files, page.Link{Text: strings.ToUpper(f), Href: fmt.Sprintf("/staff/releases/%d/table.%s", r.ID, f)})
	}
	trail, err := p.Ledger.About(c.Request().Context(), signin.Of(c).Actor.Org, releases.Object(r.ID), 100)
	if err != nil {
		return err
	}
	view.History = page.Table{Caption: "Checks and downloads, newest first", Columns: []page.Column{{Text: "When"}, {Text: "Who"}, {Text: "What"}, {Text: "Outcome"}}}
	for _, e := range trail {
		when, what, outcome := e.At.In(zone).Format("2 January 2006 15:04"), "Downloaded", said(e, "format")
		if e.Action == "release.checked" {
			what, outcome = "Checked", said(e, "printed")
			if view.LastCheck == "" {
				view.LastCheck = fmt.Sprintf("Last checked on %s by %s. %s", when, e.Actor, outcome)
			}
		}
		view.History.Rows = append(view.History.Rows, []page.Cell{{Text: when, Head: true}, {Text: e.Actor}, {Text: what}, {Text: outcome, Wrap: true}})
	}
	return page.Render(c, http.StatusOK, "staff/release", view)
}

// said reads a word of an entry of the audit trail.
func said(e audit.Entry, name string) string {
	after, _ := e.After.(map[string]any)
	text, _ := after[name].(string)
	return text
}

func yesNo(b bool) string {
	if b {
		return "Yes"
	}
	return "No"
}

// proved says how a release was proved. How many pieces of evidence there are of each kind stays in the register: they count the cells that are hidden for their own sake, and
// somebody who knows that number beside the table knows more of a hidden cell than the proof allows for.
func proved(p analytics.Proven, l staff.Suppression) (lines []string) {
	switch {
	case l.All:
		return []string{"Every cell is hidden, the total too: there is nothing to work anything out from."}
	case l.Hidden == 0 && p.Lattices == 0:
		return []string{"No cell is hidden, so there was nothing to prove."}
	case p.Lattices == 0:
		return []string{"The register has no proof of this release: it left before proofs were kept."}
	}
	words := "%s whole tables were kept that agree with everything this one prints. A reader cannot tell which of them is true."
	if p.Lattices == 1 {
		words = "%s whole table was kept that agrees with everything this one prints. A reader cannot tell it from the true one."
	}
	return []string{fmt.Sprintf(words, page.Number(p.Lattices)),
		"They show of each place that is hidden for its own sake that it may be empty or as many people as the threshold, and that its people may have answered otherwise.",
		"They were checked by addition when the table left. The pieces of evidence are in the register and are not shown: how many there are would tell more than the table does."}
}

// releaseFiles are the formats of a release.
var releaseFiles = []string{"csv", "xlsx", "json"}

// ReleaseFile gives a table of the register as a file: the one that left, on the day it left. Each download is written to the audit trail.
func (p *Pages) ReleaseFile(c echo.Context) error {
	r, err := p.release(c)
	if err != nil {
		return err
	}
	format, ok := strings.CutPrefix(c.Param("file"), "table.")
	if !ok {
		return analytics.ErrNoRelease
	}
	name := fmt.Sprintf("release-%d-%s", r.ID, staff.FileName(r.Frame))
	send := func() error {
		return staff.SendBook(c, analytics.Book(r, "", r.At.In(staff.Organisation(c).Zone())), name, format)
	}
	switch format {
	case "csv", "xlsx":
	case "json":
		file, err := r.JSON()
		if err != nil {
			return err
		}
		send = func() error { return staff.SendFile(c, name+".json", "application/json", file) }
	default:
		return analytics.ErrNoRelease
	}
	if c.Request().Method == http.MethodGet { // who only asks whether it is there has downloaded nothing
		if err := p.Register.Noted(c.Request().Context(), signin.Of(c).Actor, r.ID, "release.downloaded", map[string]string{"format": format}); err != nil {
			return err
		}
	}
	return send()
}

// Checker tries to find out what a released table hides, as a stranger would, alone and beside the releases that it was audited with, and says in a sentence what came of it.
type Checker interface {
	Check(r analytics.Released, beside []analytics.Released) (printed string, holds bool, err error)
}

// CheckRelease has the attacker try a release again, and writes what it printed to the audit trail.
func (p *Pages) CheckRelease(c echo.Context) error {
	r, err := p.release(c)
	if err != nil {
		return err
	}
	if p.Check == nil {
		return echo.NewHTTPError(http.StatusNotFound)
	}
	var beside []analytics.Released
	for _, id := range r.Proven.Beside {
		other, err := p.Analytics.Released(c.Request().Context(), signin.Of(c).Actor, id)
		if errors.Is(err, analytics.ErrNotAllowed) {
			continue // an equality table that this person may not see
		}
		if err != nil {
			return err
		}
		beside = append(beside, other)
	}
	printed, holds, err := p.Check.Check(r, beside)
	if err != nil {
		return err
	}
	if err := p.Register.Noted(c.Request().Context(), signin.Of(c).Actor, r.ID, "release.checked", map[string]any{"printed": printed, "holds": holds}); err != nil {
		return err
	}
	page.Flash(c, printed)
	return c.Redirect(http.StatusSeeOther, fmt.Sprintf("/staff/releases/%d#check", r.ID))
}
