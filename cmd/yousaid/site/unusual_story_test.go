package site_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"yousaid/analytics/figures"
	"yousaid/analytics/tables"
	"yousaid/cmd/yousaid/site/sitetest"
	"yousaid/surveys/links"
	"yousaid/surveys/tenant"
)

// decide is the form of a decision about everything from last month to the next hour.
func decide(s *sitetest.Site, act, reason string) url.Values {
	now := time.Now().In(s.Org.Zone())
	return url.Values{"do": {"decide"}, "act": {act}, "from": {now.AddDate(0, -2, 0).Format("2006-01-02T15:04")},
		"to": {now.Add(2 * time.Hour).Format("2006-01-02T15:04")}, "reason": {reason}}
}

// One script answers as fast as it can: it is held up with its answers kept, what it sent does not count anywhere, and staff can
// count it again and take that back.
func TestAScriptStuffsTheBox(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	to, kiosk := s.Link("web"), s.Link("kiosk")
	flood(s, to, 200, 0) // in a loop, without reading
	token := s.Get(to).Is(200).Token()
	late := s.Post(to+"?in=en", url.Values{"token": {token}, "rating": {"4"}}).Is(429).Shows("Very many answers",
		"Wait 1 minute, then send them again", `value="4" checked`)
	if wait := late.Header.Get("Retry-After"); wait == "" || wait == "0" {
		t.Errorf("Retry-After is %q", wait)
	}
	if again := late.Token(); again != token {
		t.Error("the page has another token: sent again it would be another response")
	}
	s.Post(to+"?in=cy", url.Values{"token": {token}, "rating": {"4"}}).Is(429).Shows("cysylltiad rhyngrwyd", "Arhoswch 1 funud",
		`value="4" checked`)
	s.Responses(200)
	flood(s, kiosk, 3, 20*time.Second) // another link, and people who read, in the same building
	s.Responses(203)

	boss := s.SignIn(s.Person("administrator"))
	at := unusualAt("")(nil, s)
	counts := func(n int, excluded string) {
		t.Helper()
		s.Get("/staff", "Cookie", boss).Is(200).Shows(fmt.Sprintf("%d responses", n))
		s.Get("/staff/results?survey=customer-satisfaction", "Cookie", boss).Is(200).Shows(fmt.Sprintf("%d responses count here.", n))
		page := s.Get("/staff/results?survey=customer-satisfaction", "Cookie", boss)
		if has := strings.Contains(page.Text, "excluded as unusual"); has != (excluded != "") || !strings.Contains(page.Text, excluded) {
			t.Errorf("the results do not show %q", excluded)
		}
		used, err := s.Links.Called(t.Context(), s.Org.ID, to[len("/f/"):])
		if err != nil || used.Responses != n-3 {
			t.Errorf("the link counts %d responses, %v; want %d", used.Responses, err, n-3)
		}
	}
	counts(3, "200 answers excluded as unusual.")
	s.Get(at, "Cookie", boss).Is(200).Shows("Too fast to read", "If every unusual answer counted", ">203<", ">3<")
	s.Get("/staff/unusual", "Cookie", boss).Is(200).Shows(">200<")

	s.Post(at, decide(s, "include", ""), "Cookie", boss).Is(422).Shows("Say why")
	s.Post(at, decide(s, "include", "It was our own test"), "Cookie", boss).Is(303)
	counts(203, "")
	list, err := s.Unusual.Decisions(t.Context(), s.Org.ID, 0, 10)
	if err != nil || len(list) != 1 || list[0].State != "done" || list[0].Changed != 200 || list[0].Published {
		t.Fatalf("the decisions are %+v, %v", list, err)
	}
	undo := url.Values{"do": {"undo"}, "decision": {fmt.Sprint(list[0].ID)}, "why": {"It was not"}}
	s.Post(at, undo, "Cookie", boss).Is(303)
	counts(3, "200 answers excluded as unusual.")
	s.Post(at, undo, "Cookie", boss).Is(422).Shows("Somebody else has decided")
	s.Post(at, decide(s, "exclude", "Everything of today"), "Cookie", boss).Is(303)
	s.Get("/staff", "Cookie", boss).Is(200).Shows("0 responses")
	if list, err = s.Unusual.Decisions(t.Context(), s.Org.ID, 0, 1); err != nil || list[0].Changed != 3 {
		t.Fatalf("excluding what counted changed %+v, %v", list, err)
	}
	s.Post(at, url.Values{"do": {"undo"}, "decision": {fmt.Sprint(list[0].ID)}, "why": {"Too much"}}, "Cookie", boss).Is(303)
	counts(3, "200 answers excluded as unusual.")
	s.Get("/staff/audit", "Cookie", boss).Is(200).Shows("unusual.asked", "unusual.done")
}

// Where figures of the time are public, a second person agrees, the frozen table stays, and the public reads in a rounded number
// that answers were excluded later.
func TestPublishedFiguresNeedTwoPeopleAndStay(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	flood(s, s.Link("web"), 64, 20*time.Second)
	flood(s, s.Link("telephone"), 7, 20*time.Second)
	s.LastMonth()
	boss, other := s.SignIn(s.Person("administrator")), s.SignIn(s.Person("consultation"))
	at := unusualAt("")(nil, s)
	now := time.Now().In(s.Org.Zone())
	first := time.Date(now.Year(), now.Month()-1, 1, 0, 0, 0, 0, s.Org.Zone())
	released, err := s.Analytics.Ask(t.Context(), s.By(),
		figures.Query{Surveys: []string{"customer-satisfaction"}, Measure: "rating", By: []string{"channel"}, Audience: figures.Public,
			From: figures.DateOf(first), To: figures.DateOf(first).AddDays(first.AddDate(0, 1, -1).Day() - 1)})
	if err != nil {
		t.Fatal(err)
	}
	page := fmt.Sprintf("/staff/releases/%d", released.(tables.Protected).Release)
	frozen := s.Get(page, "Cookie", boss).Is(200).Hides("later excluded").Text

	s.Post(at, decide(s, "exclude", "A script"), "Cookie", boss).Is(303)
	s.Get("/staff", "Cookie", boss).Is(200).Shows("71 responses")
	list, err := s.Unusual.Decisions(t.Context(), s.Org.ID, 0, 10)
	if err != nil || len(list) != 1 || list[0].State != "waiting" || !list[0].Published {
		t.Fatalf("the decisions are %+v, %v", list, err)
	}
	agree := url.Values{"do": {"agree"}, "decision": {fmt.Sprint(list[0].ID)}}
	s.Post(at, agree, "Cookie", boss).Is(422).Shows("another person")
	s.Get(at, "Cookie", boss).Is(200).Shows("You asked for this")
	s.Post(at, agree, "Cookie", other).Is(303)
	s.Get("/staff", "Cookie", boss).Is(200).Shows("0 responses")
	s.Post(at, agree, "Cookie", other).Is(422)
	after := s.Get(page, "Cookie", boss).Is(200).Shows("About 70 answers of this period were later excluded as unusual").Text
	if table(frozen) == "" || table(frozen) != table(after) {
		t.Error("the frozen table changed")
	}

	// Taking it back needs two people as well; refused, it leaves everything as it is.
	undo := url.Values{"do": {"undo"}, "decision": {fmt.Sprint(list[0].ID)}, "why": {"It was no script"}}
	s.Post(at, undo, "Cookie", other).Is(303)
	s.Get("/staff", "Cookie", boss).Is(200).Shows("0 responses")
	list, err = s.Unusual.Decisions(t.Context(), s.Org.ID, 0, 1)
	if err != nil || list[0].State != "waiting" {
		t.Fatalf("the decisions are %+v, %v", list, err)
	}
	s.Post(at, url.Values{"do": {"refuse"}, "decision": {fmt.Sprint(list[0].ID)}}, "Cookie", boss).Is(303)
	s.Get("/staff", "Cookie", boss).Is(200).Shows("0 responses")
	s.Post(at, undo, "Cookie", other).Is(303)
	list, err = s.Unusual.Decisions(t.Context(), s.Org.ID, 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	s.Post(at, url.Values{"do": {"agree"}, "decision": {fmt.Sprint(list[0].ID)}}, "Cookie", boss).Is(303)
	s.Get("/staff", "Cookie", boss).Is(200).Shows("71 responses")
	s.Get(page, "Cookie", boss).Is(200).Hides("later excluded")
}

// table is the first table of a page.
func table(text string) string {
	_, rest, _ := strings.Cut(text, "<table")
	body, _, _ := strings.Cut(rest, "</table>")
	return body
}

// A link that wants signed job references counts nothing else.
func TestALinkThatWantsASignatureCountsNothingElse(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	to := s.Link("web")
	boss := s.SignIn(s.Person("administrator"))
	code := to[len("/f/"):]
	s.Post("/staff/links/"+code, url.Values{"do": {"use"}, "needs_job": {"yes"}, "shared": {"yes"}}, "Cookie", boss).Is(303)
	s.Get("/staff/links/"+code, "Cookie", boss).Is(200).Shows(`name="needs_job" value="yes" checked`, `name="shared" value="yes" checked`)
	secrets, err := s.Links.JobSecrets(t.Context(), s.Org.ID)
	if err != nil {
		t.Fatal(err)
	}
	signed := to + "?" + url.Values{"job": {"R1"}, "sig": {links.SignJob(secrets[0].Value, code, "R1")}}.Encode()
	token := s.Get(signed).Is(200).Token()
	s.Post(to, url.Values{"token": {token}, "rating": {"5"}}).Is(303)
	s.Send(to, rated)
	s.Get("/staff/results?survey=customer-satisfaction", "Cookie", boss).Is(200).Shows("1 response counts here.",
		"1 answer excluded as unusual.")
	s.Get(unusualAt("")(nil, s), "Cookie", boss).Is(200).Shows("No signed job reference")
	book := s.Get("/staff/results/table.xlsx?survey=customer-satisfaction&measure=rating&by=channel", "Cookie", boss).WorkbookWords()
	if !strings.Contains(book, "1 answer is excluded as unusual.") {
		t.Errorf("the workbook does not say what is excluded:\n%s", book)
	}
	s.LastMonth()
	s.Get("/staff/council", "Cookie", boss).Is(200).Shows("1 answer excluded as unusual.")
}

// Send with nothing chosen is no response: the page shows a problem, and every count agrees.
func TestNothingChosenIsNoResponse(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	s.Ask(optionalSurvey)
	to := s.LinkTo("optional", "waste", "web")
	token := s.Get(to).Is(200).Token()
	s.Post(to+"?in=en", url.Values{"token": {token}}).Is(422).Shows("Nothing was chosen").Stored(0)
	s.Post(to+"?in=cy", url.Values{"token": {token}, "words": {"   "}}).Is(422).Shows("Ni ddewiswyd dim").Stored(0)
	// The same form then counts once, changed or not, and cannot be emptied.
	next := s.Post(to, url.Values{"token": {token}, "rating": {"4"}}).To()
	s.Post(to, url.Values{"token": {token}}).Is(422)
	s.Get(next).Is(200).Shows("saved")
	// Words alone are a response: they count, and the results say that they do not answer the question.
	other := s.Get(to).Is(200).Token()
	s.Post(to, url.Values{"token": {other}, "words": {"Only this"}}).Is(303)
	s.Responses(2)
	boss := s.SignIn(s.Person("administrator"))
	s.Get("/staff", "Cookie", boss).Is(200).Shows("2 responses")
	s.Get("/staff/results?survey=optional", "Cookie", boss).Is(200).Shows("2 responses count here. 1 of them does not answer this question.")
}

const optionalSurvey = `
survey: optional
title: {en: A short survey, cy: Arolwg byr}
pages:
  - questions:
      - code: rating
        kind: rating
        text: {en: How was it?, cy: Sut oedd?}
        options:
          - {code: "1", score: 1, text: {en: Bad, cy: Gwael}}
          - {code: "4", score: 4, satisfied: true, text: {en: Good, cy: Da}}
      - code: words
        kind: text
        text: {en: Anything else?, cy: Unrhyw beth arall?}
  - questions:
      - code: more
        kind: text
        text: {en: And more?, cy: A mwy?}
`

// Another council sees and decides nothing here.
func TestDecisionsStayInTheirCouncil(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	flood(s, s.Link("web"), 30, 0)
	survey, err := s.Surveys.BySlug(t.Context(), s.Org.ID, "customer-satisfaction")
	if err != nil {
		t.Fatal(err)
	}
	foreign := tenant.CommandLine(s.Org.ID + 1)
	if list, err := s.Unusual.Surveys(t.Context(), foreign.Org); err != nil || len(list) != 0 {
		t.Errorf("another council sees %+v, %v", list, err)
	}
	now := time.Now()
	if list, err := s.Unusual.Lines(t.Context(), foreign.Org, survey.ID, now.AddDate(-1, 0, 0), now.Add(time.Hour)); err != nil ||
		len(list) != 0 {
		t.Errorf("another council sees %+v, %v", list, err)
	}
}
