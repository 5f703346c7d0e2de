package tables

import (
	"math"
	"slices"

	"yousaid/analytics/disclosure"
	"yousaid/analytics/figures"
	"yousaid/analytics/stats"
	"yousaid/surveys/bank"
	"yousaid/surveys/wording"
)

// Difference compares a shown group with the people who gave another answer: never with the total, which the group is
// part of, and not with those who preferred not to say or gave no answer, of whom nobody knows which group they are of.
type Difference struct {
	Code             string
	Label            wording.Message
	N, RestN         int64
	Share, Rest      float64 // satisfied, 0 to 1
	Diff, Low, High  float64 // Share − Rest with its 95 percent Newcombe interval
	P                float64 // adjusted for the family of all gaps of the table (Holm)
	Clear            bool    // the interval leaves out nought and the adjusted test is significant: the only gaps that may be called one
	Unreliable       bool    // the group or the rest is fewer than 30
	Subtotal, Higher bool
	OfShown          bool // those who gave another answer are counted in the groups that are shown: how many gave none is hidden
}

// NotCompared is a group that is not compared, and whether that is because it is hidden.
type NotCompared struct {
	Label  wording.Message
	Hidden bool
}

// significant is the level below which an adjusted p calls a difference.
const significant = 0.05

// Differences compares each group of the first dimension with those who gave another answer. It reads what the table
// prints and nothing else: these are the total less the group, "prefer not to say" and no answer, where all are
// printed; otherwise the other groups that are printed. "Prefer not to say" and no answer are no groups of people and
// are not compared.
func Differences(a Answer) (gaps []Difference, without []NotCompared) {
	f := a.Of()
	if _, plain := a.(Figures); plain || !f.Measure.HasShare || len(f.Dimensions) == 0 {
		return nil, nil
	}
	rows := Rows(a)
	first := f.Dimensions[0]
	answered := respondentsOf(first, rows)
	var p []float64
	for _, r := range rows[:len(rows)-1] {
		code := r.Codes[0]
		if code == figures.All || code == "" || code == bank.PreferNotToSay ||
			slices.ContainsFunc(r.Codes[1:], func(c string) bool { return c != figures.All }) {
			continue
		}
		if r.Hidden {
			without = append(without, NotCompared{r.Labels[0], true})
			continue
		}
		rest, y := answered.without(code)
		if r.NotAsked || r.Satisfied == nil || rest < disclosure.EqualityThreshold {
			without = append(without, NotCompared{Label: r.Labels[0]})
			continue
		}
		x := satisfied(r.Cell)
		g := Difference{Code: code, Label: r.Labels[0], N: r.N, RestN: rest, Share: *r.Satisfied, Rest: float64(y) / float64(rest),
			Unreliable: min(r.N, rest) < disclosure.DistributionBase, Subtotal: first.IsGroup(code), OfShown: !answered.whole}
		g.Diff, g.Low, g.High = stats.Newcombe(x, r.N, y, rest, 0.95)
		g.Higher = g.Diff > 0
		gaps, p = append(gaps, g), append(p, stats.TwoShares(x, r.N, y, rest))
	}
	for i, adjusted := range stats.Holm(p) {
		gaps[i].P = adjusted
		gaps[i].Clear = adjusted < significant && (gaps[i].Low > 0 || gaps[i].High < 0)
	}
	return gaps, without
}

// respondents counts those of a table who gave an answer to its first dimension, by their answers as far as these are printed.
type respondents struct {
	dimension    figures.Dimension
	whole        bool // n and satisfied are of everybody who gave an answer; otherwise of those in the groups that are printed
	n, satisfied int64
	groups       map[string]figures.Cell // that are printed, subtotals among them
}

func respondentsOf(d figures.Dimension, rows []figures.Row) respondents {
	out := respondents{dimension: d, groups: map[string]figures.Cell{}}
	total := rows[len(rows)-1]
	out.whole = !total.Hidden && total.Satisfied != nil
	all := respondents{}
	if out.whole {
		all.n, all.satisfied = total.N, satisfied(total.Cell)
	}
	for _, r := range rows[:len(rows)-1] {
		code := r.Codes[0]
		if code == figures.All || slices.ContainsFunc(r.Codes[1:], func(c string) bool { return c != figures.All }) {
			continue
		}
		printed := !r.Hidden && !r.NotAsked && r.Satisfied != nil
		switch {
		case code == "" || code == bank.PreferNotToSay:
			if printed {
				all.n, all.satisfied = all.n-r.N, all.satisfied-satisfied(r.Cell)
			}
			out.whole = out.whole && (printed || r.NotAsked)
		case printed:
			out.groups[code] = r.Cell
			if !d.IsGroup(code) {
				out.n, out.satisfied = out.n+r.N, out.satisfied+satisfied(r.Cell)
			}
		}
	}
	if out.whole {
		out.n, out.satisfied = all.n, all.satisfied
	}
	return out
}

// without counts those who gave another answer than those of a group that is printed.
func (a respondents) without(code string) (n, satisfiedOnes int64) {
	n, satisfiedOnes = a.n, a.satisfied
	take := func(r figures.Cell) { n, satisfiedOnes = n-r.N, satisfiedOnes-satisfied(r) }
	at := slices.IndexFunc(a.dimension.Groups, func(g figures.CodeGroup) bool { return g.Code.Code == code })
	switch group, printed := a.groups[code]; {
	case !printed:
	case a.whole || at < 0:
		take(group)
	default: // of a subtotal only some parts are printed
		for _, part := range a.dimension.Groups[at].Of {
			if r, ok := a.groups[part]; ok {
				take(r)
			}
		}
	}
	return n, satisfiedOnes
}

// satisfied is the count behind a printed share: a share of so many people is that of one count only.
func satisfied(r figures.Cell) int64 { return int64(math.Round(*r.Satisfied * float64(r.N))) }
