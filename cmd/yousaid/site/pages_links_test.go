package site_test

import (
	"net/url"
	"strings"

	"yousaid/cmd/yousaid/site/sitetest"
	"yousaid/surveys/links"
)

// shownLink is the page of the council's first link, and what belongs to it.
func shownLink(more string) func(*council, *sitetest.Site) string {
	return func(c *council, _ *sitetest.Site) string {
		return "/staff/links/" + strings.TrimPrefix(c.link, "/f/") + more
	}
}

// linkPages are the pages of links.
var linkPages = []pageState{
	{route: "GET /staff/links", page: "staff/links", state: "filled", who: "administrator"},
	{route: "GET /staff/links", page: "staff/links", state: "nothing found", who: "consultation",
		at: path("/staff/links?words=zebra&state=closed")},
	{route: "GET /staff/links", page: "staff/links", state: "empty", on: firstDay, as: boss},
	{route: "GET /staff/links/new", page: "staff/link_new", state: "to fill in", who: "consultation"},
	{route: "POST /staff/links/new", page: "staff/link_new", state: "nothing chosen", who: "consultation",
		at: path("/staff/links/new"), post: url.Values{"expires-day": {"31"}}, ends: 422},
	{route: "POST /staff/links/new", page: "staff/link_new", state: "asked once more", who: "consultation", at: path("/staff/links/new"),
		post: url.Values{"survey": {"customer-satisfaction"}, "service": {"waste", "repairs"}, "channel": {"web", "post"}}},
	{route: "GET /staff/links/jobs", page: "staff/job_links", state: "filled", who: "administrator"},
	{route: "GET /staff/links/:code", page: "staff/link", state: "open", who: "administrator", at: shownLink("")},
	{route: "GET /staff/links/:code/poster", page: "staff/link_poster", state: "to print", who: "consultation", at: shownLink("/poster")},
	{route: "POST /staff/links/:code", page: "staff/link", state: "closed", who: "consultation",
		at: func(_ *council, s *sitetest.Site) string {
			return "/staff/links/" + strings.TrimPrefix(s.Link("kiosk"), "/f/")
		}, post: url.Values{"do": {"close"}, "sure": {"yes"}}},
	{route: "POST /staff/links/:code", page: "staff/confirm", state: "closing a link", who: "consultation", at: shownLink(""),
		post: url.Values{"do": {"close"}}},
	{route: "POST /f/:code", page: "public/spent", state: "somebody told us about the job",
		at: func(c *council, s *sitetest.Site) string { return jobLink(s, c.link, "R-1") }, post: url.Values{"rating": {"4"}}, ends: 409},
	{route: "GET /f/:code", page: "public/error", state: "a job that does not fit", at: link("?job=R-2&sig=00"), ends: 404},
	{route: "POST /staff/links/jobs", page: "staff/job_links", state: "another secret", on: firstDay, as: boss,
		at: path("/staff/links/jobs"), post: url.Values{"after": {"1"}, "sure": {"yes"}}},
	{route: "POST /staff/links/jobs", page: "staff/confirm", state: "making another secret", who: "administrator",
		at: path("/staff/links/jobs"), post: url.Values{"after": {"1"}}},
}

// jobLink is a link about a job that has its response already.
func jobLink(s *sitetest.Site, link, reference string) string {
	s.T.Helper()
	to := jobAddress(s, link, reference)
	token := s.Get(to).Is(200).Token()
	s.Post(link, url.Values{"token": {token}, "rating": {"2"}})
	return to
}

func jobAddress(s *sitetest.Site, link, reference string) string {
	s.T.Helper()
	secrets, err := s.Links.JobSecrets(s.T.Context(), s.Org.ID)
	if err != nil {
		s.T.Fatal(err)
	}
	return link + "?" + url.Values{"job": {reference},
		"sig": {links.SignJob(secrets[0].Value, strings.TrimPrefix(link, "/f/"), reference)}}.Encode()
}
