package disclosure

import (
	"fmt"
	"math"
	"slices"
)

// goal is what a lattice that agrees with everything printed must show of an aggregate.
type goal uint8

const (
	toZero          goal = iota // nobody is in it
	toThreshold                 // as many as the threshold are in it; in one that is empty, somebody
	toVaried                    // somebody in it answered otherwise than most did, and where there are scores the mean is another one
	toUnlike                    // two or more in it differ from the most frequent answer, and where there are scores the mean is another one
	toOtherAnswers              // another number of people in it gave an answer
	toOtherCount                // its number of people is another one
	toOtherResidual             // the answers of the residual of a line are others
)

// certificate is a goal, and the change of the true counts that reaches it: the witness. Excluded cells do not take
// part: what a respondent in them knows does not help.
type certificate struct {
	aggregate       int
	goal            goal
	answer          int   // whose number is another one (toOtherAnswers, toOtherResidual)
	line            int   // of toOtherResidual
	parts           []int // and the aggregates of its residual, of which aggregate is one
	excludedCells   []int // the cells of one aggregate, or of several at once
	fixedAggregates []int // aggregates of which the numbers stay, where what is to be shown is of a part of them
	change          change
	affected        map[int]bool // aggregates whose people change
	countChanged    map[int]bool // those of them whose number changes
}

// goals lists what must be shown of an aggregate that is sensitive (primary suppression).
func (g *grid) goals(p *aggregate) []goal {
	if g.isBaseGrid && p.primary == belowThreshold {
		return []goal{toThreshold}
	}
	if g.rules.exactOnly && p.primary != notSensitive {
		return []goal{toOtherCount}
	}
	switch p.primary {
	case empty:
		return []goal{toThreshold}
	case belowThreshold:
		if g.answers == 1 {
			return []goal{toZero, toThreshold}
		}
		return []goal{toZero, toThreshold, toVaried}
	case belowThresholdBefore:
		return []goal{toZero, toThreshold}
	case changeBelowThreshold:
		return []goal{toOtherCount}
	case uniform:
		return []goal{toUnlike}
	}
	return nil
}

// findWitness finds the witness of a certificate, suppressing what it must unless free. On failure everything is as it was.
func (g *grid) findWitness(c *certificate, free bool) bool {
	var before []publication
	if !free {
		before = make([]publication, len(g.aggregates))
		for i := range g.aggregates {
			before[i] = g.aggregates[i].state
		}
	}
	var shut []bool
	if c.excludedCells != nil {
		shut = make([]bool, len(g.codes))
		for _, cell := range c.excludedCells {
			shut[cell] = true
		}
	}
	for _, q := range c.fixedAggregates {
		defer func(held bool) { g.aggregates[q].fixed = held }(g.aggregates[q].fixed)
		g.aggregates[q].fixed = true
	}
	for _, try := range g.strategies(c) {
		ok := try(moveRequest{aggregate: c.aggregate, freeOnly: free, excluded: shut})
		now := change{}
		for _, at := range g.changed {
			if d := g.current[at] - g.trueCounts[at]; d != 0 {
				now[at] = d
			}
		}
		for _, at := range g.changed {
			g.current[at] = g.trueCounts[at]
		}
		g.changed = g.changed[:0]
		if ok {
			c.change = now
			c.affected, c.countChanged = g.affected(now)
			if c.goal == toOtherResidual {
				c.answer = g.changedAnswer(c.parts, now)
			}
			return true
		}
		for i := range before {
			g.aggregates[i].state = before[i]
		}
	}
	return false
}

// strategies are the ways to a goal, the simplest first.
func (g *grid) strategies(c *certificate) []func(moveRequest) bool {
	switch c.goal {
	case toZero:
		return []func(moveRequest) bool{g.moveToZero}
	case toThreshold:
		return []func(moveRequest) bool{g.moveToThreshold}
	case toVaried:
		return []func(moveRequest) bool{g.mixingStrategy(1, -1), g.mixingStrategy(1, 1)}
	case toOtherCount:
		return []func(moveRequest) bool{g.moveCount}
	case toUnlike:
		return []func(moveRequest) bool{g.mixingStrategy(2, -1), g.mixingStrategy(2, 1)}
	}
	if c.goal == toOtherResidual {
		return g.residualMoves(c)
	}
	return []func(moveRequest) bool{g.swapStrategy(c.answer, g.swaps()), g.swapStrategy(c.answer, g.doubleSwaps())}
}

func (g *grid) mixingStrategy(others int64, up float64) func(moveRequest) bool {
	return func(w moveRequest) bool { return g.mixed(w, others, up) }
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

// count gives the people of an aggregate after the moves made, by answer and in all.
func (g *grid) count(p *aggregate) (counts []int64, n int64) { return g.sum(p, g.current) }

func (g *grid) moveToZero(w moveRequest) bool {
	w.vectors = g.units(-1)
	return g.repeatMoves(w, func(n int64) int64 { return n })
}

func (g *grid) moveToThreshold(w moveRequest) bool {
	target := g.requiredCount(&g.aggregates[w.aggregate])
	w.vectors = g.units(1)
	return g.repeatMoves(w, func(n int64) int64 { return target - n })
}

// requiredCount is how many an aggregate must be able to have: as many as the threshold; one that is empty, somebody.
func (g *grid) requiredCount(p *aggregate) int64 {
	if p.n == 0 && p.primary != belowThresholdBefore {
		return 1
	}
	return int64(p.rules.Threshold)
}

func (g *grid) moveCount(w moveRequest) bool {
	w.wanted, w.vectors = 1, append(g.units(1), g.units(-1)...)
	m, ok := g.cheapestMove(w)
	if ok {
		g.apply(m, false)
	}
	return ok
}

// repeatMoves makes moves as long as some are missing, given the number in the aggregate.
func (g *grid) repeatMoves(w moveRequest, missing func(n int64) int64) bool {
	for {
		_, n := g.count(&g.aggregates[w.aggregate])
		if w.wanted = missing(n); w.wanted <= 0 {
			return true
		}
		m, ok := g.cheapestMove(w)
		if !ok {
			return false
		}
		g.apply(m, false)
	}
}

// swapStrategy makes a move by which another number of people gave an answer, and base, mean and share stay.
func (g *grid) swapStrategy(answer int, swaps []vector) func(moveRequest) bool {
	return func(w moveRequest) bool {
		w.swap, w.wanted = true, 1
		w.vectors = slices.DeleteFunc(slices.Clone(swaps), func(v vector) bool {
			return !slices.ContainsFunc(v, func(t term) bool { return t.answer == answer })
		})
		m, ok := g.cheapestMove(w)
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
		if slices.ContainsFunc(v, func(n int64) bool { return n != 0 }) &&
			!slices.ContainsFunc(dense, func(o []int64) bool { return slices.Equal(o, v) }) {
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

// doubleSwaps are two swaps at once, where neither can be made alone.
func (g *grid) doubleSwaps() []vector {
	if g.doubleSwapVectors != nil {
		return g.doubleSwapVectors
	}
	g.doubleSwapVectors = []vector{}
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
				g.doubleSwapVectors = append(g.doubleSwapVectors, both)
			}
		}
	}
	return g.doubleSwapVectors
}

// affected lists the aggregates of which some answer changes, and those of which the number of people does.
func (g *grid) affected(now change) (touched, shifted map[int]bool) {
	sums := map[[2]int]int64{}
	for at, d := range now {
		cell, a := at/g.answers, at%g.answers
		var walk func(i, key int)
		walk = func(i, key int) {
			if i == len(g.trees) {
				if p := g.aggregateAt[key]; p >= 0 {
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
