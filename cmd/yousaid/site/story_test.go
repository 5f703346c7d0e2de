package site_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"yousaid/analytics/figures"
	"yousaid/analytics/stats"
	"yousaid/analytics/tables"
	"yousaid/cmd/yousaid/site/sitetest"
	"yousaid/server/accounts"
	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
)

// A customer's way from the link to the receipt, page by page.
func TestAClickBecomesAFigure(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	link := s.Link("web")
	token := s.Get(link+"?r=2").Is(http.StatusOK).Shows("How did we do?", "Household waste", "You chose 2").Stored(0).Token()
	reasons := s.Post(link, url.Values{"token": {token}, "rating": {"2"}}).To()
	s.Responses(1)
	about := s.Post(reasons, url.Values{"reason": {"time"}, "comment": {"The bin came back <b>broken</b>"}}).To()
	s.Get(about).Is(http.StatusOK).Shows("Equality Act 2010", "Prefer not to say")
	thanks := s.Post(about, url.Values{"sex": {"pns"}, "age_band": {"35_44"}}).To()
	receipt := s.Get(thanks).Is(http.StatusOK).Shows("Thank you for your feedback", "Your receipt code", "Give feedback again").Stored(1)
	if len(receipt.Cookies()) != 0 {
		t.Error("the customer got a cookie")
	}
	s.Post(reasons, url.Values{"comment": {"Too late"}}).Is(http.StatusConflict)

	officer := s.SignIn(s.Person("consultation"))
	page := s.Get("/staff/results?survey=customer-satisfaction", "Cookie", officer).Is(http.StatusOK).
		Shows("The bin came back &lt;b&gt;broken&lt;/b&gt;").Hides("<b>broken", "Too late", "35_44", "35 to 44")
	if got := page.Table("all-service").Figures("Household waste", "Answers", "Mean score", "Satisfied",
		"Fairly dissatisfied"); got != "1 2 0 1" {
		t.Errorf("the line of the service is %q", got)
	}
	// Those who see groups of people read nobody's words, and those who read words see no groups.
	equality := s.SignIn(s.Person("equality"))
	for _, address := range []string{"/staff/results", "/staff/comments"} {
		s.Get(address, "Cookie", equality).Is(http.StatusForbidden)
	}
	s.Get("/staff/equality?by=sex", "Cookie", equality).Is(http.StatusOK).Hides("The bin came back")
	s.Get("/staff/equality?by=sex", "Cookie", officer).Is(http.StatusForbidden)
}

// The same number everywhere, because all come through one door: the page, the CSV, the workbook, and what programs read.
func TestOneResponseOneTruth(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	web, telephone := s.Link("web"), s.LinkTo("customer-satisfaction", "repairs", "telephone")
	for link, ratings := range map[string]string{web: "5442", telephone: "131"} {
		for _, r := range ratings {
			s.Send(link, sitetest.Feedback{Rating: string(r)})
		}
	}
	// One changes their mind and one leaves without rating.
	token := s.Get(web).Token()
	s.Post(web, url.Values{"token": {token}, "rating": {"1"}}).To()
	s.Post(web, url.Values{"token": {token}, "rating": {"3"}}).To()
	s.Get(web).Is(http.StatusOK)
	s.Responses(8)

	cookie := s.SignIn(s.Person("administrator"))
	page := s.Get("/staff/results?survey=customer-satisfaction&by=channel&and=service", "Cookie", cookie).Is(http.StatusOK)
	headings := []string{"Very satisfied", "Fairly satisfied", "Neither", "Fairly dissatisfied", "Very dissatisfied"}
	for dimension, lines := range map[string]map[string]string{
		"channel":     {"Website": "5 3.6 60 1 2 1 1 0", "Phone": "3 1.7 0 0 0 1 0 2", "All": "8 2.9 37.5 1 2 2 1 2"},
		"service":     {"Household waste": "5 3.6 60 1 2 1 1 0", "Housing repairs": "3 1.7 0 0 0 1 0 2", "All": "8 2.9 37.5 1 2 2 1 2"},
		"directorate": {"Streets": "5 3.6 60 1 2 1 1 0", "Housing": "3 1.7 0 0 0 1 0 2", "All": "8 2.9 37.5 1 2 2 1 2"},
	} {
		query := "?survey=customer-satisfaction&by=" + dimension
		answer, err := s.Analytics.Ask(t.Context(), s.By(),
			figures.Query{Surveys: []string{"customer-satisfaction"}, Measure: "rating", By: []string{dimension}})
		if err != nil {
			t.Fatal(err)
		}
		title := answer.Of().Dimensions[0].Label.String()
		csv := s.Get("/staff/results/table.csv"+query, "Cookie", cookie).CSV()
		xlsx := s.Get("/staff/results/table.xlsx"+query, "Cookie", cookie).Workbook(title)
		for line, want := range lines {
			for place, got := range map[string]string{
				"the page":     page.Table("all-"+dimension).Figures(line, append([]string{"Answers", "Mean score", "Satisfied"}, headings...)...),
				"the CSV":      csv.Figures(line, append([]string{"Number of answers", "Mean score", "Satisfied (percent)"}, headings...)...),
				"the workbook": xlsx.Figures(line, append([]string{"Number of answers", "Mean score", "Satisfied (percent)"}, headings...)...),
				"Ask":          asked(answer, line),
			} {
				if got != want {
					t.Errorf("by %s, %s of %s says %q, want %q", dimension, line, place, got, want)
				}
			}
		}
	}
}

// asked writes a line of an answer as the tables of the stories have it.
func asked(a tables.Answer, line string) string {
	for _, r := range tables.Rows(a) {
		if r.Labels[0].String() != line {
			continue
		}
		text := fmt.Sprintf("%d %v %v", r.N, stats.Round(*r.Mean, 1), stats.Round(*r.Satisfied*100, 1))
		for _, c := range r.Distribution {
			text += fmt.Sprint(" ", c.N)
		}
		return text
	}
	return ""
}

// The menu leads to the comments of one survey; the others are a choice away.
func TestTheCommentsOfEverySurveyCanBeReached(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	s.Publish("good-average-poor")
	gap := s.LinkTo("good-average-poor", "waste", "kiosk")
	s.Send(s.Link("web"), sitetest.Feedback{Rating: "5", Reasons: url.Values{"comment": {"Said in the first survey"}}})
	token := s.Get(gap).Token()
	s.Post(s.Post(gap, url.Values{"token": {token}, "rating": {"good"}}).To(), url.Values{"comment": {"Said in the second survey"}}).To()
	cookie := s.SignIn(s.Person("consultation"))
	page := s.Get("/staff/comments", "Cookie", cookie).Is(http.StatusOK)
	for survey, said := range map[string]string{"customer-satisfaction": "Said in the first survey",
		"good-average-poor": "Said in the second survey", "all": "Said in the first survey"} {
		page.Shows(`<option value="` + survey + `"`)
		if survey != "all" {
			page.Shows("How did we do? (" + survey + ")") // both have the same title
		}
		s.Get("/staff/comments?survey="+survey+"&words=&rating=&channel=&service=&from=&to=", "Cookie", cookie).Is(http.StatusOK).Shows(said)
	}
}

func TestSigningInOutAndANewPassword(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	email := s.Person("viewer")
	if to := s.Get("/staff/results").To(); !strings.HasPrefix(to, "/staff/sign-in") {
		t.Errorf("signed out one is led to %s", to)
	}
	s.Post(s.SignInAt(), url.Values{"email": {email},
		"password": {"not the password"}}).Is(http.StatusUnprocessableEntity).Shows("There is a problem")
	first, second := s.SignIn(email), s.SignIn(email)
	s.Get("/staff/results", "Cookie", first).Is(http.StatusOK)
	s.Post("/staff/sign-out", url.Values{}, "Cookie", first).Is(http.StatusSeeOther)
	s.Get("/staff/results", "Cookie", first).Is(http.StatusSeeOther)
	changed := s.Post("/staff/password",
		url.Values{"current": {sitetest.Password}, "password": {"another long password"}, "again": {"another long password"}}, "Cookie",
		second).Is(http.StatusSeeOther).Session()
	s.Get("/staff/results", "Cookie", second).Is(http.StatusSeeOther)
	s.Get("/staff/results", "Cookie", changed).Is(http.StatusOK)
	s.Post(s.SignInAt(), url.Values{"email": {email}, "password": {sitetest.Password}}).Is(http.StatusUnprocessableEntity)
	s.Post(s.SignInAt(), url.Values{"email": {email}, "password": {"another long password"}}).Is(http.StatusSeeOther)
	// Another site cannot make the browser send a form.
	s.Post("/staff/sign-out", url.Values{}, "Cookie", changed, "Sec-Fetch-Site", "cross-site").Is(http.StatusForbidden)
	s.Get("/staff/results", "Cookie", changed).Is(http.StatusOK)
}

// Two councils on one site: the other's administrator finds nothing of the first, by whatever name is asked for.
func TestAnotherCouncilSeesNothing(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	link := s.Link("web")
	for range 43 { // a number that nothing else on the other council's pages has
		s.Send(link, sitetest.Feedback{Rating: "1", Reasons: url.Values{"comment": {"Zebra crossing"}}, About: url.Values{"sex": {"female"}}})
	}
	s.LastMonth()
	other := *s
	var err error
	if other.Org, err = s.Accounts.Add(t.Context(), tenant.CommandLine(0),
		accounts.Organisation{Slug: "elsewhere", LinkPrefix: "ESW", Names: question.Text{"en": "Elsewhere Council"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := other.Catalogue.Import(t.Context(), other.By(),
		strings.NewReader("directorate,service,slug,lgsl_id,parent\nAll,Repairs,repairs,,\n")); err != nil {
		t.Fatal(err)
	}
	other.Publish("customer-satisfaction")
	cookie := other.SignIn(other.Person("administrator"))
	for _, address := range addresses(s, "customer-satisfaction") {
		a := s.Get(address, "Cookie", cookie)
		a.Hides("Zebra", "Household waste", "Testham", "testham", ">43<", ",43,")
		if a.StatusCode >= 500 {
			t.Errorf("%s answers %d", address, a.StatusCode)
		}
	}
	s.Get("/staff/results?survey=customer-satisfaction", "Cookie",
		s.SignIn(s.Person("administrator"))).Is(http.StatusOK).Shows("Zebra", ">43<")
}
