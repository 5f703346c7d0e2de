package site_test

import (
	"fmt"
	"net/url"
	"strings"

	"yousaid/analytics/actions"
	"yousaid/cmd/yousaid/site/sitetest"
)

// withItems is an address of what the public reads, once there is something to read.
func withItems(to string) func(*council, *sitetest.Site) string {
	return func(c *council, s *sitetest.Site) string {
		promised(s, actions.Published, late)
		outThere(c, s)
		return to
	}
}

// publicPages are the pages of what the public reads.
var publicPages = []pageState{
	{route: "GET /:organisation/you-said-we-did", page: "public/yousaid", state: "filled", at: withItems("/testham/you-said-we-did")},
	{route: "GET /:organisation/you-said-we-did", page: "public/yousaid", state: "in Welsh",
		at: withItems("/testham/you-said-we-did?lang=cy")},
	{route: "GET /:organisation/you-said-we-did", page: "public/yousaid", state: "nothing found",
		at: withItems("/testham/you-said-we-did?q=zebra")},
	{route: "GET /:organisation/you-said-we-did", page: "public/yousaid", state: "empty", on: firstDay, at: path("/testham/you-said-we-did")},
	{route: "GET /:organisation/you-said-we-did/poster", page: "public/yousaid_poster", state: "to print",
		at: withItems("/testham/you-said-we-did/poster")},
	{route: "GET /:organisation/you-said-we-did/poster", page: "public/yousaid_poster", state: "one item",
		at: func(_ *council, s *sitetest.Site) string {
			n := promised(s, actions.Published)
			return fmt.Sprintf("/testham/you-said-we-did/poster?item=%d&lang=cy", n)
		}},
	{route: "GET /:organisation/you-said-we-did", page: "public/yousaid", state: "in Arabic",
		at: withItems("/testham/you-said-we-did?lang=ar")},
	{route: "GET /:organisation/performance/:id", page: "public/performance_table", state: "published late",
		at: func(c *council, s *sitetest.Site) string {
			at := "/testham/performance/" + strings.TrimPrefix(outThere(c, s), "/staff/published/")
			return at
		}},
	{route: "GET /:organisation/performance/:id", page: "public/yousaid_gone", state: "withdrawn",
		at: func(c *council, s *sitetest.Site) string {
			at := plannedBy(s, "channel", 4, tomorrow())
			s.Post(at, url.Values{"do": {"publish"}}, "Cookie", c.cookies["consultation"]).Is(303)
			agreed(s, at)
			s.Post(at, url.Values{"do": {"withdraw"}, "sure": {"yes"}, "note-en": {"A fault."}, "note-cy": {"Nam."}, "note-ar": {"خطأ"}},
				"Cookie", c.cookies["consultation"]).Is(303)
			return "/testham/performance/" + strings.TrimPrefix(at, "/staff/published/")
		}, ends: 410},
	{route: "GET /:organisation/you-said-we-did/embed", page: "public/yousaid_embed", state: "in a frame",
		at: withItems("/testham/you-said-we-did/embed")},
	{route: "GET /:organisation/you-said-we-did/:number", page: "public/yousaid_item", state: "overdue",
		at: func(c *council, s *sitetest.Site) string {
			n := promised(s, actions.Published, late)
			return fmt.Sprintf("/testham/you-said-we-did/%d", n)
		}},
	{route: "GET /:organisation/you-said-we-did/:number", page: "public/yousaid_gone", state: "withdrawn",
		at: func(_ *council, s *sitetest.Site) string {
			return fmt.Sprintf("/testham/you-said-we-did/%d", promised(s, actions.Withdrawn))
		}, ends: 410},
	{route: "GET /:organisation", page: "public/council", state: "filled", at: withItems("/testham")},
	{route: "GET /:organisation", page: "public/council", state: "in Welsh", at: withItems("/testham?lang=cy")},
	{route: "GET /:organisation", page: "public/council", state: "empty", on: firstDay, at: path("/testham")},
	{route: "GET /:organisation/performance", page: "public/performance", state: "two periods", at: func(c *council, s *sitetest.Site) string {
		twoHalves(c, s)
		return "/testham/performance"
	}},
	{route: "GET /:organisation/performance", page: "public/performance", state: "filled", at: withItems("/testham/performance")},
	{route: "GET /:organisation/performance", page: "public/performance", state: "in Welsh", at: withItems("/testham/performance?lang=cy")},
	{route: "GET /:organisation/performance", page: "public/performance", state: "empty", on: firstDay, at: path("/testham/performance")},
	{page: "public/error", state: "no such item", at: path("/testham/you-said-we-did/999999"), ends: 404},
}
