package disclosure

import (
	"math"
	"slices"
)

// A move takes people out of some cells and puts as many into others, so that nothing printed changes: the corners of a box, with
// alternating signs. Along each dimension of the box a code is exchanged for a partner; whatever contains both codes stays as it is.
// So the places that change are known from the codes alone, and they must be closed. (Repsilber's hypercubes have all corners in all
// dimensions; here a box may also be flat, where the totals it would change are closed anyway.)
type move struct {
	cells  []int
	signs  []int64 // +1 or -1 by cell: the vector is added, or taken away
	vector vector  // at the cells of sign +1
	times  int64
	share  float64 // of what was wished for
	cost   float64 // of closing (or baring) what it changes and is printed
}

// vector is how many people of which answers come (above zero) or go.
type vector []term

type term struct {
	answer int
	n      int64
}

// change is what a series of moves does to the true counts.
type change map[int]int64 // [cell*answers+answer]

// wish says which move is looked for.
type wish struct {
	place   int      // the box begins in one of its cells
	vectors []vector // what may happen there
	most    []int64  // by vector, how often at the most (nil: need)
	need    int64    // as many times, or fewer
	swap    bool     // the vectors keep base, mean and share: bare places may change, too
	free    bool     // nothing more may be closed for it
	shut    []bool   // cells that may not change (nil for none)
	across  []bool   // cells that together must change, not only among each other (nil: no matter)
}

// look carries the working memory of one search.
type look struct {
	*grid
	wish
	begin int // the cell where the box begins
	of    *place
	inBox []bool
	to    []int // the partner's code, by dimension
	lists [][]int
	price [][]float64 // of the partner's cell, by dimension and code
	cells []int
	signs []int64
	best  move
	found bool
	left  int // boxes still to be looked at
	nets  []*network
	ways  []way
	queue nearest
}

// How many boxes are looked at for one move: when more may be closed, and when not.
const (
	boxesForOneMove  = 20_000
	boxesForFreeMove = 3_000
	boxesBesideWays  = 1_000 // where ways round are looked for, too
)

func newLook(g *grid) *look {
	n := len(g.trees)
	s := &look{grid: g, nets: networks(g), inBox: make([]bool, n), to: make([]int, n), lists: make([][]int, n), price: make([][]float64, n)}
	for i, t := range g.trees {
		s.price[i] = make([]float64, t.leaves)
	}
	return s
}

// cheapest finds the move that closes least for the share of the wish it fulfils, on top of what was changed already.
func (g *grid) cheapest(w wish) (move, bool) {
	if g.look == nil {
		g.look = newLook(g)
	}
	s := g.look
	s.wish, s.of, s.left, s.best, s.found = w, &g.places[w.place], boxesForOneMove, move{}, false
	if w.free {
		s.left = boxesForFreeMove
	}
	s.best.cost = math.Inf(1)
	if len(s.nets) > 0 {
		s.left = min(s.left, boxesBesideWays)
	}
	for _, cell := range s.of.cells {
		if s.over() || !s.begins(cell) {
			continue
		}
		s.begin = cell
		s.partners()
		// From whole boxes to flat ones.
		for set := 1<<len(g.trees) - 1; set >= 0 && !s.over(); set-- {
			if s.choose(set) {
				s.along(0, 0)
			}
		}
	}
	s.circuits()
	s.left = max(s.left, boxesBesideWays)
	for _, cell := range s.of.cells {
		if s.over() || s.found && s.best.cost == 0 || !s.begins(cell) {
			continue
		}
		s.begin = cell
		s.transfers()
	}
	if !s.found {
		s.fours()
	}
	return s.best, s.found
}

// begins tells whether a move can begin in a cell.
func (s *look) begins(cell int) bool { return !s.out(cell) && s.possible(cell, 1) }

// done tells whether nothing better can be found.
func (s *look) done() bool { return s.found && s.best.cost == 0 && s.best.share >= 1 || s.work <= 0 }

// over tells whether enough boxes have been looked at.
func (s *look) over() bool { return s.done() || s.left <= 0 }

// possible tells whether a cell has room for some vector.
func (s *look) possible(cell int, sign int64) bool {
	for _, v := range s.vectors {
		if s.room(cell, v, sign) > 0 {
			return true
		}
	}
	return false
}

// room is how many times a vector can be added to (or, with sign -1, taken from) a cell before a count is negative.
func (s *look) room(cell int, v vector, sign int64) int64 {
	room := int64(math.MaxInt64)
	for _, t := range v {
		if n := t.n * sign; n < 0 {
			at := cell*s.answers + t.answer
			have := s.now[at]
			if s.spare != nil {
				have = min(have, s.spare[at]+s.now[at]-s.x[at])
			}
			if n < -1 {
				have /= -n
			}
			room = min(room, have)
		}
	}
	return room
}

// partners lists for each dimension the codes to exchange with, those first whose cell is closed or cheap to close.
func (s *look) partners() {
	codes := s.codes[s.begin]
	for i, t := range s.trees {
		s.lists[i] = s.lists[i][:0]
		price := s.price[i]
		for c := range t.leaves {
			if t.in[s.of.nodes[i]][c] {
				continue // the place would keep its people
			}
			cell := s.begin + (c-codes[i])*s.step[i]
			if s.out(cell) || !s.possible(cell, -1) {
				continue
			}
			price[c] = s.priceOf(cell)
			if !math.IsInf(price[c], 1) {
				s.lists[i] = append(s.lists[i], c)
			}
		}
		slices.SortStableFunc(s.lists[i], func(a, b int) int {
			switch {
			case price[a] < price[b]:
				return -1
			case price[a] > price[b]:
				return 1
			}
			return 0
		})
	}
}

// priceOf is what it costs to change the place that is one cell.
func (s *look) priceOf(cell int) float64 {
	return s.costOf(s.key(s.codes[cell])) // a code's node has its number
}

func (s *look) costOf(key int) float64 {
	at := s.at[key]
	if at < 0 {
		return 0
	}
	return s.costOfPlace(int(at))
}

func (s *look) costOfPlace(i int) float64 {
	p := &s.places[i]
	switch {
	case p.held:
		return math.Inf(1)
	case p.state == closed, s.swap && p.state == bare:
		return 0
	case s.free || p.was > 0 || p.total && !s.swap:
		return math.Inf(1)
	case s.swap:
		return p.baring
	}
	return p.closing
}

// choose takes the dimensions of a box; false where it would not change the place.
func (s *look) choose(set int) bool {
	for i, t := range s.trees {
		s.inBox[i] = set>>i&1 == 1
		if s.inBox[i] && (s.of.nodes[i] == t.root() || len(s.lists[i]) == 0) {
			return false
		}
	}
	return true
}

// along chooses partners from dimension i on. Each partner's cell is a corner, so its price is a lower bound.
func (s *look) along(i int, sum float64) {
	if i == len(s.trees) {
		s.weigh()
		return
	}
	if !s.inBox[i] {
		s.along(i+1, sum)
		return
	}
	for _, c := range s.lists[i] {
		p := s.price[i][c]
		if s.found && sum+p >= s.best.cost/s.best.share && sum+p > 0 || s.over() {
			return
		}
		s.to[i] = c
		s.along(i+1, sum+p)
	}
}

// weigh compares one box with the best so far.
func (s *look) weigh() {
	s.left--
	s.work--
	codes := s.codes[s.begin]
	s.cells, s.signs = append(s.cells[:0], s.begin), append(s.signs[:0], 1)
	for i := range s.trees {
		if !s.inBox[i] {
			continue
		}
		for k := range len(s.cells) {
			cell := s.cells[k] + (s.to[i]-codes[i])*s.step[i]
			if s.out(cell) {
				return
			}
			s.cells, s.signs = append(s.cells, cell), append(s.signs, -s.signs[k])
		}
	}
	s.try(func(limit float64) float64 { return s.boxCost(0, 0, 0, limit) })
}

// try compares a move between the cells at hand with the best so far. What it closes is added up only if there is room for it.
func (s *look) try(closing func(limit float64) float64) {
	if s.across != nil && s.among() {
		return
	}
	limit := math.Inf(1)
	if s.found {
		limit = s.best.cost / s.best.share
	}
	cost := -1.0 // not known yet
	for i, v := range s.vectors {
		times := s.need
		if s.most != nil {
			times = s.most[i]
		}
		wished := float64(times)
		for k, cell := range s.cells {
			if times = min(times, s.room(cell, v, s.signs[k])); times <= 0 {
				break
			}
		}
		if times <= 0 {
			continue
		}
		if cost < 0 {
			if cost = closing(limit); math.IsInf(cost, 1) || s.found && cost > limit {
				return
			}
		}
		share := float64(times) / wished
		if !s.found || cost/share < s.best.cost/s.best.share || cost == 0 && s.best.cost == 0 && share > s.best.share {
			s.best, s.found = move{append(s.best.cells[:0], s.cells...), append(s.best.signs[:0], s.signs...), v, times, share, cost}, true
		}
	}
}

// among tells whether the cells at hand change only among each other those that must change together.
func (s *look) among() bool {
	sum := int64(0)
	for k, cell := range s.cells {
		if s.across[cell] {
			sum += s.signs[k]
		}
	}
	return sum == 0
}

// boxCost adds up what is printed of the places that a box changes: along its dimensions the nodes that hold one of the two codes, along
// the others all nodes above the code.
func (s *look) boxCost(i, key int, sum, limit float64) float64 {
	if i == len(s.trees) {
		s.work--
		return sum + s.costOf(key)
	}
	t, from := &s.trees[i], s.codes[s.begin][i]
	for _, n := range t.up[from] {
		if s.inBox[i] && t.in[n][s.to[i]] {
			continue
		}
		if sum = s.boxCost(i+1, key+n*s.stride[i], sum, limit); sum > limit || math.IsInf(sum, 1) {
			return math.Inf(1)
		}
	}
	if !s.inBox[i] {
		return sum
	}
	for _, n := range t.up[s.to[i]] {
		if t.in[n][from] {
			continue
		}
		if sum = s.boxCost(i+1, key+n*s.stride[i], sum, limit); sum > limit || math.IsInf(sum, 1) {
			return math.Inf(1)
		}
	}
	return sum
}

// apply makes a move: it closes (or bares) what it changes.
func (g *grid) apply(m move, swap bool) {
	for k, cell := range m.cells {
		for _, t := range m.vector {
			at := cell*g.answers + t.answer
			g.now[at] += m.signs[k] * t.n * m.times
			g.changed = append(g.changed, at)
		}
	}
	if m.cost == 0 {
		return // all of it is closed
	}
	for _, p := range g.touched(m.cells, m.signs) {
		if swap {
			g.places[p].state = min(g.places[p].state, bare)
		} else {
			g.close(p)
		}
	}
}

// touched lists the places that hold unequally many cells of either sign.
func (g *grid) touched(cells []int, signs []int64) []int {
	sums := map[int32]int64{}
	for k, cell := range cells {
		var walk func(i, key int)
		walk = func(i, key int) {
			if i == len(g.trees) {
				if at := g.at[key]; at >= 0 {
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
