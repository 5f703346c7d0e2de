package crosstab

import (
	"slices"
	"strings"

	"yousaid/analytics/codebook"
	"yousaid/analytics/figures"
	"yousaid/analytics/refusal"
	"yousaid/analytics/tabulate"
)

// choose finds what is counted, and refuses surveys that ask it on another scale.
func (t *Table) choose(code string) error {
	b := t.Codebook
	if scale, ok := strings.CutPrefix(code, figures.ScalePrefix); ok {
		return t.chooseScale(scale)
	}
	if code == "" {
		return refusal.New(refusal.AboutMeasure, "",
			"refusal.there_is_no_question|There is no question here that can be counted. Choose another survey.")
	}
	var kept []codebook.Survey
	for _, s := range b.Surveys {
		if _, ok := s.Find(code); ok {
			kept = append(kept, s)
			continue
		}
		if !slices.Contains(t.Frame.Query.Surveys, "all") {
			return refusal.New(refusal.AboutMeasure, "",
				"refusal.the_survey_does_not|The survey %s does not ask “%s”. Choose one of its questions: "+
					"%s.", s.Slug, code, b.CodesOf(s))
		}
		b.LeftOut = append(b.LeftOut, s.Slug)
	}
	if len(kept) == 0 {
		return refusal.New(refusal.AboutMeasure, "",
			"refusal.none_of_the_surveys|None of the surveys asks “%s”. Choose another question.", code)
	}
	b.Surveys = kept
	q, err := b.Joined(code)
	if err != nil {
		return err
	}
	t.Counts.Questions = map[int64]string{}
	for _, s := range kept {
		t.Counts.Questions[s.ID] = code
	}
	first, _ := kept[0].Find(code)
	m := codebook.Measured(q)
	m.Code, m.Scale = code, codebook.ScaleOf(first)
	t.Measure = Measure{Measure: m, Field: tabulate.AnswerTo(code)}
	return nil
}

// MeasureAlike counts the question of each survey as one, beside a measure whose answers come first: then those that
// only other surveys, or earlier versions, have. An answer that counts differently somewhere is refused.
func (t *Table) MeasureAlike(own figures.Measure, questions map[int64]string) error {
	m := own
	m.Answers = slices.Clone(own.Answers)
	for _, s := range t.Codebook.Surveys {
		for _, d := range s.Versions {
			q, _ := d.Question(questions[s.ID])
			for _, a := range codebook.Measured(q).Answers {
				at := slices.IndexFunc(m.Answers, func(has figures.AnswerCode) bool { return has.Code == a.Code })
				switch {
				case at < 0:
					m.Answers = append(m.Answers, a)
				case !codebook.SameScore(a.Score, m.Answers[at].Score) || a.Satisfied != m.Answers[at].Satisfied ||
					a.DontKnow != m.Answers[at].DontKnow:
					return refusal.New(refusal.AboutMeasure, "",
						"refusal.cannot_be_released_the|%s cannot be released: the answer %s counts one way in it "+
							"and another way in %s, with which an earlier release counts it together.", own.Code, a.Code, s.Slug)
				}
			}
		}
	}
	t.Measure = Measure{Measure: m, Field: tabulate.AnswerInEach(questions)}
	return nil
}
