package analytics

import (
	"math"
	"slices"

	"yousaid/analytics/stats"
	"yousaid/surveys/bank"
)

// Gap compares a shown group with everybody else in the table: never with the total, which the group is part of.
type Gap struct {
	Code, Label      string
	N, RestN         int64
	Share, Rest      float64 // satisfied, 0 to 1
	Diff, Low, High  float64 // Share − Rest with its 95 percent Newcombe interval
	P                float64 // adjusted for the family of all gaps of the table (Holm)
	Clear            bool    // the interval leaves out nought and the adjusted test is significant: the only gaps that may be called one
	Unreliable       bool    // the group or the rest is fewer than 30
	Subtotal, Higher bool
}

// Without is a group that is not compared, and whether that is because it is hidden.
type Without struct {
	Label  string
	Hidden bool
}

// significant is the level below which an adjusted p calls a difference.
const significant = 0.05

// Gaps compares each group of the first dimension with everybody else. It reads what the table prints and nothing else: everybody else is the total less the group, where both
// are printed. "Prefer not to say" and no answer are no groups of people and are not compared.
func Gaps(a Answer) (gaps []Gap, without []Without) {
	f := a.Of()
	if _, plain := a.(Figures); plain || !f.Measure.HasShare || len(f.Dimensions) == 0 {
		return nil, nil
	}
	rows := Rows(a)
	total := rows[len(rows)-1]
	first := f.Dimensions[0]
	var p []float64
	for _, r := range rows[:len(rows)-1] {
		code := r.Codes[0]
		if code == All || code == "" || code == bank.PreferNotToSay || slices.ContainsFunc(r.Codes[1:], func(c string) bool { return c != All }) {
			continue
		}
		if r.Hidden {
			without = append(without, Without{r.Labels[0], true})
			continue
		}
		rest := total.N - r.N
		if r.NotAsked || r.Satisfied == nil || total.Hidden || total.Satisfied == nil || rest < equalityThreshold {
			without = append(without, Without{Label: r.Labels[0]})
			continue
		}
		x, all := satisfied(r.Record), satisfied(total.Record)
		g := Gap{Code: code, Label: r.Labels[0], N: r.N, RestN: rest, Share: *r.Satisfied, Rest: float64(all-x) / float64(rest), Unreliable: min(r.N, rest) < distributionBase, Subtotal: first.isGroup(code)}
		g.Diff, g.Low, g.High = stats.Newcombe(x, r.N, all-x, rest, 0.95)
		g.Higher = g.Diff > 0
		gaps, p = append(gaps, g), append(p, stats.TwoShares(x, r.N, all-x, rest))
	}
	for i, adjusted := range stats.Holm(p) {
		gaps[i].P = adjusted
		gaps[i].Clear = adjusted < significant && (gaps[i].Low > 0 || gaps[i].High < 0)
	}
	return gaps, without
}

// satisfied is the count behind a printed share: a share of so many people is that of one count only.
func satisfied(r Record) int64 { return int64(math.Round(*r.Satisfied * float64(r.N))) }
