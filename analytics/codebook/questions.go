package codebook

import (
	"slices"
	"sort"
	"strings"
	"yousaid/analytics/figures"
	"yousaid/analytics/refusal"
	"yousaid/surveys"
	"yousaid/surveys/bank"
	"yousaid/surveys/question"
	"yousaid/surveys/wording"
)

// Find gives the question of a code in the newest version of a survey that asks it.
func (a Survey) Find(code string) (question.Question, bool) {
	for _, d := range a.Versions {
		if q, ok := d.Question(code); ok {
			return q, true
		}
	}
	return question.Question{}, false
}

// Merged is a question with the options of every version and survey: newest first, then what older ones had besides.
func (b *Book) Merged(code string) (question.Question, bool) {
	var out question.Question
	found := false
	for _, s := range b.Surveys {
		for _, d := range s.Versions {
			q, ok := d.Question(code)
			if !ok {
				continue
			}
			if !found {
				out, found = q, true
				out.Options = slices.Clone(q.Options)
				continue
			}
			for _, o := range q.Options {
				if _, ok := out.Option(o.Code); !ok {
					out.Options = append(out.Options, o)
				}
			}
		}
	}
	return out, found
}

// otherwise gives the code of an answer that the survey counts differently from q, or "": a scale of the same name may
// have been made twice, and its figures would say nothing.
func (a Survey) otherwise(q question.Question) string {
	for _, d := range a.Versions {
		own, _ := d.Question(q.Code)
		for _, o := range own.Options {
			same, _ := q.Option(o.Code)
			scores := o.Score == nil && same.Score == nil || o.Score != nil && same.Score != nil && *o.Score == *same.Score
			if !scores || o.Satisfied != same.Satisfied || o.DontKnow != same.DontKnow {
				return o.Code
			}
		}
	}
	return ""
}

// Joined is the question of a code as all surveys of the codebook ask it, or a Refusal where their answers cannot be
// counted together. Each survey asks it.
func (b *Book) Joined(code string) (question.Question, error) {
	kept := b.Surveys
	first, _ := kept[0].Find(code)
	for _, s := range kept[1:] {
		other, _ := s.Find(code)
		if ScaleOf(other) != ScaleOf(first) {
			return question.Question{}, refusal.New(refusal.AboutSurvey, "",
				"refusal.cannot_be_joined_asks|%s cannot be joined: %s asks it on the scale %s, %s on the scale %s. Name surveys of one scale.",
				code, kept[0].Slug, ScaleOf(first), s.Slug, ScaleOf(other))
		}
	}
	q, _ := b.Merged(code)
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

// Measured is a question as it is counted.
func Measured(q question.Question) figures.Measure {
	m := figures.Measure{Kind: q.Kind, Number: q.Numeric(), Several: q.Many(), Chart: q.Chart()}
	m.Text = wording.Named(q.Text)
	scored := 0
	valid := 0
	for _, o := range q.Choices() {
		m.Answers = append(m.Answers, figures.AnswerCode{Code: o.Code, Label: wording.Named(q.Word(o)), Score: o.Score, Satisfied: o.Satisfied,
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

// Asks tells whether any version of the surveys asks an equality characteristic.
func (b *Book) Asks(characteristic string) bool {
	return slices.ContainsFunc(b.Surveys, func(s Survey) bool {
		return slices.ContainsFunc(s.Versions, func(d surveys.Definition) bool { return slices.Contains(d.Equality, characteristic) })
	})
}

func (b *Book) CodesOf(s Survey) string {
	out := ""
	for _, q := range s.Versions[0].Questions() {
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

// ScaleOf names what makes two measures the same: their declared scale, or else the kind with its option codes.
func ScaleOf(q question.Question) string {
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

// RatingOn finds the question by which a survey counts on a scale: in its newest version the first rating on the scale
// that must be answered, else the first on it.
func (a Survey) RatingOn(scale string) (question.Question, bool) {
	var found question.Question
	ok := false
	for _, q := range a.Versions[0].Questions() {
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

func SameScore(a, b *float64) bool { return a == nil && b == nil || a != nil && b != nil && *a == *b }

// Scales lists the scales on which surveys rate, those of most surveys first, each named by its ends.
func (b *Book) Scales() []figures.Code {
	var list []figures.Code
	count := map[string]int{}
	for _, s := range b.Surveys {
		seen := map[string]bool{}
		for _, q := range s.Versions[0].Questions() {
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

// Measures are the codes of all that can be counted in any survey of the codebook.
func (b *Book) Measures() map[string]bool {
	all := map[string]bool{}
	for _, s := range b.Surveys {
		for _, d := range s.Versions {
			for _, q := range d.Questions() {
				if q.Countable() {
					all[q.Code] = true
				}
			}
		}
	}
	for _, s := range b.Scales() {
		all[figures.ScalePrefix+s.Code] = true
	}
	return all
}

// Title is that of a survey in all languages.
func (b *Book) Title(of figures.SurveyRef) question.Text {
	for _, s := range b.Surveys {
		if (of.ID == 0 || s.ID == of.ID) && (of.ID != 0 || s.Slug == of.Slug) {
			return s.Versions[0].Title
		}
	}
	return nil
}

// Split is what a dimension is called where somebody named it.
func (b *Book) Split(id string) question.Text {
	if c, ok := bank.Find(id); ok {
		return c.Name
	}
	if c, ok := bank.Find(strings.TrimSuffix(id, "_group")); ok {
		return c.Name
	}
	q, _ := b.Merged(id)
	return q.Text
}
