package disclosure

import (
	"math"
	"math/rand/v2"
)

// maxFourCellMoves is the most cells for which moves between any four are searched for: their pairs are listed.
const maxFourCellMoves = 200

// fourCellMoves tries moves between any four cells, two that gain and two that lose, whatever their codes: where
// selections overlap there may be no box. First without suppressing more, then with.
//
// Every aggregate that may not change has a random number; a cell's is the sum over those it is in. A move changes none of
// them when the gaining cells have the same sum as the losing ones (by chance once in 2^64; the check of the whole proof
// would notice).
func (s *moveSearch) fourCellMoves() {
	if len(s.trees) < 2 || len(s.codes) > maxFourCellMoves || s.freeOnly && len(s.codes) > maxFourCellMoves/4 {
		return
	}
	s.fourCellMovesBy(s.fingerprints(false))
	if !s.found && !s.freeOnly {
		s.fourCellMovesBy(s.fingerprints(true))
	}
}

func (s *moveSearch) fourCellMovesBy(sums []uint64) {
	type pair struct{ gains, loses int }
	by := map[uint64][]pair{}
	for gains := range sums {
		for loses := range sums {
			if gains != loses && !s.isExcluded(gains) && !s.isExcluded(loses) {
				by[sums[loses]-sums[gains]] = append(by[sums[loses]-sums[gains]], pair{gains, loses})
			}
		}
	}
	s.work -= len(sums) * len(sums)
	for _, begin := range s.target.cells {
		if s.isExcluded(begin) || !s.hasRoom(begin, 1) {
			continue
		}
		for loses := range sums {
			if loses == begin || s.isExcluded(loses) || !s.hasRoom(loses, -1) {
				continue
			}
			for _, other := range by[sums[begin]-sums[loses]] {
				if s.work--; s.work <= 0 || s.found && s.best.share >= 1 {
					return
				}
				if s.countInTarget(begin)-s.countInTarget(loses)+s.countInTarget(other.gains)-s.countInTarget(other.loses) != 1 {
					continue
				}
				if other.gains == loses || other.loses == begin || other.gains == begin || other.loses == loses {
					continue // no four
				}
				s.cells, s.signs = append(s.cells[:0], begin, loses, other.gains, other.loses), append(s.signs[:0], 1, -1, 1, -1)
				s.consider(s.moveCost)
			}
		}
	}
}

// moveCost adds up what is printed of the aggregates that the cells at hand change.
func (s *moveSearch) moveCost(limit float64) float64 {
	cost := 0.0
	for _, i := range s.touched(s.cells, s.signs) {
		if cost += s.aggregateCost(i); cost > limit {
			return math.Inf(1)
		}
	}
	return cost
}

// isExcluded tells whether a cell may not take part.
func (s *moveSearch) isExcluded(cell int) bool {
	return s.blocked[cell] || s.excluded != nil && s.excluded[cell]
}

func (s *moveSearch) countInTarget(cell int) int {
	if s.containsCell(s.target, cell) {
		return 1
	}
	return 0
}

// fingerprints gives each cell the sum of the random numbers of the aggregates that may not change: those that are
// printed, or only those that are printed and cannot be suppressed.
func (s *moveSearch) fingerprints(closable bool) []uint64 {
	random := rand.New(rand.NewPCG(1, 2)) // no secret: it only tells aggregates apart
	sums := make([]uint64, len(s.codes))
	for i := range s.aggregates {
		p := &s.aggregates[i]
		number := random.Uint64()
		if p.fixed {
			for _, cell := range p.cells {
				sums[cell] += number
			}
			continue
		}
		if p.state == suppressed || s.swap && p.state == withoutDistribution || closable && !math.IsInf(s.aggregateCost(i), 1) {
			continue
		}
		for _, cell := range p.cells {
			sums[cell] += number
		}
	}
	return sums
}
