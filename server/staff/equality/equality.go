package equality

import (
	"errors"
	"net/http"

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
	"yousaid/surveys/wording"
)

// EqualityPage is staff/equality, the workspace: one characteristic, or two crossed, or one with service, channel or access point; small
// groups hidden, whole months that are over.
type EqualityPage struct {
	page.Page
	Filters  staff.Filters
	Changed  string // what of the filters gave way to the chosen surveys
	Form     EqualityForm
	Asked    bool // a characteristic was chosen
	Surveys  bool // there are published surveys
	NoneAsks bool // and none of those chosen has equality questions

	Block       staff.Block
	Period      string
	Suppression staff.Suppression
	Coarser     []page.Link // the same question asked more broadly
	Gaps        GapView
	Words       string // for an equality impact assessment
	Release     string // address of the page that lets the table out; "" where it cannot leave
	Plan        string
}

// EqualityForm has the choices of the form. Months are first and last days, as the address has them.
type EqualityForm struct {
	Surveys, Measures, By, And, Subtotals, From, To, Channels, Services, Points []page.Option
}

// Equality shows the form and, once a characteristic is chosen, its protected table with what follows from it. Each table shown is written
// to the audit trail.
func (p *Pages) Equality(c echo.Context) error {
	var view EqualityPage
	var offer analytics.Offer
	var a tables.Protected
	err := p.Analytics.Read(c.Request().Context(), signin.Of(c).Actor, func(read *analytics.Snapshot) (err error) {
		if view, offer, err = p.equalityPage(c, read, staff.ReadFilters(c)); err == nil && view.Asked {
			a, err = ask(c, read, view.Filters, offer)
		}
		return err
	})
	if err == nil && !view.Asked {
		return page.Render(c, http.StatusOK, "staff/equality", view)
	}
	if refused := (refusal.Refusal{}); errors.As(err, &refused) {
		view.Problems.Add(fieldOf(view.Filters, refused), view.Say(refused.Message()))
		view.Asked = false
		return page.Render(c, http.StatusUnprocessableEntity, "staff/equality", view)
	}
	if err != nil {
		return err
	}
	f := view.Filters
	view.Period, view.Suppression = view.Say(a.Of().Period()), staff.SuppressionOf(a)
	view.Block = staff.Block{
		ID:      "equality",
		Heading: view.Say(a.Of().Title()),
		Table:   staff.ProtectedTable(view.Page, a),
		Chart:   staff.ChartOf(view.Page, "chart-equality", a),
	}
	address := f.Values().Encode()
	view.Block.Files = view.Page.Files(tablefile.Format.HoldsTables, "/staff/equality/table", "?"+address)
	view.Gaps = gapView(view.Page, a)
	view.Words = assessment(view.Page, a)
	if view.Suppression.Hidden > 0 || view.Suppression.Bare > 0 {
		view.Coarser = coarser(view.Page, f, offer)
	}
	if len(f.Channels)+len(f.Services)+len(f.Points) == 0 && !view.Suppression.All &&
		permission.Holds(signin.Of(c).Actor, permission.ReleaseEquality) {
		view.Release, view.Plan = "/staff/equality/release?"+address, "/staff/equality/plan?"+address
	}
	return page.Render(c, http.StatusOK, "staff/equality", view)
}

func (p *Pages) equalityPage(c echo.Context, read *analytics.Snapshot, f staff.Filters) (EqualityPage, analytics.Offer, error) {
	offer, err := read.Offer(c.Request().Context(), f.Surveys)
	if err != nil {
		return EqualityPage{}, offer, err
	}
	changed := f.Complete(page.New(c), offer)
	view := EqualityPage{Page: page.New(c), Filters: f, Changed: changed, Asked: f.By != "", Surveys: len(offer.Surveys) > 0}
	view.NoneAsks = view.Surveys && len(offer.Characteristics) == 0
	from, to := closedMonths(p.Now().In(staff.Organisation(c).Zone()))
	view.Form = EqualityForm{
		Surveys: staff.SurveyOptions(view.Page, offer), Measures: staff.Options(view.Page, "", keep(offer.Measures, f.Measure), f.Measure),
		By: staff.Options(
			view.Page, view.T("equality.choose_a_characteristic|Choose a characteristic"),
			keep(offer.Characteristics, f.By),
			f.By,
		), And: staff.Options(view.Page, view.T("staff.nothing_else|Nothing else"), keep(seconds(offer), f.And), f.And),
		Subtotals: []page.Option{
			{
				Value:  "yes",
				Text:   view.T("equality.with_subtotals|With subtotals"),
				Hint:   view.T("equality.broader_groups_beside_the|Broader groups beside the groups, months by quarter, services by directorate"),
				Chosen: f.Subtotals,
			},
		},
		From: staff.Options(
			view.Page, view.T("equality.the_beginning|The beginning"),
			keep(from, f.From),
			f.From,
		), To: staff.Options(view.Page, view.T("equality.the_last_month_that|The last month that is over"), keep(to, f.To), f.To),
		Channels: staff.Options(
			view.Page, view.T("staff.all_channels|All channels"),
			offer.Channels,
			f.Channels...), Services: staff.Options(view.Page, view.T("staff.all_services|All services"), offer.Services, f.Services...),
	}
	if len(offer.Points)+len(f.Points) > 0 {
		view.Form.Points = staff.Options(view.Page, view.T("staff.all_access_points|All access points"), offer.Points, f.Points...)
	}
	return view, offer, nil
}

// seconds are what a characteristic may be crossed with.
func seconds(o analytics.Offer) []figures.Code {
	fixed := []figures.Code{
		{Code: "channel", Label: wording.Say("staff.channel|Channel")},
		{Code: "service", Label: wording.Say("staff.service|Service")},
	}
	if len(o.Points) > 0 {
		fixed = append(fixed, figures.Code{Code: "access_point", Label: wording.Say("equality.access_point|Access point")})
	}
	return append(fixed, o.Characteristics...)
}

// keep adds to a list what was chosen and is not in it, so that a form that is shown again has lost nothing.
func keep(list []figures.Code, chosen string) []figures.Code {
	if chosen == "" || staff.HasCode(list, chosen) {
		return list
	}
	return append([]figures.Code{{Code: chosen, Label: wording.Plain(chosen)}}, list...)
}

// equalityQuery is the question of the workspace: one or two dimensions, of which the first is a characteristic.
func equalityQuery(frame page.Page, f staff.Filters, offer analytics.Offer) (figures.Query, error) {
	var problems page.Problems
	q := f.Query(frame, &problems, f.By, f.And)
	switch {
	case len(problems) > 0:
		return q, refusal.Refuse(refusal.About(problems[0].Field), "|%s", problems.Error())
	case !staff.HasCode(offer.Characteristics, f.By):
		return q, aboutSplit(f.By, "equality.choose_one_of_the|Choose one of the characteristics that the survey asks about.")
	case f.And != "" && !staff.HasCode(seconds(offer), f.And):
		return q, aboutSplit(f.And, "equality.a_characteristic_can_be|A characteristic can be crossed with another one, with the channel, "+
			"the service or the access point. Choose one of these.")
	}
	return q, nil
}

// aboutSplit refuses a dimension.
func aboutSplit(dimension, text string) refusal.Refusal {
	r := refusal.Refuse(refusal.AboutSplit, text)
	r.Of = dimension
	return r
}

// ask insists on a protected table: a split that needs no protection is not this page's business.
func ask(c echo.Context, read *analytics.Snapshot, f staff.Filters, offer analytics.Offer) (tables.Protected, error) {
	q, err := equalityQuery(page.New(c), f, offer)
	if err != nil {
		return tables.Protected{}, err
	}
	a, err := read.Ask(c.Request().Context(), q)
	if err != nil {
		return tables.Protected{}, err
	}
	protected, ok := a.(tables.Protected)
	if !ok {
		return tables.Protected{}, refusal.Refuse(
			refusal.AboutNothing,
			"equality.choose_one_of_the|Choose one of the characteristics that the survey asks about.",
		)
	}
	return protected, nil
}
