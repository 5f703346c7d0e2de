package releases

import (
	"context"
	"fmt"

	"yousaid/analytics/register"
	"yousaid/surveys/tenant"
)

// Register is what left, and what became of it.
type Register struct {
	Reader
	Ledger tenant.Ledger
}

// Entries lists the register, newest first.
func (r Register) Entries(ctx context.Context, org tenant.Org, w register.Wanted) ([]register.Entry, error) {
	tx, err := r.DB.Begin(ctx, org)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	return register.Entries(ctx, tx, org, w)
}

// Kinds are what tables that stand there are: one line for each combination of surveys, question, dimensions and
// period, the newest period first.
func (r Register) Kinds(ctx context.Context, org tenant.Org, equality bool) ([]register.Entry, error) {
	tx, err := r.DB.Begin(ctx, org)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	return register.Kinds(ctx, tx, org, equality)
}

// Same finds the releases of one query and period that count, newest first.
func (r Register) Same(ctx context.Context, org tenant.Org, q register.Query, from, to string) ([]int64, error) {
	tx, err := r.DB.Begin(ctx, org)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	return register.Same(ctx, tx, org, q, from, to)
}

// Object is how the audit trail calls a release.
func Object(id int64) string { return fmt.Sprintf("release/%d", id) }

// Noted writes to the audit trail what was done with a release that changes nothing of it: "release.downloaded", "release.checked".
func (r Register) Noted(ctx context.Context, by tenant.Actor, id int64, action string, what any) error {
	tx, err := r.DB.Begin(ctx, by.Org)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if err := r.Ledger.Record(ctx, tx, by, action, Object(id), nil, what); err != nil {
		return fmt.Errorf("%s of release %d: %w", action, id, err)
	}
	return tx.Commit()
}
