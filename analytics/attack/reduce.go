package attack

import (
	"encoding/binary"
	"slices"
)

// line is a statement about the unknowns that are left.
type line struct {
	cells     []int32
	coef      []int64
	low, high int64
}

// reducer takes out of the model what plain reasoning settles: exact in whole numbers, never narrower than what the statements say.
type reducer struct {
	m         *model
	lines     []line
	in        [][]int32 // the lines of an unknown
	low, high []int64
}

// reduce settles what it can and splits the rest into components. Not possible means that no table agrees with the statements.
func (m *model) reduce() (s *search, possible bool) {
	r := &reducer{m: m, in: make([][]int32, m.cells), low: make([]int64, m.cells), high: make([]int64, m.cells)}
	for i := range r.high {
		r.high[i] = unlimited
	}
	for i, st := range m.statements {
		l := line{cells: st.cells, coef: st.coef, low: st.low, high: st.high}
		if l.coef == nil {
			l.coef = ones(len(l.cells))
		}
		r.lines = append(r.lines, l)
		for _, c := range l.cells {
			r.in[c] = append(r.in[c], int32(i))
		}
	}
	if !r.propagate() || !r.shorten() {
		return nil, false
	}
	return r.split(), true
}

var someOnes = func() []int64 {
	v := make([]int64, 4096)
	for i := range v {
		v[i] = 1
	}
	return v
}()

// ones gives coefficients that are only read.
func ones(n int) []int64 {
	if n <= len(someOnes) {
		return someOnes[:n]
	}
	v := make([]int64, n)
	for i := range v {
		v[i] = 1
	}
	return v
}

// ends gives the least and most that a line can come to, without the parts that are unlimited, and how many of these there are.
func (r *reducer) ends(l line) (least, most int64, freeLow, freeHigh int) {
	for i, c := range l.cells {
		k := l.coef[i]
		low, high := r.low[c], r.high[c]
		switch {
		case k > 0:
			least += k * low
			if high >= unlimited {
				freeHigh++
			} else {
				most += k * high
			}
		case k < 0:
			most += k * low
			if high >= unlimited {
				freeLow++
			} else {
				least += k * high
			}
		}
	}
	return least, most, freeLow, freeHigh
}

// maxRounds is how often a line may be looked at again: narrowing by ones could go on for as long as there are people, and
// the search does it better.
const maxRounds = 12

// propagate narrows the ends of every unknown by each line it stands in. It is false when nothing is left for one.
func (r *reducer) propagate() bool {
	queue := make([]int32, 0, len(r.lines))
	waiting, rounds := make([]bool, len(r.lines)), make([]int, len(r.lines))
	for i := range r.lines {
		queue, waiting[i] = append(queue, int32(i)), true
	}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		waiting[at] = false
		if rounds[at]++; rounds[at] > maxRounds {
			continue
		}
		l := r.lines[at]
		least, most, freeLow, freeHigh := r.ends(l)
		if freeLow == 0 && least > l.high || freeHigh == 0 && most < l.low {
			return false
		}
		if (freeLow > 0 || least >= l.low) && (freeHigh > 0 || most <= l.high) && (l.low <= -unlimited || freeLow == 0) &&
			(l.high >= unlimited || freeHigh == 0) {
			continue // it holds whatever the unknowns are
		}
		for i, c := range l.cells {
			k := l.coef[i]
			low, high := r.low[c], r.high[c]
			if k == 0 || low == high {
				continue
			}
			if !r.narrow(c, k, l, least, most, freeLow, freeHigh) {
				return false
			}
			if r.low[c] == low && r.high[c] == high {
				continue
			}
			least, most, freeLow, freeHigh = r.ends(l)
			for _, other := range r.in[c] {
				if !waiting[other] && other != at {
					waiting[other] = true
					queue = append(queue, other)
				}
			}
		}
	}
	return true
}

// narrow tightens one unknown of a line by what the others can come to.
func (r *reducer) narrow(c int32, k int64, l line, least, most int64, freeLow, freeHigh int) bool {
	low, high := r.low[c], r.high[c]
	// The others come to at least `rest` and at most `full`.
	rest, restFree, full, fullFree := least, freeLow, most, freeHigh
	if k > 0 {
		rest -= k * low
		if high >= unlimited {
			fullFree--
		} else {
			full -= k * high
		}
	} else {
		full -= k * low
		if high >= unlimited {
			restFree--
		} else {
			rest -= k * high
		}
	}
	if l.high < unlimited && restFree == 0 { // k·x <= l.high - rest
		if k > 0 {
			high = min(high, floorDiv(l.high-rest, k))
		} else {
			low = max(low, ceilDiv(l.high-rest, k))
		}
	}
	if l.low > -unlimited && fullFree == 0 { // k·x >= l.low - full
		if k > 0 {
			low = max(low, ceilDiv(l.low-full, k))
		} else {
			high = min(high, floorDiv(l.low-full, k))
		}
	}
	if low > high {
		return false
	}
	r.low[c], r.high[c] = low, high
	return true
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}

func ceilDiv(a, b int64) int64 { return -floorDiv(-a, b) }

// shorten takes known unknowns out of the lines, and drops the lines that say nothing more. Lines about the same sum become one.
func (r *reducer) shorten() bool {
	var kept []line
	same := map[string]int{}
	for _, l := range r.lines {
		least, most, freeLow, freeHigh := r.ends(l)
		if freeLow == 0 && least > l.high || freeHigh == 0 && most < l.low {
			return false
		}
		if (l.low <= -unlimited || freeLow == 0 && least >= l.low) && (l.high >= unlimited || freeHigh == 0 && most <= l.high) {
			continue
		}
		short := line{low: l.low, high: l.high}
		for i, c := range l.cells {
			k := l.coef[i]
			if r.low[c] == r.high[c] {
				if short.low > -unlimited {
					short.low -= k * r.low[c]
				}
				if short.high < unlimited {
					short.high -= k * r.low[c]
				}
				continue
			}
			if k != 0 {
				short.cells, short.coef = append(short.cells, c), append(short.coef, k)
			}
		}
		if short.divide(); short.low > short.high {
			return false
		}
		var key []byte
		for i, c := range short.cells {
			key = binary.AppendVarint(binary.AppendVarint(key, int64(c)), short.coef[i])
		}
		if at, there := same[string(key)]; there {
			kept[at].low, kept[at].high = max(kept[at].low, short.low), min(kept[at].high, short.high)
			if kept[at].low > kept[at].high {
				return false
			}
			continue
		}
		same[string(key)] = len(kept)
		kept = append(kept, short)
	}
	r.lines = kept
	return true
}

// divide takes the common divisor out of a line: a sum of multiples of 20 between 7 and 45 is between 20 and 40.
func (l *line) divide() {
	divisor := int64(0)
	for _, k := range l.coef {
		for a, b := divisor, abs(k); ; a, b = b, a%b {
			if b == 0 {
				divisor = a
				break
			}
		}
	}
	if divisor < 2 {
		return
	}
	for i := range l.coef {
		l.coef[i] /= divisor
	}
	if l.low > -unlimited {
		l.low = ceilDiv(l.low, divisor)
	}
	if l.high < unlimited {
		l.high = floorDiv(l.high, divisor)
	}
}

// split merges unknowns that nothing printed or wanted tells apart, and makes components of those that are connected.
func (r *reducer) split() *search {
	s := &search{m: r.m, low: r.low, high: r.high}
	signature := make([][]byte, r.m.cells)
	mark := func(cells []int32, coef []int64, id int) {
		for i, c := range cells {
			if r.low[c] < r.high[c] {
				k := int64(1)
				if coef != nil {
					k = coef[i]
				}
				signature[c] = binary.AppendVarint(binary.AppendVarint(signature[c], int64(id)), k)
			}
		}
	}
	for i, l := range r.lines {
		mark(l.cells, l.coef, i)
	}
	for i, t := range r.m.targets {
		mark(t.cells, t.coef, len(r.lines)+i)
	}
	s.group = make([]int32, r.m.cells)
	groups := map[string]int32{}
	for c := range r.m.cells {
		s.group[c] = -1
		if r.low[c] == r.high[c] || signature[c] == nil {
			continue
		}
		g, there := groups[string(signature[c])]
		if !there {
			g = int32(len(s.members))
			groups[string(signature[c])] = g
			s.members = append(s.members, nil)
		}
		s.group[c], s.members[g] = g, append(s.members[g], int32(c))
	}
	s.join(r.lines)
	return s
}

// join puts groups that share a line into one component.
func (s *search) join(lines []line) {
	parent := make([]int32, len(s.members))
	for i := range parent {
		parent[i] = int32(i)
	}
	root := func(g int32) int32 {
		for parent[g] != g {
			parent[g] = parent[parent[g]]
			g = parent[g]
		}
		return g
	}
	for _, l := range lines {
		for _, c := range l.cells[1:] {
			parent[root(s.group[c])] = root(s.group[l.cells[0]])
		}
	}
	s.component, s.local = make([]int32, len(s.members)), make([]int32, len(s.members))
	number := map[int32]int32{}
	for g := range s.members {
		at, there := number[root(int32(g))]
		if !there {
			at = int32(len(s.components))
			number[root(int32(g))] = at
			s.components = append(s.components, &component{})
		}
		c := s.components[at]
		s.component[g], s.local[g] = at, int32(len(c.low))
		low, high, free := s.span(s.members[g])
		c.low, c.high, c.free, c.groups = append(c.low, low), append(c.high, high), append(c.free, free), append(c.groups, int32(g))
	}
	for _, l := range lines {
		c := s.components[s.component[s.group[l.cells[0]]]]
		short := line{low: l.low, high: l.high}
		for i, cell := range l.cells {
			at := s.local[s.group[cell]]
			if !slices.Contains(short.cells, at) { // the members of a group have one coefficient
				short.cells, short.coef = append(short.cells, at), append(short.coef, l.coef[i])
			}
		}
		c.lines = append(c.lines, short)
	}
}

// span is what a group can come to. Where nothing limits it, the search is given room for many more people than are printed anywhere.
func (s *search) span(members []int32) (low, high int64, free bool) {
	for _, c := range members {
		low += s.low[c]
		if s.high[c] >= unlimited {
			free = true
		} else {
			high += s.high[c]
		}
	}
	if free {
		high = low + 4*s.m.largest + 1000
	}
	return low, high, free
}
