package main

import (
	"strings"
	"testing"
)

// harmful asks something that may say who somebody is, and puts four questions before the rating is saved.
const harmful = `
survey: visit
title: {en: Your visit}
pages:
- questions:
  - code: rating
    kind: rating
    required: true
    text: {en: How satisfied or dissatisfied were you}
    options:
    - {code: "5", score: 5, satisfied: true, text: {en: Satisfied}}
    - {code: "3", score: 3, text: {en: Neither}}
    - {code: "1", score: 1, text: {en: Dissatisfied}}
  - {code: phone, kind: short, text: {en: What is your phone number?}}
  - {code: why, kind: text, text: {en: Why?}}
  - {code: more, kind: text, text: {en: What else?}}
`

// The command line publishes what the browser publishes: what would harm needs a reason, a language without words cannot be
// published at all.
func TestPublishingAtTheKeyboard(t *testing.T) {
	t.Parallel()
	k := newKeyboard(t)
	k.does("organisation add riverton --name Riverton --link-prefix RVT --language en --language ur").ok()
	importing := "survey import " + k.file("visit.yaml", harmful) + " --organisation riverton --publish"
	for _, way := range []string{importing, "survey publish visit --organisation riverton", importing + " --override ' '"} {
		r := k.does(way)
		for _, want := range []string{"check: question phone: ", "check: question more: This is question 4 on the first page", "advice: ",
			"saved as a draft and not published",
			`yousaid survey publish visit --organisation riverton --override "the reason"`} {
			if r.code != exitFailed || r.out != "" || !strings.Contains(r.errs, want) {
				t.Errorf("%s: exit code %d, %q, not told %q: %s", way, r.code, r.out, want, r.errs)
			}
		}
	}
	k.does("link add --organisation riverton --survey visit --channel web").ok()
	if r := k.does("survey publish visit --organisation riverton --override '" + strings.Repeat("long ",
		101) + "'"); r.code != exitFailed || !strings.Contains(r.errs, "in one line of 500 characters") {
		t.Errorf("a reason that is too long: %+v", r)
	}
	if r := k.does("survey publish visit --organisation riverton --override 'They call us from it.'"); r.ok() != "Version 1 of "+
		"visit is published.\n" || !strings.Contains(r.errs, "check: question phone") {
		t.Errorf("with a reason: %+v", r)
	}
	var kept string
	if err := k.db.Owner().Get(&kept, `SELECT after::text FROM audit WHERE action = 'survey.published'`); err != nil ||
		!strings.Contains(kept, "They call us from it.") || !strings.Contains(kept, "phone Q16 (confirm)") {
		t.Errorf("the audit keeps %s, %v", kept, err)
	}
	if r := k.does("survey publish visit --organisation riverton"); r.code != exitFailed || !strings.Contains(r.errs, "not published") {
		t.Errorf("a reason holds for one time: %+v", r)
	}

	urdu := "survey import " + k.file("ur.yaml",
		strings.Replace(harmful, "title: {en: Your visit}", "title: {en: Your visit, ur: آپ کا دورہ}", 1)) +
		" --organisation riverton --publish --override 'It is meant so.'"
	if r := k.does(urdu); r.code != exitFailed || !strings.Contains(r.errs,
		"wordings of the buttons, error messages and notices around the questions are not translated into Urdu") ||
		!strings.Contains(r.errs, "Put right what is marked “must”") {
		t.Errorf("a language without words: %+v", r)
	}
	k.does("survey add --template customer-satisfaction --organisation riverton --publish").says("customer-satisfaction\n")
}
