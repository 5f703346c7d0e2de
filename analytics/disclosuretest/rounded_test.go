package disclosuretest

import (
	"math/rand/v2"
	"testing"

	"yousaid/analytics/attack"
	"yousaid/analytics/disclosure"
)

// Nobody can work out a number that is printed rounded, nor how many gave which answer.
func TestRoundedNumbersStayRounded(t *testing.T) {
	t.Parallel()
	var all attack.Report
	tables, hidden := 0, 0
	for n := range uint64(300) {
		c := Generate(n)
		if len(c.Lattice.Dimensions) > 2 {
			continue // the attacker seldom finds a whole table within so many ranges
		}
		dice := rand.New(rand.NewPCG(n, 5))
		c.Lattice.Sets = make([]uint64, len(c.Lattice.Counts))
		for i, k := range c.Lattice.Counts {
			if k > 0 {
				c.Lattice.Sets[i] = dice.Uint64()
			}
		}
		table, err := disclosure.Round(c.Lattice, c.Rules)
		if err != nil {
			t.Fatal(err)
		}
		tables, hidden = tables+1, hidden+table.Hidden()
		printed, err := Reread(table)
		if err != nil {
			t.Fatal(err)
		}
		r := attack.Attack([]attack.Table{printed}, attack.Options{Deeper: true, Work: attack.DefaultWork / 2})
		for _, f := range r.Findings {
			if f.Kind == attack.ExactlyDisclosed || f.Kind == attack.Unknown {
				t.Errorf("table %d: %v %s is %s, %d: %s", n, f.Codes, f.Of, f.Kind, f.Low, f.Why)
			}
		}
		all.Cells, all.ExactlyDisclosed, all.Unknown = all.Cells+r.Cells, all.ExactlyDisclosed+r.ExactlyDisclosed, all.Unknown+r.Unknown
		if r.Impossible {
			t.Errorf("table %d agrees with nothing", n)
		}
	}
	t.Logf("%d tables: %s, %d hidden", tables, all, hidden)
	if all.Cells < 10_000 {
		t.Error("that is too few to say anything")
	}
}
