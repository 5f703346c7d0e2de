package site_test

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"yousaid/analytics/calendar"
	"yousaid/cmd/yousaid/site/sitetest"
	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
)

// planned puts a publication of the last so many closed months in the calendar and gives its page.
func planned(s *sitetest.Site, months int, due string) string {
	return plannedBy(s, "service", months, due)
}

// plannedBy is planned with another split.
func plannedBy(s *sitetest.Site, by string, months int, due string) string {
	s.T.Helper()
	plan(s, by, months, due)
	agreed(s, "/staff/published")
	from, to := lastMonths(months)
	list, err := s.Publications.Publications(s.T.Context(), s.Org.ID)
	if err != nil {
		s.T.Fatal(err)
	}
	for _, p := range list {
		if p.From == from && p.To == to && p.By == by {
			return fmt.Sprintf("/staff/published/%d", p.ID)
		}
	}
	s.T.Fatal("it is not in the calendar")
	return ""
}

// plan proposes a publication for the calendar.
func plan(s *sitetest.Site, by string, months int, due string) {
	s.T.Helper()
	survey, err := s.Surveys.BySlug(s.T.Context(), s.Org.ID, "customer-satisfaction")
	if err != nil {
		s.T.Fatal(err)
	}
	from, to := lastMonths(months)
	if _, err := s.Publications.Plan(s.T.Context(), s.By(),
		[]calendar.Publication{{Titles: question.Text{"en": "Satisfaction by service", "cy": "Bodlonrwydd yn ôl gwasanaeth",
			"ar": "الرضا حسب الخدمة"},
			Survey: survey.ID, Measure: "rating", By: by, From: from, To: to, Due: due}}); err != nil {
		s.T.Fatal(err)
	}
}

// agreed has a second person approve what waits on the page of a publication, or of the calendar.
func agreed(s *sitetest.Site, page string) {
	s.T.Helper()
	id, _ := strconv.ParseInt(strings.TrimPrefix(page, "/staff/published/"), 10, 64) // 0 for the calendar
	waiting, err := s.Publications.Waiting(s.T.Context(), s.Org.ID, id)
	if err != nil || len(waiting) == 0 {
		s.T.Fatalf("nothing waits on %s: %v", page, err)
	}
	second := tenant.Actor{Org: s.Org.ID, Name: "second@testham.example", Via: "web", Grants: s.By().Grants}
	for _, w := range waiting {
		if err := s.Publications.ApproveChange(s.T.Context(), second, id, w.ID, time.Now().In(s.Org.Zone()).Format(time.DateOnly)); err != nil {
			s.T.Fatal(err)
		}
	}
}

func tomorrow() string  { return time.Now().AddDate(0, 0, 1).Format(time.DateOnly) }
func yesterday() string { return time.Now().AddDate(0, 0, -1).Format(time.DateOnly) }

// outThere publishes a table, and gives its page.
func outThere(c *council, s *sitetest.Site) string {
	s.T.Helper()
	at := planned(s, 6, yesterday())
	s.Post(at, url.Values{"do": {"publish"}}, "Cookie", c.cookies["consultation"]).Is(303)
	agreed(s, at)
	return at
}

// figurePages are the pages of published figures, for staff.
var figurePages = []pageState{
	{route: "GET /staff/published", page: "staff/published", state: "filled", who: "consultation",
		at: func(c *council, s *sitetest.Site) string {
			outThere(c, s)
			planned(s, 1, yesterday())
			return "/staff/published"
		}},
	{route: "GET /staff/published", page: "staff/published", state: "additions wait", who: "consultation",
		at: func(_ *council, s *sitetest.Site) string {
			plan(s, "channel", 2, tomorrow())
			return "/staff/published"
		}},
	{route: "GET /staff/published/:id", page: "staff/publication", state: "a table waits", who: "consultation",
		at: func(c *council, s *sitetest.Site) string {
			at := planned(s, 6, yesterday())
			s.Post(at, url.Values{"do": {"publish"}}, "Cookie", c.cookies["administrator"]).Is(303)
			return at
		}},
	{route: "GET /staff/published/:id", page: "staff/publication", state: "a correction of one’s own waits", who: "consultation",
		at: func(c *council, s *sitetest.Site) string {
			at := outThere(c, s)
			for range 12 { // fewer than five could not leave: see TestAGroupThatGainsAFewLate of analytics
				s.Send(c.link, sitetest.Feedback{Rating: "1"})
			}
			s.TodayLastMonth()
			s.Post(at, url.Values{"do": {"correct"}, "note-en": {"Late answers were added."}, "note-cy": {"Ychwanegwyd atebion hwyr."},
				"note-ar": {"إجابات"}}, "Cookie", c.cookies["consultation"]).Is(303)
			return at
		}},
	{route: "GET /staff/published", page: "staff/published", state: "empty", on: firstDay, as: boss},
	{route: "GET /staff/published/new", page: "staff/published_new", state: "to fill in", who: "consultation"},
	{route: "POST /staff/published/new", page: "staff/published_new", state: "nothing written", who: "administrator",
		at: path("/staff/published/new"), post: url.Values{"times": {"99"}}, ends: 422},
	{route: "GET /staff/published/:id", page: "staff/publication", state: "planned", who: "consultation",
		at: func(_ *council, s *sitetest.Site) string { return planned(s, 3, tomorrow()) }},
	{route: "GET /staff/published/:id", page: "staff/publication", state: "published", who: "consultation", at: outThere},
	{route: "GET /staff/published/:id", page: "staff/publication", state: "late", who: "consultation",
		at: func(_ *council, s *sitetest.Site) string { return planned(s, 2, yesterday()) }},
	{route: "POST /staff/published/:id", page: "staff/publication", state: "corrected without a note", who: "consultation",
		at: outThere, post: url.Values{"do": {"correct"}}, ends: 422},
}
