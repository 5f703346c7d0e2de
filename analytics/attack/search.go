package attack

import (
	"fmt"
	"math"
)

// search is a lattice with what is settled, and the components of the rest.
type search struct {
	m          *model
	low, high  []int64   // of each unknown of the lattice
	group      []int32   // of each unknown; -1 when it is settled, or neither printed nor wanted
	members    [][]int32 // of each group
	component  []int32   // of each group
	local      []int32   // where it stands in its component
	components []*component
	effort     *effort
	deadline   int64          // of the effort
	targets    []targetSearch // of each target
}

// targetSearch is a target in its components.
type targetSearch struct {
	settled int64
	parts   []*part
	where   []*component
	free    bool // it has an unknown that nothing limits
}

// maxTableau is how many numbers the relaxation of a component may have: 32 megabytes.
const maxTableau = 4 << 20

// maxSearchWork is how many numbers of relaxations are gone through where nodes are counted instead of time.
const maxSearchWork = 50_000_000

// start prepares the targets and finds a first point of every component. It is false when a component has none.
func (s *search) start(o Options) bool {
	for i := range s.m.targets {
		s.addTarget(&s.m.targets[i])
	}
	for _, c := range s.components {
		c.maxNodes, c.effort = 1<<30, s.effort
		if o.nodes > 0 {
			c.maxNodes = o.nodes
			c.maxSpent = min(20*o.nodes, max(100, maxSearchWork/(len(c.low)*len(c.lines)+1)))
		}
		if len(c.low) > o.Largest {
			c.maxNodes = 1
		}
		c.large = len(c.low)*len(c.lines) > maxTableau
		if !c.large && !c.prepare() {
			return false
		}
		if len(c.lines) == 0 {
			c.add(c.low)
			c.add(c.high)
			for _, p := range c.parts {
				p.lowProved, p.highProved = true, true
			}
			continue
		}
		if o.seed != nil && s.addSeedPoint(c, o.seed) {
			continue
		}
		now := s.effort.now()
		if c.minimise(&searchGoal{first: true}, now+(s.deadline-now)/2) && len(c.points) == 0 {
			return false
		}
	}
	return true
}

// addSeedPoint gives a component its part of a table that is known to agree.
func (s *search) addSeedPoint(c *component, seed []int64) bool {
	x := make([]int64, len(c.low))
	for i, g := range c.groups {
		for _, cell := range s.members[g] {
			x[i] += seed[cell]
		}
	}
	return c.add(x)
}

// searchDeadline is the deadline of one search: a hard one may not eat what the others need.
func (s *search) searchDeadline() int64 {
	now := s.effort.now()
	return now + (s.deadline-now)/4
}

func (s *search) addTarget(t *target) {
	w := targetSearch{}
	parts := map[int32]*part{}
	for i, cell := range t.cells {
		k, g := t.at(i), s.group[cell]
		if g < 0 {
			w.settled += k * s.low[cell]
			continue
		}
		if s.members[g][0] != cell || k == 0 {
			continue // the group stands for all its members
		}
		at := s.component[g]
		p := parts[at]
		if p == nil {
			p = &part{}
			parts[at] = p
			c := s.components[at]
			w.parts, w.where = append(w.parts, p), append(w.where, c)
			c.parts = append(c.parts, p)
		}
		p.at, p.coef = append(p.at, s.local[g]), append(p.coef, k)
		w.free = w.free || s.components[at].free[s.local[g]]
	}
	s.targets = append(s.targets, w)
}

// bound finds out about target i. Its range is the sum of the ranges of its parts, as components have nothing to do with each other.
func (s *search) bound(i int, o Options) (f Finding) {
	w := &s.targets[i]
	for _, c := range w.where {
		if len(c.points) == 0 {
			why := "no complete table was found in the time allowed"
			if c.large {
				why = fmt.Sprintf("%d unknowns and %d statements hang together: too many to be searched", len(c.low), len(c.lines))
			}
			return Finding{Kind: Unknown, Why: why, Beyond: c.large}
		}
	}
	threshold := int64(o.Threshold)
	rounded := s.m.targets[i].rounded
	count := s.m.targets[i].of == "" && !rounded // 0 and the threshold mean something for hidden numbers of answers only
	exact := o.Exact || !count && !rounded
	if rounded && !exact {
		s.searchOtherValue(w)
	} else {
		s.lower(w, exact, 0)
		s.raise(w, exact, threshold)
	}
	if low, _, high, _ := w.ends(); low == high && !exact { // is there any other value?
		s.lower(w, true, 0)
		s.raise(w, true, threshold)
	}
	low, lowProved, high, highProved := w.ends()
	lowProved = lowProved || (count || rounded) && low == 0
	f = Finding{Low: low, High: high}
	if w.free && high >= s.m.largest {
		f.High = Unlimited
	}
	open := low <= 0 && f.High >= threshold
	switch {
	case low == high && lowProved && highProved:
		f.Kind, f.Why = ExactlyDisclosed, "every table that agrees with what is printed has this value"
		if len(w.parts) == 0 {
			f.Why = "it follows by subtraction from what is printed"
		}
	case open && (!exact || lowProved && highProved) || !count && low < high:
		f.Kind = Open
	case low < high && (low <= 0 || lowProved) && (high >= threshold || highProved) && (!exact || lowProved && highProved):
		f.Kind, f.Why = IntervalTooNarrow, tooNarrowWhy(low, f.High, threshold)
	default:
		f.Kind, f.Why = Unknown, "its ends were not proved in the time allowed"
		if w.oversize(o.Largest) {
			f.Why = "too much hangs together for its ends to be proved"
		}
	}
	return f
}

func tooNarrowWhy(low, high, threshold int64) string {
	switch {
	case low > 0 && high < threshold:
		return fmt.Sprintf("it cannot be 0 and cannot be %d", threshold)
	case low > 0:
		return "it cannot be 0"
	}
	return fmt.Sprintf("it cannot be %d", threshold)
}

func (w *targetSearch) oversize(largest int) bool {
	for _, c := range w.where {
		if len(c.low) > largest {
			return true
		}
	}
	return false
}

// searchOtherValue searches for any second value.
func (s *search) searchOtherValue(w *targetSearch) {
	if low, _, high, _ := w.ends(); low == high {
		s.lower(w, false, low-1)
	}
	if low, _, high, _ := w.ends(); low == high {
		s.raise(w, false, high+1)
	}
}

// lower searches downwards until a value is reached, or to the end.
func (s *search) lower(w *targetSearch, exact bool, least int64) {
	for i, p := range w.parts {
		low, _, _, _ := w.ends()
		if low <= least && !exact {
			return
		}
		if !p.lowProved && !p.lowTried {
			q := &searchGoal{part: p, sign: 1, enough: math.MinInt64}
			if !exact {
				q.enough = p.low - (low - least)
			}
			p.lowTried = exact
			p.lowProved = w.where[i].minimise(q, s.searchDeadline()) && (p.low > q.enough)
		}
	}
}

// raise searches upwards until the threshold is reached, or to the end.
func (s *search) raise(w *targetSearch, exact bool, threshold int64) {
	for i, p := range w.parts {
		_, _, high, _ := w.ends()
		if high >= threshold && !exact {
			return
		}
		if !p.highProved && !p.highTried {
			q := &searchGoal{part: p, sign: -1, enough: math.MinInt64}
			if !exact {
				q.enough = -(p.high + threshold - high)
			}
			p.highTried = exact
			p.highProved = w.where[i].minimise(q, s.searchDeadline()) && -p.high > q.enough
		}
	}
}

func (w *targetSearch) ends() (low int64, lowProved bool, high int64, highProved bool) {
	low, high, lowProved, highProved = w.settled, w.settled, true, true
	for _, p := range w.parts {
		low, high = low+p.low, high+p.high
		lowProved, highProved = lowProved && p.lowProved, highProved && p.highProved
	}
	return low, lowProved, high, highProved
}
