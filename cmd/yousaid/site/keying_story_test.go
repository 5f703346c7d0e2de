package site_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"yousaid/cmd/yousaid/site/sitetest"
	"yousaid/surveys/catalogue"
	"yousaid/surveys/question"
)

// stored are the responses in the order of change, each as source, mode, channel, language, state, answers.
func stored(s *sitetest.Site) (list []string) {
	s.T.Helper()
	if err := s.Database.Owner().Select(&list, `
		SELECT concat_ws(' ', source, mode, channel, language, state, answers::text)
		FROM   responses
		ORDER BY change_no`); err != nil {
		s.T.Fatal(err)
	}
	return list
}

// counted is how many people did not answer, by reason.
func counted(s *sitetest.Site) (counts string) {
	s.T.Helper()
	if err := s.Database.Owner().Get(&counts,
		`SELECT COALESCE(string_agg(reason || ' ' || n, ', ' ORDER BY reason), '') FROM nonresponses`); err != nil {
		s.T.Fatal(err)
	}
	return counts
}

// Somebody on the front line types in five questionnaires with the keyboard alone: what is about all of them is chosen once, and
// each takes few keys. Without scripts it works by Tab, arrows and Enter.
func TestAnswersAreTypedInByKeyboard(t *testing.T) {
	t.Parallel()
	for _, scripts := range []bool{true, false} {
		t.Run(fmt.Sprintf("scripts=%v", scripts), func(t *testing.T) {
			t.Parallel()
			s := sitetest.New(t)
			w := s.Browse(1280, s.SignIn(s.Person("frontline")))
			if !scripts {
				w.WithoutScripts()
			}
			k := w.Hands()
			k.Open("/staff").Shows("Your role is to type in answers")
			k.Go("Type in answers", "a")
			k.Select("Survey", "How did we do?").Select("Service", "Household waste").Select("How customers contacted",
				"Phone").Pick("How you collect the answers", "By telephone").Enter(http.StatusOK)
			k.Says("Household waste", "By telephone", "Overall, how satisfied or dissatisfied are you")
			if scripts {
				typeFive(t, s, k)
				return
			}
			k.Pick("Overall, how satisfied or dissatisfied are you", "Fairly satisfied").Enter(http.StatusOK).Says("About the respondent")
			k.Go("Skip these questions", "button").Says("The answers are stored.")
			k.Go("Declined", "button").Says("Counted as declined.")
			k.Go("Undo the last one", "button").Says("undone")
			k.Pick("Overall, how satisfied or dissatisfied are you", "Very dissatisfied").Go("Send", "button").Go("Send",
				"button").Says("The answers are stored.")
			k.Go("Undo the last one", "button").Says("undone")
			if got := counted(s); got != "declined 0" {
				t.Errorf("not answered: %s", got)
			}
			want := []string{`keyed telephone_interview telephone en finished {"rating": "4"}`,
				`keyed telephone_interview telephone en withdrawn {}`}
			if got := stored(s); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("stored: %q", got)
			}
		})
	}
}

// typeFive types in five questionnaires and counts the keys: at 200 in an hour each may take 18 seconds with its questions.
func typeFive(t *testing.T, s *sitetest.Site, k sitetest.Keyboard) {
	t.Helper()
	keys := 0
	press := func(list ...string) {
		for _, key := range list {
			k.Press(key)
			keys++
		}
	}
	enter := func(says string) {
		k.Enter(http.StatusOK).Says(says)
		keys++
	}
	for i := range 5 {
		keys = 0
		press(fmt.Sprint(i+1), "2")
		enter("About the respondent")
		if i == 0 {
			press("3") // the first equality question
		}
		enter("The answers are stored.")
		if most := 6; keys > most {
			t.Errorf("questionnaire %d takes %d keys, more than %d", i+1, keys, most)
		}
		t.Logf("questionnaire %d: %d keys", i+1, keys)
	}
	single := func(key, says string) {
		t.Helper()
		k.Goes(http.StatusOK, chromedp.KeyEvent(key)).Shows(says)
	}
	single("z", "undone")
	single("d", "Counted as declined.")
	single("d", "Counted as declined.")
	single("u", "Counted as unable.")
	single("z", "undone")
	single("u", "Counted as unable.")
	press("3", "c")
	k.Press("The crew 1 came late") // digits are text here
	k.Enter(http.StatusOK)
	single("s", "The answers are stored.")
	var got []string
	if err := s.Database.Owner().Select(&got,
		`SELECT answers->>'rating' || ' ' || COALESCE(answers->>'reason', '-')
		FROM   responses
		WHERE  state = 'finished' AND source = 'keyed' AND mode = 'telephone_interview' AND verdict = ''
		ORDER BY change_no`); err != nil {
		t.Fatal(err)
	}
	if len(got) != 5 || !strings.HasPrefix(got[0], "5 result") || !strings.HasPrefix(got[3], "2 result") || got[4] != "3 -" {
		t.Errorf("stored: %q", got)
	}
	var words string
	var about int
	owner := s.Database.Owner()
	for query, to := range map[string]any{
		`SELECT string_agg(text, '|') FROM comments`: &words,
		`SELECT count(*) FROM equality_answers`:      &about,
	} {
		if err := owner.Get(to, query); err != nil {
			t.Fatal(err)
		}
	}
	counts := counted(s)
	if words != "The crew 1 came late" || counts != "declined 2, unable 1" || about != 1 {
		t.Errorf("comments %q, not answered %q, %d equality answers", words, counts, about)
	}
	k.Open("/staff/keying").Shows("People who did not answer", "Declined")
}

// What the store holds, whoever sends what: only open surveys, only one's own services, no customer's form, no equality answer that
// comes back, no verdict.
func TestTypingInAnswersHasItsLimits(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	cookie := s.SignIn(s.Person("frontline"))
	get := func(to string) *sitetest.Answer { return s.Get(to, "Cookie", cookie) }
	post := func(to string, form url.Values) *sitetest.Answer { return s.Post(to, form, "Cookie", cookie) }
	start := func(more url.Values) *sitetest.Answer {
		form := url.Values{"survey": {"customer-satisfaction"}, "service": {"waste"}, "channel": {"telephone"}, "mode": {"paper"}}
		for name, value := range more {
			form[name] = value
		}
		return post("/staff/keying", form)
	}
	for sentence, form := range map[string]url.Values{
		"Choose a survey from the list":             {"survey": {"nothing"}},
		"Choose a service from the list":            {"service": {"nothing"}},
		"Choose a channel from the list":            {"channel": {"pigeon"}},
		"Choose a place from the list":              {"place": {"nowhere"}},
		"Choose how the answers are collected from": {"mode": {"online"}},
	} {
		start(form).Is(422).Shows(sentence)
	}
	at := start(nil).Is(303).To()
	if again := start(nil).Is(303).To(); again != at {
		t.Errorf("the same choice leads to %s and to %s", at, again)
	}
	start(url.Values{"service": {""}, "channel": {""}}).Is(303)

	// A form in Welsh: the script is marked, and what was typed stays when the language changes.
	page := get(at + "?lang=cy").Is(200).Shows(`lang="cy"`)
	token := page.Token()
	post(at, url.Values{"token": {token}, "do": {"in-cy"}, "rating": {"4"}, "comment": {"Typed"}}).Is(200).Shows(`value="4" checked`,
		"Typed", `lang="cy"`)
	post(at, url.Values{"token": {token}}).Is(422).Shows("Choose one of the answers")
	s.Responses(0)
	about := post(at+"?lang=cy", url.Values{"token": {token}, "rating": {"4"}, "comment": {"Typed"}}).Is(303).To()
	s.Responses(1)
	if got := stored(s); got[0] != `keyed paper telephone cy started {"rating": "4"}` {
		t.Errorf("stored %q", got)
	}
	post(about, url.Values{"sex": {"unheard of"}, "age_band": {"35_44"}}).Is(422).Hides("checked")
	next := post(about, url.Values{"sex": {"female"}}).Is(303).To()
	get(about).Is(200).Hides("checked")
	if strings.Contains(next, "lang=") {
		t.Errorf("the next respondent begins in the language of the last: %s", next)
	}
	post(at, url.Values{"token": {token}, "rating": {"1"}}).Is(409).Shows("sent or undone already") // the browser's Back, and another answer
	post(about, url.Values{"sex": {"male"}}).Is(303)                                                // a second Enter changes nothing
	s.Responses(1)

	// A customer cannot follow such a place, and a form of a customer is no form here, nor one of another place.
	var code string
	if err := s.Database.Owner().Get(&code, `SELECT code FROM links WHERE keyed_mode IS NOT NULL ORDER BY id LIMIT 1`); err != nil {
		t.Fatal(err)
	}
	s.Get("/f/" + code).Is(404)
	s.Post("/f/"+code, url.Values{"token": {token}, "rating": {"4"}}).Is(404)
	s.Get("/staff/links/"+code, "Cookie", s.SignIn(s.Person("administrator"))).Is(404)
	link := s.Link("web")
	customer := s.Get(link).Token()
	s.Post(link, url.Values{"token": {customer}, "rating": {"5"}}).Is(303)
	for _, do := range []string{"", "undo", "declined"} {
		post(at, url.Values{"token": {customer}, "do": {do}, "rating": {"5"}}).Is(404)
		post(at, url.Values{"token": {"x"}, "do": {do}}).Is(404)
	}
	s.Post(link, url.Values{"token": {token}, "rating": {"5"}}).Is(404)

	// Undone twice is undone once; a withdrawn one stays withdrawn.
	post(at, url.Values{"token": {token}, "do": {"undo"}}).Is(303)
	post(at, url.Values{"token": {token}, "do": {"undo"}}).Is(303)
	s.Responses(2) // the tombstone and the customer's
	if got := stored(s); got[1] != `keyed paper telephone cy withdrawn {}` {
		t.Errorf("stored %q", got)
	}
	var left int
	if err := s.Database.Owner().Get(&left,
		`SELECT (SELECT count(*) FROM comments) + (SELECT count(*) FROM equality_answers WHERE answers <> '{}')`); err != nil || left != 0 {
		t.Errorf("%d comments and equality answers are left, %v", left, err)
	}

	// Very many by one person in one hour are no burst.
	for range 130 {
		post(at, url.Values{"token": {get(at).Token()}, "rating": {"4"}, "comment": {"The same long comment as many other people made"}}).Is(303)
	}
	var marked int
	if err := s.Database.Owner().Get(&marked,
		`SELECT count(*) FROM responses WHERE verdict <> '' OR excluded_no IS NOT NULL`); err != nil || marked != 0 {
		t.Errorf("%d keyed answers are left out, %v", marked, err)
	}

	// The survey closes while a form is open: it is not stored, and stays on the page; nothing new begins.
	token = get(at).Token()
	survey, err := s.Surveys.BySlug(t.Context(), s.Org.ID, "customer-satisfaction")
	if err == nil {
		err = s.Surveys.Close(t.Context(), s.By(), survey.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	before := len(stored(s))
	post(at, url.Values{"token": {token}, "rating": {"2"}}).Is(410).Shows("The survey is closed", `value="2" checked`)
	post(at, url.Values{"token": {token}, "do": {"declined"}}).Is(410)
	get(at).Is(303)
	start(nil).Is(422).Shows("takes no answers now")
	s.Responses(before)
}

// One form counts once, for the reason that was given last; the last one is undone whatever it was, once.
func TestDeclinedAndUnableAreUndone(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	cookie := s.SignIn(s.Person("frontline"))
	post := func(to string, form url.Values) *sitetest.Answer { return s.Post(to, form, "Cookie", cookie) }
	at := place(s, cookie, "customer-satisfaction")
	token := s.Get(at, "Cookie", cookie).Token()
	press := func(do string) *sitetest.Answer { return post(at, url.Values{"token": {token}, "do": {do}}) }
	is := func(want string) {
		t.Helper()
		if got := counted(s); got != want {
			t.Errorf("not answered: %q, want %q", got, want)
		}
	}
	next := press("declined").Is(303).To()
	press("declined").Is(303) // a second click
	is("declined 1")
	s.Get(next, "Cookie", cookie).Is(200).Shows("Counted as declined.", "Undo the last one", token)
	press("unable").Is(303) // the browser's Back, and the other key
	is("declined 0, unable 1")
	undone := press("undo").Is(303).To()
	s.Get(undone, "Cookie", cookie).Is(200).Shows("undone").Hides("Undo the last one")
	press("undo").Is(303)
	is("declined 0, unable 0")
	s.Get("/staff/keying", "Cookie", cookie).Is(200).Hides("People who did not answer")
	if got := audited(s, "nonresponse.undone", "nonresponse"); !strings.Contains(got, "unable") {
		t.Errorf("the audit says %s", got)
	}
	// Declined by mistake, and the answers came after all: the person does not count as declined.
	press("declined").Is(303)
	is("declined 1, unable 0")
	post(at, url.Values{"token": {token}, "rating": {"4"}}).Is(303)
	is("declined 0, unable 0")
	s.Responses(1)
	// Somebody who has answered did not decline.
	press("unable").Is(409).Shows("sent or undone already")
	is("declined 0, unable 0")
	press("undo").Is(303)
	if got := stored(s); !strings.HasSuffix(got[0], "withdrawn {}") {
		t.Errorf("stored %q", got)
	}
	press("declined").Is(303) // the answers were another person's
	is("declined 1, unable 0")
	// Many at once count each form once.
	var wait sync.WaitGroup
	other := s.Get(at, "Cookie", cookie).Token()
	for i := range 8 {
		wait.Go(func() { post(at, url.Values{"token": {[]string{token, other}[i%2]}, "do": {"declined"}}) })
	}
	wait.Wait()
	is("declined 2, unable 0")
	for range 4 {
		wait.Go(func() { post(at, url.Values{"token": {other}, "do": {"undo"}}) })
	}
	wait.Wait()
	is("declined 1, unable 0")
	// After a working day it is too late.
	token = s.Aged(token, 13*time.Hour)
	press("undo").Is(409).Shows("more than 12 hours ago")
	is("declined 1, unable 0")
}

// Whoever has the role for some services is offered these, their parts and their access points; nothing else is taken from them.
func TestTheFrontLineOfSomeServices(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	boss, ctx := s.SignIn(s.Person("administrator")), t.Context()
	must := func(id int64, err error) int64 {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	waste, repairs := must(s.Catalogue.ServiceID(ctx, s.Org.ID, "waste")), must(s.Catalogue.ServiceID(ctx, s.Org.ID, "repairs"))
	part := must(s.Catalogue.AddService(ctx, s.By(), "garden-waste",
		catalogue.ServiceChange{Names: question.Text{"en": "Garden waste"}, Parent: waste}, 0))
	for name, service := range map[string]int64{"Town hall": 0, "Recycling centre": waste, "Housing office": repairs} {
		must(s.Catalogue.AddAccessPoint(ctx, s.By(),
			catalogue.AccessPoint{Channel: "face_to_face", Service: service, Names: question.Text{"en": name}}))
	}
	// The administrator gives the role for one service on the page of people.
	s.Get("/staff/people", "Cookie", boss).Is(200).Shows("Services, for the roles Service and Front line",
		"for the services ticked below or, where none is ticked, for all")
	email := "counter@testham.example"
	given := s.Post("/staff/people",
		url.Values{"do": {"give"}, "email": {email}, "role": {"frontline"}, "services": {fmt.Sprint(waste)}}, "Cookie",
		boss).Is(200).Shows("Front line: Household waste")
	s.Post("/staff/people", url.Values{"do": {"give"}, "email": {email}, "role": {"viewer"}, "services": {fmt.Sprint(waste)}},
		"Cookie", boss).Is(422).Shows("for the whole organisation")
	choose := regexp.MustCompile(`/staff/choose-password/testham/[A-Za-z0-9_-]+`).FindString(given.Text)
	s.Post(choose, url.Values{"password": {sitetest.Password}, "again": {sitetest.Password}}).Is(303)
	cookie := s.SignIn(email)
	all := s.SignIn(s.Person("frontline"))

	s.Get("/staff/keying", "Cookie", cookie).Is(200).Shows("Your role covers the services in this list", "Household waste",
		"Garden waste", "Town hall", "Recycling centre").
		Hides("Housing repairs", "Not about one service", "Housing office")
	s.Get("/staff/keying", "Cookie", all).Is(200).Shows("Housing repairs", "Not about one service", "Housing office").Hides("Your role covers")
	start := func(cookie, service, place string) *sitetest.Answer {
		return s.Post("/staff/keying",
			url.Values{"survey": {"customer-satisfaction"}, "service": {service}, "channel": {"face_to_face"}, "place": {place},
				"mode": {"paper"}}, "Cookie", cookie)
	}
	for _, service := range []string{"repairs", ""} {
		start(cookie, service, "").Is(422).Shows("Your role does not cover this")
		s.Get(start(all, service, "").Is(303).To(), "Cookie", cookie).Is(403).Shows("Your role does not cover this service")
	}
	start(cookie, "waste", "housing-office").Is(422).Shows("Your role does not cover this")
	s.Get(start(all, "waste", "housing-office").Is(303).To(), "Cookie", cookie).Is(403)
	at := start(cookie, "garden-waste", "recycling-centre").Is(303).To()
	token := s.Get(at, "Cookie", cookie).Is(200).Token()
	s.Post(at, url.Values{"token": {token}, "do": {"declined"}}, "Cookie", cookie).Is(303)
	s.Post(at, url.Values{"token": {token}, "do": {"undo"}}, "Cookie", cookie).Is(303)
	// In a browser it is what the list shows.
	w := s.Browse(360, cookie).Open("/staff/keying")
	if got := sitetest.Ask[string](w,
		`[...document.querySelectorAll('#service option')].map(o => o.textContent).join('|')`); got != "Choose a service|Garden "+
		"waste|Household waste" {
		t.Errorf("the list offers %s", got)
	}
	w.Picture("keying_some_services")
	// A form that is open ends with the role for its service; a role for nothing that is open says so.
	for _, id := range []int64{part, waste} {
		if err := s.Catalogue.CloseService(ctx, s.By(), id, time.Now(), 0); err != nil {
			t.Fatal(err)
		}
	}
	s.Get("/staff/keying", "Cookie", cookie).Is(200).Shows("none of them is open now").Hides("<form method=\"post\" action=\"/staff/keying\"")
	s.Post("/staff/people", url.Values{"do": {"give"}, "email": {email}, "role": {"frontline"}, "services": {fmt.Sprint(repairs)}},
		"Cookie", boss).Is(303)
	take := regexp.MustCompile(`value="(take \d+ frontline ` + fmt.Sprint(waste) + `)"`).FindStringSubmatch(s.Get("/staff/people",
		"Cookie", boss).Text)[1]
	s.Post("/staff/people", url.Values{"do": {take}, "sure": {"yes"}}, "Cookie", boss).Is(303)
	s.Post(at, url.Values{"token": {token}, "rating": {"4"}}, "Cookie", cookie).Is(403)
	s.Responses(0)
}
