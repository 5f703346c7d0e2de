package question

import (
	"regexp"
	"strings"

	"yousaid/surveys/wording"
)

// Limits of a well made question.
const (
	MaxOptions = 200  // answers to choose from
	MaxWording = 1000 // characters of a question, hint or answer
)

var (
	code     = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,40}$`)
	language = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)
)

// ValidCode tells whether c can be the code of a question, an answer or a scale: 1 to 41 small letters, digits, "-" or "_".
func ValidCode(c string) bool { return code.MatchString(c) }

// Check says what is wrong with a question; nothing when it is well made.
func Check(q Question) []Problem {
	var found []Problem
	add := func(text string, args ...any) { found = append(found, problem(q, text, args...)) }
	switch {
	case !ValidCode(q.Code):
		add("question.code|The code “%s” must be 1 to 41 small letters, digits, “-” or “_”, and start with a letter or digit.", clip(q.Code))
	case Reserved(q.Code):
		add("question.code_reserved|The code “%s” is kept for the program. Choose another code for this question.", q.Code)
	}
	if q.Text.Empty() {
		add("question.text_missing|Write the question in at least one language.")
	}
	k, ok := find(q.Kind)
	if !ok {
		return append(found, *unknownKind(q))
	}
	for _, a := range Attributes {
		for _, m := range a.check(q, q.Kind, wording.Say(a.Subject)) {
			found = append(found, Problem{Question: q.Code, Message: m})
		}
	}
	if !q.Kind.Has("options") && len(q.Options) > 0 {
		add("question.no_options|A question of kind “%s” has no list of answers. Take the options away or choose another kind.", string(q.Kind))
	} else {
		found = append(found, checkOptions(q)...)
	}
	return append(found, k.does.check(q)...)
}

func unknownKind(q Question) *Problem {
	p := problem(q, "question.kind|“%s” is not a kind of question. Use one of: %s.", clip(string(q.Kind)),
		listed(func(Kind) bool { return true }))
	return &p
}

// checkOptions holds what is true of every list of answers.
func checkOptions(q Question) []Problem {
	var found []Problem
	seen := map[string]bool{}
	for i, o := range q.Options {
		add := func(text string, args ...any) { found = append(found, ofOption(q, i, text, args...)) }
		switch {
		case !ValidCode(o.Code):
			add("question.option_code|The answer code “%s” must be 1 to 41 small letters, digits, “-” or “_”, and start with a letter or digit.",
				clip(o.Code))
		case seen[o.Code]:
			add("question.option_twice|The answer code “%s” is used twice. Give each answer its own code.", o.Code)
		}
		seen[o.Code] = true
		if o.Text.Empty() {
			add("question.option_text_missing|Write the wording of the answer “%s” in at least one language.", clip(o.Code))
		}
		for _, a := range OptionAttributes {
			answer := wording.Say("difference.answer|The answer “%s”", clip(o.Code))
			for _, m := range a.check(o, q.Kind, answer) {
				if _, words := a.at(&o).(*Text); words {
					add(m.Text, m.Args...)
				} else {
					add("question.of_answer|%s: %s", answer, m)
				}
			}
		}
	}
	add := func(text string, args ...any) { found = append(found, problem(q, text, args...)) }
	switch n := len(q.Choices()); {
	case q.Coded() && n < 2:
		add("question.too_few_options|Give at least 2 answers to choose from.")
	case n > MaxOptions:
		add("question.too_many_options|Give no more than %s answers to choose from. There are %s.", thousands(MaxOptions), thousands(n))
	}
	return found
}

// clip keeps what somebody else wrote short enough to quote.
func clip(s string) string {
	s = strings.ToValidUTF8(s, "?")
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
