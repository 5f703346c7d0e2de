package exporting

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"yousaid/surveys/tenant"
)

// part is how many rows are read at once.
const part = 2000

// response is a row as the file has it. Its answers and words belong to the reader: they change with the part after the next.
type response struct {
	id          string // to find its comments; it never leaves
	version     int64
	service     int64
	channel     string
	mode        string
	accessPoint int64
	about       string
	language    string
	hour        int64 // seconds since 1970
	state       string
	unusual     string // why it is left out of the figures, or ""
	answers     []byte // JSON
	words       []words
}

// words are the comment of a response on a question, as it is shown to staff.
type words struct{ question, text string }

// reader reads the responses of a survey in the order of their random identities, which tells nothing of the order of answering.
// Responses and comments are two cursors in that same order, merged here: the server reads and sorts each table once at the most,
// whatever it knows of the tables. A join, or a search for the next part from the last identity, depends on statistics that are
// missing right after an import, and without them takes a time that grows with the square of the rows.
type reader struct {
	tx       *sqlx.Tx
	comments bool
	buffers  [2]buffer // one is written to the file while the other is read
	turn     int
	texts    map[string]string // channels, languages and the like, once each
	waiting  []comment         // comments that were read and whose response has not come yet
	ended    bool              // there are no more comments
}

type comment struct{ response, question, text string }

// buffer holds a part: its rows, and what their answers stand in.
type buffer struct {
	rows  []response
	arena []byte
}

// mostTexts bounds how many short texts are kept: "about" may be another one in every row.
const mostTexts = 10_000

func openReader(ctx context.Context, tx *sqlx.Tx, org tenant.Org, e Export, from, to any) (*reader, error) {
	if _, err := tx.ExecContext(ctx, `
		DECLARE exported_responses NO SCROLL CURSOR FOR
		SELECT   id, version_id, COALESCE(service_id, 0), COALESCE(channel, ''), mode, COALESCE(access_point_id, 0), about, language,
		         EXTRACT(epoch FROM answered_hour)::bigint, state, CASE WHEN excluded_no IS NULL THEN '' ELSE verdict END, answers::text
		FROM     responses
		WHERE    organisation_id = $1 AND survey_id = $2 AND response_counts(state, source, NULL)
		AND      ($3::timestamptz IS NULL OR answered_hour >= $3) AND ($4::timestamptz IS NULL OR answered_hour < $4)
		ORDER BY id`, org, e.Survey, from, to); err != nil {
		return nil, fmt.Errorf("reading responses: %w", err)
	}
	r := &reader{tx: tx, comments: e.Comments, ended: !e.Comments, texts: map[string]string{}}
	if !e.Comments {
		return r, nil
	}
	if _, err := tx.ExecContext(ctx, `
		DECLARE exported_comments NO SCROLL CURSOR FOR
		SELECT   response_id, question_code, coalesce(redacted, text)
		FROM     comments
		WHERE    organisation_id = $1 AND review_state <> 'withheld'
		ORDER BY response_id`, org); err != nil {
		return nil, fmt.Errorf("reading comments: %w", err)
	}
	return r, nil
}

// each gives the parts one after another to use, and reads the next one meanwhile: the server and the file take about as long as
// each other. Nothing reads any more when it returns.
func (r *reader) each(ctx context.Context, use func([]response) error) error {
	ctx, stop := context.WithCancel(ctx)
	type read struct {
		rows []response
		err  error
	}
	parts := make(chan read)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			rows, err := r.next(ctx)
			select {
			case parts <- read{rows, err}:
			case <-ctx.Done():
				return
			}
			if err != nil || len(rows) == 0 {
				return
			}
		}
	}()
	defer func() {
		stop()
		<-ended
	}()
	for {
		part := <-parts
		if part.err != nil || len(part.rows) == 0 {
			return part.err
		}
		if err := use(part.rows); err != nil {
			return err
		}
	}
}

// next gives the next part, which holds until the call after the next; an empty one is the end.
func (r *reader) next(ctx context.Context) ([]response, error) {
	r.turn = 1 - r.turn
	b := &r.buffers[r.turn]
	b.rows, b.arena = b.rows[:0], b.arena[:0]
	rows, err := r.tx.QueryContext(ctx, fmt.Sprintf(`FETCH FORWARD %d FROM exported_responses`, part))
	if err != nil {
		return nil, fmt.Errorf("reading responses: %w", err)
	}
	defer rows.Close()
	var channel, mode, about, language, state, unusual, answers sql.RawBytes
	for rows.Next() {
		var row response
		if err := rows.Scan(&row.id, &row.version, &row.service, &channel, &mode, &row.accessPoint, &about, &language, &row.hour, &state,
			&unusual, &answers); err != nil {
			return nil, fmt.Errorf("reading responses: %w", err)
		}
		row.channel, row.mode, row.about, row.language, row.state, row.unusual = r.text(channel), r.text(mode), r.text(about),
			r.text(language), r.text(state), r.text(unusual)
		at := len(b.arena)
		b.arena = append(b.arena, answers...)
		row.answers = b.arena[at:len(b.arena):len(b.arena)]
		b.rows = append(b.rows, row)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("reading responses: %w", err)
	}
	for i := range b.rows {
		if err := r.find(ctx, &b.rows[i]); err != nil {
			return nil, fmt.Errorf("reading comments: %w", err)
		}
	}
	return b.rows, nil
}

// text gives a short text, the same string for the same bytes.
func (r *reader) text(b []byte) string {
	if s, ok := r.texts[string(b)]; ok {
		return s
	}
	s := string(b)
	if len(r.texts) < mostTexts {
		r.texts[s] = s
	}
	return s
}

// find takes the comments of a response from those that wait, and reads on where they may not be there yet. Identities are compared
// as text, which orders them as the server does.
func (r *reader) find(ctx context.Context, row *response) error {
	for {
		for len(r.waiting) > 0 && r.waiting[0].response <= row.id {
			if c := r.waiting[0]; c.response == row.id {
				row.words = append(row.words, words{c.question, c.text})
			}
			r.waiting = r.waiting[1:]
		}
		if len(r.waiting) > 0 || r.ended {
			return nil
		}
		if err := r.more(ctx); err != nil {
			return err
		}
	}
}

func (r *reader) more(ctx context.Context) error {
	rows, err := r.tx.QueryContext(ctx, fmt.Sprintf(`FETCH FORWARD %d FROM exported_comments`, part))
	if err != nil {
		return err
	}
	defer rows.Close()
	r.waiting = make([]comment, 0, part)
	var code sql.RawBytes
	for rows.Next() {
		var c comment
		if err := rows.Scan(&c.response, &code, &c.text); err != nil {
			return err
		}
		c.question = r.text(code)
		r.waiting = append(r.waiting, c)
	}
	r.ended = len(r.waiting) == 0
	return rows.Err()
}

// bounds gives the moments between which the days of an export lie, each nil where it is open.
func bounds(e Export, zone *time.Location) (from, to any) {
	if day, err := time.ParseInLocation(time.DateOnly, strings.TrimSpace(e.From), zone); err == nil {
		from = day
	}
	if day, err := time.ParseInLocation(time.DateOnly, strings.TrimSpace(e.To), zone); err == nil {
		to = day.AddDate(0, 0, 1)
	}
	return from, to
}
