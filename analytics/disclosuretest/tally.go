// Package disclosuretest runs the attacker on protected tables: generated ones, and tables that were published. Tests and
// the bench use it; the product does not.
package disclosuretest

import (
	"errors"
	"fmt"
	"time"

	"yousaid/analytics/attack"
	"yousaid/analytics/disclosure"
)

// Case is a table to be protected, or two about the same people, of which the second is made beside the first.
type Case struct {
	Name    string
	Lattice disclosure.Lattice
	Rules   disclosure.Rules
	// the dimensions of the first of two tables; the second is split by the others and by the first of these. nil: one table
	// by all
	Linked []string
}

// Tally adds up what came of many cases.
type Tally struct {
	Tables, Refused, Empty              int // Refused: no proof, or the second of two would disclose something. Empty: everything hidden
	Aggregates, Primary, Hidden         int // Primary are sensitive
	Attacked, ExactlyDisclosed, Unknown int // hidden aggregates as the attacker found them
	TooNarrow                           int // small aggregates that the attacker knows not to be empty, or not to be as many as the threshold
	Witnessed                           int // of those attacked, judged by the tables of the proof: the attacker had done its work
	Disagreeing                         int // tables of proofs that do not agree with what is printed
	Contradicted                        int // tables with which nothing agrees
	Protecting, Attacking               time.Duration
	Largest                             int // the most aggregates in one table
	LargestTook                         time.Duration
	Why                                 []string // what was refused, and in which words
	First                               string   // what was found first, for a person to look at
}

// Add adds another tally.
func (t *Tally) Add(o Tally) {
	t.Tables += o.Tables
	t.Refused += o.Refused
	t.Empty += o.Empty
	t.Aggregates += o.Aggregates
	t.Primary += o.Primary
	t.Hidden += o.Hidden
	t.Attacked += o.Attacked
	t.ExactlyDisclosed += o.ExactlyDisclosed
	t.Unknown += o.Unknown
	t.TooNarrow += o.TooNarrow
	t.Contradicted += o.Contradicted
	t.Witnessed += o.Witnessed
	t.Disagreeing += o.Disagreeing
	t.Protecting += o.Protecting
	t.Attacking += o.Attacking
	t.Why = append(t.Why, o.Why...)
	if o.Largest > t.Largest {
		t.Largest, t.LargestTook = o.Largest, o.LargestTook
	}
	if t.First == "" {
		t.First = o.First
	}
}

// Method makes the table of a lattice that may be shown; disclosure.Protect is one.
// The lattices are its proof, where it has one.
type Method func(disclosure.Lattice, disclosure.Rules) (attack.Table, []attack.Lattice, error)

// Protected is the product's way, and what a reader gets of it: the table is written as the program answers, and read again.
func Protected(l disclosure.Lattice, r disclosure.Rules) (attack.Table, []attack.Lattice, error) {
	table, proof, err := disclosure.Prove(l, r)
	if err != nil {
		return attack.Table{}, nil, err
	}
	printed, err := Reread(table)
	var lattices []attack.Lattice
	for i := range proof.Lattices() {
		lattices = append(lattices, keyedLattice(l, proof.Lattice(i)))
	}
	return printed, lattices, err
}

// Run protects a case in some way and sets the attacker on what is printed. exact lets it find both ends of every hidden count.
func Run(c Case, method Method, exact bool) Tally {
	t := Tally{Tables: 1}
	start := time.Now()
	var printed []attack.Table
	var truths []disclosure.Lattice
	var lattices []attack.Lattice
	var err error
	if c.Linked == nil {
		var table attack.Table
		table, lattices, err = method(c.Lattice, c.Rules)
		printed, truths = []attack.Table{table}, []disclosure.Lattice{c.Lattice}
	} else {
		printed, truths, err = linked(c)
	}
	t.Protecting = time.Since(start)
	var linked disclosure.LinkageError
	switch {
	case errors.Is(err, disclosure.ErrUnproven), errors.As(err, &linked):
		t.Refused = 1
		t.Why = append(t.Why, fmt.Sprintf("%s: %v", c.Name, err))
		return t
	case err != nil:
		t.First = fmt.Sprintf("%s: %v", c.Name, err)
		t.Unknown = 1
		return t
	}
	for i, table := range printed {
		t.countCells(table, truths[i], c.Rules)
	}
	t.Largest, t.LargestTook = t.Aggregates, t.Protecting
	if t.Hidden == t.Aggregates {
		t.Empty = 1
		return t
	}
	start = time.Now()
	report := attack.Attack(printed, attack.Options{Threshold: threshold(c.Rules), Together: len(printed) > 1, Exact: exact, Work: workFor(c)})
	for _, l := range lattices {
		if err := attack.Agrees(printed[0], l); err != nil {
			t.Disagreeing++
			if t.First == "" {
				t.First = fmt.Sprintf("%s: %v", c.Name, err)
			}
		}
	}
	t.Attacking = time.Since(start)
	t.judge(c, report, truths, lattices)
	return t
}

func threshold(r disclosure.Rules) int {
	switch {
	case r.Threshold > 0:
		return r.Threshold
	case r.Equality:
		return disclosure.EqualityThreshold
	}
	return disclosure.Threshold
}

// countCells counts what a table shows and hides.
func (t *Tally) countCells(table attack.Table, truth disclosure.Lattice, r disclosure.Rules) {
	for _, row := range table.Rows {
		t.Aggregates++
		if row.State == attack.Hidden {
			t.Hidden++
		}
		if n, most := People(truth, row.Codes); n < int64(threshold(r)) || len(truth.Answers) > 1 && n < 30 && most >= n-1 {
			t.Primary++
		}
	}
}

// judge compares what the attacker found with what it must not find.
func (t *Tally) judge(c Case, report attack.Report, truths []disclosure.Lattice, lattices []attack.Lattice) {
	if report.Impossible {
		t.Contradicted++
	}
	for _, f := range report.Findings {
		if f.Of != "" {
			continue
		}
		t.Attacked++
		truth := truths[0]
		if f.Table < len(truths) {
			truth = truths[f.Table]
		}
		n, _ := People(truth, f.Codes)
		if f.Kind == attack.Unknown && t.Disagreeing == 0 {
			// The attacker did not get to the ends with its work. The proof names whole tables, which it has added up by now.
			t.Witnessed++
			f.Low, f.High = reachedInProof(f, lattices, truth)
		}
		enough := int64(1) // what a hidden zero must be able to be
		switch {
		case n >= int64(threshold(c.Rules)):
			enough = f.Low + 1 // a large aggregate only has to be open
		case n > 0:
			enough = int64(threshold(c.Rules))
		}
		bad := ""
		switch {
		case f.Kind == attack.Unknown && (f.Low == 0 || n >= int64(threshold(c.Rules))) && f.High >= enough:
			// Whole tables were added up in which it is as low and as high as is asked, however far its ends may be.
		case f.Kind == attack.Unknown:
			t.Unknown++
			bad = "unknown"
		case f.Kind == attack.ExactlyDisclosed || f.Low == f.High:
			t.ExactlyDisclosed++
			bad = "exactly disclosed"
		case f.High < enough, n < int64(threshold(c.Rules)) && f.Low > 0:
			t.TooNarrow++
			bad = "interval too narrow"
		}
		if bad != "" && t.First == "" {
			t.First = fmt.Sprintf("%s: %v is %s (%d to %d, truly %d; %s)", c.Name, f.Codes, bad, f.Low, f.High, n, f.Why)
		}
	}
}

// reachedInProof gives the lowest and highest value of an aggregate that the attacker or a proof has shown.
func reachedInProof(f attack.Finding, lattices []attack.Lattice, truth disclosure.Lattice) (low, high int64) {
	low, high = f.Low, f.High
	for _, l := range lattices {
		n, _ := People(flat(truth, l), f.Codes)
		low, high = min(low, n), max(high, n)
	}
	return low, high
}

// flat gives the counts of the attacker's lattice in the order of ours.
func flat(truth disclosure.Lattice, l attack.Lattice) disclosure.Lattice {
	out := disclosure.Lattice{Dimensions: truth.Dimensions, Answers: truth.Answers}
	codes := make([]string, len(truth.Dimensions))
	for cell := range len(truth.Counts) / len(truth.Answers) {
		rest := cell
		for i := len(codes) - 1; i >= 0; i-- {
			codes[i] = or(truth.Dimensions[i].Codes[rest%len(truth.Dimensions[i].Codes)], attack.None)
			rest /= len(truth.Dimensions[i].Codes)
		}
		out.Counts = append(out.Counts, l.Counts[attack.Key(codes...)]...)
	}
	return out
}

// People counts those in an aggregate of a lattice, and those of its most frequent answer.
func People(l disclosure.Lattice, codes []string) (n, most int64) {
	in := make([][]bool, len(codes))
	for i, code := range codes {
		in[i] = members(l.Dimensions[i], code)
	}
	by := make([]int64, len(l.Answers))
	for cell := range len(l.Counts) / len(l.Answers) {
		rest, inside := cell, true
		for i := len(codes) - 1; i >= 0; i-- {
			size := len(l.Dimensions[i].Codes)
			inside = inside && in[i][rest%size]
			rest /= size
		}
		if inside {
			for a := range by {
				by[a] += l.Counts[cell*len(by)+a]
			}
		}
	}
	for _, k := range by {
		n += k
		most = max(most, k)
	}
	return n, most
}

// members marks the codes of a dimension that stand behind one: itself, those of a group, or all. The attacker has a name
// of its own for blank.
func members(d disclosure.Dimension, code string) []bool {
	in := make([]bool, len(d.Codes))
	var mark func(code string)
	mark = func(code string) {
		for i, c := range d.Codes {
			if c == code || c == "" && code == attack.None || code == disclosure.All {
				in[i] = true
			}
		}
		for _, g := range d.Groups {
			if g.Code == code {
				for _, of := range g.Of {
					mark(of)
				}
			}
		}
	}
	mark(code)
	return in
}

// workFor is the attacker's work for a case, in units of attack.Options. A pair of tables has no proof of its own here to fall back on.
func workFor(c Case) int64 {
	if c.Linked != nil {
		return 2 * attack.DefaultWork
	}
	return attack.DefaultWork / 5
}
