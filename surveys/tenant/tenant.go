// Package tenant says whose data a piece of work is about: every store holds a DB, and every transaction names its organisation.
package tenant

import (
	"context"
	"crypto/rand"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jmoiron/sqlx"
)

// Org is the id of an organisation: the tenant to which every row belongs.
type Org int64

// Actor is who asks for a change, and for which organisation. It is written to the audit table beside what was done.
type Actor struct {
	Org    Org
	Person int64  // people.id; 0 for the command line and the program itself
	Name   string // the email address, or "command line"
	Via    string // "web", "command line", "import", "demonstration"
	Grants []Grant
}

// Grant is one role an actor holds, perhaps for one directorate or one service only (0 means everywhere).
type Grant struct {
	Role        string `db:"role"`
	Directorate int64  `db:"directorate_id"`
	Service     int64  `db:"service_id"`
}

// CommandLine is the administrator at the keyboard of the server.
func CommandLine(org Org) Actor {
	return Actor{Org: org, Name: "command line", Via: "command line", Grants: []Grant{{Role: Administrator}}}
}

// Ledger remembers a change in the transaction that makes it. server/audit keeps the real one; before and after are marshalled to
// JSON and may be nil.
type Ledger interface {
	Record(ctx context.Context, tx *sqlx.Tx, by Actor, action, object string, before, after any) error
}

// DB is the database as the program's own role sees it.
type DB struct {
	pool     *sqlx.DB
	tabulate *sqlx.DB // nil where nothing is tabulated
}

// New wraps a pool whose connections run as yousaid_app.
func New(pool *sqlx.DB) DB { return DB{pool: pool} }

// Tabulating adds the pool whose connections run as yousaid_tabulate: BeginTabulate needs it.
func (db DB) Tabulating(pool *sqlx.DB) DB {
	db.tabulate = pool
	return db
}

// Global gives the pool for the tables that belong to no organisation (organisations, people, sessions, secrets): nothing else
// shows through it.
func (db DB) Global() *sqlx.DB { return db.pool }

// Begin opens a transaction in which only the rows of org exist.
func (db DB) Begin(ctx context.Context, org Org) (*sqlx.Tx, error) {
	return begin(ctx, db.pool, org, "")
}

// BeginRead opens a read-only transaction that sees one state of the rows of org, whatever is written meanwhile.
func (db DB) BeginRead(ctx context.Context, org Org) (*sqlx.Tx, error) {
	return begin(ctx, db.pool, org, "; SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
}

// BeginTabulate opens a read-only transaction as yousaid_tabulate, the only role through whose views equality answers can be read,
// and which can read nothing else. Only analytics calls it. What it joins and groups is larger than what a page reads, so it may
// use more memory before it goes to disk.
func (db DB) BeginTabulate(ctx context.Context, org Org) (*sqlx.Tx, error) {
	if db.tabulate == nil {
		return nil, errors.New("opening a transaction: there is no login for tabulating here")
	}
	return begin(ctx, db.tabulate, org, "; SET LOCAL work_mem = '32MB'; SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
}

// Run is a transaction of one statement in one round trip, settings and commit included: for what is run so often that each way to
// the server and back counts. The statement gives one row of one value, which is returned as text ("" for null), and holds what it
// needs as literals: quote each with pq.QuoteLiteral. It is committed when Run returns no error; an error leaves nothing behind,
// or, when the connection was lost, may hide that it was committed.
func (db DB) Run(ctx context.Context, org Org, statement string) (value string, err error) {
	if org <= 0 {
		return "", fmt.Errorf("opening a transaction: no organisation named")
	}
	conn, err := db.pool.Conn(ctx)
	if err != nil {
		return "", err
	}
	defer func() { _ = conn.Close() }()
	value, err = oneValue(ctx, conn, "BEGIN; SET LOCAL yousaid.org = '"+strconv.FormatInt(int64(org), 10)+"'; "+statement+"; COMMIT")
	if err == nil {
		return value, nil
	}
	// The server skips what stood after the statement that failed, and waits for the end of the transaction.
	last, done := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer done()
	if _, failed := conn.ExecContext(last, "ROLLBACK"); failed != nil {
		_ = conn.Raw(func(any) error { return driver.ErrBadConn }) // never to be used again
	}
	return "", err
}

// oneValue runs statements of which one gives one row, and reads to their end: the failure of a COMMIT comes after the row.
func oneValue(ctx context.Context, conn *sql.Conn, statements string) (string, error) {
	rows, err := conn.QueryContext(ctx, statements)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	var value sql.NullString
	for more := true; more; more = rows.NextResultSet() {
		for rows.Next() {
			if err := rows.Scan(&value); err != nil {
				return "", err
			}
		}
	}
	if err := rows.Err(); err != nil {
		return "", err
	}
	return value.String, rows.Close()
}

// begin sends the settings without parameters: set_config() would not reach the workers of a distributed engine. more begins with a
// semicolon or is "".
func begin(ctx context.Context, pool *sqlx.DB, org Org, more string) (*sqlx.Tx, error) {
	if org <= 0 {
		return nil, fmt.Errorf("opening a transaction: no organisation named")
	}
	tx, err := pool.BeginTxx(ctx, nil)
	if err != nil {
		return nil, err
	}
	if _, err := tx.ExecContext(ctx, "SET LOCAL yousaid.org = '"+strconv.FormatInt(int64(org), 10)+"'"+more); err != nil {
		_ = tx.Rollback()
		return nil, err
	}
	return tx, nil
}

// Secret reads the 32 random bytes that all instances of the program share under the name, and makes them first if there are none.
func (db DB) Secret(ctx context.Context, name string) (value []byte, err error) {
	read := func() error {
		return db.pool.GetContext(ctx, &value, `
			SELECT value
			FROM   secrets
			WHERE  name = $1`, name)
	}
	err = read()
	if errors.Is(err, sql.ErrNoRows) {
		fresh := make([]byte, 32)
		_, _ = rand.Read(fresh) // never fails
		if _, err = db.pool.ExecContext(ctx, `
			INSERT INTO secrets (name, value)
			VALUES ($1, $2)
			ON CONFLICT (name) DO NOTHING`, name, fresh); err == nil {
			err = read() // another instance may have been first
		}
	}
	if err != nil {
		return nil, fmt.Errorf("reading the secret %q: %w", name, err)
	}
	return value, nil
}
