package counciltest

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
	"yousaid/analytics/figures"
)

// Odd is a survey of a question of each kind that is not a rating.
const Odd = `
survey: odd
title: {en: Odd}
pages:
  - questions:
      - {code: topics, kind: several, text: {en: Which}, options: [
          {code: a, text: {en: A}}, {code: b, text: {en: B}}, {code: none, exclusive: true, text: {en: None}}]}
      - {code: visits, kind: number, min: 0, max: 99, text: {en: How often}}
      - {code: again, kind: yesno, text: {en: Again}}
      - {code: words, kind: text, text: {en: Words}}
      - {code: ease, kind: choice, text: {en: Ease}, options: [
          {code: easy, text: {en: Easy}}, {code: hard, text: {en: Hard}}, {code: dk, dont_know: true, text: {en: Do not know}}]}
`

// Tenure is a survey of two questions that everybody may answer, and equality questions.
const Tenure = `
survey: tenure
title: {en: Tenure}
pages:
  - questions:
      - {code: rating, kind: rating, scale: lga-satisfaction-5, required: true, text: {en: How was it}, options: [
          {code: "5", score: 5, satisfied: true, text: {en: Good}},
          {code: "4", score: 4, satisfied: true, text: {en: Quite good}}, {code: "3", score: 3, text: {en: Neither}},
          {code: "2", score: 2, text: {en: Rather bad}}, {code: "1", score: 1, text: {en: Bad}}]}
      - {code: own, kind: choice, text: {en: Do you own your home}, options: [
          {code: own, text: {en: I own it}}, {code: rent, text: {en: I rent it}}, {code: other, text: {en: Something else}}]}
equality: [age, sex, ethnic_group]
`

// Households is a council of n people who answered in July: all of them the rating, and with a chance of skip in a
// hundred not the other question.
func Households(t *testing.T, seed uint64, n, skip int) *Council {
	t.Helper()
	c := New(t)
	c.Publish(Tenure)
	r := rand.New(rand.NewPCG(seed, 11))
	pick := func(list ...string) string { return list[min(r.IntN(len(list)), r.IntN(len(list)))] }
	var all []Answer
	for range n {
		answers := Rated(fmt.Sprint(1 + r.IntN(5)))
		if r.IntN(100) >= skip {
			answers["own"] = pick("own", "rent", "other")
		}
		all = append(all, Answer{Survey: "tenure", Answers: answers, Channel: pick("web", "telephone", "post", "email"),
			Service: "bins", At: "2026-07-10T10",
			Equality: map[string]string{"sex": pick("female", "male", "pns"),
				"ethnic_group_single": pick("white_british", "asian_indian", "black_african", "white_irish", "mixed_other", "pns")}})
	}
	c.Store(1, all...)
	return c
}

// Asks is a release of the survey for July.
func Asks(measure string, by ...string) figures.Query {
	q := Public(time.July, time.July, by...)
	q.Surveys, q.Measure = []string{"tenure"}, measure
	return q
}
