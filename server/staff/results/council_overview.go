package results

import (
	"errors"
	"fmt"
	"html/template"
	"math"
	"net/http"
	"net/url"
	"slices"
	"sort"
	"time"

	"github.com/labstack/echo/v4"

	"yousaid/analytics"
	"yousaid/analytics/actions"
	"yousaid/analytics/figures"
	"yousaid/analytics/insight"
	"yousaid/analytics/refusal"
	"yousaid/analytics/stats"
	"yousaid/analytics/tables"
	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/server/staff"
	"yousaid/surveys/permission"
)

// CouncilOverviewPage is staff/council_overview: how the council does, across all surveys that rate on one scale.
type CouncilOverviewPage struct {
	page.Page
	Scale    string
	Scales   []page.Option
	Limited  bool
	Period   string
	Share    string // satisfied, in whole per cent
	Range    string
	N        int
	Change   string
	Council  OverviewRow // the whole council, where the page is about some services only
	Surveys  []string
	LeftOut  []string
	Excluded int // answers left out as unusual
	Line     template.HTML
	Parts    template.HTML // by directorate
	PartRows []OverviewRow
	Best     []OverviewRow
	Worst    []OverviewRow
	Below    []OverviewRow // whose likely range lies below the council's share
	Ordered  []OverviewRow // the services that are seen, where best and worst cannot be said
	Few      []string      // with too few answers to rank
	Channels []OverviewRow
	Themes   []page.Link
	Late     int // actions that are overdue
	Results  string
	Months   []OverviewRow
}

// OverviewRow is a line: what it is about, its share, its base, and where its answers and comments are.
type OverviewRow struct {
	Name, Share, Range string
	N                  int
	Href, Comments     string
	share              float64
	low, high          float64
}

// OverviewList is a table of the council page with its caption, which only screen readers hear: a heading stands over it.
type OverviewList struct {
	Caption string
	Rows    []OverviewRow
}

// List puts a caption to lines, for the template.
func (CouncilOverviewPage) List(caption string, rows []OverviewRow) OverviewList {
	return OverviewList{caption, rows}
}

const enoughToRank = 50 // answers (STANDARDS 5): fewer are not put in an order

// CouncilOverview shows the council page: last 12 closed months and the 12 before.
func (p *Pages) CouncilOverview(c echo.Context) error {
	var view CouncilOverviewPage
	now := p.Now().In(staff.Organisation(c).Zone())
	end := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, -1)
	start := time.Date(now.Year(), now.Month()-12, 1, 0, 0, 0, 0, time.UTC)
	err := p.Analytics.Read(c.Request().Context(), signin.Of(c).Actor, func(read *analytics.Snapshot) (err error) {
		view, err = overviewPage(c, read, start, end)
		return err
	})
	if refused := (refusal.Refusal{}); errors.As(err, &refused) {
		view.Problems.Add("scale", view.Say(refused.Message()))
		return page.Render(c, http.StatusUnprocessableEntity, "staff/council_overview", view)
	}
	if err != nil {
		return err
	}
	if len(view.Scales) > 0 {
		if err := p.themesAndOverdue(c, &view, start, end); err != nil {
			return err
		}
	}
	return page.Render(c, http.StatusOK, "staff/council_overview", view)
}

// overviewPage reads the figures of the page.
func overviewPage(c echo.Context, read *analytics.Snapshot, start, end time.Time) (view CouncilOverviewPage, err error) {
	offer, err := read.Offer(c.Request().Context(), []string{"all"})
	if err != nil {
		return view, err
	}
	view = CouncilOverviewPage{
		Page:    page.New(c),
		Scale:   staff.PlainText(c.QueryParam("scale")),
		Limited: offer.Limited,
		Scales:  staff.Options(page.New(c), "", offer.Scales),
	}
	if len(offer.Scales) == 0 {
		return view, nil
	}
	view.Period = view.Page.Period(start.Format(time.DateOnly), end.Format(time.DateOnly))
	if view.Scale == "" {
		if view.Scale, err = mostAnswered(c, read, offer.Scales, start, end); err != nil {
			return view, err
		}
	}
	answers, council, err := overviewAnswers(c, read, view.Scale, view.Limited, start, end)
	if err != nil {
		return view, err
	}
	view.fill(answers, council, start, end)
	for i, slug := range view.LeftOut {
		if at := slices.IndexFunc(offer.Surveys, func(s figures.SurveyRef) bool { return s.Slug == slug }); at >= 0 {
			view.LeftOut[i] = fmt.Sprintf("%s (%s)", view.Say(offer.Surveys[at].Title), slug)
		}
	}
	return view, nil
}

// mostAnswered is the scale on which most people answered in the period, the first of those that are alike: a survey that nobody has
// answered yet does not push the others off
// the page.
func mostAnswered(c echo.Context, read *analytics.Snapshot, scales []figures.Code, start, end time.Time) (string, error) {
	best, most := scales[0].Code, int64(0)
	if len(scales) == 1 {
		return best, nil
	}
	for _, s := range scales {
		list, err := read.AskTogether(c.Request().Context(), overviewQuery(s.Code, start, end))
		if refused := (refusal.Refusal{}); errors.As(err, &refused) {
			continue
		}
		if err != nil {
			return "", err
		}
		if n := list[0].Total.N; n > most {
			best, most = s.Code, n
		}
	}
	return best, nil
}

func overviewQuery(scale string, start, end time.Time) figures.Query {
	return figures.Query{Surveys: []string{"all"}, Measure: figures.ScalePrefix + scale, From: figures.DateOf(start), To: figures.DateOf(end)}
}

// overviewAnswers asks for what the page shows: all, the year before, and by month, directorate, service and channel; and for everybody's
// answers, with which those are compared that a reader with limited
// reach sees.
func overviewAnswers(
	c echo.Context,
	read *analytics.Snapshot,
	scale string,
	limited bool,
	start, end time.Time,
) (list []tables.Figures, council figures.Cell, err error) {
	base := overviewQuery(scale, start, end)
	before := base
	before.From, before.To = figures.DateOf(start.AddDate(-1, 0, 0)), figures.DateOf(start.AddDate(0, 0, -1))
	queries := []figures.Query{base, before}
	for _, by := range []string{"month", "directorate", "service", "channel"} {
		q := base
		q.By = []string{by}
		queries = append(queries, q)
	}
	if limited {
		queries = append(queries, base.OfEverybody())
	}
	if list, err = read.AskTogether(c.Request().Context(), queries...); err != nil {
		return nil, council, err
	}
	if limited {
		return list, list[len(list)-1].Total, nil
	}
	return list, list[0].Total, nil
}

// row is a cell in words. Its address keeps the year that the page shows.
func (v *CouncilOverviewPage) row(name string, cell figures.Cell, filter url.Values) OverviewRow {
	r := OverviewRow{
		Name:     name,
		N:        int(cell.N),
		Href:     "/staff/results?" + filter.Encode(),
		Comments: "/staff/comments?" + filter.Encode(),
		Share:    "–",
	}
	if cell.Satisfied != nil && cell.Low != nil && cell.High != nil {
		r.share, r.low, r.high = *cell.Satisfied, *cell.Low, *cell.High
		r.Share, r.Range = percents(r.share), v.Page.Range(percents(r.low), percents(r.high))
	}
	return r
}

func percents(share float64) string { return fmt.Sprintf("%d%%", int(math.Round(share*100))) }

func (v *CouncilOverviewPage) fill(list []tables.Figures, council figures.Cell, start, end time.Time) {
	all, before := list[0].Total, list[1].Total
	frame := list[0].Frame
	for _, s := range frame.Surveys {
		v.Surveys = append(v.Surveys, v.Say(s.Title))
	}
	v.LeftOut, v.Excluded = frame.LeftOut, int(list[0].Excluded)
	filter := func(name, value string) url.Values {
		f := url.Values{
			"survey":  {"all"},
			"from":    {start.Format(time.DateOnly)},
			"to":      {end.Format(time.DateOnly)},
			"measure": {figures.ScalePrefix + v.Scale},
		}
		if name != "" {
			f.Set(name, value)
		}
		return f
	}
	whole := v.row(v.T("staff.all|All"), all, filter("", ""))
	v.Share, v.Range, v.N, v.Results = whole.Share, whole.Range, whole.N, whole.Href
	v.Change = change(v.Page, all, before)
	v.Council = v.row(v.T("result.the_whole_council|The whole council"), council, filter("", ""))
	line, parts := page.Chart{
		ID:    "whole-months",
		Title: v.T("result.share_satisfied_by_month|Share satisfied by month"),
	}, page.Chart{
		ID:    "whole-parts",
		Title: v.T("result.share_satisfied_by_directorate|Share satisfied by directorate"),
	}
	for _, cell := range list[2].Cells {
		name := v.Say(list[2].Dimensions[0].Word(cell.Codes[0]))
		v.Months = append(v.Months, v.row(name, cell, filter("", "")))
		line.Rows = append(line.Rows, page.Row{Label: name, N: int(cell.N), Value: cell.Satisfied, Low: cell.Low, High: cell.High})
	}
	for _, cell := range list[3].Cells {
		name := v.Say(list[3].Dimensions[0].Word(cell.Codes[0]))
		v.PartRows = append(v.PartRows, v.row(name, cell, filter("directorate", cell.Codes[0])))
		parts.Rows = append(parts.Rows, page.Row{Label: name, N: int(cell.N), Value: cell.Satisfied, Low: cell.Low, High: cell.High})
	}
	if len(line.Rows) > 1 {
		v.Line = page.Line(v.Page, line)
	}
	if len(parts.Rows) > 1 {
		v.Parts = page.Bars(v.Page, parts)
	}
	v.rank(list[4], v.Council, filter)
	for _, cell := range list[5].Cells {
		v.Channels = append(v.Channels, v.row(v.Say(list[5].Dimensions[0].Word(cell.Codes[0])), cell, filter("channel", cell.Codes[0])))
	}
}

// rank puts services in order where each has enough answers, and names those whose likely range lies below the council's share. Who sees
// some services only sees these in order:
// the best of them need not be good.
func (v *CouncilOverviewPage) rank(services tables.Figures, council OverviewRow, filter func(string, string) url.Values) {
	var ranked []OverviewRow
	for _, cell := range services.Cells {
		row := v.row(v.Say(services.Dimensions[0].Word(cell.Codes[0])), cell, filter("service", cell.Codes[0]))
		switch {
		case cell.N < enoughToRank || cell.Satisfied == nil:
			v.Few = append(v.Few, fmt.Sprintf("%s (n = %d)", row.Name, row.N))
			continue
		case row.high < council.share:
			v.Below = append(v.Below, row)
		}
		ranked = append(ranked, row)
	}
	sort.SliceStable(ranked, func(i, j int) bool { return ranked[i].share > ranked[j].share })
	if v.Limited || len(ranked) < 2 { // one alone is neither best nor worst
		v.Ordered = ranked
		return
	}
	v.Best = ranked[:min(3, (len(ranked)+1)/2)]
	v.Worst = slices.Clone(ranked[len(v.Best):])
	slices.Reverse(v.Worst)
	v.Worst = v.Worst[:min(5, len(v.Worst))]
}

// change compares the year with the one before. Only a difference whose interval leaves out nought is called one.
func change(frame page.Page, now, before figures.Cell) string {
	if now.Satisfied == nil || before.Satisfied == nil || now.N == 0 || before.N == 0 {
		return frame.T("result.there_is_no_year|There is no year before to compare with yet.")
	}
	satisfied := func(c figures.Cell) int64 { return int64(math.Round(*c.Satisfied * float64(c.N))) }
	diff, low, high := stats.Newcombe(satisfied(now), now.N, satisfied(before), before.N, 0.95)
	points := frame.T("result.f_points_likely_range|%s points (likely range %s to %s; n = %s the year before)",
		fmt.Sprintf("%.1f", math.Abs(diff*100)), signed(low), signed(high), page.Number(int(before.N)))
	switch {
	case low > 0:
		return frame.T("result.better_than_the_year|Better than the year before by %s.", points)
	case high < 0:
		return frame.T("result.worse_than_the_year|Worse than the year before by %s.", points)
	}
	return frame.T("result.whether_it_changed_since|Whether it changed since the year before cannot be told yet: the difference is %s points "+
		"(likely range %s to %s).", signed(diff), signed(low), signed(high))
}

// signed is a difference of shares in points, with its sign.
func signed(difference float64) string { return fmt.Sprintf("%+.1f", 100*difference) }

// themesAndOverdue adds what people write about and what is overdue, for those who may see it.
func (p *Pages) themesAndOverdue(c echo.Context, view *CouncilOverviewPage, start, end time.Time) error {
	ctx, actor := c.Request().Context(), signin.Of(c).Actor
	zone := staff.Organisation(c).Zone()
	if permission.Holds(actor, permission.SeeComments) {
		from := figures.DateOf(start).In(zone)
		counts, err := p.Insight.ThemeCounts(ctx, actor, insight.Query{From: from, To: figures.DateOf(end.AddDate(0, 0, 1)).In(zone)})
		if err != nil {
			return err
		}
		themes, err := p.Insight.Themes(ctx, actor.Org)
		if err != nil {
			return err
		}
		for _, n := range counts[:min(5, len(counts))] {
			for _, name := range staff.ThemeNames(view.Page, themes, []int64{n.Theme}) {
				v := url.Values{
					"survey": {"all"},
					"theme":  {fmt.Sprint(n.Theme)},
					"from":   {start.Format(time.DateOnly)},
					"to":     {end.Format(time.DateOnly)},
				}
				view.Themes = append(
					view.Themes,
					page.Link{Text: fmt.Sprintf("%s (%s)", name, page.Number(n.Comments)), Href: "/staff/comments?" + v.Encode()},
				)
			}
		}
	}
	if permission.Holds(actor, permission.EditActions) {
		late, err := p.Actions.Actions(ctx, actor, actions.Filter{Overdue: true, State: actions.Published, Limit: 1000})
		if err != nil {
			return err
		}
		view.Late = len(late)
	}
	return nil
}
