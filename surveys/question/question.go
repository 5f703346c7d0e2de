// Package question knows the kinds of question: how each is asked, checked and coded.
package question

import (
	"maps"
	"slices"
	"strings"
	"unicode"

	"yousaid/surveys/wording"
)

// Text is a wording in each language it has, by BCP 47 tag: {"en": "How did we do?", "cy": "Sut wnaethom ni?"}.
type Text map[string]string

// In gives the wording in the language, or the nearest there is, and the language it is really in: the asked one, English, then any.
func (t Text) In(language string) (text, in string) {
	for _, tag := range []string{language, "en"} {
		if s, ok := t[tag]; ok && s != "" {
			return s, tag
		}
	}
	best := ""
	for tag, s := range t {
		if s != "" && (best == "" || tag < best) {
			best = tag
		}
	}
	return t[best], best
}

// Kind is a kind of question. Each has a file of its own; the list is kinds.
type Kind string

// Option is one answer that can be picked. Its code is stored and never changes its meaning.
type Option struct {
	Code      string   `json:"code" yaml:"code"`
	Score     *float64 `json:"score,omitempty" yaml:"score,omitempty"`         // for means; rating options must have one unless DontKnow
	Satisfied bool     `json:"satisfied,omitempty" yaml:"satisfied,omitempty"` // counts towards the share satisfied
	// an answer that leaves the base: "don't know", "not applicable"
	DontKnow  bool `json:"dont_know,omitempty" yaml:"dont_know,omitempty"`
	Exclusive bool `json:"exclusive,omitempty" yaml:"exclusive,omitempty"` // several: cannot stand beside another ("none of these")
	Text      Text `json:"text" yaml:"text"`
}

// Question is one question of a questionnaire.
type Question struct {
	Code string `json:"code" yaml:"code"`
	Kind Kind   `json:"kind" yaml:"kind"`
	// the id of a shared scale: measures of one scale may be joined across surveys
	Scale     string   `json:"scale,omitempty" yaml:"scale,omitempty"`
	Bank      string   `json:"bank,omitempty" yaml:"bank,omitempty"` // the ready question it was made from
	Required  bool     `json:"required,omitempty" yaml:"required,omitempty"`
	Text      Text     `json:"text" yaml:"text"`
	Hint      Text     `json:"hint,omitempty" yaml:"hint,omitempty"`
	Options   []Option `json:"options,omitempty" yaml:"options,omitempty"`
	MaxLength int      `json:"max_length,omitempty" yaml:"max_length,omitempty"` // text and short: characters; 0 means the kind's own limit
	Min       *float64 `json:"min,omitempty" yaml:"min,omitempty"`
	Max       *float64 `json:"max,omitempty" yaml:"max,omitempty"`
}

// Option finds an option by its code; a yes or no question has "yes" and "no" even where it lists no options.
func (q Question) Option(code string) (Option, bool) {
	for _, o := range q.Choices() {
		if o.Code == code {
			return o, true
		}
	}
	return Option{}, false
}

// Word is what an answer is called: as the question lists it or, where it lists none, the usual word of its kind.
func (q Question) Word(o Option) wording.Names {
	if len(q.Options) > 0 || !q.Coded() {
		return o.Text
	}
	return usualWord(o)
}

// UsualKey names a usual answer in lists of translations.
func UsualKey(code string) string { return "question.usual_" + code }

// usualWord is an answer of a kind. Figures are the same in every language.
func usualWord(o Option) wording.Names {
	if !strings.ContainsFunc(o.Text["en"], unicode.IsLetter) {
		return wording.Only{Text: o.Text["en"]}
	}
	return wording.Ours{Key: UsualKey(o.Code), Names: o.Text}
}

// UsualWords lists the usual answers of all kinds that have words.
func UsualWords() (list []wording.Ours) {
	for _, k := range kinds {
		for _, o := range k.own {
			if word, ok := usualWord(o).(wording.Ours); ok {
				list = append(list, word)
			}
		}
	}
	return list
}

// Coded tells whether answers are codes that tables can count by (not numbers, not words).
func (q Question) Coded() bool { return q.Kind.of().coded }

// Rates tells whether the answers are points of a scale, each with its score.
func (q Question) Rates() bool { return q.Kind.of().rates }

// Many tells whether a person may give several answers.
func (q Question) Many() bool { return q.Kind.of().many }

// Numeric tells whether the answers are numbers.
func (q Question) Numeric() bool { return q.Kind.of().numeric }

// Countable tells whether there can be tables of the answers.
func (q Question) Countable() bool { return q.Coded() || q.Numeric() }

// Chart says how tables of the answers are drawn where no figure of them is drawn.
func (q Question) Chart() Chart { return q.Kind.of().chart }

// Free tells whether answers are a person's own words, kept in comments and never in tables.
func (q Question) Free() bool { return q.Kind.of().free }

// Choices lists the answers to choose from: the options, or those of the kind (yes and no) where the question lists none. Where
// the kind has answers with scores, the same answers in other words have these scores.
func (q Question) Choices() []Option {
	own := q.Kind.of().own
	switch {
	case len(q.Options) == 0:
		return own
	case len(own) == 0:
		return q.Options
	}
	list := slices.Clone(q.Options)
	for i := range list {
		at := slices.IndexFunc(own, func(o Option) bool { return o.Code == list[i].Code })
		if at >= 0 && list[i].Score == nil {
			list[i].Score = own[at].Score
		}
	}
	return list
}

// Listed tells whether the answers are those that the question lists itself: not numbers, not words, not yes and no.
func (q Question) Listed() bool { return q.Kind.Has("options") && q.Kind.of().own == nil }

// Clone copies a wording.
func (t Text) Clone() Text { return maps.Clone(t) }

// Clone copies a question, so that a change to the copy never reaches the other.
func (q Question) Clone() Question {
	q.Text, q.Hint = q.Text.Clone(), q.Hint.Clone()
	q.Options = slices.Clone(q.Options)
	for i := range q.Options {
		q.Options[i].Text = q.Options[i].Text.Clone()
		q.Options[i].Score = copied(q.Options[i].Score)
	}
	q.Min, q.Max = copied(q.Min), copied(q.Max)
	return q
}

func copied(f *float64) *float64 {
	if f == nil {
		return nil
	}
	v := *f
	return &v
}
