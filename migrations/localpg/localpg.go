//go:build linux

// Package localpg runs a private PostgreSQL inside a data folder, reachable through a socket in that folder and through nothing else.
//
// Layout of the folder:
//
//	lock           held by the process that runs the server (flock; the text inside is its process number)
//	users          held, shared, by commands that use a server run by another process
//	postgres.log   what the server says (postgres.log.1 once it passed 10 MB)
//	pg/            the database, mode 0700
//	run/           the socket, mode 0700: whoever may enter it is trusted, so there are no passwords
//
// The package never deletes pg/. The only thing it removes is an unfinished pg.init-* folder of its own.
package localpg

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/lib/pq" // also the driver behind every DSN given here
	"github.com/lib/pq/pqerror"
)

const (
	port         = "5432" // only names the socket file: nothing listens on the network
	socketFile   = "/.s.PGSQL." + port
	maxSocket    = 107                    // bytes in sockaddr_un, less the closing zero
	settle       = 500 * time.Millisecond // a killed process may hold its locks for a moment
	patience     = 10 * time.Second       // how long Start waits for a process that is already dying to let go
	attachLimit  = time.Minute            // how long Attach waits for another process's server to answer
	commandWait  = 30 * time.Second       // how long Start waits for a command that runs the server to end
	stopLimit    = 20 * time.Second       // fast shutdown; after that, immediate
	pollInterval = 50 * time.Millisecond  // between two looks at a lock or a server
)

// Cluster is a running private PostgreSQL.
type Cluster struct {
	opts    Options
	shown   string // the folder as the person wrote it, for sentences
	dir     string // the folder, absolute and without symbolic links
	kind    kind
	owner   bool // this process runs the server; false: another does
	lock    *os.File
	users   *os.File
	bin     string
	runAs   *syscall.Credential
	caps    []uintptr
	ready   chan struct{} // closed when the first start succeeded: from then on a dead server is started again
	stop    chan struct{} // closed by Stop
	done    chan struct{} // closed when the server has ended for good
	stopOne sync.Once
	mu      sync.Mutex
	watched bool // supervise runs, so done will be closed
	proc    *os.Process
	err     error
}

// Start runs the server of the data folder dir, making the folder and the database when they are not there. It refuses, with a
// sentence, when another Yousaid serves the folder. The server lives until Stop, or until this process ends in whatever way; ctx only
// bounds the start.
func Start(ctx context.Context, dir string) (*Cluster, error) { return Options{}.Start(ctx, dir) }

// Start is localpg.Start with these options.
func (o Options) Start(ctx context.Context, dir string) (*Cluster, error) {
	return o.open(ctx, dir, serve)
}

// Attach gives the database of dir to a command: the server that another process already runs there, or else one started with these options
// for as long as the command needs it. Stop must be called either way.
func (o Options) Attach(ctx context.Context, dir string) (*Cluster, error) {
	return o.open(ctx, dir, command)
}

func (o Options) open(ctx context.Context, dir string, k kind) (*Cluster, error) {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	c := &Cluster{opts: o, shown: dir, kind: k, ready: make(chan struct{}), stop: make(chan struct{}), done: make(chan struct{})}
	if err := c.folder(); err != nil {
		return nil, err
	}
	if err := c.acquire(ctx); err != nil {
		c.release()
		return nil, err
	}
	if !c.owner {
		return c, nil
	}
	if err := c.begin(ctx); err != nil {
		c.halt()
		c.release()
		return nil, err
	}
	return c, nil
}

// begin brings the server up in a folder that this process holds.
func (c *Cluster) begin(ctx context.Context) error {
	if err := c.choose(); err != nil {
		return err
	}
	if err := c.initialise(ctx); err != nil {
		return err
	}
	started := make(chan error, 1)
	c.watched = true
	go c.supervise(started)
	if err := <-started; err != nil {
		return err
	}
	if err := c.waitReady(ctx); err != nil {
		return err
	}
	if err := c.makeRoles(ctx); err != nil {
		return fmt.Errorf("setting up the roles of the database in %s: %w", c.shown, err)
	}
	close(c.ready)
	return nil
}

// waitReady waits until the server answers, for as long as it lives: recovery after a crash may take minutes.
func (c *Cluster) waitReady(ctx context.Context) error {
	db, err := sql.Open("postgres", c.DSN(superuser, "postgres"))
	if err != nil {
		return err
	}
	defer db.Close()
	for logged, answered := time.Now(), time.Now(); ; {
		err := db.PingContext(ctx)
		if err == nil {
			return nil
		}
		if pq.As(err, pqerror.CannotConnectNow) != nil {
			answered = time.Now() // it is recovering, which takes as long as it takes
		} else if time.Since(answered) > time.Minute {
			return c.startError(err)
		}
		if time.Since(logged) > 10*time.Second {
			c.opts.Log.Info("PostgreSQL is still starting", "folder", c.shown, "says", err.Error())
			logged = time.Now()
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for PostgreSQL in %s: %w", c.shown, ctx.Err())
		case <-c.done:
			return c.startError(c.Err())
		case <-time.After(pollInterval):
		}
	}
}

// makeRoles makes the three roles and the database where they are not there yet.
func (c *Cluster) makeRoles(ctx context.Context) error {
	db, err := sql.Open("postgres", c.DSN(superuser, "postgres"))
	if err != nil {
		return err
	}
	defer db.Close()
	for _, step := range []struct{ missing, make string }{
		{`SELECT NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'yousaid_owner')`, `CREATE ROLE yousaid_owner LOGIN`},
		{`SELECT NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'yousaid_tabulate')`, `CREATE ROLE yousaid_tabulate LOGIN`},
		{`SELECT NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'yousaid_app')`, `CREATE ROLE yousaid_app LOGIN NOINHERIT`},
		// Earlier versions let the app take on the role.
		{`SELECT NOT rolcanlogin FROM pg_roles WHERE rolname = 'yousaid_tabulate'`, `ALTER ROLE yousaid_tabulate LOGIN`},
		{`SELECT pg_has_role('yousaid_app', 'yousaid_tabulate', 'MEMBER')`, `REVOKE yousaid_tabulate FROM yousaid_app`},
		{`SELECT NOT EXISTS (SELECT FROM pg_database WHERE datname = 'yousaid')`, `CREATE DATABASE yousaid OWNER yousaid_owner`},
	} {
		var missing bool
		if err := db.QueryRowContext(ctx, step.missing).Scan(&missing); err != nil {
			return err
		}
		if missing {
			if _, err := db.ExecContext(ctx, step.make); err != nil {
				return fmt.Errorf("%s: %w", step.make, err)
			}
		}
	}
	return nil
}

// DSN is the lib/pq address of a database of this cluster for one of its roles. The superuser is "postgres": for backups and tests.
func (c *Cluster) DSN(role, database string) string {
	quote := strings.NewReplacer(`\`, `\\`, `'`, `\'`)
	return fmt.Sprintf("host='%s' port=%s user=%s dbname=%s sslmode=disable", quote.Replace(c.sock()), port, role, database)
}

// OwnerDSN is the address for migrations.
func (c *Cluster) OwnerDSN() string { return c.DSN(OwnerRole, Database) }

// TabulateDSN is the address for counting equality answers.
func (c *Cluster) TabulateDSN() string { return c.DSN(TabulateRole, Database) }

// AppDSN is the address for everything else.
func (c *Cluster) AppDSN() string { return c.DSN(AppRole, Database) }

// Runs says whether this process runs the server; false when another process does.
func (c *Cluster) Runs() bool { return c.owner }

// PID is the process number of the server this process runs, or 0 while there is none.
func (c *Cluster) PID() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.proc == nil {
		return 0
	}
	return c.proc.Pid
}

// Done is closed when the server has ended for good: after Stop, or when it could not be started again (then Err says why). It is
// never closed for a server that another process runs.
func (c *Cluster) Done() <-chan struct{} { return c.done }

// Err is why the server ended for good, nil after Stop.
func (c *Cluster) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// Stop ends the server if this process runs it, letting go of the folder. A command that runs the server first waits for the other
// commands that use it. Close the database handles before. Stopping twice does no harm.
func (c *Cluster) Stop() error {
	var err error
	c.stopOne.Do(func() {
		defer c.release()
		if !c.owner {
			return
		}
		if c.kind == command {
			c.waitForUsers()
		}
		c.halt()
		err = c.Err()
	})
	return err
}

// halt ends the server process, and returns when it is gone.
func (c *Cluster) halt() {
	c.mu.Lock()
	close(c.stop)
	proc := c.proc
	c.mu.Unlock()
	if !c.watched {
		return
	}
	if proc != nil {
		_ = proc.Signal(syscall.SIGINT) // fast shutdown; whether it ended is seen below
	}
	select {
	case <-c.done:
	case <-time.After(stopLimit):
		if proc != nil {
			_ = proc.Signal(syscall.SIGQUIT) // immediate: recovery at the next start
		}
		<-c.done
	}
}

// startError puts the last lines of the server's log behind what went wrong: they hold the reason.
func (c *Cluster) startError(err error) error {
	if err == nil {
		err = errors.New("it ended at once")
	}
	return fmt.Errorf("PostgreSQL did not start in %s: %w; the end of %s says:\n%s", c.shown, err,
		filepath.Join(c.shown, "postgres.log"), c.logTail())
}
