package analytics_test

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"yousaid/analytics/figures"
	"yousaid/analytics/refusal"
	"yousaid/surveys/bank"
)

// groupsOf are the codes of what a query is split by, but for those that are words of the sentences.
func groupsOf(q figures.Query) (codes []string) {
	for _, id := range q.By {
		switch id {
		case "channel":
			codes = append(codes, "web", "telephone", "face_to_face", "email", "post", "sms", "kiosk", "social_media")
		case "mode":
			codes = append(codes, "online", "telephone_interview", "face_to_face_interview", "paper", "kiosk")
		case "service", "directorate":
			codes = append(codes, "bins", "garden", "repairs", "streets", "housing")
		}
		if c, ok := bank.Find(strings.TrimSuffix(id, "_group")); ok {
			for _, l := range slices.Concat(c.Codes, c.Groups) {
				codes = append(codes, l.Code)
			}
		}
	}
	return slices.DeleteFunc(codes, func(code string) bool { return slices.Contains([]string{"", "other", "no", "none", "yes"}, code) })
}

// namesNoGroup holds that a refusal names no group of the table, and says of no release that it would give anybody away.
func (c *council) namesNoGroup(q figures.Query, r refusal.Refusal) {
	c.t.Helper()
	for _, code := range groupsOf(q) {
		if regexp.MustCompile(`\b` + regexp.QuoteMeta(code) + `\b`).MatchString(r.Error()) {
			c.t.Errorf("asked for %s by %v, the refusal names %s: %s", q.Measure, q.By, code, r.Error())
		}
	}
	if strings.ContainsAny(r.Error(), "[]") || strings.Contains(r.Error(), "give") {
		c.t.Errorf("the refusal says more than is known: %s", r.Error())
	}
	for _, id := range r.AuditedWith {
		if !strings.Contains(r.Error(), fmt.Sprintf("release %d", id)) {
			c.t.Errorf("the refusal does not name release %d: %s", id, r.Error())
		}
	}
}

// A refusal says what was not proved beside which release, and what was tried instead and may leave: that then leaves.
func TestWhatARefusalOffersLeaves(t *testing.T) {
	t.Parallel()
	c := households(t, 2, 150, 20)
	first := c.protected(asks("rating", "ethnic_group_group"))
	q := asks("own", "ethnic_group_group", "rating")
	_, err := c.ask.Ask(t.Context(), c.by(), q)
	var r refusal.Refusal
	if !errors.As(err, &r) || !slices.Equal(r.AuditedWith, []int64{first.Release}) || len(r.Alternatives) == 0 ||
		!strings.Contains(r.Error(), "free to leave as things are now: own by ") {
		t.Fatalf("%v: beside %v, instead %v", err, r.AuditedWith, r.Alternatives)
	}
	c.namesNoGroup(q, r)
	p := c.protected(r.Alternatives[0])
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
		c.background(m)
		c.answered(20, m, "web", "bins")
		c.answered(20, m, "telephone", "bins")
	}
	first := c.protected(public(time.July, time.August, "channel"))
	tx, err := c.db.Begin(t.Context(), c.org)
	c.check(err)
	c.must(tx.Exec(`UPDATE responses SET state = 'withdrawn', answers = '{}' WHERE organisation_id = $1 AND id = (SELECT id FROM responses WHERE organisation_id = $1 AND channel = 'web' AND answered_hour < '2026-08-01' LIMIT 1)`, c.org))
	c.check(tx.Commit())
	var r refusal.Refusal
	q := public(time.July, time.October, "channel")
	if _, err := c.ask.Ask(t.Context(), c.by(), q); !errors.As(err, &r) || len(r.Alternatives) != 1 ||
		r.Alternatives[0].From.String() != "2026-09-01" || r.Alternatives[0].To.String() != "2026-10-31" ||
		!slices.Equal(r.AuditedWith, []int64{first.Release}) {
		t.Fatalf("%v: %+v", err, r.Alternatives)
	}
	c.namesNoGroup(q, r)
	c.protected(r.Alternatives[0])
	q = public(time.July, time.July, "channel")
	if _, err := c.ask.Ask(t.Context(), c.by(), q); !errors.As(err, &r) || len(r.Alternatives) != 0 ||
		strings.Contains(r.Error(), "other months") {
		t.Errorf("there is no table of July that may leave: %v", err)
	}
}
