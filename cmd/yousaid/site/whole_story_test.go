package site_test

import (
	"net/url"
	"regexp"
	"testing"

	"yousaid/cmd/yousaid/site/sitetest"
)

// Two surveys that rate on one scale under different codes are counted together; one on another scale is left out and said so; and
// no link is a dead end.
func TestTheWholeCouncilOnOnePage(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	s.Publish("access-channels")
	s.Publish("good-average-poor")
	for range 6 {
		s.Send(s.LinkTo("customer-satisfaction", "waste", "web"), sitetest.Feedback{Rating: "5"})
	}
	for range 4 {
		link := s.LinkTo("access-channels", "repairs", "telephone")
		token := s.Get(link).Token()
		s.Post(link, url.Values{"token": {token}, "satisfaction": {"1"}}).Is(303)
	}
	s.Send(s.LinkTo("customer-satisfaction", "waste", "web"),
		sitetest.Feedback{Rating: "2", Reasons: url.Values{"comment": {"The lid was broken"}}})
	poor := s.LinkTo("good-average-poor", "waste", "kiosk")
	s.Post(poor, url.Values{"token": {s.Get(poor).Token()}, "rating": {"poor"}}).Is(303)
	s.LastMonth()
	boss := s.SignIn(s.Person("administrator"))
	council := s.Get("/staff/council?scale=lga-satisfaction-5", "Cookie", boss).Is(200).Shows("<strong>55%</strong>", "11 answers in",
		"Getting in touch with the council", "Not counted, because they rate on another scale:", "How did we do? (good-average-poor)",
		"There is no year before to compare with yet")
	// Asked for nothing in particular, the page takes the scale that most people answered on.
	s.Get("/staff/council", "Cookie", boss).Is(200).Shows("11 answers in")
	if regexp.MustCompile(`Least well rated`).MatchString(council.Text) {
		t.Error("services are ranked on a handful of answers")
	}
	// A service officer sees their own.
	manager := s.SignIn(s.Person("service"))
	s.Get("/staff/council?scale=lga-satisfaction-5", "Cookie", manager).Is(200).Shows("<strong>0%</strong>",
		"You see the answers about your own services",
		"The whole council: 55% satisfied; 11 answers; likely range 28% to 79%.")
	s.Get("/staff/results?survey=customer-satisfaction", "Cookie",
		manager).Is(200).Shows("The whole council, by every channel: 86% satisfied; 7 answers; likely range 49% to 97%.")
	s.Get("/staff/results?survey=customer-satisfaction", "Cookie", boss).Is(200).Hides("The whole council")
	// From the number to its comments in three clicks at most: the number, then the comments below it.
	w := s.Browse(1280, boss).WithoutScripts()
	w.Open("/staff/council?scale=lga-satisfaction-5")
	w.Click(".site-number a").Shows("The lid was broken")
	w.Open("/staff/council?scale=lga-satisfaction-5")
	w.Click(`a[href*="directorate=streets"]`).Shows("The lid was broken", "By service")
}

// Who sees one service does not see it compared with itself: where it is surely worse than the council it is said, and it is not
// called the best.
func TestAServiceIsComparedWithTheCouncil(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	for range 70 {
		s.Send(s.LinkTo("customer-satisfaction", "waste", "web"), sitetest.Feedback{Rating: "5"})
	}
	for range 60 {
		s.Send(s.LinkTo("customer-satisfaction", "repairs", "web"), sitetest.Feedback{Rating: "2"})
	}
	s.LastMonth()
	manager := s.SignIn(s.Person("service"))
	s.Get("/staff/council", "Cookie", manager).Is(200).Shows("<strong>0%</strong>", "The whole council: 54% satisfied; 130 answers",
		"Surely below the council as a whole:", "Your services").Hides("Best rated", "Least well rated")
	s.Get("/staff/council", "Cookie", s.SignIn(s.Person("viewer"))).Is(200).Shows("<strong>54%</strong>", "Best rated",
		"Least well rated").Hides("The whole council:")
}

// It is printed on one sheet, with few services, as in the tests of pages on paper, and with many.
func TestTheWholeCouncilPrintsOnOneSheet(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	s.Fill(3000)
	boss := s.SignIn(s.Person("administrator"))
	for _, printer := range sitetest.Printers() {
		t.Run(printer.Name, func(t *testing.T) {
			paper, _ := printer.Print(s.In(t), sitetest.Printing{Path: "/staff/council", Cookie: boss})
			if n := len(paper.Sheets); n != 1 {
				t.Errorf("the council page is printed on %d sheets", n)
			}
			for _, fault := range sheets(paper, 28) {
				t.Error(fault)
			}
			keep(t, paper, "council "+printer.Name)
		})
	}
}
