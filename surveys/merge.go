package surveys

import (
	"errors"
	"reflect"
	"slices"
	"strconv"

	"yousaid/surveys/question"
)

// ErrChanged says that somebody changed what an edit is about after it was looked at.
var ErrChanged = errors.New("this was changed after you opened it: nothing was saved")

// PageNow finds the page of an earlier state among the pages of d. A page has no name of its own: it is known by its questions, and
// an empty one by its title and its place among the empty ones. False where it is gone or cannot be told from others.
func (d Definition) PageNow(before Definition, page int) (int, bool) {
	if page < 0 || page >= len(before.Pages) {
		return 0, false
	}
	if reflect.DeepEqual(before.Pages, d.Pages) {
		return page, true
	}
	most, at := 0, 0
	for i, p := range d.Pages {
		held := 0
		for _, q := range p.Questions {
			if was, ok := before.Place(q.Code); ok && was.Page == page {
				held++
			}
		}
		if held > most {
			most, at = held, i
		}
	}
	if most > 0 {
		return at, true
	}
	return d.emptyPageNow(before, page)
}

// emptyPageNow finds a page of which no question is left: it has its title still and no question that stood elsewhere.
func (d Definition) emptyPageNow(before Definition, page int) (int, bool) {
	alike := func(of Definition, empty func(Page) bool) (list []int) {
		for i, p := range of.Pages {
			if empty(p) && p.Title.Same(before.Pages[page].Title) {
				list = append(list, i)
			}
		}
		return list
	}
	now := alike(d, func(p Page) bool {
		return !slices.ContainsFunc(p.Questions, func(q question.Question) bool { _, known := before.Place(q.Code); return known })
	})
	was := alike(before, func(p Page) bool { return len(p.Questions) == 0 })
	if len(before.Pages[page].Questions) > 0 { // it is empty now: nobody else may be
		if len(was) == 0 && len(now) == 1 {
			return now[0], true
		}
		return 0, false
	}
	if len(was) != len(now) {
		return 0, false
	}
	return now[slices.Index(was, page)], true
}

// OnPage is an edit of the page that somebody saw at a place of an earlier state. ErrGone where it is not there any more.
func OnPage(before Definition, page int, edit func(page int) Edit) Edit {
	return func(d *Definition) error {
		at, ok := d.PageNow(before, page)
		if !ok {
			return ErrGone
		}
		return edit(at)(d)
	}
}

// UnchangedPage is DeletePage for somebody who saw the page in an earlier state: ErrChanged where it or a question of it has changed since.
func UnchangedPage(before Definition, page int, edit func(page int) Edit) Edit {
	return OnPage(before, page, func(at int) Edit {
		return func(d *Definition) error {
			if !samePage(before.Pages[page], d.Pages[at]) {
				return ErrChanged
			}
			return edit(at)(d)
		}
	})
}

func samePage(a, b Page) bool {
	return a.Title.Same(b.Title) && slices.EqualFunc(a.Questions, b.Questions, func(p, q question.Question) bool {
		return p.Code == q.Code && len(QuestionDifference(p, q)) == 0
	})
}

// UnchangedQuestion is an edit for somebody who saw the question in an earlier state: ErrChanged where it has changed since.
func UnchangedQuestion(before Definition, code string, edit Edit) Edit {
	return func(d *Definition) error {
		was, seen := before.Question(code)
		now, there := d.Question(code)
		if seen && there && len(QuestionDifference(was, now)) > 0 {
			return ErrChanged
		}
		return edit(d)
	}
}

// Merge is a question on which two people worked from the same base. What one of them left alone is as the other has it; what both
// changed is as in mine.
func Merge(base, mine, theirs question.Question) question.Question {
	q := theirs.Clone()
	for _, a := range question.Attributes {
		a.Merge(&q, base, mine, theirs)
	}
	q.Options = mergeOptions(base.Options, mine.Options, theirs.Options)
	return q.Clone()
}

// options is a list of answers in which one finds by code.
type options []question.Option

func (os options) find(code string) (question.Option, bool) {
	i := slices.IndexFunc(os, func(o question.Option) bool { return o.Code == code })
	if i < 0 {
		return question.Option{}, false
	}
	return os[i], true
}

// codes lists the codes of those that other has too.
func (os options) codes(other options) (list []string) {
	for _, o := range os {
		if _, ok := other.find(o.Code); ok {
			list = append(list, o.Code)
		}
	}
	return list
}

// mergeOptions keeps what either added, and takes out what one took out and the other left alone. The order is theirs, unless I changed it.
func mergeOptions(base, mine, theirs options) options {
	mine = distinct(base, mine, theirs)
	order, rest := theirs, mine
	if !slices.Equal(mine.codes(base), base.codes(mine)) {
		order, rest = mine, theirs
	}
	merged := slices.Clone(order)
	for i, o := range rest {
		if _, ok := merged.find(o.Code); ok {
			continue
		}
		at := 0
		for j := i - 1; j >= 0 && at == 0; j-- {
			at = slices.IndexFunc(merged, func(m question.Option) bool { return m.Code == rest[j].Code }) + 1
		}
		merged = slices.Insert(merged, at, o)
	}
	var kept options
	for _, o := range merged {
		b, based := base.find(o.Code)
		m, isMine := mine.find(o.Code)
		t, isTheirs := theirs.find(o.Code)
		switch {
		case isMine && isTheirs:
			kept = append(kept, mergeOption(b, m, t))
		case isMine && !(based && sameOption(b, m)):
			kept = append(kept, m)
		case isTheirs && !(based && sameOption(b, t)):
			kept = append(kept, t)
		}
	}
	return kept
}

func mergeOption(base, mine, theirs question.Option) question.Option {
	o := theirs
	for _, a := range question.OptionAttributes {
		a.Merge(&o, base, mine, theirs)
	}
	return o
}

func sameOption(a, b question.Option) bool {
	return !slices.ContainsFunc(question.OptionAttributes, func(one question.Attribute[question.Option]) bool { return !one.Same(a, b) })
}

// distinct gives an answer that I added another code where they added a different one under the same.
func distinct(base, mine, theirs options) options {
	mine = slices.Clone(mine)
	for i, o := range mine {
		_, based := base.find(o.Code)
		t, isTheirs := theirs.find(o.Code)
		if based || !isTheirs || o.Text.Same(t.Text) {
			continue
		}
		for n := 2; ; n++ {
			tail := "_" + strconv.Itoa(n)
			try := o.Code[:min(len(o.Code), 41-len(tail))] + tail
			_, a := base.find(try)
			_, b := mine.find(try)
			_, c := theirs.find(try)
			if !a && !b && !c {
				mine[i].Code = try
				break
			}
		}
	}
	return mine
}
