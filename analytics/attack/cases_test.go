package attack

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

type sdcCase struct {
	ID          string
	Rows, Cols  []string
	Inner       [][]int64
	RowTotals   []int64         `json:"row_totals"`
	ColTotals   []int64         `json:"col_totals"`
	Total       json.RawMessage // a count, or in mean_complement a base with a sum
	Suppressed  json.RawMessage
	Margins     []string `json:"suppressed_margins"`
	Lower       int64    `json:"attacker_lower_bound"`
	Intervals   []sdcInterval
	Regions     map[string]int64
	Table1      map[string]string
	Table2      map[string]string
	Vals        map[string]int64
	Target      string
	Integer     [2]int64
	WitnessLow  map[string]int64 `json:"witness_low"`
	WitnessHigh map[string]int64 `json:"witness_high"`
	Groups      []struct {
		G          string
		N, Sum     int64
		Suppressed bool
	}
	One sdcPublication `json:"publication_1"`
	Two sdcPublication `json:"publication_2"`
}

type sdcPublication struct {
	N    int64
	Mean float64 `json:"mean_1dp"`
}

type sdcInterval struct {
	Row, Col, Cell string
	Value          int64
	Integer        [2]int64
}

func sdcCases(t *testing.T) map[string]sdcCase {
	t.Helper()
	raw, err := os.ReadFile("testdata/sdc_cases.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []sdcCase }
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	cases := map[string]sdcCase{}
	for _, c := range file.Cases {
		cases[c.ID] = c
	}
	if len(cases) != 18 {
		t.Fatalf("the file has %d cases, want 18", len(cases))
	}
	return cases
}

// elsewhere lists the cases that are about several files or about no hidden number, and what holds them.
var elsewhere = map[string]string{
	"class_disclosure":       "nothing is hidden: the protector suppresses such a group, see TestReferenceCases of analytics/disclosure",
	"time_differencing_mean": "two releases in time: TestReferenceCasesOfTwoFiles",
	"filter_differencing":    "two selections: TestReferenceCasesOfTwoFiles",
}

func shown(codes []string, n int64) Row {
	return Row{Codes: codes, State: Shown, N: &Interval{n, n}}
}

// table is a case of rows and columns as it would be published.
func (c sdcCase) table(t *testing.T) Table {
	t.Helper()
	var hidden [][]string
	var all int64
	for raw, to := range map[*json.RawMessage]any{&c.Suppressed: &hidden, &c.Total: &all} {
		if err := json.Unmarshal(*raw, to); err != nil {
			t.Fatal(err)
		}
	}
	table := Table{Name: c.ID, Dimensions: []Dimension{{ID: "row"}, {ID: "col"}}}
	add := func(row, col string, n int64) {
		codes := []string{row, col}
		if slices.ContainsFunc(hidden, func(h []string) bool { return slices.Equal(h, codes) }) ||
			col == All && slices.Contains(c.Margins, "row:"+row) || row == All && slices.Contains(c.Margins, "col:"+col) {
			table.Rows = append(table.Rows, Row{Codes: codes})
			return
		}
		table.Rows = append(table.Rows, shown(codes, n))
	}
	for _, col := range c.Cols {
		table.Dimensions[1].Nodes = append(table.Dimensions[1].Nodes, Node{Code: col, Parent: All})
	}
	for i, row := range c.Rows {
		table.Dimensions[0].Nodes = append(table.Dimensions[0].Nodes, Node{Code: row, Parent: All})
		for j, col := range c.Cols {
			add(row, col, c.Inner[i][j])
		}
		add(row, All, c.RowTotals[i])
	}
	for j, col := range c.Cols {
		add(All, col, c.ColTotals[j])
	}
	add(All, All, all)
	return table
}

// linked are the two tables of a case of regions, each with its own tree over them.
func (c sdcCase) linked(t *testing.T) []Table {
	t.Helper()
	var hidden []string
	if err := json.Unmarshal(c.Suppressed, &hidden); err != nil {
		t.Fatal(err)
	}
	var tables []Table
	for _, groups := range []map[string]string{c.Table1, c.Table2} {
		table := Table{Name: c.ID, Dimensions: []Dimension{{ID: "region"}}}
		var all int64
		for group, members := range groups {
			table.Dimensions[0].Nodes = append(table.Dimensions[0].Nodes, Node{Code: group, Parent: All})
			var n int64
			for _, m := range members {
				region := string(m)
				table.Dimensions[0].Nodes = append(table.Dimensions[0].Nodes, Node{Code: region, Parent: group})
				n += c.Regions[region]
				if slices.Contains(hidden, region) {
					table.Rows = append(table.Rows, Row{Codes: []string{region}})
				} else {
					table.Rows = append(table.Rows, shown([]string{region}, c.Regions[region]))
				}
			}
			table.Rows = append(table.Rows, shown([]string{group}, n))
			all += n
		}
		table.Rows = append(table.Rows, shown([]string{All}, all))
		tables = append(tables, table)
	}
	return tables
}

// cube is the case of three dimensions: only the sums over one dimension are printed.
func (c sdcCase) cube(t *testing.T) Table {
	t.Helper()
	var hidden []string
	if err := json.Unmarshal(c.Suppressed, &hidden); err != nil {
		t.Fatal(err)
	}
	table := Table{
		Name:       c.ID,
		Dimensions: []Dimension{dimension("d", "0", "1", "2"), dimension("e", "0", "1", "2"), dimension("f", "0", "1", "2")},
	}
	sums := map[string]int64{}
	for key, n := range c.Vals {
		codes := strings.Split(key, "")
		if slices.Contains(hidden, key) {
			table.Rows = append(table.Rows, Row{Codes: codes})
		} else {
			table.Rows = append(table.Rows, shown(codes, n))
		}
		for i := range codes {
			over := slices.Clone(codes)
			over[i] = All
			sums[Key(over...)] += n
		}
	}
	for key, n := range sums {
		table.Rows = append(table.Rows, shown(strings.Split(key, "\x1f"), n))
	}
	return table
}

// ends compares the findings with the intervals of a case.
func (c sdcCase) ends(t *testing.T, r Report) {
	t.Helper()
	seen := 0
	for _, f := range r.Findings {
		for _, w := range c.Intervals {
			if !slices.Equal(f.Codes, []string{w.Row, w.Col}) && !slices.Equal(f.Codes, []string{w.Cell}) {
				continue
			}
			seen++
			if [2]int64{f.Low, f.High} != w.Integer || f.Kind == Unknown || (f.Kind == ExactlyDisclosed) != (w.Integer[0] == w.Integer[1]) {
				t.Errorf("%v is %s, %d to %d, want %v", f.Codes, f.Kind, f.Low, f.High, w.Integer)
			}
		}
	}
	if seen < len(c.Intervals) || seen == 0 {
		t.Errorf("%d of %d intervals were looked at: %+v", seen, len(c.Intervals), r.Findings)
	}
}

// All 18 cases of the reference file, each as what an outsider infers.
func TestReferenceCases(t *testing.T) {
	t.Parallel()
	cases := sdcCases(t)
	done := map[string]bool{}
	for id, c := range cases {
		switch {
		case len(c.Intervals) > 0 && c.Regions == nil:
			done[id] = true
			c.ends(t, Attack([]Table{c.table(t)}, Options{Exact: true, Lower: c.Lower}))
		case c.Regions != nil:
			done[id] = true
			tables := c.linked(t)
			o := Options{Exact: true, Together: true}
			if id == "linked_first_table_only" {
				tables = tables[:1]
			}
			c.ends(t, Attack(tables, o))
		}
	}
	run := func(id string, test func(t *testing.T, c sdcCase)) {
		done[id] = true
		t.Run(id, func(t *testing.T) { test(t, cases[id]) })
	}
	run("lp_wider_than_integer_3d", func(t *testing.T, c sdcCase) {
		c.Intervals = []sdcInterval{{Cell: c.Target, Integer: c.Integer}}
		r := Attack([]Table{c.cube(t)}, Options{Exact: true})
		for i := range r.Findings {
			r.Findings[i].Codes = []string{strings.Join(r.Findings[i].Codes, "")}
		}
		c.ends(t, r)
	})
	run("certificate_rectangle", func(t *testing.T, c sdcCase) {
		table := cases["rectangle"].table(t)
		for _, witness := range []map[string]int64{c.WitnessLow, c.WitnessHigh} {
			l := Lattice{map[string][]int64{}}
			for i, row := range cases["rectangle"].Rows {
				for j, col := range cases["rectangle"].Cols {
					n, hidden := witness[row+","+col]
					if !hidden {
						n = cases["rectangle"].Inner[i][j]
					}
					l.Counts[Key(row, col)] = []int64{n}
				}
			}
			if err := Agrees(table, l); err != nil {
				t.Error(err)
			}
			l.Counts[Key("II", "A")][0]++
			if err := Agrees(table, l); err == nil || !strings.Contains(err.Error(), "II") {
				t.Errorf("one person more: %v", err)
			}
			for key, n := range map[string]int64{Key("II", "A"): 12, Key("II", "B"): -1, Key("III", "A"): 13, Key("III", "B"): 36} {
				l.Counts[key][0] = n
			}
			if err := Agrees(table, l); err == nil || !strings.Contains(err.Error(), "has -1 people") {
				t.Errorf("less than nobody, with sums that hold: %v", err)
			}
		}
	})
	run("mean_complement", func(t *testing.T, c sdcCase) {
		table := Table{Name: c.ID, Dimensions: []Dimension{dimension("g", "A", "B", "C")}, Answers: scale(5, 4, 3, 2, 1)}
		var all struct{ N, Sum int64 }
		if err := json.Unmarshal(c.Total, &all); err != nil {
			t.Fatal(err)
		}
		row := func(code string, n, sum int64) {
			r := shown([]string{code}, n)
			mean := float64(sum) / float64(n)
			r.Mean = &Figure{mean - 1e-9, mean + 1e-9}
			table.Rows = append(table.Rows, r)
		}
		for _, g := range c.Groups {
			if g.Suppressed {
				table.Rows = append(table.Rows, Row{Codes: []string{g.G}})
				continue
			}
			row(g.G, g.N, g.Sum)
		}
		row(All, all.N, all.Sum)
		r := Attack([]Table{table}, Options{Exact: true, Deeper: true})
		found := map[string]Finding{}
		for _, f := range r.Findings {
			if f.Codes[0] == "C" {
				found[f.Of] = f
			}
		}
		if n, s := found[""], found[ScoreSum]; n.Low != 3 || n.High != 3 || s.Low != 11 || s.High != 11 || s.Kind != ExactlyDisclosed ||
			s.Scale != 1 {
			t.Errorf("the group of 3 with the sum 11: %+v, %+v", n, s)
		}
	})
	run("percent_leak", func(t *testing.T, c sdcCase) {
		share := roundedTo(1.0/3, 2000)
		r := Attack([]Table{{Name: c.ID, Rows: []Row{{Satisfied: &share}}}}, Options{Exact: true, Threshold: 3})
		if f := r.Findings[0]; f.Low != 3 || f.High != Unlimited || f.Kind != IntervalTooNarrow {
			t.Errorf("33.3 percent of a hidden base: %+v, want at least 3 people", f)
		}
		whole := Figure{0.5 - 1e-9, 0.5 + 1e-9}
		if f := Attack([]Table{{Rows: []Row{{Satisfied: &whole}}}}, Options{Exact: true}).Findings[0]; f.Low != 2 {
			t.Errorf("one half of a hidden base: %+v, want at least 2 people, as nobody has no share", f)
		}
	})
	for id, why := range elsewhere {
		if done[id] {
			t.Errorf("%s is looked at here, and elsewhere says %q", id, why)
		}
		done[id] = true
	}
	for id := range cases {
		if !done[id] {
			t.Error(fmt.Sprint("nobody looks at the case ", id))
		}
	}
}
