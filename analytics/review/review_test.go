package review

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"yousaid/migrations/pgtest"
	"yousaid/surveys/tenant"
)

var at = time.Date(2026, 5, 20, 9, 0, 0, 0, time.UTC)

func person(name string) tenant.Actor { return tenant.Actor{Org: 1, Name: name} }

// in runs what one person does in a transaction of the organisation, committed when it is not refused.
func in(t *testing.T, db tenant.DB, do func(ctx context.Context, tx *sqlx.Tx) error) error {
	t.Helper()
	tx, err := db.Begin(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	if err := do(t.Context(), tx); err != nil {
		return err
	}
	return tx.Commit()
}

func propose(t *testing.T, db tenant.DB, by string, subject Subject, about int64) error {
	t.Helper()
	return in(t, db, func(ctx context.Context, tx *sqlx.Tx) error {
		return Propose(ctx, tx, person(by), New{subject, about, "words", map[string]string{"en": "New words"}}, at)
	})
}

func waiting(t *testing.T, db tenant.DB, subject Subject, about int64) (list []Change) {
	t.Helper()
	if err := in(t, db, func(ctx context.Context, tx *sqlx.Tx) (err error) {
		list, err = Waiting(ctx, tx, 1, subject, about)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return list
}

func approve(t *testing.T, db tenant.DB, by string, about, id int64) (c Change, err error) {
	t.Helper()
	err = in(t, db, func(ctx context.Context, tx *sqlx.Tx) (err error) {
		c, err = Approve(ctx, tx, person(by), Action, about, id, at)
		return err
	})
	return c, err
}

// A change waits until a second person approves it; one change of one thing waits at a time.
func TestASecondPersonApproves(t *testing.T) {
	t.Parallel()
	db := tenant.New(pgtest.New(t).App())
	if err := propose(t, db, "ann", Action, 7); err != nil {
		t.Fatal(err)
	}
	if err := propose(t, db, "bob", Action, 7); !errors.Is(err, ErrWaiting) {
		t.Errorf("a second change of one action: %v", err)
	}
	for _, other := range []struct {
		subject Subject
		about   int64
	}{{Action, 8}, {Publication, 7}, {Calendar, 0}, {Calendar, 0}} { // several additions to the calendar may wait
		if err := propose(t, db, "ann", other.subject, other.about); err != nil {
			t.Errorf("%s %d: %v", other.subject, other.about, err)
		}
	}
	if all, calendar := waiting(
		t,
		db,
		Action,
		0,
	), waiting(
		t,
		db,
		Calendar,
		0,
	); len(all) != 2 || len(calendar) != 2 || all[0].About != 7 ||
		all[1].About != 8 {
		t.Errorf("%+v and %+v wait", all, calendar)
	}
	c := waiting(t, db, Action, 7)[0]
	if _, err := approve(t, db, "ann", 7, c.ID); !errors.Is(err, ErrSamePerson) {
		t.Errorf("whoever proposed it approves it: %v", err)
	}
	if _, err := approve(t, db, "bob", 8, c.ID); !errors.Is(err, ErrDecided) {
		t.Errorf("a change of something else: %v", err)
	}
	got, err := approve(t, db, "bob", 7, c.ID)
	var words map[string]string
	if err != nil || got.By != "ann" || got.Read(&words) != nil || words["en"] != "New words" || !got.At.Equal(at) {
		t.Errorf("%+v, %v", got, err)
	}
	if err := got.Read(&[]string{}); err == nil {
		t.Error("content of another form is read")
	}
	if _, err := approve(t, db, "bob", 7, c.ID); !errors.Is(err, ErrDecided) {
		t.Errorf("approved twice: %v", err)
	}
	if err := propose(t, db, "bob", Action, 7); err != nil {
		t.Errorf("the next change of it: %v", err)
	}
}

// Of several who approve at the same moment one gets the change.
func TestOneOfSeveralApproves(t *testing.T) {
	t.Parallel()
	db := tenant.New(pgtest.New(t).App())
	if err := propose(t, db, "ann", Action, 7); err != nil {
		t.Fatal(err)
	}
	id := waiting(t, db, Action, 7)[0].ID
	var wg sync.WaitGroup
	var mu sync.Mutex
	got := map[bool]int{}
	for _, name := range []string{"bob", "cid", "dee", "eve"} {
		wg.Go(func() {
			_, err := approve(t, db, name, 7, id)
			mu.Lock()
			defer mu.Unlock()
			if got[err == nil]++; err != nil && !errors.Is(err, ErrDecided) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got[true] != 1 || got[false] != 3 {
		t.Errorf("%d approved it", got[true])
	}
}

// Whoever proposed a change may take it back; a withdrawal ends what waits. Nothing can be decided twice.
func TestWhatDoesNotWaitAnyMore(t *testing.T) {
	t.Parallel()
	db := tenant.New(pgtest.New(t).App())
	giveBack := func(id int64) error {
		return in(t, db, func(ctx context.Context, tx *sqlx.Tx) error {
			_, err := Return(ctx, tx, person("ann"), Action, 7, id, at)
			return err
		})
	}
	if err := propose(t, db, "ann", Action, 7); err != nil {
		t.Fatal(err)
	}
	first := waiting(t, db, Action, 7)[0].ID
	if err := giveBack(first); err != nil {
		t.Error(err)
	}
	if err := giveBack(first); !errors.Is(err, ErrDecided) {
		t.Errorf("given back twice: %v", err)
	}
	if err := propose(t, db, "ann", Action, 7); err != nil {
		t.Fatal(err)
	}
	second := waiting(t, db, Action, 7)[0].ID
	if err := in(t, db, func(ctx context.Context, tx *sqlx.Tx) error { return Supersede(ctx, tx, person("bob"), Action, 7, at) }); err != nil {
		t.Error(err)
	}
	if _, err := approve(t, db, "bob", 7, second); !errors.Is(err, ErrDecided) || len(waiting(t, db, Action, 7)) != 0 {
		t.Errorf("a change of something withdrawn is approved: %v", err)
	}
}
