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

func closingSurvey(s surveys.Survey) staff.Confirmation {
	title, _ := s.Title.In("en")
	return staff.Confirmation{Heading: "Close the survey “" + title + "”?", Button: "Close the survey", Keep: surveyAt(s),
		Happens: []string{"Nobody new can answer: its links and QR codes tell people that it is closed.", "What people said stays in the results, and published figures stay published."},
		Undo:    "Reopen it on its page. It is a draft then; when you publish it, the same links and QR codes work again."}
}

// deletingFrom asks before a question or a page is taken out of a draft.
func deletingFrom(s surveys.Survey, order, about string) staff.Confirmation {
	d := staff.Confirmation{Heading: "Delete the question “" + about + "” from the draft?", Button: "Delete the question", Keep: surveyAt(s),
		Happens: []string{"It is taken out of the draft. Where a version is published, customers see it until you publish the next one.", "Answers that people gave to it stay in the results."},
		Undo:    "Choose Undo on the page that comes next. It puts everything back as it was, whatever others have changed by then."}
	if order == "page-delete" {
		at, _ := strconv.Atoi(about) // read as a number already
		d.Heading, d.Button = fmt.Sprintf("Delete page %d from the draft?", at+1), "Delete the page"
		d.Happens[0] = "It is taken out of the draft with all its questions. Where a version is published, customers see it until you publish the next one."
		d.Happens[1] = "Answers that people gave to them stay in the results."
	}
	return d
}

// discard puts what customers see in the place of the draft, as it was when the page was opened.
func (p *Pages) discard(c echo.Context, s surveys.Survey) error {
	revision, _ := strconv.Atoi(c.FormValue("revision"))
	if sure, err := staff.Confirmed(c, staff.Confirmation{Heading: "Discard the changes in this draft?", Button: "Discard the draft", Keep: surveyAt(s),
		Happens: []string{"The draft is again what was published last. What you and others changed since is taken out of it.", "Customers notice nothing: the published version stays as it is."},
		Undo:    "Choose Undo on the page that comes next. It works until somebody changes the draft again."}); !sure {
		return err
	}
	saved, err := p.Surveys.Discard(c.Request().Context(), signin.Of(c).Actor, s.ID, revision)
	if errors.Is(err, surveys.ErrStaleDraft) {
		page.Flash(c, "Nothing was discarded: somebody else changed the draft after you opened the page. Read it once more.")
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
		page.Flash(c, "The discarded draft cannot come back: the draft has been changed since.")
	case err != nil:
		return err
	default:
		page.Flash(c, "The draft is back.")
	}
	return done(c, s.ID, "", nil)
}
