package figures

import (
	"slices"
	"strings"
	"testing"

	"yousaid/surveys/question"
)

// What fits a table: a share for protected tables and over time, parts for single answers, and nothing for numbers, several
// answers, and protected tables without a figure that is drawn.
func TestWhatIsDrawn(t *testing.T) {
	t.Parallel()
	scored := []AnswerCode{{Code: "2", Score: value(2)}, {Code: "1", Score: value(1)}, {Code: "dk", DontKnow: true}}
	rating := Measure{Chart: question.Parts, HasMean: true, HasShare: true, Answers: scored}
	plain := Measure{Chart: question.Parts, Answers: []AnswerCode{{Code: "a"}, {Code: "b"}}}
	mean := Measure{Chart: question.Parts, HasMean: true, Answers: scored}
	for _, c := range []struct {
		name                string
		m                   Measure
		protected, overTime bool
		want                string
	}{
		{"a rating by channel", rating, false, false, "parts 1 2 ordered"},
		{"a rating by month", rating, false, true, "satisfied low high"},
		{"a protected rating", rating, true, false, "satisfied low high"},
		{"a choice by month", plain, false, true, "parts a b"},
		{"a protected choice", plain, true, true, ""},
		{"scores of which none is satisfied, by month", mean, false, true, "parts 1 2 ordered"},
		{"the same, protected", mean, true, false, ""},
		{"numbers and several answers", Measure{HasMean: true}, false, false, ""},
	} {
		d, fits := c.m.Drawing(c.protected, c.overTime)
		if got := drawn(d); got != c.want || fits != (c.want != "") {
			t.Errorf("%s: %q, %t, want %q", c.name, got, fits, c.want)
		}
	}
	if d, fits := DrawingOf([]Cell{{Hidden: true}, {N: 4, Mean: value(2)}}); fits {
		t.Errorf("a mean is drawn as %q", drawn(d))
	}
	if d, fits := DrawingOf([]Cell{{Hidden: true}, {N: 4, Mean: value(2), Satisfied: value(0.5)}}); !fits || drawn(d) != "satisfied low high" {
		t.Errorf("released shares are drawn as %q", drawn(d))
	}
}

func drawn(d Drawing) string {
	if d.Parts == nil {
		words := []string{d.Figure.Key}
		if d.Low != nil {
			words = append(words, d.Low.Key, d.High.Key)
		}
		return strings.Join(words, " ")
	}
	words := []string{"parts"}
	for _, a := range d.Parts {
		words = append(words, a.Code)
	}
	if d.Ordered {
		words = append(words, "ordered")
	}
	return strings.Join(words, " ")
}

// The figure that stands alone is a share, or else the first of the list; never the end of a range.
func TestTheLeadingFigure(t *testing.T) {
	t.Parallel()
	if f := Leading(InMeasure(Measure{HasMean: true, HasShare: true})); f == nil || f.Key != "satisfied" {
		t.Errorf("%+v", f)
	}
	if f := Leading(InMeasure(Measure{HasMean: true})); f == nil || f.Key != "mean" {
		t.Errorf("%+v", f)
	}
	if f := Leading(slices.DeleteFunc(slices.Clone(List), func(f Figure) bool { return !f.End })); f != nil {
		t.Errorf("%+v", f)
	}
}
