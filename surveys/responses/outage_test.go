package responses

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"yousaid/migrations"
	"yousaid/migrations/localpg"
)

// PostgreSQL is killed twice and stopped once while customers are sending: whoever was told "stored" is stored, nobody twice.
func TestAnOutageCostsNobodyAnAnswer(t *testing.T) {
	t.Parallel()
	cluster := ownCluster(t)
	c := settle(t, connect(t, cluster.AppDSN()), connect(t, cluster.OwnerDSN()), Options{})
	var sent, retried atomic.Int64
	var mu sync.Mutex
	acknowledged := map[uuid.UUID]string{} // the rating that was acknowledged
	commented := map[uuid.UUID]bool{}
	away := 0
	stop := make(chan struct{})
	var customers sync.WaitGroup
	for range 32 {
		customers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				form, code := c.form(), string(rune('1'+rand.N(5)))
				sent.Add(1)
				err := c.send(rating(form, code))
				if rand.N(10) == 0 { // an impatient click
					retried.Add(1)
					err = c.send(rating(form, code))
				}
				if err == nil {
					mu.Lock()
					acknowledged[form.Response] = code
					mu.Unlock()
					if rand.N(4) == 0 {
						if err = c.send(reason(form, "delay", "It took long")); err == nil {
							mu.Lock()
							commented[form.Response] = true
							mu.Unlock()
						}
					}
				}
				if errors.Is(err, ErrAway) {
					mu.Lock()
					away++
					mu.Unlock()
				} else if err != nil {
					t.Errorf("a customer was told: %v", err)
					return
				}
			}
		})
	}
	told := func() int { mu.Lock(); defer mu.Unlock(); return len(acknowledged) }
	more := func() {
		want := told() + 300
		c.until(func() bool { return t.Failed() || told() >= want })
	}
	more()
	for _, blow := range []syscall.Signal{syscall.SIGKILL, syscall.SIGINT, syscall.SIGKILL} { // SIGINT is what pg_ctl restart sends
		pid := cluster.PID()
		if err := syscall.Kill(pid, blow); err != nil {
			t.Fatal(err)
		}
		c.until(func() bool { now := cluster.PID(); return now != 0 && now != pid })
		more()
	}
	close(stop)
	customers.Wait()
	if err := c.collector.Close(t.Context()); err != nil {
		t.Fatal(err)
	}

	var rows []struct {
		ID      uuid.UUID `db:"id"`
		Rating  string    `db:"rating"`
		Comment bool      `db:"comment"`
	}
	err := c.owner.Select(&rows, `SELECT r.id, r.answers->>'rating' AS rating, c.response_id IS NOT NULL AS comment
		FROM responses r LEFT JOIN comments c ON c.organisation_id = r.organisation_id AND c.response_id = r.id`)
	if err != nil {
		t.Fatal(err)
	}
	stored := map[uuid.UUID]string{}
	for _, r := range rows {
		if _, twice := stored[r.ID]; twice {
			t.Errorf("%s is stored twice", r.ID)
		}
		stored[r.ID] = r.Rating
		if commented[r.ID] && !r.Comment {
			t.Errorf("%s: the comment was acknowledged and is not there", r.ID)
		}
	}
	for id, code := range acknowledged {
		if stored[id] != code {
			t.Errorf("%s: acknowledged with rating %s, stored %q", id, code, stored[id])
		}
	}
	if int64(len(stored)) > sent.Load() {
		t.Errorf("%d stored of %d sent", len(stored), sent.Load())
	}
	if n := c.count(`SELECT count(*) - count(DISTINCT change_no) FROM responses`); n != 0 {
		t.Errorf("%d numbers were given twice", n)
	}
	t.Logf("sent %d (%d of them twice), acknowledged %d, stored %d, told that the database is away %d", sent.Load(), retried.Load(),
		len(acknowledged), len(stored), away)
}

func TestADatabaseThatStaysAwayIsAdmitted(t *testing.T) {
	t.Parallel()
	cluster := ownCluster(t)
	c := settle(t, connect(t, cluster.AppDSN()), connect(t, cluster.OwnerDSN()), Options{Wait: 300 * time.Millisecond})
	c.is(c.send(rating(c.form(), "5")), nil)
	if err := cluster.Stop(); err != nil {
		t.Fatal(err)
	}
	c.is(c.send(rating(c.form(), "4")), ErrAway)
	// Closing does not wait for it either.
	patient := NewCollector(c.db, c.keys, Options{Wait: time.Hour})
	done := make(chan error)
	go func() {
		_, err := patient.Submit(context.Background(), rating(c.form(), "3"))
		done <- err
	}()
	c.until(func() bool { return patient.held.Load() > 0 })
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := patient.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("closing: %v", err)
	}
	c.is(<-done, ErrAway)
}

// ownCluster is a PostgreSQL of the test's own, which it may kill; it waits for its disk as a council's does.
func ownCluster(t *testing.T) *localpg.Cluster {
	t.Helper()
	cluster, err := localpg.Start(t.Context(), t.TempDir())
	if err != nil {
		t.Fatalf("no PostgreSQL of its own for this test (make test installs what is missing): %v", err)
	}
	t.Cleanup(func() { cluster.Stop() })
	if _, err := migrations.Up(t.Context(), cluster.OwnerDSN()); err != nil {
		t.Fatal(err)
	}
	return cluster
}

func connect(t *testing.T, dsn string) *sqlx.DB {
	t.Helper()
	pool, err := sqlx.Connect("postgres", dsn)
	if err != nil {
		t.Fatal(err)
	}
	pool.SetMaxOpenConns(16)
	pool.SetMaxIdleConns(16)
	t.Cleanup(func() { pool.Close() })
	return pool
}
