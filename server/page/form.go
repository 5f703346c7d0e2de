package page

import (
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"
	"time"
	"yousaid/surveys/wording"
)

// Field is what the partials input, textarea, select, radios, checkboxes and date show. Templates
// make one with the function field and add to it with the functions of fieldFuncs.
type Field struct {
	ID, Name string
	Label    string
	Hint     string
	Problem  string
	Value    string
	Options  []Option
	Date     DateParts

	Type         string // of an input: text unless said
	Autocomplete string // WCAG 1.3.5: "email", "current-password", "off" …
	InputMode    string // "numeric", "email" …
	Width        int    // of an input in letters: 2, 3, 4, 5, 10, 20, 30; 0 is the whole width
	Lines        int    // of a textarea
	Size         string // of the label: "s", "m", "l"; "" is as plain text
	Heading      bool   // the label is the page's h1
	Inline       bool   // radios side by side
}

// Option is one choice of a select, radios or checkboxes.
type Option struct {
	Value, Text, Hint string
	Chosen            bool
	ID                string // worked out by OptionsWithIDs
	Or                string // a divider before it, such as "or"
}

// DescribedBy gives the ids of the hint and the error message, for aria-describedby.
func (f Field) DescribedBy() string { return describedBy(f.ID, f.Hint != "", f.Problem != "") }

func describedBy(id string, hint, problem bool) string {
	var ids []string
	if hint {
		ids = append(ids, id+"-hint")
	}
	if problem {
		ids = append(ids, id+"-error")
	}
	return strings.Join(ids, " ")
}

// Choices gives the options with their ids (the first has the field's own, for the error summary to
// lead to), chosen where the value says so.
func (f Field) Choices() []Option {
	choices := make([]Option, len(f.Options))
	for i, o := range f.Options {
		o.ID = optionID(f.ID, i)
		o.Chosen = o.Chosen || f.Value != "" && o.Value == f.Value
		choices[i] = o
	}
	return choices
}

func optionID(id string, i int) string {
	if i == 0 {
		return id
	}
	return id + "-" + strconv.Itoa(i+1)
}

// fieldFuncs make and change a Field in a template:
//
//	{{template "input" (field .Page "title" (tt "survey.title|Title of the survey") .Title | hint (tt "survey.title_hint|As customers see
//
// it") | width 20)}}
//
//	{{template "select" (field .Page "service" (tt "link.service|Service") .Service | options .Services)}}
var fieldFuncs = template.FuncMap{
	// field: the page (for its problems), the name, which is also the id, the label, the value
	"field": func(p Page, name, label string, value any) Field {
		return Field{ID: name, Name: name, Label: label, Value: fmt.Sprint(value), Problem: p.Problems.For(name)}
	},
	"hint":         func(text string, f Field) Field { f.Hint = text; return f },
	"options":      func(list []Option, f Field) Field { f.Options = list; return f },
	"type":         func(kind string, f Field) Field { f.Type = kind; return f },
	"autocomplete": func(token string, f Field) Field { f.Autocomplete = token; return f },
	"inputmode":    func(mode string, f Field) Field { f.InputMode = mode; return f },
	"width":        func(letters int, f Field) Field { f.Width = letters; return f },
	"lines":        func(n int, f Field) Field { f.Lines = n; return f },
	"size":         func(size string, f Field) Field { f.Size = size; return f },
	"heading":      func(f Field) Field { f.Heading = true; return f },
	"inline":       func(f Field) Field { f.Inline = true; return f },
	"dated":        func(d DateParts, f Field) Field { f.Date = d; return f },
	"describedby":  describedBy,
	"pair":         func(first, second any) Pair { return Pair{first, second} },
}

// Pair hands two things to one template: {{template "option-row" (pair . $row)}}.
type Pair struct{ First, Second any }

// DateParts is a date as it was typed: three fields, shown again as they were.
type DateParts struct {
	Day, Month, Year string
}

// DateFrom reads the three fields of a date: name-day, name-month, name-year.
func DateFrom(value func(field string) string, name string) DateParts {
	part := func(s string) string { return strings.Trim(value(name+"-"+s), " \t.,/-") }
	return DateParts{part("day"), part("month"), part("year")}
}

// DateOf splits a day into its parts.
func DateOf(t time.Time) DateParts {
	if t.IsZero() {
		return DateParts{}
	}
	return DateParts{strconv.Itoa(t.Day()), strconv.Itoa(int(t.Month())), strconv.Itoa(t.Year())}
}

// Empty tells that nothing was typed.
func (d DateParts) Empty() bool { return d == DateParts{} }

// Time gives the start of the day in the place; false, and what to put right, where there is none.
func (d DateParts) Time(in *time.Location) (day time.Time, problem wording.Message, ok bool) {
	number, err1 := strconv.Atoi(d.Day)
	month, err2 := strconv.Atoi(d.Month)
	year, err3 := strconv.Atoi(d.Year)
	if err1 != nil || err2 != nil || err3 != nil || year < 1000 || year > 9999 {
		return time.Time{}, wording.Say("typed_day.numbers|Enter a day, a month and a year in numbers, such as 27 3 2026."), false
	}
	day = time.Date(year, time.Month(month), number, 0, 0, 0, 0, in)
	if day.Day() != number || int(day.Month()) != month {
		return time.Time{}, wording.Say("typed_day.none|Enter a date that exists: there is no %s.",
			fmt.Sprintf("%d/%d/%d", number, month, year)), false
	}
	return day, wording.Message{}, true
}

// Table is what the partial table shows.
type Table struct {
	Caption string
	Columns []Column
	Rows    [][]Cell
	Note    string // below the table

	Part, Parts int // of a table that is printed in parts: which it is, of how many; 0 on the screen
}

// columnsOnPaper are as many columns of figures as a sheet of A4 is wide, the heading of the row included.
const columnsOnPaper = 11

// OnPaper cuts a table that is wider than a sheet into parts that are not, each with the headings of the rows; nil where it fits. Nobody
// can scroll a sheet.
func (t Table) OnPaper() (parts []Table) {
	heads := 0
	if len(t.Rows) > 0 {
		for heads < len(t.Rows[0]) && t.Rows[0][heads].Head {
			heads++
		}
	}
	others := len(t.Columns) - heads
	if len(t.Columns) <= columnsOnPaper || heads >= columnsOnPaper {
		return nil
	}
	n := (others + columnsOnPaper - heads - 1) / (columnsOnPaper - heads)
	for i := range n {
		from, to := heads+i*others/n, heads+(i+1)*others/n
		part := Table{Caption: t.Caption, Columns: slices.Concat(t.Columns[:heads], t.Columns[from:to]), Part: i + 1, Parts: n}
		for _, row := range t.Rows {
			if len(row) < to { // a row of fewer cells: it goes with the first part
				row = append(slices.Clone(row), make([]Cell, to-len(row))...)
			}
			part.Rows = append(part.Rows, slices.Concat(row[:heads], row[from:to]))
		}
		parts = append(parts, part)
	}
	return parts
}

// Column is a heading of a table; numbers stand at the end of their column.
type Column struct {
	Text   string
	Number bool
}

// Cell is one cell. Head makes it the heading of its row, Muted shows it as not a figure ("not shown").
type Cell struct {
	Text, Href    string
	More          string // a second line, smaller
	Number        bool
	Head, Muted   bool
	Wrap          bool   // a sentence, which may take several lines
	Title, Spoken string // Spoken is read instead of Text by a screen reader, for a mark such as [c]
}

// Pager leads to the newer and the older part of a list; an empty address is not offered.
type Pager struct {
	Newer, Older string
}
