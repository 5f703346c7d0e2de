// Package workbook makes the files of tables. There is one maker: what staff download of a release and what the public downloads of it
// are the same file but for their language.
package workbook

import (
	"fmt"
	"strings"
	"time"

	"yousaid/analytics/figures"
	"yousaid/analytics/tables"
	"yousaid/surveys/tablefile"
	"yousaid/surveys/wording"
)

// Table is a finished table as a file shows it.
type Table struct {
	figures.Frame
	Figures   []figures.Figure // that have a column
	Rows      []figures.Row
	Protected bool              // it has been through disclosure control
	Excluded  int               // answers that are left out as unusual
	Release   int64             // its number in the register; 0 for none
	Remarks   []wording.Message // what its readers must know besides
}

// Book makes a finished table ready to be written as a file: exactly what the page shows, in the language of its reader.
func Book(a tables.Answer, in wording.Speaker, contact string, now time.Time) tablefile.Book {
	return Of(a).Book(in, contact, now)
}

// numbered are tables that left, and are in the register of releases.
type numbered interface{ Number() int64 }

// Of takes what Ask returned, or a table of the register.
func Of(a tables.Answer) Table {
	f := a.Of()
	t := Table{Frame: f, Figures: figures.InMeasure(f.Measure), Rows: tables.Rows(a), Protected: true}
	if plain, ok := a.(tables.Figures); ok {
		t.Protected, t.Excluded = false, int(plain.Excluded)
	}
	if left, ok := a.(numbered); ok {
		t.Release = left.Number()
	}
	return t
}

// Book makes the table ready to be written as a file.
func (t Table) Book(in wording.Speaker, contact string, published time.Time) tablefile.Book {
	return tablefile.Book{Title: in.Say(t.Title()), Organisation: t.Organisation, Period: in.Say(t.Period()), Published: day(published),
		Source: source(t.Frame, in), Contact: contact, Notes: bookNotes(in), Tables: []tablefile.Sheet{sheet(t, in)}, Words: in}
}

// Report is one file of several tables of one period, each on a sheet of its own below a remark about it.
func Report(title string, list []tables.Answer, remarks []wording.Message, in wording.Speaker, contact string,
	now time.Time) tablefile.Book {
	first := list[0].Of()
	b := tablefile.Book{Title: title, Organisation: first.Organisation, Period: in.Say(first.Period()), Published: day(now),
		Source: source(first, in), Contact: contact, Notes: bookNotes(in), Words: in}
	for i, a := range list {
		t := Of(a)
		t.Remarks = remarks[i : i+1]
		one := sheet(t, in)
		one.Name = fmt.Sprintf("T%d_%s", i+1, one.Name)
		one.Name = one.Name[:min(len(one.Name), 31)]
		b.Tables = append(b.Tables, one)
	}
	return b
}

// day is a moment without its time of day: a file of a release is the same whenever somebody downloads it.
func day(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC) }

func bookNotes(in wording.Speaker) []string {
	return []string{
		in.Say(wording.Say("sheet.range_note|The share satisfied has a range beside it: the lowest and highest share that the answers " +
			"leave likely " +
			"(95 percent Wilson interval). People chose for themselves whether to answer, so the range is a guide only.")),
		in.Say(wording.Say("sheet.count_note|Answers such as don't know are not counted. Nothing is weighted.")),
	}
}

func source(f figures.Frame, in wording.Speaker) string {
	titles := make([]wording.Message, len(f.Surveys))
	for i, s := range f.Surveys {
		titles[i] = s.Title
	}
	return in.Say(wording.Say("sheet.source|Answers to: %s.", wording.Listed("; ", titles)))
}

func sheet(t Table, in wording.Speaker) tablefile.Sheet {
	s := tablefile.Sheet{Name: sheetName(t.Frame), Title: in.Say(t.Title())}
	for _, remark := range t.Remarks {
		s.Intro = append(s.Intro, in.Say(remark))
	}
	s.Intro = append(s.Intro, intro(t.Frame, t.Protected, in)...)
	if t.Excluded > 0 { // as the page of results says it
		s.Intro = append(s.Intro, in.Say(wording.Counting("sheet.excluded|%s answer is excluded as unusual.|%s answers are excluded as unusual.",
			t.Excluded, t.Excluded)))
	}
	if t.Release != 0 {
		s.Intro = append(s.Intro, in.Say(wording.Say("sheet.release|This is release %s of the register of releases, as it left.", t.Release)))
	}
	s.Columns = columns(t, in)
	for _, r := range t.Rows {
		s.Rows = append(s.Rows, cells(t, r, in))
	}
	return s
}

func sheetName(f figures.Frame) string {
	name := f.Measure.Code
	for _, d := range f.Dimensions {
		name += "_by_" + d.ID
	}
	name = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' {
			return r
		}
		return '_'
	}, name)
	if name == "" || name[0] < 'A' {
		name = "Table_" + name
	}
	return name[:min(len(name), 31)]
}

// intro is what a reader must know before reading the figures.
func intro(f figures.Frame, protected bool, in wording.Speaker) []string {
	var lines []string
	for _, w := range f.Query.Where {
		lines = append(lines, in.Say(wording.Say("sheet.only_where|Only answers where %s is %s are counted.", w.Dimension,
			strings.Join(w.Values, ", "))))
	}
	if len(f.LeftOut) > 0 {
		lines = append(lines, in.Say(wording.Say("sheet.left_out|Not counted, because they do not ask this question: %s.",
			strings.Join(f.LeftOut, ", "))))
	}
	if f.Overlapping() {
		lines = append(lines, in.Say(wording.Say("sheet.overlapping|People could choose several answers, so one person can be counted "+
			"in more than one row. "+
			"The rows do not add up to the total.")))
	}
	if f.Query.Rounded {
		return append(lines, in.Say(wording.Say("sheet.rounded|Every number is rounded to the nearest 5, up or down at random, so that "+
			"nobody can be known from this table. "+
			"Sums of rounded numbers can differ from the rounded sum. Shares are worked out from rounded numbers.")))
	}
	if protected {
		lines = append(lines, in.Say(wording.Say("sheet.hidden|Small groups are hidden so that nobody can be known from this table. "+
			"Some larger groups are hidden too, so that no subtraction gives a small one away.")))
	}
	return lines
}

// columns has only the figures that the measure has.
func columns(t Table, in wording.Speaker) []tablefile.Column {
	f := t.Frame
	say := func(text string, args ...any) string { return in.Say(wording.Say(text, args...)) }
	var columns []tablefile.Column
	for _, d := range f.Dimensions {
		columns = append(columns,
			tablefile.Column{Header: heading(in.Say(d.Label), d.ID), Kind: tablefile.TextColumn},
			tablefile.Column{Header: say("sheet.code_of|Code of %s", d.ID), Kind: tablefile.CodeColumn})
		if len(d.Groups) > 0 {
			columns = append(columns, tablefile.Column{Header: say("sheet.part_of|Part of (%s)", d.ID), Kind: tablefile.CodeColumn})
		}
	}
	if len(f.Dimensions) == 0 {
		columns = append(columns, tablefile.Column{Header: say("sheet.who|Who"), Kind: tablefile.TextColumn})
	}
	base := tablefile.Column{Header: say("sheet.answers|Number of answers"), Kind: tablefile.CountColumn, Notes: []int{2}}
	if f.Query.Rounded {
		base.Unit = say("sheet.unit_rounded|rounded to the nearest 5") // a CSV file has no other words to say it with
	}
	columns = append(columns, base)
	for _, a := range f.Measure.Counted() {
		columns = append(columns, tablefile.Column{Header: heading(in.Say(a.Label), a.Code), Unit: say("sheet.unit_number|number"),
			Kind: tablefile.CountColumn})
	}
	for _, one := range t.Figures {
		column := tablefile.Column{Header: say(one.Heading), Kind: tablefile.MeanColumn}
		if one.Percent {
			column.Unit, column.Kind = say("sheet.unit_percent|percent"), tablefile.PercentColumn
		}
		if one.End {
			column.Notes = []int{1}
		}
		columns = append(columns, column)
	}
	if unreliable(t.Rows) {
		columns = append(columns, tablefile.Column{Header: say("sheet.reliability|Reliability"), Kind: tablefile.TextColumn})
	}
	return columns
}

func heading(label, code string) string {
	if strings.TrimSpace(label) == "" {
		return code
	}
	return label
}

func unreliable(rows []figures.Row) bool {
	for _, r := range rows {
		if r.Unreliable {
			return true
		}
	}
	return false
}

// What stands in the column of codes for no answer. No answer of a question can have this code ("none" is a religion's).
const codeOfNone = "(no answer)"

func cells(t Table, r figures.Row, in wording.Speaker) []tablefile.Cell {
	f := t.Frame
	var cells []tablefile.Cell
	for i := range max(1, len(f.Dimensions)) {
		switch {
		case r.Total && len(f.Dimensions) == 0:
			cells = append(cells, tablefile.Text(in.Say(figures.Everybody)))
		case r.Total:
			cells = append(cells, tablefile.Text(in.Say(figures.Everybody)), tablefile.Text(figures.All))
		default:
			code := r.Codes[i]
			if code == "" {
				code = codeOfNone
			}
			cells = append(cells, tablefile.Text(in.Say(r.Labels[i])), tablefile.Text(code))
		}
		if i < len(f.Dimensions) && len(f.Dimensions[i].Groups) > 0 {
			if r.Total || r.Codes[i] == figures.All {
				cells = append(cells, tablefile.Short(tablefile.NotApplicable)) // everybody is part of nothing
			} else {
				cells = append(cells, tablefile.Text(f.Dimensions[i].Part(r.Codes[i])))
			}
		}
	}
	number := func(there bool, v float64) {
		switch {
		case r.NotAsked:
			cells = append(cells, tablefile.Short(tablefile.NotApplicable))
		case r.Hidden:
			cells = append(cells, tablefile.Short(tablefile.Confidential))
		case !there:
			cells = append(cells, tablefile.Short(tablefile.NotAvailable))
		default:
			cells = append(cells, tablefile.Number(v))
		}
	}
	number(true, float64(r.N))
	for _, answer := range f.Measure.Counted() {
		n, there := r.Distribution.Of(answer.Code) // the register does not keep their order
		switch {
		case r.NotAsked:
			cells = append(cells, tablefile.Short(tablefile.NotApplicable))
		case r.Hidden || !there:
			cells = append(cells, tablefile.Short(tablefile.Confidential))
		default:
			cells = append(cells, tablefile.Number(float64(n)))
		}
	}
	for _, one := range t.Figures {
		if v := one.Of(r.Cell); v != nil {
			number(true, one.Rounded(*v))
		} else {
			number(false, 0)
		}
	}
	if unreliable(t.Rows) {
		if r.Unreliable {
			cells = append(cells, tablefile.Short(tablefile.LowReliability))
		} else {
			cells = append(cells, tablefile.Text(in.Say(wording.Say("sheet.no_remark|no remark"))))
		}
	}
	return cells
}
