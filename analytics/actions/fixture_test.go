package actions

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"yousaid/migrations/pgtest"
	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
)

// ledger is an audit trail that only remembers what was recorded.
type ledger struct{ actions *[]string }

func (l ledger) Record(_ context.Context, _ *sqlx.Tx, _ tenant.Actor, action, _ string, _, _ any) error {
	*l.actions = append(*l.actions, action)
	return nil
}

// fixture is a council in English and Welsh with two services, two officers who may publish, and somebody who works for bins only.
type fixture struct {
	Store
	t                     *testing.T
	owner                 *sqlx.DB
	bins, roads           int64
	person                int64
	writer, second, local tenant.Actor
	recorded              *[]string
}

const today = "2026-05-20"

func newFixture(t *testing.T) fixture {
	t.Helper()
	db := pgtest.New(t)
	f := fixture{t: t, owner: db.Owner(), recorded: new([]string)}
	f.Store = Store{
		DB:     tenant.New(db.App()),
		Ledger: ledger{f.recorded},
		Now:    func() time.Time { return time.Date(2026, 5, 20, 9, 0, 0, 0, time.UTC) },
	}
	add := func(sql string, args ...any) (id int64) {
		t.Helper()
		if err := f.owner.Get(&id, sql+" RETURNING id", args...); err != nil {
			t.Fatal(err)
		}
		return id
	}
	f.owner.MustExec(`INSERT INTO organisations (id, slug, link_prefix, names, languages) VALUES (1, 'testham', 'TST', '{}', '{en,cy}')`)
	environment := add(`INSERT INTO directorates (organisation_id, slug, names) VALUES (1, 'environment', '{"en": "Environment"}')`)
	f.bins = add(`INSERT INTO services (organisation_id, slug, names) VALUES (1, 'bins', '{"en": "Bins"}')`)
	f.roads = add(`INSERT INTO services (organisation_id, slug, names) VALUES (1, 'roads', '{"en": "Roads"}')`)
	for _, service := range []int64{f.bins, f.roads} {
		f.owner.MustExec(
			`INSERT INTO service_directorates (organisation_id, service_id, valid_from, directorate_id) VALUES (1, $1, '2025-01-01', $2)`,
			service,
			environment,
		)
	}
	f.person = add(`INSERT INTO people (organisation_id, email, name, password_hash) VALUES (1, 'ann@example.org', 'Ann', 'x')`)
	grants := []tenant.Grant{{Role: tenant.Consultation}}
	f.writer = tenant.Actor{Org: 1, Name: "writer", Grants: grants}
	f.second = tenant.Actor{Org: 1, Name: "second", Grants: grants}
	f.local = tenant.Actor{Org: 1, Name: "local", Grants: []tenant.Grant{{Role: tenant.ServiceRole, Service: f.bins}}}
	return f
}

// both is a text in the languages of the council.
func both(s string) question.Text { return question.Text{"en": s, "cy": s + " (cy)"} }

func (f fixture) content() Content {
	return Content{
		Service: f.bins,
		Kind:    Did,
		Texts:   Texts{YouSaid: both("Bins are left on the path."), WeDid: both("Crews put each bin back.")},
	}
}

// start makes a draft.
func (f fixture) start(change ...func(*Content)) int64 {
	f.t.Helper()
	c := f.content()
	for _, by := range change {
		by(&c)
	}
	n, err := f.Create(f.t.Context(), f.writer, c)
	f.must(err)
	return n
}

// published makes one that is public today.
func (f fixture) published() int64 {
	f.t.Helper()
	n := f.start()
	f.must(f.Send(f.t.Context(), f.writer, n, 1, ""))
	f.must(f.Approve(f.t.Context(), f.second, n, 1, today))
	return n
}

func (f fixture) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

// is holds that something was refused with an error.
func (f fixture) is(got, want error) {
	f.t.Helper()
	if !errors.Is(got, want) {
		f.t.Errorf("%v, want %v", got, want)
	}
}

func (f fixture) action(n int64) Action {
	f.t.Helper()
	a, _, err := f.Action(f.t.Context(), f.writer, n)
	f.must(err)
	return a
}
