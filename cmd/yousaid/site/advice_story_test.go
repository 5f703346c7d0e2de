package site_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"yousaid/analytics/actions"
	"yousaid/cmd/yousaid/site/sitetest"
	"yousaid/surveys"
	"yousaid/surveys/question"
)

// zeroToTen is a questionnaire that asks for a number and then something that looks like a person's name.
func zeroToTen() string {
	text := "survey: happy\ntitle: {en: How happy are you, cy: Pa mor hapus ydych chi}\npages:\n- questions:\n  - code: rating\n    " +
		"kind: rating\n    required: true\n" +
		"    text: {en: How happy did you feel, cy: Pa mor hapus oeddech chi}\n    options:\n"
	for i := range 11 {
		text += fmt.Sprintf("    - {code: '%d', score: %d, satisfied: %t, text: {en: '%d', cy: '%d'}}\n", i, i, i > 6, i, i)
	}
	return text
}

// A scale of numbers is published with advice; a question that may ask who somebody is, when the writer says that it is meant. The
// audit keeps both.
func TestAdviceIsNotFollowed(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	me := s.SignIn(s.Person("consultation"))
	d, err := surveys.ParseYAML([]byte(zeroToTen()))
	if err != nil {
		t.Fatal(err)
	}
	id, err := s.Surveys.Create(t.Context(), s.By(), "happy", d)
	if err != nil {
		t.Fatal(err)
	}
	at := fmt.Sprintf("/staff/surveys/%d", id)
	post := func(path string, v url.Values) *sitetest.Answer { return s.Post(path, v, "Cookie", me) }
	publish := func(more url.Values) *sitetest.Answer {
		v := form(s.Get(at, "Cookie", me).Is(200))
		v.Set("do", "publish")
		for name := range more {
			v.Set(name, more.Get(name))
		}
		return post(at, v)
	}
	s.Get(at, "Cookie", me).Is(200).Shows("the audit keeps that you did", "is a number only").Hides("Put this right", "Why it is meant so")
	publish(nil).Is(http.StatusSeeOther)
	if got := audited(s, "survey.published", "survey/happy"); !strings.Contains(got, "rating Q5 (warning)") {
		t.Errorf("the audit does not say what was published despite advice: %s", got)
	}
	post(at+"/question", url.Values{"text-en": {"Was the phone number easy to find?"}, "text-cy": {"Oedd y rhif yn hawdd?"},
		"kind": {"text"}, "page": {"0"}}).Is(http.StatusSeeOther)
	s.Get(at, "Cookie", me).Is(200).Shows("Check this before you publish", "Why it is meant so")
	publish(nil).Is(422).Shows("write why it is meant so", "phone number")
	publish(url.Values{"despite": {" \n "}}).Is(422).Shows("write why it is meant so")
	publish(url.Values{"despite": {strings.Repeat("long ", 101)}}).Is(422).Shows("in one line of 500 characters")
	publish(url.Values{"despite": {"We ask about <our> number, not theirs."},
		"revision": {""}}).Is(422).Shows("Somebody else changed the survey", "We ask about &lt;our&gt; number")
	publish(url.Values{"despite": {"We ask about <our> number, not theirs."}}).Is(http.StatusSeeOther)
	if got := audited(s, "survey.published", "survey/happy"); !strings.Contains(got, "Q16 (confirm)") || !strings.Contains(got,
		"number, not theirs.") {
		t.Errorf("the audit does not say what was published despite what, and why: %s", got)
	}
}

// An action that counts few people goes to review when the writer says that it is meant; a tick for one finding holds for no other.
func TestAnActionIsSentDespiteFindings(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	me := s.SignIn(s.Person("consultation"))
	n, err := s.Actions.Create(t.Context(), s.By(), actions.Content{Kind: actions.Did, Texts: actions.Texts{
		YouSaid: question.Text{"en": "The counter is shut.", "cy": "Mae ar gau."},
		WeDid:   question.Text{"en": "One person now works there.", "cy": "Mae ar agor."}}})
	if err != nil {
		t.Fatal(err)
	}
	at := fmt.Sprintf("/staff/actions/%d", n)
	send := func(words, tick string) *sitetest.Answer {
		v := form(s.Get(at, "Cookie", me).Is(200))
		v.Set("service", "0")
		v.Set("theme", "0")
		v.Set("owner", "0")
		v.Set("we_did-en", words)
		v.Set("do", "send")
		if tick != "" {
			v.Set("despite", tick)
		}
		return s.Post(at, v, "Cookie", me)
	}
	page := send("One person now works there.", "").Is(422).Shows("“One person” is so few", "it is meant so")
	tick := strings.Split(strings.Split(page.Text, `name="despite" type="checkbox" value="`)[1], `"`)[0]
	send("Two tenants now work there.", tick).Is(422).Shows("“Two tenants” is so few")
	send("One person now works there.", tick).Is(http.StatusSeeOther)
	s.Get(at, "Cookie", me).Is(200).Shows("In review", "and confirmed what the check had marked", "“One person” is so few")
	if got := audited(s, "action.sent", fmt.Sprintf("action/%d", n)); !strings.Contains(got, "so few") {
		t.Errorf("the audit does not say what was confirmed: %s", got)
	}
}

// audited is what the newest entry of the audit about an object and what was done to it says.
func audited(s *sitetest.Site, action, object string) string {
	s.T.Helper()
	list, err := s.Ledger.Entries(s.T.Context(), s.Org.ID, 0, 200)
	if err != nil {
		s.T.Fatal(err)
	}
	for _, e := range list {
		if e.Action == action && e.Object == object {
			return fmt.Sprintf("%s %s", e.Before, e.After)
		}
	}
	return "nothing"
}
