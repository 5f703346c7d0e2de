package analytics_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"yousaid/analytics/counciltest"
	"yousaid/analytics/figures"
	"yousaid/analytics/refusal"
	"yousaid/analytics/tables"
	"yousaid/analytics/workbook"
	"yousaid/surveys"
	"yousaid/surveys/tablefile"
	"yousaid/surveys/tenant"
	"yousaid/surveys/wording"
)

func TestSmallGroupsAreHidden(t *testing.T) {
	t.Parallel()
	c := satisfaction(t)
	c.People(20, sex("female"), "2026-09-10T10")
	c.People(20, sex("male"), "2026-09-10T10")
	c.People(1, sex("pns"), "2026-09-10T10")
	c.People(12, nil, "2026-09-10T10")
	p := c.Protected(query("sex"))
	got := table(p)
	if !strings.Contains(got, `{"by":{"sex":"pns"},"hidden":true}`) {
		t.Errorf("five people who prefer not to say are shown: %s", got)
	}
	if strings.Count(got, `"hidden":true`) != 2 {
		t.Errorf("total minus shown gives the hidden group away: %s", got)
	}
	if len(tables.Cells(p)) != 4 || !strings.Contains(got, `"sex":null`) {
		t.Errorf("not every code is listed: %s", got)
	}
	if p.From != (figures.Date{Year: 2026, Month: time.September, Day: 1}) ||
		p.To != (figures.Date{Year: 2026, Month: time.October, Day: 31}) {
		t.Errorf("the period is %s to %s, not whole closed months", p.From, p.To)
	}
	if !slices.Contains(c.Ledger.Actions, "equality.asked") {
		t.Error("the query was not logged")
	}
	// An entry has a time to the second: with the number of the last change in it, it would say when people answered.
	if log, _ := c.Ledger.Last.(map[string]any); len(log) == 0 || log["snapshot"] != nil {
		t.Errorf("the log keeps %v", log)
	}
	for _, format := range tablefile.Formats(tablefile.Format.HoldsTables) {
		var file bytes.Buffer
		if err := format.Table(&file, workbook.Book(p, wording.English, "Ask us.", c.Now)); err != nil {
			t.Errorf("%s: %v", format.Name, err)
		}
		if format.Name == "csv" && strings.Count(file.String(), "[c]") < 10 {
			t.Errorf("the file does not hide what the table hides:\n%s", file.String())
		}
	}
}

func TestProtectedTablesCountClosedMonths(t *testing.T) {
	t.Parallel()
	c := satisfaction(t)
	c.People(20, sex("female"), "2026-09-10T10")
	c.People(20, sex("male"), "2026-11-10T10") // this month is not over
	if p := c.Protected(query("sex")); p.Table.Total().Figures.N != 100 {
		t.Errorf("the total is %d: an open month was counted", p.Table.Total().Figures.N)
	}
	period := func(from, to figures.Date) figures.Query {
		q := query("sex")
		q.From, q.To = from, to
		return q
	}
	c.Refused(period(figures.Date{Year: 2026, Month: 9, Day: 2}, figures.Date{Year: 2026, Month: 9, Day: 30}), "first of a month")
	c.Refused(period(figures.Date{Year: 2026, Month: 9, Day: 1}, figures.Date{Year: 2026, Month: 9, Day: 29}), "last day of a month")
	c.Refused(period(figures.Date{Year: 2026, Month: 9, Day: 1}, figures.Date{Year: 2026, Month: 11, Day: 30}), "not over yet")
	c.Refused(period(figures.Date{Year: 2026, Month: 10, Day: 1}, figures.Date{Year: 2026, Month: 9, Day: 30}), "before it begins")
	crossed := c.Protected(query("sex", "channel"))
	if n := len(crossed.Table.Margins()); n != len(crossed.Dimensions[0].Codes)+len(crossed.Dimensions[1].Codes) {
		t.Errorf("a crossed table has %d totals by one dimension", n)
	}
	c.Refused(query("sex", "channel", "mode"), "two dimensions")
	c.Refused(query("ethnic_group", "ethnic_group_group"), "follows from")
	q := query("channel")
	q.Where = []figures.Filter{{Dimension: "sex", Values: []string{"female"}}}
	c.Refused(q, "one service, one channel or one access point")
	q = query("sex")
	q.Where = []figures.Filter{{Dimension: "channel", Values: []string{"web"}}, {Dimension: "service", Values: []string{"bins"}}}
	c.Refused(q, "one filter")
	q.Where = q.Where[:1]
	c.Protected(q)
	q.Where[0].Values = []string{"web", "post"}
	c.Refused(q, "one service, one channel or one access point")
}

func TestDerivedAndGroupedCharacteristics(t *testing.T) {
	t.Parallel()
	c := satisfaction(t)
	c.People(10, map[string]string{"llti": "yes", "llti_limit": "lot"}, "")
	c.People(10, map[string]string{"llti": "yes", "llti_limit": "not", "ethnic_group_single": "asian_indian"}, "")
	c.People(10, map[string]string{"llti": "no", "ethnic_group_single": "asian_chinese"}, "")
	c.People(10, map[string]string{"llti": "yes", "llti_limit": "pns", "ethnic_group_single": "pns"}, "")
	c.People(10, nil, "")
	got := table(c.Protected(query("disability")))
	if !strings.Contains(got, `{"by":{"disability":"disabled"},"n":50`) || !strings.Contains(got,
		`{"by":{"disability":"not_disabled"},"n":100`) {
		t.Errorf("by disability: %s", got)
	}
	got = table(c.Protected(query("ethnic_group")))
	// One of the three groups of 50 is hidden with those that nobody is in; which one is the organisation's secret.
	if strings.Count(got, `"},"n":50`) != 2 || !strings.Contains(got, `{"by":{"ethnic_group":null},"n":100`) {
		t.Errorf("by ethnic group: %s", got)
	}
	got = table(c.Protected(query("ethnic_group_group")))
	if !strings.Contains(got, `{"by":{"ethnic_group_group":"asian"},"n":100`) {
		t.Errorf("by ethnic group, grouped: %s", got)
	}
}

func TestACharacteristicThatWasNeverAsked(t *testing.T) {
	t.Parallel()
	c := satisfaction(t)
	c.People(10, sex("male"), "")
	c.Refused(query("religion"), "Religion was never asked here. The equality characteristics asked are: Age, Sex")
	c.Publish(counciltest.Odd)
	q := query("age")
	q.Surveys, q.Measure = []string{"odd"}, "ease"
	c.Refused(q, "no equality questions")
}

// In a file the religion "none" and no answer to the question stand under different codes.
func TestNoAnswerHasACodeOfItsOwn(t *testing.T) {
	t.Parallel()
	c := newCouncil(t)
	d, err := surveys.Template("customer-satisfaction")
	c.Check(err)
	d.Equality = []string{"religion"}
	c.Define(d)
	c.People(10, map[string]string{"religion": "none"}, "")
	c.People(12, map[string]string{"religion": "christian"}, "")
	c.People(14, nil, "")
	var file bytes.Buffer
	c.Check(tablefile.WriteCSV(&file, workbook.Book(c.Protected(query("religion")), wording.English, "", c.Now)))
	for _, line := range []string{"\nNo religion,none,", "\nNo answer,(no answer),", "\nAll,(all),180,"} {
		if !strings.Contains(file.String(), line) {
			t.Errorf("no line %q in:\n%s", line, file.String())
		}
	}
}

func TestPublicTablesAreProtectedAndRegistered(t *testing.T) {
	t.Parallel()
	c := satisfaction(t)
	c.People(4, nil, "2026-09-10T10")
	c.Store(3, answer{Answers: rated("1"), Channel: "post", At: "2026-09-10T10"})
	q := query("channel")
	q.Audience = figures.Public
	p := c.Protected(q)
	got := table(p)
	if !strings.Contains(got, `{"by":{"channel":"post"},"hidden":true}`) || len(tables.Cells(p)) != 9 {
		t.Errorf("a public table: %s", got)
	}
	var rows []struct {
		ID        int64  `db:"id"`
		Threshold int    `db:"threshold"`
		Cells     string `db:"cells"`
		Pattern   string `db:"pattern"`
	}
	tx, err := c.DB.Begin(t.Context(), c.Org)
	c.Check(err)
	defer func() { _ = tx.Rollback() }()
	c.Check(tx.Select(&rows, `SELECT id, threshold, cells, pattern FROM releases WHERE organisation_id = $1`, c.Org))
	if len(rows) != 1 || rows[0].ID != p.Release || rows[0].Threshold != 5 || !strings.Contains(rows[0].Cells, `"hidden": true`) {
		t.Errorf("the register holds %+v", rows)
	}
	if !slices.Contains(c.Ledger.Actions, "table.released") {
		t.Error("the release is not in the audit trail")
	}
	q.Where = []figures.Filter{{Dimension: "service", Values: []string{"bins"}}}
	c.Refused(q, "filter")
	q = query("week")
	q.Audience = figures.Public
	c.Refused(q, "whole months")
	viewer := tenant.Actor{Org: c.Org, Grants: []tenant.Grant{{Role: "viewer"}}}
	if _, err := c.Ask.Ask(t.Context(), viewer,
		func() figures.Query { q := query("channel"); q.Audience = figures.Public; return q }()); !errors.Is(err, refusal.ErrNotAllowed) {
		t.Errorf("a viewer releases a table: %v", err)
	}
}
