package analytics_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"yousaid/analytics/refusal"
)

// A refusal says what was not proved beside which release, and what was tried instead and may leave: that then leaves.
func TestWhatARefusalOffersLeaves(t *testing.T) {
	t.Parallel()
	c := households(t, 2, 150, 20)
	first := c.Protected(asks("rating", "ethnic_group_group"))
	q := asks("own", "ethnic_group_group", "rating")
	_, err := c.Ask.Ask(t.Context(), c.By(), q)
	var r refusal.Refusal
	if !errors.As(err, &r) || !slices.Equal(r.AuditedWith, []int64{first.Release}) || len(r.Alternatives) == 0 ||
		!strings.Contains(r.Error(), "free to leave as things are now: own by ") {
		t.Fatalf("%v: beside %v, instead %v", err, r.AuditedWith, r.Alternatives)
	}
	c.NamesNoGroup(q, r)
	p := c.Protected(r.Alternatives[0])
	if p.Release == first.Release || p.Release == 0 {
		t.Errorf("what was offered is release %d", p.Release)
	}
}

// One answer that is withdrawn stands against every table of its months; the days that the release does not count are
// offered, and no others.
func TestAfterAWithdrawalOtherDaysAreOffered(t *testing.T) {
	t.Parallel()
	c := satisfaction(t)
	for m := time.July; m <= time.October; m++ {
		c.Background(m)
		c.Answered(20, m, "web", "bins")
		c.Answered(20, m, "telephone", "bins")
	}
	first := c.Protected(public(time.July, time.August, "channel"))
	tx, err := c.DB.Begin(t.Context(), c.Org)
	c.Check(err)
	c.Must(tx.Exec(`
		UPDATE responses
		SET    state = 'withdrawn', answers = '{}'
		WHERE  organisation_id = $1
		AND id = (SELECT id FROM responses WHERE organisation_id = $1 AND channel = 'web' AND answered_hour < '2026-08-01' LIMIT 1)`, c.Org))
	c.Check(tx.Commit())
	var r refusal.Refusal
	q := public(time.July, time.October, "channel")
	if _, err := c.Ask.Ask(t.Context(), c.By(), q); !errors.As(err, &r) || len(r.Alternatives) != 1 ||
		r.Alternatives[0].From.String() != "2026-09-01" || r.Alternatives[0].To.String() != "2026-10-31" ||
		!slices.Equal(r.AuditedWith, []int64{first.Release}) {
		t.Fatalf("%v: %+v", err, r.Alternatives)
	}
	c.NamesNoGroup(q, r)
	c.Protected(r.Alternatives[0])
	q = public(time.July, time.July, "channel")
	if _, err := c.Ask.Ask(t.Context(), c.By(), q); !errors.As(err, &r) || len(r.Alternatives) != 0 ||
		strings.Contains(r.Error(), "other months") {
		t.Errorf("there is no table of July that may leave: %v", err)
	}
}
