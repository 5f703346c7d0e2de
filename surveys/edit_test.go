package surveys

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"yousaid/surveys/question"
)

// pagesOf writes the order of a draft: "a b | c".
func pagesOf(d Definition) string {
	var pages []string
	for _, p := range d.Pages {
		var codes []string
		for _, q := range p.Questions {
			codes = append(codes, q.Code)
		}
		pages = append(pages, strings.Join(codes, " "))
	}
	return strings.Join(pages, " | ")
}

// drafted makes a draft from such an order. Each question is a choice of two answers.
func drafted(order string) Definition {
	d := Definition{Survey: "s", Title: question.Text{"en": "How did we do?"}}
	for _, codes := range strings.Split(order, "|") {
		var p Page
		for _, code := range strings.Fields(codes) {
			p.Questions = append(p.Questions, question.Question{Code: code, Kind: question.Choice, Text: question.Text{"en": "About " + code + "?"},
				Options: []question.Option{{Code: "x", Text: question.Text{"en": "X"}}, {Code: "y", Text: question.Text{"en": "Y"}}}})
		}
		d.Pages = append(d.Pages, p)
	}
	return d
}

// with is a draft after one edit.
func with(t *testing.T, d Definition, edits ...Edit) Definition {
	t.Helper()
	d = d.Clone()
	for _, edit := range edits {
		if err := edit(&d); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

func TestEdits(t *testing.T) {
	t.Parallel()
	never := func(string) bool { return false }
	for _, c := range []struct {
		name, before string
		edit         Edit
		after        string
	}{
		{"up", "a b | c", MoveQuestion("b", -1), "b a | c"},
		{"up over the edge", "a b | c", MoveQuestion("c", -1), "a b c | "},
		{"up at the top", "a b | c", MoveQuestion("a", -1), "a b | c"},
		{"down over the edge", "a b | c", MoveQuestion("b", 1), "a | b c"},
		{"down at the bottom", "a b | c", MoveQuestion("c", 1), "a b | c"},
		{"to a page", "a b | c", MoveQuestionTo("a", 1), "b | c a"},
		{"to its own page", "a b | c", MoveQuestionTo("a", 0), "b a | c"},
		{"copy", "a b", DuplicateQuestion("a", never), "a a_2 b"},
		{"copy beside a copy", "a a_2", DuplicateQuestion("a", never), "a a_3 a_2"},
		{"copy past a retired code", "a", DuplicateQuestion("a", func(c string) bool { return c == "a_2" }), "a a_3"},
		{"delete", "a b | c", DeleteQuestion("b"), "a | c"},
		{"add", "a | b", AddQuestion(0, question.Question{Code: "n"}), "a n | b"},
		{"add on a new page", "a | b", AddQuestion(2, question.Question{Code: "n"}), "a | b | n"},
		{"page down", "a | b | c", MovePage(0, 1), "b | a | c"},
		{"page at the end", "a | b", MovePage(1, 1), "a | b"},
		{"page away", "a | b | c", DeletePage(1), "a | c"},
		{"page at the end of all", "a", AddPage(nil), "a | "},
	} {
		before := drafted(c.before)
		if got := pagesOf(with(t, before, c.edit)); got != c.after {
			t.Errorf("%s: %q, want %q", c.name, got, c.after)
		}
		if pagesOf(before) != pagesOf(drafted(c.before)) {
			t.Errorf("%s reached into what it began with", c.name)
		}
	}
	for name, edit := range map[string]Edit{"up": MoveQuestion("z", -1), "delete": DeleteQuestion("z"), "to": MoveQuestionTo("a", 7),
		"page": MovePage(-1, 1), "page away": DeletePage(9),
		"copy": DuplicateQuestion("z", never), "replace": ReplaceQuestion(question.Question{Code: "z"}),
		"restore": Restore(drafted("a"), "z"), "answers": RestoreAnswers(drafted("z"), "z")} {
		d := drafted("a b")
		if err := edit(&d); !errors.Is(err, ErrGone) {
			t.Errorf("%s of what is not there: %v", name, err)
		}
	}
}

func TestWhatWasDeletedComesBackWithoutTheWorkOfOthers(t *testing.T) {
	t.Parallel()
	before := drafted("a b c | d")
	for _, c := range []struct {
		name   string
		since  []Edit
		undo   Edit
		after  string
		before Definition
	}{
		{"a question", []Edit{DeleteQuestion("b")}, Restore(before, "b"), "a b c | d", before},
		{"a question, and its neighbour moved", []Edit{DeleteQuestion("b"), MoveQuestionTo("a", 1)}, Restore(before, "b"), "c | d a b", before},
		{"a question, and its page is gone", []Edit{DeleteQuestion("d"), DeletePage(1)}, Restore(before, "d"), "a b c | d", before},
		{"a question, twice", []Edit{DeleteQuestion("b"), Restore(before, "b")}, Restore(before, "b"), "a b c | d", before},
		{"a page", []Edit{DeletePage(0)}, RestorePage(before, 0), "a b c | d", before},
		{"a page, twice", []Edit{DeletePage(0), RestorePage(before, 0)}, RestorePage(before, 0), "a b c | d", before},
		{"a page, and one of its questions was made anew", []Edit{DeletePage(0), AddQuestion(0, drafted("b").Pages[0].Questions[0])},
			RestorePage(before, 0), "a c | d b", before},
	} {
		if got := pagesOf(with(t, with(t, before, c.since...), c.undo)); got != c.after {
			t.Errorf("%s: %q, want %q", c.name, got, c.after)
		}
	}
}

func TestPagesAreKnownByWhatIsOnThem(t *testing.T) {
	t.Parallel()
	before := drafted("a b | c | | d")
	for _, c := range []struct {
		now  string
		page int
		at   int
		ok   bool
	}{
		{"a b | c | | d", 2, 2, true},
		{"c | a b | | d", 0, 1, true},
		{"c | | d a b", 0, 2, true},
		{"a | b b2 | c | | d", 1, 2, true},
		{"a b | | d", 1, 0, false}, // c is gone, and the empty page may be another
		{"a b | c | n | d", 2, 2, true},
		{"a b | c | d", 2, 0, false},
		{"a b | c | | n", 3, 0, false},
		{"a b | c | | | d", 2, 0, false}, // which of the two?
		{"a b | c | | d", 4, 0, false},
		{"a b | c | | d", -1, 0, false},
	} {
		at, ok := drafted(c.now).PageNow(before, c.page)
		if ok != c.ok || ok && at != c.at {
			t.Errorf("page %d is %d, %t in %q", c.page, at, ok, c.now)
		}
	}
	d := drafted("a b | c n")
	if err := UnchangedPage(drafted("a b | c"), 1, DeletePage)(&d); !errors.Is(err, ErrChanged) {
		t.Errorf("a page with a question that was never seen: %v", err)
	}
	d.Pages[0].Questions[0].Text["en"] = "Otherwise?"
	if err := UnchangedQuestion(drafted("a b"), "a", DeleteQuestion("a"))(&d); !errors.Is(err, ErrChanged) {
		t.Errorf("a question that was changed: %v", err)
	}
	if err := UnchangedQuestion(drafted("a b"), "b", DeleteQuestion("b"))(&d); err != nil {
		t.Error(err)
	}
}

func TestMerge(t *testing.T) {
	t.Parallel()
	option := func(code, text string) question.Option {
		return question.Option{Code: code, Text: question.Text{"en": text}}
	}
	base := question.Question{Code: "q", Kind: question.Choice, Text: question.Text{"en": "Why?", "cy": "Pam?"},
		Options: []question.Option{option("a", "A"), option("b", "B"), option("c", "C")}}
	for _, c := range []struct {
		name         string
		mine, theirs func(*question.Question)
		want         string
	}{
		{"English and Welsh", func(q *question.Question) { q.Text["en"] = "How?" }, func(q *question.Question) { q.Text["cy"] = "Sut?" },
			"How?/Sut?: a=A b=B c=C"},
		{"both the same words", func(q *question.Question) { q.Text["en"] = "How?" },
			func(q *question.Question) { q.Text["en"] = "When?" }, "How?/Pam?: a=A b=B c=C"},
		{"a language taken out", func(q *question.Question) { delete(q.Text, "cy") },
			func(q *question.Question) { q.Text["en"] = "When?" }, "When?/: a=A b=B c=C"},
		{"both add", func(q *question.Question) { q.Options = slices.Insert(q.Options, 1, option("m", "M")) },
			func(q *question.Question) { q.Options = append(q.Options, option("t", "T")) }, "Why?/Pam?: a=A m=M b=B c=C t=T"},
		{"both add different answers under one code", func(q *question.Question) { q.Options = append(q.Options, option("n", "Mine")) },
			func(q *question.Question) { q.Options = append(q.Options, option("n", "Theirs")) }, "Why?/Pam?: a=A b=B c=C n_2=Mine n=Theirs"},
		{"they take one out", func(q *question.Question) { q.Options[0].Text["en"] = "First" },
			func(q *question.Question) { q.Options = slices.Delete(q.Options, 1, 2) }, "Why?/Pam?: a=First c=C"},
		{"they take out what I changed", func(q *question.Question) { q.Options[1].Text["en"] = "Mine" },
			func(q *question.Question) { q.Options = slices.Delete(q.Options, 1, 2) }, "Why?/Pam?: a=A b=Mine c=C"},
		{"I take out what they changed", func(q *question.Question) { q.Options = slices.Delete(q.Options, 1, 2) },
			func(q *question.Question) { q.Options[1].Text["en"] = "Theirs" }, "Why?/Pam?: a=A b=Theirs c=C"},
		{"I reorder, they add", func(q *question.Question) { slices.Reverse(q.Options) },
			func(q *question.Question) { q.Options = append(q.Options, option("t", "T")) }, "Why?/Pam?: c=C t=T b=B a=A"},
		{"they reorder, I add", func(q *question.Question) { q.Options = append(q.Options, option("m", "M")) },
			func(q *question.Question) { slices.Reverse(q.Options) }, "Why?/Pam?: c=C m=M b=B a=A"},
		{"nobody", func(*question.Question) {}, func(*question.Question) {}, "Why?/Pam?: a=A b=B c=C"},
	} {
		mine, theirs := base.Clone(), base.Clone()
		c.mine(&mine)
		c.theirs(&theirs)
		q := Merge(base, mine, theirs)
		got := fmt.Sprintf("%s/%s:", q.Text["en"], q.Text["cy"])
		for _, o := range q.Options {
			got += " " + o.Code + "=" + o.Text["en"]
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		if alone := Merge(base, mine, base); len(QuestionDifference(alone, mine)) > 0 {
			t.Errorf("%s: merged with nobody, mine is not mine: %v", c.name, QuestionDifference(alone, mine))
		}
		if alone := Merge(base, base, theirs); len(QuestionDifference(alone, theirs)) > 0 {
			t.Errorf("%s: having changed nothing, theirs is not theirs: %v", c.name, QuestionDifference(alone, theirs))
		}
	}
}

func TestIntroTextsMerge(t *testing.T) {
	t.Parallel()
	base := drafted("a | b")
	base.Pages[1].Title = question.Text{"en": "More"}
	wanted := base.IntroTexts()
	wanted.Pages[1] = question.Text{"en": "Much more"}
	now := with(t, base, MovePage(0, 1), func(d *Definition) error { d.Title["en"] = "Tell us"; d.Equality = []string{"sex"}; return nil })
	d := with(t, now, Describe(base, wanted))
	if d.Pages[0].Title["en"] != "Much more" || d.Title["en"] != "Tell us" || len(d.Equality) != 1 {
		t.Errorf("%+v", d)
	}
	wanted.Title = question.Text{"en": "Say it"}
	if err := Describe(base, wanted)(&now); !errors.Is(err, ErrChanged) {
		t.Errorf("both wrote the title: %v", err)
	}
	gone := with(t, base, DeletePage(1))
	if err := Describe(base, IntroTexts{Title: base.Title, Pages: wanted.Pages})(&gone); !errors.Is(err, ErrChanged) {
		t.Errorf("a title for a page that is gone: %v", err)
	}
}

func TestDifferenceInWords(t *testing.T) {
	t.Parallel()
	five, six := 5.0, 6.0
	for _, c := range []struct {
		change func(*Definition)
		want   []string
	}{
		{func(d *Definition) { d.Title["cy"] = "Sut?" }, []string{": The title has wording in Welsh now: “Sut?”."}},
		{func(d *Definition) { d.Intro = question.Text{"pl": "Krótko."} },
			[]string{": The introduction has wording in Polish now: “Krótko.”."}},
		{func(d *Definition) { d.Equality = []string{"age"} }, []string{": The questions about the person now ask for age."}},
		{func(d *Definition) { d.Pages = append(d.Pages, Page{}) }, []string{": There are 3 pages instead of 2."}},
		{func(d *Definition) { *d = moved(*d, MoveQuestion("b", -1)) }, []string{"a: It moved to another place on its page."}},
		{func(d *Definition) { *d = moved(*d, MoveQuestionTo("a", 1)) }, []string{"a: It moved from page 1 to page 2."}},
		{func(d *Definition) { *d = moved(*d, DeleteQuestion("a")) }, []string{"a: The question “About a?” was taken out."}},
		{func(d *Definition) { d.Pages[0].Questions[0].Required = true }, []string{"a: It must be answered now."}},
		{func(d *Definition) { d.Pages[0].Questions[0].Options[0].Text["en"] = "Z" },
			[]string{"a: The answer “X” reads “Z” in English instead of “X”."}},
		{func(d *Definition) { slices.Reverse(d.Pages[0].Questions[0].Options) }, []string{"a: The answers stand in another order."}},
		{func(d *Definition) { d.Pages[0].Questions[0].Options[0].Score = &five }, []string{"a: The answer “X” scores 5 instead of nothing."}},
		{func(d *Definition) { d.Pages[0].Questions[0].Min, d.Pages[0].Questions[0].Max = &five, &six },
			[]string{"a: It takes numbers from 5 to 6. Before, it took numbers of any size."}},
		{func(d *Definition) { d.Pages[0].Questions[0].Kind = question.Several }, []string{"a: Its kind is now “several” instead of “choice”."}},
		{func(*Definition) {}, nil},
	} {
		before := drafted("a b | c")
		after := before.Clone()
		c.change(&after)
		var got []string
		for _, one := range Difference(before, after) {
			got = append(got, one.Question+": "+one.Sentence.String())
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func moved(d Definition, edit Edit) Definition {
	d = d.Clone()
	_ = edit(&d)
	return d
}

// FuzzEdits does orders in any number and sequence: every question stays once, and whatever changed can be said in words.
func FuzzEdits(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
	f.Fuzz(func(t *testing.T, orders []byte) {
		first := drafted("a b c | d | e f")
		d := first.Clone()
		codes := []string{"a", "b", "c", "d", "e", "f", "a_2", "b_2"}
		for i, b := range orders[:min(len(orders), 60)] {
			code, page := codes[int(b)%len(codes)], int(b)%4
			before := d.Clone()
			edits := []Edit{MoveQuestion(code, -1), MoveQuestion(code, 1), MoveQuestionTo(code, page),
				DuplicateQuestion(code, func(string) bool { return false }), DeleteQuestion(code), Restore(first, code),
				MovePage(page, 1), MovePage(page, -1), DeletePage(page), RestorePage(first, page), AddPage(nil),
				OnPage(first, page, DeletePage), UnchangedPage(first, page, DeletePage)}
			if err := edits[(int(b)/8+i)%len(edits)](&d); err != nil {
				if !errors.Is(err, ErrGone) && !errors.Is(err, ErrChanged) {
					t.Fatal(err)
				}
				if pagesOf(before) != pagesOf(d) {
					t.Fatalf("refused and done all the same: %q, %q", pagesOf(before), pagesOf(d))
				}
				continue
			}
			seen := map[string]bool{}
			for _, q := range d.Questions() {
				if seen[q.Code] {
					t.Fatalf("%s stands twice in %q", q.Code, pagesOf(d))
				}
				seen[q.Code] = true
			}
			if said := Difference(before, d); (len(said) == 0) != (pagesOf(before) == pagesOf(d) && len(before.Pages) == len(d.Pages)) {
				t.Fatalf("from %q to %q: %v", pagesOf(before), pagesOf(d), said)
			}
		}
	})
}
