package site_test

import (
	"net/url"
	"strings"

	"yousaid/cmd/yousaid/site/sitetest"
)

func inUrduCouncil(c *council) *sitetest.Site { return c.urdu.site }

// urdu is a council with Urdu words of its own, and its people.
type urdu struct {
	site         *sitetest.Site
	link, closed string
	cookie       string // of the consultation team
}

func newUrdu(s *sitetest.Site) urdu {
	s.Speaks("en", "ur")
	s.Translate("ur")
	// as if this version of the program had added them
	s.Database.Owner().MustExec(`DELETE FROM interface_words WHERE key IN ('error.503', 'month.12', 'privacy.title')`)
	s.Ask(inUrdu)
	s.Ask(strings.Replace(inUrdu, "survey: visit", "survey: over", 1))
	u := urdu{site: s, link: s.LinkTo("visit", "waste", "web"), closed: s.LinkTo("over", "waste", "web"),
		cookie: s.SignIn(s.Person("consultation"))}
	s.Database.Owner().MustExec(`UPDATE surveys SET state = 'closed' WHERE slug = 'over'`)
	return u
}

func urduAs(c *council) string { return c.urdu.cookie }

// spokenAt is an address below the link of the council, in Urdu.
func spokenAt(more string) func(*council, *sitetest.Site) string {
	return func(c *council, _ *sitetest.Site) string { return c.urdu.link + more }
}

// spokenTo is a later page of its form, in Urdu.
func spokenTo(f sitetest.Feedback, ends string) func(*council, *sitetest.Site) string {
	return func(c *council, s *sitetest.Site) string {
		last := s.Send(c.urdu.link+"?lang=ur", f)
		return last[:strings.LastIndex(last, "/")+1] + ends
	}
}

var (
	urduRated  = sitetest.Feedback{Rating: "5"}
	urduToSex  = sitetest.Feedback{Rating: "5", Reasons: url.Values{"comment": {"بہت اچھا"}}}
	urduToEnd  = sitetest.Feedback{Rating: "5", Reasons: url.Values{"comment": {"بہت اچھا"}}, About: url.Values{"sex": {"female"}}}
	badUrdu    = url.Values{"thanks.title": {"شکریہ {1}"}, "was:thanks.title": {""}, "thanks.team": {"جملہ"}, "was:thanks.team": {""}}
	staffWords = "/staff/translations"
)

// spokenPages are pages in a language that the council has translated itself, in one that nobody has, and where the words are translated.
var spokenPages = []pageState{
	{route: "GET /f/:code", page: "public/questions", state: "in Urdu", on: inUrduCouncil, at: spokenAt("?lang=ur&r=5")},
	{route: "POST /f/:code", page: "public/questions", state: "nothing chosen, in Urdu", on: inUrduCouncil, at: spokenAt("?lang=ur"),
		post: url.Values{}, ends: 422},
	{route: "POST /f/:code", page: "public/questions", state: "nothing chosen, in Arabic without words", at: all("?lang=ar"),
		post: url.Values{}, ends: 422},
	{route: "GET /f/:code", page: "public/closed", state: "closed, in Urdu", on: inUrduCouncil,
		at: func(c *council, _ *sitetest.Site) string { return c.urdu.closed + "?lang=ur" }, ends: 410},
	{route: "GET /f/:code/:token/:page", page: "public/questions", state: "yes or no, in Urdu", on: inUrduCouncil,
		at: spokenTo(urduRated, "2?lang=ur")},
	{route: "GET /f/:code/:token/:page", page: "public/equality", state: "about you, in Urdu", on: inUrduCouncil,
		at: spokenTo(urduToSex, "3?lang=ur")},
	{route: "GET /f/:code/:token/:page", page: "public/spent", state: "spent, in Urdu", on: inUrduCouncil,
		at: spokenTo(urduToEnd, "2?lang=ur"), ends: 409},
	{route: "GET /f/:code/:token/:page", page: "public/error", state: "no such page, in Urdu", on: inUrduCouncil,
		at: spokenTo(urduRated, "9?lang=ur"), ends: 404},
	{route: "GET /f/:code/:token/thanks", page: "public/thanks", state: "thanks, in Urdu", on: inUrduCouncil,
		at: spokenTo(urduToEnd, "thanks?lang=ur")},
	{route: "GET /f/:code/:token/thanks", page: "public/thanks", state: "thanks, in Arabic without words",
		at: func(c *council, s *sitetest.Site) string {
			token := s.Get(c.all + "?lang=ar").Token()
			to := s.Post(c.all+"?in=ar",
				url.Values{"token": {token}, "verdict": {"2"}, "cause": {"delay"}, "topics": {"a"}, "likely": {"9"}, "visits": {"1"},
					"again": {"yes"}, "place": {"x"}, "comment": {"x"}}).Is(303).Header.Get("Location")
			return to + "?lang=ar"
		}},
	{route: "POST /f/:code", page: "public/spent", state: "the job has its feedback", at: func(c *council, s *sitetest.Site) string {
		to := jobAddress(s, c.link, "Repair 12")
		s.Post(c.link, url.Values{"token": {s.Get(to).Is(200).Token()}, "rating": {"2"}}).Is(303)
		return to + "&lang=cy"
	}, post: url.Values{"rating": {"5"}}, ends: 409},
	{route: "GET /:organisation/receipt", page: "public/receipt", state: "in Urdu", on: inUrduCouncil, at: path("/testham/receipt?lang=ur")},
	{route: "POST /:organisation/receipt", page: "public/receipt", state: "nobody's code, in Urdu", on: inUrduCouncil,
		at: path("/testham/receipt?lang=ur"), post: url.Values{"code": {"ABCDE-FGHJK"}}, ends: 422},
	{route: "GET /:organisation/privacy", page: "public/privacy", state: "in Urdu, a title missing", on: inUrduCouncil,
		at: path("/testham/privacy?lang=ur")},
	{route: "GET /:organisation/you-said-we-did", page: "public/yousaid", state: "in Urdu, empty", on: inUrduCouncil,
		at: path("/testham/you-said-we-did?lang=ur")},
	{route: "GET /staff/translations", page: "staff/translations", state: "with a language", on: inUrduCouncil, as: urduAs},
	{route: "POST /staff/translations", page: "staff/translations", state: "no language", on: inUrduCouncil, as: urduAs,
		at: path(staffWords), post: url.Values{"code": {"Klingon"}}, ends: 422},
	{route: "GET /staff/translations/:language", page: "staff/translation", state: "nearly finished", on: inUrduCouncil, as: urduAs,
		at: path(staffWords + "/ur")},
	{route: "POST /staff/translations/:language", page: "staff/translation", state: "no file", on: inUrduCouncil, as: urduAs,
		at: path(staffWords + "/ur"), post: url.Values{"do": {"upload"}}, ends: 422},
	{route: "GET /staff/translations/:language/:part", page: "staff/translation_part", state: "filled", on: inUrduCouncil, as: urduAs,
		at: path(staffWords + "/ur/questions")},
	{route: "GET /staff/translations/:language/:part", page: "staff/translation_part", state: "what is missing", on: inUrduCouncil,
		as: urduAs, at: path(staffWords + "/ur/notices?show=missing")},
	{route: "GET /staff/translations/:language/:part", page: "staff/translation_part", state: "nothing is missing", on: inUrduCouncil,
		as: urduAs, at: path(staffWords + "/ur/answers?show=missing")},
	{route: "POST /staff/translations/:language/:part", page: "staff/translation_part", state: "gaps are missing", on: inUrduCouncil,
		as: urduAs, at: path(staffWords + "/ur/after"), post: badUrdu, ends: 422},
}
