package surveys

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/server/staff"
	"yousaid/surveys/permission"
)

// HomePage is staff/home.
type HomePage struct {
	page.Page
	Surveys     []SurveyLine
	SeeFigures  bool
	SeeEquality bool
	Manage      bool // drafts are shown, and every survey leads to its questions
	KeysOnly    bool // the role opens no page of figures
	Keys        bool // the first thing to do here is to type in answers
	Missing     staff.MissingComplaints
}

// SurveyLine is a survey on the home page.
type SurveyLine struct {
	ID                 int64
	Slug, Title, State string
	Responses          int
	Published          bool
}

// Home lists the surveys.
func (p *Pages) Home(c echo.Context) error {
	actor := signin.Of(c).Actor
	view := HomePage{
		Page:        page.New(c),
		SeeFigures:  permission.Holds(actor, permission.SeeFigures),
		SeeEquality: permission.Holds(actor, permission.SeeEquality),
	}
	view.Missing = staff.ComplaintsMissing(c)
	view.Keys = permission.Holds(actor, permission.KeyAnswers) && !view.SeeFigures
	view.KeysOnly = view.Keys && !view.SeeEquality
	surveys, err := p.Analytics.Published(c.Request().Context(), actor.Org)
	if err != nil {
		return err
	}
	view.Manage = permission.Holds(actor, permission.ManageSurveys)
	published := map[string]int{}
	for _, s := range surveys {
		published[s.Slug] = len(view.Surveys)
		view.Surveys = append(
			view.Surveys,
			SurveyLine{Slug: s.Slug, Title: view.Say(s.Title), State: s.State, Responses: int(s.Responses), Published: true},
		)
	}
	if view.Manage {
		if err := p.drafts(c, &view, published); err != nil {
			return err
		}
	}
	return page.Render(c, http.StatusOK, "staff/home", view)
}

// drafts adds what was never published, and to every survey the number of its page.
func (p *Pages) drafts(c echo.Context, view *HomePage, published map[string]int) error {
	for after := ""; ; {
		list, err := p.Surveys.Surveys(c.Request().Context(), signin.Of(c).Actor.Org, after, 100)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, s := range list {
			after = s.Slug
			if i, ok := published[s.Slug]; ok {
				view.Surveys[i].ID, view.Surveys[i].State = s.ID, string(s.State)
				continue
			}
			title := view.Word(s.Title)
			if title == "" {
				title = s.Slug
			}
			view.Surveys = append(view.Surveys, SurveyLine{ID: s.ID, Slug: s.Slug, Title: title, State: string(s.State)})
		}
	}
}
