package disclosure

import "fmt"

// Again makes a table that is out already once more: out says what is printed of each place, given its codes, and whether its distribution is. Nothing is proved, as nothing
// new leaves; the figures must be the same as then.
func Again(l Lattice, r Rules, out func(codes []string) (s State, distribution bool)) (Table, error) {
	r, err := r.settled()
	if err != nil {
		return Table{}, err
	}
	if err := l.Check(); err != nil {
		return Table{}, err
	}
	g := newGrid(l, r)
	g.everyPlace()
	for i := range g.places {
		p := &g.places[i]
		switch s, distribution := out(g.names(p)); {
		case s == Hidden:
			p.state = closed
		case !distribution && p.asked:
			p.state = bare
		default:
			p.state = full
		}
		if natural, reason := g.judge(p); p.state > natural && reason != told { // those were printed before they were looked at
			return Table{}, fmt.Errorf("%w: %v is out and would be hidden today", ErrLattice, g.names(p))
		}
	}
	return g.show(g.figures), nil
}
