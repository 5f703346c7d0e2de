package disclosuretest

import (
	"slices"

	"yousaid/analytics/attack"
	"yousaid/analytics/disclosure"
)

// Greedy is the common way to hide by hand, for comparison: what is small, and then in every line the smallest neighbour,
// until no line has a hidden number of its own. The figures that stay are printed as the product prints them. It does not
// protect.
func Greedy(l disclosure.Lattice, r disclosure.Rules) (attack.Table, []attack.Lattice, error) {
	t := attack.Table{Name: "greedy"}
	for _, d := range l.Dimensions {
		dim := attack.Dimension{ID: d.ID}
		parent := map[string]string{}
		for _, g := range d.Groups {
			for _, code := range g.Of {
				parent[code] = g.Code
			}
		}
		for _, code := range d.Codes {
			dim.Nodes = append(dim.Nodes, attack.Node{Code: code, Parent: or(parent[code], attack.All)})
		}
		for _, g := range d.Groups {
			dim.Nodes = append(dim.Nodes, attack.Node{Code: g.Code, Parent: or(parent[g.Code], attack.All)})
		}
		t.Dimensions = append(t.Dimensions, dim)
	}
	for _, a := range l.Answers {
		t.Answers = append(t.Answers, attack.Answer{Code: a.Code})
	}
	// Rows by their codes, and what each counts.
	var rows []attack.Row
	var people []int64
	at := map[string]int{}
	var walk func(codes []string)
	walk = func(codes []string) {
		if len(codes) < len(t.Dimensions) {
			for _, n := range t.Dimensions[len(codes)].Nodes {
				walk(append(slices.Clone(codes), n.Code))
			}
			walk(append(slices.Clone(codes), attack.All))
			return
		}
		n, _ := People(l, codes)
		at[attack.Key(codes...)] = len(rows)
		rows = append(rows, attack.Row{Codes: codes, State: attack.Shown, N: &attack.Interval{Low: n, High: n}})
		people = append(people, n)
		if n < int64(threshold(r)) {
			rows[len(rows)-1].State, rows[len(rows)-1].N = attack.Hidden, nil
		}
	}
	walk(nil)
	for again := true; again; {
		again = false
		for _, line := range lines(t.Dimensions, rows, at) {
			hidden, smallest := 0, -1
			for _, i := range line {
				switch {
				case rows[i].State == attack.Hidden:
					hidden++
				case smallest < 0 || people[i] < people[smallest]:
					smallest = i
				}
			}
			if hidden == 1 && smallest >= 0 {
				rows[smallest].State, rows[smallest].N, again = attack.Hidden, nil, true
			}
		}
	}
	t.Rows = rows
	return t, nil, nil
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// lines lists each sum of the table with its parts.
func lines(dimensions []attack.Dimension, rows []attack.Row, at map[string]int) (list [][]int) {
	for _, row := range rows {
		for i, code := range row.Codes {
			line := []int{at[attack.Key(row.Codes...)]}
			for _, n := range dimensions[i].Nodes {
				if n.Parent == code {
					codes := slices.Clone(row.Codes)
					codes[i] = n.Code
					line = append(line, at[attack.Key(codes...)])
				}
			}
			if len(line) > 1 {
				list = append(list, line)
			}
		}
	}
	return list
}
