package server_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"yousaid/server"
)

func TestHeaders(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	for path, want := range map[string]map[string]string{
		"/f/ABC23456": {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow", "Strict-Transport-Security": "", "Set-Cookie": ""},
		"/staff/sign-in": {"Referrer-Policy": "same-origin", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
			"X-Frame-Options": "DENY",
			"Set-Cookie":      ""},
		"/nowhere/at-all": {"Cache-Control": "no-store"},
		"/":               {"X-Robots-Tag": ""},
	} {
		got := w.send("GET", path, nil, nil)
		for name, value := range want {
			if got.Header.Get(name) != value {
				t.Errorf("%s: %s is %q, not %q", path, name, got.Header.Get(name), value)
			}
		}
		if csp := got.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") ||
			!strings.Contains(csp, "frame-ancestors 'none'") {
			t.Errorf("%s: Content-Security-Policy is %q", path, csp)
		}
		if !strings.Contains(got.Header.Get("Permissions-Policy"), "geolocation=()") || len(got.Header.Get("X-Request-Id")) != 16 {
			t.Errorf("%s: %v", path, got.Header)
		}
	}
}

func TestBehindAProxyThatEndsTLS(t *testing.T) {
	t.Parallel()
	w := newFixture(t, func(c *server.Config) { c.BaseURL = "https://feedback.north.example" })
	w.t = t
	cookie := w.as("viewer")
	if cookie.Name != "__Host-yousaid" || !cookie.Secure || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.Path != "/" {
		t.Errorf("%+v", cookie)
	}
	got := w.get("viewer", "/staff").shows(t, 200)
	if got.Header.Get("Strict-Transport-Security") == "" {
		t.Error("no Strict-Transport-Security over https")
	}
	// A cookie of the plain name may have been planted over http: it opens nothing.
	plain := *cookie
	plain.Name = "yousaid"
	w.send("GET", "/staff", nil, &plain).shows(t, 303)
}

func TestPlainHTTPIsForThisMachineOnly(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	if cookie := w.as("viewer"); cookie.Name != "yousaid" || cookie.Secure {
		t.Errorf("%+v", cookie)
	}
	// What a browser writes about the scheme is not believed.
	for _, headers := range [][]string{{"Host", "feedback.north.example"}, {"Host", "feedback.north.example", "X-Forwarded-Proto", "https"}} {
		w.send("GET", "/staff/sign-in/north", nil, nil, headers...).shows(t, 403, "https")
		w.send("POST", "/staff/sign-in/north", url.Values{"email": {"viewer@north.example"}, "password": {phrase}}, nil, headers...).
			shows(t, 403, "https")
	}
}

func TestFormsThatAreTooLongOrBroken(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	long := url.Values{"comment": {strings.Repeat("x", 70_000)}}
	w.send("POST", "/f/ABC23456", long, nil).shows(t, 413, "too long", `href="/f/ABC23456"`)
	w.send("POST", "/f/ABC23456", long, nil, "Content-Type", "multipart/form-data; boundary=x").shows(t, 413)
	w.send("POST", "/f/ABC23456", url.Values{"comment": {strings.Repeat("x", 60_000)}}, nil).shows(t, 200)
	broken := w.send("POST", "/staff/sign-in/north", url.Values{}, nil, "Content-Type", "multipart/form-data; boundary=x")
	broken.shows(t, 400, "could not read")
	// A query that a mail program has mangled does no harm to the form, and is no part of it.
	w.send("POST", "/f/ABC23456?r=%zz;", url.Values{"rating": {"4"}}, nil).shows(t, 200, "customer ABC23456 4")
	w.send("POST", "/f/ABC23456?rating=1", url.Values{}, nil).hides(t, "ABC23456 1")
}

// slow is a body that does not come in time: the server cuts it off and ends the request's context.
type slow struct{ end context.CancelFunc }

func (s slow) Read([]byte) (int, error) {
	s.end()
	return 0, os.ErrDeadlineExceeded
}

// A telephone in a tunnel: an empty page of status 200 would look as if the form were stored.
func TestAFormThatComesTooSlowlyIsAnswered(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	ctx, end := context.WithCancel(t.Context())
	r := httptest.NewRequestWithContext(ctx, "POST", "http://127.0.0.1:8080/f/ABC23456", slow{end})
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	rec := httptest.NewRecorder()
	w.site.ServeHTTP(rec, r)
	answer{rec.Result(), rec.Body.String()}.shows(t, 400, `href="/f/ABC23456"`)
}

func TestFormsFromOtherSites(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	form := url.Values{"email": {"a@b.example"}, "password": {"x"}}
	for _, c := range []struct {
		path    string
		headers []string
		status  int
	}{
		{"/staff/sign-in/north", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"/staff/sign-in/north", []string{"Origin", "https://evil.example"}, 403},
		{"/staff/sign-in/north", []string{"Origin", "null"}, 403},
		{"/staff/sign-in/north", []string{"Sec-Fetch-Site", "same-origin"}, 422},
		{"/staff/sign-in/north", []string{"Origin", "http://127.0.0.1:8080"}, 422},
		{"/staff/sign-in/north", nil, 422},
		{"/f/ABC23456", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"/f/ABC23456", []string{"Origin", "https://evil.example"}, 403},
		{"/f/ABC23456", []string{"Origin", "null"}, 200},
		{"/f/ABC23456", []string{"Origin", "null", "Sec-Fetch-Site", "cross-site"}, 403},
		{"/f/ABC23456", nil, 200},
	} {
		if got := w.send("POST", c.path, form, nil, c.headers...); got.StatusCode != c.status {
			t.Errorf("%s with %v: %d, not %d", c.path, c.headers, got.StatusCode, c.status)
		}
	}
}

// odd is a site with customers' pages that fail in every way.
type odd struct{ customers }

func (odd) FirstPage(c echo.Context) error {
	switch c.Param("code") {
	case "PANIC":
		panic("secret thing")
	case "BREAKS":
		return errors.New("secret thing in SQL")
	case "STOPS":
		return context.DeadlineExceeded
	case "GONE":
		return echo.ErrGone
	}
	return c.String(http.StatusOK, "fine")
}

func TestFailuresAreKindAndToldOnce(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	w := newFixture(t, func(c *server.Config) {
		c.Public, c.Log = odd{}, slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	for code, want := range map[string]struct {
		status int
		text   string
	}{
		"PANIC": {500, "something went wrong"}, "BREAKS": {500, "our fault, not yours"}, "STOPS": {503, "Wait a minute"},
		"GONE": {410, "taken away"}, "FINE": {200, "fine"},
	} {
		log.Reset()
		got := w.send("GET", "/f/"+code, nil, nil).shows(t, want.status, want.text)
		got.hides(t, "secret")
		if told := strings.Count(log.String(), "secret"); want.status == 500 && told != 1 {
			t.Errorf("%s is told %d times:\n%s", code, told, log.String())
		}
		id := got.Header.Get("X-Request-Id")
		if want.status >= 500 && (!strings.Contains(got.body, id) || !strings.Contains(log.String(), id)) {
			t.Errorf("%s: the number %s is not on the page and in the log", code, id)
		}
		if want.status == 503 && got.Header.Get("Retry-After") == "" {
			t.Error("503 says nothing about when to try again")
		}
		// The log knows neither the code nor the visitor's address.
		for _, secret := range []string{"/f/" + code, "192.0.2.1"} {
			if strings.Contains(strings.ReplaceAll(log.String(), "secret thing", ""), secret) {
				t.Errorf("the log has %s:\n%s", secret, log.String())
			}
		}
	}
}

// What a customer's request leaves in a log of the usual level is nothing: the log would know to the second when somebody answered.
func TestTheLogDoesNotWatchCustomers(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	w := newFixture(t, func(c *server.Config) { c.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	log.Reset()
	w.send("POST", "/f/ABC23456", url.Values{"rating": {"4"}}, nil).shows(t, 200)
	if log.Len() > 0 {
		t.Errorf("%s", log.String())
	}
	w.send("GET", "/staff/sign-in/north?next=/staff/audit", nil, nil)
	if got := log.String(); !strings.Contains(got, "route=/staff/sign-in/:organisation") || strings.Contains(got, "192.0.2.1") ||
		strings.Contains(got, "next") {
		t.Errorf("%s", got)
	}
}

func TestReadiness(t *testing.T) {
	t.Parallel()
	w := newFixture(t, func(c *server.Config) {
		c.Ready = func(context.Context) error { return errors.New("no database") }
		c.Log = slog.New(slog.DiscardHandler)
	})
	w.send("GET", "/healthz", nil, nil).shows(t, 200, "ok")
	w.send("GET", "/readyz", nil, nil).shows(t, 503, "not ready").hides(t, "database")
}

func TestSettingsThatCannotBe(t *testing.T) {
	t.Parallel()
	for _, c := range []server.Config{{BaseURL: "feedback.example.org"}, {BaseURL: "ftp://x.example"}, {BaseURL: ""},
		{BaseURL: "https://x.example", TrustedProxies: []string{"10.0.0.1"}}} {
		if _, err := server.New(c); err == nil || !strings.Contains(err.Error(), "write") {
			t.Errorf("%+v: %v", c, err)
		}
	}
}
