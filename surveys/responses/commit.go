package responses

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/lib/pq"
)

const (
	firstPause = 20 * time.Millisecond // before the second try; doubled up to lastPause
	lastPause  = 500 * time.Millisecond
	oneTry     = 2 * time.Second // a try has at least this long, however late it is
)

// try stores a batch in one transaction and one round trip, by the function store_pages: what can be stored, and gives by their
// place in the batch those pages that were not, with the reason. An error means that nothing was stored, or that nobody knows.
func (l *line) try(batch []*waiting) (refused map[int]outcome, err error) {
	ctx, done := l.patience(batch)
	defer done()
	marks := l.marksFor(batch)
	verdicts := "NULL"
	if len(marks) > 0 {
		verdicts = pq.QuoteLiteral(marksJSON(marks))
	}
	answer, err := l.c.db.Run(ctx, l.org, fmt.Sprintf("SELECT store_pages(%d, %s, %s, %s)", l.org,
		pq.QuoteLiteral(l.c.opts.Now().Format(time.RFC3339)), pq.QuoteLiteral(string(batchJSON(batch, l.c.keys))), verdicts))
	l.marked(marks, err)
	if err != nil || answer == "" {
		return nil, err
	}
	var words map[int]string
	if err := json.Unmarshal([]byte(answer), &words); err != nil {
		return nil, fmt.Errorf("reading what became of a batch: %w", err)
	}
	refused = make(map[int]outcome, len(words))
	for place, word := range words {
		refused[place-1] = outcomeOf(word)
	}
	return refused, nil
}

// outcomeOf reads one of the outcomes of store_pages.
func outcomeOf(word string) outcome {
	switch word {
	case "closed":
		return outcome{err: ErrClosed}
	case "not_started":
		return outcome{err: ErrNotStarted}
	case "job_taken":
		return outcome{err: ErrJobTaken}
	case "spent":
		return outcome{err: ErrSpent}
	case "repeated":
		return outcome{repeated: true}
	}
	return outcome{err: fmt.Errorf("the database has an outcome that is not known here: %q", word)}
}

// store brings a batch to its end: every submission in it has been answered when it returns.
func (l *line) store(batch []*waiting) {
	l.judge(batch)
	l.keep(batch)
	l.remark()
}

// keep is store without judging.
func (l *line) keep(batch []*waiting) {
	pause := firstPause
	for len(batch) > 0 {
		refused, err := l.try(batch)
		switch {
		case err == nil:
			l.c.trouble.Store(nil)
			l.answer(batch, refused)
			return
		case isDataError(err):
			if len(batch) == 1 {
				l.c.opts.Log.Error("an answer was refused by the database", "organisation", l.org, "error", err)
				l.finish(batch[0], outcome{err: fmt.Errorf("%w: %w", ErrRefused, err)})
				return
			}
			l.keep(batch[:len(batch)/2])
			batch = batch[len(batch)/2:]
		case isTransient(err):
			l.c.trouble.Store(&trouble{err, time.Now()})
			// The outcome may be unknown (the connection died at COMMIT): the same identities are sent again, which changes nothing if they arrived.
			for _, w := range batch {
				w.unknown = true
			}
			if pause == firstPause {
				l.c.opts.Log.Warn("answers wait for the database", "organisation", l.org, "waiting", len(batch), "error", err)
			}
			select {
			case <-l.c.base.Done():
			case <-time.After(pause/2 + rand.N(pause)):
			}
			pause = min(2*pause, lastPause)
			batch = l.expire(batch)
		default:
			l.c.opts.Log.Error("answers could not be stored", "organisation", l.org, "waiting", len(batch), "error", err)
			for _, w := range batch {
				l.finish(w, outcome{err: fmt.Errorf("storing answers: %w", err)})
			}
			return
		}
	}
}

// answer tells the senders of a batch what became of it: it is stored, but for what was refused.
func (l *line) answer(batch []*waiting, refused map[int]outcome) {
	if l.c.opts.Stored != nil && len(refused) < len(batch) {
		l.c.opts.Stored(len(batch)-len(refused), time.Since(batch[0].arrived))
	}
	for i, w := range batch {
		o := refused[i]
		if o.repeated && w.unknown { // it was this submission that had arrived
			o.repeated = false
		}
		l.finish(w, o)
	}
}

// trouble is why the last batch could not be stored.
type trouble struct {
	err error
	at  time.Time
}

// Trouble is why answers cannot be stored: the error of the last batch that was tried, while no later one was stored, for half a
// minute. nil when all is well or nothing is known.
func (c *Collector) Trouble() error {
	if t := c.trouble.Load(); t != nil && time.Since(t.at) < 30*time.Second {
		return t.err
	}
	return nil
}

// Waiting is how many submissions wait to be stored or are being stored, and for how long the oldest in a queue has.
func (c *Collector) Waiting() (n int, oldest time.Duration) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	for _, l := range c.lines {
		l.mu.Lock()
		n += l.count
		if len(l.queue) > 0 {
			oldest = max(oldest, time.Since(l.queue[0].arrived))
		}
		l.mu.Unlock()
	}
	return n, oldest
}

// expire tells those who waited long enough that the database is away, and gives the others.
func (l *line) expire(batch []*waiting) []*waiting {
	left := batch[:0]
	for _, w := range batch {
		if l.c.base.Err() != nil || time.Since(w.arrived) >= l.c.opts.Wait {
			l.finish(w, outcome{err: ErrAway})
		} else {
			left = append(left, w)
		}
	}
	return left
}

// patience bounds one try: until the oldest has waited long enough, so that a database that hangs does not hold everybody for ever.
func (l *line) patience(batch []*waiting) (context.Context, context.CancelFunc) {
	return context.WithTimeout(l.c.base, max(oneTry, l.c.opts.Wait-time.Since(batch[0].arrived)))
}

// isDataError tells whether the database refused a value: one submission of the batch is at fault, not the batch.
func isDataError(err error) bool {
	var e *pq.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code.Class() {
	case "22", "23", "54": // data exception, integrity violation, program limit
		return true
	}
	return false
}

// isTransient tells whether trying again may help: the server restarts, hands over, is full, or two transactions met.
func isTransient(err error) bool {
	var e *pq.Error
	if !errors.As(err, &e) {
		return true // no answer from the server: connection refused, reset, ended, timed out
	}
	switch e.Code.Class() {
	case "08", "40", "53", "57", "58": // connection, rolled back, no resources, operator, system
		return true
	}
	return e.Code == "25006" || e.Code == "55P03" // a standby for now; a lock that was not free
}
