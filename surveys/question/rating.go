package question

import (
	"math"
	"slices"
)

// Rating is one option of a scale, each with a score.
const Rating Kind = "rating"

// rating: one option of a scale; the scores make means, the satisfied marks make shares.
var rating = kind{name: Rating, label: "staff.rating|Rating", hint: "survey.a_scale_of_your|A scale of your own, each answer with a score",
	coded: true, rates: true, chart: Parts, keys: []string{"options", "scale", "score", "satisfied"}, empty: "answer.choose_one", does: ratings{}}

func (ratings) check(q Question) []Problem {
	var found []Problem
	scores := 0
	for _, o := range q.Options {
		switch {
		case o.DontKnow && (o.Score != nil || o.Satisfied):
			found = append(found, problem(q, "question.score_not_counted", arg("code", clip(o.Code))))
		case o.DontKnow:
		case o.Score == nil:
			found = append(found, problem(q, "question.score_missing", arg("code", clip(o.Code))))
		case !(math.Abs(*o.Score) <= 1000):
			found = append(found, problem(q, "question.score_range", arg("code", clip(o.Code))))
		default:
			scores++
		}
	}
	if scores < 2 && len(found) == 0 && len(q.Options) >= 2 {
		found = append(found, problem(q, "question.scores_too_few"))
	}
	if q.Scale != "" && !ValidCode(q.Scale) {
		found = append(found, problem(q, "question.scale", arg("scale", clip(q.Scale))))
	}
	return found
}

// parseOne takes one code of the list; it serves rating, choice and yesno.
func parseOne(q Question, values []string) (any, *Problem) {
	if values = slices.Compact(values); len(values) > 1 {
		return fault(q, "answer.only_one")
	}
	if _, ok := q.Option(values[0]); !ok {
		return fault(q, "answer.not_listed")
	}
	return values[0], nil
}

type ratings struct{}

func (ratings) parse(q Question, values []string) (any, *Problem) { return parseOne(q, values) }
