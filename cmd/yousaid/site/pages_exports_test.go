package site_test

import (
	"net/url"

	"yousaid/cmd/yousaid/site/sitetest"
)

// exportPages are the pages of row exports.
var exportPages = []pageState{
	{route: "GET /staff/exports", page: "staff/exports", state: "filled", who: "consultation", at: func(c *council, s *sitetest.Site) string {
		s.Post("/staff/exports", url.Values{"survey": {"customer-satisfaction"}, "format": {"csv"}, "comments": {"yes"}}, "Cookie",
			c.cookies["consultation"]).Is(303)
		if err := s.Jobs.Drain(s.T.Context()); err != nil {
			s.T.Fatal(err)
		}
		return "/staff/exports"
	}},
	{route: "GET /staff/exports", page: "staff/exports", state: "empty", on: firstDay, as: boss},
	{route: "POST /staff/exports", page: "staff/exports", state: "nothing chosen", who: "administrator", at: path("/staff/exports"),
		post: url.Values{"from-day": {"31"}}, ends: 422},
}
