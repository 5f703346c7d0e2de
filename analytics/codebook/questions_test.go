package codebook_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"yousaid/analytics/codebook"
	"yousaid/analytics/figures"
	"yousaid/analytics/refusal"
	"yousaid/surveys"
	"yousaid/surveys/question"
	"yousaid/surveys/wording"
)

// survey is one with these questions in each version, newest first.
func survey(t *testing.T, id int64, slug string, versions ...string) codebook.Survey {
	t.Helper()
	s := codebook.Survey{SurveyRef: figures.SurveyRef{ID: id, Slug: slug, Title: wording.Plain(slug)}}
	for _, questions := range versions {
		d, err := surveys.ParseYAML([]byte("survey: " + slug + "\ntitle: {en: About " + slug + "}\npages:\n  - questions:\n" + questions))
		if err != nil {
			t.Fatal(err)
		}
		s.Versions = append(s.Versions, d)
	}
	return s
}

// ask writes a question of a questionnaire.
func ask(code, rest string) string {
	return "      - {code: " + code + ", text: {en: " + code + "}, " + rest + "}\n"
}

const (
	good = `{code: "2", score: 2, satisfied: true, text: {en: Good}}`
	bad  = `{code: "1", score: 1, text: {en: Bad}}`
	dk   = `{code: dk, dont_know: true, text: {en: Do not know}}`
)

func rating(scale string, options ...string) string {
	return "kind: rating, scale: " + scale + ", options: [" + strings.Join(options, ", ") + "]"
}

func choice(codes ...string) string {
	var options []string
	for _, code := range codes {
		options = append(options, "{code: "+code+", text: {en: "+code+"}}")
	}
	return "kind: choice, options: [" + strings.Join(options, ", ") + "]"
}

func codes(list []figures.Code) (codes []string) {
	for _, c := range list {
		codes = append(codes, c.Code)
	}
	return codes
}

func is(t *testing.T, what string, got, want any) {
	t.Helper()
	if g, w := fmt.Sprintf("%v", got), fmt.Sprintf("%v", want); g != w {
		t.Errorf("%s is %s, not %s", what, g, w)
	}
}

// refused expects a refusal that holds the words.
func refused(t *testing.T, err error, words string) {
	t.Helper()
	var r refusal.Refusal
	if !errors.As(err, &r) || !strings.Contains(r.Error(), words) {
		t.Errorf("%v, not a refusal with %q", err, words)
	}
}

// A question has the answers of all versions, those of the newest first, and its words.
func TestAQuestionOfAllVersions(t *testing.T) {
	t.Parallel()
	b := &codebook.Book{Surveys: []codebook.Survey{
		survey(t, 1, "bins", ask("why", choice("late", "full")), ask("why", choice("full", "broken"))+ask("gone", "kind: text")),
		survey(t, 2, "parks", ask("why", choice("litter", "late"))),
	}}
	q, found := b.Merged("why")
	var options []string
	for _, o := range q.Options {
		options = append(options, o.Code)
	}
	is(t, "what it can be answered with", options, []string{"late", "full", "broken", "litter"})
	if _, nothing := b.Merged("whatever"); !found || nothing {
		t.Errorf("found %v, and one that is not there %v", found, nothing)
	}
	if q, _ := b.Surveys[0].Versions[0].Question("why"); len(q.Options) != 2 {
		t.Errorf("the version itself has %d answers now", len(q.Options))
	}
	if _, asks := b.Surveys[0].Find("gone"); !asks {
		t.Error("a question of an older version is not found")
	}
	if _, asks := b.Surveys[1].Find("gone"); asks {
		t.Error("a question is found in a survey that never asked it")
	}
	is(t, "what a survey can be asked for", b.CodesOf(b.Surveys[0]), "why")
}

// Surveys are counted together by a question where all of them count its answers alike; what cannot be is refused.
func TestQuestionsThatAreJoined(t *testing.T) {
	t.Parallel()
	scaled := func(options ...string) string { return ask("q", rating("four", options...)) }
	for _, c := range []struct{ name, first, second, refused string }{
		{"the same scale", scaled(good, bad), scaled(good, bad, dk), ""},
		{"another scale", scaled(good, bad), ask("q", rating("five", good, bad)), "cannot be joined: first asks it on the scale four, second"},
		{"a score", scaled(good, bad), scaled(good, strings.Replace(bad, "score: 1", "score: 0", 1)), "the answer 1 counts one way in first"},
		{"satisfied", scaled(good, bad), scaled(strings.Replace(good, "satisfied: true, ", "", 1), bad), "the answer 2 counts one way"},
		{"the same answers without a scale", ask("q", choice("a", "b")), ask("q", choice("b", "a")), ""},
		{"other answers without a scale", ask("q", choice("a", "b")), ask("q", choice("a", "c")), "cannot be joined"},
		{"own words", ask("q", "kind: text"), ask("q", "kind: text"), "own words"},
	} {
		b := &codebook.Book{Surveys: []codebook.Survey{survey(t, 1, "first", c.first), survey(t, 2, "second", c.second)}}
		q, err := b.Joined("q")
		switch {
		case c.refused != "":
			refused(t, err, c.refused)
		case err != nil || q.Code != "q":
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// A measure has a mean where every answer that counts has a score, and a share where some are satisfied ones.
func TestWhatIsMeasured(t *testing.T) {
	t.Parallel()
	for questions, want := range map[string]string{
		ask("q", rating("four", good, bad, dk)):                             "mean share of 3",
		ask("q", choice("a", "b")):                                          "of 2",
		ask("q", "kind: number, min: 0, max: 9"):                            "mean number of 0",
		ask("q", strings.Replace(choice("a", "b"), "choice", "several", 1)): "several of 2",
	} {
		q, _ := survey(t, 1, "s", questions).Find("q")
		m := codebook.Measured(q)
		var got []string
		for word, has := range map[string]bool{"mean": m.HasMean, "share": m.HasShare, "number": m.Number, "several": m.Several} {
			if has {
				got = append(got, word)
			}
		}
		slices.Sort(got)
		is(t, questions, strings.Join(append(got, fmt.Sprintf("of %d", len(m.Answers))), " "), want)
	}
	q, _ := survey(t, 1, "s", ask("q", rating("four", good, bad))).Find("q")
	q.Options[1].Score = nil // as versions of before could have it
	if m := codebook.Measured(q); m.HasMean || !m.HasShare {
		t.Errorf("without a score of each answer mean and share are %v, %v", m.HasMean, m.HasShare)
	}
	one, same, other := 1.0, 1.0, 2.0
	is(t, "which scores are the same", []bool{codebook.SameScore(nil, nil), codebook.SameScore(&one, &same), codebook.SameScore(&one, &other),
		codebook.SameScore(&one, nil)}, []bool{true, true, false, false})
}

// Scales are those on which surveys rate today, the one of most surveys first, named by their ends.
func TestScales(t *testing.T) {
	t.Parallel()
	b := &codebook.Book{Surveys: []codebook.Survey{
		survey(t, 1, "bins", ask("own", rating("three", good, bad))+ask("q", rating("four", good, bad, dk))+
			ask("again", rating("four", good, bad)),
			ask("old", rating("two", good, bad))),
		survey(t, 2, "parks", ask("visits", "kind: number, min: 0, max: 9")+ask("rate", rating("four", good, bad))+
			ask("must", "required: true, "+rating("four", good, bad))),
	}}
	scales := b.Scales()
	is(t, "the scales", codes(scales), []string{"four", "three"})
	is(t, "the name", scales[0].Label, "Good to bad")
	nameless := &codebook.Book{Surveys: []codebook.Survey{survey(t, 1, "bins", ask("q", rating("four", good, bad)))}}
	nameless.Surveys[0].Versions[0].Pages[0].Questions[0].Options[1].Text = nil
	is(t, "the name of a scale of which one answer has words", nameless.Scales()[0].Label, "four")
	first, _ := b.Surveys[0].RatingOn("four")
	second, _ := b.Surveys[1].RatingOn("four")
	is(t, "the ratings on it", []string{first.Code, second.Code}, []string{"q", "must"})
	if _, rates := b.Surveys[0].RatingOn("two"); rates {
		t.Error("a survey rates on a scale of an older version")
	}
	var measures []string
	for code := range b.Measures() {
		measures = append(measures, code)
	}
	slices.Sort(measures)
	is(t, "all that can be counted", measures, []string{"again", "must", "old", "own", "q", "rate", "scale:four", "scale:three", "visits"})
	is(t, "what a question of own words is measured on", codebook.ScaleOf(question.Question{Kind: "text"}), "text")
}

// What a survey and a dimension are called.
func TestWhatThingsAreCalled(t *testing.T) {
	t.Parallel()
	b := &codebook.Book{Surveys: []codebook.Survey{survey(t, 4, "bins", ask("why", choice("late", "full")))}}
	in := func(text question.Text) string { said, _ := text.In("en"); return said }
	is(t, "the title by id", in(b.Title(figures.SurveyRef{ID: 4, Slug: "renamed"})), "About bins")
	is(t, "the title by slug", in(b.Title(figures.SurveyRef{Slug: "bins"})), "About bins")
	is(t, "the title of another", in(b.Title(figures.SurveyRef{ID: 5, Slug: "bins"})), "")
	is(t, "dimensions", []string{in(b.Split("why")), in(b.Split("sex")), in(b.Split("age_group")), in(b.Split("month"))},
		[]string{"why", "Sex", "Age", ""})
	for id, want := range map[string]string{"why": "map[full:full late:late]", "why:late": "map[yes:late]", "month": "map[]"} {
		names := map[string]string{}
		for code, text := range b.Names(id) {
			names[code] = in(text)
		}
		is(t, "the words of "+id, names, want)
	}
	sex, whole, groups := b.Names("sex"), b.Names("age"), b.Names("age_group")
	is(t, "a code of sex", in(sex["female"]), "Female")
	for code := range groups {
		if whole["group:"+code] == nil {
			t.Errorf("the group %s of age has no words in the whole", code)
		}
	}
	if len(groups) == 0 || len(groups) >= len(whole) {
		t.Errorf("%d groups, and %d codes", len(groups), len(whole))
	}
}
