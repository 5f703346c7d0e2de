package migrations

import (
	"context"
	"errors"
	"syscall"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"yousaid/migrations/localpg"
)

// freeze stops every process of the cluster, which this test runs, until thaw is called.
func freeze(t *testing.T, c *localpg.Cluster, pool *sqlx.DB) (thaw func()) {
	t.Helper()
	var pids []int
	if err := pool.Select(&pids, `SELECT pid FROM pg_stat_activity`); err != nil {
		t.Fatal(err)
	}
	pids = append(pids, c.PID())
	thaw = func() {
		for _, pid := range pids {
			_ = syscall.Kill(pid, syscall.SIGCONT)
		}
	}
	t.Cleanup(thaw)
	for _, pid := range pids {
		if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
	}
	return thaw
}

// Whatever was begun on a server that is then frozen ends with its context, and the pool works again when the server does.
func TestNothingWaitsForAFrozenServer(t *testing.T) {
	t.Parallel()
	for name, use := range map[string]func(ctx context.Context, pool *sqlx.DB, tx *sqlx.Tx) error{
		"a statement": func(ctx context.Context, pool *sqlx.DB, _ *sqlx.Tx) error {
			_, err := pool.ExecContext(ctx, `SELECT 1`)
			return err
		},
		"a query": func(ctx context.Context, pool *sqlx.DB, _ *sqlx.Tx) error {
			var n int
			return pool.GetContext(ctx, &n, `SELECT 1`)
		},
		"a transaction": func(ctx context.Context, pool *sqlx.DB, _ *sqlx.Tx) error {
			_, err := pool.BeginTxx(ctx, nil)
			return err
		},
		"within transaction": func(ctx context.Context, _ *sqlx.DB, tx *sqlx.Tx) error {
			_, err := tx.ExecContext(ctx, `SELECT 1`)
			return err
		},
		"a commit": func(_ context.Context, _ *sqlx.DB, tx *sqlx.Tx) error { return tx.Commit() },
		"a ping":   func(ctx context.Context, pool *sqlx.DB, _ *sqlx.Tx) error { return pool.PingContext(ctx) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := cluster(t)
			pool, err := Pool(c.AppDSN(), 2)
			if err != nil {
				t.Fatal(err)
			}
			defer pool.Close()
			whole, end := context.WithCancel(t.Context())
			defer end()
			tx, err := pool.BeginTxx(whole, nil)
			if err != nil {
				t.Fatal(err)
			}
			if err := pool.PingContext(t.Context()); err != nil { // two connections are open
				t.Fatal(err)
			}
			thaw := freeze(t, c, pool)
			ctx, cancel := context.WithTimeout(whole, 300*time.Millisecond)
			defer cancel()
			context.AfterFunc(ctx, end)
			ended := make(chan error, 1)
			go func() { ended <- errors.Join(use(ctx, pool, tx), tx.Rollback()) }()
			select {
			case err := <-ended:
				if err == nil {
					t.Error("it says that a frozen server did it")
				}
			case <-t.Context().Done():
				t.Fatal("it waits for the frozen server")
			}
			thaw()
			if _, err := pool.ExecContext(t.Context(), `SELECT 1`); err != nil {
				t.Errorf("after the thaw: %v", err)
			}
		})
	}
}

// What ended in time leaves its connection whole, whatever becomes of its context afterwards.
func TestAContextThatEndsLaterHarmsNobody(t *testing.T) {
	t.Parallel()
	c := cluster(t)
	pool, err := Pool(c.AppDSN(), 1)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	pid := func(ctx context.Context) (n int) {
		t.Helper()
		if err := pool.GetContext(ctx, &n, `SELECT pg_backend_pid()`); err != nil {
			t.Fatal(err)
		}
		return n
	}
	first := pid(t.Context())
	for range 20 {
		ctx, cancel := context.WithCancel(t.Context())
		if got := pid(ctx); got != first {
			t.Fatalf("the connection of process %d was given up", first)
		}
		cancel()
	}
	if _, err := pool.ExecContext(t.Context(), `SELECT pg_sleep(1)`); err != nil {
		t.Error(err)
	}
	if got := pid(t.Context()); got != first {
		t.Errorf("the connection of process %d was given up", first)
	}
}
