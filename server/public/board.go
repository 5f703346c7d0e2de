package public

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"
	"golang.org/x/sync/singleflight"

	"yousaid/analytics/actions"
	"yousaid/analytics/releases"
	"yousaid/server/accounts"
	"yousaid/surveys/tenant"
)

// Said gives what a council has published of "you said, we did": analytics/actions.Store.
type Said interface {
	Published(ctx context.Context, org tenant.Org) ([]actions.Item, error)
	Item(ctx context.Context, org tenant.Org, number int64) (actions.Item, error)
	Changed(ctx context.Context, org tenant.Org) (string, error)
	Today(ctx context.Context, org tenant.Org) (string, error)
	ForResponse(ctx context.Context, org tenant.Org, response uuid.UUID) ([]actions.Item, error)
}

// Calendar gives what a council publishes of its figures, and the frozen tables: analytics/releases.Store. Nothing else that has figures can be given here.
type Calendar interface {
	Publications(ctx context.Context, org tenant.Org) ([]releases.Publication, error)
	Release(ctx context.Context, org tenant.Org, id int64) (releases.Release, error)
	Changed(ctx context.Context, org tenant.Org) (int64, error)
}

// board is what a council tells the public, as it stood at a stamp, with the pages that are made of it. All but its pages never changes: when something behind it does,
// another board takes its place.
type board struct {
	org    accounts.Organisation
	stamp  string
	today  string
	items  []actions.Item
	tables []table

	mu    sync.Mutex
	pages map[string]*kept
	bytes int
}

// table is a publication with the release that it shows.
type table struct {
	releases.Publication
	Release releases.Release
}

// kept is a page as it goes out.
type kept struct {
	header  http.Header
	plain   []byte
	zipped  []byte
	etag    string
	lengths [2]string
}

const (
	mostBoards = 200
	mostKept   = 16 << 20 // bytes of the pages of one council
	onePage    = 4 << 20  // a larger one is not kept
)

// boards remembers what councils tell the public.
type boards struct {
	flight singleflight.Group
	mu     sync.RWMutex
	known  map[string]pinned // by slug
	absent map[string]time.Time
}

type pinned struct {
	*board
	at, from time.Time // when it was last looked at, and last confirmed
}

// board gives what the council of the address tells the public: believed for a second, and for five minutes while the database is away.
func (p *Pages) board(c echo.Context) (*board, error) { return p.boardOf(c, c.Param("organisation")) }

func (p *Pages) boardOf(c echo.Context, slug string) (*board, error) {
	if p.Said == nil || p.Calendar == nil {
		return nil, echo.ErrNotFound // a site without them
	}
	bs, now := &p.boards, time.Now()
	bs.mu.RLock()
	known, ok := bs.known[slug]
	absent, gone := bs.absent[slug]
	bs.mu.RUnlock()
	switch {
	case ok && now.Sub(known.at) < fresh:
		return known.board, nil
	case gone && now.Sub(absent) < fresh:
		return nil, p.nowhere(c)
	}
	got, err, _ := bs.flight.Do(slug, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Request().Context()), lookup)
		defer cancel()
		b, err := p.look(ctx, slug, known.board)
		return bs.keep(slug, b, err)
	})
	if errors.Is(err, accounts.ErrNoOrganisation) {
		return nil, p.nowhere(c)
	}
	if err != nil {
		return nil, err
	}
	return got.(*board), nil
}

// keep remembers what a look gave, and gives what is to be believed.
func (bs *boards) keep(slug string, b *board, err error) (*board, error) {
	bs.mu.Lock()
	defer bs.mu.Unlock()
	if bs.known == nil {
		bs.known, bs.absent = map[string]pinned{}, map[string]time.Time{}
	}
	before, had := bs.known[slug]
	now := time.Now()
	switch {
	case errors.Is(err, accounts.ErrNoOrganisation):
		delete(bs.known, slug)
		if len(bs.absent) >= mostNoDoor {
			clear(bs.absent)
		}
		bs.absent[slug] = now
		return nil, err
	case err != nil && had && now.Sub(before.from) < stale:
		bs.known[slug] = pinned{before.board, now, before.from}
		return before.board, nil
	case err != nil:
		return nil, err
	case !had && len(bs.known) >= mostBoards:
		for other := range bs.known { // any one
			delete(bs.known, other)
			break
		}
	}
	bs.known[slug] = pinned{b, now, now}
	return b, nil
}

// look asks whether anything has changed, and reads it where it has.
func (p *Pages) look(ctx context.Context, slug string, before *board) (*board, error) {
	org, err := p.Accounts.BySlug(ctx, slug)
	if err != nil {
		return nil, err
	}
	said, err1 := p.Said.Changed(ctx, org.ID)
	figures, err2 := p.Calendar.Changed(ctx, org.ID)
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	look := fmt.Sprintf("%s %d %v", said, figures, org)
	if before != nil && before.stamp == look {
		return before, nil
	}
	b := &board{org: org, stamp: look, pages: map[string]*kept{}}
	if b.today, err = p.Said.Today(ctx, org.ID); err != nil {
		return nil, err
	}
	if b.items, err = p.Said.Published(ctx, org.ID); err != nil {
		return nil, err
	}
	list, err := p.Calendar.Publications(ctx, org.ID)
	if err != nil {
		return nil, err
	}
	for _, one := range list {
		t := table{Publication: one}
		if one.State == "published" {
			if t.Release, err = p.Calendar.Release(ctx, org.ID, one.Release); err != nil {
				return nil, err
			}
		}
		b.tables = append(b.tables, t)
	}
	return b, nil
}

// serve gives a page of the board from memory, making it first where nobody has asked for it yet. make writes the body and sets its headers.
func (p *Pages) serve(c echo.Context, b *board, key string, make func() (body []byte, header http.Header, err error)) error {
	b.mu.Lock()
	k := b.pages[key]
	b.mu.Unlock()
	if k == nil {
		body, header, err := make()
		if err != nil {
			return err
		}
		if k, err = keepPage(body, header); err != nil {
			return err
		}
		b.mu.Lock()
		if size := len(k.plain) + len(k.zipped); size <= onePage && b.bytes+size <= mostKept {
			if b.pages[key] == nil {
				b.bytes += size
			}
			b.pages[key] = k
		}
		b.mu.Unlock()
	}
	return k.send(c)
}

func keepPage(body []byte, header http.Header) (*kept, error) {
	var z bytes.Buffer
	w, err := gzip.NewWriterLevel(&z, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(body); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(body)
	k := &kept{header: header, plain: body, zipped: z.Bytes(), etag: `"` + hex.EncodeToString(sum[:12]) + `"`}
	k.lengths = [2]string{strconv.Itoa(len(k.plain)), strconv.Itoa(len(k.zipped))}
	return k, nil
}

// send writes the page to the browser; past the middleware that would squeeze it once more.
func (k *kept) send(c echo.Context) error {
	res, h := c.Response(), c.Response().Header()
	for name, values := range k.header {
		h[name] = values
	}
	h.Set("ETag", k.etag)
	h.Set(echo.HeaderVary, "Accept-Encoding, Accept-Language")
	h.Set(echo.HeaderCacheControl, "public, max-age=60")
	h.Del("X-Robots-Tag") // what a council tells the public may be found
	if strings.Contains(c.Request().Header.Get("If-None-Match"), k.etag) {
		return c.NoContent(http.StatusNotModified)
	}
	if squeezer, ok := res.Writer.(interface{ Unwrap() http.ResponseWriter }); ok {
		res.Writer = squeezer.Unwrap()
	}
	body, length := k.plain, k.lengths[0]
	if takesGzip(c.Request().Header.Get(echo.HeaderAcceptEncoding)) {
		body, length = k.zipped, k.lengths[1]
		h.Set(echo.HeaderContentEncoding, "gzip")
	}
	h.Set(echo.HeaderContentLength, length)
	res.WriteHeader(http.StatusOK)
	_, err := res.Write(body)
	return err
}
