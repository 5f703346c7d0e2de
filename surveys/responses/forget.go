package responses

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/lib/pq"

	"yousaid/surveys/tenant"
)

// forgetAtOnce is of how many responses one transaction takes the comments away: it holds the organisation's feed, so it must be short.
const forgetAtOnce = 500

// forgetListed is how many responses are looked up at once: finding those that are due reads all comments, so it is not done for
// each transaction.
const forgetListed = 100_000

// Forget takes away the comments whose last day is before today, and gives how many. The responses stay, with new numbers, so that whoever
// follows the changes drops the comments too. It may be stopped at any moment and run again, also by several instances at once.
func Forget(ctx context.Context, db tenant.DB, org tenant.Org, today time.Time) (forgotten int, err error) {
	for {
		due, err := dueResponses(ctx, db, org, today)
		if err != nil {
			return forgotten, fmt.Errorf("looking for comments to forget: %w", err)
		}
		for part := range slices.Chunk(due, forgetAtOnce) {
			n, err := forget(ctx, db, org, today, part)
			forgotten += n
			if err != nil {
				return forgotten, fmt.Errorf("forgetting comments: %w", err)
			}
		}
		if len(due) < forgetListed {
			return forgotten, nil
		}
	}
}

// dueResponses lists responses with a comment whose last day is before today.
func dueResponses(ctx context.Context, db tenant.DB, org tenant.Org, today time.Time) (due []string, err error) {
	tx, err := db.Begin(ctx, org)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	err = tx.SelectContext(ctx, &due, `
		SELECT   DISTINCT response_id
		FROM     comments
		WHERE    organisation_id = $1 AND delete_after < $2
		ORDER BY response_id
		LIMIT    $3`, org, today.Format(time.DateOnly), forgetListed)
	return due, err
}

// forget takes away the comments of some responses that are due, and still there.
func forget(ctx context.Context, db tenant.DB, org tenant.Org, today time.Time, among []string) (int, error) {
	tx, err := db.Begin(ctx, org)
	if err != nil {
		return 0, err
	}
	defer func() { _ = tx.Rollback() }()
	// The feed's row first: it is the lock that puts changes in order. The numbers are taken once it is known how many.
	if err := HoldFeed(ctx, tx, org); err != nil {
		return 0, err
	}
	var due []struct {
		Response string `db:"response_id"`
		Question string `db:"question_code"`
	}
	if err := tx.SelectContext(ctx, &due, `
		SELECT   response_id, question_code
		FROM     comments
		WHERE    organisation_id = $1 AND response_id = ANY ($3::uuid[]) AND delete_after < $2
		ORDER BY response_id, question_code`, org, today.Format(time.DateOnly), pq.StringArray(among)); err != nil || len(due) == 0 {
		return 0, err
	}
	var responses, questions, changed []string
	for _, d := range due {
		responses, questions = append(responses, d.Response), append(questions, d.Question)
		if n := len(changed); n == 0 || changed[n-1] != d.Response {
			changed = append(changed, d.Response)
		}
	}
	var last int64
	if err := tx.GetContext(ctx, &last, `
		UPDATE feeds
		SET    last_no = last_no + $2
		WHERE  organisation_id = $1
		RETURNING last_no`, org, len(changed)); err != nil {
		return 0, err
	}
	if _, err := tx.ExecContext(ctx, `
		UPDATE responses r
		SET    revision = r.revision + 1, change_no = $2 + u.place
		FROM   unnest($3::uuid[]) WITH ORDINALITY AS u (id, place)
		WHERE  r.organisation_id = $1 AND r.id = u.id`, org, last-int64(len(changed)), pq.StringArray(changed)); err != nil {
		return 0, err
	}
	if _, err := tx.ExecContext(ctx, `
		DELETE FROM comments c
		USING  unnest($2::uuid[], $3::text[]) AS u (response_id, question_code)
		WHERE  c.organisation_id = $1 AND c.response_id = u.response_id AND c.question_code = u.question_code`,
		org, pq.StringArray(responses), pq.StringArray(questions)); err != nil {
		return 0, err
	}
	if err := DiscardFiles(ctx, tx, org, changed, true); err != nil {
		return 0, err
	}
	return len(due), tx.Commit()
}
