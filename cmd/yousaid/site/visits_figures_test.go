package site_test

import (
	"errors"
	"fmt"
	"net/url"
	"sync"
	"time"

	"yousaid/analytics/releases"
	"yousaid/cmd/yousaid/site/sitetest"
	"yousaid/surveys/question"
)

// planned puts a publication of the last so many closed months in the calendar and gives its page.
func planned(s *sitetest.Site, months int, due string) string {
	return plannedBy(s, "service", months, due)
}

// plannedBy is planned with another split. Tables of one split and different months, published on one site, would be refused beside each other: their difference is small.
func plannedBy(s *sitetest.Site, by string, months int, due string) string {
	s.T.Helper()
	survey, err := s.Surveys.BySlug(s.T.Context(), s.Org.ID, "customer-satisfaction")
	if err != nil {
		s.T.Fatal(err)
	}
	from, to := lastMonths(months)
	if _, err := s.Publications.Plan(s.T.Context(), s.By(), []releases.Publication{{Titles: question.Text{"en": "Satisfaction by service", "cy": "Bodlonrwydd yn ôl gwasanaeth", "ar": "الرضا حسب الخدمة"},
		Survey: survey.ID, Measure: "rating", By: by, From: from, To: to, Due: due}}); err != nil && !errors.Is(err, releases.ErrPlanned) {
		s.T.Fatal(err)
	}
	list, err := s.Publications.Publications(s.T.Context(), s.Org.ID)
	if err != nil {
		s.T.Fatal(err)
	}
	for _, p := range list { // it may have been planned by another visit
		if p.From == from && p.To == to && p.By == by {
			return fmt.Sprintf("/staff/published/%d", p.ID)
		}
	}
	s.T.Fatal("it is not in the calendar")
	return ""
}

func tomorrow() string  { return time.Now().AddDate(0, 0, 1).Format(time.DateOnly) }
func yesterday() string { return time.Now().AddDate(0, 0, -1).Format(time.DateOnly) }

var outOnce sync.Mutex

// outThere is the publication that is public: one for all visits.
func outThere(c *council, s *sitetest.Site) string {
	outOnce.Lock()
	defer outOnce.Unlock()
	list, err := s.Publications.Publications(s.T.Context(), s.Org.ID)
	if err != nil {
		s.T.Fatal(err)
	}
	for _, p := range list {
		if p.State == "published" {
			return fmt.Sprintf("/staff/published/%d", p.ID)
		}
	}
	at := planned(s, 6, yesterday())
	s.Post(at, url.Values{"do": {"publish"}}, "Cookie", c.cookies["consultation"]).Is(303)
	return at
}

// figureVisits are the pages of published figures, for staff.
var figureVisits = []visit{
	{route: "GET /staff/published", page: "staff/published", state: "filled", who: "consultation", at: func(c *council, s *sitetest.Site) string {
		outThere(c, s)
		planned(s, 1, yesterday())
		return "/staff/published"
	}},
	{route: "GET /staff/published", page: "staff/published", state: "empty", on: firstDay, as: boss},
	{route: "GET /staff/published/new", page: "staff/published_new", state: "to fill in", who: "consultation"},
	{route: "POST /staff/published/new", page: "staff/published_new", state: "nothing written", who: "administrator", at: path("/staff/published/new"), post: url.Values{"times": {"99"}}, ends: 422},
	{route: "GET /staff/published/:id", page: "staff/publication", state: "planned", who: "consultation", at: func(_ *council, s *sitetest.Site) string { return planned(s, 3, tomorrow()) }},
	{route: "GET /staff/published/:id", page: "staff/publication", state: "published", who: "consultation", at: outThere},
	{route: "GET /staff/published/:id", page: "staff/publication", state: "late", who: "consultation", at: func(_ *council, s *sitetest.Site) string { return planned(s, 2, yesterday()) }},
	{route: "POST /staff/published/:id", page: "staff/publication", state: "corrected without a note", who: "consultation", at: outThere, post: url.Values{"do": {"correct"}}, ends: 422},
}
