// Package lint reads a questionnaire as a careful colleague would, before customers do: what would harm stops publishing unless the
// writer says why it is meant so, the rest is advice. The store of surveys asks it whenever a draft is to be published, whoever
// asks.
package lint

import (
	"strings"

	"yousaid/surveys"
	"yousaid/surveys/question"
	"yousaid/surveys/wording"
)

// What the store of surveys acts on.
type (
	Severity = surveys.Severity
	Finding  = surveys.Finding
	Findings = surveys.Findings
)

// The severities.
const (
	Error   = surveys.Error
	Confirm = surveys.Confirm
	Warning = surveys.Warning
)

// rule is one rule of the list.
type rule struct {
	id       string
	severity Severity
	find     func(asked) []wording.Message // a sentence for each fault of a question
}

// asked is a question with what surrounds it.
type asked struct {
	question.Question
	stem, hint string // in English
	first      bool   // it is the first rating of the first page, which everybody is asked for
	next       []question.Question
}

// rules are the rules about one question. The ids are those of STANDARDS 6; those about the whole questionnaire are in
// survey_rules.go. Q14 (grids) needs none: no kind of question draws a grid.
var rules = []rule{
	{"Q1", Warning, doubleBarrelled},
	{"Q2", Warning, leading},
	{"Q3", Warning, negative},
	{"Q4", Confirm, unbalanced},
	{"Q5", Confirm, pictured},
	{"Q5", Warning, numbered},
	{"Q7", Warning, noDontKnow},
	{"Q8", Confirm, overlappingBands},
	{"Q9", Warning, notExhaustive},
	{"Q10", Warning, tooManyOptions},
	{"Q11", Warning, longRecall},
	{"Q12", Warning, jargon},
	{"Q13", Warning, tooLong},
	{"Q15", Warning, noWayOut},
	{"Q16", Confirm, identifying},
	{"reading", Warning, hardToRead},
}

// Review reads a questionnaire that is shown in the languages of the organisation.
func Review(d surveys.Definition, languages []string) Findings {
	var found Findings
	for _, p := range d.Check() {
		found = append(found, surveys.Checked(p))
	}
	found = append(found, surveyRules(d, languages)...)
	rating := firstRating(d)
	for _, page := range d.Pages {
		for i, q := range page.Questions {
			a := asked{Question: q, stem: english(q.Text), hint: english(q.Hint), first: q.Code == rating, next: page.Questions[i+1:]}
			for _, r := range rules {
				for _, sentence := range r.find(a) {
					found = append(found, Finding{Rule: r.id, Severity: r.severity, Question: q.Code, Sentence: sentence})
				}
			}
			found = append(found, translations(d, q, languages)...)
		}
	}
	return found
}

// firstRating is the code of the question that is saved first.
func firstRating(d surveys.Definition) string {
	if len(d.Pages) > 0 {
		for _, q := range d.Pages[0].Questions {
			if q.Rates() {
				return q.Code
			}
		}
	}
	return ""
}

func english(t question.Text) string { return strings.Join(strings.Fields(t["en"]), " ") }

func say(text string, args ...any) []wording.Message {
	return []wording.Message{wording.Say(text, args...)}
}
