package publications

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"yousaid/analytics/calendar"
	"yousaid/analytics/releases"
	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/server/staff"
	"yousaid/surveys"
)

// PlanPage is staff/published_new: a table to publish, once or again and again.
type PlanPage struct {
	page.Page
	Title   staff.Wording
	Filters staff.Filters
	Form    staff.FilterForm
	Months  []page.Option
	From    string
	Length  string
	Lengths []page.Option
	Times   string
	Days    string
}

func (p *Pages) planPage(c echo.Context, value func(string) string) (PlanPage, error) {
	f := staff.Filters{Measure: staff.PlainText(value("measure")), By: staff.PlainText(value("by"))}
	if s := staff.PlainText(value("survey")); s != "" {
		f.Surveys = []string{s}
	}
	offer, err := p.Analytics.Offer(c.Request().Context(), signin.Of(c).Actor, f.Surveys)
	if err != nil {
		return PlanPage{}, err
	}
	changed := f.Complete(page.New(c), offer)
	view := PlanPage{Page: page.New(c), Filters: f, From: value("from"), Length: value("length"), Times: value("times"), Days: value("days")}
	view.Back = "/staff/published"
	if changed != "" {
		view.Problems.Add("measure", view.T(staff.NotAskedHere))
	}
	if view.Length == "" {
		view.Length, view.Times, view.Days = "3", "4", "30"
	}
	surveys := slices.DeleteFunc(staff.SurveyOptions(view.Page, offer), func(o page.Option) bool { return o.Value == "all" })
	view.Form = staff.FilterForm{
		Surveys:  surveys,
		Measures: staff.Options(view.Page, "", offer.Measures, f.Measure),
		By:       staff.SplitOptions(view.Page, offer, f.By),
	}
	view.Lengths = []page.Option{
		{Value: "1", Text: view.T("publication.a_month|A month")},
		{Value: "3", Text: view.T("publication.a_quarter|A quarter")},
		{Value: "6", Text: view.T("publication.half_a_year|Half a year")},
		{Value: "12", Text: view.T("publication.a_year|A year")},
	}
	now := p.Now().In(staff.Organisation(c).Zone())
	for i := -12; i <= 12; i++ {
		m := time.Date(now.Year(), now.Month()+time.Month(i), 1, 0, 0, 0, 0, time.UTC)
		view.Months = append(
			view.Months,
			page.Option{
				Value:  m.Format(time.DateOnly),
				Text:   view.Month(m),
				Chosen: m.Format(time.DateOnly) == view.From || view.From == "" && i == -3,
			},
		)
	}
	view.Title = staff.Wording{
		Page:      view.Page,
		Name:      "title",
		Label:     view.T("publication.title|Title"),
		Hint:      view.T("publication.as_the_public_reads|As the public reads it, such as Satisfaction by service"),
		Languages: staff.Languages(c),
		Text:      staff.WordingOf(c, "title", nil),
	}
	return view, nil
}

// NewPublications asks what to publish.
func (p *Pages) NewPublications(c echo.Context) error {
	view, err := p.planPage(c, c.QueryParam)
	if err != nil {
		return err
	}
	return page.Render(c, http.StatusOK, "staff/published_new", view)
}

// PlanPublications adds the publications to the calendar.
func (p *Pages) PlanPublications(c echo.Context) error {
	view, err := p.planPage(c, c.FormValue)
	if err != nil {
		return err
	}
	list, err := p.newPublications(c, &view)
	if err != nil {
		return err
	}
	added := 0
	if len(view.Problems) == 0 {
		added, err = p.Publications.Plan(c.Request().Context(), signin.Of(c).Actor, list)
		if err != nil && !view.refused(err) {
			return err
		}
	}
	if len(view.Problems) > 0 {
		view.Title.Page = view.Page
		return page.Render(c, http.StatusUnprocessableEntity, "staff/published_new", view)
	}
	page.Flash(
		c,
		view.Page.Plural(
			"staff.plan_waits|%s publication waits for a second person. Then it is in the calendar, in public.|%s publications wait for a second "+
				"person. Then they are in the calendar, in public.",
			added,
			added,
		),
	)
	return c.Redirect(http.StatusSeeOther, "/staff/published")
}

// newPublications reads the publications of the form, one for each period in turn; what cannot be right becomes a problem of the page.
func (p *Pages) newPublications(c echo.Context, view *PlanPage) ([]calendar.Publication, error) {
	number := func(field, value string, most int) int {
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 || n > most {
			view.Problems.Add(field, view.T("publication.write_a_whole_number|Write a whole number from 1 to %s.", most))
		}
		return n
	}
	length, times, days := number("length", view.Length, 12), number("times", view.Times, 24), number("days", view.Days, 366)
	from, err := time.Parse(time.DateOnly, view.From)
	if err != nil || from.Day() != 1 {
		view.Problems.Add("from", view.T("publication.choose_the_first_month|Choose the first month."))
	}
	staff.WordingFaults(view.Page, &view.Problems, "title", view.Title.Text)
	for _, lang := range staff.Organisation(c).Languages {
		if view.Title.Text[lang] == "" {
			view.Problems.Add("title-"+lang, view.T("publication.write_the_title_the|Write the title: the public reads it."))
		}
	}
	survey, err := p.Surveys.BySlug(c.Request().Context(), staff.Organisation(c).ID, strings.Join(view.Filters.Surveys, ""))
	if errors.Is(err, surveys.ErrMissing) {
		view.Problems.Add("survey", view.T("publication.choose_a_published_survey|Choose a published survey."))
	} else if err != nil {
		return nil, err
	}
	if len(view.Problems) > 0 {
		return nil, nil
	}
	var list []calendar.Publication
	for i := range times {
		first := from.AddDate(0, i*length, 0)
		last := first.AddDate(0, length, -1)
		list = append(list, calendar.Publication{
			Titles:  view.Title.Text,
			Survey:  survey.ID,
			Measure: view.Filters.Measure,
			By:      view.Filters.By,
			From:    first.Format(time.DateOnly),
			To:      last.Format(time.DateOnly),
			Due:     last.AddDate(0, 0, days).Format(time.DateOnly),
		})
	}
	return list, nil
}

// refused puts a refusal of the calendar beside its field; false for any other error.
func (v *PlanPage) refused(err error) bool {
	switch {
	case errors.Is(err, releases.ErrNotAsked):
		v.Problems.Add("measure", v.T("publication.choose_a_question_of|Choose a question of this survey that has one answer from a list: "+
			"only those can be published."))
	case errors.Is(err, calendar.ErrSplit):
		v.Problems.Add("by", v.T("publication.choose_how_the_table|Choose how the table is split."))
	case errors.Is(err, calendar.ErrPlanned):
		v.Problems.Add("from", v.T("publication.these_tables_are_in|These tables are in the calendar already. Choose other months, "+
			"another question or another split."))
	default:
		return false
	}
	return true
}
