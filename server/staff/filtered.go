package staff

import (
	"strings"

	"github.com/labstack/echo/v4"

	"yousaid/analytics"
	"yousaid/analytics/figures"
	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/surveys/permission"
)

// Filtered is what a page shows that asks for figures or for comments by the filters of its address.
type Filtered struct {
	page.Page
	Filters     Filters
	Changed     string // what of the filters gave way to the chosen surveys
	Form        FilterForm
	Limited     bool // the reader sees the answers about some services only
	SeeComments bool
}

// FilterForm has the choices of the filter form.
type FilterForm struct {
	Surveys, Measures, Channels, Services, Points, Directorates, By, And []page.Option
}

// FilteredPage reads the filters and prepares the form.
func FilteredPage(c echo.Context, read *analytics.Snapshot) (Filtered, analytics.Offer, error) {
	actor := signin.Of(c).Actor
	f := ReadFilters(c)
	offer, err := read.Offer(c.Request().Context(), f.Surveys)
	if err != nil {
		return Filtered{}, offer, err
	}
	changed := f.Complete(page.New(c), offer)
	view := Filtered{
		Page:        page.New(c),
		Filters:     f,
		Changed:     changed,
		Limited:     offer.Limited,
		SeeComments: permission.Holds(actor, permission.SeeComments),
	}
	if name, ok := strings.CutPrefix(f.Measure, figures.ScalePrefix); ok && !HasCode(offer.Measures, f.Measure) {
		for _, s := range offer.Scales {
			if s.Code == name {
				offer.Measures = append(
					offer.Measures,
					figures.Code{Code: f.Measure, Label: analytics.AllRatings(s.Label)},
				)
			}
		}
	}
	view.Form = FilterForm{
		Surveys:      SurveyOptions(view.Page, offer),
		Measures:     Options(view.Page, "", offer.Measures, f.Measure),
		Channels:     Options(view.Page, view.T("staff.all_channels|All channels"), offer.Channels, f.Channels...),
		Services:     Options(view.Page, view.T("staff.all_services|All services"), offer.Services, f.Services...),
		Points:       Options(view.Page, view.T("staff.all_access_points|All access points"), offer.Points, f.Points...),
		Directorates: Options(view.Page, view.T("staff.all_directorates|All directorates"), offer.Directorates, f.Directorates...),
		By:           Options(view.Page, view.T("staff.no_table_of_my|No table of my own"), offer.Dimensions, f.By),
		And:          Options(view.Page, view.T("staff.nothing_else|Nothing else"), offer.Dimensions, f.And),
	}
	return view, offer, nil
}

func RatingOptions(frame page.Page, m figures.Measure, chosen []string) []page.Option {
	var codes []figures.Code
	for _, a := range m.Counted() {
		codes = append(codes, figures.Code{Code: a.Code, Label: a.Label})
	}
	return Options(frame, frame.T("staff.any_answer|Any answer"), codes, chosen...)
}
