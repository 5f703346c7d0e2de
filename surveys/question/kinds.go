package question

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"yousaid/surveys/wording"
)

// kind is all that one kind of question is. Each is in a file of its own.
type kind struct {
	name      Kind
	label     string              // key|English: what staff call it
	hint      string              // key|English: what people do with it; "" where the label says so
	coded     bool                // answers are codes that tables can count by
	rates     bool                // answers are points of a scale: each has a score, and may be chosen by a link
	many      bool                // a person may give several answers
	numeric   bool                // answers are numbers
	free      bool                // answers are a person's own words
	private   bool                // people are told to name nobody
	limit     int                 // how many characters words may have where the question does not say
	chart     Chart               // how tables of its answers are drawn
	figures   []string            // of tables of its answers and no others: names of analytics/figures
	own       []Option            // answers to choose from where the question lists none
	spellings map[string][]string // how other programs write a code
	keys      []string            // what only some kinds have, as it is called in a questionnaire: options, score, min, …
	empty     string              // key of the sentence when a required question is left out
	messages  []string            // key|English: the sentences that no other kind says
	does      behaviour
}

// behaviour is what a kind does with a question and with what people fill in.
type behaviour interface {
	check(Question) []Problem                 // what is wrong with the question, beyond what all kinds share
	parse(Question, []string) (any, *Problem) // the filled-in values, never empty and all clean → the answer as it is stored
}

// kinds is every kind of question there is.
var kinds = []kind{rating, recommend, choice, several, yesno, number, short, text}

// Chart says how tables of the answers are drawn where no figure of them is drawn (analytics/figures).
type Chart string

// The charts.
const (
	NoChart Chart = ""
	Parts   Chart = "parts" // a bar for each group of people, of parts for its answers, which add up to all of them
)

// Kinds lists the kinds of question.
func Kinds() []Kind {
	var names []Kind
	for _, k := range kinds {
		names = append(names, k.name)
	}
	return names
}

// Label is what staff call a kind: key|English.
func (k Kind) Label() string { return k.of().label }

// Hint says what people do with a kind: key|English, or "" where the label says so.
func (k Kind) Hint() string { return k.of().hint }

// Has tells whether questions of the kind, or their answers, can have what is called so in a questionnaire: options, scale, score,
// satisfied, exclusive, max_length, min, max.
func (k Kind) Has(key string) bool { return slices.Contains(k.of().keys, key) }

// Private tells whether people who answer are told to name nobody.
func (k Kind) Private() bool { return k.of().private }

// Figures lists the figures that tables of the answers have and those of other kinds have not, by their names in JSON.
func (k Kind) Figures() []string { return k.of().figures }

// Spellings lists how other programs write an answer of the kind.
func (k Kind) Spellings(code string) []string { return k.of().spellings[code] }

// Own lists the answers to choose from where a question of the kind lists none.
func (k Kind) Own() []Option { return k.of().own }

// of is the kind, or one that is nothing where there is no such kind.
func (k Kind) of() kind {
	one, _ := find(k)
	return one
}

// having lists the kinds that have a key, in words: “short” or “text”.
func having(key string) wording.Message {
	var names []string
	for _, k := range kinds {
		if k.name.Has(key) {
			names = append(names, "“"+string(k.name)+"”")
		}
	}
	return wording.Either(names)
}

func find(name Kind) (kind, bool) {
	for _, k := range kinds {
		if k.name == name {
			return k, true
		}
	}
	return kind{}, false
}

// Limits of a well made question.
const (
	MaxOptions = 200  // answers to choose from
	MaxWording = 1000 // characters of a question, hint or answer
)

var (
	code     = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,40}$`)
	language = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)
)

// equality lists the ids of the harmonised equality questions and of the characteristics they tell: answers are stored by the
// first, tables are asked by the second. A test in bank keeps the list complete.
var equality = []string{
	"age", "age_band", "age_years", "date_of_birth", "sex", "gender_identity", "gender_same", "ethnic_group", "ethnic_group_single",
	"ethnic_group_step1",
	"disability", "llti", "llti_limit", "impairment", "religion", "sexual_orientation", "marriage", "marital_status", "pregnancy_maternity",
	"carer", "carer_hours", "deprivation", "postcode",
}

// reserved codes name something else in a form, an address or a table.
var reserved = slices.Concat(equality, []string{
	"token", "action", "r", "t", "org", "survey", "csrf",
	"channel", "mode", "service", "directorate", "access_point", "language", "month", "week", "day",
})

// Reserved tells whether a question may not have the code, because a form field or a dimension of tables has that name.
func Reserved(c string) bool {
	base := strings.TrimSuffix(c, "_group")
	return slices.Contains(reserved, c) || base != c && slices.Contains(equality, base)
}

// ValidCode tells whether c can be the code of a question, an answer or a scale: 1 to 41 small letters, digits, "-" or "_".
func ValidCode(c string) bool { return code.MatchString(c) }

// Check says what is wrong with a question; nothing when it is well made.
func Check(q Question) []Problem {
	var found []Problem
	add := func(key string, args ...any) { found = append(found, problem(q, key, args...)) }
	switch {
	case !ValidCode(q.Code):
		add("question.code", arg("code", clip(q.Code)))
	case Reserved(q.Code):
		add("question.code_reserved", arg("code", q.Code))
	}
	if q.Text.Empty() {
		add("question.text_missing")
	} else if why, faulty := q.Text.Fault(); faulty {
		add("question.wording", arg("what", wording.Say("question.the_question|question")), arg("why", why))
	}
	if why, faulty := q.Hint.Fault(); faulty {
		add("question.wording", arg("what", wording.Say("question.the_hint|hint")), arg("why", why))
	}
	if q.Bank != "" && !ValidCode(q.Bank) {
		add("question.bank", arg("bank", clip(q.Bank)))
	}
	k, ok := find(q.Kind)
	if !ok {
		var names []string
		for _, n := range Kinds() {
			names = append(names, string(n))
		}
		add("question.kind", arg("kind", clip(string(q.Kind))), arg("kinds", strings.Join(names, ", ")))
		return found
	}
	only := func(key string, what wording.Message, there bool) {
		if there && !q.Kind.Has(key) {
			add("question.only", arg("kinds", having(key)), arg("what", what))
		}
	}
	only("scale", wording.Say("question.a_scale|a scale"), q.Scale != "")
	only("max_length", wording.Plain("max_length"), q.MaxLength != 0)
	only("min", wording.Say("question.min_or_max|min or max"), q.Min != nil || q.Max != nil)
	if !q.Kind.Has("options") && len(q.Options) > 0 {
		add("question.no_options", arg("kind", string(q.Kind)))
	} else {
		found = append(found, checkOptions(q)...)
	}
	return append(found, k.does.check(q)...)
}

// checkOptions holds what is true of every list of answers.
func checkOptions(q Question) []Problem {
	var found []Problem
	add := func(key string, args ...any) { found = append(found, problem(q, key, args...)) }
	seen := map[string]bool{}
	for _, o := range q.Options {
		switch {
		case !ValidCode(o.Code):
			add("question.option_code", arg("code", clip(o.Code)))
		case seen[o.Code]:
			add("question.option_twice", arg("code", o.Code))
		}
		seen[o.Code] = true
		if o.Text.Empty() {
			add("question.option_text_missing", arg("code", clip(o.Code)))
		} else if why, faulty := o.Text.Fault(); faulty {
			add("question.wording", arg("what", wording.Say("question.the_answer|answer “%s”", clip(o.Code))), arg("why", why))
		}
		if !q.Kind.Has("score") && (o.Score != nil || o.Satisfied) {
			add("question.only", arg("kinds", having("score")),
				arg("what", wording.Say("question.scored_answers|answers with a score or a satisfied mark")))
		}
		if !q.Kind.Has("exclusive") && o.Exclusive {
			add("question.only", arg("kinds", having("exclusive")),
				arg("what", wording.Say("question.exclusive_answer|an exclusive answer, as “%s” is", clip(o.Code))))
		}
	}
	switch n := len(q.Choices()); {
	case q.Coded() && n < 2:
		add("question.too_few_options")
	case n > MaxOptions:
		add("question.too_many_options", arg("limit", thousands(MaxOptions)), arg("count", thousands(n)))
	}
	return found
}

// Parse turns the values of a form field into the answer as it is stored: a code (string), codes in the order of the questionnaire
// ([]string), a number (float64) or a text (string, line ends "\n"). Nothing filled in gives nil and no problem, unless the
// question is required. The problem is for the person who answers.
func Parse(q Question, values []string) (any, *Problem) {
	k, ok := find(q.Kind)
	if !ok {
		p := problem(q, "question.kind", arg("kind", clip(string(q.Kind))), arg("kinds", ""))
		return nil, &p
	}
	var filled []string
	for _, v := range values {
		if !utf8.ValidString(v) || strings.ContainsRune(v, 0) {
			return fault(q, "answer.not_text")
		}
		v = tidy(v)
		if v != "" {
			filled = append(filled, v)
		}
	}
	if len(filled) == 0 {
		if q.Required {
			return fault(q, k.empty)
		}
		return nil, nil
	}
	return k.does.parse(q, filled)
}

// tidy makes line ends one character, drops characters that are no writing (files we make later could not hold them), and trims.
func tidy(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.ReplaceAll(s, "\r", "\n")
	s = strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return r
		}
		if unicode.IsControl(r) || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}

func fault(q Question, key string, args ...any) (any, *Problem) {
	p := problem(q, key, args...)
	return nil, &p
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

// Fault says in a few words why a wording cannot be used, where it is faulty.
func (t Text) Fault() (why wording.Message, faulty bool) {
	for tag, s := range t {
		switch {
		case !language.MatchString(tag):
			return wording.Say("question.not_a_language|“%s” is not a language code like en or cy", clip(tag)), true
		case !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }):
			return wording.Say("question.not_text|it has a character that is not text"), true
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
