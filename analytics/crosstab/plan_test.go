package crosstab_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"yousaid/analytics/codebook"
	"yousaid/analytics/crosstab"
	"yousaid/analytics/figures"
	"yousaid/analytics/refusal"
	"yousaid/analytics/tabulate"
	"yousaid/surveys"
	"yousaid/surveys/tenant"
)

const (
	bins = `
survey: bins
title: {en: Bins}
pages:
  - questions:
      - code: rating
        kind: rating
        scale: four
        text: {en: How was it}
        options:
          - {code: "2", score: 2, satisfied: true, text: {en: Good}}
          - {code: "1", score: 1, text: {en: Bad}}
          - {code: dk, dont_know: true, text: {en: Do not know}}
      - {code: topics, kind: several, text: {en: Which}, options: [{code: a, text: {en: A}}, {code: b, text: {en: B}}]}
      - {code: visits, kind: number, min: 0, max: 99, text: {en: How often}}
      - {code: again, kind: yesno, text: {en: Again}}
      - {code: words, kind: text, text: {en: Words}}
equality: [sex, age]
`
	parks = `
survey: parks
title: {en: Parks}
pages:
  - questions:
      - code: overall
        kind: rating
        scale: four
        text: {en: How is it}
        options: [{code: "2", score: 2, satisfied: true, text: {en: Good}}, {code: "1", score: 1, text: {en: Bad}}]
`
)

// book is what is known of a council with some surveys, and nothing else.
func book(t *testing.T, yaml ...string) *codebook.Book {
	t.Helper()
	b := &codebook.Book{Org: 1, Name: "Test Council", Zone: time.UTC}
	for i, one := range yaml {
		d, err := surveys.ParseYAML([]byte(one))
		if err != nil {
			t.Fatal(err)
		}
		b.Surveys = append(b.Surveys, codebook.Survey{SurveyRef: figures.SurveyRef{ID: int64(i + 1), Slug: d.Survey},
			Versions: []surveys.Definition{d}, Published: []time.Time{{}}})
	}
	return b
}

// engine gives the counts that it has, and remembers what it was asked.
type engine struct {
	counts []tabulate.Count
	asked  tabulate.Query
}

func (e *engine) Count(_ context.Context, _ *sqlx.Tx, q tabulate.Query) ([]tabulate.Count, error) {
	e.asked = q
	return e.counts, nil
}

func plan(t *testing.T, b *codebook.Book, q figures.Query) *crosstab.Table {
	t.Helper()
	if q.Surveys == nil {
		q.Surveys = []string{"all"}
	}
	table, err := crosstab.Plan(b, tenant.CommandLine(1), q)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// count has a table counted.
func count(t *testing.T, table *crosstab.Table, counts ...tabulate.Count) tabulate.Query {
	t.Helper()
	e := &engine{counts: counts}
	if err := table.Count(t.Context(), e, nil); err != nil {
		t.Fatal(err)
	}
	return e.asked
}

func is(t *testing.T, what string, got, want any) {
	t.Helper()
	if g, w := fmt.Sprintf("%v", got), fmt.Sprintf("%v", want); g != w {
		t.Errorf("%s is\n%s, not\n%s", what, g, w)
	}
}

// refused expects a refusal that holds the words.
func refused(t *testing.T, what any, err error, words string) {
	t.Helper()
	var r refusal.Refusal
	if !errors.As(err, &r) || !strings.Contains(r.Error(), words) {
		t.Errorf("%v: %v, not a refusal with %q", what, err, words)
	}
}

// cells writes figures in short: the codes, how many, of which each answer.
func cells(list ...figures.Cell) (out []string) {
	for _, c := range list {
		one := fmt.Sprintf("%s %d", strings.Join(c.Codes, "/"), c.N)
		for _, a := range c.Distribution {
			one += fmt.Sprintf(" %s:%d", a.Code, a.N)
		}
		out = append(out, one)
	}
	return out
}

// What the engine is asked, and what becomes of its counts: cells in the order of the codes, the total, and what is not counted.
func TestCountsBecomeCells(t *testing.T) {
	t.Parallel()
	q := figures.Query{Measure: "rating", By: []string{"channel", "again"}, From: figures.Date{Year: 2026, Month: 3, Day: 1},
		To:    figures.Date{Year: 2026, Month: 3, Day: 31},
		Where: []figures.Filter{{Dimension: "mode", Values: []string{"online"}}, {Dimension: "topics", Values: []string{"a"}}}}
	counts := []tabulate.Count{
		{Values: []string{"post", "yes", `["a","b"]`}, Answer: "1", N: 2},
		{Values: []string{"web", "", `["a"]`}, Answer: "2", N: 3},
		{Values: []string{"web", "", `["a"]`}, Answer: "1", N: 1},
		{Values: []string{"web", "", `["a"]`}, Answer: "dk", N: 4},
		{Values: []string{"web", "", `["b"]`}, Answer: "2", N: 50}, // not of those that are asked for
		{Values: []string{"web", "", `["a"]`}, Answer: "", N: 5},
		{Values: []string{"web", "", `["a"]`}, Answer: "2", N: 6, Excluded: true},
		{Values: []string{"web", "", `["a"]`}, Answer: "", N: 7, Excluded: true},
		{Values: []string{"pigeon", "no", `["a"]`}, Answer: "2", N: 8},
	}
	table := plan(t, book(t, bins), q)
	asked := count(t, table, counts...)
	is(t, "the period", []time.Time{asked.From, asked.To}, []time.Time{date(2026, 3, 1), date(2026, 4, 1)})
	is(t, "the fields", asked.Dimensions,
		[]tabulate.Field{{Of: tabulate.Channel}, tabulate.AnswerTo("again"), tabulate.AnswerTo("topics")})
	is(t, "the filters", asked.Filters, []tabulate.Filter{{Field: tabulate.Field{Of: tabulate.Mode}, Values: []string{"online"}}})
	is(t, "the rest", []any{asked.Surveys, asked.Measure, asked.Protected, asked.People},
		[]any{[]int64{1}, tabulate.AnswerTo("rating"), false, false})
	f := table.Figures()
	is(t, "the cells", cells(f.Cells...), []string{"web/ 4 2:3 1:1", "post/yes 2 2:0 1:2", "pigeon/no 8 2:8 1:0"})
	is(t, "the total", cells(f.Total), []string{" 14 2:11 1:3"})
	is(t, "what is not counted", []int64{f.Total.DontKnow, f.Unanswered, f.Excluded}, []int64{4, 5, 6})
	if m := f.Cells[0].Mean; m == nil || *m != 1.75 || *f.Cells[0].Satisfied != 0.75 {
		t.Errorf("mean and share of the first cell are %v, %v", m, f.Cells[0].Satisfied)
	}
	q.Unusual = true
	table = plan(t, book(t, bins), q)
	count(t, table, counts...)
	is(t, "the total with unusual answers", cells(table.Figures().Total), []string{" 20 2:17 1:3"})
}

func date(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// Who gives several answers is in several rows and counts once in the total; numbers are met, not listed.
func TestSeveralAnswersAndNumbers(t *testing.T) {
	t.Parallel()
	b := book(t, bins)
	table := plan(t, b, figures.Query{Measure: "rating", By: []string{"topics"}})
	count(t, table, tabulate.Count{Values: []string{`["a","b"]`}, Answer: "2", N: 3}, tabulate.Count{Values: []string{""}, Answer: "1", N: 2})
	f := table.Figures()
	is(t, "rows that overlap", cells(append(f.Cells, f.Total)...), []string{"a 3 2:3 1:0", "b 3 2:3 1:0", " 2 2:0 1:2", " 5 2:3 1:2"})
	table = plan(t, b, figures.Query{Measure: "rating", By: []string{"topics:b"}})
	count(t, table, tabulate.Count{Values: []string{`["a","b"]`}, Answer: "2", N: 3},
		tabulate.Count{Values: []string{`["a"]`}, Answer: "1", N: 1},
		tabulate.Count{Values: []string{""}, Answer: "1", N: 2})
	is(t, "one answer of several", cells(table.Figures().Cells...), []string{"yes 3 2:3 1:0", "no 1 2:0 1:1", " 2 2:0 1:2"})
	table = plan(t, b, figures.Query{Measure: "topics"})
	count(t, table, tabulate.Count{Answer: `["a","b"]`, N: 3}, tabulate.Count{Answer: `["b"]`, N: 1}, tabulate.Count{Answer: "b", N: 1})
	is(t, "several answers counted", cells(table.Figures().Total), []string{" 5 a:3 b:5"})
	table = plan(t, b, figures.Query{Measure: "visits"})
	count(t, table, tabulate.Count{Answer: "10", N: 1}, tabulate.Count{Answer: "2.5", N: 3}, tabulate.Count{Answer: "many", N: 4})
	total := table.Figures().Total
	is(t, "numbers in their order", cells(total), []string{" 8 many:4 2.5:3 10:1"})
	is(t, "their mean", *total.Mean, (2.5*3+10)/8)
}

// What cannot be asked, with what to ask instead. An error says which part of the query it is about.
func TestQueriesThatAreRefused(t *testing.T) {
	t.Parallel()
	b := book(t, bins, parks)
	by := func(ids ...string) figures.Query { return figures.Query{Measure: "rating", By: ids} }
	where := func(dimension, value string) figures.Query {
		return figures.Query{Measure: "rating", Where: []figures.Filter{{Dimension: dimension, Values: []string{value}}}}
	}
	turned := by()
	turned.From, turned.To = figures.Date{Year: 2026, Month: 4, Day: 1}, figures.Date{Year: 2026, Month: 3, Day: 1}
	for words, q := range map[string]figures.Query{
		"ends (2026-03-01) before it begins": turned,
		"two dimensions at the most":         by("channel", "mode", "again"),
		"channel is named twice":             by("channel", "channel"),
		"There is no dimension “colour”":     by("colour"),
		"“visits” cannot split a table":      by("visits"),
		"topics has no answer “c”":           by("topics:c"),
		"Religion was never asked here. The equality characteristics asked are: Age, Sex": by("religion"),
		"counts the answers to rating":                {Measure: "rating", By: []string{"rating"}},
		"no question here that can be counted":        {},
		"None of the surveys asks “colour”":           {Measure: "colour"},
		"“words” is answered in people's own words":   {Measure: "words"},
		"has a rating on the scale “nine”":            {Measure: "scale:nine"},
		"channel has no value “pigeon”. It has web, ": where("channel", "pigeon"),
		"There is no dimension “size”":                where("size", "1"),
		"The survey parks does not ask “rating”. Choose one of its questions: overall.": {
			Surveys: []string{"bins", "parks"}, Measure: "rating"},
	} {
		if q.Surveys == nil {
			q.Surveys = []string{"all"}
		}
		_, err := crosstab.Plan(b, tenant.CommandLine(1), q)
		refused(t, q, err, words)
	}
	_, err := crosstab.Plan(book(t, parks), tenant.CommandLine(1),
		figures.Query{Surveys: []string{"all"}, Measure: "overall", By: []string{"sex"}})
	refused(t, "sex", err, "Sex was never asked: there are no equality questions here")
	if len(b.Surveys) != 2 || b.LeftOut != nil {
		t.Errorf("a query leaves its mark on the codebook: %v", b.LeftOut)
	}
	table := plan(t, b, by("day"))
	is(t, "the surveys that do not ask it", table.Frame.LeftOut, []string{"parks"})
	if _, err := crosstab.Plan(b, tenant.CommandLine(1), figures.Query{Surveys: []string{"all"}, Measure: "rating",
		Where: []figures.Filter{{Dimension: "day", Values: []string{"2026-03-01"}}}}); err != nil {
		t.Errorf("any day can be asked for: %v", err)
	}
}

// Figures, equality tables and public tables are for different roles.
func TestWhoMayHaveATableCounted(t *testing.T) {
	t.Parallel()
	b := book(t, bins)
	for role, want := range map[string]string{tenant.Viewer: "figures", tenant.Consultation: "figures public", tenant.Equality: "equality",
		tenant.FrontLine: ""} {
		var may []string
		for what, q := range map[string]figures.Query{"figures": {}, "equality": {By: []string{"sex"}}, "public": {Audience: figures.Public}} {
			q.Measure, q.Surveys = "rating", []string{"all"}
			_, err := crosstab.Plan(b, tenant.Actor{Org: 1, Grants: []tenant.Grant{{Role: role}}}, q)
			if err == nil {
				may = append(may, what)
			} else if !errors.Is(err, refusal.ErrNotAllowed) {
				t.Errorf("%s of %s: %v", what, role, err)
			}
		}
		is(t, role, len(may), len(strings.Fields(want)))
		for _, what := range may {
			if !strings.Contains(want, what) {
				t.Errorf("%s may have %s counted", role, what)
			}
		}
	}
}

// Surveys that rate on one scale are counted by it, each by its own question; answers that count differently are refused.
func TestAScaleAsAMeasure(t *testing.T) {
	t.Parallel()
	b := book(t, bins, parks, strings.Replace(strings.Replace(parks, "survey: parks", "survey: roads", 1), "scale: four", "scale: five", 1))
	table := plan(t, b, figures.Query{Measure: "scale:four"})
	m := table.Measure
	is(t, "the measure", []any{m.Code, m.Scale, m.Text, len(m.Answers)},
		[]any{"scale:four", "four", "Ratings on the same scale in , ", 3})
	is(t, "the question of each survey", table.Counts.Questions, map[int64]string{1: "rating", 2: "overall"})
	is(t, "what is left out", table.Frame.LeftOut, []string{"roads"})
	asked := count(t, table)
	is(t, "what is asked", asked.Measure, tabulate.AnswerInEach(map[int64]string{1: "rating", 2: "overall"}))

	turned := book(t, bins, strings.Replace(parks, `code: "2", score: 2, satisfied: true`, `code: "2", score: 2`, 1))
	_, err := crosstab.Plan(turned, tenant.CommandLine(1), figures.Query{Surveys: []string{"all"}, Measure: "scale:four"})
	refused(t, "a scale that is turned round", err, "the answer 2 counts one way in parks and another way")

	// Beside a release that counts the other survey, the answers of both are counted as one.
	b = book(t, bins, parks)
	table = plan(t, b, figures.Query{Measure: "overall"})
	table.Codebook = b
	if err := table.MeasureAlike(table.Measure.Measure, map[int64]string{1: "rating", 2: "overall"}); err != nil {
		t.Error(err)
	}
	is(t, "the answers of both", len(table.Measure.Answers), 3)
	table.Codebook = turned
	refused(t, "a release that counts otherwise", table.MeasureAlike(table.Measure.Measure, map[int64]string{1: "rating", 2: "overall"}),
		"overall cannot be released: the answer 2 counts one way in it and another way in parks")
}
