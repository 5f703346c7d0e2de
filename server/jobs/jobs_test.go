package jobs

import (
	"context"
	"errors"
	"fmt"
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
		db.Owner().MustExec(`
			INSERT INTO organisations (id, slug, link_prefix, names)
			VALUES (CASE $1 WHEN 'north' THEN 1 ELSE 2 END, $1, CASE $1 WHEN 'north' THEN 'NRT' ELSE 'STH' END, '{}')`, slug)
	}
	return desk{
		&Runner{DB: tenant.New(db.App()), Log: slog.New(slog.DiscardHandler), Queues: map[string]Queue{"count": {Do: h, Workers: 3}}, Most: 2},
		db,
		t,
	}
}

func (d desk) put(org tenant.Org, key string, commit bool) {
	d.t.Helper()
	d.putKind(org, "count", key, commit)
}

func (d desk) putKind(org tenant.Org, kind, key string, commit bool) {
	d.t.Helper()
	tx, err := d.DB.Begin(d.t.Context(), org)
	if err != nil {
		d.t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	if err := d.Enqueue(d.t.Context(), tx, org, kind, key, map[string]int{"n": 1}); err != nil {
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
	if err := d.db.Owner().Get(&row, `SELECT state, last_error, attempts FROM jobs`); err != nil || row.State != "failed" ||
		row.Error != "second" ||
		row.Attempts != 2 ||
		tries != 2 {
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
	if err := d.db.Owner().Get(&row, `SELECT attempts, leased_until IS NOT NULL AS leased FROM jobs`); err != nil || row.Attempts != 0 ||
		row.Leased {
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

// running works in the background until the test ends.
func (d desk) running() {
	ctx, stop := context.WithCancel(context.WithoutCancel(d.t.Context()))
	ended := make(chan struct{})
	go func() { d.Run(ctx); close(ended) }()
	d.t.Cleanup(func() { stop(); <-ended })
}

// councils adds organisations 1001 to 1000 + n.
func (d desk) councils(n int) {
	d.db.Owner().MustExec(`
		INSERT INTO organisations (id, slug, link_prefix, names)
		SELECT 1000 + i, 'c' || i, translate(to_char(i, 'FM000'), '0123456789', 'ABCDEFGHJK'), '{}'
		FROM   generate_series(1, $1) AS i`, n)
}

// A long export of one council delays neither the exports of 300 others, nor work of another kind; and the council that has a hundred
// waiting does not keep the others waiting.
func TestALongJobDelaysNobody(t *testing.T) {
	t.Parallel()
	const others = 300
	long, release := make(chan struct{}), make(chan struct{})
	order := make(chan tenant.Org, 1000)
	d := newDesk(t, func(_ context.Context, org tenant.Org, payload []byte) error {
		if org == 1 {
			select {
			case long <- struct{}{}:
				<-release
			case <-release:
			}
		}
		order <- org
		return nil
	})
	d.Queues["mail"] = Queue{Do: func(context.Context, tenant.Org, []byte) error { order <- 0; return nil }}
	d.councils(others)
	d.put(1, "long", true)
	for i := range 100 {
		d.put(2, fmt.Sprint(i), true) // due before those of the others
	}
	for i := range others {
		d.put(tenant.Org(1001+i), "export", true)
	}
	d.putKind(1, "mail", "letter", true)
	d.running()
	<-long
	seen, letters, first := map[tenant.Org]int{}, 0, 0
	for range others + 100 + 1 {
		org := <-order
		if org == 0 {
			letters++
			continue
		}
		if seen[org]++; org == 2 && len(seen) <= others {
			first = seen[org]
		}
	}
	if first > 3 { // one, and one for each worker that looked at the queue before the others were served
		t.Errorf("the council with many had %d done before all others had one", first)
	}
	if seen[1] != 0 || letters != 1 || seen[2] != 100 || len(seen) != others+1 {
		t.Errorf("the long job ended %d times, %d letters, %d of the council with many, %d councils", seen[1], letters, seen[2], len(seen))
	}
	close(release)
	if org := <-order; org != 1 {
		t.Errorf("then %d", org)
	}
}

// Where nothing is due a look is one question, however many councils there are: their rows cannot even be read here.
func TestALookAsksNoCouncil(t *testing.T) {
	t.Parallel()
	done := 0
	d := newDesk(t, func(context.Context, tenant.Org, []byte) error { done++; return nil })
	d.councils(300)
	d.put(1250, "later", true)
	d.db.Owner().MustExec(`UPDATE jobs SET run_after = now() + interval '1 hour'`)
	d.db.Owner().MustExec(`REVOKE ALL ON jobs, organisations FROM yousaid_app`)
	if err := d.Drain(t.Context()); err != nil || done != 0 {
		t.Errorf("%d were done: %v", done, err)
	}
	if age, err := d.Oldest(t.Context()); err != nil || age != 0 {
		t.Errorf("the oldest is due for %v: %v", age, err)
	}
	d.db.Owner().MustExec(`GRANT SELECT, INSERT, UPDATE, DELETE ON jobs TO yousaid_app`)
	d.db.Owner().MustExec(`UPDATE jobs SET run_after = now() - interval '1 hour'`)
	if age, err := d.Oldest(t.Context()); err != nil || age.Minutes() < 59 {
		t.Errorf("the oldest is due for %v: %v", age, err)
	}
	if err := d.Drain(t.Context()); err != nil || done != 1 {
		t.Errorf("%d were done: %v", done, err)
	}
}

// What this program does not know is left for another version of it.
func TestAnUnknownKindIsLeftAlone(t *testing.T) {
	t.Parallel()
	d := newDesk(t, func(context.Context, tenant.Org, []byte) error { return nil })
	d.putKind(1, "of tomorrow", "a", true)
	d.put(1, "b", true)
	if err := d.Drain(t.Context()); err != nil || d.left() != 1 {
		t.Errorf("%d are left: %v", d.left(), err)
	}
}
