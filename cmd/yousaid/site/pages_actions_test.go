package site_test

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"yousaid/analytics/actions"
	"yousaid/cmd/yousaid/site/sitetest"
	"yousaid/server/accounts"
	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
)

// promise is an action in the state; each call makes another.
func promise(state actions.State, change ...func(*actions.Content)) func(*council, *sitetest.Site) string {
	return func(_ *council, s *sitetest.Site) string {
		return fmt.Sprintf("/staff/actions/%d", promised(s, state, change...))
	}
}

func promised(s *sitetest.Site, state actions.State, change ...func(*actions.Content)) int64 {
	s.T.Helper()
	ctx := s.T.Context()
	must := func(err error) {
		s.T.Helper()
		if err != nil {
			s.T.Fatal(err)
		}
	}
	service, err := s.Catalogue.ServiceID(ctx, s.Org.ID, "repairs")
	must(err)
	second := tenant.Actor{Org: s.Org.ID, Name: "second@testham.example", Via: "web", Grants: s.By().Grants}
	today, err := s.Actions.Today(ctx, s.Org.ID)
	must(err)
	c := actions.Content{Service: service, Kind: actions.Did, Texts: actions.Texts{
		YouSaid: question.Text{"en": "Repairs take too long.", "cy": "Mae atgyweiriadau’n cymryd gormod o amser.", "ar": "الإصلاحات بطيئة."},
		WeDid:   question.Text{"en": "We hired more fitters.", "cy": "Fe wnaethom gyflogi mwy o osodwyr.", "ar": "وظفنا المزيد."}}}
	for _, f := range change {
		f(&c)
	}
	if c.Kind == actions.Doing {
		c.Owner = ownerOfPromises(s)
	}
	n, err := s.Actions.Create(ctx, s.By(), c)
	must(err)
	if state == actions.Draft {
		return n
	}
	must(s.Actions.Send(ctx, s.By(), n, 1, ""))
	if state == actions.Review {
		return n
	}
	must(s.Actions.Approve(ctx, second, n, 1, today))
	if state == actions.Withdrawn {
		must(s.Actions.Withdraw(ctx, second, n,
			question.Text{"en": "It was about another service.", "cy": "Roedd am wasanaeth arall.", "ar": "كان عن خدمة أخرى."}))
	}
	return n
}

// ownerOfPromises is somebody who looks after promises: an action that promises something cannot be sent without.
func ownerOfPromises(s *sitetest.Site) int64 {
	s.T.Helper()
	email := "owner@" + s.Org.Slug + ".example"
	people, err := s.Accounts.People(s.T.Context(), s.Org.ID)
	if err != nil {
		s.T.Fatal(err)
	}
	for _, p := range people {
		if p.Email == email {
			return p.ID
		}
	}
	if _, err := s.Accounts.AddUser(s.T.Context(), s.By(),
		accounts.NewUser{Email: email, Password: sitetest.Password, Role: tenant.Viewer}); err != nil {
		s.T.Fatal(err)
	}
	return ownerOfPromises(s)
}

func late(c *actions.Content) {
	c.Kind, c.Target = actions.Doing, time.Now().AddDate(0, -1, 0).Format(time.DateOnly)
}

// actionPages are the pages of actions.
var actionPages = []pageState{
	{route: "GET /staff/actions", page: "staff/actions", state: "filled", who: "administrator", at: func(_ *council, s *sitetest.Site) string {
		promised(s, actions.Published, late)
		promised(s, actions.Draft)
		return "/staff/actions"
	}},
	{route: "GET /staff/actions", page: "staff/actions", state: "empty", on: firstDay, as: boss},
	{route: "GET /staff/actions/new", page: "staff/action", state: "to fill in", who: "service"},
	{route: "POST /staff/actions/new", page: "staff/action", state: "nothing written", who: "service", at: path("/staff/actions/new"),
		post: url.Values{}, ends: 422},
	{route: "GET /staff/actions/:number", page: "staff/action", state: "a draft", who: "consultation", at: promise(actions.Draft)},
	{route: "GET /staff/actions/:number", page: "staff/action", state: "to review", who: "consultation", at: promise(actions.Review)},
	{route: "GET /staff/actions/:number", page: "staff/action", state: "overdue", who: "consultation", at: promise(actions.Published, late)},
	{route: "GET /staff/actions/:number", page: "staff/action", state: "a correction waits", who: "consultation",
		at: func(_ *council, s *sitetest.Site) string {
			n := promised(s, actions.Published, late)
			if err := s.Actions.Correct(s.T.Context(), s.By(), n, 1,
				actions.Texts{YouSaid: question.Text{"en": "Repairs are slow.", "cy": "Mae atgyweiriadau’n araf.", "ar": "بطيء."},
					WeDid: question.Text{"en": "We hired more fitters.", "cy": "Fe wnaethom gyflogi mwy o osodwyr.", "ar": "وظفنا المزيد."}},
				question.Text{"en": "Shorter.", "cy": "Byrrach.", "ar": "أقصر"}, ""); err != nil {
				s.T.Fatal(err)
			}
			return fmt.Sprintf("/staff/actions/%d", n)
		}},
	{route: "GET /staff/actions/:number", page: "staff/action", state: "withdrawn", who: "service", at: promise(actions.Withdrawn)},
	{route: "POST /staff/actions/:number", page: "staff/action", state: "not fit for review", who: "consultation",
		at: promise(actions.Draft), post: url.Values{"do": {"send"}, "revision": {"1"}, "kind": {"doing"},
			"service": {"0"}, "theme": {"0"}, "owner": {"0"}, "you_said-en": {"One resident, Mrs Jones, said so."}}, ends: 422},
	{route: "GET /staff/actions/:number", page: "staff/action", state: "with figures and a quote", who: "service", at: evident(actions.Draft)},
	{route: "GET /staff/actions/:number", page: "staff/action", state: "another quote waits", who: "administrator",
		at: func(c *council, s *sitetest.Site) string {
			at := evident(actions.Published)(c, s)
			n, _ := strconv.ParseInt(strings.TrimPrefix(at, "/staff/actions/"), 10, 64)
			quoteIt(s, n, reviewed(s, "The lift is out of order again."), note)
			return at
		}},
	{route: "GET /staff/actions/:number/figure", page: "staff/action_figure", state: "tables", who: "consultation",
		at: func(c *council, s *sitetest.Site) string { return evident(actions.Draft)(c, s) + "/figure" }},
	{route: "GET /staff/actions/:number/figure", page: "staff/action_figure", state: "no table fits", who: "administrator",
		at: func(c *council, s *sitetest.Site) string {
			return promise(actions.Draft)(c, s) + "/figure?slot=after&words=zebra"
		}},
	{route: "GET /staff/actions/:number/figure", page: "staff/action_figure", state: "a figure as it would be published",
		who: "consultation", at: func(c *council, s *sitetest.Site) string {
			return evident(actions.Published)(c, s) + fmt.Sprintf("/figure?slot=after&release=%d&row=0&kind=satisfied", aRelease(s, "channel"))
		}},
	{route: "POST /staff/actions/:number/figure", page: "staff/action_figure", state: "nothing chosen", who: "consultation",
		at:   func(c *council, s *sitetest.Site) string { return promise(actions.Draft)(c, s) + "/figure" },
		post: url.Values{}, ends: 422},
	{route: "POST /staff/actions/:number/figure", page: "staff/action_figure", state: "no note", who: "consultation",
		at:   func(c *council, s *sitetest.Site) string { return evident(actions.Published)(c, s) + "/figure" },
		post: url.Values{"do": {"take-out"}, "revision": {"4"}}, ends: 422},
	{route: "GET /staff/actions/:number/figure/new", page: "staff/action_figure_new", state: "a table that would leave",
		who: "consultation", at: func(c *council, s *sitetest.Site) string {
			from, to := lastMonths(4)
			return promise(actions.Draft)(c, s) + "/figure/new?" + url.Values{"survey": {"customer-satisfaction"}, "measure": {"rating"},
				"by": {"channel"}, "from": {from}, "to": {to}}.Encode()
		}},
	{route: "POST /staff/actions/:number/figure/new", page: "staff/action_figure_new", state: "no months", who: "consultation",
		at:   func(c *council, s *sitetest.Site) string { return promise(actions.Draft)(c, s) + "/figure/new" },
		post: url.Values{"survey": {"customer-satisfaction"}}, ends: 422},
	{route: "GET /staff/actions/:number/quote", page: "staff/action_quote", state: "reviewed comments", who: "service",
		at: func(c *council, s *sitetest.Site) string {
			reviewed(s, strings.Repeat("Nobody rang me back. ", 40))
			return evident(actions.Draft)(c, s) + "/quote"
		}},
	{route: "POST /staff/actions/:number/quote", page: "staff/action_quote", state: "no note", who: "administrator",
		at: func(c *council, s *sitetest.Site) string {
			return evident(actions.Published)(c, s) + "/quote?service=all"
		},
		post: url.Values{"comment": {"00000000-0000-0000-0000-000000000009"}, "service": {"all"}}, ends: 422},
	{route: "POST /staff/actions/:number/quote", page: "staff/confirm", state: "taking a quote out", who: "consultation",
		at:   func(c *council, s *sitetest.Site) string { return evident(actions.Published)(c, s) + "/quote" },
		post: url.Values{"do": {"take-out"}}},
}

// lastMonths are the first and last day of as many closed months.
func lastMonths(n int) (from, to string) {
	now := time.Now()
	first := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	return first.AddDate(0, -n, 0).Format(time.DateOnly), first.AddDate(0, 0, -1).Format(time.DateOnly)
}
