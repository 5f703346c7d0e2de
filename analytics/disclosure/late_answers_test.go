package disclosure

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// After many late answers a table can leave beside the one of before, whether the answers came to a few groups or to nearly all.
func TestTablesThatHaveGrown(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		sizes []int
		rules Rules
	}{{"one dimension", []int{40}, Rules{}}, {"two dimensions", []int{8, 4}, Rules{}},
		{"an equality characteristic", []int{6}, Rules{Equality: true}}} {
		for seed := range 3 {
			for _, late := range []int{270, 900} {
				g := newGrowing(rand.New(rand.NewPCG(uint64(seed), 36)), c.sizes...)
				g.come(900)
				before, err := Protect(g.now(), c.rules)
				if err != nil {
					t.Fatal(err)
				}
				split := g.out(before, c.rules)
				g.come(late)
				whole := make([]string, len(c.sizes))
				for i := range whole {
					whole[i] = All
				}
				j := Joint{
					Lattice:    g.now(),
					Prior:      []PriorTable{split, {Fixed: true, Cells: []PriorCell{{Codes: whole}}}},
					JointCodes: func(codes []string) []string { return codes },
				}
				joint, found, _ := j.SplitChanged()
				if !found {
					t.Errorf("%s, %d, %d late answers: no table of before is found", c.name, seed, late)
					continue
				}
				after, _, err := ProveLinked(g.now(), joint, c.rules)
				if err != nil {
					t.Errorf("%s, %d, %d late answers: %v", c.name, seed, late, err)
					continue
				}
				for i, cell := range after.Cells() {
					if was := split.Cells[i]; cell.State == Shown && was.State == Shown && cell.Figures.N > was.N &&
						cell.Figures.N < was.N+int64(split.Rules.Threshold) {
						t.Errorf("%s, %d: %v is printed with %d, and was with %d", c.name, seed, cell.Codes, cell.Figures.N, was.N)
					}
				}
			}
		}
	}
}

// growing is a table of groups of very different sizes to which people come.
type growing struct {
	lattice Lattice
	dice    *rand.Rand
	weights []float64
}

func newGrowing(dice *rand.Rand, sizes ...int) *growing {
	g := &growing{dice: dice, lattice: Lattice{Answers: rating(5)}}
	cells := 1
	for i, size := range sizes {
		d := Dimension{ID: fmt.Sprint("d", i)}
		for k := range size {
			d.Codes = append(d.Codes, fmt.Sprint("g", k))
		}
		g.lattice.Dimensions = append(g.lattice.Dimensions, d)
		cells *= size
	}
	for range cells {
		g.weights = append(g.weights, math.Exp(1.2*dice.NormFloat64()))
	}
	g.lattice.Counts = make([]int64, cells*len(g.lattice.Answers))
	return g
}

// come lets n people come, more to the groups that weigh more, low answers more often than high ones.
func (g *growing) come(n int) {
	sum := 0.0
	for _, w := range g.weights {
		sum += w
	}
	answers := len(g.lattice.Answers)
	for range n {
		x, cell := g.dice.Float64()*sum, 0
		for ; cell < len(g.weights)-1 && x >= g.weights[cell]; cell++ {
			x -= g.weights[cell]
		}
		g.lattice.Counts[cell*answers+min(g.dice.IntN(answers), g.dice.IntN(answers))]++
	}
}

// now is the table as it is.
func (g *growing) now() Lattice {
	l := g.lattice
	l.Counts = append([]int64(nil), l.Counts...)
	return l
}

// out is what a table of now printed, for when answers have come.
func (g *growing) out(table Table, rules Rules) PriorTable {
	rules, err := rules.settled()
	all := newGrid(g.now(), rules)
	e := PriorTable{Number: 7, Rules: rules, Changed: AnswersAdded}
	for _, c := range table.Cells() {
		nodes, wrong := all.nodes(c.Codes)
		if err = errors.Join(err, wrong); err != nil {
			panic(err)
		}
		q := &all.aggregates[all.add(nodes)]
		p := PriorCell{
			Codes:          c.Codes,
			State:          c.State,
			Finest:         all.isCell(q),
			BelowThreshold: c.State == Hidden && q.n > 0 && q.n < int64(rules.Threshold),
		}
		if c.State == Shown {
			p.N, p.Mean, p.Satisfied, p.Distribution = q.n, c.Figures.Mean, c.Figures.Satisfied, c.Figures.Distribution != nil
			if p.Distribution {
				p.Answers = q.counts
			}
		}
		e.Cells = append(e.Cells, p)
	}
	return e
}

// What the respondents of a singleton know of a part of it is about themselves only if there is one of them; two may still learn of
// each other.
func TestPartsOfASingleton(t *testing.T) {
	t.Parallel()
	l := Lattice{
		Answers:    rating(2),
		Dimensions: []Dimension{{ID: "d", Codes: []string{"one", "two", "many"}}, {ID: "e", Codes: []string{"x", "y"}}},
		Counts:     []int64{1, 0, 0, 0, 1, 0, 0, 1, 9, 9, 9, 9},
	}
	g := newGrid(l, Rules{Threshold: 5, DistributionBase: 30})
	at := func(codes ...string) int {
		nodes, err := g.nodes(codes)
		if err != nil {
			t.Fatal(err)
		}
		return g.add(nodes)
	}
	for _, c := range []struct {
		singleton, aggregate int
		goal                 goal
		want                 bool
	}{
		{at("one", All), at("one", "x"), toZero, true},
		{at("one", All), at("one", "y"), toThreshold, true},
		{at("one", All), at("two", "x"), toZero, false},
		{at("one", All), at("one", All), toZero, false},
		{at("one", All), at(All, "x"), toZero, false},
		{at("two", All), at("two", "x"), toThreshold, true}, // five of two cannot be
		{at("two", All), at("two", "x"), toZero, false},
		{at("two", All), at("two", "x"), toVaried, false},
	} {
		if got := g.concernsOnlySingleton(c.singleton, &certificate{aggregate: c.aggregate, goal: c.goal}); got != c.want {
			t.Errorf(
				"%v as the respondent of %v sees it, %q: %v",
				g.names(&g.aggregates[c.aggregate]),
				g.names(&g.aggregates[c.singleton]),
				goalNames[c.goal],
				got,
			)
		}
	}
}
