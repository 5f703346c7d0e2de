package actions

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"yousaid/analytics/insight"
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

// change is what somebody does to an action: a statement that gives the id where the action is as it must be for that,
// and nothing where it is not, and what else happens in the same transaction.
type change struct {
	number    int64
	action    string                            // in the audit trail
	what      string                            // in the history of the action
	note      string                            // beside it
	also      func(tx *sqlx.Tx, id int64) error // may be nil
	statement string                            // $1 is the organisation and $2 the number
	args      []any                             // from $3 on
}

// change carries out a change within the reach of the actor. ErrNotNow where the action is not as it must be.
func (s Store) change(ctx context.Context, by tenant.Actor, c change) error {
	if _, _, err := s.Action(ctx, by, c.number); err != nil {
		return err
	}
	tx, err := s.DB.Begin(ctx, by.Org)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if err := s.changeIn(ctx, tx, by, c); err != nil {
		return err
	}
	return tx.Commit()
}

// changeIn is change in a transaction of the caller, who has read the action.
func (s Store) changeIn(ctx context.Context, tx *sqlx.Tx, by tenant.Actor, c change) error {
	var id int64
	err := tx.GetContext(ctx, &id, c.statement, append([]any{by.Org, c.number}, c.args...)...)
	if errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("%s, action %d: %w", c.action, c.number, ErrNotNow)
	}
	if err != nil {
		return fmt.Errorf("%s, action %d: %w", c.action, c.number, err)
	}
	if err := addHistory(ctx, tx, by, id, c.what, c.note); err != nil {
		return err
	}
	if c.also != nil {
		if err := c.also(tx, id); err != nil {
			return err
		}
	}
	return s.Ledger.Record(ctx, tx, by, c.action, fmt.Sprintf("action/%d", c.number), nil, map[string]any{"note": c.note, "args": c.args})
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
	err = s.changeIn(ctx, tx, by, change{number: now.Number, action: "action.saved", what: "changed the draft", also: allowed, statement: `
		UPDATE actions
		SET    service_id = NULLIF($4::bigint, 0), theme_id = NULLIF($5::bigint, 0), kind = $6, texts = $7::jsonb,
		       owner_id = NULLIF($8::bigint, 0), target_date = NULLIF($9, '')::date, completed_on = NULLIF($10, '')::date, edited_by = $11,
		       revision = revision + 1,
		       state = 'draft', changed_at = $12
		WHERE  organisation_id = $1 AND number = $2 AND revision = $3 AND state IN ('draft', 'review')
		RETURNING id`, args: []any{now.Revision, c.Service, c.Theme, c.Kind, string(texts), c.Owner, c.Target, c.Completed, by.Name, s.Now()}})
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
