package equality

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"yousaid/analytics"
	"yousaid/analytics/figures"
	"yousaid/analytics/plans"
	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/server/staff"
)

// EqualityReportPage is staff/equality_report: every planned equality table of a quarter, released or not.
type EqualityReportPage struct {
	page.Page
	Surveys, Quarters []page.Option
	Survey, Quarter   string
	Title, Period     string
	Sections          []ReportSection
	Due               int    // tables that can be released now
	Seen              string // of their figures: what leaves is what was seen
	XLSX              string // address; "" where there is no table
	Shown             bool
}

// ReportSection is one planned table.
type ReportSection struct {
	ID          string
	Heading     string
	Number      int64  // of the release; 0 where it has not left
	Release     string // address
	On          string
	Problem     string // why there is no table
	Table       page.Table
	Suppression staff.Suppression
	Lead        string // where it is looked at before it leaves
	answer      analytics.Answer
	plan        plans.Plan
	remarked    string
}

// EqualityReport shows the report of a quarter.
func (p *Pages) EqualityReport(c echo.Context) error {
	view, err := p.reportPage(c, c.QueryParams())
	if err != nil {
		return err
	}
	return page.Render(c, staff.StatusFor(view.Page), "staff/equality_report", view)
}

// EqualityReportXLSX is the report as one workbook, a sheet for each table.
func (p *Pages) EqualityReportXLSX(c echo.Context) error {
	view, err := p.reportPage(c, c.QueryParams())
	if err != nil {
		return err
	}
	var answers []analytics.Answer
	var remarks []string
	for _, s := range view.Sections {
		if s.answer == nil {
			continue
		}
		answers, remarks = append(answers, s.answer), append(remarks, s.remarked)
		if s.Number != 0 && c.Request().Method == http.MethodGet {
			if err := p.Register.Noted(c.Request().Context(), signin.Of(c).Actor, s.Number, "release.downloaded", map[string]string{"format": "xlsx, in the report of " + view.Quarter}); err != nil {
				return err
			}
		}
	}
	if len(answers) == 0 {
		return analytics.Refuse(analytics.AboutNothing, "equality.there_is_no_table|There is no table in this report. Choose a quarter that is over, and plan tables for the survey.")
	}
	return staff.SendBook(c, analytics.Report(view.Title, answers, remarks, "", p.Now()), "equality-report-"+view.Survey+"-"+view.Quarter, "xlsx")
}

// ReleaseReport lets every table out that is due. What the register refuses is listed; the others leave all the same.
func (p *Pages) ReleaseReport(c echo.Context) error {
	sent, err := c.FormParams()
	if err != nil {
		return err
	}
	view, err := p.reportPage(c, sent)
	if err != nil {
		return err
	}
	if len(view.Problems) > 0 {
		return page.Render(c, http.StatusUnprocessableEntity, "staff/equality_report", view)
	}
	if view.Due > 0 && sent.Get("seen") != view.Seen {
		view.Problems.Add("due", view.T("equality.the_tables_have_changed|The tables have changed since you looked at them. Look at them again, then release them."))
		return page.Render(c, http.StatusUnprocessableEntity, "staff/equality_report", view)
	}
	quarter, _ := plans.ParseQuarter(view.Quarter)
	left := 0
	var problems page.Problems
	// Tables of one characteristic go first: a crossed one has more to hide, and what it hides binds those that leave after it.
	due := slices.Clone(view.Sections)
	slices.SortStableFunc(due, func(a, b ReportSection) int { return len(a.plan.By) - len(b.plan.By) })
	for _, s := range due {
		if s.Number != 0 || s.answer == nil || s.Suppression.All {
			continue
		}
		q := planQuery(s.plan, quarter.Period())
		q.Audience = figures.Public
		_, err := p.Analytics.Ask(c.Request().Context(), signin.Of(c).Actor, q)
		if refusal := (analytics.Refusal{}); errors.As(err, &refusal) {
			problems.Add(s.ID, s.Heading+": "+view.Say(refusal.Message()))
			continue
		}
		if err != nil {
			return err
		}
		left++
	}
	if len(problems) > 0 {
		if view, err = p.reportPage(c, sent); err != nil {
			return err
		}
		view.Problems = problems
		return page.Render(c, http.StatusUnprocessableEntity, "staff/equality_report", view)
	}
	if left == 0 {
		page.Flash(c, view.T("equality.nothing_was_due_every|Nothing was due: every table that can leave has left."))
	} else {
		page.Flash(c, page.New(c).Plural("equality.left|%s table is released.|%s tables are released.", left, left))
	}
	return c.Redirect(http.StatusSeeOther, "/staff/equality/report?"+url.Values{"survey": {view.Survey}, "quarter": {view.Quarter}}.Encode())
}

func planQuery(plan plans.Plan, period plans.Period) figures.Query {
	from, _ := figures.ParseDate(period.From) // days as Quarter writes them
	to, _ := figures.ParseDate(period.To)
	return figures.Query{Surveys: []string{plan.SurveySlug}, Measure: plan.Measure, By: plan.By, Subtotals: plan.Subtotals, From: from, To: to, Audience: figures.Internal}
}

func (p *Pages) reportPage(c echo.Context, from url.Values) (EqualityReportPage, error) {
	ctx, org, actor := c.Request().Context(), staff.Organisation(c), signin.Of(c).Actor
	view := EqualityReportPage{Page: page.New(c), Survey: staff.PlainText(from.Get("survey")), Quarter: staff.PlainText(from.Get("quarter"))}
	view.Back = "/staff/equality"
	planned, err := p.Plans.Plans(ctx, org.ID)
	if err != nil {
		return view, err
	}
	offer, err := p.Analytics.Offer(ctx, actor, nil)
	if err != nil {
		return view, err
	}
	for _, plan := range planned {
		if plan.Standing && view.Survey == "" {
			view.Survey = plan.SurveySlug
		}
	}
	if view.Survey == "" && len(offer.Surveys) > 0 {
		view.Survey = offer.Surveys[0].Slug
	}
	title := ""
	for _, s := range offer.Surveys {
		view.Surveys = append(view.Surveys, page.Option{Value: s.Slug, Text: s.Title + " (" + s.Slug + ")", Chosen: s.Slug == view.Survey})
		if s.Slug == view.Survey {
			title = s.Title
		}
	}
	now := p.Now().In(org.Zone())
	quarters := plans.LastQuarters(now, 12)
	if view.Quarter == "" {
		view.Quarter = quarters[0].String()
	}
	for _, q := range quarters {
		view.Quarters = append(view.Quarters, page.Option{Value: q.String(), Text: q.Words(), Chosen: q.String() == view.Quarter})
	}
	if len(offer.Surveys) == 0 {
		return view, nil
	}
	quarter, ok := plans.ParseQuarter(view.Quarter)
	switch {
	case title == "":
		view.Problems.Add("survey", view.T("equality.choose_a_published_survey|Choose a published survey."))
	case !ok:
		view.Problems.Add("quarter", view.T("equality.choose_a_quarter|Choose a quarter."))
	case !quarter.IsOver(now.Format("2006-01-02")):
		view.Problems.Add("quarter", view.T("equality.is_not_over_yet|%s is not over yet. Choose a quarter that is.", quarter.Words()))
	}
	if len(view.Problems) > 0 {
		return view, nil
	}
	view.Shown, view.Title, view.Period = true, view.T("equality.quarterly_equality_report|Quarterly equality report: %s", title), quarter.Words()
	if offer, err = p.Analytics.Offer(ctx, actor, []string{view.Survey}); err != nil {
		return view, err
	}
	return view, p.sections(c, &view, planned, offer, quarter)
}

// sections adds a table for each standing plan: as it left, or as it would leave.
func (p *Pages) sections(c echo.Context, view *EqualityReportPage, planned []plans.Plan, offer analytics.Offer, quarter plans.Quarter) error {
	ctx, actor, org := c.Request().Context(), signin.Of(c).Actor, staff.Organisation(c)
	found, err := p.Plans.Released(ctx, org.ID, planned)
	if err != nil {
		return err
	}
	for i, plan := range planned {
		if !plan.Standing || plan.SurveySlug != view.Survey {
			continue
		}
		_, heading := planName(view.Page, plan, offer)
		s := ReportSection{ID: fmt.Sprintf("plan-%d", plan.ID), Heading: heading, Number: found[i][quarter.Period().Key()], Lead: releaseAddress(plan, quarter.Period()), plan: plan}
		if s.Number != 0 {
			r, err := p.Analytics.Released(ctx, actor, s.Number)
			if err != nil {
				return err
			}
			s.answer, s.Release, s.On = r, fmt.Sprintf("/staff/releases/%d", r.ID), page.Date("en", r.At.In(org.Zone()))
			s.remarked = view.T("equality.released_on|Released on %s.", s.On)
		} else {
			a, err := p.Analytics.Preview(ctx, actor, planQuery(plan, quarter.Period())) // as it would leave: beside what is out already other cells may be hidden
			if refusal := (analytics.Refusal{}); errors.As(err, &refusal) {
				s.Problem = view.Say(refusal.Message())
			} else if err != nil {
				return err
			} else {
				s.answer = a
				s.remarked = view.T("equality.not_released_for_use|Not released: for use inside the council only.")
				seen, err := digest(a)
				if err != nil {
					return err
				}
				if s.Suppression = staff.SuppressionOf(a); !s.Suppression.All { // of a table without a figure nothing could be read, and it would bind those after it
					view.Seen += seen
					view.Due++
				}
			}
		}
		if s.answer != nil {
			s.Table, s.Suppression = staff.ProtectedTable(view.Page, s.answer), staff.SuppressionOf(s.answer)
			view.XLSX = "/staff/equality/report.xlsx?" + url.Values{"survey": {view.Survey}, "quarter": {view.Quarter}}.Encode()
		}
		view.Sections = append(view.Sections, s)
	}
	return nil
}
