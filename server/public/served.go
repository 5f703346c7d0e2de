package public

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/labstack/echo/v4"
	"golang.org/x/sync/singleflight"

	"yousaid/server/page"
)

// printed is an answer that is ready: a page, a feed or a file, with its headers. It is squeezed when a reader asks for it so, once for each coding.
type printed struct {
	status     int
	plain      body
	squeezable bool
	once       bool // made for one reader: it is squeezed in the quickest way
	mu         sync.Mutex
	gzip       atomic.Pointer[body] // nil until asked for; no bytes where squeezing does not pay
	brotli     atomic.Pointer[body]
	headers    []header
	etag       string
}

// body is one way of writing an answer.
type body struct {
	bytes        []byte
	length, etag []string // headers
}

// header is a header as net/http keeps it, made once.
type header struct {
	name  string
	value []string
}

// Shared caches may keep an answer for a moment: what is taken back is gone soon after.
const publicCache = "public, max-age=5"

// printing says how bytes are served.
type printing struct {
	status      int // 200 where 0
	kind        string
	policy      string // Content-Security-Policy; "" keeps the strictest
	framed      bool   // pages of any site may frame it
	listed      bool   // search engines may list it
	disposition string // Content-Disposition
	cached      string // Cache-Control; publicCache where ""
	varies      bool   // the language was chosen by what the browser asks for
}

func newPrinted(b []byte, how printing) (*printed, error) {
	sum := sha256.Sum256(b)
	tag := hex.EncodeToString(sum[:12])
	p := &printed{status: how.status, etag: tag, plain: newBody(b, tag)}
	if p.status == 0 {
		p.status = http.StatusOK
	}
	if strings.Contains(how.kind, "xml") && !strings.Contains(how.kind, "openxml") || strings.HasPrefix(how.kind, "text/") || strings.Contains(how.kind, "json") {
		p.squeezable = len(b) > smallest
	}
	vary := "Accept-Encoding"
	if how.varies {
		vary += ", Accept-Language"
	}
	p.headers = []header{{echo.HeaderContentType, []string{how.kind}}, {echo.HeaderCacheControl, []string{cmp.Or(how.cached, publicCache)}}, {echo.HeaderVary, []string{vary}}}
	if how.policy != "" {
		p.headers = append(p.headers, header{echo.HeaderContentSecurityPolicy, []string{how.policy}})
	}
	if how.disposition != "" {
		p.headers = append(p.headers, header{echo.HeaderContentDisposition, []string{how.disposition}})
	}
	if how.framed {
		p.headers = append(p.headers, header{echo.HeaderXFrameOptions, nil}, header{"Cross-Origin-Resource-Policy", []string{"cross-origin"}})
	}
	if how.listed {
		p.headers = append(p.headers, header{"X-Robots-Tag", nil})
	}
	return p, nil
}

func newBody(b []byte, tag string) body {
	return body{bytes: b, length: []string{strconv.Itoa(len(b))}, etag: []string{`"` + tag + `"`}}
}

// size is the most that the answer may come to hold in memory: what is squeezed is kept only where it is smaller than what is plain.
func (p *printed) size() int {
	if p.squeezable {
		return 3 * len(p.plain.bytes)
	}
	return len(p.plain.bytes)
}

// send writes the answer, or 304 where the browser has it already.
func (p *printed) send(c echo.Context) error {
	res := c.Response()
	h := res.Header()
	for _, one := range p.headers {
		if one.value == nil {
			delete(h, one.name)
		} else {
			h[one.name] = one.value
		}
	}
	// It is squeezed already, or not to be: past the middleware that would squeeze it now.
	if squeezer, ok := res.Writer.(interface{ Unwrap() http.ResponseWriter }); ok {
		res.Writer = squeezer.Unwrap()
	}
	known := c.Request().Header.Get("If-None-Match")
	unchanged := known != "" && p.status == http.StatusOK && strings.Contains(known, p.etag)
	b := &p.plain
	if accepts := c.Request().Header.Get(echo.HeaderAcceptEncoding); accepts != "" && !unchanged {
		squeezed, coding, err := p.squeezed(accepts)
		if err != nil {
			return err
		}
		if squeezed != nil {
			b = squeezed
			h[echo.HeaderContentEncoding] = coding
		}
	}
	h["Etag"] = b.etag
	if unchanged {
		delete(h, echo.HeaderContentType)
		res.WriteHeader(http.StatusNotModified)
		return nil
	}
	h[echo.HeaderContentLength] = b.length
	res.WriteHeader(p.status)
	if c.Request().Method == http.MethodHead {
		return nil
	}
	_, err := res.Write(b.bytes)
	return err
}

// prints keeps the answers that are ready, up to mostPrints bytes. What an edition of the public pages says changes never: with another edition its prints
// are forgotten.
type prints struct {
	flight singleflight.Group
	mu     sync.RWMutex
	ready  map[place]*printed
	bytes  int
}

// place is an address within one edition.
type place struct {
	told    *told
	address string
}

const mostPrints = 48 << 20

// find gives an answer that is ready, or nil.
func (ps *prints) find(t *told, address string) *printed {
	ps.mu.RLock()
	defer ps.mu.RUnlock()
	return ps.ready[place{t, address}]
}

// at gives the answer of an address, made by the first who asks while the others wait.
func (ps *prints) at(t *told, address string, make func() (*printed, error)) (*printed, error) {
	where := place{t, address}
	if p := ps.find(t, address); p != nil {
		return p, nil
	}
	made, err, _ := ps.flight.Do(fmt.Sprintf("%p %s", t, address), func() (any, error) {
		p, err := make()
		if err == nil {
			ps.keep(where, p)
		}
		return p, err
	})
	if err != nil {
		return nil, err
	}
	return made.(*printed), nil
}

func (ps *prints) keep(where place, p *printed) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	if ps.ready == nil {
		ps.ready = map[place]*printed{}
	}
	if before := ps.ready[where]; before != nil {
		ps.bytes -= before.size()
	}
	for old, o := range ps.ready { // any ones
		if ps.bytes+p.size() <= mostPrints {
			break
		}
		delete(ps.ready, old)
		ps.bytes -= o.size()
	}
	ps.ready[where] = p
	ps.bytes += p.size()
}

// forget drops what was printed of an edition.
func (ps *prints) forget(t *told) {
	if t == nil {
		return
	}
	ps.mu.Lock()
	defer ps.mu.Unlock()
	for where, p := range ps.ready {
		if where.told == t {
			delete(ps.ready, where)
			ps.bytes -= p.size()
		}
	}
}

// html prints a page of the site.
func (p *Pages) html(name string, data interface{ Framed() page.Page }, how printing) (*printed, error) {
	b, err := p.Pages.RenderBytes(name, data)
	if err != nil {
		return nil, err
	}
	f := data.Framed()
	how.kind, how.policy, how.framed = echo.MIMETextHTMLCharsetUTF8, f.CSP(), f.Framing == page.FramedByAnybody
	how.listed = f.Listed && how.status == 0
	return newPrinted(b, how)
}
