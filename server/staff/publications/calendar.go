package publications

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"yousaid/server/page"
	"yousaid/server/staff"
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
