// Package site composes the rooms into a running site: the database, the stores, the figures and the pages.
package site

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"
	_ "github.com/lib/pq" // the driver "postgres"

	"yousaid/migrations"
	"yousaid/migrations/localpg"
	"yousaid/surveys/tenant"
)

// Database says where the data is: a server of one's own by address, or else a private one in a folder.
type Database struct {
	Dir              string
	AppURL, OwnerURL string
	TabulateURL      string
	Log              *slog.Logger
}

// Opened is a database that is ready to be used: its roles and tables are there.
type Opened struct {
	DB       tenant.DB
	OwnerDSN string
	AppDSN   string
	Private  bool

	logins   migrations.Logins
	pool     *sqlx.DB
	tabulate *sqlx.DB
	cluster  *localpg.Cluster

	looking sync.Mutex // the outcome of the last look of Ready
	looked  time.Time
	found   error
}

// poolSize is what suits single statements and the one committer best on small machines (measured, docs/decisions). Tables with
// equality answers are few and large.
const (
	poolSize     = 16
	tabulateSize = 4
)

// Serve opens the database for the site: it refuses a folder that another site already serves.
func (d Database) Serve(ctx context.Context) (*Opened, error) {
	o, err := d.open(ctx, localpg.Start)
	if err == nil && o.logins.SetRole {
		d.Log.Warn("one database address is used for everything: set DATABASE_URL, DATABASE_OWNER_URL and DATABASE_TABULATE_URL to " +
			"keep an attacker out as well as a mistake (docs/operate.md)")
	}
	return o, err
}

// Attach opens the database for a command, beside a running site or alone. It makes no database in a data folder that has none.
func (d Database) Attach(ctx context.Context) (*Opened, error) {
	return d.open(ctx, d.attach)
}

// attach uses the private database that is there. Only the site makes one: a command with a mistyped folder would work on an empty
// database and say that all went well.
func (d Database) attach(ctx context.Context, dir string) (*localpg.Cluster, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if !localpg.Made(dir) {
		shown, err := filepath.Abs(dir)
		if err != nil {
			shown = dir
		}
		return nil, fmt.Errorf("there is no database in the data folder %s: give the folder of your site with --data or YOUSAID_DATA. "+
			"To begin a new site there:  yousaid serve --data %s", shown, shown)
	}
	return localpg.Options{Log: d.Log}.Attach(ctx, dir)
}

func (d Database) open(ctx context.Context, start func(context.Context, string) (*localpg.Cluster, error)) (*Opened, error) {
	o := &Opened{}
	if err := d.locate(ctx, o, start); err != nil {
		return nil, err
	}
	err := o.prepare(ctx, d.Log)
	if err != nil {
		return nil, errors.Join(err, o.Close())
	}
	return o, nil
}

// Owner gives the owner's address alone, for migrations, and a function that lets go of it.
func (d Database) Owner(ctx context.Context) (address string, done func() error, err error) {
	o := &Opened{}
	if err := d.locate(ctx, o, d.attach); err != nil {
		return "", nil, err
	}
	return o.OwnerDSN, o.Close, nil
}

// locate finds the addresses, starting the private server where there is no other.
func (d Database) locate(ctx context.Context, o *Opened, start func(context.Context, string) (*localpg.Cluster, error)) (err error) {
	if d.AppURL == "" && d.OwnerURL == "" && d.TabulateURL == "" {
		if o.cluster, err = start(ctx, d.Dir); err != nil {
			return err
		}
		o.Private = true
		o.logins = migrations.Logins{App: o.cluster.AppDSN(), Owner: o.cluster.OwnerDSN(), Tabulate: o.cluster.TabulateDSN()}
	} else if o.logins, err = migrations.Addresses(d.AppURL, d.OwnerURL, d.TabulateURL); err != nil {
		return err
	}
	o.OwnerDSN, o.AppDSN = o.logins.Owner, o.logins.App
	return nil
}

// prepare brings the tables up to date and opens the pools.
func (o *Opened) prepare(ctx context.Context, log *slog.Logger) error {
	if err := o.logins.Complete(); err != nil {
		return err
	}
	applied, err := migrations.Up(ctx, o.OwnerDSN)
	if err != nil {
		return err
	}
	if applied > 0 {
		log.Info("the database was brought up to date", "migrations", applied)
	}
	if err := o.logins.Check(ctx); err != nil {
		return err
	}
	if o.pool, err = migrations.Pool(o.logins.App, poolSize); err != nil {
		return err
	}
	if o.tabulate, err = migrations.Pool(o.logins.Tabulate, tabulateSize); err != nil {
		return err
	}
	if err := o.pool.PingContext(ctx); err != nil {
		return fmt.Errorf("connecting to the database: %w", err)
	}
	o.DB = tenant.New(o.pool).Tabulating(o.tabulate)
	return nil
}

// Lost is closed when the private server has ended for good and cannot be started again. It is nil, and never ready, for a server
// of one's own.
func (o *Opened) Lost() <-chan struct{} {
	if o.cluster == nil || !o.cluster.Runs() {
		return nil
	}
	return o.cluster.Done()
}

// Answers says whether the database answers.
func (o *Opened) Answers(ctx context.Context) error {
	if err := o.pool.PingContext(ctx); err != nil {
		return fmt.Errorf("the database does not answer: %w", err)
	}
	return nil
}

// Ready says whether the database answers and can be written to: not while it is a standby, read-only or out of room. Asked often,
// it looks once a second.
func (o *Opened) Ready(ctx context.Context) error {
	o.looking.Lock()
	defer o.looking.Unlock()
	if time.Since(o.looked) < time.Second {
		return o.found
	}
	o.found = o.writes(ctx)
	o.looked = time.Now()
	return o.found
}

func (o *Opened) writes(ctx context.Context) error {
	var standby bool
	if err := o.pool.GetContext(ctx, &standby, `SELECT pg_is_in_recovery()`); err != nil {
		return fmt.Errorf("the database does not answer: %w", err)
	}
	if standby {
		return errors.New("the database is a standby: nothing can be written")
	}
	if _, err := o.pool.ExecContext(ctx, `UPDATE readiness SET at = $1 WHERE id`, time.Now().UTC().Truncate(time.Second)); err != nil {
		return fmt.Errorf("nothing can be written: %w", err)
	}
	return nil
}

// Close lets go of the database, and stops the private server if this process runs it.
func (o *Opened) Close() error {
	var err error
	for _, pool := range []*sqlx.DB{o.pool, o.tabulate} {
		if pool != nil {
			err = errors.Join(err, pool.Close())
		}
	}
	if o.cluster != nil {
		err = errors.Join(err, o.cluster.Stop())
	}
	return err
}
