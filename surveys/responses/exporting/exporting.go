// Package exporting writes the responses of a survey row by row to a file, without equality answers and without anything that tells
// one person from another.
package exporting

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/jmoiron/sqlx"

	"yousaid/surveys"
	"yousaid/surveys/tablefile"
	"yousaid/surveys/tenant"
)

// JobKind is the kind of job that Run carries out.
const JobKind = "export"

// Queue takes work that is done later: server/jobs.Runner.
type Queue interface {
	Enqueue(ctx context.Context, tx *sqlx.Tx, org tenant.Org, kind, key string, payload any) error
	Wake()
}

// Store keeps exports and their files.
type Store struct {
	DB      tenant.DB
	Ledger  tenant.Ledger
	Surveys surveys.Store
	Queue   Queue
	Now     func() time.Time
}

// What can be wrong.
var (
	ErrMissing = errors.New("there is no such export")
	ErrGone    = errors.New("the file of this export is not there: it is not finished, or its time is over")
	ErrFormat  = errors.New("rows cannot be written in this format")
	ErrTooMany = errors.New("several exports are waiting already: wait until they are finished")
)

// Life is how long a finished file can be fetched.
const Life = 24 * time.Hour

// mostWaiting is how many exports of an organisation may wait at once.
const mostWaiting = 5

// New is an export to make.
type New struct {
	Survey   int64
	Format   string // one that holds rows: tablefile.Format.HoldsRows
	Comments bool
	From, To string // days, inclusive; "" is open
}

// Export is a file that was asked for, and how far it is.
type Export struct {
	ID       int64      `db:"id"`
	Survey   int64      `db:"survey_id"`
	Slug     string     `db:"slug"`
	Format   string     `db:"format"`
	Comments bool       `db:"comments"`
	From     string     `db:"period_from"`
	To       string     `db:"period_to"`
	By       string     `db:"asked_by"`
	At       time.Time  `db:"asked_at"`
	State    string     `db:"state"`
	Rows     int64      `db:"rows_done"`
	All      int64      `db:"rows_all"`
	Bytes    int64      `db:"bytes"`
	Chunks   int        `db:"chunks"`
	SHA256   string     `db:"sha256"`
	Expires  *time.Time `db:"expires_at"`
	Problem  string     `db:"problem"`
	Attempt  int        `db:"attempt"`
}

const columns = `
		SELECT   e.id, e.survey_id, s.slug, e.format, e.comments, COALESCE(e.period_from::text, '') AS period_from,
		         COALESCE(e.period_to::text, '') AS period_to, e.asked_by, e.asked_at, e.state,
		         e.rows_done, e.rows_all, e.bytes, e.chunks, e.sha256, e.expires_at, e.problem, e.attempt
		FROM     exports e
		JOIN     surveys s ON s.organisation_id = $1 AND s.id = e.survey_id
		WHERE    e.organisation_id = $1`

// Ask puts an export in the queue and gives its number.
func (s Store) Ask(ctx context.Context, by tenant.Actor, n New) (int64, error) {
	if _, known := tablefile.Named(n.Format, tablefile.Format.HoldsRows); !known {
		return 0, fmt.Errorf("%w: %q", ErrFormat, n.Format)
	}
	tx, err := s.DB.Begin(ctx, by.Org)
	if err != nil {
		return 0, err
	}
	defer func() { _ = tx.Rollback() }()
	if err := s.Ledger.Record(ctx, tx, by, "export.asked", "export", nil, n); err != nil {
		return 0, err
	}
	var waiting int
	if err := tx.GetContext(ctx, &waiting, `
		SELECT count(*)
		FROM   exports
		WHERE  organisation_id = $1 AND state IN ('waiting', 'running')`, by.Org); err != nil {
		return 0, err
	}
	if waiting >= mostWaiting {
		return 0, ErrTooMany
	}
	var id int64
	if err := tx.GetContext(ctx, &id, `
		INSERT INTO exports (organisation_id, survey_id, format, comments, period_from, period_to, asked_by)
		VALUES ($1, $2, $3, $4, NULLIF($5, '')::date, NULLIF($6, '')::date, $7)
		RETURNING id`, by.Org, n.Survey, n.Format, n.Comments, n.From, n.To, by.Name); err != nil {
		return 0, fmt.Errorf("asking for an export: %w", err)
	}
	if err := s.Queue.Enqueue(ctx, tx, by.Org, JobKind, strconv.FormatInt(id, 10), map[string]int64{"export": id}); err != nil {
		return 0, err
	}
	if err := tx.Commit(); err != nil {
		return 0, err
	}
	s.Queue.Wake()
	return id, nil
}

// Exports lists the newest exports of the organisation.
func (s Store) Exports(ctx context.Context, org tenant.Org) ([]Export, error) {
	tx, err := s.DB.Begin(ctx, org)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	var list []Export
	err = tx.SelectContext(ctx, &list, columns+`
		AND      e.state <> 'deleted'
		ORDER BY e.id DESC
		LIMIT    50`, org)
	return list, err
}

// Export finds one; ErrMissing.
func (s Store) Export(ctx context.Context, org tenant.Org, id int64) (Export, error) {
	tx, err := s.DB.Begin(ctx, org)
	if err != nil {
		return Export{}, err
	}
	defer func() { _ = tx.Rollback() }()
	var e Export
	err = tx.GetContext(ctx, &e, columns+`
		AND      e.id = $2`, org, id)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrMissing
	}
	return e, err
}

// Fetch begins a download: it is recorded in the Ledger, and the file is given part by part. ErrGone where there is no whole file, or
// its time is over.
func (s Store) Fetch(ctx context.Context, by tenant.Actor, id int64) (Export, func(io.Writer) error, error) {
	e, err := s.Export(ctx, by.Org, id)
	if err != nil {
		return e, nil, err
	}
	if e.State != "finished" || e.Expires == nil || s.Now().After(*e.Expires) {
		return e, nil, ErrGone
	}
	tx, err := s.DB.Begin(ctx, by.Org)
	if err != nil {
		return e, nil, err
	}
	defer func() { _ = tx.Rollback() }()
	if err := s.Ledger.Record(ctx, tx, by, "export.fetched", fmt.Sprintf("export/%d", id), nil,
		map[string]any{"survey": e.Slug, "rows": e.Rows}); err != nil {
		return e, nil, err
	}
	return e, func(to io.Writer) error { return s.parts(ctx, by.Org, e, to) }, tx.Commit()
}

func (s Store) parts(ctx context.Context, org tenant.Org, e Export, to io.Writer) error {
	for no := range e.Chunks {
		part, err := s.part(ctx, org, e, no)
		if err != nil {
			return err
		}
		if _, err := to.Write(part); err != nil {
			return err
		}
	}
	return nil
}

func (s Store) part(ctx context.Context, org tenant.Org, e Export, no int) ([]byte, error) {
	tx, err := s.DB.Begin(ctx, org)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	var part []byte
	err = tx.GetContext(ctx, &part, `
		SELECT bytes
		FROM   export_chunks
		WHERE  organisation_id = $1 AND export_id = $2 AND attempt = $3 AND no = $4`, org, e.ID, e.Attempt, no)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrGone
	}
	return part, err
}

// Delete takes a file away before its time.
func (s Store) Delete(ctx context.Context, by tenant.Actor, id int64) error {
	tx, err := s.DB.Begin(ctx, by.Org)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	var found int64
	err = tx.GetContext(ctx, &found, `
		UPDATE exports
		SET    state = 'deleted'
		WHERE  organisation_id = $1 AND id = $2 AND state <> 'deleted'
		RETURNING id`, by.Org, id)
	if errors.Is(err, sql.ErrNoRows) {
		return ErrMissing
	}
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `
		DELETE FROM export_chunks
		WHERE  organisation_id = $1 AND export_id = $2`, by.Org, id); err != nil {
		return err
	}
	if err := s.Ledger.Record(ctx, tx, by, "export.deleted", fmt.Sprintf("export/%d", id), nil, nil); err != nil {
		return err
	}
	return tx.Commit()
}

// Expire takes away the files whose time is over and gives their number.
func (s Store) Expire(ctx context.Context, org tenant.Org) (int, error) {
	tx, err := s.DB.Begin(ctx, org)
	if err != nil {
		return 0, err
	}
	defer func() { _ = tx.Rollback() }()
	var over []int64
	if err := tx.SelectContext(ctx, &over, `
		UPDATE exports
		SET    state = 'expired'
		WHERE  organisation_id = $1 AND state = 'finished' AND expires_at < $2
		RETURNING id`, org, s.Now()); err != nil {
		return 0, err
	}
	for _, id := range over {
		if _, err := tx.ExecContext(ctx, `
			DELETE FROM export_chunks
			WHERE  organisation_id = $1 AND export_id = $2`, org, id); err != nil {
			return 0, err
		}
	}
	return len(over), tx.Commit()
}
