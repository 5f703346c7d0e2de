package server

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"yousaid/surveys/permission"
)

// Public are the pages of customers, who have no account and get no cookie.
type Public interface {
	FirstPage(echo.Context) error     // the first page of a link's questionnaire; stores nothing
	SaveFirstPage(echo.Context) error // stores the rating
	Page(echo.Context) error          // a later page
	SavePage(echo.Context) error      // stores a later page
	Thanks(echo.Context) error        // the receipt code
	Privacy(echo.Context) error       // notices
	Cookies(echo.Context) error       //
	Accessibility(echo.Context) error //

	Council(echo.Context) error          // what a council publishes here
	YouSaid(echo.Context) error          // what people said and what the council does about it
	YouSaidItem(echo.Context) error      // one thing of it
	YouSaidFile(echo.Context) error      // all of it, as a file
	YouSaidPoster(echo.Context) error    // the newest, to print
	Embed(echo.Context) error            // the newest, in a frame on another site
	AtomFeed(echo.Context) error         // for feed readers
	JSONFeed(echo.Context) error         // for programs
	Performance(echo.Context) error      // released figures and the publication calendar
	PerformanceTable(echo.Context) error // one released table, with what was corrected
	PerformanceFile(echo.Context) error  // one edition of a released table, as a file

	NotFound(echo.Context) // prepares the error page of what no page answers, in the reader's language

	Receipt(echo.Context) error    // asks for a receipt code
	UseReceipt(echo.Context) error // tells what became of the feedback, and takes it back
}

// Route is an address, who may call it, and what answers.
type Route struct {
	Method, Path string
	Permission   permission.Permission
	Handler      echo.HandlerFunc
}

const get, post = http.MethodGet, http.MethodPost

// table is every address of the site. A GET also answers HEAD.
func (s *Server) table() []Route {
	return slices.Concat(
		s.customerRoutes(),
		s.siteRoutes(),
		s.accountRoutes(),
		s.surveyRoutes(),
		s.linkRoutes(),
		s.keyingRoutes(),
		s.resultRoutes(),
		s.feedbackRoutes(),
		s.unusualRoutes(),
		s.exportRoutes(),
		s.actionRoutes(),
		s.publicationRoutes(),
		s.equalityRoutes(),
		s.translationRoutes(),
		s.settingRoutes(),
	)
}

// customerRoutes: answering, and what the public reads. A code may be typed in capitals, which makes smaller QR codes.
func (s *Server) customerRoutes() []Route {
	p := s.Public
	return []Route{
		{get, "/f/:code", permission.Public, p.FirstPage},
		{post, "/f/:code", permission.Public, p.SaveFirstPage},
		{get, "/F/:code", permission.Public, p.FirstPage},
		{post, "/F/:code", permission.Public, p.SaveFirstPage},
		{get, "/f/:code/:token/thanks", permission.Public, p.Thanks},
		{get, "/f/:code/:token/:page", permission.Public, p.Page},
		{post, "/f/:code/:token/:page", permission.Public, p.SavePage},
		{get, "/privacy", permission.Public, p.Privacy},
		{get, "/cookies", permission.Public, p.Cookies},
		{get, "/accessibility", permission.Public, p.Accessibility},
		{get, "/:organisation/privacy", permission.Public, p.Privacy},
		{get, "/:organisation/cookies", permission.Public, p.Cookies},
		{get, "/:organisation/accessibility", permission.Public, p.Accessibility},
		{get, "/:organisation", permission.Public, p.Council},
		{get, "/:organisation/you-said-we-did", permission.Public, p.YouSaid},
		{get, "/:organisation/you-said-we-did/poster", permission.Public, p.YouSaidPoster},
		{get, "/:organisation/you-said-we-did/embed", permission.Public, p.Embed},
		{get, "/:organisation/you-said-we-did/feed.atom", permission.Public, p.AtomFeed},
		{get, "/:organisation/you-said-we-did/feed.json", permission.Public, p.JSONFeed},
		{get, "/:organisation/you-said-we-did/list.:format", permission.Public, p.YouSaidFile},
		{get, "/:organisation/you-said-we-did/:number", permission.Public, p.YouSaidItem},
		{get, "/:organisation/performance", permission.Public, p.Performance},
		{get, "/:organisation/performance/:id", permission.Public, p.PerformanceTable},
		{get, "/:organisation/performance/:id/:edition/:file", permission.Public, p.PerformanceFile},
		{get, "/:organisation/receipt", permission.Public, p.Receipt},
		{post, "/:organisation/receipt", permission.Public, p.UseReceipt},
	}
}

// siteRoutes: what is of no organisation.
func (s *Server) siteRoutes() []Route {
	return []Route{
		{get, "/assets/*", permission.Public, echo.WrapHandler(s.Assets)},
		{get, "/healthz", permission.Public, s.healthy},
		{get, "/readyz", permission.Public, s.ready},
		{get, "/.well-known/security.txt", permission.Public, s.security},
		{get, "/sign-in", permission.Public, toSignIn},
	}
}

func toSignIn(c echo.Context) error { return c.Redirect(http.StatusSeeOther, "/staff/sign-in") }

// healthy says that the process is up, and nothing else.
func (s *Server) healthy(c echo.Context) error { return c.String(http.StatusOK, "ok\n") }

// readyTime is how long the database may take to say that it can be written to.
const readyTime = 2 * time.Second

// ready says whether a customer could be served now.
func (s *Server) ready(c echo.Context) error {
	ctx, cancel := context.WithTimeout(c.Request().Context(), readyTime)
	defer cancel()
	if err := s.Ready(ctx); err != nil {
		s.Log.WarnContext(c.Request().Context(), "not ready", "problem", err.Error())
		return c.String(http.StatusServiceUnavailable, "not ready\n")
	}
	return c.String(http.StatusOK, "ready\n")
}
