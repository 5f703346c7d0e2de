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
	fresh      = time.Second     // what a code leads to is believed this long: whatever is closed or published is noticed soon after
	stale      = 5 * time.Minute // …and this long while the database is away, so that nobody loses what they wrote
	lookup     = 5 * time.Second // one reading may take
	mostDoors  = 10_000
	mostNoDoor = 1_000
)

// door is what a link code leads to. It never changes: when something behind the code changes, another door takes its place.
type door struct {
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

func (d *door) address() string { return "/f/" + d.code }

// doors remembers what codes lead to, for a second. Codes that lead nowhere are remembered apart, so that guessing pushes no real code out.
type doors struct {
	flight singleflight.Group
	mu     sync.RWMutex
	known  map[string]seen
	absent map[string]time.Time
}

// seen is a door and when it was last looked at; from is when the database last confirmed it.
type seen struct {
	*door
	at, from time.Time
}

// find gives the door of a request's code, in whatever case and with whatever spaces it was typed; a code that leads nowhere is a 404.
func (p *Pages) find(c echo.Context) (*door, error) {
	code, ok := links.Normalise(c.Param("code"))
	if !ok {
		return nil, p.nowhere(c)
	}
	d, err := p.behind(c.Request().Context(), code)
	if errors.Is(err, errNowhere) {
		return nil, p.nowhere(c)
	}
	return d, err
}

// errNowhere is a code that leads nowhere.
var errNowhere = errors.New("the code leads nowhere")

// Lost prepares an error page for a request that no handler has seen, in the reader's language.
func (p *Pages) Lost(c echo.Context) { _ = p.nowhere(c) }

// nowhere prepares an error page in the reader's language, though no council is known.
func (p *Pages) nowhere(c echo.Context) error {
	lang := p.language(c, spoken, "")
	page.Keep(c, page.Page{Lang: lang, Languages: here(c, spoken, lang)})
	return echo.ErrNotFound
}

func (p *Pages) behind(ctx context.Context, code string) (*door, error) {
	ds := &p.doors
	now := p.Clock.now()
	ds.mu.RLock()
	known, ok := ds.known[code]
	absent, gone := ds.absent[code]
	ds.mu.RUnlock()
	switch {
	case ok && now.Sub(known.at) < fresh:
		return known.door, nil
	case gone && now.Sub(absent) < fresh:
		return nil, errNowhere
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
		d, err := p.read(ctx, code)
		return ds.keep(code, d, err, p.Clock.now())
	})
	select {
	case r := <-reading:
		d, _ := r.Val.(*door)
		return d, r.Err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// keep remembers what a reading gave, and gives what is to be believed.
func (ds *doors) keep(code string, d *door, err error, now time.Time) (*door, error) {
	ds.mu.Lock()
	defer ds.mu.Unlock()
	if ds.known == nil {
		ds.known, ds.absent = map[string]seen{}, map[string]time.Time{}
	}
	before, had := ds.known[code]
	switch {
	case errors.Is(err, errNowhere):
		delete(ds.known, code)
		if len(ds.absent) >= mostNoDoor {
			clear(ds.absent)
		}
		ds.absent[code] = now
		return nil, err
	case err != nil && had && now.Sub(before.from) < stale:
		ds.known[code] = seen{before.door, now, before.from}
		return before.door, nil
	case err != nil:
		return nil, err
	case had && reflect.DeepEqual(before.door, d):
		d = before.door // the pages that are ready for it stay ready
	case !had && len(ds.known) >= mostDoors:
		for other := range ds.known { // any one
			delete(ds.known, other)
			break
		}
	}
	delete(ds.absent, code)
	ds.known[code] = seen{d, now, now}
	return d, nil
}

// forget has the next request look again.
func (ds *doors) forget(code string) {
	ds.mu.Lock()
	defer ds.mu.Unlock()
	if known, ok := ds.known[code]; ok {
		ds.known[code] = seen{known.door, time.Time{}, known.from}
	}
}

// read asks the database.
func (p *Pages) read(ctx context.Context, code string) (*door, error) {
	found, err := p.Links.Find(ctx, code)
	if errors.Is(err, links.ErrUnknown) || err == nil && found.Version == 0 { // no such link, or one to a questionnaire that nobody has seen yet
		return nil, errNowhere
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
	return &door{org: org, code: found.Link.Code, link: found.Link.ID, service: service, open: found.Takes(), ended: found.Link.State != links.Open, edition: e,
		shared: found.Link.ManyPeople(), kiosk: found.Link.Channel == "kiosk", signed: found.Link.NeedsJob}, nil
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
	known map[tenant.Org]register
}

type register struct {
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
	r = register{map[int64]question.Text{}, now}
	for _, one := range list {
		r.names[one.ID] = one.Names
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known == nil {
		s.known = map[tenant.Org]register{}
	}
	s.known[org] = r
	return r.names[id], nil
}
