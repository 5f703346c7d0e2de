package surveys

import (
	"strings"

	"yousaid/surveys/question"
	"yousaid/surveys/wording"
)

// ReadyRating is a scale of the ready questionnaires, to begin a rating question with.
type ReadyRating struct {
	Scale   string
	Options []question.Option
}

// Ends names the scale by its first and its last answer that counts: "Very satisfied to Very dissatisfied".
func (r ReadyRating) Ends() wording.Message {
	var labels []question.Text
	for _, o := range r.Options {
		if !o.DontKnow {
			labels = append(labels, o.Text)
		}
	}
	if len(labels) < 2 {
		return wording.Plain(r.Scale)
	}
	last := wording.Part{Message: wording.Named(labels[len(labels)-1]), Shape: strings.ToLower}
	return wording.Say("survey.ends|%s to %s", labels[0], last)
}

// ReadyRatings lists the scales of the ready questionnaires, each once, with its answers.
func ReadyRatings() []ReadyRating {
	var list []ReadyRating
	seen := map[string]bool{}
	for _, name := range Templates() {
		d, err := Template(name)
		if err != nil {
			continue // a test reads them all
		}
		for _, q := range d.Questions() {
			if q.Scale != "" && !seen[q.Scale] {
				seen[q.Scale] = true
				list = append(list, ReadyRating{q.Scale, q.Clone().Options})
			}
		}
	}
	return list
}

// StartQuestion begins a question: of a kind ("choice"), or a rating with a ready scale ("scale lga-satisfaction-5").
func StartQuestion(how string) (question.Question, bool) {
	if scale, ok := strings.CutPrefix(how, "scale "); ok {
		for _, r := range ReadyRatings() {
			if r.Scale == scale {
				return question.Question{Kind: question.Rating, Scale: r.Scale, Options: r.Options}, true
			}
		}
		return question.Question{}, false
	}
	for _, k := range question.Kinds() {
		if string(k) == how {
			return question.Question{Kind: k}, true
		}
	}
	return question.Question{}, false
}
