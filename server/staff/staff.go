// Package staff holds what the pages of staff share: the frame around a page, filters, tables, files, and how a refusal is worded. Each task has a package of its own below it.
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
	name, _ := org.Names.In("en")
	if brand, _ := org.Brand.Name.In("en"); brand != "" {
		name = brand
	}
	person := session.PersonName
	if person == "" {
		person = session.Actor.Name
	}
	nav := page.Menu(menu(page.New(c)), func(wanted string) bool { return permission.Holds(session.Actor, permission.Permission(wanted)) }, c.Request().URL.Path)
	for i := range nav {
		// The home page's address begins every other one.
		path := c.Request().URL.Path
		switch nav[i].Href {
		case "/staff":
			nav[i].Current = path == "/staff" || strings.HasPrefix(path, "/staff/surveys/")
		case "/staff/settings":
			nav[i].Current = nav[i].Current || isSetting(page.New(c), path)
		}
	}
	page.Keep(c, page.Page{
		Lang: "en", Organisation: name, Home: "/staff", Base: "/" + org.Slug, Brand: page.NewBrand(org.Brand.Colour, org.Brand.Logo),
		Person: person, Nav: nav,
	})
	return nil
}

// Organisation is the one of the session, as Frame found it.
func Organisation(c echo.Context) accounts.Organisation {
	o, _ := c.Get(keptOrganisation).(accounts.Organisation)
	return o
}
