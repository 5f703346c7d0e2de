// Package pgtest gives each test a database of its own: migrated, empty, with the roles of production, on a real PostgreSQL.
//
// One private server runs per test program. It starts with the first New, lives in memory where it can, and goes when the program goes,
// however that ends. YOUSAID_KEEP_DB=1 leaves server and databases running and tells how to look into them.
package pgtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"yousaid/migrations"
	"yousaid/migrations/localpg"
)

// DB is a database that belongs to one test.
type DB struct {
	OwnerDSN string // yousaid_owner: owns the tables, so row-level security does not hold it
	AppDSN   string // yousaid_app: as the program connects

	TabulateDSN string // yousaid_tabulate: as the program connects to count equality answers

	name                 string
	t                    testing.TB
	app, owner, tabulate func() *sqlx.DB
}

// Connections of one pool; the server has 200 for all tests of a program that run at the same time.
const connections = 10

// roomy is how many bytes must be free for databases to be left to die with the server, which is quicker than dropping each.
const roomy = 2 << 30

var number atomic.Int64

// New makes a database for t by copying the migrated one. It ends the test when PostgreSQL is not installed or a migration fails.
func New(t testing.TB) *DB {
	t.Helper()
	return makeFrom(t, localpg.Database)
}

// Copy makes a database for t that is like this one and has nothing to do with it afterwards. This one may have no connections any
// more, see Close. Copies of one database may be made at the same time.
func (db *DB) Copy(t testing.TB) *DB {
	t.Helper()
	return makeFrom(t, db.name)
}

// Close ends the connections of App, Owner and Tabulate for good. Whoever opened others has closed them.
func (db *DB) Close() {
	db.t.Helper()
	for _, pool := range []func() *sqlx.DB{db.app, db.owner, db.tabulate} {
		if err := pool().Close(); err != nil {
			db.t.Fatalf("closing the connections of this test's database: %v", err)
		}
	}
}

// inUse is what PostgreSQL says of a database that still has connections: one that was closed takes a moment to be gone.
const inUse = "55006"

func makeFrom(t testing.TB, template string) *DB {
	t.Helper()
	s, err := shared()
	if err != nil {
		t.Fatalf("no database for this test (make test installs what is missing): %v", err)
	}
	name := fmt.Sprintf("t%d", number.Add(1))
	for {
		_, err := s.admin.ExecContext(t.Context(), `CREATE DATABASE `+name+` TEMPLATE `+template+` OWNER `+localpg.OwnerRole)
		if refused := new(pq.Error); errors.As(err, &refused) && refused.Code == inUse {
			continue // PostgreSQL has waited for five seconds itself; the test's own time is the limit
		}
		if err != nil {
			t.Fatalf("making a database for this test: %v", err)
		}
		break
	}
	db := &DB{name: name, OwnerDSN: s.cluster.DSN(localpg.OwnerRole, name), AppDSN: s.cluster.DSN(localpg.AppRole, name),
		TabulateDSN: s.cluster.DSN(localpg.TabulateRole, name), t: t}
	if keep {
		fmt.Fprintf(os.Stderr, "%s keeps its database: psql %q\n    to end it and all others of this run: kill %d; rm -r %s\n",
			t.Name(), strings.ReplaceAll(db.OwnerDSN, "'", ""), s.cluster.PID(), s.dir)
	}
	t.Cleanup(func() {
		if !keep && free(s.dir) < roomy {
			if _, err := s.admin.ExecContext(context.Background(), `DROP DATABASE `+name+` WITH (FORCE)`); err != nil {
				t.Errorf("dropping the database of this test: %v", err)
			}
		}
	})
	db.app = sync.OnceValue(func() *sqlx.DB { return db.pool(db.AppDSN) })
	db.tabulate = sync.OnceValue(func() *sqlx.DB { return db.pool(db.TabulateDSN) })
	db.owner = sync.OnceValue(func() *sqlx.DB { return db.pool(db.OwnerDSN) })
	return db
}

// App is a pool of connections as the program has them: row-level security holds, and equality answers cannot be read. It closes
// with the test.
func (db *DB) App() *sqlx.DB { return db.app() }

// Tabulate is a pool of connections as the program has them for tables with equality answers:
// tenant.New(db.App()).Tabulating(db.Tabulate()). It closes with the test.
func (db *DB) Tabulate() *sqlx.DB { return db.tabulate() }

// Owner is a pool that sees every row, for looking at what was stored. It closes with the test.
func (db *DB) Owner() *sqlx.DB { return db.owner() }

func (db *DB) pool(dsn string) *sqlx.DB {
	pool, err := migrations.Pool(dsn, connections)
	if err != nil {
		db.t.Fatalf("opening the database of this test: %v", err)
	}
	db.t.Cleanup(func() { pool.Close() })
	return pool
}

// free is the bytes left where dir is.
func free(dir string) uint64 {
	var st syscall.Statfs_t
	if syscall.Statfs(dir, &st) != nil {
		return 0
	}
	return uint64(st.Bavail) * uint64(st.Bsize) //nolint:unconvert // Bavail has another type on other systems
}
