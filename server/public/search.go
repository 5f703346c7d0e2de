package public

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"

	"yousaid/server/page"
	"yousaid/surveys/responses/quality"
)

// Answers that are made anew for one reader, such as a search, must not keep those waiting who send answers.
const (
	mostWaiting = 100         // so many wait for their turn; more are asked to come again
	turnShare   = 6           // what is made takes one part in so many of one processor's time
	longestRest = time.Second // between two turns
	mostHeld    = 1_000       // so many refused readers are held before they are answered
	heldFor     = time.Second
)

// errManySearches is a reader who must wait, because very many searches came from the same network, or from everywhere.
var errManySearches = errors.New("too many searches: wait a few seconds")

// turns makes one answer after another, with a rest after each that is longer than it took: however many ask, what they cost together is
// bounded, in time and in memory.
type turns struct {
	place   chan struct{} // of one
	waiting atomic.Int64
	free    time.Time // end of the rest; belongs to who has the place
}

func newTurns() *turns { return &turns{place: make(chan struct{}, 1)} }

// take makes an answer when its turn has come; errManySearches where too many wait already.
func (t *turns) take(ctx context.Context, make func() (*response, error)) (*response, error) {
	defer t.waiting.Add(-1)
	if t.waiting.Add(1) > mostWaiting {
		return nil, errManySearches
	}
	select {
	case t.place <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-t.place }()
	if err := rest(ctx, time.Until(t.free)); err != nil {
		return nil, err
	}
	began := time.Now()
	defer func() { t.free = time.Now().Add(min(longestRest, (turnShare-1)*time.Since(began))) }()
	return make()
}

// rest waits, or ends with the request.
func rest(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// network is the number of the network that a request comes from.
func (p *Pages) network(c echo.Context) quality.Network {
	address, err := netip.ParseAddr(c.RealIP())
	if err != nil {
		return 0
	}
	return p.networks.Of(address, p.Now())
}

// search answers what has to be made for this reader, within the limits of their network and in its turn. An answer with an address is kept
// under it, for others; "" keeps nothing.
func (p *Pages) search(c echo.Context, r reader, address string, make func() (*response, error)) error {
	if p.Limits != nil && p.Limits.Search(p.network(c), p.Now()) > 0 {
		return p.busy(c, r)
	}
	ctx := c.Request().Context()
	inTurn := func() (*response, error) { return p.turns.take(ctx, make) }
	var out *response
	var err error
	if address != "" { // others may wait for it, so it does not end when the first of them goes away
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), p.Clock.lookup())
		defer cancel()
		out, err = p.responseCache.at(r.snapshot, address, inTurn)
	} else if out, err = inTurn(); err == nil {
		out.once = true
	}
	if errors.Is(err, errManySearches) {
		return p.busy(c, r)
	}
	if err != nil {
		return err
	}
	return out.send(c)
}

// busy tells a reader to search again later. They are held for a moment first, so that a program that asks again at once costs little.
func (p *Pages) busy(c echo.Context, r reader) error {
	ctx := c.Request().Context()
	if p.held.Add(1) <= mostHeld {
		if err := rest(ctx, heldFor); err != nil {
			p.held.Add(-1)
			return err
		}
	}
	p.held.Add(-1)
	out, err := p.responseCache.at(r.snapshot, "busy "+r.lang, func() (*response, error) {
		f := p.frameOf(r, youSaidPath, nil)
		f.Listed = false
		detail := f.T(
			"error.searches|Very many searches came from your network. Wait a few seconds, then search again. The whole list can be read at any " +
				"time.",
		)
		return p.html(
			"public/error",
			page.NewError(f, http.StatusTooManyRequests, detail, ""),
			responseOptions{status: http.StatusTooManyRequests, cached: "no-store"},
		)
	})
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderRetryAfter, strconv.Itoa(int(quality.SearchEvery.Seconds())))
	return out.send(c)
}
