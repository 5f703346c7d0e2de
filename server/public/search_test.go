package public

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/labstack/echo/v4"

	"yousaid/surveys/responses/quality"
)

// searchers is a site whose readers come from networks of their own.
func searchers(items int) (*Pages, func(address, from string, headers ...string) *httptest.ResponseRecorder) {
	s := &source{}
	for n := range items {
		s.items = append(s.items, item(int64(n+1)))
	}
	p, _ := reading(s)
	p.Limits = &quality.Limits{}
	e := echo.New()
	e.GET("/:organisation/you-said-we-did", p.YouSaid)
	e.GET("/:organisation/you-said-we-did/poster", p.YouSaidPoster)
	e.GET("/:organisation/you-said-we-did/list.:format", p.YouSaidFile)
	return p, func(address, from string, headers ...string) *httptest.ResponseRecorder {
		w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, address, nil)
		r.RemoteAddr = from + ":1234"
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		e.ServeHTTP(w, r)
		return w
	}
}

// One network searches so often and no oftener, whatever page it makes anew; others search on, and what everybody reads is open to it all
// the time.
func TestSearchesAreLimitedByNetwork(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, get := searchers(60)
		pages := []string{list + "?q=%s", list + "/poster?q=%s", list + "/list.csv?q=%s", list + "?service=%s"}
		refused := 0
		for i := range 60 {
			w := get(fmt.Sprintf(pages[i%len(pages)], fmt.Sprint("word", i)), "192.0.2.1")
			switch w.Code {
			case http.StatusOK:
			case http.StatusTooManyRequests:
				refused++
				if w.Header().Get("Retry-After") != "3" || w.Header().Get("Cache-Control") != "no-store" ||
					!strings.Contains(w.Body.String(), "Very many searches came from your network") {
					t.Fatalf("refused with %v\n%s", w.Header(), w.Body)
				}
			default:
				t.Fatalf("status %d", w.Code)
			}
		}
		if refused < 10 || refused > 30 { // each refused one was held, in which time another may be due
			t.Errorf("%d of 60 searches were refused", refused)
		}
		if w := get(list, "192.0.2.1"); w.Code != http.StatusOK {
			t.Errorf("the list itself: %d", w.Code)
		}
		if w := get(list+"?q=other", "192.0.2.2"); w.Code != http.StatusOK {
			t.Errorf("another network: %d", w.Code)
		}
		if w := get(list+"?q=gair&lang=cy", "192.0.2.1"); w.Code != http.StatusTooManyRequests ||
			!strings.Contains(w.Body.String(), "Daeth llawer iawn o chwiliadau") {
			t.Errorf("in Welsh: %d", w.Code)
		}
		time.Sleep(quality.SearchEvery)
		if w := get(list+"?q=again", "192.0.2.1"); w.Code != http.StatusOK {
			t.Errorf("after the time that was told: %d", w.Code)
		}
	})
}

// However many search at once, one answer is made at a time, and those for whom there is no room are told to come again.
func TestSearchesTakeTurns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		turns := newTurns()
		var at, most, made, refused atomic.Int64
		var all sync.WaitGroup
		for range 3 * mostWaiting {
			all.Go(func() {
				_, err := turns.take(t.Context(), func() (*response, error) {
					most.Store(max(most.Load(), at.Add(1)))
					time.Sleep(10 * time.Millisecond)
					at.Add(-1)
					made.Add(1)
					return &response{}, nil
				})
				if err != nil {
					refused.Add(1)
				}
			})
		}
		began := time.Now()
		all.Wait()
		if most.Load() != 1 || made.Load() != mostWaiting || refused.Load() != 2*mostWaiting {
			t.Errorf("%d at once, %d made, %d refused", most.Load(), made.Load(), refused.Load())
		}
		// In simulated time: each rests five times as long as it took, but nobody waits for the last rest.
		if took := time.Since(began); took != mostWaiting*60*time.Millisecond-50*time.Millisecond {
			t.Errorf("they took %s", took)
		}
	})
}

// Nothing is compressed that nobody asks for compressed, and each coding is made once; what one reader searched for is compressed by the
// cheap coding only.
func TestCompressedWhenAskedFor(t *testing.T) {
	t.Parallel()
	p, get := searchers(20)
	plain := get(list, "192.0.2.1")
	out := p.responseCache.find(p.snapshots.known["testham"].snapshot, "said en varies")
	if out == nil {
		t.Fatal("the list is not kept")
	}
	if out.gzip.Load() != nil || out.brotli.Load() != nil {
		t.Error("it is compressed before anybody asked")
	}
	compressed := get(list, "192.0.2.1", "Accept-Encoding", "gzip")
	if out.brotli.Load() != nil || compressed.Header().Get("Content-Encoding") != "gzip" {
		t.Errorf("headers %v", compressed.Header())
	}
	first := out.gzip.Load()
	get(list, "192.0.2.1", "Accept-Encoding", "gzip")
	if first == nil || out.gzip.Load() != first {
		t.Error("it is compressed twice")
	}
	if w := get(list, "192.0.2.1", "Accept-Encoding", "gzip, br"); w.Header().Get("Content-Encoding") != "br" {
		t.Errorf("headers %v", w.Header())
	}
	if have := len(out.plain.bytes) + len(out.gzip.Load().bytes) + len(out.brotli.Load().bytes); have > out.size() {
		t.Errorf("%d bytes are kept, %d counted", have, out.size())
	}
	search := get(list+"?q=said", "192.0.2.1", "Accept-Encoding", "gzip, br")
	if search.Header().Get("Content-Encoding") != "gzip" {
		t.Errorf("a search: %v", search.Header())
	}
	r, err := gzip.NewReader(search.Body)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil || !strings.Contains(string(text), "Said 7.") || !strings.Contains(plain.Body.String(), "Said 7.") {
		t.Errorf("a search that was compressed reads %q: %v", text, err)
	}
	get(list+"?q=said", "192.0.2.3")
	if n := len(p.responseCache.responses); n != 1 {
		t.Errorf("%d answers are kept", n)
	}
}
