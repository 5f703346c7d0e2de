package settings

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"yousaid/server/accounts"
	"yousaid/server/audit"
	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/server/staff"
	"yousaid/surveys/wording"
)

// AuditPage is staff/audit.
type AuditPage struct {
	page.Page
	Table   page.Table
	Pager   page.Pager
	Checked bool
	Entries int    // that hold
	Broken  string // where the trail does not hold, or ""
}

const auditPart = 50

// Audit lists who did what, newest first, and walks the chain when asked to.
func (p *Pages) Audit(c echo.Context) error {
	ctx, org := c.Request().Context(), signin.Of(c).Actor.Org
	if err := p.Authenticator.RecordFailures(ctx, org); err != nil {
		return err
	}
	before, _ := strconv.ParseInt(c.QueryParam("before"), 10, 64)
	entries, err := p.Ledger.Entries(ctx, org, before, auditPart+1)
	if err != nil {
		return err
	}
	view := AuditPage{Page: page.New(c), Checked: c.QueryParam("check") != ""}
	view.Back = "/staff/settings"
	if view.Checked {
		n, err := p.Ledger.Verify(ctx, org)
		if broken := (audit.BrokenError{}); errors.As(err, &broken) {
			view.Broken = view.Say(wording.Say("setting.the_audit_trail_does|The audit trail does not hold at entry %s: %s. Tell the person who "+
				"looks after the database.", broken.Entry, broken.Why))
		} else if err != nil {
			return err
		}
		view.Entries = int(n)
	}
	if before > 0 {
		view.Pager.Newer = "/staff/audit"
	}
	if len(entries) > auditPart {
		entries = entries[:auditPart]
		view.Pager.Older = "/staff/audit?before=" + strconv.FormatInt(entries[auditPart-1].ID, 10)
	}
	view.Table = auditTable(view.Page, entries, staff.Organisation(c))
	return page.Render(c, http.StatusOK, "staff/audit", view)
}

func auditTable(frame page.Page, entries []audit.Entry, o accounts.Organisation) page.Table {
	t := page.Table{
		Caption: frame.T("setting.what_was_done_newest|What was done, newest first"),
		Columns: []page.Column{
			{Text: frame.T("setting.number|Number"), Number: true},
			{Text: frame.T("setting.when|When")},
			{Text: frame.T("staff.who|Who")},
			{Text: frame.T("setting.by_way_of|By way of")},
			{Text: frame.T("setting.what|What")},
			{Text: frame.T("setting.to_what|To what")},
			{Text: frame.T("setting.details|Details")},
		},
	}
	for _, e := range entries {
		t.Rows = append(
			t.Rows,
			[]page.Cell{{Text: strconv.FormatInt(e.ID, 10), Number: true},
				{Text: frame.Date(e.At.In(o.Zone())) + " " + e.At.In(o.Zone()).Format("15:04")}, {Text: e.Actor},
				{Text: e.Via}, {Text: e.Action}, {Text: e.Object}, {Text: details(e)}},
		)
	}
	return t
}

// details shows what an entry says about its object: in full where it is short, else its beginning.
func details(e audit.Entry) string {
	var text string
	if e.Before != nil {
		b, _ := json.Marshal(e.Before)
		text = string(b) + " → "
	}
	if e.After != nil {
		b, _ := json.Marshal(e.After)
		text += string(b)
	}
	if r := []rune(text); len(r) > 160 {
		return string(r[:159]) + "…"
	}
	return text
}
