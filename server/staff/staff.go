// Package staff holds what the pages of staff share: the frame around a page, filters, tables, files, and how a refusal is worded. Each
// task has a package of its own below it.
package staff

import (
	"context"
	"strings"

	"github.com/labstack/echo/v4"

	"yousaid/server/accounts"
	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/surveys/permission"
	"yousaid/surveys/tenant"
)

const keptOrganisation = "yousaid/server/staff.Organisation"

// organisations finds the organisation of a session.
type organisations interface {
	Organisation(ctx context.Context, id tenant.Org) (accounts.Organisation, error)
}

// Frame prepares what page.New starts from: the organisation's look, who is signed in, what they may open. Middleware calls it.
func Frame(c echo.Context, from organisations) error {
	session := signin.Of(c)
	org, err := from.Organisation(c.Request().Context(), session.Actor.Org)
	if err != nil {
		return err
	}
	c.Set(keptOrganisation, org)
	frame := framed(c, session)
	name, in := org.Names.In(frame.Lang)
	if brand, brandIn := org.Brand.Name.In(frame.Lang); brand != "" {
		name, in = brand, brandIn
	}
	person := session.PersonName
	if person == "" {
		person = session.Actor.Name
	}
	nav := page.Menu(
		menu(frame),
		func(wanted string) bool { return permission.Holds(session.Actor, permission.Permission(wanted)) },
		c.Request().URL.Path,
	)
	for i := range nav {
		// The home page's address begins every other one.
		path := c.Request().URL.Path
		switch nav[i].Href {
		case "/staff":
			nav[i].Current = path == "/staff" || strings.HasPrefix(path, "/staff/surveys/")
		case "/staff/settings":
			nav[i].Current = nav[i].Current || isSetting(frame, path)
		}
	}
	frame.Organisation, frame.Home, frame.Base, frame.Brand = name, "/staff", "/"+org.Slug, page.NewBrand(org.Brand.Colour, org.Brand.Logo)
	if in != frame.Lang {
		frame.NamedIn = in
	}
	frame.Person, frame.Nav = person, nav
	page.Keep(c, frame)
	return nil
}

// framed is an empty page in the language that somebody chose to read the staff pages in.
func framed(c echo.Context, session signin.Session) page.Page {
	set, ok := c.Echo().Renderer.(*page.Set)
	if !ok || session.Language == "" || !set.Speaks(session.Language) {
		return page.Page{Lang: "en"}
	}
	return set.In(session.Language)
}

// Organisation is the one of the session, as Frame found it.
func Organisation(c echo.Context) accounts.Organisation {
	o, _ := c.Get(keptOrganisation).(accounts.Organisation)
	return o
}
