package public

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"
	"golang.org/x/sync/singleflight"

	"yousaid/analytics/actions"
	"yousaid/analytics/calendar"
	"yousaid/server/accounts"
	"yousaid/surveys/tenant"
)

// snapshot is what a council publishes, as it was read at one moment. It never changes: when something behind it does, another snapshot
// takes its place.
type snapshot struct {
	org       accounts.Organisation
	stamp     string
	today     string
	items     []actions.Item
	calendar  []calendar.Publication
	languages []string
	words     vocabulary
}

const (
	mostCouncils       = 2_000
	mostAbsentCouncils = 1_000
	patience           = 300 * time.Millisecond // a reader waits this long for a slow database, then reads the snapshot before
	reread             = 30 * time.Second       // names of services are read anew after this long
)

// Actions gives what a council has published of "you said, we did": analytics/actions.Store.
type Actions interface {
	Published(ctx context.Context, org tenant.Org) ([]actions.Item, error)
	Item(ctx context.Context, org tenant.Org, number int64) (actions.Item, error)
	Changed(ctx context.Context, org tenant.Org) (string, error)
	Today(ctx context.Context, org tenant.Org) (string, error)
	ForResponse(ctx context.Context, org tenant.Org, response uuid.UUID) ([]actions.Item, error)
}

// Calendar gives what a council publishes of its figures, with the frozen tables: analytics/calendar.Store. Figures that were not released
// have no way
// through it, and this package does not know the one that has them.
type Calendar interface {
	Publications(ctx context.Context, org tenant.Org) ([]calendar.Publication, error)
	Changed(ctx context.Context, org tenant.Org) (string, error)
}

// snapshotCache remembers what councils publish, for a second. Addresses of no council are remembered apart, so that guessing pushes no
// council out.
type snapshotCache struct {
	flight singleflight.Group
	mu     sync.RWMutex
	known  map[string]cachedSnapshot
	absent map[string]time.Time
}

type cachedSnapshot struct {
	*snapshot
	at, readAt time.Time // when its stamp was last looked at, and when all of it was read
}

// errMoved is a council that has been merged into another.
type errMoved struct{ to string }

func (e errMoved) Error() string { return "merged into " + e.to }

// snapshot gives what the council of an address publishes. What was changed is published after a second at the latest; while the database
// is away or slow, the last
// edition stays.
func (p *Pages) snapshot(ctx context.Context, slug string) (*snapshot, error) {
	ts := &p.snapshots
	now := p.Clock.now()
	ts.mu.RLock()
	known, ok := ts.known[slug]
	absent, gone := ts.absent[slug]
	ts.mu.RUnlock()
	switch {
	case ok && now.Sub(known.at) < fresh:
		return known.snapshot, nil
	case gone && now.Sub(absent) < fresh:
		return nil, accounts.ErrNoOrganisation
	}
	reading := ts.flight.DoChan(slug, func() (_ any, err error) {
		defer func() { // on this goroutine nobody else would catch it, and the program would end
			if r := recover(); r != nil {
				err = fmt.Errorf("panic while reading what %q publishes: %v\n%s", slug, r, debug.Stack())
			}
		}()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), p.Clock.lookup())
		defer cancel()
		whole := p.Clock.since(known.readAt) > reread
		t, err := p.readSnapshot(ctx, slug, known.snapshot, whole)
		return p.keepSnapshot(slug, t, whole, err)
	})
	var enough <-chan time.Time
	if ok {
		timer := time.NewTimer(p.Clock.patience())
		defer timer.Stop()
		enough = timer.C
	}
	select {
	case r := <-reading:
		t, _ := r.Val.(*snapshot)
		return t, r.Err
	case <-enough:
		ts.confirm(slug, known.snapshot, p.Clock.now()) // those who come now need not wait as well
		return known.snapshot, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// confirm says that an edition counts for another second.
func (ts *snapshotCache) confirm(slug string, t *snapshot, at time.Time) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	if now, ok := ts.known[slug]; ok && now.snapshot == t {
		ts.known[slug] = cachedSnapshot{t, at, now.readAt}
	}
}

// keepSnapshot remembers what a reading gave, and gives what is to be shown.
func (p *Pages) keepSnapshot(slug string, t *snapshot, whole bool, err error) (*snapshot, error) {
	ts := &p.snapshots
	ts.mu.Lock()
	if ts.known == nil {
		ts.known, ts.absent = map[string]cachedSnapshot{}, map[string]time.Time{}
	}
	before, had := ts.known[slug]
	now := p.Clock.now()
	var old *snapshot
	switch moved := (errMoved{}); {
	case errors.Is(err, accounts.ErrNoOrganisation) || errors.As(err, &moved):
		old = before.snapshot
		delete(ts.known, slug)
		if !errors.As(err, &moved) {
			if len(ts.absent) >= mostAbsentCouncils {
				clear(ts.absent)
			}
			ts.absent[slug] = now
		}
	case err != nil && had:
		ts.known[slug] = cachedSnapshot{before.snapshot, now, before.readAt}
		t, err = before.snapshot, nil
	case err == nil:
		if !had && len(ts.known) >= mostCouncils {
			for other, o := range ts.known { // any one
				delete(ts.known, other)
				old = o.snapshot
				break
			}
		}
		if had && before.snapshot != t {
			old = before.snapshot
		}
		delete(ts.absent, slug)
		read := before.readAt
		if whole || before.snapshot != t {
			read = now
		}
		ts.known[slug] = cachedSnapshot{t, now, read}
	}
	ts.mu.Unlock()
	p.responseCache.forget(old)
	if err != nil {
		return nil, err
	}
	return t, nil
}

// readSnapshot asks the database: the stamps first, and all the rest where something changed or it is asked for. Where nothing is different
// the snapshot before
// stays, with all its responses.
func (p *Pages) readSnapshot(ctx context.Context, slug string, before *snapshot, whole bool) (*snapshot, error) {
	org, err := p.Accounts.BySlug(ctx, slug)
	if errors.Is(err, accounts.ErrNoOrganisation) {
		if successor, err := p.Accounts.Successor(ctx, slug); err == nil {
			return nil, errMoved{successor.Slug}
		}
	}
	if err != nil {
		return nil, err
	}
	said, err := p.Actions.Changed(ctx, org.ID)
	if err != nil {
		return nil, err
	}
	published, err := p.Calendar.Changed(ctx, org.ID)
	if err != nil {
		return nil, err
	}
	t := &snapshot{org: org, stamp: said + " " + published}
	t.words = p.vocabulary(ctx, org)
	if !whole && before != nil && before.stamp == t.stamp && reflect.DeepEqual(before.org, org) && reflect.DeepEqual(before.words, t.words) {
		return before, nil
	}
	if t.today, err = p.Actions.Today(ctx, org.ID); err != nil {
		return nil, err
	}
	if t.items, err = p.Actions.Published(ctx, org.ID); err != nil {
		return nil, err
	}
	if t.calendar, err = p.Calendar.Publications(ctx, org.ID); err != nil {
		return nil, err
	}
	t.languages = p.reads(org, t.words, t.writtenLanguages())
	if reflect.DeepEqual(before, t) {
		return before, nil
	}
	return t, nil
}

// writtenLanguages tells in which languages an item is written.
func (t *snapshot) writtenLanguages() map[string]bool {
	written := map[string]bool{}
	for _, i := range t.items {
		for lang, text := range i.YouSaid {
			written[lang] = written[lang] || strings.TrimSpace(text) != ""
		}
	}
	return written
}

// reader is a request for a public page: the edition, the language, and what of the address matters.
type reader struct {
	*snapshot
	lang   string
	varies bool // the language was not asked for by name
	plain  bool // for a file
}

// reader finds what the address is about. A council that was merged into another leads to that one's page, or to the fallback where the
// page would be about
// something else there.
func (p *Pages) reader(c echo.Context) (reader, error) {
	t, err := p.snapshot(c.Request().Context(), c.Param("organisation"))
	if err != nil {
		_ = p.notFound(c)
		return reader{}, err
	}
	r := reader{snapshot: t}
	if c.Request().URL.RawQuery != "" {
		r.lang = among(t.languages, c.QueryParam(askedLanguage))
	}
	if r.lang == "" {
		r.lang, r.varies = p.wished(c, t.languages), len(t.languages) > 1
	}
	return r, nil
}

// moved answers for a council that was merged: the same page of the one that took it over.
func moved(c echo.Context, err error, path string) error {
	to := errMoved{}
	if !errors.As(err, &to) {
		return err
	}
	return c.Redirect(308, "/"+to.to+path)
}
