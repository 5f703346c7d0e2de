package question

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

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
	} else if why, bad := q.Text.Fault(); bad {
		add("question.wording|The question has wording that cannot be used: %s. Write it again.", why)
	}
	if why, bad := q.Hint.Fault(); bad {
		add("question.hint_wording|The hint has wording that cannot be used: %s. Write it again.", why)
	}
	if q.Bank != "" && !ValidCode(q.Bank) {
		add("question.bank|The bank name “%s” must be 1 to 41 small letters, digits, “-” or “_”, and start with a letter or digit.", clip(q.Bank))
	}
	k, ok := find(q.Kind)
	if !ok {
		return append(found, *unknownKind(q))
	}
	only := func(key string, there bool) {
		if there && !q.Kind.Has(key) {
			add(onlyKinds, key, having(key))
		}
	}
	only("scale", q.Scale != "")
	only("max_length", q.MaxLength != 0)
	only("min", q.Min != nil || q.Max != nil)
	if !q.Kind.Has("options") && len(q.Options) > 0 {
		add("question.no_options|A question of kind “%s” has no list of answers. Take the options away or choose another kind.", string(q.Kind))
	} else {
		found = append(found, checkOptions(q)...)
	}
	return append(found, k.does.check(q)...)
}

const onlyKinds = "question.only|Only these kinds of question can have “%s”: %s. Take it away or choose another kind."

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
		} else if why, bad := o.Text.Fault(); bad {
			add("question.option_wording|The answer “%s” has wording that cannot be used: %s. Write it again.", clip(o.Code), why)
		}
		for key, there := range map[string]bool{"score": o.Score != nil, "satisfied": o.Satisfied, "exclusive": o.Exclusive} {
			if there && !q.Kind.Has(key) {
				add(onlyKinds, key, having(key))
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

// Empty tells whether there is no wording in any language.
func (t Text) Empty() bool {
	for _, s := range t {
		if strings.TrimSpace(s) != "" {
			return false
		}
	}
	return true
}

// Fault says why a wording cannot be used, as a part of a sentence.
func (t Text) Fault() (why wording.Message, bad bool) {
	for _, tag := range slices.Sorted(maps.Keys(t)) {
		s := t[tag]
		switch {
		case !language.MatchString(tag):
			return wording.Say("question.not_a_language|“%s” is not a language code like en or cy", clip(tag)), true
		case !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }):
			return wording.Say("question.no_text|it has a character that is not text"), true
		case utf8.RuneCountInString(s) > MaxWording:
			return wording.Say("question.wording_long|it is longer than %s characters", thousands(MaxWording)), true
		}
	}
	return wording.Message{}, false
}

// clip keeps what somebody else wrote short enough to quote.
func clip(s string) string {
	s = strings.ToValidUTF8(s, "?")
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
