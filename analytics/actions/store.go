package actions

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"yousaid/analytics/insight"
	"yousaid/analytics/review"
	"yousaid/surveys/tenant"
)

// today is the organisation's day.
func (s Store) today(ctx context.Context, org tenant.Org) (string, error) {
	var zone string
	if err := s.DB.Global().GetContext(ctx, &zone, `
		SELECT time_zone
		FROM   organisations
		WHERE  id = $1`, org); err != nil {
		return "", err
	}
	place, err := time.LoadLocation(zone)
	if err != nil {
		return "", err
	}
	return s.Now().In(place).Format(time.DateOnly), nil
}

// Today is the organisation's day, 2006-01-02.
func (s Store) Today(ctx context.Context, org tenant.Org) (string, error) { return s.today(ctx, org) }

// within tells whether the actor may work on a service's actions.
func within(ctx context.Context, tx *sqlx.Tx, by tenant.Actor, service int64) error {
	ids, err := insight.Services(ctx, tx, by)
	if err != nil {
		return err
	}
	if ids != nil && !slices.Contains(ids, service) {
		return ErrNotAllowed
	}
	return nil
}

// Create starts a draft and gives its number. Comments may have led to it. Figures and a quote come into it by
// ChooseFigure and QuoteComment.
func (s Store) Create(ctx context.Context, by tenant.Actor, c Content, from ...insight.Key) (int64, error) {
	if err := days(c.Target, c.Completed); err != nil {
		return 0, err
	}
	texts, err := json.Marshal(c.Texts)
	if err != nil {
		return 0, err
	}
	tx, err := s.DB.Begin(ctx, by.Org)
	if err != nil {
		return 0, err
	}
	defer func() { _ = tx.Rollback() }()
	if err := within(ctx, tx, by, c.Service); err != nil {
		return 0, err
	}
	// The ledger's lock puts those who number at the same moment one after the other.
	if err := s.Ledger.Record(ctx, tx, by, "action.created", "action", nil, c.Texts); err != nil {
		return 0, err
	}
	var row struct {
		ID     int64 `db:"id"`
		Number int64 `db:"number"`
	}
	if err := tx.GetContext(ctx, &row, `
		INSERT INTO actions (organisation_id, number, service_id, theme_id, kind, texts, owner_id, target_date, completed_on, edited_by)
		SELECT $1, 1 + COALESCE(max(a.number), 0), NULLIF($2::bigint, 0), NULLIF($3::bigint, 0), $4, $5::jsonb, NULLIF($6::bigint, 0),
		       NULLIF($7, '')::date, NULLIF($8, '')::date, $9
		FROM   actions a
		WHERE  a.organisation_id = $1
		RETURNING id, number`, by.Org, c.Service, c.Theme, c.Kind, string(texts), c.Owner, c.Target, c.Completed, by.Name); err != nil {
		return 0, fmt.Errorf("starting an action: %w", err)
	}
	for _, k := range from {
		if err := s.joinComment(ctx, tx, by.Org, row.ID, &Quote{Comment: k}); err != nil {
			return 0, err
		}
	}
	if err := addHistory(ctx, tx, by, row.ID, "started the draft", ""); err != nil {
		return 0, err
	}
	return row.Number, tx.Commit()
}

func addHistory(ctx context.Context, tx *sqlx.Tx, by tenant.Actor, action int64, what, note string) error {
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO action_history (organisation_id, action_id, who, what, note)
		VALUES ($1, $2, $3, $4, $5)`, by.Org, action, by.Name, what, note); err != nil {
		return fmt.Errorf("keeping the history of an action: %w", err)
	}
	return nil
}

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

// change runs a statement that moves an action on; what it says in its WHERE decides whether it may. The row is told why not.
func (s Store) change(
	ctx context.Context,
	by tenant.Actor,
	number int64,
	action, what, note string,
	also func(tx *sqlx.Tx, id int64) error,
	statement string,
	args ...any,
) error {
	if _, _, err := s.Action(ctx, by, number); err != nil {
		return err
	}
	tx, err := s.DB.Begin(ctx, by.Org)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if err := s.changeIn(ctx, tx, by, number, action, what, note, also, statement, args...); err != nil {
		return err
	}
	return tx.Commit()
}

// changeIn is change in a transaction of the caller, who has read the action.
func (s Store) changeIn(
	ctx context.Context,
	tx *sqlx.Tx,
	by tenant.Actor,
	number int64,
	action, what, note string,
	also func(tx *sqlx.Tx, id int64) error,
	statement string,
	args ...any,
) error {
	var id int64
	err := tx.GetContext(ctx, &id, statement, append([]any{by.Org, number}, args...)...)
	if errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("%s, action %d: %w", action, number, ErrNotNow)
	}
	if err != nil {
		return fmt.Errorf("%s, action %d: %w", action, number, err)
	}
	if err := addHistory(ctx, tx, by, id, what, note); err != nil {
		return err
	}
	if also != nil {
		if err := also(tx, id); err != nil {
			return err
		}
	}
	return s.Ledger.Record(ctx, tx, by, action, fmt.Sprintf("action/%d", number), nil, map[string]any{"note": note, "args": args})
}

// Save replaces the content of a draft or of one in review, which makes it a draft again; figures and quote stay. ErrStale
// when somebody else saved since the revision.
func (s Store) Save(ctx context.Context, by tenant.Actor, number int64, revision int, c Content) error {
	now, err := s.toSave(ctx, by, number, revision, c)
	if err != nil {
		return err
	}
	tx, err := s.DB.Begin(ctx, by.Org)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if err := s.saveIn(ctx, tx, by, now, c); err != nil {
		return err
	}
	return tx.Commit()
}

// SaveAndSend is Save followed by Send, in one transaction. Where the check refuses to send what was written (Unready,
// ErrFigureGone, ErrQuoteGone), the content is saved all the same and saved is true; with any other error nothing is changed.
func (s Store) SaveAndSend(
	ctx context.Context,
	by tenant.Actor,
	number int64,
	revision int,
	c Content,
	confirmation string,
) (saved bool, err error) {
	now, err := s.toSave(ctx, by, number, revision, c)
	if err != nil {
		return false, err
	}
	confirmed, refusal := s.ready(ctx, by.Org, c, now.Evidence, byWriter(confirmation))
	if refusal != nil && !refused(refusal) {
		return false, refusal
	}
	tx, err := s.DB.Begin(ctx, by.Org)
	if err != nil {
		return false, err
	}
	defer func() { _ = tx.Rollback() }()
	if err := s.saveIn(ctx, tx, by, now, c); err != nil {
		return false, err
	}
	if refusal == nil {
		now.Revision++
		if err := s.sendIn(ctx, tx, by, now, confirmed); err != nil {
			return false, err
		}
	}
	if err := tx.Commit(); err != nil {
		return false, err
	}
	return true, refusal
}

// toSave reads the action that a content of a revision may replace; ErrStale, ErrDay.
func (s Store) toSave(ctx context.Context, by tenant.Actor, number int64, revision int, c Content) (Action, error) {
	if err := days(c.Target, c.Completed); err != nil {
		return Action{}, err
	}
	now, _, err := s.Action(ctx, by, number)
	if err == nil && now.Revision != revision {
		err = ErrStale
	}
	return now, err
}

func (s Store) saveIn(ctx context.Context, tx *sqlx.Tx, by tenant.Actor, now Action, c Content) error {
	texts, err := json.Marshal(c.Texts)
	if err != nil {
		return err
	}
	allowed := func(tx *sqlx.Tx, _ int64) error { return within(ctx, tx, by, c.Service) }
	err = s.changeIn(ctx, tx, by, now.Number, "action.saved", "changed the draft", "", allowed, `
		UPDATE actions
		SET    service_id = NULLIF($4::bigint, 0), theme_id = NULLIF($5::bigint, 0), kind = $6, texts = $7::jsonb,
		       owner_id = NULLIF($8::bigint, 0), target_date = NULLIF($9, '')::date, completed_on = NULLIF($10, '')::date, edited_by = $11,
		       revision = revision + 1,
		       state = 'draft', changed_at = $12
		WHERE  organisation_id = $1 AND number = $2 AND revision = $3 AND state IN ('draft', 'review')
		RETURNING id`, now.Revision, c.Service, c.Theme, c.Kind, string(texts), c.Owner, c.Target, c.Completed, by.Name, s.Now())
	if errors.Is(err, ErrNotNow) && now.State != Published && now.State != Withdrawn {
		return ErrStale
	}
	return err
}

func orNone(day string) string {
	if day == "" {
		return "none"
	}
	return day
}
