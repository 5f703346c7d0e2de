package responses

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"yousaid/surveys/tenant"
)

// Withdraw takes responses back in a transaction that holds the lock on the feed's row: their answers, words, weights and equality
// answers go at once, with the export files that hold them, and they stay as empty tombstones with new numbers, the last of them
// being last. Where free is true the keys of imported rows go too, so that the rows can be imported again.
func Withdraw(ctx context.Context, tx *sqlx.Tx, org tenant.Org, ids []string, last int64, free bool) error {
	for _, statement := range []string{`
		UPDATE equality_answers AS e
		SET    answers = '{}'
		FROM   responses r
		WHERE  e.organisation_id = $1 AND r.organisation_id = $1 AND r.id = ANY ($2::uuid[]) AND e.id = r.equality_id`, `
		DELETE FROM comments
		WHERE  organisation_id = $1 AND response_id = ANY ($2::uuid[])`, `
		DELETE FROM weights
		WHERE  organisation_id = $1 AND response_id = ANY ($2::uuid[])`} {
		if _, err := tx.ExecContext(ctx, statement, org, pq.StringArray(ids)); err != nil {
			return fmt.Errorf("withdrawing responses: %w", err)
		}
	}
	if _, err := tx.ExecContext(ctx, `
		UPDATE responses r
		SET    answers = '{}', state = 'withdrawn', revision = r.revision + 1, equality_id = NULL, job_key = NULL, about = '', verdict = '',
		       excluded_no = NULL, decision_id = NULL,
		       import_row_key = CASE WHEN $4 THEN NULL ELSE r.import_row_key END, change_no = $2 + u.place
		FROM   unnest($3::uuid[]) WITH ORDINALITY AS u (id, place)
		WHERE  r.organisation_id = $1 AND r.id = u.id`, org, last-int64(len(ids)), pq.StringArray(ids), free); err != nil {
		return fmt.Errorf("withdrawing responses: %w", err)
	}
	return DiscardFiles(ctx, tx, org, ids, false)
}
