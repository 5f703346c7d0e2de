package responses

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"yousaid/surveys/tenant"
)

// ErrNoReceipt is a receipt code that is nobody's.
var ErrNoReceipt = errors.New("there is no feedback with this receipt code")

// Receipts finds feedback by the code of its receipt, and takes it back.
type Receipts struct {
	DB     tenant.DB
	Ledger tenant.Ledger
}

// Receipt is what whoever holds the code may read: never what was answered, for the code may have been found by somebody else.
type Receipt struct {
	Response uuid.UUID `db:"id"`
	State    string    `db:"state"`
	Hour     time.Time `db:"answered_hour"`
	Service  int64     `db:"service"`
}

// Find finds a response by the code as it was typed; ErrNoReceipt.
func (r Receipts) Find(ctx context.Context, org tenant.Org, code string) (Receipt, error) {
	tx, err := r.DB.Begin(ctx, org)
	if err != nil {
		return Receipt{}, err
	}
	defer func() { _ = tx.Rollback() }()
	return find(ctx, tx, org, code)
}

func find(ctx context.Context, tx *sqlx.Tx, org tenant.Org, code string) (Receipt, error) {
	var found Receipt
	err := tx.GetContext(ctx, &found, `
		SELECT id, state, answered_hour, COALESCE(service_id, 0) AS service
		FROM   responses
		WHERE  organisation_id = $1 AND receipt_hash = $2`, org, ReceiptHash(code))
	if errors.Is(err, sql.ErrNoRows) {
		return found, ErrNoReceipt
	}
	return found, err
}

// customer is who takes feedback back: nobody by name.
func customer(org tenant.Org) tenant.Actor {
	return tenant.Actor{Org: org, Name: "customer", Via: "receipt"}
}

// Withdraw takes a response back: its answers, its words and its equality answers go at once, its number stays, so that whoever
// follows the changes learns of it. Released tables stay as they left. Done twice it changes nothing.
func (r Receipts) Withdraw(ctx context.Context, org tenant.Org, code string) error {
	tx, err := r.DB.Begin(ctx, org)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	// The lock on the feed's row keeps a page of the same form from being stored at the same moment.
	var no int64
	if err := tx.GetContext(ctx, &no, `
		UPDATE feeds
		SET    last_no = last_no + 1
		WHERE  organisation_id = $1
		RETURNING last_no`, org); errors.Is(err, sql.ErrNoRows) {
		return ErrNoReceipt // nobody has answered yet
	} else if err != nil {
		return fmt.Errorf("withdrawing a response: %w", err)
	}
	found, err := find(ctx, tx, org, code)
	if err != nil || found.State == "withdrawn" {
		return err
	}
	if err := Withdraw(ctx, tx, org, []string{found.Response.String()}, no, false); err != nil {
		return err
	}
	if err := r.Ledger.Record(ctx, tx, customer(org), "response.withdrawn", "response", nil, nil); err != nil {
		return err
	}
	return tx.Commit()
}
