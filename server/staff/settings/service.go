package settings

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/server/staff"
	"yousaid/surveys/catalogue"
)

// ServicePage is staff/service: one service with all that can be done to it, or a new one.
type ServicePage struct {
	page.Page
	Service      catalogue.Service // ID 0: a new one
	Heading      string
	Was          string
	Names        staff.Wording
	Slug, LGSL   string
	Parent       string
	Parents      []page.Option
	Directorate  string
	Directorates []page.Option
	From         string
	Months       []page.Option
	History      page.Table
	On           page.DateParts
	Successor    string
	Others       []page.Option
	Closed       string // the day, in words
	Follows      string // the service that followed
}

func (p *Pages) servicePage(c echo.Context, id int64) (ServicePage, error) {
	ctx, org := c.Request().Context(), staff.Organisation(c).ID
	view := ServicePage{Page: page.New(c), Heading: page.T(c, "setting.add_a_service|Add a service")}
	view.Back = "/staff/services"
	list, err := p.Catalogue.Services(ctx, org)
	if err != nil {
		return view, err
	}
	directorates, err := p.Catalogue.Directorates(ctx, org)
	if err != nil {
		return view, err
	}
	for _, s := range list {
		if s.ID == id {
			view.Service = s
		}
	}
	if id != 0 && view.Service.ID == 0 {
		return view, catalogue.ErrMissing
	}
	view.Parents, view.Others = openServices(
		list,
		view.T("setting.none_it_stands_by|None: it stands by itself"),
		id,
	), openServices(
		list,
		view.T("setting.none|None"),
		id,
	)
	view.Directorates = openDirectorates(directorates, view.T("setting.none|None"))
	view.Names = staff.Wording{Page: view.Page, Name: "names", Label: view.T("setting.name|Name"), Languages: staff.Languages(c)}
	if id != 0 {
		view.show(list)
		err = p.serviceHistory(c, &view, directorates)
		view.Months = rollupMonths(view.Page, p.Now().In(staff.Organisation(c).Zone()))
	}
	return view, err
}

// show fills the form with the service as it is.
func (v *ServicePage) show(list []catalogue.Service) {
	s := v.Service
	v.Heading, v.Was, v.Names.Text, v.Slug = catalogue.Label(s.Names, "en"), s.Mark(), s.Names, s.Slug
	if s.LGSL != 0 {
		v.LGSL = strconv.Itoa(s.LGSL)
	}
	v.Parent, v.Directorate = idText(s.Parent), idText(s.Directorate)
	for _, o := range list {
		if o.ID == s.Parent && o.ClosedOn != nil { // a closed one stays chosen until another is
			v.Parents = append(v.Parents, page.Option{Value: idText(o.ID), Text: staff.ServiceLabel(v.Page, o)})
		}
		if o.ID == s.Successor {
			v.Follows = catalogue.Label(o.Names, "en")
		}
	}
	if s.ClosedOn != nil {
		v.Closed = v.Date(*s.ClosedOn)
	}
}

func idText(id int64) string {
	if id == 0 {
		return ""
	}
	return strconv.FormatInt(id, 10)
}

func (p *Pages) serviceHistory(c echo.Context, view *ServicePage, directorates []catalogue.Directorate) error {
	rollups, err := p.Catalogue.Rollups(c.Request().Context(), staff.Organisation(c).ID)
	view.History = page.Table{
		Caption: view.T("setting.counted_under|Counted under"),
		Columns: []page.Column{{Text: view.T("setting.from|From")}, {Text: view.T("staff.directorate|Directorate")}},
	}
	for _, r := range rollups {
		if r.Service != view.Service.ID {
			continue
		}
		from, name := view.T("setting.the_beginning|The beginning"), ""
		if r.From.Year() > 1900 {
			from = view.Month(r.From)
		}
		for _, d := range directorates {
			if d.ID == r.Directorate {
				name = catalogue.Label(d.Names, "en")
			}
		}
		view.History.Rows = append(view.History.Rows, []page.Cell{{Text: from, Head: true}, {Text: name}})
	}
	return err
}

// rollupMonths offers two years back and one ahead, this month first, and the beginning.
func rollupMonths(frame page.Page, now time.Time) []page.Option {
	first := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	option := func(n int) page.Option {
		month := first.AddDate(0, n, 0)
		return page.Option{Value: month.Format(time.DateOnly), Text: frame.Month(month)}
	}
	list := []page.Option{option(0)}
	for n := 1; n <= 12; n++ {
		list = append(list, option(n))
	}
	for n := -1; n >= -24; n-- {
		list = append(list, option(n))
	}
	return append(list, page.Option{Value: "1900-01-01", Text: frame.T("setting.the_beginning|The beginning")})
}

// Service shows a service.
func (p *Pages) Service(c echo.Context) error {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil || id < 1 {
		return catalogue.ErrMissing
	}
	view, err := p.servicePage(c, id)
	if err != nil {
		return err
	}
	return page.Render(c, http.StatusOK, "staff/service", view)
}

// NewService asks for a new one.
func (p *Pages) NewService(c echo.Context) error {
	view, err := p.servicePage(c, 0)
	if err != nil {
		return err
	}
	return page.Render(c, http.StatusOK, "staff/service", view)
}

// readService takes the form as it was filled in.
func (v *ServicePage) readService(c echo.Context) catalogue.ServiceChange {
	v.Names.Text = staff.WordingOf(c, "names", v.Service.Names)
	v.LGSL, v.Parent = staff.PlainText(c.FormValue("lgsl")), staff.PlainText(c.FormValue("parent"))
	change := catalogue.ServiceChange{Names: v.Names.Text}
	var err error
	if change.LGSL, err = strconv.Atoi(v.LGSL); err != nil && v.LGSL != "" {
		change.LGSL = -1 // the store refuses it with what to write
	}
	if change.Parent, err = strconv.ParseInt(v.Parent, 10, 64); err != nil && v.Parent != "" {
		change.Parent = -1
	}
	return change
}

// AddService adds a service.
func (p *Pages) AddService(c echo.Context) error {
	view, err := p.servicePage(c, 0)
	if err != nil {
		return err
	}
	change := view.readService(c)
	view.Slug, view.Directorate = staff.PlainText(c.FormValue("slug")), staff.PlainText(c.FormValue("directorate"))
	directorate, err := strconv.ParseInt(view.Directorate, 10, 64)
	if err != nil && view.Directorate != "" {
		directorate = -1
	}
	_, err = p.Catalogue.AddService(c.Request().Context(), signin.Of(c).Actor, view.Slug, change, directorate)
	if err == nil {
		page.Flash(c, view.T("setting.the_service_is_added|The service is added. Links can be made for it now."))
		return c.Redirect(http.StatusSeeOther, "/staff/services")
	}
	return p.serviceAgain(c, view, err)
}

// ChangeService does what a button says: "save", "move", "close", "merge", "reopen".
func (p *Pages) ChangeService(c echo.Context) error {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil || id < 1 {
		return catalogue.ErrMissing
	}
	view, err := p.servicePage(c, id)
	if err != nil {
		return err
	}
	ctx, actor, said := c.Request().Context(), signin.Of(c).Actor, view.T("setting.saved|Saved.")
	switch c.FormValue("do") {
	case "save":
		err = p.Catalogue.ChangeService(ctx, actor, id, c.FormValue("was"), view.readService(c))
	case "move":
		view.From, view.Directorate = c.FormValue("from"), c.FormValue("directorate")
		from, _ := time.Parse(time.DateOnly, view.From)
		directorate, _ := strconv.ParseInt(view.Directorate, 10, 64)
		err = p.Catalogue.MoveService(ctx, actor, id, from, directorate)
	case "close", "merge":
		var day time.Time
		if day, view.On = staff.TypedDayOrToday(c, &view.Problems, "on", p.Now().In(staff.Organisation(c).Zone())); len(view.Problems) > 0 {
			break
		}
		view.Successor = c.FormValue("successor")
		successor, _ := strconv.ParseInt(view.Successor, 10, 64)
		if merge := c.FormValue("do") == "merge"; view.Closed == "" && (successor != 0 || !merge) { // otherwise the store refuses it
			if sure, err := staff.Confirmed(c, endingService(view, merge)); !sure {
				return err
			}
		}
		if said = view.T("setting.the_service_is_closed|The service is closed. Links to it work until they are closed too."); c.FormValue(
			"do",
		) == "merge" {
			said = view.T(
				"setting.the_service_is_merged|The service is merged. What came in stays under its name; links to it work until they are closed too.",
			)
			err = p.Catalogue.MergeService(ctx, actor, id, day, successor)
		} else {
			err = p.Catalogue.CloseService(ctx, actor, id, day, successor)
		}
	case "reopen":
		said = view.T("setting.the_service_is_open|The service is open again.")
		err = p.Catalogue.ReopenService(ctx, actor, id)
	default:
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	if err == nil && len(view.Problems) == 0 {
		page.Flash(c, said)
		return c.Redirect(http.StatusSeeOther, fmt.Sprintf("/staff/services/%d", id))
	}
	return p.serviceAgain(c, view, err)
}

// endingService asks before a service is closed or merged into another.
func endingService(view ServicePage, merge bool) staff.Confirmation {
	at := fmt.Sprintf("/staff/services/%d", view.Service.ID)
	if !merge {
		return staff.Confirmation{
			Heading: view.T("setting.close|Close “%s”?", view.Heading),
			Button:  view.T("setting.close_it|Close it"),
			Keep:    at,
			Undo:    view.T("setting.reopen_the_service_on|Reopen the service on its page."),
			Happens: []string{
				view.T("setting.no_new_links_can|No new links can be made for it. Links that are there work until they are closed too."),
				view.T("setting.what_people_said_about|What people said about it stays under its name."),
			},
		}
	}
	return staff.Confirmation{
		Heading: view.T("setting.merge_into|Merge “%s” into “%s”?", view.Heading, staff.OptionText(view.Others, view.Successor)),
		Button:  view.T("setting.merge_it|Merge it"),
		Keep:    at,
		Undo: view.T(
			"setting.reopen_the_service_on_its|Reopen the service on its page. Its parts do not come back by that: choose on each of their pages " +
				"what it is part of.",
		),
		Happens: []string{
			view.T("setting.it_is_closed_and|It is closed, and its parts belong to the service that follows."),
			view.T(
				"setting.what_people_said_about_it|What people said about it stays under its name. Links that are there " +
					"work until they are closed too.",
			),
		},
	}
}

// serviceAgain shows the form as it was filled in, with what is wrong.
func (p *Pages) serviceAgain(c echo.Context, view ServicePage, err error) error {
	main := "names-" + staff.Organisation(c).Languages[0]
	switch {
	case errors.Is(err, catalogue.ErrChanged):
		now := view.Heading
		if view.Service.LGSL != 0 {
			now += view.T("setting.lgsl|, LGSL %s", strconv.Itoa(view.Service.LGSL))
		}
		view.Problems.Add(main, fmt.Sprintf(view.T(staff.ChangedSince), now))
	case errors.Is(err, catalogue.ErrServiceClosed):
		view.Problems.Add("on", view.T("setting.the_service_is_closed_already|The service is closed already."))
	case err != nil:
		if err := staff.PutRefusals(view.Page, &view.Problems, err, func(field string) string {
			if field == "names" {
				return main
			}
			return field
		}); err != nil {
			return err
		}
	}
	view.Names.Page = view.Page
	return page.Render(c, http.StatusUnprocessableEntity, "staff/service", view)
}
