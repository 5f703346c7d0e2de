package insight

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"yousaid/surveys/responses"
	"yousaid/surveys/tenant"
)

// What can be wrong with work on a comment.
var (
	ErrNoComment    = errors.New("there is no such comment")
	ErrStaleComment = errors.New("somebody else decided about this comment meanwhile")
	ErrNotReviewed  = errors.New("this comment has not been reviewed, so it cannot be quoted")
	ErrNotCounted   = errors.New("this comment is from answers that are left out of the figures, so it cannot be quoted")
)

// ReviewState says how far a comment is read.
type ReviewState string

// The states of review.
const (
	Unread   ReviewState = "unread"
	AsIs     ReviewState = "read"     // may be shown and quoted as it was written
	Redacted ReviewState = "redacted" // may be shown and quoted as redacted
	Withheld ReviewState = "withheld" // is shown to nobody but those who decide
)

// Mark is something to do about a comment.
type Mark string

// The marks.
const (
	WantsReply   Mark = "reply"
	ForRedaction Mark = "redaction"
	ForYouSaid   Mark = "you_said"
)

// Marks lists the marks in the order of pages.
var Marks = []Mark{WantsReply, ForRedaction, ForYouSaid}

// Key names a comment on pages and in the audit trail. It is not the id of the response: nothing on a page joins what
// somebody said to a row.
type Key struct{ uuid.UUID }

// Change is what an officer ticked and unticked: a difference, so that two officers' work adds up.
type Change struct {
	Key          Key
	Tag, Untag   []int64
	Mark, Unmark []Mark
}

// empty tells whether nothing was ticked or unticked.
func (c Change) empty() bool { return len(c.Tag)+len(c.Untag)+len(c.Mark)+len(c.Unmark) == 0 }

// Apply carries out changes to comments that the actor may read: all or none. ErrNoComment for one that is not theirs or is gone.
func (e Editor) Apply(ctx context.Context, by tenant.Actor, changes []Change) error {
	tx, err := e.DB.Begin(ctx, by.Org)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	scope, err := servicesInReach(ctx, tx, by, nil)
	if err != nil {
		return err
	}
	// Always in the same order: two officers who save the same comments wait for one another and never for each other.
	changes = slices.Clone(changes)
	slices.SortFunc(changes, func(a, b Change) int {
		return strings.Compare(a.Key.String(), b.Key.String())
	})
	for _, c := range changes {
		if c.empty() {
			continue
		}
		if err := e.applyChange(ctx, tx, by, scope, c); err != nil {
			return err
		}
	}
	return tx.Commit()
}

func (e Editor) applyChange(ctx context.Context, tx *sqlx.Tx, by tenant.Actor, scope []int64, c Change) error {
	has := func(list []Mark, m Mark) bool { return slices.Contains(list, m) }
	var row place
	err := tx.GetContext(
		ctx,
		&row,
		`
		UPDATE comments c
		SET    wants_reply = (c.wants_reply OR $4) AND NOT $5,
		       for_redaction = (c.for_redaction OR $6) AND NOT $7,
		       for_you_said = (c.for_you_said OR $8) AND NOT $9
		FROM   responses r
		WHERE  c.organisation_id = $1 AND c.ref = $2
		AND    r.organisation_id = $1 AND r.id = c.response_id AND r.state <> 'withdrawn' AND ($3::bigint[] IS NULL OR r.service_id = ANY ($3))
		RETURNING c.response_id, c.question_code`,
		by.Org,
		c.Key,
		nullIDs(scope),
		has(
			c.Mark,
			WantsReply,
		),
		has(c.Unmark, WantsReply),
		has(c.Mark, ForRedaction),
		has(c.Unmark, ForRedaction),
		has(c.Mark, ForYouSaid),
		has(c.Unmark, ForYouSaid),
	)
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNoComment
	}
	if err != nil {
		return fmt.Errorf("marking a comment: %w", err)
	}
	if len(c.Tag) > 0 {
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO comment_tags (organisation_id, response_id, question_code, theme_id)
			SELECT t.organisation_id, $2::uuid, $3, t.id
			FROM   themes t
			WHERE  t.organisation_id = $1 AND t.id = ANY ($4::bigint[])
			ON CONFLICT (organisation_id, response_id, question_code, theme_id) DO NOTHING`, by.Org, row.Response, row.Question,
			pq.Int64Array(c.Tag)); err != nil {
			return fmt.Errorf("tagging a comment: %w", err)
		}
	}
	if len(c.Untag) > 0 {
		if _, err := tx.ExecContext(ctx, `
			DELETE FROM comment_tags
			WHERE  organisation_id = $1 AND response_id = $2 AND question_code = $3 AND theme_id = ANY ($4::bigint[])`,
			by.Org, row.Response, row.Question, pq.Int64Array(c.Untag)); err != nil {
			return fmt.Errorf("untagging a comment: %w", err)
		}
	}
	return e.Ledger.Record(
		ctx,
		tx,
		by,
		"comment.worked_on",
		object(c.Key),
		nil,
		map[string]any{"tag": c.Tag, "untag": c.Untag, "mark": c.Mark, "unmark": c.Unmark},
	)
}

// object names a comment in the audit trail.
func object(k Key) string { return "comment/" + k.String() }

// place is where a comment stands: which question of which response.
type place struct {
	Response uuid.UUID `db:"response_id"`
	Question string    `db:"question_code"`
}

// Full is a comment with what stands behind it, for those who decide how it is shown.
type Full struct {
	Comment
	Original string `db:"original"` // as it was written
	Revision int    `db:"revision"`
}

// One finds a comment that the actor may read. ErrNoComment.
func (r Reader) One(ctx context.Context, by tenant.Actor, k Key, measure string) (Full, error) {
	tx, err := r.DB.Begin(ctx, by.Org)
	if err != nil {
		return Full{}, err
	}
	defer func() { _ = tx.Rollback() }()
	scope, err := servicesInReach(ctx, tx, by, nil)
	if err != nil {
		return Full{}, err
	}
	var f Full
	err = tx.GetContext(ctx, &f, `
		SELECT c.ref, c.response_id, r.change_no, c.question_code, coalesce(c.redacted, c.text) AS shown, c.redacted IS NOT NULL AS is_redacted,
		       s.slug AS survey,
		       coalesce(v.slug, '') AS service, coalesce(r.channel, '') AS channel, r.answered_hour, coalesce(r.answers->>$4::text, '') AS rating,
		       r.language,
		       c.review_state, c.wants_reply, c.for_redaction, c.for_you_said, c.text AS original, c.revision
		FROM   comments c
		JOIN   responses r ON r.organisation_id = $1 AND r.id = c.response_id
		JOIN   surveys s ON s.organisation_id = $1 AND s.id = r.survey_id
		LEFT   JOIN services v ON v.organisation_id = $1 AND v.id = r.service_id
		WHERE  c.organisation_id = $1 AND c.ref = $2 AND r.state <> 'withdrawn'
		AND    ($3::bigint[] IS NULL OR r.service_id = ANY ($3))`, by.Org, k, nullIDs(scope), measure)
	if errors.Is(err, sql.ErrNoRows) {
		return f, ErrNoComment
	}
	if err != nil {
		return f, fmt.Errorf("reading a comment: %w", err)
	}
	one := []Comment{f.Comment}
	err = tags(ctx, tx, by.Org, one)
	f.Comment = one[0]
	return f, err
}

// tags reads the themes of comments.
func tags(ctx context.Context, tx *sqlx.Tx, org tenant.Org, comments []Comment) error {
	ids, at := make([]string, len(comments)), map[place]int{}
	for i, c := range comments {
		ids[i], at[place{c.Response, c.Question}] = c.Response.String(), i
	}
	var rows []struct {
		place
		Theme int64 `db:"theme_id"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT   response_id, question_code, theme_id
		FROM     comment_tags
		WHERE    organisation_id = $1 AND response_id = ANY ($2::uuid[])
		ORDER BY theme_id`, org, pq.StringArray(ids)); err != nil {
		return fmt.Errorf("reading themes of comments: %w", err)
	}
	for _, r := range rows {
		if i, ok := at[r.place]; ok {
			comments[i].Themes = append(comments[i].Themes, r.Theme)
		}
	}
	return nil
}

// Review decides how a comment is shown: as it was written, redacted to the text, or withheld. The decision is about the
// comment as the officer read it: ErrStaleComment when somebody decided meanwhile, or its writer changed it.
func (e Editor) Review(ctx context.Context, by tenant.Actor, k Key, revision int, state ReviewState, text string) error {
	var shown any
	if state == Redacted {
		shown = text
	}
	tx, err := e.DB.Begin(ctx, by.Org)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	scope, err := servicesInReach(ctx, tx, by, nil)
	if err != nil {
		return err
	}
	if state == Redacted || state == Withheld {
		if err := responses.HoldFeed(ctx, tx, by.Org); err != nil {
			return err
		}
	}
	var response string
	err = tx.GetContext(ctx, &response, `
		UPDATE comments c
		SET    review_state = $4, redacted = $5, revision = c.revision + 1, for_redaction = false
		FROM   responses r
		WHERE  c.organisation_id = $1 AND c.ref = $2 AND c.revision = $3
		AND    r.organisation_id = $1 AND r.id = c.response_id AND r.state <> 'withdrawn' AND ($6::bigint[] IS NULL OR r.service_id = ANY ($6))
		RETURNING c.response_id::text`, by.Org, k, revision, state, shown, nullIDs(scope))
	if errors.Is(err, sql.ErrNoRows) {
		if _, missing := e.One(ctx, by, k, ""); missing != nil {
			return missing
		}
		return ErrStaleComment
	}
	if err != nil {
		return fmt.Errorf("reviewing a comment: %w", err)
	}
	if state == Redacted || state == Withheld {
		if err := responses.DiscardFiles(ctx, tx, by.Org, []string{response}, true); err != nil {
			return err
		}
	}
	// The trail tells that and how it was decided, not the words: a withdrawn comment must not live on there.
	if err := e.Ledger.Record(ctx, tx, by, "comment.reviewed", object(k), nil, map[string]any{"state": state}); err != nil {
		return err
	}
	return tx.Commit()
}

// ThemeCount is how many comments name a theme.
type ThemeCount struct {
	Theme    int64 `db:"theme_id"`
	Comments int   `db:"comments"`
}

// ThemeCounts counts the themes of the comments that the query finds, the most frequent first.
func (r Reader) ThemeCounts(ctx context.Context, by tenant.Actor, q Query) ([]ThemeCount, error) {
	tx, err := r.DB.Begin(ctx, by.Org)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	scope, err := servicesInReach(ctx, tx, by, q.Directorates)
	if err != nil {
		return nil, err
	}
	var list []ThemeCount
	err = tx.SelectContext(ctx, &list, `
		SELECT   t.theme_id, count(*) AS comments
		FROM     comment_tags t
		JOIN     responses r ON r.organisation_id = $1 AND r.id = t.response_id
		JOIN     comments c ON c.organisation_id = $1 AND c.response_id = t.response_id AND c.question_code = t.question_code
		JOIN     surveys s ON s.organisation_id = $1 AND s.id = r.survey_id
		LEFT     JOIN services v ON v.organisation_id = $1 AND v.id = r.service_id
		WHERE    t.organisation_id = $1 AND response_counts(r.state, r.source, r.excluded_no) AND c.review_state <> 'withheld'
		AND      ($2::bigint[] IS NULL OR r.service_id = ANY ($2))
		AND      ($3::text[] IS NULL OR s.slug = ANY ($3))
		AND      ($4::text[] IS NULL OR v.slug = ANY ($4))
		AND      ($5::text[] IS NULL OR r.channel = ANY ($5))
		AND      ($8::text[] IS NULL OR r.access_point_id IN (SELECT a.id FROM access_points a WHERE a.organisation_id = $1
		                                                      AND a.slug = ANY ($8)))
		AND      ($6::timestamptz IS NULL OR r.answered_hour >= $6)
		AND      ($7::timestamptz IS NULL OR r.answered_hour < $7)
		GROUP BY t.theme_id
		ORDER BY count(*) DESC, t.theme_id`, by.Org, nullIDs(scope), nullList(q.Surveys), nullList(q.Services), nullList(q.Channels),
		nullTime(q.From), nullTime(q.To), nullList(q.Points))
	if err != nil {
		return nil, fmt.Errorf("counting themes: %w", err)
	}
	return list, nil
}

// LookedAt tells whether anybody has done something about a response's comments: reviewed, tagged or marked one.
func (r Reader) LookedAt(ctx context.Context, org tenant.Org, response uuid.UUID) (bool, error) {
	tx, err := r.DB.Begin(ctx, org)
	if err != nil {
		return false, err
	}
	defer func() { _ = tx.Rollback() }()
	var looked bool
	err = tx.GetContext(ctx, &looked, `
		SELECT EXISTS (SELECT FROM comments c
		               WHERE  c.organisation_id = $1 AND c.response_id = $2
		               AND    (c.review_state <> 'unread' OR c.wants_reply OR c.for_redaction OR c.for_you_said
		                       OR EXISTS (SELECT FROM comment_tags t WHERE t.organisation_id = $1
		                                  AND t.response_id = c.response_id)))`, org, response)
	return looked, err
}
