package responses

import (
	"context"
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
		verdicts, err := l.try(batch)
		switch {
		case err == nil && verdicts == nil:
			l.c.trouble.Store(nil)
			if l.c.opts.Stored != nil {
				l.c.opts.Stored(len(batch), time.Since(batch[0].arrived))
			}
			for _, w := range batch {
				l.finish(w, nil)
			}
			return
		case err == nil:
			// Some can be told at once. Nothing was committed, so that those leave no gap in the order of changes; the rest goes again.
			rest := batch[:0]
			for i, w := range batch {
				if verdicts[i].told {
					l.finish(w, verdicts[i].err)
				} else {
					rest = append(rest, w)
				}
			}
			batch = rest
		case poison(err):
			if len(batch) == 1 {
				l.c.opts.Log.Error("an answer was refused by the database", "organisation", l.org, "error", err)
				l.finish(batch[0], fmt.Errorf("%w: %w", ErrRefused, err))
				return
			}
			l.keep(batch[:len(batch)/2])
			batch = batch[len(batch)/2:]
		case passing(err):
			l.c.trouble.Store(&trouble{err, time.Now()})
			// The outcome may be unknown (the connection died at COMMIT): the same identities are sent again, which changes nothing if they arrived.
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
				l.finish(w, fmt.Errorf("storing answers: %w", err))
			}
			return
		}
	}
}

// trouble is why the last batch could not be stored.
type trouble struct {
	err error
	at  time.Time
}

// Trouble is why answers cannot be stored: the error of the last batch that was tried, while no later one was stored, for half a minute. nil when all is well
// or nothing is known.
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
			l.finish(w, ErrAway)
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

// poison tells whether the database refused a value: one submission of the batch is at fault, not the batch.
func poison(err error) bool {
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

// passing tells whether trying again may help: the server restarts, hands over, is full, or two transactions met.
func passing(err error) bool {
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
