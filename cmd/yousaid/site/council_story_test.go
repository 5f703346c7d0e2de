package site_test

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"yousaid/analytics/calendar"
	"yousaid/cmd/yousaid/site/sitetest"
	"yousaid/server/accounts"
	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
)

// twoHalves publishes the last two times three months by service, and gives the pages of both, the newer one first.
func twoHalves(c *council, s *sitetest.Site) (pages [2]string) {
	s.T.Helper()
	survey, err := s.Surveys.BySlug(s.T.Context(), s.Org.ID, "customer-satisfaction")
	if err != nil {
		s.T.Fatal(err)
	}
	now := time.Now().In(s.Org.Zone())
	for i := range pages {
		from := time.Date(now.Year(), now.Month()-time.Month(3*(i+1)), 1, 0, 0, 0, 0, time.UTC)
		p := calendar.Publication{Titles: question.Text{"en": "Satisfaction by service", "cy": "Bodlonrwydd yn ôl gwasanaeth",
			"ar": "الرضا حسب الخدمة"}, Survey: survey.ID, Measure: "rating", By: "service",
			From: from.Format(time.DateOnly), To: from.AddDate(0, 3, -1).Format(time.DateOnly), Due: tomorrow()}
		if _, err := s.Publications.Plan(s.T.Context(), s.By(), []calendar.Publication{p}); err != nil {
			s.T.Fatal(err)
		}
		agreed(s, "/staff/published")
		list, err := s.Publications.Publications(s.T.Context(), s.Org.ID)
		if err != nil {
			s.T.Fatal(err)
		}
		for _, one := range list {
			if one.From == p.From && one.To == p.To {
				pages[i] = fmt.Sprintf("/staff/published/%d", one.ID)
			}
		}
		s.Post(pages[i], url.Values{"do": {"publish"}}, "Cookie", c.cookies["consultation"]).Is(303)
		agreed(s, pages[i])
	}
	return pages
}

// The council's overall figure is public, with its trend, and is the total of a released table: what comes in later, and what
// nobody approved, changes nothing.
func TestTheOverallFigureIsAReleasedOne(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	s.Fill(1500)
	c := &council{cookies: map[string]string{"consultation": s.SignIn(s.Person("consultation"))}}
	for _, at := range []string{"/testham", "/testham/performance"} {
		s.Get(at).Is(200).Hides("of the people who answered were satisfied")
	}
	pages := twoHalves(c, s)
	total := func(page string) string {
		var n int
		var share float64
		if err := s.Database.Owner().QueryRow(`
			SELECT (cell->>'n')::int, (cell->>'satisfied')::float8
			FROM   publications p JOIN releases r ON r.id = p.release_id, jsonb_array_elements(r.cells->'cells') AS cell
			WHERE  p.id = $1 AND cell->'by'->>'service' = '(all)'`, strings.TrimPrefix(page, "/staff/published/")).Scan(&n, &share); err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("%.1f%% of %d", 100*share, n)
	}
	newer, older := total(pages[0]), total(pages[1])
	share, people, _ := strings.Cut(newer, " of ")
	before, _, _ := strings.Cut(older, " of ")
	for range 30 {
		s.Send(s.Link("web"), sitetest.Feedback{Rating: "1"})
	}
	s.LastMonth() // they count in the newest period, which has left
	for _, at := range []string{"/testham", "/testham/performance"} {
		soon(s, at, "<strong>"+share+"</strong> of the people who answered were satisfied.", people+" people answered", "likely range").Is(200)
	}
	performance := s.Get("/testham/performance").Is(200).Shows("The whole council, by period", share, before, "A line over 2 periods",
		"Very satisfied")
	if n := len(regexp.MustCompile(`<circle`).FindAllString(performance.Text, -1)); n != 2 {
		t.Errorf("the trend has %d points", n)
	}
	s.Get("/testham/performance?lang=cy").Is(200).Shows("Y cyngor cyfan", share)
	// Withdrawn, the figure is gone with its table, and the one before stands.
	s.Post(pages[0], url.Values{"do": {"withdraw"}, "sure": {"yes"}, "note-en": {"A fault."}, "note-cy": {"Nam."}}, "Cookie",
		c.cookies["consultation"]).Is(303)
	soon(s, "/testham", "<strong>"+before+"</strong>").Is(200)
	soon(s, "/testham/performance", "<strong>"+before+"</strong>").Is(200).Hides("<strong>"+share+"</strong>", "A line over 2 periods")
}

// The root of the site leads to the page of its council, or of each, and that page leads to all that the council publishes.
func TestTheRootLeadsToEachCouncil(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	if at := s.Get("/").To(); at != "/testham" {
		t.Errorf("the only council is at %q", at)
	}
	page := s.Get("/testham").Is(200).Shows("What people tell us, and what we do about it", `lang=cy`).Hides("performance?lang",
		`content="noindex"`)
	links := regexp.MustCompile(`href="(/testham[^"]*)"`).FindAllStringSubmatch(page.Text, -1)
	for _, want := range []string{"you-said-we-did", "receipt", "privacy", "sign-in"} {
		page.Shows("/testham/" + want)
	}
	for _, m := range links {
		if a := s.Get(strings.ReplaceAll(m[1], "&amp;", "&")); a.StatusCode != 200 && a.StatusCode != 303 {
			t.Errorf("%s answers %d", m[1], a.StatusCode)
		}
	}
	s.Get("/testham", "Accept-Language", "cy").Is(200).Shows(`<html lang="cy"`, "Fe ddywedoch chi, fe wnaethom ni")
	for _, nobody := range []string{"/nobody", "/%00", "/%ff", "/favicon.ico", "/test_ham", "/" + strings.Repeat("x", 300), "/testham%27"} {
		s.Get(nobody).Is(404).Shows("Check the address")
	}
	if at := s.Get("/TESTHAM").Is(308).Header.Get("Location"); at != "/testham" {
		t.Errorf("capitals lead to %q", at)
	}
	if _, err := s.Accounts.Add(t.Context(), tenant.CommandLine(0),
		accounts.Organisation{Slug: "fenland", LinkPrefix: "FEN", Names: question.Text{"en": "Fenland <b>District</b> Council"}}); err != nil {
		t.Fatal(err)
	}
	s.Get("/").Is(200).Shows(`href="/testham"`, `href="/fenland"`, "Fenland &lt;b&gt;District", "/staff/sign-in")
	s.Get("/fenland").Is(200).Hides("Testham")
}
