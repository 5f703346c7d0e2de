// Package audit remembers who did what: entries are added, chained by their digests, and never changed.
package audit

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math/big"
	"time"

	"github.com/jmoiron/sqlx"

	"yousaid/surveys/tenant"
)

// Ledger is the audit table. It implements tenant.Ledger.
type Ledger struct {
	db  tenant.DB
	now func() time.Time
}

// New makes a ledger on the database.
func New(db tenant.DB) *Ledger { return &Ledger{db: db, now: time.Now} }

// Entry is one thing that somebody did.
type Entry struct {
	ID     int64     `json:"id"` // 1, 2, 3 … within an organisation, without gaps
	At     time.Time `json:"at"` // when it was done, in UTC, to the microsecond
	Actor  string    `json:"actor"`
	Via    string    `json:"via"`
	Action string    `json:"action"` // what the object went through: "survey.closed"
	Object string    `json:"object"` // what it was done to: "survey customer-satisfaction"
	Before any       `json:"before"` // the object before and after, decoded from JSON; nil where there is nothing to say
	After  any       `json:"after"`
}

// digest is sha256(previous digest ‖ the entry as canonical JSON): keys in order, numbers in one form, times in UTC.
// The database keeps before and after as jsonb, which forgets how they were written, so both sides are put in one form first.
func (e Entry) digest(previous []byte) ([]byte, error) {
	e.At = e.At.UTC()
	e.Before, e.After = canonical(e.Before), canonical(e.After)
	text, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(append(bytes.Clone(previous), text...))
	return sum[:], nil
}

// canonical writes every number as a reduced fraction, since 1e3, 1000 and 1000.0 are the same number to jsonb. The first letter keeps
// numbers and texts apart.
func canonical(v any) any {
	switch v := v.(type) {
	case json.Number:
		if r, ok := new(big.Rat).SetString(v.String()); ok {
			return "n" + r.RatString()
		}
		return "n" + v.String()
	case string:
		return "s" + v
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, inner := range v {
			out[k] = canonical(inner)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, inner := range v {
			out[i] = canonical(inner)
		}
		return out
	default:
		return v
	}
}

// decode reads JSON and keeps its numbers as they are written.
func decode(text []byte) (any, error) {
	if len(text) == 0 {
		return nil, nil //nolint:nilnil // nothing was said about the object
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	err := d.Decode(&v)
	return v, err
}

// encode marshals v and decodes it again, as the reader of the table will see it. The text is nil for nothing.
func encode(v any) (text *string, decoded any, err error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, nil, err
	}
	if string(b) == "null" {
		return nil, nil, nil
	}
	s := string(b)
	decoded, err = decode(b)
	return &s, decoded, err
}

// Record adds an entry in the transaction that makes the change: both stand or neither does. Entries of one organisation wait for each
// other here.
func (l *Ledger) Record(ctx context.Context, tx *sqlx.Tx, by tenant.Actor, action, object string, before, after any) error {
	if err := l.record(ctx, tx, by, action, object, before, after); err != nil {
		return fmt.Errorf("recording %s: %w", action, err)
	}
	return nil
}

func (l *Ledger) record(ctx context.Context, tx *sqlx.Tx, by tenant.Actor, action, object string, before, after any) error {
	e := Entry{At: l.now().UTC().Truncate(time.Microsecond), Actor: by.Name, Via: by.Via, Action: action, Object: object}
	beforeText, decoded, err := encode(before)
	if err != nil {
		return err
	}
	e.Before = decoded
	afterText, decoded, err := encode(after)
	if err != nil {
		return err
	}
	e.After = decoded

	var previous []byte
	if e.ID, previous, err = next(ctx, tx, by.Org); err != nil {
		return err
	}
	hash, err := e.digest(previous)
	if err != nil {
		return err
	}
	if _, err = tx.ExecContext(ctx, `
		INSERT INTO audit (organisation_id, id, at, actor, via, action, object, before, after, prev_hash, hash)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		by.Org, e.ID, e.At, e.Actor, e.Via, e.Action, e.Object, beforeText, afterText, previous, hash); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		UPDATE audit_heads
		SET    last_hash = $2
		WHERE  organisation_id = $1`, by.Org, hash)
	return err
}

// next takes the next number of the organisation's chain and locks its end until the transaction is over.
func next(ctx context.Context, tx *sqlx.Tx, org tenant.Org) (id int64, previous []byte, err error) {
	if _, err = tx.ExecContext(ctx, `
		INSERT INTO audit_heads (organisation_id, last_id, last_hash)
		VALUES ($1, 0, '')
		ON CONFLICT (organisation_id) DO NOTHING`, org); err != nil {
		return 0, nil, err
	}
	err = tx.QueryRowxContext(ctx, `
		UPDATE audit_heads
		SET    last_id = last_id + 1
		WHERE  organisation_id = $1
		RETURNING last_id, last_hash`, org).Scan(&id, &previous)
	return id, previous, err
}
