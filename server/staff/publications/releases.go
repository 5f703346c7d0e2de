package publications

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"yousaid/analytics/refusal"
	"yousaid/analytics/register"
	"yousaid/analytics/releases"
	"yousaid/server/audit"
	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/server/staff"
	"yousaid/surveys/permission"
	"yousaid/surveys/tablefile"
)

// ReleasesPage is staff/releases: the register, newest first.
type ReleasesPage struct {
	page.Page
	Table    page.Table
	Pager    page.Pager
	Equality bool // equality tables are listed, too
}

const releasesPart = 25

var releaseStates = map[string]string{
	"released":  "publication.released|Released",
	"corrected": "publication.corrected_by_a_later|Corrected by a later one",
	"withdrawn": "publication.withdrawn|Withdrawn",
}

// ReleaseList shows every table that left.
func (p *Pages) ReleaseList(c echo.Context) error {
	actor := signin.Of(c).Actor
	view := ReleasesPage{Page: page.New(c), Equality: permission.Holds(actor, permission.SeeEquality)}
	before, _ := strconv.ParseInt(c.QueryParam("before"), 10, 64)
	list, err := p.Register.Entries(
		c.Request().Context(),
		actor.Org,
		register.Wanted{Equality: view.Equality, Before: before, Limit: releasesPart + 1},
	)
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
	view.Table = page.Table{
		Caption: view.T("publication.tables_that_left_newest|Tables that left, newest first"),
		Columns: []page.Column{
			{Text: view.T("publication.number_and_what|Number, and what")},
			{Text: view.T("publication.period|Period")},
			{Text: view.T("publication.released|Released")},
			{Text: view.T("publication.state|State")},
			{
				Text:   view.T("publication.threshold|Threshold"),
				Number: true,
			},
			{Text: view.T("publication.cells|Cells"), Number: true},
			{Text: view.T("publication.hidden_cells|Hidden cells"), Number: true},
		},
	}
	for _, e := range list {
		view.Table.Rows = append(
			view.Table.Rows,
			[]page.Cell{
				{Text: strconv.FormatInt(e.ID, 10), Head: true, Href: fmt.Sprintf("/staff/releases/%d", e.ID), More: whatLeft(view.Page, e.Query)},
				{
					Text: view.Page.Period(e.From, e.To),
				},
				{Text: view.Date(e.At.In(staff.Organisation(c).Zone()))},
				{Text: view.T(releaseStates[e.Status])},
				{
					Text:   strconv.Itoa(e.Threshold),
					Number: true,
				},
				{Text: strconv.Itoa(e.Cells), Number: true},
				{Text: strconv.Itoa(e.Hidden), Number: true},
			},
		)
	}
	return page.Render(c, http.StatusOK, "staff/releases", view)
}

func whatLeft(frame page.Page, a register.Query) string {
	var by []string
	for _, d := range a.By {
		by = append(by, staff.DimensionName(frame, d))
	}
	text := frame.T("publication.measure_by|%s by %s, %s", a.Measure, frame.Both(by), strings.Join(a.Surveys, ", "))
	if a.Subtotals {
		text += frame.T("publication.with_subtotals|, with subtotals")
	}
	if a.Rounded {
		text += frame.T("publication.rounded|, rounded")
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

func (p *Pages) release(c echo.Context) (releases.Table, error) {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return releases.Table{}, releases.ErrMissing
	}
	r, err := p.Register.Table(c.Request().Context(), signin.Of(c).Actor, id)
	if err != nil {
		return r, err
	}
	return p.Register.InWords(c.Request().Context(), signin.Of(c).Actor, r)
}

// Release shows one table of the register.
func (p *Pages) Release(c echo.Context) error {
	r, err := p.release(c)
	if err != nil {
		return err
	}
	zone := staff.Organisation(c).Zone()
	view := ReleasePage{
		Page:        page.New(c),
		Number:      r.ID,
		Title:       page.New(c).Say(r.Title()),
		State:       page.T(c, releaseStates[r.Status]),
		Table:       staff.ProtectedTable(page.New(c), r),
		Suppression: staff.SuppressionOf(r),
		Limits:      r.Proven.Limits,
		CanCheck:    p.Check != nil,
	}
	view.Back = "/staff/releases"
	if view.Later, err = staff.LaterExcluded(c, view.Page, p.Register, r.ID); err != nil {
		return err
	}
	view.Facts = facts(view.Page, r, zone)
	view.Proof = proved(view.Page, r.Proven, view.Suppression)
	for _, id := range r.Proven.AuditedWith {
		view.Beside = append(view.Beside, page.Link{Text: fmt.Sprintf("release %d", id), Href: fmt.Sprintf("/staff/releases/%d", id)})
	}
	view.Files = view.Page.Files(tablefile.Format.HoldsFigures, fmt.Sprintf("/staff/releases/%d/table", r.ID), "")
	trail, err := p.Ledger.About(c.Request().Context(), signin.Of(c).Actor.Org, releases.Object(r.ID), 100)
	if err != nil {
		return err
	}
	view.trail(trail, zone)
	return page.Render(c, http.StatusOK, "staff/release", view)
}

// facts are the details of a release that the page shows beside its table.
func facts(frame page.Page, r releases.Table, zone *time.Location) []Fact {
	var surveys, by []string
	for _, s := range r.Surveys {
		surveys = append(surveys, frame.Say(s.Title))
	}
	for _, d := range r.Dimensions {
		by = append(by, frame.Say(d.Label))
	}
	list := []Fact{
		{frame.T("publication.period|Period"), frame.Say(r.Period())},
		{frame.T("staff.surveys|Surveys"), strings.Join(surveys, ", ")},
		{frame.T("staff.question|Question"), fmt.Sprintf("%s (%s)", frame.Say(r.Measure.Text), r.Measure.Code)},
		{frame.T("publication.split_by|Split by"), frame.Both(by)},
		{frame.T("publication.subtotals|Subtotals"), yesNo(frame, r.Query.Subtotals)},
		{frame.T("publication.released|Released"), frame.Date(r.At.In(zone))},
		{frame.T("publication.snapshot|Snapshot"), frame.T("publication.change_of_the_answers|change %s of the answers", r.Snapshot)},
		{frame.T("publication.threshold|Threshold"), fmt.Sprintf("%d people", r.Threshold)},
	}
	if r.Corrects != 0 {
		list = append(list, Fact{frame.T("publication.corrects|Corrects"), fmt.Sprintf("release %d", r.Corrects)})
	}
	return list
}

// trail lists the checks and downloads of the release, the newest first, and puts the last check into LastCheck.
func (v *ReleasePage) trail(trail []audit.Entry, zone *time.Location) {
	v.History = page.Table{
		Caption: v.T("publication.checks_and_downloads_newest|Checks and downloads, newest first"),
		Columns: []page.Column{
			{Text: v.T("publication.when|When")},
			{Text: v.T("staff.who|Who")},
			{Text: v.T("publication.what|What")},
			{Text: v.T("publication.outcome|Outcome")},
		},
	}
	for _, e := range trail {
		when := v.Date(e.At.In(zone)) + e.At.In(zone).Format(" 15:04")
		what, outcome := v.T("publication.downloaded|Downloaded"), said(e, "format")
		if e.Action == "release.checked" {
			what, outcome = v.T("publication.checked|Checked"), said(e, "printed")
			if v.LastCheck == "" {
				v.LastCheck = v.T("publication.last_checked_on_by|Last checked on %s by %s. %s", when, e.Actor, outcome)
			}
		}
		v.History.Rows = append(
			v.History.Rows,
			[]page.Cell{{Text: when, Head: true}, {Text: e.Actor}, {Text: what}, {Text: outcome, Wrap: true}},
		)
	}
}

// said reads a field of an entry of the audit trail.
func said(e audit.Entry, name string) string {
	after, _ := e.After.(map[string]any)
	text, _ := after[name].(string)
	return text
}

func yesNo(frame page.Page, b bool) string {
	if b {
		return frame.T("publication.yes|Yes")
	}
	return frame.T("publication.no|No")
}

// proved says how a release was proved. How many pieces of evidence there are of each kind stays in the register: they count the cells that
// are hidden for their own sake, and
// somebody who knows that number beside the table could narrow a hidden cell further than the proof allows.
func proved(frame page.Page, p releases.Proven, l staff.Suppression) (lines []string) {
	switch {
	case l.All:
		return []string{
			frame.T("publication.every_cell_is_hidden|Every cell is hidden, the total too: there is nothing to work anything out from."),
		}
	case l.Hidden == 0 && p.Lattices == 0:
		return []string{frame.T("publication.no_cell_is_hidden|No cell is hidden, so there was nothing to prove.")}
	case p.Lattices == 0:
		return []string{frame.T("publication.the_register_has_no|The register has no proof of this release: it left before proofs were kept.")}
	}
	kept := frame.Plural(
		"publication.tables_were_kept|%s whole table was kept that agrees with everything this one prints. A reader cannot tell it from the "+
			"true one.|"+
			"%s whole tables were kept that agree with everything this one prints. A reader cannot tell which of them is true.",
		p.Lattices,
		page.Number(p.Lattices),
	)
	return []string{kept,
		frame.T(
			"publication.they_show_of_each|They show of each place that is hidden for its own sake that it may be empty or as many people as the " +
				"threshold, and that its people may have answered otherwise.",
		),
		frame.T(
			"publication.they_were_checked_by|They were checked by addition when the table left. The pieces of evidence are in the register and " +
				"are not shown: how many there are would tell more than the table does.",
		)}
}

// ReleaseFile gives a table of the register as a file: the one that left, on the day it left. Each download is written to the audit trail.
func (p *Pages) ReleaseFile(c echo.Context) error {
	r, err := p.release(c)
	if err != nil {
		return err
	}
	format, known := tablefile.Named(strings.TrimPrefix(c.Param("file"), "table."), tablefile.Format.HoldsFigures)
	if !known || c.Param("file") != "table"+format.Extension() {
		return releases.ErrMissing
	}
	name := fmt.Sprintf("release-%d-%s", r.ID, staff.FileName(r.Frame))
	send := func() error {
		return staff.SendBook(c, staff.BookOf(c, r, r.At.In(staff.Organisation(c).Zone())), name, format)
	}
	if format.Cells {
		file, err := r.JSON()
		if err != nil {
			return err
		}
		send = func() error { return staff.SendFile(c, name+format.Extension(), format.MIME, file) }
	}
	if c.Request().Method == http.MethodGet { // who only asks whether it is there has downloaded nothing
		if err := p.Register.Noted(c.Request().Context(), signin.Of(c).Actor, r.ID, "release.downloaded",
			map[string]string{"format": format.Name}); err != nil {
			return err
		}
	}
	return send()
}

// Checker tries to find out what a released table hides, as an outsider would, alone and beside the releases that it was audited with, and
// says in a sentence what came of it.
type Checker interface {
	Check(r releases.Table, beside []releases.Table) (printed string, holds bool, err error)
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
	var beside []releases.Table
	for _, id := range r.Proven.AuditedWith {
		other, err := p.Register.Table(c.Request().Context(), signin.Of(c).Actor, id)
		if errors.Is(err, refusal.ErrNotAllowed) {
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
	if err := p.Register.Noted(c.Request().Context(), signin.Of(c).Actor, r.ID, "release.checked",
		map[string]any{"printed": printed, "holds": holds}); err != nil {
		return err
	}
	page.Flash(c, printed)
	return c.Redirect(http.StatusSeeOther, fmt.Sprintf("/staff/releases/%d#check", r.ID))
}
