// Package migrations is the shape of the database: numbered SQL files that only go forward, the functions that are replaced as a
// whole, who may do what in it, and the addresses under which the program reaches it.
package migrations

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed *.sql functions/*.sql
var files embed.FS

// ErrNewer means that a newer program has migrated the database: this one could misread it.
var ErrNewer = errors.New("this database was made by a newer Yousaid")

// lockMinutes is how long an instance waits for another that is migrating.
const lockMinutes = 30

// Step is one migration, or one file of functions, which is applied anew whenever it was changed.
type Step struct {
	Version int64     // the number of a migration, the revision of functions
	Name    string    // the file: 0001_organisations.sql, functions/store_pages.sql
	Applied time.Time // zero while it waits to be applied
}

// Pending says whether the step waits to be applied.
func (s Step) Pending() bool { return s.Applied.IsZero() }

// Up makes sure of the roles and applies what is missing, as yousaid_owner: the migrations, then the functions that were changed.
// It returns how many steps that were. Of several instances one does the work while the others wait. A step that fails is undone
// and stops everything. It is ErrNewer when the database has migrations that this program does not. The address must reach the server
// itself: the lock does not hold through a transaction pooler.
func Up(ctx context.Context, ownerDSN string) (applied int, err error) {
	return up(ctx, ownerDSN, files)
}

// Status lists the steps of this program, oldest first, without changing anything. With ErrNewer the steps are listed as well.
func Status(ctx context.Context, ownerDSN string) ([]Step, error) {
	return status(ctx, ownerDSN, files)
}

func up(ctx context.Context, ownerDSN string, from fs.FS) (applied int, err error) {
	if err := EnsureRoles(ctx, ownerDSN); err != nil {
		return 0, err
	}
	if _, err := status(ctx, ownerDSN, from); err != nil {
		return 0, err
	}
	dsn, err := withRole(ownerDSN, Owner)
	if err != nil {
		return 0, err
	}
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	applied, err = apply(ctx, db, from)
	if err != nil {
		return applied, err
	}
	if _, err := status(ctx, ownerDSN, from); err != nil { // a newer instance may have been the one we waited for
		return applied, err
	}
	return applied, nil
}

// apply applies migrations and functions under one lock.
func apply(ctx context.Context, db *sql.DB, from fs.FS) (applied int, err error) {
	fail := func(err error) (int, error) {
		return applied, fmt.Errorf("bringing the database up to date: %w", err)
	}
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, lockMinutes*60))
	if err != nil {
		return 0, err
	}
	provider, err := provide(db, from)
	if err != nil {
		return 0, err
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return fail(err)
	}
	defer conn.Close() // the lock ends with it at the latest
	if err := locker.SessionLock(ctx, conn); err != nil {
		return fail(err)
	}
	results, err := provider.Up(ctx)
	var partial *goose.PartialError
	if errors.As(err, &partial) {
		applied = len(partial.Applied)
		return fail(fmt.Errorf("%s failed and was undone, the steps before it stand: %w", partial.Failed.Source.Path, partial.Err))
	}
	if err != nil {
		return fail(err)
	}
	applied = len(results)
	n, err := applyFunctions(ctx, conn, from)
	if errors.Is(err, ErrNewer) {
		return applied, err
	}
	if err != nil {
		return fail(err)
	}
	applied += n
	if err := locker.SessionUnlock(ctx, conn); err != nil {
		return fail(err)
	}
	return applied, nil
}

func provide(db *sql.DB, from fs.FS) (*goose.Provider, error) {
	return goose.NewProvider(goose.DialectPostgres, db, from, goose.WithDisableGlobalRegistry(true))
}

func status(ctx context.Context, ownerDSN string, from fs.FS) ([]Step, error) {
	db, err := sql.Open("postgres", ownerDSN)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	provider, err := provide(db, from)
	if err != nil {
		return nil, err
	}
	functions, err := functionFiles(from)
	if err != nil {
		return nil, err
	}
	applied, known, err := versions(ctx, db)
	if err != nil {
		return nil, fmt.Errorf("reading which migrations were applied: %w", err)
	}
	var steps []Step
	var knows, has int64
	for _, s := range provider.ListSources() {
		steps = append(steps, Step{Version: s.Version, Name: s.Path, Applied: applied[s.Version]})
		knows = max(knows, s.Version)
	}
	for _, f := range functions {
		step := Step{Version: f.revision, Name: f.name}
		if f.isApplied(known) {
			step.Applied = known[f.name].applied
		}
		steps = append(steps, step)
	}
	for v := range applied {
		has = max(has, v)
	}
	if has > knows {
		return steps, fmt.Errorf("%w (schema %d, this program knows %d): install that version of Yousaid or a newer one", ErrNewer, has, knows)
	}
	return steps, newerFunctions(functions, known)
}

// versions reads goose's table, which is not there before the first migration, and which functions stand.
func versions(ctx context.Context, db *sql.DB) (applied map[int64]time.Time, known map[string]functionState, err error) {
	tx, err := db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, nil, err
	}
	defer tx.Rollback()
	var there, asOwner bool
	if err := tx.QueryRowContext(ctx, `
		SELECT to_regclass('public.goose_db_version') IS NOT NULL,
		       EXISTS (SELECT FROM pg_roles r WHERE r.rolname = 'yousaid_owner' AND pg_has_role(r.oid, 'MEMBER'))`).Scan(&there,
		&asOwner); err != nil || !there {
		return nil, nil, err
	}
	if asOwner {
		if _, err := tx.ExecContext(ctx, `SET LOCAL ROLE yousaid_owner`); err != nil {
			return nil, nil, err
		}
	}
	if known, err = knownFunctions(ctx, tx); err != nil {
		return nil, nil, err
	}
	rows, err := tx.QueryContext(ctx, `
		SELECT   version_id, max(tstamp)
		FROM     public.goose_db_version
		WHERE    is_applied AND version_id > 0
		GROUP BY version_id`)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	applied = map[int64]time.Time{}
	for rows.Next() {
		var v int64
		var at time.Time
		if err := rows.Scan(&v, &at); err != nil {
			return nil, nil, err
		}
		applied[v] = at
	}
	return applied, known, rows.Err()
}
