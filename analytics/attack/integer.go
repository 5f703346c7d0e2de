package attack

import (
	"math"
	"math/rand/v2"
)

// component is a set of unknowns that are connected. Each stands for a group of unknowns of the lattice that nothing tells apart.
type component struct {
	low, high  []int64
	free       []bool // high is only room to search in
	groups     []int32
	lines      []line
	parts      []*part
	lp         *simplex
	points     [][]int64 // complete, added up
	effort     *effort
	deadline   int64
	nodes      int
	maxNodes   int
	spent      int  // nodes of all searches
	maxSpent   int  // no limit when 0
	large      bool // too large even for the relaxation
	x          []float64
	y          []float64
	from, to   []int64 // the ends at the node at hand
	in         [][]int32
	trail      []boundChange
	limit      int  // of nodes, of the run at hand
	randomised bool // the run makes its choices by dice
	dice       *rand.Rand
}

// part is what a target has in one component.
type part struct {
	at                    []int32
	coef                  []int64
	low, high             int64 // of the points
	lowProved, highProved bool
	lowTried, highTried   bool
}

func (p *part) of(x []int64) (v int64) {
	for i, at := range p.at {
		v += p.coef[i] * x[at]
	}
	return v
}

// add takes a point, if it agrees with every line: by addition, in whole numbers.
func (c *component) add(x []int64) bool {
	for i, v := range x {
		if v < c.low[i] || v > c.high[i] {
			return false
		}
	}
	for _, l := range c.lines {
		var v int64
		for i, at := range l.cells {
			v += l.coef[i] * x[at]
		}
		if v < l.low || v > l.high {
			return false
		}
	}
	for _, p := range c.parts {
		v := p.of(x)
		if len(c.points) == 0 {
			p.low, p.high = v, v
		}
		p.low, p.high = min(p.low, v), max(p.high, v)
	}
	c.points = append(c.points, append([]int64(nil), x...))
	return true
}

// searchGoal is one search for a least value.
type searchGoal struct {
	part   *part
	sign   int64 // 1 for the least, -1 for the most (the least of the negative)
	coef   []int64
	weight []float64
	first  bool  // any point will do
	enough int64 // as low as this will do, and nothing need be proved
}

// value is what a point has of the part, with its sign.
func (q *searchGoal) value(x []int64) int64 { return q.sign * q.part.of(x) }

// reached says whether enough has been found.
func (q *searchGoal) reached(c *component) bool {
	return len(c.points) > 0 && (q.first || q.bestFound(c) <= q.enough)
}

// bestFound is the least value met so far.
func (q *searchGoal) bestFound(c *component) int64 {
	switch {
	case len(c.points) == 0:
		return math.MaxInt64
	case q.first:
		return math.MinInt64
	case q.sign > 0:
		return q.part.low
	}
	return -q.part.high
}

// minimise looks for the least value of a goal; true when no table can have a lower one.
func (c *component) minimise(q *searchGoal, deadline int64) bool {
	if c.large {
		return false
	}
	q.coef, q.weight = make([]int64, len(c.low)), make([]float64, len(c.low))
	if q.part != nil {
		for i, at := range q.part.at {
			q.coef[at] = q.sign * q.part.coef[i]
			q.weight[at] = float64(q.coef[at])
		}
	}
	c.deadline, c.lp.deadline = deadline, deadline
	clear(c.y)
	if c.boundProved(q) { // what is settled about single unknowns is enough
		return true
	}
	if c.maxNodes <= 1 {
		return c.run(q, 1)
	}
	// A search that begins with a bad choice may never end, and one with other choices may end at once. So short ones come
	// first, with other choices each time, and between them a look around the best table so far; the last one has all the time
	// that is left.
	if c.run(q, 60) {
		return true
	}
	for most := 60; most < min(4000, c.maxNodes) && c.effort.now() <= c.deadline; most += most / 2 {
		c.searchNearBest(q, most)
		c.randomised = true
		proved := c.run(q, most)
		c.randomised = false
		if proved {
			return true
		}
	}
	return c.run(q, c.maxNodes)
}

// run searches at most so many nodes.
func (c *component) run(q *searchGoal, most int) bool {
	c.nodes, c.limit = 0, most
	return c.node(q)
}

// searchNearBest looks for a better table near the best one: what the relaxation leaves as it is stays as it is.
func (c *component) searchNearBest(q *searchGoal, most int) {
	if q.first || c.lp.minimise(q.weight) != optimal {
		return
	}
	c.lp.corner(c.x)
	from := c.points[0]
	for _, p := range c.points {
		if q.value(p) <= q.value(from) {
			from = p
		}
	}
	mark := len(c.trail)
	for j, v := range from {
		if c.from[j] < c.to[j] && math.Abs(c.x[j]-float64(v)) < 1e-6 && !c.fixBounds(j, v, v) {
			break
		}
	}
	c.updateRelaxation(mark)
	c.run(q, most)
	c.undo(mark)
}

// node searches below the ends at hand; true when it has been searched out.
func (c *component) node(q *searchGoal) bool {
	c.effort.spend(len(c.low) + len(c.lines))
	c.spent++
	if c.maxSpent > 0 && c.spent > c.maxSpent {
		return false
	}
	if c.nodes++; c.nodes > 1 && (c.nodes > c.limit || c.effort.now() > c.deadline) {
		return false
	}
	weight := q.weight
	if q.first && c.randomised {
		for j := range weight {
			weight[j] = float64(c.dice.IntN(3))
		}
	}
	verdict := c.lp.minimise(weight)
	if verdict == numericalTrouble && c.effort.now() <= c.deadline { // rounding errors pile up: begin afresh, once
		c.lp.reset()
		verdict = c.lp.minimise(weight)
	}
	for again := range 2 {
		if verdict != infeasible {
			break
		}
		c.lp.prices(c.y, true)
		if c.infeasibilityProved() {
			return true
		}
		if again == 0 {
			c.lp.refresh()
			verdict = c.lp.minimise(weight)
		}
	}
	if verdict == optimal {
		c.lp.corner(c.x)
		if !c.tryCorner() && c.nodes%4 == 1 {
			c.roundingHeuristic()
		}
		c.lp.prices(c.y, false)
		if c.boundProved(q) {
			return true
		}
	}
	if q.reached(c) {
		return true
	}
	j := c.branchVariable(verdict == optimal)
	if j < 0 { // every unknown is settled: the one point of this node is tried, and counts or not
		x := append([]int64(nil), c.from...)
		c.add(x)
		return true
	}
	return c.branch(q, j, c.x[j])
}

// tryCorner rounds the corner and takes it, if it is whole.
func (c *component) tryCorner() bool {
	point := make([]int64, len(c.x))
	for i, v := range c.x {
		point[i] = int64(math.Round(v))
		if math.Abs(v-math.Round(v)) > 1e-6*max(1, math.Abs(v)*1e-3) {
			return false
		}
	}
	return c.add(point)
}

// branchVariable picks the unknown to branch on: the most divided one, or any that is not settled; -1 when all are.
func (c *component) branchVariable(known bool) int {
	at, most := -1, -1.0
	for j := range c.from {
		if c.from[j] == c.to[j] {
			continue
		}
		broken := 0.0
		if known {
			_, fraction := math.Modf(c.x[j])
			broken = 0.5 - math.Abs(math.Abs(fraction)-0.5)
			if c.randomised && broken > 1e-6 {
				broken = c.dice.Float64() / math.Pow(float64(c.to[j]-c.from[j]+1), 3)
			}
		} else {
			c.x[j] = float64(c.from[j]+c.to[j]) / 2
		}
		if broken > most {
			at, most = j, broken
		}
	}
	return at
}

// branch searches on both sides of a value, the nearer side first.
func (c *component) branch(q *searchGoal, j int, v float64) bool {
	low, high := c.from[j], c.to[j]
	cut := int64(math.Floor(v + 1e-9)) // low..cut and cut+1..high
	cut = max(low, min(cut, high-1))
	upper := v-float64(cut) > 0.5
	if c.randomised {
		upper = v-float64(cut) > c.dice.Float64()
	}
	done := true
	for range 2 {
		from, to := low, cut
		if upper {
			from, to = cut+1, high
		}
		mark := len(c.trail)
		if c.fixBounds(j, from, to) { // otherwise there is no table on this side
			c.updateRelaxation(mark)
			done = c.node(q) && done
		}
		c.undo(mark)
		upper = !upper
		if q.reached(c) {
			break
		}
	}
	return done
}

// denominators for prices: most are whole, others halves or thirds, and some are known roughly only.
var denominators = []float64{1, 720720, 1 << 32}

// boundProved proves in whole numbers that no table below the node is lower than what has been found. For any prices y whatever,
// coef·x = (coef - y·lines)·x + y·r, and the right side is at least what it is when each x and each r stands at its better end.
func (c *component) boundProved(q *searchGoal) bool {
	found := q.bestFound(c)
	if found == math.MaxInt64 {
		return false
	}
	if q.reached(c) {
		return true
	}
	for _, d := range denominators {
		least, ok := c.dualBound(q.coef, d)
		if ok && ceilDiv(least, int64(d)) >= found {
			return true
		}
	}
	return false
}

// infeasibilityProved proves that the node has no table: the prices make a sum that is 0 by the lines and not 0 by the ends.
func (c *component) infeasibilityProved() bool {
	none := make([]int64, len(c.low))
	for _, d := range denominators {
		for range 2 {
			if least, ok := c.dualBound(none, d); ok && least > 0 {
				return true
			}
			for i := range c.y {
				c.y[i] = -c.y[i]
			}
		}
	}
	return false
}

// dualBound bounds d·coef·x from below by the prices, rounded to 1/d. It is not ok when the numbers do not fit.
func (c *component) dualBound(coef []int64, d float64) (dualBound int64, ok bool) {
	rest := make([]int64, len(coef))
	weight := 0.0 // of all that is added up
	for j, k := range coef {
		rest[j] = k * int64(d)
	}
	for i, l := range c.lines {
		rounded := math.Round(c.y[i] * d)
		if math.Abs(rounded) > 1e15 {
			return 0, false
		}
		y := int64(rounded)
		if y > 0 && l.low <= -unlimited || y < 0 && l.high >= unlimited {
			y = 0 // any price is allowed; this one would bound nothing
		}
		if y == 0 {
			continue
		}
		end := l.low
		if y < 0 {
			end = l.high
		}
		weight += math.Abs(float64(y) * float64(end))
		for k, at := range l.cells {
			if float64(abs(l.coef[k]))*math.Abs(float64(y)) > 1e17 {
				return 0, false
			}
			rest[at] -= y * l.coef[k]
			if abs(rest[at]) > 1<<60 {
				return 0, false
			}
		}
		if weight > 1e18 {
			return 0, false
		}
		dualBound += y * end
	}
	for j, k := range rest {
		end := c.from[j]
		if k < 0 {
			end = c.to[j]
		}
		if weight += math.Abs(float64(k) * float64(end)); weight > 1e18 {
			return 0, false
		}
		dualBound += k * end
	}
	return dualBound, true
}
