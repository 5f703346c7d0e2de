package attack

import (
	"math"
	"math/rand/v2"
	"slices"
)

// boundChange remembers the ends of an unknown before they were narrowed.
type boundChange struct {
	at        int32
	low, high int64
}

// index lists the lines of each unknown.
func (c *component) index() {
	c.in = make([][]int32, len(c.low))
	for i, l := range c.lines {
		for _, at := range l.cells {
			c.in[at] = append(c.in[at], int32(i))
		}
	}
}

// prepare makes the component ready to be searched; false when it has no table.
func (c *component) prepare() bool {
	c.from, c.to = slices.Clone(c.low), slices.Clone(c.high)
	c.index()
	c.dice = rand.New(rand.NewPCG(uint64(len(c.low)), uint64(len(c.lines)))) // the same for the same tables
	for range 2 {
		if !c.enumerateSmallSubsystems() {
			return false
		}
	}
	c.low, c.high, c.trail = slices.Clone(c.from), slices.Clone(c.to), nil
	c.x, c.y = make([]float64, len(c.low)), make([]float64, len(c.lines))
	c.lp = newSimplex(c)
	return true
}

const (
	subsystemSize = 7    // unknowns of a corner
	subsystemWork = 5000 // steps to walk through one
)

// enumerateSmallSubsystems looks at few unknowns that several lines are about, such as the answers of an aggregate with a
// mean: it walks through all that these lines allow, and narrows each unknown to what it can be. The relaxation knows
// nothing of whole numbers and would allow more.
func (c *component) enumerateSmallSubsystems() bool {
	seen := map[int32]bool{}
	for i, l := range c.lines {
		if len(l.cells) > subsystemSize || seen[int32(i)] {
			continue
		}
		var about []int32
		for _, other := range c.in[l.cells[0]] {
			if subset(c.lines[other].cells, l.cells) {
				about = append(about, other)
			}
		}
		for _, at := range l.cells[1:] {
			for _, other := range c.in[at] {
				if !slices.Contains(about, other) && subset(c.lines[other].cells, l.cells) {
					about = append(about, other)
				}
			}
		}
		if len(about) < 2 {
			continue
		}
		for _, other := range about {
			if len(c.lines[other].cells) == len(l.cells) {
				seen[other] = true // the same unknowns
			}
		}
		w := subsystem{
			c:     c,
			cells: l.cells,
			about: about,
			value: make([]int64, len(l.cells)),
			low:   make([]int64, len(l.cells)),
			high:  make([]int64, len(l.cells)),
		}
		if !w.walk(0) {
			continue // too much to walk through
		}
		if !w.found {
			return false
		}
		for k, at := range l.cells {
			if (w.low[k] > c.from[at] || w.high[k] < c.to[at]) && !c.fixBounds(int(at), max(w.low[k], c.from[at]), min(w.high[k], c.to[at])) {
				return false
			}
		}
	}
	return true
}

func subset(cells, of []int32) bool {
	for _, c := range cells {
		if !slices.Contains(of, c) {
			return false
		}
	}
	return true
}

// subsystem is a walk through all values of few unknowns.
type subsystem struct {
	c         *component
	cells     []int32
	about     []int32
	value     []int64
	low, high []int64
	found     bool
	work      int
}

// walk is false when it was too much.
func (w *subsystem) walk(k int) bool {
	if w.work++; w.work > subsystemWork {
		return false
	}
	for _, i := range w.about { // can the unknowns that are left still make every line true?
		l := w.c.lines[i]
		least, most := int64(0), int64(0)
		for n, at := range l.cells {
			low, high := w.c.from[at], w.c.to[at]
			if p := slices.Index(w.cells, at); p < k {
				low, high = w.value[p], w.value[p]
			}
			if c := l.coef[n]; c > 0 {
				least, most = least+c*low, most+c*high
			} else {
				least, most = least+c*high, most+c*low
			}
		}
		if least > l.high || most < l.low {
			return true
		}
	}
	if k == len(w.cells) {
		for i, v := range w.value {
			if !w.found {
				w.low[i], w.high[i] = v, v
			}
			w.low[i], w.high[i] = min(w.low[i], v), max(w.high[i], v)
		}
		w.found = true
		return true
	}
	at := w.cells[k]
	for v := w.c.from[at]; v <= w.c.to[at]; v++ {
		if w.value[k] = v; !w.walk(k + 1) {
			return false
		}
	}
	return true
}

// fixBounds narrows an unknown, and all others by what follows: in whole numbers. It is false when nothing is left for
// one; undo takes it back.
func (c *component) fixBounds(j int, low, high int64) bool {
	if low > high {
		return false
	}
	c.trail = append(c.trail, boundChange{int32(j), c.from[j], c.to[j]})
	c.from[j], c.to[j] = low, high
	queue := slices.Clone(c.in[j])
	for looked := 0; len(queue) > 0 && looked < 8*len(c.lines)+64; looked++ { // what is left undone by then, the search does
		l := c.lines[queue[0]]
		queue = queue[1:]
		least, most := int64(0), int64(0)
		for i, at := range l.cells {
			low, high := c.from[at], c.to[at]
			if k := l.coef[i]; k > 0 {
				least, most = least+k*low, most+k*high
			} else {
				least, most = least+k*high, most+k*low
			}
		}
		if least > l.high || most < l.low {
			return false
		}
		if least >= l.low && most <= l.high {
			continue
		}
		for i, at := range l.cells {
			low, high := c.from[at], c.to[at]
			if low == high {
				continue
			}
			if span := abs(l.coef[i]) * (high - low); span <= l.high-least && span <= most-l.low {
				continue // it has room for all of that
			}
			from, to := narrowed(l, l.coef[i], low, high, least, most)
			if from > to {
				return false
			}
			if from == low && to == high {
				continue
			}
			c.trail = append(c.trail, boundChange{at, low, high})
			c.from[at], c.to[at] = from, to
			if k := l.coef[i]; k > 0 {
				least, most = least+k*(from-low), most-k*(high-to)
			} else {
				least, most = least-k*(high-to), most+k*(from-low)
			}
			for _, other := range c.in[at] {
				if !slices.Contains(queue, other) {
					queue = append(queue, other)
				}
			}
		}
	}
	return true
}

// narrowed gives the ends that a line leaves to an unknown with the coefficient k, when the whole line is from least to most.
func narrowed(l line, k, low, high, least, most int64) (from, to int64) {
	from, to = low, high
	if k == 0 {
		return from, to
	}
	if l.high < unlimited {
		if k > 0 {
			to = min(to, low+floorDiv(l.high-least, k))
		} else {
			from = max(from, high+ceilDiv(l.high-least, k))
		}
	}
	if l.low > -unlimited {
		if k > 0 {
			from = max(from, high+ceilDiv(l.low-most, k))
		} else {
			to = min(to, low+floorDiv(l.low-most, k))
		}
	}
	return from, to
}

// updateRelaxation tells the relaxation what has been narrowed since the mark.
func (c *component) updateRelaxation(mark int) {
	for _, s := range c.trail[mark:] {
		c.lp.low[s.at], c.lp.high[s.at] = float64(c.from[s.at]), float64(c.to[s.at])
	}
}

// undo takes back what has been narrowed since the mark.
func (c *component) undo(mark int) {
	for i := len(c.trail) - 1; i >= mark; i-- {
		s := c.trail[i]
		c.from[s.at], c.to[s.at] = s.low, s.high
		c.lp.low[s.at], c.lp.high[s.at] = float64(s.low), float64(s.high)
	}
	c.trail = c.trail[:mark]
}

// roundingHeuristic makes a whole point near the corner: the unknown with the fewest values left is set to the nearest of
// them, and all that follows from it, until all are set. Where one cannot be, it is set to the next nearest, so often and
// no more.
func (c *component) roundingHeuristic() {
	mark := len(c.trail)
	defer func() { c.undo(mark) }()
	for fails := 0; fails < 20; {
		next, least, nearest := -1, int64(math.MaxInt64), 0.0
		for j, v := range c.x {
			span := c.to[j] - c.from[j]
			if span == 0 || span > least {
				continue
			}
			if away := math.Abs(v - math.Round(v)); span < least || away < nearest {
				next, least, nearest = j, span, away
			}
		}
		if next < 0 {
			c.add(c.from)
			return
		}
		v := max(c.from[next], min(int64(math.Round(c.x[next])), c.to[next]))
		before := len(c.trail)
		if c.fixBounds(next, v, v) {
			continue
		}
		c.undo(before)
		fails++
		low, high := c.from[next], c.to[next] // it is not v
		switch {
		case v == low:
			low++
		case v == high:
			high--
		case c.x[next] > float64(v):
			low = v + 1
		default:
			high = v - 1
		}
		if !c.fixBounds(next, low, high) {
			return
		}
	}
}
