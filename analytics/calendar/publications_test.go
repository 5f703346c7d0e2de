package calendar_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"yousaid/analytics/calendar"
	"yousaid/analytics/releases"
	"yousaid/analytics/review"
	"yousaid/migrations/pgtest"
	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
)

// silent takes what is recorded.
type silent struct{}

func (silent) Record(context.Context, *sqlx.Tx, tenant.Actor, string, string, any, any) error {
	return nil
}

type council struct {
	t     *testing.T
	owner *sqlx.DB
	store calendar.Store
	by    tenant.Actor

	second tenant.Actor
}

// agreed has the second person approve what waits about a publication, or with 0 the calendar.
func (c *council) agreed(id int64, today string) {
	c.t.Helper()
	waiting, err := c.store.Waiting(c.t.Context(), 1, id)
	if err != nil || len(waiting) == 0 {
		c.t.Fatalf("nothing waits: %v", err)
	}
	for _, w := range waiting {
		c.is(c.store.ApproveChange(c.t.Context(), c.second, id, w.ID, today), nil)
	}
}

func newCouncil(t *testing.T) *council {
	t.Helper()
	database := pgtest.New(t)
	c := &council{t: t, owner: database.Owner(), store: calendar.Store{Reader: releases.Reader{DB: tenant.New(database.App())},
		Ledger: silent{}, Now: time.Now}, by: tenant.CommandLine(1), second: tenant.Actor{Org: 1, Name: "second@testham.example"}}
	c.owner.MustExec(`INSERT INTO organisations (id, slug, link_prefix, names) VALUES (1, 'testham', 'TST', '{"en": "T"}')`)
	c.owner.MustExec(`INSERT INTO surveys (organisation_id, id, slug, state) VALUES (1, 2, 'how', 'open')`)
	c.owner.MustExec(`INSERT INTO versions (organisation_id, survey_id, number, definition, digest)
		VALUES (1, 2, 1, '{"pages": [{"questions": [{"code": "rating", "kind": "rating"}, {"code": "comment", "kind": "text"},
			{"code": "topics", "kind": "several"}]}]}', '')`)
	return c
}

// TestOnlyWhatTheSurveyAsksIsPlanned: a table that could never be released is not in the calendar.
func TestOnlyWhatTheSurveyAsksIsPlanned(t *testing.T) {
	t.Parallel()
	c := newCouncil(t)
	ctx := t.Context()
	for _, measure := range []string{"nosuch", "comment", "topics", "", "scale:lga-satisfaction-5", "Rating"} {
		good := calendar.Publication{Titles: question.Text{"en": "By service"}, Survey: 2, Measure: "rating", By: "service",
			From: "2026-01-01", To: "2026-03-31", Due: "2026-04-30"}
		bad := good
		bad.Measure = measure
		_, err := c.store.Plan(ctx, c.by, []calendar.Publication{good, bad})
		c.is(err, releases.ErrNotAsked)
	}
	_, err := c.store.Plan(ctx, c.by, []calendar.Publication{{Titles: question.Text{"en": "x"}, Survey: 3, Measure: "rating",
		By: "service", From: "2026-01-01", To: "2026-03-31", Due: "2026-04-30"}})
	c.is(err, releases.ErrNotAsked)
	if waiting, err := c.store.Waiting(ctx, 1, 0); err != nil || len(waiting) != 0 {
		t.Errorf("%d proposals wait: %v", len(waiting), err)
	}
	// A proposal from before this was looked at waits, and cannot be approved.
	id := c.plan("2026-01-01", "2026-03-31", "2026-04-30")
	if _, err := c.store.Plan(ctx, c.by, []calendar.Publication{{Titles: question.Text{"en": "By service"}, Survey: 2,
		Measure: "rating", By: "service", From: "2026-04-01", To: "2026-06-30", Due: "2026-07-30"}}); err != nil {
		t.Fatal(err)
	}
	c.owner.MustExec(`UPDATE versions SET definition = '{"pages": [{"questions": [{"code": "other", "kind": "rating"}]}]}'`)
	waiting, err := c.store.Waiting(ctx, 1, 0)
	if err != nil || len(waiting) != 1 {
		t.Fatalf("%d proposals wait: %v", len(waiting), err)
	}
	c.is(c.store.ApproveChange(ctx, c.second, 0, waiting[0].ID, "2026-01-01"), releases.ErrNotAsked)
	if list, err := c.store.Publications(ctx, 1); err != nil || len(list) != 1 || list[0].ID != id {
		t.Errorf("%v, %v", list, err)
	}
}

// release writes a table to the register.
func (c *council) release(n int) (id int64) {
	c.t.Helper()
	if err := c.owner.Get(&id, `
		INSERT INTO releases (organisation_id, query, period_from, period_to, snapshot_no, threshold, cells, pattern, status)
		VALUES (1, '{"surveys": ["how"], "measure": "rating", "by": ["service"]}', '2026-01-01', '2026-03-31', $1::int, 5,
			jsonb_build_object('version', 2, 'cells', jsonb_build_array(jsonb_build_object('by', jsonb_build_object('service', 'bins'),
				'n', $1::int))), '[]', 'released')
		RETURNING id`, n); err != nil {
		c.t.Fatal(err)
	}
	return id
}

func (c *council) plan(from, to, due string) int64 {
	c.t.Helper()
	if _, err := c.store.Plan(c.t.Context(), c.by, []calendar.Publication{{Titles: question.Text{"en": "By service"}, Survey: 2,
		Measure: "rating", By: "service", From: from, To: to, Due: due}}); err != nil {
		c.t.Fatal(err)
	}
	c.agreed(0, "")
	list, err := c.store.Publications(c.t.Context(), 1)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, p := range list {
		if p.From == from && p.To == to {
			return p.ID
		}
	}
	c.t.Fatal("it is not in the calendar")
	return 0
}

func (c *council) is(err, want error) {
	c.t.Helper()
	if !errors.Is(err, want) {
		c.t.Errorf("%v, not %v", err, want)
	}
}

func TestWhatIsPlannedTwiceIsPlannedOnce(t *testing.T) {
	t.Parallel()
	c := newCouncil(t)
	ctx := t.Context()
	id := c.plan("2026-01-01", "2026-03-31", "2026-04-30")
	again := []calendar.Publication{{Titles: question.Text{"en": "Other"}, Survey: 2, Measure: "rating", By: "service",
		From: "2026-01-01", To: "2026-03-31", Due: "2030-01-01"}}
	_, err := c.store.Plan(ctx, c.by, again)
	c.is(err, calendar.ErrPlanned)
	// In time it may be dropped, and planned again; once it is late it stays to be seen.
	c.is(c.store.Withdraw(ctx, c.by, id, nil, "2026-04-30"), nil)
	if n, err := c.store.Plan(ctx, c.by, again); n != 1 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	c.agreed(0, "")
	c.is(c.store.Withdraw(ctx, c.by, id, nil, "2030-01-02"), calendar.ErrMissed)
	p, err := c.store.Publication(ctx, 1, id)
	if days, waiting := p.Lateness("2030-01-02"); days != 1 || !waiting || err != nil {
		t.Errorf("%d days late, %v, %v", days, waiting, err)
	}
}

func TestWhatIsCorrectedStaysToBeCompared(t *testing.T) {
	t.Parallel()
	c := newCouncil(t)
	ctx := t.Context()
	id, first, second := c.plan("2026-01-01", "2026-03-31", "2026-04-30"), c.release(10), c.release(11)
	var wait sync.WaitGroup
	for range 5 {
		wait.Go(func() { c.is(c.store.Publish(ctx, c.by, id, first, nil), nil) })
	}
	wait.Wait()
	c.agreed(id, "2026-05-02")
	c.is(c.store.Publish(ctx, c.by, id, second, nil), calendar.ErrNotNow)
	note := question.Text{"en": "A service was missing."}
	c.is(c.store.Correct(ctx, c.by, id, first, nil, note), calendar.ErrSame)
	before, err := c.store.Changed(ctx, 1)
	c.is(err, nil)
	failed := 0
	var mu sync.Mutex
	for range 3 {
		wait.Go(func() {
			if err := c.store.Correct(ctx, c.by, id, second, nil, note); err != nil {
				mu.Lock()
				failed++
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	if after, _ := c.store.Changed(ctx, 1); failed != 0 || after != before {
		t.Errorf("%d of 3 equal corrections failed; without approval the stamp went from %s to %s", failed, before, after)
	}
	third := c.release(12)
	c.is(c.store.Correct(ctx, c.by, id, third, nil, note), review.ErrWaiting) // one change at a time
	waiting, err := c.store.Waiting(ctx, 1, id)
	if err != nil || len(waiting) != 1 || waiting[0].Proposal.Release != second || waiting[0].Table.ID != second {
		t.Fatalf("%+v: %v", waiting, err)
	}
	c.is(c.store.ApproveChange(ctx, c.by, id, waiting[0].ID, "2026-05-04"), review.ErrSamePerson)
	if p, err := c.store.Publication(ctx, 1, id); err != nil || p.Release != first || len(p.Editions) != 1 {
		t.Errorf("one person alone changed what is public: %+v, %v", p, err)
	}
	var passed atomic.Int64
	for range 3 {
		wait.Go(func() {
			switch err := c.store.ApproveChange(ctx, c.second, id, waiting[0].ID, "2026-05-04"); {
			case err == nil:
				passed.Add(1)
			case !errors.Is(err, review.ErrDecided):
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if after, _ := c.store.Changed(ctx, 1); passed.Load() != 1 || after == before {
		t.Errorf("%d of 3 approvals passed; the stamp went from %s to %s", passed.Load(), before, after)
	}
	p, err := c.store.Publication(ctx, 1, id)
	c.is(err, nil)
	if len(p.Editions) != 2 || p.Editions[0].Table.ID != first || p.Editions[0].Table.Status != "corrected" ||
		p.Editions[1].Table.Corrects != first || p.Editions[1].Note["en"] == "" || p.PublishedOn != "2026-05-02" {
		t.Errorf("%+v", p)
	}
	c.is(c.store.Withdraw(ctx, c.by, id, note, "2026-05-05"), nil)
	p, err = c.store.Publication(ctx, 1, id)
	if err != nil || p.State != "withdrawn" || p.WithdrawnOn != "2026-05-05" || p.Editions[1].Table.Status != "withdrawn" ||
		p.Editions[0].Table.Status != "corrected" {
		t.Errorf("%+v: %v", p, err)
	}
	c.is(c.store.Correct(ctx, c.by, id, first, nil, note), calendar.ErrNotNow)
}

// One person alone puts nothing into the calendar and no table before the public; withdrawing needs no second person, and ends what waits.
func TestTheCalendarNeedsTwoPeople(t *testing.T) {
	t.Parallel()
	c := newCouncil(t)
	ctx := t.Context()
	entry := calendar.Publication{Titles: question.Text{"en": "By service"}, Survey: 2, Measure: "rating", By: "service",
		From: "2026-01-01", To: "2026-03-31", Due: "2026-04-30"}
	if n, err := c.store.Plan(ctx, c.by, []calendar.Publication{entry}); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	if list, err := c.store.Publications(ctx, 1); err != nil || len(list) != 0 {
		t.Errorf("the public reads a plan of one person: %+v, %v", list, err)
	}
	waiting, err := c.store.Waiting(ctx, 1, 0)
	if err != nil || len(waiting) != 1 || waiting[0].Planned[0].Due != "2026-04-30" {
		t.Fatalf("%+v, %v", waiting, err)
	}
	c.is(c.store.ApproveChange(ctx, c.by, 0, waiting[0].ID, ""), review.ErrSamePerson)
	foreign := tenant.Actor{Org: 2, Name: "second@elsewhere.example"}
	c.owner.MustExec(`INSERT INTO organisations (id, slug, link_prefix, names) VALUES (2, 'elsewhere', 'ESE', '{"en": "E"}')`)
	c.is(c.store.ApproveChange(ctx, foreign, 0, waiting[0].ID, ""), review.ErrDecided)
	c.is(c.store.ReturnChange(ctx, foreign, 0, waiting[0].ID), review.ErrDecided)
	c.is(c.store.ReturnChange(ctx, c.second, 0, waiting[0].ID), nil)
	c.is(c.store.ApproveChange(ctx, c.second, 0, waiting[0].ID, ""), review.ErrDecided)
	id, table := c.plan("2026-01-01", "2026-03-31", "2026-04-30"), c.release(10)
	c.is(c.store.Publish(ctx, c.by, id, table, nil), nil)
	if p, err := c.store.Publication(ctx, 1, id); err != nil || p.State != "planned" || len(p.Editions) != 0 {
		t.Errorf("one person alone published: %+v, %v", p, err)
	}
	if waiting, err = c.store.Waiting(ctx, 1, id); err != nil || len(waiting) != 1 {
		t.Fatal(waiting, err)
	}
	c.is(c.store.Withdraw(ctx, c.by, id, nil, "2026-04-01"), nil)
	c.is(c.store.ApproveChange(ctx, c.second, id, waiting[0].ID, "2026-04-02"), review.ErrDecided)
	if list, err := c.store.Publications(ctx, 1); err != nil || len(list) != 0 {
		t.Errorf("what was dropped is back: %+v, %v", list, err)
	}
}

// Of two changes at the same moment the one that began first may be committed last: the stamp tells of it all the same.
func TestTheStampMissesNoChange(t *testing.T) {
	t.Parallel()
	c := newCouncil(t)
	ctx := t.Context()
	one, other := c.plan("2026-01-01", "2026-01-31", "2026-02-28"), c.plan("2026-02-01", "2026-02-28", "2026-03-31")
	tx := c.owner.MustBegin()
	tx.MustExec(`UPDATE publications SET state = 'dropped', revision = revision + 1 WHERE id = $1`, one)
	c.is(c.store.Withdraw(ctx, c.by, other, nil, "2026-01-01"), nil)
	before, err := c.store.Changed(ctx, 1)
	c.is(err, nil)
	c.is(tx.Commit(), nil)
	if after, err := c.store.Changed(ctx, 1); err != nil || after == before {
		t.Errorf("the stamp stays %s: %v", after, err)
	}
}
