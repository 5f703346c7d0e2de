package disclosuretest

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"yousaid/analytics/attack"
	"yousaid/analytics/disclosure"
)

// reference is a case of sdc_cases.json that is a table, or two linked ones.
type reference struct {
	ID         string
	Rows, Cols []string
	Inner      [][]int64
	Shape      []int
	Vals       map[string]int64
	Regions    map[string]int64
	Table1     map[string]string
	Table2     map[string]string
}

// TestTheReferenceTablesAreProtected lets the product choose the pattern on the tables of the reference cases, and the
// attacker find both ends of what is hidden.
func TestTheReferenceTablesAreProtected(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(filepath.Join("..", "disclosure", "testdata", "sdc_cases.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []json.RawMessage }
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	tables := 0
	for _, raw := range file.Cases {
		var c reference
		if err := json.Unmarshal(raw, &c); err != nil {
			continue // a case of sentences: the attacker's own tests have it
		}
		made, ok := c.made()
		if !ok {
			continue
		}
		tables++
		got := Run(made, Protected, true)
		if got.ExactlyDisclosed+got.TooNarrow+got.Unknown+got.Contradicted+got.Disagreeing+got.Refused > 0 {
			t.Errorf("%s: %+v", c.ID, got)
		}
		if got.Empty > 0 {
			t.Errorf("%s: nothing is shown", c.ID)
		}
		t.Logf("%s: %d places, %d small, %d hidden", c.ID, got.Aggregates, got.Primary, got.Hidden)
	}
	if tables < 9 {
		t.Errorf("only %d of the cases are tables", tables)
	}
}

// made is the case as a table of counts.
func (c reference) made() (Case, bool) {
	out := Case{Name: c.ID, Rules: disclosure.Rules{Threshold: 5, Key: "a secret"}}
	if strings.HasPrefix(c.ID, "all_rows") {
		out.Rules.Threshold = 6 // its smallest count is 5
	}
	out.Lattice.Answers = []disclosure.Answer{{Code: "n"}}
	switch {
	case c.Inner != nil:
		out.Lattice.Dimensions = []disclosure.Dimension{{ID: "row", Codes: c.Rows}, {ID: "col", Codes: c.Cols}}
		out.Lattice.Counts = slices.Concat(c.Inner...)
	case c.Shape != nil:
		for i, n := range c.Shape {
			d := disclosure.Dimension{ID: fmt.Sprintf("d%d", i)}
			for k := range n {
				d.Codes = append(d.Codes, fmt.Sprint(k))
			}
			out.Lattice.Dimensions = append(out.Lattice.Dimensions, d)
		}
		for i := range 27 {
			out.Lattice.Counts = append(
				out.Lattice.Counts,
				4*c.Vals[fmt.Sprintf("%d%d%d", i/9, i/3%3, i%3)],
			) // four times as many, or the threshold hides all
		}
	case c.Regions != nil && c.Table2 != nil:
		// Two groupings of the same regions: each region in its county and its size; the first table is by county, the second by size.
		regions := slices.Sorted(func(yield func(string) bool) {
			for r := range c.Regions {
				if !yield(r) {
					return
				}
			}
		})
		d := disclosure.Dimension{ID: "region", Codes: regions}
		out.Lattice.Dimensions = []disclosure.Dimension{d}
		for _, r := range regions {
			out.Lattice.Counts = append(out.Lattice.Counts, c.Regions[r])
		}
		for county, of := range c.Table1 {
			out.Lattice.Dimensions[0].Groups = append(out.Lattice.Dimensions[0].Groups, disclosure.Group{Code: county, Of: strings.Split(of, "")})
		}
		slices.SortFunc(out.Lattice.Dimensions[0].Groups, func(a, b disclosure.Group) int { return strings.Compare(a.Code, b.Code) })
	default:
		return out, false
	}
	return out, true
}

// TestTwoGroupingsOfTheSameRegions is the linked case: regions by county are out, and then regions by size are to leave.
// The second table is made beside the first, and the attacker has both.
func TestTwoGroupingsOfTheSameRegions(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(filepath.Join("..", "disclosure", "testdata", "sdc_cases.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []json.RawMessage }
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	var c reference
	for _, raw := range file.Cases {
		var one reference
		if json.Unmarshal(raw, &one) == nil && one.ID == "linked_both_tables" {
			c = one
		}
	}
	made, ok := c.made()
	if !ok {
		t.Fatal("there is no case linked_both_tables")
	}
	groups := func(of map[string]string) (list []disclosure.Group) {
		for code, regions := range of {
			list = append(list, disclosure.Group{Code: code, Of: strings.Split(regions, "")})
		}
		slices.SortFunc(list, func(a, b disclosure.Group) int { return strings.Compare(a.Code, b.Code) })
		return list
	}
	counties, sizes := groups(c.Table1), groups(c.Table2)
	first, err := disclosure.Protect(made.Lattice, made.Rules)
	if err != nil {
		t.Fatal(err)
	}
	second, behind := made.Lattice, made.Lattice
	second.Dimensions = []disclosure.Dimension{{ID: "region", Codes: made.Lattice.Dimensions[0].Codes, Groups: sizes}}
	behind.Dimensions = []disclosure.Dimension{{ID: "region", Codes: made.Lattice.Dimensions[0].Codes, Sets: slices.Concat(counties, sizes)}}
	earlier := disclosure.PriorTable{Number: 1, Rules: made.Rules}
	total := first.Total()
	total.Codes = []string{disclosure.All}
	for _, cell := range slices.Concat(first.Cells(), first.Margins(), []disclosure.Cell{total}) {
		earlier.Cells = append(
			earlier.Cells,
			disclosure.PriorCell{Codes: cell.Codes, State: cell.State, Distribution: true, Finest: len(cell.Codes[0]) == 1},
		)
	}
	beside, _, err := disclosure.ProveLinked(
		second,
		disclosure.Joint{Lattice: behind, JointCodes: func(codes []string) []string { return codes }, Prior: []disclosure.PriorTable{earlier}},
		made.Rules,
	)
	if err != nil {
		t.Fatal(err)
	}
	alone, err := disclosure.Protect(second, made.Rules)
	if err != nil {
		t.Fatal(err)
	}
	// The attacker has a row for each region and two kinds of subtotals: he reads them as the printed sums of one table by
	// region and, beside, by grouping.
	try := func(other disclosure.Table) attack.Report {
		var printed []attack.Table
		for _, table := range []disclosure.Table{first, other} {
			read, err := Reread(table)
			if err != nil {
				t.Fatal(err)
			}
			printed = append(printed, read)
		}
		return attack.Attack(printed, attack.Options{Threshold: 5, Together: true, Exact: true})
	}
	report := try(beside)
	if report.ExactlyDisclosed+report.Unknown > 0 || report.Impossible || report.Cells == 0 {
		t.Errorf("%s: %+v", report, report.Findings)
	}
	t.Logf("beside: %s; each for itself: %s", report, try(alone))
}

// hierarchies and singletons: cases of our own.
func own() []Case {
	counts := []disclosure.Answer{{Code: "n"}}
	score := func(v float64) *float64 { return &v }
	scale := []disclosure.Answer{{Code: "1", Score: score(1)}, {Code: "2", Score: score(2)}, {Code: "3", Score: score(3)}}
	services := disclosure.Dimension{ID: "service", Codes: []string{"bins", "parks", "repairs", "lettings", "libraries"},
		Groups: []disclosure.Group{{Code: "streets", Of: []string{"bins", "parks"}}, {Code: "housing", Of: []string{"repairs", "lettings"}}}}
	deep := disclosure.Dimension{ID: "month", Codes: []string{"jan", "feb", "mar", "apr", "may", "jun"},
		Groups: []disclosure.Group{{Code: "q1", Of: []string{"jan", "feb", "mar"}}, {Code: "q2", Of: []string{"apr", "may", "jun"}}}}
	sexes := disclosure.Dimension{ID: "sex", Codes: []string{"female", "male", "pns"}}
	return []Case{
		{
			Name:    "a service of 3 in a directorate of 200",
			Lattice: disclosure.Lattice{Dimensions: []disclosure.Dimension{services}, Answers: counts, Counts: []int64{197, 3, 60, 70, 90}},
		},
		{
			Name:    "a directorate of 4",
			Lattice: disclosure.Lattice{Dimensions: []disclosure.Dimension{services}, Answers: counts, Counts: []int64{2, 2, 60, 70, 90}},
		},
		{
			Name:  "services by sex",
			Rules: disclosure.Rules{Equality: true},
			Lattice: disclosure.Lattice{Dimensions: []disclosure.Dimension{services, sexes}, Answers: counts,
				Counts: []int64{40, 50, 1, 12, 3, 0, 33, 44, 11, 20, 25, 2, 60, 70, 15}},
		},
		{
			Name:  "months and quarters by sex",
			Rules: disclosure.Rules{Equality: true},
			Lattice: disclosure.Lattice{Dimensions: []disclosure.Dimension{deep, sexes}, Answers: counts,
				Counts: []int64{20, 22, 3, 30, 31, 1, 15, 25, 2, 40, 44, 5, 25, 20, 4, 35, 30, 3}},
		},
		{
			Name: "one with prefer not to say as the only neighbour",
			Lattice: disclosure.Lattice{Dimensions: []disclosure.Dimension{{ID: "sex", Codes: []string{"other", "pns"}}}, Answers: scale,
				Counts: []int64{1, 0, 0, 20, 20, 20}},
		},
		{
			Name: "two alone in their cells",
			Lattice: disclosure.Lattice{
				Dimensions: []disclosure.Dimension{{ID: "a", Codes: []string{"1", "2", "3", "4"}}, {ID: "b", Codes: []string{"1", "2", "3", "4"}}},
				Answers:    counts,
				Counts:     []int64{1, 20, 30, 40, 25, 1, 35, 45, 15, 25, 50, 60, 30, 20, 40, 55},
			},
		},
	}
}

func TestHierarchiesAndSingletons(t *testing.T) {
	t.Parallel()
	for _, c := range own() {
		got := Run(c, Protected, true)
		if got.ExactlyDisclosed+got.TooNarrow+got.Unknown+got.Contradicted+got.Disagreeing+got.Refused+got.Empty > 0 || got.Attacked == 0 {
			t.Errorf("%s: %+v", c.Name, got)
		}
		// As the respondents of singletons see it, the others are still open.
		alone := Singletons(c, 100, attack.DefaultWork)
		if alone.ExactlyDisclosed+alone.TooNarrow+alone.Unknown+alone.Contradicted > 0 ||
			got.Primary > 1 && alone.Tables > 0 && alone.Attacked == 0 { // beside the only small cell there is none to look at
			t.Errorf("%s: %s; %+v", c.Name, alone.First, alone)
		}
		t.Logf("%s: %d places, %d small, %d hidden, seen by %d singletons", c.Name, got.Aggregates, got.Primary, got.Hidden, alone.Tables)
	}
}
