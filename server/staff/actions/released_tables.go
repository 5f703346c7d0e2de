package actions

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"yousaid/analytics"
	"yousaid/analytics/figures"
	"yousaid/analytics/register"
	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/server/staff"
	"yousaid/surveys/wording"
)

// FigureForm has the filters of the tables.
type FigureForm struct{ Surveys, Measures, Dimensions, Periods []page.Option }

// ReleaseLine is a released table.
type ReleaseLine struct {
	Title, Period, Released string
	Href                    string
}

const tablesPart = 20

// listTables fills in the released tables that fit the filters.
func (p *Pages) listTables(c echo.Context, view *FigurePage, value func(string) string) error {
	ctx, actor := c.Request().Context(), signin.Of(c).Actor
	w := register.Wanted{
		Equality:  view.Equality,
		Standing:  true,
		Survey:    staff.PlainText(value("survey")),
		Measure:   staff.PlainText(value("measure")),
		Dimension: staff.PlainText(value("by")),
		Words:     staff.PlainText(value("words")),
		Limit:     tablesPart + 1,
	}
	w.Before, _ = strconv.ParseInt(value("before"), 10, 64)
	period := staff.PlainText(value("period"))
	kinds, err := p.Register.Kinds(ctx, actor.Org, view.Equality)
	if err != nil {
		return err
	}
	offer, err := p.Analytics.Offer(ctx, actor, []string{"all"})
	if err != nil {
		return err
	}
	view.Form, view.Words = figureForm(view.Page, kinds, offer, w, period), w.Words
	if i := slices.IndexFunc(kinds, func(e register.Entry) bool { return e.From+" "+e.To == period }); i >= 0 {
		w.From, w.To = kinds[i].From, kinds[i].To
	}
	list, err := p.Register.Entries(ctx, actor.Org, w)
	if err != nil {
		return err
	}
	here := url.Values{}
	for name, one := range map[string]string{"survey": w.Survey, "measure": w.Measure, "by": w.Dimension, "period": period, "words": w.Words} {
		if one != "" {
			here.Set(name, one)
		}
	}
	if w.Before > 0 {
		view.Pager.Newer = figureAt(view.Number, view.Slot.Slot, here)
	}
	if len(list) > tablesPart {
		list = list[:tablesPart]
		here.Set("before", strconv.FormatInt(list[tablesPart-1].ID, 10))
		view.Pager.Older = figureAt(view.Number, view.Slot.Slot, here)
	}
	for _, e := range list {
		view.Lines = append(
			view.Lines,
			ReleaseLine{
				Title:  view.T("action.release_2|Release %s: %s", e.ID, tableName(view.Page, e.Query, offer)),
				Period: view.Page.Period(e.From, e.To),
				Released: view.Date(
					e.At.In(staff.Organisation(c).Zone()),
				),
				Href: figureAt(view.Number, view.Slot.Slot, url.Values{"release": {strconv.FormatInt(e.ID, 10)}}),
			},
		)
	}
	return nil
}

// figureForm offers what there is in the register.
func figureForm(p page.Page, kinds []register.Entry, offer analytics.Offer, w register.Wanted, period string) FigureForm {
	f := FigureForm{
		Surveys:    []page.Option{{Text: p.T("action.all_surveys|All surveys")}},
		Measures:   []page.Option{{Text: p.T("action.all_questions|All questions")}},
		Dimensions: []page.Option{{Text: p.T("action.any_split|Any split")}},
		Periods:    []page.Option{{Text: p.T("action.all_periods|All periods")}},
	}
	add := func(list *[]page.Option, value, text, chosen string) {
		if !slices.ContainsFunc(*list, func(o page.Option) bool { return o.Value == value }) {
			*list = append(*list, page.Option{Value: value, Text: text, Chosen: value == chosen})
		}
	}
	for _, e := range kinds {
		for _, s := range e.Query.Surveys {
			add(&f.Surveys, s, surveyName(p, offer, s), w.Survey)
		}
		add(&f.Measures, e.Query.Measure, measureName(p, offer, e.Query.Measure), w.Measure)
		for _, d := range e.Query.By {
			add(&f.Dimensions, d, page.Capital(splitName(p, offer, d)), w.Dimension)
		}
		add(&f.Periods, e.From+" "+e.To, p.Period(e.From, e.To), period)
	}
	return f
}

func codeName(list []figures.Code, code string) wording.Message {
	for _, c := range list {
		if c.Code == code {
			return c.Label
		}
	}
	return wording.Plain(code)
}

func measureName(frame page.Page, o analytics.Offer, code string) string {
	return frame.Say(codeName(o.Measures, code))
}

func surveyName(frame page.Page, o analytics.Offer, slug string) string {
	for _, s := range o.Surveys {
		if s.Slug == slug {
			return frame.Say(s.Title)
		}
	}
	return slug
}

// splitName is a dimension in words.
func splitName(frame page.Page, o analytics.Offer, id string) string {
	if name := staff.DimensionName(frame, id); name != id {
		return name
	}
	return staff.Within(frame, codeName(o.Dimensions, id))
}

// tableName says what a released table shows.
func tableName(frame page.Page, a register.Query, o analytics.Offer) string {
	var by []string
	for _, d := range a.By {
		by = append(by, splitName(frame, o, d))
	}
	text := frame.T("action.by_2|%s, by %s", strings.TrimRight(measureName(frame, o, a.Measure), "?. "), frame.Both(by))
	if a.Subtotals {
		text += frame.T("action.with_subtotals|, with subtotals")
	}
	if a.Rounded {
		text += frame.T("action.rounded|, rounded")
	}
	return text
}
