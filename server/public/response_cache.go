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

// response is an answer that is ready: a page, a feed or a file, with its headers. It is compressed when a reader asks for it so, once for
// each coding.
type response struct {
	status       int
	plain        body
	compressible bool
	once         bool // made for one reader: it is compressed in the quickest way
	mu           sync.Mutex
	gzip         atomic.Pointer[body] // nil until asked for; no bytes where compression does not pay
	brotli       atomic.Pointer[body]
	headers      []header
	etag         string
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

// responseOptions says how bytes are served.
type responseOptions struct {
	status      int // 200 where 0
	kind        string
	policy      string // Content-Security-Policy; "" keeps the strictest
	framed      bool   // pages of any site may frame it
	listed      bool   // search engines may list it
	disposition string // Content-Disposition
	cached      string // Cache-Control; publicCache where ""
	varies      bool   // the language depends on Accept-Language
}

func newResponse(b []byte, how responseOptions) (*response, error) {
	sum := sha256.Sum256(b)
	tag := hex.EncodeToString(sum[:12])
	p := &response{status: how.status, etag: tag, plain: newBody(b, tag)}
	if p.status == 0 {
		p.status = http.StatusOK
	}
	if strings.Contains(how.kind, "xml") && !strings.Contains(how.kind, "openxml") || strings.HasPrefix(how.kind, "text/") ||
		strings.Contains(how.kind, "json") {
		p.compressible = len(b) > smallest
	}
	vary := "Accept-Encoding"
	if how.varies {
		vary += ", Accept-Language"
	}
	p.headers = []header{
		{echo.HeaderContentType, []string{how.kind}},
		{echo.HeaderCacheControl, []string{cmp.Or(how.cached, publicCache)}},
		{echo.HeaderVary, []string{vary}},
	}
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

// size is the most that the answer may come to hold in memory: what is compressed is kept only where it is smaller than what is plain.
func (p *response) size() int {
	if p.compressible {
		return 3 * len(p.plain.bytes)
	}
	return len(p.plain.bytes)
}

// send writes the answer, or 304 where the browser has it already.
func (p *response) send(c echo.Context) error {
	res := c.Response()
	h := res.Header()
	for _, one := range p.headers {
		if one.value == nil {
			delete(h, one.name)
		} else {
			h[one.name] = one.value
		}
	}
	// It is compressed already, or not to be: past the middleware that would compress it now.
	if compressor, ok := res.Writer.(interface{ Unwrap() http.ResponseWriter }); ok {
		res.Writer = compressor.Unwrap()
	}
	known := c.Request().Header.Get("If-None-Match")
	unchanged := known != "" && p.status == http.StatusOK && strings.Contains(known, p.etag)
	b := &p.plain
	if accepts := c.Request().Header.Get(echo.HeaderAcceptEncoding); accepts != "" && !unchanged {
		compressed, coding, err := p.compressed(accepts)
		if err != nil {
			return err
		}
		if compressed != nil {
			b = compressed
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

// responseCache keeps the answers that are ready, up to mostCached bytes. What an edition of the public pages says changes never: with
// another edition its responses
// are forgotten.
type responseCache struct {
	flight    singleflight.Group
	mu        sync.RWMutex
	responses map[responseKey]*response
	bytes     int
}

// responseKey is an address within one edition.
type responseKey struct {
	snapshot *snapshot
	address  string
}

const mostCached = 48 << 20

// find gives an answer that is ready, or nil.
func (ps *responseCache) find(t *snapshot, address string) *response {
	ps.mu.RLock()
	defer ps.mu.RUnlock()
	return ps.responses[responseKey{t, address}]
}

// at gives the answer of an address, made by the first who asks while the others wait.
func (ps *responseCache) at(t *snapshot, address string, make func() (*response, error)) (*response, error) {
	where := responseKey{t, address}
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
	return made.(*response), nil
}

func (ps *responseCache) keep(where responseKey, p *response) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	if ps.responses == nil {
		ps.responses = map[responseKey]*response{}
	}
	if before := ps.responses[where]; before != nil {
		ps.bytes -= before.size()
	}
	for old, o := range ps.responses { // any ones
		if ps.bytes+p.size() <= mostCached {
			break
		}
		delete(ps.responses, old)
		ps.bytes -= o.size()
	}
	ps.responses[where] = p
	ps.bytes += p.size()
}

// forget drops the responses of a snapshot.
func (ps *responseCache) forget(t *snapshot) {
	if t == nil {
		return
	}
	ps.mu.Lock()
	defer ps.mu.Unlock()
	for where, p := range ps.responses {
		if where.snapshot == t {
			delete(ps.responses, where)
			ps.bytes -= p.size()
		}
	}
}

// html renders a page of the site.
func (p *Pages) html(name string, data interface{ Framed() page.Page }, how responseOptions) (*response, error) {
	b, err := p.Pages.RenderBytes(name, data)
	if err != nil {
		return nil, err
	}
	f := data.Framed()
	how.kind, how.policy, how.framed = echo.MIMETextHTMLCharsetUTF8, f.CSP(), f.Framing == page.FramedByAnybody
	how.listed = f.Listed && how.status == 0
	return newResponse(b, how)
}
