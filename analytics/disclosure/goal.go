package disclosure

import (
	"fmt"
	"math"
	"slices"
)

// goal is what a lattice that agrees with everything printed must show of a place.
type goal uint8

const (
	toZero   goal = iota // nobody is in it
	toEnough             // as many as the threshold are in it; in one that is empty, somebody
	toVaried             // somebody in it answered otherwise than most did, and where there are scores the mean is another one
	toUnlike             // two or more in it differ from the most frequent answer, and where there are scores the mean is another one
	toOther              // another number of people in it gave an answer
	toShift              // its number of people is another one
	toOthers             // the answers of what is left over of a line are others
)

// certificate is a goal, and the change of the true counts that reaches it: the witness. Shut cells do not take part: what a
// respondent in them knows does not help.
type certificate struct {
	place   int
	goal    goal
	answer  int   // whose number is another one (toOther, toOthers)
	line    int   // of toOthers
	parts   []int // and the places that are left over of it, of which place is one
	shut    []int // the cells of one place, or of several at once
	hold    []int // places of which the numbers stay, where what is to be shown is of a part of them
	change  change
	touches map[int]bool // places whose people change
	shifts  map[int]bool // those of them whose number changes
}

// goals lists what must be shown of a place that is hidden for its own sake.
func (g *grid) goals(p *place) []goal {
	if g.base && p.primary == few {
		return []goal{toEnough}
	}
	if g.rules.loose && p.primary != none {
		return []goal{toShift}
	}
	switch p.primary {
	case empty:
		return []goal{toEnough}
	case few:
		if g.answers == 1 {
			return []goal{toZero, toEnough}
		}
		return []goal{toZero, toEnough, toVaried}
	case fewThen:
		return []goal{toZero, toEnough}
	case fewOnce:
		return []goal{toShift}
	case alike:
		return []goal{toUnlike}
	}
	return nil
}

// reach finds the witness of a certificate, closing what it must unless free. On failure everything is as it was.
func (g *grid) reach(c *certificate, free bool) bool {
	var before []state
	if !free {
		before = make([]state, len(g.places))
		for i := range g.places {
			before[i] = g.places[i].state
		}
	}
	var shut []bool
	if c.shut != nil {
		shut = make([]bool, len(g.codes))
		for _, cell := range c.shut {
			shut[cell] = true
		}
	}
	for _, q := range c.hold {
		defer func(held bool) { g.places[q].held = held }(g.places[q].held)
		g.places[q].held = true
	}
	for _, try := range g.tries(c) {
		ok := try(wish{place: c.place, free: free, shut: shut})
		now := change{}
		for _, at := range g.changed {
			if d := g.now[at] - g.x[at]; d != 0 {
				now[at] = d
			}
		}
		for _, at := range g.changed {
			g.now[at] = g.x[at]
		}
		g.changed = g.changed[:0]
		if ok {
			c.change = now
			c.touches, c.shifts = g.touches(now)
			if c.goal == toOthers {
				c.answer = g.differs(c.parts, now)
			}
			return true
		}
		for i := range before {
			g.places[i].state = before[i]
		}
	}
	return false
}

// tries are the ways to a goal, the plainest first.
func (g *grid) tries(c *certificate) []func(wish) bool {
	switch c.goal {
	case toZero:
		return []func(wish) bool{g.emptied}
	case toEnough:
		return []func(wish) bool{g.filled}
	case toVaried:
		return []func(wish) bool{g.mixing(1, -1), g.mixing(1, 1)}
	case toShift:
		return []func(wish) bool{g.shifted}
	case toUnlike:
		return []func(wish) bool{g.mixing(2, -1), g.mixing(2, 1)}
	}
	if c.goal == toOthers {
		return g.loosened(c)
	}
	return []func(wish) bool{g.swapping(c.answer, g.swaps()), g.swapping(c.answer, g.swapsOfTwo())}
}

func (g *grid) mixing(others int64, up float64) func(wish) bool {
	return func(w wish) bool { return g.mixed(w, others, up) }
}

// unit is one person of an answer, come or gone.
func unit(answer int, n int64) vector { return vector{{answer, n}} }

// exchange is one person of an answer for one of another.
func exchange(from, to int) vector { return vector{{from, -1}, {to, 1}} }

func (g *grid) units(n int64) []vector {
	list := make([]vector, g.answers)
	for a := range list {
		list[a] = unit(a, n)
	}
	return list
}

// count gives the people of a place after the moves made, by answer and in all.
func (g *grid) count(p *place) (counts []int64, n int64) { return g.sum(p, g.now) }

func (g *grid) emptied(w wish) bool {
	w.vectors = g.units(-1)
	return g.until(w, func(n int64) int64 { return n })
}

func (g *grid) filled(w wish) bool {
	target := g.enough(&g.places[w.place])
	w.vectors = g.units(1)
	return g.until(w, func(n int64) int64 { return target - n })
}

// enough is how many a place must be able to have: as many as the threshold; one that is empty, somebody.
func (g *grid) enough(p *place) int64 {
	if p.n == 0 && p.primary != fewThen {
		return 1
	}
	return int64(p.rules.Threshold)
}

func (g *grid) shifted(w wish) bool {
	w.need, w.vectors = 1, append(g.units(1), g.units(-1)...)
	m, ok := g.cheapest(w)
	if ok {
		g.apply(m, false)
	}
	return ok
}

// until makes moves as long as some are missing, given the number in the place.
func (g *grid) until(w wish, missing func(n int64) int64) bool {
	for {
		_, n := g.count(&g.places[w.place])
		if w.need = missing(n); w.need <= 0 {
			return true
		}
		m, ok := g.cheapest(w)
		if !ok {
			return false
		}
		g.apply(m, false)
	}
}

// swapping makes a move by which another number of people gave an answer, and base, mean and share stay.
func (g *grid) swapping(answer int, swaps []vector) func(wish) bool {
	return func(w wish) bool {
		w.swap, w.need = true, 1
		w.vectors = slices.DeleteFunc(slices.Clone(swaps), func(v vector) bool {
			return !slices.ContainsFunc(v, func(t term) bool { return t.answer == answer })
		})
		m, ok := g.cheapest(w)
		if ok {
			g.apply(m, true)
		}
		return ok
	}
}

// swaps are the exchanges of two answers for two others (without scores and shares: of one for one) after which base, mean and share are
// the same.
func (g *grid) swaps() []vector {
	if g.swapVectors != nil {
		return g.swapVectors
	}
	var dense [][]int64
	answers := g.lattice.Answers
	worth := func(of ...int) (score float64, satisfied int) {
		for _, a := range of {
			if answers[a].Score != nil {
				score += *answers[a].Score
			}
			if answers[a].Satisfied {
				satisfied++
			}
		}
		return score, satisfied
	}
	add := func(from, to []int) {
		s1, n1 := worth(from...)
		s2, n2 := worth(to...)
		if math.Abs(s1-s2) > 1e-9 || n1 != n2 {
			return
		}
		v := make([]int64, g.answers)
		for i := range from {
			v[from[i]]--
			v[to[i]]++
		}
		if slices.ContainsFunc(v, func(n int64) bool { return n != 0 }) && !slices.ContainsFunc(dense, func(o []int64) bool { return slices.Equal(o, v) }) {
			dense = append(dense, v)
		}
	}
	for a := range answers {
		for b := range answers {
			add([]int{a}, []int{b})
			for c := a; c < len(answers); c++ {
				for d := b; d < len(answers); d++ {
					add([]int{a, c}, []int{b, d})
				}
			}
		}
	}
	g.swapVectors = []vector{}
	for _, v := range dense {
		var terms vector
		for a, n := range v {
			if n != 0 {
				terms = append(terms, term{a, n})
			}
		}
		g.swapVectors = append(g.swapVectors, terms)
	}
	return g.swapVectors
}

// swapsOfTwo are two swaps at once, where neither can be made alone.
func (g *grid) swapsOfTwo() []vector {
	if g.swapPairs != nil {
		return g.swapPairs
	}
	g.swapPairs = []vector{}
	seen := map[string]bool{}
	for i, one := range g.swaps() {
		for _, other := range g.swaps()[:i+1] {
			dense := make([]int64, g.answers)
			for _, t := range slices.Concat(one, other) {
				dense[t.answer] += t.n
			}
			var both vector
			for a, n := range dense {
				if n != 0 {
					both = append(both, term{a, n})
				}
			}
			if key := fmt.Sprint(both); both != nil && !seen[key] {
				seen[key] = true
				g.swapPairs = append(g.swapPairs, both)
			}
		}
	}
	return g.swapPairs
}

// touches lists the places of which some answer changes, and those of which the number of people does.
func (g *grid) touches(now change) (touched, shifted map[int]bool) {
	sums := map[[2]int]int64{}
	for at, d := range now {
		cell, a := at/g.answers, at%g.answers
		var walk func(i, key int)
		walk = func(i, key int) {
			if i == len(g.trees) {
				if p := g.at[key]; p >= 0 {
					sums[[2]int{int(p), a}] += d
				}
				return
			}
			for _, n := range g.trees[i].up[g.codes[cell][i]] {
				walk(i+1, key+n*g.stride[i])
			}
		}
		walk(0, 0)
	}
	touched, shifted = map[int]bool{}, map[int]bool{}
	all := map[int]int64{}
	for k, d := range sums {
		if d != 0 {
			touched[k[0]] = true
			all[k[0]] += d
		}
	}
	for p, d := range all {
		if d != 0 {
			shifted[p] = true
		}
	}
	return touched, shifted
}
