package site_test

import (
	"fmt"
	"time"

	"yousaid/analytics/actions"
	"yousaid/cmd/yousaid/site/sitetest"
)

// told is an address of what the public reads, once there is something to read: what the site believes for a second is waited for.
func told(to string) func(*council, *sitetest.Site) string {
	return func(c *council, s *sitetest.Site) string {
		promised(s, actions.Published, late)
		outThere(c, s)
		time.Sleep(1100 * time.Millisecond)
		return to
	}
}

// publicVisits are the pages of what the public reads.
var publicVisits = []visit{
	{route: "GET /:organisation/you-said-we-did", page: "public/you_said", state: "filled", at: told("/testham/you-said-we-did")},
	{route: "GET /:organisation/you-said-we-did", page: "public/you_said", state: "in Welsh", at: told("/testham/you-said-we-did?lang=cy")},
	{route: "GET /:organisation/you-said-we-did", page: "public/you_said", state: "nothing found", at: told("/testham/you-said-we-did?words=zebra")},
	{route: "GET /:organisation/you-said-we-did", page: "public/you_said", state: "empty", on: firstDay, at: path("/testham/you-said-we-did")},
	{route: "GET /:organisation/you-said-we-did/poster", page: "public/you_said_poster", state: "to print", at: told("/testham/you-said-we-did/poster")},
	{route: "GET /:organisation/you-said-we-did/embed", page: "public/you_said_embed", state: "in a frame", at: told("/testham/you-said-we-did/embed")},
	{route: "GET /:organisation/you-said-we-did/:number", page: "public/you_said_item", state: "overdue", at: func(c *council, s *sitetest.Site) string {
		n := promised(s, actions.Published, late)
		time.Sleep(1100 * time.Millisecond)
		return fmt.Sprintf("/testham/you-said-we-did/%d", n)
	}},
	{route: "GET /:organisation/you-said-we-did/:number", page: "public/you_said_item", state: "withdrawn", at: func(_ *council, s *sitetest.Site) string {
		return fmt.Sprintf("/testham/you-said-we-did/%d", promised(s, actions.Withdrawn))
	}, ends: 410},
	{route: "GET /:organisation/performance", page: "public/performance", state: "filled", at: told("/testham/performance")},
	{route: "GET /:organisation/performance", page: "public/performance", state: "in Welsh", at: told("/testham/performance?lang=cy")},
	{route: "GET /:organisation/performance", page: "public/performance", state: "empty", on: firstDay, at: path("/testham/performance")},
	{page: "public/error", state: "no such item", at: path("/testham/you-said-we-did/999999"), ends: 404},
}
