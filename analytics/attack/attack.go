// Package attack is the audit of a published table from outside: it tries to find out what is hidden. It reads what anybody can
// read, knows nothing of how cells were chosen to be hidden, and shares no code with what chose them: it imports nothing of this
// project, so that one mistake cannot stand on both sides.
//
// What is printed is a set of sums over whole numbers that are not negative. A hidden count is safe when there are
// complete tables that agree with everything printed and differ in it. The attacker looks for such tables, adds them up to
// be sure, and proves the ends that no table can pass.
package attack

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// All is the code of the total over a dimension, None that of people who gave no answer.
const (
	All  = "(all)"
	None = "(no answer)"
)

// Node is a code of a dimension. Parent is All for the top ones; a code that is the parent of others is the sum of them.
type Node struct {
	Code, Parent string
	Label        string
}

// Dimension is what a table is split by. All is implied and not among the nodes. Its codes form a tree.
type Dimension struct {
	ID    string
	Nodes []Node
}

// Answer is an answer of the scale. Score and Satisfied are nil when nobody said; then printed means or shares tell the attacker nothing.
type Answer struct {
	Code      string
	Score     *float64
	Satisfied *bool
	Weights   map[string]float64 // of other figures, by their names in JSON: what each person who gave the answer adds
}

// State says what is printed for an aggregate.
type State uint8

const (
	Hidden     State = iota // [c]
	Shown                   // at least the number of answers
	Impossible              // [z]: the questionnaire proves that it is nobody
)

// Interval is what is printed about a count, both ends counted; equal for an exact one.
type Interval struct{ Low, High int64 }

// Figure is a printed mean (in scores) or share (0 to 1) with its rounding, both ends counted. An end that is not counted
// is the next floating-point number.
type Figure struct{ Low, High float64 }

// Row is an aggregate: a leaf, a subtotal or a total, one code for each dimension. N is nil when hidden. Distribution has
// one count for each answer, nil when it is not printed. A hidden row may still have a mean or a share, which then speaks
// about the hidden base.
type Row struct {
	Codes           []string
	State           State
	N               *Interval
	Distribution    []Interval
	Mean, Satisfied *Figure
	Others          map[string]*Figure // by their names in JSON: sums of Answer.Weights for each person
}

// Table is one published table. Aggregates that are not among the rows are taken to be unknown, not to be empty.
type Table struct {
	Name       string
	Dimensions []Dimension
	Answers    []Answer
	Rows       []Row
}

// What the tables that are attacked promise: groups of fewer people are not shown.
const (
	Threshold         = 5
	EqualityThreshold = 10 // in tables with an equality characteristic
)

// Options say how hard to try and what else the attacker knows. The zero value takes the defaults.
type Options struct {
	Threshold int           // a hidden count should be able to be 0, and this; the constant when 0
	Lower     int64         // what the attacker knows every hidden count to be at least
	Budget    time.Duration // for each table, by the clock; a slow machine then finds less. Work counts instead when 0
	Work      int64         // for each table, in units of work, DefaultWork when 0: the findings are the same on every machine
	// unknowns that are connected and are still bounded exactly, 1,000 (200 cells of 5 answers) when 0; for more only points
	// are searched
	Largest  int
	Together bool // the tables are about the same people: dimensions of one ID and lists of the same answers are the same
	Exact    bool // find both ends of every hidden count; otherwise the search stops when 0 and the threshold are reached
	Deeper   bool // look also for the answers, and the sum of the scores, of every aggregate that does not print them exactly

	// Known fixes the number of answers of aggregates that the attacker knows, as somebody who is alone in one does. The key
	// is that of Lattice.Counts, see Key; an aggregate is looked up in every table that has as many dimensions.
	Known map[string]int64

	nodes int     // the most nodes of a search; no limit when 0
	seed  []int64 // a table that agrees with everything, to begin with
}

// Kind is what an attack comes to.
type Kind uint8

const (
	Open              Kind = iota // may be 0 and may be the threshold; of a number that is printed rounded, may be one of two at least
	ExactlyDisclosed              // one value only
	IntervalTooNarrow             // several values, but not 0, or not the threshold
	Unknown                       // neither shown to be open nor bounded: never take it for safe
)

// String is the kind in a word.
func (k Kind) String() string {
	return [...]string{"open", "exactly disclosed", "interval too narrow", "unknown"}[k]
}

// Unlimited is the High of a count that nothing printed limits.
const Unlimited = math.MaxInt64

// Finding is what the attack found out about one hidden count, or one that is printed rounded. Low and High are values
// that a complete table reaches; for ExactlyDisclosed and IntervalTooNarrow, and always with Options.Exact, no table
// passes them. For Unknown they are the lowest and highest value met so far (0 and 0 when none was).
type Finding struct {
	Table     int
	Codes     []string
	Of        string // "" for the number of answers; with Options.Deeper also the code of an answer, or "score sum" (in units of Scale)
	Low, High int64
	Scale     int64 // the score sum is counted in 1/Scale; 1 for everything else
	Kind      Kind
	Why       string
	Beyond    bool // Unknown, and more time would not help: too much is connected
}

// Report is the outcome. Cells counts the findings; TooNarrow and Unknown are not among ExactlyDisclosed. Impossible says
// that no table agrees with what is printed.
type Report struct {
	Cells, ExactlyDisclosed, TooNarrow, Unknown, Components int
	Findings                                                []Finding
	Impossible                                              bool
	Notes                                                   []string // what the attacker could not use, in sentences
}

// String says it in a line: "0 exactly disclosed, 0 unknown, 37 cells".
func (r Report) String() string {
	cells := "cells"
	if r.Cells == 1 {
		cells = "cell"
	}
	s := fmt.Sprintf("%d exactly disclosed, %d unknown, %d %s", r.ExactlyDisclosed, r.Unknown, r.Cells, cells)
	if r.Impossible {
		s += "; the printed figures agree with no table"
	}
	return s
}

// WithoutSuppression lists the tables, by number, in which nothing is hidden or printed rounded: attacking one by itself
// judges nothing, and says nothing about it.
func WithoutSuppression(tables []Table) (numbers []int) {
	for i, t := range tables {
		if !slices.ContainsFunc(t.Rows, func(r Row) bool { return r.State == Hidden || r.N != nil && r.N.Low != r.N.High }) {
			numbers = append(numbers, i)
		}
	}
	return numbers
}

// SmallCells lists the rows of a table that print a number of 1 to the threshold, not counting that, as it is: a small
// group that nothing protects.
func SmallCells(t Table, threshold int) (rows []Row) {
	for _, r := range t.Rows {
		if r.State == Shown && r.N != nil && r.N.Low == r.N.High && r.N.Low > 0 && r.N.Low < int64(threshold) {
			rows = append(rows, r)
		}
	}
	return rows
}

// Key names an aggregate of a lattice: its codes in the order of the dimensions.
func Key(codes ...string) string { return strings.Join(codes, "\x1f") }

// Attack tries to find out every hidden count of the tables: each table for itself, or all together. It never fails: what
// it cannot judge is Unknown.
func Attack(tables []Table, o Options) Report {
	o = o.filled()
	var r Report
	if o.Together && len(tables) > 1 {
		r.attack(tables, 0, o)
	} else {
		for i := range tables {
			r.attack(tables[i:i+1], i, o)
		}
	}
	for _, f := range r.Findings {
		r.Cells++
		switch f.Kind {
		case ExactlyDisclosed:
			r.ExactlyDisclosed++
		case IntervalTooNarrow:
			r.TooNarrow++
		case Unknown:
			r.Unknown++
		}
	}
	return r
}

func (o Options) filled() Options {
	if o.Threshold <= 0 {
		o.Threshold = Threshold
	}
	if o.Work <= 0 {
		o.Work = DefaultWork
	}
	if o.Largest <= 0 {
		o.Largest = 1000
	}
	o.Lower = max(o.Lower, 0)
	return o
}

// attack works on tables that share one lattice; the first of them is number first of the report.
func (r *Report) attack(tables []Table, first int, o Options) {
	m, err := build(tables, o)
	if err != nil {
		r.giveUp(tables, first, err.Error(), true)
		return
	}
	r.Notes = append(r.Notes, m.notes...)
	s, possible := m.reduce()
	if possible {
		s.effort, s.deadline = o.begin()
		possible = s.start(o)
	}
	if !possible {
		r.Impossible = true
		r.giveUp(tables, first, "the printed figures agree with no table", false)
		return
	}
	r.Components += len(s.components)
	for i, t := range m.targets {
		f := s.bound(i, o)
		f.Table, f.Codes, f.Of, f.Scale = first+t.table, t.codes, t.of, t.scale
		r.Findings = append(r.Findings, f)
	}
}

// giveUp makes every hidden count unknown.
func (r *Report) giveUp(tables []Table, first int, why string, beyond bool) {
	hidden := 0
	for i, t := range tables {
		for _, row := range t.Rows {
			if row.State == Hidden {
				hidden++
				r.Findings = append(r.Findings, Finding{Table: first + i, Codes: row.Codes, Kind: Unknown, Scale: 1, Why: why, Beyond: beyond})
			}
		}
	}
	if hidden == 0 { // a table that cannot be judged is never "0 unknown"
		r.Findings = append(r.Findings, Finding{Table: first, Kind: Unknown, Scale: 1, Why: why, Beyond: beyond})
	}
}
