package main

import (
	"context"
	"errors"
	"fmt"

	"yousaid/migrations"
)

type migrateGroup struct {
	Status migrateStatus `cmd:"" help:"List the steps that made the database, and those still to come."`
	Up     migrateUp     `cmd:"" help:"Bring the database up to date. serve does it by itself."`
}

type migrateStatus struct{}

// Run lists the steps without changing anything.
func (migrateStatus) Run(ctx context.Context, cfg *Config, t terminal) (err error) {
	owner, done, err := cfg.database(cfg.quiet(t)).Owner(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	cfg.announce(t)
	steps, statusErr := migrations.Status(ctx, owner) // with ErrNewer the steps are listed as well
	for _, s := range steps {
		state := "to come"
		if !s.Pending() {
			state = "done " + s.Applied.Format("2006-01-02 15:04")
		}
		if _, err := fmt.Fprintf(t.out, "%-36s %s\n", s.Name, state); err != nil {
			return err
		}
	}
	return statusErr
}

type migrateUp struct{}

// Run applies what is still to come, waiting for another instance that does the same.
func (migrateUp) Run(ctx context.Context, cfg *Config, t terminal) (err error) {
	owner, done, err := cfg.database(cfg.quiet(t)).Owner(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	cfg.announce(t)
	n, err := migrations.Up(ctx, owner)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(t.out, "The database is up to date: %s applied.\n", counting(n, "step"))
	return err
}
