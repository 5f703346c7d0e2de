package disclosure

import "slices"

// Beside an equality characteristic the answers of an aggregate are printed from so many people on (fullBase). Aggregates
// printed with their answers can be added and subtracted; what comes of it, however many are combined, must be the answers
// of as many people or more. A combination that holds an aggregate of fewer is a sum of aggregates that are not printed
// with their answers, and in any whole table its number of people is at least that of the aggregate. So it is enough that
// for each such aggregate there is a whole table of numbers of people in which it has the base or more, and every
// aggregate that is printed with its answers has the number it has: the combination has the same number there.
//
// This is what is proved of hidden numbers, with the base for a threshold. So it is proved in the same way, in a grid of
// the same aggregates: of people, whatever they answered, in which an aggregate is suppressed when its answers are held
// back.

// buildBaseGrid gives a grid its companion of numbers of people; none where all that is shown may be shown with its answers.
func (g *grid) buildBaseGrid() {
	if g.answers == 1 || g.rules.exactOnly || !slices.ContainsFunc(g.aggregates, func(p aggregate) bool { return p.rules.Equality }) {
		return
	}
	l := Lattice{
		Dimensions: g.lattice.Dimensions,
		Answers:    []Answer{{Code: "people"}},
		NotAsked:   g.lattice.NotAsked,
		Counts:     make([]int64, len(g.codes)),
	}
	for at, n := range g.trueCounts {
		l.Counts[at/g.answers] += n
	}
	g.baseGrid = newGrid(l, g.rules)
	g.baseGrid.linked, g.baseGrid.isBaseGrid = g.linked, true
	for i := range g.aggregates {
		p := &g.aggregates[i]
		q := &g.baseGrid.aggregates[g.baseGrid.add(p.nodes)]
		q.requested, q.finest, q.prior, q.fixed = p.requested, p.finest, p.prior, p.fixed
	}
	g.syncBaseGrid()
	for i := range g.baseGrid.aggregates {
		q := &g.baseGrid.aggregates[i]
		if base := g.requiredBase(i); q.state == suppressed && q.n > 0 && q.n < base && !g.aggregates[i].changeOnly {
			q.primary, q.rules = belowThreshold, &Rules{Threshold: int(base)}
		}
	}
	g.waivePriorDisclosures()
}

// buildBaseGridLike gives a table its companion, with what must be shown there as it is behind that table and the earlier ones.
func (g *grid) buildBaseGridLike(joint *grid, at []int) {
	if g.buildBaseGrid(); g.baseGrid == nil {
		return
	}
	for i := range g.baseGrid.aggregates {
		q := &joint.baseGrid.aggregates[at[i]]
		g.baseGrid.aggregates[i].primary, g.baseGrid.aggregates[i].rules = q.primary, q.rules
	}
}

// syncBaseGrid takes the states of the aggregates over to the companion.
func (g *grid) syncBaseGrid() {
	for i := range g.aggregates {
		g.baseGrid.aggregates[i].state = suppressed
		if g.aggregates[i].state == published {
			g.baseGrid.aggregates[i].state = published
		}
	}
}

// requiredBase is how many people a combination of aggregates must have that holds this one. Where a table without
// equality characteristics prints the answers of fewer, these are known to be of so many.
func (g *grid) requiredBase(i int) int64 {
	p := &g.aggregates[i]
	base := p.rules.fullBase()
	if !g.linked {
		return base
	}
	for j := range g.aggregates {
		if q := &g.aggregates[j]; q.prior > 0 && q.state == published && !q.rules.Equality && q.n < base && g.within(i, j) {
			base = q.n
		}
	}
	return base
}

// waivePriorDisclosures drops what cannot be shown of released aggregates, whatever the new table prints: earlier releases
// alone gave it away, and that cannot be taken back.
func (g *grid) waivePriorDisclosures() {
	byEarlierTables := func(in *grid, look func(i int)) {
		before := in.states()
		for i := range in.aggregates {
			if p := &in.aggregates[i]; p.prior == 0 {
				p.state = suppressed
			}
		}
		for i := range in.aggregates {
			if in.aggregates[i].prior > 0 {
				look(i)
			}
		}
		in.restore(before)
	}
	byEarlierTables(g.baseGrid, func(i int) {
		if p := &g.baseGrid.aggregates[i]; p.primary != notSensitive &&
			!g.baseGrid.findWitness(&certificate{aggregate: i, goal: toThreshold}, true) {
			p.primary = notSensitive
		}
	})
	byEarlierTables(g, func(i int) {
		p := &g.aggregates[i]
		if p.state == withoutDistribution && !slices.Contains(g.variableAnswers(p, g.zeroAnswers(i)), true) {
			p.ambiguous = make([]bool, g.answers) // since before such totals held their answers back
			return
		}
		open, some := make([]bool, g.answers), false
		for _, c := range g.distributionGoals(i) {
			open[c.answer] = g.findWitness(c, true)
			some = some || open[c.answer]
		}
		if natural, _ := g.classify(p); some || natural == published {
			p.ambiguous = open
		}
	})
	out := func(p int) bool { return g.aggregates[p].prior > 0 }
	byEarlierTables(g, func(i int) {
		g.lines = slices.DeleteFunc(g.lines, func(l tableLine) bool {
			if l.whole != i || slices.ContainsFunc(l.parts, func(p int) bool { return !out(p) }) {
				return false
			}
			parts, needed := g.residual(l)
			return needed && !g.findWitness(&certificate{aggregate: parts[0], goal: toOtherResidual, parts: parts}, true)
		})
	})
}

// suppressDistributions finds for a new attempt which aggregates print no answers, and the witnesses.
func (g *grid) suppressDistributions(start int) (certificates []*certificate, ok bool) {
	if g.baseGrid == nil {
		return nil, true
	}
	g.syncBaseGrid()
	for i := range g.baseGrid.aggregates {
		g.baseGrid.aggregates[i].suppressionCost = g.aggregates[i].distributionCost
	}
	g.baseGrid.work = g.work
	certificates, ok = g.baseGrid.suppressSecondary(start)
	g.work = g.baseGrid.work
	if !ok {
		return nil, false
	}
	for i := range g.aggregates {
		if p := &g.aggregates[i]; p.state == published && g.baseGrid.aggregates[i].state == suppressed {
			p.state = withoutDistribution
		}
	}
	return certificates, true
}

// protectDistributions finds witnesses in which each answer of the aggregates without their distribution is given by
// another number of people; an aggregate for which there are none is suppressed.
func (g *grid) protectDistributions(certificates []*certificate) ([]*certificate, bool) {
	type answered struct{ aggregate, answer int }
	shown := map[answered]bool{}
	for _, c := range certificates {
		if c.goal == toOtherAnswers {
			shown[answered{c.aggregate, c.answer}] = true
		}
	}
	for again := true; again; {
		again = false
		for i := range g.aggregates { // a witness may hold back the distribution of an aggregate that was looked at before
			for _, c := range g.distributionGoals(i) {
				if shown[answered{i, c.answer}] || g.aggregates[i].state != withoutDistribution {
					continue
				}
				if !g.findWitness(c, true) && !g.findWitness(c, false) {
					if g.aggregates[i].prior > 0 {
						return nil, false
					}
					g.aggregates[i].state = suppressed
					continue
				}
				again = true
				for _, other := range g.distributionGoals(i) {
					if at := (answered{i, other.answer}); other.answer == c.answer || !shown[at] && g.changesAnswer(i, c.change, other.answer) {
						other.change, other.affected, other.countChanged = c.change, c.affected, c.countChanged
						certificates, shown[at] = append(certificates, other), true
					}
				}
			}
		}
	}
	return slices.DeleteFunc(certificates, func(c *certificate) bool {
		return c.goal == toOtherAnswers && g.aggregates[c.aggregate].state == suppressed
	}), true
}

// distributionGoals lists what must be shown of an aggregate whose distribution is held back: of each answer that its
// base, mean and share leave open, another number.
func (g *grid) distributionGoals(i int) (list []*certificate) {
	p := &g.aggregates[i]
	if p.state != withoutDistribution || !p.requested && p.prior == 0 {
		return nil
	}
	for a, open := range g.ambiguousAnswers(i) {
		if open {
			list = append(list, &certificate{aggregate: i, goal: toOtherAnswers, answer: a})
		}
	}
	return list
}

// ambiguousAnswers tells of which answers the figures of an aggregate leave open how many gave them: its base, mean and
// share, and nothing that is printed elsewhere.
func (g *grid) ambiguousAnswers(i int) []bool {
	if p := &g.aggregates[i]; p.ambiguous != nil {
		return p.ambiguous
	}
	return g.variableAnswers(&g.aggregates[i], nil)
}

// variableAnswers tells which answers of an aggregate could have other numbers by its base, mean and share, where nobody gave some of them.
func (g *grid) variableAnswers(p *aggregate, never []bool) []bool {
	open := make([]bool, g.answers)
	for _, v := range slices.Concat(g.swaps(), g.doubleSwaps()) {
		if !slices.ContainsFunc(v, func(t term) bool { return p.counts[t.answer]+t.n < 0 || t.n > 0 && never != nil && never[t.answer] }) {
			for _, t := range v {
				open[t.answer] = true
			}
		}
	}
	return open
}

// zeroAnswers tells which answers nobody gave in an aggregate, as a larger released one says.
func (g *grid) zeroAnswers(i int) []bool {
	never := make([]bool, g.answers)
	for j := range g.aggregates {
		if q := &g.aggregates[j]; q.prior > 0 && q.state == published && slices.Contains(q.counts, 0) && g.within(i, j) {
			for a, n := range q.counts {
				never[a] = never[a] || n == 0
			}
		}
	}
	return never
}

// changesAnswer tells whether a change leaves an aggregate with another number of people who gave an answer.
func (g *grid) changesAnswer(aggregate int, change change, answer int) bool {
	sum := int64(0)
	for _, cell := range g.aggregates[aggregate].cells {
		sum += change[cell*g.answers+answer]
	}
	return sum != 0
}

// publishDistribution prints the answers of an aggregate in the companion, and gives the witnesses that are left; those it
// was given stay as they are.
func (g *grid) publishDistribution(i int, certificates []*certificate) ([]*certificate, bool) {
	if g.baseGrid == nil {
		return certificates, true
	}
	g.baseGrid.work = g.work
	defer func() { g.work = g.baseGrid.work }()
	g.baseGrid.aggregates[i].state = published
	left, ok := g.baseGrid.witnessesWithout(i, cloneCertificates(certificates))
	if !ok {
		g.baseGrid.aggregates[i].state = suppressed
		return certificates, false
	}
	return left, true
}
