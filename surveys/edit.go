package surveys

import (
	"fmt"
	"slices"
	"strconv"

	"yousaid/surveys/question"
)

// Place is where something stands: a page, and a question on it, both from 0.
type Place struct{ Page, Question int }

// Clone copies a definition, so that an edit never reaches into the one it began with.
func (d Definition) Clone() Definition {
	d.Title, d.Intro = d.Title.Clone(), d.Intro.Clone()
	d.Equality, d.NotReviewed = slices.Clone(d.Equality), slices.Clone(d.NotReviewed)
	pages := make([]Page, len(d.Pages))
	for i, p := range d.Pages {
		pages[i] = Page{Title: p.Title.Clone(), Questions: make([]question.Question, len(p.Questions))}
		for j, q := range p.Questions {
			pages[i].Questions[j] = q.Clone()
		}
	}
	d.Pages = pages
	return d
}

// Place finds a question by its code.
func (d Definition) Place(code string) (Place, bool) {
	for i, p := range d.Pages {
		for j, q := range p.Questions {
			if q.Code == code {
				return Place{i, j}, true
			}
		}
	}
	return Place{}, false
}

// An Edit changes a copy of a definition, or says in an error why it cannot: the page may have been opened before somebody else's change.
type Edit func(*Definition) error

// ErrGone says that what should be changed is not in the questionnaire any more.
var ErrGone = fmt.Errorf("somebody else has taken this out of the questionnaire meanwhile: nothing was changed")

func (d *Definition) at(code string) (Place, error) {
	p, ok := d.Place(code)
	if !ok {
		return p, ErrGone
	}
	return p, nil
}

// AddPage puts an empty page at the end.
func AddPage(title question.Text) Edit {
	return func(d *Definition) error {
		d.Pages = append(d.Pages, Page{Title: title})
		return nil
	}
}

// MovePage moves a page by so many places, back where by is negative; at an end it stays.
func MovePage(page, by int) Edit {
	return func(d *Definition) error {
		if page < 0 || page >= len(d.Pages) {
			return ErrGone
		}
		swap(d.Pages, page, page+by)
		return nil
	}
}

// DeletePage takes a page out with its questions.
func DeletePage(page int) Edit {
	return func(d *Definition) error {
		if page < 0 || page >= len(d.Pages) {
			return ErrGone
		}
		d.Pages = slices.Delete(d.Pages, page, page+1)
		return nil
	}
}

// AddQuestion puts a question at the end of a page; past the last page, on a new one.
func AddQuestion(page int, q question.Question) Edit {
	return func(d *Definition) error {
		if _, taken := d.Place(q.Code); taken {
			return Problems{codeTwice(q.Code)}
		}
		if page < 0 || page >= len(d.Pages) {
			d.Pages = append(d.Pages, Page{})
			page = len(d.Pages) - 1
		}
		d.Pages[page].Questions = append(d.Pages[page].Questions, q)
		return nil
	}
}

// ReplaceQuestion puts a question in the place of the one with its code.
func ReplaceQuestion(q question.Question) Edit {
	return func(d *Definition) error {
		p, err := d.at(q.Code)
		if err == nil {
			d.Pages[p.Page].Questions[p.Question] = q
		}
		return err
	}
}

// MoveQuestion moves a question one place up (-1) or down (1), over the end of its page to the next one.
func MoveQuestion(code string, by int) Edit {
	return func(d *Definition) error {
		p, err := d.at(code)
		if err != nil {
			return err
		}
		list := d.Pages[p.Page].Questions
		if to := p.Question + by; to >= 0 && to < len(list) {
			swap(list, p.Question, to)
			return nil
		}
		if to := p.Page + by; to >= 0 && to < len(d.Pages) {
			d.take(p)
			at := 0
			if by < 0 {
				at = len(d.Pages[to].Questions)
			}
			d.Pages[to].Questions = slices.Insert(d.Pages[to].Questions, at, list[p.Question])
		}
		return nil
	}
}

// MoveQuestionTo puts a question at the end of another page.
func MoveQuestionTo(code string, page int) Edit {
	return func(d *Definition) error {
		p, err := d.at(code)
		if err != nil {
			return err
		}
		if page < 0 || page >= len(d.Pages) {
			return ErrGone
		}
		q := d.Pages[p.Page].Questions[p.Question]
		d.take(p)
		d.Pages[page].Questions = append(d.Pages[page].Questions, q)
		return nil
	}
}

// take takes a question out; the list it stood in stays as it was for whoever holds it.
func (d *Definition) take(p Place) {
	d.Pages[p.Page].Questions = slices.Delete(slices.Clone(d.Pages[p.Page].Questions), p.Question, p.Question+1)
}

// DuplicateQuestion puts a copy behind a question, under a code that no question has or had. taken tells the codes of earlier versions.
func DuplicateQuestion(code string, taken func(string) bool) Edit {
	return func(d *Definition) error {
		p, err := d.at(code)
		if err != nil {
			return err
		}
		q := d.Pages[p.Page].Questions[p.Question].Clone()
		q.Code = d.FreeCode(code, taken)
		d.Pages[p.Page].Questions = slices.Insert(d.Pages[p.Page].Questions, p.Question+1, q)
		return nil
	}
}

// FreeCode is the code, or the first of code_2, code_3 … that no question has, none ever had, and a question may have.
func (d Definition) FreeCode(code string, taken func(string) bool) string {
	try := code
	for n := 2; ; n++ {
		if _, there := d.Place(try); !there && !taken(try) && !question.Reserved(try) && question.ValidCode(try) {
			return try
		}
		tail := "_" + strconv.Itoa(n)
		try = code[:min(len(code), 41-len(tail))] + tail
	}
}

// DeleteQuestion takes a question out.
func DeleteQuestion(code string) Edit {
	return func(d *Definition) error {
		p, err := d.at(code)
		if err == nil {
			d.take(p)
		}
		return err
	}
}

// Restore puts back the question that an earlier state of the draft had, where it stood: behind the question that stood before it,
// or at the beginning of its page. What others did since stays. A question that is there again already stays as it is.
func Restore(before Definition, code string) Edit {
	return func(d *Definition) error {
		was, ok := before.Place(code)
		if !ok {
			return ErrGone
		}
		if _, there := d.Place(code); there {
			return nil
		}
		list := before.Pages[was.Page].Questions
		q := list[was.Question].Clone()
		for i := was.Question - 1; i >= 0; i-- {
			if p, there := d.Place(list[i].Code); there {
				d.Pages[p.Page].Questions = slices.Insert(d.Pages[p.Page].Questions, p.Question+1, q)
				return nil
			}
		}
		for i := was.Question + 1; i < len(list); i++ {
			if p, there := d.Place(list[i].Code); there {
				d.Pages[p.Page].Questions = slices.Insert(d.Pages[p.Page].Questions, p.Question, q)
				return nil
			}
		}
		page := min(was.Page, len(d.Pages))
		if page == len(d.Pages) {
			d.Pages = append(d.Pages, Page{Title: before.Pages[was.Page].Title})
		}
		d.Pages[page].Questions = slices.Insert(d.Pages[page].Questions, 0, q)
		return nil
	}
}

// RestorePage puts back a page that an earlier state of the draft had, with those of its questions that are not in the questionnaire now.
func RestorePage(before Definition, page int) Edit {
	return func(d *Definition) error {
		if page < 0 || page >= len(before.Pages) {
			return ErrGone
		}
		back := Page{Title: before.Pages[page].Title.Clone()}
		for _, q := range before.Pages[page].Questions {
			if _, there := d.Place(q.Code); !there {
				back.Questions = append(back.Questions, q.Clone())
			}
		}
		if _, there := d.PageNow(before, page); there && len(back.Questions) == 0 {
			return nil // it is back already
		}
		d.Pages = slices.Insert(d.Pages, min(page, len(d.Pages)), back)
		return nil
	}
}

// RestoreAnswers puts back the answers of a question that an earlier state of the draft had and that are not there now, each behind
// the one it stood behind.
func RestoreAnswers(before Definition, code string) Edit {
	return func(d *Definition) error {
		p, err := d.at(code)
		if err != nil {
			return err
		}
		was, ok := before.Question(code)
		if !ok {
			return ErrGone
		}
		q := &d.Pages[p.Page].Questions[p.Question]
		at := 0
		for _, o := range was.Clone().Options {
			if i := slices.IndexFunc(q.Options, func(there question.Option) bool { return there.Code == o.Code }); i >= 0 {
				at = i + 1
				continue
			}
			q.Options = slices.Insert(q.Options, at, o)
			at++
		}
		return nil
	}
}

func swap[T any](list []T, a, b int) {
	if b >= 0 && b < len(list) {
		list[a], list[b] = list[b], list[a]
	}
}
