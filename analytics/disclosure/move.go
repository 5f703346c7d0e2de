package disclosure

import (
	"slices"
)

// A move takes people out of some cells and puts as many into others, so that nothing printed changes: the corners of a
// box, with alternating signs. Along each dimension of the box a code is exchanged for a partner; whatever contains both
// codes stays as it is. So the aggregates that change are known from the codes alone, and they must be suppressed.
// (Repsilber's hypercubes have all corners in all dimensions; here a box may also be flat, where the totals it would
// change are suppressed anyway.)
type move struct {
	cells  []int
	signs  []int64 // +1 or -1 by cell: the vector is added, or taken away
	vector vector  // at the cells of sign +1
	times  int64
	share  float64 // of what was wished for
	cost   float64 // of suppressing what it changes and is published, or of holding back its distribution
}

// vector is how many people of which answers come (above zero) or go.
type vector []term

type term struct {
	answer int
	n      int64
}

// change is what a series of moves does to the true counts.
type change map[int]int64 // [cell*answers+answer]

// apply makes a move: it suppresses (or bares) what it changes.
func (g *grid) apply(m move, swap bool) {
	for k, cell := range m.cells {
		for _, t := range m.vector {
			at := cell*g.answers + t.answer
			g.current[at] += m.signs[k] * t.n * m.times
			g.changed = append(g.changed, at)
		}
	}
	if m.cost == 0 {
		return // all of it is suppressed
	}
	for _, p := range g.touched(m.cells, m.signs) {
		if swap {
			g.aggregates[p].state = min(g.aggregates[p].state, withoutDistribution)
		} else {
			g.suppress(p)
		}
	}
}

// touched lists the aggregates that hold unequally many cells of either sign.
func (g *grid) touched(cells []int, signs []int64) []int {
	sums := map[int32]int64{}
	for k, cell := range cells {
		var walk func(i, key int)
		walk = func(i, key int) {
			if i == len(g.trees) {
				if at := g.aggregateAt[key]; at >= 0 {
					sums[at] += signs[k]
				}
				return
			}
			for _, n := range g.trees[i].up[g.codes[cell][i]] {
				walk(i+1, key+n*g.stride[i])
			}
		}
		walk(0, 0)
	}
	var out []int
	for p, sum := range sums {
		if sum != 0 {
			out = append(out, int(p))
		}
	}
	slices.Sort(out)
	return out
}
