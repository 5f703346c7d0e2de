package disclosure

import (
	"fmt"
	"slices"
)

// locate adds the aggregates of the new table to the joint lattice, and gives where they are.
func (g *grid) locate(own *grid, codes [][]string) (at []int, err error) {
	at = make([]int, len(own.aggregates))
	for i := range own.aggregates {
		nodes, err := g.nodes(codes[i])
		if err != nil {
			return nil, err
		}
		at[i] = g.add(nodes)
		p, q := &g.aggregates[at[i]], &own.aggregates[i]
		p.requested, p.finest, p.total = true, p.finest || q.finest, q.total
		if p.n != q.n {
			return nil, fmt.Errorf("%w: %v has %d people in the table and %d behind it", ErrLattice, own.names(q), q.n, p.n)
		}
	}
	return at, nil
}

// addPriorTables adds what earlier tables print, and the sums of the new table and of each of them.
func (g *grid) addPriorTables(list []PriorTable, own []int) error {
	for n := range list {
		if err := g.markPrior(&list[n], n+1); err != nil {
			return err
		}
	}
	g.addLines(own, &g.rules)
	for n := range list {
		if err := g.addPriorLines(&list[n]); err != nil {
			return err
		}
	}
	return nil
}

// addDifferences adds what two tables differ by, which anybody can subtract.
func (g *grid) addDifferences(differences [][]string) (between map[int]bool, err error) {
	between = map[int]bool{}
	for _, codes := range differences {
		nodes, err := g.nodes(codes)
		if err != nil {
			return nil, err
		}
		between[g.add(nodes)] = true
	}
	return between, nil
}

// classifyLinked says of each aggregate whether it is sensitive and whether it may be printed. Those from tabled on are in no table.
func (g *grid) classifyLinked(tabled int, between map[int]bool, equality bool) {
	for i := range g.aggregates {
		p := &g.aggregates[i]
		p.changeOnly = g.isChangeOnly(p)
		switch {
		case p.fixed && !p.requested && p.prior == 0:
			// Nothing is printed of it, and nothing has to be shown of it, unless it is what tables differ by: then it is known, and
			// may not be small.
			if between[i] && !p.changeOnly {
				g.classifyDifference(p)
			}
		case p.beforeChange && p.state == suppressed:
			p.classifyHiddenBefore()
		case p.changeOnly:
			g.classifyChange(i, equality)
		case i >= tabled: // a difference is nowhere printed, and must not be known when it is small; none at all is no harm
			g.classifyDifference(p)
			p.state = suppressed
		default:
			natural, reason := g.classify(p)
			if p.prior == 0 {
				p.state, p.primary = natural, reason
			} else if p.state <= natural { // what was published stays published; what was sensitive stays suppressed
				p.primary = reason
			}
		}
	}
}

// classifyDifference says whether what tables differ by is sensitive.
func (g *grid) classifyDifference(p *aggregate) {
	if _, reason := g.classify(p); reason == belowThreshold || reason == uniform {
		p.primary = reason
	}
}

// hide suppresses aggregates of the new table that are to be hidden in any case.
func (g *grid) hide(hidden [][]string, own *grid, at []int) {
	for i := range own.aggregates {
		names := own.names(&own.aggregates[i])
		if slices.ContainsFunc(hidden, func(codes []string) bool { return slices.Equal(codes, names) }) {
			p := &g.aggregates[at[i]]
			p.state, p.prior = suppressed, max(p.prior, 1) // as if it were suppressed in a released table
		}
	}
}

// takeStates gives the new table what the proof in the joint lattice prints and hides of it.
func (g *grid) takeStates(joint *grid, at []int) {
	for i := range g.aggregates {
		p, q := &g.aggregates[i], &joint.aggregates[at[i]]
		natural, reason := g.classify(p)
		p.state, p.primary = min(natural, q.state), reason
		if q.prior > 0 && q.state > natural {
			p.primary = notSensitive // it is released already: this table does not repeat it, and cannot hide it
		}
		if p.ambiguous = joint.ambiguousAnswers(at[i]); q.state == published {
			p.ambiguous = make([]bool, g.answers)
		}
	}
}

// nodes finds the numbers of codes.
func (g *grid) nodes(codes []string) ([]int, error) {
	if len(codes) != len(g.trees) {
		return nil, fmt.Errorf("%w: %d codes for %d dimensions", ErrLattice, len(codes), len(g.trees))
	}
	nodes := make([]int, len(codes))
	for i, code := range codes {
		if nodes[i] = g.trees[i].node(code); nodes[i] < 0 {
			return nil, fmt.Errorf("%w: there is no %q in %s", ErrLattice, code, g.lattice.Dimensions[i].ID)
		}
	}
	return nodes, nil
}

// markPrior marks what earlier tables published.
func (g *grid) markPrior(e *PriorTable, number int) error {
	rules, err := e.Rules.settled()
	if err != nil {
		return err
	}
	for _, printed := range e.Cells {
		nodes, err := g.nodes(printed.Codes)
		if err != nil {
			return err
		}
		p := &g.aggregates[g.add(nodes)]
		s := suppressed
		switch {
		case printed.State == Shown && printed.Distribution || printed.State == NotAsked:
			s = published
		case printed.State == Shown:
			s = withoutDistribution
		}
		if e.Fixed { // it stays as it is; whether it is printed, others say
			p.fixed = true
			continue
		}
		if p.prior == 0 || s > p.state {
			p.state = s
		}
		if p.prior == 0 && !p.requested {
			p.rules = &rules
		}
		p.prior, p.finest = number, p.finest || printed.Finest
		p.beforeChange, p.wasBelowThreshold = p.beforeChange || e.Changed != Unchanged, p.wasBelowThreshold || printed.BelowThreshold
	}
	return nil
}

// addPriorLines adds the lines of a released table.
func (g *grid) addPriorLines(e *PriorTable) error {
	rules, err := e.Rules.settled()
	if err != nil || e.Fixed {
		return err
	}
	var table []int
	for _, printed := range e.Cells {
		nodes, err := g.nodes(printed.Codes)
		if err != nil {
			return err
		}
		if at := g.add(nodes); !slices.Contains(table, at) {
			table = append(table, at)
		}
	}
	g.addLines(table, &rules)
	return nil
}

// project gives a proof in terms of another table over the same people.
func (g *grid) project(proof Proof, own *grid, at []int) Proof {
	var out Proof
	if proof.People != nil && own.baseGrid != nil {
		people := g.baseGrid.project(*proof.People, own.baseGrid, at)
		out.People = &people
	}
	sum := func(lattice []int64) []int64 {
		counts := make([]int64, len(own.trueCounts))
		for i := range own.aggregates {
			if p := &own.aggregates[i]; own.isCell(p) {
				by, _ := g.sum(&g.aggregates[at[i]], lattice)
				copy(counts[p.cells[0]*own.answers:], by[:own.answers]) // answers that only others have come last
			}
		}
		return counts
	}
	for i := range proof.Lattices() {
		counts := sum(proof.Lattice(i))
		if i == 0 {
			out.Base = counts
			continue
		}
		var list [][2]int64
		for k, n := range counts {
			if d := n - out.Base[k]; d != 0 {
				list = append(list, [2]int64{int64(k), d})
			}
		}
		out.Others = append(out.Others, list)
	}
	mine := map[int]int{}
	for i, j := range at {
		mine[j] = i
	}
	for _, e := range proof.Evidence {
		left, all := e.Residual, true
		e.Residual = nil
		for _, codes := range left {
			i, ok := mine[g.find(codes)]
			if all = all && ok; all {
				e.Residual = append(e.Residual, own.names(&own.aggregates[i]))
			}
		}
		if i, ok := mine[g.find(e.Codes)]; ok && all {
			e.Codes = own.names(&own.aggregates[i])
			out.Evidence = append(out.Evidence, e)
		}
	}
	return out
}
