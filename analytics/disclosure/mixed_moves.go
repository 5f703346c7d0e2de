package disclosure

import (
	"math"
	"slices"
)

// mixed changes who is in an aggregate until their answers are open: first the mean is moved a step of the scale, in one direction, by
// exchanging people, bringing in some and taking some away; then people of other answers are brought in.
func (g *grid) mixed(w moveRequest, others int64, up float64) bool {
	p := &g.aggregates[w.aggregate]
	prevailing := g.prevailing(p)
	scored := g.scored()
	goal := 0.0
	if scored {
		goal = g.mean(p.counts, p.n) + up*g.scaleStep()
	}
	for range 3 * (p.n + int64(g.rules.Threshold)) {
		counts, n := g.count(p)
		if g.unlike(p, counts, n, others) {
			return true
		}
		short := 0.0 // how much the sum of scores falls short of the goal; below zero, what there is to spare
		if scored {
			short = up * (goal*float64(n) - float64(n)*g.meanOr(counts, n, goal))
		}
		w.vectors, w.maxTimes, w.wanted = nil, nil, 1
		if short > 1e-9 || n == 0 {
			g.towards(&w, goal, up, short, n, others)
		} else {
			g.apart(&w, counts, prevailing, goal, up, -short)
		}
		m, ok := g.cheapestMove(w)
		if !ok {
			return false
		}
		g.apply(m, false)
	}
	return false
}

// towards wishes for what brings the mean nearer to a goal, each as often as is needed: an exchange of two people, one more above the goal,
// or one fewer below it.
func (g *grid) towards(w *moveRequest, goal, up, short float64, n, others int64) {
	add := func(v vector, gain float64, most int64) {
		times := min(int64(math.Ceil(short/gain-1e-9)), most)
		if times < 1 {
			return
		}
		w.vectors, w.maxTimes = append(w.vectors, v), append(w.maxTimes, times)
		w.wanted = max(w.wanted, times)
	}
	for a, answer := range g.lattice.Answers {
		over := up * (*answer.Score - goal)
		switch {
		case over > 1e-9:
			add(unit(a, 1), over, math.MaxInt64)
		case over < -1e-9 && n > 2*others: // enough are left to differ
			add(unit(a, -1), -over, n-2*others)
		}
		if n == 0 && over >= -1e-9 {
			w.vectors, w.maxTimes = append(w.vectors, unit(a, 1)), append(w.maxTimes, 1)
		}
		for b, other := range g.lattice.Answers {
			if gain := up * (*other.Score - *answer.Score); gain > 1e-9 {
				add(exchange(a, b), gain, n)
			}
		}
	}
}

// apart wishes for people who differ from the most frequent answers, without losing what was gained for the mean.
func (g *grid) apart(w *moveRequest, counts []int64, prevailing int, goal, up, spare float64) {
	over := func(a int) float64 {
		if !g.scored() {
			return 0
		}
		return up * (*g.lattice.Answers[a].Score - goal)
	}
	add := func(v vector) { w.vectors, w.maxTimes = append(w.vectors, v), append(w.maxTimes, 1) }
	most := 0
	for a, n := range counts {
		if n > counts[most] {
			most = a
		}
	}
	for a := range counts {
		if a == prevailing || a == most {
			continue
		}
		if spare+over(a) >= -1e-9 {
			add(unit(a, 1))
		}
		for _, from := range []int{prevailing, most} {
			if spare+over(a)-over(from) >= -1e-9 {
				add(exchange(from, a))
			}
		}
	}
	if len(w.vectors) > 0 {
		return
	}
	for a := range counts { // one more beyond the goal first
		if over(a) > 0 {
			add(unit(a, 1))
		}
	}
}

// scored tells whether means are protected: a scale of two answers leaves no room for it.
func (g *grid) scored() bool { return g.lattice.Answers[0].Score != nil && g.answers > 2 }

func (g *grid) meanOr(counts []int64, n int64, otherwise float64) float64 {
	if n == 0 {
		return otherwise
	}
	return g.mean(counts, n)
}

// prevailing is the most frequent answer of an aggregate, the first of equals.
func (g *grid) prevailing(p *aggregate) int {
	most := 0
	for a, n := range p.counts {
		if n > p.counts[most] {
			most = a
		}
	}
	return most
}

// unlike tells whether what an aggregate could hold keeps its people's answers open: so many or more differ from the answer that truly
// prevails (and, when two must, from the one that prevails in it), and where there are scores the mean is one step of the scale or more
// away from the true one. A scale of two steps has no room for that.
func (g *grid) unlike(p *aggregate, counts []int64, n, others int64) bool {
	if n-counts[g.prevailing(p)] < others || others > 1 && n-slices.Max(counts) < others {
		return false
	}
	if !g.scored() {
		return true
	}
	return math.Abs(g.mean(counts, n)-g.mean(p.counts, p.n)) >= g.scaleStep()-1e-9
}

func (g *grid) mean(counts []int64, n int64) float64 {
	sum := 0.0
	for a, c := range counts {
		sum += *g.lattice.Answers[a].Score * float64(c)
	}
	return sum / float64(n)
}

// scaleStep is the smallest difference between two scores.
func (g *grid) scaleStep() float64 {
	step := math.Inf(1)
	for i, a := range g.lattice.Answers {
		for _, b := range g.lattice.Answers[:i] {
			if d := math.Abs(*a.Score - *b.Score); d > 0 {
				step = min(step, d)
			}
		}
	}
	return step
}
