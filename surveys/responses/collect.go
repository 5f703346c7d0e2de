package responses

import (
	"context"
	"log/slog"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"yousaid/surveys/tenant"
)

// Options bounds a Collector. The zero value is what a council's site needs.
type Options struct {
	Wait   time.Duration    // how long a submission waits for a database that is away, from its arrival; 15 s
	Queue  int              // submissions that may wait per organisation; 4096
	Memory int64            // bytes that all waiting submissions may hold; 64 MB
	Batch  int              // most submissions in one transaction; 512
	Now    func() time.Time // the clock of answered_hour and of links that expire; time.Now
	Log    *slog.Logger     // where outages are logged; slog.Default()

	Stored func(pages int, waited time.Duration) // called after each transaction with how long its oldest page had waited; may be nil
}

// Collector stores what is sent, durably, many submissions in one transaction (group commit). Each organisation has a line of its own with
// one committer that takes whatever has arrived and never waits for more: while one transaction is on its way to the disk, the next fills.
type Collector struct {
	db   tenant.DB
	keys *Signer
	opts Options

	base    context.Context // ends when Close gives up
	abandon context.CancelFunc
	held    atomic.Int64 // bytes of waiting submissions
	trouble atomic.Pointer[trouble]

	mu      sync.RWMutex
	lines   map[tenant.Org]*line
	stopped bool
	running sync.WaitGroup
}

// NewCollector makes a collector; it starts nothing until the first submission. Close must be called.
func NewCollector(db tenant.DB, keys *Signer, opts Options) *Collector {
	if opts.Wait <= 0 {
		opts.Wait = 15 * time.Second
	}
	if opts.Queue <= 0 {
		opts.Queue = 4096
	}
	if opts.Memory <= 0 {
		opts.Memory = 64 << 20
	}
	if opts.Batch <= 0 {
		opts.Batch = 512
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Log == nil {
		opts.Log = slog.Default()
	}
	c := &Collector{db: db, keys: keys, opts: opts, lines: map[tenant.Org]*line{}}
	c.base, c.abandon = context.WithCancel(context.Background())
	return c
}

// maxBatchBytes bounds what one transaction carries beside the number of its submissions.
const maxBatchBytes = 4 << 20

// waiting is one submission in a line.
type waiting struct {
	Submission
	equality uuid.UUID // the random identity its equality answers get if the response has none; the same at every try
	hour     time.Time
	at       time.Time // by the clock of Options: for judging it, never stored
	arrived  time.Time
	size     int64

	done       chan outcome   // takes one without blocking: nobody may be listening any more
	duplicates []chan outcome // identical submissions that arrived beside it: one write answers all (a double click)
	trying     bool           // it is in the batch that is tried now
	unknown    bool           // a try ended without an answer of the database: it may be stored already
}

// outcome is what became of a submission: it is stored where there is no error.
type outcome struct {
	repeated bool // it is the last page of a form once more, and was stored before
	err      error
}

// line is the queue of one organisation.
type line struct {
	c   *Collector
	org tenant.Org

	mu      sync.Mutex
	queue   []*waiting
	count   int           // in the queue and in the committer's hands
	wake    chan struct{} // holds one token when there is something to look at
	closing bool

	watch unusual // only the committer touches it
}

// Submit stores one page and returns when it is committed: no error means stored for good. repeated says that it is the last page
// of a form sent once more, by a second click, and was stored as it is before (equality answers cannot be compared: nobody may read
// them). The errors are those of responses.go, or ctx's when the caller went away first (the page may still be stored).
func (c *Collector) Submit(ctx context.Context, s Submission) (repeated bool, err error) {
	l, err := c.line(s.Organisation)
	if err != nil {
		return false, err
	}
	now := c.opts.Now()
	w := &waiting{
		Submission: s,
		hour:       now.UTC().Truncate(time.Hour),
		at:         now,
		arrived:    time.Now(),
		size:       s.size(),
		done:       make(chan outcome, 1),
	}
	if s.asked() {
		w.equality = uuid.New()
	}
	if err := l.push(w); err != nil {
		return false, err
	}
	select {
	case o := <-w.done:
		return o.repeated, o.err
	case <-ctx.Done():
		return false, ctx.Err()
	}
}

// line finds or opens the line of an organisation. It lives until Close.
func (c *Collector) line(org tenant.Org) (*line, error) {
	c.mu.RLock()
	l, stopped := c.lines[org], c.stopped
	c.mu.RUnlock()
	if stopped {
		return nil, ErrStopped
	}
	if l != nil {
		return l, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stopped {
		return nil, ErrStopped
	}
	if l = c.lines[org]; l == nil {
		l = &line{c: c, org: org, wake: make(chan struct{}, 1)}
		l.watch.judge.Usual = l.watch.usualOf
		c.lines[org] = l
		c.running.Go(l.run)
	}
	return l, nil
}

func (l *line) push(w *waiting) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.closing:
		return ErrStopped
	case l.count >= l.c.opts.Queue || l.c.held.Load()+w.size > l.c.opts.Memory:
		return ErrBusy
	}
	l.c.held.Add(w.size)
	l.count++
	l.queue = append(l.queue, w)
	if len(l.queue) == 1 {
		select {
		case l.wake <- struct{}{}:
		default:
		}
	}
	return nil
}

// run is the committer.
func (l *line) run() {
	var batch []*waiting
	for {
		batch = l.take(batch[:0])
		if batch == nil {
			return
		}
		l.store(batch)
		// Those who were just answered go first: their next pages, and those of others that have come in meanwhile, then share one transaction.
		runtime.Gosched()
	}
}

// take gives what has arrived, at most one batch, in the order of arrival; it waits only while there is nothing. A second page of a
// response that is already in the batch stays for the next one, so that each sees the one before it, and so does a second response
// about the same job; nil means the line has ended.
func (l *line) take(batch []*waiting) []*waiting {
	for {
		l.mu.Lock()
		if len(l.queue) > 0 {
			break
		}
		closing := l.closing
		l.mu.Unlock()
		if closing {
			return nil
		}
		<-l.wake
	}
	defer l.mu.Unlock()
	inBatch := make(map[uuid.UUID]*waiting, min(len(l.queue), l.c.opts.Batch))
	jobs := map[Job]bool{}
	left := l.queue[:0]
	bytes := int64(0)
	for _, w := range l.queue {
		first, again := inBatch[w.Response]
		switch {
		case again && first != nil && first.same(&w.Submission):
			first.duplicates = append(first.duplicates, w.done)
			l.release(w)
		case again:
			inBatch[w.Response] = nil // nothing later of this response may join the first and so overtake this one
			left = append(left, w)
		case len(batch) >= l.c.opts.Batch, bytes > maxBatchBytes, w.First && jobs[w.Job]:
			left = append(left, w)
			inBatch[w.Response] = nil
		default:
			inBatch[w.Response] = w
			bytes += w.size
			batch = append(batch, w)
			if w.First && !w.Job.None() {
				jobs[w.Job] = true
			}
		}
	}
	clear(l.queue[len(left):])
	l.queue = left
	return batch
}

// finish tells the sender, and those of duplicates, what became of a submission.
func (l *line) finish(w *waiting, o outcome) {
	w.done <- o
	for _, d := range w.duplicates {
		d <- o
	}
	l.mu.Lock()
	l.release(w)
	l.mu.Unlock()
}

func (l *line) release(w *waiting) {
	l.count--
	l.c.held.Add(-w.size)
}

// Close takes no more, stores what waits, and returns when all is done. When ctx ends first, what is left gets ErrAway.
func (c *Collector) Close(ctx context.Context) error {
	c.mu.Lock()
	c.stopped = true
	lines := make([]*line, 0, len(c.lines))
	for _, l := range c.lines {
		lines = append(lines, l)
	}
	c.mu.Unlock()
	for _, l := range lines {
		l.mu.Lock()
		l.closing = true
		l.mu.Unlock()
		select {
		case l.wake <- struct{}{}:
		default:
		}
	}
	done := make(chan struct{})
	go func() {
		c.running.Wait()
		close(done)
	}()
	defer c.abandon()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		c.abandon()
		<-done
		return ctx.Err()
	}
}
