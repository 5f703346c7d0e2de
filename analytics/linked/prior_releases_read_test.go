package linked_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"yousaid/analytics/figures"
)

// damage makes releases unreadable: whoever reads one of them fails.
func (c *council) damage(releases ...int64) {
	c.T.Helper()
	tx, err := c.DB.Begin(c.T.Context(), c.Org)
	c.Check(err)
	for _, id := range releases {
		c.Must(tx.Exec(`UPDATE releases SET cells = '{"version": 99}' WHERE organisation_id = $1 AND id = $2`, c.Org, id))
	}
	c.Check(tx.Commit())
}

// Releases that cannot tell anything together with a new one are not read: those of another period, of another survey,
// of another question of the same people by other dimensions.
func TestReleasesOfAnotherMeasureAndPeriodAreNotRead(t *testing.T) {
	t.Parallel()
	c := chosen(t)
	for _, rating := range []string{"1", "2", "3", "4", "5"} {
		for _, reason := range []string{"time", "result", "staff", "information", "ease", "other"} {
			c.Store(20, answer{Answers: map[string]any{"rating": rating, "reason": reason}, Channel: "web", Service: "bins", At: "2026-05-10T10"},
				answer{Answers: map[string]any{"rating": rating, "reason": reason}, Channel: "telephone", Service: "repairs", At: "2026-05-10T10"})
		}
	}
	others := []int64{
		c.Protected(named(public(time.May, time.May, "channel"), "rating")).Release,
		c.Protected(named(public(time.May, time.June, "service"), "reason")).Release,
		c.Protected(named(public(time.July, time.July, "channel"), "overall", "third")).Release,
		c.Protected(named(public(time.July, time.July, "service"), "reason")).Release,
	}
	same := c.Protected(public(time.July, time.July, "channel")).Release
	c.damage(others...)
	if p := c.Protected(public(time.July, time.July, "mode")); !slices.Contains(p.AuditedWith, same) {
		t.Errorf("release %d left beside %v, without release %d of the same answers", p.Release, p.AuditedWith, same)
	}
	// Each of them is read where it counts.
	for i, q := range []figures.Query{
		named(public(time.May, time.May, "mode"), "rating"), named(public(time.June, time.June, "channel"), "reason"),
		named(public(time.July, time.July, "mode"), "overall", "third"), named(public(time.July, time.July, "directorate"), "rating"),
	} {
		if _, err := c.Ask.Ask(t.Context(), c.By(), q); err == nil || !strings.Contains(err.Error(), "form 99") {
			t.Errorf("release %d is not read for %v: %v", others[i], q, err)
		}
	}
}
