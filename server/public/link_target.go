package public

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"runtime/debug"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/sync/singleflight"

	"yousaid/server/accounts"
	"yousaid/server/page"
	"yousaid/surveys/links"
	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
)

const (
	fresh           = time.Second     // what a code leads to is believed this long: whatever is closed or published is noticed soon after
	stale           = 5 * time.Minute // …and this long while the database is away, so that nobody loses what they wrote
	lookup          = 5 * time.Second // one reading may take
	mostTargets     = 10_000
	mostAbsentCodes = 1_000
)

// linkTarget is what a link code leads to. It never changes: when something behind the code changes, another target takes its place.
type linkTarget struct {
	org     accounts.Organisation
	code    string // as the table has it
	link    int64
	service question.Text
	open    bool // takes first pages
	shared  bool // many people answer by it from one network
	kiosk   bool // …on one screen
	signed  bool // only feedback about a job counts
	ended   bool // the link has, not the survey
	edition *edition
}

func (d *linkTarget) address() string { return "/f/" + d.code }

// linkTargetCache remembers what codes lead to, for a second. Codes that lead nowhere are remembered apart, so that guessing pushes no real
// code out.
type linkTargetCache struct {
	flight singleflight.Group
	mu     sync.RWMutex
	known  map[string]cachedTarget
	absent map[string]time.Time
}

// cachedTarget is a target and when it was last looked at; from is when the database last confirmed it.
type cachedTarget struct {
	*linkTarget
	at, from time.Time
}

// find gives the target of a request's code, in whatever case and with whatever spaces it was typed; a code that leads nowhere is a 404.
func (p *Pages) find(c echo.Context) (*linkTarget, error) {
	code, ok := links.Normalise(c.Param("code"))
	if !ok {
		return nil, p.notFound(c)
	}
	d, err := p.target(c.Request().Context(), code)
	if errors.Is(err, errUnknownCode) {
		return nil, p.notFound(c)
	}
	return d, err
}

// errUnknownCode is a code that leads nowhere.
var errUnknownCode = errors.New("the code leads nowhere")

// NotFound prepares an error page for a request that no handler has seen, in the reader's language.
func (p *Pages) NotFound(c echo.Context) { _ = p.notFound(c) }

// notFound prepares an error page in the reader's language, though no council is known.
func (p *Pages) notFound(c echo.Context) error {
	lang := p.language(c, p.Pages.Shipped(), "")
	page.Keep(c, page.Page{Lang: lang, Languages: here(c, p.Pages.Shipped(), lang)})
	return echo.ErrNotFound
}

func (p *Pages) target(ctx context.Context, code string) (*linkTarget, error) {
	ds := &p.targets
	now := p.Clock.now()
	ds.mu.RLock()
	known, ok := ds.known[code]
	absent, gone := ds.absent[code]
	ds.mu.RUnlock()
	switch {
	case ok && now.Sub(known.at) < fresh:
		return known.linkTarget, nil
	case gone && now.Sub(absent) < fresh:
		return nil, errUnknownCode
	}
	// One reading serves all who wait for it, so it does not end when the first of them goes away.
	reading := ds.flight.DoChan(code, func() (_ any, err error) {
		defer func() { // on this goroutine nobody else would catch it, and the program would end
			if r := recover(); r != nil {
				err = fmt.Errorf("panic while finding a link: %v\n%s", r, debug.Stack())
			}
		}()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), p.Clock.lookup())
		defer cancel()
		d, err := p.readTarget(ctx, code)
		return ds.keep(code, d, err, p.Clock.now())
	})
	select {
	case r := <-reading:
		d, _ := r.Val.(*linkTarget)
		return d, r.Err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// keep remembers what a reading gave, and gives what is to be believed.
func (ds *linkTargetCache) keep(code string, d *linkTarget, err error, now time.Time) (*linkTarget, error) {
	ds.mu.Lock()
	defer ds.mu.Unlock()
	if ds.known == nil {
		ds.known, ds.absent = map[string]cachedTarget{}, map[string]time.Time{}
	}
	before, had := ds.known[code]
	switch {
	case errors.Is(err, errUnknownCode):
		delete(ds.known, code)
		if len(ds.absent) >= mostAbsentCodes {
			clear(ds.absent)
		}
		ds.absent[code] = now
		return nil, err
	case err != nil && had && now.Sub(before.from) < stale:
		ds.known[code] = cachedTarget{before.linkTarget, now, before.from}
		return before.linkTarget, nil
	case err != nil:
		return nil, err
	case had && reflect.DeepEqual(before.linkTarget, d):
		d = before.linkTarget // the pages that are ready for it stay ready
	case !had && len(ds.known) >= mostTargets:
		for other := range ds.known { // any one
			delete(ds.known, other)
			break
		}
	}
	delete(ds.absent, code)
	ds.known[code] = cachedTarget{d, now, now}
	return d, nil
}

// forget has the next request look again.
func (ds *linkTargetCache) forget(code string) {
	ds.mu.Lock()
	defer ds.mu.Unlock()
	if known, ok := ds.known[code]; ok {
		ds.known[code] = cachedTarget{known.linkTarget, time.Time{}, known.from}
	}
}

// readTarget asks the database.
func (p *Pages) readTarget(ctx context.Context, code string) (*linkTarget, error) {
	found, err := p.Links.Find(ctx, code)
	if errors.Is(err, links.ErrUnknown) ||
		err == nil && found.Version == 0 { // no such link, or one to a questionnaire that nobody has seen yet
		return nil, errUnknownCode
	}
	if err != nil {
		return nil, err
	}
	org, err := organisation(found.Organisation)
	if err != nil {
		return nil, err
	}
	e, err := p.editions.find(ctx, p.Surveys, org, found.Version)
	if err != nil {
		return nil, err
	}
	service, err := p.services.name(ctx, p.Catalogue, org.ID, found.Link.Service, p.Clock.now())
	if err != nil {
		return nil, err
	}
	return &linkTarget{
		org:     org,
		code:    found.Link.Code,
		link:    found.Link.ID,
		service: service,
		open:    found.Takes(),
		ended:   found.Link.State != links.Open,
		edition: e,
		shared:  found.Link.ManyPeople(),
		kiosk:   found.Link.Channel == "kiosk",
		signed:  found.Link.NeedsJob,
	}, nil
}

// organisation reads what the pages need of a link's organisation.
func organisation(o links.Organisation) (accounts.Organisation, error) {
	org := accounts.Organisation{ID: o.ID, Slug: o.Slug, Names: o.Names, Languages: o.Languages}
	if err := json.Unmarshal(o.Brand, &org.Brand); err != nil {
		return org, fmt.Errorf("reading the brand of organisation %s: %w", o.Slug, err)
	}
	return org, nil
}

// services remembers what the services of a council are called.
type services struct {
	mu    sync.Mutex
	known map[tenant.Org]serviceNames
}

type serviceNames struct {
	names map[int64]question.Text
	at    time.Time
}

const renamed = 30 * time.Second // a new name shows after this long

func (s *services) name(ctx context.Context, from Catalogue, org tenant.Org, id int64, now time.Time) (question.Text, error) {
	if id == 0 {
		return nil, nil // about no one service
	}
	s.mu.Lock()
	r, ok := s.known[org]
	s.mu.Unlock()
	if name := r.names[id]; ok && name != nil && now.Sub(r.at) < renamed {
		return name, nil
	}
	list, err := from.Services(ctx, org)
	if err != nil {
		return nil, err
	}
	r = serviceNames{map[int64]question.Text{}, now}
	for _, one := range list {
		r.names[one.ID] = one.Names
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known == nil {
		s.known = map[tenant.Org]serviceNames{}
	}
	s.known[org] = r
	return r.names[id], nil
}
