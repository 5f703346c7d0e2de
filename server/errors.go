package server

import (
	"context"
	"database/sql/driver"
	"net/http"

	"yousaid/analytics/actions"
	"yousaid/analytics/calendar"
	"yousaid/analytics/insight"
	"yousaid/analytics/plans"
	"yousaid/analytics/refusal"
	"yousaid/analytics/register"
	"yousaid/analytics/releases"
	"yousaid/analytics/review"
	"yousaid/analytics/unusual"
	"yousaid/server/accounts"
	"yousaid/server/signin"
	"yousaid/server/staff/account"
	"yousaid/server/translations"
	"yousaid/surveys"
	"yousaid/surveys/catalogue"
	"yousaid/surveys/links"
	"yousaid/surveys/responses"
	"yousaid/surveys/responses/exporting"
)

// kind is how an error looks to whoever asked: one of the five that docs/architecture.md names, three of them with a second form.
type kind int

const (
	missing    kind = http.StatusNotFound            // there is no such thing
	over       kind = http.StatusGone                // missing: it was there, and its time is over
	notNow     kind = http.StatusConflict            // the state does not allow it, or somebody else was faster
	busy       kind = http.StatusServiceUnavailable  // not now: for the moment, which passes by itself
	notValid   kind = http.StatusUnprocessableEntity // what was sent cannot be taken; forms show it at their fields before it comes here
	unreadable kind = http.StatusBadRequest          // not valid: the form itself cannot be read
	notAllowed kind = http.StatusForbidden           // the role does not cover it, or a second person has to do it
)

// failures is the one table of errors, by what they mean to whoever asked. The first line that fits counts; an error that fits none is a
// surprise: 500. To add an error add a line: a test names those that have none.
var failures = []struct {
	err    error
	kind   kind
	detail string // "key|English": a sentence beyond the text of the page for the status
}{
	{accounts.ErrNoOrganisation, missing, ""},
	{accounts.ErrNoPerson, missing, ""},
	{responses.ErrToken, missing, ""},
	{responses.ErrNoPage, missing, ""},
	{insight.ErrCursor, missing, ""},
	{surveys.ErrMissing, missing, ""},
	{catalogue.ErrMissing, missing, ""},
	{translations.ErrMissing, missing, ""},
	{links.ErrMissing, missing, ""},
	{links.ErrJob, missing, "error.job|The job number in this address does not fit its signature. Use the whole link from the message " +
		"that we sent you."},
	{unusual.ErrMissing, missing, ""},
	{insight.ErrNoComment, missing, ""},
	{insight.ErrNoTheme, missing, ""},
	{actions.ErrMissing, missing, ""},
	{register.ErrMissing, missing, ""},
	{calendar.ErrNoPublication, missing, ""},
	{plans.ErrNoPlan, missing, ""},
	{exporting.ErrMissing, missing, ""},
	{links.ErrUnknown, missing, ""},
	{responses.ErrNoReceipt, missing, ""},

	{exporting.ErrGone, over, "error.export_gone|The file is not finished, or its time is over. Ask for the export again."},
	{responses.ErrClosed, over, ""},
	{accounts.ErrSpent, over, ""},

	{surveys.ErrGone, notNow,
		"error.survey_gone|Somebody else has taken this out of the questionnaire meanwhile. Nothing was changed."},
	{surveys.ErrClosed, notNow, "error.survey_closed|The survey is closed. Reopen it as a draft first."},
	{surveys.ErrNotOpen, notNow, "error.survey_not_open|The survey is not open, so it cannot be closed."},
	{surveys.ErrNotPublished, notNow,
		"error.survey_not_published|The survey has not been published yet, so there is no version to go back to."},
	{surveys.ErrNotClosed, notNow, "error.survey_not_closed|Only a closed survey can be reopened."},
	{surveys.ErrStaleDraft, notNow,
		"error.survey_stale|Somebody else saved this survey at the same moment. Open it again and repeat your change."},
	{translations.ErrNotEmpty, notNow, "error.translation|Something is translated into this language already, so it stays in the list. " +
		"Empty its wordings first."},
	{links.ErrClosed, notNow, "error.link_closed|The link is closed already."},
	{links.ErrOpen, notNow, "error.link_open|The link is open already."},
	{links.ErrNotTaking, notNow, "error.keying_closed|This survey takes no answers now. Choose another one under Type in answers."},
	{responses.ErrLate, notNow,
		"error.keying_late|This was typed in more than 12 hours ago, so it cannot be undone here. Ask the consultation team."},
	{insight.ErrNotReviewed, notNow, "error.not_reviewed|This comment has not been reviewed, so it cannot be quoted. Ask the " +
		"consultation team to review it first."},
	{insight.ErrNotCounted, notNow,
		"error.not_counted|This comment is from answers that are left out of the figures, so it cannot be quoted."},
	{insight.ErrStaleComment, notNow, ""},
	{actions.ErrNotNow, notNow, "error.action_not_now|Somebody else has moved this action on, so this cannot be done any more. Open it " +
		"to see how it stands."},
	{actions.ErrStale, notNow,
		"error.action_stale|Somebody else changed this action at the same moment. Open it again and repeat your change."},
	{actions.ErrNoFigure, notNow,
		"error.action_figure|The table does not show this figure. Go back and choose another row or figure."},
	{actions.ErrFigureGone, notNow, "error.action_figure_gone|The table of a figure was withdrawn or corrected since it was chosen. " +
		"Choose the figure anew, or take it out."},
	{actions.ErrQuoteGone, notNow, "error.action_quote_gone|The quoted comment was decided about, changed or taken back since it was " +
		"chosen. Choose a quote anew, or take it out."},
	{calendar.ErrNotNow, notNow, "error.publication|Somebody else has moved this publication on. Open it to see how it stands."},
	{releases.ErrNotAsked, notNow, "error.not_asked|The survey does not ask this question, or not with one answer from a list, so it " +
		"cannot be published. Return the proposal and plan another question."},
	{calendar.ErrMissed, notNow, "error.missed|This table is late. A date that was missed stays in the calendar: publish the table " +
		"when it is ready."},
	{responses.ErrSpent, notNow, ""},
	{responses.ErrNotStarted, notNow, "error.not_started|Start with the first page of the questions."},
	{surveys.ErrChanged, notNow, ""},
	{catalogue.ErrServiceClosed, notNow, ""},
	{catalogue.ErrChanged, notNow, ""},
	{responses.ErrJobTaken, notNow, ""},
	{exporting.ErrTooMany, notNow, ""},
	{exporting.ErrFormat, notValid, ""},
	{plans.ErrPlanExists, notNow, ""},
	{review.ErrWaiting, notNow, ""},
	{review.ErrDecided, notNow, ""},
	{unusual.ErrDecided, notNow, ""},
	{calendar.ErrPlanned, notNow, ""},
	{calendar.ErrSame, notNow, ""},
	{accounts.ErrChanged, notNow, ""},

	{accounts.ErrBusy, busy, ""},
	{responses.ErrBusy, busy, ""},
	{responses.ErrAway, busy, ""},
	{responses.ErrStopped, busy, ""},
	{driver.ErrBadConn, busy, ""},
	{context.DeadlineExceeded, busy, ""},

	{responses.ErrRefused, notValid, ""},
	{surveys.ErrReason, notValid, ""},
	{surveys.ErrSlugTaken, notValid, ""},
	{links.ErrChannel, notValid, ""},
	{links.ErrExpires, notValid, ""},
	{links.ErrAbout, notValid, ""},
	{links.ErrMode, notValid, ""},
	{links.ErrPlace, notValid, ""},
	{actions.ErrLongQuote, notValid, ""},
	{actions.ErrNoNote, notValid, ""},
	{actions.ErrPast, notValid, ""},
	{actions.ErrDay, notValid, ""},
	{insight.ErrThemeTaken, notValid, ""},
	{insight.ErrThemeName, notValid, ""},
	{refusal.ErrNeedsProtection, notValid, ""},
	{unusual.ErrReason, notValid, ""},
	{unusual.ErrScope, notValid, ""},
	{unusual.ErrNothing, notValid, ""},
	{calendar.ErrSplit, notValid, ""},
	{signin.ErrWrong, notValid, ""},

	{errBadForm, unreadable, ""},

	{links.ErrReach, notAllowed, "error.keying_service|Your role does not cover this service."},
	{actions.ErrMayNotPublish, notAllowed, "error.action_pass|Your role does not review, correct or withdraw actions. Ask somebody " +
		"with the role Consultation or Administrator."},
	{actions.ErrMayNotRelease, notAllowed, "error.action_release|Only people who may release figures choose one for an action. Ask " +
		"somebody with the role Consultation or Administrator."},
	{actions.ErrNotAllowed, notAllowed, "error.action_service|Your role does not cover this service. Choose one of your own."},
	{ErrNotAllowed, notAllowed, ""},
	{refusal.ErrNotAllowed, notAllowed, ""},
	{insight.ErrNotAllowed, notAllowed, ""},
	{errCrossOrigin, notAllowed, "error.cross_origin|The form did not come from this site. Open the page here and send it again."},
	{account.ErrPlain, notAllowed,
		"error.plain|Signing in needs a secure address that begins with https. Ask an administrator for it."},
	{signin.ErrNoRole, notAllowed,
		"error.no_role|Your password is right, but you have no role at this council. Ask an administrator there for one."},
	{actions.ErrSamePerson, notAllowed, ""},
	{review.ErrSamePerson, notAllowed, ""},
	{unusual.ErrSamePerson, notAllowed, ""},
}
