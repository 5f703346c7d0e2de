package site_test

import (
	"fmt"
	"net/url"
	"time"

	"yousaid/cmd/yousaid/site/sitetest"
	"yousaid/surveys/responses"
)

// unusualAt is the page of unusual answers of the survey that every full council has.
func unusualAt(more string) func(*council, *sitetest.Site) string {
	return func(_ *council, s *sitetest.Site) string {
		survey, err := s.Surveys.BySlug(s.T.Context(), s.Org.ID, "customer-satisfaction")
		if err != nil {
			s.T.Fatal(err)
		}
		return fmt.Sprintf("/staff/unusual/%d%s", survey.ID, more)
	}
}

// flooded is a link that took as many answers from one network as it takes.
func flooded(_ *council, s *sitetest.Site) string {
	to := s.Link("web")
	flood(s, to, 200, 20*time.Second)
	return to
}

// flood sends ratings to a link, each so long after its page was shown.
func flood(s *sitetest.Site, to string, n int, read time.Duration) {
	s.T.Helper()
	keys, err := responses.Keys(s.T.Context(), s.DB)
	if err != nil {
		s.T.Fatal(err)
	}
	found, err := s.Links.Find(s.T.Context(), to[len("/f/"):])
	if err != nil {
		s.T.Fatal(err)
	}
	for range n {
		form := responses.NewForm(s.Org.ID, found.Link.ID, found.Version)
		form.Shown -= read.Milliseconds()
		s.Post(to, url.Values{"token": {keys.Mint(form)}, "rating": {"1"}}).Is(303)
	}
}

var unusualPages = []pageState{
	{route: "POST /f/:code", page: "public/questions", state: "too many from one network", at: flooded,
		post: url.Values{"rating": {"4"}}, ends: 429},
	{route: "POST /f/:code", page: "public/questions", state: "too many from one network, in Welsh",
		at: func(c *council, s *sitetest.Site) string { return flooded(c, s) + "?lang=cy" }, post: url.Values{"rating": {"4"}}, ends: 429},
	{route: "GET /staff/unusual", page: "staff/unusual", state: "filled", who: "administrator"},
	{route: "GET /staff/unusual", page: "staff/unusual", state: "empty", on: firstDay, as: boss},
	{route: "GET /staff/unusual/:id", page: "staff/unusual_survey", state: "nothing unusual", who: "consultation",
		at: unusualAt("?from=2020-01-01&to=2020-01-31")},
	{route: "GET /staff/unusual/:id", page: "staff/unusual_survey", state: "filled, with a decision", who: "administrator",
		at: func(c *council, s *sitetest.Site) string {
			flood(s, s.Link("web"), 30, 0)
			at := unusualAt("")(c, s)
			now := time.Now().In(s.Org.Zone())
			s.Post(at, url.Values{"do": {"decide"}, "act": {"include"}, "rule": {"fast"},
				"from": {now.Add(-2 * time.Hour).Format("2006-01-02T15:04")}, "to": {now.Add(time.Hour).Format("2006-01-02T15:04")},
				"reason": {"Staff tried the link"}}, "Cookie", c.cookies["administrator"]).Is(303)
			return at
		}},
	{route: "POST /staff/unusual/:id", page: "staff/unusual_survey", state: "nothing filled in", who: "administrator",
		at: unusualAt(""), post: url.Values{"do": {"decide"}}, ends: 422},
	{route: "POST /staff/unusual/:id", page: "staff/unusual_survey", state: "nothing would change", who: "administrator", at: unusualAt(""),
		post: url.Values{"do": {"decide"}, "act": {"include"}, "from": {"2020-01-01T10:00"}, "to": {"2020-01-01T11:00"},
			"reason": {"A mistake"}}, ends: 422},
}
