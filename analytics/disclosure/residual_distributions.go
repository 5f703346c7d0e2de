package disclosure

import (
	"fmt"
	"slices"
)

// tableLine is an aggregate of one table and the aggregates of the same table that it is made of along one dimension; or
// an aggregate of those who came or went between two tables, by itself.
//
// What of a line is not printed with its answers is its residual, known when the rest is subtracted. It is the answers of
// so many people or more (residual_bases.go); but a reader has more than that: everything printed of an aggregate without
// its answers (number, mean, share) is an equation about its answers as well, and an answer that nobody gave in an
// aggregate is given by nobody in its parts. All of this together can leave one distribution only for a residual of fewer
// people. So there must be a whole table in which it is another one.
type tableLine struct {
	whole int
	parts []int
	base  int64 // the answers of so many people may be known
}

// residual are the parts of a line that are not printed with their answers, where these are two or more and of too few
// people. A single one is an aggregate like any other.
func (g *grid) residual(l tableLine) (parts []int, needed bool) {
	n := int64(0)
	for _, p := range l.parts {
		if q := &g.aggregates[p]; q.state != published && q.asked {
			parts = append(parts, p)
			n += q.n
		}
	}
	return parts, (len(parts) > 1 || len(l.parts) == 1 && len(parts) == 1) && n > 0 && n < l.base
}

// addLines finds the lines of a table, given its aggregates. There are none where base, mean and share say every answer:
// then the rules print the answers of so few people.
func (g *grid) addLines(table []int, rules *Rules) {
	if !rules.Equality || g.answers == 1 || g.rules.exactOnly || len(g.swaps()) == 0 {
		return
	}
	for d := range g.trees {
		alike := map[int][]int{} // aggregates that agree in all other dimensions
		var order []int
		for _, p := range table {
			nodes := g.aggregates[p].nodes
			key := g.key(nodes) - nodes[d]*g.stride[d]
			if alike[key] == nil {
				order = append(order, key)
			}
			alike[key] = append(alike[key], p)
		}
		for _, key := range order {
			for _, whole := range alike[key] {
				if parts := g.partsOf(d, whole, alike[key]); len(parts) > 1 {
					g.lines = append(g.lines, tableLine{whole, parts, rules.fullBase()})
				}
			}
		}
	}
}

// partsOf are the largest of some aggregates that are in another one and not the whole of it, which agree with it but for a dimension.
func (g *grid) partsOf(d, whole int, list []int) (parts []int) {
	t := &g.trees[d]
	within := func(inner, outer int) bool {
		a, b := g.aggregates[inner].nodes[d], g.aggregates[outer].nodes[d]
		return a != b && len(t.under[a]) < len(t.under[b]) && !slices.ContainsFunc(t.under[a], func(leaf int) bool { return !t.in[b][leaf] })
	}
	for _, p := range list {
		if within(p, whole) {
			parts = append(parts, p)
		}
	}
	return slices.DeleteFunc(slices.Clone(parts), func(p int) bool {
		return slices.ContainsFunc(parts, func(q int) bool { return within(p, q) })
	})
}

// protectResiduals finds a witness for the residual of each line in which its answers are others; false where there is
// none. Without free, more is suppressed or held back for it.
func (g *grid) protectResiduals(certificates []*certificate, free bool) ([]*certificate, bool) {
	certificates = slices.DeleteFunc(certificates, func(c *certificate) bool {
		if c.goal != toOtherResidual {
			return false
		}
		parts, needed := g.residual(g.lines[c.line])
		return !needed || !slices.Equal(parts, c.parts)
	})
	for again := true; again; {
		again = false
		for i, l := range g.lines {
			parts, needed := g.residual(l)
			if !needed || slices.ContainsFunc(certificates, func(c *certificate) bool {
				return c.goal == toOtherResidual && c.line == i && slices.Equal(c.parts, parts)
			}) {
				continue
			}
			c := g.residualWitness(i, parts, certificates)
			if c == nil {
				c = &certificate{aggregate: parts[0], goal: toOtherResidual, line: i, parts: parts}
				if !g.findWitness(c, true) && (free || !g.findWitness(c, false)) {
					return nil, false
				}
			}
			certificates = append(certificates, c)
			again = again || !free // what was suppressed may be part of a line that was looked at before
		}
	}
	return certificates, true
}

// residualWitness makes a certificate of the residual of a line from a witness that is there for something else.
func (g *grid) residualWitness(line int, parts []int, certificates []*certificate) *certificate {
	for _, c := range certificates {
		if c.excludedCells != nil || !slices.ContainsFunc(parts, func(p int) bool { return c.affected[p] }) {
			continue
		}
		if a := g.changedAnswer(parts, c.change); a >= 0 {
			return &certificate{
				aggregate:    parts[0],
				goal:         toOtherResidual,
				line:         line,
				parts:        parts,
				answer:       a,
				change:       c.change,
				affected:     c.affected,
				countChanged: c.countChanged,
			}
		}
	}
	return nil
}

// changedAnswer gives an answer that another number of the people in some aggregates gave after a change; -1 for none.
func (g *grid) changedAnswer(parts []int, change change) int {
	if len(change) == 0 {
		return -1
	}
	sums := make([]int64, g.answers)
	for _, p := range parts {
		for _, cell := range g.aggregates[p].cells {
			for a := range sums {
				sums[a] += change[cell*g.answers+a]
			}
		}
	}
	return slices.IndexFunc(sums, func(n int64) bool { return n != 0 })
}

// residualMoves are the ways to other answers in the residual: an exchange in one of its parts, or people who come and go.
func (g *grid) residualMoves(c *certificate) (tries []func(moveRequest) bool) {
	inside := make([]bool, len(g.codes))
	for _, p := range c.parts {
		for _, cell := range g.aggregates[p].cells {
			inside[cell] = true
		}
	}
	once := func(aggregate int, swap bool, vectors []vector) {
		tries = append(tries, func(w moveRequest) bool {
			w.aggregate, w.swap, w.wanted, w.vectors, w.crossing = aggregate, swap, 1, vectors, inside
			m, ok := g.cheapestMove(w)
			if ok {
				g.apply(m, swap)
			}
			return ok
		})
	}
	for _, vectors := range [][]vector{g.swaps(), g.doubleSwaps()} {
		for _, p := range c.parts {
			once(p, true, vectors)
		}
	}
	units := append(g.units(1), g.units(-1)...)
	for _, p := range c.parts {
		if g.aggregates[p].state == suppressed {
			once(p, false, units)
		}
	}
	return tries
}

// checkResiduals names the line whose residual has the answers of too few people and is not shown to have others.
func (g *grid) checkResiduals(shown func(parts []int) bool) error {
	for _, l := range g.lines {
		if parts, needed := g.residual(l); needed && !shown(parts) {
			return fmt.Errorf("nothing shows that what is left over of %v could have other answers", g.names(&g.aggregates[l.whole]))
		}
	}
	return nil
}

// partNames are the codes of aggregates that are taken together.
func (g *grid) partNames(parts []int) (names [][]string) {
	for _, p := range parts {
		names = append(names, g.names(&g.aggregates[p]))
	}
	return names
}
