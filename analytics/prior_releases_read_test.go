package analytics_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"yousaid/analytics/figures"
)

// damage makes releases unreadable: whoever reads one of them fails.
func (c *council) damage(releases ...int64) {
	c.t.Helper()
	tx, err := c.db.Begin(c.t.Context(), c.org)
	c.check(err)
	for _, id := range releases {
		c.must(tx.Exec(`UPDATE releases SET cells = '{"version": 99}' WHERE organisation_id = $1 AND id = $2`, c.org, id))
	}
	c.check(tx.Commit())
}

// Releases that cannot tell anything together with a new one are not read: those of another period, of another survey,
// of another question of the same people by other dimensions.
func TestReleasesOfAnotherMeasureAndPeriodAreNotRead(t *testing.T) {
	t.Parallel()
	c := chosen(t)
	for _, rating := range []string{"1", "2", "3", "4", "5"} {
		for _, reason := range []string{"time", "result", "staff", "information", "ease", "other"} {
			c.store(20, answer{answers: map[string]any{"rating": rating, "reason": reason}, channel: "web", service: "bins", at: "2026-05-10T10"},
				answer{answers: map[string]any{"rating": rating, "reason": reason}, channel: "telephone", service: "repairs", at: "2026-05-10T10"})
		}
	}
	others := []int64{
		c.protected(named(public(time.May, time.May, "channel"), "rating")).Release,
		c.protected(named(public(time.May, time.June, "service"), "reason")).Release,
		c.protected(named(public(time.July, time.July, "channel"), "overall", "third")).Release,
		c.protected(named(public(time.July, time.July, "service"), "reason")).Release,
	}
	same := c.protected(public(time.July, time.July, "channel")).Release
	c.damage(others...)
	if p := c.protected(public(time.July, time.July, "mode")); !slices.Contains(p.AuditedWith, same) {
		t.Errorf("release %d left beside %v, without release %d of the same answers", p.Release, p.AuditedWith, same)
	}
	// Each of them is read where it counts.
	for i, q := range []figures.Query{
		named(public(time.May, time.May, "mode"), "rating"), named(public(time.June, time.June, "channel"), "reason"),
		named(public(time.July, time.July, "mode"), "overall", "third"), named(public(time.July, time.July, "directorate"), "rating"),
	} {
		if _, err := c.ask.Ask(t.Context(), c.by(), q); err == nil || !strings.Contains(err.Error(), "form 99") {
			t.Errorf("release %d is not read for %v: %v", others[i], q, err)
		}
	}
}
