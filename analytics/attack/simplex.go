package attack

import (
	"math"
	"math/rand/v2"
)

// simplex is the relaxation of a component to fractions: lines·x - r = 0, with ends for every x and every r. It works in
// floating point and is never believed: its corners are added up in whole numbers before they count as tables, and its
// bounds are proved in whole numbers from its prices (see integer.go).
//
// The tableau gives each basic variable as a sum of the others, so that ends can change and the search goes on from where
// it stands.
type simplex struct {
	lines     []line
	n, m      int
	low, high []float64 // of x, then of r
	t         [][]float64
	basic     []int // of each row
	rest      []int // of each column
	atHigh    []bool
	value     []float64 // of each row's variable
	cost      []float64 // of each column, in the objective at hand
	steps     int
	swaps     int // since the tableau was worked out
	dice      *rand.Rand
	effort    *effort
	deadline  int64
	nonzero   []int
	scale     []float64 // each line is divided by this, so that no line drowns in the tolerance of another
}

type verdict uint8

const (
	optimal verdict = iota
	infeasible
	numericalTrouble
)

const (
	feasibilityTolerance = 1e-7
	zeroTolerance        = 1e-9
	pivotTolerance       = 1e-6 // a smaller number is not divided by, if there is another way
	refactorAfter        = 150  // swaps after which the tableau is worked out afresh, as rounding errors grow
)

func newSimplex(c *component) *simplex {
	s := &simplex{lines: c.lines, n: len(c.low), m: len(c.lines), dice: c.dice, effort: c.effort}
	s.low, s.high = make([]float64, s.n+s.m), make([]float64, s.n+s.m)
	for i := range c.low {
		s.low[i], s.high[i] = float64(c.low[i]), float64(c.high[i])
	}
	s.scale = make([]float64, s.m)
	for i, l := range c.lines {
		s.scale[i] = 1
		for _, k := range l.coef {
			if k := math.Abs(float64(k)); k > 16 {
				s.scale[i] = max(s.scale[i], k)
			}
		}
		s.low[s.n+i], s.high[s.n+i] = math.Inf(-1), math.Inf(1)
		if l.low > -unlimited {
			s.low[s.n+i] = float64(l.low) / s.scale[i]
		}
		if l.high < unlimited {
			s.high[s.n+i] = float64(l.high) / s.scale[i]
		}
	}
	s.value, s.cost, s.atHigh = make([]float64, s.m), make([]float64, s.n), make([]bool, s.n+s.m)
	s.reset()
	return s
}

// at is the value of a variable that is not basic.
func (s *simplex) at(v int) float64 {
	if s.atHigh[v] && !math.IsInf(s.high[v], 1) || math.IsInf(s.low[v], -1) {
		return s.high[v]
	}
	return s.low[v]
}

// settle works the basic variables out afresh.
func (s *simplex) settle() {
	clear(s.value)
	for j, v := range s.rest {
		x := s.at(v)
		if x == 0 {
			continue
		}
		for i := range s.t {
			if a := s.t[i][j]; a != 0 {
				s.value[i] += a * x
			}
		}
	}
}

// minimise goes to a corner where objective·x is least. With nowhere there is none at all; with trouble it does not know.
func (s *simplex) minimise(objective []float64) verdict {
	s.settle()
	limit, lost, still := s.steps+20*(s.n+s.m)+500, false, 0
	ready := false // the corner agrees with all lines and cost holds the objective
	for ; s.steps < limit; s.steps++ {
		if s.steps%64 == 63 && s.effort.now() > s.deadline {
			return numericalTrouble
		}
		if s.swaps > refactorAfter {
			s.refresh()
			ready = false
		}
		outside := s.outside()
		if outside {
			s.price(nil)
			ready = false
		} else if !ready {
			s.price(objective)
			ready = true
		}
		s.effort.spend(s.n + s.m)
		j, up := s.enter(lost)
		if j < 0 {
			if outside {
				return infeasible
			}
			return optimal
		}
		i, length, ok := s.leave(j, up, lost)
		if !ok {
			return numericalTrouble // no end in this direction: rounding errors, as every x has two ends
		}
		if length < 1e-10 {
			if still++; still > 15 {
				lost = true
			}
		} else {
			still, lost = 0, false
		}
		s.move(i, j, up, length)
	}
	return numericalTrouble
}

func (s *simplex) side(i int) float64 {
	v := s.basic[i]
	tolerance := feasibilityTolerance * max(1, math.Abs(s.value[i])*1e-3)
	switch {
	case s.value[i] < s.low[v]-tolerance:
		return -1
	case s.value[i] > s.high[v]+tolerance:
		return 1
	}
	return 0
}

func (s *simplex) outside() bool {
	for i := range s.basic {
		if s.side(i) != 0 {
			return true
		}
	}
	return false
}

// price works out the cost of each column: of the objective, or with nil of how far the corner is outside.
func (s *simplex) price(objective []float64) {
	clear(s.cost)
	add := func(i int, by float64) {
		s.effort.spend(s.n)
		for j, a := range s.t[i] {
			if a != 0 {
				s.cost[j] += by * a
			}
		}
	}
	if objective == nil {
		for i := range s.basic {
			if side := s.side(i); side != 0 {
				add(i, side)
			}
		}
		return
	}
	for j, v := range s.rest {
		if v < s.n {
			s.cost[j] = objective[v]
		}
	}
	for i, v := range s.basic {
		if v < s.n && objective[v] != 0 {
			add(i, objective[v])
		}
	}
}

// enter picks the column that pays most, or when lost any that pays, by dice: so no circle is walked for ever.
func (s *simplex) enter(lost bool) (column int, up bool) {
	column, most := -1, zeroTolerance
	paying := 0
	for j, v := range s.rest {
		if s.low[v] == s.high[v] {
			continue
		}
		gain := s.cost[j]
		rises := !s.atHigh[v] && !math.IsInf(s.low[v], -1) || math.IsInf(s.high[v], 1)
		if rises {
			gain = -gain
		}
		switch {
		case lost && gain > zeroTolerance:
			if paying++; s.dice.IntN(paying) == 0 {
				column, up = j, rises
			}
		case gain > most:
			column, up, most = j, rises, gain
		}
	}
	return column, up
}

// leave finds how far a column can go and which row stops it; -1 when it reaches its own other end.
func (s *simplex) leave(j int, up, lost bool) (row int, length float64, ok bool) {
	v := s.rest[j]
	row, length = -1, s.high[v]-s.low[v]
	strength := 0.0
	for i := range s.t {
		a := s.t[i][j]
		if a == 0 {
			continue
		}
		if !up {
			a = -a
		}
		if math.Abs(a) < pivotTolerance {
			continue
		}
		b, side := s.basic[i], s.side(i)
		end := s.high[b]
		if a < 0 {
			end = s.low[b]
		}
		switch {
		case side < 0 && a > 0:
			end = s.low[b] // it comes inside here; to stop is simple and always right
		case side > 0 && a < 0:
			end = s.high[b]
		case side != 0:
			continue // further outside, which the price knows
		}
		if math.IsInf(end, 0) {
			continue
		}
		room := max(0, (end-s.value[i])/a)
		better := room < length-1e-10
		if !better && room < length+1e-10 && row >= 0 {
			better = !lost && math.Abs(a) > strength || lost && math.Abs(a) > strength/4 && s.dice.IntN(2) == 0
		}
		if better {
			row, length, strength = i, min(room, length), math.Abs(a)
		}
	}
	return row, length, !math.IsInf(length, 1)
}

// move walks, and swaps row and column where a row stops it.
func (s *simplex) move(row, j int, up bool, length float64) {
	v := s.rest[j]
	x := s.at(v)
	by := length
	if !up {
		by = -length
	}
	for i := range s.t {
		if a := s.t[i][j]; a != 0 {
			s.value[i] += a * by
		}
	}
	if row < 0 {
		s.atHigh[v] = up
		return
	}
	leaving := s.basic[row]
	s.atHigh[leaving] = math.Abs(s.value[row]-s.high[leaving]) < math.Abs(s.value[row]-s.low[leaving])
	s.value[row] = x + by
	s.swap(row, j)
	s.basic[row], s.rest[j] = v, leaving
}

// corner writes the values of x.
func (s *simplex) corner(x []float64) {
	for _, v := range s.rest {
		if v < s.n {
			x[v] = s.at(v)
		}
	}
	for i, v := range s.basic {
		if v < s.n {
			x[v] = s.value[i]
		}
	}
}

// prices writes what each line adds to the objective (or, after nowhere, to the contradiction) for one more of r.
func (s *simplex) prices(y []float64, contradiction bool) {
	clear(y)
	for j, v := range s.rest {
		if v >= s.n {
			y[v-s.n] = s.cost[j]
		}
	}
	if contradiction {
		for i, v := range s.basic {
			if v >= s.n {
				y[v-s.n] = -s.side(i)
			}
		}
	}
	for i := range y {
		y[i] /= s.scale[i]
	}
}
