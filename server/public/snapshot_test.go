package public

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"yousaid/analytics/actions"
	"yousaid/analytics/calendar"
	"yousaid/server/accounts"
	"yousaid/server/page"
	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
)

// source stands in for the stores behind the public pages.
type source struct {
	stamp   atomic.Int64
	reads   atomic.Int64 // of everything
	looks   atomic.Int64 // at the stamp
	away    atomic.Bool
	slow    atomic.Int64 // milliseconds
	items   []actions.Item
	unknown atomic.Int64
}

var errAway = errors.New("the database is away")

func (s *source) Changed(ctx context.Context, _ tenant.Org) (string, error) {
	s.looks.Add(1)
	select {
	case <-time.After(time.Duration(s.slow.Load()) * time.Millisecond):
	case <-ctx.Done():
		return "", ctx.Err()
	}
	if s.away.Load() {
		return "", errAway
	}
	return fmt.Sprint(s.stamp.Load()), nil
}
func (s *source) Today(context.Context, tenant.Org) (string, error) { return "2026-05-01", nil }
func (s *source) Published(context.Context, tenant.Org) ([]actions.Item, error) {
	s.reads.Add(1)
	return s.items, nil
}
func (s *source) Item(context.Context, tenant.Org, int64) (actions.Item, error) {
	return actions.Item{}, actions.ErrMissing
}
func (s *source) ForResponse(context.Context, tenant.Org, uuid.UUID) ([]actions.Item, error) {
	return nil, nil
}

type noCalendar struct{}

func (noCalendar) Changed(context.Context, tenant.Org) (string, error) { return "", nil }
func (noCalendar) Publications(context.Context, tenant.Org) ([]calendar.Publication, error) {
	return nil, nil
}

func (s *source) BySlug(_ context.Context, slug string) (accounts.Organisation, error) {
	if s.away.Load() {
		return accounts.Organisation{}, errAway
	}
	if slug != "testham" {
		s.unknown.Add(1)
		return accounts.Organisation{}, accounts.ErrNoOrganisation
	}
	return accounts.Organisation{
		ID:        1,
		Slug:      slug,
		Names:     question.Text{"en": "Testham"},
		Languages: []string{"en", "cy"},
		TimeZone:  "Europe/London",
	}, nil
}
func (s *source) Successor(context.Context, string) (accounts.Organisation, error) {
	return accounts.Organisation{}, accounts.ErrNoOrganisation
}

func item(n int64) actions.Item {
	return actions.Item{
		Number:    n,
		YouSaid:   question.Text{"en": fmt.Sprintf("Said %d.", n), "cy": "x"},
		WeDid:     question.Text{"en": "Did.", "cy": "x"},
		Kind:      actions.Did,
		Published: "2026-04-01",
		Updated:   "2026-04-01",
	}
}

// reading is the public pages over a source, and how to ask for one.
func reading(s *source) (*Pages, func(path string) *httptest.ResponseRecorder) {
	pages, err := page.Load()
	if err != nil {
		panic(err)
	}
	p := New(Config{Pages: pages, Accounts: s, Actions: s, Calendar: noCalendar{}, BaseURL: "https://feedback.example.org"})
	e := echo.New()
	e.Renderer = p.Pages
	e.GET("/:organisation/you-said-we-did", p.YouSaid)
	e.GET("/:organisation/you-said-we-did/feed.atom", p.AtomFeed)
	return p, func(path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		e.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		return w
	}
}

const list = "/testham/you-said-we-did"

// Many who come at once cause one reading, and what was read is looked at again once a second at most.
func TestOneReadingServesAll(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &source{items: []actions.Item{item(1)}}
		s.slow.Store(50)
		p, get := reading(s)
		var wait sync.WaitGroup
		for range 200 {
			wait.Go(func() {
				if w := get(list); w.Code != 200 {
					t.Errorf("%d", w.Code)
				}
			})
		}
		wait.Wait()
		if s.reads.Load() != 1 || s.looks.Load() != 1 || len(p.responseCache.responses) != 1 {
			t.Errorf("%d readings, %d looks, %d pages", s.reads.Load(), s.looks.Load(), len(p.responseCache.responses))
		}
		time.Sleep(1100 * time.Millisecond)
		for range 50 {
			get(list)
		}
		if s.reads.Load() != 1 || s.looks.Load() != 2 {
			t.Errorf("%d readings, %d looks after a second", s.reads.Load(), s.looks.Load())
		}
		// Something changed: it is told within the second, and the old pages are let go.
		s.items = []actions.Item{item(2)}
		s.stamp.Add(1)
		time.Sleep(1001 * time.Millisecond)
		if body := get(list).Body.String(); !strings.Contains(body, "Said 2.") || strings.Contains(body, "Said 1.") {
			t.Error("the old page is still told")
		}
		if len(p.responseCache.responses) != 1 {
			t.Errorf("%d pages are kept", len(p.responseCache.responses))
		}
	})
}

// While the database is away the last pages stay, for hours; while it is slow nobody waits for it for long.
func TestTheLastPagesStay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &source{items: []actions.Item{item(1)}}
		_, get := reading(s)
		get(list)
		s.away.Store(true)
		time.Sleep(3 * time.Hour)
		if w := get(list); w.Code != 200 || !strings.Contains(w.Body.String(), "Said 1.") {
			t.Errorf("away: %d", w.Code)
		}
		s.away.Store(false)
		s.slow.Store(4000)
		time.Sleep(2 * time.Second)
		began := time.Now()
		if w := get(list); w.Code != 200 || time.Since(began) > patience {
			t.Errorf("slow: %d after %s", w.Code, time.Since(began))
		}
		if began = time.Now(); get(list).Code != 200 || time.Since(began) > 0 {
			t.Errorf("the next one waited %s as well", time.Since(began))
		}
		time.Sleep(10 * time.Second)
	})
}

// Whatever is asked for, memory stays bounded: searches, made-up services and councils are not kept.
func TestGuessingFillsNoMemory(t *testing.T) {
	t.Parallel()
	s := &source{}
	for n := range 100 {
		s.items = append(s.items, item(int64(n+1)))
	}
	p, get := reading(s)
	for i := range 60 {
		get(fmt.Sprintf("%s?q=word%d", list, i))
		get(fmt.Sprintf("%s?service=none%d", list, i))
		get(fmt.Sprintf("%s?before=2026-04-01.%d", list, i+1000))
		get(fmt.Sprintf("%s?x=%d", list, i))
		get(fmt.Sprintf("/nobody%d/you-said-we-did", i))
	}
	if n := len(p.responseCache.responses); n > 2 {
		t.Errorf("%d pages are kept", n)
	}
	for i := range 3000 {
		_, _ = p.keepSnapshot(fmt.Sprint("nobody", i), nil, true, accounts.ErrNoOrganisation)
		_, _ = p.keepSnapshot(fmt.Sprint("council", i), &snapshot{}, true, nil)
	}
	if len(p.snapshots.known) > mostCouncils || len(p.snapshots.absent) > mostAbsentCouncils {
		t.Errorf("%d councils and %d nobodies are kept", len(p.snapshots.known), len(p.snapshots.absent))
	}
	big := &response{plain: body{bytes: make([]byte, 1<<20)}}
	for i := range 100 {
		p.responseCache.keep(responseKey{nil, fmt.Sprint(i)}, big)
	}
	total := 0
	for _, one := range p.responseCache.responses {
		total += one.size()
	}
	if total > mostCached || total != p.responseCache.bytes {
		t.Errorf("%d bytes are kept, %d counted", total, p.responseCache.bytes)
	}
}
