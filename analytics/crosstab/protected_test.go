package crosstab_test

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"yousaid/analytics/codebook"
	"yousaid/analytics/counciltest"
	"yousaid/analytics/crosstab"
	"yousaid/analytics/figures"
	"yousaid/analytics/refusal"
	"yousaid/analytics/tabulate"
	"yousaid/surveys/tenant"
)

// now is a day in May 2026: April is over.
var now = date(2026, 5, 20).Add(10 * time.Hour)

func day(year int, month time.Month, day int) figures.Date {
	return figures.Date{Year: year, Month: month, Day: day}
}

// What a table that needs protection may not ask.
func TestProtectedTablesThatAreRefused(t *testing.T) {
	t.Parallel()
	b := book(t, bins)
	in := func(filters ...string) (list []figures.Filter) {
		for _, one := range filters {
			f, err := figures.ParseFilter(one)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, f)
		}
		return list
	}
	for words, q := range map[string]figures.Query{
		"Choose one dimension":                            {},
		"Counts are rounded only in tables":               {By: []string{"channel"}, Rounded: true},
		"Ask for one answer at a time: split by topics:a": {By: []string{"topics"}},
		"split it by month instead of week":               {By: []string{"week"}},
		"split it by month instead of day":                {By: []string{"sex", "day"}},
		"directorate follows from service":                {By: []string{"service", "directorate"}},
		"age follows from age_group":                      {By: []string{"age_group", "age"}},
		"visits cannot be protected yet":                  {By: []string{"channel"}, Measure: "visits"},
		"topics cannot be protected yet":                  {By: []string{"channel"}, Measure: "topics"},
		"take the filter on channel away": {
			By: []string{"mode"}, Audience: figures.Public, Where: in("channel=web")},
		"may have one filter at the most, on service":                            {By: []string{"sex"}, Where: in("channel=web", "mode=online")},
		"Take the filter on mode away":                                           {By: []string{"sex"}, Where: in("mode=online")},
		"Take the filter on channel away":                                        {By: []string{"sex"}, Where: in("channel=web,post")},
		"start on the first of a month, not on 2026-03-02":                       {By: []string{"sex"}, From: day(2026, 3, 2)},
		"end on the last day of a month, not on 2026-03-30":                      {By: []string{"sex"}, To: day(2026, 3, 30)},
		"2026-05-31 is not over yet: the last day you can ask for is 2026-04-30": {By: []string{"sex"}, To: day(2026, 5, 31)},
		"ends (2026-01-31) before it begins (2026-02-01)":                        {By: []string{"sex"}, To: day(2026, 1, 31)},
	} {
		if q.Measure == "" {
			q.Measure = "rating"
		}
		refused(t, q, plan(t, b, q).CheckProtected(tenant.CommandLine(1), now, day(2026, 2, 17)), words)
	}
	err := plan(t, b, figures.Query{Measure: "rating", By: []string{"sex"}}).CheckProtected(
		tenant.Actor{Org: 1, Grants: []tenant.Grant{{Role: tenant.Viewer}}}, now, figures.Date{})
	if !errors.Is(err, refusal.ErrNotAllowed) {
		t.Errorf("whoever may not see equality: %v", err)
	}
}

// A protected table counts whole months that are over: from that of the first answer on, where nobody says otherwise.
func TestThePeriodOfAProtectedTable(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from, to, first, wantFrom, wantTo figures.Date
	}{
		{first: day(2026, 2, 17), wantFrom: day(2026, 2, 1), wantTo: day(2026, 4, 30)},
		{first: day(2026, 5, 2), wantFrom: day(2026, 4, 1), wantTo: day(2026, 4, 30)},
		{wantFrom: day(2026, 4, 1), wantTo: day(2026, 4, 30)},
		{from: day(2025, 12, 1), to: day(2026, 2, 28), first: day(2026, 2, 17), wantFrom: day(2025, 12, 1), wantTo: day(2026, 2, 28)},
	} {
		table := plan(t, book(t, bins), figures.Query{Measure: "rating", By: []string{"sex"}, From: c.from, To: c.to})
		if err := table.CheckProtected(tenant.CommandLine(1), now, c.first); err != nil {
			t.Error(err)
		}
		is(t, "the period", []any{table.Frame.From, table.Frame.To, table.Counts.From, table.Counts.To},
			[]any{c.wantFrom, c.wantTo, c.wantFrom, c.wantTo})
	}
	table := plan(t, book(t, bins), figures.Query{Measure: "rating", By: []string{"month"}})
	if months := table.Months(); months != nil {
		t.Errorf("an open period has the months %v", months)
	}
	is(t, "months over the end of a year", crosstab.MonthsBetween(day(2025, 11, 30), day(2026, 2, 1)),
		[]string{"2025-11", "2025-12", "2026-01", "2026-02"})
}

// The lattice has every code that can be, whether anybody has it or not, and how many gave each answer that counts.
func TestTheLatticeOfAProtectedTable(t *testing.T) {
	t.Parallel()
	table := plan(t, book(t, bins), figures.Query{Measure: "rating", By: []string{"age_group", "month"}, Subtotals: true,
		From: day(2026, 1, 1), To: day(2026, 4, 30)})
	age := table.By[0].Codes
	asked := count(t, table,
		tabulate.Count{Values: []string{"25_34", "2026-02"}, Answer: "2", N: 3},
		tabulate.Count{Values: []string{"25_34", "2026-02"}, Answer: "dk", N: 9},
		tabulate.Count{Values: []string{"", "2026-04"}, Answer: "1", N: 4})
	is(t, "what is asked", asked.Dimensions, []tabulate.Field{{Of: tabulate.EqualityAnswer, Question: "age_band"}, {Of: tabulate.Month}})
	l := table.Lattice()
	is(t, "the months", l.Dimensions[1].Codes, []string{"2026-01", "2026-02", "2026-03", "2026-04"})
	is(t, "the quarter that is whole", l.Dimensions[1].Groups, "[{group:2026-Q1 [2026-01 2026-02 2026-03]}]")
	is(t, "the ages", len(l.Dimensions[0].Codes), len(age))
	if len(l.Answers) != 2 || !l.Answers[0].Satisfied || *l.Answers[1].Score != 1 || l.Sets != nil {
		t.Errorf("the answers are %+v", l.Answers)
	}
	var there []string
	for i, n := range l.Counts {
		if n > 0 {
			cell := i / 2
			there = append(there, l.Dimensions[0].Codes[cell/4]+" "+l.Dimensions[1].Codes[cell%4]+" "+strconv.FormatInt(n, 10))
		}
	}
	if len(l.Counts) != len(age)*4*2 || len(there) != 2 || !strings.HasSuffix(there[0], " 2026-02 3") || there[1] != " 2026-04 4" {
		t.Errorf("%d counts, of which %q are not nought", len(l.Counts), there)
	}
	aggregates := map[string]int64{}
	crosstab.EachAggregate(table.Frame.Dimensions, func(codes []string) {
		n, _ := table.People(codes)
		aggregates[strings.Join(codes, " ")] = n
	})
	is(t, "the aggregates", []any{len(aggregates), aggregates["(all) (all)"], aggregates["(all) group:2026-Q1"], aggregates[" (all)"]},
		[]any{(len(age) + 1) * 6, 7, 3, 4})
	_, answers := table.People([]string{figures.All, figures.All})
	is(t, "the answers of all", answers, map[string]int64{"1": 4, "2": 3})

	table = plan(t, book(t, bins), figures.Query{Measure: "again", By: []string{"channel"}, Rounded: true, Audience: figures.Public})
	count(t, table, tabulate.Count{Values: []string{"web"}, Answer: "yes", N: 3, People: 5},
		tabulate.Count{Values: []string{"web"}, Answer: "yes", N: 1, People: 6})
	rounded := table.Lattice()
	if len(rounded.Sets) != len(rounded.Counts) || rounded.Sets[0] != 5^6 || rounded.Answers[0].Score != nil {
		t.Errorf("the fingerprints are %v", rounded.Sets)
	}
}

// A characteristic can be split whole, with its groups as subtotals.
func TestTheGroupsOfACharacteristic(t *testing.T) {
	t.Parallel()
	table := plan(t, book(t, bins), figures.Query{Measure: "rating", By: []string{"age"}, Subtotals: true})
	count(t, table)
	groups := table.Lattice().Dimensions[0].Groups
	if len(groups) == 0 {
		t.Fatal("age has no groups")
	}
	for _, g := range groups {
		if !strings.HasPrefix(g.Code, "group:") || len(g.Of) < 2 {
			t.Errorf("a subtotal of %v is called %s", g.Of, g.Code)
		}
	}
	table = plan(t, book(t, bins), figures.Query{Measure: "rating", By: []string{"channel"}, Subtotals: true})
	count(t, table)
	if groups := table.Lattice().Dimensions[0].Groups; groups != nil {
		t.Errorf("channels have the groups %v", groups)
	}
}

// Services and their directorates as they were in each month, access points, and who sees which services.
func TestServices(t *testing.T) {
	t.Parallel()
	c := counciltest.New(t)
	c.Publish(bins)
	tx, err := c.DB.Begin(t.Context(), c.Org)
	c.Check(err)
	c.Must(tx.Exec(`UPDATE service_directorates SET valid_from = '2026-01-01' WHERE organisation_id = $1`, c.Org))
	c.Must(tx.Exec(`
		INSERT INTO service_directorates (organisation_id, service_id, valid_from, directorate_id)
		VALUES ($1, $2, '2026-03-01', (SELECT id FROM directorates WHERE organisation_id = $1 AND slug = 'housing'))`,
		c.Org, c.Services["garden"]))
	b, err := codebook.Read(t.Context(), tx, c.Org, []string{"all"}, nil)
	c.Check(err)
	id := func(slug string) string { return strconv.FormatInt(c.Services[slug], 10) }
	service, month := tabulate.Field{Of: tabulate.Service}, tabulate.Field{Of: tabulate.Month}

	table := plan(t, b, figures.Query{Measure: "rating", By: []string{"service"}, Where: []figures.Filter{{Dimension: "service",
		Values: []string{"bins"}}}})
	asked := count(t, table, tabulate.Count{Values: []string{id("bins")}, Answer: "2", N: 3},
		tabulate.Count{Values: []string{""}, Answer: "2", N: 1})
	is(t, "the filter", asked.Filters, []tabulate.Filter{{Field: service, Values: []string{id("bins")}}})
	is(t, "by service", cells(table.Figures().Cells...), []string{"bins 3 2:3 1:0", " 1 2:1 1:0"})

	table = plan(t, b, figures.Query{Measure: "rating", By: []string{"directorate"}, Where: []figures.Filter{{Dimension: "directorate",
		Values: []string{"housing"}}}})
	asked = count(t, table, tabulate.Count{Values: []string{id("garden"), "2026-02"}, Answer: "2", N: 3},
		tabulate.Count{Values: []string{id("garden"), "2026-03"}, Answer: "2", N: 5})
	is(t, "what is asked", []any{asked.Dimensions, asked.Filters}, []any{[]tabulate.Field{service, month}, []tabulate.Filter{}})
	is(t, "by directorate", cells(table.Figures().Cells...), []string{"housing 5 2:5 1:0"})

	// A subtotal of a directorate is one of services that were in it all the time.
	subtotals := func(from, to figures.Date) (groups []string) {
		table := plan(t, b, figures.Query{Measure: "rating", By: []string{"service"}, Subtotals: true, From: from, To: to})
		count(t, table)
		for _, g := range table.Lattice().Dimensions[0].Groups {
			groups = append(groups, g.Code+" "+strings.Join(g.Of, "+"))
		}
		return groups
	}
	is(t, "before the move", subtotals(day(2026, 1, 1), day(2026, 2, 28)), []string{"group:streets bins+garden"})
	is(t, "over the move", subtotals(day(2026, 1, 1), day(2026, 3, 31)), []string{})
	is(t, "after the move", subtotals(day(2026, 3, 1), day(2026, 3, 31)), []string{"group:housing garden+repairs"})

	// Whoever works for some services sees these and their parts, wherever a service is now.
	var housing int64
	c.Check(tx.Get(&housing, `SELECT id FROM directorates WHERE organisation_id = $1 AND slug = 'housing'`, c.Org))
	for _, one := range []struct {
		grant tenant.Grant
		want  []string
	}{
		{tenant.Grant{Role: tenant.ServiceRole, Service: c.Services["bins"]}, []string{"bins", "garden"}},
		{tenant.Grant{Role: tenant.ServiceRole, Directorate: housing}, []string{"garden", "repairs"}},
	} {
		by := tenant.Actor{Org: c.Org, Grants: []tenant.Grant{one.grant}}
		table, err := crosstab.Plan(b, by, figures.Query{Surveys: []string{"all"}, Measure: "rating"})
		c.Check(err)
		asked := count(t, table)
		var want []string
		for _, slug := range one.want {
			want = append(want, id(slug))
		}
		slices.Sort(want)
		is(t, "whose answers are counted", asked.Filters, []tabulate.Filter{{Field: service, Values: want}})
		everybody, err := crosstab.Plan(b, by, figures.Query{Surveys: []string{"all"}, Measure: "rating", Everybody: true})
		c.Check(err)
		is(t, "the figure of everybody", len(count(t, everybody).Filters), 0)
	}
	c.Check(tx.Rollback())
}
