package site_test

import (
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"golang.org/x/net/html"

	"yousaid/cmd/yousaid/site/sitetest"
)

// hostileValues are texts that broke something here or in programs like this one.
var hostileValues = map[string]string{
	"NUL":                     "\x00",
	"NUL inside":              "a\x00b",
	"not UTF-8":               "\xff\xfe\x80",
	"cut inside a character":  strings.Repeat("ŵ", 251),
	"cut inside an emoji":     "a" + strings.Repeat("👩‍👩‍👧", 90),
	"beyond int64":            "9223372036854775808",
	"far beyond int64":        strings.Repeat("9", 40),
	"below int64":             "-9223372036854775809",
	"beyond float64":          "1e999",
	"not a number":            "NaN",
	"Arabic digits":           "٣٤",
	"a quote and a semicolon": `'";--`,
	"a path":                  "../../../etc/passwd",
	"a percent sign":          "%00%",
	"a date that is none":     "2026-02-31",
	"a year with five digits": "12026-01-01",
	"braces":                  `{{.}}{"a":`,
	"long":                    strings.Repeat("long ", 3000),
}

// request is something that a page lets its reader send.
type request struct {
	site   *sitetest.Site
	cookie string
	method string
	path   string
	fields url.Values
}

// sameKind takes the parts of an address that name one thing out, so that each kind of request is tried once.
var sameKind = regexp.MustCompile(`/[0-9]+|/[0-9a-f-]{36}|/f/[^/]+(/[^/]{20,})?|/first-sign-in/[^/]+`)

// sameField takes out which wording is translated: every one is checked by the same rules.
var sameField = regexp.MustCompile(`^(was:)?[a-z_]+\.[a-z0-9_.:-]+$`)

func (r request) kind() string { return r.method + " " + sameKind.ReplaceAllString(r.path, "/#") }

// Whatever stands in a part of an address, in a query or in a field of a form: no page ends in an error that the program did not foresee.
func TestNoHostileValueIsASurprise(t *testing.T) {
	t.Parallel()
	c := newCouncil(t)
	c.freeze()
	var (
		lock  sync.Mutex
		taken = map[string]bool{} // each kind of request and field is tried once
		tried atomic.Int64
	)
	first := func(key string) bool {
		lock.Lock()
		defer lock.Unlock()
		defer func() { taken[key] = true }()
		return !taken[key]
	}
	t.Run("forms and queries", func(t *testing.T) {
		for _, v := range pages {
			if v.site(c) == c.away || v.status() >= 500 {
				continue
			}
			t.Run(v.name(), func(t *testing.T) {
				t.Parallel()
				s := v.open(c, t)
				for _, r := range v.requests(c, s) {
					for name := range r.fields {
						if strings.HasSuffix(r.path, "/sign-out") || !first(r.kind()+" "+sameField.ReplaceAllString(name, "${1}wording")) {
							continue
						}
						for what, value := range hostileValues {
							fields := maps.Clone(r.fields)
							fields[name] = []string{value}
							r.survives(t, what, "field "+name, r.path, fields)
							tried.Add(1)
						}
					}
				}
			})
		}
	})
	s := c.full.Copy(t)
	for _, route := range s.Server.Routes() {
		for what, value := range hostileValues {
			tried.Add(hostileParts(t, s, c.cookies["administrator"], route.Method, route.Path, what, value))
		}
	}
	if tried.Load() < 5000 {
		t.Errorf("only %d requests were tried", tried.Load())
	}
	t.Logf("%d requests", tried.Load())
}

// requests are what a visit sends, and what its page lets its reader send.
func (v pageState) requests(c *council, s *sitetest.Site) []request {
	at := v.address(c, s)
	if v.post != nil {
		return []request{{s, v.cookie(c), http.MethodPost, at, v.post}}
	}
	path, query, _ := strings.Cut(at, "?")
	fields, _ := url.ParseQuery(query)
	return append(sendable(s, v.cookie(c), at), request{s, v.cookie(c), http.MethodGet, path, fields})
}

// hostileParts puts a value into each part of a route's address that names something.
func hostileParts(t *testing.T, s *sitetest.Site, cookie, method, pattern, what, value string) (tried int64) {
	parts := strings.Split(pattern, "/")
	for i, p := range parts {
		if !strings.Contains(p, ":") && p != "*" {
			continue
		}
		address := slices.Clone(parts)
		for j, other := range address {
			switch {
			case j == i:
				_, ends, _ := strings.Cut(other, ".")
				address[j] = url.PathEscape(value)
				if ends != "" && !strings.HasPrefix(ends, ":") {
					address[j] += "." + ends
				}
			case other == ":organisation":
				address[j] = "testham"
			case strings.HasPrefix(other, ":"):
				address[j] = "1"
			}
		}
		r := request{site: s, cookie: cookie, method: method}
		r.survives(t, what, "part "+p+" of "+pattern, strings.Join(address, "/"), nil)
		tried++
	}
	return tried
}

// survives sends a request and fails where the answer is an error of the program.
func (r request) survives(t *testing.T, what, where, path string, fields url.Values) {
	var body io.Reader
	at := path
	if r.method == http.MethodGet {
		if len(fields) > 0 {
			at += "?" + fields.Encode()
		}
	} else {
		body = strings.NewReader(fields.Encode())
	}
	q, err := http.NewRequestWithContext(t.Context(), r.method, r.site.URL+at, body)
	if err != nil {
		t.Fatal(err)
	}
	if body != nil {
		q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if r.cookie != "" {
		q.Header.Set("Cookie", r.cookie)
	}
	answer, err := http.DefaultTransport.RoundTrip(q)
	if err != nil {
		t.Errorf("%s in %s of %s %s: %v", what, where, r.method, path, err)
		return
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil {
		t.Errorf("%s in %s of %s %s: %v", what, where, r.method, path, err)
	}
	if answer.StatusCode >= 500 {
		t.Errorf("%s in %s of %s %s: %d", what, where, r.method, path, answer.StatusCode)
	}
}

// sendable lists the forms and the links with a query of a page.
func sendable(s *sitetest.Site, cookie, at string) (list []request) {
	root, err := html.Parse(strings.NewReader(s.Get(at, "Cookie", cookie).Text))
	if err != nil {
		return nil
	}
	base, _ := url.Parse(at)
	for n := range root.Descendants() {
		switch {
		case n.Type != html.ElementNode:
		case n.Data == "a":
			if to, err := base.Parse(attr(n, "href")); err == nil && to.Host == "" && to.RawQuery != "" {
				list = append(list, request{s, cookie, http.MethodGet, to.EscapedPath(), to.Query()})
			}
		case n.Data == "form":
			to, err := base.Parse(attr(n, "action"))
			if err != nil || to.Host != "" || attr(n, "enctype") == "multipart/form-data" {
				continue
			}
			r := request{s, cookie, http.MethodGet, to.EscapedPath(), url.Values{}}
			if strings.EqualFold(attr(n, "method"), "post") {
				r.method = http.MethodPost
			}
			for f := range n.Descendants() {
				if name := attr(f, "name"); f.Type == html.ElementNode && name != "" &&
					slices.Contains([]string{"input", "select", "textarea", "button"}, f.Data) {
					r.fields.Set(name, attr(f, "value"))
				}
			}
			list = append(list, r)
		}
	}
	return list
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
