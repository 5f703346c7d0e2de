// Package accounts keeps the organisations, the people who work for them, their passwords and their roles.
package accounts

import (
	"context"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"

	"yousaid/surveys/tenant"
)

// What may be missing.
var (
	ErrNoOrganisation = errors.New("there is no such organisation")
	ErrNoPerson       = errors.New("there is no such person")
)

// Seed puts into a new organisation what every organisation starts with, in the transaction that makes it.
type Seed func(ctx context.Context, tx *sqlx.Tx, org tenant.Org) error

// Store keeps organisations and people.
type Store struct {
	db     tenant.DB
	ledger tenant.Ledger
	seeds  []Seed
	hasher *hasher
	now    func() time.Time

	// Adding is asked before a council takes another language, and may refuse it: what is published already would be offered in it. nil asks
	// nothing.
	Adding func(ctx context.Context, tx *sqlx.Tx, org tenant.Org, lang string) error
}

// New makes a store. The seeds run for each new organisation.
func New(db tenant.DB, ledger tenant.Ledger, seeds ...Seed) (*Store, error) {
	h, err := newHasher()
	if err != nil {
		return nil, err
	}
	return &Store{db: db, ledger: ledger, seeds: seeds, hasher: h, now: time.Now}, nil
}
