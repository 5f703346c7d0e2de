package surveys

import (
	"net/url"
	"slices"
	"strconv"
	"testing"

	"github.com/labstack/echo/v4"

	"yousaid/server/accounts"
	"yousaid/server/page"
	"yousaid/server/staff/stafftest"
	"yousaid/surveys"
	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
)

// sent is a request with a form, to a council that writes English and Welsh.
func sent(form url.Values) echo.Context {
	c, _ := stafftest.Context(
		echo.New(),
		accounts.Organisation{Languages: []string{"en", "cy"}},
		tenant.Actor{},
		"/staff/surveys/1/questions/q",
		form,
	)
	return c
}

// shown is what a browser would send of the page as it stands.
func shown(v QuestionPage) url.Values {
	form := url.Values{"rows": {strconv.Itoa(len(v.Rows))}}
	tick := func(name string, on bool) {
		if on {
			form.Set(name, "yes")
		}
	}
	fields := func(list []AttributeField) {
		for _, f := range list {
			switch {
			case f.Wording != nil:
				for _, lang := range []string{"en", "cy"} {
					form.Set(f.Name+"-"+lang, f.Wording.Text[lang])
				}
			case f.Mark:
				tick(f.Name, f.Ticked)
			default:
				form.Set(f.Name, f.Typed)
			}
		}
	}
	fields(v.Fields)
	for i, r := range v.Rows {
		r.Fields = slices.Clone(r.Fields)
		r.place(i)
		form.Set(r.Field("code"), r.Code)
		tick(r.Field("fixed"), r.Fixed)
		tick(r.Field("gone"), r.Gone)
		fields(r.Fields)
	}
	return form
}

// everyKind is a question of each kind with all that it can have, also in a language that the council no longer has.
func everyKind() []question.Question {
	five, two := 5.0, 2.5
	words := question.Text{"en": "Why?", "cy": "Pam?", "pl": "Dlaczego?"}
	yes, no := question.Text{"en": "Yes", "cy": "Ie"}, question.Text{"en": "No", "cy": "Na"}
	return []question.Question{
		{Code: "rating", Kind: question.Rating, Scale: "good-poor", Bank: "b", Required: true, Text: words, Hint: words,
			Options: []question.Option{
				{Code: "good", Score: &five, Satisfied: true, Text: words},
				{Code: "poor", Score: &two, Text: words},
				{Code: "dk", DontKnow: true, Text: words},
			}},
		{Code: "choice", Kind: question.Choice, Text: words, Options: []question.Option{{Code: "a", Text: words}, {Code: "b", Text: words}}},
		{
			Code:    "several",
			Kind:    question.Several,
			Text:    words,
			Options: []question.Option{{Code: "a", Text: words}, {Code: "none", Exclusive: true, Text: words}},
		},
		{Code: "yesno", Kind: question.YesNo, Text: words},
		{
			Code:    "yesno_own",
			Kind:    question.YesNo,
			Text:    words,
			Options: []question.Option{{Code: "yes", Text: yes}, {Code: "no", Text: no}, {Code: "dk", DontKnow: true, Text: words}},
		},
		{Code: "recommend", Kind: question.Recommend, Required: true, Text: words},
		{Code: "recommend_own", Kind: question.Recommend, Text: words, Options: []question.Option{{Code: "dk", DontKnow: true, Text: words}}},
		{Code: "number", Kind: question.Number, Text: words, Min: &two, Max: &five},
		{Code: "short", Kind: question.Short, Text: words, MaxLength: 40},
		{Code: "text", Kind: question.LongTxt, Text: words},
	}
}

func opened(q question.Question) QuestionPage {
	v := QuestionPage{Question: q, Coded: q.Coded()}
	v.fill(q)
	return v
}

// A form that is sent as it was opened changes nothing of a question, whatever its kind.
func TestAnUntouchedFormChangesNothing(t *testing.T) {
	t.Parallel()
	for _, kind := range question.Kinds() {
		if !slices.ContainsFunc(everyKind(), func(q question.Question) bool { return q.Kind == kind }) {
			t.Errorf("everyKind has no question of the kind %s", kind)
		}
	}
	for _, q := range everyKind() {
		v := opened(q)
		v.read(sent(shown(opened(q))), q)
		if again := v.question(q, nil); len(v.Problems) > 0 || fingerprint(again) != fingerprint(q) {
			t.Errorf("%s: %v, %+v", q.Code, v.Problems, again)
		}
	}
}

// FuzzQuestionForm sends anything to the form of a question: what is read can be kept, no code is changed or given twice, and what is shown
// again reads the same.
func FuzzQuestionForm(f *testing.F) {
	for i, q := range everyKind() {
		f.Add(i, shown(opened(q)).Encode(), "save")
	}
	f.Add(0, "rows=3&o0-code=good&o0-fixed=yes&o1-code=good&o1-text-en=Again&o2-text-en=New&o2-score=1e400", "up 1")
	f.Add(1, "rows=-5&text-en=%00%ff&hint-cy=%E2%80%AE&o0-code=A B", "delete 0")
	f.Add(1, "rows=999999&o0-fixed=yes&o0-code=gone&o1-fixed=yes&o1-code=gone", "add")
	f.Fuzz(func(t *testing.T, kind int, body, do string) {
		all := everyKind()
		before := all[((kind%len(all))+len(all))%len(all)]
		form, err := url.ParseQuery(body)
		if err != nil {
			t.Skip("no browser sends this")
		}
		codes := surveys.Registered{before.Code: {"": false, "a": false, "retired": true}}
		v := QuestionPage{Question: before, Coded: before.Coded()}
		v.read(sent(form), before)
		v.arrange(do)
		again := QuestionPage{Question: before, Coded: before.Coded()}
		again.read(sent(shown(v)), before)
		v.Problems, again.Problems = page.Problems{}, page.Problems{}
		q, second := v.question(before, codes), again.question(before, codes)
		if fingerprint(q) != fingerprint(second) {
			t.Fatalf("shown again it reads otherwise: %+v, %+v", q, second)
		}
		if q.Code != before.Code || q.Kind != before.Kind {
			t.Fatalf("%s %s became %s %s", before.Kind, before.Code, q.Kind, q.Code)
		}
		if len(v.Problems) > 0 {
			return
		}
		seen := map[string]bool{}
		for _, o := range q.Options {
			if seen[o.Code] || !question.ValidCode(o.Code) || o.Code == "retired" {
				t.Fatalf("the answers have the codes %+v", q.Options)
			}
			seen[o.Code] = true
		}
		for _, text := range []question.Text{q.Text, q.Hint} {
			if why, faulty := text.Fault(); faulty {
				t.Fatal(why)
			}
		}
	})
}
