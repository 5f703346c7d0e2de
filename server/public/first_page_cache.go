package public

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"hash/crc32"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/labstack/echo/v4"

	"yousaid/server/page"
)

// tokenSize is the length of every form token.
const tokenSize = 84

// firstPage is a first page, ready but for its token, plain and compressed.
type firstPage struct {
	policy           string // Content-Security-Policy
	plain            split
	compressed       split
	after            []byte // the plain bytes after the token: the checksum of the compressed page covers them
	sum              uint32 // checksum of the plain bytes before the token
	size             uint32 // of the plain page with its token
	plainLength      string
	compressedLength string
}

// split are what stands before and after the token.
type split struct{ before, after []byte }

// gzipHead begins a gzip member: deflate, no name, no time, system unknown.
var gzipHead = []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255}

const trailerSize = 8 // checksum and length end a gzip member

// newFirstPage makes a page ready. The token cannot be compressed beforehand, so the compressed page holds it as a stored block, plain
// between what is compressed before it and
// after it; deflate allows that, and any reader of gzip reads it.
func newFirstPage(body []byte, policy string) (*firstPage, error) {
	before, after, err := page.Around(body)
	if err != nil {
		return nil, err
	}
	w := &firstPage{
		policy: policy,
		plain:  split{before, after},
		after:  after,
		sum:    crc32.ChecksumIEEE(before),
		size:   uint32(len(before) + tokenSize + len(after)),
	}
	var head, tail bytes.Buffer
	head.Write(gzipHead)
	first, err := flate.NewWriter(&head, flate.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := first.Write(before); err != nil {
		return nil, err
	}
	if err := first.Flush(); err != nil { // ends on a whole byte
		return nil, err
	}
	// A stored block: not the last one, its length, and its length turned round.
	head.Write([]byte{0, tokenSize, 0, 255 ^ tokenSize, 255})
	// The second half may refer back to the first, over the token, which differs each time: bytes that no page contains stand in for it.
	known := append(bytes.Clone(before), make([]byte, tokenSize)...)
	second, err := flate.NewWriterDict(&tail, flate.BestCompression, known)
	if err != nil {
		return nil, err
	}
	if _, err := second.Write(after); err != nil {
		return nil, err
	}
	if err := second.Close(); err != nil {
		return nil, err
	}
	w.compressed = split{head.Bytes(), tail.Bytes()}
	w.plainLength = strconv.Itoa(int(w.size))
	w.compressedLength = strconv.Itoa(head.Len() + tokenSize + tail.Len() + trailerSize)
	return w, nil
}

// bytes is what the page holds in memory.
func (w *firstPage) bytes() int {
	return len(w.plain.before) + len(w.plain.after) + len(w.compressed.before) + len(w.compressed.after)
}

// appendPlain adds the page with its token to b.
func (w *firstPage) appendPlain(b []byte, token string) []byte {
	b = append(b, w.plain.before...)
	b = append(b, token...)
	return append(b, w.plain.after...)
}

// appendCompressed adds the page with its token, as gzip, to b.
func (w *firstPage) appendCompressed(b []byte, token string) []byte {
	b = append(b, w.compressed.before...)
	at := len(b)
	b = append(b, token...)
	sum := crc32.Update(crc32.Update(w.sum, crc32.IEEETable, b[at:]), crc32.IEEETable, w.after)
	b = append(b, w.compressed.after...)
	b = binary.LittleEndian.AppendUint32(b, sum)
	return binary.LittleEndian.AppendUint32(b, w.size)
}

// buffers are reused from request to request.
var buffers = sync.Pool{New: func() any { b := make([]byte, 0, 16<<10); return &b }}

// send writes the page with its token to the browser.
func (w *firstPage) send(c echo.Context, token string) error {
	res := c.Response()
	h := res.Header()
	h.Set(echo.HeaderContentType, echo.MIMETextHTMLCharsetUTF8)
	h.Set(echo.HeaderContentSecurityPolicy, w.policy)
	// Back shows the page as it was, with its token; whoever opens the address anew gets a new one. There is nothing to compare with, so no
	// ETag.
	h.Set(echo.HeaderCacheControl, "private, no-cache")
	h.Set(echo.HeaderVary, "Accept-Encoding, Accept-Language")
	out := buffers.Get().(*[]byte)
	defer buffers.Put(out)
	// The page is compressed already, or not to be: past the middleware that would compress it now.
	if compressor, ok := res.Writer.(interface{ Unwrap() http.ResponseWriter }); ok {
		res.Writer = compressor.Unwrap()
	}
	if takesGzip(c.Request().Header.Get(echo.HeaderAcceptEncoding)) {
		h.Set(echo.HeaderContentEncoding, "gzip")
		h.Set(echo.HeaderContentLength, w.compressedLength)
		*out = w.appendCompressed((*out)[:0], token)
	} else {
		h.Set(echo.HeaderContentLength, w.plainLength)
		*out = w.appendPlain((*out)[:0], token)
	}
	res.WriteHeader(http.StatusOK)
	_, err := res.Write(*out)
	return err
}

// takesGzip tells whether an Accept-Encoding names gzip and does not refuse it.
func takesGzip(header string) bool { return takes(header, "gzip") }

// takes tells whether an Accept-Encoding names a coding and does not refuse it.
func takes(header, coding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, weight, _ := strings.Cut(part, ";")
		if !strings.EqualFold(strings.TrimSpace(name), coding) {
			continue
		}
		value, found := strings.CutPrefix(strings.TrimSpace(weight), "q=")
		if !found {
			return true
		}
		q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
		return err == nil && q > 0
	}
	return false
}

// firstPageCache keeps the first pages that are written, up to mostFirstPages bytes. A target that changes is another target, so its old
// pages are found no more and go
// when room is wanted.
type firstPageCache struct {
	mu    sync.RWMutex
	pages map[firstPageKey]*firstPage
	bytes int
}

// firstPageKey is one form of a first page: the target, its language, the option that the link chooses, and the words of the council in
// that language.
type firstPageKey struct {
	target       *linkTarget
	lang, chosen string
	words        *page.Words // nil: the program's
}

const mostFirstPages = 32 << 20

// page gives a first page, rendering it if it is not there yet.
func (r *firstPageCache) page(l firstPageKey, render func() (*firstPage, error)) (*firstPage, error) {
	r.mu.RLock()
	w := r.pages[l]
	r.mu.RUnlock()
	if w != nil {
		return w, nil
	}
	w, err := render()
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.pages == nil {
		r.pages = map[firstPageKey]*firstPage{}
	}
	if already := r.pages[l]; already != nil {
		return already, nil
	}
	for old, o := range r.pages { // any ones
		if r.bytes+w.bytes() <= mostFirstPages {
			break
		}
		delete(r.pages, old)
		r.bytes -= o.bytes()
	}
	r.pages[l] = w
	r.bytes += w.bytes()
	return w, nil
}
