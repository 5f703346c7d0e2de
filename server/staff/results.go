package staff

import (
	"errors"
	"html/template"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"yousaid/analytics"
	"yousaid/server/page"
	"yousaid/server/signin"
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
	Missing     MissingComplaints
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
	view := HomePage{Page: page.New(c), SeeFigures: permission.Holds(actor, permission.SeeFigures), SeeEquality: permission.Holds(actor, permission.SeeEquality)}
	view.Missing = missingComplaints(c)
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
		view.Surveys = append(view.Surveys, SurveyLine{Slug: s.Slug, Title: s.Title, State: s.State, Responses: int(s.Responses), Published: true})
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
			title, _ := s.Title.In("en")
			if title == "" {
				title = s.Slug
			}
			view.Surveys = append(view.Surveys, SurveyLine{ID: s.ID, Slug: s.Slug, Title: title, State: string(s.State)})
		}
	}
}

// ResultsPage is staff/results: figures by channel, service, directorate and month, a table of one's own, and comments below.
type ResultsPage struct {
	page.Page
	Filters  filters
	Changed  string // what of the filters gave way to the chosen surveys
	Form     FilterForm
	Limited  bool   // the figures are those of some services only
	Council  string // beside these, the share of the whole council
	Blocks   []Block
	Question string // whose answers the figures are
	Period   string
	LeftOut  []string
	Counted  string // how many responses count, and how many of them answer the question
	Excluded int    // responses left out as unusual
	Unusual  string // where they are, for those who may see them

	Alone       bool // the comments without the figures
	SeeComments bool
	Comments    []CommentLine
	Pager       page.Pager
	Ratings     []page.Option

	// On the page of comments alone.
	Work       bool   // may tag and mark them
	List       string // the filters, to come back to
	ThemeTable page.Table
	Themes     []page.Option // to filter by
	AddThemes  []page.Option // to give to a comment
	Marks      []page.Option
	States     []page.Option
}

// FilterForm has the choices of the filter form.
type FilterForm struct {
	Surveys, Measures, Channels, Services, Points, Directorates, By, And []page.Option
}

// Block is a table with its drawing and its files.
type Block struct {
	ID, Heading string
	Chart       template.HTML
	Table       page.Table
	CSV, XLSX   string

	by  []string // what the table is split by
	own bool     // as the reader asked
}

// splits are the tables that the results page always has.
var splits = []struct{ dimension, heading string }{
	{"channel", "By channel"}, {"service", "By service"}, {"directorate", "By directorate"}, {"access_point", "By access point"}, {"month", "By month"},
}

// Results shows the figures of a survey, or across surveys.
func (p *Pages) Results(c echo.Context) error {
	view, offer, err := p.resultsPage(c)
	if err != nil {
		return err
	}
	if len(offer.Surveys) == 0 {
		return page.Render(c, http.StatusOK, "staff/results", view)
	}
	err = p.fill(c, &view)
	if refusal := (analytics.Refusal{}); errors.As(err, &refusal) {
		view.Blocks = nil
		view.Problems.Add("", refusal.Sentence)
	} else if err != nil {
		return err
	}
	if len(view.Problems) > 0 {
		return page.Render(c, http.StatusUnprocessableEntity, "staff/results", view)
	}
	if view.SeeComments {
		if err := p.below(c, &view, 10); err != nil {
			return err
		}
	}
	return page.Render(c, http.StatusOK, "staff/results", view)
}

// resultsPage reads the filters and prepares the form.
func (p *Pages) resultsPage(c echo.Context) (ResultsPage, analytics.Offer, error) {
	actor := signin.Of(c).Actor
	f := readFilters(c)
	offer, err := p.Analytics.Offer(c.Request().Context(), actor, f.Surveys)
	if err != nil {
		return ResultsPage{}, offer, err
	}
	changed := f.complete(offer)
	view := ResultsPage{Page: page.New(c), Filters: f, Changed: changed, Limited: offer.Limited, SeeComments: permission.Holds(actor, permission.SeeComments)}
	if name, ok := strings.CutPrefix(f.Measure, analytics.ScalePrefix); ok && !has(offer.Measures, f.Measure) {
		for _, s := range offer.Scales {
			if s.Code == name {
				offer.Measures = append(offer.Measures, analytics.Code{Code: f.Measure, Label: "All ratings on the scale " + s.Label})
			}
		}
	}
	view.Form = FilterForm{
		Surveys: surveyOptions(offer), Measures: options("", offer.Measures, f.Measure), Channels: options("All channels", offer.Channels, f.Channels...),
		Services: options("All services", offer.Services, f.Services...), Points: options("All access points", offer.Points, f.Points...), Directorates: options("All directorates", offer.Directorates, f.Directorates...),
		By: options("No table of my own", offer.Dimensions, f.By), And: options("Nothing else", offer.Dimensions, f.And),
	}
	return view, offer, nil
}

// fill asks for the tables of the page.
func (p *Pages) fill(c echo.Context, view *ResultsPage) error {
	f := view.Filters
	view.Filters.query(&view.Problems)
	if len(view.Problems) > 0 {
		return nil
	}
	blocks := []Block{{Heading: "Everything"}}
	if f.By != "" || f.And != "" {
		blocks = append(blocks, Block{Heading: "Your own table", own: true, by: []string{f.By, f.And}})
	}
	for _, s := range splits {
		if s.dimension == "access_point" && len(view.Form.Points) < 2 {
			continue // the council has none
		}
		blocks = append(blocks, Block{Heading: s.heading, by: []string{s.dimension}})
	}
	var queries []analytics.Query
	for _, b := range blocks {
		queries = append(queries, f.query(&view.Problems, b.by...))
	}
	if view.Limited { // with the whole council's figure beside those of some services
		everybody := f.query(&view.Problems).OfEverybody()
		everybody.Where = nil
		queries = append(queries, everybody)
	}
	list, err := p.Analytics.AskTogether(c.Request().Context(), signin.Of(c).Actor, queries...)
	if errors.Is(err, analytics.ErrNeedsProtection) {
		return analytics.Refusal{Sentence: "Groups of people are on the page Equality, where small groups are protected. Choose another way to split your table."}
	}
	if err != nil {
		return err
	}
	for i, b := range blocks {
		view.Blocks = append(view.Blocks, b.filled(view.Page, f, list[i]))
	}
	all := list[0]
	view.Period, view.LeftOut, view.Question = all.Period(), all.LeftOut, all.Measure.Text
	view.Ratings = ratingOptions(all.Measure, f.Ratings)
	view.counted(c, all)
	if view.Limited {
		view.beside(list[len(blocks)].Total)
	}
	return nil
}

// counted says how many responses the figures stand on, so that the base of one question and the number of responses on the first page can be told apart.
func (v *ResultsPage) counted(c echo.Context, figures analytics.Figures) {
	answered := int(figures.Total.N + figures.Total.DontKnow)
	v.Counted = v.Plural("staff.counted|%s response counts here.|%s responses count here.", answered+int(figures.Unanswered), page.Number(answered+int(figures.Unanswered)))
	if figures.Unanswered > 0 {
		v.Counted += " " + v.Plural("staff.unanswered|%s of them does not answer this question.|%s of them do not answer this question.", int(figures.Unanswered), page.Number(int(figures.Unanswered)))
	}
	if figures.Total.DontKnow > 0 {
		v.Counted += " " + v.Plural("staff.dont_know|%s of them says “don’t know” or the like.|%s of them say “don’t know” or the like.", int(figures.Total.DontKnow), page.Number(int(figures.Total.DontKnow)))
	}
	v.Excluded = int(figures.Excluded)
	if permission.Holds(signin.Of(c).Actor, permission.SeeUnusual) && len(figures.Surveys) == 1 {
		v.Unusual = "/staff/unusual/" + strconv.FormatInt(figures.Surveys[0].ID, 10)
	}
}

// beside adds the whole council's figure to those of some services.
func (v *ResultsPage) beside(total analytics.Cell) {
	if total.Satisfied == nil || total.Low == nil || total.High == nil {
		return
	}
	v.Council = v.Plural("staff.council|The whole council, by every channel: %s satisfied; %s answer; likely range %s to %s.|The whole council, by every channel: %s satisfied; %s answers; likely range %s to %s.",
		int(total.N), percents(*total.Satisfied), page.Number(int(total.N)), percents(*total.Low), percents(*total.High))
}

// block makes a table, its drawing and the addresses of its files, which ask for the same again.
// filled puts the figures to a block.
func (b Block) filled(p page.Page, f filters, a analytics.Answer) Block {
	b.ID, b.Table = "all", tableOf(a)
	if b.own {
		b.ID = "own-" + b.ID
	}
	for _, d := range a.Of().Dimensions {
		b.ID += "-" + d.ID
	}
	f.By, f.And = "", ""
	if len(b.by) > 0 {
		f.By = b.by[0]
	}
	if len(b.by) > 1 {
		f.And = b.by[1]
	}
	f.Words, f.Ratings, f.Theme, f.Mark, f.State = "", nil, "", "", ""
	b.Chart = chartOf(p, "chart-"+b.ID, a)
	b.CSV = "/staff/results/table.csv?" + f.values().Encode()
	b.XLSX = "/staff/results/table.xlsx?" + f.values().Encode()
	return b
}

func ratingOptions(m analytics.Measure, chosen []string) []page.Option {
	var codes []analytics.Code
	for _, a := range answersOf(m) {
		codes = append(codes, analytics.Code{Code: a.Code, Label: a.Label})
	}
	return options("Any answer", codes, chosen...)
}
