package server

import (
	"context"
	"errors"
	"maps"
	"math"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/lib/pq"

	"yousaid/analytics/refusal"
	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/server/staff/account"
	"yousaid/surveys/wording"
)

// statusOf finds how an error looks: its status and, perhaps, a sentence in the page's language.
func statusOf(err error, p page.Page) (status int, detail string) {
	for _, f := range failures {
		if errors.Is(err, f.err) {
			if f.detail != "" { // those that customers meet have Welsh; the others are for staff, whose pages are in English
				detail = p.T(f.detail)
			}
			return int(f.kind), detail
		}
	}
	var (
		tooMany signin.TooManyError
		size    *http.MaxBytesError
		query   refusal.Refusal
		refused wording.Refusal
		routing *echo.HTTPError
		sql     *pq.Error
		network *net.OpError
	)
	switch {
	case errors.As(err, &tooMany):
		minutes := int(math.Ceil(tooMany.Wait.Minutes()))
		return http.StatusTooManyRequests, p.Plural(
			"error.wait|There were too many wrong passwords. Try again in a minute.|There were too many wrong passwords. Try again in %s minutes.",
			minutes,
			arguments(minutes)...)
	case errors.As(err, &size):
		return http.StatusRequestEntityTooLarge, ""
	case errors.As(err, &query):
		return http.StatusUnprocessableEntity, p.Say(query.Message())
	case errors.As(err, &refused):
		return http.StatusUnprocessableEntity, p.Say(refused.Message)
	case errors.As(err, &routing):
		return routing.Code, ""
	case errors.As(err, &network), errors.As(err, &sql) && away(sql):
		return http.StatusServiceUnavailable, ""
	case sql != nil && sql.Code.Class() == "22": // a value that no column holds: a number that is too large, a day that is none
		return http.StatusBadRequest, ""
	}
	return http.StatusInternalServerError, ""
}

// arguments keeps the number out of the wording for one, which does not name it.
func arguments(n int) []any {
	if n == 1 {
		return nil
	}
	return []any{n}
}

// away tells whether the database is stopping, starting or out of places, which passes by itself.
func away(e *pq.Error) bool {
	class := string(e.Code.Class())
	return class == "08" || class == "53" || e.Code == "57P01" || e.Code == "57P02" || e.Code == "57P03"
}

// fail turns an error into a page. It is echo's error handler, and the one place that knows how failure looks.
func (s *Server) fail(err error, c echo.Context) {
	ctx := c.Request().Context()
	if c.Response().Committed {
		s.Log.ErrorContext(ctx, "failed after the answer had begun", "route", c.Path(), "problem", err.Error(), "request", requestID(c))
		return
	}
	path := c.Request().URL.Path
	if errors.Is(err, signin.ErrNoSession) {
		_ = c.Redirect(http.StatusSeeOther, account.SignInFor(c.Request()))
		return
	}
	// A browser that went away: nobody reads the answer. A form that came too slowly ends the request's time as well, and there somebody
	// waits: an
	// empty page would look as if all were stored.
	if errors.Is(ctx.Err(), context.Canceled) && !errors.Is(err, errBadForm) {
		return
	}
	if !strings.HasPrefix(path, "/staff") && !page.Framed(c) {
		s.Public.NotFound(c)
	}
	p := page.New(c)
	status, detail := statusOf(err, p)
	if status >= http.StatusInternalServerError {
		s.Log.ErrorContext(ctx, "request failed", "route", c.Path(), "problem", err.Error(), "request", requestID(c))
	}
	h := c.Response().Header()
	h.Set(echo.HeaderCacheControl, "no-store")
	if tooMany := (signin.TooManyError{}); errors.As(err, &tooMany) {
		h.Set(echo.HeaderRetryAfter, strconv.Itoa(int(math.Ceil(tooMany.Wait.Seconds()))))
	} else if status == http.StatusServiceUnavailable {
		h.Set(echo.HeaderRetryAfter, "60")
	}
	back := ""
	if c.Request().Method == http.MethodPost && c.Path() != "" && !strings.HasSuffix(c.Path(), "sign-out") {
		back = path // every form's address also answers GET
	}
	name := "public/error"
	if strings.HasPrefix(path, "/staff") {
		name = "staff/error"
	}
	shown := page.NewError(p, status, detail, back)
	if back != "" && status == http.StatusServiceUnavailable {
		shown.Kept = kept(c.Request().PostForm)
		shown.Action = c.Request().URL.RequestURI()
		if len(shown.Kept) > 0 && name == "public/error" {
			shown.KeptForm = "kept"
		}
	}
	if err := page.Render(c, status, name, shown); err != nil {
		s.Log.ErrorContext(ctx, "the error page failed", "problem", err.Error(), "request", requestID(c))
		_ = c.String(status, http.StatusText(status)+"\n")
	}
}

// kept is what a form held when it could not be taken, to be sent again; no passwords.
func kept(form url.Values) (fields []page.Kept) {
	for _, name := range slices.Sorted(maps.Keys(form)) {
		if strings.Contains(name, "password") {
			continue
		}
		for _, value := range form[name] {
			if name == page.FieldAction && strings.HasPrefix(value, page.ActionIn) {
				continue // what is sent again is sent, and not shown in another language
			}
			fields = append(fields, page.Kept{Name: name, Value: value})
		}
	}
	return fields
}
