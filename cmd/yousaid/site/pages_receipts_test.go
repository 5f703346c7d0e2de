package site_test

import (
	"net/url"
	"regexp"
	"strings"

	"yousaid/cmd/yousaid/site/sitetest"
)

var receiptCode = regexp.MustCompile(`<strong class="site-code">([A-Z0-9-]+)</strong>`)

// receipted sends feedback to its end and gives the code.
func receipted(s *sitetest.Site, comment string) string {
	s.T.Helper()
	last := s.Send(s.LinkTo("customer-satisfaction", "repairs", "web"),
		sitetest.Feedback{Rating: "2", Reasons: url.Values{"comment": {comment}}, About: url.Values{"sex": {"female"}}})
	return receiptCode.FindStringSubmatch(s.Get(last).Is(200).Text)[1]
}

// receiptPages are the pages of receipts.
var receiptPages = []pageState{
	{route: "GET /:organisation/receipt", page: "public/receipt", state: "to fill in", at: path("/testham/receipt")},
	{route: "GET /:organisation/receipt", page: "public/receipt", state: "in Welsh", at: path("/testham/receipt?lang=cy")},
	{route: "POST /:organisation/receipt", page: "public/receipt", state: "no code", at: path("/testham/receipt"),
		post: url.Values{"code": {" "}}, ends: 422},
	{route: "POST /:organisation/receipt", page: "public/receipt", state: "unknown, in Welsh", at: path("/testham/receipt?lang=cy"),
		post: url.Values{"code": {"AAAAA-AAAAA"}}, ends: 422},
}

// answersOf posts a code.
func answersOf(s *sitetest.Site, code, action string) *sitetest.Answer {
	return s.Post("/testham/receipt", url.Values{"code": {strings.ToLower(code[:5]) + "  " + code[6:]}, "action": {action}})
}
