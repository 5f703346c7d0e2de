package surveys

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"yousaid/surveys/tenant"
)

// Discard puts the version that was published last in the place of the draft, as it was read at the revision. The version stays as it is, and the draft is kept among the
// earlier states: see TakeBack. ErrStaleDraft when somebody else saved since, ErrNotPublished when there is no version, ErrClosed when the survey is closed.
func (s Store) Discard(ctx context.Context, by tenant.Actor, survey int64, revision int) (Saved, error) {
	v, err := s.CurrentVersion(ctx, by.Org, survey)
	if err != nil {
		return Saved{}, fmt.Errorf("discarding the draft of survey %d: %w", survey, err)
	}
	return s.replace(ctx, by, survey, revision, v.Definition, "survey.draft_discarded", map[string]any{"version": v.Number})
}

// TakeBack puts a draft back that was discarded, which made the revision after from. ErrStaleDraft when it has been changed since, ErrMissing when it is not kept any more.
func (s Store) TakeBack(ctx context.Context, by tenant.Actor, survey int64, from int) (Saved, error) {
	was, err := s.Revision(ctx, by.Org, survey, from)
	if err != nil {
		return Saved{}, err
	}
	return s.replace(ctx, by, survey, from+1, was.Definition, "survey.draft_taken_back", map[string]any{"from": from})
}

// replace saves a whole definition over the draft where it stands at the revision.
func (s Store) replace(ctx context.Context, by tenant.Actor, survey int64, revision int, d Definition, action string, said map[string]any) (Saved, error) {
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
