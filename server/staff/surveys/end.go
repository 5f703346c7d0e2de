package surveys

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"

	"github.com/labstack/echo/v4"

	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/server/staff"
	"yousaid/surveys"
)

// surveyAt is the address of a survey's page.
func surveyAt(s surveys.Survey) string { return fmt.Sprintf("/staff/surveys/%d", s.ID) }

func closingSurvey(frame page.Page, s surveys.Survey) staff.Confirmation {
	title := frame.Word(s.Title)
	return staff.Confirmation{
		Heading: frame.T("survey.close_the_survey|Close the survey “%s”?", title),
		Button:  frame.T("survey.close|Close the survey"),
		Keep:    surveyAt(s),
		Happens: []string{
			frame.T("survey.nobody_new_can_answer|Nobody new can answer: its links and QR codes tell people that it is closed."),
			frame.T("survey.what_people_said_stays|What people said stays in the results, and published figures stay published."),
		},
		Undo: frame.T(
			"survey.reopen_it_on_its|Reopen it on its page. It is a draft then; when you publish it, the same links and QR codes work again.",
		),
	}
}

// deletingFrom asks before a question or a page is taken out of a draft.
func deletingFrom(frame page.Page, s surveys.Survey, order, about string) staff.Confirmation {
	d := staff.Confirmation{
		Heading: frame.T("survey.delete_the_question_from|Delete the question “%s” from the draft?", about),
		Button:  frame.T("survey.delete_the_question|Delete the question"),
		Keep:    surveyAt(s),
		Happens: []string{
			frame.T(
				"survey.it_is_taken_out|It is taken out of the draft. Where a version is published, customers see it until you publish the next one.",
			),
			frame.T("survey.answers_that_people_gave|Answers that people gave to it stay in the results."),
		},
		Undo: frame.T(
			"survey.choose_undo_on_the|Choose Undo on the page that comes next. It puts everything back as it was, whatever others have changed " +
				"by then.",
		),
	}
	if order == "page-delete" {
		at, _ := strconv.Atoi(about) // read as a number already
		d.Heading, d.Button = frame.T(
			"survey.delete_page_from_the|Delete page %s from the draft?",
			at+1,
		), frame.T(
			"survey.delete_the_page|Delete the page",
		)
		d.Happens[0] = frame.T(
			"survey.it_is_taken_out_of|It is taken out of the draft with all its questions. Where a version is published, customers see it until " +
				"you publish the next one.",
		)
		d.Happens[1] = frame.T("survey.answers_that_people_gave_to|Answers that people gave to them stay in the results.")
	}
	return d
}

// discard puts what customers see in the place of the draft, as it was when the page was opened.
func (p *Pages) discard(c echo.Context, s surveys.Survey) error {
	revision, _ := strconv.Atoi(c.FormValue("revision"))
	question := staff.Confirmation{
		Heading: page.T(c, "survey.discard_the_changes_in|Discard the changes in this draft?"),
		Button:  page.T(c, "survey.discard|Discard the draft"),
		Keep:    surveyAt(s),
		Happens: []string{
			page.T(c, "survey.the_draft_is_again|The draft is again what was published last. What you and others changed since "+
				"is taken out of it."),
			page.T(c, "survey.customers_notice_nothing_the|Customers notice nothing: the published version stays as it is."),
		},
		Undo: page.T(c, "survey.choose_undo_on_the_page|Choose Undo on the page that comes next. "+
			"It works until somebody changes the draft again."),
	}
	if sure, err := staff.Confirmed(c, question); !sure {
		return err
	}
	saved, err := p.Surveys.Discard(c.Request().Context(), signin.Of(c).Actor, s.ID, revision)
	if errors.Is(err, surveys.ErrStaleDraft) {
		page.Flash(
			c,
			page.T(
				c,
				"survey.nothing_was_discarded_somebody|Nothing was discarded: somebody else changed the draft after you opened the page. Read it "+
					"once more.",
			),
		)
		return done(c, s.ID, "", nil)
	}
	if err != nil {
		return err
	}
	return done(c, s.ID, "", url.Values{"deleted": {"draft"}, "what": {"draft"}, "from": {strconv.Itoa(saved.Before)}})
}

// takeDraftBack undoes discard.
func (p *Pages) takeDraftBack(c echo.Context, s surveys.Survey, from int) error {
	_, err := p.Surveys.TakeBack(c.Request().Context(), signin.Of(c).Actor, s.ID, from)
	switch {
	case errors.Is(err, surveys.ErrStaleDraft):
		page.Flash(c, page.T(c, "survey.the_discarded_draft_cannot|The discarded draft cannot come back: the draft has been changed since."))
	case err != nil:
		return err
	default:
		page.Flash(c, page.T(c, "survey.the_draft_is_back|The draft is back."))
	}
	return done(c, s.ID, "", nil)
}
