package disclosure

import (
	"math"
)

// maxTransferCells is the most cells of a table by itself for which they are searched for: a larger one has boxes enough,
// and each cell would be tried with each. Beside earlier tables boxes are often barred, and transfers are what is left.
const maxTransferCells = 600

// transfers tries moves from one cell to another that differs in several codes: where totals are suppressed, they need no box.
func (s *moveSearch) transfers() {
	if len(s.trees) < 2 || !s.linked && len(s.codes) > maxTransferCells {
		return
	}
	for cell := range s.codes {
		if s.boxesLeft <= 0 || s.work <= 0 {
			return
		}
		if s.isExcluded(cell) || s.containsCell(s.target, cell) || !s.hasRoom(cell, -1) {
			continue
		}
		s.boxesLeft--
		s.cells, s.signs = append(s.cells[:0], s.start, cell), append(s.signs[:0], 1, -1)
		s.consider(func(limit float64) float64 {
			if sum := s.oneSidedCost(s.start, cell, limit); !math.IsInf(sum, 1) {
				return sum + s.oneSidedCost(cell, s.start, limit-sum)
			}
			return math.Inf(1)
		})
	}
}

// containsCell tells whether a cell is in an aggregate.
func (s *moveSearch) containsCell(p *aggregate, cell int) bool {
	for i, c := range s.codes[cell] {
		if !s.trees[i].in[p.nodes[i]][c] {
			return false
		}
	}
	return true
}

// oneSidedCost adds up what is printed of the aggregates with one cell and without another.
func (s *moveSearch) oneSidedCost(cell, other int, limit float64) float64 {
	var walk func(i, key int, both bool, sum float64) float64
	walk = func(i, key int, both bool, sum float64) float64 {
		if i == len(s.trees) {
			if both {
				return sum
			}
			s.work--
			return sum + s.combinationCost(key)
		}
		for _, n := range s.trees[i].up[s.codes[cell][i]] {
			if sum = walk(i+1, key+n*s.stride[i], both && s.trees[i].in[n][s.codes[other][i]], sum); sum > limit || math.IsInf(sum, 1) {
				return math.Inf(1)
			}
		}
		return sum
	}
	return walk(0, 0, true, 0)
}
