// Package staff shows the site to those who work for an organisation: sign-in, results, equality, exports, comments, people.
package staff

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"yousaid/analytics"
	"yousaid/analytics/actions"
	"yousaid/analytics/calendar"
	"yousaid/analytics/insight"
	"yousaid/analytics/plans"
	"yousaid/analytics/releases"
	"yousaid/analytics/unusual"
	"yousaid/server/accounts"
	"yousaid/server/audit"
	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/server/translations"
	"yousaid/surveys"
	"yousaid/surveys/catalogue"
	"yousaid/surveys/links"
	"yousaid/surveys/permission"
	"yousaid/surveys/responses"
	"yousaid/surveys/responses/exporting"
)

// ErrPlain is an attempt to sign in over plain http from another machine, where the password could be read on the way.
var ErrPlain = errors.New("signing in needs https")

// Pages are the pages of staff. Every field must be given.
type Pages struct {
	Accounts  *accounts.Store
	Door      *signin.Door
	Ledger    *audit.Ledger
	Analytics *analytics.Analytics
	Insight   insight.Reader
	Set       *page.Set
	Now       func() time.Time

	// Questionnaires.
	Surveys  surveys.Store
	Previews Previewer

	// Settings: catalogue, people, brand.
	Words translations.Store

	// Links.
	Links     *links.Store
	Catalogue catalogue.Store
	BaseURL   string // where links lead, for councils without an address of their own

	// Typing in answers.
	Signer    *responses.Signer
	Collector *responses.Collector
	Keyed     responses.Keyed

	// Unusual answers.
	Unusuals unusual.Store

	// Comments: themes, marks, redaction.
	Comment insight.Editor

	// Actions.
	Actions  actions.Store
	Releases releases.Reader

	// Published figures: releases and the calendar.
	Publications calendar.Store

	// Equality: what leaves, the register and the plans.
	Register releases.Register
	Plans    plans.Store
	Check    Checker // nil where the site runs without the attacker

	// Row exports.
	Exports exporting.Store

	// The whole council.
}

// menu is what staff may open, in order.
var menu = []page.Item{
	{Text: "How we are doing", Href: "/staff/council", Permission: string(permission.SeeFigures)},
	{Text: "Surveys", Href: "/staff", Permission: string(permission.SignedIn)},
	{Text: "Type in answers", Href: "/staff/keying", Permission: string(permission.KeyAnswers)},
	{Text: "Links", Href: "/staff/links", Permission: string(permission.ManageSurveys)},
	{Text: "Results", Href: "/staff/results", Permission: string(permission.SeeFigures)},
	{Text: "Comments", Href: "/staff/comments", Permission: string(permission.SeeComments)},
	{Text: "Unusual answers", Href: "/staff/unusual", Permission: string(permission.SeeUnusual)},
	{Text: "Actions", Href: "/staff/actions", Permission: string(permission.EditActions)},
	{Text: "Published figures", Href: "/staff/published", Permission: string(permission.PublishFigures)},
	{Text: "Equality", Href: "/staff/equality", Permission: string(permission.SeeEquality)},
	{Text: "Releases", Href: "/staff/releases", Permission: string(permission.SeeRegister)},
	{Text: "Exports", Href: "/staff/exports", Permission: string(permission.ExportRows)},
	{Text: "Settings", Href: "/staff/settings", Permission: string(permission.SeeTranslations)},
	{Text: "Your account", Href: "/staff/password", Permission: string(permission.SignedIn)},
}

const keptOrganisation = "yousaid/server/staff.Organisation"

// Frame prepares what page.New starts from: the organisation's look, who is signed in, what they may open. Middleware calls it.
func (p *Pages) Frame(c echo.Context) error {
	session := signin.Of(c)
	org, err := p.Accounts.Organisation(c.Request().Context(), session.Actor.Org)
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
	nav := page.Menu(menu, func(wanted string) bool { return permission.Holds(session.Actor, permission.Permission(wanted)) }, c.Request().URL.Path)
	for i := range nav {
		// The home page's address begins every other one.
		path := c.Request().URL.Path
		switch nav[i].Href {
		case "/staff":
			nav[i].Current = path == "/staff" || strings.HasPrefix(path, "/staff/surveys/")
		case "/staff/settings":
			nav[i].Current = nav[i].Current || isSetting(path)
		}
	}
	page.Keep(c, page.Page{
		Lang: "en", Organisation: name, Home: "/staff", Base: "/" + org.Slug, Brand: page.NewBrand(org.Brand.Colour, org.Brand.Logo),
		Person: person, Nav: nav,
	})
	return nil
}

// organisation is the one of the session, as Frame found it.
func organisation(c echo.Context) accounts.Organisation {
	o, _ := c.Get(keptOrganisation).(accounts.Organisation)
	return o
}

// https tells whether the browser came over https: the middleware of server has put the scheme right.
func https(c echo.Context) bool { return c.Scheme() == "https" }

// SignInFor is the address of the sign-in page that leads back to the page that was asked for.
func SignInFor(r *http.Request) string {
	if r.Method != http.MethodGet || !local(r.URL.RequestURI()) || r.URL.Path == "/staff" {
		return "/staff/sign-in"
	}
	return "/staff/sign-in?next=" + url.QueryEscape(r.URL.RequestURI())
}

// local keeps an address to staff pages of this site: nobody can be sent elsewhere after signing in.
func local(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Scheme == "" && u.Host == "" && (u.Path == "/staff" || strings.HasPrefix(u.Path, "/staff/")) &&
		strings.HasPrefix(address, "/staff") && !strings.ContainsAny(address, "\\\r\n")
}
