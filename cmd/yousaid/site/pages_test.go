package site_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"yousaid/cmd/yousaid/site/sitetest"
	"yousaid/server/accounts"
	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
)

// council is what the tests of pages look at: a site with a year of feedback, one on its first day, and one that cannot store. Each
// visit gets a copy of one of them for itself: what it plans, publishes or withdraws is not there for another, in whatever order
// they come.
type council struct {
	full, first, away *sitetest.Site
	link              string            // of customer-satisfaction, on the full site
	all               string            // of a questionnaire with every kind of question
	closed            string            // a link that has ended
	cookies           map[string]string // by role, on the full site
	boss              string            // the administrator on the first site
	changing          string            // a person whose password is changed
	fair              fair              // where equality tables are released
	urdu              urdu              // where pages are in Urdu
}

// everyKind is a questionnaire with every kind of question, one of them written in Arabic as well.
const everyKind = `
survey: every-kind
title: {en: Every kind of question, cy: Pob math o gwestiwn, ar: "كل أنواع الأسئلة"}
intro: {en: "This is what a questionnaire may ask, with a word that is as long as
  Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch."}
pages:
  - questions:
      - code: verdict
        kind: rating
        required: true
        text: {en: How was it?, ar: "كيف كان؟"}
        options:
          - {code: "2", score: 2, satisfied: true, text: {en: Good, ar: "جيد"}}
          - {code: "1", score: 1, text: {en: Poor, ar: "سيئ"}}
          - {code: dk, dont_know: true, text: {en: Do not know}}
      - code: cause
        kind: choice
        required: true
        text: {en: What was the reason?}
        options: [{code: delay, text: {en: Delay}}, {code: other, text: {en: Something else}}]
      - code: topics
        kind: several
        required: true
        text: {en: What was it about?}
        hint: {en: Choose what fits}
        options: [{code: a, text: {en: Bins}}, {code: b, text: {en: Roads}}, {code: none, exclusive: true, text: {en: None of these}}]
      - {code: likely, kind: recommend, required: true, text: {en: How likely are you to recommend us to friends?}}
      - {code: visits, kind: number, required: true, min: 0, max: 50, text: {en: How many visits?}}
      - {code: again, kind: yesno, required: true, text: {en: Would you come again?}}
      - {code: place, kind: short, required: true, text: {en: Where was it?}}
      - {code: comment, kind: text, required: true, max_length: 100, text: {en: What else?}}
`

func newCouncil(t *testing.T) *council {
	t.Helper()
	c := &council{full: sitetest.New(t), first: sitetest.Empty(t), away: sitetest.New(t), cookies: map[string]string{}}
	s := c.full
	for _, statement := range []string{
		`UPDATE organisations SET languages = '{en,cy,ar}'`,
		`UPDATE organisations SET brand = '{"colour": "#6b1f4e"}'`,
	} {
		s.Database.Owner().MustExec(statement)
	}
	s.Fill(700)
	s.Publish("access-channels")
	s.Ask(everyKind)
	c.link, c.all, c.closed = s.Link("web"), s.LinkTo("every-kind", "waste", "web"), s.Link("post")
	s.Send(c.link, sitetest.Feedback{Rating: "1",
		Reasons: url.Values{"comment": {"Rhy hir: " + strings.Repeat("Llanfairpwllgwyngyll",
			12) + "\nhttps://www.example.org/" + strings.Repeat("a-very-long-address/", 12)}}})
	s.Send(s.LinkTo("customer-satisfaction", "repairs", "telephone"),
		sitetest.Feedback{Rating: "4", Reasons: url.Values{"comment": {"The fitter came early"}}})
	s.Database.Owner().MustExec(`UPDATE links SET expires_on = '2024-03-01' WHERE code = $1`, strings.TrimPrefix(c.closed, "/f/"))
	for _, role := range []string{"viewer", "service", "frontline", "consultation", "equality", "administrator"} {
		c.cookies[role] = s.SignIn(s.Person(role))
	}
	_, err := s.Accounts.Add(t.Context(), tenant.CommandLine(0),
		accounts.Organisation{Slug: "fenland", LinkPrefix: "FEN", Names: question.Text{"en": "Fenland District Council"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Accounts.AddUser(t.Context(), s.By(),
		accounts.NewUser{Email: "leaver@testham.example", Password: sitetest.Password, Role: "viewer"}); err != nil {
		t.Fatal(err)
	}
	c.changing = s.SignIn("leaver@testham.example")
	c.boss = c.first.SignIn(c.first.Person("administrator"))
	c.urdu = newUrdu(sitetest.New(t))
	return c
}

// pageState is a page in one of its states.
type pageState struct {
	route string // of the table of routes; "" for a page that no route answers
	page  string // the template
	state string
	who   string                                    // role on the full site, "" signed out
	on    func(c *council) *sitetest.Site           // the full site where nil
	as    func(c *council) string                   // a cookie, where not who's
	at    func(c *council, s *sitetest.Site) string // the address; the route's own where nil
	post  url.Values                                // the form to send to it, from the page "from"
	ends  int                                       // the status; 200 where 0
}

// readInWelsh is a path that the consultation officer reads in Welsh.
func readInWelsh(p string) func(*council, *sitetest.Site) string {
	return func(c *council, s *sitetest.Site) string {
		s.Post("/staff/language", url.Values{"language": {"cy"}}, "Cookie", c.cookies["consultation"]).Is(http.StatusSeeOther)
		return p
	}
}

func path(p string) func(*council, *sitetest.Site) string {
	return func(*council, *sitetest.Site) string { return p }
}
func link(more string) func(*council, *sitetest.Site) string {
	return func(c *council, _ *sitetest.Site) string { return c.link + more }
}
func all(more string) func(*council, *sitetest.Site) string {
	return func(c *council, _ *sitetest.Site) string { return c.all + more }
}

// begun is a later page of a form: what was sent of it, and what the address ends in.
func begun(f sitetest.Feedback, ends string) func(*council, *sitetest.Site) string {
	return func(c *council, s *sitetest.Site) string {
		last := s.Send(c.link, f)
		return last[:strings.LastIndex(last, "/")+1] + ends
	}
}

// dayAfter is begun, found in the history of a browser a day later.
func dayAfter(f sitetest.Feedback, ends string) func(*council, *sitetest.Site) string {
	return func(c *council, s *sitetest.Site) string {
		parts := strings.Split(begun(f, ends)(c, s), "/") // "", "f", code, token, end
		parts[3] = s.Aged(parts[3], 24*time.Hour)
		return strings.Join(parts, "/")
	}
}

func firstDay(c *council) *sitetest.Site { return c.first }
func boss(c *council) string             { return c.boss }

var (
	rated    = sitetest.Feedback{Rating: "2"}
	reasoned = sitetest.Feedback{Rating: "2", Reasons: url.Values{"reason": {"time"}, "comment": {"It took long"}}}
	finished = sitetest.Feedback{Rating: "2", Reasons: url.Values{}, About: url.Values{}}
)

// pages are the pages of the site, each in its states: filled, empty, with a problem. A route or a template that is missing here
// fails the tests below. Each area has its own in a file of its own.
var pages = slices.Concat(firstPages, surveyPages, settingsPages, linkPages, commentPages, actionPages, figurePages, publicPages,
	receiptPages, exportPages, wholePages, equalityPages, unusualPages, keyingPages, spokenPages)

var firstPages = []pageState{
	{route: "GET /f/:code", page: "public/questions", state: "as the link opens", at: link("")},
	{route: "GET /f/:code", page: "public/questions", state: "with a rating chosen", at: link("?r=4")},
	{route: "GET /f/:code", page: "public/questions", state: "in Welsh", at: link("?lang=cy")},
	{route: "GET /f/:code", page: "public/questions", state: "with every kind of question", at: all("")},
	{route: "GET /f/:code", page: "public/questions", state: "from right to left", at: all("?lang=ar")},
	{route: "GET /f/:code", page: "public/closed", state: "closed", at: func(c *council, _ *sitetest.Site) string { return c.closed },
		ends: 410},
	{route: "GET /f/:code", page: "public/error", state: "not found", at: path("/f/ABCDEFGH"), ends: 404},
	{route: "GET /F/:code", page: "public/questions", state: "in capitals",
		at: func(c *council, _ *sitetest.Site) string { return strings.ToUpper(c.link) }},
	{route: "POST /f/:code", page: "public/questions", state: "nothing chosen", at: link(""), post: url.Values{}, ends: 422},
	{route: "POST /f/:code", page: "public/questions", state: "every answer missing", at: all(""), post: url.Values{}, ends: 422},
	{route: "POST /f/:code", page: "public/questions", state: "nothing chosen, in Welsh", at: link("?lang=cy"), post: url.Values{}, ends: 422},
	{route: "POST /f/:code", page: "public/questions", state: "cannot be stored now",
		at: func(_ *council, s *sitetest.Site) string { return s.Link("web") }, post: url.Values{"rating": {"4"}}, ends: 503,
		on: func(c *council) *sitetest.Site { return c.away }},
	{route: "POST /F/:code", page: "public/error", state: "too long",
		at:   func(c *council, _ *sitetest.Site) string { return strings.ToUpper(c.link) },
		post: url.Values{"comment": {strings.Repeat("a", 70<<10)}}, ends: 413},
	{route: "GET /f/:code/:token/:page", page: "public/questions", state: "back on the first page", at: begun(rated, "1")},
	{route: "GET /f/:code/:token/:page", page: "public/questions", state: "reasons", at: begun(rated, "2")},
	{route: "GET /f/:code/:token/:page", page: "public/equality", state: "about you", at: begun(reasoned, "3")},
	{route: "GET /f/:code/:token/:page", page: "public/equality", state: "about you, in Welsh", at: begun(reasoned, "3?lang=cy")},
	{route: "GET /f/:code/:token/:page", page: "public/spent", state: "spent", at: begun(finished, "2"), ends: 409},
	{route: "POST /f/:code/:token/:page", page: "public/questions", state: "comment too long", at: begun(rated, "2"),
		post: url.Values{"comment": {strings.Repeat("long ", 300)}}, ends: 422},
	{route: "POST /f/:code/:token/:page", page: "public/equality", state: "unknown answer", at: begun(reasoned, "3"),
		post: url.Values{"sex": {"unheard of"}}, ends: 422},
	{route: "GET /f/:code/:token/thanks", page: "public/thanks", state: "thanks", at: begun(finished, "thanks")},
	{route: "GET /f/:code/:token/thanks", page: "public/thanks", state: "the day after", at: dayAfter(finished, "thanks")},
	{route: "GET /f/:code/:token/:page", page: "public/spent", state: "left too long", at: dayAfter(rated, "2"), ends: 410},
	{route: "GET /f/:code/:token/:page", page: "public/spent", state: "left too long, in Welsh", at: dayAfter(rated, "2?lang=cy"), ends: 410},
	{route: "GET /privacy", page: "public/privacy", state: "of the site"},
	{route: "GET /cookies", page: "public/cookies", state: "of the site"},
	{route: "GET /accessibility", page: "public/accessibility", state: "of the site"},
	{route: "GET /:organisation/privacy", page: "public/privacy", state: "of the council", at: path("/testham/privacy")},
	{route: "GET /:organisation/cookies", page: "public/cookies", state: "of the council", at: path("/testham/cookies?lang=cy")},
	{route: "GET /:organisation/accessibility", page: "public/accessibility", state: "of the council", at: path("/testham/accessibility")},

	{route: "GET /", page: "staff/front", state: "signed out"},
	{route: "GET /staff/sign-in", page: "staff/choose_council", state: "two councils", at: path("/staff/sign-in?next=/staff/results")},
	{route: "GET /staff/sign-in", page: "staff/choose_council", state: "nothing chosen", at: path("/staff/sign-in?organisation="), ends: 422},
	{route: "GET /staff/sign-in/:organisation", page: "staff/sign_in", state: "asked for another page",
		at: path("/staff/sign-in/testham?next=/staff/results")},
	{route: "POST /staff/sign-in/:organisation", page: "staff/sign_in", state: "nothing written", at: path("/staff/sign-in/testham"),
		post: url.Values{}, ends: 422},
	{route: "POST /staff/sign-in/:organisation", page: "staff/sign_in", state: "wrong", at: path("/staff/sign-in/testham"),
		post: url.Values{"email": {"viewer@testham.example"}, "password": {"not the password"}}, ends: 422},
	{route: "GET /staff", page: "staff/home", state: "filled", who: "administrator"},
	{route: "GET /staff", page: "staff/home", state: "of the front line", who: "frontline"},
	{route: "GET /staff", page: "staff/home", state: "empty", on: firstDay, as: boss},
	{route: "GET /staff/password", page: "staff/password", state: "own account", who: "equality"},
	{route: "GET /staff/password", page: "staff/password", state: "wrong passwords", who: "service",
		at: func(_ *council, s *sitetest.Site) string {
			s.Post(s.SignInAt(), url.Values{"email": {"service@testham.example"},
				"password": {"not the password"}}).Is(http.StatusUnprocessableEntity)
			return "/staff/password"
		}},
	{route: "POST /staff/password", page: "staff/password", state: "not the same twice", who: "viewer", at: path("/staff/password"),
		post: url.Values{"current": {sitetest.Password}, "password": {"three other words"}, "again": {"others"}}, ends: 422},
	{route: "POST /staff/password", page: "staff/password", state: "changed", as: func(c *council) string { return c.changing },
		at:   path("/staff/password"),
		post: url.Values{"current": {sitetest.Password}, "password": {"three other words"}, "again": {"three other words"}}},
	{route: "POST /staff/language", page: "staff/password", state: "a language that is none", who: "viewer", at: path("/staff/language"),
		post: url.Values{"language": {"xx"}}, ends: 422},
	{route: "GET /staff/language", page: "staff/password", state: "reloaded", who: "viewer", at: path("/staff/language")},
	{route: "GET /staff/password", page: "staff/password", state: "in Welsh", who: "consultation", at: readInWelsh("/staff/password")},
	{route: "GET /staff", page: "staff/home", state: "in Welsh", who: "consultation", at: readInWelsh("/staff")},
	{route: "GET /staff/results", page: "staff/results", state: "in Welsh", who: "consultation",
		at: readInWelsh("/staff/results?survey=customer-satisfaction")},
	{route: "GET /staff/results", page: "staff/results", state: "filled", who: "administrator",
		at: path("/staff/results?survey=customer-satisfaction")},
	{route: "GET /staff/results", page: "staff/results", state: "a table of two dimensions", who: "consultation",
		at: path("/staff/results?survey=customer-satisfaction&by=directorate&and=channel&measure=reason")},
	{route: "GET /staff/results", page: "staff/results", state: "own services only", who: "service",
		at: path("/staff/results?survey=customer-satisfaction")},
	{route: "GET /staff/results", page: "staff/results", state: "figures without comments", who: "viewer",
		at: path("/staff/results?survey=all")},
	{route: "GET /staff/results", page: "staff/results", state: "no answers yet", who: "consultation",
		at: path("/staff/results?survey=every-kind&measure=visits")},
	{route: "GET /staff/results", page: "staff/results", state: "empty", on: firstDay, as: boss},
	{route: "GET /staff/results", page: "staff/results", state: "wrong day", who: "consultation",
		at: path("/staff/results?survey=customer-satisfaction&from=soon"), ends: 422},
	{route: "GET /staff/comments", page: "staff/comments", state: "filled", who: "consultation",
		at: path("/staff/comments?survey=customer-satisfaction")},
	{route: "GET /staff/comments", page: "staff/comments", state: "nothing found", who: "consultation",
		at: path("/staff/comments?survey=customer-satisfaction&words=zebra")},
	{route: "GET /staff/comments", page: "staff/comments", state: "empty", on: firstDay, as: boss},
	{route: "GET /staff/comments", page: "staff/comments", state: "wrong day", who: "consultation",
		at: path("/staff/comments?to=soon"), ends: 422},
	{route: "GET /staff/equality", page: "staff/equality", state: "to choose", who: "equality",
		at: path("/staff/equality?survey=customer-satisfaction")},
	{route: "GET /staff/equality", page: "staff/equality", state: "by age", who: "equality",
		at: path("/staff/equality?survey=customer-satisfaction&by=age")},
	{route: "GET /staff/equality", page: "staff/equality", state: "by ethnic group", who: "administrator",
		at: path("/staff/equality?survey=customer-satisfaction&by=ethnic_group&channel=web")},
	{route: "GET /staff/equality", page: "staff/equality", state: "asks about nobody", who: "equality",
		at: path("/staff/equality?survey=every-kind")},
	{route: "GET /staff/equality", page: "staff/equality", state: "empty", on: firstDay, as: boss},
	{route: "GET /staff/equality", page: "staff/equality", state: "not a whole month", who: "equality",
		at: path("/staff/equality?survey=customer-satisfaction&by=sex&from=2026-01-05"), ends: 422},
	{route: "GET /staff/people", page: "staff/people", state: "filled", who: "administrator"},
	{route: "GET /staff/people", page: "staff/people", state: "only oneself", on: firstDay, as: boss},
	{route: "GET /staff/audit", page: "staff/audit", state: "checked", who: "administrator", at: path("/staff/audit?check=1")},
	{route: "GET /staff/audit", page: "staff/audit", state: "first day", on: firstDay, as: boss},
	{route: "GET /staff/translations", page: "staff/translations", state: "filled", who: "consultation"},
	{page: "staff/error", state: "not found", who: "viewer", at: path("/staff/nowhere"), ends: 404},
	{page: "staff/error", state: "not allowed", who: "viewer", at: path("/staff/people"), ends: 403},
	{page: "public/error", state: "not found, no council", at: path("/nowhere/at/all"), ends: 404},
}

// notPages are the routes that answer no page: files, redirects, and what machines ask.
var notPages = map[string]string{
	"GET /assets/*":                 "/assets/public.css",
	"GET /healthz":                  "/healthz",
	"GET /readyz":                   "/readyz",
	"GET /.well-known/security.txt": "", // a file where a contact is set, in TestWhatAnOperatorSetsUp
	"POST /staff/published":         "", // leads back to the list, in TestTheCalendarNeedsTwoPeople
	"GET /sign-in":                  "/sign-in",

	"GET /staff/translations/:language/file": "", // in TestWordsAreTranslatedInTheBrowser
	"GET /:organisation/sign-in":             "/testham/sign-in",
	"GET /staff/results/table.:format":       "/staff/results/table.csv?survey=customer-satisfaction&by=channel",
	"GET /staff/equality/table.:format":      "/staff/equality/table.csv?survey=customer-satisfaction&by=sex",
	"POST /staff/sign-out":                   "",

	// Questionnaires.

	// Settings: catalogue, people, brand.

	// Links.
	"GET /staff/links/:code/qr.svg": "",
	"GET /staff/links/:code/qr.png": "",
	"GET /:organisation/logo/:name": "", // a picture, in TestHowTheCouncilLooks

	// Comments: themes, marks, redaction.

	// Actions.

	// Published figures: releases and the calendar.

	// Equality: what leaves, the register and the plans. Their files and the check are in the story of the equality officer.
	"GET /staff/equality/report.:format": "",
	"GET /staff/releases/:id/:file":      "",
	"POST /staff/releases/:id":           "",

	// Row exports.
	"GET /staff/exports/:id/file":    "",
	"POST /staff/exports/:id/delete": "",

	// The public. You said, we did.
	"GET /:organisation/you-said-we-did/feed.atom":    "/testham/you-said-we-did/feed.atom",
	"GET /:organisation/you-said-we-did/feed.json":    "/testham/you-said-we-did/feed.json",
	"GET /:organisation/you-said-we-did/list.:format": "/testham/you-said-we-did/list.csv",

	// The public. Performance.
	"GET /:organisation/performance/:id/:edition/:file": "",

	// The public. Receipts.
}

// name can be a test's and a picture's: without slashes, which both would take for a path.
func (v pageState) name() string {
	return strings.ReplaceAll(strings.TrimSpace(v.page+" "+v.route)+" "+v.state, "/", ".")
}

// address is where the visit goes.
func (v pageState) address(c *council, s *sitetest.Site) string {
	if v.at != nil {
		return v.at(c, s)
	}
	_, p, _ := strings.Cut(v.route, " ")
	return p
}

func (v pageState) site(c *council) *sitetest.Site {
	if v.on != nil {
		return v.on(c)
	}
	return c.full
}

// freeze ends the sites of the council: from here on they are copied.
func (c *council) freeze() {
	for _, s := range []*sitetest.Site{c.full, c.first, c.away, c.urdu.site} {
		s.Freeze()
	}
}

// open is the visit's own copy of its site.
func (v pageState) open(c *council, t *testing.T) *sitetest.Site {
	t.Helper()
	original := v.site(c)
	s := original.Copy(t)
	if original == c.away {
		if err := s.Collector.Close(t.Context()); err != nil { // from here on it can store nothing
			t.Fatal(err)
		}
	}
	return s
}

func (v pageState) cookie(c *council) string {
	if v.as != nil {
		return v.as(c)
	}
	return c.cookies[v.who]
}

func (v pageState) status() int {
	if v.ends == 0 {
		return http.StatusOK
	}
	return v.ends
}
