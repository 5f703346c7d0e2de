package surveys

import (
	"reflect"
	"slices"
	"strings"

	"yousaid/surveys/bank"
	"yousaid/surveys/question"
	"yousaid/surveys/wording"
)

// Change is one difference between two questionnaires, in plain words.
type Change struct {
	Question string // the code of the question it is about; "" for the questionnaire as a whole
	Sentence wording.Message
}

// Difference says what became of a questionnaire: first as a whole, then question by question in the new order, then what is gone.
// Two that ask the same give none.
func Difference(before, after Definition) []Change {
	var all []Change
	add := func(code string, sentences ...wording.Message) {
		for _, s := range sentences {
			all = append(all, Change{code, s})
		}
	}
	ofSurvey := func(sentence string, args ...any) { add("", wording.Say(sentence, args...)) }
	add("", question.Wordings(wording.Say("difference.title|The title"), before.Title, after.Title)...)
	add("", question.Wordings(wording.Say("difference.intro|The introduction"), before.Intro, after.Intro)...)
	for _, id := range after.Equality {
		if !slices.Contains(before.Equality, id) {
			ofSurvey("difference.asks_for|The questions about the person now ask for %s.", characteristic(id))
		}
	}
	for _, id := range before.Equality {
		if !slices.Contains(after.Equality, id) {
			ofSurvey("difference.asks_no_longer_for|The questions about the person no longer ask for %s.", characteristic(id))
		}
	}
	if a, b := len(before.Pages), len(after.Pages); a != b {
		add("", wording.Counting("difference.pages|There is %s page instead of %s.|There are %s pages instead of %s.", b, b, a))
	}
	for i := range min(len(before.Pages), len(after.Pages)) {
		add("", question.Wordings(wording.Say("difference.page_title|The title of page %s", i+1), before.Pages[i].Title, after.Pages[i].Title)...)
	}
	moved := reordered(before, after)
	for i, p := range after.Pages {
		for _, q := range p.Questions {
			was, there := before.Question(q.Code)
			if !there {
				add(q.Code, wording.Say("difference.question_added|The question “%s” was added on page %s.", short(q.Text), i+1))
				continue
			}
			if at, _ := before.Place(q.Code); at.Page != i {
				add(q.Code, wording.Say("difference.moved_page|It moved from page %s to page %s.", at.Page+1, i+1))
			} else if moved[q.Code] {
				add(q.Code, wording.Say("difference.moved|It moved to another place on its page."))
			}
			add(q.Code, QuestionDifference(was, q)...)
		}
	}
	for _, q := range before.Questions() {
		if _, there := after.Question(q.Code); !there {
			add(q.Code, wording.Say("difference.question_gone|The question “%s” was taken out.", short(q.Text)))
		}
	}
	return all
}

// reordered tells which questions stand in another order among those that both questionnaires have on the same page: as few as explain it.
func reordered(before, after Definition) map[string]bool {
	moved := map[string]bool{}
	for i := range min(len(before.Pages), len(after.Pages)) {
		var a, b []string
		for _, q := range before.Pages[i].Questions {
			if p, ok := after.Place(q.Code); ok && p.Page == i {
				a = append(a, q.Code)
			}
		}
		for _, q := range after.Pages[i].Questions {
			if p, ok := before.Place(q.Code); ok && p.Page == i {
				b = append(b, q.Code)
			}
		}
		for _, code := range outOfOrder(a, b) {
			moved[code] = true
		}
	}
	return moved
}

// outOfOrder lists what is not in the longest run that both orders share.
func outOfOrder(a, b []string) (moved []string) {
	longest := make([]int, len(b)) // longest increasing run that ends at each entry of b
	from := make([]int, len(b))
	best := -1
	for i := range b {
		longest[i], from[i] = 1, -1
		for j := range i {
			if slices.Index(a, b[j]) < slices.Index(a, b[i]) && longest[j]+1 > longest[i] {
				longest[i], from[i] = longest[j]+1, j
			}
		}
		if best < 0 || longest[i] > longest[best] {
			best = i
		}
	}
	kept := map[string]bool{}
	for i := best; i >= 0; i = from[i] {
		kept[b[i]] = true
	}
	for _, code := range b {
		if !kept[code] {
			moved = append(moved, code)
		}
	}
	return moved
}

// QuestionDifference says what became of one question, a sentence for each difference.
func QuestionDifference(before, after question.Question) []wording.Message {
	var all []wording.Message
	add := func(sentence string, args ...any) { all = append(all, wording.Say(sentence, args...)) }
	if before.Kind != after.Kind {
		add("difference.kind|Its kind is now “%s” instead of “%s”.", after.Kind, before.Kind)
	}
	for _, a := range question.WordsFirst(question.Attributes) {
		for _, m := range a.Difference(before, after) {
			if len(all) == 0 || !reflect.DeepEqual(m, all[len(all)-1]) { // the smallest and the largest number are one sentence
				all = append(all, m)
			}
		}
	}
	return append(all, optionDifference(before, after)...)
}

func optionDifference(before, after question.Question) []wording.Message {
	var all []wording.Message
	add := func(sentence string, args ...any) { all = append(all, wording.Say(sentence, args...)) }
	find := func(q question.Question, code string) (question.Option, bool) {
		i := slices.IndexFunc(q.Options, func(o question.Option) bool { return o.Code == code })
		if i < 0 {
			return question.Option{}, false
		}
		return q.Options[i], true
	}
	var a, b []string
	for _, o := range after.Options {
		was, there := find(before, o.Code)
		if !there {
			add("difference.answer_added|The answer “%s” was added.", short(o.Text))
			continue
		}
		b = append(b, o.Code)
		name := wording.Say("difference.answer|The answer “%s”", short(was.Text))
		for _, a := range question.WordsFirst(question.OptionAttributes) {
			all = append(all, a.Difference(was, o, name)...)
		}
	}
	for _, o := range before.Options {
		if _, there := find(after, o.Code); !there {
			add("difference.answer_gone|The answer “%s” was taken out.", short(o.Text))
			continue
		}
		a = append(a, o.Code)
	}
	if !slices.Equal(a, b) {
		add("difference.order|The answers stand in another order.")
	}
	return all
}

// short is a wording to name something by.
func short(t question.Text) string {
	s, _ := t.In("en")
	return clip(strings.Join(strings.Fields(s), " "))
}

// characteristic is the name of one in the middle of a sentence, or its code where it is none.
func characteristic(id string) any {
	if c, ok := bank.Find(id); ok {
		return wording.Part{Message: wording.Named(c.Called()), Shape: strings.ToLower}
	}
	return id
}
