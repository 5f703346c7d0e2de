// Package question knows the kinds of question: how each is asked, checked and coded.
package question

import (
	"slices"
	"strings"
	"unicode"

	"yousaid/surveys/wording"
)

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

// Attributes is all that a question can have, in the order in which files have it.
var Attributes = []Attribute[Question]{
	{Key: "scale", About: "The name of the scale. Ratings of one scale can be put together across surveys.",
		Label: "survey.scale|Name of the scale (optional)", Width: 20,
		Hint: "survey.scale_hint|Questions of one scale can be counted together across surveys.",
		Now:  "difference.scale|Its scale is now “%s” instead of “%s”.", at: func(q *Question) any { return &q.Scale }},
	{Key: "bank", Every: true, About: "The ready question it was made from. May be left out.", at: func(q *Question) any { return &q.Bank }},
	{Key: "required", Every: true, About: "`true`: the page cannot be sent without it. Only the rating should be.",
		Label: "survey.must_answer|People must answer it", Early: true, Set: "difference.required|It must be answered now.",
		Unset: "difference.optional|It can be left out now.", at: func(q *Question) any { return &q.Required }},
	{Key: "text", Every: true, Needed: true, About: "The question.", Label: "staff.question|Question", Lines: 3,
		Subject: "difference.question|The question", at: func(q *Question) any { return &q.Text }},
	{Key: "hint", Every: true, About: "A line of help. May be left out.", Label: "survey.hint_optional|Hint (optional)", Lines: 1,
		Subject: "difference.hint|The hint", at: func(q *Question) any { return &q.Hint }},
	{Key: "max_length", About: "The most characters, up to 5,000. Left out: 200 in one line and 1,200 in several.",
		Label: "survey.most|Most characters (optional)", Width: 5, Least: 1, Most: MostText,
		Now: "difference.length|An answer may have %s instead of %s.", Value: characters, at: func(q *Question) any { return &q.MaxLength }},
	{Key: "min", About: "The smallest number.", Label: "survey.min|Smallest number (optional)", Width: 5, Least: -largest, Most: largest,
		Now: numbersNow, Value: span, at: func(q *Question) any { return &q.Min }},
	{Key: "max", About: "The largest number.", Label: "survey.max|Largest number (optional)", Width: 5, Least: -largest, Most: largest,
		Now: numbersNow, Value: span, at: func(q *Question) any { return &q.Max }},
}

// OptionAttributes is all that an option can have.
var OptionAttributes = []Attribute[Option]{
	{Key: "score", About: "The number that means are made of. Every option needs one, unless it is `dont_know`.", Label: "survey.score|Score",
		Width: 3, Least: -1000, Most: 1000, Now: "difference.score|%s scores %s instead of %s.", at: func(o *Option) any { return &o.Score }},
	{Key: "satisfied", About: "`true` when it counts as satisfied.", Label: "survey.satisfied|Counts as satisfied",
		Set:   "difference.satisfied|%s counts as satisfied now.",
		Unset: "difference.not_satisfied|%s does not count as satisfied any more.", at: func(o *Option) any { return &o.Satisfied }},
	{Key: "dont_know", Every: true,
		About: "`true` for “don’t know” and “does not apply”: it is counted, and leaves the base of every share and mean.",
		Label: "survey.dont_know|Leaves the figures (don’t know)", Set: "difference.leaves_figures|%s leaves the figures now.",
		Unset: "difference.in_figures|%s counts in the figures now.", at: func(o *Option) any { return &o.DontKnow }},
	{Key: "exclusive", About: "`true` when it cannot stand beside another answer, such as “none of these”.",
		Label: "survey.exclusive|Stands alone (none of these)", Set: "difference.alone|%s stands alone now.",
		Unset: "difference.beside_others|%s can stand beside others now.", at: func(o *Option) any { return &o.Exclusive }},
	{Key: "text", Every: true, Needed: true, About: "What customers read.", Label: "survey.answer|Answer %s",
		at: func(o *Option) any { return &o.Text }},
}

const numbersNow = "difference.numbers|It takes numbers %s. Before, it took numbers %s."

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

// Clone copies a question, so that a change to the copy never reaches the other.
func (q Question) Clone() Question {
	q = cloned(Attributes, q)
	q.Options = slices.Clone(q.Options)
	for i := range q.Options {
		q.Options[i] = cloned(OptionAttributes, q.Options[i])
	}
	return q
}

func characters(q Question) wording.Message {
	if q.MaxLength == 0 {
		return wording.Say("difference.usual_length|the usual number of characters")
	}
	return wording.Counting("difference.characters|%s character|%s characters", q.MaxLength, q.MaxLength)
}

func span(q Question) wording.Message {
	switch from, to := q.Min, q.Max; {
	case from != nil && to != nil:
		return wording.Say("difference.from_to|from %s to %s", Decimal(*from), Decimal(*to))
	case from != nil:
		return wording.Say("difference.from|from %s", Decimal(*from))
	case to != nil:
		return wording.Say("difference.to|up to %s", Decimal(*to))
	}
	return wording.Say("difference.any_size|of any size")
}
