package responses

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// verdict is what a try learned about one submission without storing it.
type verdict struct {
	told bool
	err  error
}

// try stores a whole batch in one transaction: all of it, or nothing. Verdicts without an error mean that nothing was stored because some
// submissions can be told at once what became of them.
func (l *line) try(batch []*waiting) ([]verdict, error) {
	marks := l.marksFor(batch)
	if l.ordinary(batch) {
		if err := l.atOnce(batch, marks); !unsettled(err) {
			l.marked(marks, err)
			return nil, err
		}
	}
	ctx, done := l.patience(batch)
	defer done()
	tx, err := l.c.db.Begin(ctx, l.org)
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	if err := l.settle(ctx, tx); err != nil {
		return nil, err
	}
	for _, w := range batch {
		w.again, w.ghost = false, false
	}
	t := &try{line: l, tx: tx, batch: batch, stored: make([]bool, len(batch))}
	for _, step := range []func(context.Context) error{t.start, t.amend} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	taken, err := t.jobs(ctx)
	if err != nil {
		return nil, err
	}
	if t.count < len(batch) || len(taken) > 0 {
		return t.judge(ctx, taken)
	}
	for _, step := range []func(context.Context) error{t.comments, t.equality} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	if len(marks) > 0 {
		ids, found := markArrays(marks)
		if _, err := tx.ExecContext(ctx, `
			SELECT set_verdicts($1, $2::uuid[], $3::text[])`, l.org, ids, found); err != nil {
			return nil, err
		}
	}
	err = tx.Commit()
	l.marked(marks, err)
	return nil, err
}

// ordinary tells whether a batch can be stored at once: no equality answers, which have a table of their own, and no blanks to take away.
func (l *line) ordinary(batch []*waiting) bool {
	if l.zone == nil || time.Since(l.zoneRead) > time.Minute {
		return false
	}
	for _, w := range batch {
		if w.asked() || w.First && (w.blanks() || !w.Job.None()) {
			return false
		}
	}
	return true
}

var errUnsettled = errors.New("this batch cannot go at once")

// unsettled is what store_batch says when some pages of the batch could not be stored: nothing was, and what became of each is still to be found out.
func unsettled(err error) bool {
	var e *pq.Error
	return errors.Is(err, errUnsettled) || errors.As(err, &e) && e.Code == "YS001"
}

// atOnce stores a batch in one round trip.
func (l *line) atOnce(batch []*waiting, marks []mark) error {
	ctx, done := l.patience(batch)
	defer done()
	all := make([]int, len(batch))
	for i := range all {
		all[i] = i
	}
	x := l.arrays(batch, all, true)
	goneIDs, gone := newArray(0, 0), newArray(0, 0)
	for _, w := range batch {
		for _, c := range w.Comments {
			if c.Text == "" {
				goneIDs.uuid(w.Response)
				gone.text(c.Question)
			}
		}
	}
	var b strings.Builder
	if l.relaxed {
		b.WriteString("SET LOCAL synchronous_commit = on; ")
	}
	b.WriteString("SELECT store_batch(")
	b.WriteString(strconv.FormatInt(int64(l.org), 10))
	for _, part := range []string{x.ids.String(), x.links.String(), x.versions.String(), x.languages.String(), x.hours.String(), x.answers.String(),
		x.states.String(), x.receipts.String(), x.places.String(), x.firsts.String(), x.today,
		x.said.ids.String(), x.said.codes.String(), x.said.texts.String(), x.said.ends.String(), goneIDs.String(), gone.String()} {
		b.WriteString(", ")
		b.WriteString(pq.QuoteLiteral(part))
	}
	b.WriteString(")")
	if len(marks) > 0 {
		ids, found := markArrays(marks)
		b.WriteString("; SELECT set_verdicts(" + strconv.FormatInt(int64(l.org), 10) + ", " + pq.QuoteLiteral(ids) + ", " + pq.QuoteLiteral(found) + ")")
	}
	if strings.IndexByte(b.String(), 0) >= 0 {
		// A message ends at a NUL: the server would break off and nobody would know which page is at fault. The long way finds it.
		return errUnsettled
	}
	return l.c.db.Run(ctx, l.org, b.String())
}

// settle reads, once a minute, what the organisation's day is and whether the server waits for its disk, and makes it wait if it does not:
// nobody is told "stored" before it is.
func (l *line) settle(ctx context.Context, tx *sqlx.Tx) error {
	if time.Since(l.zoneRead) > time.Minute {
		var zone string
		err := tx.QueryRowxContext(ctx, `
			SELECT time_zone, current_setting('synchronous_commit') = 'off'
			FROM   organisations
			WHERE  id = $1`, l.org).Scan(&zone, &l.relaxed)
		if err != nil {
			return fmt.Errorf("reading the time zone of organisation %d: %w", l.org, err)
		}
		if l.zone, err = time.LoadLocation(zone); err != nil {
			l.c.opts.Log.Warn("the organisation's time zone is not known here: UTC is used", "organisation", l.org, "zone", zone)
			l.zone = time.UTC
		}
		l.zoneRead = time.Now()
	}
	if l.relaxed {
		if _, err := tx.ExecContext(ctx, `SET LOCAL synchronous_commit = on`); err != nil {
			return err
		}
	}
	return nil
}

// try is one transaction at work. Submission i of the batch has the number base+i+1 in the organisation's one order of changes: its row in feeds stays
// locked until the commit, so that number order is commit order, across servers.
type try struct {
	*line
	tx      *sqlx.Tx
	batch   []*waiting
	base    *int64 // nil until start has taken the numbers
	stored  []bool
	count   int         // how many are stored
	amended bool        // pages were written in a second statement
	fresh   []*waiting  // whose equality answers are new
	known   []*waiting  // whose equality answers stand already…
	under   []uuid.UUID // …under these identities
}

// start writes the whole batch: it starts the responses of first pages whose link and survey are open, and adds later pages to what is started.
func (t *try) start(ctx context.Context) error {
	all := make([]int, len(t.batch))
	for i := range all {
		all[i] = i
	}
	return t.write(ctx, all, true)
}

// amend adds first pages that were not stored by start to responses that are started: pages sent again that take an answer back, and pages of
// those who rated before the link or survey was closed.
func (t *try) amend(ctx context.Context) error {
	var left []int
	for i, w := range t.batch {
		if w.First && !t.stored[i] {
			left = append(left, i)
		}
	}
	if len(left) == 0 {
		return nil
	}
	t.amended = true
	return t.write(ctx, left, false)
}

// write stores submissions in one statement, which is the function store_pages of the migrations. What a page asked is replaced; a blank takes the
// earlier answer away.
//
// It is an INSERT also for later pages, which always meet their row, and not an UPDATE … FROM unnest: the conflict finds the row by the
// primary key whatever the planner believes, while a join with a table that was never analysed (a new council's first busy minute) read the
// whole table for every row. A row that is really inserted (revision 1) although starting was not allowed had no first page: the batch is then rolled back.
func (t *try) write(ctx context.Context, which []int, starting bool) error {
	x := t.arrays(t.batch, which, starting)
	rows, err := t.tx.QueryContext(ctx, `
		SELECT stored_no, stored_base, stored_revision, stored_equality
		FROM   store_pages($1, $2, $3::uuid[], $4::bigint[], $5::bigint[], $6::text[], $7::timestamptz[], $8::jsonb[], $9::text[], $10::bytea[], $11::uuid[],
		                   $12::bigint[], $13::boolean[], $14::date, $15::uuid[], $16::text[], $17::text[], $18::date[])`,
		t.org, t.base, x.ids.String(), x.links.String(), x.versions.String(), x.languages.String(), x.hours.String(),
		x.answers.String(), x.states.String(), x.receipts.String(), x.equalities.String(), x.places.String(), x.firsts.String(), x.today,
		x.said.ids.String(), x.said.codes.String(), x.said.texts.String(), x.said.ends.String())
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var no *int64
		var base int64
		var revision *int
		var equality uuid.NullUUID
		if err := rows.Scan(&no, &base, &revision, &equality); err != nil {
			return err
		}
		t.base = &base
		if no == nil {
			continue // nothing was written
		}
		i := *no - base - 1
		w := t.batch[i]
		switch {
		case *revision == 1 && !(w.First && starting):
			w.ghost = true
			continue
		case *revision > 1 && w.First && starting && !w.Last && w.blanks():
			continue // amend takes the blanks away
		}
		t.stored[i] = true
		t.count++
		w.again = *revision > 2 || w.First && *revision > 1
		switch {
		case !w.asked():
		case equality.UUID == w.equality:
			t.fresh = append(t.fresh, w)
		default:
			t.known, t.under = append(t.known, w), append(t.under, equality.UUID)
		}
	}
	return rows.Err()
}

// judge finds out why some of the batch were not stored. The transaction is then rolled back.
func (t *try) judge(ctx context.Context, taken []int) ([]verdict, error) {
	ids := newArray(len(t.batch)-t.count, 37)
	for i, w := range t.batch {
		if !t.stored[i] && !w.ghost {
			ids.uuid(w.Response)
		}
	}
	var found []struct {
		ID    uuid.UUID `db:"id"`
		State string    `db:"state"`
	}
	err := t.tx.SelectContext(ctx, &found, `
		SELECT id, state
		FROM   responses
		WHERE  organisation_id = $1 AND id = ANY ($2::uuid[])`, t.org, ids.String())
	if err != nil {
		return nil, err
	}
	states := make(map[uuid.UUID]string, len(found))
	for _, r := range found {
		states[r.ID] = r.State
	}
	verdicts := make([]verdict, len(t.batch))
	for i, w := range t.batch {
		if t.stored[i] {
			continue
		}
		verdicts[i].told = true
		switch state := states[w.Response]; {
		case state == "finished" && w.Last: // the last page sent again, by a second click or because its first answer was lost on the way
		case state == "" && w.First:
			verdicts[i].err = ErrClosed
		case state == "":
			verdicts[i].err = ErrNotStarted
		default:
			verdicts[i].err = ErrSpent
		}
	}
	for _, i := range taken {
		verdicts[i] = verdict{true, ErrJobTaken}
	}
	return verdicts, nil
}

// comments keeps people's own words apart from the coded answers. They were written with their pages, unless some pages needed a second
// statement; what was emptied goes.
func (t *try) comments(ctx context.Context) error {
	if t.amended {
		all := newWords()
		for _, w := range t.batch {
			all.add(w)
		}
		if _, err := t.tx.ExecContext(ctx, `
			SELECT store_comments($1, $2::uuid[], $3::text[], $4::text[], $5::date[])`,
			t.org, all.ids.String(), all.codes.String(), all.texts.String(), all.ends.String()); err != nil {
			return err
		}
	}
	goneIDs, gone := newArray(0, 0), newArray(0, 0)
	for _, w := range t.batch {
		for _, c := range w.Comments {
			if c.Text == "" && w.again { // else nothing can stand yet
				gone.text(w.Response.String() + " " + c.Question)
				goneIDs.uuid(w.Response)
			}
		}
	}
	if len(goneIDs) > 1 {
		_, err := t.tx.ExecContext(ctx, `
			DELETE FROM comments
			WHERE  organisation_id = $1 AND response_id = ANY ($2::uuid[]) AND response_id::text || ' ' || question_code = ANY ($3::text[])`,
			t.org, goneIDs.String(), gone.String())
		return err
	}
	return nil
}

// equality stores the equality answers under their own random identities. The program may not read them, so ON CONFLICT DO UPDATE (which reads) is
// closed to it: what stands already is updated, what is new is added.
func (t *try) equality(ctx context.Context) error {
	if len(t.fresh) > 0 {
		n := len(t.fresh)
		ids, versions, answers := newArray(n, 37), newArray(n, 12), newArray(n, 64)
		for _, w := range t.fresh {
			ids.uuid(w.equality)
			versions.int(w.Version)
			answers.text(w.Equality)
		}
		_, err := t.tx.ExecContext(ctx, `
			INSERT INTO equality_answers (organisation_id, id, survey_id, version_id, answers)
			SELECT $1, u.id, v.survey_id, v.id, u.answers
			FROM   unnest($2::uuid[], $3::bigint[], $4::jsonb[]) AS u (id, version_id, answers)
			JOIN   versions v ON v.organisation_id = $1 AND v.id = u.version_id
			ORDER  BY u.id
			ON CONFLICT (organisation_id, id) DO NOTHING`,
			t.org, ids.String(), versions.String(), answers.String())
		if err != nil {
			return err
		}
	}
	if len(t.known) > 0 {
		ids, answers := newArray(len(t.known), 37), newArray(len(t.known), 64)
		for i, w := range t.known {
			ids.uuid(t.under[i])
			answers.text(w.Equality)
		}
		_, err := t.tx.ExecContext(ctx, `
			UPDATE equality_answers e
			SET    answers = u.answers
			FROM   unnest($2::uuid[], $3::jsonb[]) AS u (id, answers)
			WHERE  e.organisation_id = $1 AND e.id = u.id`,
			t.org, ids.String(), answers.String())
		return err
	}
	return nil
}
