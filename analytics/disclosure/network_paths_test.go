package disclosure

import (
	"math"
	"math/rand/v2"
	"testing"
)

// letters makes a dimension of so many codes, with a prefix of its own.
func letters(id string, codes int) Dimension {
	d := Dimension{ID: id}
	for i := range codes {
		d.Codes = append(d.Codes, id+string(rune('a'+i)))
	}
	return d
}

// Six hidden cells, two in each row and column, are open though no four of them are the corners of a box.
func TestACycleOfSixCells(t *testing.T) {
	t.Parallel()
	l := Lattice{Dimensions: []Dimension{letters("r", 3), letters("c", 3)}, Answers: nominal(1), Counts: []int64{
		3, 9, 20,
		20, 9, 9,
		9, 20, 9,
	}}
	for _, ways := range []bool{true, false} {
		g := newGrid(l, Rules{Threshold: 5, DistributionBase: 30})
		g.addAllAggregates()
		for i := range g.aggregates {
			g.aggregates[i].state = published
			if p := &g.aggregates[i]; p.finest && p.n < 20 {
				g.aggregates[i].state = suppressed
			}
		}
		g.setCosts(0)
		if g.search = newMoveSearch(g); !ways {
			g.search.networks = nil
		}
		c := &certificate{aggregate: 0, goal: toThreshold}
		if got := g.findWitness(c, true); got != ways {
			t.Errorf("with ways round %v: the cell of 3 can be 5: %v", ways, got)
		}
		if ways && len(c.affected) != 6 {
			t.Errorf("%d aggregates are changed, not the six", len(c.affected))
		}
	}
}

// What a cycle costs is what its aggregates cost together: the network of two dimensions, one with groups, is all of the
// table. Of a chain it is at most that.
func TestACycleChangesWhatItGoesThrough(t *testing.T) {
	t.Parallel()
	dice := rand.New(rand.NewPCG(7, 7))
	found, chained := 0, 0
	for n := range 200 {
		l := Lattice{Answers: nominal(1), Dimensions: []Dimension{letters("a", 4+dice.IntN(3)), letters("b", 3+dice.IntN(3))}}
		d := &l.Dimensions[n%2]
		d.Groups = []Group{{Code: "first", Of: d.Codes[:2]}, {Code: "rest", Of: d.Codes[2:]}}
		if n%3 == 0 {
			l.Dimensions = append(l.Dimensions, letters("c", 3))
		}
		cells := 1
		for _, d := range l.Dimensions {
			cells *= len(d.Codes)
		}
		for range cells {
			l.Counts = append(l.Counts, dice.Int64N(12))
		}
		g := newGrid(l, Rules{Threshold: 5, DistributionBase: 30})
		g.addAllAggregates()
		for i := range g.aggregates {
			g.aggregates[i].state = []publication{suppressed, published}[dice.IntN(2)]
		}
		g.setCosts(n)
		s := newMoveSearch(g)
		if len(s.networks) == 0 {
			t.Fatalf("table %d has no network", n)
		}
		for _, net := range s.networks {
			for aggregate := range g.aggregates {
				s.moveRequest, s.target, s.found = moveRequest{aggregate: aggregate, vectors: g.units(1), wanted: 1}, &g.aggregates[aggregate], false
				key := g.key(s.target.nodes)
				through := net.arcOf[key]
				if through < 0 || s.combinationCost(key) > 0 {
					continue
				}
				if e := net.arcs[through]; !s.shortestPath(net, through, s.vectors[0]) {
					continue
				} else if e.cell >= 0 && (s.cells[0] != e.cell || s.signs[0] != 1) {
					t.Fatalf("table %d: the way does not begin in the cell", n)
				}
				along, all := s.steps[net.arcs[through].from].cost, s.moveCost(math.Inf(1))
				for _, i := range s.touched(s.cells, s.signs) {
					if g.aggregates[i].state == suppressed && g.isSingleton(i) && net.arcOf[g.key(g.aggregates[i].nodes)] >= 0 && i != aggregate {
						along -= costOfSingleton
					}
				}
				switch {
				case math.IsInf(all, 1): // everybody's total is beyond price
				case len(l.Dimensions) == 2 && math.Abs(along-all) > 1e-6:
					t.Fatalf("table %d: the way costs %g, and what it changes %g", n, along, all)
				case along > all+1e-6:
					t.Fatalf("table %d: the way costs %g, more than all that it changes, %g", n, along, all)
				}
				if found++; len(l.Dimensions) > 2 {
					chained++
				}
			}
		}
	}
	if found < 1000 || chained < 100 {
		t.Errorf("%d ways, %d of them of three dimensions, are too few to say anything", found, chained)
	}
}
