package actions

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"yousaid/analytics/insight"
	"yousaid/analytics/review"
	"yousaid/surveys/tenant"
)

// row is an action as the table has it.
type row struct {
	ID        int64  `db:"id"`
	Number    int64  `db:"number"`
	Service   int64  `db:"service"`
	Theme     int64  `db:"theme"`
	Kind      Kind   `db:"kind"`
	Texts     []byte `db:"texts"`
	Owner     int64  `db:"owner"`
	Target    string `db:"target"`
	Completed string `db:"completed"`
	State     State  `db:"state"`
	PublishOn string `db:"publish_on"`
	EditedBy  string `db:"edited_by"`
	Revision  int    `db:"revision"`

	Figure        []byte        `db:"figure"`
	After         []byte        `db:"after_figure"`
	QuoteRef      uuid.NullUUID `db:"quote_ref"`
	QuoteRevision int           `db:"quote_revision"`
}

func (r row) action() (Action, error) {
	a := Action{ID: r.ID, Number: r.Number, State: r.State, PublishOn: r.PublishOn, EditedBy: r.EditedBy, Revision: r.Revision,
		Content: Content{Service: r.Service, Theme: r.Theme, Kind: r.Kind, Owner: r.Owner, Target: r.Target, Completed: r.Completed}}
	if err := json.Unmarshal(r.Texts, &a.Texts); err != nil {
		return a, fmt.Errorf("reading action %d: %w", r.Number, err)
	}
	if r.QuoteRef.Valid {
		a.Quote = &Quote{Comment: insight.Key{UUID: r.QuoteRef.UUID}, Revision: r.QuoteRevision}
	}
	var err error
	if a.Figure, err = parseFigure(r.Figure); err == nil {
		a.After, err = parseFigure(r.After)
	}
	return a, err
}

// parseFigure reads a figure; nil for none.
func parseFigure(raw []byte) (*Figure, error) {
	if raw == nil {
		return nil, nil
	}
	f := Figure{}
	if err := json.Unmarshal(raw, &f); err != nil {
		return nil, fmt.Errorf("reading a figure of an action: %w", err)
	}
	return &f, nil
}

// Filter says which actions to list; empty fields ask for all.
type Filter struct {
	State   State
	Service int64
	Owner   int64
	Overdue bool
	Before  int64 // number; 0 from the newest
	Limit   int
}

// Actions lists actions of services the actor may work on, newest first.
func (s Store) Actions(ctx context.Context, by tenant.Actor, w Filter) ([]Action, error) {
	today, err := s.today(ctx, by.Org)
	if err != nil {
		return nil, err
	}
	tx, err := s.DB.Begin(ctx, by.Org)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	ids, err := insight.Services(ctx, tx, by)
	if err != nil {
		return nil, err
	}
	return list(ctx, tx, by.Org, ids, w, today)
}

func list(ctx context.Context, tx *sqlx.Tx, org tenant.Org, services []int64, w Filter, today string) ([]Action, error) {
	var scope any
	if services != nil {
		scope = pq.Int64Array(services)
	}
	var rows []row
	if err := tx.SelectContext(ctx, &rows, `
		SELECT   a.id, a.number, COALESCE(a.service_id, 0) AS service, COALESCE(a.theme_id, 0) AS theme, a.kind, a.texts,
		         COALESCE(a.owner_id, 0) AS owner,
		         COALESCE(a.target_date::text, '') AS target, COALESCE(a.completed_on::text, '') AS completed, a.state,
		         COALESCE(a.publish_on::text, '') AS publish_on,
		         a.edited_by, a.revision
		FROM     actions a
		WHERE    a.organisation_id = $1 AND ($2::bigint[] IS NULL OR a.service_id = ANY ($2))
		AND      ($3 = '' OR a.state = $3) AND ($4::bigint = 0 OR a.service_id = $4) AND ($5::bigint = 0 OR a.owner_id = $5)
		AND      (NOT $6 OR a.completed_on IS NULL AND a.kind <> 'cannot' AND a.state <> 'withdrawn' AND a.target_date < $7::date)
		AND      ($8::bigint = 0 OR a.number < $8)
		ORDER BY a.number DESC
		LIMIT    $9`, org, scope, string(w.State), w.Service, w.Owner, w.Overdue, today, w.Before, max(w.Limit, 1)); err != nil {
		return nil, fmt.Errorf("listing the actions: %w", err)
	}
	all := make([]Action, len(rows))
	for i, r := range rows {
		var err error
		if all[i], err = r.action(); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Action finds one by its number, with its history; ErrMissing for one that is not there or of a service the actor may not work on.
func (s Store) Action(ctx context.Context, by tenant.Actor, number int64) (Action, []Event, error) {
	tx, err := s.DB.Begin(ctx, by.Org)
	if err != nil {
		return Action{}, nil, err
	}
	defer func() { _ = tx.Rollback() }()
	var r row
	err = tx.GetContext(ctx, &r, `
		SELECT a.id, a.number, COALESCE(a.service_id, 0) AS service, COALESCE(a.theme_id, 0) AS theme, a.kind, a.texts,
		       COALESCE(a.owner_id, 0) AS owner,
		       COALESCE(a.target_date::text, '') AS target, COALESCE(a.completed_on::text, '') AS completed, a.state,
		       COALESCE(a.publish_on::text, '') AS publish_on,
		       a.edited_by, a.revision, a.figure, a.after_figure, a.quote_ref, COALESCE(a.quote_revision, 0) AS quote_revision
		FROM   actions a
		WHERE  a.organisation_id = $1 AND a.number = $2`, by.Org, number)
	if errors.Is(err, sql.ErrNoRows) || err == nil && within(ctx, tx, by, r.Service) != nil {
		return Action{}, nil, ErrMissing
	}
	if err != nil {
		return Action{}, nil, err
	}
	a, err := r.action()
	if err != nil {
		return a, nil, err
	}
	if err := tx.SelectContext(ctx, &a.Comments, `
		SELECT c.ref
		FROM   action_comments a
		JOIN   comments c ON c.organisation_id = $1 AND c.response_id = a.response_id AND c.question_code = a.question_code
		WHERE  a.organisation_id = $1 AND a.action_id = $2`, by.Org, a.ID); err != nil {
		return a, nil, err
	}
	waiting, err := review.Waiting(ctx, tx, by.Org, review.Action, a.ID)
	if err != nil {
		return a, nil, err
	}
	if len(waiting) > 0 {
		a.Waiting = &waiting[0]
	}
	if err := errors.Join(a.readQuotes(ctx, tx, by.Org), readStates(ctx, tx, by.Org, &a.Evidence)); err != nil {
		return a, nil, err
	}
	var history []Event
	err = tx.SelectContext(ctx, &history, `
		SELECT   at, who, what, note
		FROM     action_history
		WHERE    organisation_id = $1 AND action_id = $2
		ORDER BY id DESC
		LIMIT    200`, by.Org, a.ID)
	return a, history, err
}

// readQuotes fills in the words of the quote, and of one that waits.
func (a *Action) readQuotes(ctx context.Context, tx *sqlx.Tx, org tenant.Org) error {
	p, err := a.Proposal()
	if err != nil {
		return err
	}
	if p != nil {
		a.Proposed = p.Quote
	}
	for _, q := range []*Quote{a.Quote, a.Proposed} {
		if q == nil {
			continue
		}
		found, ok, err := insight.Quoted(ctx, tx, org, q.Comment, q.Revision)
		if err != nil {
			return err
		}
		if ok {
			q.Text, q.Language = found.Text, found.Language
		}
	}
	return nil
}
