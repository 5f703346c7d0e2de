package actions

import (
	"fmt"
	"regexp"
	"strings"

	"yousaid/surveys/lint"
	"yousaid/surveys/question"
	"yousaid/surveys/redaction"
)

// Finding is something to put right in an action, at its field.
type Finding struct {
	Field    string // you_said, we_did, deliverable, target, owner
	Lang     string // of the field; "" where it has none
	Severity lint.Severity
	Sentence string
}

// few finds counts of people below the threshold of publication, in words or figures: one person is somebody.
var few = regexp.MustCompile(`(?i)\b(an?|one|two|three|four|single|[1-4])\s+(?:of\s+(?:you|our|the)\s+)?(?:\p{L}+\s+){0,2}?(person|people|customers?|residents?|tenants?|users?|parents?|pensioners?|drivers?|respondents?|men|man|women|woman|carers?|families|family|of you|comments?|complaints?|replies|answers?)\b`)

// fewWelsh does so in Welsh.
var fewWelsh = regexp.MustCompile(`(?i)\b(un|dau|dwy|tri|tair|pedwar|pedair|[1-4])\s+(?:o\s+)?(berson|person|bobl|gwsmer|cwsmer|gwsmeriaid|preswylydd|breswylydd|denant|tenant|sylw|ymateb)\b`)

// vague is a count that names nobody: "a person", which people say of anybody.
var vague = regexp.MustCompile(`(?i)^an?\s`)

var typed = regexp.MustCompile(`(?i)\b\d+(?:\.\d+)?\s?(?:%|per ?cent)|\b(?:one|two|three|\d+) (?:in|out of) (?:ten|five|four|three|\d+)\b`)

const longSentence = 25

// Review reads an action before it goes to a second person. Errors keep it back.
func (c Content) Review(languages []string) []Finding {
	var found []Finding
	add := func(field, lang string, s lint.Severity, format string, args ...any) {
		found = append(found, Finding{field, lang, s, fmt.Sprintf(format, args...)})
	}
	for _, part := range []struct {
		field  string
		text   question.Text
		needed bool
	}{{"you_said", c.Texts.YouSaid, true}, {"we_did", c.Texts.WeDid, true}, {"deliverable", c.Texts.Deliverable, false}} {
		if part.text.Empty() {
			if part.needed {
				add(part.field, languages[0], lint.Error, "Write this: the public reads it.")
			}
			continue
		}
		for _, lang := range languages {
			if strings.TrimSpace(part.text[lang]) == "" {
				add(part.field, lang, lint.Error, "Write this in %s too: the council publishes in both.", lint.LanguageWord(lang))
			}
		}
		for lang, text := range part.text {
			found = append(found, c.read(part.field, lang, text)...)
		}
	}
	if c.Kind == Doing && c.Target == "" {
		add("target", "", lint.Error, "A promise needs a date: say by when.")
	}
	if c.Kind != Cannot && c.Kind != Did && c.Owner == 0 {
		add("owner", "", lint.Error, "A promise needs somebody who looks after it: choose an owner.")
	}
	return found
}

// read looks at one text in one language.
func (c Content) read(field, lang, text string) []Finding {
	var found []Finding
	add := func(s lint.Severity, format string, args ...any) {
		found = append(found, Finding{field, lang, s, fmt.Sprintf(format, args...)})
	}
	for _, m := range append(few.FindAllString(text, -1), fewWelsh.FindAllString(text, -1)...) {
		if lang == "cy" || !vague.MatchString(m) || strings.Contains(strings.ToLower(m), " single ") {
			add(lint.Error, "“%s” is so few that people may know who it was. Say “some people”, or pick a released figure.", m)
		}
	}
	for _, s := range redaction.Suggest(text) {
		add(lint.Error, "“%s” looks like a %s. Nobody may be named here: take it out.", text[s.From:s.To], s.Kind)
	}
	if m := typed.FindString(text); m != "" && c.Figure == nil {
		add(lint.Warning, "“%s” was typed by hand. Pick a released figure, so that its base and dates stand beside it.", m)
	}
	for _, sentence := range strings.FieldsFunc(text, func(r rune) bool { return r == '.' || r == '?' || r == '!' || r == '\n' }) {
		if n := len(strings.Fields(sentence)); n > longSentence {
			add(lint.Warning, "A sentence has %d words. Keep each to %d.", n, longSentence)
		}
	}
	if lang == "en" && len(strings.Fields(text)) >= 8 {
		if g := lint.Grade(text); g > 8 {
			add(lint.Warning, "It reads like a text for people of %d years. Use shorter words and sentences.", int(g+5.5))
		}
		for _, w := range lint.Jargon(text) {
			add(lint.Warning, "%s", w)
		}
	}
	return found
}
