package attack

import (
	"slices"
	"testing"
	"time"
)

// A figure beside mean and share is used as these are: who knows what each answer counts in it works the answers out. Without
// the weights, or without the name of the column, it says nothing and is taken for nothing else.
func TestAFurtherFigureIsAttacked(t *testing.T) {
	t.Parallel()
	const cells = `"cells": [
		{"by": {"sex": "f"}, "n": 20, "net": 100},
		{"by": {"sex": "m"}, "n": 20, "net": -5},
		{"by": {"sex": "(all)"}, "n": 40, "net": 47.5}]}`
	const answers = `{"dimensions": ["sex"], "answers": [
		{"code": "10", "weights": {"net": 100}}, {"code": "7", "weights": {"net": 0}}, {"code": "0", "weights": {"net": -100}}], `
	for name, c := range map[string]struct {
		file    string
		content string
		further []Heading
		used    bool
	}{
		"in JSON":               {"t.json", answers + cells, nil, true},
		"in JSON, unexplained":  {"t.json", `{"dimensions": ["sex"], ` + cells, nil, false},
		"in a file":             {"t.csv", file, []Heading{{"net", "Net score"}}, true},
		"in a file, not named":  {"t.csv", file, nil, false},
		"in a file, other name": {"t.csv", file, []Heading{{"net", "Score"}}, false},
	} {
		tables, err := Read(c.file, []byte(c.content), c.further...)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		table := tables[0]
		if c.file == "t.csv" && !slices.ContainsFunc(table.Answers, func(a Answer) bool { return a.Code == "Net score" }) {
			table.Answers = []Answer{{Code: "10", Weights: map[string]float64{"net": 100}},
				{Code: "7", Weights: map[string]float64{"net": 0}}, {Code: "0", Weights: map[string]float64{"net": -100}}}
		}
		if used := len(table.Rows[0].Others) == 1; used != c.used {
			t.Errorf("%s: the figure is read: %t", name, used)
			continue
		}
		if !c.used {
			continue
		}
		found := map[string]string{}
		for _, f := range Attack([]Table{table}, Options{Threshold: 5, Exact: true, Deeper: true, Budget: 30 * time.Second}).Findings {
			if f.Codes[0] == "f" {
				found[f.Of] = f.Kind.String()
			}
		}
		if found["10"] != ExactlyDisclosed.String() || found["0"] != ExactlyDisclosed.String() {
			t.Errorf("%s: of 20 people who all gave 10 it is found that %v", name, found)
		}
		truth := map[string][]int64{Key("f"): {20, 0, 0}, Key("m"): {9, 1, 10}}
		if err := Agrees(table, Lattice{Counts: truth}); err != nil {
			t.Errorf("%s: the truth does not agree: %v", name, err)
		}
		truth[Key("f")], truth[Key("m")] = []int64{19, 1, 0}, []int64{10, 0, 10}
		if Agrees(table, Lattice{Counts: truth}) == nil {
			t.Errorf("%s: other answers agree as well", name)
		}
	}
}

const file = `Sex,Code of sex,Number of answers,Net score
Women,f,20,100.0
Men,m,20,-5.0
All,(all),40,47.5
`
