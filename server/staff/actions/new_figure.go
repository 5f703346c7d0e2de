package actions

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"yousaid/analytics"
	"yousaid/analytics/actions"
	"yousaid/analytics/calendar"
	"yousaid/analytics/figures"
	"yousaid/analytics/refusal"
	"yousaid/analytics/tables"
	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/server/staff"
)

// NewFigurePage is staff/action_figure_new: a table that may leave, so that one of its figures can be chosen.
type NewFigurePage struct {
	page.Page
	Number      int64
	Slot        actions.Slot
	Form        staff.FilterForm
	Months      struct{ From, To []page.Option }
	Asked       bool
	Table       page.Table
	Suppression staff.Suppression
	Query       map[string]string
}

// newFigurePage reads the form; with look it shows the table that would leave, where one is asked for.
func (p *Pages) newFigurePage(c echo.Context, value func(string) string, look bool) (NewFigurePage, figures.Query, error) {
	a, slot, err := p.actionSlot(c, value("slot"))
	if err != nil {
		return NewFigurePage{}, figures.Query{}, err
	}
	view := NewFigurePage{Page: page.New(c), Number: a.Number, Slot: slot}
	view.Back = figureAt(a.Number, slot, nil)
	f := staff.Filters{
		Measure: staff.PlainText(value("measure")),
		From:    staff.PlainText(value("from")),
		To:      staff.PlainText(value("to")),
		By:      staff.PlainText(value("by")),
	}
	if s := staff.PlainText(value("survey")); s != "" {
		f.Surveys = []string{s}
	}
	var q figures.Query
	err = p.Analytics.Read(c.Request().Context(), signin.Of(c).Actor, func(read *analytics.Snapshot) error {
		offer, err := read.Offer(c.Request().Context(), f.Surveys)
		if err != nil {
			return err
		}
		q = p.fillNewFigure(c, &view, f, offer)
		if !look || !view.Asked || len(view.Problems) > 0 {
			return nil
		}
		answer, err := read.Preview(c.Request().Context(), q)
		if refused := (refusal.Refusal{}); errors.As(err, &refused) {
			view.Problems.Add("survey", view.Say(refused.Message()))
			return nil
		}
		if err != nil {
			return err
		}
		view.Table, view.Suppression = staff.TableOf(view.Page, answer), staff.SuppressionOf(answer)
		return nil
	})
	return view, q, err
}

func (p *Pages) fillNewFigure(c echo.Context, view *NewFigurePage, f staff.Filters, offer analytics.Offer) figures.Query {
	changed := f.Complete(view.Page, offer)
	if !slices.Contains(calendar.Splits, f.By) {
		f.By = "service"
	}
	if changed != "" {
		view.Problems.Add("measure", view.T(staff.NotAskedHere))
	}
	view.Asked = f.From != "" && f.To != ""
	view.Form = staff.FilterForm{
		Surveys:  staff.SurveyOptions(view.Page, offer),
		Measures: staff.Options(view.Page, "", offer.Measures, f.Measure),
		By:       staff.SplitOptions(view.Page, offer, f.By),
	}
	view.Months.From, view.Months.To = p.months(view.Page, staff.Organisation(c).Zone(), f.From, f.To)
	view.Query = map[string]string{
		"slot":    string(view.Slot),
		"survey":  strings.Join(f.Surveys, ""),
		"measure": f.Measure,
		"from":    f.From,
		"to":      f.To,
		"by":      f.By,
	}
	return f.Query(view.Page, &view.Problems, f.By)
}

// months are the closed months of two years, as first and as last days.
func (p *Pages) months(frame page.Page, zone *time.Location, from, to string) (first, last []page.Option) {
	now := p.Now().In(zone)
	for i := 1; i <= 24; i++ {
		m := time.Date(now.Year(), now.Month()-time.Month(i), 1, 0, 0, 0, 0, zone)
		start, end := m.Format(time.DateOnly), m.AddDate(0, 1, -1).Format(time.DateOnly)
		first = append(first, page.Option{Value: start, Text: frame.Month(m), Chosen: start == from})
		last = append(last, page.Option{Value: end, Text: frame.Month(m), Chosen: end == to})
	}
	return first, last
}

// NewActionFigure shows the table that would leave, with what of it is hidden.
func (p *Pages) NewActionFigure(c echo.Context) error {
	view, _, err := p.newFigurePage(c, c.QueryParam, true)
	if err != nil {
		return err
	}
	return page.Render(c, staff.StatusFor(view.Page), "staff/action_figure_new", view)
}

// ReleaseActionFigure lets the table out and leads to its figures.
func (p *Pages) ReleaseActionFigure(c echo.Context) error {
	view, q, err := p.newFigurePage(c, c.FormValue, false)
	if err != nil {
		return err
	}
	if !view.Asked {
		view.Problems.Add("from", view.T("action.choose_the_first_and|Choose the first and the last month, and look at the table first."))
	}
	if len(view.Problems) > 0 {
		return page.Render(c, http.StatusUnprocessableEntity, "staff/action_figure_new", view)
	}
	q.Audience = figures.Public
	answer, err := p.Analytics.Ask(c.Request().Context(), signin.Of(c).Actor, q)
	if refused := (refusal.Refusal{}); errors.As(err, &refused) {
		view.Asked = false
		view.Problems.Add("survey", view.Say(refused.Message()))
		return page.Render(c, http.StatusUnprocessableEntity, "staff/action_figure_new", view)
	}
	if err != nil {
		return err
	}
	released := answer.(tables.Protected) // the public gets nothing else
	page.Flash(c, view.T("action.the_table_is_release|The table is release %s now. Choose one of its figures.", released.Release))
	return c.Redirect(http.StatusSeeOther, figureAt(view.Number, view.Slot, url.Values{"release": {fmt.Sprint(released.Release)}}))
}
