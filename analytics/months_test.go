package analytics_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"yousaid/analytics/figures"
	"yousaid/analytics/refusal"
)

// A table by month is no longer true of one month by three answers, and by twelve in all: what it printed of the month,
// less what a later table would print of it, would be the three.
func TestAMonthThatDiffersByFewIsNotPrintedAgain(t *testing.T) {
	t.Parallel()
	c := satisfaction(t)
	for m := time.July; m <= time.October; m++ {
		c.answered(20, m, "web", "bins")
		c.answered(20, m, "telephone", "bins")
	}
	first := c.protected(public(time.July, time.September, "month"))
	c.withdraw(3, time.July)
	c.withdraw(9, time.August)
	for _, q := range []figures.Query{
		public(time.July, time.July, "month"), public(time.July, time.July, "channel"), public(time.July, time.August,
			"month"), public(time.June, time.July, "channel"),
	} {
		var r refusal.Refusal
		if _, err := c.ask.Ask(t.Context(), c.by(), q); !errors.As(err, &r) || !slices.Equal(r.AuditedWith, []int64{first.Release}) {
			t.Errorf("%s to %s by %s: %v", q.From, q.To, q.By, err)
		} else if !strings.Contains(r.Error(), "have changed since") {
			t.Errorf("%s to %s by %s: %s", q.From, q.To, q.By, r.Error())
		}
	}
	c.protected(public(time.August, time.August, "channel"))
	c.protected(public(time.September, time.October, "month"))
	c.protected(public(time.July, time.October, "channel"))
}

// withdraw takes back so many answers of a month of 2026.
func (c *council) withdraw(n int, m time.Month) {
	c.t.Helper()
	tx, err := c.db.Begin(c.t.Context(), c.org)
	c.check(err)
	from, to := month(m)
	done, err := tx.Exec(`
		UPDATE responses
		SET    state = 'withdrawn', answers = '{}'
		WHERE  organisation_id = $1
		  AND  id IN (SELECT id FROM responses WHERE organisation_id = $1 AND state <> 'withdrawn'
		              AND answered_hour BETWEEN $2 AND $3 ORDER BY id LIMIT $4)`, c.org, from.String(), to.String(), n)
	c.check(err)
	if taken, err := done.RowsAffected(); err != nil || taken != int64(n) {
		c.t.Fatalf("%d of %d answers were taken back: %v", taken, n, err)
	}
	c.check(tx.Commit())
}
