package disclosure

import (
	"fmt"

	"yousaid/analytics/stats"
)

// Protect makes the table of a lattice that may be shown under the rules.
//
// Primary suppression: aggregates below the threshold, zero included, and aggregates below the distribution base whose
// people all, or all but one, gave the same answer. Secondary suppression: as many others, the cheapest first, as it takes
// to show for each of the former, in whole numbers, that it could also be empty, or as many as the threshold, or of other
// people (see goal), with everything published as it is. The same for distributions of too few people, and as the
// respondents of singletons see it. At last, what need not be suppressed is published again. The method:
// docs/disclosure.md.
//
// The attacker is taken to know that counts are not negative, everything printed, exact means and shares, and this method,
// but not the organisation's key. Where no table is safe, everything is hidden, the total too.
//
// Errors: ErrDimensions, ErrLattice, ErrRules; ErrUnproven when the work allowed was not enough: then nothing may be
// shown.
func Protect(l Lattice, r Rules) (Table, error) {
	t, _, err := Prove(l, r)
	return t, err
}

// Prove is Protect with the proof, which is for the register: published, it would tell readers more than the table.
func Prove(l Lattice, r Rules) (Table, Proof, error) {
	r, err := r.settled()
	if err != nil {
		return Table{}, Proof{}, err
	}
	if err := l.Check(); err != nil {
		return Table{}, Proof{}, err
	}
	return protect(l, r)
}

func protect(l Lattice, r Rules) (Table, Proof, error) {
	g := newGrid(l, r)
	g.addAllAggregates()
	all := make([]int, len(g.aggregates))
	for i := range all {
		all[i] = i
	}
	g.addLines(all, &g.rules)
	return g.table()
}

// table suppresses what must be suppressed and shows the rest.
func (g *grid) table() (Table, Proof, error) {
	unprotectable := false
	for i := range g.aggregates {
		p := &g.aggregates[i]
		if p.prior > 0 {
			continue
		}
		p.state, p.primary = g.classify(p)
		unprotectable = unprotectable || g.isTotal(p) && p.state == suppressed
	}
	var proof Proof
	if !unprotectable {
		g.buildBaseGrid()
		best, ok := g.multistart()
		if ok {
			var err error
			if proof, err = g.prove(best); err != nil {
				return Table{}, Proof{}, err
			}
		}
		unprotectable = !ok
		if g.work <= 0 {
			return Table{}, Proof{}, fmt.Errorf("%w: choose fewer or larger groups, or take a dimension away", ErrUnproven)
		}
	}
	if unprotectable {
		for i := range g.aggregates {
			if p := &g.aggregates[i]; p.asked {
				p.state = suppressed
			}
		}
	}
	return g.show(g.figures), proof, nil
}

// show copies what may be seen into a table, and nothing else: figures are asked for only of aggregates that are shown.
func (g *grid) show(figures func(*aggregate) *Figures) Table {
	t := Table{rules: g.rules}
	t.rules.Key = ""
	t.dimensions = Table{dimensions: g.lattice.Dimensions}.Dimensions()
	t.answers = Table{answers: g.lattice.Answers}.Answers()
	for i := range g.aggregates {
		p := &g.aggregates[i]
		if !p.requested {
			continue
		}
		c := g.cell(p, figures)
		switch {
		case g.isTotal(p):
			t.total = c
			t.total.Codes = nil
		case g.isCell(p):
			t.cells = append(t.cells, c)
		default:
			t.margins = append(t.margins, c)
		}
	}
	return t
}

// cell is what of an aggregate may be seen.
func (g *grid) cell(p *aggregate, figures func(*aggregate) *Figures) Cell {
	c := Cell{Codes: g.names(p)}
	switch {
	case !p.asked:
		c.State = NotAsked
		return c
	case p.state == suppressed:
		c.State = Hidden
		return c
	}
	c.State, c.Figures = Shown, figures(p)
	return c
}

func (g *grid) figures(p *aggregate) *Figures {
	f := &Figures{N: p.n, LowReliability: p.n < int64(g.rules.DistributionBase)}
	answers := g.lattice.Answers
	if answers[0].Score != nil {
		mean := g.mean(p.counts, p.n)
		f.Mean = &mean
	}
	if answers[0].HasSatisfied {
		var satisfied int64
		for a, answer := range answers {
			if answer.Satisfied {
				satisfied += p.counts[a]
			}
		}
		share, low, high := stats.Wilson(satisfied, p.n, 0.95)
		f.Satisfied, f.Low, f.High = &share, &low, &high
	}
	if p.state == published {
		f.Distribution = append([]int64(nil), p.counts...)
	}
	return f
}
