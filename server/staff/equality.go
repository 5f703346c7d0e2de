package staff

import (
	"errors"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"yousaid/analytics"
	"yousaid/server/page"
	"yousaid/server/signin"
)

// EqualityPage is staff/equality: one characteristic at a time, small groups hidden, whole months that are over.
type EqualityPage struct {
	page.Page
	Filters  filters
	Form     EqualityForm
	Asked    bool // a characteristic was chosen
	Block    Block
	Period   string
	Hidden   int
	Surveys  bool // there are published surveys
	NoneAsks bool // and none of those chosen has equality questions
}

// EqualityForm has the choices of the form. Months are first and last days, as the address has them.
type EqualityForm struct {
	Surveys, Measures, By, From, To, Channels, Services []page.Option
}

// Equality shows the form and, once a characteristic is chosen, its protected table. Each table shown is written to the audit trail.
func (p *Pages) Equality(c echo.Context) error {
	view, err := p.equalityPage(c)
	if err != nil {
		return err
	}
	if !view.Asked {
		return page.Render(c, http.StatusOK, "staff/equality", view)
	}
	a, err := p.ask(c, view.Filters)
	if refusal := (analytics.Refusal{}); errors.As(err, &refusal) {
		view.Problems.Add("by", refusal.Sentence)
		view.Asked = false
		return page.Render(c, http.StatusUnprocessableEntity, "staff/equality", view)
	}
	if err != nil {
		return err
	}
	view.Period, view.Hidden = a.Of().Period(), a.Table.Hidden()
	view.Block = Block{ID: "equality", Heading: a.Of().Title(), Table: tableOf(a), Chart: chartOf(view.Page, "chart-equality", a)}
	address := view.Filters.values().Encode()
	view.Block.CSV, view.Block.XLSX = "/staff/equality/table.csv?"+address, "/staff/equality/table.xlsx?"+address
	return page.Render(c, http.StatusOK, "staff/equality", view)
}

func (p *Pages) equalityPage(c echo.Context) (EqualityPage, error) {
	f := readFilters(c)
	offer, err := p.Analytics.Offer(c.Request().Context(), signin.Of(c).Actor, f.Surveys)
	if err != nil {
		return EqualityPage{}, err
	}
	f.complete(offer)
	view := EqualityPage{Page: page.New(c), Filters: f, Asked: f.By != "", Surveys: len(offer.Surveys) > 0}
	view.NoneAsks = view.Surveys && len(offer.Characteristics) == 0
	from, to := closedMonths(p.Now().In(organisation(c).Zone()))
	view.Form = EqualityForm{
		Surveys: surveyOptions(offer), Measures: options("", offer.Measures, f.Measure), By: options("Choose a characteristic", offer.Characteristics, f.By),
		From: options("The beginning", from, f.From), To: options("The last month that is over", to, f.To),
		Channels: options("All channels", offer.Channels, f.Channels...), Services: options("All services", offer.Services, f.Services...),
	}
	return view, nil
}

// ask insists on a protected table: a split that needs no protection is not this page's business.
func (p *Pages) ask(c echo.Context, f filters) (analytics.Protected, error) {
	var problems page.Problems
	q := f.query(&problems, f.By)
	if len(problems) > 0 {
		return analytics.Protected{}, analytics.Refusal{Sentence: problems.Error()}
	}
	offer, err := p.Analytics.Offer(c.Request().Context(), signin.Of(c).Actor, f.Surveys)
	if err != nil {
		return analytics.Protected{}, err
	}
	if !has(offer.Characteristics, f.By) {
		return analytics.Protected{}, analytics.Refusal{Sentence: "Choose one of the characteristics that the survey asks about."}
	}
	a, err := p.Analytics.Ask(c.Request().Context(), signin.Of(c).Actor, q)
	if err != nil {
		return analytics.Protected{}, err
	}
	protected, ok := a.(analytics.Protected)
	if !ok {
		return analytics.Protected{}, analytics.Refusal{Sentence: "Choose one of the characteristics that the survey asks about."}
	}
	return protected, nil
}

func has(codes []analytics.Code, code string) bool {
	for _, c := range codes {
		if c.Code == code {
			return true
		}
	}
	return false
}

// closedMonths offers the last 36 months that are over, by their first and by their last days, newest first.
func closedMonths(now time.Time) (from, to []analytics.Code) {
	first := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	for i := 1; i <= 36; i++ {
		month := first.AddDate(0, -i, 0)
		from = append(from, analytics.Code{Code: month.Format(time.DateOnly), Label: month.Format("January 2006")})
		to = append(to, analytics.Code{Code: month.AddDate(0, 1, -1).Format(time.DateOnly), Label: month.Format("January 2006")})
	}
	return from, to
}
