package surveys

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jmoiron/sqlx"

	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
)

// Store keeps surveys, their drafts, versions and codes. Every change is recorded in the Ledger in its own transaction. Without a
// Reviewer nothing can be published.
type Store struct {
	DB       tenant.DB
	Ledger   tenant.Ledger
	Reviewer Reviewer
}

// Create starts a survey as a draft and gives its id. An empty slug means the one the definition proposes. ErrSlugTaken when there
// is one already; Problems when it cannot be saved at all. A draft need not be ready to publish.
func (s Store) Create(ctx context.Context, by tenant.Actor, slug string, d Definition) (int64, error) {
	if slug != "" {
		d.Survey = slug
	}
	definition, err := saveable(d)
	if err != nil {
		return 0, err
	}
	tx, err := s.DB.Begin(ctx, by.Org)
	if err != nil {
		return 0, err
	}
	defer func() { _ = tx.Rollback() }()
	id, err := s.create(ctx, tx, by, d, definition)
	if err != nil {
		return 0, err
	}
	return id, tx.Commit()
}

func (s Store) create(ctx context.Context, tx *sqlx.Tx, by tenant.Actor, d Definition, definition string) (int64, error) {
	var id int64
	err := tx.GetContext(ctx, &id, `
		INSERT INTO surveys (organisation_id, slug, owner)
		VALUES ($1, $2, $3)
		ON CONFLICT (organisation_id, slug) DO NOTHING
		RETURNING id`, by.Org, d.Survey, by.Name)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("creating the survey “%s”: %w", d.Survey, ErrSlugTaken)
	}
	if err != nil {
		return 0, fmt.Errorf("creating the survey “%s”: %w", d.Survey, err)
	}
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO drafts (organisation_id, survey_id, definition)
		VALUES ($1, $2, $3)`, by.Org, id, definition); err != nil {
		return 0, fmt.Errorf("saving the draft of “%s”: %w", d.Survey, err)
	}
	if err := keep(ctx, tx, by, id, 1, definition); err != nil {
		return 0, err
	}
	return id, s.Ledger.Record(ctx, tx, by, "survey.created", object(d.Survey), nil, d)
}

// Import creates a survey from a definition, or makes the definition the draft of the survey with its slug. What customers see does
// not change until Publish.
func (s Store) Import(ctx context.Context, by tenant.Actor, d Definition) (int64, error) {
	if problems := d.Check(); len(problems) > 0 {
		return 0, problems
	}
	definition, err := saveable(d)
	if err != nil {
		return 0, err
	}
	tx, err := s.DB.Begin(ctx, by.Org)
	if err != nil {
		return 0, err
	}
	defer func() { _ = tx.Rollback() }()
	var known Survey
	err = tx.GetContext(ctx, &known, `
		SELECT id, slug, state, owner
		FROM   surveys
		WHERE  organisation_id = $1 AND slug = $2`, by.Org, d.Survey)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		known.ID, err = s.create(ctx, tx, by, d, definition)
	case err == nil:
		_, err = s.saveDraft(ctx, tx, by, known.ID, anyRevision, d, definition)
	}
	if err != nil {
		return 0, err
	}
	return known.ID, tx.Commit()
}

// anyRevision saves a draft whatever stands there now.
const anyRevision = 0

// SaveDraft replaces the draft that was read as the given revision and gives the new revision. ErrStaleDraft when somebody else
// saved in between, ErrClosed when the survey is closed.
func (s Store) SaveDraft(ctx context.Context, by tenant.Actor, survey int64, revision int, d Definition) (int, error) {
	definition, err := saveable(d)
	if err != nil {
		return 0, err
	}
	if revision < 1 {
		return 0, fmt.Errorf("saving the draft of survey %d: %w", survey, ErrStaleDraft)
	}
	tx, err := s.DB.Begin(ctx, by.Org)
	if err != nil {
		return 0, err
	}
	defer func() { _ = tx.Rollback() }()
	if revision, err = s.saveDraft(ctx, tx, by, survey, revision, d, definition); err != nil {
		return 0, err
	}
	return revision, tx.Commit()
}

func (s Store) saveDraft(ctx context.Context, tx *sqlx.Tx, by tenant.Actor, survey int64, revision int, d Definition,
	definition string) (int, error) {
	var saved struct {
		Revision int    `db:"revision"`
		Slug     string `db:"slug"`
	}
	err := tx.GetContext(ctx, &saved, `
		UPDATE drafts AS d
		SET    definition = $4, revision = d.revision + 1
		FROM   surveys AS s
		WHERE  d.organisation_id = $1 AND d.survey_id = $2 AND ($3 = 0 OR d.revision = $3)
		AND    s.organisation_id = $1 AND s.id = d.survey_id AND s.state IN ('draft', 'open') AND s.slug = $5
		RETURNING d.revision, s.slug`, by.Org, survey, revision, definition, d.Survey)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, s.whyNotSaved(ctx, tx, by.Org, survey, d)
	}
	if err != nil {
		return 0, fmt.Errorf("saving the draft of survey %d: %w", survey, err)
	}
	if err := keep(ctx, tx, by, survey, saved.Revision, definition); err != nil {
		return 0, err
	}
	return saved.Revision, s.Ledger.Record(ctx, tx, by, "survey.drafted", object(saved.Slug), nil,
		map[string]any{"revision": saved.Revision, "definition": d})
}

func (s Store) whyNotSaved(ctx context.Context, tx *sqlx.Tx, org tenant.Org, survey int64, d Definition) error {
	known, err := find(ctx, tx, org, survey)
	switch {
	case err != nil:
		return fmt.Errorf("saving the draft of survey %d: %w", survey, err)
	case known.State == Closed:
		return fmt.Errorf("saving the draft of “%s”: %w", known.Slug, ErrClosed)
	case known.Slug != d.Survey:
		return Problems{problem("survey.slug_changed|The survey’s short name is “%s” and cannot change, because links and "+
			"commands use it. Put it back, or make a new survey.", known.Slug)}
	default:
		return fmt.Errorf("saving the draft of “%s”: %w", known.Slug, ErrStaleDraft)
	}
}

// Close ends a survey: nobody new can answer. ErrNotOpen when it is not open.
func (s Store) Close(ctx context.Context, by tenant.Actor, survey int64) error {
	return s.move(ctx, by, survey, "survey.closed", ErrNotOpen, `
		UPDATE surveys
		SET    state = 'closed', closed_at = now()
		WHERE  organisation_id = $1 AND id = $2 AND state = 'open'
		RETURNING slug`)
}

// Reopen makes a closed survey a draft again; Publish opens it. ErrNotClosed when it is not closed.
func (s Store) Reopen(ctx context.Context, by tenant.Actor, survey int64) error {
	return s.move(ctx, by, survey, "survey.reopened", ErrNotClosed, `
		UPDATE surveys
		SET    state = 'draft', closed_at = NULL
		WHERE  organisation_id = $1 AND id = $2 AND state = 'closed'
		RETURNING slug`)
}

// move changes the state where the statement finds the survey in the right one.
func (s Store) move(ctx context.Context, by tenant.Actor, survey int64, action string, otherwise error, statement string) error {
	tx, err := s.DB.Begin(ctx, by.Org)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	var slug string
	err = tx.GetContext(ctx, &slug, statement, by.Org, survey)
	if errors.Is(err, sql.ErrNoRows) {
		if _, missing := find(ctx, tx, by.Org, survey); missing != nil {
			otherwise = missing
		}
		return fmt.Errorf("%s, survey %d: %w", action, survey, otherwise)
	}
	if err != nil {
		return fmt.Errorf("%s, survey %d: %w", action, survey, err)
	}
	if err := s.Ledger.Record(ctx, tx, by, action, object(slug), nil, nil); err != nil {
		return err
	}
	return tx.Commit()
}

// object names a survey in the audit trail.
func object(slug string) string { return "survey/" + slug }

// Canonical writes a definition in the one way that its digest is made of: the same definition always gives the same bytes.
func Canonical(d Definition) ([]byte, error) { return json.Marshal(d) }

// saveable gives the definition as JSON that PostgreSQL can keep.
func saveable(d Definition) (string, error) {
	if !ValidSlug(d.Survey) {
		return "", Problems{problem(badSlug, clip(d.Survey))}
	}
	definition, err := Canonical(d)
	// NUL cannot be kept; a number that is no number cannot be written.
	if err != nil || bytes.Contains(definition, []byte(`\u0000`)) || len(definition) > MaxYAML {
		return "", Problems{problem("survey.unsaveable|The survey has a character that cannot be saved. Type the wording again using letters, " +
			"numbers and punctuation.")}
	}
	return string(definition), nil
}

func find(ctx context.Context, tx *sqlx.Tx, org tenant.Org, survey int64) (Survey, error) {
	var found Survey
	err := tx.GetContext(ctx, &found, `
		SELECT id, slug, state, owner
		FROM   surveys
		WHERE  organisation_id = $1 AND id = $2`, org, survey)
	if errors.Is(err, sql.ErrNoRows) {
		return Survey{}, ErrMissing
	}
	return found, err
}

func decode(definition []byte) (Definition, error) {
	var d Definition
	if err := json.Unmarshal(definition, &d); err != nil {
		return Definition{}, fmt.Errorf("reading a stored questionnaire: %w", err)
	}
	return d, nil
}

func decodeText(title []byte) question.Text {
	var t question.Text
	_ = json.Unmarshal(title, &t) // a title nobody can read is shown as none
	return t
}
