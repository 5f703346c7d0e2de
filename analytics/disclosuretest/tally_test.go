package disclosuretest

import (
	"errors"
	"strings"
	"testing"

	"yousaid/analytics/attack"
	"yousaid/analytics/disclosure"
)

// small is a table of 20 groups and 60 people, of which most groups are small.
func small() Case { return Large([]int{4, 5}, 60) }

// A method that protects nothing, or says something untrue, is found out: the judge of methods is judged.
func TestBadMethodsAreFoundOut(t *testing.T) {
	t.Parallel()
	good := Run(small(), Protected, true)
	if good.First != "" || good.Attacked == 0 || good.Primary == 0 || good.Hidden < good.Primary || good.Aggregates != 30 {
		t.Errorf("the protector: %+v", good)
	}
	primaryOnly := func(l disclosure.Lattice, r disclosure.Rules) (attack.Table, []attack.Lattice, error) {
		table, lattices, err := Protected(l, r)
		for i := range table.Rows { // all but the small ones as they are
			if n, _ := People(l, table.Rows[i].Codes); n >= 5 {
				table.Rows[i] = attack.Row{Codes: table.Rows[i].Codes, State: attack.Shown, N: &attack.Interval{Low: n, High: n}}
			}
		}
		return table, lattices, err
	}
	if bad := Run(small(), primaryOnly, true); bad.ExactlyDisclosed+bad.TooNarrow == 0 || bad.First == "" {
		t.Errorf("without secondary suppression: %+v", bad)
	}
	otherProof := func(l disclosure.Lattice, r disclosure.Rules) (attack.Table, []attack.Lattice, error) {
		table, lattices, err := Protected(l, r)
		for _, counts := range lattices[0].Counts {
			counts[0] += 100
		}
		return table, lattices, err
	}
	if bad := Run(small(), otherProof, false); bad.Disagreeing == 0 || bad.First == "" {
		t.Errorf("with a proof of another table: %+v", bad)
	}
	impossible := func(l disclosure.Lattice, r disclosure.Rules) (attack.Table, []attack.Lattice, error) {
		table, _, err := Protected(l, r)
		for i := range table.Rows {
			if table.Rows[i].N != nil {
				table.Rows[i].N = &attack.Interval{Low: int64(1000 + i), High: int64(1000 + i)}
				table.Rows[i].Distribution = nil
			}
		}
		return table, nil, err
	}
	if bad := Run(small(), impossible, false); bad.Contradicted == 0 {
		t.Errorf("with figures that no table has: %+v", bad)
	}
}

// A refusal is counted with its words, an error is not taken for one, and a table that hides all is empty.
func TestRefusalsAndErrors(t *testing.T) {
	t.Parallel()
	fails := func(err error) Method {
		return func(disclosure.Lattice, disclosure.Rules) (attack.Table, []attack.Lattice, error) {
			return attack.Table{}, nil, err
		}
	}
	for _, refusal := range []error{disclosure.ErrUnproven, disclosure.LinkageError{Prior: []int64{1}}} {
		if got := Run(small(), fails(refusal), false); got.Refused != 1 || len(got.Why) != 1 || got.Unknown != 0 {
			t.Errorf("%v: %+v", refusal, got)
		}
	}
	if got := Run(
		small(),
		fails(errors.New("a fault")),
		false,
	); got.Refused != 0 || got.Unknown != 1 ||
		!strings.Contains(got.First, "a fault") {
		t.Errorf("%+v", got)
	}
	if got := Run(Large([]int{4, 5}, 3), Protected, false); got.Empty != 1 || got.Attacked != 0 {
		t.Errorf("three people: %+v", got)
	}
	if got := Run(Case{Name: "none"}, Protected, false); got.Unknown != 1 {
		t.Errorf("no table: %+v", got)
	}
}

// Tallies add up, with the largest table and the first that was found.
func TestAdd(t *testing.T) {
	t.Parallel()
	var all Tally
	all.Add(Tally{Tables: 1, Aggregates: 10, Hidden: 4, Largest: 10, LargestTook: 5, Why: []string{"one"}})
	all.Add(Tally{Tables: 1, Aggregates: 30, Hidden: 6, Largest: 30, LargestTook: 2, First: "first", Why: []string{"two"}})
	all.Add(Tally{Tables: 1, Aggregates: 20, Largest: 20, LargestTook: 9, First: "second"})
	if all.Tables != 3 || all.Aggregates != 60 || all.Hidden != 10 || all.Largest != 30 || all.LargestTook != 2 || all.First != "first" ||
		len(all.Why) != 2 {
		t.Errorf("%+v", all)
	}
}

// The simulated council gives tables by each two and by each three of its dimensions, and all of its people are in each.
func TestCouncil(t *testing.T) {
	t.Parallel()
	cases, err := Council(300, 1)
	if err != nil || len(cases) < 28 {
		t.Fatalf("%d tables, %v", len(cases), err)
	}
	for _, c := range cases {
		all := int64(0)
		for _, n := range c.Lattice.Counts {
			all += n
		}
		if all != 300 || c.Lattice.Check() != nil {
			t.Errorf("%s has %d people", c.Name, all)
		}
		if equality := strings.Contains(c.Name, "age") || strings.Contains(c.Name, "sex") || strings.Contains(c.Name, "ethnic") ||
			strings.Contains(c.Name, "condition"); equality != c.Rules.Equality {
			t.Errorf("%s: equality is %v", c.Name, c.Rules.Equality)
		}
	}
}
