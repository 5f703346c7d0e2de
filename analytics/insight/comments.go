// Package insight reads what people wrote: comments with the facts beside them, never with an equality answer.
package insight

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"yousaid/surveys/permission"
	"yousaid/surveys/tenant"
)

// ErrNotAllowed says that the actor's roles do not cover comments.
var ErrNotAllowed = errors.New("your role does not allow comments")

// ErrCursor says that a place in the list is not one that the list gave out.
var ErrCursor = errors.New("this place in the list is not known")

// Query asks for comments. Empty fields ask for all.
type Query struct {
	Surveys      []string  // slugs
	Services     []string  // slugs
	Directorates []string  // slugs; of the services as they are organised today
	Channels     []string  // codes
	Points       []string  // slugs of access points
	From, To     time.Time // hours of answering: from the first, up to and without the second
	Measure      string    // the rating question that Ratings and Comment.Rating are about
	Ratings      []string  // its option codes
	Theme        int64     // id: comments that have it
	Mark         Mark      // comments that have it
	State        ReviewState
	Quotable     bool   // comments that may be quoted in public
	Untagged     bool   // comments without a theme
	Words        string // all of these words stand in the comment, in any order, in capitals or not
	Older        Cursor // comments older than this one
	Newer        Cursor // or newer than this one
	Limit        int    // at most; 20 where it is 0
}

// Cursor is a place in the list: the hour of answering, the change number of the response and the question. The zero value
// is the beginning.
type Cursor struct {
	Hour     time.Time
	No       int64
	Question string
}

// String writes "480123-41-comment" (hours since 1970, change number, question), and nothing for the zero value.
func (c Cursor) String() string {
	if c == (Cursor{}) {
		return ""
	}
	return fmt.Sprintf("%d-%d-%s", c.Hour.Unix()/3600, c.No, c.Question)
}

// ParseCursor reads what String wrote.
func ParseCursor(s string) (Cursor, error) {
	if s == "" {
		return Cursor{}, nil
	}
	parts := strings.SplitN(s, "-", 3)
	if len(parts) != 3 || strings.ContainsRune(parts[2], 0) {
		return Cursor{}, ErrCursor
	}
	hour, err := strconv.ParseInt(parts[0], 10, 32)
	no, err2 := strconv.ParseInt(parts[1], 10, 64)
	if err != nil || err2 != nil || hour <= 0 || no <= 0 {
		return Cursor{}, ErrCursor
	}
	return Cursor{time.Unix(hour*3600, 0).UTC(), no, parts[2]}, nil
}

// Comment is what one person wrote in answer to one question, with the facts beside it.
type Comment struct {
	Key      Key       `db:"ref"`
	Response uuid.UUID `db:"response_id"`
	No       int64     `db:"change_no"`
	Question string    `db:"question_code"`
	Text     string    `db:"shown"` // as redacted, where somebody has
	Redacted bool      `db:"is_redacted"`
	Survey   string    `db:"survey"`  // slug
	Service  string    `db:"service"` // slug, or empty
	Channel  string    `db:"channel"` // code, or empty
	Hour     time.Time `db:"answered_hour"`
	Rating   string    `db:"rating"` // the option code of the measure, or empty
	Language string    `db:"language"`

	State      ReviewState `db:"review_state"`
	Reply      bool        `db:"wants_reply"`
	ToRedact   bool        `db:"for_redaction"`
	ForYouSaid bool        `db:"for_you_said"`
	Themes     []int64     `db:"-"` // ids
}

// Marked tells whether the comment has the mark.
func (c Comment) Marked(m Mark) bool {
	return m == WantsReply && c.Reply || m == ForRedaction && c.ToRedact || m == ForYouSaid && c.ForYouSaid
}

// Cursor is the comment's place in the list.
func (c Comment) Cursor() Cursor { return Cursor{c.Hour.UTC(), c.No, c.Question} }

// List is a part of the comments, newest first.
type List struct {
	Comments     []Comment
	Newer, Older Cursor // where to go on; zero where there is no more
}

// Reader reads comments.
type Reader struct{ DB tenant.DB }

// Comments lists the comments that the actor may read, newest first by the hour of answering and then by the order of
// changes. Somebody who works for some services reads theirs.
func (r Reader) Comments(ctx context.Context, by tenant.Actor, q Query) (List, error) {
	if q.Limit <= 0 {
		q.Limit = 20
	}
	tx, err := r.DB.Begin(ctx, by.Org)
	if err != nil {
		return List{}, err
	}
	defer func() { _ = tx.Rollback() }()
	scope, err := servicesInReach(ctx, tx, by, q.Directorates)
	if err != nil {
		return List{}, err
	}
	comments, err := read(ctx, tx, by.Org, scope, q)
	if err != nil {
		return List{}, fmt.Errorf("reading comments: %w", err)
	}
	l := pageOf(comments, q)
	return l, tags(ctx, tx, by.Org, l.Comments)
}

// pageOf cuts the one comment too many that was read to see whether there are more, and puts the newest first.
func pageOf(comments []Comment, q Query) List {
	more := len(comments) > q.Limit
	if more {
		comments = comments[:q.Limit]
	}
	forward := q.Newer != Cursor{}
	if forward {
		slices.Reverse(comments)
	}
	l := List{Comments: comments}
	if len(comments) == 0 {
		return l
	}
	if forward && more || !forward && q.Older != (Cursor{}) {
		l.Newer = comments[0].Cursor()
	}
	if !forward && more || forward {
		l.Older = comments[len(comments)-1].Cursor()
	}
	return l
}

// read finds one comment more than the limit. Words are looked for in the text as it is shown: a search must not find what was redacted.
func read(ctx context.Context, tx *sqlx.Tx, org tenant.Org, scope []int64, q Query) (comments []Comment, err error) {
	older := q.Older
	if older == (Cursor{}) {
		older.Hour = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	order := `ORDER  BY r.answered_hour DESC, r.change_no DESC, c.question_code DESC`
	if q.Newer != (Cursor{}) {
		order = `ORDER  BY r.answered_hour, r.change_no, c.question_code`
	}
	err = tx.SelectContext(
		ctx,
		&comments,
		`
		SELECT c.ref, c.response_id, r.change_no, c.question_code, coalesce(c.redacted, c.text) AS shown, c.redacted IS NOT NULL AS is_redacted,
		       s.slug AS survey,
		       coalesce(v.slug, '') AS service, coalesce(r.channel, '') AS channel, r.answered_hour, coalesce(r.answers->>$2::text, '') AS rating,
		       r.language,
		       c.review_state, c.wants_reply, c.for_redaction, c.for_you_said
		FROM   responses r
		JOIN   comments c ON c.organisation_id = r.organisation_id AND c.organisation_id = $1 AND c.response_id = r.id
		JOIN   surveys s ON s.organisation_id = r.organisation_id AND s.organisation_id = $1 AND s.id = r.survey_id
		LEFT   JOIN services v ON v.organisation_id = r.organisation_id AND v.organisation_id = $1 AND v.id = r.service_id
		WHERE  r.organisation_id = $1
		AND    response_counts(r.state, r.source, r.excluded_no) AND (c.review_state <> 'withheld' OR $18 = 'withheld')
		AND    ($18 = '' OR c.review_state = $18) AND (NOT $23 OR c.review_state IN ('read', 'redacted'))
		AND    ($19::bigint = 0 OR EXISTS (SELECT FROM comment_tags t
		                                   WHERE  t.organisation_id = $1 AND t.response_id = c.response_id AND t.question_code = c.question_code
		                                   AND    t.theme_id = $19))
		AND    (NOT $20 OR NOT EXISTS (SELECT FROM comment_tags t
		                               WHERE  t.organisation_id = $1 AND t.response_id = c.response_id AND t.question_code = c.question_code))
		AND    ($21 = '' OR $21 = 'reply' AND c.wants_reply OR $21 = 'redaction' AND c.for_redaction OR $21 = 'you_said' AND c.for_you_said)
		AND    ($3::bigint[] IS NULL OR r.service_id = ANY ($3))
		AND    ($4::text[] IS NULL OR s.slug = ANY ($4))
		AND    ($5::text[] IS NULL OR v.slug = ANY ($5))
		AND    ($6::text[] IS NULL OR r.channel = ANY ($6))
		AND    ($22::text[] IS NULL OR r.access_point_id IN (SELECT a.id FROM access_points a WHERE a.organisation_id = $1
		                                                     AND a.slug = ANY ($22)))
		AND    ($7::timestamptz IS NULL OR r.answered_hour >= $7)
		AND    ($8::timestamptz IS NULL OR r.answered_hour < $8)
		AND    ($9::text[] IS NULL OR r.answers->>$2::text = ANY ($9))
		AND    coalesce(c.redacted, c.text) ILIKE ALL ($10)
		AND    (r.answered_hour, r.change_no, c.question_code) < ($11, $12, $13)
		AND    (r.answered_hour, r.change_no, c.question_code) > ($14, $15, $16)
		`+order+`
		LIMIT  $17`,
		org,
		q.Measure,
		nullIDs(scope),
		nullList(q.Surveys),
		nullList(q.Services),
		nullList(q.Channels),
		nullTime(q.From),
		nullTime(q.To),
		nullList(q.Ratings),
		pq.StringArray(patterns(q.Words)),
		older.Hour,
		older.No,
		older.Question,
		q.Newer.Hour,
		q.Newer.No,
		q.Newer.Question,
		q.Limit+1,
		string(q.State),
		q.Theme,
		q.Untagged,
		string(q.Mark),
		nullList(q.Points),
		q.Quotable,
	)
	return comments, err
}

// servicesInReach lists the ids of the services whose comments may be read; nil means all, those about no service included.
func servicesInReach(ctx context.Context, tx *sqlx.Tx, by tenant.Actor, directorates []string) (ids []int64, err error) {
	if !permission.Holds(by, permission.SeeComments) {
		return nil, ErrNotAllowed
	}
	services, err := permission.Scope(by, permission.SeeComments).Of(ctx, tx, by.Org)
	if err != nil || len(directorates) == 0 {
		return services.IDs, err
	}
	var of []int64
	if err := tx.SelectContext(ctx, &of, `
		SELECT s.id
		FROM   services s
		JOIN   LATERAL (SELECT m.directorate_id
		                FROM   service_directorates m
		                WHERE  m.organisation_id = $1 AND m.service_id = s.id
		                ORDER  BY m.valid_from DESC
		                LIMIT  1) m ON true
		JOIN   directorates d ON d.organisation_id = s.organisation_id AND d.organisation_id = $1 AND d.id = m.directorate_id
		WHERE  s.organisation_id = $1 AND d.slug = ANY ($2)`, by.Org, pq.Array(directorates)); err != nil {
		return nil, fmt.Errorf("reading the services of directorates: %w", err)
	}
	ids = []int64{}
	for _, id := range of {
		if services.Covers(id) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// Services lists the ids of the services that the actor may read comments of and work on; nil means all, and what is about
// no service. ErrNotAllowed.
func Services(ctx context.Context, tx *sqlx.Tx, by tenant.Actor) ([]int64, error) {
	return servicesInReach(ctx, tx, by, nil)
}

// patterns makes one pattern of each word, its own % and _ meant as they stand.
func patterns(words string) []string {
	list := []string{"%"}
	for _, w := range strings.Fields(strings.ReplaceAll(strings.ToValidUTF8(words, " "), "\x00", " ")) {
		list = append(list, "%"+strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(w)+"%")
	}
	return list
}

func nullList(list []string) any {
	if len(list) == 0 {
		return nil
	}
	return pq.StringArray(list)
}

func nullIDs(list []int64) any {
	if list == nil {
		return nil
	}
	return pq.Int64Array(list)
}

func nullTime(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t
}

// New makes a reader on the database.
func New(db tenant.DB) Reader { return Reader{DB: db} }

// Services is what the function of that name says, for those who have no transaction open.
func (r Reader) Services(ctx context.Context, by tenant.Actor) ([]int64, error) {
	tx, err := r.DB.Begin(ctx, by.Org)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	return servicesInReach(ctx, tx, by, nil)
}
