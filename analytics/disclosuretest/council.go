package disclosuretest

import (
	"fmt"
	"slices"
	"time"

	"yousaid/analytics/disclosure"
	"yousaid/surveys/demo"
)

// Council makes tables of the simulated council: its ratings by each two, and by each three, of service, channel, quarter
// and the equality questions. A threshold of 10 beside an equality question, of 5 otherwise.
func Council(responses int, seed uint64) ([]Case, error) {
	var all []demo.Response
	plan := demo.Plan{Responses: responses, Seed: seed, Until: time.Date(2026, 10, 31, 0, 0, 0, 0, time.UTC), Zone: time.UTC}
	if err := demo.Simulate(plan, func(r demo.Response) error { all = append(all, r); return nil }); err != nil {
		return nil, err
	}
	by := []struct {
		id       string
		equality bool
		code     func(demo.Response) string
	}{
		{"service", false, func(r demo.Response) string { return r.Service }},
		{"channel", false, func(r demo.Response) string { return r.Channel }},
		{"quarter", false, func(r demo.Response) string { return fmt.Sprintf("%dq%d", r.Hour.Year(), (int(r.Hour.Month())+2)/3) }},
		{"age", true, func(r demo.Response) string { return r.Equality["age_band"] }},
		{"sex", true, func(r demo.Response) string { return r.Equality["sex"] }},
		{"ethnic group", true, func(r demo.Response) string { return r.Equality["ethnic_group_single"] }},
		{"long condition", true, func(r demo.Response) string { return r.Equality["llti"] }},
	}
	var list []Case
	const most = 250 // cells: more answers than that are connected are beyond the attacker's time, and there are enough of these tables
	add := func(picked ...int) {
		c := Case{Name: "council", Rules: disclosure.Rules{Key: "council"}}
		cells := 1
		for _, i := range picked {
			d := disclosure.Dimension{ID: by[i].id}
			for _, r := range all {
				if code := by[i].code(r); !slices.Contains(d.Codes, code) {
					d.Codes = append(d.Codes, code)
				}
			}
			slices.Sort(d.Codes)
			c.Lattice.Dimensions = append(c.Lattice.Dimensions, d)
			c.Rules.Equality = c.Rules.Equality || by[i].equality
			c.Name += " by " + by[i].id
			cells *= len(d.Codes)
		}
		for a := range 5 {
			score := float64(a + 1)
			c.Lattice.Answers = append(
				c.Lattice.Answers,
				disclosure.Answer{Code: fmt.Sprint(a + 1), Score: &score, HasSatisfied: true, Satisfied: a > 2},
			)
		}
		if cells > most && len(picked) > 2 {
			return
		}
		c.Lattice.Counts = make([]int64, cells*5)
		for _, r := range all {
			at := 0
			for k, i := range picked {
				at = at*len(c.Lattice.Dimensions[k].Codes) + slices.Index(c.Lattice.Dimensions[k].Codes, by[i].code(r))
			}
			c.Lattice.Counts[at*5+r.Rating-1]++
		}
		list = append(list, c)
	}
	for i := range by {
		add(i)
		for j := range i {
			add(j, i)
			for k := range j {
				if by[i].equality && (by[j].equality || by[k].equality) {
					add(k, j, i)
				}
			}
		}
	}
	return list, nil
}
