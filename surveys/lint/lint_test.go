package lint

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"yousaid/surveys"
	"yousaid/surveys/question"
)

// rating is a question with nothing to say against it; change makes it a bad one.
func rating(change func(*question.Question)) surveys.Definition {
	q := question.Question{Code: "rating", Kind: question.Rating, Required: true,
		Text: question.Text{"en": "How satisfied or dissatisfied were you?"}}
	for i, label := range []string{"Very satisfied", "Fairly satisfied", "Neither", "Fairly dissatisfied", "Very dissatisfied"} {
		score := float64(5 - i)
		q.Options = append(q.Options,
			question.Option{Code: string(rune('5' - i)), Score: &score, Satisfied: i < 2, Text: question.Text{"en": label}})
	}
	if change != nil {
		change(&q)
	}
	return surveys.Definition{Survey: "s", Title: question.Text{"en": "How did we do?"},
		Pages: []surveys.Page{{Questions: []question.Question{q}}}}
}

// also puts another question on a page of its own.
func also(q question.Question) surveys.Definition {
	d := rating(nil)
	d.Pages = append(d.Pages, surveys.Page{Questions: []question.Question{q}})
	return d
}

func choice(labels ...string) question.Question {
	q := question.Question{Code: "what", Kind: question.Choice, Text: question.Text{"en": "What was it about?"}}
	for i, l := range labels {
		q.Options = append(q.Options, question.Option{Code: string(rune('a' + i)), Text: question.Text{"en": l}})
	}
	return q
}

func stem(text string) surveys.Definition {
	return rating(func(q *question.Question) { q.Text["en"] = text })
}

func TestEachRuleFindsItsFault(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		d        surveys.Definition
		rule     string
		severity Severity
	}{
		"two things":       {stem("How satisfied or dissatisfied were you with the speed and politeness?"), "Q1", Warning},
		"two with a slash": {stem("How clear or unclear was the letter/email?"), "Q1", Warning},
		"leading":          {stem("How good was the service today?"), "Q2", Warning},
		"don't you agree":  {stem("Don’t you agree that bins are emptied on time?"), "Q2", Warning},
		"praise":           {stem("How satisfied or dissatisfied were you with our friendly staff?"), "Q2", Warning},
		"negative":         {stem("Was the form not easy to use?"), "Q3", Warning},
		"double negative":  {stem("Were you not unable to reach us?"), "Q3", Warning},
		"unbalanced": {rating(func(q *question.Question) { q.Options = q.Options[:4]; q.Options = slices.Delete(q.Options, 2, 3) }),
			"Q4", Confirm},
		"a number alone": {rating(func(q *question.Question) { q.Options[2].Text["en"] = "3" }), "Q5", Warning},
		"a star alone":   {rating(func(q *question.Question) { q.Options[2].Text["en"] = "★★★" }), "Q5", Confirm},
		"the other way": {also(func() question.Question {
			q := rating(func(q *question.Question) { slices.Reverse(q.Options) }).Pages[0].Questions[0]
			q.Code = "r2"
			return q
		}()), "Q6", Confirm},
		"cannot judge": {also(func() question.Question {
			q := rating(nil).Pages[0].Questions[0]
			q.Code, q.Required = "r2", false
			return q
		}()), "Q7", Warning},
		"overlap":             {also(choice("0 to 15", "15 to 30", "Something else")), "Q8", Confirm},
		"gap":                 {also(choice("0 to 15", "17 to 30", "Something else")), "Q8", Confirm},
		"other without a box": {also(choice("Bins", "Roads", "Other")), "Q9", Warning},
		"not exhaustive":      {also(choice("Bins", "Roads", "Parks")), "Q9", Warning},
		"too many":            {also(choice("A1", "B1", "C1", "D1", "E1", "F1", "G1", "None of these")), "Q10", Warning},
		"long ago":            {stem("How often did you call us in the past 3 years?"), "Q11", Warning},
		"long ago in words":   {stem("How often did you call us in the last two years?"), "Q11", Warning},
		"jargon":              {stem("How satisfied or dissatisfied were you prior to this?"), "Q12", Warning},
		"an acronym":          {stem("How satisfied or dissatisfied were you with the PCN?"), "Q12", Warning},
		"too long":            {stem("How satisfied or dissatisfied were you " + strings.Repeat("with it ", 12) + "?"), "Q13", Warning},
		"a sentence as a hint": {rating(func(q *question.Question) { q.Hint = question.Text{"en": "Think of today. Not before."} }),
			"Q13", Warning},
		"no way out": {also(func() question.Question {
			q := choice("Bins", "Roads",
				"Something else")
			q.Required = true
			return q
		}()), "Q15", Warning},
		"a comment by force": {also(question.Question{Code: "c", Kind: question.LongTxt, Required: true,
			Text: question.Text{"en": "Why?"}}), "Q15", Warning},
		"a name": {also(question.Question{Code: "c", Kind: question.Short,
			Text: question.Text{"en": "What is your name?"}}), "Q16", Confirm},
		"a postcode": {also(question.Question{Code: "c", Kind: question.Short,
			Text: question.Text{"en": "What is your postcode?"}}), "Q16", Confirm},
		"hard words": {stem("How satisfied or dissatisfied were you with administrative documentation requirements?"),
			"reading", Warning},
		"the same code": {also(rating(nil).Pages[0].Questions[0]), "check", Error},
		"four on the first": {func() surveys.Definition {
			d := rating(nil)
			for _, c := range []string{"a", "b", "c"} {
				d.Pages[0].Questions = append(d.Pages[0].Questions,
					question.Question{Code: c, Kind: question.LongTxt, Text: question.Text{"en": "Why?"}})
			}
			return d
		}(), "Q18", Confirm},
		"Welsh on half of it":   {func() surveys.Definition { d := rating(nil); d.Title["cy"] = "Sut wnaethom ni?"; return d }(), "Q17", Error},
		"no Welsh in a council": {rating(nil), "Q17", Warning},
	} {
		if !slices.ContainsFunc(Review(c.d, []string{"en", "cy"}), func(f Finding) bool { return f.Rule == c.rule && f.Severity == c.severity }) {
			t.Errorf("%s: %s was not found among %+v", name, c.rule, Review(c.d, []string{"en", "cy"}))
		}
	}
}

// zeroToTen is a rating of eleven numbers, the lowest first.
func zeroToTen(code string) question.Question {
	q := question.Question{Code: code, Kind: question.Rating, Text: question.Text{"en": "Overall, how happy did you feel yesterday?"}}
	for i := range 11 {
		score := float64(i)
		q.Options = append(q.Options,
			question.Option{Code: strconv.Itoa(i), Score: &score, Satisfied: i > 6, Text: question.Text{"en": strconv.Itoa(i)}})
	}
	return q
}

// A scale from 0 to 10 may have numbers only, alone and behind a rating whose best answer stands first; its findings are advice.
func TestAScaleOfNumbersCanBePublished(t *testing.T) {
	t.Parallel()
	alone, behind := rating(nil), also(zeroToTen("happy"))
	alone.Pages[0].Questions[0] = zeroToTen("rating")
	for name, d := range map[string]surveys.Definition{"alone": alone, "behind": behind} {
		found := Review(d, []string{"en"})
		if len(found.Errors()) > 0 || len(found.Confirms()) > 0 || !slices.ContainsFunc(found, func(f Finding) bool { return f.Rule == "Q5" }) {
			t.Errorf("%s: %+v", name, found)
		}
	}
	for _, named := range []func(*question.Question){
		func(q *question.Question) {
			q.Hint = question.Text{"en": "0 is not at all happy, 10 is completely happy"}
		},
		func(q *question.Question) {
			q.Options[0].Text, q.Options[10].Text = question.Text{"en": "0, not at all"}, question.Text{"en": "10, completely"}
		},
	} {
		q := zeroToTen("rating")
		named(&q)
		alone.Pages[0].Questions[0] = q
		found := Review(alone, []string{"en"})
		if slices.ContainsFunc(found, func(f Finding) bool { return f.Rule == "Q5" || f.Rule == "Q10" }) {
			t.Errorf("with words at both ends: %+v", found)
		}
	}
}

func TestAGoodQuestionnaireIsLeftAlone(t *testing.T) {
	t.Parallel()
	if found := Review(rating(nil), []string{"en"}); len(found) > 0 {
		t.Errorf("%+v", found)
	}
	asks := also(func() question.Question {
		q := choice("Bins", "Roads", "None of these")
		q.Required = true
		q.Options[2].DontKnow = true
		return q
	}())
	if found := Review(asks, []string{"en"}); len(found.Errors()) > 0 {
		t.Errorf("a required question with a way out: %+v", found)
	}
}

// The ready questionnaires can be published as they are, in both languages.
func TestTheTemplatesHaveNoErrors(t *testing.T) {
	t.Parallel()
	for _, name := range surveys.Templates() {
		d, err := surveys.Template(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range Review(d, []string{"en", "cy"}).Errors() {
			t.Errorf("%s, %s: %s %s", name, f.Question, f.Rule, f.Sentence)
		}
	}
}

func TestFleschKincaid(t *testing.T) {
	t.Parallel()
	src, err := os.ReadFile("../../analytics/stats/testdata/stat_cases.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		ID       string
		Input    json.RawMessage
		Expected json.RawMessage
	}
	if err := json.Unmarshal(src, &cases); err != nil {
		t.Fatal(err)
	}
	seen := false
	for _, c := range cases {
		if c.ID != "fk" {
			continue
		}
		seen = true
		var in struct{ Words, Sentences, Syllables int }
		var want struct{ Grade float64 }
		if err := json.Unmarshal(c.Input, &in); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(c.Expected, &want); err != nil {
			t.Fatal(err)
		}
		if got := FleschKincaid(in.Words, in.Sentences, in.Syllables); math.Abs(got-want.Grade) > 1e-9 {
			t.Errorf("grade %v, want %v", got, want.Grade)
		}
	}
	if !seen {
		t.Error("stat_cases.json has no case fk")
	}
	for word, want := range map[string]int{"the": 1, "service": 2, "council": 2, "satisfied": 3, "table": 2, "helped": 1, "wanted": 2,
		"queue": 1} {
		if got := Syllables(word); got != want {
			t.Errorf("%s has %d syllables, not %d", word, got, want)
		}
	}
}

func FuzzReview(f *testing.F) {
	f.Add("How was it?", "a hint", "15 to 24", "99999999999999999999 to 3")
	f.Fuzz(func(t *testing.T, stem, hint, one, two string) {
		d := also(choice(one, two, "Other"))
		d.Pages[1].Questions[0].Text["en"], d.Pages[1].Questions[0].Hint = stem, question.Text{"en": hint}
		for _, found := range Review(d, []string{"en", "cy"}) {
			if found.Sentence.String() == "" || found.Rule == "" || found.Rule != "check" && !strings.HasPrefix(found.Sentence.Key(), "lint.") {
				t.Errorf("%+v", found)
			}
		}
	})
}
