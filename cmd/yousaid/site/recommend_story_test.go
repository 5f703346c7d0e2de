package site_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"yousaid/cmd/yousaid/site/sitetest"
	"yousaid/surveys/question"
)

// A question from 0 to 10: it is answered without JavaScript in both languages, its net score stands on the results, in a crossed
// equality table and in files, and staff edit its words without giving scores.
func TestRecommendFromZeroToTen(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	s.Ask(`
survey: recommended
title: {en: Would you recommend us?, cy: A fyddech yn ein hargymell?}
pages:
  - questions:
      - code: likely
        kind: recommend
        required: true
        text: {en: How likely are you to recommend us?, cy: Pa mor debygol ydych chi o’n hargymell?}
`)
	link := s.LinkTo("recommended", "waste", "web")
	first := s.Get(link).Is(200).Shows("How likely are you to recommend us?", "0 – Not at all likely", "10 – Extremely likely",
		`type="radio" value="0"`, `type="radio" value="10"`)
	s.Get(link+"?lang=cy").Is(200).Shows("0 – Ddim yn debygol o gwbl", "10 – Hynod debygol").Hides(`<span lang="en" dir="ltr">5</span>`)
	s.Get(link + "?r=9").Is(200).Shows("10 – Extremely likely")
	s.Post(link, url.Values{"token": {first.Token()}}).Is(422).Shows("Choose one of the answers")
	s.Post(link, url.Values{"token": {first.Token()}, "likely": {"11"}}).Is(422).Shows("Choose an answer from the list")
	for _, answer := range []string{"10", "9", "9", "8", "6"} { // three of five less one of five
		page := s.Get(link)
		s.Post(link, url.Values{"token": {page.Token()}, "likely": {answer}}).Is(303)
	}
	s.Responses(5)

	team := s.SignIn(s.Person("consultation"))
	at := "/staff/results?survey=recommended&measure=likely"
	s.Get(at, "Cookie", team).Is(200).Shows("Net score", "40.0", "Mean score", "8.4", "Net score, by month")
	file := s.Get("/staff/results/table.csv?survey=recommended&measure=likely&by=channel", "Cookie", team)
	if !strings.Contains(file.Text, "Net score") {
		t.Errorf("the file has no net score: %d %s", file.StatusCode, file.Text[:min(len(file.Text), 300)])
	}

	// Another wording of an end is saved without scores; the usual words again leave no list behind.
	survey, err := s.Surveys.BySlug(t.Context(), s.Org.ID, "recommended")
	if err != nil {
		t.Fatal(err)
	}
	id, editor := survey.ID, fmt.Sprintf("/staff/surveys/%d/questions/likely", survey.ID)
	form := fields(s.Get(editor, "Cookie", team).Is(200).Shows("Recommend, from 0 to 10").Hides("Counts as satisfied"))
	form.Set("text-en", "How likely are you to recommend us?")
	form.Set("text-cy", "Pa mor debygol ydych chi o’n hargymell?")
	for i, o := range question.Recommend.Own() {
		row := fmt.Sprintf("o%d-", i)
		form.Set(row+"fixed", "yes")
		form.Set(row+"code", o.Code)
		form.Set(row+"text-en", o.Text["en"])
		form.Set(row+"text-cy", o.Text["cy"])
	}
	form.Set("do", "save")
	form.Set("o10-text-en", "10 – I would tell everybody")
	s.Post(editor, form, "Cookie", team).Is(303)
	draft, _, err := s.Surveys.Draft(t.Context(), s.Org.ID, id)
	if err != nil {
		t.Fatal(err)
	}
	q, _ := draft.Question("likely")
	if len(q.Options) != 11 || q.Options[10].Score != nil || *q.Choices()[10].Score != 10 || len(question.Check(q)) != 0 {
		t.Errorf("it was saved as %+v: %v", q, question.Check(q))
	}
}
