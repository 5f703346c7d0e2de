package site_test

import (
	"net/http"
	"net/url"

	"yousaid/cmd/yousaid/site/sitetest"
)

// place is the address of a place where answers about waste are typed in by telephone.
func place(s *sitetest.Site, cookie, survey string) string {
	s.T.Helper()
	return s.Post("/staff/keying",
		url.Values{"survey": {survey}, "service": {"waste"}, "channel": {"telephone"}, "mode": {"telephone_interview"}}, "Cookie",
		cookie).Is(http.StatusSeeOther).To()
}

func keying(survey, more string) func(*council, *sitetest.Site) string {
	return func(c *council, s *sitetest.Site) string { return place(s, c.cookies["administrator"], survey) + more }
}

// keyedAbout is the page of equality questions of a form that was just stored.
func keyedAbout(c *council, s *sitetest.Site) string {
	cookie := c.cookies["frontline"]
	at := place(s, cookie, "customer-satisfaction")
	return s.Post(at, url.Values{"token": {s.Get(at, "Cookie", cookie).Is(200).Token()}, "rating": {"4"}}, "Cookie",
		cookie).Is(http.StatusSeeOther).To()
}

// keyingPages are the pages on which staff type in answers.
var keyingPages = []pageState{
	{route: "GET /staff/keying", page: "staff/keying", state: "to choose", who: "frontline"},
	{route: "GET /staff/keying", page: "staff/keying", state: "no survey", on: firstDay, as: boss},
	{route: "GET /staff/keying", page: "staff/keying", state: "people who did not answer", who: "consultation",
		at: func(c *council, s *sitetest.Site) string {
			cookie := c.cookies["frontline"]
			at := place(s, cookie, "customer-satisfaction")
			s.Post(at, url.Values{"token": {s.Get(at, "Cookie", cookie).Token()}, "do": {"declined"}}, "Cookie", cookie).Is(http.StatusSeeOther)
			return "/staff/keying?mode=paper"
		}},
	{route: "POST /staff/keying", page: "staff/keying", state: "nothing chosen", who: "frontline", at: path("/staff/keying"),
		post: url.Values{}, ends: 422},
	{route: "GET /staff/keying/:place", page: "staff/keying_form", state: "as it opens", who: "administrator",
		at: keying("customer-satisfaction", "")},
	{route: "GET /staff/keying/:place", page: "staff/keying_form", state: "every kind, in Arabic, without single keys",
		who: "frontline", at: keying("every-kind", "?lang=ar&keys=off")},
	{route: "GET /staff/keying/:place", page: "staff/keying_form", state: "the next one", who: "frontline",
		at: func(c *council, s *sitetest.Site) string {
			cookie := c.cookies["frontline"]
			return s.Post(keyedAbout(c, s), url.Values{"do": {"skip"}}, "Cookie", cookie).Is(http.StatusSeeOther).To()
		}},
	{route: "POST /staff/keying/:place", page: "staff/keying_form", state: "nothing chosen", who: "frontline",
		at: keying("customer-satisfaction", ""), post: url.Values{}, ends: 422},
	{route: "POST /staff/keying/:place", page: "staff/keying_form", state: "every answer missing", who: "frontline",
		at: keying("every-kind", ""), post: url.Values{}, ends: 422},
	{route: "POST /staff/keying/:place", page: "staff/keying_form", state: "another language, with what was typed", who: "frontline",
		at:   keying("customer-satisfaction", ""),
		post: url.Values{"do": {"in-cy"}, "rating": {"4"}, "comment": {"Typed"}}},
	{route: "GET /staff/keying/:place/:token", page: "staff/keying_about", state: "equality questions", who: "frontline", at: keyedAbout},
	{route: "POST /staff/keying/:place/:token", page: "staff/keying_about", state: "unknown answer", who: "frontline", at: keyedAbout,
		post: url.Values{"sex": {"unheard of"}}, ends: 422},
}
