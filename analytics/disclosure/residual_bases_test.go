package disclosure

import (
	"slices"
	"strings"
	"testing"
)

// A proof that says too little, or something untrue, of answers that are held back is noticed.
func TestAProofOfHeldBackAnswersIsChecked(t *testing.T) {
	l := lattice(rating(5), spread(12), spread(40), spread(60), spread(70))
	made := func() (*grid, Proof) {
		g := newGrid(l, Rules{Equality: true, Threshold: 10, DistributionBase: 30})
		g.addAllAggregates()
		_, proof, err := g.table()
		if err != nil {
			t.Fatal(err)
		}
		return g, proof
	}
	g, proof := made()
	if proof.People == nil || len(proof.People.Evidence) == 0 ||
		!slices.ContainsFunc(proof.Evidence, func(e Evidence) bool { return e.Answer != "" }) {
		t.Fatalf("nothing is held back: %+v", proof)
	}
	if err := g.check(proof); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(g *grid, p *Proof)
		want   string
	}{
		"nothing of people": {func(_ *grid, p *Proof) { p.People = nil }, "nothing shows how many"},
		"no evidence":       {func(_ *grid, p *Proof) { p.People.Evidence = nil }, "nothing shows"},
		"too few people": {func(_ *grid, p *Proof) {
			for i := range p.People.Base {
				p.People.Base[i] = g.baseGrid.trueCounts[i]
			}
			p.People.Others = make([][][2]int64, len(p.People.Others))
		}, "does not show"},
		"people come in": {func(_ *grid, p *Proof) { p.People.Base[len(p.People.Base)-1]++ }, "does not agree"},
		"an answer is not shown to be open": {func(_ *grid, p *Proof) {
			p.Evidence = slices.DeleteFunc(p.Evidence, func(e Evidence) bool { return e.Answer == "3" })
		}, "nothing shows that another number"},
		"an answer is another": {func(_ *grid, p *Proof) {
			for i := range p.Evidence {
				p.Evidence[i].Answer = "6"
			}
		}, "does not show"},
		"more is printed than was proved": {func(g *grid, _ *Proof) {
			for i := range g.aggregates {
				if g.aggregates[i].state == withoutDistribution && g.aggregates[i].n >= 30 {
					g.aggregates[i].state = published
				}
			}
		}, "does not agree"},
	} {
		g, proof := made()
		c.change(g, &proof)
		if err := g.check(proof); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
