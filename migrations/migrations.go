// Package migrations is the shape of the database: numbered SQL files that only go forward, who may do what in it, and the addresses
// under which the program reaches it.
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

//go:embed *.sql
var files embed.FS

// ErrNewer means that a newer program has migrated the database: this one could misread it.
var ErrNewer = errors.New("this database was made by a newer Yousaid")

// lockMinutes is how long an instance waits for another that is migrating.
const lockMinutes = 30

// Step is one migration.
type Step struct {
	Version int64
	Name    string    // the file: 0001_organisations.sql
	Applied time.Time // zero while it waits to be applied
}

// Pending says whether the step waits to be applied.
func (s Step) Pending() bool { return s.Applied.IsZero() }

// Up makes sure of the roles and applies what is missing, as yousaid_owner, and returns how many steps that were. Of several instances
// one does the work while the others wait. A step that fails is undone and stops everything. It is ErrNewer when the database knows
// steps that this program does not. The address must reach the server itself: the lock does not hold through a transaction pooler.
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
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, lockMinutes*60))
	if err != nil {
		return 0, err
	}
	provider, err := provide(db, from, goose.WithSessionLocker(locker))
	if err != nil {
		return 0, err
	}
	results, err := provider.Up(ctx)
	var partial *goose.PartialError
	switch {
	case errors.As(err, &partial):
		return len(partial.Applied), fmt.Errorf("bringing the database up to date: %s failed and was undone, the steps before it stand: %w",
			partial.Failed.Source.Path, partial.Err)
	case err != nil:
		return 0, fmt.Errorf("bringing the database up to date: %w", err)
	}
	if _, err := status(ctx, ownerDSN, from); err != nil { // a newer instance may have been the one we waited for
		return len(results), err
	}
	return len(results), nil
}

func provide(db *sql.DB, from fs.FS, more ...goose.ProviderOption) (*goose.Provider, error) {
	return goose.NewProvider(goose.DialectPostgres, db, from, append(more, goose.WithDisableGlobalRegistry(true))...)
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
	applied, err := versions(ctx, db)
	if err != nil {
		return nil, fmt.Errorf("reading which migrations were applied: %w", err)
	}
	var steps []Step
	var knows, has int64
	for _, s := range provider.ListSources() {
		steps = append(steps, Step{Version: s.Version, Name: s.Path, Applied: applied[s.Version]})
		knows = max(knows, s.Version)
	}
	for v := range applied {
		has = max(has, v)
	}
	if has > knows {
		return steps, fmt.Errorf("%w (schema %d, this program knows %d): install that version of Yousaid or a newer one", ErrNewer, has, knows)
	}
	return steps, nil
}

// versions reads goose's table, which is not there before the first migration.
func versions(ctx context.Context, db *sql.DB) (map[int64]time.Time, error) {
	tx, err := db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	var there, asOwner bool
	if err := tx.QueryRowContext(ctx, `
		SELECT to_regclass('public.goose_db_version') IS NOT NULL,
		       EXISTS (SELECT FROM pg_roles r WHERE r.rolname = 'yousaid_owner' AND pg_has_role(r.oid, 'MEMBER'))`).Scan(&there, &asOwner); err != nil || !there {
		return nil, err
	}
	if asOwner {
		if _, err := tx.ExecContext(ctx, `SET LOCAL ROLE yousaid_owner`); err != nil {
			return nil, err
		}
	}
	rows, err := tx.QueryContext(ctx, `
		SELECT   version_id, max(tstamp)
		FROM     public.goose_db_version
		WHERE    is_applied AND version_id > 0
		GROUP BY version_id`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	applied := map[int64]time.Time{}
	for rows.Next() {
		var v int64
		var at time.Time
		if err := rows.Scan(&v, &at); err != nil {
			return nil, err
		}
		applied[v] = at
	}
	return applied, rows.Err()
}
