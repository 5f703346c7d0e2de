package surveys

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"yousaid/surveys/question"
)

// Change is one difference between two questionnaires, in plain words.
type Change struct {
	Question string // the code of the question it is about; "" for the questionnaire as a whole
	Sentence string
}

// Difference says what became of a questionnaire: first as a whole, then question by question in the new order, then what is gone.
// Two that ask the same give none.
func Difference(before, after Definition) []Change {
	var all []Change
	ofSurvey := func(format string, args ...any) { all = append(all, Change{"", fmt.Sprintf(format, args...)}) }
	for _, s := range wordings("The title", before.Title, after.Title) {
		ofSurvey("%s", s)
	}
	for _, s := range wordings("The introduction", before.Intro, after.Intro) {
		ofSurvey("%s", s)
	}
	for _, id := range after.Equality {
		if !slices.Contains(before.Equality, id) {
			ofSurvey("The questions about the person now ask for %s.", plainCode(id))
		}
	}
	for _, id := range before.Equality {
		if !slices.Contains(after.Equality, id) {
			ofSurvey("The questions about the person no longer ask for %s.", plainCode(id))
		}
	}
	if a, b := len(before.Pages), len(after.Pages); a != b {
		if b == 1 {
			ofSurvey("There is 1 page instead of %d.", a)
		} else {
			ofSurvey("There are %d pages instead of %d.", b, a)
		}
	}
	for i := range min(len(before.Pages), len(after.Pages)) {
		for _, s := range wordings(fmt.Sprintf("The title of page %d", i+1), before.Pages[i].Title, after.Pages[i].Title) {
			ofSurvey("%s", s)
		}
	}
	moved := reordered(before, after)
	for i, p := range after.Pages {
		for _, q := range p.Questions {
			was, there := before.Question(q.Code)
			if !there {
				all = append(all, Change{q.Code, fmt.Sprintf("The question “%s” was added on page %d.", short(q.Text), i+1)})
				continue
			}
			if at, _ := before.Place(q.Code); at.Page != i {
				all = append(all, Change{q.Code, fmt.Sprintf("It moved from page %d to page %d.", at.Page+1, i+1)})
			} else if moved[q.Code] {
				all = append(all, Change{q.Code, "It moved to another place on its page."})
			}
			for _, s := range QuestionDifference(was, q) {
				all = append(all, Change{q.Code, s})
			}
		}
	}
	for _, q := range before.Questions() {
		if _, there := after.Question(q.Code); !there {
			all = append(all, Change{q.Code, fmt.Sprintf("The question “%s” was taken out.", short(q.Text))})
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
func QuestionDifference(before, after question.Question) []string {
	var all []string
	add := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	if before.Kind != after.Kind {
		add("Its kind is now “%s” instead of “%s”.", after.Kind, before.Kind)
	}
	all = append(all, wordings("The question", before.Text, after.Text)...)
	all = append(all, wordings("The hint", before.Hint, after.Hint)...)
	if before.Required != after.Required {
		if after.Required {
			add("It must be answered now.")
		} else {
			add("It can be left out now.")
		}
	}
	if before.Scale != after.Scale {
		add("Its scale is now “%s” instead of “%s”.", after.Scale, before.Scale)
	}
	if before.MaxLength != after.MaxLength {
		add("An answer may have %s instead of %s.", characters(after.MaxLength), characters(before.MaxLength))
	}
	if !reflect.DeepEqual(before.Min, after.Min) || !reflect.DeepEqual(before.Max, after.Max) {
		add("It takes numbers %s. Before, it took numbers %s.", span(after.Min, after.Max), span(before.Min, before.Max))
	}
	return append(all, optionDifference(before, after)...)
}

func optionDifference(before, after question.Question) []string {
	var all []string
	add := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
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
			add("The answer “%s” was added.", short(o.Text))
			continue
		}
		b = append(b, o.Code)
		name := "The answer “" + short(was.Text) + "”"
		all = append(all, wordings(name, was.Text, o.Text)...)
		if !reflect.DeepEqual(was.Score, o.Score) {
			add("%s scores %s instead of %s.", name, score(o.Score), score(was.Score))
		}
		for _, mark := range []struct {
			was, is bool
			yes, no string
		}{
			{was.Satisfied, o.Satisfied, "counts as satisfied now", "does not count as satisfied any more"},
			{was.DontKnow, o.DontKnow, "leaves the figures now", "counts in the figures now"},
			{was.Exclusive, o.Exclusive, "stands alone now", "can stand beside others now"},
		} {
			if mark.was != mark.is {
				add("%s %s.", name, map[bool]string{true: mark.yes, false: mark.no}[mark.is])
			}
		}
	}
	for _, o := range before.Options {
		if _, there := find(after, o.Code); !there {
			add("The answer “%s” was taken out.", short(o.Text))
			continue
		}
		a = append(a, o.Code)
	}
	if !slices.Equal(a, b) {
		add("The answers stand in another order.")
	}
	return all
}

// wordings says what became of a text in each language.
func wordings(what string, before, after question.Text) []string {
	var all []string
	tags := languages(before)
	for _, tag := range languages(after) {
		if !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	for _, tag := range tags {
		a, b := before[tag], after[tag]
		switch in := languageWord(tag); {
		case a == b:
		case a == "":
			all = append(all, fmt.Sprintf("%s now has wording%s: “%s”.", what, in, b))
		case b == "":
			all = append(all, fmt.Sprintf("%s has no wording%s any more; it was “%s”.", what, in, a))
		default:
			all = append(all, fmt.Sprintf("%s reads “%s”%s instead of “%s”.", what, b, in, a))
		}
	}
	return all
}

func languageWord(tag string) string {
	switch tag {
	case "en":
		return " in English"
	case "cy":
		return " in Welsh"
	}
	return " in the language " + tag
}

// short is a wording to name something by.
func short(t question.Text) string {
	s, _ := t.In("en")
	return clip(strings.Join(strings.Fields(s), " "))
}

func plainCode(id string) string { return strings.ReplaceAll(id, "_", " ") }

func characters(n int) string {
	if n == 0 {
		return "the usual number of characters"
	}
	return strconv.Itoa(n) + " characters"
}

func span(from, to *float64) string {
	switch {
	case from != nil && to != nil:
		return "from " + number(*from) + " to " + number(*to)
	case from != nil:
		return "from " + number(*from)
	case to != nil:
		return "up to " + number(*to)
	}
	return "of any size"
}

func score(f *float64) string {
	if f == nil {
		return "nothing"
	}
	return number(*f)
}
