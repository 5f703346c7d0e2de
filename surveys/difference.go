package surveys

import (
	"reflect"
	"slices"
	"strings"

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
	add("", wordings(wording.Say("difference.title|The title"), before.Title, after.Title)...)
	add("", wordings(wording.Say("difference.intro|The introduction"), before.Intro, after.Intro)...)
	for _, id := range after.Equality {
		if !slices.Contains(before.Equality, id) {
			ofSurvey("difference.asks_for|The questions about the person now ask for %s.", plainCode(id))
		}
	}
	for _, id := range before.Equality {
		if !slices.Contains(after.Equality, id) {
			ofSurvey("difference.asks_no_longer_for|The questions about the person no longer ask for %s.", plainCode(id))
		}
	}
	if a, b := len(before.Pages), len(after.Pages); a != b {
		add("", wording.Counting("difference.pages|There is %s page instead of %s.|There are %s pages instead of %s.", b, b, a))
	}
	for i := range min(len(before.Pages), len(after.Pages)) {
		add("", wordings(wording.Say("difference.page_title|The title of page %s", i+1), before.Pages[i].Title, after.Pages[i].Title)...)
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
	all = append(all, wordings(wording.Say("difference.question|The question"), before.Text, after.Text)...)
	all = append(all, wordings(wording.Say("difference.hint|The hint"), before.Hint, after.Hint)...)
	if before.Required != after.Required {
		if after.Required {
			add("difference.required|It must be answered now.")
		} else {
			add("difference.optional|It can be left out now.")
		}
	}
	if before.Scale != after.Scale {
		add("difference.scale|Its scale is now “%s” instead of “%s”.", after.Scale, before.Scale)
	}
	if before.MaxLength != after.MaxLength {
		add("difference.length|An answer may have %s instead of %s.", characters(after.MaxLength), characters(before.MaxLength))
	}
	if !reflect.DeepEqual(before.Min, after.Min) || !reflect.DeepEqual(before.Max, after.Max) {
		add("difference.numbers|It takes numbers %s. Before, it took numbers %s.", span(after.Min, after.Max), span(before.Min, before.Max))
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
		all = append(all, wordings(name, was.Text, o.Text)...)
		if !reflect.DeepEqual(was.Score, o.Score) {
			add("difference.score|%s scores %s instead of %s.", name, score(o.Score), score(was.Score))
		}
		for _, mark := range []struct {
			was, is bool
			yes, no string
		}{
			{was.Satisfied, o.Satisfied,
				"difference.satisfied|%s counts as satisfied now.", "difference.not_satisfied|%s does not count as satisfied any more."},
			{was.DontKnow, o.DontKnow, "difference.leaves_figures|%s leaves the figures now.",
				"difference.in_figures|%s counts in the figures now."},
			{was.Exclusive, o.Exclusive,
				"difference.alone|%s stands alone now.", "difference.beside_others|%s can stand beside others now."},
		} {
			if mark.was != mark.is {
				add(map[bool]string{true: mark.yes, false: mark.no}[mark.is], name)
			}
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

// wordings says what became of a text in each language.
func wordings(what wording.Message, before, after question.Text) []wording.Message {
	var all []wording.Message
	tags := languages(before)
	for _, tag := range languages(after) {
		if !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	for _, tag := range tags {
		a, b := before[tag], after[tag]
		switch in := wording.LanguageName(tag); {
		case a == b:
		case a == "":
			all = append(all, wording.Say("difference.text_added|%s has wording in %s now: “%s”.", what, in, b))
		case b == "":
			all = append(all, wording.Say("difference.text_gone|%s has no wording in %s any more; it was “%s”.", what, in, a))
		default:
			all = append(all, wording.Say("difference.text|%s reads “%s” in %s instead of “%s”.", what, b, in, a))
		}
	}
	return all
}

// short is a wording to name something by.
func short(t question.Text) string {
	s, _ := t.In("en")
	return clip(strings.Join(strings.Fields(s), " "))
}

func plainCode(id string) string { return strings.ReplaceAll(id, "_", " ") }

func characters(n int) wording.Message {
	if n == 0 {
		return wording.Say("difference.usual_length|the usual number of characters")
	}
	return wording.Counting("difference.characters|%s character|%s characters", n, n)
}

func span(from, to *float64) wording.Message {
	switch {
	case from != nil && to != nil:
		return wording.Say("difference.from_to|from %s to %s", number(*from), number(*to))
	case from != nil:
		return wording.Say("difference.from|from %s", number(*from))
	case to != nil:
		return wording.Say("difference.to|up to %s", number(*to))
	}
	return wording.Say("difference.any_size|of any size")
}

func score(f *float64) wording.Message {
	if f == nil {
		return wording.Say("difference.nothing|nothing")
	}
	return wording.Plain(number(*f))
}
