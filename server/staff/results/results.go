package results

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"yousaid/analytics"
	"yousaid/analytics/figures"
	"yousaid/analytics/refusal"
	"yousaid/analytics/tables"
	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/server/staff"
	"yousaid/surveys/permission"
	"yousaid/surveys/tablefile"
)

// ResultsPage is staff/results: figures by channel, service, directorate and month, a table of one's own, and comments below.
type ResultsPage struct {
	staff.Filtered
	staff.CommentList
	Council  string // beside figures of some services, the share of the whole council
	Blocks   []staff.Block
	Question string // whose answers the figures are
	Period   string
	LeftOut  []string
	Counted  string // how many responses count, and how many of them answer the question
	Excluded int    // responses left out as unusual
	Unusual  string // where they are, for those who may see them
}

// split is a table of the page, before it is filled.
type split struct {
	heading string
	by      []string // what the table is split by
	own     bool     // as the reader asked
}

// splits are the tables that the results page always has.
func splits(frame page.Page) []split {
	return []split{
		{
			heading: frame.T("result.by_channel|By channel"),
			by:      []string{"channel"},
		},
		{heading: frame.T("result.by_service|By service"), by: []string{"service"}},
		{heading: frame.T("result.by_directorate|By directorate"), by: []string{"directorate"}},
		{
			heading: frame.T("result.by_access_point|By access point"),
			by:      []string{"access_point"},
		},
		{heading: frame.T("result.by_month|By month"), by: []string{"month"}},
	}
}

// Results shows the figures of a survey, or across surveys.
func (p *Pages) Results(c echo.Context) error {
	var view ResultsPage
	none := false
	err := p.Analytics.Read(c.Request().Context(), signin.Of(c).Actor, func(read *analytics.Snapshot) error {
		form, offer, err := staff.FilteredPage(c, read)
		view = ResultsPage{Filtered: form}
		if none = err == nil && len(offer.Surveys) == 0; err != nil || none {
			return err
		}
		return view.fill(c, read)
	})
	if none {
		return page.Render(c, http.StatusOK, "staff/results", view)
	}
	if refused := (refusal.Refusal{}); errors.As(err, &refused) {
		view.Blocks = nil
		view.Problems.Add("", view.Say(refused.Message()))
	} else if err != nil {
		return err
	}
	if len(view.Problems) > 0 {
		return page.Render(c, http.StatusUnprocessableEntity, "staff/results", view)
	}
	if view.SeeComments {
		q, err := staff.CommentQuery(c, &view.Filtered, 10)
		if err != nil {
			return err
		}
		if err := view.Read(c, p.Insight, &view.Filtered, q); err != nil {
			return err
		}
	}
	return page.Render(c, http.StatusOK, "staff/results", view)
}

// fill asks for the tables of the page.
func (v *ResultsPage) fill(c echo.Context, read *analytics.Snapshot) error {
	f := v.Filters
	v.Filters.Query(v.Page, &v.Problems)
	if len(v.Problems) > 0 {
		return nil
	}
	tables := []split{{heading: v.T("result.everything|Everything")}}
	if f.By != "" || f.And != "" {
		tables = append(tables, split{heading: v.T("result.your_own_table|Your own table"), own: true, by: []string{f.By, f.And}})
	}
	for _, s := range splits(v.Page) {
		if s.by[0] == "access_point" && len(v.Form.Points) < 2 {
			continue // the council has none
		}
		tables = append(tables, s)
	}
	var queries []figures.Query
	for _, t := range tables {
		queries = append(queries, f.Query(v.Page, &v.Problems, t.by...))
	}
	if v.Limited { // with the whole council's figure beside those of some services
		everybody := f.Query(v.Page, &v.Problems).OfEverybody()
		everybody.Where = nil
		queries = append(queries, everybody)
	}
	list, err := read.AskTogether(c.Request().Context(), queries...)
	if errors.Is(err, refusal.ErrNeedsProtection) {
		return refusal.Refuse(
			refusal.AboutNothing,
			"result.groups_of_people_are|Groups of people are on the page Equality, where small groups are protected. Choose another way to "+
				"split your table.",
		)
	}
	if err != nil {
		return err
	}
	for i, t := range tables {
		v.Blocks = append(v.Blocks, t.block(v.Page, f, list[i]))
	}
	all := list[0]
	v.Period, v.LeftOut, v.Question = v.Say(all.Period()), all.LeftOut, v.Say(all.Measure.Text)
	v.Ratings = staff.RatingOptions(v.Page, all.Measure, f.Ratings)
	v.counted(c, all)
	if v.Limited {
		v.beside(list[len(tables)].Total)
	}
	return nil
}

// counted says how many responses the figures stand on, so that the base of one question and the number of responses on the first page can
// be told apart.
func (v *ResultsPage) counted(c echo.Context, figures tables.Figures) {
	answered := int(figures.Total.N + figures.Total.DontKnow)
	v.Counted = v.Plural(
		"staff.counted|%s response counts here.|%s responses count here.",
		answered+int(figures.Unanswered),
		page.Number(answered+int(figures.Unanswered)),
	)
	if figures.Unanswered > 0 {
		v.Counted += " " + v.Plural(
			"staff.unanswered|%s of them does not answer this question.|%s of them do not answer this question.",
			int(figures.Unanswered),
			page.Number(int(figures.Unanswered)),
		)
	}
	if figures.Total.DontKnow > 0 {
		v.Counted += " " + v.Plural(
			"staff.dont_know|%s of them says “don’t know” or the like.|%s of them say “don’t know” or the like.",
			int(figures.Total.DontKnow),
			page.Number(int(figures.Total.DontKnow)),
		)
	}
	v.Excluded = int(figures.Excluded)
	if permission.Holds(signin.Of(c).Actor, permission.SeeUnusual) && len(figures.Surveys) == 1 {
		v.Unusual = "/staff/unusual/" + strconv.FormatInt(figures.Surveys[0].ID, 10)
	}
}

// beside adds the whole council's figure to those of some services.
func (v *ResultsPage) beside(total figures.Cell) {
	if total.Satisfied == nil || total.Low == nil || total.High == nil {
		return
	}
	v.Council = v.Plural(
		"staff.council|The whole council, by every channel: %s satisfied; %s answer; likely range %s to %s.|The whole council, by every "+
			"channel: %s satisfied; %s answers; likely range %s to %s.",
		int(total.N),
		percents(*total.Satisfied),
		page.Number(int(total.N)),
		percents(*total.Low),
		percents(*total.High),
	)
}

// block makes a table, its drawing and the addresses of its files, which ask for the same again.
func (s split) block(p page.Page, f staff.Filters, a tables.Answer) staff.Block {
	b := staff.Block{ID: "all", Heading: s.heading, Table: staff.TableOf(p, a)}
	if s.own {
		b.ID = "own-" + b.ID
	}
	for _, d := range a.Of().Dimensions {
		b.ID += "-" + d.ID
	}
	f.By, f.And = "", ""
	if len(s.by) > 0 {
		f.By = s.by[0]
	}
	if len(s.by) > 1 {
		f.And = s.by[1]
	}
	f.Words, f.Ratings, f.Theme, f.Mark, f.State = "", nil, "", "", ""
	b.Chart = staff.ChartOf(p, "chart-"+b.ID, a)
	b.Files = p.Files(tablefile.Format.HoldsTables, "/staff/results/table", "?"+f.Values().Encode())
	return b
}
