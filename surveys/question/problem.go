package question

import "yousaid/surveys/wording"

// Problem is one thing to put right, in a question or in an answer: a sentence that says what to do. Those with a key under "answer."
// are read by customers, those under "question." by staff.
type Problem struct {
	Question string // the code of the question; "" for the questionnaire as a whole
	Option   int    // the option of the question that it is about, from 1; 0 for the question as a whole
	wording.Message
}

// Error is the sentence in English.
func (p Problem) Error() string { return p.Message.String() }

// problem makes a problem of a question: key|English, and what is filled in.
func problem(q Question, text string, args ...any) Problem {
	return Problem{Question: q.Code, Message: wording.Say(text, args...)}
}

// ofOption makes a problem of the option of a question at a place in its list, from 0.
func ofOption(q Question, at int, text string, args ...any) Problem {
	p := problem(q, text, args...)
	p.Option = at + 1
	return p
}

func fault(q Question, text string, args ...any) (any, *Problem) {
	p := problem(q, text, args...)
	return nil, &p
}

// arg is an argument that stands where the sentence has {name}, as in those that councils translate.
func arg(name string, value any) wording.Arg { return wording.Arg{Name: name, Value: value} }

// Sentences that several kinds say to the person who answers.
const (
	chooseOne = "answer.choose_one|Choose one of the answers"
	notListed = "answer.not_listed|Choose an answer from the list"
	enterText = "answer.enter_text|Write your answer in the box"
	oneBox    = "answer.one_box|Write one answer only"
)
