// Package public meets the customers: one questionnaire from its first page to the thanks, without cookies and without scripts, and the
// notices.
//
// A GET has no effect, ever. The first page is shown from bytes that are ready; only the token in it is new. What is sent is checked,
// stored, and answered by a
// redirect, so that reload and Back send nothing twice.
package public

import (
	"context"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"yousaid/server/accounts"
	"yousaid/server/page"
	"yousaid/surveys"
	"yousaid/surveys/catalogue"
	"yousaid/surveys/links"
	"yousaid/surveys/responses"
	"yousaid/surveys/responses/quality"
	"yousaid/surveys/tenant"
)

// Config is what the pages are made from. Every field must be given.
type Config struct {
	Pages     *page.Set
	Links     Links
	Surveys   Versions
	Catalogue Catalogue
	Accounts  Organisations
	Signer    *responses.Signer
	Collector Collector
	Responses Answers
	Receipts  Receipts
	Followed  Followed
	Guard     Guard
	Actions   Actions
	Calendar  Calendar

	Translations Translations     // nil: councils have no words of their own
	Limits       *quality.Limits  // nil: no limits
	Now          func() time.Time // the clock of the limits; time.Now when nil
	BaseURL      string           // where the pages are found, for councils without an address of their own
	Clock        Clock
}

// Links finds what a code leads to: surveys/links.Store.
type Links interface {
	Find(ctx context.Context, code string) (links.Found, error)
	Job(ctx context.Context, org tenant.Org, code, reference, signature string) (responses.Job, error)
}

// Versions gives a questionnaire as it was published: surveys.Store.
type Versions interface {
	Version(ctx context.Context, org tenant.Org, id int64) (surveys.Version, error)
}

// Catalogue gives the names of services: surveys/catalogue.Store.
type Catalogue interface {
	Services(ctx context.Context, org tenant.Org) ([]catalogue.Service, error)
}

// Organisations gives a council by the name in an address: accounts.Store.
type Organisations interface {
	BySlug(ctx context.Context, slug string) (accounts.Organisation, error)
	Successor(ctx context.Context, slug string) (accounts.Organisation, error) // of one that was merged
}

// Collector stores what is sent: responses.Collector.
type Collector interface {
	Submit(ctx context.Context, s responses.Submission) (repeated bool, err error)
}

// Answers gives what was sent before: responses.Store.
type Answers interface {
	Answers(ctx context.Context, org tenant.Org, response uuid.UUID) (responses.Given, error)
	JobTaken(ctx context.Context, f responses.Form) (bool, error) // by another response
}

// Pages are the pages of customers. They are safe for use by many goroutines.
type Pages struct {
	Config
	targets       linkTargetCache
	editions      editions
	services      services
	wishes        wishes
	vocabularies  vocabularies
	firstPages    firstPageCache
	snapshots     snapshotCache
	responseCache responseCache
	ends          recent // forms that were sent to their end
	anew          recent // forms that old first pages began, by the response that they had before
	networks      quality.Networks
	turns         *turns
	held          atomic.Int64
}

// New makes the pages. It reads nothing yet.
func New(c Config) *Pages {
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Pages{Config: c, turns: newTurns()}
}

// here offers the address that was asked for in other languages, for an error page that may follow. What a form was sent to is a page of
// its own when it is opened: the one
// on which the form stands.
func here(c echo.Context, languages []string, lang string) []page.Language {
	return page.Languages(languages, lang, func(other string) string {
		query := c.QueryParams()
		fields := make(url.Values, len(query)+1)
		for name, values := range query {
			fields[name] = values
		}
		fields.Del(shownLanguage)
		fields.Set(askedLanguage, other)
		return c.Request().URL.EscapedPath() + "?" + fields.Encode()
	})
}

// dress makes a page the council's own.
func dress(p page.Page, org accounts.Organisation) page.Page {
	if p.Organisation, p.NamedIn = org.Brand.Name.In(p.Lang); p.Organisation == "" {
		p.Organisation, p.NamedIn = org.Names.In(p.Lang)
	}
	p.Base = "/" + org.Slug
	p.Brand = page.NewBrand(org.Brand.Colour, org.Brand.Logo)
	return p
}

// unstored keeps a page out of every cache: it is about one person's answers.
func unstored(c echo.Context) { c.Response().Header().Set(echo.HeaderCacheControl, "no-store") }
