package actions

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"yousaid/analytics/insight"
	"yousaid/analytics/quoted"
	"yousaid/analytics/register"
	"yousaid/surveys/permission"
	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
)

// What can be wrong with a figure or a quote.
var (
	ErrMayNotRelease = errors.New("only people who may release figures choose one for an action")
	ErrNoFigure      = errors.New("the released table does not show this figure")
	ErrFigureGone    = errors.New("the table of a figure was withdrawn or corrected since it was chosen")
	ErrQuoteGone     = errors.New("the quoted comment was decided about, changed or taken back since it was chosen")
	ErrLongQuote     = errors.New("the comment is too long to be quoted")
)

// MaxQuoteLength is how many characters a quote may have: it stands beside other words, on posters too.
const MaxQuoteLength = 500

// Figure is a released figure, frozen as it was chosen.
type Figure = quoted.Figure

// Quote is a reviewed comment in public. Its words are those that were reviewed as the revision; where the comment has
// another revision by now, or is gone, there are none.
type Quote struct {
	Comment  insight.Key `json:"comment"`
	Revision int         `json:"revision"`
	Text     string      `json:"-"`
	Language string      `json:"-"`
}

// Slot is the place of a figure in an action.
type Slot string

// The slots.
const (
	Before Slot = "before" // beside what people said
	After  Slot = "after"  // beside what the council did: the same asked again
)

// Slots lists them in the order of pages.
var Slots = []Slot{Before, After}

// Evidence is what an action shows beside its words.
type Evidence struct {
	Figure *Figure // of Before
	After  *Figure
	Quote  *Quote
}

// At gives the figure of a slot; nil for none.
func (e Evidence) At(slot Slot) *Figure {
	if slot == After {
		return e.After
	}
	return e.Figure
}

// mayRelease tells whether somebody may release figures, and so may choose among those that were.
func mayRelease(by tenant.Actor) bool { return permission.Holds(by, permission.PublishFigures) }

// ChooseFigure puts a released figure into a draft, or takes the one that is there out where choice is nil. In public it
// waits for a second person, with a note that the public will read, and waits says so. Whoever chooses is who wrote the
// action last. ErrMayNotRelease, ErrNoFigure, ErrStale, and what Released of analytics returns.
func (s Store) ChooseFigure(
	ctx context.Context,
	by tenant.Actor,
	number int64,
	revision int,
	slot Slot,
	choice *Choice,
	note question.Text,
) (waits bool, err error) {
	if !mayRelease(by) {
		return false, ErrMayNotRelease
	}
	proposed := Proposal{Revision: revision, Part: string(slot), Note: note}
	what := "took a figure out"
	if choice != nil {
		f, err := s.FigureOf(ctx, by, *choice)
		if err != nil {
			return false, err
		}
		proposed.Figure, what = &f, fmt.Sprintf("chose a figure of release %d", f.Release)
	}
	return s.setEvidence(ctx, by, number, proposed, what)
}

// QuoteComment quotes a reviewed comment in a draft. In public it waits for a second person, with a note that the public
// will read, and waits says so. ErrLongQuote, insight.ErrNotReviewed, insight.ErrNotCounted, insight.ErrNoComment,
// ErrStale.
func (s Store) QuoteComment(
	ctx context.Context,
	by tenant.Actor,
	number int64,
	revision int,
	k insight.Key,
	note question.Text,
) (waits bool, err error) {
	tx, err := s.DB.Begin(ctx, by.Org)
	if err != nil {
		return false, err
	}
	q, err := insight.Quotable(ctx, tx, by, k)
	_ = tx.Rollback()
	if err != nil {
		return false, err
	}
	if utf8.RuneCountInString(q.Text) > MaxQuoteLength {
		return false, ErrLongQuote
	}
	proposed := Proposal{Revision: revision, Part: partQuote, Note: note, Quote: &Quote{Comment: q.Key, Revision: q.Revision}}
	return s.setEvidence(ctx, by, number, proposed, "chose a quote")
}

// RemoveQuote takes the quote out. In public that needs no second person, as withdrawing does not: it may say too much.
func (s Store) RemoveQuote(ctx context.Context, by tenant.Actor, number int64, revision int) error {
	now, _, err := s.Action(ctx, by, number)
	if err != nil {
		return err
	}
	if now.State != Published {
		_, err := s.setEvidence(ctx, by, number, Proposal{Revision: revision, Part: partQuote}, "took the quote out")
		return err
	}
	today, err := s.today(ctx, by.Org)
	if err != nil {
		return err
	}
	return s.change(ctx, by, change{number: number, action: "action.quote_taken_out", what: "took the quote out",
		also: s.version(ctx, by.Org, today, nil), statement: `
		UPDATE actions
		SET    quote_ref = NULL, quote_revision = NULL, changed_at = $3
		WHERE  organisation_id = $1 AND number = $2 AND state = 'published'
		RETURNING id`, args: []any{s.Now()}})
}

// partQuote is the part of a proposal that is a quote; the others are slots.
const partQuote = "quote"

// setEvidence changes one part of what an action shows beside its words: at once in a draft, by a second person in public.
func (s Store) setEvidence(ctx context.Context, by tenant.Actor, number int64, proposed Proposal, what string) (waits bool, err error) {
	now, _, err := s.Action(ctx, by, number)
	switch {
	case err != nil:
		return false, err
	case now.Revision != proposed.Revision:
		return false, ErrStale
	case now.State == Published:
		if err := s.noted(ctx, by.Org, proposed.Note); err != nil {
			return false, err
		}
		proposed.Target, proposed.Completed = now.Target, now.Completed
		said, _ := proposed.Note.In("en")
		return true, s.propose(ctx, by, now, evidence, what+", which waits for a second person", said, proposed)
	}
	args, err := proposed.columns()
	if err != nil {
		return false, err
	}
	also := func(tx *sqlx.Tx, id int64) error { return s.joinComment(ctx, tx, by.Org, id, proposed.Quote) }
	return false, s.change(ctx, by, change{number: number, action: "action.evidence", what: what, also: also, statement: `
		UPDATE actions
		SET    ` + setEvidencePart + `,
		       edited_by = $8, revision = revision + 1, state = 'draft', changed_at = $9
		WHERE  organisation_id = $1 AND number = $2 AND revision = $10 AND state IN ('draft', 'review')
		RETURNING id`, args: append(args, by.Name, s.Now(), proposed.Revision)})
}

// setEvidencePart gives one part of the evidence of an action what columns of Proposal lists, and leaves the others.
const setEvidencePart = `figure = CASE WHEN $3 = 'before' THEN $4::jsonb ELSE figure END,
		       release_id = CASE WHEN $3 = 'before' THEN $5::bigint ELSE release_id END,
		       after_figure = CASE WHEN $3 = 'after' THEN $4::jsonb ELSE after_figure END,
		       after_release_id = CASE WHEN $3 = 'after' THEN $5::bigint ELSE after_release_id END,
		       quote_ref = CASE WHEN $3 = 'quote' THEN $6::uuid ELSE quote_ref END,
		       quote_revision = CASE WHEN $3 = 'quote' THEN $7::int ELSE quote_revision END`

// columns are a part of evidence as the columns of an action take it: part, figure, its release, the comment and its
// revision; nil for none.
func (p Proposal) columns() ([]any, error) {
	args := []any{p.Part, nil, nil, nil, nil}
	if p.Figure != nil {
		b, err := json.Marshal(p.Figure)
		if err != nil {
			return nil, err
		}
		args[1], args[2] = string(b), p.Figure.Release
	}
	if p.Quote != nil {
		args[3], args[4] = p.Quote.Comment.String(), p.Quote.Revision
	}
	return args, nil
}

// joinComment joins a quoted comment to the action, so that whoever wrote it can be told.
func (s Store) joinComment(ctx context.Context, tx *sqlx.Tx, org tenant.Org, action int64, q *Quote) error {
	if q == nil {
		return nil
	}
	_, err := tx.ExecContext(ctx, `
		INSERT INTO action_comments (organisation_id, action_id, response_id, question_code)
		SELECT c.organisation_id, $2, c.response_id, c.question_code
		FROM   comments c
		WHERE  c.organisation_id = $1 AND c.ref = $3
		ON CONFLICT DO NOTHING`, org, action, q.Comment)
	if err != nil {
		return fmt.Errorf("joining a comment to an action: %w", err)
	}
	return nil
}

// releases are those of the figures.
func (e Evidence) releases() (ids []int64) {
	for _, slot := range Slots {
		if f := e.At(slot); f != nil {
			ids = append(ids, f.Release)
		}
	}
	return ids
}

// readStates tells of each figure what became of its release.
func readStates(ctx context.Context, tx *sqlx.Tx, org tenant.Org, list ...*Evidence) error {
	var ids []int64
	for _, e := range list {
		ids = append(ids, e.releases()...)
	}
	if len(ids) == 0 {
		return nil
	}
	states, err := register.Status(ctx, tx, org, ids)
	if err != nil {
		return err
	}
	for _, e := range list {
		for _, slot := range Slots {
			if f := e.At(slot); f != nil {
				f.State = quoted.State(states[f.Release])
			}
		}
	}
	return nil
}

// checkEvidence refuses evidence that cannot go to the public any more: a figure of a release that does not stand, a quote that is gone.
func (s Store) checkEvidence(ctx context.Context, tx *sqlx.Tx, org tenant.Org, e Evidence) error {
	states, err := register.Status(ctx, tx, org, e.releases())
	if err != nil {
		return err
	}
	for _, state := range states {
		if state != register.Released {
			return ErrFigureGone
		}
	}
	if e.Quote == nil {
		return nil
	}
	if _, ok, err := insight.Quoted(ctx, tx, org, e.Quote.Comment, e.Quote.Revision); err != nil || ok {
		return err
	}
	return ErrQuoteGone
}

// Quoting lists the numbers of the actions within the actor's reach that quote a comment; those that were withdrawn are left out.
func (s Store) Quoting(ctx context.Context, by tenant.Actor, k insight.Key) ([]int64, error) {
	tx, err := s.DB.Begin(ctx, by.Org)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	scope, err := insight.Services(ctx, tx, by)
	if err != nil {
		return nil, err
	}
	var ids any
	if scope != nil {
		ids = pq.Int64Array(scope)
	}
	var numbers []int64
	if err := tx.SelectContext(ctx, &numbers, `
		SELECT   number
		FROM     actions
		WHERE    organisation_id = $1 AND quote_ref = $2 AND state <> 'withdrawn' AND ($3::bigint[] IS NULL OR service_id = ANY ($3))
		ORDER BY number`, by.Org, k, ids); err != nil {
		return nil, fmt.Errorf("looking for who quotes a comment: %w", err)
	}
	return numbers, nil
}
