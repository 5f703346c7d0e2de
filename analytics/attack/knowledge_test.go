package attack

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// Counts that are rounded at random are intervals: the ends are still those that trying every table finds.
func TestEveryRoundedTable(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 3))
	for round := range 60 {
		var answers []Answer
		dims := []Dimension{dimension("d", "a", "aa", "ab", "b"), dimension("e", "x", "y")}
		if round%2 == 0 {
			answers, dims = scale(2, 1), []Dimension{dimension("d", "a", "b", "c")}
		}
		table, _ := made(r, dims, answers, 3, 0.4, 0.3)
		for i := range table.Rows {
			blur := func(n *Interval) {
				at := n.Low + r.Int64N(3) - 1 // rounding of this base moves a count by 1 at most
				*n = Interval{max(0, at-1), at + 1}
			}
			row := &table.Rows[i]
			if row.N != nil && (i > 0 || round%3 > 0) {
				blur(row.N)
				for j := range row.Distribution {
					blur(&row.Distribution[j])
				}
			}
		}
		checkEnds(t, fmt.Sprint("round ", round), table, enumerate(t, table))
	}
}

// Two tables about the same people give away what one table with all their aggregates does, and what trying every table finds.
func TestTogether(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(4, 4))
	more := 0
	for round := range 100 {
		cube, _ := made(r, []Dimension{dimension("d", "a", "b", "c"), dimension("e", "x", "y"), dimension("f", "p", "q")}, nil, 1, 0.6, 0)
		one, two := Table{Dimensions: cube.Dimensions[:2]}, Table{Dimensions: []Dimension{cube.Dimensions[0], cube.Dimensions[2]}}
		whole := Table{Dimensions: cube.Dimensions}
		for _, row := range cube.Rows {
			c := row.Codes
			if c[1] != All && c[2] != All {
				continue
			}
			whole.Rows = append(whole.Rows, row)
			if c[2] == All {
				row.Codes = []string{c[0], c[1]}
				one.Rows = append(one.Rows, row)
			}
			if c[1] == All {
				row.Codes = []string{c[0], c[2]}
				two.Rows = append(two.Rows, row)
			}
		}
		want := enumerate(t, whole)
		apart := Attack([]Table{one, two}, Options{Exact: true})
		for i, f := range Attack([]Table{one, two}, Options{Exact: true, Together: true}).Findings {
			codes := []string{f.Codes[0], f.Codes[1], All}
			if f.Table == 1 {
				codes = []string{f.Codes[0], All, f.Codes[1]}
			}
			if w := want[Key(codes...)]; f.Low != w.Low || f.High != w.High {
				t.Errorf("round %d: %v is from %d to %d, and trying every table gives %v\n%s", round, codes, f.Low, f.High, w, show(whole))
			}
			if a := apart.Findings[i]; a.Low > f.Low || a.High < f.High {
				t.Errorf("round %d: %v alone is from %d to %d, and together from %d to %d", round, codes, a.Low, a.High, f.Low, f.High)
			} else if a.Low < f.Low || a.High > f.High {
				more++
			}
		}
	}
	if more == 0 {
		t.Error("the tables never told each other anything: the test looks in the wrong place")
	}
}

// Somebody who knows a number sees what everybody would see if it were printed.
func TestKnown(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(9, 9))
	for round := range 100 {
		table, lattice := made(r, []Dimension{dimension("d", "a", "aa", "ab", "b"), dimension("e", "x", "y")}, nil, 3, 0.7, 0)
		codes := []string{"aa", "x"}
		n := total(lattice.Counts[Key(codes...)])
		printed := table
		printed.Rows = append(append([]Row(nil), table.Rows...), shown(codes, n))
		want := map[string]Finding{}
		for _, f := range Attack([]Table{printed}, Options{Exact: true}).Findings {
			want[Key(f.Codes...)] = f
		}
		for _, f := range Attack([]Table{table}, Options{Exact: true, Known: map[string]int64{Key(codes...): n}}).Findings {
			if w := want[Key(f.Codes...)]; f.Low != w.Low || f.High != w.High {
				t.Errorf("round %d: %v is from %d to %d, want %d to %d", round, f.Codes, f.Low, f.High, w.Low, w.High)
			}
		}
	}
}

// What cannot be judged is never taken for safe, and figures that cannot be are said to be so.
func TestNothingUnknownIsSafe(t *testing.T) {
	t.Parallel()
	table := Table{
		Dimensions: []Dimension{dimension("d", "a", "b", "c")},
		Rows:       []Row{{Codes: []string{"a"}}, {Codes: []string{"b"}}, shown([]string{"c"}, 9), shown([]string{All}, 20)},
	}
	if r := Attack([]Table{table}, Options{}); r.String() != "0 exactly disclosed, 0 unknown, 2 cells" || r.Impossible {
		t.Fatalf("%s: %+v", r, r)
	}
	asked := table
	asked.Rows = append([]Row{{Codes: []string{"a"}, State: Impossible}}, table.Rows[1:]...)
	if f := Attack([]Table{asked}, Options{}).Findings[0]; f.Kind != ExactlyDisclosed || f.Low != 11 {
		t.Errorf("beside nobody stand all others: %+v", f)
	}
	with := func(row Row) Table {
		other := table
		other.Rows = append(append([]Row(nil), table.Rows...), row)
		return other
	}
	for what, bad := range map[string]Table{
		"a code that is not there":    with(Row{Codes: []string{"d"}}),
		"too many codes":              with(shown([]string{"a", "b"}, 1)),
		"less than nobody":            with(shown([]string{"a"}, -1)),
		"a number that is hidden":     with(Row{Codes: []string{"a"}, N: interval(1)}),
		"shown without a number":      with(Row{Codes: []string{"a"}, State: Shown}),
		"too many to be counted":      with(shown([]string{"a"}, 1<<50)),
		"a distribution of no answer": with(Row{Codes: []string{"a"}, State: Shown, N: interval(1), Distribution: []Interval{{1, 1}}}),
		"a parent that is not there":  {Dimensions: []Dimension{{ID: "d", Nodes: []Node{{Code: "a", Parent: "b"}}}}, Rows: table.Rows[:1]},
		"a circle": {Dimensions: []Dimension{{ID: "d",
			Nodes: []Node{{Code: "a", Parent: "b"}, {Code: "b", Parent: "a"}}}}, Rows: table.Rows[:1]},
	} {
		r := Attack([]Table{bad}, Options{})
		if r.Unknown == 0 || r.Unknown != r.Cells || r.Findings[0].Why == "" {
			t.Errorf("%s: %s, %+v", what, r, r.Findings)
		}
	}
	if r := Attack([]Table{with(shown([]string{"a"}, 12))}, Options{}); !r.Impossible || r.Unknown != 2 {
		t.Errorf("more people in a part than in all: %s", r)
	}
	if r := Attack(
		[]Table{{Dimensions: table.Dimensions, Rows: table.Rows[:3]}},
		Options{Exact: true},
	); r.Findings[0].High != Unlimited ||
		r.Findings[0].Low != 0 {
		t.Errorf("a count that nothing limits: %+v", r.Findings[0])
	}
	rd := rand.New(rand.NewPCG(1, 1))
	large, _ := made(rd, []Dimension{dimension("d", codes(9)...), dimension("e", codes(9)...), dimension("f", codes(9)...)}, nil, 3, 0.7, 0)
	if r := Attack([]Table{large}, Options{Work: 1, Exact: true}); r.Unknown == 0 {
		t.Errorf("no time at all: %s", r)
	}
}

// A printed figure says where it lies to the last whole number: 3.5 is from 3.45, counted, to 3.55, not counted.
func TestFiguresAreHalfOpen(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		n         int64
		mean      float64
		low, high int64
	}{{20, 3.5, 69, 70}, {14, 3.5, 49, 49}, {15, 3.6, 54, 54}, {2, 1, 2, 2}, {40, -0.5, -21, -18}, {40, 0, -1, 1}} {
		mean := roundedTo(c.mean, 20)
		r := shown([]string{"a"}, c.n)
		r.Mean = &mean
		answers := scale(5, 4, 3, 2, 1)
		if c.mean < 1 {
			answers = scale(1, 0, -1)
		}
		found := Attack([]Table{{Dimensions: []Dimension{dimension("d", "a")}, Answers: answers, Rows: []Row{r}}}, Options{Deeper: true}).Findings
		if f := found[len(found)-1]; f.Of != ScoreSum || f.Low != c.low || f.High != c.high {
			t.Errorf("a mean of %g of %d people: the scores come to %d to %d, want %d to %d", c.mean, c.n, f.Low, f.High, c.low, c.high)
		}
	}
}

// The relaxation is never believed: a point that does not add up is refused, and so is a contradiction that is none.
func TestTheRelaxationIsNotBelieved(t *testing.T) {
	t.Parallel()
	c := &component{
		low:   []int64{0, 0},
		high:  []int64{5, 5},
		free:  make([]bool, 2),
		lines: []line{{cells: []int32{0, 1}, coef: []int64{1, 1}, low: 4, high: 4}},
	}
	if !c.prepare() {
		t.Fatal("4 people in two places cannot be")
	}
	for _, bad := range [][]int64{{2, 1}, {3, 2}, {-1, 5}} {
		if c.add(bad) || len(c.points) > 0 {
			t.Errorf("%v of 4 people is taken for a table", bad)
		}
	}
	if !c.add([]int64{4, 0}) {
		t.Error("4 and 0 of 4 people are not taken")
	}
	for _, price := range []float64{0, 1, -1, 0.3, 1e9} {
		if c.y[0] = price; c.infeasibilityProved() {
			t.Errorf("the price %g makes a contradiction of what is possible", price)
		}
	}
	c.from[0], c.from[1] = 3, 2
	if c.y[0] = 1; !c.infeasibilityProved() {
		t.Error("3 and 2 at least of 4 people is possible")
	}
	// A simplex that calls everything impossible ends no search.
	c.from[0], c.from[1] = 0, 0
	c.lp.low[2], c.lp.high[2] = 99, 99
	p := &part{at: []int32{0}, coef: []int64{1}, low: 4, high: 4}
	c.parts = append(c.parts, p)
	if c.minimise(&searchGoal{part: p, sign: 1, enough: math.MinInt64}, 1) && p.low != 0 {
		t.Errorf("a wrong relaxation proves that one of two places has at least %d of 4 people", p.low)
	}
}

// One value that has been met is not the only value, as long as nobody has proved it.
func TestWhatIsNotProvedIsUnknown(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		low, high            int64
		lowProved, highProve bool
		kind                 Kind
	}{
		"nothing proved":         {3, 3, false, false, Unknown},
		"one end proved":         {3, 3, true, false, Unknown},
		"both ends proved":       {3, 3, true, true, ExactlyDisclosed},
		"a range without proof":  {3, 9, false, true, Unknown},
		"a range with its proof": {3, 9, true, true, IntervalTooNarrow},
		"0 and the threshold":    {0, 5, false, false, Open},
	} {
		p := &part{low: c.low, high: c.high, lowProved: c.lowProved, highProved: c.highProve, lowTried: true, highTried: true}
		one := &component{points: [][]int64{{}}}
		s := &search{m: &model{targets: []target{{}}}, targets: []targetSearch{{parts: []*part{p}, where: []*component{one}}}}
		if f := s.bound(0, Options{}.filled()); f.Kind != c.kind {
			t.Errorf("%s: %+v, want %s", what, f, c.kind)
		}
	}
}

// Where the search may not branch, what it cannot prove stays unknown.
func TestWithoutBranching(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(21, 22))
	unknown := 0
	for round := range 60 {
		table, _ := protected(r, shape(r), scale(5, 4, 3), 30)
		full := Attack([]Table{table}, Options{Exact: true}).Findings
		for i, f := range Attack([]Table{table}, Options{Exact: true, Largest: 1}).Findings {
			if f.Kind == Unknown {
				unknown++
			} else if f.Kind != full[i].Kind || f.Low != full[i].Low || f.High != full[i].High {
				t.Errorf("round %d: %v without branching %+v, and with it %+v", round, f.Codes, f, full[i])
			}
		}
	}
	if unknown == 0 {
		t.Error("nothing stays unknown: the test looks in the wrong place")
	}
}
