package attack

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// The reference for the search: walk through every complete table that the grand total allows, and keep those that agree
// with what is printed.

// roundedTo is the figure that an exact value becomes when it is printed with one decimal less than the grid has: a mean
// to tenths on the grid of twentieths, a percentage to tenths on the grid of 2000ths of its share. Halves are rounded away
// from zero, so the end that is further from zero is not counted.
func roundedTo(v float64, grid int64) Figure {
	half := float64(grid)
	steps := math.Round(v * half / 2)
	return around(steps, grid)
}

// enumerate gives the least and most of every hidden aggregate over all complete tables that agree.
func enumerate(t *testing.T, table Table) (ends map[string]Interval) {
	t.Helper()
	var leaves [][]string
	leaves = append(leaves, nil)
	for _, d := range table.Dimensions {
		inner := map[string]bool{}
		for _, n := range d.Nodes {
			inner[n.Parent] = true
		}
		var next [][]string
		for _, l := range leaves {
			for _, n := range d.Nodes {
				if !inner[n.Code] {
					next = append(next, append(append([]string(nil), l...), n.Code))
				}
			}
		}
		leaves = next
	}
	answers := max(1, len(table.Answers))
	members := make([][]int, len(table.Rows)) // of each aggregate, by leaf
	for i, r := range table.Rows {
		for j, l := range leaves {
			if inside(table, r.Codes, l) {
				members[i] = append(members[i], j)
			}
		}
	}
	w := walker{table: table, members: members, answers: answers, counts: make([]int64, len(leaves)*answers), ends: map[string]Interval{}}
	w.last, w.holds = make([][]int, len(w.counts)), make([][]int, len(w.counts))
	for i := range table.Rows {
		for _, m := range members[i] {
			for a := range answers {
				w.holds[m*answers+a] = append(w.holds[m*answers+a], i)
			}
		}
		if len(members[i]) > 0 {
			end := members[i][len(members[i])-1]*answers + answers - 1
			w.last[end] = append(w.last[end], i)
		}
		w.place = append(w.place, make([]int64, answers))
	}
	w.walk(0)
	return w.ends
}

type walker struct {
	table   Table
	members [][]int // leaves of each aggregate
	holds   [][]int // aggregates of each count
	last    [][]int // aggregates that are complete once this count is chosen
	answers int
	counts  []int64
	place   [][]int64 // of each aggregate, what has been chosen so far
	ends    map[string]Interval
	seen    int
}

func (w *walker) walk(at int) {
	if at == len(w.counts) {
		w.seen++
		for i, r := range w.table.Rows {
			if r.State == Hidden || ranged(r) {
				n := total(w.place[i])
				e, there := w.ends[Key(r.Codes...)]
				if !there {
					e = Interval{n, n}
				}
				w.ends[Key(r.Codes...)] = Interval{min(e.Low, n), max(e.High, n)}
			}
		}
		return
	}
	a := at % w.answers
	room := int64(1 << 40) // the grand total is always printed
	for _, i := range w.holds[at] {
		if r := w.table.Rows[i]; r.N != nil {
			room = min(room, r.N.High-total(w.place[i]))
			if r.Distribution != nil {
				room = min(room, r.Distribution[a].High-w.place[i][a])
			}
		}
	}
	add := func(n int64) {
		for _, i := range w.holds[at] {
			w.place[i][a] += n
		}
	}
value:
	for v := int64(0); v <= room; v++ {
		add(v)
		for _, i := range w.last[at] {
			if w.table.Rows[i].agrees(w.table, w.place[i]) != nil {
				add(-v)
				continue value
			}
		}
		w.walk(at + 1)
		add(-v)
	}
}

func total(counts []int64) (n int64) {
	for _, c := range counts {
		n += c
	}
	return n
}

func inside(table Table, place, leaf []string) bool {
	for i, d := range table.Dimensions {
		code := leaf[i]
		for code != place[i] && code != All {
			for _, n := range d.Nodes {
				if n.Code == code {
					code = n.Parent
					break
				}
			}
		}
		if code != place[i] {
			return false
		}
	}
	return true
}

// made draws a complete table and what is printed of it: hidden, bare and shown aggregates at random. The grand total is
// always shown, so that all is limited.
func made(r *rand.Rand, dims []Dimension, answers []Answer, most int64, hide, bare float64) (Table, Lattice) {
	table := Table{Name: "made", Dimensions: dims, Answers: answers}
	lattice := Lattice{map[string][]int64{}}
	places, leaves := [][]string{nil}, [][]string{nil}
	for _, d := range dims {
		inner := map[string]bool{}
		for _, n := range d.Nodes {
			inner[n.Parent] = true
		}
		var nextPlaces, nextLeaves [][]string
		for _, p := range places {
			for _, n := range append([]Node{{Code: All}}, d.Nodes...) {
				nextPlaces = append(nextPlaces, append(append([]string(nil), p...), n.Code))
			}
		}
		for _, p := range leaves {
			for _, n := range d.Nodes {
				if !inner[n.Code] {
					nextLeaves = append(nextLeaves, append(append([]string(nil), p...), n.Code))
				}
			}
		}
		places, leaves = nextPlaces, nextLeaves
	}
	for _, l := range leaves {
		counts := make([]int64, max(1, len(answers)))
		for i := range counts {
			counts[i] = r.Int64N(most + 1)
		}
		lattice.Counts[Key(l...)] = counts
	}
	for _, p := range places {
		counts := make([]int64, max(1, len(answers)))
		for _, l := range leaves {
			if inside(table, p, l) {
				for i, n := range lattice.Counts[Key(l...)] {
					counts[i] += n
				}
			}
		}
		table.Rows = append(table.Rows, printed(r, table, p, counts, hide, bare))
	}
	return table, lattice
}

// printed is what is shown of an aggregate with these counts.
func printed(r *rand.Rand, table Table, place []string, counts []int64, hide, bare float64) Row {
	total := true
	for _, code := range place {
		total = total && code == All
	}
	row := Row{Codes: place}
	if !total && r.Float64() < hide {
		return row
	}
	row.State = Shown
	var n int64
	for _, c := range counts {
		n += c
	}
	row.N = &Interval{n, n}
	if len(table.Answers) == 0 {
		return row
	}
	if !total && r.Float64() < bare {
		if n > 0 && r.IntN(2) == 0 {
			scored, satisfied := 0.0, int64(0)
			for i, c := range counts {
				scored += *table.Answers[i].Score * float64(c)
				if *table.Answers[i].Satisfied {
					satisfied += c
				}
			}
			mean, share := roundedTo(scored/float64(n), 20), roundedTo(float64(satisfied)/float64(n), 2000)
			row.Mean = &mean
			if r.IntN(2) == 0 {
				row.Satisfied = &share
			}
		}
		return row
	}
	for _, c := range counts {
		row.Distribution = append(row.Distribution, Interval{c, c})
	}
	return row
}

func dimension(id string, codes ...string) Dimension {
	d := Dimension{ID: id}
	for _, c := range codes {
		parent := All
		if len(c) > 1 {
			parent = c[:len(c)-1]
		}
		d.Nodes = append(d.Nodes, Node{Code: c, Parent: parent})
	}
	return d
}

func scale(scores ...float64) (answers []Answer) {
	for i, s := range scores {
		satisfied := i == 0
		answers = append(answers, Answer{Code: fmt.Sprint("a", i), Score: &s, Satisfied: &satisfied})
	}
	return answers
}

// Whatever is printed, the search finds exactly the ends that trying every table finds.
func TestEveryTable(t *testing.T) {
	t.Parallel()
	shapes := []struct {
		name       string
		dims       []Dimension
		answers    []Answer
		most       int64
		hide, bare float64
		rounds     int
	}{
		{"3x3", []Dimension{dimension("d", "a", "b", "c"), dimension("e", "x", "y", "z")}, nil, 2, 0.5, 0, 100},
		{"2x2x2", []Dimension{dimension("d", "a", "b"), dimension("e", "x", "y"), dimension("f", "p", "q")}, nil, 3, 0.5, 0, 150},
		{"a tree", []Dimension{dimension("d", "a", "aa", "ab", "b", "ba", "bb", "c"), dimension("e", "x", "y")}, nil, 3, 0.6, 0, 60},
		{"a tree of three levels", []Dimension{dimension("d", "a", "aa", "aaa", "aab", "ab", "b", "ba", "bb")}, nil, 6, 0.6, 0, 200},
		{"answers", []Dimension{dimension("d", "a", "b", "c")}, scale(3, 2, 1), 3, 0.4, 0.5, 80},
		{"answers of a tree", []Dimension{dimension("d", "a", "aa", "ab", "b", "ba")}, scale(5, 1), 4, 0.4, 0.5, 200},
		{"answers in two dimensions", []Dimension{dimension("d", "a", "b"), dimension("e", "x", "y")}, scale(2, 1), 3, 0.4, 0.5, 100},
	}
	for k, shape := range shapes {
		t.Run(shape.name, func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(1, uint64(k)))
			for round := range shape.rounds {
				table, lattice := made(r, shape.dims, shape.answers, shape.most, shape.hide, shape.bare)
				if err := Agrees(table, lattice); err != nil {
					t.Fatalf("round %d: the table itself: %v", round, err)
				}
				checkEnds(t, fmt.Sprint("round ", round), table, enumerate(t, table))
			}
		})
	}
}

// checkEnds compares an exact attack with the ends of enumeration.
func checkEnds(t *testing.T, name string, table Table, want map[string]Interval) {
	t.Helper()
	report := Attack([]Table{table}, Options{Exact: true})
	if report.Impossible || report.Unknown > 0 {
		t.Fatalf("%s: %s %+v\n%s", name, report, report.Findings, show(table))
	}
	for _, f := range report.Findings {
		w := want[Key(f.Codes...)]
		if f.Low != w.Low || f.High != w.High {
			t.Errorf("%s: %v is from %d to %d, and trying every table gives %d to %d\n%s", name, f.Codes, f.Low, f.High, w.Low, w.High, show(table))
		}
		kind := IntervalTooNarrow
		switch {
		case w.Low == w.High:
			kind = ExactlyDisclosed
		case w.Low == 0 && w.High >= 5, slices.ContainsFunc(table.Rows, func(r Row) bool { return ranged(r) && slices.Equal(r.Codes, f.Codes) }):
			kind = Open
		}
		if f.Kind != kind {
			t.Errorf("%s: %v (%d to %d) is called %s, want %s", name, f.Codes, f.Low, f.High, f.Kind, kind)
		}
	}
	quick := Attack([]Table{table}, Options{})
	for i, f := range quick.Findings {
		if f.Kind != report.Findings[i].Kind {
			t.Errorf("%s: %v is %s when the search stops early and %s when it does not", name, f.Codes, f.Kind, report.Findings[i].Kind)
		}
	}
}

// ranged tells whether an aggregate is printed rounded.
func ranged(r Row) bool { return r.N != nil && r.N.Low < r.N.High }

func show(table Table) (s string) {
	for _, r := range table.Rows {
		s += fmt.Sprintf("%v", r.Codes)
		if r.N != nil {
			s += fmt.Sprint(" n ", r.N.Low)
		}
		if r.Distribution != nil {
			s += fmt.Sprint(" of ", r.Distribution)
		}
		if r.Mean != nil {
			s += fmt.Sprint(" mean ", *r.Mean)
		}
		if r.Satisfied != nil {
			s += fmt.Sprint(" share ", *r.Satisfied)
		}
		s += "\n"
	}
	return s
}
