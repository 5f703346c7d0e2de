package lint

import (
	"slices"
	"strings"

	"yousaid/surveys"
	"yousaid/surveys/question"
	"yousaid/surveys/wording"
)

// mostBeforeSave is how many questions may stand before the rating is saved, which is when the first page is sent.
const mostBeforeSave = 3

// surveyRules are the rules about the questionnaire and not one question: Q6, Q17 and Q18.
func surveyRules(d surveys.Definition, languages []string) Findings {
	var found Findings
	add := func(rule string, s Severity, code, text string, args ...any) {
		found = append(found, Finding{Rule: rule, Severity: s, Question: code, Sentence: wording.Say(text, args...)})
	}
	if len(d.Pages) > 0 && len(d.Pages[0].Questions) > mostBeforeSave {
		for i, q := range d.Pages[0].Questions[mostBeforeSave:] {
			add("Q18", Confirm, q.Code, "lint.first_page_long|This is question %s on the first page. The rating is saved when the first "+
				"page is sent: ask no "+
				"more than %s questions there and move the others to a later page.",
				mostBeforeSave+1+i, mostBeforeSave)
		}
	}
	if firstRating(d) == "" && len(d.Questions()) > 0 {
		add("Q18", Warning, "", "lint.no_rating|The first page has no rating question. Start with one, so that a link can carry the answer and "+
			"figures can show how satisfied people are.")
	}
	way := 0
	for _, q := range d.Questions() {
		if inFigures(q) { // numbers say themselves which way they run
			continue
		}
		now := direction(q)
		if way != 0 && now != 0 && now != way {
			add("Q6", Confirm, q.Code, "lint.other_way|Its answers run the other way than those of the ratings before it. Let every "+
				"rating begin with "+
				"the same end, or people tick the wrong one.")
		}
		if way == 0 {
			way = now
		}
	}
	for _, lang := range languages {
		if d.Title[lang] == "" {
			add("Q17", Warning, "", "lint.untitled|The council’s pages are in %s too, and this survey is not. Give it a title in %s to "+
				"add the language.",
				wording.LanguageName(lang), wording.LanguageName(lang))
		}
	}
	for _, lang := range shown(d, languages) {
		if missing(d.Intro, lang) {
			add("Q17", Error, "", "lint.introduction|Write the introduction in %s too.", wording.LanguageName(lang))
		}
		for i, p := range d.Pages {
			if missing(p.Title, lang) {
				add("Q17", Error, "", "lint.page_title|Write the title of page %s in %s too.", i+1, wording.LanguageName(lang))
			}
		}
	}
	return found
}

// direction is 1 where scores rise from the first answer to the last, -1 where they fall, 0 where that cannot be said.
func direction(q question.Question) int {
	var scores []float64
	for _, o := range q.Options {
		if o.Score != nil {
			scores = append(scores, *o.Score)
		}
	}
	switch {
	case len(scores) < 2 || scores[0] == scores[len(scores)-1]:
		return 0
	case scores[0] < scores[len(scores)-1]:
		return 1
	}
	return -1
}

// shown lists the languages of a survey: those of the council in which it has a title. A council without any counts as English.
func shown(d surveys.Definition, languages []string) []string {
	return slices.DeleteFunc(slices.Clone(languages), func(lang string) bool { return strings.TrimSpace(d.Title[lang]) == "" })
}

// missing tells whether a text that says something says nothing in the language.
func missing(t question.Text, lang string) bool {
	return !t.Empty() && strings.TrimSpace(t[lang]) == ""
}

// translations finds what a question lacks in the languages of its survey: Q17.
func translations(d surveys.Definition, q question.Question, languages []string) Findings {
	var found Findings
	for _, lang := range shown(d, languages) {
		var lacks []wording.Message
		if missing(q.Text, lang) {
			lacks = append(lacks, wording.Say("lint.the_question|the question"))
		}
		if missing(q.Hint, lang) {
			lacks = append(lacks, wording.Say("lint.the_hint|the hint"))
		}
		for _, o := range q.Options {
			if missing(o.Text, lang) {
				lacks = append(lacks, wording.Say("lint.the_answer|the answer “%s”", firstWords(o.Text)))
			}
		}
		if len(lacks) > 4 {
			n := len(lacks) - 4
			lacks = append(lacks[:4], wording.Counting("lint.more_answers|%s more answer|%s more answers", n, n))
		}
		if len(lacks) > 0 {
			found = append(found, Finding{Rule: "Q17", Severity: Error, Question: q.Code,
				Sentence: wording.Say("lint.write_too|Write %s in %s too.", list(lacks), wording.LanguageName(lang))})
		}
	}
	return found
}

func firstWords(t question.Text) string {
	s, _ := t.In("en")
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

func list(words []wording.Message) wording.Message {
	last := len(words) - 1
	if last < 1 {
		return wording.Listed("", words)
	}
	return wording.Say("list.and|%s and %s", wording.Listed(", ", words[:last]), words[last])
}
