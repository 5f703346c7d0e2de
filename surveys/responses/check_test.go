package responses

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yousaid/surveys"
	"yousaid/surveys/question"
)

func options(codes ...string) []question.Option {
	var all []question.Option
	for _, c := range codes {
		all = append(all, question.Option{Code: c, Text: question.Text{"en": c}})
	}
	return all
}

// counter is a questionnaire of three pages: a rating, what was behind it, and the equality questions.
func counter() surveys.Definition {
	ten := 10.0
	return surveys.Definition{
		Survey: "counter",
		Title:  question.Text{"en": "How did we do?"},
		Pages: []surveys.Page{
			{Questions: []question.Question{
				{Code: "rating", Kind: question.Rating, Required: true, Text: question.Text{"en": "How was it?"},
					Options: options("5", "4", "3", "2", "1")},
			}},
			{Questions: []question.Question{
				{Code: "reason", Kind: question.Choice, Text: question.Text{"en": "Why?"}, Options: options("delay", "staff", "result")},
				{Code: "topics", Kind: question.Several, Text: question.Text{"en": "About?"}, Options: options("bins", "roads", "parks")},
				{Code: "visits", Kind: question.Number, Text: question.Text{"en": "How often?"}, Max: &ten},
				{Code: "comment", Kind: question.LongTxt, MaxLength: 40, Text: question.Text{"en": "Anything else?"}},
			}},
		},
		Equality: []string{"sex", "disability"},
	}
}

func TestAPageBecomesASubmission(t *testing.T) {
	form := NewForm(1, 2, 3)
	for name, c := range map[string]struct {
		page   int
		fields url.Values
		want   Submission
	}{
		"the rating": {0, url.Values{"rating": {"4"}, "comment": {"not asked here"}, "hack": {"\x00"}},
			Submission{Form: form, Language: "cy", First: true, Codes: []string{"rating"}, Answers: `{"rating":"4"}`}},
		"all of page two": {1, url.Values{"reason": {"delay"}, "topics": {"parks", "bins"}, "visits": {"3"},
			"comment": {" Da iawn\r\n“diolch” "}},
			Submission{Form: form, Language: "cy", Codes: []string{"reason", "topics", "visits"},
				Answers: `{"reason":"delay","topics":["bins","parks"],"visits":3}`, Comments: []Comment{{"comment", "Da iawn\n“diolch”"}}}},
		"nothing of page two": {1, nil,
			Submission{Form: form, Language: "cy", Codes: []string{"reason", "topics", "visits"}, Answers: `{}`,
				Comments: []Comment{{"comment", ""}}}},
		"equality": {2, url.Values{"sex": {"pns"}, "llti": {"yes"}},
			Submission{Form: form, Language: "cy", Last: true, Equality: `{"sex":"pns","llti":"yes"}`}},
		"equality skipped": {2, url.Values{"sex": {""}}, Submission{Form: form, Language: "cy", Last: true, Equality: `{}`}},
	} {
		got, err := Check(counter(), c.page, form, "cy", c.fields)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestWhatCannotBeStoredIsSaidAtItsQuestion(t *testing.T) {
	for name, c := range map[string]struct {
		page   int
		fields url.Values
		at     []string
	}{
		"no rating":               {0, url.Values{"rating": {""}}, []string{"rating"}},
		"unknown option":          {0, url.Values{"rating": {"6"}}, []string{"rating"}},
		"two ratings":             {0, url.Values{"rating": {"4", "5"}}, []string{"rating"}},
		"NUL":                     {1, url.Values{"comment": {"a\x00b"}}, []string{"comment"}},
		"invalid UTF-8":           {1, url.Values{"comment": {"a\xff"}, "topics": {"\xc3\x28"}}, []string{"topics", "comment"}},
		"too long":                {1, url.Values{"comment": {strings.Repeat("é", 41)}}, []string{"comment"}},
		"too many":                {1, url.Values{"visits": {"11"}}, []string{"visits"}},
		"unknown equality option": {2, url.Values{"sex": {"yes"}, "llti": {"no"}}, []string{"sex"}},
		"NUL in equality":         {2, url.Values{"llti": {"no\x00"}}, []string{"llti"}},
		"two equality options":    {2, url.Values{"sex": {"female", "pns"}}, []string{"sex"}},
	} {
		s, err := Check(counter(), c.page, NewForm(1, 2, 3), "en", c.fields)
		var problems Problems
		if !errors.As(err, &problems) {
			t.Errorf("%s: got %v, %+v; want problems", name, err, s)
			continue
		}
		var at []string
		for _, p := range problems {
			at = append(at, p.Question)
			if p.String() == "" {
				t.Errorf("%s: a problem without a sentence", name)
			}
		}
		if diff := cmp.Diff(c.at, at); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestPagesOfAForm(t *testing.T) {
	d := counter()
	if Pages(d) != 3 {
		t.Errorf("%d pages, want 3", Pages(d))
	}
	for _, page := range []int{-1, 3} {
		if _, err := Check(d, page, Form{}, "en", nil); !errors.Is(err, ErrNoPage) {
			t.Errorf("page %d: %v", page, err)
		}
	}
	d.Equality = nil
	s, err := Check(d, 1, Form{}, "en", nil)
	if Pages(d) != 2 || err != nil || !s.Last {
		t.Error("without equality questions the last page of questions finishes the form")
	}
}
