package disclosuretest

import (
	"slices"
	"time"

	"yousaid/analytics/attack"
	"yousaid/analytics/disclosure"
)

// Singletons protects a case and sets the attacker on it as people see it who know something: each who is the only one, or
// one of two, in a hidden cell knows how many are in it, and must still not see that any other small aggregate is not
// empty, or not as many as the threshold. At most so many people are asked, each with so many units of work
// (attack.Options); Tables of the tally counts them. Pairs of tables are left out.
func Singletons(c Case, most int, work int64) (t Tally) {
	if c.Linked != nil {
		return t
	}
	printed, lattices, err := Protected(c.Lattice, c.Rules)
	if err != nil {
		return t
	}
	for _, row := range printed.Rows {
		n, _ := People(c.Lattice, row.Codes)
		if row.State == attack.Hidden && (n == 1 || n == 2) && single(c.Lattice, row.Codes) && t.Tables < most {
			t.Tables++
			t.attackAsSingleton(c, printed, lattices, row.Codes, n, work)
		}
	}
	return t
}

// attackAsSingleton attacks a table with what the n people in an aggregate know. Where the attacker's work is over, those
// tables of the proof are looked at that they cannot rule out.
func (t *Tally) attackAsSingleton(c Case, printed attack.Table, lattices []attack.Lattice, mine []string, n, work int64) {
	start := time.Now()
	report := attack.Attack(
		[]attack.Table{printed},
		attack.Options{Threshold: threshold(c.Rules), Work: work, Known: map[string]int64{attack.Key(mine...): n}},
	)
	t.Attacking += time.Since(start)
	if report.Impossible {
		t.Contradicted++
	}
	enough := int64(threshold(c.Rules))
	for _, f := range report.Findings {
		k, _ := People(c.Lattice, f.Codes)
		if k < 1 || k >= enough || holds(c.Lattice, f.Codes, mine) {
			continue
		}
		t.Attacked++
		if f.Kind == attack.Unknown {
			t.Witnessed++
			f.Low, f.High = reachedInProof(f, possible(c.Lattice, printed, lattices, mine, n), c.Lattice)
		}
		switch open := f.Low == 0 && f.High >= enough; {
		case open:
			continue
		case f.Kind == attack.Unknown:
			t.Unknown++
			continue
		case f.Low == f.High:
			t.ExactlyDisclosed++
		default:
			t.TooNarrow++
		}
		if t.First == "" {
			t.First = c.Name + ": for those in " + attack.Key(mine...) + ", " + attack.Key(f.Codes...) + " is no longer open: " + f.Why
		}
	}
}

// possible lists the whole tables that agree with what is printed and have n people in an aggregate.
func possible(truth disclosure.Lattice, printed attack.Table, lattices []attack.Lattice, mine []string, n int64) (list []attack.Lattice) {
	for _, l := range lattices {
		if k, _ := People(flat(truth, l), mine); k == n && attack.Agrees(printed, l) == nil {
			list = append(list, l)
		}
	}
	return list
}

// single tells whether an aggregate is one combination of codes, of which none is a group.
func single(l disclosure.Lattice, codes []string) bool {
	for i, code := range codes {
		if code == attack.None {
			code = ""
		}
		if !slices.Contains(l.Dimensions[i].Codes, code) {
			return false
		}
	}
	return true
}

// holds tells whether one aggregate is in another, or is it.
func holds(l disclosure.Lattice, outer, inner []string) bool {
	for i := range outer {
		in, out := members(l.Dimensions[i], inner[i]), members(l.Dimensions[i], outer[i])
		for k := range in {
			if in[k] && !out[k] {
				return false
			}
		}
	}
	return true
}
