// Package workbook makes finished tables ready to be written as files.
package workbook

import (
	"fmt"
	"strings"
	"time"

	"yousaid/analytics/figures"
	"yousaid/analytics/releases"
	"yousaid/analytics/tables"
	"yousaid/surveys/tablefile"
	"yousaid/surveys/wording"
)

// Book makes a finished table ready to be written as a file: exactly what the page shows, in the language of its reader.
func Book(a tables.Answer, in wording.Speaker, contact string, now time.Time) tablefile.Book {
	f := a.Of()
	return tablefile.Book{
		Title: in.Say(f.Title()), Organisation: f.Organisation, Period: in.Say(f.Period()), Published: now,
		Source: source(f, in), Contact: contact, Notes: bookNotes(in), Tables: []tablefile.Sheet{sheet(a, in)}, Words: in,
	}
}

// Report is one file of several tables of one period, each on a sheet of its own below a remark about it.
func Report(title string, tables []tables.Answer, remarks []wording.Message, in wording.Speaker, contact string, now time.Time) tablefile.Book {
	f := tables[0].Of()
	b := tablefile.Book{Title: title, Organisation: f.Organisation, Period: in.Say(f.Period()), Published: now, Source: source(f, in),
		Contact: contact, Notes: bookNotes(in), Words: in}
	for i, a := range tables {
		one := sheet(a, in)
		one.Name = fmt.Sprintf("T%d_%s", i+1, one.Name)
		one.Name = one.Name[:min(len(one.Name), 31)]
		one.Intro = append([]string{in.Say(remarks[i])}, one.Intro...)
		b.Tables = append(b.Tables, one)
	}
	return b
}

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

func sheet(a tables.Answer, in wording.Speaker) tablefile.Sheet {
	f := a.Of()
	plain, isPlain := a.(tables.Figures)
	s := tablefile.Sheet{Name: sheetName(f), Title: in.Say(f.Title()), Intro: intro(f, !isPlain, in)}
	if n := int(plain.Excluded); n > 0 { // as the page of results says it
		s.Intro = append(s.Intro, in.Say(wording.Counting("sheet.excluded|%s answer is excluded as unusual.|%s answers are excluded as unusual.", n, n)))
	}
	if r, ok := a.(releases.Table); ok {
		s.Intro = append(s.Intro, in.Say(wording.Say("sheet.release|This is release %s of the register of releases, as it left.", r.ID)))
	}
	rows := tables.Rows(a)
	s.Columns = columns(f, rows, in)
	for _, r := range rows {
		s.Rows = append(s.Rows, cells(f, r, rows, in))
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
func columns(f figures.Frame, rows []tables.Row, in wording.Speaker) []tablefile.Column {
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
	for _, one := range figures.InMeasure(f.Measure) {
		column := tablefile.Column{Header: say(one.File), Kind: tablefile.MeanColumn}
		if one.Percent {
			column.Unit, column.Kind = say("sheet.unit_percent|percent"), tablefile.PercentColumn
		}
		if one.End {
			column.Notes = []int{1}
		}
		columns = append(columns, column)
	}
	if unreliable(rows) {
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

func unreliable(rows []tables.Row) bool {
	for _, r := range rows {
		if r.Unreliable {
			return true
		}
	}
	return false
}

// What stands in the column of codes for no answer. No answer of a question can have this code ("none" is a religion's).
const codeOfNone = "(no answer)"

func cells(f figures.Frame, r tables.Row, rows []tables.Row, in wording.Speaker) []tablefile.Cell {
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
	for i := range f.Measure.Counted() {
		if r.NotAsked {
			cells = append(cells, tablefile.Short(tablefile.NotApplicable))
			continue
		}
		if r.Hidden || i >= len(r.Distribution) {
			cells = append(cells, tablefile.Short(tablefile.Confidential))
			continue
		}
		cells = append(cells, tablefile.Number(float64(r.Distribution[i].N)))
	}
	for _, one := range figures.InMeasure(f.Measure) {
		if v := one.Of(r.Cell); v != nil {
			number(true, one.Rounded(*v))
		} else {
			number(false, 0)
		}
	}
	if unreliable(rows) {
		if r.Unreliable {
			cells = append(cells, tablefile.Short(tablefile.LowReliability))
		} else {
			cells = append(cells, tablefile.Text(in.Say(wording.Say("sheet.no_remark|no remark"))))
		}
	}
	return cells
}
