package surveys

import (
	"strconv"

	"github.com/labstack/echo/v4"

	"yousaid/server/page"
	"yousaid/server/staff"
	"yousaid/surveys/question"
	"yousaid/surveys/wording"
)

// AttributeField is an attribute of a question or of an answer in the form, as it was filled in: a wording, a mark, or a field of one
// line.
type AttributeField struct {
	Name    string // of the field
	Key     string // of the attribute
	Wording *staff.Wording
	Mark    bool
	Small   bool // of an answer
	Ticked  bool
	Typed   string
	Input   page.Field
}

// attributes are the fields of what a kind has and staff can edit, filled with what one has. Names of fields begin with a prefix.
func attributes[T any](list []question.Attribute[T], kind question.Kind, one T, prefix string) (fields []AttributeField) {
	for _, a := range question.WordsFirst(list) {
		if a.Label == "" || !a.For(kind) {
			continue
		}
		f := AttributeField{Name: prefix + a.Key, Key: a.Key, Small: prefix != "", Typed: a.Written(one)}
		switch of := a.Of(&one).(type) {
		case *question.Text:
			f.Wording = &staff.Wording{Text: *of}
		case *bool:
			f.Mark, f.Ticked = true, *of
		}
		fields = append(fields, f)
	}
	return fields
}

// read takes a field as it was filled in, over what the question had.
func (f *AttributeField) read(c echo.Context) {
	switch {
	case f.Wording != nil:
		f.Wording.Text = staff.WordingOf(c, f.Name, f.Wording.Text)
	case f.Mark:
		f.Ticked = c.FormValue(f.Name) != ""
	default:
		f.Typed = staff.PlainText(c.FormValue(f.Name))
	}
}

// dress gives a field what its template needs. Labels that number the answers take its number.
func dress[T any](frame page.Page, f *AttributeField, list []question.Attribute[T], languages []staff.Language, label ...any) {
	for _, a := range list {
		if a.Key != f.Key {
			continue
		}
		said, hint := frame.Say(wording.Say(a.Label, label...)), ""
		if a.Hint != "" {
			hint = frame.Say(wording.Say(a.Hint))
		}
		if f.Wording != nil {
			f.Wording = &staff.Wording{Page: frame, Name: f.Name, Label: said, Hint: hint, Lines: a.Lines, Languages: languages,
				Text: f.Wording.Text}
		}
		f.Input = page.Field{ID: f.Name, Name: f.Name, Label: said, Hint: hint, Width: a.Width, Value: f.Typed,
			Problem: frame.Problems.For(f.Name)}
		switch a.Of(new(T)).(type) {
		case *int:
			f.Input.InputMode = "numeric"
		case **float64:
			f.Input.InputMode = "decimal"
		}
	}
}

// put puts what was filled in into a question or an answer, and says at the field what cannot be.
func put[T any](frame page.Page, problems *page.Problems, list []question.Attribute[T], fields []AttributeField, one *T) {
	for _, f := range fields {
		for _, a := range list {
			if a.Key != f.Key {
				continue
			}
			switch to := a.Of(one).(type) {
			case *question.Text:
				*to = f.Wording.Text
				staff.WordingFaults(frame, problems, f.Name, *to)
			case *bool:
				*to = f.Ticked
			default:
				if !a.Typed(one, f.Typed) {
					problems.Add(f.Name, cannotBe(frame, to, f.Typed, question.Decimal(a.Least), question.Decimal(a.Most)))
				}
			}
		}
	}
}

// cannotBe says what can stand in a field, by what it is written into.
func cannotBe(frame page.Page, into any, typed, from, to string) string {
	switch into.(type) {
	case *string:
		return frame.T("survey.write_it_in_small_letters|Write it in small letters, digits, “-” or “_”, or leave it empty.")
	case *int:
		return frame.T("survey.write_a_whole_number|Write a whole number from %s to %s, or leave it empty.", from, to)
	}
	if _, err := strconv.ParseFloat(typed, 64); err == nil {
		return frame.T("survey.write_a_number_from|Write a number from %s to %s, or leave it empty.", from, to)
	}
	return frame.T("survey.write_a_number_in|Write a number in figures, such as 5, or leave it empty.")
}
