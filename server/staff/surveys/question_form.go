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
	Index                        int
	Code                         string
	Fixed                        bool // the code is saved and can never change
	Score                        string
	Satisfied, DontKnow, Exclude bool
	Gone                         bool // will be taken out when saved
	First, Last                  bool
	Text                         staff.Wording
}

// Field is the name of a field of the row.
func (r OptionRow) Field(name string) string { return fmt.Sprintf("o%d-%s", r.Index, name) }

// Number is the place of the row, from 1.
func (r OptionRow) Number() int { return r.Index + 1 }

// Label is the answer, for the names of buttons.
func (r OptionRow) Label() string { return r.Text.Page.Word(r.Text.Text) }

// HiddenField is a field that is carried along and not shown.
type HiddenField struct{ Name, Value string }

// Hidden carries what stands in a row that will be taken out, so that it can be put back.
func (r OptionRow) Hidden() []HiddenField {
	list := []HiddenField{{r.Field("score"), r.Score}}
	if !r.Fixed {
		list = append(list, HiddenField{r.Field("code"), r.Code})
	}
	for _, t := range r.Text.Languages {
		list = append(list, HiddenField{r.Field("text") + "-" + t.Lang, r.Text.Text[t.Lang]})
	}
	for name, ticked := range map[string]bool{"satisfied": r.Satisfied, "dontknow": r.DontKnow, "exclusive": r.Exclude} {
		if ticked {
			list = append(list, HiddenField{r.Field(name), "yes"})
		}
	}
	return list
}

// read takes the form as it was filled in.
func (v *QuestionPage) read(c echo.Context, before question.Question) {
	v.Question.Required = c.FormValue("required") != ""
	v.Scale, v.Most = staff.PlainText(c.FormValue("scale")), staff.PlainText(c.FormValue("most"))
	v.Min, v.Max = staff.PlainText(c.FormValue("min")), staff.PlainText(c.FormValue("max"))
	v.Text.Text, v.Hint.Text = staff.WordingOf(c, "text", before.Text), staff.WordingOf(c, "hint", before.Hint)
	n, _ := strconv.Atoi(c.FormValue("rows"))
	v.Rows = nil
	for i := range min(max(n, 0), question.MaxOptions+1) {
		r := OptionRow{Index: i}
		value := func(name string) string { return staff.PlainText(c.FormValue(r.Field(name))) }
		r.Code, r.Fixed, r.Score, r.Gone = value("code"), value("fixed") != "", value("score"), value("gone") != ""
		r.Satisfied, r.DontKnow, r.Exclude = value("satisfied") != "", value("dontknow") != "", value("exclusive") != ""
		was, _ := before.Option(r.Code)
		r.Text.Text = staff.WordingOf(c, r.Field("text"), was.Text)
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
		v.Rows = append(v.Rows, OptionRow{})
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
	q := question.Question{
		Code:     before.Code,
		Kind:     before.Kind,
		Bank:     before.Bank,
		Scale:    before.Scale,
		Required: v.Question.Required,
		Text:     v.Text.Text,
		Hint:     v.Hint.Text,
	}
	staff.WordingFaults(v.Page, &v.Problems, "text", q.Text)
	staff.WordingFaults(v.Page, &v.Problems, "hint", q.Hint)
	if q.Kind.Has("scale") {
		if q.Scale = v.Scale; q.Scale != "" && !question.ValidCode(q.Scale) {
			v.Problems.Add(
				"scale",
				v.T("survey.write_the_name_of|Write the name of the scale in small letters, digits, “-” or “_”, or leave it empty."),
			)
		}
	}
	number := func(field, value string) *float64 {
		if value == "" {
			return nil
		}
		f, err := strconv.ParseFloat(value, 64)
		if err != nil || f < -1e12 || f > 1e12 || f != f {
			v.Problems.Add(field, v.T("survey.write_a_number_in|Write a number in figures, such as 5, or leave it empty."))
			return nil
		}
		return &f
	}
	if q.Kind.Has("min") {
		q.Min, q.Max = number("min", v.Min), number("max", v.Max)
	}
	if q.Free() && v.Most != "" {
		n, err := strconv.Atoi(v.Most)
		if err != nil || n < 1 || n > question.MostText {
			v.Problems.Add("most", v.T("survey.write_a_whole_number|Write a whole number from 1 to %s, or leave it empty.", question.MostText))
		}
		q.MaxLength = n
	}
	if v.Coded {
		q.Options = v.options(before, codes, number)
	}
	if !q.Listed() && len(before.Options) == 0 && reflect.DeepEqual(q.Choices(), before.Choices()) {
		q.Options = nil // the usual words
	}
	return q
}

func (v *QuestionPage) options(before question.Question, codes surveys.Registered, number func(string, string) *float64) []question.Option {
	var list []question.Option
	used, seen := map[string]bool{}, map[string]bool{} // codes that a new answer may not take; codes that an answer has
	for _, r := range v.Rows {
		if r.Fixed {
			used[r.Code] = true
		}
	}
	for i, r := range v.Rows {
		r.Index = i
		if r.Gone || !r.Fixed && r.Text.Text.Empty() && r.Code == "" {
			continue // taken out, or a line that was left empty
		}
		was, there := before.Option(r.Code)
		o := question.Option{Code: r.Code, Text: r.Text.Text, DontKnow: r.DontKnow}
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
		if before.Kind.Has("score") {
			o.Score, o.Satisfied = number(r.Field("score"), r.Score), r.Satisfied
		} else {
			o.Satisfied = was.Satisfied
			if i := slices.IndexFunc(before.Options, func(listed question.Option) bool { return listed.Code == r.Code }); i >= 0 {
				o.Score = before.Options[i].Score // not that of the kind
			}
		}
		o.Exclusive = r.Exclude && before.Kind.Has("exclusive")
		staff.WordingFaults(v.Page, &v.Problems, r.Field("text"), o.Text)
		list = append(list, o)
	}
	return list
}

// newCode is the code of a new answer: as written, or made from its wording. A code that was ever published and taken out is said at the
// field.
func (v *QuestionPage) newCode(r OptionRow, codes surveys.Registered, of string, used map[string]bool) string {
	taken := func(code string) bool { return used[code] || codes.Option(of, code) }
	if r.Code == "" {
		text := v.Word(r.Text.Text)
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
