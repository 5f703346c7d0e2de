package attack

import (
	"math/rand/v2"
	"testing"
)

// whole writes a complete table: a point of each component, the settled unknowns, and what is neither printed nor wanted as low as it goes.
func (s *search) whole(point func(c *component) []int64) []int64 {
	full := append([]int64(nil), s.low...)
	for g, members := range s.members {
		c := s.components[s.component[g]]
		left := point(c)[s.local[g]]
		for _, cell := range members {
			left -= s.low[cell]
		}
		for _, cell := range members {
			more := min(left, s.high[cell]-s.low[cell])
			full[cell] += more
			left -= more
		}
	}
	return full
}

// lattice writes a complete table as Agrees takes it.
func (s *search) lattice(t *testing.T, table Table, full []int64) Lattice {
	t.Helper()
	l := Lattice{map[string][]int64{}}
	answers := len(full)
	for _, a := range s.m.axes[:len(table.Dimensions)] {
		answers /= len(a.leaves)
	}
	for at, n := range full {
		codes := make([]string, len(table.Dimensions))
		place := at / answers
		for i := len(codes) - 1; i >= 0; i-- {
			leaves := s.m.axes[i].leaves
			codes[i] = leaves[place%len(leaves)]
			place /= len(leaves)
		}
		key := Key(codes...)
		if l.Counts[key] == nil {
			l.Counts[key] = make([]int64, max(1, len(table.Answers)))
		}
		if answers == 1 && len(table.Answers) > 1 { // nothing is printed about answers
			l.Counts[key][0] = n
			continue
		}
		l.Counts[key][at%answers] = n
	}
	return l
}

// Every value that the attacker says can be reached is reached by a complete table, which is added up against every
// printed figure of the whole table by code that knows nothing of the search.
func TestWitnesses(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(11, 12))
	checked := 0
	for round := range 150 {
		var answers []Answer
		if k := r.IntN(3); k > 0 {
			answers = scale([]float64{5, 4, 3, 2, 1}[:2*k-1]...)
		}
		table, _ := protected(r, shape(r), answers, []int64{0, 30}[r.IntN(2)])
		o := Options{Exact: round%2 == 0}.filled()
		var report Report
		report.attack([]Table{table}, 0, o)
		m, err := build([]Table{table}, o)
		if err != nil {
			t.Fatal(err)
		}
		s, possible := m.reduce()
		s.effort, s.deadline = o.begin()
		if !possible || !s.start(o) {
			t.Fatal("a table that is cannot be")
		}
		for i := range m.targets {
			f := s.bound(i, o)
			if f.Kind == Unknown {
				continue
			}
			if got := report.Findings[i]; got.Low != f.Low || got.High != f.High {
				t.Errorf("round %d: %v once from %d to %d and once from %d to %d", round, m.targets[i].codes, f.Low, f.High, got.Low, got.High)
			}
			for _, want := range []int64{f.Low, f.High} {
				parts := map[*component]*part{}
				for k, c := range s.targets[i].where {
					parts[c] = s.targets[i].parts[k]
				}
				full := s.whole(func(c *component) []int64 {
					for _, p := range c.points {
						if part := parts[c]; part != nil && (want == f.Low && part.of(p) == part.low || want == f.High && part.of(p) == part.high) {
							return p
						}
					}
					return c.points[0]
				})
				var n int64
				for k, cell := range m.targets[i].cells {
					n += m.targets[i].at(k) * full[cell]
				}
				if f.Low != f.High && n != want {
					t.Fatalf("round %d: the table for %d has %d", round, want, n)
				}
				if err := Agrees(table, s.lattice(t, table, full)); err != nil {
					t.Fatalf("round %d: %v is said to be %d: %v\n%s", round, m.targets[i].codes, want, err, show(table))
				}
				checked++
			}
		}
	}
	if checked < 1000 {
		t.Errorf("only %d tables were added up", checked)
	}
}
