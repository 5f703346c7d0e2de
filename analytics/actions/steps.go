package actions

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/jmoiron/sqlx"

	"yousaid/analytics/review"
	"yousaid/surveys/permission"
	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
)

// Send passes a draft to a second person. Unready where the check keeps it back; confirmation names the findings that the
// writer says are meant (Confirmation), which history and audit then tell. ErrFigureGone and ErrQuoteGone where what it
// shows beside its words does not stand any more.
func (s Store) Send(ctx context.Context, by tenant.Actor, number int64, revision int, confirmation string) error {
	now, _, err := s.Action(ctx, by, number)
	if err != nil {
		return err
	}
	if now.State != Draft || now.Revision != revision {
		return fmt.Errorf("sending action %d: %w", number, ErrNotNow)
	}
	confirmed, err := s.ready(ctx, by.Org, now.Content, now.Evidence, byWriter(confirmation))
	if err != nil {
		return err
	}
	tx, err := s.DB.Begin(ctx, by.Org)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if err := s.sendIn(ctx, tx, by, now, confirmed); err != nil {
		return err
	}
	return tx.Commit()
}

// sendIn moves the draft, as it is with its revision and its evidence, on to review.
func (s Store) sendIn(ctx context.Context, tx *sqlx.Tx, by tenant.Actor, now Action, confirmed []string) error {
	return s.changeIn(ctx, tx, by, change{number: now.Number, action: "action.sent", what: "sent it for review" + confirmedNote(confirmed),
		note: strings.Join(confirmed, " "), also: s.evidenceCheck(ctx, by.Org, now.Evidence), statement: `
		UPDATE actions
		SET    state = 'review', changed_at = $4
		WHERE  organisation_id = $1 AND number = $2 AND revision = $3 AND state = 'draft'
		RETURNING id`, args: []any{now.Revision, s.Now()}})
}

// evidenceCheck is checkEvidence, to be done with a change.
func (s Store) evidenceCheck(ctx context.Context, org tenant.Org, e Evidence) func(*sqlx.Tx, int64) error {
	return func(tx *sqlx.Tx, _ int64) error { return s.checkEvidence(ctx, tx, org, e) }
}

// confirmedNote says in a history that findings are meant; "" where there is none.
func confirmedNote(confirmed []string) string {
	if len(confirmed) == 0 {
		return ""
	}
	return ", and confirmed what the check had marked"
}

// mayPublish tells whether somebody may decide what the public reads of actions.
func mayPublish(by tenant.Actor) bool { return permission.Holds(by, permission.PublishActions) }

// Return gives one in review back to be changed, and says why.
func (s Store) Return(ctx context.Context, by tenant.Actor, number int64, note string) error {
	if !mayPublish(by) {
		return ErrMayNotPublish
	}
	return s.change(ctx, by, change{number: number, action: "action.returned", what: "gave it back", note: note, statement: `
		UPDATE actions
		SET    state = 'draft', changed_at = $3
		WHERE  organisation_id = $1 AND number = $2 AND state = 'review'
		RETURNING id`, args: []any{s.Now()}})
}

// Approve publishes what was read as the revision, from a day on: ErrPast for one that is over. Whoever wrote it last
// cannot: ErrSamePerson. Unready, ErrFigureGone, ErrQuoteGone.
func (s Store) Approve(ctx context.Context, by tenant.Actor, number int64, revision int, day string) error {
	now, _, err := s.Action(ctx, by, number)
	if err != nil {
		return err
	}
	today, err := s.today(ctx, by.Org)
	if err != nil {
		return err
	}
	switch {
	case !mayPublish(by):
		return ErrMayNotPublish
	case now.EditedBy == by.Name:
		return ErrSamePerson
	case now.Revision != revision:
		return ErrStale
	case now.State != Review:
		return fmt.Errorf("approving action %d: %w", number, ErrNotNow)
	case days(day) != nil || day < today:
		return ErrPast
	}
	if _, err := s.ready(ctx, by.Org, now.Content, now.Evidence, bySender); err != nil {
		return err
	}
	also := func(tx *sqlx.Tx, id int64) error {
		if err := s.checkEvidence(ctx, tx, by.Org, now.Evidence); err != nil {
			return err
		}
		return s.version(ctx, by.Org, day, nil)(tx, id)
	}
	return s.change(ctx, by, change{number: number, action: "action.approved", what: "approved it, to be public from " + day, also: also,
		statement: `
		UPDATE actions
		SET    state = 'published', publish_on = $5::date, changed_at = $6
		WHERE  organisation_id = $1 AND number = $2 AND revision = $3 AND state = 'review' AND edited_by <> $4
		RETURNING id`, args: []any{revision, by.Name, day, s.Now()}})
}

// version freezes what the public reads from a day on. A change without a note is not announced.
func (s Store) version(ctx context.Context, org tenant.Org, day string, note question.Text) func(*sqlx.Tx, int64) error {
	return func(tx *sqlx.Tx, id int64) error {
		said, err := json.Marshal(note)
		if err != nil || note == nil {
			said = []byte("{}")
		}
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO action_versions (organisation_id, action_id, version, texts, figure, after_figure, quote_ref, quote_revision, from_day, note,
			                             announced)
			SELECT a.organisation_id, a.id, 1 + (SELECT count(*) FROM action_versions v WHERE v.organisation_id = $1 AND v.action_id = $2), a.texts,
			       a.figure, a.after_figure, a.quote_ref, a.quote_revision,
			       $3::date, $4::jsonb, a.state = 'withdrawn' OR $5
			FROM   actions a
			WHERE  a.organisation_id = $1 AND a.id = $2
			ON CONFLICT (organisation_id, action_id, version) DO NOTHING`, org, id, day, string(said), !note.Empty()); err != nil {
			return fmt.Errorf("keeping what the public reads: %w", err)
		}
		return nil
	}
}

// Withdraw takes one that was published away from the public, which reads why (ErrNoNote). It needs no second person: what
// is wrong or says too much must go at once. A change that waits is over.
func (s Store) Withdraw(ctx context.Context, by tenant.Actor, number int64, note question.Text) error {
	if !mayPublish(by) {
		return ErrMayNotPublish
	}
	today, err := s.today(ctx, by.Org)
	if err != nil {
		return err
	}
	if err := s.noted(ctx, by.Org, note); err != nil {
		return err
	}
	said, _ := note.In("en")
	also := func(tx *sqlx.Tx, id int64) error {
		return errors.Join(s.version(ctx, by.Org, today, note)(tx, id), review.Supersede(ctx, tx, by, review.Action, id, s.Now()))
	}
	return s.change(ctx, by, change{number: number, action: "action.withdrawn", what: "withdrew it", note: said, also: also, statement: `
		UPDATE actions
		SET    state = 'withdrawn', changed_at = $3
		WHERE  organisation_id = $1 AND number = $2 AND state = 'published'
		RETURNING id`, args: []any{s.Now()}})
}
