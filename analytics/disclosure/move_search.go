package disclosure

import (
	"math"
	"slices"
)

// moveRequest says which move is wanted.
type moveRequest struct {
	aggregate int      // the box begins in one of its cells
	vectors   []vector // what may happen there
	maxTimes  []int64  // by vector, how often at the most (nil: need)
	wanted    int64    // as many times, or fewer
	swap      bool     // the vectors keep base, mean and share: bare aggregates may change, too
	freeOnly  bool     // nothing more may be suppressed for it
	excluded  []bool   // cells that may not change (nil for none)
	crossing  []bool   // cells that together must change, not only among each other (nil: no matter)
}

// moveSearch is the working memory of one search.
type moveSearch struct {
	*grid
	moveRequest
	start        int // the cell where the box begins
	target       *aggregate
	inBox        []bool
	partner      []int // the partner's code, by dimension
	partnerCodes [][]int
	partnerCost  [][]float64 // of the partner's cell, by dimension and code
	cells        []int
	signs        []int64
	best         move
	found        bool
	boxesLeft    int // boxes still to be tried
	networks     []*network
	steps        []pathStep
	queue        pathQueue
}

// How many boxes are tried for one move: when more may be suppressed, and when not.
const (
	boxesForOneMove  = 20_000
	boxesForFreeMove = 3_000
	boxesBesidePaths = 1_000 // where cycles are searched, too
)

func newMoveSearch(g *grid) *moveSearch {
	n := len(g.trees)
	s := &moveSearch{
		grid:         g,
		networks:     networks(g),
		inBox:        make([]bool, n),
		partner:      make([]int, n),
		partnerCodes: make([][]int, n),
		partnerCost:  make([][]float64, n),
	}
	for i, t := range g.trees {
		s.partnerCost[i] = make([]float64, t.leaves)
	}
	return s
}

// cheapestMove finds the move that suppresses least for the share of the wish it fulfils, on top of what was changed already.
func (g *grid) cheapestMove(w moveRequest) (move, bool) {
	if g.search == nil {
		g.search = newMoveSearch(g)
	}
	s := g.search
	s.moveRequest, s.target, s.boxesLeft, s.best, s.found = w, &g.aggregates[w.aggregate], boxesForOneMove, move{}, false
	if w.freeOnly {
		s.boxesLeft = boxesForFreeMove
	}
	s.best.cost = math.Inf(1)
	if len(s.networks) > 0 {
		s.boxesLeft = min(s.boxesLeft, boxesBesidePaths)
	}
	for _, cell := range s.target.cells {
		if s.exhausted() || !s.canStart(cell) {
			continue
		}
		s.start = cell
		s.partners()
		// From whole boxes to flat ones.
		for set := 1<<len(g.trees) - 1; set >= 0 && !s.exhausted(); set-- {
			if s.selectDimensions(set) {
				s.enumeratePartners(0, 0)
			}
		}
	}
	s.networkPaths()
	s.boxesLeft = max(s.boxesLeft, boxesBesidePaths)
	for _, cell := range s.target.cells {
		if s.exhausted() || s.found && s.best.cost == 0 || !s.canStart(cell) {
			continue
		}
		s.start = cell
		s.transfers()
	}
	if !s.found {
		s.fourCellMoves()
	}
	return s.best, s.found
}

// canStart tells whether a move can begin in a cell.
func (s *moveSearch) canStart(cell int) bool { return !s.isExcluded(cell) && s.hasRoom(cell, 1) }

// isOptimal tells whether nothing better can be found.
func (s *moveSearch) isOptimal() bool {
	return s.found && s.best.cost == 0 && s.best.share >= 1 || s.work <= 0
}

// exhausted tells whether enough boxes have been tried.
func (s *moveSearch) exhausted() bool { return s.isOptimal() || s.boxesLeft <= 0 }

// hasRoom tells whether a cell has room for some vector.
func (s *moveSearch) hasRoom(cell int, sign int64) bool {
	for _, v := range s.vectors {
		if s.room(cell, v, sign) > 0 {
			return true
		}
	}
	return false
}

// room is how many times a vector can be added to (or, with sign -1, taken from) a cell before a count is negative.
func (s *moveSearch) room(cell int, v vector, sign int64) int64 {
	room := int64(math.MaxInt64)
	for _, t := range v {
		if n := t.n * sign; n < 0 {
			at := cell*s.answers + t.answer
			have := s.current[at]
			if n < -1 {
				have /= -n
			}
			room = min(room, have)
		}
	}
	return room
}

// partners lists for each dimension the codes to exchange with, those first whose cell is suppressed or cheap to suppress.
func (s *moveSearch) partners() {
	codes := s.codes[s.start]
	for i, t := range s.trees {
		s.partnerCodes[i] = s.partnerCodes[i][:0]
		price := s.partnerCost[i]
		for c := range t.leaves {
			if t.in[s.target.nodes[i]][c] {
				continue // the aggregate would keep its people
			}
			cell := s.start + (c-codes[i])*s.step[i]
			if s.isExcluded(cell) || !s.hasRoom(cell, -1) {
				continue
			}
			price[c] = s.cellCost(cell)
			if !math.IsInf(price[c], 1) {
				s.partnerCodes[i] = append(s.partnerCodes[i], c)
			}
		}
		slices.SortStableFunc(s.partnerCodes[i], func(a, b int) int {
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

// cellCost is what it costs to change the aggregate that is one cell.
func (s *moveSearch) cellCost(cell int) float64 {
	return s.combinationCost(s.key(s.codes[cell])) // a code's node has its number
}

func (s *moveSearch) combinationCost(key int) float64 {
	at := s.aggregateAt[key]
	if at < 0 {
		return 0
	}
	return s.aggregateCost(int(at))
}

func (s *moveSearch) aggregateCost(i int) float64 {
	p := &s.aggregates[i]
	switch {
	case p.fixed:
		return math.Inf(1)
	case p.state == suppressed, s.swap && p.state == withoutDistribution:
		return 0
	case s.freeOnly || p.prior > 0 || p.total && !s.swap:
		return math.Inf(1)
	case s.swap:
		return p.distributionCost
	}
	return p.suppressionCost
}

// selectDimensions takes the dimensions of a box; false where it would not change the aggregate.
func (s *moveSearch) selectDimensions(set int) bool {
	for i, t := range s.trees {
		s.inBox[i] = set>>i&1 == 1
		if s.inBox[i] && (s.target.nodes[i] == t.root() || len(s.partnerCodes[i]) == 0) {
			return false
		}
	}
	return true
}

// enumeratePartners chooses partners from dimension i on. Each partner's cell is a corner, so its price is a lower bound.
func (s *moveSearch) enumeratePartners(i int, sum float64) {
	if i == len(s.trees) {
		s.evaluateBox()
		return
	}
	if !s.inBox[i] {
		s.enumeratePartners(i+1, sum)
		return
	}
	for _, c := range s.partnerCodes[i] {
		p := s.partnerCost[i][c]
		if s.found && sum+p >= s.best.cost/s.best.share && sum+p > 0 || s.exhausted() {
			return
		}
		s.partner[i] = c
		s.enumeratePartners(i+1, sum+p)
	}
}

// evaluateBox compares one box with the best so far.
func (s *moveSearch) evaluateBox() {
	s.boxesLeft--
	s.work--
	codes := s.codes[s.start]
	s.cells, s.signs = append(s.cells[:0], s.start), append(s.signs[:0], 1)
	for i := range s.trees {
		if !s.inBox[i] {
			continue
		}
		for k := range len(s.cells) {
			cell := s.cells[k] + (s.partner[i]-codes[i])*s.step[i]
			if s.isExcluded(cell) {
				return
			}
			s.cells, s.signs = append(s.cells, cell), append(s.signs, -s.signs[k])
		}
	}
	s.consider(func(limit float64) float64 { return s.boxCost(0, 0, 0, limit) })
}

// consider compares a move between the cells at hand with the best so far. What it suppresses is added up only if there is room for it.
func (s *moveSearch) consider(closing func(limit float64) float64) {
	if s.crossing != nil && s.isInternal() {
		return
	}
	limit := math.Inf(1)
	if s.found {
		limit = s.best.cost / s.best.share
	}
	cost := -1.0 // not known yet
	for i, v := range s.vectors {
		times := s.wanted
		if s.maxTimes != nil {
			times = s.maxTimes[i]
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

// isInternal tells whether the cells at hand change only among each other those that must change together.
func (s *moveSearch) isInternal() bool {
	sum := int64(0)
	for k, cell := range s.cells {
		if s.crossing[cell] {
			sum += s.signs[k]
		}
	}
	return sum == 0
}

// boxCost adds up what is printed of the aggregates that a box changes: along its dimensions the nodes that hold one of
// the two codes, along the others all nodes above the code.
func (s *moveSearch) boxCost(i, key int, sum, limit float64) float64 {
	if i == len(s.trees) {
		s.work--
		return sum + s.combinationCost(key)
	}
	t, from := &s.trees[i], s.codes[s.start][i]
	for _, n := range t.up[from] {
		if s.inBox[i] && t.in[n][s.partner[i]] {
			continue
		}
		if sum = s.boxCost(i+1, key+n*s.stride[i], sum, limit); sum > limit || math.IsInf(sum, 1) {
			return math.Inf(1)
		}
	}
	if !s.inBox[i] {
		return sum
	}
	for _, n := range t.up[s.partner[i]] {
		if t.in[n][from] {
			continue
		}
		if sum = s.boxCost(i+1, key+n*s.stride[i], sum, limit); sum > limit || math.IsInf(sum, 1) {
			return math.Inf(1)
		}
	}
	return sum
}
