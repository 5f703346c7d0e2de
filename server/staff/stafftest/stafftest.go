// Package stafftest calls the pages of staff in tests, with a council and somebody who is signed in and without the rest of the site.
package stafftest

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"yousaid/server/accounts"
	"yousaid/server/signin"
	"yousaid/server/staff"
	"yousaid/surveys/tenant"
)

type council accounts.Organisation

func (o council) Organisation(context.Context, tenant.Org) (accounts.Organisation, error) {
	return accounts.Organisation(o), nil
}

// Context is a request by somebody of a council, framed as the site frames it. A nil form is a GET.
func Context(
	e *echo.Echo,
	o accounts.Organisation,
	by tenant.Actor,
	address string,
	form url.Values,
) (echo.Context, *httptest.ResponseRecorder) {
	w := httptest.NewRecorder()
	c := e.NewContext(request(address, form), w)
	signin.Keep(c, signin.Session{Actor: by})
	if err := staff.Frame(c, council(o)); err != nil {
		panic(err) // a council that is given is found
	}
	return c, w
}

func request(address string, form url.Values) *http.Request {
	if form == nil {
		return httptest.NewRequest(http.MethodGet, address, nil)
	}
	r := httptest.NewRequest(http.MethodPost, address, strings.NewReader(form.Encode()))
	r.Header.Set(echo.HeaderContentType, echo.MIMEApplicationForm)
	return r
}

// Site is some pages, each at its address.
type Site struct {
	f *Fixture
	e *echo.Echo
}

type (
	actorKey struct{}
	errorKey struct{}
)

// Serve puts handlers at their addresses: "GET /staff/links/:code". Nothing but the session and the frame is around them.
func (f *Fixture) Serve(routes map[string]echo.HandlerFunc) *Site {
	e := echo.New()
	e.Renderer = f.Set
	e.HTTPErrorHandler = func(err error, c echo.Context) {
		if to, ok := c.Request().Context().Value(errorKey{}).(*error); ok {
			*to = err
		}
	}
	frame := func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			by, _ := c.Request().Context().Value(actorKey{}).(tenant.Actor)
			signin.Keep(c, signin.Session{Actor: by})
			if by.Org != 0 {
				if err := staff.Frame(c, council(f.organisation())); err != nil {
					return err
				}
			}
			if c.Request().Method == http.MethodPost && !strings.HasPrefix(c.Request().Header.Get(echo.HeaderContentType), echo.MIMEMultipartForm) {
				if _, err := c.FormParams(); err != nil {
					return err
				}
			}
			return next(c)
		}
	}
	for route, handler := range routes {
		method, path, _ := strings.Cut(route, " ")
		e.Add(method, path, handler, frame)
	}
	return &Site{f, e}
}

// organisation is the council as it is now. What the frame reads is no statement of the page.
func (f *Fixture) organisation() (o accounts.Organisation) {
	f.faults.Paused(func() {
		var err error
		o, err = f.Accounts.Organisation(context.Background(), f.Org.ID)
		f.check(err)
	})
	return o
}

// Answer is what a page answered.
type Answer struct {
	t      testing.TB
	what   string
	Status int
	Header http.Header
	Body   string
	Err    error // what the handler returned
}

// Get asks for a page as somebody with a role; "" is nobody.
func (s *Site) Get(role, path string) *Answer { return s.do(role, path, request(path, nil)) }

// Post sends a form.
func (s *Site) Post(role, path string, form url.Values) *Answer {
	if form == nil {
		form = url.Values{}
	}
	return s.do(role, path, request(path, form))
}

// Upload sends a form with a file in it.
func (s *Site) Upload(role, path, contentType string, body io.Reader) *Answer {
	r := httptest.NewRequest(http.MethodPost, path, body)
	r.Header.Set(echo.HeaderContentType, contentType)
	return s.do(role, path, r)
}

func (s *Site) do(role, path string, r *http.Request) *Answer {
	s.f.T.Helper()
	var by tenant.Actor
	if role != "" {
		by = s.f.As(role)
	}
	a := &Answer{t: s.f.T, what: r.Method + " " + path + " as " + role}
	ctx := context.WithValue(context.WithValue(s.f.T.Context(), actorKey{}, by), errorKey{}, &a.Err)
	w := httptest.NewRecorder()
	s.e.ServeHTTP(w, r.WithContext(ctx))
	a.Status, a.Header, a.Body = w.Code, w.Header(), w.Body.String()
	return a
}

// shown is what a failure shows of the page: its problems and the beginning of its contents.
func (a *Answer) shown() string {
	body := a.Body
	if _, main, ok := strings.Cut(body, "<main"); ok {
		body = main
	}
	return body[:min(len(body), 800)]
}

// Is fails unless the page has the status and shows the texts.
func (a *Answer) Is(status int, texts ...string) *Answer {
	a.t.Helper()
	if a.Err != nil {
		a.t.Errorf("%s: %v", a.what, a.Err)
		return a
	}
	if a.Status != status {
		a.t.Errorf("%s: status %d, not %d, at %q:\n%s", a.what, a.Status, status, a.Header.Get("Location"), a.shown())
		return a
	}
	for _, text := range texts {
		if !strings.Contains(a.Body, text) {
			a.t.Errorf("%s: %q is not shown:\n%s", a.what, text, a.shown())
		}
	}
	return a
}

// Hides fails if the page shows one of the texts.
func (a *Answer) Hides(texts ...string) *Answer {
	a.t.Helper()
	for _, text := range texts {
		if strings.Contains(a.Body, text) {
			a.t.Errorf("%s: %q is shown:\n%s", a.what, text, a.shown())
		}
	}
	return a
}

// LeadsTo fails unless the page leads to the address.
func (a *Answer) LeadsTo(address string) *Answer {
	a.t.Helper()
	if a.Err != nil || a.Status != http.StatusSeeOther || a.Header.Get("Location") != address {
		a.t.Errorf("%s: %v, status %d, leads to %q, not to %q:\n%s", a.what, a.Err, a.Status, a.Header.Get("Location"), address, a.shown())
	}
	return a
}

// Fails fails unless the handler returned the error.
func (a *Answer) Fails(with error) {
	a.t.Helper()
	if !errors.Is(a.Err, with) {
		a.t.Errorf("%s: returned %v, not %v (status %d)", a.what, a.Err, with, a.Status)
	}
}

// FailsWith fails unless the handler returned an error of the status.
func (a *Answer) FailsWith(status int) {
	a.t.Helper()
	if is := (*echo.HTTPError)(nil); !errors.As(a.Err, &is) || is.Code != status {
		a.t.Errorf("%s: returned %v, not status %d", a.what, a.Err, status)
	}
}

// EachFault has every statement of a request fail in its turn, the first one first. Each time the handler must return an error: a page that
// is shown in its place would be
// half a page, or would give the reader the blame. In the end the request succeeds, and its answer is returned.
func (s *Site) EachFault(role, path string, form url.Values) *Answer {
	s.f.T.Helper()
	if role != "" {
		s.f.As(role)
	}
	const most = 400
	for n := int64(1); n < most; n++ {
		s.f.faults.From(n)
		a := s.do(role, path, request(path, form))
		if !s.f.faults.Off() {
			return a
		}
		if a.Err == nil {
			s.f.T.Errorf("%s: statement %d failed and the page answered %d:\n%s", a.what, n, a.Status, a.shown())
			return s.do(role, path, request(path, form))
		}
	}
	s.f.T.Fatalf("%s: more than %d statements", path, most)
	return nil
}
