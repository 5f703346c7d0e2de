package site_test

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"sync"
	"time"

	"yousaid/analytics/releases"
	"yousaid/cmd/yousaid/site/sitetest"
)

var leftOnce sync.Mutex

var seenField = regexp.MustCompile(`name="seen" value="([0-9a-f]+)"`)

// letOut releases an equality table as an officer does, and gives its page in the register.
func letOut(s *sitetest.Site, cookie string, query url.Values) string {
	s.T.Helper()
	leftOnce.Lock()
	defer leftOnce.Unlock()
	page := s.Get("/staff/equality/release?"+query.Encode(), "Cookie", cookie).Is(200)
	return s.Post("/staff/equality/release", fields(page), "Cookie", cookie).To()
}

// fields are the hidden ones of a page, which its button sends.
func fields(a *sitetest.Answer) url.Values {
	form := url.Values{}
	for _, m := range regexp.MustCompile(`<input type="hidden" name="([a-z]+)" value="([^"]*)">`).FindAllStringSubmatch(a.Text, -1) {
		form.Add(m[1], m[2])
	}
	return form
}

// inRegister is the page of a release of one or two dimensions.
func inRegister(by ...string) func(*council, *sitetest.Site) string {
	return func(c *council, s *sitetest.Site) string {
		q := url.Values{"survey": {"customer-satisfaction"}, "measure": {"rating"}, "by": by[:1]}
		if len(by) > 1 {
			q.Set("and", by[1])
		}
		return letOut(s, c.cookies["equality"], q)
	}
}

// owed plans a table, and gives the address of a page.
func owed(to string) func(*council, *sitetest.Site) string {
	return func(_ *council, s *sitetest.Site) string {
		survey, err := s.Surveys.BySlug(s.T.Context(), s.Org.ID, "customer-satisfaction")
		if err != nil {
			s.T.Fatal(err)
		}
		for _, by := range [][]string{{"age", "channel"}, {"sex"}} {
			_, err := s.Plans.Add(s.T.Context(), s.By(), releases.Plan{Survey: survey.ID, Measure: "rating", By: by, Cadence: releases.Quarterly, Standing: true})
			if err != nil && !errors.Is(err, releases.ErrPlanExists) {
				s.T.Fatal(err)
			}
		}
		return to
	}
}

// ending is the question whether a plan is to be ended.
func ending(c *council, s *sitetest.Site) string {
	owed("")(c, s)
	list, err := s.Plans.Plans(s.T.Context(), s.Org.ID)
	if err != nil {
		s.T.Fatal(err)
	}
	return fmt.Sprintf("/staff/equality/plan?end=%d", list[0].ID)
}

// tooFine asks for so small groups that nothing can be shown.
func tooFine(to string) func(*council, *sitetest.Site) string {
	return func(*council, *sitetest.Site) string {
		from, last := lastMonths(1)
		return to + "?survey=customer-satisfaction&by=age&and=service&from=" + from + "&to=" + last
	}
}

func thisQuarter() string {
	now := time.Now()
	return releases.Quarter{Year: now.Year(), Number: (int(now.Month()) + 2) / 3}.String()
}

// equalityVisits are the pages of the equality workspace, the register and the plans.
var equalityVisits = []visit{
	{route: "GET /staff/equality", page: "staff/equality", state: "age by channel", who: "equality", at: path("/staff/equality?survey=customer-satisfaction&by=age_group&and=channel")},
	{route: "GET /staff/equality", page: "staff/equality", state: "age by sex with subtotals", who: "equality", at: path("/staff/equality?survey=customer-satisfaction&by=age&and=sex&subtotals=yes")},
	{route: "GET /staff/equality", page: "staff/equality", state: "reasons by ethnic group", who: "administrator", at: path("/staff/equality?survey=customer-satisfaction&by=ethnic_group&measure=reason&subtotals=yes")},
	{route: "GET /staff/equality", page: "staff/equality", state: "crossed with its own groups", who: "equality", at: path("/staff/equality?survey=customer-satisfaction&by=age&and=age_group"), ends: 422},
	{route: "GET /staff/equality", page: "staff/equality", state: "no such second split", who: "equality", at: path("/staff/equality?survey=customer-satisfaction&by=age&and=nothing"), ends: 422},
	{route: "GET /staff/equality/release", page: "staff/equality_release", state: "to confirm", who: "equality", at: path("/staff/equality/release?survey=customer-satisfaction&by=age_group&and=channel")},
	{route: "GET /staff/equality", page: "staff/equality", state: "all hidden", who: "equality", at: tooFine("/staff/equality")},
	{route: "GET /staff/equality/release", page: "staff/equality_release", state: "all hidden", who: "equality", at: tooFine("/staff/equality/release"), ends: 422},
	{route: "GET /staff/equality/release", page: "staff/equality_release", state: "with a filter", who: "equality", at: path("/staff/equality/release?survey=customer-satisfaction&by=sex&channel=web"), ends: 422},
	{route: "POST /staff/equality/release", page: "staff/equality_release", state: "changed meanwhile", who: "administrator", at: path("/staff/equality/release?survey=customer-satisfaction&by=sex"),
		post: url.Values{"survey": {"customer-satisfaction"}, "measure": {"rating"}, "by": {"sex"}, "seen": {"other"}}, ends: 422},
	{route: "GET /staff/equality/plan", page: "staff/equality_plan", state: "filled", who: "equality", at: owed("/staff/equality/plan")},
	{route: "GET /staff/equality/plan", page: "staff/equality_plan", state: "about to end one", who: "equality", at: ending},
	{route: "GET /staff/equality/plan", page: "staff/equality_plan", state: "empty", on: firstDay, as: boss},
	{route: "POST /staff/equality/plan", page: "staff/equality_plan", state: "nothing chosen", who: "equality", at: path("/staff/equality/plan"), post: url.Values{"do": {"add"}, "cadence": {"month"}, "standing": {"yes"}}, ends: 422},
	{route: "GET /staff/equality/report", page: "staff/equality_report", state: "filled", who: "equality", at: owed("/staff/equality/report?survey=customer-satisfaction")},
	{route: "GET /staff/equality/report", page: "staff/equality_report", state: "nothing planned", who: "equality", at: path("/staff/equality/report?survey=access-channels")},
	{route: "GET /staff/equality/report", page: "staff/equality_report", state: "not over", who: "administrator", at: path("/staff/equality/report?survey=customer-satisfaction&quarter=" + thisQuarter()), ends: 422},
	{route: "GET /staff/equality/report", page: "staff/equality_report", state: "empty", on: firstDay, as: boss},
	{route: "POST /staff/equality/report", page: "staff/equality_report", state: "no such survey", who: "equality", at: path("/staff/equality/report"), post: url.Values{"survey": {"nothing"}}, ends: 422},
	{route: "GET /staff/releases", page: "staff/releases", state: "filled", who: "equality", at: func(c *council, s *sitetest.Site) string {
		inRegister("sex")(c, s)
		return "/staff/releases"
	}},
	{route: "GET /staff/releases", page: "staff/releases", state: "without groups of people", who: "consultation"},
	{route: "GET /staff/releases", page: "staff/releases", state: "empty", on: firstDay, as: boss},
	{route: "GET /staff/releases/:id", page: "staff/release", state: "crossed", who: "administrator", at: inRegister("age_group", "channel")},
	{route: "GET /staff/releases/:id", page: "staff/release", state: "one characteristic", who: "equality", at: inRegister("sex")},
}
