package keying

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/server/staff"
	"yousaid/surveys"
	"yousaid/surveys/links"
)

// KeyingPage is staff/keying: what answers are typed in about, chosen once.
type KeyingPage struct {
	page.Page
	Form                                keyingForm
	Surveys, Services, Channels, Places []page.Option
	Modes                               []page.Option
	Days                                page.Table
	Limited                             bool // the role is for some services
}

type keyingForm struct {
	staff.AboutForm
	Mode string `form:"mode" validate:"required" problem:"staff.choose_how_the_answers_2|Choose how the answers are collected."`
}

func keyedModes(frame page.Page) []page.Option {
	return []page.Option{
		{
			Value: "telephone_interview",
			Text:  frame.T("keying.by_telephone|By telephone"),
			Hint:  frame.T("keying.you_ask_and_type|You ask and type what the person says"),
		},
		{
			Value: "face_to_face_interview",
			Text:  frame.T("keying.face_to_face|Face to face"),
			Hint:  frame.T("keying.you_ask_at_the|You ask at the counter or at the door"),
		},
		{
			Value: "paper",
			Text:  frame.T("keying.on_paper|On paper"),
			Hint:  frame.T("keying.you_copy_forms_that|You copy forms that people filled in"),
		},
	}
}

// keyedDays is how many lines of people who did not answer the page shows.
const keyedDays = 30

func (p *Pages) keying(c echo.Context) (KeyingPage, error) {
	view := KeyingPage{Page: page.New(c), Modes: slices.Clone(keyedModes(page.New(c)))}
	reach, err := p.Links.Keying(c.Request().Context(), signin.Of(c).Actor)
	if err != nil {
		return view, err
	}
	all, err := staff.AboutChoices(c, p.Surveys, p.Catalogue, reach)
	if err != nil {
		return view, err
	}
	view.Services, view.Channels, view.Places = staff.WithFirst(
		all.Services,
		view.T(staff.NotOneService),
	), staff.WithFirst(
		all.Channels,
		view.T(staff.NoChannel),
	), staff.WithFirst(
		all.Places,
		view.T("keying.no_place|No place"),
	)
	if !reach.All { // what is about no one service is beyond a role for some
		view.Limited, view.Services = true, all.Services
		if len(all.Services) > 1 {
			view.Services = staff.WithFirst(all.Services, view.T("keying.choose_a_service|Choose a service"))
		}
	}
	taking, err := staff.SurveyChoices(c, p.Surveys, func(s surveys.Survey) bool { return s.State == surveys.Open })
	if err != nil {
		return view, err
	}
	view.Surveys = staff.WithFirst(taking, view.T("keying.choose_a_survey|Choose a survey"))
	days, err := p.Keyed.Days(c.Request().Context(), staff.Organisation(c).ID, keyedDays)
	if err != nil {
		return view, err
	}
	view.Days = page.Table{
		Caption: view.T("keying.people_who_did_not|People who did not answer, by day"),
		Columns: []page.Column{
			{Text: view.T("keying.day|Day")},
			{Text: view.T("staff.survey|Survey")},
			{Text: view.T("keying.declined|Declined"), Number: true},
			{Text: view.T("keying.unable|Unable"), Number: true},
		},
	}
	for _, d := range days {
		view.Days.Rows = append(
			view.Days.Rows,
			[]page.Cell{
				{Text: view.Date(d.On), Head: true},
				{Text: staff.OptionText(taking, d.Survey)},
				{Text: page.Number(d.Declined), Number: true},
				{Text: page.Number(d.Unable), Number: true},
			},
		)
	}
	return view, nil
}

// Keying asks what answers are typed in about.
func (p *Pages) Keying(c echo.Context) error {
	view, err := p.keying(c)
	if err != nil {
		return err
	}
	q := func(name string) string { return staff.PlainText(c.QueryParam(name)) }
	view.Form = keyingForm{
		AboutForm: staff.AboutForm{Survey: q("survey"), Services: []string{q("service")}, Channels: []string{q("channel")}, Place: q("place")},
		Mode:      q("mode"),
	}
	view.choose()
	return page.Render(c, http.StatusOK, "staff/keying", view)
}

func (v *KeyingPage) choose() {
	for i, o := range v.Modes {
		v.Modes[i].Chosen = o.Value == v.Form.Mode
	}
}

// StartKeying leads to the first questionnaire.
func (p *Pages) StartKeying(c echo.Context) error {
	view, err := p.keying(c)
	if err != nil {
		return err
	}
	if view.Problems, err = page.Bind(c, &view.Form); err != nil {
		return err
	}
	f := &view.Form
	f.Clean()
	f.Mode = staff.PlainText(f.Mode)
	if len(view.Problems) == 0 {
		id, err := p.Links.OpenKeyed(
			c.Request().Context(),
			signin.Of(c).Actor,
			links.NewKeyed{Survey: f.Survey, Service: f.Service(), Channel: f.Channel(), AccessPoint: f.Place, Mode: f.Mode},
		)
		if err == nil {
			return c.Redirect(http.StatusSeeOther, "/staff/keying/"+strconv.FormatInt(id, 10))
		}
		if !staff.PutRefusalAbout(view.Page, &view.Problems, err) {
			return err
		}
	}
	view.choose()
	return page.Render(c, http.StatusUnprocessableEntity, "staff/keying", view)
}
