package releases

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"yousaid/surveys/tenant"
)

// Later is how many answers of a release's surveys and months were excluded as unusual after it left, told so that nobody is given away: 0 for none, Few for 1 to 9, else to the nearest ten.
type Later int

// Few is fewer than ten.
const Few Later = 1

// later rounds a count.
func later(n int) Later {
	switch {
	case n == 0:
		return 0
	case n < 10:
		return Few
	}
	return Later((n + 5) / 10 * 10)
}

// Later tells how many answers of a release were excluded after it left.
func (r Reader) Later(ctx context.Context, org tenant.Org, id int64) (Later, error) {
	tx, err := r.DB.Begin(ctx, org)
	if err != nil {
		return 0, err
	}
	defer func() { _ = tx.Rollback() }()
	return excludedLater(ctx, tx, org, id)
}

func excludedLater(ctx context.Context, tx *sqlx.Tx, org tenant.Org, id int64) (Later, error) {
	var n int
	if err := tx.GetContext(ctx, &n, `
		SELECT count(*)
		FROM   releases q
		JOIN   organisations o ON o.id = q.organisation_id
		JOIN   surveys s ON s.organisation_id = $1 AND jsonb_exists(q.query->'surveys', s.slug)
		JOIN   responses r ON r.organisation_id = $1 AND r.survey_id = s.id AND r.verdict <> '' AND r.excluded_no > q.snapshot_no
		                      AND r.answered_hour >= q.period_from::timestamp AT TIME ZONE o.time_zone AND r.answered_hour < (q.period_to + 1)::timestamp AT TIME ZONE o.time_zone
		WHERE  q.organisation_id = $1 AND q.id = $2`, org, id); err != nil {
		return 0, fmt.Errorf("counting what was excluded after release %d: %w", id, err)
	}
	return later(n), nil
}
