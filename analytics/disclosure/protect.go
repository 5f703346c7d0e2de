package disclosure

import "yousaid/analytics/stats"

// Protect makes the table of a lattice that may be shown under the rules.
//
// Hidden first: groups below the threshold, zero included, and groups below the distribution base whose people all, or all but
// one, gave the same answer. Then as many further groups, smallest first, as it takes so that nothing hidden can be worked out:
// total minus shown is the sum of all hidden groups, so there must be two of them at least, together no fewer than the threshold,
// and together not of one answer. Then any of them could be zero and any could be the whole sum. The same reasoning keeps back
// distributions: the total's is known to every reader of the results page. Where no table is safe, the total is hidden as well,
// and then everything is.
//
// The attacker is taken to know that counts are not negative, the total and its distribution, and this method's figures, but not
// its choice among equal ones. Errors: ErrDimensions, ErrLattice, ErrRules.
func Protect(l Lattice, r Rules) (Table, error) {
	r, err := r.settled()
	if err != nil {
		return Table{}, err
	}
	if err := l.check(); err != nil {
		return Table{}, err
	}
	return protect(l, r), nil
}

// group is one cell of the lattice on its way to being shown, bare (shown without its distribution) or hidden.
type group struct {
	counts       []int64 // by answer
	n            int64
	asked        bool
	hidden, bare bool
}

func protect(l Lattice, r Rules) Table {
	groups := make([]group, len(l.Dimensions[0].Codes))
	total := group{counts: make([]int64, len(l.Answers)), asked: true}
	for i := range groups {
		g := &groups[i]
		g.asked = l.NotAsked == nil || !l.NotAsked[i]
		g.counts = l.Counts[i*len(l.Answers) : (i+1)*len(l.Answers)]
		for _, c := range g.counts {
			g.n += c
		}
		total.add(*g)
	}

	total.hidden = hideGroups(groups, total, r)
	if total.hidden {
		for i := range groups {
			groups[i].hidden = true
		}
	}
	total.bare = total.n < r.fullBase()
	holdDistributions(groups, l.Answers, r)

	table := Table{rules: r, total: total.cell(nil, l.Answers, r)}
	table.dimensions = Table{dimensions: l.Dimensions}.Dimensions()
	table.answers = Table{answers: l.Answers}.Answers()
	for i, g := range groups {
		table.cells = append(table.cells, g.cell([]string{l.Dimensions[0].Codes[i]}, l.Answers, r))
	}
	return table
}

// hideGroups marks the groups to hide and reports whether the total must be hidden with them.
func hideGroups(groups []group, total group, r Rules) (hideTotal bool) {
	if total.small(r) {
		return true
	}
	for i := range groups {
		groups[i].hidden = groups[i].asked && groups[i].small(r)
	}
	for {
		hidden, number := together(groups, func(g group) bool { return g.hidden })
		if number == 0 || number >= 2 && !hidden.small(r) {
			return false
		}
		next := smallest(groups, func(g group) bool { return !g.hidden })
		if next == nil {
			return true
		}
		next.hidden = true
	}
}

// holdDistributions marks the shown groups whose distribution is held back. What the total's distribution leaves after those
// released is that of all others together, so the others must be two groups at least, together big enough for a distribution, and
// such that people in one could have answered as people in another did.
func holdDistributions(groups []group, answers []Answer, r Rules) {
	for i := range groups {
		groups[i].bare = groups[i].n < r.fullBase()
	}
	held := func(g group) bool { return g.hidden || g.bare }
	for {
		rest, number := together(groups, held)
		if number == 0 || number >= 2 && rest.n >= r.fullBase() && interchangeable(groups, answers) {
			return
		}
		next := smallest(groups, func(g group) bool { return !held(g) })
		if next == nil {
			return
		}
		next.bare = true
	}
}

// fullBase is the fewest people whose answers may all be shown.
func (r Rules) fullBase() int64 {
	if r.Equality {
		return int64(r.DistributionBase)
	}
	return int64(r.Threshold)
}

// small reports whether a group must be hidden for its own sake: it has too few people, or few people and as good as one answer.
func (g group) small(r Rules) bool {
	if g.n < int64(r.Threshold) {
		return true
	}
	if g.n >= int64(r.DistributionBase) {
		return false
	}
	for _, c := range g.counts {
		if c >= g.n-1 {
			return true
		}
	}
	return false
}

func (g *group) add(other group) {
	for a, c := range other.counts {
		g.counts[a] += c
	}
	g.n += other.n
}

// together adds up the groups asked that are wanted, and counts them.
func together(groups []group, wanted func(group) bool) (sum group, number int) {
	sum.counts = make([]int64, len(groups[0].counts))
	for _, g := range groups {
		if g.asked && wanted(g) {
			sum.add(g)
			number++
		}
	}
	return sum, number
}

// smallest is the wanted group with the fewest people, the first of equals; nil when there is none.
func smallest(groups []group, wanted func(group) bool) *group {
	var found *group
	for i := range groups {
		g := &groups[i]
		if g.asked && wanted(*g) && (found == nil || g.n < found.n) {
			found = g
		}
	}
	return found
}

// cell is what of a group may be seen; nothing else is carried on.
func (g group) cell(codes []string, answers []Answer, r Rules) Cell {
	switch {
	case !g.asked:
		return Cell{Codes: codes, State: NotAsked}
	case g.hidden:
		return Cell{Codes: codes, State: Hidden}
	}
	f := &Figures{N: g.n, LowReliability: g.n < int64(r.DistributionBase)}
	var sum float64
	var satisfied int64
	for a, answer := range answers {
		if answer.Score != nil {
			sum += *answer.Score * float64(g.counts[a])
		}
		if answer.Satisfied {
			satisfied += g.counts[a]
		}
	}
	if answers[0].Score != nil {
		mean := sum / float64(g.n)
		f.Mean = &mean
	}
	if answers[0].HasSatisfied {
		share, low, high := stats.Wilson(satisfied, g.n, 0.95)
		f.Satisfied, f.Low, f.High = &share, &low, &high
	}
	if !g.bare {
		f.Distribution = append([]int64(nil), g.counts...)
	}
	return Cell{Codes: codes, State: Shown, Figures: f}
}
