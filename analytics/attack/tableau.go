package attack

import "math"

// reset makes the r basic, as at first.
func (s *simplex) reset() {
	s.t = make([][]float64, s.m)
	backing := make([]float64, s.n*s.m)
	s.effort.spend(s.n * s.m)
	s.basic, s.rest, s.swaps = make([]int, s.m), make([]int, s.n), 0
	for j := range s.rest {
		s.rest[j] = j
	}
	for i, l := range s.lines {
		s.t[i] = backing[i*s.n : (i+1)*s.n]
		s.basic[i] = s.n + i
		for k, c := range l.cells {
			s.t[i][c] = float64(l.coef[k]) / s.scale[i]
		}
	}
}

// refresh works the tableau out from the lines again, for the basis at hand. What cannot be told from others by then stays out of it.
func (s *simplex) refresh() {
	in := make([]bool, s.n+s.m)
	for _, v := range s.basic {
		in[v] = true
	}
	s.reset()
	for j, v := range s.rest {
		if !in[v] {
			continue
		}
		row, strongest := -1, pivotTolerance
		for i := range s.t {
			if a := math.Abs(s.t[i][j]); a > strongest && !in[s.basic[i]] {
				row, strongest = i, a
			}
		}
		if row < 0 {
			continue
		}
		s.swap(row, j)
		s.basic[row], s.rest[j] = v, s.basic[row]
	}
	s.swaps = 0
	s.settle()
}

// swap makes the column's variable basic in the row. Whole numbers are kept whole: nearly all of a tableau is.
func (s *simplex) swap(row, j int) {
	s.swaps++
	r := s.t[row]
	pivot := 1 / r[j]
	s.nonzero = s.nonzero[:0]
	for k, a := range r {
		if k == j || a == 0 {
			continue
		}
		r[k] = whole(-a * pivot)
		s.nonzero = append(s.nonzero, k)
	}
	r[j] = whole(pivot)
	subtract := func(to []float64) {
		f := to[j]
		if f == 0 {
			return
		}
		s.effort.spend(len(s.nonzero))
		for _, k := range s.nonzero {
			to[k] = whole(to[k] + f*r[k])
		}
		to[j] = whole(f * r[j])
	}
	for i := range s.t {
		if i != row {
			subtract(s.t[i])
		}
	}
	subtract(s.cost)
}

func whole(v float64) float64 {
	if w := math.Round(v); math.Abs(v-w) < 1e-10 {
		return w
	}
	return v
}
