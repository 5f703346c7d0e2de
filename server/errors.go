package server

import (
	"context"
	"database/sql/driver"
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

	"yousaid/analytics"
	"yousaid/analytics/actions"
	"yousaid/analytics/calendar"
	"yousaid/analytics/insight"
	"yousaid/analytics/plans"
	"yousaid/analytics/releases"
	"yousaid/analytics/unusual"
	"yousaid/server/accounts"
	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/server/staff/account"
	"yousaid/server/translations"
	"yousaid/surveys"
	"yousaid/surveys/catalogue"
	"yousaid/surveys/links"
	"yousaid/surveys/responses"
	"yousaid/surveys/responses/exporting"
	"yousaid/surveys/wording"
)

// failures is the one table of error → status. The first line that fits counts; an error that fits none is a surprise: 500.
var failures = []struct {
	err    error
	status int
	detail string // "key|English": a sentence beyond what the status's page says
}{
	// missing
	{accounts.ErrNoOrganisation, http.StatusNotFound, ""},
	{accounts.ErrNoPerson, http.StatusNotFound, ""},
	{responses.ErrToken, http.StatusNotFound, ""},
	{responses.ErrNoPage, http.StatusNotFound, ""},
	{insight.ErrCursor, http.StatusNotFound, ""},

	// Questionnaires.
	{surveys.ErrMissing, http.StatusNotFound, ""},
	{surveys.ErrGone, http.StatusConflict, "error.survey_gone|Somebody else has taken this out of the questionnaire meanwhile. Nothing was changed."},
	{surveys.ErrClosed, http.StatusConflict, "error.survey_closed|The survey is closed. Reopen it as a draft first."},
	{surveys.ErrNotOpen, http.StatusConflict, "error.survey_not_open|The survey is not open, so it cannot be closed."},
	{surveys.ErrNotPublished, http.StatusConflict, "error.survey_not_published|The survey has not been published yet, so there is no version to go back to."},
	{surveys.ErrNotClosed, http.StatusConflict, "error.survey_not_closed|Only a closed survey can be reopened."},
	{surveys.ErrStaleDraft, http.StatusConflict, "error.survey_stale|Somebody else saved this survey at the same moment. Open it again and repeat your change."},

	// Settings: catalogue, people, brand.
	{catalogue.ErrMissing, http.StatusNotFound, ""},
	{translations.ErrMissing, http.StatusNotFound, ""},
	{translations.ErrNotEmpty, http.StatusConflict, "error.translation|Something is translated into this language already, so it stays in the list. Empty its wordings first."},

	// Links.
	{links.ErrMissing, http.StatusNotFound, ""},
	{links.ErrClosed, http.StatusConflict, "error.link_closed|The link is closed already."},
	{links.ErrOpen, http.StatusConflict, "error.link_open|The link is open already."},
	{links.ErrJob, http.StatusNotFound, "error.job|The job number in this address does not fit its signature. Use the whole link from the message that we sent you."},

	// Typing in answers.
	{links.ErrNotTaking, http.StatusConflict, "error.keying_closed|This survey takes no answers now. Choose another one under Type in answers."},
	{links.ErrReach, http.StatusForbidden, "error.keying_service|Your role does not cover this service."},
	{responses.ErrLate, http.StatusConflict, "error.keying_late|This was typed in more than 12 hours ago, so it cannot be undone here. Ask the consultation team."},

	// Unusual answers.
	{unusual.ErrMissing, http.StatusNotFound, ""},

	// Comments: themes, marks, redaction.
	{insight.ErrNoComment, http.StatusNotFound, ""},
	{insight.ErrNoTheme, http.StatusNotFound, ""},
	{insight.ErrNotReviewed, http.StatusConflict, "error.not_reviewed|This comment has not been reviewed, so it cannot be quoted. Ask the consultation team to review it first."},
	{insight.ErrNotCounted, http.StatusConflict, "error.not_counted|This comment is from answers that are left out of the figures, so it cannot be quoted."},
	{insight.ErrStaleComment, http.StatusConflict, ""},

	// Actions.
	{actions.ErrMissing, http.StatusNotFound, ""},
	{actions.ErrNotNow, http.StatusConflict, "error.action_not_now|Somebody else has moved this action on, so this cannot be done any more. Open it to see how it stands."},
	{actions.ErrStale, http.StatusConflict, "error.action_stale|Somebody else changed this action at the same moment. Open it again and repeat your change."},
	{actions.ErrMayNotPublish, http.StatusForbidden, "error.action_pass|Your role does not review, correct or withdraw actions. Ask somebody with the role Consultation or Administrator."},
	{actions.ErrMayNotRelease, http.StatusForbidden, "error.action_release|Only people who may release figures choose one for an action. Ask somebody with the role Consultation or Administrator."},
	{actions.ErrNoFigure, http.StatusConflict, "error.action_figure|The table does not show this figure. Go back and choose another row or figure."},
	{actions.ErrFigureGone, http.StatusConflict, "error.action_figure_gone|The table of a figure was withdrawn or corrected since it was chosen. Choose the figure anew, or take it out."},
	{actions.ErrQuoteGone, http.StatusConflict, "error.action_quote_gone|The quoted comment was decided about, changed or taken back since it was chosen. Choose a quote anew, or take it out."},
	{actions.ErrNotAllowed, http.StatusForbidden, "error.action_service|Your role does not cover this service. Choose one of your own."},

	// Published figures: releases and the calendar.
	{releases.ErrMissing, http.StatusNotFound, ""},
	{calendar.ErrNoPublication, http.StatusNotFound, ""},
	{calendar.ErrNotNow, http.StatusConflict, "error.publication|Somebody else has moved this publication on. Open it to see how it stands."},
	{releases.ErrNotAsked, http.StatusConflict, "error.not_asked|The survey does not ask this question, or not with one answer from a list, so it cannot be published. Return the proposal and plan another question."},
	{calendar.ErrMissed, http.StatusConflict, "error.missed|This table is late. A date that was missed stays in the calendar: publish the table when it is ready."},

	// Equality: what leaves, the register and the plans.
	{plans.ErrNoPlan, http.StatusNotFound, ""},

	// Row exports.
	{exporting.ErrMissing, http.StatusNotFound, ""},
	{exporting.ErrGone, http.StatusGone, "error.export_gone|The file is not finished, or its time is over. Ask for the export again."},

	// The whole council.

	// Receipts.

	// over
	{responses.ErrClosed, http.StatusGone, ""},
	// not now
	{responses.ErrSpent, http.StatusConflict, ""},
	{responses.ErrNotStarted, http.StatusConflict, "error.not_started|Start with the first page of the questions."},
	// not valid
	{responses.ErrRefused, http.StatusUnprocessableEntity, ""},
	{errBadForm, http.StatusBadRequest, ""},
	// not allowed
	{ErrNotAllowed, http.StatusForbidden, ""},
	{analytics.ErrNotAllowed, http.StatusForbidden, ""},
	{insight.ErrNotAllowed, http.StatusForbidden, ""},
	{errCrossOrigin, http.StatusForbidden, "error.cross_origin|The form did not come from this site. Open the page here and send it again."},
	{account.ErrPlain, http.StatusForbidden, "error.plain|Signing in needs a secure address that begins with https. Ask an administrator for it."},
	{signin.ErrNoRole, http.StatusForbidden, "error.no_role|Your password is right, but you have no role at this council. Ask an administrator there for one."},
	// not able, for the moment
	{accounts.ErrBusy, http.StatusServiceUnavailable, ""},
	{responses.ErrBusy, http.StatusServiceUnavailable, ""},
	{responses.ErrAway, http.StatusServiceUnavailable, ""},
	{responses.ErrStopped, http.StatusServiceUnavailable, ""},
	{driver.ErrBadConn, http.StatusServiceUnavailable, ""},
	{context.DeadlineExceeded, http.StatusServiceUnavailable, ""},
}

// statusOf finds how an error looks: its status and, perhaps, a sentence in the page's language.
func statusOf(err error, p page.Page) (status int, detail string) {
	for _, f := range failures {
		if errors.Is(err, f.err) {
			if f.detail != "" { // those that customers meet have Welsh; the others are for staff, whose pages are in English
				detail = p.T(f.detail)
			}
			return f.status, detail
		}
	}
	var (
		tooMany signin.TooManyError
		size    *http.MaxBytesError
		refusal analytics.Refusal
		refused wording.Refusal
		routing *echo.HTTPError
		sql     *pq.Error
		network *net.OpError
	)
	switch {
	case errors.As(err, &tooMany):
		minutes := int(math.Ceil(tooMany.Wait.Minutes()))
		return http.StatusTooManyRequests, p.Plural("error.wait|There were too many wrong passwords. Try again in a minute.|There were too many wrong passwords. Try again in %s minutes.",
			minutes, arguments(minutes)...)
	case errors.As(err, &size):
		return http.StatusRequestEntityTooLarge, ""
	case errors.As(err, &refusal):
		return http.StatusUnprocessableEntity, p.Say(refusal.Message())
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
	// A browser that went away: nobody reads the answer. A form that came too slowly ends the request's time as well, and there somebody waits: an
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
