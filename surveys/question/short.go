package question

import "strings"

// short: one line in the person's own words.
var short = kind{name: Short, check: checkLength, parse: parseShort, empty: "answer.enter_text"}

func parseShort(q Question, values []string) (any, *Problem) {
	if len(values) > 1 {
		return fault(q, "answer.one_box")
	}
	line := strings.Join(strings.Fields(values[0]), " ")
	if limit, length := q.Limit(), runes(line); length > limit {
		return tooLong(q, "answer.too_long", limit, length)
	}
	return line, nil
}
