package stafftest

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

// errFault is what the database answers when it is told to fail.
var errFault = errors.New("the database failed, as the test wanted")

// faults counts statements and fails from one of them on.
type faults struct {
	left atomic.Int64 // statements that still succeed; below 0: all do
	hit  atomic.Bool
}

// from has statement n and those after it fail, from 1.
func (f *faults) from(n int64) {
	f.hit.Store(false)
	f.left.Store(n - 1)
}

// off ends the failures, and tells whether there was one.
func (f *faults) off() bool {
	f.left.Store(-1)
	return f.hit.Load()
}

func (f *faults) next() error {
	for {
		n := f.left.Load()
		switch {
		case n < 0:
			return nil
		case n == 0:
			f.hit.Store(true)
			return errFault
		case f.left.CompareAndSwap(n, n-1):
			return nil
		}
	}
}

// pool connects to a database whose statements fail when they are told to.
func (f *faults) pool(t testing.TB, dsn string) *sqlx.DB {
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
	faults *faults
}

// Connect opens a connection.
func (c failing) Connect(ctx context.Context) (driver.Conn, error) {
	opened, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &conn{opened.(pqConn), c.faults}, nil
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

// conn fails what is sent by it; ending a transaction always works.
type conn struct {
	pqConn
	faults *faults
}

// QueryContext runs a statement that gives rows.
func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if err := c.faults.next(); err != nil {
		return nil, err
	}
	return c.pqConn.QueryContext(ctx, query, args)
}

// ExecContext runs a statement.
func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if query == "ROLLBACK" {
		return c.pqConn.ExecContext(ctx, query, args)
	}
	if err := c.faults.next(); err != nil {
		return nil, err
	}
	return c.pqConn.ExecContext(ctx, query, args)
}

// BeginTx opens a transaction.
func (c *conn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	if err := c.faults.next(); err != nil {
		return nil, err
	}
	return c.pqConn.BeginTx(ctx, opts)
}
