package staff

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"yousaid/server/page"
	"yousaid/surveys"
	"yousaid/surveys/catalogue"
	"yousaid/surveys/links"
	"yousaid/surveys/permission"
	"yousaid/surveys/tenant"
)

// AboutForm is what links and answers that are typed in are about, as their forms send it.
type AboutForm struct {
	Survey   string   `form:"survey" validate:"required" problem:"staff.choose_the_survey|Choose the survey."`
	Services []string `form:"service"` // slugs; "" or none for about no one service
	Channels []string `form:"channel"` // codes; "" or none for no channel
	Place    string   `form:"place" validate:"max=100" problem:"staff.place_long|Write the name of the place in 100 characters or fewer."`
}

// Clean takes out what no database text can hold.
func (f *AboutForm) Clean() {
	f.Survey, f.Place = PlainText(f.Survey), PlainText(f.Place)
	for _, list := range [][]string{f.Services, f.Channels} {
		for i := range list {
			list[i] = PlainText(list[i])
		}
	}
}

// Service is the one service of a form that asks for one.
func (f AboutForm) Service() string { return firstOf(f.Services) }

// Channel is the one channel of a form that asks for one.
func (f AboutForm) Channel() string { return firstOf(f.Channels) }

func firstOf(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// PutRefusalAbout says at its field what the store would not take.
func PutRefusalAbout(frame page.Page, problems *page.Problems, err error) bool {
	for _, r := range []struct {
		err             error
		field, sentence string
	}{
		{surveys.ErrMissing, "survey", frame.T("staff.choose_a_survey_from|Choose a survey from the list.")},
		{surveys.ErrClosed, "survey", frame.T("staff.this_survey_is_closed|This survey is closed. Choose another one, or reopen it first.")},
		{links.ErrNotTaking, "survey", frame.T("staff.this_survey_takes_no|This survey takes no answers now. Choose another one.")},
		{catalogue.ErrMissing, "service", frame.T("staff.choose_a_service_from|Choose a service from the list.")},
		{links.ErrService, "service", frame.T("staff.a_service_that_you|A service that you chose is closed. Choose the one that follows it.")},
		{links.ErrReach, "service", frame.T("staff.your_role_does_not|Your role does not cover this. Choose one of your own services.")},
		{links.ErrChannel, "channel", frame.T("staff.choose_a_channel_from|Choose a channel from the list.")},
		{links.ErrPlace, "place", frame.T("staff.choose_a_place_from|Choose a place from the list.")},
		{links.ErrMode, "mode", frame.T("staff.choose_how_the_answers|Choose how the answers are collected from the list.")},
		{links.ErrAbout, "about", frame.T("staff.say_what_the_links|Say what the links stand on in plain characters, 200 or fewer.")},
	} {
		if errors.Is(err, r.err) {
			problems.Add(r.field, r.sentence)
			return true
		}
	}
	return false
}

// Choices are what links and typed answers can be about, for selects: surveys that are not closed, open services, channels, access points.
type Choices struct{ Surveys, Services, Channels, Places []page.Option }

// surveyLister lists the surveys of a council part by part, by their short names.
type surveyLister interface {
	Surveys(ctx context.Context, org tenant.Org, after string, limit int) ([]surveys.Survey, error)
}

// catalogueReader reads what a council does, and where and by what it is reached.
type catalogueReader interface {
	Services(ctx context.Context, org tenant.Org) ([]catalogue.Service, error)
	Channels(ctx context.Context, org tenant.Org) ([]catalogue.Channel, error)
	AccessPoints(ctx context.Context, org tenant.Org) ([]catalogue.AccessPoint, error)
}

// AllServices is the reach of those who make links.
var AllServices = permission.Services{All: true}

// choices lists what somebody may choose: services and access points within their reach.
func AboutChoices(c echo.Context, list surveyLister, kept catalogueReader, reach permission.Services) (Choices, error) {
	ctx, org := c.Request().Context(), Organisation(c)
	all := Choices{}
	var err error
	if all.Surveys, err = SurveyChoices(c, list, func(s surveys.Survey) bool { return s.State != surveys.Closed }); err != nil {
		return all, err
	}
	services, err := kept.Services(ctx, org.ID)
	if err != nil {
		return all, err
	}
	for _, s := range services {
		if s.ClosedOn == nil && reach.Covers(s.ID) {
			all.Services = append(all.Services, page.Option{Value: s.Slug, Text: catalogue.Label(s.Names, "en")})
		}
	}
	slices.SortFunc(all.Services, func(a, b page.Option) int { return strings.Compare(a.Text, b.Text) })
	channels, err := kept.Channels(ctx, org.ID)
	if err != nil {
		return all, err
	}
	for _, ch := range channels {
		all.Channels = append(all.Channels, page.Option{Value: ch.Code, Text: catalogue.Label(ch.Names, "en")})
	}
	places, err := kept.AccessPoints(ctx, org.ID)
	for _, a := range places {
		if a.Service == 0 || reach.Covers(a.Service) {
			all.Places = append(all.Places, page.Option{Value: a.Slug, Text: catalogue.Label(a.Names, "en")})
		}
	}
	return all, err
}

// SurveyChoices are the surveys that fit, by their titles. Those of one title are told apart by their short names.
func SurveyChoices(c echo.Context, from surveyLister, fits func(surveys.Survey) bool) (list []page.Option, err error) {
	alike := map[string]int{}
	for after := ""; ; {
		part, err := from.Surveys(c.Request().Context(), Organisation(c).ID, after, 100)
		if err != nil {
			return nil, err
		}
		if len(part) == 0 {
			break
		}
		for _, s := range part {
			after = s.Slug
			if title := page.New(c).Word(s.Title); fits(s) {
				list = append(list, page.Option{Value: s.Slug, Text: title})
				alike[title]++
			}
		}
	}
	for i, o := range list {
		if alike[o.Text] > 1 {
			list[i].Text += " (" + o.Value + ")"
		}
	}
	return list, nil
}

func WithFirst(list []page.Option, text string) []page.Option {
	return append([]page.Option{{Text: text}}, list...)
}

// OptionText finds the text of an option.
func OptionText(list []page.Option, value string) string {
	for _, o := range list {
		if o.Value == value {
			return o.Text
		}
	}
	return value
}

// none is the value of the choice that a link is about no one service, or stands for no channel. No slug and no code is spelt so.
const none = "-"

const (
	NotOneService = "staff.not_about_one_service|Not about one service"
	NoChannel     = "staff.no_channel|No channel"
)

// OrNone adds the choice of none.
func OrNone(list []page.Option, text string) []page.Option {
	return append(slices.Clone(list), page.Option{Value: none, Text: text, Or: "or"})
}

// ChosenOf is what was chosen: "" for none.
func ChosenOf(value string) string {
	if value == none {
		return ""
	}
	return value
}

// ServiceLabel names a service, and when it was closed.
func ServiceLabel(frame page.Page, s catalogue.Service) string {
	text := catalogue.Label(s.Names, "en")
	if s.ClosedOn != nil {
		text += " (closed " + frame.Date(*s.ClosedOn) + ")"
	}
	return text
}

// ByLabel orders services as a reader looks for them.
func ByLabel(list []catalogue.Service) []catalogue.Service {
	slices.SortStableFunc(list, func(a, b catalogue.Service) int {
		return cmp.Compare(strings.ToLower(catalogue.Label(a.Names, "en")), strings.ToLower(catalogue.Label(b.Names, "en")))
	})
	return list
}
