package disclosure

// starts are the different beginnings that are tried, as long as there is little to look at: which places come first, and how much more the
// loss of a large number counts than that of a small one, decide what ends up closed.
const (
	starts         = 12
	workForAnother = 400_000
)

// best tries several beginnings and keeps the one after which least is hidden; false when none of them ends well.
func (g *grid) best() ([]*certificate, bool) {
	initial := g.states()
	var kept []*certificate
	var best []state
	least, lost := len(g.places)+1, 0.0
	for n := range starts {
		g.restore(initial)
		g.setCosts(n)
		certificates, ok := g.secure(n)
		if ok {
			certificates = g.reopen(certificates)
			hidden, cost := 0, 0.0
			for i := range g.places {
				if p := &g.places[i]; p.wanted && p.state == closed {
					hidden++
					cost += float64(p.n)
				}
			}
			if hidden < least || hidden == least && cost < lost {
				kept, best, least, lost = certificates, g.states(), hidden, cost
			}
		}
		if !ok && n >= 2 && best == nil || allowedWork-g.work > workForAnother || g.work <= 0 {
			break
		}
	}
	if best == nil {
		return nil, false
	}
	g.restore(best)
	return kept, true
}

func (g *grid) states() []state {
	list := make([]state, len(g.places))
	for i := range g.places {
		list[i] = g.places[i].state
	}
	return list
}

func (g *grid) restore(list []state) {
	for i := range g.places {
		g.places[i].state = list[i]
	}
}
