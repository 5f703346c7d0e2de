package responses

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"yousaid/surveys/responses/quality"
	"yousaid/surveys/tenant"
)

// Selection is responses that a decision of staff leaves out of the figures or counts again.
type Selection struct {
	Decision int64 // whose number they keep
	Survey   int64
	Link     int64           // 0: all links
	Verdict  quality.Verdict // None: whatever the rules found, or nothing
	From, To time.Time       // To is not included
	Exclude  bool            // or else include
	Undoes   int64           // only those that this decision changed last; 0: all
}

// excludeAtOnce is how many responses one transaction changes: it holds the organisation's feed, so it must be short.
const excludeAtOnce = 1000

// Any tells whether the selection would change any response.
func (s Selection) Any(ctx context.Context, tx *sqlx.Tx, org tenant.Org) (bool, error) {
	ids, err := s.some(ctx, tx, org, 1)
	return len(ids) > 0, err
}

func (s Selection) some(ctx context.Context, tx *sqlx.Tx, org tenant.Org, limit int) ([]string, error) {
	var ids []string
	if err := tx.SelectContext(ctx, &ids, `
		SELECT   r.id
		FROM     responses r
		WHERE    r.organisation_id = $1 AND r.survey_id = $2 AND r.answered_hour >= $3 AND r.answered_hour < $4
		AND      ($5::bigint = 0 OR r.link_id = $5) AND ($6 = '' OR r.verdict = $6)
		AND      response_counts(r.state, r.source, NULL) AND (r.excluded_no IS NULL) = $7 AND ($8::bigint = 0 OR r.decision_id = $8)
		ORDER BY r.id
		LIMIT    $9`, org, s.Survey, s.From, s.To, s.Link, string(s.Verdict), s.Exclude, s.Undoes, limit); err != nil {
		return nil, fmt.Errorf("looking for responses to decide about: %w", err)
	}
	return ids, nil
}

// Change changes some responses of the selection in the transaction, and gives how many; 0 when none is left. Each takes a number
// from the feed.
func (s Selection) Change(ctx context.Context, tx *sqlx.Tx, org tenant.Org) (int, error) {
	// The feed's row first: it is the lock that puts changes in order. The numbers are taken once it is known how many.
	if _, err := tx.ExecContext(ctx, `
		UPDATE feeds
		SET    last_no = last_no
		WHERE  organisation_id = $1`, org); err != nil {
		return 0, err
	}
	ids, err := s.some(ctx, tx, org, excludeAtOnce)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	var last int64
	if err := tx.GetContext(ctx, &last, `
		UPDATE feeds
		SET    last_no = last_no + $2
		WHERE  organisation_id = $1
		RETURNING last_no`, org, len(ids)); errors.Is(err, sql.ErrNoRows) {
		return 0, nil // nobody has answered yet
	} else if err != nil {
		return 0, err
	}
	if _, err := tx.ExecContext(ctx, `
		UPDATE responses r
		SET    excluded_no = CASE WHEN $4 THEN $2 + u.place END, decision_id = $5,
		       verdict = CASE WHEN $4 AND r.verdict = '' THEN $6 WHEN NOT $4 AND r.verdict = $6 THEN '' ELSE r.verdict END,
		       revision = r.revision + 1, change_no = $2 + u.place
		FROM   unnest($3::uuid[]) WITH ORDINALITY AS u (id, place)
		WHERE  r.organisation_id = $1 AND r.id = u.id`, org, last-int64(len(ids)), pq.StringArray(ids), s.Exclude, s.Decision,
		string(quality.Person)); err != nil {
		return 0, fmt.Errorf("changing which responses count: %w", err)
	}
	return len(ids), nil
}
