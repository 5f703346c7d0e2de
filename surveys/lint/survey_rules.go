package lint

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"yousaid/surveys"
	"yousaid/surveys/question"
)

// mostBeforeSave is how many questions may stand before the rating is saved, which is when the first page is sent.
const mostBeforeSave = 3

// surveyRules are the rules about the questionnaire and not one question: Q6, Q17 and Q18.
func surveyRules(d surveys.Definition, languages []string) Findings {
	var found Findings
	add := func(rule string, s Severity, code, format string, args ...any) {
		found = append(found, Finding{Rule: rule, Severity: s, Question: code, Sentence: fmt.Sprintf(format, args...)})
	}
	if len(d.Pages) > 0 && len(d.Pages[0].Questions) > mostBeforeSave {
		for i, q := range d.Pages[0].Questions[mostBeforeSave:] {
			add("Q18", Confirm, q.Code, "This is question %d on the first page. The rating is saved when the first page is sent: ask no "+
				"more than %d questions there and move the others to a later page.",
				mostBeforeSave+1+i, mostBeforeSave)
		}
	}
	if firstRating(d) == "" && len(d.Questions()) > 0 {
		add("Q18", Warning, "", "The first page has no rating question. Start with one, so that a link can carry the answer and "+
			"figures can show how satisfied people are.")
	}
	way := 0
	for _, q := range d.Questions() {
		if inFigures(q) { // numbers say themselves which way they run
			continue
		}
		now := direction(q)
		if way != 0 && now != 0 && now != way {
			add("Q6", Confirm, q.Code, "Its answers run the other way than those of the ratings before it. Let every rating begin with "+
				"the same end, or people tick the wrong one.")
		}
		if way == 0 {
			way = now
		}
	}
	for _, lang := range languages {
		if d.Title[lang] == "" {
			add("Q17", Warning, "", "The council’s pages are in %s too, and this survey is not. Give it a title in %s to add the language.",
				LanguageWord(lang), LanguageWord(lang))
		}
	}
	for _, lang := range shown(d, languages) {
		if missing(d.Intro, lang) {
			add("Q17", Error, "", "Write the introduction in %s too.", LanguageWord(lang))
		}
		for i, p := range d.Pages {
			if missing(p.Title, lang) {
				add("Q17", Error, "", "Write the title of page %d in %s too.", i+1, LanguageWord(lang))
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
		var lacks []string
		if missing(q.Text, lang) {
			lacks = append(lacks, "the question")
		}
		if missing(q.Hint, lang) {
			lacks = append(lacks, "the hint")
		}
		for _, o := range q.Options {
			if missing(o.Text, lang) {
				lacks = append(lacks, "the answer “"+firstWords(o.Text)+"”")
			}
		}
		if len(lacks) > 4 {
			more := fmt.Sprintf("%d more answers", len(lacks)-4)
			if len(lacks) == 5 {
				more = "1 more answer"
			}
			lacks = append(lacks[:4], more)
		}
		if len(lacks) > 0 {
			found = append(found, Finding{Rule: "Q17", Severity: Error, Question: q.Code,
				Sentence: fmt.Sprintf("Write %s in %s too.", list(lacks), LanguageWord(lang))})
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

func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// LanguageWord names a language in English, or gives its tag.
func LanguageWord(tag string) string {
	if t, err := language.Parse(tag); err == nil {
		if name := display.English.Tags().Name(t); name != "" && !strings.HasPrefix(name, "Unknown") {
			return name
		}
	}
	return "the language " + tag
}
