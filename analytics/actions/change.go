package actions

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/jmoiron/sqlx"

	"yousaid/analytics/review"
	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
)

// What a change of a published action can be.
const (
	correction = "correct"
	dates      = "dates"
	evidence   = "evidence"
)

// Proposal is what a waiting change would make of what the public reads: other words, or one part of the evidence, or other days.
type Proposal struct {
	Revision  int           `json:"revision,omitempty"` // of the words that it was written on
	Texts     *Texts        `json:"texts,omitempty"`    // nil: the words stay
	Part      string        `json:"part,omitempty"`     // a slot or "quote"; "": the evidence stays
	Figure    *Figure       `json:"figure,omitempty"`   // of the slot; nil: none
	Quote     *Quote        `json:"quote,omitempty"`    // nil: none
	Note      question.Text `json:"note,omitempty"`     // that the public reads with new words
	Target    string        `json:"target"`
	Completed string        `json:"completed"`
}

// Proposal reads the change that waits; nil where none does.
func (a Action) Proposal() (*Proposal, error) {
	if a.Waiting == nil {
		return nil, nil
	}
	p := Proposal{}
	return &p, a.Waiting.Read(&p)
}

// Correct proposes other words for what is public, with a note that the public will read (ErrNoNote). Unready where the
// check keeps them back, see Send; ErrStale when somebody else changed it since the revision, review.ErrWaiting when
// another change waits.
func (s Store) Correct(
	ctx context.Context,
	by tenant.Actor,
	number int64,
	revision int,
	texts Texts,
	note question.Text,
	confirmation string,
) error {
	now, _, err := s.Action(ctx, by, number)
	switch {
	case err != nil:
		return err
	case !mayPublish(by):
		return ErrMayNotPublish
	case now.State != Published:
		return fmt.Errorf("correcting action %d: %w", number, ErrNotNow)
	case now.Revision != revision:
		return ErrStale
	}
	if err := s.noted(ctx, by.Org, note); err != nil {
		return err
	}
	corrected := now.Content
	corrected.Texts = texts
	confirmed, err := s.ready(ctx, by.Org, corrected, now.Evidence, byWriter(confirmation))
	if err != nil {
		return err
	}
	said, _ := note.In("en")
	return s.propose(
		ctx,
		by,
		now,
		correction,
		"proposed a correction"+confirmedNote(confirmed),
		strings.Join(append([]string{said}, confirmed...), " "),
		Proposal{
			Revision: revision, Texts: &texts, Note: note, Target: now.Target, Completed: now.Completed},
	)
}

// Plan changes who looks after an action, by when, and whether it is done; ErrDay. The public reads the days of a
// published one: other days wait for a second person, and proposed says so; one that is in review becomes a draft again,
// because nobody has read it with these days.
func (s Store) Plan(ctx context.Context, by tenant.Actor, number, owner int64, target, completed string) (proposed bool, err error) {
	if err := days(target, completed); err != nil {
		return false, err
	}
	now, _, err := s.Action(ctx, by, number)
	if err != nil {
		return false, err
	}
	what := "changed the plan: target " + orNone(target)
	if completed != "" {
		what = "said it was done on " + completed
	}
	if now.State != Published {
		return false, s.change(ctx, by, change{number: number, action: "action.planned", what: what, statement: `
			UPDATE actions
			SET    owner_id = NULLIF($3::bigint, 0), target_date = NULLIF($4, '')::date, completed_on = NULLIF($5, '')::date, changed_at = $6,
			       state = 'draft', edited_by = $7, revision = revision + 1
			WHERE  organisation_id = $1 AND number = $2 AND state IN ('draft', 'review')
			RETURNING id`, args: []any{owner, target, completed, s.Now(), by.Name}})
	}
	if owner != now.Owner {
		if err := s.change(ctx, by, change{number: number, action: "action.owner", what: "changed who looks after it", statement: `
			UPDATE actions
			SET    owner_id = NULLIF($3::bigint, 0), changed_at = $4
			WHERE  organisation_id = $1 AND number = $2 AND state = 'published'
			RETURNING id`, args: []any{owner, s.Now()}}); err != nil {
			return false, err
		}
	}
	if target == now.Target && completed == now.Completed {
		return false, nil
	}
	return true, s.propose(ctx, by, now, dates, what+", which waits for a second person", "", Proposal{Target: target, Completed: completed})
}

func (s Store) propose(ctx context.Context, by tenant.Actor, a Action, kind, what, note string, p Proposal) error {
	also := func(tx *sqlx.Tx, id int64) error {
		return review.Propose(ctx, tx, by, review.New{Subject: review.Action, About: id, What: kind, Content: p}, s.Now())
	}
	// The row is locked and still public: a withdrawal at the same moment comes before or after.
	return s.change(ctx, by, change{number: a.Number, action: "action.change_proposed", what: what, note: note, also: also, statement: `
		SELECT id
		FROM   actions
		WHERE  organisation_id = $1 AND number = $2 AND state = 'published'
		FOR    UPDATE`})
}

// ApproveChange carries out the waiting change with that id, by a second person: review.ErrSamePerson for whoever proposed
// it, review.ErrDecided when it does not wait any more, ErrFigureGone and ErrQuoteGone. From then on the public reads it.
func (s Store) ApproveChange(ctx context.Context, by tenant.Actor, number, waiting int64) error {
	a, _, err := s.Action(ctx, by, number)
	if err != nil {
		return err
	}
	if !mayPublish(by) {
		return ErrMayNotPublish
	}
	if a.Waiting == nil || a.Waiting.ID != waiting {
		return review.ErrDecided
	}
	p, err := a.Proposal()
	if err != nil {
		return err
	}
	switch a.Waiting.What {
	case correction:
		err = s.approveWords(ctx, by, a, *p)
	case evidence:
		err = s.approveEvidence(ctx, by, a, *p)
	default:
		err = s.approveDays(ctx, by, a, *p)
	}
	if errors.Is(err, ErrNotNow) {
		return review.ErrDecided
	}
	return err
}

// approved takes the waiting change of an action for the second person, and then does more in the same transaction.
func (s Store) approved(ctx context.Context, by tenant.Actor, a Action, more ...func(*sqlx.Tx, int64) error) func(*sqlx.Tx, int64) error {
	return func(tx *sqlx.Tx, id int64) error {
		if _, err := review.Approve(ctx, tx, by, review.Action, id, a.Waiting.ID, s.Now()); err != nil {
			return err
		}
		for _, do := range more {
			if err := do(tx, id); err != nil {
				return err
			}
		}
		return nil
	}
}

func (s Store) approveDays(ctx context.Context, by tenant.Actor, a Action, p Proposal) error {
	return s.change(ctx, by, change{number: a.Number, action: "action.change_approved", what: "approved other days of " + a.Waiting.By,
		also: s.approved(ctx, by, a), statement: `
		UPDATE actions
		SET    target_date = NULLIF($3, '')::date, completed_on = NULLIF($4, '')::date, changed_at = $5
		WHERE  organisation_id = $1 AND number = $2 AND state = 'published'
		RETURNING id`, args: []any{p.Target, p.Completed, s.Now()}})
}

func (s Store) approveWords(ctx context.Context, by tenant.Actor, a Action, p Proposal) error {
	today, err := s.today(ctx, by.Org)
	if err != nil {
		return err
	}
	texts, err := json.Marshal(p.Texts)
	if err != nil {
		return err
	}
	said, _ := p.Note.In("en")
	return s.change(ctx, by, change{number: a.Number, action: "action.change_approved", what: "approved the correction of " + a.Waiting.By,
		note: said, also: s.approved(ctx, by, a, s.version(ctx, by.Org, today, p.Note)), statement: `
		UPDATE actions
		SET    texts = $3::jsonb, edited_by = $4, revision = revision + 1, changed_at = $5
		WHERE  organisation_id = $1 AND number = $2 AND state = 'published' AND revision = $6
		RETURNING id`, args: []any{string(texts), a.Waiting.By, s.Now(), p.Revision}})
}

func (s Store) approveEvidence(ctx context.Context, by tenant.Actor, a Action, p Proposal) error {
	today, err := s.today(ctx, by.Org)
	if err != nil {
		return err
	}
	args, err := p.columns()
	if err != nil {
		return err
	}
	said, _ := p.Note.In("en")
	sound := func(tx *sqlx.Tx, _ int64) error {
		return s.checkEvidence(ctx, tx, by.Org, Evidence{Figure: p.Figure, Quote: p.Quote})
	}
	join := func(tx *sqlx.Tx, id int64) error { return s.joinComment(ctx, tx, by.Org, id, p.Quote) }
	return s.change(ctx, by, change{number: a.Number, action: "action.change_approved", what: "approved what " + a.Waiting.By + " proposed",
		note: said, also: s.approved(ctx, by, a, sound, join, s.version(ctx, by.Org, today, p.Note)), statement: `
		UPDATE actions
		SET    ` + setEvidencePart + `,
		       edited_by = $8, revision = revision + 1, changed_at = $9
		WHERE  organisation_id = $1 AND number = $2 AND state = 'published' AND revision = $10
		RETURNING id`, args: append(args, a.Waiting.By, s.Now(), p.Revision)})
}

// ReturnChange ends the waiting change with that id: the public goes on reading what it reads. Whoever proposed it may
// take it back so; others need to be allowed to approve it.
func (s Store) ReturnChange(ctx context.Context, by tenant.Actor, number, waiting int64, why string) error {
	a, _, err := s.Action(ctx, by, number)
	switch {
	case err != nil:
		return err
	case a.Waiting == nil || a.Waiting.ID != waiting:
		return review.ErrDecided
	case !mayPublish(by) && a.Waiting.By != by.Name:
		return ErrMayNotPublish
	}
	also := func(tx *sqlx.Tx, id int64) error {
		_, err := review.Return(ctx, tx, by, review.Action, id, waiting, s.Now())
		return err
	}
	return s.change(ctx, by, change{number: number, action: "action.change_returned", what: "gave the change back", note: why, also: also,
		statement: `
		SELECT id
		FROM   actions
		WHERE  organisation_id = $1 AND number = $2
		FOR    UPDATE`})
}
