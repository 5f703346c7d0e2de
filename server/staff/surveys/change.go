package surveys

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/server/staff"
	"yousaid/surveys"
	"yousaid/surveys/tenant"
)

// ChangeSurvey carries out a button of the survey's page: "question-up rating", "page-delete 2", "publish" … The value of the button
// is the order and what it is
// about. Orders are done to the draft as it stands now, whoever saved it last.
func (p *Pages) ChangeSurvey(c echo.Context) error {
	s, err := p.survey(c)
	if err != nil {
		return err
	}
	order, about, _ := strings.Cut(c.FormValue("do"), " ")
	switch order {
	case "publish":
		return p.publish(c, s)
	case "close":
		if s.State != surveys.Open {
			return surveys.ErrNotOpen
		}
		if sure, err := staff.Confirmed(c, closingSurvey(page.New(c), s)); !sure {
			return err
		}
		return p.endOrReopen(
			c,
			s,
			p.Surveys.Close,
			page.T(c, "survey.the_survey_is_closed|The survey is closed. Its links tell customers so. You can reopen it here."),
		)
	case "discard":
		return p.discard(c, s)
	case "reopen":
		return p.endOrReopen(c, s, p.Surveys.Reopen, page.T(c, "survey.the_survey_is_a|The survey is a draft again. Publish it to open it."))
	case "undo":
		return p.undo(c, s, about)
	}
	edit, anchor, err := p.order(c, s, order, about)
	if err != nil {
		return err
	}
	if strings.HasSuffix(order, "-delete") {
		if sure, err := staff.Confirmed(c, deletingFrom(page.New(c), s, order, about)); !sure {
			return err
		}
	}
	saved, err := p.Surveys.Edit(c.Request().Context(), signin.Of(c).Actor, s.ID, edit)
	switch {
	case errors.Is(err, surveys.ErrGone):
		page.Flash(
			c,
			page.T(c, "survey.somebody_else_has_taken|Somebody else has taken this out of the questionnaire meanwhile. Nothing was changed."),
		)
		return done(c, s.ID, "", nil)
	case errors.Is(err, surveys.ErrChanged):
		page.Flash(
			c,
			page.T(
				c,
				"survey.nothing_was_deleted_what|Nothing was deleted: what you wanted to delete was changed after you opened the page. Read it once "+
					"more, then delete it.",
			),
		)
		return done(c, s.ID, anchor, nil)
	case err != nil:
		return err
	}
	if kind, ok := strings.CutSuffix(order, "-delete"); ok && saved.Revision != saved.Before {
		if kind == "page" { // it may have stood elsewhere by then
			if about, err = p.deletedPage(c, s.ID, saved.Before, about); err != nil {
				return err
			}
		}
		return done(c, s.ID, "", url.Values{"deleted": {kind}, "what": {about}, "from": {strconv.Itoa(saved.Before)}})
	}
	return done(c, s.ID, anchor, nil)
}

// order is the edit that a button asks for, and the place to come back to. Pages have no names: they are those that stood there when the
// page was opened.
func (p *Pages) order(c echo.Context, s surveys.Survey, order, about string) (edit surveys.Edit, anchor string, err error) {
	at, notNumber := strconv.Atoi(about)
	pages := strings.HasPrefix(order, "page-")
	if pages && order != "page-add" && notNumber != nil {
		return nil, "", surveys.ErrGone
	}
	var seen surveys.Definition
	if pages || order == "question-to" || order == "question-delete" {
		if seen, err = p.seen(c, s.ID); err != nil {
			return nil, "", err
		}
	}
	anchor = "q-" + about
	switch order {
	case "question-up":
		return surveys.MoveQuestion(about, -1), anchor, nil
	case "question-down":
		return surveys.MoveQuestion(about, 1), anchor, nil
	case "question-to":
		to, err := strconv.Atoi(c.FormValue("to-" + about))
		if err != nil {
			return nil, "", surveys.ErrGone
		}
		return surveys.OnPage(seen, to, func(page int) surveys.Edit { return surveys.MoveQuestionTo(about, page) }), anchor, nil
	case "question-copy":
		codes, err := p.Surveys.Codes(c.Request().Context(), staff.Organisation(c).ID, s.ID)
		return surveys.DuplicateQuestion(about, codes.Question), anchor, err
	case "question-delete":
		return surveys.UnchangedQuestion(seen, about, surveys.DeleteQuestion(about)), anchor, nil
	case "page-add":
		return surveys.AddPage(nil), "add", nil
	case "page-up":
		return surveys.OnPage(
				seen,
				at,
				func(page int) surveys.Edit { return surveys.MovePage(page, -1) },
			), "page-" + strconv.Itoa(
				max(1, at),
			), nil
	case "page-down":
		return surveys.OnPage(seen, at, func(page int) surveys.Edit { return surveys.MovePage(page, 1) }), "page-" + strconv.Itoa(at+2), nil
	case "page-delete":
		return surveys.UnchangedPage(seen, at, surveys.DeletePage), "page-" + strconv.Itoa(at+1), nil
	}
	return nil, "", echo.NewHTTPError(http.StatusBadRequest)
}

// seen is the draft as it was when the page was opened that a form comes from. A form that says no revision means the draft as it stands;
// one that is too old to be
// known means nothing that can be found again.
func (p *Pages) seen(c echo.Context, survey int64) (surveys.Definition, error) {
	revision, err := strconv.Atoi(c.FormValue("revision"))
	if err != nil {
		now, _, err := p.Surveys.Draft(c.Request().Context(), staff.Organisation(c).ID, survey)
		return now, err
	}
	was, err := p.Surveys.Revision(c.Request().Context(), staff.Organisation(c).ID, survey, revision)
	if errors.Is(err, surveys.ErrMissing) {
		return surveys.Definition{}, surveys.ErrStaleDraft
	}
	return was.Definition, err
}

// deletedPage is the number of the page that an order named, in the revision that it was deleted from.
func (p *Pages) deletedPage(c echo.Context, survey int64, revision int, about string) (string, error) {
	if c.FormValue("revision") == "" {
		return about, nil // an order about the draft as it stood
	}
	seen, err := p.seen(c, survey)
	if err != nil {
		return "", err
	}
	before, err := p.Surveys.Revision(c.Request().Context(), staff.Organisation(c).ID, survey, revision)
	if err != nil {
		return "", err
	}
	at, _ := strconv.Atoi(about)
	at, _ = before.Definition.PageNow(seen, at)
	return strconv.Itoa(at), nil
}

// undo puts back what was deleted, whatever others did since.
func (p *Pages) undo(c echo.Context, s surveys.Survey, about string) error {
	from, err := strconv.Atoi(c.FormValue("from"))
	if err != nil {
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	before, err := p.Surveys.Revision(c.Request().Context(), staff.Organisation(c).ID, s.ID, from)
	if errors.Is(err, surveys.ErrMissing) {
		page.Flash(c, page.T(c, "survey.this_cannot_be_undone|This cannot be undone any more: too much has been changed since."))
		return done(c, s.ID, "", nil)
	}
	if err != nil {
		return err
	}
	if c.FormValue("deleted") == "draft" {
		return p.takeDraftBack(c, s, from)
	}
	edit, anchor := surveys.Restore(before.Definition, about), "q-"+about
	switch c.FormValue("deleted") {
	case "answers":
		edit = surveys.RestoreAnswers(before.Definition, about)
	case "page":
		at, err := strconv.Atoi(about)
		if err != nil {
			return surveys.ErrGone
		}
		edit, anchor = surveys.RestorePage(before.Definition, at), "page-"+strconv.Itoa(at+1)
	}
	saved, err := p.Surveys.Edit(c.Request().Context(), signin.Of(c).Actor, s.ID, edit)
	if err != nil {
		return err
	}
	if saved.Revision == saved.Before {
		page.Flash(c, page.T(c, "survey.it_stands_in_the|It stands in the survey already. Nothing was changed."))
	} else {
		page.Flash(c, page.T(c, "survey.it_is_back|It is back."))
	}
	return done(c, s.ID, anchor, nil)
}

func (p *Pages) endOrReopen(c echo.Context, s surveys.Survey, move func(context.Context, tenant.Actor, int64) error, said string) error {
	if err := move(c.Request().Context(), signin.Of(c).Actor, s.ID); err != nil {
		return err
	}
	page.Flash(c, said)
	return done(c, s.ID, "", nil)
}

// publish makes the draft the next version, as it was read. Whether it may be published is the store's rule.
func (p *Pages) publish(c echo.Context, s surveys.Survey) error {
	ctx, actor := c.Request().Context(), signin.Of(c).Actor
	read, err := strconv.Atoi(c.FormValue("revision"))
	if err != nil || read < 1 {
		read = -1 // no draft is of this revision: a form that does not say what was read publishes nothing
	}
	version, err := p.Surveys.Publish(ctx, actor, s.ID, surveys.Publishing{Revision: read, Override: staff.LongText(c.FormValue("despite"))})
	if err == nil {
		page.Flash(
			c,
			page.T(c, "survey.version_is_published_customers|Version %s is published. Customers see it now.", strconv.Itoa(version.Number)),
		)
		return done(c, s.ID, "", nil)
	}
	view, failed := p.surveyPage(c, s)
	if failed != nil {
		return failed
	}
	view.Reason = staff.LongText(c.FormValue("despite"))
	if err := p.unpublished(c, &view, read, err); err != nil {
		return err
	}
	return page.Render(c, http.StatusUnprocessableEntity, "staff/survey", view)
}

// unpublished says on the survey's page why it was not published. An error of another kind is given back.
func (p *Pages) unpublished(c echo.Context, view *SurveyPage, read int, err error) error {
	var (
		blocked surveys.Blocked
		invalid surveys.Problems
	)
	switch {
	case errors.Is(err, surveys.ErrStaleDraft):
		view.Problems.Add(
			"publish",
			view.T(
				"survey.somebody_else_changed_the|Somebody else changed the survey after you opened this page. Read it once more, then publish it.",
			),
		)
		was, err := p.Surveys.Revision(c.Request().Context(), staff.Organisation(c).ID, view.ID, read)
		if err != nil && !errors.Is(err, surveys.ErrMissing) {
			return err
		}
		if err == nil {
			for _, change := range surveys.Difference(was.Definition, view.Draft) {
				view.Problems.Add(anchorOf(change.Question), view.Say(change.Sentence))
			}
		}
	case errors.As(err, &blocked):
		at, sentence := "publish", view.T("survey.the_survey_was_not|The survey was not published. Put right what is marked below first.")
		if blocked.Overridable {
			at, sentence = "despite", view.T(
				"survey.the_survey_was_not_published|The survey was not published. Change what is marked below, or write why it is meant so and "+
					"publish again.",
			)
		}
		view.Problems.Add(at, sentence)
		for _, f := range blocked.Findings {
			view.Problems.Add(anchorOf(f.Question), view.Say(f.Sentence))
		}
	case errors.As(err, &invalid):
		view.Problems.Add("publish", view.T("survey.the_survey_was_not|The survey was not published. Put right what is marked below first."))
		for _, one := range invalid {
			view.Problems.Add(anchorOf(one.Question), view.Say(one.Message))
		}
	case errors.Is(err, surveys.ErrReason):
		view.Problems.Add(
			"despite",
			view.T("survey.write_the_reason_in|Write the reason in one line of %s characters at the most.", surveys.MaxReason),
		)
	default:
		return err
	}
	return nil
}

func anchorOf(question string) string {
	if question == "" {
		return "whole"
	}
	return "q-" + question
}
