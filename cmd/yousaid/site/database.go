// Package site composes the rooms into a running site: the database, the stores, the figures and the pages.
package site

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

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
	Log              *slog.Logger
}

// Opened is a database that is ready to be used: its roles and tables are there.
type Opened struct {
	DB       tenant.DB
	OwnerDSN string
	AppDSN   string
	Private  bool

	oneAddress bool // the owner's address serves as the app's too
	pool       *sqlx.DB
	cluster    *localpg.Cluster
}

// poolSize is what suits single statements and the one committer best on small machines (measured, docs/decisions).
const poolSize = 16

// Serve opens the database for the site: it refuses a folder that another site already serves.
func (d Database) Serve(ctx context.Context) (*Opened, error) {
	o, err := d.open(ctx, localpg.Start)
	if err == nil && o.oneAddress {
		d.Log.Warn("one database address is used for everything: set both DATABASE_URL and DATABASE_OWNER_URL to keep an attacker out as well as a mistake (docs/operate.md)")
	}
	return o, err
}

// Attach opens the database for a command, beside a running site or alone.
func (d Database) Attach(ctx context.Context) (*Opened, error) {
	return d.open(ctx, localpg.Options{Log: d.Log}.Attach)
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
	if err := d.locate(ctx, o, localpg.Options{Log: d.Log}.Attach); err != nil {
		return "", nil, err
	}
	return o.OwnerDSN, o.Close, nil
}

// locate finds the two addresses, starting the private server where there is no other.
func (d Database) locate(ctx context.Context, o *Opened, start func(context.Context, string) (*localpg.Cluster, error)) (err error) {
	if d.AppURL == "" && d.OwnerURL == "" {
		if o.cluster, err = start(ctx, d.Dir); err != nil {
			return err
		}
		o.Private, o.OwnerDSN, o.AppDSN = true, o.cluster.OwnerDSN(), o.cluster.AppDSN()
		return nil
	}
	addresses, err := migrations.Addresses(d.AppURL, d.OwnerURL)
	if err != nil {
		return err
	}
	o.OwnerDSN, o.AppDSN, o.oneAddress = addresses.Owner, addresses.App, addresses.SetRole
	return nil
}

// prepare brings the tables up to date and opens the pool.
func (o *Opened) prepare(ctx context.Context, log *slog.Logger) error {
	applied, err := migrations.Up(ctx, o.OwnerDSN)
	if err != nil {
		return err
	}
	if applied > 0 {
		log.Info("the database was brought up to date", "migrations", applied)
	}
	if !o.Private {
		if err := migrations.CheckApp(ctx, o.AppDSN); err != nil {
			return err
		}
	}
	pool, err := migrations.Pool(o.AppDSN, poolSize)
	if err != nil {
		return err
	}
	if err := pool.PingContext(ctx); err != nil {
		return errors.Join(fmt.Errorf("connecting to the database: %w", err), pool.Close())
	}
	o.pool, o.DB = pool, tenant.New(pool)
	return nil
}

// Lost is closed when the private server has ended for good and cannot be started again. It is nil, and never ready, for a server of one's own.
func (o *Opened) Lost() <-chan struct{} {
	if o.cluster == nil || !o.cluster.Runs() {
		return nil
	}
	return o.cluster.Done()
}

// Ready says whether the database answers.
func (o *Opened) Ready(ctx context.Context) error {
	var n int
	if err := o.pool.GetContext(ctx, &n, "SELECT count(*) FROM organisations"); err != nil {
		return fmt.Errorf("the database does not answer: %w", err)
	}
	return nil
}

// Close lets go of the database, and stops the private server if this process runs it.
func (o *Opened) Close() error {
	var err error
	if o.pool != nil {
		err = o.pool.Close()
	}
	if o.cluster != nil {
		err = errors.Join(err, o.cluster.Stop())
	}
	return err
}
