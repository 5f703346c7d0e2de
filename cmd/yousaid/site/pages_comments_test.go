package site_test

import (
	"net/url"

	"yousaid/analytics/insight"
	"yousaid/cmd/yousaid/site/sitetest"
	"yousaid/surveys/question"
)

// aComment is the page of a comment with a phone number and a name in it.
func aComment(_ *council, s *sitetest.Site) string {
	s.T.Helper()
	s.Send(s.LinkTo("customer-satisfaction", "repairs", "email"), sitetest.Feedback{Rating: "2", Reasons: url.Values{"reason": {"time"},
		"comment": {"Please ring Mrs Ann Jones on 01509 263151, at LE11 3TN."}}})
	var key string
	if err := s.Database.Owner().Get(&key, `SELECT ref::text FROM comments WHERE text LIKE 'Please ring%' LIMIT 1`); err != nil {
		s.T.Fatal(err)
	}
	return "/staff/comments/" + key
}

// someThemes gives the council a list to choose from.
func someThemes(to string) func(*council, *sitetest.Site) string {
	return func(_ *council, s *sitetest.Site) string {
		s.T.Helper()
		if err := s.Comments.AddDefaultThemes(s.T.Context(), s.By()); err != nil {
			s.T.Fatal(err)
		}
		if _, err := s.Comments.AddTheme(s.T.Context(), s.By(), insight.About, question.Text{"en": "Waiting times"}); err == nil {
			s.T.Fatal("the usual list was not there")
		}
		return to
	}
}

// commentPages are the pages of work on comments.
var commentPages = []pageState{
	{route: "GET /staff/comments/:comment", page: "staff/comment", state: "to decide", who: "consultation", at: aComment},
	{route: "GET /staff/comments/:comment", page: "staff/comment", state: "of the own service", who: "service", at: aComment},
	{route: "POST /staff/comments/:comment", page: "staff/comment", state: "nothing to show", who: "administrator", at: aComment,
		post: url.Values{"do": {"redact"}, "text": {" "}}, ends: 422},
	{route: "POST /staff/comments/:comment", page: "staff/confirm", state: "withholding a comment", who: "consultation", at: aComment,
		post: url.Values{"do": {"withhold"}, "revision": {"1"}}},
	{route: "POST /staff/comments", page: "staff/comments", state: "saved", who: "service", at: path("/staff/comments"), post: url.Values{}},
	{route: "GET /staff/themes", page: "staff/themes", state: "filled", who: "consultation", at: someThemes("/staff/themes")},
	{route: "GET /staff/themes", page: "staff/themes", state: "empty", on: firstDay, as: boss},
	{route: "POST /staff/themes", page: "staff/themes", state: "no name", who: "consultation", at: someThemes("/staff/themes"),
		post: url.Values{"do": {"add"}, "kind": {"theme"}}, ends: 422},
}
