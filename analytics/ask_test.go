package analytics_test

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"yousaid/analytics/counciltest"
	"yousaid/analytics/figures"
	"yousaid/analytics/refusal"
	"yousaid/analytics/tables"
	"yousaid/surveys"
	"yousaid/surveys/tenant"
)

func near(t *testing.T, what string, got *float64, want float64) {
	t.Helper()
	if got == nil || math.Abs(*got-want) > 1e-12 {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

func TestRatingsByChannel(t *testing.T) {
	t.Parallel()
	c := satisfaction(t)
	c.Store(6, answer{Answers: rated("5"), Channel: "web"})
	c.Store(2, answer{Answers: rated("4"), Channel: "web"})
	c.Store(2, answer{Answers: rated("1"), Channel: "web"})
	c.Store(3, answer{Answers: rated("2"), Channel: "telephone"})
	c.Store(4, answer{Answers: rated("5"), Channel: "telephone", State: "withdrawn"})
	c.Store(4, answer{Answers: rated("5"), Channel: "telephone", Source: "pilot"})
	c.Store(5, answer{Answers: map[string]any{"reason": "time"}, Channel: "post"}) // no rating: no base
	f := c.Figures(query("channel"))
	if len(f.Cells) != 2 || f.Cells[0].Codes[0] != "web" || f.Cells[0].N != 10 || f.Cells[1].N != 3 || f.Total.N != 13 {
		t.Fatalf("cells: %s\ntotal: %+v", table(f), f.Total)
	}
	near(t, "mean", f.Cells[0].Mean, (6*5+2*4+2*1)/10.0)
	near(t, "share", f.Cells[0].Satisfied, 0.8)
	// Wilson interval of 8 of 10, R prop.test(8, 10, correct = FALSE)
	if lo, hi := *f.Cells[0].Low, *f.Cells[0].High; math.Abs(lo-0.4901625) > 1e-6 || math.Abs(hi-0.9433178) > 1e-6 {
		t.Errorf("interval of 8 of 10: %v to %v", lo, hi)
	}
	want := `{"by":{"channel":"telephone"},"n":3,"mean":2,"satisfied":0,"low":0,"high":0.5614970317550454,` +
		`"distribution":{"5":0,"4":0,"3":0,"2":3,"1":0}}`
	if got := strings.Split(table(f), "\n")[1]; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestTwoDimensionsAndFilters(t *testing.T) {
	t.Parallel()
	c := satisfaction(t)
	c.Store(1, answer{Answers: rated("5"), Service: "bins", Channel: "web", At: "2026-03-02T09"})
	c.Store(2, answer{Answers: rated("3"), Service: "garden", Channel: "email", At: "2026-03-31T22"}) // 23:00 on 31 March in London
	c.Store(4, answer{Answers: rated("1"), Service: "repairs", Channel: "web", At: "2026-03-31T23"})  // already 1 April in London
	c.Store(8, answer{Answers: rated("2"), Channel: "web", At: "2026-10-25T00"})
	f := c.Figures(query("directorate", "month"))
	var got []string
	for _, cell := range f.Cells {
		got = append(got, strings.Join(cell.Codes, " ")+"="+strings.Repeat("|", int(cell.N)))
	}
	if want := "housing 2026-04=||||, streets 2026-03=|||,  2026-10=||||||||"; strings.Join(got, ", ") != want {
		t.Errorf("by directorate and month: %q, want %q", strings.Join(got, ", "), want)
	}
	q := query("service")
	q.Where = []figures.Filter{{Dimension: "channel", Values: []string{"web", "post"}},
		{Dimension: "directorate", Values: []string{"housing", "streets"}}}
	if f := c.Figures(q); f.Total.N != 5 || len(f.Cells) != 2 {
		t.Errorf("filtered: %s", table(f))
	}
	q = query("day")
	q.From, q.To = figures.Date{Year: 2026, Month: time.March, Day: 31}, figures.Date{Year: 2026, Month: time.March, Day: 31}
	if f := c.Figures(q); f.Total.N != 2 || f.Cells[0].Codes[0] != "2026-03-31" {
		t.Errorf("the last of March, itself counted: %s", table(f))
	}
	// a day of 25 hours
	q.From, q.To = figures.Date{Year: 2026, Month: time.October, Day: 25}, figures.Date{Year: 2026, Month: time.October, Day: 25}
	if f := c.Figures(q); f.Total.N != 8 {
		t.Errorf("the day the clocks go back: %s", table(f))
	}
	if f := c.Figures(query("week")); f.Cells[0].Codes[0] != "2026-W10" {
		t.Errorf("by week: %s", table(f))
	}
}

func TestOtherKindsOfMeasure(t *testing.T) {
	t.Parallel()
	c := newCouncil(t)
	c.Publish(counciltest.Odd)
	c.Store(1, answer{Survey: "odd", Answers: map[string]any{"topics": []string{"a", "b"}, "visits": 3, "again": "yes", "ease": "easy"}})
	c.Store(2, answer{Survey: "odd", Answers: map[string]any{"topics": []string{"b"}, "visits": 12, "again": "no", "ease": "dk"}})
	c.Store(1, answer{Survey: "odd", Answers: map[string]any{"visits": 2.5, "ease": "hard"}})
	ask := func(measure string, by ...string) tables.Figures {
		return c.Figures(figures.Query{Surveys: []string{"odd"}, Measure: measure, By: by})
	}
	f := ask("topics")
	if f.Total.N != 3 || f.Total.Distribution[0].N != 1 || f.Total.Distribution[1].N != 3 || f.Total.Mean != nil || f.Total.Satisfied != nil {
		t.Errorf("several of many: %s", table(f))
	}
	f = ask("again", "topics")
	if !f.Overlapping() || len(f.Cells) != 2 || f.Cells[0].N != 1 || f.Cells[1].N != 3 || f.Total.N != 3 {
		t.Errorf("by several of many: %s", table(f))
	}
	if !strings.Contains(table(f), `"overlap":true`) {
		t.Errorf("the overlap is not flagged: %s", table(f))
	}
	f = ask("visits")
	near(t, "mean of numbers", f.Total.Mean, (3+12+12+2.5)/4)
	if len(f.Total.Distribution) != 3 || f.Total.Distribution[0].Code != "2.5" || f.Total.Distribution[2].Code != "12" {
		t.Errorf("numbers: %s", table(f))
	}
	f = ask("ease")
	if f.Total.N != 2 || f.Total.DontKnow != 2 || f.Total.Mean != nil {
		t.Errorf("don't know leaves the base: %s", table(f))
	}
	f = ask("visits", "ease")
	if len(f.Cells) != 3 || !strings.Contains(table(f), `"ease":"dk"`) {
		t.Errorf("don't know is a group like another: %s", table(f))
	}
	c.Refused(figures.Query{Surveys: []string{"odd"}, Measure: "words"}, "own words")
	c.Refused(figures.Query{Surveys: []string{"odd"}, Measure: "visits", By: []string{"visits"}}, "cannot split")
}

func TestSurveysAreJoinedByScale(t *testing.T) {
	t.Parallel()
	c := satisfaction(t)
	same, err := surveys.Template("customer-satisfaction")
	c.Check(err)
	same.Survey = "second"
	c.Define(same)
	c.Publish(counciltest.Odd)
	c.Store(3, answer{Answers: rated("5")})
	c.Store(2, answer{Survey: "second", Answers: rated("1")})
	q := query("channel")
	q.Surveys = []string{"all"}
	f := c.Figures(q)
	if f.Total.N != 5 || len(f.LeftOut) != 1 || f.LeftOut[0] != "odd" {
		t.Errorf("joined: %s, left out %v", table(f), f.LeftOut)
	}
	q.Surveys = []string{"customer-satisfaction", "odd"}
	c.Refused(q, `does not ask “rating”`)
	other, err := surveys.Template("good-average-poor")
	c.Check(err)
	c.Define(other)
	q.Surveys = []string{"all"}
	c.Refused(q, "good-average-poor")
	q.Surveys = []string{"nosuch"}
	c.Refused(q, `no published survey “nosuch”`)
}

// A scale is known by its name, and somebody may use the name for another: five would be the best here and the worst there.
func TestAScaleThatIsTurnedRoundIsNotJoined(t *testing.T) {
	t.Parallel()
	c := satisfaction(t)
	turned, err := surveys.Template("customer-satisfaction")
	c.Check(err)
	turned.Survey = "turned"
	options := turned.Pages[0].Questions[0].Options
	for i, j := 0, len(options)-1; i < j; i, j = i+1, j-1 {
		options[i].Score, options[j].Score = options[j].Score, options[i].Score
		options[i].Satisfied, options[j].Satisfied = options[j].Satisfied, options[i].Satisfied
	}
	c.Define(turned)
	q := query("channel")
	q.Surveys = []string{"all"}
	c.Refused(q, "counts one way in customer-satisfaction and another way in turned")
	q.Surveys = []string{"turned"}
	c.Figures(q)
}

func TestQuestionsThatMakeNoSense(t *testing.T) {
	t.Parallel()
	c := satisfaction(t)
	c.Refused(query("colour"), "no dimension “colour”")
	c.Refused(query("channel", "channel"), "named twice")
	c.Refused(query("channel", "mode", "month"), "two dimensions")
	q := query("channel")
	q.Where = []figures.Filter{{Dimension: "channel", Values: []string{"telefone"}}}
	c.Refused(q, "no value “telefone”")
	q = query()
	q.From, q.To = figures.Date{Year: 2026, Month: 5, Day: 2}, figures.Date{Year: 2026, Month: 5, Day: 1}
	c.Refused(q, "before it begins")
	q = query()
	q.Audience = "everybody"
	c.Refused(q, "audience")
	if f := c.Figures(query("channel")); len(f.Cells) != 0 || f.Total.N != 0 || f.Total.Mean != nil {
		t.Errorf("no responses: %s", table(f))
	}
}

func TestWhoMaySeeWhichFigures(t *testing.T) {
	t.Parallel()
	c := satisfaction(t)
	c.Store(3, answer{Answers: rated("5"), Service: "bins"})
	c.Store(4, answer{Answers: rated("5"), Service: "garden"}) // a part of bins
	c.Store(2, answer{Answers: rated("1"), Service: "repairs"})
	grants := map[string][]tenant.Grant{
		"viewer": {{Role: "viewer"}}, "consultation": {{Role: "consultation"}}, "administrator": {{Role: "administrator"}},
		"equality":  {{Role: "equality"}},
		"frontline": {{Role: "frontline"}}, "bins": {{Role: "service",
			Service: c.Services["bins"]}}, "nothing": {{Role: "service"}}, "nobody": nil,
	}
	seen := map[string]int64{"viewer": 9, "consultation": 9, "administrator": 9, "bins": 7, "nothing": 0}
	for name, g := range grants {
		a, err := c.Ask.Ask(t.Context(), tenant.Actor{Org: c.Org, Name: name, Grants: g}, query("service"))
		want, allowed := seen[name]
		switch {
		case !allowed && !errors.Is(err, refusal.ErrNotAllowed):
			t.Errorf("%s: %v", name, err)
		case allowed && err != nil:
			t.Errorf("%s: %v", name, err)
		case allowed && a.(tables.Figures).Total.N != want:
			t.Errorf("%s sees %d responses, want %d", name, a.(tables.Figures).Total.N, want)
		}
		_, err = c.Ask.Ask(t.Context(), tenant.Actor{Org: c.Org, Name: name, Grants: g}, query("sex"))
		if may := name == "equality" || name == "administrator"; may != (err == nil) {
			t.Errorf("%s asks by sex: %v", name, err)
		}
	}
	other := c.Organisation("other", "THR")
	if _, err := c.Ask.Ask(t.Context(), tenant.CommandLine(other), query("service")); err == nil {
		t.Error("another organisation sees our survey")
	}
}

func TestAServiceIsRolledUpAsItWas(t *testing.T) {
	t.Parallel()
	c := satisfaction(t)
	c.Store(1, answer{Answers: rated("5"), Service: "bins", At: "2026-03-10T10"})
	c.Store(1, answer{Answers: rated("5"), Service: "bins", At: "2026-08-10T10"})
	tx, err := c.DB.Begin(t.Context(), c.Org)
	c.Check(err)
	c.Must(tx.Exec(`
		INSERT INTO service_directorates (organisation_id, service_id, valid_from, directorate_id)
		VALUES ($1, $2, '2026-07-01', (SELECT id FROM directorates WHERE organisation_id = $1 AND slug = 'housing'))`, c.Org, c.Services["bins"]))
	c.Must(tx.Exec(`
		UPDATE service_directorates
		SET    valid_from = '2020-01-01'
		WHERE  organisation_id = $1 AND valid_from <> '2026-07-01'`, c.Org))
	c.Check(tx.Commit())
	if got, want := table(c.Figures(query("directorate", "month"))),
		`"directorate":"housing","month":"2026-08"`; !strings.Contains(got, want) || !strings.Contains(got,
		`"directorate":"streets","month":"2026-03"`) {
		t.Errorf("after the move: %s", got)
	}
}
