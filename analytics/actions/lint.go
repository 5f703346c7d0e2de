package actions

import (
	"regexp"
	"strings"

	"yousaid/analytics/quoted"
	"yousaid/surveys/lint"
	"yousaid/surveys/question"
	"yousaid/surveys/redaction"
	"yousaid/surveys/wording"
)

// Finding is something to put right in an action, at its field.
type Finding struct {
	Field    string // you_said, we_did, deliverable, target, owner, figure, after, quote
	Lang     string // of the field; "" where it has none
	Severity lint.Severity
	Sentence wording.Message
}

// smallCount finds counts of people below the threshold of publication, in words or figures: one person is somebody.
var smallCount = regexp.MustCompile(
	`(?i)\b(an?|one|two|three|four|single|[1-4])\s+(?:of\s+(?:you|our|the)\s+)?(?:\p{L}+\s+){0,2}?(person|people|customers?|` +
		`residents?|tenants?|users?|parents?|pensioners?|drivers?|respondents?|men|man|women|woman|carers?|families|family|of you|` +
		`comments?|complaints?|replies|answers?)\b`,
)

// smallCountWelsh does so in Welsh.
var smallCountWelsh = regexp.MustCompile(
	`(?i)\b(un|dau|dwy|tri|tair|pedwar|pedair|[1-4])\s+(?:o\s+)?(berson|person|bobl|gwsmer|cwsmer|gwsmeriaid|preswylydd|breswylydd|` +
		`denant|tenant|sylw|ymateb)\b`,
)

// added are people who came to work, not people who said something: "two more people on the phones".
var added = regexp.MustCompile(`(?i)\b(?:more|extra|additional|new|further)\b|\b(?:arall|ychwanegol|newydd)\b`)

// verbAfterCount is what follows a count of people who said something, also where they were more: "two more people said".
var verbAfterCount = regexp.MustCompile(
	`(?i)^\s+(?:who|said|says?|told|wrote|complained|asked|wanted|reported|felt|had|has|have|was|were|rang|called|thought|found|` +
		`waited|gave|answered|replied|yn dweud|wedi)\b`,
)

// share is a part of a whole, which says nothing about how many: "one in four people", and after a count "in ten".
var share = regexp.MustCompile(`(?i)^\S+ (?:in|out of) `)

// shareBefore is what makes a share of a count that stands after it: "two in" before "three residents".
var shareBefore = regexp.MustCompile(`(?i)\b(?:\d+|one|two|three) (?:in|out of) (?:every )?$`)

// shareAfter is what makes a share of a count that stands before it: "four people in ten".
var shareAfter = regexp.MustCompile(`(?i)^\s+(?:in|out of) (?:every )?(?:three|four|five|six|eight|ten|twenty|a hundred|\d+)\b`)

// smallCounts lists the counts of so few people in a text that somebody may know them.
func smallCounts(lang, text string) []string {
	var all []string
	for _, rule := range []*regexp.Regexp{smallCount, smallCountWelsh} {
		for _, at := range rule.FindAllStringIndex(text, -1) {
			m, before, after := text[at[0]:at[1]], text[:at[0]], text[at[1]:]
			switch {
			case lang != "cy" && indefiniteArticle.MatchString(m) && !strings.Contains(strings.ToLower(m), " single "):
			case added.MatchString(m) && !verbAfterCount.MatchString(after):
			case share.MatchString(m), shareAfter.MatchString(after), shareBefore.MatchString(before):
			default:
				all = append(all, m)
			}
		}
	}
	return all
}

// indefiniteArticle is a count that names nobody: "a person", which people say of anybody.
var indefiniteArticle = regexp.MustCompile(`(?i)^an?\s`)

var typedFigure = regexp.MustCompile(
	`(?i)\b\d+(?:\.\d+)?\s?(?:%|per ?cent)|\b(?:one|two|three|\d+) (?:in|out of) (?:ten|five|four|three|\d+)\b`,
)

const maxSentenceWords = 25

// Review reads an action, with what it shows beside its words, before it goes to a second person. Errors keep it back; so
// do findings to confirm, until the writer says that they are meant.
func (c Content) Review(languages []string, e Evidence) []Finding {
	var found []Finding
	add := func(field, lang string, s lint.Severity, sentence string, args ...any) {
		found = append(found, Finding{field, lang, s, wording.Say(sentence, args...)})
	}
	for _, part := range []struct {
		field  string
		text   question.Text
		needed bool
	}{{"you_said", c.Texts.YouSaid, true}, {"we_did", c.Texts.WeDid, true}, {"deliverable", c.Texts.Deliverable, false}} {
		if part.text.Empty() {
			if part.needed {
				add(part.field, languages[0], lint.Error, "action_advice.write|Write this: the public reads it.")
			}
			continue
		}
		for _, lang := range languages {
			if strings.TrimSpace(part.text[lang]) == "" {
				add(part.field, lang, lint.Error, "action_advice.write_in|Write this in %s too: the council publishes in both.",
					wording.LanguageName(lang))
			}
		}
		for lang, text := range part.text {
			found = append(found, reviewText(part.field, lang, text, e)...)
		}
	}
	if c.Kind == Doing && c.Target == "" {
		add("target", "", lint.Error, "action_advice.no_target|A promise needs a date: say by when.")
	}
	if c.Kind != Cannot && c.Kind != Did && c.Owner == 0 {
		add("owner", "", lint.Error, "action_advice.no_owner|A promise needs somebody who looks after it: choose an owner.")
	}
	return append(found, e.review()...)
}

// review looks at figures and the quote.
func (e Evidence) review() (found []Finding) {
	add := func(field string, s lint.Severity, sentence string) {
		found = append(found, Finding{field, "", s, wording.Say(sentence)})
	}
	for _, slot := range Slots {
		if f := e.At(slot); f != nil && f.State != "" && f.State != quoted.Released {
			add(string(slot), lint.Error,
				"action_advice.figure_gone|The table of this figure was withdrawn or corrected. Choose the figure anew, or take it out.")
		}
	}
	if e.Figure != nil && e.After != nil {
		if !e.Figure.Same(*e.After) {
			add(string(After), lint.Warning, "action_advice.not_the_same|The two figures are about different questions, groups or measures. "+
				"Readers will compare them: choose the same one twice.")
		}
		if e.After.From <= e.Figure.To {
			add(string(After), lint.Warning, "action_advice.not_after|The later figure should be of months after those of the first.")
		}
	}
	switch {
	case e.Quote == nil:
	case e.Quote.Text == "":
		add(partQuote, lint.Error,
			"action_advice.quote_gone|The quoted comment was decided about, changed or taken back since. Choose a quote anew, or take it out.")
	default:
		found = append(found, personalDetails(partQuote, "", e.Quote.Language, e.Quote.Text)...)
	}
	return found
}

// personalDetails finds what may say who somebody is.
func personalDetails(field, lang, in, text string) (found []Finding) {
	few := "action_advice.few|“%s” is so few that people may know who it was. Say “some people”, or pick a released figure."
	named := "action_advice.named|“%s” looks like personal data (%s). Nobody may be named here: take it out."
	if field == partQuote {
		few = "action_advice.few_quoted|“%s” is so few that people may know who it was. Redact it on the page of the comment, or " +
			"choose another quote."
		named = "action_advice.named_quoted|“%s” looks like personal data (%s). Nobody may be named here: redact it " +
			"on the page of the comment, or choose another quote."
	}
	for _, m := range smallCounts(in, text) {
		found = append(found, Finding{field, lang, lint.Confirm, wording.Say(few, m)})
	}
	for _, s := range redaction.Suggest(text) {
		severity, sentence := lint.Confirm, named
		if !s.Sure { // a page of the council's partners, or a building, may be named here
			severity = lint.Warning
			sentence = "action_advice.may_name|“%s” may be personal data (%s). If it says who somebody is, take it out."
		}
		found = append(found, Finding{field, lang, severity, wording.Say(sentence, text[s.From:s.To], s.Kind.Words())})
	}
	return found
}

// reviewText looks at one text in one language.
func reviewText(field, lang, text string, e Evidence) []Finding {
	found := personalDetails(field, lang, lang, text)
	advise := func(sentence wording.Message) { found = append(found, Finding{field, lang, lint.Warning, sentence}) }
	if m := typedFigure.FindString(text); m != "" && e.Figure == nil && e.After == nil {
		advise(wording.Say(
			"action_advice.typed_figure|“%s” was typed by hand. Pick a released figure, so that its base and dates stand beside it.", m))
	}
	for _, sentence := range strings.FieldsFunc(text, func(r rune) bool { return r == '.' || r == '?' || r == '!' || r == '\n' }) {
		if n := len(strings.Fields(sentence)); n > maxSentenceWords {
			advise(wording.Say("action_advice.long_sentence|A sentence has %s words. Keep each to %s.", n, maxSentenceWords))
		}
	}
	if lang == "en" && len(strings.Fields(text)) >= 8 {
		if g := lint.Grade(text); g > 8 {
			advise(wording.Say("action_advice.hard_to_read|It reads like a text for people of %s years. Use shorter words and sentences.",
				int(g+5.5)))
		}
		for _, w := range lint.Jargon(text) {
			advise(w)
		}
	}
	return found
}
