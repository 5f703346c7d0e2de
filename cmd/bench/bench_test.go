package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// The client is our own, so it is held against net/http: bodies of known length, in chunks, redirects, and connections that are used again.
func TestTheLoadReadsAnswers(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /short", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "hello") })
	mux.HandleFunc("GET /chunks", func(w http.ResponseWriter, r *http.Request) {
		for range 3 {
			io.WriteString(w, strings.Repeat("x", 5000))
			w.(http.Flusher).Flush()
		}
	})
	mux.HandleFunc("POST /form", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/next/"+r.PostFormValue("rating"), http.StatusSeeOther)
	})
	s := httptest.NewServer(mux)
	defer s.Close()
	c, err := dial(strings.TrimPrefix(s.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.conn.Close()
	for range 2 {
		for _, want := range []struct {
			path, form string
			answer     answer
		}{
			{"/short", "", answer{200, "", 5}},
			{"/chunks", "", answer{200, "", 15000}},
			{"/form", "rating=4", answer{303, "/next/4", 0}},
			{"/missing", "", answer{404, "", 19}},
		} {
			var got answer
			var err error
			if want.form == "" {
				got, err = c.get(want.path)
			} else {
				got, err = c.post(want.path, want.form)
			}
			if err != nil || got != want.answer {
				t.Fatalf("%s: got %+v, %v; want %+v", want.path, got, err, want.answer)
			}
		}
	}
	r, err := load(strings.TrimPrefix(s.URL, "http://"), 4, time.Millisecond, 20*time.Millisecond, func() time.Duration { return 0 },
		showing("/short"))
	if err != nil || len(r.Took) == 0 || r.percentile(0.5) > r.percentile(0.99) {
		t.Errorf("%d requests, %v", len(r.Took), err)
	}
	if _, err := load(strings.TrimPrefix(s.URL, "http://"), 1, 0, 20*time.Millisecond, func() time.Duration { return 0 },
		showing("/missing")); err == nil {
		t.Error("a page that is missing was counted as shown")
	}
}

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		of   []float64
		want float64
	}{{nil, 0}, {[]float64{3}, 3}, {[]float64{9, 1, 5}, 5}, {[]float64{4, 1, 2, 9}, 3}} {
		if got := median(c.of); got != c.want {
			t.Errorf("median of %v is %v, want %v", c.of, got, c.want)
		}
	}
}
