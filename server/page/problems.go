package page

import (
	"errors"
	"strings"

	"yousaid/surveys/question"
	"yousaid/surveys/wording"
)

// Problem is one thing to put right: the id of the field (the first radio of a group has the id of the
// group) and a sentence that says what to do. The same sentence stands in the summary and at the field.
type Problem struct {
	Field string
	Text  string
}

// Problems are what to put right on a page, in the order of the page. It is an error, so that a form can return it.
type Problems []Problem

// Add notes a problem.
func (ps *Problems) Add(field, text string) { *ps = append(*ps, Problem{field, text}) }

// For gives what is wrong with a field, or "".
func (ps Problems) For(field string) string {
	for _, p := range ps {
		if p.Field == field {
			return p.Text
		}
	}
	return ""
}

// Error puts the problems in one line.
func (ps Problems) Error() string {
	texts := make([]string, len(ps))
	for i, p := range ps {
		texts[i] = p.Text
	}
	return strings.Join(texts, "; ")
}

// RefusedIn finds the problems by field in an error: any error in its chain that has EachProblem, such as a wording.Refusal. They are
// worded for the page. It is nil where
// the error is of another kind.
func (p Page) RefusedIn(err error) Problems {
	var list interface {
		error
		EachProblem(func(field string, why wording.Message))
	}
	if !errors.As(err, &list) {
		return nil
	}
	var ps Problems
	list.EachProblem(func(field string, why wording.Message) { ps.Add(field, p.Say(why)) })
	return ps
}

// Language is the page's language.
func (p Page) Language() string { return p.Lang }

// Say words a message in the page's language.
func (p Page) Say(m wording.Message) string { return p.said(p.speaks().say(m)) }

// ProblemsOf puts what is wrong with answers into the page's language, each at its question.
func (p Page) ProblemsOf(answers []question.Problem) Problems {
	var ps Problems
	for _, a := range answers {
		ps.Add(a.Question, p.Say(a.Message))
	}
	return ps
}
