package settings

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"yousaid/server/page"
	"yousaid/server/staff"
	"yousaid/surveys/catalogue"
)

// ServicesPage is staff/services: the services by directorate.
type ServicesPage struct {
	page.Page
	Groups []ServiceGroup
}

// ServiceGroup is the services of one directorate, or those that are closed.
type ServiceGroup struct {
	Name     string
	Services []ServiceLine
}

// ServiceLine is one service in the list.
type ServiceLine struct {
	ID         int64
	Name, Slug string
	More       string // "Part of …", "Closed …, followed by …"
}

// Services lists them.
func (p *Pages) Services(c echo.Context) error {
	ctx, org := c.Request().Context(), staff.Organisation(c).ID
	list, err := p.Catalogue.Services(ctx, org)
	if err != nil {
		return err
	}
	directorates, err := p.Catalogue.Directorates(ctx, org)
	if err != nil {
		return err
	}
	view := ServicesPage{Page: page.New(c)}
	view.Back = "/staff/settings"
	byID := map[int64]catalogue.Service{}
	for _, s := range list {
		byID[s.ID] = s
	}
	group := func(name string, in func(catalogue.Service) bool) {
		g := ServiceGroup{Name: name}
		for _, s := range staff.ByLabel(list) {
			if in(s) {
				g.Services = append(g.Services, serviceLine(view.Page, s, byID))
			}
		}
		if len(g.Services) > 0 {
			view.Groups = append(view.Groups, g)
		}
	}
	for _, d := range directorates {
		group(catalogue.Label(d.Names, "en"), func(s catalogue.Service) bool { return s.ClosedOn == nil && s.Directorate == d.ID })
	}
	group(view.T("setting.no_directorate|No directorate"), func(s catalogue.Service) bool { return s.ClosedOn == nil && s.Directorate == 0 })
	group(view.T("staff.closed|Closed"), func(s catalogue.Service) bool { return s.ClosedOn != nil })
	return page.Render(c, http.StatusOK, "staff/services", view)
}

func serviceLine(frame page.Page, s catalogue.Service, byID map[int64]catalogue.Service) ServiceLine {
	line := ServiceLine{ID: s.ID, Name: catalogue.Label(s.Names, "en"), Slug: s.Slug}
	switch {
	case s.ClosedOn != nil && s.Successor != 0:
		line.More = frame.T(
			"setting.closed_followed_by|Closed %s, followed by %s",
			frame.Date(*s.ClosedOn),
			catalogue.Label(byID[s.Successor].Names, "en"),
		)
	case s.ClosedOn != nil:
		line.More = frame.T("setting.closed|Closed %s", frame.Date(*s.ClosedOn))
	case s.Parent != 0:
		line.More = frame.T("setting.part_of|Part of %s", catalogue.Label(byID[s.Parent].Names, "en"))
	}
	return line
}

// openServices are the choices of a select, without one of them.
func openServices(list []catalogue.Service, none string, without int64) []page.Option {
	options := []page.Option{{Value: "", Text: none}}
	for _, s := range staff.ByLabel(list) {
		if s.ClosedOn == nil && s.ID != without {
			options = append(options, page.Option{Value: strconv.FormatInt(s.ID, 10), Text: catalogue.Label(s.Names, "en")})
		}
	}
	return options
}

func openDirectorates(list []catalogue.Directorate, none string) []page.Option {
	options := []page.Option{{Value: "", Text: none}}
	for _, d := range list {
		if d.ClosedOn == nil {
			options = append(options, page.Option{Value: strconv.FormatInt(d.ID, 10), Text: catalogue.Label(d.Names, "en")})
		}
	}
	return options
}
