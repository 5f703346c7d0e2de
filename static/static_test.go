package static

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/andybalholm/brotli"
)

func TestAssetsAreServedAsTheBrowserCanRead(t *testing.T) {
	css := strings.Repeat(".a{color:red}", 100)
	a, err := load(fstest.MapFS{
		"site.css":        {Data: []byte(css)},
		"icons/small.svg": {Data: []byte("<svg/>")},
	})
	if err != nil {
		t.Fatal(err)
	}
	address, err := a.Address("site.css")
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`^/assets/site\.[0-9a-f]{12}\.css$`).MatchString(address) {
		t.Errorf("address %q", address)
	}
	for _, c := range []struct{ accepts, encoding string }{
		{"", ""},
		{"gzip", "gzip"},
		{"gzip, deflate, br, zstd", "br"},
		{"br;q=0, gzip;q=0.5", "gzip"},
		{"brotli", ""},
		{"br;q=nonsense", ""},
	} {
		r := httptest.NewRequest("GET", address, nil)
		r.Header.Set("Accept-Encoding", c.accepts)
		w := httptest.NewRecorder()
		a.ServeHTTP(w, r)
		if w.Code != 200 || w.Header().Get("Content-Encoding") != c.encoding {
			t.Errorf("Accept-Encoding %q: %d %q, want %q", c.accepts, w.Code, w.Header().Get("Content-Encoding"), c.encoding)
		}
		if w.Header().Get("Cache-Control") != "public, max-age=31536000, immutable" || w.Header().Get("Vary") != "Accept-Encoding" ||
			!strings.HasPrefix(w.Header().Get("Content-Type"), "text/css") {
			t.Errorf("headers %v", w.Header())
		}
		if got := unsqueeze(t, c.encoding, w.Body); got != css {
			t.Errorf("Accept-Encoding %q: the content changed on the way", c.accepts)
		}
	}
	small, err := a.Address("icons/small.svg")
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("GET", small, nil)
	r.Header.Set("Accept-Encoding", "br, gzip")
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	if w.Header().Get("Content-Encoding") != "" || w.Body.String() != "<svg/>" {
		t.Errorf("a file too small to compress came as %q %q", w.Header().Get("Content-Encoding"), w.Body)
	}
}

func unsqueeze(t *testing.T, encoding string, body io.Reader) string {
	t.Helper()
	switch encoding {
	case "br":
		body = brotli.NewReader(body)
	case "gzip":
		var err error
		if body, err = gzip.NewReader(body); err != nil {
			t.Fatal(err)
		}
	}
	b, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestUnknownAssetsAreMissing(t *testing.T) {
	a, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	address, err := a.Address("public.css")
	if err != nil {
		t.Fatal(err)
	}
	old := regexp.MustCompile(`\.[0-9a-f]{12}\.`).ReplaceAllString(address, ".000000000000.")
	for _, bad := range []string{old, "/assets/public.css", "/assets/", "/assets/../static.go", address + "/"} {
		w := httptest.NewRecorder()
		a.ServeHTTP(w, httptest.NewRequest("GET", bad, nil))
		if w.Code != 404 || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("GET %s: %d, cache %q; want 404, no-store", bad, w.Code, w.Header().Get("Cache-Control"))
		}
	}
	w := httptest.NewRecorder()
	a.ServeHTTP(w, httptest.NewRequest("POST", address, nil))
	if w.Code != 405 {
		t.Errorf("POST: %d, want 405", w.Code)
	}
	w = httptest.NewRecorder()
	a.ServeHTTP(w, httptest.NewRequest("HEAD", address, nil))
	if w.Code != 200 || w.Body.Len() != 0 || w.Header().Get("Content-Length") == "" {
		t.Errorf("HEAD: %d with %d bytes of body", w.Code, w.Body.Len())
	}
	if _, err := a.Address("absent.css"); err == nil {
		t.Error("an absent asset has an address")
	}
}

// What a council may not use, and what would cost a customer a request.
func TestStyleSheetsAreLightAndOurOwn(t *testing.T) {
	a, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for name, limit := range map[string]int{"public.css": 10_000, "staff.css": 16_000} {
		address, err := a.Address(name)
		if err != nil {
			t.Fatal(err)
		}
		f := a.files[address]
		if len(f.gzip) > limit {
			t.Errorf("%s is %d bytes gzipped, the limit is %d", name, len(f.gzip), limit)
		}
		for _, banned := range []string{"url(", "@font-face", "@import", "gds transport", "crown", ".govuk-header"} {
			if strings.Contains(strings.ToLower(string(f.plain)), banned) {
				t.Errorf("%s contains %q", name, banned)
			}
		}
		if bad := regexp.MustCompile(`[;{](margin|padding|border)-(left|right)|[;{](left|right):|text-align:(left|right)`).Find(
			f.plain); bad != nil {
			t.Errorf("%s names a side, %q, and would be wrong from right to left", name, bad)
		}
	}
}

// The committed style sheets are what scss/ makes.
func TestStyleSheetsAreFresh(t *testing.T) {
	if _, err := os.Stat("node_modules/sass"); err != nil {
		t.Skip("node_modules is not here, so the style sheets cannot be rebuilt: run 'npm ci' in static/ first")
	}
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not on this machine, so the style sheets cannot be rebuilt")
	}
	out := t.TempDir()
	if b, err := exec.Command(node, "scss/build.mjs", out).CombinedOutput(); err != nil {
		t.Fatalf("building the style sheets: %v\n%s", err, b)
	}
	for _, name := range []string{"public.css", "staff.css"} {
		want, err := os.ReadFile(filepath.Join(out, name))
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join("assets", name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("assets/%s is not what scss/ makes: run 'npm run css' in static/ and commit the result", name)
		}
	}
}
