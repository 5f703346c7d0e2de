package attack

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
)

// The lattice is the finest split behind the tables: one unknown for each combination of leaves, of answers too where
// anything is printed about them. All that is printed becomes statements about sums of these unknowns.

const (
	unlimited   = int64(1) << 62 // no bound; nothing that is counted comes near it
	maxPrinted  = int64(1) << 40 // a larger count is no count of answers
	maxUnknowns = 1 << 18        // unknowns of a lattice
	maxTerms    = 1 << 24        // mentions of unknowns in statements
)

// sum is coef·cells; coef is nil for a plain sum.
type sum struct {
	cells []int32
	coef  []int64
}

func (s sum) at(i int) int64 {
	if s.coef == nil {
		return 1
	}
	return s.coef[i]
}

// statement is something printed: low <= sum <= high.
type statement struct {
	sum
	low, high int64
}

// target is a count that the attacker wants.
type target struct {
	sum
	table int
	codes []string
	of    string
	scale int64

	rounded bool // it is printed, as a range: the wish is to have it exactly
}

// axis is a dimension of the lattice, over the leaves of all tables that have it.
type axis struct {
	leaves []string
	index  map[string]int
}

// tree is a dimension as one table has it: the children of each code, in the order of the nodes; All is the root.
type tree struct {
	children map[string][]string
	known    map[string]bool
}

// view is a table put into the lattice.
type view struct {
	table   Table
	axes    []int              // of each dimension
	under   []map[string][]int // for each dimension, the leaves under a code
	answers int                // the axis of the answers, or -1
	split   bool               // the axis stands for satisfied and not satisfied people: no list of answers is known
}

type model struct {
	axes       []axis
	cells      int
	statements []statement
	targets    []target
	notes      []string
	included   int
	largest    int64 // of what is printed
}

// build says what the tables print in the unknowns of one lattice.
func build(tables []Table, o Options) (*model, error) {
	m := &model{}
	views, err := m.layOut(tables)
	if err != nil {
		return nil, err
	}
	m.cells = 1
	for _, a := range m.axes {
		if m.cells *= len(a.leaves); m.cells > maxUnknowns {
			return nil, errors.New("the dimensions taken together have too many combinations to be searched")
		}
	}
	for i, v := range views {
		for _, row := range v.table.Rows {
			if err := m.row(i, v, row, o); err != nil {
				return nil, fmt.Errorf("the place %s of table %s: %w", strings.Join(row.Codes, ", "), v.table.Name, err)
			}
			if m.included > maxTerms {
				return nil, errors.New("the table says too much to be searched")
			}
		}
		if err := m.known(v, o); err != nil {
			return nil, err
		}
	}
	for _, s := range m.statements {
		for i := range s.cells {
			// Sums are formed in 64 bits: the largest coefficient times the most people that the search makes room for has to fit.
			if c := abs(s.at(i)); c > 1 && float64(c)*float64(m.largest+1000)*8*float64(len(s.cells)) > float64(unlimited) {
				return nil, errors.New("a mean or share is printed with too many digits for so many people")
			}
		}
	}
	return m, nil
}

// layOut finds the axes that the tables span.
func (m *model) layOut(tables []Table) ([]view, error) {
	var ids []string
	trees := make([][]tree, len(tables))
	for i, t := range tables {
		for _, d := range t.Dimensions {
			tr, err := newTree(d)
			if err != nil {
				return nil, fmt.Errorf("table %s: %w", t.Name, err)
			}
			trees[i] = append(trees[i], tr)
			if !slices.Contains(ids, d.ID) {
				ids = append(ids, d.ID)
			}
		}
	}
	views := make([]view, len(tables))
	for i, t := range tables {
		views[i] = view{table: t, answers: -1}
	}
	for _, id := range ids {
		m.axes = append(m.axes, m.axis(id, tables, trees, views))
	}
	lists := map[string]int{}
	for i := range views {
		v := &views[i]
		key, leaves := v.scale()
		if key == "" {
			continue
		}
		at, there := lists[key]
		if !there {
			at = len(m.axes)
			lists[key] = at
			m.axes = append(m.axes, axis{leaves: leaves})
		}
		v.answers = at
	}
	return views, nil
}

// axis joins one dimension of several tables: its leaves are the codes that no table divides.
func (m *model) axis(id string, tables []Table, trees [][]tree, views []view) axis {
	a := axis{index: map[string]int{}}
	divided := map[string]tree{} // a code that one table prints whole and another divides is the sum there too
	for i, t := range tables {
		for d, dim := range t.Dimensions {
			if dim.ID == id {
				for code := range trees[i][d].children {
					if code != All {
						divided[code] = trees[i][d]
					}
				}
			}
		}
	}
	for i, t := range tables {
		for _, dim := range t.Dimensions {
			if dim.ID != id {
				continue
			}
			views[i].axes = append(views[i].axes, len(m.axes))
			for _, n := range dim.Nodes {
				if _, there := a.index[n.Code]; !there {
					if _, is := divided[n.Code]; !is {
						a.index[n.Code] = len(a.leaves)
						a.leaves = append(a.leaves, n.Code)
					}
				}
			}
		}
	}
	if len(a.leaves) == 0 {
		a.leaves, a.index[All] = []string{All}, 0
	}
	for i, t := range tables {
		for d, dim := range t.Dimensions {
			if dim.ID == id {
				views[i].under = append(views[i].under, trees[i][d].leaves(a, divided))
			}
		}
	}
	return a
}

// newTree makes the tree of a dimension, or says why it is none.
func newTree(d Dimension) (tree, error) {
	t := tree{children: map[string][]string{}, known: map[string]bool{All: true}}
	for _, n := range d.Nodes {
		if t.known[n.Code] {
			return t, fmt.Errorf("the dimension %s has the code %q twice", d.ID, n.Code)
		}
		t.known[n.Code] = true
		t.children[n.Parent] = append(t.children[n.Parent], n.Code)
	}
	seen := 0
	var climb func(code string)
	climb = func(code string) {
		seen++
		for _, c := range t.children[code] {
			climb(c)
		}
	}
	climb(All)
	if seen == len(d.Nodes)+1 {
		return t, nil
	}
	for _, n := range d.Nodes {
		if !t.known[n.Parent] {
			return t, fmt.Errorf("the code %q of the dimension %s is part of %q, which the table does not have", n.Code, d.ID, n.Parent)
		}
	}
	return t, fmt.Errorf("the codes of the dimension %s are parts of each other in a circle", d.ID)
}

// leaves lists for each code of a table the leaves of the axis under it.
func (t tree) leaves(a axis, divided map[string]tree) map[string][]int {
	under := map[string][]int{}
	var find func(in tree, code string) []int
	find = func(in tree, code string) []int {
		if at, is := a.index[code]; is {
			return []int{at}
		}
		children := in.children[code]
		if len(children) == 0 && code != All {
			in = divided[code]
			children = in.children[code]
		}
		set := map[int]bool{}
		for _, c := range children {
			for _, leaf := range find(in, c) {
				set[leaf] = true
			}
		}
		list := make([]int, 0, len(set))
		for leaf := range set {
			list = append(list, leaf)
		}
		slices.Sort(list)
		return list
	}
	for code := range t.known {
		under[code] = find(t, code)
	}
	return under
}

// scale says which list of answers the unknowns of a table are divided by: none where nothing is printed about answers.
func (v *view) scale() (key string, leaves []string) {
	t := v.table
	needed := false
	for _, r := range t.Rows {
		needed = needed || r.Distribution != nil || r.Mean != nil || r.Satisfied != nil || len(r.Others) > 0
		v.split = v.split || r.Satisfied != nil && len(t.Answers) == 0
	}
	switch {
	case !needed:
		return "", nil
	case len(t.Answers) > 0:
		for _, a := range t.Answers {
			leaves = append(leaves, a.Code)
		}
		return "answers " + strings.Join(leaves, "\x1f"), leaves
	case v.split:
		return "satisfied", []string{"satisfied", "not satisfied"}
	}
	return "", nil
}

// cellsUnder lists the unknowns of an aggregate; answer is one of its answers, or -1 for all of them.
func (m *model) cellsUnder(v view, codes []string, answer int) ([]int32, error) {
	if len(codes) != len(v.axes) {
		return nil, fmt.Errorf("it has %d codes and the table %d dimensions", len(codes), len(v.axes))
	}
	cells := []int32{0}
	for i, a := range m.axes {
		all := len(a.leaves)
		var pick []int // nil for every leaf
		if d := slices.Index(v.axes, i); d >= 0 {
			leaves, known := v.under[d][codes[d]]
			if !known {
				return nil, fmt.Errorf("the dimension %s has no code %q", v.table.Dimensions[d].ID, codes[d])
			}
			pick = leaves
		}
		if i == v.answers && answer >= 0 {
			pick = []int{answer}
		}
		next := make([]int32, 0, len(cells)*max(1, len(pick)))
		for _, c := range cells {
			if pick == nil {
				for leaf := range all {
					next = append(next, c*int32(all)+int32(leaf))
				}
			}
			for _, leaf := range pick {
				next = append(next, c*int32(all)+int32(leaf))
			}
		}
		cells = next
	}
	return cells, nil
}

func abs(v int64) int64 {
	if v < 0 {
		return -v
	}
	return v
}

// constrain adds a statement, unless it says nothing.
func (m *model) constrain(s sum, low, high int64) {
	if low <= -unlimited && high >= unlimited {
		return
	}
	m.included += len(s.cells)
	m.statements = append(m.statements, statement{s, low, high})
	if s.coef == nil {
		for _, v := range []int64{low, high} {
			if abs(v) < unlimited {
				m.largest = max(m.largest, abs(v))
			}
		}
	}
}

func (m *model) note(s string) {
	if !slices.Contains(m.notes, s) {
		m.notes = append(m.notes, s)
	}
}

// known adds what the attacker knows already.
func (m *model) known(v view, o Options) error {
	for key, n := range o.Known {
		codes := strings.Split(key, "\x1f")
		if len(codes) != len(v.axes) {
			continue
		}
		cells, err := m.cellsUnder(v, codes, -1)
		if err != nil {
			return fmt.Errorf("what is known of %s: %w", strings.Join(codes, ", "), err)
		}
		m.constrain(sum{cells: cells}, n, n)
	}
	return nil
}

var errCount = fmt.Errorf("a count must be from 0 to %d", maxPrinted)

func (i Interval) check() error {
	if i.Low < 0 || i.High < i.Low || i.High > maxPrinted {
		return errCount
	}
	return nil
}

func (f Figure) check() error {
	if math.IsNaN(f.Low) || math.IsNaN(f.High) || math.Abs(f.Low) > 1e6 || math.Abs(f.High) > 1e6 {
		return errors.New("a mean or share must be a number of at most a million")
	}
	return nil
}
