package linked_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"yousaid/analytics/attack"
	"yousaid/analytics/figures"
	"yousaid/analytics/tables"
	"yousaid/surveys/catalogue"
	"yousaid/surveys/demo"
)

// simulated is a council with so many simulated answers from November 2025 to October 2026.
func simulated(t *testing.T, n int) *council {
	t.Helper()
	c := satisfaction(t)
	store := catalogue.Store{DB: c.DB, Ledger: c.Ledger}
	c.Must(store.Import(t.Context(), c.By(), bytes.NewReader(demo.Catalogue)))
	services, err := store.Services(t.Context(), c.Org)
	c.Check(err)
	ids := c.Surveys["customer-satisfaction"]
	to := demo.Target{DB: c.DB, Ledger: c.Ledger, Org: c.Org, Survey: ids[0], Version: ids[1], Services: c.Services}
	for _, one := range services {
		c.Services[one.Slug] = one.ID
	}
	c.Must(demo.Store(t.Context(), to, c.By(), demo.Plan{Responses: n, Seed: 1, Until: c.Now, Zone: time.UTC}, func(int, int) {}))
	return c
}

// named asks for a release by another name of the question.
func named(q figures.Query, measure string, surveys ...string) figures.Query {
	q.Measure = measure
	if surveys != nil {
		q.Surveys = surveys
	}
	return q
}

const byScale = "scale:lga-satisfaction-5"

// The whole year under one name of the question and its halves under another are one set of releases: either they are
// proved together, or they do not leave. So it stays when an answer is withdrawn between them.
func TestAYearUnderOneNameAndItsHalvesUnderAnother(t *testing.T) {
	t.Parallel()
	c := simulated(t, 8000)
	whole := named(query("sex", "service"), "rating")
	whole.Audience = figures.Public
	whole.From, whole.To = figures.Date{Year: 2025, Month: 11, Day: 1}, figures.Date{Year: 2026, Month: 10, Day: 31}
	first, second := named(whole, byScale), named(whole, byScale)
	first.To, second.From = figures.Date{Year: 2026, Month: 4, Day: 30}, figures.Date{Year: 2026, Month: 5, Day: 1}
	all := c.Protected(whole)
	together := attack.Table{Name: "year and halves", Dimensions: append([]attack.Dimension{{ID: "half",
		Nodes: []attack.Node{{Code: "first", Parent: attack.All}, {Code: "second",
			Parent: attack.All}}}}, c.Read(all).Dimensions...), Answers: c.Read(all).Answers}
	add := func(half string, p tables.Protected) {
		for _, row := range c.Read(p).Rows {
			row.Codes = append([]string{half}, row.Codes...)
			together.Rows = append(together.Rows, row)
		}
	}
	add(attack.All, all)
	left := 0
	for half, q := range map[string]figures.Query{"first": first, "second": second} {
		p, ok := c.Released(q)
		if !ok {
			continue
		}
		left++
		if !slices.Contains(p.AuditedWith, all.Release) {
			t.Errorf("the %s half left beside %v, without the year's release %d", half, p.AuditedWith, all.Release)
		}
		add(half, p)
	}
	if report := attack.Attack([]attack.Table{together}, attack.Options{Threshold: 10, Exact: true,
		Work: 6 * attack.DefaultWork}); report.ExactlyDisclosed > 0 || report.Impossible {
		t.Errorf("%d halves left; %s: %+v", left, report, disclosed(report))
	}
	t.Logf("%d of 2 halves left", left)
}

// After one withdrawal the same table under the other name would show what the one answered.
func TestOneWithdrawalUnderAnotherName(t *testing.T) {
	t.Parallel()
	c := satisfaction(t)
	c.People(20, sex("female"), "2026-07-10T10")
	c.People(20, sex("male"), "2026-07-10T10")
	first := c.Protected(public(time.July, time.July, "sex"))
	tx, err := c.DB.Begin(t.Context(), c.Org)
	c.Check(err)
	c.Must(tx.Exec(`
		UPDATE responses
		SET    state = 'withdrawn', answers = '{}'
		WHERE  organisation_id = $1 AND id = (SELECT id FROM responses WHERE organisation_id = $1 LIMIT 1)`, c.Org))
	c.Check(tx.Commit())
	for _, q := range []figures.Query{
		named(public(time.July, time.July, "sex"), byScale),
		named(public(time.July, time.July, "sex"), byScale, "all"),
		named(public(time.July, time.August, "channel"), byScale),
	} {
		c.Refused(q, fmt.Sprintf("release %d", first.Release))
	}
}

// second is a survey of another name that asks the template's rating under the same code, and a rating on the same scale under another one.
const second = `
survey: second
title: {en: Second}
pages:
  - questions:
      - {code: rating, kind: rating, scale: lga-satisfaction-5, text: {en: How was it}, options: [
          {code: "5", score: 5, satisfied: true, text: {en: Good}},
          {code: "4", score: 4, satisfied: true, text: {en: Quite good}}, {code: "3", score: 3, text: {en: Neither}},
          {code: "2", score: 2, text: {en: Rather bad}}, {code: "1", score: 1, text: {en: Bad}}]}
`

const third = `
survey: third
title: {en: Third}
pages:
  - questions:
      - {code: overall, kind: rating, scale: lga-satisfaction-5, text: {en: How was it}, options: [
          {code: "5", score: 5, satisfied: true, text: {en: Good}},
          {code: "4", score: 4, satisfied: true, text: {en: Quite good}}, {code: "3", score: 3, text: {en: Neither}},
          {code: "2", score: 2, text: {en: Rather bad}}, {code: "1", score: 1, text: {en: Bad}}]}
`

// chosen is a council of three surveys that rate on one scale: each has a hundred answers by web and by telephone in
// July, the first three more by post.
func chosen(t *testing.T) *council {
	t.Helper()
	c := satisfaction(t)
	c.Publish(second)
	c.Publish(third)
	for survey, code := range map[string]string{"customer-satisfaction": "rating", "second": "rating", "third": "overall"} {
		for _, channel := range []string{"web", "telephone", "post", "email"} {
			for _, r := range []string{"1", "2", "3", "4", "5"} {
				c.Store(20, answer{Survey: survey, Answers: map[string]any{code: r}, Channel: channel, At: "2026-07-10T10"})
			}
		}
	}
	c.Few(3, time.July, "kiosk", "bins", "1")
	return c
}

// Which answers a table counts is the same question whatever the words: a list of surveys or all of them, the code or
// the scale, a survey more or less. What counts some of the same answers is audited together; what counts none is not.
func TestReleasesOfTheSameAnswersInOtherWords(t *testing.T) {
	t.Parallel()
	one, both, every := []string{"customer-satisfaction"}, []string{"second", "customer-satisfaction"}, []string{"all"}
	july := public(time.July, time.July, "channel")
	for _, words := range []struct {
		name         string
		first, other figures.Query
		beside       bool
	}{
		{"all and a list", named(july, byScale, every...), named(july, byScale, "third", "second", "customer-satisfaction"), true},
		{"all and one", named(july, "rating", every...), named(july, byScale, one...), true},
		{"a question of two surveys, and of one", named(july, "rating", both...), named(july, byScale, one...), true},
		{"the scale of all, and a question under another code", named(july, byScale, every...), named(july, "overall", "third"), true},
		{"a question under another code, and the scale of all", named(july, "overall", "third"), named(july, byScale, every...), true},
		{"two surveys", named(july, "rating", one...), named(july, byScale, "third"), false},
	} {
		t.Run(words.name, func(t *testing.T) {
			t.Parallel()
			c := chosen(t)
			first := c.Protected(words.first)
			p, left := c.Released(words.other)
			if !left {
				if !words.beside {
					t.Error("a table of other answers does not leave")
				}
				return
			}
			if slices.Contains(append(p.AuditedWith, p.Release), first.Release) != words.beside { // or it is the same release
				t.Errorf("release %d left beside %v, after %d", p.Release, p.AuditedWith, first.Release)
			}
		})
	}
}

// The same table under two names is the same release.
func TestTheSameTableUnderTwoNamesIsOneRelease(t *testing.T) {
	t.Parallel()
	c := chosen(t)
	first := c.Protected(named(public(time.July, time.July, "channel"), "rating", "customer-satisfaction"))
	if again := c.Protected(named(public(time.July, time.July, "channel"), byScale, "customer-satisfaction")); again.Release != first.Release {
		t.Errorf("release %d, and under the scale's name %d", first.Release, again.Release)
	}
}

// Surveys and services may come to be called otherwise after a release: it still counts the same answers.
func TestReleasesOfWhatIsCalledOtherwiseToday(t *testing.T) {
	t.Parallel()
	for _, renamed := range []string{
		`UPDATE surveys SET slug = 'renamed' WHERE organisation_id = $1 AND slug = 'customer-satisfaction'`,
		`UPDATE services SET slug = 'waste' WHERE organisation_id = $1 AND slug = 'bins'`,
	} {
		c := satisfaction(t)
		for m := time.July; m <= time.August; m++ {
			c.Answered(20, m, "web", "repairs")
			c.Answered(4, m, "web", "garden")
		}
		c.Answered(20, time.July, "web", "bins")
		c.Few(3, time.August, "web", "bins", "1")
		july := c.Protected(public(time.July, time.July, "service"))
		tx, err := c.DB.Begin(t.Context(), c.Org)
		c.Check(err)
		c.Must(tx.Exec(renamed, c.Org))
		c.Check(tx.Commit())
		q := public(time.July, time.July, "service")
		if strings.Contains(renamed, "surveys") {
			q.Surveys = []string{"renamed"}
		}
		again, left := c.Released(q)
		if left && again.Release != july.Release {
			t.Errorf("%s: asked again, release %d is release %d", renamed, july.Release, again.Release)
		}
		if len(again.Limits) > 0 {
			t.Errorf("%s: nothing changed, and it is said that %v", renamed, again.Limits)
		}
		q.To = figures.Date{Year: 2026, Month: 8, Day: 31}
		two, left := c.Released(q)
		if left && (!slices.Contains(two.AuditedWith, july.Release) || len(two.Limits) > 0) {
			t.Errorf("%s: the two months left beside %v, with the limits %v", renamed, two.AuditedWith, two.Limits)
		}
		if left && shown(two, map[bool]string{true: "bins", false: "waste"}[strings.Contains(renamed, "surveys")]) != "hidden" {
			t.Errorf("%s: three people of August are the difference of two releases", renamed)
		}
	}
}

// A filter that selects everybody would be a table of the same answers under other words: public tables have none.
func TestNoFilterSelectsEverybody(t *testing.T) {
	t.Parallel()
	c := satisfaction(t)
	c.Answered(20, time.July, "web", "bins")
	c.Protected(public(time.July, time.July, "channel"))
	q := public(time.July, time.July, "channel")
	q.Where = []figures.Filter{{Dimension: "service", Values: []string{"bins", "garden", "repairs"}}}
	c.Refused(q, "take the filter on service away")
}

// A period is its days, whoever wrote them: open on both sides it is all months that are over.
func TestAPeriodIsItsDays(t *testing.T) {
	t.Parallel()
	c := satisfaction(t)
	c.Answered(20, time.September, "web", "bins")
	c.Answered(20, time.October, "telephone", "bins")
	first := c.Protected(public(time.September, time.October, "channel"))
	open := public(time.September, time.October, "channel")
	open.From, open.To = figures.Date{}, figures.Date{}
	if again := c.Protected(open); again.Release != first.Release {
		t.Errorf("release %d by its days, %d by all months", first.Release, again.Release)
	}
}
