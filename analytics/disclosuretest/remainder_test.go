package disclosuretest

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"testing"
	"time"

	"yousaid/analytics/disclosure"
	"yousaid/surveys/bank"
	"yousaid/surveys/demo"
)

// pairs are the simulated council's ratings by each two of what the program can split them by, of which one at least is an
// equality characteristic, one of its groups, or either. An answer of one in three is enough to make many tables thin.
func pairs(t *testing.T, responses int, seed uint64) (list []Case) {
	t.Helper()
	directorate := map[string]string{}
	rows, err := csv.NewReader(bytes.NewReader(demo.Catalogue)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		directorate[row[slices.Index(rows[0], "slug")]] = row[slices.Index(rows[0], "directorate")]
	}
	var all []demo.Response
	plan := demo.Plan{Responses: responses, Seed: seed, Until: time.Date(2026, 10, 31, 0, 0, 0, 0, time.UTC), Zone: time.UTC}
	if err := demo.Simulate(plan, func(r demo.Response) error { all = append(all, r); return nil }); err != nil {
		t.Fatal(err)
	}
	type way struct {
		id    string
		codes []string // known from the questionnaire; nil: those met
		code  func(demo.Response) string
	}
	var equality []way
	for _, id := range []string{"age", "sex", "ethnic_group", "disability"} {
		equality = append(equality, way{id, append(bank.Codes(id), ""), func(r demo.Response) string { return bank.Derive(id, r.Equality) }})
		characteristic, _ := bank.Find(id)
		var groups []string
		for _, g := range characteristic.Groups {
			groups = append(groups, g.Code)
		}
		if groups != nil {
			equality = append(
				equality,
				way{id + "_group", append(groups, ""), func(r demo.Response) string { return bank.Group(id, bank.Derive(id, r.Equality)) }},
			)
		}
	}
	others := []way{
		{"service", nil, func(r demo.Response) string { return r.Service }},
		{"directorate", nil, func(r demo.Response) string { return directorate[r.Service] }},
		{"channel", nil, func(r demo.Response) string { return r.Channel }},
		{"mode", nil, func(r demo.Response) string { return r.Mode }},
		{"language", nil, func(r demo.Response) string { return r.Language }},
		{"reason", nil, func(r demo.Response) string { return r.Reason }},
		{"month", nil, func(r demo.Response) string { return r.Hour.Format("2006-01") }},
	}
	for i, a := range equality {
		for _, b := range slices.Concat(equality[i+1:], others) {
			if b.id == a.id+"_group" {
				continue
			}
			c := Case{
				Name:  fmt.Sprintf("%d responses by %s and %s", responses, a.id, b.id),
				Rules: disclosure.Rules{Equality: true, Key: fmt.Sprint(seed)},
			}
			for _, score := range []float64{1, 2, 3, 4, 5} {
				c.Lattice.Answers = append(
					c.Lattice.Answers,
					disclosure.Answer{Code: fmt.Sprint(score), Score: &score, HasSatisfied: true, Satisfied: score > 3},
				)
			}
			cells := 1
			for _, w := range []way{a, b} {
				codes := w.codes
				for _, r := range all {
					if code := w.code(r); w.codes == nil && !slices.Contains(codes, code) {
						codes = append(codes, code)
					}
				}
				c.Lattice.Dimensions = append(c.Lattice.Dimensions, disclosure.Dimension{ID: w.id, Codes: codes})
				cells *= len(codes)
			}
			c.Lattice.Counts = make([]int64, cells*5)
			d := c.Lattice.Dimensions
			for _, r := range all {
				c.Lattice.Counts[(slices.Index(d[0].Codes, a.code(r))*len(d[1].Codes)+slices.Index(d[1].Codes, b.code(r)))*5+r.Rating-1]++
			}
			list = append(list, c)
		}
	}
	return list
}

// What is held back cannot be subtracted, and what is left over in any sum is the answers of 30 people or more: in every
// table of two dimensions that the simulated council can ask for with an equality characteristic, in generated ones of
// five answers, and in the one that was met.
func TestNoResidualAnswers(t *testing.T) {
	t.Parallel()
	cases := pairs(t, 8000, 1)
	if !testing.Short() {
		cases = slices.Concat(cases, pairs(t, 2000, 2))
	}
	for n := range uint64(1500) {
		if c := Generate(
			n,
		); c.Linked == nil && c.Rules.Equality && len(c.Lattice.Dimensions) == 2 && len(c.Lattice.Answers) == 5 &&
			!slices.ContainsFunc(c.Lattice.Dimensions, func(d disclosure.Dimension) bool { return d.Groups != nil }) {
			cases = append(cases, c)
		}
	}
	leaking, shown, bare, hidden := 0, 0, 0, 0
	for _, c := range cases {
		table, err := disclosure.Protect(c.Lattice, c.Rules)
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
			continue
		}
		for _, cell := range slices.Concat(table.Cells(), table.Margins()) {
			switch {
			case cell.State == disclosure.Hidden:
				hidden++
			case cell.Figures != nil && cell.Figures.Distribution == nil:
				bare++
			case cell.Figures != nil:
				shown++
			}
		}
		if found := Remainders(table, c.Lattice, 30); found != nil {
			leaking++
			t.Errorf("%s: %s, and %d more", c.Name, found[0], len(found)-1)
		}
	}
	t.Logf("%d tables, %d of them leak; places with their distribution %d, without %d, hidden %d", len(cases), leaking, shown, bare, hidden)
	if shown == 0 || bare == 0 || hidden == 0 {
		t.Error("the tables do not have every kind of place")
	}
}

// The same of any number of dimensions and with subtotals.
func TestNoResidualAnswersAnywhere(t *testing.T) {
	t.Parallel()
	tables, whole, groups, deep, bare := 0, 0, 0, 0, 0
	for n := range uint64(400) {
		c := Generate(n)
		open := len(c.Lattice.Answers) == 5 ||
			c.Lattice.Answers[0].Score == nil && len(c.Lattice.Answers) > 1 // base, mean and share leave every answer open
		if c.Linked != nil || !c.Rules.Equality || !open {
			continue
		}
		table, err := disclosure.Protect(c.Lattice, c.Rules)
		if err != nil {
			continue // nothing leaves
		}
		found, all := Subtracted(table, c.Lattice, 30)
		if found != nil && table.Total().State == disclosure.Shown {
			t.Errorf("%s: %s, and %d more", c.Name, found[0], len(found)-1)
		}
		tables++
		if all {
			whole++
		}
		if len(c.Lattice.Dimensions) == 3 {
			deep++
		}
		if slices.ContainsFunc(c.Lattice.Dimensions, func(d disclosure.Dimension) bool { return d.Groups != nil }) {
			groups++
		}
		if slices.ContainsFunc(table.Cells(), func(c disclosure.Cell) bool { return c.Figures != nil && c.Figures.Distribution == nil }) {
			bare++
		}
	}
	t.Logf(
		"%d tables, %d of them tried whole, %d of three dimensions, %d with subtotals, %d with places without their distribution",
		tables,
		whole,
		deep,
		groups,
		bare,
	)
	if whole == 0 || deep == 0 || groups == 0 || bare == 0 {
		t.Error("the tables do not have every kind")
	}
}
