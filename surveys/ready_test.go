package surveys

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yousaid/surveys/question"
)

// A question is begun as one of a kind, or as a rating on a scale of the ready questionnaires, with answers of its own.
func TestHowQuestionsAreBegun(t *testing.T) {
	t.Parallel()
	ready := ReadyRatings()
	if len(ready) < 2 {
		t.Fatalf("%d ready scales", len(ready))
	}
	seen := map[string]bool{}
	for _, r := range ready {
		q, ok := StartQuestion("scale " + r.Scale)
		if !ok || q.Kind != question.Rating || q.Scale != r.Scale || !cmp.Equal(q.Options, r.Options) || seen[r.Scale] {
			t.Errorf("%s begins %+v, %v", r.Scale, q, ok)
		}
		seen[r.Scale] = true
		first, last := r.Options[0].Text["en"], ""
		for _, o := range r.Options {
			if !o.DontKnow {
				last = o.Text["en"]
			}
		}
		if want := first + " to " + strings.ToLower(last); r.Ends().String() != want {
			t.Errorf("%s is offered as %q, want %q", r.Scale, r.Ends(), want)
		}
		q.Options[0].Text["en"] = "changed by whoever began it"
		if again, _ := StartQuestion("scale " + r.Scale); again.Options[0].Text["en"] != first {
			t.Errorf("%s is shared between questions", r.Scale)
		}
	}
	for _, k := range question.Kinds() {
		if q, ok := StartQuestion(string(k)); !ok || q.Kind != k || len(q.Options) > 0 {
			t.Errorf("%s begins %+v, %v", k, q, ok)
		}
	}
	for _, how := range []string{"", "scale ", "scale nothing", "scale", "Choice", "choice ", ready[0].Scale, strings.Repeat("x", 10_000)} {
		if q, ok := StartQuestion(how); ok {
			t.Errorf("%.20q begins %+v", how, q)
		}
	}
	if got := (ReadyRating{Scale: "one-answer", Options: ready[0].Options[:1]}).Ends().String(); got != "one-answer" {
		t.Errorf("a scale of one answer is offered as %q", got)
	}
}

func TestProposedSlugs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ title, slug, want string }{
		{"How did we do?", "s", "how-did-we-do"}, {"", "visit", "visit"}, {"??", "visit", "visit"}, {"All", "visit", "visit"}, {"", "", "survey"},
		{"", "all", "survey"}, {"", "not valid", "survey"},
	} {
		if got := ProposeSlug(Definition{Title: question.Text{"en": c.title}, Survey: c.slug}); got != c.want {
			t.Errorf("%q, %q: %q, want %q", c.title, c.slug, got, c.want)
		}
	}
}

// A language is offered to customers where the title or a question is written in it, not where it holds nothing but space.
func TestWrittenIn(t *testing.T) {
	t.Parallel()
	d := drafted("a b")
	d.Title["cy"] = " \n"
	d.Pages[0].Questions[1].Text["ur"] = "کیسا تھا؟"
	for lang, want := range map[string]bool{"en": true, "cy": false, "ur": true, "": false, "pl": false} {
		if got := d.WrittenIn(lang); got != want {
			t.Errorf("written in %q: %v", lang, got)
		}
	}
	d.Title["cy"] = "Sut wnaethon ni?"
	if !d.WrittenIn("cy") {
		t.Error("a Welsh title does not offer Welsh")
	}
}

// The questions and answers that an edit took out come back where they stood, whatever others did meanwhile.
func TestWhatComesBackToAQuestionnaire(t *testing.T) {
	t.Parallel()
	before := drafted("a b c | d")
	for name, c := range map[string]struct {
		others Edit
		code   string
		want   string
	}{
		"behind the one before it":               {DeleteQuestion("b"), "b", "a b c | d"},
		"before the one behind it":               {func(d *Definition) error { *d = drafted("b c | d"); return nil }, "a", "a b c | d"},
		"the first that still stands behind it":  {func(d *Definition) error { *d = drafted("c | d"); return nil }, "a", "a c | d"},
		"nothing of its page is left":            {func(d *Definition) error { *d = drafted("| d"); return nil }, "b", "b | d"},
		"its page is gone":                       {func(d *Definition) error { *d = drafted("a b c"); return nil }, "d", "a b c | d"},
		"it is there already":                    {func(*Definition) error { return nil }, "b", "a b c | d"},
		"it stands elsewhere now, and stays so":  {MoveQuestionTo("b", 1), "b", "a c | d b"},
		"the one before it stands elsewhere now": {func(d *Definition) error { *d = drafted("c | d a"); return nil }, "b", "c | d a b"},
	} {
		if got := pagesOf(with(t, before, c.others, Restore(before, c.code))); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	d := before.Clone()
	for name, edit := range map[string]Edit{
		"a question that never was": Restore(before, "z"), "a page that never was": RestorePage(before, 2),
		"a page before the first":            RestorePage(before, -1),
		"answers of a question that is gone": RestoreAnswers(before, "z"), "answers of one that was not there": RestoreAnswers(drafted("z"), "a"),
		"replacing what is gone": ReplaceQuestion(question.Question{Code: "z"}),
	} {
		if err := edit(&d); !errors.Is(err, ErrGone) || !cmp.Equal(d, before) {
			t.Errorf("%s: %v", name, err)
		}
	}
	var problems Problems
	if err := AddQuestion(0, before.Pages[0].Questions[0])(&d); !errors.As(err, &problems) || problems[0].Question != "a" {
		t.Errorf("a code twice: %v", err)
	}

	answers := func(d Definition) (codes string) {
		q, _ := d.Question("a")
		for _, o := range q.Options {
			codes += o.Code
		}
		return codes
	}
	set := func(codes string) Edit {
		return func(d *Definition) error {
			q := &d.Pages[0].Questions[0]
			q.Options = nil
			for _, c := range codes {
				q.Options = append(q.Options, question.Option{Code: string(c)})
			}
			return nil
		}
	}
	for now, want := range map[string]string{"x": "xy", "y": "xy", "": "xy", "yx": "yx", "zx": "zxy", "zy": "xzy"} {
		if got := answers(with(t, before, set(now), RestoreAnswers(before, "a"))); got != want {
			t.Errorf("beside %q: %s, want %s", now, got, want)
		}
	}
}
