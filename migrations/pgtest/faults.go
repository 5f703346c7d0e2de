package pgtest

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// ErrFault is the error of a statement that a test has chosen to fail.
var ErrFault = errors.New("the database failed, as the test wanted")

// Faults counts statements and fails them from one on: for tests of what is done when the database fails in the middle.
type Faults struct {
	left atomic.Int64 // statements that still succeed; below 0: all do
	hit  atomic.Bool
}

// From has statement n and those after it fail, from 1.
func (f *Faults) From(n int64) {
	f.hit.Store(false)
	f.left.Store(n - 1)
}

// Off ends the failures, and tells whether there was one.
func (f *Faults) Off() bool {
	f.left.Store(-1)
	return f.hit.Load()
}

func (f *Faults) next() error {
	for {
		n := f.left.Load()
		switch {
		case n < 0:
			return nil
		case n == 0:
			f.hit.Store(true)
			return ErrFault
		case f.left.CompareAndSwap(n, n-1):
			return nil
		}
	}
}

// Paused runs something whose statements do not fail and are not counted.
func (f *Faults) Paused(run func()) {
	before := f.left.Swap(-1)
	defer f.left.Store(before)
	run()
}

// Each runs something again and again, with its first statement failing, then its second, until none fails: each time but the last
// it must return an error.
func (f *Faults) Each(t testing.TB, run func() error) {
	t.Helper()
	const most = 400
	for n := int64(1); n < most; n++ {
		f.From(n)
		err := run()
		if !f.Off() {
			if err != nil {
				t.Errorf("without a failure: %v", err)
			}
			return
		}
		if err == nil {
			t.Errorf("statement %d failed and nobody noticed", n)
		}
	}
	t.Errorf("more than %d statements", most)
}

// Failing gives pools like App and Tabulate whose statements fail when the Faults say so.
func (db *DB) Failing(t testing.TB) (app, tabulate *sqlx.DB, f *Faults) {
	t.Helper()
	f = &Faults{}
	f.Off()
	return f.pool(t, db.AppDSN), f.pool(t, db.TabulateDSN), f
}

// pool connects to a database whose statements fail when f says so.
func (f *Faults) pool(t testing.TB, dsn string) *sqlx.DB {
	t.Helper()
	connector, err := pq.NewConnector(dsn)
	if err != nil {
		t.Fatal(err)
	}
	db := sqlx.NewDb(sql.OpenDB(failing{connector, f}), "postgres")
	db.SetMaxOpenConns(8)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

type failing struct {
	driver.Connector
	faults *Faults
}

// Connect opens a connection.
func (c failing) Connect(ctx context.Context) (driver.Conn, error) {
	opened, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &failingConn{opened.(pqConn), c.faults}, nil
}

// pqConn is what a connection of lib/pq can do.
type pqConn interface {
	driver.Conn
	driver.Pinger
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.QueryerContext
	driver.ExecerContext
	driver.SessionResetter
	driver.Validator
	driver.NamedValueChecker
}

// failingConn fails what is sent by it; ending a transaction always works.
type failingConn struct {
	pqConn
	faults *Faults
}

// QueryContext runs a statement that gives rows.
func (c *failingConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if err := c.faults.next(); err != nil {
		return nil, err
	}
	return c.pqConn.QueryContext(ctx, query, args)
}

// ExecContext runs a statement.
func (c *failingConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if query == "ROLLBACK" {
		return c.pqConn.ExecContext(ctx, query, args)
	}
	if err := c.faults.next(); err != nil {
		return nil, err
	}
	return c.pqConn.ExecContext(ctx, query, args)
}

// BeginTx opens a transaction.
func (c *failingConn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	if err := c.faults.next(); err != nil {
		return nil, err
	}
	return c.pqConn.BeginTx(ctx, opts)
}
