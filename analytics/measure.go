package analytics

import (
	"slices"
	"sort"
	"strings"

	"yousaid/analytics/figures"
	"yousaid/analytics/refusal"
	"yousaid/analytics/tabulate"
	"yousaid/surveys"
	"yousaid/surveys/question"
	"yousaid/surveys/wording"
)

// measure finds what is counted, and refuses surveys that ask it on another scale.
func (b *codebook) measure(t *table, code string) error {
	if scale, ok := strings.CutPrefix(code, figures.ScalePrefix); ok {
		return b.measureScale(t, scale)
	}
	if code == "" {
		return refusal.New(refusal.AboutMeasure, "",
			"refusal.there_is_no_question|There is no question here that can be counted. Choose another survey.")
	}
	var kept []publishedSurvey
	for _, s := range b.surveys {
		if _, ok := s.find(code); ok {
			kept = append(kept, s)
			continue
		}
		if !slices.Contains(t.frame.Query.Surveys, "all") {
			return refusal.New(refusal.AboutMeasure, "",
				"refusal.the_survey_does_not|The survey %s does not ask “%s”. Choose one of its questions: "+
					"%s.", s.Slug, code, b.codesOf(s))
		}
		b.leftOut = append(b.leftOut, s.Slug)
	}
	if len(kept) == 0 {
		return refusal.New(refusal.AboutMeasure, "",
			"refusal.none_of_the_surveys|None of the surveys asks “%s”. Choose another question.", code)
	}
	b.surveys = kept
	q, err := b.joined(code)
	if err != nil {
		return err
	}
	t.counts.questions = map[int64]string{}
	for _, s := range kept {
		t.counts.questions[s.ID] = code
	}
	first, _ := kept[0].find(code)
	m := measured(q)
	m.Code, m.Scale = code, scale(first)
	t.measure = measure{Measure: m, field: tabulate.AnswerTo(code)}
	return nil
}

// joined is the question of a code as all surveys of the codebook ask it, or a Refusal where their answers cannot be
// counted together. Each survey asks it.
func (b *codebook) joined(code string) (question.Question, error) {
	kept := b.surveys
	first, _ := kept[0].find(code)
	for _, s := range kept[1:] {
		other, _ := s.find(code)
		if scale(other) != scale(first) {
			return question.Question{}, refusal.New(refusal.AboutSurvey, "",
				"refusal.cannot_be_joined_asks|%s cannot be joined: %s asks it on the scale %s, %s on the scale %s. Name surveys of one scale.",
				code, kept[0].Slug, scale(first), s.Slug, scale(other))
		}
	}
	q, _ := b.merged(code)
	for _, s := range kept[1:] {
		if differs := s.otherwise(q); differs != "" {
			return question.Question{}, refusal.New(refusal.AboutSurvey, "",
				"refusal.cannot_be_joined_the|%s cannot be joined: the answer %s counts one way in %s and another way in %s. Name one of "+
					"them.", code, differs, kept[0].Slug, s.Slug)
		}
	}
	if q.Free() {
		return question.Question{}, refusal.New(refusal.AboutMeasure, "",
			"refusal.is_answered_in_people|“%s” is answered in people's own words: there is nothing to count. Choose another question.", code)
	}
	return q, nil
}

// measured is a question as it is counted.
func measured(q question.Question) figures.Measure {
	m := figures.Measure{Kind: q.Kind, Number: q.Numeric(), Several: q.Many(), Chart: q.Chart()}
	m.Text = wording.Named(q.Text)
	scored := 0
	valid := 0
	for _, o := range q.Choices() {
		m.Answers = append(m.Answers, figures.AnswerCode{Code: o.Code, Label: wording.Named(o.Text), Score: o.Score, Satisfied: o.Satisfied,
			DontKnow: o.DontKnow})
		if o.DontKnow {
			continue
		}
		valid++
		if o.Score != nil {
			scored++
		}
		m.HasShare = m.HasShare || o.Satisfied
	}
	m.HasMean = m.Number || valid > 0 && scored == valid && !m.Several
	return m
}

// asks tells whether any version of the surveys asks an equality characteristic.
func (b *codebook) asks(characteristic string) bool {
	return slices.ContainsFunc(b.surveys, func(s publishedSurvey) bool {
		return slices.ContainsFunc(s.versions, func(d surveys.Definition) bool { return slices.Contains(d.Equality, characteristic) })
	})
}

func (b *codebook) codesOf(s publishedSurvey) string {
	out := ""
	for _, q := range s.versions[0].Questions() {
		if q.Free() {
			continue
		}
		if out != "" {
			out += ", "
		}
		out += q.Code
	}
	return out
}

// scale names what makes two measures the same: their declared scale, or else the kind with its option codes.
func scale(q question.Question) string {
	if q.Scale != "" {
		return q.Scale
	}
	out := string(q.Kind)
	if !q.Listed() {
		return out
	}
	codes := []string{}
	for _, o := range q.Options {
		codes = append(codes, o.Code)
	}
	sort.Strings(codes)
	for _, c := range codes {
		out += " " + c
	}
	return out
}

// measureAlike counts the question of each survey as one, beside a measure whose answers come first: then those that
// only other surveys, or earlier versions, have. An answer that counts differently somewhere is refused.
func (b *codebook) measureAlike(t *table, own figures.Measure, questions map[int64]string) error {
	m := own
	m.Answers = slices.Clone(own.Answers)
	for _, s := range b.surveys {
		for _, d := range s.versions {
			q, _ := d.Question(questions[s.ID])
			for _, a := range measured(q).Answers {
				at := slices.IndexFunc(m.Answers, func(has figures.AnswerCode) bool { return has.Code == a.Code })
				switch {
				case at < 0:
					m.Answers = append(m.Answers, a)
				case !sameScore(a.Score, m.Answers[at].Score) || a.Satisfied != m.Answers[at].Satisfied || a.DontKnow != m.Answers[at].DontKnow:
					return refusal.New(refusal.AboutMeasure, "",
						"refusal.cannot_be_released_the|%s cannot be released: the answer %s counts one way in it "+
							"and another way in %s, with which an earlier release counts it together.", own.Code, a.Code, s.Slug)
				}
			}
		}
	}
	t.measure = measure{Measure: m, field: tabulate.AnswerInEach(questions)}
	return nil
}
