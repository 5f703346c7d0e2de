// Package review keeps changes to what the public reads until a second person has approved them. It decides who may
// approve; the stores of what is public say what a change is and carry it out in the same transaction.
package review

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"yousaid/surveys/tenant"
)

// What can be wrong.
var (
	ErrWaiting    = errors.New("a change is waiting for a second person already")
	ErrSamePerson = errors.New("a second person must approve: whoever proposed the change cannot")
	ErrDecided    = errors.New("the change is no longer waiting")
)

// Subject is the kind of thing that a change is about.
type Subject string

// The subjects. Calendar is what is to be added to the publication calendar.
const (
	Action      Subject = "action"
	Publication Subject = "publication"
	Calendar    Subject = "calendar"
)

// Change is one change that somebody proposed.
type Change struct {
	ID      int64     `db:"id"`
	Subject Subject   `db:"subject"`
	About   int64     `db:"about_id"` // the id of the action or publication; 0 for the calendar, where several may wait
	What    string    `db:"what"`     // which change, in a word of the store
	Content []byte    `db:"content"`  // JSON of the store
	By      string    `db:"proposed_by"`
	At      time.Time `db:"proposed_at"`
}

// Read decodes the content.
func (c Change) Read(into any) error {
	if err := json.Unmarshal(c.Content, into); err != nil {
		return fmt.Errorf("reading change %d: %w", c.ID, err)
	}
	return nil
}

// New is a change that somebody proposes.
type New struct {
	Subject Subject
	About   int64 // as of Change
	What    string
	Content any // kept as JSON
}

// Propose keeps a change until it is decided. ErrWaiting when another change of the same thing waits.
func Propose(ctx context.Context, tx *sqlx.Tx, by tenant.Actor, c New, at time.Time) error {
	raw, err := json.Marshal(c.Content)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO public_changes (organisation_id, subject, about_id, what, content, proposed_by, proposed_at)
		VALUES ($1, $2, $3, $4, $5::jsonb, $6, $7)`, by.Org, c.Subject, c.About, c.What, string(raw), by.Name, at)
	if refused := new(pq.Error); errors.As(err, &refused) && refused.Code.Name() == "unique_violation" {
		return ErrWaiting
	}
	if err != nil {
		return fmt.Errorf("proposing a change: %w", err)
	}
	return nil
}

// Waiting lists what waits about a subject, the oldest first; about 0 means all of the subject.
func Waiting(ctx context.Context, tx *sqlx.Tx, org tenant.Org, subject Subject, about int64) ([]Change, error) {
	var list []Change
	err := tx.SelectContext(ctx, &list, `
		SELECT   id, subject, about_id, what, content, proposed_by, proposed_at
		FROM     public_changes
		WHERE    organisation_id = $1 AND subject = $2 AND ($3::bigint = 0 OR about_id = $3) AND state = 'waiting'
		ORDER BY id
		LIMIT    500`, org, subject, about)
	if err != nil {
		return nil, fmt.Errorf("reading the changes that wait: %w", err)
	}
	return list, nil
}

// Approve takes a waiting change for the second person, who then carries it out in the same transaction. Of several who
// approve at the same moment one gets it. ErrSamePerson for whoever proposed it, ErrDecided when it does not wait any more
// or is about something else.
func Approve(ctx context.Context, tx *sqlx.Tx, by tenant.Actor, subject Subject, about, id int64, at time.Time) (Change, error) {
	var c Change
	err := tx.GetContext(ctx, &c, `
		UPDATE public_changes
		SET    state = 'approved', decided_by = $5, decided_at = $6
		WHERE  organisation_id = $1 AND id = $2 AND subject = $3 AND about_id = $4 AND state = 'waiting' AND proposed_by <> $5
		RETURNING id, subject, about_id, what, content, proposed_by, proposed_at`, by.Org, id, subject, about, by.Name, at)
	if !errors.Is(err, sql.ErrNoRows) {
		return c, err
	}
	var own bool
	if err := tx.GetContext(ctx, &own, `
		SELECT EXISTS (SELECT FROM public_changes c WHERE c.organisation_id = $1 AND c.id = $2 AND c.subject = $3 AND c.about_id = $4
		               AND c.state = 'waiting')`,
		by.Org, id, subject, about); err != nil {
		return c, err
	}
	if own {
		return c, ErrSamePerson
	}
	return c, ErrDecided
}

// Return gives a waiting change back: nothing becomes of it. Whoever proposed it may take it back so.
func Return(ctx context.Context, tx *sqlx.Tx, by tenant.Actor, subject Subject, about, id int64, at time.Time) (Change, error) {
	var c Change
	err := tx.GetContext(ctx, &c, `
		UPDATE public_changes
		SET    state = 'returned', decided_by = $5, decided_at = $6
		WHERE  organisation_id = $1 AND id = $2 AND subject = $3 AND about_id = $4 AND state = 'waiting'
		RETURNING id, subject, about_id, what, content, proposed_by, proposed_at`, by.Org, id, subject, about, by.Name, at)
	if errors.Is(err, sql.ErrNoRows) {
		return c, ErrDecided
	}
	return c, err
}

// Supersede ends what waits about something that was withdrawn meanwhile.
func Supersede(ctx context.Context, tx *sqlx.Tx, by tenant.Actor, subject Subject, about int64, at time.Time) error {
	_, err := tx.ExecContext(ctx, `
		UPDATE public_changes
		SET    state = 'overtaken', decided_by = $4, decided_at = $5
		WHERE  organisation_id = $1 AND subject = $2 AND about_id = $3 AND state = 'waiting'`, by.Org, subject, about, by.Name, at)
	return err
}
