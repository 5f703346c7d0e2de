package disclosure

import "slices"

// Beside an equality characteristic the answers of a place are printed from so many people on (fullBase). Places printed with their answers can be added and subtracted; what
// comes of it, however many are combined, must be the answers of as many people or more. A combination that holds a place of fewer is a sum of places that are not
// printed with their answers, and in any whole table its number of people is at least that of the place. So it is enough that for each such place there is a whole table of
// numbers of people in which it has the base or more, and every place that is printed with its answers has the number it has: the combination has the same number there.
//
// This is what is proved of hidden numbers, with the base for a threshold. So it is proved in the same way, in a grid of the same places: of people, whatever they answered,
// in which a place is closed when its answers are held back.

// countPeople gives a grid its companion of numbers of people; none where all that is shown may be shown with its answers.
func (g *grid) countPeople() {
	if g.answers == 1 || g.rules.loose || !slices.ContainsFunc(g.places, func(p place) bool { return p.rules.Equality }) {
		return
	}
	l := Lattice{Dimensions: g.lattice.Dimensions, Answers: []Answer{{Code: "people"}}, NotAsked: g.lattice.NotAsked, Counts: make([]int64, len(g.codes))}
	for at, n := range g.x {
		l.Counts[at/g.answers] += n
	}
	g.people = newGrid(l, g.rules)
	g.people.beside, g.people.base = g.beside, true
	for i := range g.places {
		p := &g.places[i]
		q := &g.people.places[g.people.add(p.nodes)]
		q.wanted, q.finest, q.was, q.held = p.wanted, p.finest, p.was, p.held
	}
	g.sayWhatIsKnown()
	for i := range g.people.places {
		q := &g.people.places[i]
		if base := g.baseOf(i); q.state == closed && q.n > 0 && q.n < base && !g.places[i].once {
			q.primary, q.rules = few, &Rules{Threshold: int(base)}
		}
	}
	g.forgive()
}

// countLike gives a table its companion, with what must be shown there as it is behind that table and the earlier ones.
func (g *grid) countLike(joint *grid, at []int) {
	if g.countPeople(); g.people == nil {
		return
	}
	for i := range g.people.places {
		q := &joint.people.places[at[i]]
		g.people.places[i].primary, g.people.places[i].rules = q.primary, q.rules
	}
}

// sayWhatIsKnown takes the states of the places over to the companion.
func (g *grid) sayWhatIsKnown() {
	for i := range g.places {
		g.people.places[i].state = closed
		if g.places[i].state == full {
			g.people.places[i].state = full
		}
	}
}

// baseOf is how many people a combination of places must have that holds this one. Where a table without equality characteristics prints the answers of fewer, these are known
// to be of so many.
func (g *grid) baseOf(i int) int64 {
	p := &g.places[i]
	base := p.rules.fullBase()
	if !g.beside {
		return base
	}
	for j := range g.places {
		if q := &g.places[j]; q.was > 0 && q.state == full && !q.rules.Equality && q.n < base && g.within(i, j) {
			base = q.n
		}
	}
	return base
}

// forgive drops what cannot be shown of places that are out, whatever the new table prints: earlier releases alone gave it away, and that cannot be taken back.
func (g *grid) forgive() {
	alone := func(in *grid, look func(i int)) {
		before := in.states()
		for i := range in.places {
			if p := &in.places[i]; p.was == 0 {
				p.state = closed
			}
		}
		for i := range in.places {
			if in.places[i].was > 0 {
				look(i)
			}
		}
		in.restore(before)
	}
	alone(g.people, func(i int) {
		if p := &g.people.places[i]; p.primary != none && !g.people.reach(&certificate{place: i, goal: toEnough}, true) {
			p.primary = none
		}
	})
	alone(g, func(i int) {
		p := &g.places[i]
		if p.state == bare && !slices.Contains(g.couldDiffer(p, g.never(i)), true) {
			p.open = make([]bool, g.answers) // since before such totals held their answers back
			return
		}
		open, some := make([]bool, g.answers), false
		for _, c := range g.unsettled(i) {
			open[c.answer] = g.reach(c, true)
			some = some || open[c.answer]
		}
		if natural, _ := g.judge(p); some || natural == full {
			p.open = open
		}
	})
	out := func(p int) bool { return g.places[p].was > 0 }
	alone(g, func(i int) {
		g.lines = slices.DeleteFunc(g.lines, func(l tableLine) bool {
			if l.whole != i || slices.ContainsFunc(l.parts, func(p int) bool { return !out(p) }) {
				return false
			}
			parts, needed := g.left(l)
			return needed && !g.reach(&certificate{place: parts[0], goal: toOthers, parts: parts}, true)
		})
	})
}

// holdBack finds for a new attempt which places print no answers, and the witnesses.
func (g *grid) holdBack(start int) (certificates []*certificate, ok bool) {
	if g.people == nil {
		return nil, true
	}
	g.sayWhatIsKnown()
	for i := range g.people.places {
		g.people.places[i].closing = g.places[i].baring
	}
	g.people.work = g.work
	certificates, ok = g.people.secure(start)
	g.work = g.people.work
	if !ok {
		return nil, false
	}
	for i := range g.places {
		if p := &g.places[i]; p.state == full && g.people.places[i].state == closed {
			p.state = bare
		}
	}
	return certificates, true
}

// varied finds witnesses in which each answer of the places without their distribution is given by another number of people; a place for which there are none is closed.
func (g *grid) varied(certificates []*certificate) ([]*certificate, bool) {
	type answered struct{ place, answer int }
	shown := map[answered]bool{}
	for _, c := range certificates {
		if c.goal == toOther {
			shown[answered{c.place, c.answer}] = true
		}
	}
	for again := true; again; {
		again = false
		for i := range g.places { // a witness may hold back the distribution of a place that was looked at before
			for _, c := range g.unsettled(i) {
				if shown[answered{i, c.answer}] || g.places[i].state != bare {
					continue
				}
				if !g.reach(c, true) && !g.reach(c, false) {
					if g.places[i].was > 0 {
						return nil, false
					}
					g.places[i].state = closed
					continue
				}
				again = true
				for _, other := range g.unsettled(i) {
					if at := (answered{i, other.answer}); other.answer == c.answer || !shown[at] && g.changes(i, c.change, other.answer) {
						other.change, other.touches, other.shifts = c.change, c.touches, c.shifts
						certificates, shown[at] = append(certificates, other), true
					}
				}
			}
		}
	}
	return slices.DeleteFunc(certificates, func(c *certificate) bool { return c.goal == toOther && g.places[c.place].state == closed }), true
}

// unsettled lists what must be shown of a place whose distribution is held back: of each answer that its base, mean and share leave open, another number.
func (g *grid) unsettled(i int) (list []*certificate) {
	p := &g.places[i]
	if p.state != bare || !p.wanted && p.was == 0 {
		return nil
	}
	for a, open := range g.leftOpen(i) {
		if open {
			list = append(list, &certificate{place: i, goal: toOther, answer: a})
		}
	}
	return list
}

// leftOpen tells of which answers the figures of a place leave open how many gave them: its base, mean and share, and nothing that is printed elsewhere.
func (g *grid) leftOpen(i int) []bool {
	if p := &g.places[i]; p.open != nil {
		return p.open
	}
	return g.couldDiffer(&g.places[i], nil)
}

// couldDiffer tells which answers of a place could have other numbers by its base, mean and share, where nobody gave some of them.
func (g *grid) couldDiffer(p *place, never []bool) []bool {
	open := make([]bool, g.answers)
	for _, v := range slices.Concat(g.swaps(), g.swapsOfTwo()) {
		if !slices.ContainsFunc(v, func(t term) bool { return p.counts[t.answer]+t.n < 0 || t.n > 0 && never != nil && never[t.answer] }) {
			for _, t := range v {
				open[t.answer] = true
			}
		}
	}
	return open
}

// never tells which answers nobody gave in a place, as a larger one that is out says.
func (g *grid) never(i int) []bool {
	never := make([]bool, g.answers)
	for j := range g.places {
		if q := &g.places[j]; q.was > 0 && q.state == full && slices.Contains(q.counts, 0) && g.within(i, j) {
			for a, n := range q.counts {
				never[a] = never[a] || n == 0
			}
		}
	}
	return never
}

// changes tells whether a change leaves a place with another number of people who gave an answer.
func (g *grid) changes(place int, change change, answer int) bool {
	sum := int64(0)
	for _, cell := range g.places[place].cells {
		sum += change[cell*g.answers+answer]
	}
	return sum != 0
}

// withAnswers prints the answers of a place in the companion, and gives the witnesses that are left; those it was given stay as they are.
func (g *grid) withAnswers(i int, certificates []*certificate) ([]*certificate, bool) {
	if g.people == nil {
		return certificates, true
	}
	g.people.work = g.work
	defer func() { g.work = g.people.work }()
	g.people.places[i].state = full
	left, ok := g.people.without(i, copied(certificates))
	if !ok {
		g.people.places[i].state = closed
		return certificates, false
	}
	return left, true
}
