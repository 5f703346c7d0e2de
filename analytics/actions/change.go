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
)

// Proposal is what a waiting change would make of what the public reads. The figure stays as it was frozen.
type Proposal struct {
	Revision  int           `json:"revision,omitempty"` // of the words that it was written on
	Texts     *Texts        `json:"texts,omitempty"`    // nil: the words stay
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

// Correct proposes other words for what is public, with a note that the public will read. ErrStale when somebody else changed it since the revision, review.ErrWaiting
// when another change waits. The history and the audit name the findings that the writer says are meant.
func (s Store) Correct(ctx context.Context, by tenant.Actor, number int64, revision int, texts Texts, note question.Text, despite ...string) error {
	now, _, err := s.Action(ctx, by, number)
	switch {
	case err != nil:
		return err
	case now.State != Published:
		return fmt.Errorf("correcting action %d: %w", number, ErrNotNow)
	case now.Revision != revision:
		return ErrStale
	}
	said, _ := note.In("en")
	return s.propose(ctx, by, now, correction, "proposed a correction"+although(despite), strings.Join(append([]string{said}, despite...), " "), Proposal{Revision: revision, Texts: &texts, Note: note, Target: now.Target, Completed: now.Completed})
}

// Plan changes who looks after an action, by when, and whether it is done. The public reads the days of a published one: other days wait for a second person, and
// proposed says so; one that is in review becomes a draft again, because nobody has read it with these days.
func (s Store) Plan(ctx context.Context, by tenant.Actor, number, owner int64, target, completed string) (proposed bool, err error) {
	now, _, err := s.Action(ctx, by, number)
	if err != nil {
		return false, err
	}
	what := "changed the plan: target " + orNone(target)
	if completed != "" {
		what = "said it was done on " + completed
	}
	if now.State != Published {
		return false, s.change(ctx, by, number, "action.planned", what, "", nil, `
			UPDATE actions
			SET    owner_id = NULLIF($3::bigint, 0), target_date = NULLIF($4, '')::date, completed_on = NULLIF($5, '')::date, changed_at = $6,
			       state = 'draft', edited_by = $7, revision = revision + 1
			WHERE  organisation_id = $1 AND number = $2 AND state IN ('draft', 'review')
			RETURNING id`, owner, target, completed, s.Now(), by.Name)
	}
	if owner != now.Owner {
		if err := s.change(ctx, by, number, "action.owner", "changed who looks after it", "", nil, `
			UPDATE actions
			SET    owner_id = NULLIF($3::bigint, 0), changed_at = $4
			WHERE  organisation_id = $1 AND number = $2 AND state = 'published'
			RETURNING id`, owner, s.Now()); err != nil {
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
		return review.Propose(ctx, tx, by, review.Action, id, kind, p, s.Now())
	}
	// The row is locked and still public: a withdrawal at the same moment comes before or after.
	return s.change(ctx, by, a.Number, "action.change_proposed", what, note, also, `
		SELECT id
		FROM   actions
		WHERE  organisation_id = $1 AND number = $2 AND state = 'published'
		FOR    UPDATE`)
}

// ApproveChange carries out the waiting change with that id, by a second person: review.ErrSamePerson for whoever proposed it, review.ErrDecided when it does not wait
// any more. From then on the public reads it.
func (s Store) ApproveChange(ctx context.Context, by tenant.Actor, number, change int64) error {
	a, _, err := s.Action(ctx, by, number)
	if err != nil {
		return err
	}
	if a.Waiting == nil || a.Waiting.ID != change {
		return review.ErrDecided
	}
	p, err := a.Proposal()
	if err != nil {
		return err
	}
	today, err := s.today(ctx, by.Org)
	if err != nil {
		return err
	}
	texts, err := json.Marshal(p.Texts)
	if err != nil {
		return err
	}
	what, said := "approved other days", ""
	if p.Texts != nil {
		what = "approved the correction"
		said, _ = p.Note.In("en")
	}
	also := func(tx *sqlx.Tx, id int64) error {
		if _, err := review.Approve(ctx, tx, by, review.Action, id, change, s.Now()); err != nil {
			return err
		}
		if p.Texts == nil {
			return nil
		}
		return s.version(ctx, by.Org, today, p.Note)(tx, id)
	}
	err = s.change(ctx, by, number, "action.change_approved", what+" of "+a.Waiting.By, said, also, `
		UPDATE actions
		SET    texts = CASE WHEN $3 THEN $4::jsonb ELSE texts END, edited_by = CASE WHEN $3 THEN $5 ELSE edited_by END, revision = revision + CASE WHEN $3 THEN 1 ELSE 0 END,
		       target_date = CASE WHEN $3 THEN target_date ELSE NULLIF($6, '')::date END, completed_on = CASE WHEN $3 THEN completed_on ELSE NULLIF($7, '')::date END, changed_at = $8
		WHERE  organisation_id = $1 AND number = $2 AND state = 'published' AND (NOT $3 OR revision = $9)
		RETURNING id`, p.Texts != nil, string(texts), a.Waiting.By, p.Target, p.Completed, s.Now(), p.Revision)
	if errors.Is(err, ErrNotNow) {
		return review.ErrDecided
	}
	return err
}

// ReturnChange ends the waiting change with that id: the public goes on reading what it reads. Whoever proposed it may take it back so.
func (s Store) ReturnChange(ctx context.Context, by tenant.Actor, number, change int64, why string) error {
	also := func(tx *sqlx.Tx, id int64) error {
		_, err := review.Return(ctx, tx, by, review.Action, id, change, s.Now())
		return err
	}
	return s.change(ctx, by, number, "action.change_returned", "gave the change back", why, also, `
		SELECT id
		FROM   actions
		WHERE  organisation_id = $1 AND number = $2
		FOR    UPDATE`)
}
