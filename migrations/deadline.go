package migrations

import (
	"context"
	"database/sql/driver"
	"fmt"
	"net"
	"os"
	"sync"
	"time"

	"github.com/lib/pq"
)

const (
	connectTime  = 3 * time.Second        // to reach the server and log in, where the address does not say
	cancelTime   = 200 * time.Millisecond // for the server to hear that a statement was given up, before the connection is
	rollbackTime = time.Second            // for a ROLLBACK, which has no context
)

// bounded makes connections that end with their context. lib/pq asks the server to cancel a statement whose time is over, and then
// waits for the server to say so: one that is frozen never does, and whoever waits would wait for ever. Here the connection itself
// is given up.
type bounded struct{ config pq.Config }

// Driver is lib/pq's.
func (b bounded) Driver() driver.Driver { return pq.Driver{} }

// Connect opens a connection.
func (b bounded) Connect(ctx context.Context) (driver.Conn, error) {
	connector, err := pq.NewConnectorConfig(b.config)
	if err != nil {
		return nil, fmt.Errorf("reading the database address: %w", err)
	}
	c := &conn{}
	connector.Dialer(&dialer{conn: c})
	opened, err := connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	is, ok := opened.(pqConn)
	if !ok {
		return nil, fmt.Errorf("lib/pq gives connections of another kind: %T", opened)
	}
	c.pqConn = is
	return c, nil
}

// dialer keeps the first connection it makes: later ones carry lib/pq's requests to cancel.
type dialer struct {
	conn *conn
	d    net.Dialer
}

func (d *dialer) Dial(network, address string) (net.Conn, error) {
	return d.DialContext(context.Background(), network, address)
}

func (d *dialer) DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	return d.DialContext(ctx, network, address)
}

func (d *dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	c, err := d.d.DialContext(ctx, network, address)
	if err == nil && d.conn.pqConn == nil { // of several hosts, the last that was tried
		d.conn.wire = c
	}
	return c, err
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

// conn is a connection whose wire is given up soon after the context of what runs on it has ended. database/sql uses it from one
// goroutine at a time.
type conn struct {
	pqConn
	wire net.Conn

	mu    sync.Mutex
	turn  int // counts what was run: an end that comes late must not meet the next
	unarm func() bool
}

// arm watches the context until the next turn: rows are read from the wire after the call that asked for them.
func (c *conn) arm(ctx context.Context) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.next()
	if ctx.Done() == nil {
		return
	}
	turn := c.turn
	c.unarm = context.AfterFunc(ctx, func() { c.giveUp(turn, cancelTime) })
}

// next ends the watch. The lock is held.
func (c *conn) next() {
	c.turn++
	if c.unarm != nil {
		c.unarm()
		c.unarm = nil
	}
}

// disarm ends the watch: nothing runs.
func (c *conn) disarm() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.next()
}

// giveUp fails whatever is read or written from now on, unless another turn has begun within the time.
func (c *conn) giveUp(turn int, after time.Duration) {
	time.AfterFunc(after, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.turn == turn {
			_ = c.wire.SetDeadline(time.Unix(1, 0))
		}
	})
}

func (c *conn) Ping(ctx context.Context) error {
	c.arm(ctx)
	defer c.disarm()
	return late(ctx, c.pqConn.Ping(ctx))
}

func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	c.arm(ctx)
	rows, err := c.pqConn.QueryContext(ctx, query, args)
	return rows, late(ctx, err)
}

func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	c.arm(ctx)
	result, err := c.pqConn.ExecContext(ctx, query, args)
	return result, late(ctx, err)
}

func (c *conn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	c.arm(ctx)
	tx, err := c.pqConn.BeginTx(ctx, opts)
	if err != nil {
		return nil, late(ctx, err)
	}
	return &boundedTx{tx, c, ctx}, nil
}

// IsValid is asked when the connection goes back to its pool: what ran on it is over.
func (c *conn) IsValid() bool {
	c.disarm()
	return c.pqConn.IsValid()
}

// Close says goodbye without waiting for a server that does not listen.
func (c *conn) Close() error {
	c.disarm()
	_ = c.wire.SetDeadline(time.Now().Add(rollbackTime))
	return c.pqConn.Close()
}

// boundedTx bounds the two calls that database/sql makes without a context.
type boundedTx struct {
	driver.Tx
	conn *conn
	ctx  context.Context //nolint:containedctx // of the transaction, which it may not outlive
}

func (t *boundedTx) Commit() error {
	t.conn.arm(t.ctx)
	defer t.conn.disarm()
	return late(t.ctx, t.Tx.Commit())
}

func (t *boundedTx) Rollback() error {
	ctx, cancel := context.WithTimeout(context.Background(), rollbackTime)
	defer cancel()
	t.conn.arm(ctx)
	defer t.conn.disarm()
	return t.Tx.Rollback()
}

// late says that it was the time that ended, where the wire was given up for it.
func late(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil && os.IsTimeout(err) {
		return fmt.Errorf("%w: %w", ctx.Err(), err)
	}
	return err
}
