package question

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
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
	empty     string              // key|English: the sentence when a required question is left out
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

// having lists the kinds that have a key, as a questionnaire calls them: short, text.
func having(key string) string {
	return listed(func(k Kind) bool { return k.Has(key) })
}

// listed names the kinds that are so, as a questionnaire calls them.
func listed(so func(Kind) bool) string {
	var names []string
	for _, k := range kinds {
		if so(k.name) {
			names = append(names, string(k.name))
		}
	}
	return strings.Join(names, ", ")
}

func find(name Kind) (kind, bool) {
	for _, k := range kinds {
		if k.name == name {
			return k, true
		}
	}
	return kind{}, false
}

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

// Parse turns the values of a form field into the answer as it is stored: a code (string), codes in the order of the questionnaire
// ([]string), a number (float64) or a text (string, line ends "\n"). Nothing filled in gives nil and no problem, unless the
// question is required. The problem is for the person who answers.
func Parse(q Question, values []string) (any, *Problem) {
	k, ok := find(q.Kind)
	if !ok {
		return nil, unknownKind(q)
	}
	var filled []string
	for _, v := range values {
		if !utf8.ValidString(v) || strings.ContainsRune(v, 0) {
			return fault(q, "answer.not_text|Your answer has a character that we cannot save. Type it again using letters, numbers and punctuation.")
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
