package public

import (
	"bytes"
	"compress/gzip"
	"io"
	"sync"
	"sync/atomic"

	"github.com/andybalholm/brotli"
)

// smallest is the size in bytes from which compression pays: what is smaller fits into one packet anyway.
const smallest = 1400

// How answers are compressed. What many will read is compressed once and well; what one reader asked for costs as little as possible.
const (
	keptGzip   = gzip.BestCompression
	keptBrotli = 6
	onceGzip   = gzip.BestSpeed
)

var brotliHeader, gzipHeader = []string{"br"}, []string{"gzip"}

// quick are compressors for what is made for one reader: a new one takes a megabyte.
var quick = sync.Pool{New: func() any {
	w, err := gzip.NewWriterLevel(io.Discard, onceGzip)
	if err != nil {
		panic(err) // the level is a constant that there is
	}
	return w
}}

// compressed gives the answer in a coding that an Accept-Encoding takes, with the header that names it, and compresses it where nobody has
// asked for that coding before. It gives no body where the reader takes no such coding or where compression does not pay. What is made for
// one reader is never compressed by brotli, which costs more.
func (p *response) compressed(accepts string) (b *body, coding []string, err error) {
	switch {
	case !p.compressible:
		return nil, nil, nil
	case !p.once && takes(accepts, "br"):
		b, err = p.compressWith(
			&p.brotli,
			p.etag+"-b",
			func(to io.Writer) (io.WriteCloser, error) { return brotli.NewWriterLevel(to, keptBrotli), nil },
		)
		coding = brotliHeader
	case takes(accepts, "gzip"):
		b, err = p.compressWith(&p.gzip, p.etag+"-g", func(to io.Writer) (io.WriteCloser, error) {
			if p.once {
				return quickly(to), nil
			}
			return gzip.NewWriterLevel(to, keptGzip)
		})
		coding = gzipHeader
	}
	if b == nil || b.bytes == nil {
		return nil, nil, err
	}
	return b, coding, err
}

// compressWith gives one coding of the answer, made by the first who asks while the others wait.
func (p *response) compressWith(
	ready *atomic.Pointer[body],
	tag string,
	compressor func(io.Writer) (io.WriteCloser, error),
) (*body, error) {
	if b := ready.Load(); b != nil {
		return b, nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if b := ready.Load(); b != nil {
		return b, nil
	}
	var small bytes.Buffer
	w, err := compressor(&small)
	if err != nil {
		return nil, err
	}
	_, _ = w.Write(p.plain.bytes) // a bytes.Buffer never fails
	if err := w.Close(); err != nil {
		return nil, err
	}
	b := body{}
	if small.Len() < len(p.plain.bytes) {
		b = newBody(bytes.Clone(small.Bytes()), tag)
	}
	ready.Store(&b)
	return &b, nil
}

// quickWriter gives its compressor back when it is closed.
type quickWriter struct{ *gzip.Writer }

func quickly(to io.Writer) quickWriter {
	w := quick.Get().(*gzip.Writer)
	w.Reset(to)
	return quickWriter{w}
}

// Close ends the answer.
func (w quickWriter) Close() error {
	err := w.Writer.Close()
	w.Writer.Reset(io.Discard)
	quick.Put(w.Writer)
	return err
}
