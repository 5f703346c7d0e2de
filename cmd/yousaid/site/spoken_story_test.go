package site_test

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"yousaid/cmd/yousaid/site/sitetest"
	"yousaid/surveys"
	"yousaid/surveys/surveystest"
)

// inUrdu is a questionnaire in English and Urdu.
const inUrdu = `
survey: visit
title: {en: Your visit, ur: آپ کا دورہ}
pages:
- questions:
  - code: rating
    kind: rating
    required: true
    text: {en: How satisfied or dissatisfied were you, ur: آپ کتنے مطمئن تھے}
    options:
    - {code: "5", score: 5, satisfied: true, text: {en: Satisfied, ur: مطمئن}}
    - {code: "3", score: 3, text: {en: Neither, ur: درمیانہ}}
    - {code: "1", score: 1, text: {en: Dissatisfied, ur: غیر مطمئن}}
`

// A survey is not published in a language in which the pages around it have no words; where one is, each part says its language and runs its own way.
func TestALanguageWithoutWords(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	look := s.Org.Look()
	look.Languages = []string{"en", "ur"}
	if err := s.Accounts.ChangeLook(t.Context(), s.By(), s.Org.Look().Mark(), look); err != nil {
		t.Fatal(err)
	}
	d, err := surveys.ParseYAML([]byte(inUrdu))
	if err != nil {
		t.Fatal(err)
	}
	id, err := s.Surveys.Create(t.Context(), s.By(), "visit", d)
	if err != nil {
		t.Fatal(err)
	}
	s.Later()
	me, at := s.SignIn(s.Person("consultation")), fmt.Sprintf("/staff/surveys/%d", id)
	publish := func() *sitetest.Answer {
		return s.Post(at, url.Values{"do": {"publish"}, "revision": {form(s.Get(at, "Cookie", me).Is(200)).Get("revision")}}, "Cookie", me)
	}
	publish().Is(422).Shows("cannot be published in Urdu", "take Urdu off")
	var blocked surveys.Blocked
	if _, err := s.Surveys.Publish(t.Context(), s.By(), id, surveys.Publishing{Override: "It is meant so."}); !errors.As(err, &blocked) || blocked.Overridable {
		t.Errorf("published from the command line in a language without words: %v", err)
	}
	s.Get("/staff/translations", "Cookie", me).Is(200).Shows("Languages without words: Urdu", "questions.send", "Send feedback")
	// One that is in use already keeps its language: what is English says so, and what is Urdu inside it too.
	before := s.Surveys
	before.Reviewer = surveystest.Unreviewed{}
	if _, err := before.Publish(t.Context(), s.By(), id, surveys.Publishing{}); err != nil {
		t.Fatal(err)
	}
	link := s.LinkTo("visit", "waste", "web")
	page := s.Get(link + "?lang=ur&r=5").Is(200)
	page.Shows(`<html lang="ur" dir="rtl"`, "آپ کتنے مطمئن تھے",
		`<span lang="en" dir="ltr">You chose <bdi lang="ur" dir="auto">5, مطمئن</bdi>. You can change it before you send it.</span>`).Hides("\ue000")
	wrong := s.Post(link+"?in=ur", url.Values{"token": {page.Token()}}).Is(422)
	for _, part := range []string{`<div role="alert" lang="en" dir="ltr">`, `class="govuk-error-message" lang="en" dir="ltr"`} {
		if !strings.Contains(wrong.Text, part) {
			t.Errorf("an English error message on the Urdu page does not say so: no %s", part)
		}
	}
	s.Get(link+"?lang=en&r=5").Is(200).Hides("<bdi", `role="alert" lang=`)
	// Without the language the survey can be published, and its Urdu is kept.
	look.Languages = []string{"en"}
	now, err := s.Accounts.BySlug(t.Context(), s.Org.Slug)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Accounts.ChangeLook(t.Context(), s.By(), now.Look().Mark(), look); err != nil {
		t.Fatal(err)
	}
	s.Later()
	s.Get(at, "Cookie", me).Is(200).Hides("cannot be published in Urdu")
}
