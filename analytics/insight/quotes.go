package insight

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jmoiron/sqlx"

	"yousaid/surveys/tenant"
)

// Quote is a reviewed comment as it may be quoted in public: its words and their language, and nothing about who wrote them.
type Quote struct {
	Key      Key    `db:"ref"`
	Revision int    `db:"revision"` // of the comment: any later decision about it, or change of it, is another one
	Text     string `db:"shown"`
	Language string `db:"language"`
}

// Quotable gives a comment of the actor's reach that may be quoted: reviewed, as it was reviewed, of a response that
// counts. ErrNotReviewed, ErrNoComment.
func Quotable(ctx context.Context, tx *sqlx.Tx, by tenant.Actor, k Key) (Quote, error) {
	scope, err := servicesInReach(ctx, tx, by, nil)
	if err != nil {
		return Quote{}, err
	}
	var row struct {
		Quote
		State  ReviewState `db:"review_state"`
		Counts bool        `db:"counts"`
	}
	err = tx.GetContext(ctx, &row, `
		SELECT c.ref, c.revision, coalesce(c.redacted, c.text) AS shown, r.language, c.review_state,
		       response_counts(r.state, r.source, r.excluded_no) AS counts
		FROM   comments c
		JOIN   responses r ON r.organisation_id = $1 AND r.id = c.response_id
		WHERE  c.organisation_id = $1 AND c.ref = $2 AND r.state <> 'withdrawn'
		AND    ($3::bigint[] IS NULL OR r.service_id = ANY ($3))`, by.Org, k, nullIDs(scope))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return Quote{}, ErrNoComment
	case err != nil:
		return Quote{}, fmt.Errorf("reading a comment to quote: %w", err)
	case row.State == Withheld:
		return Quote{}, ErrNoComment
	case row.State != AsIs && row.State != Redacted:
		return Quote{}, ErrNotReviewed
	case !row.Counts:
		return Quote{}, ErrNotCounted
	}
	return row.Quote, nil
}

// Quotable is what the function of that name says, for those who have no transaction open.
func (r Reader) Quotable(ctx context.Context, by tenant.Actor, k Key) (Quote, error) {
	tx, err := r.DB.Begin(ctx, by.Org)
	if err != nil {
		return Quote{}, err
	}
	defer func() { _ = tx.Rollback() }()
	return Quotable(ctx, tx, by, k)
}

// Quoted reads what is quoted, whoever asks: false where the comment was decided about, changed, withdrawn, forgotten or
// left out of the figures since.
func Quoted(ctx context.Context, tx *sqlx.Tx, org tenant.Org, k Key, revision int) (Quote, bool, error) {
	var q Quote
	err := tx.GetContext(ctx, &q, `
		SELECT c.ref, c.revision, coalesce(c.redacted, c.text) AS shown, r.language
		FROM   comments c
		JOIN   responses r ON r.organisation_id = $1 AND r.id = c.response_id
		WHERE  c.organisation_id = $1 AND c.ref = $2 AND c.revision = $3 AND c.review_state IN ('read', 'redacted')
		AND    response_counts(r.state, r.source, r.excluded_no)`, org, k, revision)
	if errors.Is(err, sql.ErrNoRows) {
		return Quote{Key: k, Revision: revision}, false, nil
	}
	if err != nil {
		return q, false, fmt.Errorf("reading what is quoted: %w", err)
	}
	return q, true, nil
}
