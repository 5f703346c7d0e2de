package analytics

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"yousaid/analytics/register"
	"yousaid/surveys"
	"yousaid/surveys/tenant"
)

// resolve settles what releases count. The register says so since it keeps it beside the query; of an older release it is worked out from the words of the query: survey names as they are
// today, where the register did not keep the ids, and scales by the questionnaires as they were when the table left.
func resolve(ctx context.Context, tx *sqlx.Tx, org tenant.Org, rows []*earlier) error {
	var old []*earlier
	for _, r := range rows {
		r.counts = counted{questions: r.Kept.Counts, from: r.From, to: r.To}
		if r.counts.questions == nil {
			old = append(old, r)
		}
	}
	if old == nil {
		return nil
	}
	var versions []version
	if err := tx.SelectContext(ctx, &versions, `
		SELECT   s.id, s.slug, v.definition, v.published_at
		FROM     surveys s
		JOIN     versions v ON v.organisation_id = s.organisation_id AND v.survey_id = s.id
		WHERE    s.organisation_id = $1
		ORDER BY s.id, v.number DESC`, org); err != nil {
		return fmt.Errorf("reading what was asked: %w", err)
	}
	for _, r := range old {
		if err := r.fromWords(versions); err != nil {
			return fmt.Errorf("reading what release %d counts: %w", r.ID, err)
		}
	}
	return nil
}

// version is a questionnaire of a survey.
type version struct {
	ID         int64     `db:"id"`
	Slug       string    `db:"slug"`
	Definition []byte    `db:"definition"`
	At         time.Time `db:"published_at"`
}

// fromWords finds the surveys and the question of each by the words of the query.
func (r *earlier) fromWords(versions []version) error {
	var named []register.Survey
	if r.Kept.Words != nil {
		named = r.Kept.Words.Surveys
	}
	if named == nil { // a release from before the register kept words
		for _, v := range versions {
			if slices.Contains(r.Query.Surveys, v.Slug) {
				named = append(named, register.Survey{ID: v.ID})
			}
		}
	}
	r.counts.questions = map[int64]string{}
	scale, byScale := strings.CutPrefix(r.Query.Measure, ScalePrefix)
	for _, s := range named {
		if !byScale {
			r.counts.questions[s.ID] = r.Query.Measure
			continue
		}
		d, err := asThen(versions, s.ID, r.At)
		if err != nil {
			return err
		}
		if q, ok := (asked{versions: []surveys.Definition{d}}).ratingOn(scale); ok {
			r.counts.questions[s.ID] = q.Code
		}
	}
	return nil
}

// asThen is the questionnaire of a survey at a moment: the newest that was published by then, else the first there was. Versions come with the newest first.
func asThen(versions []version, survey int64, at time.Time) (d surveys.Definition, err error) {
	var found version
	for _, v := range versions {
		if v.ID == survey && (found.ID == 0 || found.At.After(at)) {
			found = v
		}
	}
	if found.ID != 0 {
		err = json.Unmarshal(found.Definition, &d)
	}
	return d, err
}
