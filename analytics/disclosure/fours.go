package disclosure

import (
	"math"
	"math/rand/v2"
)

// mostFours is the most cells for which moves between any four are looked for: their pairs are listed.
const mostFours = 200

// fours looks at moves between any four cells, two that gain and two that lose, whatever their codes: where selections overlap there may be no box. First without closing
// more, then with.
//
// Every place that may not change has a random number; a cell's is the sum over those it is in. A move changes none of them when the gaining cells have the same sum as
// the losing ones (by chance once in 2^64; the check of the whole proof would notice).
func (s *look) fours() {
	if len(s.trees) < 2 || len(s.codes) > mostFours || s.free && len(s.codes) > mostFours/4 {
		return
	}
	s.foursWith(s.sums(false))
	if !s.found && !s.free {
		s.foursWith(s.sums(true))
	}
}

func (s *look) foursWith(sums []uint64) {
	type pair struct{ gains, loses int }
	by := map[uint64][]pair{}
	for gains := range sums {
		for loses := range sums {
			if gains != loses && !s.out(gains) && !s.out(loses) {
				by[sums[loses]-sums[gains]] = append(by[sums[loses]-sums[gains]], pair{gains, loses})
			}
		}
	}
	s.work -= len(sums) * len(sums)
	for _, begin := range s.of.cells {
		if s.out(begin) || !s.possible(begin, 1) {
			continue
		}
		for loses := range sums {
			if loses == begin || s.out(loses) || !s.possible(loses, -1) {
				continue
			}
			for _, other := range by[sums[begin]-sums[loses]] {
				if s.work--; s.work <= 0 || s.found && s.best.share >= 1 {
					return
				}
				if s.inside(begin)-s.inside(loses)+s.inside(other.gains)-s.inside(other.loses) != 1 {
					continue
				}
				if other.gains == loses || other.loses == begin || other.gains == begin || other.loses == loses {
					continue // no four
				}
				s.cells, s.signs = append(s.cells[:0], begin, loses, other.gains, other.loses), append(s.signs[:0], 1, -1, 1, -1)
				s.try(s.closing)
			}
		}
	}
}

// closing adds up what is printed of the places that the cells at hand change.
func (s *look) closing(limit float64) float64 {
	cost := 0.0
	for _, i := range s.touched(s.cells, s.signs) {
		if cost += s.costOfPlace(i); cost > limit {
			return math.Inf(1)
		}
	}
	return cost
}

// out tells whether a cell may not take part.
func (s *look) out(cell int) bool { return s.blocked[cell] || s.shut != nil && s.shut[cell] }

func (s *look) inside(cell int) int {
	if s.holds(s.of, cell) {
		return 1
	}
	return 0
}

// sums gives each cell the sum of the random numbers of the places that may not change: those that are printed, or only those that are printed and cannot be closed.
func (s *look) sums(closable bool) []uint64 {
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // no secret: it only tells places apart
	sums := make([]uint64, len(s.codes))
	for i := range s.places {
		p := &s.places[i]
		number := random.Uint64()
		if p.held {
			for _, cell := range p.cells {
				sums[cell] += number
			}
			continue
		}
		if p.state == closed || s.swap && p.state == bare || closable && !math.IsInf(s.costOfPlace(i), 1) {
			continue
		}
		for _, cell := range p.cells {
			sums[cell] += number
		}
	}
	return sums
}
