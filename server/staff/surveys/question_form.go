package surveys

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"yousaid/server/page"
	"yousaid/server/staff"
	"yousaid/surveys"
	"yousaid/surveys/question"
)

// OptionRow is one answer in the form.
type OptionRow struct {
	Index       int
	Code        string
	Fixed       bool // the code is saved and can never change
	Gone        bool // will be taken out when saved
	First, Last bool
	Fields      []AttributeField
}

func newRow(index int, kind question.Kind, o question.Option) OptionRow {
	return OptionRow{Index: index, Fields: attributes(question.OptionAttributes, kind, o, OptionRow{Index: index}.Field(""))}
}

// place puts the row at a place of the form, from 0, by which its fields are named.
func (r *OptionRow) place(at int) {
	r.Index = at
	for i := range r.Fields {
		r.Fields[i].Name = r.Field(r.Fields[i].Key)
	}
}

// Field is the name of a field of the row.
func (r OptionRow) Field(name string) string { return fmt.Sprintf("o%d-%s", r.Index, name) }

// Number is the place of the row, from 1.
func (r OptionRow) Number() int { return r.Index + 1 }

// wording is what the answer says.
func (r OptionRow) wording() staff.Wording {
	for _, f := range r.Fields {
		if f.Key == "text" {
			return *f.Wording
		}
	}
	return staff.Wording{}
}

// Label is the answer, for the names of buttons.
func (r OptionRow) Label() string { return r.wording().Page.Word(r.wording().Text) }

// HiddenField is a field that is carried along and not shown.
type HiddenField struct{ Name, Value string }

// Hidden carries what stands in a row that will be taken out, so that it can be put back.
func (r OptionRow) Hidden() (list []HiddenField) {
	if !r.Fixed {
		list = append(list, HiddenField{r.Field("code"), r.Code})
	}
	for _, f := range r.Fields {
		switch {
		case f.Wording != nil:
			for _, t := range f.Wording.Languages {
				list = append(list, HiddenField{f.Name + "-" + t.Lang, f.Wording.Text[t.Lang]})
			}
		case !f.Mark:
			list = append(list, HiddenField{f.Name, f.Typed})
		case f.Ticked:
			list = append(list, HiddenField{f.Name, "yes"})
		}
	}
	return list
}

// read takes the form as it was filled in.
func (v *QuestionPage) read(c echo.Context, before question.Question) {
	v.Fields = attributes(question.Attributes, before.Kind, before, "")
	for i := range v.Fields {
		v.Fields[i].read(c)
	}
	n, _ := strconv.Atoi(c.FormValue("rows"))
	v.Rows = nil
	for i := range min(max(n, 0), question.MaxOptions+1) {
		value := func(name string) string { return staff.PlainText(c.FormValue(OptionRow{Index: i}.Field(name))) }
		was, _ := before.Option(value("code"))
		r := newRow(i, before.Kind, was)
		r.Code, r.Fixed, r.Gone = value("code"), value("fixed") != "", value("gone") != ""
		for j := range r.Fields {
			r.Fields[j].read(c)
		}
		v.Rows = append(v.Rows, r)
	}
}

// arrange does what a button beside an answer says, in the form only; false where the button is Save.
func (v *QuestionPage) arrange(do string) bool {
	order, about, _ := strings.Cut(do, " ")
	at, err := strconv.Atoi(about)
	known := err == nil && at >= 0 && at < len(v.Rows)
	switch {
	case order == "add" && len(v.Rows) > question.MaxOptions:
		v.Problems.Add("add", v.T("survey.a_question_can_have|A question can have %s answers at the most.", question.MaxOptions))
		return true
	case order == "add":
		v.Rows = append(v.Rows, newRow(len(v.Rows), v.Question.Kind, question.Option{}))
	case order == "up" && known && at > 0:
		v.Rows[at-1], v.Rows[at] = v.Rows[at], v.Rows[at-1]
	case order == "down" && known && at+1 < len(v.Rows):
		v.Rows[at+1], v.Rows[at] = v.Rows[at], v.Rows[at+1]
	case order == "delete" && known:
		v.Rows[at].Gone = true
	case order == "back" && known:
		v.Rows[at].Gone = false
	default:
		return false
	}
	v.Unsaved = true
	return true
}

// question puts the form together, and lists what cannot be saved at its field. What could be saved and not published is said by the
// review.
func (v *QuestionPage) question(before question.Question, codes surveys.Registered) question.Question {
	q := before.Clone()
	q.Options = nil
	put(v.Page, &v.Problems, question.Attributes, v.Fields, &q)
	if v.Coded {
		q.Options = v.options(before, codes)
	}
	if !q.Listed() && len(before.Options) == 0 && reflect.DeepEqual(q.Choices(), before.Choices()) {
		q.Options = nil // the usual words
	}
	return q
}

func (v *QuestionPage) options(before question.Question, codes surveys.Registered) []question.Option {
	var list []question.Option
	used, seen := map[string]bool{}, map[string]bool{} // codes that a new answer may not take; codes that an answer has
	for _, r := range v.Rows {
		if r.Fixed {
			used[r.Code] = true
		}
	}
	for i, r := range v.Rows {
		r.place(i)
		if r.Gone || !r.Fixed && r.wording().Text.Empty() && r.Code == "" {
			continue // taken out, or a line that was left empty
		}
		_, there := before.Option(r.Code)
		var o question.Option
		if listed := slices.IndexFunc(before.Options, func(o question.Option) bool { return o.Code == r.Code }); listed >= 0 {
			o = before.Options[listed] // with what the form does not show; of answers of the kind it shows all
		}
		o.Code = r.Code
		if !there {
			if r.Fixed { // somebody else took it out, and this form puts it back
				delete(used, r.Code)
			}
			o.Code = v.newCode(r, codes, before.Code, used)
		}
		if there && !r.Fixed || r.Fixed && seen[o.Code] {
			v.Problems.Add(r.Field("code"), v.T("survey.another_answer_has_the|Another answer has the code “%s”. Give each answer its own.", r.Code))
		}
		seen[o.Code] = true
		used[o.Code] = true
		put(v.Page, &v.Problems, question.OptionAttributes, r.Fields, &o)
		list = append(list, o)
	}
	return list
}

// newCode is the code of a new answer: as written, or made from its wording. A code that was ever published and taken out is said at the
// field.
func (v *QuestionPage) newCode(r OptionRow, codes surveys.Registered, of string, used map[string]bool) string {
	taken := func(code string) bool { return used[code] || codes.Option(of, code) }
	if r.Code == "" {
		text := v.Word(r.wording().Text)
		return freeCode(text, "answer", taken)
	}
	switch {
	case !question.ValidCode(r.Code):
		v.Problems.Add(
			r.Field("code"),
			v.T("survey.write_the_code_in|Write the code in small letters, digits, “-” or “_”, 41 at the most; or leave it empty to have one made."),
		)
	case used[r.Code]:
		v.Problems.Add(r.Field("code"), v.T("survey.another_answer_has_the|Another answer has the code “%s”. Give each answer its own.", r.Code))
	case codes.Retired(of, r.Code):
		v.Problems.Add(
			r.Field("code"),
			v.T(
				"survey.the_code_was_used|The code “%s” was used in an earlier version and taken out. A code is never used again: choose another one.",
				r.Code,
			),
		)
	}
	return r.Code
}

// freeCode makes a code from the first words of a text.
func freeCode(text, otherwise string, taken func(string) bool) string {
	base := strings.ReplaceAll(slugOf(text), "-", "_")
	if parts := strings.Split(base, "_"); len(parts) > 4 {
		base = strings.Join(parts[:4], "_")
	}
	base = strings.Trim(base[:min(len(base), 36)], "_")
	if base == "" {
		base = otherwise
	}
	for n := 1; ; n++ {
		try := base
		if n > 1 {
			try = base + "_" + strconv.Itoa(n)
		}
		if !taken(try) {
			return try
		}
	}
}

// retiredQuestion tells whether a code was ever a question of a survey.
func retiredQuestion(frame page.Page, d surveys.Definition, codes surveys.Registered, code string) string {
	_, there := d.Place(code)
	switch {
	case !question.ValidCode(code):
		return frame.T(
			"survey.write_the_code_in|Write the code in small letters, digits, “-” or “_”, 41 at the most; or leave it empty to have one made.",
		)
	case question.Reserved(code):
		return frame.T("survey.the_code_is_kept|The code “%s” is kept for the program. Choose another one.", code)
	case there:
		return frame.T("survey.another_question_has_the|Another question has the code “%s”. Give each question its own.", code)
	case codes.Question(code):
		return frame.T(
			"survey.the_code_was_used|The code “%s” was used in an earlier version and taken out. A code is never used again: choose another one.",
			code,
		)
	}
	return ""
}
