// Package jobs carries out durable work: it is put in the queue in the transaction that causes it, and survives whoever was doing it.
package jobs

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"

	"yousaid/surveys/tenant"
)

// Handler does one job. It may be called again for the same job: after an error, or when whoever did it was cut off half-way. What it has done then must not be done twice.
type Handler func(ctx context.Context, org tenant.Org, payload []byte) error

// Runner looks for work that is due, organisation by organisation, and does it one at a time.
type Runner struct {
	DB       tenant.DB
	Log      *slog.Logger
	Handlers map[string]Handler // by kind
	Lease    time.Duration      // how long a job is another's after its runner was last heard of; 1 minute
	Most     int                // attempts; 5
	Poll     time.Duration      // between looks; 2 seconds

	once sync.Once
	wake chan struct{}
}

func (r *Runner) start() {
	r.once.Do(func() {
		r.wake = make(chan struct{}, 1)
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

// Enqueue puts a job in the queue, in the transaction that causes it. A job with the same kind and key that is there already is not put there twice.
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

// Wake has the runner look now instead of in a moment.
func (r *Runner) Wake() {
	r.start()
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// Run works until ctx ends. A job that is under way then is handed back: another attempt begins it anew.
func (r *Runner) Run(ctx context.Context) {
	r.start()
	for {
		worked, err := r.round(ctx)
		if err != nil && ctx.Err() == nil {
			r.Log.Error("the queue of jobs could not be read; it will be tried again", "problem", err.Error())
		}
		if worked {
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-r.wake:
		case <-time.After(r.Poll):
		}
	}
}

// round does one due job of each organisation, and tells whether there was any.
func (r *Runner) round(ctx context.Context) (worked bool, err error) {
	var all []tenant.Org
	if err := r.DB.Global().SelectContext(ctx, &all, `
		SELECT id
		FROM   organisations
		WHERE  merged_into IS NULL`); err != nil {
		return false, err
	}
	for _, org := range all {
		j, err := r.claim(ctx, org)
		if err != nil {
			return worked, err
		}
		if j == nil {
			continue
		}
		worked = true
		r.work(ctx, org, *j)
	}
	return worked, nil
}

type job struct {
	ID       int64  `db:"id"`
	Kind     string `db:"kind"`
	Payload  []byte `db:"payload"`
	Attempts int    `db:"attempts"`
}

// claim takes a due job for as long as the lease: the state in the WHERE settles who gets it.
func (r *Runner) claim(ctx context.Context, org tenant.Org) (*job, error) {
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
		WHERE    organisation_id = $1 AND state = 'waiting' AND run_after <= $2 AND (leased_until IS NULL OR leased_until < $2)
		ORDER BY run_after, id
		LIMIT    1
		FOR UPDATE SKIP LOCKED`, org, now)
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
		r.Log.Error("how a job ended could not be written down; it will be done again", "organisation", org, "kind", j.Kind, "problem", err.Error())
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
		WHERE  organisation_id = $1 AND id = $2 AND attempts = $3`, org, j.ID, j.Attempts, state, strings.ToValidUTF8(text[:min(len(text), 1000)], ""), time.Now().Add(wait+rand.N(wait))); err != nil {
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
	h, ok := r.Handlers[j.Kind]
	if !ok {
		return fmt.Errorf("this program knows no job of the kind %q", j.Kind)
	}
	return h(ctx, org, j.Payload)
}

// Drain does all that is due now, and returns.
func (r *Runner) Drain(ctx context.Context) error {
	r.start()
	for {
		if worked, err := r.round(ctx); err != nil || !worked {
			return err
		}
	}
}

// Oldest is for how long the job that is due longest has waited, over all organisations; 0 when none is due.
func (r *Runner) Oldest(ctx context.Context) (age time.Duration, err error) {
	var orgs []tenant.Org
	if err := r.DB.Global().SelectContext(ctx, &orgs, `
		SELECT   id
		FROM     organisations
		ORDER BY id`); err != nil {
		return 0, err
	}
	now := time.Now()
	for _, org := range orgs {
		var due sql.NullTime
		tx, err := r.DB.Begin(ctx, org)
		if err != nil {
			return 0, err
		}
		err = tx.GetContext(ctx, &due, `
			SELECT min(run_after)
			FROM   jobs
			WHERE  organisation_id = $1 AND state = 'waiting' AND run_after <= $2`, org, now)
		if err := errors.Join(err, tx.Rollback()); err != nil {
			return 0, err
		}
		if due.Valid {
			age = max(age, now.Sub(due.Time))
		}
	}
	return age, nil
}
