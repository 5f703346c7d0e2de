package staff

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
	"yousaid/surveys"
	"yousaid/surveys/tenant"
)

// ChangeSurvey does what a button of the survey's page says: "question-up rating", "page-delete 2", "publish" … The value of the button is the order and what it is
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
		return p.endOrReopen(c, s, p.Surveys.Close, "The survey is closed. Its links tell customers so.")
	case "reopen":
		return p.endOrReopen(c, s, p.Surveys.Reopen, "The survey is a draft again. Publish it to open it.")
	case "undo":
		return p.undo(c, s, about)
	}
	edit, anchor, err := p.order(c, s, order, about)
	if err != nil {
		return err
	}
	saved, err := p.Surveys.Edit(c.Request().Context(), signin.Of(c).Actor, s.ID, edit)
	if errors.Is(err, surveys.ErrGone) {
		page.Tell(c, "Somebody else has taken this out of the questionnaire meanwhile. Nothing was changed.")
		return done(c, s.ID, "", nil)
	}
	if err != nil {
		return err
	}
	if kind, ok := strings.CutSuffix(order, "-delete"); ok && saved.Revision != saved.Before {
		return done(c, s.ID, "", url.Values{"deleted": {kind}, "what": {about}, "from": {strconv.Itoa(saved.Before)}})
	}
	return done(c, s.ID, anchor, nil)
}

// order is the edit that a button asks for, and the place to come back to.
func (p *Pages) order(c echo.Context, s surveys.Survey, order, about string) (edit surveys.Edit, anchor string, err error) {
	at, notNumber := strconv.Atoi(about)
	pages := strings.HasPrefix(order, "page-")
	if pages && order != "page-add" && notNumber != nil {
		return nil, "", surveys.ErrGone
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
		return surveys.MoveQuestionTo(about, to), anchor, nil
	case "question-copy":
		codes, err := p.Surveys.Codes(c.Request().Context(), organisation(c).ID, s.ID)
		return surveys.DuplicateQuestion(about, codes.Question), anchor, err
	case "question-delete":
		return surveys.DeleteQuestion(about), "", nil
	case "page-add":
		return surveys.AddPage(nil), "add", nil
	case "page-up":
		return surveys.MovePage(at, -1), "page-" + strconv.Itoa(max(1, at)), nil
	case "page-down":
		return surveys.MovePage(at, 1), "page-" + strconv.Itoa(at+2), nil
	case "page-delete":
		return surveys.DeletePage(at), "", nil
	}
	return nil, "", echo.NewHTTPError(http.StatusBadRequest)
}

// undo puts back what was deleted, whatever others did since.
func (p *Pages) undo(c echo.Context, s surveys.Survey, about string) error {
	from, err := strconv.Atoi(c.FormValue("from"))
	if err != nil {
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	before, err := p.Surveys.Revision(c.Request().Context(), organisation(c).ID, s.ID, from)
	if errors.Is(err, surveys.ErrMissing) {
		page.Tell(c, "This cannot be undone any more: too much has been changed since.")
		return done(c, s.ID, "", nil)
	}
	if err != nil {
		return err
	}
	edit, anchor := surveys.Restore(before.Definition, about), "q-"+about
	if c.FormValue("deleted") == "page" {
		at, err := strconv.Atoi(about)
		if err != nil {
			return surveys.ErrGone
		}
		edit, anchor = surveys.RestorePage(before.Definition, at), "page-"+strconv.Itoa(at+1)
	}
	if _, err = p.Surveys.Edit(c.Request().Context(), signin.Of(c).Actor, s.ID, edit); err != nil {
		return err
	}
	page.Tell(c, "It is back.")
	return done(c, s.ID, anchor, nil)
}

func (p *Pages) endOrReopen(c echo.Context, s surveys.Survey, move func(context.Context, tenant.Actor, int64) error, said string) error {
	if err := move(c.Request().Context(), signin.Of(c).Actor, s.ID); err != nil {
		return err
	}
	page.Tell(c, said)
	return done(c, s.ID, "", nil)
}

// publish makes the draft the next version, as it was read: not if it would harm, and not if somebody changed it since the page was opened.
func (p *Pages) publish(c echo.Context, s surveys.Survey) error {
	view, err := p.surveyPage(c, s)
	if err != nil {
		return err
	}
	read, _ := strconv.Atoi(c.FormValue("revision"))
	switch {
	case read != view.Revision:
		view.Problems.Add("publish", "Somebody else changed the survey after you opened this page. Read it once more, then publish it.")
		if was, err := p.Surveys.Revision(c.Request().Context(), organisation(c).ID, s.ID, read); err == nil {
			for _, change := range surveys.Difference(was.Definition, view.Draft) {
				view.Problems.Add(anchorOf(change.Question), change.Sentence)
			}
		}
	case view.Stops > 0:
		view.Problems.Add("publish", "The survey was not published. Put right what is marked below first.")
		for _, pg := range view.Pages {
			for _, q := range pg.Questions {
				for _, f := range q.Findings.Errors() {
					view.Problems.Add("q-"+q.Code, f.Sentence)
				}
			}
		}
		for _, f := range view.Whole.Errors() {
			view.Problems.Add("whole", f.Sentence)
		}
	}
	if len(view.Problems) == 0 {
		version, err := p.Surveys.PublishRevision(c.Request().Context(), signin.Of(c).Actor, s.ID, read)
		switch problems := (surveys.Problems{}); {
		case err == nil:
			page.Tell(c, "Version "+strconv.Itoa(version.Number)+" is published. Customers see it now.")
			return done(c, s.ID, "", nil)
		case errors.As(err, &problems):
			for _, one := range problems {
				view.Problems.Add(anchorOf(one.Question), one.English)
			}
		case errors.Is(err, surveys.ErrStaleDraft):
			view.Problems.Add("publish", "Somebody else changed the survey just now. Read it once more, then publish it.")
		default:
			return err
		}
	}
	return page.Render(c, http.StatusUnprocessableEntity, "staff/survey", view)
}

func anchorOf(question string) string {
	if question == "" {
		return "whole"
	}
	return "q-" + question
}
