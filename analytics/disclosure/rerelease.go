package disclosure

import "fmt"

// Rerelease makes a table that is released already once more: out says what is printed of each aggregate, given its codes,
// and whether its distribution is. Nothing is proved, as nothing new leaves; the figures must be the same as then.
func Rerelease(l Lattice, r Rules, out func(codes []string) (s State, distribution bool)) (Table, error) {
	r, err := r.settled()
	if err != nil {
		return Table{}, err
	}
	if err := l.Check(); err != nil {
		return Table{}, err
	}
	g := newGrid(l, r)
	g.addAllAggregates()
	for i := range g.aggregates {
		p := &g.aggregates[i]
		switch s, distribution := out(g.names(p)); {
		case s == Hidden:
			p.state = suppressed
		case !distribution && p.asked:
			p.state = withoutDistribution
		default:
			p.state = published
		}
		if natural, reason := g.classify(p); p.state > natural && reason != determined { // those were printed before they were looked at
			return Table{}, fmt.Errorf("%w: %v is out and would be hidden today", ErrLattice, g.names(p))
		}
	}
	return g.show(g.figures), nil
}
