package server

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"yousaid/server/signin"
	"yousaid/server/staff"
	"yousaid/surveys/permission"
	"yousaid/surveys/tablefile"
)

const (
	bodyLimit   = 64 << 10         // bytes of a customer's form
	staffLimit  = 1 << 20          // bytes of a form of staff: a question may have 200 answers in several languages
	requestTime = 30 * time.Second // for a page
	exportTime  = 2 * time.Minute  // for a file
)

// identify gives the request a number of its own, which an error page shows and the log has.
func (s *Server) identify(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		b := make([]byte, 8)
		_, _ = rand.Read(b)
		c.Response().Header().Set(echo.HeaderXRequestID, hex.EncodeToString(b))
		return next(c)
	}
}

// observe writes one line about each request: the pattern of the address and never the address itself, which may carry a customer's token;
// no network address. Answers of customers are logged at debug level only: the log must not know more finely than the database when someone
// answered.
func (s *Server) observe(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		start := time.Now()
		if err := next(c); err != nil {
			c.Error(err)
		}
		level := slog.LevelInfo
		status := c.Response().Status
		if s.Observed != nil {
			s.Observed(c.Request().Method, c.Path(), status, time.Since(start))
		}
		customer := strings.HasPrefix(strings.ToLower(c.Path()), "/f/")
		switch {
		case status >= 500:
			level = slog.LevelError
		case customer || c.Path() == "/healthz" || c.Path() == "/readyz" || c.Path() == "/assets/*":
			level = slog.LevelDebug
		}
		if !s.Log.Enabled(c.Request().Context(), level) {
			return nil // a customer's page is answered in microseconds: no line is put together for nobody
		}
		s.Log.Log(c.Request().Context(), level, "request", "method", c.Request().Method, "route", c.Path(), "status", status,
			"ms", time.Since(start).Milliseconds(), "request", requestID(c))
		return nil
	}
}

func requestID(c echo.Context) string { return c.Response().Header().Get(echo.HeaderXRequestID) }

// recover gives the request its time, and turns a panic into an error with the place where it happened. The request gets its own context
// back
// afterwards, so that the error page can tell a browser that went away from one that waited too long.
func (s *Server) recover(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		r := c.Request()
		ctx, cancel := context.WithTimeout(r.Context(), s.timeOf(c.Path()))
		defer func() {
			if p := recover(); p != nil {
				if p == http.ErrAbortHandler { //nolint:errorlint // a sentinel that is panicked bare
					panic(p)
				}
				err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
			}
			if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
				err = errors.Join(context.DeadlineExceeded, err) // lib/pq reports a cancelled query as an error of its own
			}
			cancel()
			r.PostForm = c.Request().PostForm // an error page gives it back
			c.SetRequest(r)
		}()
		c.SetRequest(r.WithContext(ctx))
		if err := s.awake(ctx, c.Path()); err != nil {
			return err
		}
		return next(c)
	}
}

// timeOf is how long an address may take: a file two minutes, what is proved first half a minute, every other page and form AnswerTime.
func (s *Server) timeOf(path string) time.Duration {
	switch {
	case isFile(path):
		return exportTime
	case s.AnswerTime <= 0 || proved(path):
		return requestTime
	}
	return s.AnswerTime
}

// isFile tells whether the pattern of an address is that of files for staff. What the public reads is rendered once and kept.
func isFile(path string) bool {
	return strings.HasPrefix(path, "/staff/") &&
		(strings.HasSuffix(path, ".:format") || strings.HasSuffix(path, "/:file") || strings.HasSuffix(path, "/file"))
}

// packed tells whether what is asked for is a file that is compressed by itself. Row exports say their length first, so they stay as they
// are.
func packed(c echo.Context) bool {
	f, known := tablefile.Of(c.Request().URL.Path)
	return known && f.Packed || strings.HasSuffix(c.Path(), "/file")
}

// proved tells whether a page may have to prove tables before it is shown, which takes processors and not the database.
func proved(path string) bool {
	for _, p := range []string{"/staff/equality", "/staff/releases", "/staff/published", "/staff/actions/:number/figure"} {
		if strings.HasPrefix(path, p) {
			return true
		}
	}
	return false
}

// awake asks the database first where the answer may take long: that it does not answer is said at once.
func (s *Server) awake(ctx context.Context, path string) error {
	if s.Answers == nil || s.timeOf(path) <= s.AnswerTime {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, s.AnswerTime/2)
	defer cancel()
	if err := s.Answers(ctx); err != nil {
		return errors.Join(context.DeadlineExceeded, err)
	}
	return nil
}

// protect sets the headers that keep a page to itself. A page that is rendered sets its own Content-Security-Policy, with its brand's
// style.
func (s *Server) protect(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set(echo.HeaderContentSecurityPolicy, "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set(echo.HeaderXContentTypeOptions, "nosniff")
		h.Set(echo.HeaderXFrameOptions, "DENY")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		// A staff form must send its Origin, which "no-referrer" would blank and sameOrigin then refuse in older browsers.
		h.Set(echo.HeaderReferrerPolicy, "no-referrer")
		if staff := strings.HasPrefix(c.Request().URL.Path, "/staff"); staff {
			h.Set(echo.HeaderReferrerPolicy, "same-origin")
			h.Set(echo.HeaderCacheControl, "no-store")
		}
		if c.Path() != "/" {
			h.Set("X-Robots-Tag", "noindex, nofollow")
		}
		if c.Scheme() == "https" {
			h.Set(echo.HeaderStrictTransportSecurity, "max-age=31536000")
		}
		return next(c)
	}
}

// badForm is a body that is not a form.
var errBadForm = errors.New("the form could not be read")

// limit reads the form, 64 kB at most (1 MB from staff), before any handler asks for a field: asked later, a form that was cut off would
// look like an empty
// one. Only the body counts as the form, whatever a mail program made of the address's query.
func (s *Server) limit(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		if r.Method == http.MethodGet || r.Method == http.MethodHead {
			return next(c)
		}
		most := int64(bodyLimit)
		if strings.HasPrefix(r.URL.Path, "/staff/") && !strings.HasPrefix(r.URL.Path, "/staff/sign-in") {
			most = staffLimit
		}
		if r.ContentLength > most {
			return &http.MaxBytesError{Limit: most}
		}
		r.Body = http.MaxBytesReader(c.Response().Writer, r.Body, most)
		query := r.URL.RawQuery
		r.URL.RawQuery = ""
		err := r.ParseForm()
		if err == nil && strings.HasPrefix(r.Header.Get(echo.HeaderContentType), "multipart/form-data") {
			err = r.ParseMultipartForm(most)
		}
		r.URL.RawQuery = query
		if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
			return tooLarge
		}
		if err != nil {
			return errors.Join(errBadForm, err)
		}
		if r.PostForm == nil {
			r.PostForm = url.Values{}
		}
		return next(c)
	}
}

// errCrossOrigin is a form that another site sent.
var errCrossOrigin = errors.New("the form came from another site")

var crossOrigin = http.NewCrossOriginProtection()

// sameOrigin refuses forms that another site makes a browser send. Programs that send no such headers (curl) pass. A customer's form
// carries
// a signed token and no cookie, so nothing is lost by believing an Origin of "null", which older browsers send with "no-referrer".
func (s *Server) sameOrigin(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		customer := strings.HasPrefix(strings.ToLower(r.URL.Path), "/f/")
		if customer && r.Header.Get("Sec-Fetch-Site") == "" && r.Header.Get("Origin") == "null" {
			return next(c)
		}
		if err := crossOrigin.Check(r); err != nil {
			return errors.Join(errCrossOrigin, err)
		}
		return next(c)
	}
}

// compress gzips pages and CSV. Assets and workbooks are compressed already, and the first page of a questionnaire and what the public
// reads bring their own; sign-in pages are small, and
// whoever guesses passwords asks for many. It is made once:
// echo builds its chain anew for each request, and the compressors must outlive that.
var compress = middleware.GzipWithConfig(middleware.GzipConfig{MinLength: 1400, Skipper: func(c echo.Context) bool {
	return c.Request().Method == http.MethodHead || c.Path() == "/assets/*" || strings.HasPrefix(c.Path(), "/staff/sign-in") || packed(c) ||
		c.Request().Method == http.MethodGet && (c.Path() == "/f/:code" || c.Path() == "/F/:code") ||
		c.Path() == "/:organisation" || strings.HasPrefix(c.Path(), "/:organisation/you-said-we-did") || strings.HasPrefix(c.Path(),
		"/:organisation/performance")
}})

// ErrNotAllowed is somebody who is signed in and lacks the permission.
var ErrNotAllowed = errors.New("this role may not do that")

// permit lets a request through to the handler of its route if the caller holds the route's permission.
func (s *Server) permit(r Route) echo.HandlerFunc {
	if r.Permission == permission.Public {
		return r.Handler
	}
	return func(c echo.Context) error {
		ctx := c.Request().Context()
		session, err := s.Authenticator.Find(ctx, signin.TokenOf(c.Request(), c.Scheme() == "https"))
		if err != nil {
			return err
		}
		signin.Keep(c, session)
		if err := staff.Frame(c, s.Accounts); err != nil {
			return err
		}
		if !permission.Holds(session.Actor, r.Permission) {
			return ErrNotAllowed
		}
		return r.Handler(c)
	}
}
