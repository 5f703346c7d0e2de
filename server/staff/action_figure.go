package staff

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"yousaid/analytics"
	"yousaid/analytics/actions"
	"yousaid/analytics/releases"
	"yousaid/server/page"
	"yousaid/server/signin"
)

// FigurePage is staff/action_figure: a table that may leave, and its figures to pick from.
type FigurePage struct {
	page.Page
	Number  int64
	Filters filters
	Form    FilterForm
	Months  struct{ From, To []page.Option }
	Asked   bool
	Table   page.Table
	Hidden  int
	Rows    []page.Option // that are shown
	Row     string
	Kinds   []page.Option
	Kind    string
	Query   map[string]string
}

// splitOptions are what a table for the public may be split by. Access points are offered where there are some.
func splitOptions(o analytics.Offer, chosen string) []page.Option {
	var list []page.Option
	for _, s := range releases.Splits {
		at := slices.IndexFunc(o.Dimensions, func(c analytics.Code) bool { return c.Code == s })
		if at >= 0 && (s != "access_point" || len(o.Points) > 0) {
			list = append(list, page.Option{Value: s, Text: o.Dimensions[at].Label, Chosen: s == chosen})
		}
	}
	return list
}

func (p *Pages) figurePage(c echo.Context, value func(string) string) (FigurePage, analytics.Query, error) {
	a, _, err := p.action(c)
	if err != nil {
		return FigurePage{}, analytics.Query{}, err
	}
	if a.State != actions.Draft && a.State != actions.Review {
		return FigurePage{}, analytics.Query{}, actions.ErrNotNow
	}
	view := FigurePage{Page: page.New(c), Number: a.Number}
	view.Back = fmt.Sprintf("/staff/actions/%d", a.Number)
	f := filters{Measure: plainText(value("measure")), From: plainText(value("from")), To: plainText(value("to")), By: plainText(value("by"))}
	if s := plainText(value("survey")); s != "" {
		f.Surveys = []string{s}
	}
	offer, err := p.Analytics.Offer(c.Request().Context(), signin.Of(c).Actor, f.Surveys)
	if err != nil {
		return view, analytics.Query{}, err
	}
	changed := f.complete(offer)
	if !slices.Contains(releases.Splits, f.By) {
		f.By = "service"
	}
	view.Filters = f
	if changed != "" {
		view.Problems.Add("measure", elsewhere)
	}
	view.Form = FilterForm{Surveys: surveyOptions(offer), Measures: options("", offer.Measures, f.Measure), By: splitOptions(offer, f.By)}
	view.Months.From, view.Months.To = p.months(organisation(c).Zone(), f.From, f.To)
	view.Query = map[string]string{"survey": strings.Join(f.Surveys, ""), "measure": f.Measure, "from": f.From, "to": f.To, "by": f.By}
	return view, f.query(&view.Problems, f.By), nil
}

// months are the closed months of two years, as first and as last days.
func (p *Pages) months(zone *time.Location, from, to string) (first, last []page.Option) {
	now := p.Now().In(zone)
	for i := 1; i <= 24; i++ {
		m := time.Date(now.Year(), now.Month()-time.Month(i), 1, 0, 0, 0, 0, zone)
		start, end := m.Format(time.DateOnly), m.AddDate(0, 1, -1).Format(time.DateOnly)
		first = append(first, page.Option{Value: start, Text: page.Month("en", m), Chosen: start == from})
		last = append(last, page.Option{Value: end, Text: page.Month("en", m), Chosen: end == to})
	}
	return first, last
}

// ActionFigure shows the table that would leave, with what of it is hidden.
func (p *Pages) ActionFigure(c echo.Context) error {
	view, q, err := p.figurePage(c, c.QueryParam)
	if err != nil {
		return err
	}
	if view.Filters.From != "" && view.Filters.To != "" && len(view.Problems) == 0 {
		answer, err := p.Analytics.Preview(c.Request().Context(), signin.Of(c).Actor, q)
		if refusal := (analytics.Refusal{}); errors.As(err, &refusal) {
			view.Problems.Add("survey", refusal.Sentence)
		} else if err != nil {
			return err
		} else {
			view.show(answer)
		}
	}
	status := http.StatusOK
	if len(view.Problems) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return page.Render(c, status, "staff/action_figure", view)
}

// show fills in the table and the figures to pick from.
func (v *FigurePage) show(a analytics.Protected) {
	v.Asked, v.Table, v.Hidden = true, tableOf(a), a.Table.Hidden()
	for _, r := range analytics.Rows(a) {
		if !r.Hidden && !r.Total && len(r.Codes) > 0 && r.N > 0 {
			v.Rows = append(v.Rows, page.Option{Value: r.Codes[0], Text: r.Labels[0]})
		}
	}
	if a.Measure.HasShare {
		v.Kinds = append(v.Kinds, page.Option{Value: string(actions.Satisfied), Text: "Share satisfied, with its likely range"})
	}
	if a.Measure.HasMean {
		v.Kinds = append(v.Kinds, page.Option{Value: string(actions.Mean), Text: "Mean score"})
	}
	v.Kinds = append(v.Kinds, page.Option{Value: string(actions.Answers), Text: "Number of answers"})
}

// PickFigure releases the table and freezes one figure of it in the action.
func (p *Pages) PickFigure(c echo.Context) error {
	view, q, err := p.figurePage(c, c.FormValue)
	if err != nil {
		return err
	}
	a, _, err := p.action(c)
	if err != nil {
		return err
	}
	view.Row, view.Kind = c.FormValue("row"), c.FormValue("kind")
	before, err := p.Analytics.Preview(c.Request().Context(), signin.Of(c).Actor, q)
	if refusal := (analytics.Refusal{}); errors.As(err, &refusal) {
		view.Problems.Add("survey", refusal.Sentence)
		return page.Render(c, http.StatusUnprocessableEntity, "staff/action_figure", view)
	} else if err != nil {
		return err
	}
	view.show(before)
	if !slices.ContainsFunc(view.Rows, func(o page.Option) bool { return o.Value == view.Row }) {
		view.Problems.Add("row", "Choose a row that is shown.")
	}
	if !slices.ContainsFunc(view.Kinds, func(o page.Option) bool { return o.Value == view.Kind }) {
		view.Problems.Add("kind", "Choose which figure to quote.")
	}
	if len(view.Problems) > 0 {
		return page.Render(c, http.StatusUnprocessableEntity, "staff/action_figure", view)
	}
	q.Audience = analytics.Public
	answer, err := p.Analytics.Ask(c.Request().Context(), signin.Of(c).Actor, q)
	if err != nil {
		return err
	}
	released := answer.(analytics.Protected)
	figure, ok := actions.Pick(released, view.Row, actions.Measured(view.Kind))
	if !ok { // hidden in the moment between looking and picking
		view.Problems.Add("row", "This row is not shown any more. Look at the table again.")
		return page.Render(c, http.StatusUnprocessableEntity, "staff/action_figure", view)
	}
	content := a.Content
	content.Figure = &figure
	if err := p.Actions.Save(c.Request().Context(), signin.Of(c).Actor, a.Number, a.Revision, content); err != nil {
		return err
	}
	page.Tell(c, "The table is released and the figure stands in the action: "+figureInWords(figure, "en")+".")
	return c.Redirect(http.StatusSeeOther, view.Back)
}

// figureInWords says a figure with its base, its interval and its dates.
func figureInWords(f actions.Figure, lang string) string {
	return page.FigureInWords(page.Page{Lang: lang}, f.Of, string(f.Measured), f.Value, f.Low, f.High, f.N, f.From, f.To)
}
