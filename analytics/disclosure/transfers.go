package disclosure

import (
	"math"
)

// mostTransfers is the most cells of a table by itself for which they are looked for: a larger one has boxes enough, and each cell would be tried with each. Beside earlier tables
// boxes are often barred, and transfers are what is left.
const mostTransfers = 600

// transfers looks at moves from one cell to another that differs in several codes: where totals are closed, they need no box.
func (s *look) transfers() {
	if len(s.trees) < 2 || !s.beside && len(s.codes) > mostTransfers {
		return
	}
	for cell := range s.codes {
		if s.left <= 0 || s.work <= 0 {
			return
		}
		if s.out(cell) || s.holds(s.of, cell) || !s.possible(cell, -1) {
			continue
		}
		s.left--
		s.cells, s.signs = append(s.cells[:0], s.begin, cell), append(s.signs[:0], 1, -1)
		s.try(func(limit float64) float64 {
			if sum := s.oneSided(s.begin, cell, limit); !math.IsInf(sum, 1) {
				return sum + s.oneSided(cell, s.begin, limit-sum)
			}
			return math.Inf(1)
		})
	}
}

// holds tells whether a cell is in a place.
func (s *look) holds(p *place, cell int) bool {
	for i, c := range s.codes[cell] {
		if !s.trees[i].in[p.nodes[i]][c] {
			return false
		}
	}
	return true
}

// oneSided adds up what is printed of the places with one cell and without another.
func (s *look) oneSided(cell, other int, limit float64) float64 {
	var walk func(i, key int, both bool, sum float64) float64
	walk = func(i, key int, both bool, sum float64) float64 {
		if i == len(s.trees) {
			if both {
				return sum
			}
			s.work--
			return sum + s.costOf(key)
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
