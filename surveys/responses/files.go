package responses

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"yousaid/surveys/tenant"
)

// HoldFeed takes the lock that puts changes of an organisation's responses in order, without changing anything. Whoever needs it
// takes it before any row of a response or a comment: the other way round two of them would wait for each other.
func HoldFeed(ctx context.Context, tx *sqlx.Tx, org tenant.Org) error {
	_, err := tx.ExecContext(ctx, `
		UPDATE feeds
		SET    last_no = last_no
		WHERE  organisation_id = $1`, org)
	return err
}

// DiscardFiles takes away the export files that may hold the answers or words of responses, in the transaction that takes these
// away: what was withdrawn or blacked out leaves with it, also from a download that is on its way. onlyComments spares files
// without comments. A file that is being made is made again. The transaction holds the lock on the feed's row, so that no export
// begins meanwhile with what was there before.
func DiscardFiles(ctx context.Context, tx *sqlx.Tx, org tenant.Org, responses []string, onlyComments bool) error {
	var gone []int64
	if err := tx.SelectContext(ctx, &gone, `
		UPDATE exports AS e
		SET    state = CASE e.state WHEN 'running' THEN 'waiting' WHEN 'finished' THEN 'expired' ELSE e.state END, bytes = 0, chunks = 0,
		       sha256 = '',
		       problem = CASE e.state WHEN 'finished' THEN
		           'After this file was made, feedback in it was taken back, or words were removed. Ask for the file again.'
		           ELSE e.problem END
		WHERE  e.organisation_id = $1 AND e.state IN ('running', 'finished', 'failed') AND (e.comments OR NOT $3)
		AND    e.survey_id IN (SELECT r.survey_id FROM responses r WHERE r.organisation_id = $1 AND r.id = ANY ($2::uuid[]))
		RETURNING e.id`, org, pq.StringArray(responses), onlyComments); err != nil {
		return fmt.Errorf("taking export files away: %w", err)
	}
	if len(gone) == 0 {
		return nil
	}
	if _, err := tx.ExecContext(ctx, `
		DELETE FROM export_chunks
		WHERE  organisation_id = $1 AND export_id = ANY ($2::bigint[])`, org, pq.Int64Array(gone)); err != nil {
		return fmt.Errorf("taking export files away: %w", err)
	}
	return nil
}
