// Package lint reads a questionnaire as a careful colleague would, before customers do: what would harm stops publishing, the rest is advice.
package lint

import (
	"fmt"
	"slices"
	"strings"

	"yousaid/surveys"
	"yousaid/surveys/question"
)

// Severity says what a finding does.
type Severity string

// The severities.
const (
	Error   Severity = "error"   // stops publishing: figures, people or whole languages would come to harm
	Confirm Severity = "confirm" // may harm, guessed from words: stops until the writer says that it is meant, which is logged
	Warning Severity = "warning" // is advice, which is logged where it is not followed
)

// Finding is one thing that a questionnaire would do badly, at its place.
type Finding struct {
	Rule     string // Q1 to Q18 of the project's standards; "check" for what no version can have
	Severity Severity
	Question string // code; "" for the questionnaire as a whole
	Sentence string
}

// Findings are what a review found, in the order of the questionnaire.
type Findings []Finding

// Errors are the findings that stop publishing.
func (fs Findings) Errors() Findings {
	return slices.DeleteFunc(slices.Clone(fs), func(f Finding) bool { return f.Severity != Error })
}

// Confirms are the findings that stop publishing until the writer says that they are meant.
func (fs Findings) Confirms() Findings {
	return slices.DeleteFunc(slices.Clone(fs), func(f Finding) bool { return f.Severity != Confirm })
}

// Despite is what the audit keeps of the findings that a version was published with: the question, the rule and its severity, one line each.
func (fs Findings) Despite() []string {
	var all []string
	for _, f := range fs {
		all = append(all, strings.TrimSpace(fmt.Sprintf("%s %s (%s)", f.Question, f.Rule, f.Severity)))
	}
	return all
}

// Of lists the findings of a question; "" gives those of the whole.
func (fs Findings) Of(code string) Findings {
	return slices.DeleteFunc(slices.Clone(fs), func(f Finding) bool { return f.Question != code })
}

// rule is one rule of the list.
type rule struct {
	id       string
	severity Severity
	find     func(asked) []string // a sentence for each fault of a question
}

// asked is a question with what surrounds it.
type asked struct {
	question.Question
	stem, hint string // in English
	first      bool   // it is the first rating of the first page, which everybody is asked for
	next       []question.Question
}

// rules are the rules about one question. The ids are those of STANDARDS 6; those about the whole questionnaire are in whole.go. Q14 (grids) needs none: no kind of
// question draws a grid.
var rules = []rule{
	{"Q1", Warning, doubleBarrelled},
	{"Q2", Warning, leading},
	{"Q3", Warning, negative},
	{"Q4", Error, unbalanced},
	{"Q5", Error, pictured},
	{"Q5", Warning, numbered},
	{"Q7", Warning, noDontKnow},
	{"Q8", Error, overlappingBands},
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
		found = append(found, Finding{"check", Error, p.Question, p.English})
	}
	found = append(found, whole(d, languages)...)
	rating := firstRating(d)
	for _, page := range d.Pages {
		for i, q := range page.Questions {
			a := asked{Question: q, stem: english(q.Text), hint: english(q.Hint), first: q.Code == rating, next: page.Questions[i+1:]}
			for _, r := range rules {
				for _, sentence := range r.find(a) {
					found = append(found, Finding{r.id, r.severity, q.Code, sentence})
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
			if q.Kind == question.Rating {
				return q.Code
			}
		}
	}
	return ""
}

func english(t question.Text) string { return strings.Join(strings.Fields(t["en"]), " ") }

func say(format string, args ...any) []string { return []string{fmt.Sprintf(format, args...)} }
