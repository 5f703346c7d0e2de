package responses

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"yousaid/surveys/responses/quality"
	"yousaid/surveys/tenant"
)

// unusual is the state of a line for finding unusual answers. Only the committer touches it, but for what is usual, which is read
// beside it.
type unusual struct {
	judge   quality.Judge
	marks   []mark // not written yet
	usual   atomic.Pointer[map[int64]quality.Usual]
	read    time.Time // by the clock of Options
	reading atomic.Bool
}

// mark is a verdict to be written, with the submission that starts its response where that is not stored yet.
type mark struct {
	quality.Mark
	with *waiting
}

// marksAtOnce is how many verdicts one transaction writes: it holds the organisation's feed, so it must be short.
const marksAtOnce = 2000

// usualFor is how long what is usual is believed.
const usualFor = time.Hour

func (u *unusual) usualOf(link int64) quality.Usual {
	if all := u.usual.Load(); all != nil {
		return (*all)[link]
	}
	return quality.Usual{}
}

// judge looks at submissions once, in the order of their arrival, before they are stored.
func (l *line) judge(batch []*waiting) {
	u := &l.watch
	if now := l.c.opts.Now(); u.read.IsZero() || now.Sub(u.read) > usualFor {
		u.read = now
		l.refresh(now)
	}
	var started map[uuid.UUID]*waiting // made when there is a mark
	for _, w := range batch {
		marks := u.judge.See(w.sent())
		if len(marks) > 0 && started == nil {
			started = make(map[uuid.UUID]*waiting, len(batch))
			for _, w := range batch {
				started[w.Response] = w
			}
		}
		for _, m := range marks {
			u.marks = append(u.marks, mark{m, started[m.Response]})
		}
	}
}

func (w *waiting) sent() quality.Sent {
	s := quality.Sent{Response: w.Response, Link: w.Link, From: w.Origin, First: w.First, Signed: !w.Job.None(), At: w.at}
	if w.Shown > 0 {
		s.Shown = time.UnixMilli(w.Shown)
	}
	for _, c := range w.Comments {
		if c.Text != "" {
			s.Comments = append(s.Comments, c.Text)
		}
	}
	return s
}

// marksFor are the verdicts that can be written together with a batch: those about responses that stand or are in it.
func (l *line) marksFor(batch []*waiting) []mark {
	if len(l.watch.marks) == 0 {
		return nil
	}
	for _, w := range batch {
		w.trying = true
	}
	var now []mark
	for _, m := range l.watch.marks {
		if len(now) < marksAtOnce && (m.with == nil || m.with.trying) {
			now = append(now, m)
		}
	}
	for _, w := range batch {
		w.trying = false
	}
	return now
}

// marked forgets verdicts that are written: some of those that wait, in their order.
func (l *line) marked(written []mark, err error) {
	if err != nil || len(written) == 0 {
		return
	}
	left := l.watch.marks[:0]
	for _, m := range l.watch.marks {
		if len(written) > 0 && m == written[0] {
			written = written[1:]
			continue
		}
		left = append(left, m)
	}
	l.watch.marks = left
}

// remark writes what could not be written with its batch: there was too much of it, or the batch was taken apart. What the database
// does not take now is written with the next batch.
func (l *line) remark() {
	u := &l.watch
	for i := range u.marks {
		u.marks[i].with = nil
	}
	for len(u.marks) > 0 {
		some := u.marks[:min(len(u.marks), marksAtOnce)]
		if err := l.writeMarks(some); err != nil {
			l.c.opts.Log.Warn("verdicts wait for the database", "organisation", l.org, "waiting", len(u.marks), "error", err)
			return
		}
		u.marks = u.marks[len(some):]
	}
	u.marks = nil
}

func (l *line) writeMarks(marks []mark) error {
	ctx, done := context.WithTimeout(l.c.base, oneTry)
	defer done()
	tx, err := l.c.db.Begin(ctx, l.org)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.ExecContext(ctx, `
		SELECT set_verdicts($1, $2::jsonb)`, l.org, marksJSON(marks)); err != nil {
		return err
	}
	return tx.Commit()
}

// marksJSON are verdicts as set_verdicts of migrations/functions takes them.
func marksJSON(marks []mark) string {
	b := make([]byte, 0, 80*len(marks))
	b = append(b, '[')
	for i, m := range marks {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendUUID(append(b, `{"id":`...), m.Response)
		b = append(appendString(append(b, `,"verdict":`...), string(m.Verdict)), '}')
	}
	return string(append(b, ']'))
}

// refresh reads what is usual beside the line's work: answers do not wait for it.
func (l *line) refresh(now time.Time) {
	if !l.watch.reading.CompareAndSwap(false, true) {
		return
	}
	l.c.running.Go(func() {
		defer l.watch.reading.Store(false)
		ctx, done := context.WithTimeout(l.c.base, time.Minute)
		defer done()
		if err := l.readUsual(ctx, now); err != nil && l.c.base.Err() == nil {
			l.c.opts.Log.Warn("what links usually take could not be read", "organisation", l.org, "error", err)
		}
	})
}

// Learn reads what the links of an organisation usually take, which a running collector does by itself every hour.
func (c *Collector) Learn(ctx context.Context, org tenant.Org) error {
	l, err := c.line(org)
	if err != nil {
		return err
	}
	return l.readUsual(ctx, c.opts.Now())
}

// readUsual reads the busiest hour and day (UTC) of each link over four weeks, without the last 24 hours, which an attack may have filled.
func (l *line) readUsual(ctx context.Context, now time.Time) error {
	tx, err := l.c.db.Begin(ctx, l.org)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	var rows []struct {
		Link int64 `db:"link_id"`
		Hour int   `db:"hourly"`
		Day  int   `db:"daily"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT   d.link_id, max(d.hourly) AS hourly, max(d.daily) AS daily
		FROM     (SELECT   h.link_id, h.hour / 24 AS day, max(h.n) AS hourly, sum(h.n) AS daily
		          FROM     (SELECT   r.link_id, (extract(epoch FROM r.answered_hour) / 3600)::bigint AS hour, count(*) AS n
		                    FROM     responses r
		                    WHERE    r.organisation_id = $1 AND r.answered_hour >= $2 AND r.answered_hour < $3 AND r.link_id IS NOT NULL
		                    AND      response_counts(r.state, r.source, r.excluded_no)
		                    GROUP BY r.link_id, r.answered_hour) AS h
		          GROUP BY h.link_id, h.hour / 24) AS d
		GROUP BY d.link_id`, l.org, now.AddDate(0, 0, -28), now.Add(-24*time.Hour)); err != nil {
		return fmt.Errorf("reading what is usual: %w", err)
	}
	all := make(map[int64]quality.Usual, len(rows))
	for _, r := range rows {
		all[r.Link] = quality.Usual{Hour: r.Hour, Day: r.Day}
	}
	l.watch.usual.Store(&all)
	return nil
}
