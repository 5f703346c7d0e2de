package public

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"yousaid/server/accounts"
	"yousaid/server/page"
	"yousaid/surveys/responses"
)

// Privacy says what is stored and why.
func (p *Pages) Privacy(c echo.Context) error { return p.notice(c, "privacy") }

// Cookies says that there are none.
func (p *Pages) Cookies(c echo.Context) error { return p.notice(c, "cookies") }

// Accessibility is the accessibility statement.
func (p *Pages) Accessibility(c echo.Context) error { return p.notice(c, "accessibility") }

// commentMonths is how long comments are kept, in whole months.
const commentMonths = int(responses.CommentLife / (61 * 12 * time.Hour))

// notice shows a page about the site, of a council or of none.
func (p *Pages) notice(c echo.Context, name string) error {
	var org accounts.Organisation
	languages := p.Pages.Shipped()
	f := page.Page{}
	if slug := c.Param("organisation"); slug != "" {
		var err error
		if org, err = p.Accounts.BySlug(c.Request().Context(), slug); err != nil {
			_ = p.notFound(c)
			return err
		}
		words := p.vocabulary(c.Request().Context(), org)
		languages = p.speaks(org, words)
		f = p.pageFor(org, words, p.language(c, languages, ""))
	} else {
		f.Lang = p.language(c, languages, "")
	}
	f.Languages = page.Languages(
		languages,
		f.Lang,
		func(lang string) string { return c.Request().URL.Path + "?" + askedLanguage + "=" + lang },
	)
	page.Keep(c, f)
	h := c.Response().Header()
	h.Set(echo.HeaderCacheControl, "private, no-cache")
	h.Add(echo.HeaderVary, "Accept-Language")
	view := page.NoticePage{Page: page.New(c), CommentMonths: commentMonths}
	if name == "privacy" {
		view.Contact, view.Mail, view.ComplaintDays = org.Complaints.Contact, org.Complaints.Href(), accounts.ComplaintDays
		view.Procedure = page.Find(org.Complaints.Procedure, f.Lang)
	}
	return page.Render(c, http.StatusOK, "public/"+name, view)
}
