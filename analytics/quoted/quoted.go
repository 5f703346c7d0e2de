// Package quoted has the values of figures that were frozen when they were chosen to be quoted, and nothing else: pages
// may know them without knowing where figures come from.
package quoted

import "yousaid/surveys/question"

// Measured says which figure of a row is quoted: the name of one of figures.List, or one of these.
type Measured string

// What can be quoted beside the figures of the list, and two of these.
const (
	Answers   Measured = "n"
	Share     Measured = "share" // share of one answer, in whole per cent
	Satisfied Measured = "satisfied"
	Mean      Measured = "mean"
)

// State is what became of the release that a figure is from.
type State string

// The states. Released is one that stands.
const (
	Released  State = "released"
	Corrected State = "corrected" // a later release has taken its place
	Withdrawn State = "withdrawn"
)

// Figure is a released figure, frozen as it was chosen. Shares are from 0 to 1.
type Figure struct {
	Release    int64         `json:"release"`
	Question   string        `json:"question"`            // whose answers are counted, in English
	Asked      question.Text `json:"asked,omitempty"`     // the same in every language; figures from before this was kept have only Question
	Dimension  string        `json:"dimension,omitempty"` // of figures from before Parts were kept
	Of         question.Text `json:"of,omitempty"`        // likewise: what the row is about
	Parts      []Part        `json:"parts,omitempty"`     // what the row is about; none for everybody
	Measured   Measured      `json:"measured"`
	Answer     question.Text `json:"answer,omitempty"` // of Share
	Value      float64       `json:"value"`
	Low        *float64      `json:"low,omitempty"`
	High       *float64      `json:"high,omitempty"`
	N          int64         `json:"n"`
	Rounded    bool          `json:"rounded,omitempty"`    // the base is rounded
	Unreliable bool          `json:"unreliable,omitempty"` // the base is small
	From       string        `json:"from"`                 // days: 2026-01-01
	To         string        `json:"to"`

	State State `json:"-"` // of the release, when the figure was read
}

// Part is one dimension of a row: a code, with its names as they were when the figure was chosen.
type Part struct {
	Dimension string        `json:"dimension"`
	Code      string        `json:"code"` // "" for no answer
	Names     question.Text `json:"names"`
}

// Words are what was asked, in every language that is known.
func (f Figure) Words() question.Text {
	if !f.Asked.Empty() {
		return f.Asked
	}
	return question.Text{"en": f.Question}
}

// Same tells whether two figures say the same of the same people, perhaps of other months.
func (f Figure) Same(other Figure) bool {
	if f.Measured != other.Measured || f.Question != other.Question || len(f.Parts) != len(other.Parts) || f.Of["en"] != other.Of["en"] ||
		f.Answer["en"] != other.Answer["en"] {
		return false
	}
	for i, p := range f.Parts {
		if p.Dimension != other.Parts[i].Dimension || p.Code != other.Parts[i].Code {
			return false
		}
	}
	return true
}
