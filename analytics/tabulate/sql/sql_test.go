package sql

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"yousaid/analytics/tabulate"
	"yousaid/migrations/pgtest"
	"yousaid/surveys/tenant"
)

// responses are of two surveys, in London's time: two of March by its own clock, one of them of the last hour of
// February in UTC's. One is withdrawn, one excluded.
const responses = `
	INSERT INTO responses (organisation_id, id, survey_id, version_id, source, service_id, channel, mode, language, answered_hour, answers,
	                       state, excluded_no, verdict, equality_id, change_no) VALUES
	(1, '00000000-0000-0000-0000-000000000001', 5, 7, 'link', 3, 'web', 'online', 'en', '2026-05-31 23:00Z',
	 '{"rating": "5", "topics": ["a", "b"]}', 'finished', NULL, '', '10000000-0000-0000-0000-000000000001', 1),
	(1, '00000000-0000-0000-0000-000000000002', 5, 7, 'link', NULL, 'web', 'online', 'en', '2026-06-10 10:00Z', '{"rating": "4"}', 'finished',
	 NULL, '', NULL, 2),
	(1, '00000000-0000-0000-0000-000000000003', 5, 7, 'link', 3, 'post', 'paper', 'cy', '2026-06-11 10:00Z', '{"rating": "4"}', 'finished', 9,
	 'burst', NULL, 3),
	(1, '00000000-0000-0000-0000-000000000004', 6, 8, 'link', 3, 'web', 'online', 'en', '2026-07-01 10:00Z', '{"overall": "1"}', 'finished',
	 NULL, '', NULL, 4),
	(1, '00000000-0000-0000-0000-000000000005', 5, 7, 'link', 3, 'web', 'online', 'en', '2026-06-10 10:00Z', '{}', 'withdrawn', NULL, '', NULL,
	 5)`

type counted struct {
	t                *testing.T
	site, tabulating *sqlx.Tx
}

func newCounted(t *testing.T) counted {
	t.Helper()
	db := pgtest.New(t)
	owner := db.Owner()
	for _, s := range []string{
		`INSERT INTO organisations (id, slug, link_prefix, names, time_zone) VALUES (1, 'testham', 'TST', '{"en": "T"}', 'Europe/London')`,
		`INSERT INTO directorates (organisation_id, id, slug, names) VALUES (1, 2, 'streets', '{}')`,
		`INSERT INTO services (organisation_id, id, slug, names) VALUES (1, 3, 'bins', '{}')`,
		`INSERT INTO surveys (organisation_id, id, slug, state) VALUES (1, 5, 'how', 'open'), (1, 6, 'visit', 'open')`,
		`INSERT INTO versions (organisation_id, id, survey_id, number, definition, digest) VALUES (1, 7, 5, 1, '{}', ''), (1, 8, 6, 1, '{}', '')`,
		`INSERT INTO equality_answers (organisation_id, id, survey_id, version_id, answers)
			VALUES (1, '10000000-0000-0000-0000-000000000001', 5, 7, '{"sex": "female"}')`,
		responses,
	} {
		owner.MustExec(s)
	}
	pool := tenant.New(db.App()).Tabulating(db.Tabulate())
	c := counted{t: t}
	var err error
	if c.site, err = pool.BeginRead(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.site.Rollback() })
	if c.tabulating, err = pool.BeginTabulate(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.tabulating.Rollback() })
	return c
}

// count writes what is counted as "values:answer=n", in order.
func (c counted) count(q tabulate.Query) string {
	c.t.Helper()
	q.Org, q.Zone = 1, zone
	tx := c.site
	if q.Protected {
		tx = c.tabulating
	}
	counts, err := Engine{}.Count(c.t.Context(), tx, q)
	if err != nil {
		c.t.Fatal(err)
	}
	var list []string
	for _, n := range counts {
		text := fmt.Sprintf("%s:%s=%d", strings.Join(n.Values, "/"), n.Answer, n.N)
		if n.Excluded {
			text += " excluded"
		}
		if (n.People != 0) != q.People {
			c.t.Errorf("%s has the fingerprint %d", text, n.People)
		}
		list = append(list, text)
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}

var zone = func() *time.Location { z, _ := time.LoadLocation("Europe/London"); return z }()

func fields(of ...tabulate.Of) (list []tabulate.Field) {
	for _, o := range of {
		list = append(list, tabulate.Field{Of: o})
	}
	return list
}

func month(m time.Month) time.Time { return time.Date(2026, m, 1, 0, 0, 0, 0, zone) }

func TestFieldsAndFilters(t *testing.T) {
	t.Parallel()
	c := newCounted(t)
	rating, how, both := tabulate.AnswerTo("rating"), []int64{5}, []int64{5, 6}
	for _, one := range []struct {
		q    tabulate.Query
		want string
	}{
		{tabulate.Query{Surveys: how, Measure: rating}, ":4=1, :4=1 excluded, :5=1"},
		{tabulate.Query{Surveys: both, Dimensions: fields(tabulate.Survey),
			Measure: tabulate.AnswerInEach(map[int64]string{5: "rating", 6: "overall"})}, "5:4=1, 5:4=1 excluded, 5:5=1, 6:1=1"},
		{tabulate.Query{Surveys: how, Dimensions: fields(tabulate.Channel, tabulate.Mode, tabulate.Service, tabulate.AccessPoint,
			tabulate.Language)}, "post/paper/3//cy:1=1 excluded, web/online///en:1=1, web/online/3//en:1=1"},
		{tabulate.Query{Surveys: how, Dimensions: fields(tabulate.Month, tabulate.Week, tabulate.Day)},
			"2026-06/2026-W23/2026-06-01:1=1, 2026-06/2026-W24/2026-06-10:1=1, 2026-06/2026-W24/2026-06-11:1=1 excluded"},
		{tabulate.Query{Surveys: how, Dimensions: []tabulate.Field{tabulate.AnswerTo("topics")}}, ":1=1, :1=1 excluded, [\"a\", \"b\"]:1=1"},
		{tabulate.Query{Surveys: both, From: month(time.July)}, ":1=1"},
		{tabulate.Query{Surveys: both, To: month(time.June).AddDate(0, 0, 9)}, ":1=1"},
		{tabulate.Query{Surveys: how, Measure: rating, Filters: []tabulate.Filter{{Field: tabulate.Field{Of: tabulate.Service},
			Values: []string{"3"}}}}, ":4=1 excluded, :5=1"},
		{tabulate.Query{Surveys: how, Measure: rating, Filters: []tabulate.Filter{{Field: tabulate.Field{Of: tabulate.Service},
			Values: []string{""}}}}, ":4=1"},
		{tabulate.Query{Surveys: how, Filters: []tabulate.Filter{{Field: tabulate.Field{Of: tabulate.Service}, Values: nil}}}, ""},
		{tabulate.Query{Surveys: how, Filters: []tabulate.Filter{{Field: rating, Values: []string{"4", "5"}},
			{Field: tabulate.Field{Of: tabulate.Day}, Values: []string{"2026-06-01"}}}}, ":1=1"},
		{tabulate.Query{Surveys: how, Protected: true, From: month(time.June), To: month(time.July), Dimensions: fields(tabulate.Month),
			Measure: rating}, "2026-06:4=1, 2026-06:4=1 excluded, 2026-06:5=1"},
		{tabulate.Query{Surveys: how, Protected: true, People: true, From: month(time.June), To: month(time.July), Measure: rating},
			":4=1, :4=1 excluded, :5=1"},
		{tabulate.Query{Surveys: how, Protected: true, From: month(time.June), To: month(time.July),
			Dimensions: []tabulate.Field{{Of: tabulate.EqualityAnswer, Question: "sex"}}, Measure: rating}, ":4=1, :4=1 excluded, female:5=1"},
		{tabulate.Query{Surveys: how, Protected: true, From: month(time.June), To: month(time.July), Measure: rating,
			Filters: []tabulate.Filter{{Field: tabulate.Field{Of: tabulate.EqualityAnswer, Question: "sex"}, Values: []string{"female"}}}}, ":5=1"},
		{tabulate.Query{Surveys: how, Protected: true, From: month(time.May), To: month(time.June), Measure: rating}, ""},
	} {
		if got := c.count(one.q); got != one.want {
			t.Errorf("%+v counts %s, not %s", one.q, got, one.want)
		}
	}
}

// What would put an equality answer beside a response, or a protected table beside a day, is refused before the database is asked.
func TestFieldsThatAreNotCountedTogether(t *testing.T) {
	t.Parallel()
	for _, q := range []tabulate.Query{
		{Measure: tabulate.Field{Of: tabulate.EqualityAnswer, Question: "sex"}},
		{Protected: true, Zone: zone, Dimensions: fields(tabulate.Day)},
		{Protected: true, Zone: zone, Filters: []tabulate.Filter{{Field: tabulate.Field{Of: tabulate.Week}}}},
		{Measure: tabulate.Field{Of: 200}},
	} {
		if _, err := (Engine{}).Count(t.Context(), nil, q); err == nil {
			t.Errorf("%+v is counted", q)
		}
	}
}
