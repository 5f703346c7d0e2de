package question

import (
	"slices"
	"strconv"
)

// Recommend is how likely a person is to recommend something, from 0 to 10.
const Recommend Kind = "recommend"

// recommend: one of eleven points, the ends with words; of 9 and 10 less 0 to 6 the net score is made.
var recommend = kind{name: Recommend, label: "survey.recommend|Recommend, from 0 to 10",
	hint:  "survey.how_likely_people_are|How likely people are to recommend it, with its net score",
	coded: true, rates: true, chart: Parts, figures: []string{"net"}, own: points(), keys: []string{"options"},
	empty: chooseOne, does: recommends{},
}

// points are the answers of a question that lists none.
func points() (list []Option) {
	words := map[int]Text{
		0:  {"en": "0 – Not at all likely", "cy": "0 – Ddim yn debygol o gwbl"},
		10: {"en": "10 – Extremely likely", "cy": "10 – Hynod debygol"},
	}
	for n := range 11 {
		code, score := strconv.Itoa(n), float64(n)
		if words[n] == nil {
			words[n] = Text{"en": code, "cy": code}
		}
		list = append(list, Option{Code: code, Score: &score, Text: words[n]})
	}
	return list
}

func (recommends) check(q Question) []Problem {
	var found []string
	for _, o := range q.Choices() {
		if !o.DontKnow {
			found = append(found, o.Code)
		}
	}
	var want []string
	for _, o := range q.Kind.Own() {
		want = append(want, o.Code)
	}
	if !slices.Equal(found, want) {
		return []Problem{problem(q, "question.recommend|A question of kind “recommend” has the answers “0” to “10”; any other answer must be "+
			"marked dont_know. Leave the options out to use the usual words.")}
	}
	return nil
}

type recommends struct{}

func (recommends) parse(q Question, values []string) (any, *Problem) { return parseOne(q, values) }
