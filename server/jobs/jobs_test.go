package jobs

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"yousaid/migrations/pgtest"
	"yousaid/surveys/tenant"
)

func TestMain(m *testing.M) { os.Exit(m.Run()) }

type desk struct {
	*Runner
	db *pgtest.DB
	t  *testing.T
}

func newDesk(t *testing.T, h Handler) desk {
	t.Helper()
	db := pgtest.New(t)
	for _, slug := range []string{"north", "south"} {
		db.Owner().MustExec(`INSERT INTO organisations (id, slug, link_prefix, names) VALUES (CASE $1 WHEN 'north' THEN 1 ELSE 2 END, $1, CASE $1 WHEN 'north' THEN 'NRT' ELSE 'STH' END, '{}')`, slug)
	}
	return desk{&Runner{DB: tenant.New(db.App()), Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Handlers: map[string]Handler{"count": h}, Most: 2}, db, t}
}

func (d desk) put(org tenant.Org, key string, commit bool) {
	d.t.Helper()
	tx, err := d.DB.Begin(d.t.Context(), org)
	if err != nil {
		d.t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	if err := d.Enqueue(d.t.Context(), tx, org, "count", key, map[string]int{"n": 1}); err != nil {
		d.t.Fatal(err)
	}
	if commit {
		if err := tx.Commit(); err != nil {
			d.t.Fatal(err)
		}
	}
}

func (d desk) left() (n int) {
	d.t.Helper()
	if err := d.db.Owner().Get(&n, `SELECT count(*) FROM jobs`); err != nil {
		d.t.Fatal(err)
	}
	return n
}

func TestWorkIsDoneOnce(t *testing.T) {
	t.Parallel()
	var done atomic.Int64
	d := newDesk(t, func(context.Context, tenant.Org, []byte) error { done.Add(1); return nil })
	for _, key := range []string{"a", "b", "b", "c"} {
		d.put(1, key, true)
		d.put(2, key, true)
	}
	d.put(1, "taken back", false)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if err := d.Drain(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if done.Load() != 6 || d.left() != 0 {
		t.Errorf("%d jobs were done, %d are left", done.Load(), d.left())
	}
}

func TestAFailureIsTriedAgainAndThenSeen(t *testing.T) {
	t.Parallel()
	tries := 0
	d := newDesk(t, func(context.Context, tenant.Org, []byte) error {
		if tries++; tries == 1 {
			panic("first")
		}
		return errors.New("second")
	})
	d.put(1, "a", true)
	for range 3 {
		if err := d.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		d.db.Owner().MustExec(`UPDATE jobs SET run_after = now()`)
	}
	var row struct {
		State    string
		Error    string `db:"last_error"`
		Attempts int
	}
	if err := d.db.Owner().Get(&row, `SELECT state, last_error, attempts FROM jobs`); err != nil || row.State != "failed" || row.Error != "second" || row.Attempts != 2 || tries != 2 {
		t.Errorf("%+v after %d tries: %v", row, tries, err)
	}
}

// A program that stops hands its job back; one that was killed loses it with the lease.
func TestAStoppedRunnerHandsBack(t *testing.T) {
	t.Parallel()
	started := make(chan struct{}, 4)
	block := true
	d := newDesk(t, func(ctx context.Context, _ tenant.Org, _ []byte) error {
		started <- struct{}{}
		if !block {
			return nil
		}
		<-ctx.Done()
		return ctx.Err()
	})
	d.put(1, "a", true)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { d.Run(ctx); close(ended) }()
	<-started
	stop()
	<-ended
	var row struct {
		Attempts int
		Leased   bool
	}
	if err := d.db.Owner().Get(&row, `SELECT attempts, leased_until IS NOT NULL AS leased FROM jobs`); err != nil || row.Attempts != 0 || row.Leased {
		t.Errorf("%+v: %v", row, err)
	}
	d.db.Owner().MustExec(`UPDATE jobs SET leased_until = now() + interval '1 hour', attempts = 1`) // somebody else has it
	block = false
	if err := d.Drain(t.Context()); err != nil || d.left() != 1 {
		t.Errorf("a leased job was taken: %v", err)
	}
	d.db.Owner().MustExec(`UPDATE jobs SET leased_until = now() - interval '1 second'`) // and was killed
	if err := d.Drain(t.Context()); err != nil || d.left() != 0 {
		t.Errorf("an abandoned job was not taken up: %v", err)
	}
}
