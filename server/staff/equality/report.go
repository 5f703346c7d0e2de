package equality

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"yousaid/analytics"
	"yousaid/analytics/figures"
	"yousaid/analytics/plans"
	"yousaid/analytics/refusal"
	"yousaid/analytics/tables"
	"yousaid/analytics/workbook"
	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/server/staff"
	"yousaid/surveys/tablefile"
	"yousaid/surveys/wording"
)

// EqualityReportPage is staff/equality_report: every planned equality table of a quarter, released or not.
type EqualityReportPage struct {
	page.Page
	Surveys, Quarters []page.Option
	Survey, Quarter   string
	Title, Period     string
	fileTitle         wording.Message
	Sections          []ReportSection
	Due               int         // tables that can be released now
	Seen              string      // of their figures: what leaves is what was seen
	Files             []page.Link // none where there is no table
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
	answer      tables.Answer
	plan        plans.Plan
	remarked    wording.Message
}

// EqualityReport shows the report of a quarter.
func (p *Pages) EqualityReport(c echo.Context) error {
	view, err := p.reportPage(c, c.QueryParams())
	if err != nil {
		return err
	}
	return page.Render(c, staff.StatusFor(view.Page), "staff/equality_report", view)
}

// EqualityReportFile is the report as one file with all tables: a workbook has a sheet for each.
func (p *Pages) EqualityReportFile(c echo.Context) error {
	format, known := tablefile.Named(c.Param("format"), tablefile.Format.HoldsSeveral)
	if !known {
		return echo.ErrNotFound
	}
	view, err := p.reportPage(c, c.QueryParams())
	if err != nil {
		return err
	}
	var answers []tables.Answer
	var remarks []wording.Message
	for _, s := range view.Sections {
		if s.answer == nil {
			continue
		}
		answers, remarks = append(answers, s.answer), append(remarks, s.remarked)
		if s.Number != 0 && c.Request().Method == http.MethodGet {
			if err := p.Register.Noted(c.Request().Context(), signin.Of(c).Actor, s.Number, "release.downloaded",
				map[string]string{"format": format.Name + ", in the report of " + view.Quarter}); err != nil {
				return err
			}
		}
	}
	if len(answers) == 0 {
		return refusal.Refuse(
			refusal.AboutNothing,
			"equality.there_is_no_table|There is no table in this report. Choose a quarter that is over, and plan tables for the survey.",
		)
	}
	return staff.SendBook(c, page.InOneLanguage(view.Page, func(in wording.Speaker) tablefile.Book {
		return workbook.Report(in.Say(view.fileTitle), answers, remarks, in, "", p.Now())
	}), "equality-report-"+view.Survey+"-"+view.Quarter, format)
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
		view.Problems.Add(
			"due",
			view.T("equality.the_tables_have_changed|The tables have changed since you looked at them. Look at them again, then release them."),
		)
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
		if refused := (refusal.Refusal{}); errors.As(err, &refused) {
			problems.Add(s.ID, s.Heading+": "+view.Say(refused.Message()))
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
	return figures.Query{
		Surveys:   []string{plan.SurveySlug},
		Measure:   plan.Measure,
		By:        plan.By,
		Subtotals: plan.Subtotals,
		From:      from,
		To:        to,
		Audience:  figures.Internal,
	}
}

func (p *Pages) reportPage(c echo.Context, from url.Values) (EqualityReportPage, error) {
	ctx, actor := c.Request().Context(), signin.Of(c).Actor
	view := EqualityReportPage{Page: page.New(c), Survey: staff.PlainText(from.Get("survey")), Quarter: staff.PlainText(from.Get("quarter"))}
	view.Back = "/staff/equality"
	list, err := p.plansReleased(c)
	if err != nil {
		return view, err
	}
	for _, one := range list {
		if one.plan.Standing && view.Survey == "" {
			view.Survey = one.plan.SurveySlug
		}
	}
	if err := p.Analytics.Read(ctx, actor, func(read *analytics.Snapshot) error { return p.fillReport(c, read, &view, list) }); err != nil {
		return view, err
	}
	return view, p.addReleased(c, &view)
}

// fillReport reads what the page shows from one snapshot: what may be chosen, and the tables as they would leave.
func (p *Pages) fillReport(c echo.Context, read *analytics.Snapshot, view *EqualityReportPage, list []releasedPlan) error {
	ctx, org := c.Request().Context(), staff.Organisation(c)
	offer, err := read.Offer(ctx, nil)
	if err != nil {
		return err
	}
	if view.Survey == "" && len(offer.Surveys) > 0 {
		view.Survey = offer.Surveys[0].Slug
	}
	title := wording.Plain("")
	for _, s := range offer.Surveys {
		label := view.Say(s.Title) + " (" + s.Slug + ")"
		view.Surveys = append(view.Surveys, page.Option{Value: s.Slug, Text: label, Chosen: s.Slug == view.Survey})
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
		view.Quarters = append(view.Quarters, page.Option{Value: q.String(), Text: view.Say(q.Words()), Chosen: q.String() == view.Quarter})
	}
	if len(offer.Surveys) == 0 {
		return nil
	}
	quarter, ok := plans.ParseQuarter(view.Quarter)
	switch {
	case title.String() == "":
		view.Problems.Add("survey", view.T("equality.choose_a_published_survey|Choose a published survey."))
	case !ok:
		view.Problems.Add("quarter", view.T("equality.choose_a_quarter|Choose a quarter."))
	case !quarter.IsOver(now.Format("2006-01-02")):
		view.Problems.Add("quarter", view.T("equality.is_not_over_yet|%s is not over yet. Choose a quarter that is.", view.Say(quarter.Words())))
	}
	if len(view.Problems) > 0 {
		return nil
	}
	named := wording.Say("equality.quarterly_equality_report|Quarterly equality report: %s", title)
	view.Shown, view.Title, view.fileTitle, view.Period = true, view.Say(named), named, view.Say(quarter.Words())
	if offer, err = read.Offer(ctx, []string{view.Survey}); err != nil {
		return err
	}
	return view.addPlanned(ctx, read, list, offer, quarter)
}

// addPlanned adds a section for each standing plan, with the table as it would leave where it has not left.
func (v *EqualityReportPage) addPlanned(
	ctx context.Context,
	read *analytics.Snapshot,
	list []releasedPlan,
	offer analytics.Offer,
	quarter plans.Quarter,
) error {
	for _, one := range list {
		plan := one.plan
		if !plan.Standing || plan.SurveySlug != v.Survey {
			continue
		}
		_, heading := planName(v.Page, plan, offer)
		s := ReportSection{
			ID:      fmt.Sprintf("plan-%d", plan.ID),
			Heading: heading,
			Number:  one.releases[quarter.Period().Key()],
			Lead:    releaseAddress(plan, quarter.Period()),
			plan:    plan,
		}
		if s.Number == 0 {
			a, err := read.Preview(ctx, planQuery(plan, quarter.Period())) // beside what is out already other cells may be hidden
			if refused := (refusal.Refusal{}); errors.As(err, &refused) {
				s.Problem = v.Say(refused.Message())
			} else if err != nil {
				return err
			} else if err := v.due(&s, a); err != nil {
				return err
			}
		}
		v.Sections = append(v.Sections, s)
	}
	return nil
}

// due is a table that can be released.
func (v *EqualityReportPage) due(s *ReportSection, a tables.Protected) error {
	seen, err := digest(a)
	if err != nil {
		return err
	}
	v.show(s, a, wording.Say("equality.not_released_for_use|Not released: for use inside the council only."))
	if !s.Suppression.All { // of a table without a figure nothing could be read, and it would bind those after it
		v.Seen += seen
		v.Due++
	}
	return nil
}

// addReleased adds the tables that have left, as they left.
func (p *Pages) addReleased(c echo.Context, view *EqualityReportPage) error {
	for i := range view.Sections {
		s := &view.Sections[i]
		if s.Number == 0 {
			continue
		}
		r, err := p.Register.Table(c.Request().Context(), signin.Of(c).Actor, s.Number)
		if err != nil {
			return err
		}
		if r, err = p.Register.InWords(c.Request().Context(), signin.Of(c).Actor, r); err != nil {
			return err
		}
		day := r.At.In(staff.Organisation(c).Zone())
		s.Release, s.On = fmt.Sprintf("/staff/releases/%d", r.ID), view.Date(day)
		view.show(s, r, wording.Say("equality.released_on|Released on %s.", wording.Day(day)))
	}
	return nil
}

func (v *EqualityReportPage) show(s *ReportSection, a tables.Answer, remark wording.Message) {
	s.answer, s.remarked = a, remark
	s.Table, s.Suppression = staff.ProtectedTable(v.Page, a), staff.SuppressionOf(a)
	query := url.Values{"survey": {v.Survey}, "quarter": {v.Quarter}}
	v.Files = v.Page.Files(tablefile.Format.HoldsSeveral, "/staff/equality/report", "?"+query.Encode())
}
