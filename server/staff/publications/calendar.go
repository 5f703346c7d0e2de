package publications

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"yousaid/analytics"
	"yousaid/analytics/calendar"
	"yousaid/analytics/figures"
	"yousaid/analytics/releases"
	"yousaid/analytics/review"
	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/server/staff"
	"yousaid/surveys"
	"yousaid/surveys/question"
)

// CalendarPage is staff/published: the publication calendar.
type CalendarPage struct {
	page.Page
	Table page.Table
	Embed string // mark-up of the list for the council's own site

	Waiting []staff.WaitingChange // additions to the calendar
}

var publicationStates = map[string]string{
	"planned":   "publication.planned|Planned",
	"published": "publication.published|Published",
	"withdrawn": "publication.withdrawn|Withdrawn",
}

// Calendar shows what is planned and what was published.
func (p *Pages) Calendar(c echo.Context) error {
	ctx, org := c.Request().Context(), staff.Organisation(c)
	list, err := p.Publications.Publications(ctx, org.ID)
	if err != nil {
		return err
	}
	today := p.today(c)
	view := CalendarPage{Page: page.New(c)}
	base := org.BaseURL
	if base == "" {
		base = p.BaseURL
	}
	view.Embed = fmt.Sprintf(
		`<iframe src="%s/%s/you-said-we-did/embed" title="You said, we did" width="100%%" height="600" loading="lazy"></iframe>`,
		strings.TrimRight(base, "/"),
		org.Slug,
	)
	view.Table = page.Table{
		Caption: view.T("publication.publication_calendar|Publication calendar"),
		Columns: []page.Column{
			{Text: view.T("publication.figures|Figures")},
			{Text: view.T("publication.period|Period")},
			{Text: view.T("publication.due|Due")},
			{Text: view.T("publication.state|State")},
			{Text: view.T("publication.late|Late")},
		},
	}
	for _, one := range list {
		title := view.Word(one.Titles)
		late, waiting := one.Lateness(today)
		words := ""
		if late > 0 && (waiting && one.State == "planned" || !waiting) {
			words = view.Page.Plural("staff.days_late|%s day|%s days", late, late)
		}
		view.Table.Rows = append(
			view.Table.Rows,
			[]page.Cell{
				{Text: title, Head: true, Href: fmt.Sprintf("/staff/published/%d", one.ID)},
				{Text: view.Page.Period(one.From, one.To)},
				{Text: staff.DayInWords(view.Page, one.Due)},
				{Text: view.T(publicationStates[one.State])},
				{Text: words},
			},
		)
	}
	if view.Waiting, err = p.waitingPlans(c, view.Page); err != nil {
		return err
	}
	return page.Render(c, http.StatusOK, "staff/published", view)
}

// today is the council's day.
func (p *Pages) today(c echo.Context) string {
	return p.Now().In(staff.Organisation(c).Zone()).Format(time.DateOnly)
}

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
	view.Form = staff.FilterForm{Surveys: surveys, Measures: staff.Options("", offer.Measures, f.Measure), By: staff.SplitOptions(offer, f.By)}
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
	if err != nil && !errors.Is(err, surveys.ErrMissing) {
		return err
	}
	if err != nil {
		view.Problems.Add("survey", view.T("publication.choose_a_published_survey|Choose a published survey."))
	}
	if len(view.Problems) > 0 {
		view.Title.Page = view.Page
		return page.Render(c, http.StatusUnprocessableEntity, "staff/published_new", view)
	}
	var list []calendar.Publication
	for i := range times {
		first := from.AddDate(0, i*length, 0)
		last := first.AddDate(0, length, -1)
		list = append(
			list,
			calendar.Publication{
				Titles:  view.Title.Text,
				Survey:  survey.ID,
				Measure: view.Filters.Measure,
				By:      view.Filters.By,
				From:    first.Format(time.DateOnly),
				To:      last.Format(time.DateOnly),
				Due:     last.AddDate(0, 0, days).Format(time.DateOnly),
			},
		)
	}
	added, err := p.Publications.Plan(c.Request().Context(), signin.Of(c).Actor, list)
	if errors.Is(err, releases.ErrNotAsked) {
		view.Problems.Add(
			"measure",
			view.T(
				"publication.choose_a_question_of|Choose a question of this survey that has one answer from a list: only those can be published.",
			),
		)
		view.Title.Page = view.Page
		return page.Render(c, http.StatusUnprocessableEntity, "staff/published_new", view)
	}
	if errors.Is(err, calendar.ErrSplit) {
		view.Problems.Add("by", view.T("publication.choose_how_the_table|Choose how the table is split."))
		view.Title.Page = view.Page
		return page.Render(c, http.StatusUnprocessableEntity, "staff/published_new", view)
	}
	if errors.Is(err, calendar.ErrPlanned) {
		view.Problems.Add(
			"from",
			view.T(
				"publication.these_tables_are_in|These tables are in the calendar already. Choose other months, another question or another split.",
			),
		)
		view.Title.Page = view.Page
		return page.Render(c, http.StatusUnprocessableEntity, "staff/published_new", view)
	}
	if err != nil {
		return err
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

// PublicationPage is staff/publication: one table to look at, publish, correct or withdraw.
type PublicationPage struct {
	page.Page
	Publication calendar.Publication
	Title       string
	Period      string
	State       string
	Due         string
	Over        bool // its months are over
	Late        bool // it is planned and was due before today: it stays in the calendar
	Preview     page.Table
	Hidden      int
	Shown       bool
	Why         string // the table cannot be made
	Note        staff.Wording
	Public      string
	Waiting     staff.WaitingChange // ID 0: none
}

func (p *Pages) publication(c echo.Context) (PublicationPage, error) {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return PublicationPage{}, calendar.ErrNoPublication
	}
	one, err := p.Publications.Publication(c.Request().Context(), staff.Organisation(c).ID, id)
	if err != nil {
		return PublicationPage{}, err
	}
	view := PublicationPage{
		Page:        page.New(c),
		Publication: one,
		State:       page.T(c, publicationStates[one.State]),
		Due:         staff.DayInWords(page.New(c), one.Due),
		Over:        one.To < p.today(c),
		Public:      "/" + staff.Organisation(c).Slug + "/performance/" + strconv.FormatInt(one.ID, 10),
		Late:        one.State == "planned" && one.Due < p.today(c),
	}
	view.Back = "/staff/published"
	view.Title = view.Word(one.Titles)
	view.Period = view.Page.Period(one.From, one.To)
	view.Note = staff.Wording{
		Page:      view.Page,
		Name:      "note",
		Label:     view.T("staff.note_that_the_public|Note that the public reads"),
		Lines:     2,
		Languages: staff.Languages(c),
		Text:      staff.WordingOf(c, "note", nil),
	}
	waiting, err := p.Publications.Waiting(c.Request().Context(), staff.Organisation(c).ID, one.ID)
	if err != nil {
		return view, err
	}
	if len(waiting) > 0 {
		start := staff.NewWaitingChange(
			view.Page,
			waiting[0].Change,
			view.T("publication.a_table_waits_for|A table waits for a second person"),
			signin.Of(c).Actor.Name,
			c.Request().URL.Path,
			staff.Organisation(c).Zone(),
			true,
		)
		view.Waiting = waitingOfTable(start, one, waiting[0])
	}
	if !view.Over || one.State == "withdrawn" {
		return view, nil
	}
	answer, err := p.Analytics.Preview(c.Request().Context(), signin.Of(c).Actor, p.publicQuery(one))
	if refusal := (analytics.Refusal{}); errors.As(err, &refusal) {
		view.Why = view.Say(refusal.Message())
		return view, nil
	}
	if err != nil {
		return view, err
	}
	view.Shown, view.Preview, view.Hidden = true, staff.TableOf(view.Page, answer), answer.Table.Hidden()
	return view, nil
}

func (p *Pages) publicQuery(one calendar.Publication) figures.Query {
	from, _ := figures.ParseDate(one.From) // days as the table has them
	to, _ := figures.ParseDate(one.To)
	return figures.Query{
		Surveys:  []string{one.SurveySlug},
		Measure:  one.Measure,
		By:       []string{one.By},
		From:     from,
		To:       to,
		Audience: figures.Public,
	}
}

// Publication shows a table before and after it leaves.
func (p *Pages) Publication(c echo.Context) error {
	view, err := p.publication(c)
	if err != nil {
		return err
	}
	return page.Render(c, http.StatusOK, "staff/publication", view)
}

// ChangePublication publishes, corrects or withdraws a table.
func (p *Pages) ChangePublication(c echo.Context) error {
	view, err := p.publication(c)
	if err != nil {
		return err
	}
	ctx, actor, one := c.Request().Context(), signin.Of(c).Actor, view.Publication
	do := c.FormValue("do")
	if do == "approve-change" || do == "return-change" {
		return p.decideTable(c, view, do)
	}
	if do != "publish" {
		staff.WordingFaults(view.Page, &view.Problems, "note", view.Note.Text)
		for _, lang := range staff.Organisation(c).Languages {
			if view.Note.Text[lang] == "" && one.State == "published" {
				view.Problems.Add("note-"+lang, view.T("publication.say_what_changed_and|Say what changed and why: the public reads it."))
			}
		}
	}
	if do != "withdraw" && view.Why != "" {
		view.Problems.Add("publish", view.Why)
	}
	if do != "withdraw" && !view.Over {
		view.Problems.Add("publish", view.T("publication.these_months_are_not|These months are not over yet. Publish the table when they are."))
	}
	if len(view.Problems) > 0 {
		view.Note.Page = view.Page
		return page.Render(c, http.StatusUnprocessableEntity, "staff/publication", view)
	}
	switch do {
	case "publish", "correct":
		answer, err := p.Analytics.Ask(ctx, actor, p.publicQuery(one))
		if err != nil {
			return err
		}
		released := answer.(analytics.Protected)
		labels, err := p.rowNames(c, one.By)
		if err != nil {
			return err
		}
		if do == "publish" {
			err = p.Publications.Publish(ctx, actor, one.ID, released.Release, labels)
		} else {
			err = p.Publications.Correct(ctx, actor, one.ID, released.Release, labels, view.Note.Text)
		}
		if errors.Is(err, review.ErrWaiting) {
			view.Problems.Add(
				"publish",
				view.T("publication.another_table_waits_for|Another table waits for a second person. Have it approved or taken back first."),
			)
			view.Note.Page = view.Page
			return page.Render(c, http.StatusUnprocessableEntity, "staff/publication", view)
		}
		if errors.Is(err, calendar.ErrSame) {
			view.Problems.Add(
				"publish",
				view.T("publication.the_figures_are_what|The figures are what they were when they were published: there is nothing to correct."),
			)
			view.Note.Page = view.Page
			return page.Render(c, http.StatusUnprocessableEntity, "staff/publication", view)
		}
		if err != nil {
			return err
		}
		page.Flash(c, view.T("publication.the_table_is_frozen|The table is frozen. It is public when a second person has approved it."))
	case "withdraw":
		if sure, err := staff.Confirmed(c, staff.ConfirmWithdrawal(view.Page, view.T("publication.withdraw_this_table|Withdraw this table?"),
			"/staff/published/"+c.Param("id"))); !sure {
			return err
		}
		if err := p.Publications.Withdraw(ctx, actor, one.ID, view.Note.Text, p.today(c)); err != nil {
			return err
		}
		page.Flash(c, view.T("publication.it_is_taken_away|It is taken away from the public."))
		return c.Redirect(http.StatusSeeOther, "/staff/published")
	default:
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	return c.Redirect(http.StatusSeeOther, c.Request().URL.Path)
}

// rowNames are what the rows of a public table are called today, in every language: they stay so with the table.
func (p *Pages) rowNames(c echo.Context, by string) (map[string]question.Text, error) {
	ctx, org := c.Request().Context(), staff.Organisation(c).ID
	list := map[string]question.Text{}
	switch by {
	case "service":
		services, err := p.Catalogue.Services(ctx, org)
		for _, s := range services {
			list[s.Slug] = s.Names
		}
		return list, err
	case "access_point":
		places, err := p.Catalogue.AccessPoints(ctx, org)
		for _, a := range places {
			list[a.Slug] = a.Names
		}
		return list, err
	case "directorate":
		parts, err := p.Catalogue.Directorates(ctx, org)
		for _, d := range parts {
			list[d.Slug] = d.Names
		}
		return list, err
	}
	channels, err := p.Catalogue.Channels(ctx, org)
	for _, ch := range channels {
		list[ch.Code] = ch.Names
	}
	return list, err
}
