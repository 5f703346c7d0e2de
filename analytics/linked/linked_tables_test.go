package linked_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"yousaid/analytics/attack"
	"yousaid/analytics/tables"
)

// A quarter, its last two months, and then its first: the first month shares no day with the release of the last two,
// and gives it away all the same when the two are not looked at together.
func TestReleasesThatMeetOnlyThroughAnother(t *testing.T) {
	t.Parallel()
	tried, left, judged := 0, 0, 0
	for seed := range uint64(8) {
		r := rand.New(rand.NewPCG(seed, 3))
		c := satisfaction(t)
		for m := time.July; m <= time.September; m++ {
			for _, channel := range []string{"web", "telephone", "post", "sms", "kiosk", "email"} {
				n := []int{1, 2, 6, 9, 14}[r.IntN(5)]
				for k := range n {
					c.Few(1, m, channel, "bins", fmt.Sprint(1+(k+r.IntN(2))%5))
				}
			}
		}
		// One table of months by channel: July, the two months after it taken together, and all of it.
		together := attack.Table{Name: "together", Dimensions: []attack.Dimension{{ID: "month", Nodes: []attack.Node{{Code: "first",
			Parent: attack.All}, {Code: "rest", Parent: attack.All}}}}}
		for _, part := range []struct {
			code        string
			first, last time.Month
		}{{attack.All, time.July, time.September}, {"rest", time.August, time.September}, {"first", time.July, time.July}} {
			tried++
			var modes tables.Protected
			if part.code == "first" { // a table by something else prints the first month's total, which is new
				modes, _ = c.Released(public(part.first, part.last, "mode"))
			}
			p, ok := c.Released(public(part.first, part.last, "channel"))
			if !ok {
				if modes.Release != 0 {
					rows := c.Read(modes).Rows
					total := rows[len(rows)-1]
					total.Codes = []string{part.code, attack.All}
					together.Rows = append(together.Rows, total)
				}
				continue
			}
			left++
			table := c.Read(p)
			if len(together.Dimensions) == 1 {
				together.Dimensions = append(together.Dimensions, table.Dimensions...)
				together.Answers = table.Answers
			}
			for _, row := range table.Rows {
				row.Codes = append([]string{part.code}, row.Codes...)
				together.Rows = append(together.Rows, row)
			}
		}
		report := attack.Attack([]attack.Table{together}, attack.Options{Threshold: 5, Exact: true})
		judged += report.Cells - report.Unknown
		if report.ExactlyDisclosed+report.Unknown > 0 || report.Impossible {
			t.Errorf("council %d: %s: %+v", seed, report, disclosed(report))
		}
	}
	t.Logf("%d of %d left, %d hidden cells judged", left, tried, judged)
	if left < tried/2 || judged == 0 {
		t.Error("hardly anything leaves, or nothing was judged")
	}
}

func disclosed(r attack.Report) (list []attack.Finding) {
	for _, f := range r.Findings {
		if f.Kind == attack.ExactlyDisclosed || f.Kind == attack.Unknown {
			list = append(list, f)
		}
	}
	return list
}

// Channel by sex is out, then age by channel, and then age by itself is to leave: it shares nothing with the first, and
// does with the second, which does.
func TestTablesThatMeetOnlyThroughAnother(t *testing.T) {
	t.Parallel()
	tried, left, judged := 0, 0, 0
	for seed := range uint64(8) {
		r := rand.New(rand.NewPCG(seed, 4))
		c := satisfaction(t)
		pick := func(list ...string) string { return list[min(r.IntN(len(list)), r.IntN(len(list)))] }
		for range 160 {
			c.Store(1, answer{Answers: rated(fmt.Sprint(1 + r.IntN(5))), Channel: pick("web", "telephone", "post", "sms"), Service: "bins",
				At:       "2026-07-10T10",
				Equality: map[string]string{"sex": pick("female", "male", "pns"), "age_band": pick("25_34", "35_44", "65_74", "75_84")}})
		}
		var printed []attack.Table
		for _, by := range [][]string{{"channel", "sex"}, {"age_group", "channel"}, {"age_group"}, {"sex"}} {
			tried++
			if p, ok := c.Released(public(time.July, time.July, by...)); ok {
				left++
				printed = append(printed, c.Read(p))
			}
		}
		report := attack.Attack(printed, attack.Options{Threshold: 10, Together: true, Work: 2 * attack.DefaultWork})
		judged += report.Cells - report.Unknown
		if slices.ContainsFunc(report.Findings, func(f attack.Finding) bool { return f.Kind == attack.ExactlyDisclosed }) || report.Impossible {
			t.Errorf("council %d: %s: %+v", seed, report, disclosed(report))
		}
	}
	t.Logf("%d of %d left, %d hidden cells judged", left, tried, judged)
	if left < tried/2 || judged == 0 {
		t.Error("hardly anything leaves, or nothing was judged")
	}
}
