package surveys

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"yousaid/surveys/tenant"
)

// surveyRow is a survey as the lists read it.
type surveyRow struct {
	Survey
	Title []byte `db:"title"`
}

func (r surveyRow) survey() Survey {
	r.Survey.Title = decodeText(r.Title)
	return r.Survey
}

// Survey finds a survey by its id; ErrMissing.
func (s Store) Survey(ctx context.Context, org tenant.Org, id int64) (Survey, error) {
	return s.one(ctx, org, fmt.Sprintf("survey %d", id), `
		SELECT s.id, s.slug, s.state, s.owner, d.definition -> 'title' AS title
		FROM   surveys AS s
		JOIN   drafts AS d ON d.organisation_id = s.organisation_id AND d.survey_id = s.id
		WHERE  s.organisation_id = $1 AND s.id = $2`, id)
}

// BySlug finds a survey by its short name; ErrMissing.
func (s Store) BySlug(ctx context.Context, org tenant.Org, slug string) (Survey, error) {
	return s.one(ctx, org, "“"+clip(slug)+"”", `
		SELECT s.id, s.slug, s.state, s.owner, d.definition -> 'title' AS title
		FROM   surveys AS s
		JOIN   drafts AS d ON d.organisation_id = s.organisation_id AND d.survey_id = s.id
		WHERE  s.organisation_id = $1 AND s.slug = $2`, slug)
}

func (s Store) one(ctx context.Context, org tenant.Org, name, query string, key any) (Survey, error) {
	tx, err := s.DB.Begin(ctx, org)
	if err != nil {
		return Survey{}, err
	}
	defer func() { _ = tx.Rollback() }()
	var row surveyRow
	err = tx.GetContext(ctx, &row, query, org, key)
	if errors.Is(err, sql.ErrNoRows) {
		return Survey{}, fmt.Errorf("%s: %w", name, ErrMissing)
	}
	return row.survey(), err
}

// Surveys lists the surveys whose slug comes after the given one ("" for the first page), by slug, at most limit of them.
func (s Store) Surveys(ctx context.Context, org tenant.Org, after string, limit int) ([]Survey, error) {
	tx, err := s.DB.Begin(ctx, org)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	var rows []surveyRow
	err = tx.SelectContext(ctx, &rows, `
		SELECT s.id, s.slug, s.state, s.owner, d.definition -> 'title' AS title
		FROM   surveys AS s
		JOIN   drafts AS d ON d.organisation_id = s.organisation_id AND d.survey_id = s.id
		WHERE  s.organisation_id = $1 AND s.slug > $2
		ORDER  BY s.slug
		LIMIT  $3`, org, after, limit)
	list := make([]Survey, len(rows))
	for i, r := range rows {
		list[i] = r.survey()
	}
	return list, err
}

// Draft gives the working copy of a survey and its revision, which SaveDraft wants back; ErrMissing.
func (s Store) Draft(ctx context.Context, org tenant.Org, survey int64) (Definition, int, error) {
	tx, err := s.DB.Begin(ctx, org)
	if err != nil {
		return Definition{}, 0, err
	}
	defer func() { _ = tx.Rollback() }()
	var row struct {
		Definition []byte `db:"definition"`
		Revision   int    `db:"revision"`
	}
	err = tx.GetContext(ctx, &row, `
		SELECT definition, revision
		FROM   drafts
		WHERE  organisation_id = $1 AND survey_id = $2`, org, survey)
	if errors.Is(err, sql.ErrNoRows) {
		return Definition{}, 0, fmt.Errorf("draft of survey %d: %w", survey, ErrMissing)
	}
	if err != nil {
		return Definition{}, 0, err
	}
	d, err := decode(row.Definition)
	return d, row.Revision, err
}

// Export gives the newest definition of a survey, published or not, for WriteYAML; ErrMissing.
func (s Store) Export(ctx context.Context, org tenant.Org, slug string) (Definition, error) {
	survey, err := s.BySlug(ctx, org, slug)
	if err != nil {
		return Definition{}, err
	}
	d, _, err := s.Draft(ctx, org, survey.ID)
	return d, err
}

// versionRow is a version as the table holds it.
type versionRow struct {
	ID          int64     `db:"id"`
	SurveyID    int64     `db:"survey_id"`
	Number      int       `db:"number"`
	Definition  []byte    `db:"definition"`
	Digest      []byte    `db:"digest"`
	PublishedAt time.Time `db:"published_at"`
}

func (r versionRow) version() (Version, error) {
	d, err := decode(r.Definition)
	return Version{ID: r.ID, SurveyID: r.SurveyID, Number: r.Number, Definition: d, Digest: r.Digest, PublishedAt: r.PublishedAt}, err
}

// Version finds a published version by its id. Versions never change: callers may keep them. ErrMissing.
func (s Store) Version(ctx context.Context, org tenant.Org, id int64) (Version, error) {
	return s.version(ctx, org, `
		SELECT id, survey_id, number, definition, digest, published_at
		FROM   versions
		WHERE  organisation_id = $1 AND id = $2`, id, ErrMissing)
}

// CurrentVersion gives the version published last, of an open or a closed survey; ErrNotPublished.
func (s Store) CurrentVersion(ctx context.Context, org tenant.Org, survey int64) (Version, error) {
	return s.version(ctx, org, `
		SELECT   id, survey_id, number, definition, digest, published_at
		FROM     versions
		WHERE    organisation_id = $1 AND survey_id = $2
		ORDER BY number DESC
		LIMIT    1`, survey, ErrNotPublished)
}

// Current gives the newest version of each open survey, in a transaction of the caller's.
func (s Store) Current(ctx context.Context, tx *sqlx.Tx, org tenant.Org) ([]Version, error) {
	var rows []versionRow
	if err := tx.SelectContext(ctx, &rows, `
		SELECT DISTINCT ON (v.survey_id) v.id, v.survey_id, v.number, v.definition, v.digest, v.published_at
		FROM   versions v
		JOIN   surveys s ON s.organisation_id = $1 AND s.id = v.survey_id
		WHERE  v.organisation_id = $1 AND s.state = 'open'
		ORDER  BY v.survey_id, v.number DESC`, org); err != nil {
		return nil, fmt.Errorf("reading the published surveys: %w", err)
	}
	var list []Version
	for _, row := range rows {
		v, err := row.version()
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, nil
}

func (s Store) version(ctx context.Context, org tenant.Org, query string, id int64, otherwise error) (Version, error) {
	tx, err := s.DB.Begin(ctx, org)
	if err != nil {
		return Version{}, err
	}
	defer func() { _ = tx.Rollback() }()
	var row versionRow
	err = tx.GetContext(ctx, &row, query, org, id)
	if errors.Is(err, sql.ErrNoRows) {
		return Version{}, otherwise
	}
	if err != nil {
		return Version{}, err
	}
	return row.version()
}

// Versions lists every published version of a survey, the oldest first.
func (s Store) Versions(ctx context.Context, org tenant.Org, survey int64) ([]Version, error) {
	tx, err := s.DB.Begin(ctx, org)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	var rows []versionRow
	if err := tx.SelectContext(ctx, &rows, `
		SELECT   id, survey_id, number, definition, digest, published_at
		FROM     versions
		WHERE    organisation_id = $1 AND survey_id = $2
		ORDER BY number`, org, survey); err != nil {
		return nil, err
	}
	var all []Version
	for _, r := range rows {
		v, err := r.version()
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}
