package linked_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"yousaid/analytics/counciltest"
	"yousaid/analytics/figures"
)

// Subtotals: months by quarter, services by directorate.
func TestSubtotals(t *testing.T) {
	t.Parallel()
	c := satisfaction(t)
	for m := time.July; m <= time.September; m++ {
		c.Answered(10, m, "web", "bins")
		c.Answered(10, m, "web", "garden")
		c.Answered(10, m, "web", "repairs")
	}
	c.Few(1, time.August, "web", "garden", "1")
	q := public(time.July, time.September, "month", "service")
	q.Subtotals = true
	p := c.Protected(q)
	for codes, want := range map[string]string{
		"2026-07 bins": "50", "2026-08 garden": "51", "2026-08 group:streets": "101", "2026-08 (all)": "151", "(all) " +
			"group:streets": "301", "(all) (all)": "451",
	} {
		if got := shown(p, strings.Fields(codes)...); got != want {
			t.Errorf("%s is %s, not %s", codes, got, want)
		}
	}
	other := satisfaction(t)
	for m := time.April; m <= time.September; m++ {
		other.Answered(10, m, "web", "bins")
	}
	q = public(time.April, time.September, "month")
	q.Subtotals = true
	if got := shown(other.Protected(q), "group:2026-Q3"); got != "150" {
		t.Errorf("the quarter is %s", got)
	}
}

// Rounding is the other way: counts only, the same draw whenever it is asked, and never beside a hidden table of the same answers.
func TestRoundedTables(t *testing.T) {
	t.Parallel()
	c := satisfaction(t)
	c.Answered(20, time.July, "web", "bins")
	c.Few(3, time.July, "post", "bins", "1")
	q := public(time.July, time.July, "channel")
	q.Rounded = true
	p := c.Protected(q)
	if got := shown(p, "web"); got != "100" || shown(p, "post") != "0" && shown(p, "post") != "5" {
		t.Errorf("web %s, post %s", got, shown(p, "post"))
	}
	if p.Table.Total().Figures.Mean != nil {
		t.Error("a rounded table has a mean")
	}
	if again := c.Protected(q); again.Release != p.Release || shown(again, "post") != shown(p, "post") {
		t.Error("asked again, it is another table")
	}
	c.Refused(public(time.July, time.August, "service"), fmt.Sprintf("release %d shows some of the same answers the other way", p.Release))
	q = query("channel")
	q.Rounded = true
	c.Refused(q, "only in tables for the public")
}

// A question with several answers is split into tables of yes and no, which are protected together.
func TestSeveralOfMany(t *testing.T) {
	t.Parallel()
	c := newCouncil(t)
	c.Publish(counciltest.Odd)
	chose := func(n int, ease string, topics ...string) {
		c.Store(n, answer{Survey: "odd", Answers: map[string]any{"topics": topics, "ease": ease}, At: "2026-07-10T10"})
	}
	for _, ease := range []string{"easy", "hard"} {
		chose(20, ease, "a")
		chose(15, ease, "a", "b")
		chose(10, ease, "b")
		c.Store(8, answer{Survey: "odd", Answers: map[string]any{"ease": ease}, At: "2026-07-10T10"})
	}
	chose(2, "easy", "none")
	ask := func(by ...string) figures.Query {
		q := public(time.July, time.July, by...)
		q.Surveys, q.Measure = []string{"odd"}, "ease"
		return q
	}
	c.Refused(ask("topics"), "topics:a")
	c.Refused(ask("topics:z"), "no answer")
	first := c.Protected(ask("topics:a"))
	if shown(first, "yes") != "70" || shown(first, "no") != "22" || shown(first, figures.All) != "108" {
		t.Errorf("a: yes %s, no %s, all %s", shown(first, "yes"), shown(first, "no"), shown(first, figures.All))
	}
	second := c.Protected(ask("topics:b"))
	if len(second.AuditedWith) != 1 || shown(second, "yes") != "50" || shown(second, "no") != "42" {
		t.Errorf("b beside %v: yes %s, no %s", second.AuditedWith, shown(second, "yes"), shown(second, "no"))
	}
	third := c.Protected(ask("topics:none"))
	if len(third.AuditedWith) != 2 || shown(third, "yes") != "hidden" || shown(third, "no") != "hidden" {
		t.Errorf("none beside %v: yes %s, no %s", third.AuditedWith, shown(third, "yes"), shown(third, "no"))
	}
}
