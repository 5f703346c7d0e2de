package site_test

import (
	"fmt"
	"net/url"
	"regexp"
	"sync"
	"time"

	"yousaid/analytics/plans"
	"yousaid/cmd/yousaid/site/sitetest"
)

var seenField = regexp.MustCompile(`name="seen" value="([0-9a-f]+)"`)

// fair is a site with so many answers that equality tables can be released.
type fair struct {
	once    sync.Once
	site    *sitetest.Site
	cookies map[string]string
}

func (f *fair) open(c *council) *fair {
	f.once.Do(func() {
		f.site, f.cookies = sitetest.New(c.full.T), map[string]string{}
		f.site.Fill(4000)
		for _, role := range []string{"equality", "administrator"} {
			f.cookies[role] = f.site.SignIn(f.site.Person(role))
		}
		f.site.Freeze()
	})
	return f
}

func fairSite(c *council) *sitetest.Site { return c.fair.open(c).site }

func fairAs(role string) func(*council) string {
	return func(c *council) string { return c.fair.open(c).cookies[role] }
}

// monthsAgo are the first day of one month and the last of a later one.
func monthsAgo(first, last int) (from, to string) {
	now := time.Now()
	month := func(n int) time.Time {
		return time.Date(now.Year(), now.Month()-time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	}
	return month(first).Format(time.DateOnly), month(last-1).AddDate(0, 0, -1).Format(time.DateOnly)
}

// someMonths asks for the rating in some months, split by one or two dimensions.
func someMonths(first, last int, by ...string) url.Values {
	from, to := monthsAgo(first, last)
	q := url.Values{"survey": {"customer-satisfaction"}, "measure": {"rating"}, "by": by[:1], "from": {from}, "to": {to}}
	if len(by) > 1 {
		q.Set("and", by[1])
	}
	return q
}

func toRelease(q url.Values) func(*council, *sitetest.Site) string {
	return path("/staff/equality/release?" + q.Encode())
}

// stale is a form of somebody who saw other figures.
func stale(q url.Values) url.Values {
	q.Set("seen", "other")
	return q
}

// inRegister is the page of a release in the register.
func inRegister(q url.Values) func(*council, *sitetest.Site) string {
	return func(c *council, s *sitetest.Site) string {
		return letOut(s, c.fair.open(c).cookies["equality"], q)
	}
}

// letOut releases an equality table as an officer does, and gives its page in the register.
func letOut(s *sitetest.Site, cookie string, query url.Values) string {
	s.T.Helper()
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

// owed plans a table, and gives the address of a page.
func owed(to string) func(*council, *sitetest.Site) string {
	return func(_ *council, s *sitetest.Site) string {
		survey, err := s.Surveys.BySlug(s.T.Context(), s.Org.ID, "customer-satisfaction")
		if err != nil {
			s.T.Fatal(err)
		}
		for _, by := range [][]string{{"age", "channel"}, {"sex"}} {
			_, err := s.Plans.Add(s.T.Context(), s.By(),
				plans.Plan{Survey: survey.ID, Measure: "rating", By: by, Cadence: plans.Quarterly, Standing: true})
			if err != nil {
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

// tooFine asks about a month in which nobody answered: nothing can be shown.
func tooFine(*council, *sitetest.Site) string {
	return "/staff/equality?" + someMonths(20, 20, "age", "service").Encode()
}

func thisQuarter() string {
	now := time.Now()
	return plans.Quarter{Year: now.Year(), Number: (int(now.Month()) + 2) / 3}.String()
}

// equalityPages are the pages of the equality workspace, the register and the plans.
var equalityPages = []pageState{
	{route: "GET /staff/equality", page: "staff/equality", state: "age by channel", who: "equality",
		at: path("/staff/equality?survey=customer-satisfaction&by=age_group&and=channel")},
	{route: "GET /staff/equality", page: "staff/equality", state: "age by sex with subtotals", who: "equality",
		at: path("/staff/equality?survey=customer-satisfaction&by=age&and=sex&subtotals=yes")},
	{route: "GET /staff/equality", page: "staff/equality", state: "reasons by ethnic group", who: "administrator",
		at: path("/staff/equality?survey=customer-satisfaction&by=ethnic_group&measure=reason&subtotals=yes")},
	{route: "GET /staff/equality", page: "staff/equality", state: "crossed with its own groups", who: "equality",
		at: path("/staff/equality?survey=customer-satisfaction&by=age&and=age_group"), ends: 422},
	{route: "GET /staff/equality", page: "staff/equality", state: "no such second split", who: "equality",
		at: path("/staff/equality?survey=customer-satisfaction&by=age&and=nothing"), ends: 422},
	{route: "GET /staff/equality/release", page: "staff/equality_release", state: "to confirm", on: fairSite, as: fairAs("equality"),
		at: toRelease(someMonths(3, 2, "age_group", "channel"))},
	{route: "GET /staff/equality", page: "staff/equality", state: "all hidden", who: "equality", at: tooFine},
	{route: "GET /staff/equality/release", page: "staff/equality_release", state: "all hidden", on: fairSite, as: fairAs("equality"),
		at: toRelease(someMonths(20, 20, "sex", "channel")), ends: 422},
	{route: "GET /staff/equality/release", page: "staff/equality_release", state: "with a filter", who: "equality",
		at: path("/staff/equality/release?survey=customer-satisfaction&by=sex&channel=web"), ends: 422},
	{route: "POST /staff/equality/release", page: "staff/equality_release", state: "changed meanwhile", on: fairSite,
		as: fairAs("administrator"), at: toRelease(someMonths(9, 8, "sex")),
		post: stale(someMonths(9, 8, "sex")), ends: 422},
	{route: "GET /staff/equality/plan", page: "staff/equality_plan", state: "filled", who: "equality", at: owed("/staff/equality/plan")},
	{route: "GET /staff/equality/plan", page: "staff/equality_plan", state: "about to end one", who: "equality", at: ending},
	{route: "GET /staff/equality/plan", page: "staff/equality_plan", state: "empty", on: firstDay, as: boss},
	{route: "POST /staff/equality/plan", page: "staff/equality_plan", state: "nothing chosen", who: "equality",
		at: path("/staff/equality/plan"), post: url.Values{"do": {"add"}, "cadence": {"month"}, "standing": {"yes"}}, ends: 422},
	{route: "GET /staff/equality/report", page: "staff/equality_report", state: "filled", who: "equality",
		at: owed("/staff/equality/report?survey=customer-satisfaction")},
	{route: "GET /staff/equality/report", page: "staff/equality_report", state: "nothing planned", who: "equality",
		at: path("/staff/equality/report?survey=access-channels")},
	{route: "GET /staff/equality/report", page: "staff/equality_report", state: "not over", who: "administrator",
		at: path("/staff/equality/report?survey=customer-satisfaction&quarter=" + thisQuarter()), ends: 422},
	{route: "GET /staff/equality/report", page: "staff/equality_report", state: "empty", on: firstDay, as: boss},
	{route: "POST /staff/equality/report", page: "staff/equality_report", state: "no such survey", who: "equality",
		at: path("/staff/equality/report"), post: url.Values{"survey": {"nothing"}}, ends: 422},
	{route: "GET /staff/releases", page: "staff/releases", state: "filled", on: fairSite, as: fairAs("equality"),
		at: func(c *council, s *sitetest.Site) string {
			inRegister(oneDimension)(c, s)
			return "/staff/releases"
		}},
	{route: "GET /staff/releases", page: "staff/releases", state: "without groups of people", who: "consultation"},
	{route: "GET /staff/releases", page: "staff/releases", state: "empty", on: firstDay, as: boss},
	{route: "GET /staff/releases/:id", page: "staff/release", state: "crossed", on: fairSite, as: fairAs("administrator"),
		at: inRegister(twoDimensions)},
	{route: "GET /staff/releases/:id", page: "staff/release", state: "checked and downloaded", on: fairSite, as: fairAs("equality"),
		at: func(c *council, s *sitetest.Site) string {
			at := inRegister(twoDimensions)(c, s)
			s.Get(at+"/table.csv", "Cookie", c.fair.cookies["equality"]).Is(200)
			s.Post(at, url.Values{}, "Cookie", c.fair.cookies["equality"]).Is(303)
			return at
		}},
	{route: "GET /staff/releases/:id", page: "staff/release", state: "one characteristic", on: fairSite, as: fairAs("equality"),
		at: inRegister(oneDimension)},
}

var oneDimension, twoDimensions = someMonths(1, 1, "sex"), someMonths(7, 5, "age_group", "channel")
