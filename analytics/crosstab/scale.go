package crosstab

import (
	"yousaid/analytics/codebook"
	"yousaid/analytics/figures"
	"yousaid/analytics/refusal"
	"yousaid/analytics/tabulate"
	"yousaid/surveys/question"
	"yousaid/surveys/wording"
)

// chooseScale counts the surveys by their ratings on one scale. Nothing is rescaled: an answer that counts differently
// in two surveys refuses the join, and surveys without a rating on the scale are named as left out.
func (t *Table) chooseScale(scale string) error {
	b := t.Codebook
	var kept []codebook.Survey
	var merged question.Question
	t.Counts.Questions = map[int64]string{}
	for _, s := range b.Surveys {
		q, ok := s.RatingOn(scale)
		if !ok {
			b.LeftOut = append(b.LeftOut, s.Slug)
			continue
		}
		for _, d := range s.Versions { // answers of older versions count by the same code
			older, _ := d.Question(q.Code)
			if older.Scale != scale {
				continue
			}
			for _, o := range older.Options {
				was, there := merged.Option(o.Code)
				switch {
				case !there:
					merged.Options = append(merged.Options, o)
				case o.Satisfied != was.Satisfied || o.DontKnow != was.DontKnow || !codebook.SameScore(o.Score, was.Score):
					return refusal.New(refusal.AboutSurvey, "",
						"refusal.the_scale_cannot_be|The scale %s cannot be counted together: the answer %s counts "+
							"one way in %s and another way in an earlier survey. Name one of them.", scale, o.Code, s.Slug)
				}
			}
		}
		if len(kept) == 0 {
			merged.Text, merged.Kind, merged.Code = q.Text, q.Kind, q.Code
		}
		kept = append(kept, s)
		t.Counts.Questions[s.ID] = q.Code
	}
	if len(kept) == 0 {
		return refusal.New(refusal.AboutSurvey, "",
			"refusal.none_of_the_surveys_has|None of the surveys has a rating on the scale “%s”. Choose "+
				"another question.", scale)
	}
	b.Surveys = kept
	m := codebook.Measured(merged)
	m.Code, m.Scale = figures.ScalePrefix+scale, scale
	if len(kept) > 1 {
		m.Text = wording.Say("sheet.same_scale|Ratings on the same scale in %s", wording.Listed(", ", titles(kept)))
	}
	t.Measure = Measure{Measure: m, Field: tabulate.AnswerInEach(t.Counts.Questions)}
	return nil
}

func titles(list []codebook.Survey) (all []wording.Message) {
	for _, s := range list {
		all = append(all, s.Title)
	}
	return all
}
