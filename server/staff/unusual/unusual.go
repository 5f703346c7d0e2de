package unusual

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"yousaid/analytics"
	"yousaid/analytics/figures"
	"yousaid/analytics/refusal"
	"yousaid/analytics/tables"
	"yousaid/analytics/unusual"
	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/server/staff"
	"yousaid/surveys"
	"yousaid/surveys/links"
	"yousaid/surveys/responses/quality"
)

// UnusualPage is staff/unusual: the surveys, with how many answers of each are unusual.
type UnusualPage struct {
	page.Page
	Table page.Table
}

// UnusualSurveyPage is staff/unusual_survey: unusual answers of one survey, what they change, and what was decided about them.
type UnusualSurveyPage struct {
	page.Page
	Survey       int64
	Title        string
	Link         string // the code of the link that the hours are about, "" for all
	From, To     string // days
	Lines, Hours page.Table
	Effect       page.Table
	Form         unusualForm
	Links, Rules []page.Option
	Acts         []page.Option
	Decisions    []DecisionView
}

type unusualForm struct {
	Link   string `form:"link"`
	Rule   string `form:"rule"`
	From   string `form:"from"`
	To     string `form:"to"`
	Act    string `form:"act" validate:"oneof=exclude include" problem:"unusual.choose_act|Choose what shall happen."`
	Reason string `form:"reason" validate:"required,max=500" problem:"unusual.say_why|Say why, in 500 characters or fewer. Whoever reads the figures later will want to know."`
}

// DecisionView is a decision in words.
type DecisionView struct {
	ID                       int64
	What, When, Who, Reason  string
	Waiting, Broken, CanUndo bool
	Mine                     bool // the reader asked for it and cannot agree to it
	State                    string
	Changed                  string
}

// rules in words.
var ruleWords = map[quality.Verdict]string{
	quality.Burst: "unusual.very_many_from_one|Very many from one network, or a burst", quality.Fast: "unusual.too_fast_to_read|Too fast " +
		"to read", quality.Repeated: "unusual.the_same_comment_again|The same comment again and again",
	quality.Unsigned: "unusual.no_signed_job_reference|No signed job reference", quality.Person: "unusual.left_out_by_a|Left out by a person",
}

// Unusual lists the surveys.
func (p *Pages) Unusual(c echo.Context) error {
	org := staff.Organisation(c).ID
	list, err := p.Unusuals.Surveys(c.Request().Context(), org)
	if err != nil {
		return err
	}
	view := UnusualPage{
		Page: page.New(c),
		Table: page.Table{
			Caption: page.T(c, "unusual.surveys_with_their_unusual|Surveys with their unusual answers"),
			Columns: []page.Column{{Text: page.T(c, "staff.survey|Survey")}, {Text: page.T(c, "unusual.excluded|Excluded"), Number: true},
				{
					Text:   page.T(c, "unusual.found_by_a_rule|Found by a rule and counted again"),
					Number: true,
				},
				{Text: page.T(c, "unusual.decisions_that_wait_for|Decisions that wait for a second person"), Number: true}},
		},
	}
	for _, s := range list {
		title, err := p.surveyTitle(c, s.ID)
		if err != nil {
			return err
		}
		view.Table.Rows = append(
			view.Table.Rows,
			[]page.Cell{
				{Text: title, Head: true, Href: fmt.Sprintf("/staff/unusual/%d", s.ID)},
				figure(s.Excluded),
				figure(s.Kept),
				figure(s.Waiting),
			},
		)
	}
	return page.Render(c, http.StatusOK, "staff/unusual", view)
}

func figure(n int) page.Cell { return page.Cell{Text: page.Number(n), Number: true} }

func (p *Pages) surveyTitle(c echo.Context, id int64) (string, error) {
	s, err := p.Surveys.Survey(c.Request().Context(), staff.Organisation(c).ID, id)
	title := page.New(c).Word(s.Title)
	if title == "" {
		title = s.Slug
	}
	return title, err
}

// UnusualSurvey shows the unusual answers of one survey.
func (p *Pages) UnusualSurvey(c echo.Context) error {
	view, err := p.unusualPage(c)
	if err != nil {
		return err
	}
	return page.Render(c, http.StatusOK, "staff/unusual_survey", view)
}

// hourForm is how an hour is written in a form.
const hourForm = "2006-01-02T15:04"

// unusualPage reads what the page shows for the days in its address, by default the last four weeks.
func (p *Pages) unusualPage(c echo.Context) (UnusualSurveyPage, error) {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return UnusualSurveyPage{}, surveys.ErrMissing
	}
	view := UnusualSurveyPage{
		Page:   page.New(c),
		Survey: id,
		Link:   staff.PlainText(c.QueryParam("link")),
		From:   staff.PlainText(c.QueryParam("from")),
		To:     staff.PlainText(c.QueryParam("to")),
	}
	view.Back = "/staff/unusual"
	if view.Title, err = p.surveyTitle(c, id); err != nil {
		return view, err
	}
	from, to := view.span(p.Now().In(staff.Organisation(c).Zone()))
	made, err := p.Links.Links(c.Request().Context(), staff.Organisation(c).ID, id, 0, 500)
	if err != nil {
		return view, err
	}
	link := int64(0)
	for _, l := range made {
		if l.Code == view.Link {
			link = l.ID
		}
	}
	if link == 0 {
		view.Link = ""
	}
	if err := p.unusualTables(c, &view, link, from, to); err != nil {
		return view, err
	}
	view.offer(made)
	return view, p.decisions(c, &view)
}

// span reads the days, and writes those that cannot be read anew.
func (v *UnusualSurveyPage) span(now time.Time) (from, to time.Time) {
	day := func(text string, otherwise time.Time) time.Time {
		if d, err := time.ParseInLocation(time.DateOnly, text, now.Location()); err == nil {
			return d
		}
		if text != "" {
			v.Problems.Add("from", v.T("unusual.write_the_days_like|Write the days like 2026-11-30."))
		}
		return time.Date(otherwise.Year(), otherwise.Month(), otherwise.Day(), 0, 0, 0, 0, now.Location())
	}
	from, to = day(v.From, now.AddDate(0, 0, -27)), day(v.To, now)
	v.From, v.To = from.Format(time.DateOnly), to.Format(time.DateOnly)
	v.Form = unusualForm{From: from.Format(hourForm), To: to.AddDate(0, 0, 1).Format(hourForm)}
	return from, to.AddDate(0, 0, 1)
}

func (p *Pages) unusualTables(c echo.Context, view *UnusualSurveyPage, link int64, from, to time.Time) error {
	ctx, o := c.Request().Context(), staff.Organisation(c)
	lines, err := p.Unusuals.Lines(ctx, o.ID, view.Survey, from, to)
	if err != nil {
		return err
	}
	view.byLinkAndRule(lines, o.Zone())
	hours, err := p.Unusuals.Hours(ctx, o.ID, view.Survey, link, from, to)
	if err != nil {
		return err
	}
	view.byHour(hours, o.Zone())
	return p.effect(c, view)
}

// byLinkAndRule fills in the table of unusual answers by link and rule.
func (v *UnusualSurveyPage) byLinkAndRule(lines []unusual.Line, zone *time.Location) {
	v.Lines = page.Table{
		Caption: v.T("unusual.by_link_and_rule|By link and rule"),
		Columns: []page.Column{
			{Text: v.T("unusual.link_2|Link")},
			{Text: v.T("unusual.about|About")},
			{Text: v.T("unusual.rule_2|Rule")},
			{Text: v.T("unusual.excluded|Excluded"), Number: true},
			{Text: v.T("unusual.counted_again|Counted again"), Number: true},
			{Text: v.T("unusual.first_hour|First hour")},
			{Text: v.T("unusual.last_hour|Last hour")},
		},
	}
	for _, l := range lines {
		head := page.Cell{Text: v.T("unusual.no_link|No link"), Head: true}
		switch {
		case l.Code != "":
			head = page.Cell{Text: l.Code, Head: true, Href: v.address(l.Code)}
		case l.Link != 0:
			head.Text = v.T(typedIn)
		}
		v.Lines.Rows = append(
			v.Lines.Rows,
			[]page.Cell{
				head,
				{Text: l.About},
				{Text: v.T(ruleWords[l.Verdict])},
				figure(l.Excluded),
				figure(l.Kept),
				{Text: hourText(v.Page, l.First.In(zone))},
				{Text: hourText(v.Page, l.Last.In(zone))},
			},
		)
	}
}

// byHour fills in the table of hours with unusual answers.
func (v *UnusualSurveyPage) byHour(hours []unusual.Hour, zone *time.Location) {
	v.Hours = page.Table{
		Caption: v.T("unusual.hours_with_unusual_answers|Hours with unusual answers, newest first"),
		Columns: []page.Column{
			{Text: v.T("unusual.hour|Hour")},
			{Text: v.T("unusual.link_2|Link")},
			{Text: v.T("staff.answers|Answers"), Number: true},
			{Text: v.T("unusual.excluded|Excluded"), Number: true},
			{
				Text:   v.T("unusual.usual_in_an_hour|Usual in an hour"),
				Number: true,
			},
			{Text: v.T("unusual.note|Note")},
		},
		Note: v.T(
			"unusual.usual_is_the_middle|Usual is the middle of all hours of these days in which the link took answers that count. At most 200 " +
				"hours are shown.",
		),
	}
	for _, h := range hours {
		note := ""
		if h.Many() && h.Code != "" { // many are typed in on a day of typing
			note = v.T("unusual.far_more_than_usual|Far more than usual")
		}
		by := page.Cell{Text: v.T(typedIn)}
		if h.Code != "" {
			by = page.Cell{Text: h.Code, Href: "/staff/links/" + h.Code}
		}
		v.Hours.Rows = append(
			v.Hours.Rows,
			[]page.Cell{
				{Text: hourText(v.Page, h.At.In(zone)), Head: true},
				by,
				figure(h.All),
				figure(h.Excluded),
				figure(h.Usual),
				{Text: note},
			},
		)
	}
}

// typedIn stands for a link where staff typed the answers in.
const typedIn = "unusual.typed_in_by_staff|Typed in by staff"

func hourText(frame page.Page, t time.Time) string { return frame.Date(t) + t.Format(", 15:00") }

// address is the page for one link.
func (v UnusualSurveyPage) address(code string) string {
	return fmt.Sprintf("/staff/unusual/%d?", v.Survey) + url.Values{"from": {v.From}, "to": {v.To}, "link": {code}}.Encode()
}

// effect shows the figures of the days with and without what was left out.
func (p *Pages) effect(c echo.Context, view *UnusualSurveyPage) error {
	ctx, actor := c.Request().Context(), signin.Of(c).Actor
	survey, err := p.Surveys.Survey(ctx, actor.Org, view.Survey)
	if err != nil {
		return err
	}
	view.Effect = page.Table{
		Caption: view.T("unusual.what_they_change|What they change"),
		Columns: []page.Column{
			{Text: view.T("unusual.figures|Figures")},
			{Text: view.T("staff.answers|Answers"), Number: true},
		},
	}
	err = p.Analytics.Read(ctx, actor, func(read *analytics.Snapshot) error {
		offer, err := read.Offer(ctx, []string{survey.Slug})
		if err != nil || len(offer.Measures) == 0 {
			return err
		}
		q := figures.Query{Surveys: []string{survey.Slug}, Measure: offer.Measures[0].Code}
		q.From, _ = figures.ParseDate(view.From) // written by span
		q.To, _ = figures.ParseDate(view.To)
		all := q
		all.Unusual = true
		list, err := read.AskTogether(ctx, q, all)
		if err != nil {
			return err
		}
		view.compare(list[0], list[1])
		return nil
	})
	if errors.As(err, new(refusal.Refusal)) {
		return nil
	}
	return err
}

// compare shows the figures without what was left out, and with it.
func (v *UnusualSurveyPage) compare(shown, all tables.Figures) {
	v.Effect.Note = v.Say(shown.Measure.Text)
	columns := figures.Columns(figures.InMeasure(shown.Measure))
	for _, one := range columns {
		v.Effect.Columns = append(v.Effect.Columns, page.Column{Text: v.T(one.Heading()), Number: true})
	}
	row := func(name string, total figures.Cell) {
		cells := []page.Cell{{Text: name, Head: true}, figure(int(total.N))}
		for _, one := range columns {
			cell := page.Cell{Text: staff.FigureText(v.Page, one, total), Number: true}
			if cell.Text == "" {
				cell.Text, cell.Spoken, cell.Muted = "–", v.T("staff.no_figure|no figure"), true
			}
			cells = append(cells, cell)
		}
		v.Effect.Rows = append(v.Effect.Rows, cells)
	}
	row(v.T("unusual.as_the_results_show|As the results show them"), shown.Total)
	row(v.T("unusual.if_every_unusual_answer|If every unusual answer counted"), all.Total)
}

// offer lists what a decision can be about.
func (v *UnusualSurveyPage) offer(made []links.Link) {
	v.Links = []page.Option{{Value: "", Text: v.T("unusual.all_links_2|All links")}}
	for _, l := range made {
		text := l.Code
		if l.About != "" {
			text += ", " + l.About
		}
		v.Links = append(v.Links, page.Option{Value: strconv.FormatInt(l.ID, 10), Text: text, Chosen: l.Code == v.Link})
	}
	v.Rules = []page.Option{{Value: "", Text: v.T("unusual.every_answer_whatever_the|Every answer, whatever the rules found")}}
	for _, rule := range quality.Verdicts {
		v.Rules = append(v.Rules, page.Option{Value: string(rule), Text: v.T(ruleWords[rule])})
	}
	v.Acts = []page.Option{
		{Value: "include", Text: v.T("unusual.count_them_again|Count them again")},
		{Value: "exclude", Text: v.T("unusual.leave_them_out_of|Leave them out of the figures")},
	}
}
