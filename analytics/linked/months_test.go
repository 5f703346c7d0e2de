package linked_test

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
		c.Answered(20, m, "web", "bins")
		c.Answered(20, m, "telephone", "bins")
	}
	first := c.Protected(public(time.July, time.September, "month"))
	c.withdraw(3, time.July)
	c.withdraw(9, time.August)
	for _, q := range []figures.Query{
		public(time.July, time.July, "month"), public(time.July, time.July, "channel"), public(time.July, time.August,
			"month"), public(time.June, time.July, "channel"),
	} {
		var r refusal.Refusal
		if _, err := c.Ask.Ask(t.Context(), c.By(), q); !errors.As(err, &r) || !slices.Equal(r.AuditedWith, []int64{first.Release}) {
			t.Errorf("%s to %s by %s: %v", q.From, q.To, q.By, err)
		} else if !strings.Contains(r.Error(), "have changed since") {
			t.Errorf("%s to %s by %s: %s", q.From, q.To, q.By, r.Error())
		}
	}
	c.Protected(public(time.August, time.August, "channel"))
	c.Protected(public(time.September, time.October, "month"))
	c.Protected(public(time.July, time.October, "channel"))
}

// withdraw takes back so many answers of a month of 2026.
func (c *council) withdraw(n int, m time.Month) {
	c.T.Helper()
	tx, err := c.DB.Begin(c.T.Context(), c.Org)
	c.Check(err)
	from, to := month(m)
	done, err := tx.Exec(`
		UPDATE responses
		SET    state = 'withdrawn', answers = '{}'
		WHERE  organisation_id = $1
		  AND  id IN (SELECT id FROM responses WHERE organisation_id = $1 AND state <> 'withdrawn'
		              AND answered_hour BETWEEN $2 AND $3 ORDER BY id LIMIT $4)`, c.Org, from.String(), to.String(), n)
	c.Check(err)
	if taken, err := done.RowsAffected(); err != nil || taken != int64(n) {
		c.T.Fatalf("%d of %d answers were taken back: %v", taken, n, err)
	}
	c.Check(tx.Commit())
}
