package equality

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"yousaid/analytics"
	"yousaid/analytics/figures"
	"yousaid/analytics/plans"
	"yousaid/analytics/releases"
	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/server/staff"
	"yousaid/surveys"
	"yousaid/surveys/wording"
)

// EqualityPlanPage is staff/equality_plan: which equality tables leave for which survey, and how often.
type EqualityPlanPage struct {
	page.Page
	Plans    []PlanLine
	Ending   *PlanLine // the plan that is about to be ended
	Form     EqualityForm
	Cadence  string
	Cadents  []page.Option
	Report   []page.Option
	Surveys  bool
	Survey   string // the one whose questions are offered
	NoneAsks bool
}

// PlanLine is a plan in words, with what it owes.
type PlanLine struct {
	ID          int64
	What, Often string
	By          string // who declared it, and when
	InReport    bool
	Table       page.Table
	Late, Due   int
	End         string
}

func cadences(frame page.Page) []struct {
	code plans.Cadence
	text string
} {
	return []struct {
		code plans.Cadence
		text string
	}{{plans.Quarterly, frame.T("equality.every_quarter|Every quarter")}, {plans.Monthly, frame.T("equality.every_month|Every month")},
		{plans.Yearly, frame.T("equality.every_year|Every year")}}
}

// EqualityPlan lists the plans and offers to add one; with ?end it asks before it ends one.
func (p *Pages) EqualityPlan(c echo.Context) error {
	view, _, _, err := p.planned(c, c.QueryParams())
	if err != nil {
		return err
	}
	if end := c.QueryParam("end"); end != "" {
		id, _ := strconv.ParseInt(end, 10, 64)
		for i := range view.Plans {
			if view.Plans[i].ID == id {
				view.Ending = &view.Plans[i]
			}
		}
		if view.Ending == nil {
			return plans.ErrNoPlan
		}
	}
	return page.Render(c, http.StatusOK, "staff/equality_plan", view)
}

// ChangePlans adds a plan or ends one.
func (p *Pages) ChangePlans(c echo.Context) error {
	sent, err := c.FormParams()
	if err != nil {
		return err
	}
	switch sent.Get("do") {
	case "end":
		id, _ := strconv.ParseInt(sent.Get("id"), 10, 64)
		if err := p.Plans.End(c.Request().Context(), signin.Of(c).Actor, id); err != nil {
			return err
		}
		page.Flash(c, page.T(c, "equality.the_plan_is_ended|The plan is ended. What was released by it stays in the register."))
		return c.Redirect(http.StatusSeeOther, "/staff/equality/plan")
	case "add":
		return p.addPlan(c, sent)
	}
	return echo.NewHTTPError(http.StatusBadRequest)
}

func (p *Pages) addPlan(c echo.Context, sent url.Values) error {
	view, f, offer, err := p.planned(c, sent)
	if err != nil {
		return err
	}
	plan, err := p.newPlan(c, sent, &view, f, offer)
	if err != nil {
		return err
	}
	if len(view.Problems) > 0 {
		return page.Render(c, http.StatusUnprocessableEntity, "staff/equality_plan", view)
	}
	_, err = p.Plans.Add(c.Request().Context(), signin.Of(c).Actor, plan)
	switch {
	case err == nil:
		page.Flash(c, view.T("equality.the_table_is_planned|The table is planned. What is due stands below it."))
		return c.Redirect(http.StatusSeeOther, "/staff/equality/plan")
	case errors.Is(err, releases.ErrNotAsked):
		view.Problems.Add("measure", view.T("equality.choose_a_question_of_this|Choose a question of this survey that has one answer from a "+
			"list: only those can be released."))
	case errors.Is(err, plans.ErrPlanExists):
		view.Problems.Add("by", view.T("equality.this_table_is_planned|This table is planned already, as often. Choose another one."))
	default:
		return err
	}
	return page.Render(c, http.StatusUnprocessableEntity, "staff/equality_plan", view)
}

// newPlan reads the plan of the form; what cannot be right becomes a problem of the page.
func (p *Pages) newPlan(c echo.Context, sent url.Values, view *EqualityPlanPage, f staff.Filters,
	offer analytics.Offer) (plans.Plan, error) {
	plan := plans.Plan{
		Measure:   f.Measure,
		By:        []string{f.By},
		Subtotals: f.Subtotals,
		Cadence:   plans.Cadence(sent.Get("cadence")),
		Standing:  sent.Get("standing") != "",
	}
	if f.And != "" {
		plan.By = append(plan.By, f.And)
	}
	survey, err := p.Surveys.BySlug(c.Request().Context(), staff.Organisation(c).ID, staff.PlainText(sent.Get("survey")))
	if err != nil && !errors.Is(err, surveys.ErrMissing) {
		return plan, err
	}
	if err != nil || survey.Slug != view.Survey { // the questions of another survey were offered
		view.Problems.Add("survey", view.T("equality.choose_one_published_survey|Choose one published survey."))
	}
	plan.Survey = survey.ID
	if asked := staff.PlainText(sent.Get("measure")); !staff.HasCode(offer.Measures, f.Measure) || asked != "" && asked != f.Measure {
		view.Problems.Add("measure", view.T("equality.choose_a_question_of|Choose a question of the survey."))
	}
	if !staff.HasCode(offer.Characteristics, f.By) {
		view.Problems.Add("by", view.T("equality.choose_one_of_the|Choose one of the characteristics that the survey asks about."))
	}
	if f.And != "" && (f.And == f.By || !staff.HasCode(seconds(offer), f.And)) {
		view.Problems.Add("and", view.T("equality.choose_another_characteristic_the|Choose another characteristic, the channel, the service, "+
			"the access point, or nothing else."))
	}
	if !known(view.Page, plan.Cadence) {
		view.Problems.Add("cadence", view.T("equality.choose_how_often_the|Choose how often the table leaves."))
	} else if plan.Standing && plan.Cadence != plans.Quarterly {
		view.Problems.Add("standing", view.T("equality.the_report_is_made|The report is made every quarter. Let the table leave every "+
			"quarter, or leave it out of the report."))
	}
	return plan, nil
}

func known(frame page.Page, c plans.Cadence) bool {
	for _, one := range cadences(frame) {
		if one.code == c {
			return true
		}
	}
	return false
}

// planned prepares the page with what is in the form.
func (p *Pages) planned(c echo.Context, from url.Values) (EqualityPlanPage, staff.Filters, analytics.Offer, error) {
	f := staff.FiltersOf(from)
	if len(f.Surveys) == 1 && f.Surveys[0] == "all" {
		f.Surveys = nil
	}
	var work EqualityPage
	var offer analytics.Offer
	list, err := p.plansReleased(c)
	if err != nil {
		return EqualityPlanPage{}, f, offer, err
	}
	if err := p.Analytics.Read(c.Request().Context(), signin.Of(c).Actor, func(read *analytics.Snapshot) (err error) {
		if work, offer, err = p.equalityPage(c, read, f); err != nil {
			return err
		}
		for i, one := range list {
			if list[i].offer, err = read.Offer(c.Request().Context(), []string{one.plan.SurveySlug}); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		return EqualityPlanPage{}, f, offer, err
	}
	view := EqualityPlanPage{
		Page:     work.Page,
		Form:     work.Form,
		Surveys:  work.Surveys,
		Cadence:  from.Get("cadence"),
		NoneAsks: work.NoneAsks,
		Survey:   strings.Join(work.Filters.Surveys, ""),
	}
	view.Back = "/staff/equality"
	for i, o := range view.Form.Surveys {
		if o.Value == "all" { // a plan is of one survey
			view.Form.Surveys = append(view.Form.Surveys[:i:i], view.Form.Surveys[i+1:]...)
			break
		}
	}
	if view.Cadence == "" {
		view.Cadence = string(plans.Quarterly)
	}
	for _, one := range cadences(view.Page) {
		view.Cadents = append(view.Cadents, page.Option{Value: string(one.code), Text: one.text})
	}
	view.Report = []page.Option{
		{
			Value:  "yes",
			Text:   view.T("equality.show_it_in_the|Show it in the quarterly equality report"),
			Chosen: from.Get("standing") != "" || from.Get("do") == "",
		},
	}
	view.Plans = p.planLines(c, view.Page, list)
	return view, work.Filters, offer, nil
}

// releasedPlan is a plan with its releases, by their periods, and the questions of its survey.
type releasedPlan struct {
	plan     plans.Plan
	releases map[string]int64
	offer    analytics.Offer
}

func (p *Pages) plansReleased(c echo.Context) ([]releasedPlan, error) {
	ctx, org := c.Request().Context(), staff.Organisation(c)
	planned, err := p.Plans.Plans(ctx, org.ID)
	if err != nil {
		return nil, err
	}
	found, err := p.Plans.Released(ctx, org.ID, planned)
	if err != nil {
		return nil, err
	}
	list := make([]releasedPlan, len(planned))
	for i, plan := range planned {
		list[i] = releasedPlan{plan: plan, releases: found[i]}
	}
	return list, nil
}

func (p *Pages) planLines(c echo.Context, frame page.Page, list []releasedPlan) (lines []PlanLine) {
	org := staff.Organisation(c)
	now := p.Now().In(org.Zone())
	today := now.Format("2006-01-02")
	for _, one := range list {
		plan := one.plan
		title, table := planName(frame, plan, one.offer)
		line := PlanLine{
			ID:       plan.ID,
			What:     title + ": " + table,
			InReport: plan.Standing,
			By:       frame.T("equality.declared_by_on|Declared by %s on %s", plan.CreatedBy, frame.Date(plan.CreatedAt.In(org.Zone()))),
			End:      fmt.Sprintf("/staff/equality/plan?end=%d", plan.ID),
		}
		for _, cadence := range cadences(frame) {
			if cadence.code == plan.Cadence {
				line.Often = cadence.text
			}
		}
		line.Table = page.Table{
			Caption: line.What,
			Columns: []page.Column{
				{Text: frame.T("equality.period|Period")},
				{Text: frame.T("equality.due|Due")},
				{Text: frame.T("equality.state|State")},
			},
		}
		for _, period := range plan.Over(now, 8) {
			state := page.Cell{Text: frame.T("equality.due|Due"), Href: releaseAddress(plan, period)}
			if id := one.releases[period.Key()]; id != 0 {
				state = page.Cell{Text: frame.T("equality.released_as_number|Released as number %s", id), Href: fmt.Sprintf("/staff/releases/%d", id)}
			} else if line.Due++; period.Due < today {
				state.Text = frame.T("equality.late|Late")
				line.Late++
			}
			line.Table.Rows = append(
				line.Table.Rows,
				[]page.Cell{{Text: frame.Period(period.From, period.To), Head: true}, {Text: staff.DayInWords(frame, period.Due)}, state},
			)
		}
		lines = append(lines, line)
	}
	return lines
}

// planName says what a plan lets out, in the words of the survey: the survey, and the table.
func planName(frame page.Page, plan plans.Plan, offer analytics.Offer) (title, table string) {
	name := func(list []figures.Code, code string) wording.Message {
		for _, c := range list {
			if c.Code == code {
				return c.Label
			}
		}
		return wording.Plain(code)
	}
	title = plan.SurveySlug
	for _, s := range offer.Surveys {
		if s.Slug == plan.SurveySlug {
			title = frame.Say(s.Title)
		}
	}
	var by []string
	for _, d := range plan.By {
		by = append(by, staff.Within(frame, name(seconds(offer), d)))
	}
	table = frame.T("equality.by|“%s” by %s", frame.Say(name(offer.Measures, plan.Measure)), frame.Both(by))
	if plan.Subtotals {
		table += frame.T("equality.with_subtotals_2|, with subtotals")
	}
	return title, table
}

// releaseAddress is where a planned table of a period is looked at and let out.
func releaseAddress(plan plans.Plan, period plans.Period) string {
	f := staff.Filters{
		Surveys:   []string{plan.SurveySlug},
		Measure:   plan.Measure,
		By:        plan.By[0],
		From:      period.From,
		To:        period.To,
		Subtotals: plan.Subtotals,
	}
	if len(plan.By) > 1 {
		f.And = plan.By[1]
	}
	return "/staff/equality/release?" + f.Values().Encode()
}
