package quoted

import (
	"testing"

	"yousaid/surveys/question"
)

// Two figures can be compared when they say the same of the same people, of whatever months.
func TestSame(t *testing.T) {
	t.Parallel()
	base := func() Figure {
		return Figure{
			Release:  1,
			Question: "How was it?",
			Measured: Share,
			Answer:   question.Text{"en": "Good"},
			N:        40,
			From:     "2026-01-01",
			To:       "2026-03-31",
			Parts:    []Part{{Dimension: "channel", Code: "web", Names: question.Text{"en": "Web"}}},
		}
	}
	for name, c := range map[string]struct {
		change func(*Figure)
		same   bool
	}{
		"nothing":          {func(*Figure) {}, true},
		"later months":     {func(f *Figure) { f.Release, f.From, f.To, f.N = 2, "2026-04-01", "2026-06-30", 50 }, true},
		"other words":      {func(f *Figure) { f.Parts[0].Names = question.Text{"en": "Website"} }, true},
		"another measure":  {func(f *Figure) { f.Measured = Mean }, false},
		"another question": {func(f *Figure) { f.Question = "How long?" }, false},
		"another answer":   {func(f *Figure) { f.Answer = question.Text{"en": "Poor"} }, false},
		"another group":    {func(f *Figure) { f.Parts[0].Code = "post" }, false},
		"another split":    {func(f *Figure) { f.Parts[0].Dimension = "service" }, false},
		"everybody":        {func(f *Figure) { f.Parts = nil }, false},
		"a row of before":  {func(f *Figure) { f.Of = question.Text{"en": "Web"} }, false},
	} {
		other := base()
		c.change(&other)
		if got := base().Same(other); got != c.same || other.Same(base()) != c.same {
			t.Errorf("%s: the same is %v, want %v", name, got, c.same)
		}
	}
}

// Figures from before the question was kept in every language have it in English.
func TestWords(t *testing.T) {
	t.Parallel()
	if w := (Figure{Question: "How was it?"}).Words(); w["en"] != "How was it?" || len(w) != 1 {
		t.Errorf("%v", w)
	}
	if w := (Figure{Question: "How was it?",
		Asked: question.Text{"en": "How was it?", "cy": "Sut oedd hi?"}}).Words(); w["cy"] != "Sut oedd hi?" {
		t.Errorf("%v", w)
	}
}
