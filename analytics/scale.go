package analytics

import (
	"slices"
	"strings"

	"yousaid/analytics/figures"
	"yousaid/analytics/refusal"
	"yousaid/analytics/tabulate"
	"yousaid/surveys/question"
	"yousaid/surveys/wording"
)

// ratingOn finds the question by which a survey counts on a scale: in its newest version the first rating on the scale
// that must be answered, else the first on it.
func (a publishedSurvey) ratingOn(scale string) (question.Question, bool) {
	var found question.Question
	ok := false
	for _, q := range a.versions[0].Questions() {
		if q.Scale != scale {
			continue
		}
		if q.Required {
			return q, true
		}
		if !ok {
			found, ok = q, true
		}
	}
	return found, ok
}

// measureScale counts the surveys by their ratings on one scale. Nothing is rescaled: an answer that counts differently
// in two surveys refuses the join, and surveys without a rating on the scale are named as left out.
func (b *codebook) measureScale(t *table, scale string) error {
	var kept []publishedSurvey
	var merged question.Question
	t.counts.questions = map[int64]string{}
	for _, s := range b.surveys {
		q, ok := s.ratingOn(scale)
		if !ok {
			b.leftOut = append(b.leftOut, s.Slug)
			continue
		}
		for _, d := range s.versions { // answers of older versions count by the same code
			older, _ := d.Question(q.Code)
			if older.Scale != scale {
				continue
			}
			for _, o := range older.Options {
				was, there := merged.Option(o.Code)
				switch {
				case !there:
					merged.Options = append(merged.Options, o)
				case o.Satisfied != was.Satisfied || o.DontKnow != was.DontKnow || !sameScore(o.Score, was.Score):
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
		t.counts.questions[s.ID] = q.Code
	}
	if len(kept) == 0 {
		return refusal.New(refusal.AboutSurvey, "",
			"refusal.none_of_the_surveys_has|None of the surveys has a rating on the scale “%s”. Choose "+
				"another question.", scale)
	}
	b.surveys = kept
	m := measured(merged)
	m.Code, m.Scale = figures.ScalePrefix+scale, scale
	if len(kept) > 1 {
		m.Text = wording.Say("sheet.same_scale|Ratings on the same scale in %s", wording.Listed(", ", titles(kept)))
	}
	t.measure = measure{Measure: m, field: tabulate.AnswerInEach(t.counts.questions)}
	return nil
}

func titles(list []publishedSurvey) (all []wording.Message) {
	for _, s := range list {
		all = append(all, s.Title)
	}
	return all
}

func sameScore(a, b *float64) bool { return a == nil && b == nil || a != nil && b != nil && *a == *b }

// scales lists the scales on which surveys rate, those of most surveys first, each named by its ends.
func (b *codebook) scales() []figures.Code {
	var list []figures.Code
	count := map[string]int{}
	for _, s := range b.surveys {
		seen := map[string]bool{}
		for _, q := range s.versions[0].Questions() {
			if q.Scale == "" || seen[q.Scale] {
				continue
			}
			seen[q.Scale] = true
			if count[q.Scale]++; count[q.Scale] == 1 {
				list = append(list, figures.Code{Code: q.Scale, Label: ends(q)})
			}
		}
	}
	slices.SortStableFunc(list, func(x, y figures.Code) int { return count[y.Code] - count[x.Code] })
	return list
}

// ends names a scale by its first and last answer.
func ends(q question.Question) wording.Message {
	var labels []question.Text
	for _, o := range q.Options {
		if label, _ := o.Text.In("en"); !o.DontKnow && label != "" {
			labels = append(labels, o.Text)
		}
	}
	if len(labels) < 2 {
		return wording.Plain(q.Scale)
	}
	last := wording.Part{Message: wording.Named(labels[len(labels)-1]), Shape: strings.ToLower}
	return wording.Say("sheet.from_to|%s to %s", labels[0], last)
}
