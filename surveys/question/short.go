package question

import "strings"

// Short is one line of text.
const Short Kind = "short"

// short: one line in the person's own words.
var short = kind{name: Short, label: "survey.a_few_words|A few words", hint: "survey.one_line|One line",
	free: true, limit: ShortLimit, keys: []string{"max_length"}, empty: enterText, does: shorts{}}

func (shorts) parse(q Question, values []string) (any, *Problem) {
	if len(values) > 1 {
		return fault(q, oneBox)
	}
	line := strings.Join(strings.Fields(values[0]), " ")
	if limit, length := q.Limit(), runes(line); length > limit {
		return tooLong(q, "answer.too_long|Your answer must be {limit} characters or fewer. It has {length}.", limit, length)
	}
	return line, nil
}

type shorts struct{}

func (shorts) check(Question) []Problem { return nil }
