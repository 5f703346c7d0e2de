package surveys

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/jmoiron/sqlx"

	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
)

// keptRevisions is how many earlier states of a draft are kept, for undoing and for showing what changed.
const keptRevisions = 100

// keep remembers what a save left, and lets the oldest state go.
func keep(ctx context.Context, tx *sqlx.Tx, by tenant.Actor, survey int64, revision int, definition string) error {
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO draft_revisions (organisation_id, survey_id, revision, definition, saved_by)
		VALUES ($1, $2, $3, $4, $5)`, by.Org, survey, revision, definition, by.Name); err != nil {
		return fmt.Errorf("keeping revision %d of the draft: %w", revision, err)
	}
	if _, err := tx.ExecContext(ctx, `
		DELETE FROM draft_revisions
		WHERE  organisation_id = $1 AND survey_id = $2 AND revision <= $3`, by.Org, survey, revision-keptRevisions); err != nil {
		return fmt.Errorf("forgetting old revisions of the draft: %w", err)
	}
	return nil
}

// Revision is a state of a draft.
type Revision struct {
	Number     int
	Definition Definition
	By         string // who saved it
}

// Revision gives an earlier state of a draft; ErrMissing when it was not kept.
func (s Store) Revision(ctx context.Context, org tenant.Org, survey int64, number int) (Revision, error) {
	tx, err := s.DB.Begin(ctx, org)
	if err != nil {
		return Revision{}, err
	}
	defer func() { _ = tx.Rollback() }()
	var row struct {
		Definition []byte `db:"definition"`
		By         string `db:"saved_by"`
	}
	err = tx.GetContext(ctx, &row, `
		SELECT definition, saved_by
		FROM   draft_revisions
		WHERE  organisation_id = $1 AND survey_id = $2 AND revision = $3`, org, survey, number)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrMissing
	}
	if err != nil {
		return Revision{}, fmt.Errorf("revision %d of the draft of survey %d: %w", number, survey, err)
	}
	d, err := decode(row.Definition)
	return Revision{number, d, row.By}, err
}

// Editors names who changed a question after a revision, each once, in the order of their changes.
func (s Store) Editors(ctx context.Context, org tenant.Org, survey int64, after int, code string) ([]string, error) {
	tx, err := s.DB.Begin(ctx, org)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	var rows []struct {
		Definition []byte `db:"definition"`
		By         string `db:"saved_by"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT   definition, saved_by
		FROM     draft_revisions
		WHERE    organisation_id = $1 AND survey_id = $2 AND revision >= $3
		ORDER BY revision`, org, survey, after); err != nil {
		return nil, fmt.Errorf("who changed the draft of survey %d: %w", survey, err)
	}
	var names []string
	var before question.Question
	for i, r := range rows {
		d, err := decode(r.Definition)
		if err != nil {
			return nil, err
		}
		q, _ := d.Question(code)
		if i > 0 && !reflect.DeepEqual(before, q) && !slices.Contains(names, r.By) {
			names = append(names, r.By)
		}
		before = q
	}
	return names, nil
}

// Saved tells what an edit did: the revision it made, and the one before it. They are the same where nothing changed.
type Saved struct{ Revision, Before int }

// tries is how often an edit is made anew because somebody else saved at the same moment.
const tries = 20

// Edit changes the draft as it stands now, whoever saved it last: edits of two people to different questions both stay. What cannot
// be done to the draft as it stands is the edit's error, and nothing is saved. ErrClosed when the survey is closed.
func (s Store) Edit(ctx context.Context, by tenant.Actor, survey int64, edit Edit) (Saved, error) {
	for range tries {
		saved, err := s.edit(ctx, by, survey, edit)
		if !errors.Is(err, ErrStaleDraft) {
			return saved, err
		}
	}
	return Saved{}, fmt.Errorf("editing survey %d: %w", survey, ErrStaleDraft)
}

func (s Store) edit(ctx context.Context, by tenant.Actor, survey int64, edit Edit) (Saved, error) {
	before, revision, err := s.Draft(ctx, by.Org, survey)
	if err != nil {
		return Saved{}, err
	}
	after := before.Clone()
	if err := edit(&after); err != nil {
		return Saved{}, err
	}
	definition, err := saveable(after)
	if err != nil {
		return Saved{}, err
	}
	changes := Difference(before, after)
	if old, err := saveable(before); err == nil && old == definition {
		return Saved{revision, revision}, nil
	}
	return s.replace(ctx, by, survey, revision, after, "survey.edited", map[string]any{"changes": inWords(changes)})
}

// replace saves a whole definition over the draft where it stands at the revision.
func (s Store) replace(ctx context.Context, by tenant.Actor, survey int64, revision int, d Definition, action string,
	said map[string]any) (Saved, error) {
	definition, err := saveable(d)
	if err != nil {
		return Saved{}, err
	}
	tx, err := s.DB.Begin(ctx, by.Org)
	if err != nil {
		return Saved{}, err
	}
	defer func() { _ = tx.Rollback() }()
	var saved struct {
		Revision int    `db:"revision"`
		Slug     string `db:"slug"`
	}
	err = tx.GetContext(ctx, &saved, `
		UPDATE drafts AS d
		SET    definition = $4, revision = d.revision + 1
		FROM   surveys AS s
		WHERE  d.organisation_id = $1 AND d.survey_id = $2 AND d.revision = $3
		AND    s.organisation_id = $1 AND s.id = d.survey_id AND s.state IN ('draft', 'open')
		RETURNING d.revision, s.slug`, by.Org, survey, revision, definition)
	if errors.Is(err, sql.ErrNoRows) {
		return Saved{}, s.whyNotSaved(ctx, tx, by.Org, survey, d)
	}
	if err != nil {
		return Saved{}, fmt.Errorf("%s, survey %d: %w", action, survey, err)
	}
	if err := keep(ctx, tx, by, survey, saved.Revision, definition); err != nil {
		return Saved{}, err
	}
	said["revision"] = saved.Revision
	if err := s.Ledger.Record(ctx, tx, by, action, object(saved.Slug), nil, said); err != nil {
		return Saved{}, err
	}
	return Saved{saved.Revision, revision}, tx.Commit()
}

// inWords is what the audit trail keeps of an edit: its first few differences.
func inWords(changes []Change) []string {
	const most = 10
	var words []string
	for i, c := range changes {
		if i == most {
			words = append(words, fmt.Sprintf("and %d more", len(changes)-most))
			break
		}
		if c.Question != "" {
			words = append(words, c.Question+": "+c.Sentence.String())
		} else {
			words = append(words, c.Sentence.String())
		}
	}
	return words
}

// Registered are the codes that were ever published in a survey.
type Registered map[string]map[string]bool // by question code: its option codes, true where retired; the question itself stands under ""

// Question tells whether the code belongs to a question that was published once.
func (r Registered) Question(code string) bool { _, ok := r[code]; return ok }

// Retired tells whether a question (option "") or an answer was published once and taken out: it can never come back.
func (r Registered) Retired(code, option string) bool { return r[code][option] }

// Option tells whether the answer was published once.
func (r Registered) Option(code, option string) bool { _, ok := r[code][option]; return ok }

// Codes reads the codes that were ever published in a survey.
func (s Store) Codes(ctx context.Context, org tenant.Org, survey int64) (Registered, error) {
	tx, err := s.DB.Begin(ctx, org)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	known, err := registered(ctx, tx, org, survey)
	if err != nil {
		return nil, err
	}
	all := Registered{}
	for _, r := range known {
		if all[r.Question] == nil {
			all[r.Question] = map[string]bool{}
		}
		all[r.Question][r.Option] = r.Retired
	}
	return all, nil
}

// reuse says which codes of a definition are published ones that would change their meaning or were taken out.
func (s Store) reuse(ctx context.Context, tx *sqlx.Tx, org tenant.Org, survey int64, d Definition) (Problems, error) {
	known, err := registered(ctx, tx, org, survey)
	if err != nil {
		return nil, err
	}
	var problems Problems
	for _, r := range codesOf(d) {
		if before, ok := known[codeKey{r.Question, r.Option}]; ok {
			if p, bad := reused(before, r); bad {
				problems = append(problems, p)
			}
		}
	}
	return problems, nil
}
