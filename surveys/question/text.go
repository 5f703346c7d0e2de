package question

import "unicode/utf8"

// LongTxt is several lines of text.
const LongTxt Kind = "text"

// text: several lines in the person's own words.
var text = kind{name: LongTxt, label: "survey.comment|Comment", hint: "survey.several_lines|Several lines",
	free: true, private: true, limit: TextLimit, keys: []string{"max_length"}, empty: enterText, does: texts{}}

// Limits of what a person may write, in characters.
const (
	ShortLimit = 200
	TextLimit  = 1200
	MostText   = 5000 // no question may allow more
)

// Limit is how many characters an answer may have; 0 where the answer is not a text.
func (q Question) Limit() int {
	if q.Free() && q.MaxLength > 0 {
		return min(q.MaxLength, MostText)
	}
	return q.Kind.of().limit
}

func (texts) parse(q Question, values []string) (any, *Problem) {
	if len(values) > 1 {
		return fault(q, oneBox)
	}
	if limit, length := q.Limit(), runes(values[0]); length > limit {
		return tooLong(q, "answer.comment_too_long|Your comment must be {limit} characters or fewer. It has {length}.", limit, length)
	}
	return values[0], nil
}

func tooLong(q Question, sentence string, limit, length int) (any, *Problem) {
	if limit == 1 {
		return fault(q, "answer.one_character|Your answer must be 1 character. It has {length}.", arg("length", thousands(length)))
	}
	return fault(q, sentence, arg("limit", thousands(limit)), arg("length", thousands(length)))
}

func runes(s string) int { return utf8.RuneCountInString(s) }

type texts struct{}

func (texts) check(Question) []Problem { return nil }
