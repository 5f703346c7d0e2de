package question

import "slices"

// Rating is one option of a scale, each with a score.
const Rating Kind = "rating"

// rating: one option of a scale; the scores make means, the satisfied marks make shares.
var rating = kind{name: Rating, label: "staff.rating|Rating", hint: "survey.a_scale_of_your|A scale of your own, each answer with a score",
	coded: true, rates: true, chart: Parts, keys: []string{"options", "scale", "score", "satisfied"}, empty: chooseOne,
	does: ratings{}}

func (ratings) check(q Question) []Problem {
	var found []Problem
	scores := 0
	for i, o := range q.Options {
		add := func(sentence string) { found = append(found, ofOption(q, i, sentence, clip(o.Code))) }
		switch {
		case o.DontKnow && (o.Score != nil || o.Satisfied):
			add("question.score_not_counted|The answer “%s” is marked dont_know, so it leaves the figures. Take away its score and satisfied mark.")
		case o.DontKnow:
		case o.Score == nil:
			add("question.score_missing|Give the answer “%s” a score, or mark it dont_know.")
		default:
			scores++
		}
	}
	if scores < 2 && len(found) == 0 && len(q.Options) >= 2 {
		found = append(found, problem(q, "question.scores_too_few|Give at least 2 answers with a score."))
	}
	return found
}

// parseOne takes one code of the list; it serves rating, choice and yesno.
func parseOne(q Question, values []string) (any, *Problem) {
	if values = slices.Compact(values); len(values) > 1 {
		return fault(q, "answer.only_one|Choose only one answer")
	}
	if _, ok := q.Option(values[0]); !ok {
		return fault(q, notListed)
	}
	return values[0], nil
}

type ratings struct{}

func (ratings) parse(q Question, values []string) (any, *Problem) { return parseOne(q, values) }
