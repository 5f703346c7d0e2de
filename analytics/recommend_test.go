package analytics_test

import (
	"encoding/json"
	"strings"
	"testing"

	"yousaid/analytics/attack"
	"yousaid/analytics/figures"
	"yousaid/analytics/releaseaudit"
	"yousaid/analytics/tables"
)

// The net score of answers from 0 to 10: those of 9 and 10 less those of 0 to 6. A protected cell has it where its answers are
// printed and only there; it leaves with the release, and is read as it left.
func TestTheNetScoreOfRecommend(t *testing.T) {
	t.Parallel()
	c := newCouncil(t)
	c.Publish(`
survey: customer-satisfaction
title: {en: How}
pages:
  - questions:
      - {code: recommend, kind: recommend, text: {en: How likely are you to recommend us?}}
`)
	for channel, answers := range map[string]map[string]int{
		"web":       {"10": 40, "9": 10, "8": 10, "6": 15, "0": 25}, // 50 of 100 less 40
		"telephone": {"10": 60, "8": 20, "5": 20},                   // 60 less 20
		"kiosk":     {"3": 3},
	} {
		for code, n := range answers {
			c.Store(n, answer{Answers: map[string]any{"recommend": code}, Channel: channel})
		}
	}
	from, err := figures.ParseDate("2026-09-01")
	c.Check(err)
	q := figures.Query{Surveys: []string{"customer-satisfaction"}, Measure: "recommend", By: []string{"channel"}, From: from,
		To: from.AddDays(29)}
	score := map[string]float64{"web": 10, "telephone": 40, "kiosk": -100}
	for _, one := range c.Figures(q).Cells {
		near(t, one.Code(), one.Net, score[one.Code()])
	}
	q.Audience = figures.Public
	left := c.Protected(q)
	printed := 0
	for _, r := range tables.Cells(left) {
		if (r.Net != nil) != (r.Distribution != nil) {
			t.Errorf("%s: a net score of %v beside the answers %v", r.Codes, r.Net, r.Distribution)
		}
		if r.Net != nil { // of web or telephone, which the key of the table chooses: the other hides the three of the kiosk
			printed++
			near(t, r.Code(), r.Net, score[r.Code()])
		}
		if r.Hidden && r.Net != nil {
			t.Errorf("%s is hidden and has a net score", r.Codes)
		}
	}
	read, err := c.Register().Table(t.Context(), c.By(), left.Release)
	c.Check(err)
	if got, want := table(read), table(left); got != want || printed == 0 {
		t.Errorf("it is read as\n%s\nand left as\n%s", got, want)
	}
	if list := figures.InMeasure(read.Measure); len(list) != 2 || list[1].Key != "net" {
		t.Errorf("a release has the figures %v", list)
	}
	raw, err := json.Marshal(tables.Cells(left))
	if err != nil || !strings.Contains(string(raw), `"net":10,`) && !strings.Contains(string(raw), `"net":40,`) {
		t.Errorf("%s, %v", raw, err)
	}
	said, holds, err := releaseaudit.Auditor{Work: 2 * attack.DefaultWork}.Check(read, nil)
	if err != nil || !holds {
		t.Errorf("the audit says %q, %v", said, err)
	}
}
