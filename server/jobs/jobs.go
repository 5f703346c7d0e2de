// Package jobs carries out durable work: it is put in the queue in the transaction that causes it, and survives whoever was doing it.
package jobs

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"yousaid/surveys/tenant"
)

// Handler does one job. It may be called again for the same job: after an error, or when whoever did it was cut off half-way. What it has
// done then must not be done twice.
type Handler func(ctx context.Context, org tenant.Org, payload []byte) error

// Queue is the work of one kind. Each kind has workers of its own, so that long jobs of one do not keep those of another waiting.
type Queue struct {
	Do      Handler
	Workers int // how many jobs of the kind are done at once by this program; 1
}

// Runner does what is due in its queues. In each, organisations take turns: it takes the job of one for which it does least now, of these
// one that it served longest ago, and of its jobs the one that is due longest. Many jobs of one organisation do not keep others waiting.
type Runner struct {
	DB     tenant.DB
	Log    *slog.Logger
	Queues map[string]Queue // by kind
	Lease  time.Duration    // how long a job is another's after its runner was last heard of; 1 minute
	Most   int              // attempts; 5
	Poll   time.Duration    // between looks at a queue where nothing was due; 2 seconds

	once sync.Once
	wake map[string]chan struct{} // by kind

	mutex  sync.Mutex
	doing  map[string]map[tenant.Org]int // by kind, how many jobs are under way
	served map[string]map[tenant.Org]int // by kind, the number of the job that was taken last; none is 0
	taken  int
}

func (r *Runner) start() {
	r.once.Do(func() {
		r.wake, r.doing, r.served = map[string]chan struct{}{}, map[string]map[tenant.Org]int{}, map[string]map[tenant.Org]int{}
		for kind := range r.Queues {
			r.wake[kind], r.doing[kind], r.served[kind] = make(chan struct{}, 1), map[tenant.Org]int{}, map[tenant.Org]int{}
		}
		if r.Lease <= 0 {
			r.Lease = time.Minute
		}
		if r.Most <= 0 {
			r.Most = 5
		}
		if r.Poll <= 0 {
			r.Poll = 2 * time.Second
		}
		if r.Log == nil {
			r.Log = slog.Default()
		}
	})
}

// Enqueue puts a job in the queue, in the transaction that causes it. A job with the same kind and key that is there already is not put
// there twice.
func (r *Runner) Enqueue(ctx context.Context, tx *sqlx.Tx, org tenant.Org, kind, key string, payload any) error {
	text, err := json.Marshal(payload)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO jobs (organisation_id, kind, unique_key, payload)
		VALUES ($1, $2, $3, $4)
		ON CONFLICT (organisation_id, kind, unique_key) DO NOTHING`, org, kind, key, string(text)); err != nil {
		return fmt.Errorf("putting a job in the queue: %w", err)
	}
	return nil
}

// Wake has the workers look now instead of in a moment.
func (r *Runner) Wake() {
	r.start()
	for _, wake := range r.wake {
		select {
		case wake <- struct{}{}:
		default:
		}
	}
}

// Run works until ctx ends. A job that is under way then is handed back: another attempt begins it anew.
func (r *Runner) Run(ctx context.Context) {
	r.start()
	var workers sync.WaitGroup
	for kind, queue := range r.Queues {
		look := make(chan struct{}, 1) // the one worker of the queue who looks for the next job; the others wait, or work
		for range max(1, queue.Workers) {
			workers.Go(func() { r.serve(ctx, kind, look) })
		}
	}
	workers.Wait()
}

// serve is a worker of one queue.
func (r *Runner) serve(ctx context.Context, kind string, look chan struct{}) {
	for {
		select {
		case <-ctx.Done():
			return
		case look <- struct{}{}:
		}
		org, j := r.await(ctx, kind)
		<-look
		if j == nil {
			return
		}
		r.work(ctx, org, *j)
		r.done(kind, org)
	}
}

// await looks until a job of the kind is due and taken; nil when ctx ended before.
func (r *Runner) await(ctx context.Context, kind string) (tenant.Org, *job) {
	for {
		org, j, err := r.next(ctx, kind)
		if j != nil {
			return org, j
		}
		if err != nil && ctx.Err() == nil {
			r.Log.Error("the queue of jobs could not be read; it will be tried again", "kind", kind, "problem", err.Error())
		}
		select {
		case <-ctx.Done():
			return 0, nil
		case <-r.wake[kind]:
		case <-time.After(r.Poll):
		}
	}
}

// next takes a job of the kind; nil when none is due, or when others were quicker. Whoever takes one says when it is done.
func (r *Runner) next(ctx context.Context, kind string) (tenant.Org, *job, error) {
	due, err := r.due(ctx, kind)
	if err != nil {
		return 0, nil, err
	}
	r.mutex.Lock()
	doing, served := r.doing[kind], r.served[kind]
	slices.SortStableFunc(due, func(a, b waiting) int {
		return cmp.Or(cmp.Compare(doing[a.Org], doing[b.Org]), cmp.Compare(served[a.Org], served[b.Org]))
	})
	r.mutex.Unlock()
	for _, d := range due {
		j, err := r.claim(ctx, d.Org, kind)
		if err != nil {
			return 0, nil, err
		}
		if j != nil {
			r.mutex.Lock()
			r.taken++
			r.doing[kind][d.Org], r.served[kind][d.Org] = r.doing[kind][d.Org]+1, r.taken
			r.mutex.Unlock()
			return d.Org, j, nil
		}
	}
	return 0, nil, nil
}

func (r *Runner) done(kind string, org tenant.Org) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.doing[kind][org]--; r.doing[kind][org] <= 0 {
		delete(r.doing[kind], org)
	}
}

// waiting is an organisation with a job that is due, and since when.
type waiting struct {
	Org   tenant.Org `db:"org"`
	Since time.Time  `db:"due"`
}

// due lists the organisations with a job of these kinds that is due and nobody does, the longest due first.
func (r *Runner) due(ctx context.Context, kinds ...string) (list []waiting, err error) {
	err = r.DB.Global().SelectContext(ctx, &list, `
		SELECT org, due
		FROM   due_jobs($1, $2)`, pq.Array(kinds), time.Now())
	return list, err
}

type job struct {
	ID       int64  `db:"id"`
	Kind     string `db:"kind"`
	Payload  []byte `db:"payload"`
	Attempts int    `db:"attempts"`
}

// claim takes a due job for as long as the lease: the state in the WHERE settles who gets it.
func (r *Runner) claim(ctx context.Context, org tenant.Org, kind string) (*job, error) {
	tx, err := r.DB.Begin(ctx, org)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	now := time.Now()
	var due int64
	err = tx.GetContext(ctx, &due, `
		SELECT   id
		FROM     jobs
		WHERE    organisation_id = $1 AND kind = $3 AND state = 'waiting' AND run_after <= $2 AND (leased_until IS NULL OR leased_until < $2)
		ORDER BY run_after, id
		LIMIT    1
		FOR UPDATE SKIP LOCKED`, org, now, kind)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil //nolint:nilnil // nothing is due
	}
	if err != nil {
		return nil, err
	}
	var j job
	if err := tx.GetContext(ctx, &j, `
		UPDATE jobs
		SET    leased_until = $3, attempts = attempts + 1
		WHERE  organisation_id = $1 AND id = $2
		RETURNING id, kind, payload, attempts`, org, due, now.Add(r.Lease)); err != nil {
		return nil, err
	}
	return &j, tx.Commit()
}

// work does a job, keeps its lease while it lasts, and writes down how it ended.
func (r *Runner) work(ctx context.Context, org tenant.Org, j job) {
	working, stop := context.WithCancel(ctx)
	var renewing sync.WaitGroup
	renewing.Go(func() {
		for {
			select {
			case <-working.Done():
				return
			case <-time.After(r.Lease / 3):
				if kept, err := r.set(working, org, j, `
					UPDATE jobs
					SET    leased_until = $4
					WHERE  organisation_id = $1 AND id = $2 AND attempts = $3 AND state = 'waiting'`, time.Now().Add(r.Lease)); err == nil && !kept {
					stop() // somebody else has it
				}
			}
		}
	})
	err := r.do(working, org, j)
	stop()
	renewing.Wait()
	// The end is written even where the program is stopping.
	last, done := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer done()
	switch {
	case err == nil:
		_, err = r.set(last, org, j, `
			DELETE FROM jobs
			WHERE  organisation_id = $1 AND id = $2 AND attempts = $3 AND $4::timestamptz IS NOT NULL`, time.Now())
	case ctx.Err() != nil: // handed back: not the job's fault
		_, err = r.set(last, org, j, `
			UPDATE jobs
			SET    leased_until = NULL, attempts = attempts - 1, run_after = $4
			WHERE  organisation_id = $1 AND id = $2 AND attempts = $3`, time.Now())
	default:
		r.Log.Error("a job failed", "organisation", org, "kind", j.Kind, "attempt", j.Attempts, "problem", err.Error())
		err = r.failed(last, org, j, err)
	}
	if err != nil {
		r.Log.Error(
			"how a job ended could not be written down; it will be done again",
			"organisation",
			org,
			"kind",
			j.Kind,
			"problem",
			err.Error(),
		)
	}
}

// failed has the job tried again after a while that grows, or gives it up.
func (r *Runner) failed(ctx context.Context, org tenant.Org, j job, why error) error {
	state := "waiting"
	if j.Attempts >= r.Most {
		state = "failed"
	}
	wait := time.Duration(1<<min(j.Attempts, 10)) * time.Second
	tx, err := r.DB.Begin(ctx, org)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	text := why.Error()
	if _, err := tx.ExecContext(ctx, `
		UPDATE jobs
		SET    state = $4, last_error = $5, leased_until = NULL, run_after = $6
		WHERE  organisation_id = $1 AND id = $2 AND attempts = $3`, org, j.ID, j.Attempts, state,
		strings.ToValidUTF8(text[:min(len(text), 1000)], ""), time.Now().Add(wait+rand.N(wait))); err != nil {
		return err
	}
	return tx.Commit()
}

func (r *Runner) set(ctx context.Context, org tenant.Org, j job, statement string, at time.Time) (found bool, err error) {
	tx, err := r.DB.Begin(ctx, org)
	if err != nil {
		return false, err
	}
	defer func() { _ = tx.Rollback() }()
	res, err := tx.ExecContext(ctx, statement, org, j.ID, j.Attempts, at)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	if err != nil {
		return false, err
	}
	return n > 0, tx.Commit()
}

// do calls the handler; a panic is an error of the job and does not end the program.
func (r *Runner) do(ctx context.Context, org tenant.Org, j job) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return r.Queues[j.Kind].Do(ctx, org, j.Payload)
}

// Drain does all that is due now, one job after the other, and returns.
func (r *Runner) Drain(ctx context.Context) error {
	r.start()
	for kind := range r.Queues {
		for {
			org, j, err := r.next(ctx, kind)
			if err != nil {
				return err
			}
			if j == nil {
				break
			}
			r.work(ctx, org, *j)
			r.done(kind, org)
		}
	}
	return nil
}

// Oldest is for how long the job that is due longest has waited, over all organisations and queues; 0 when none is due.
func (r *Runner) Oldest(ctx context.Context) (time.Duration, error) {
	list, err := r.due(ctx, slices.Collect(maps.Keys(r.Queues))...)
	if err != nil || len(list) == 0 {
		return 0, err
	}
	return max(0, time.Since(list[0].Since)), nil
}
