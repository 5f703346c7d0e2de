package tablefile

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"yousaid/surveys/wording"
)

// WriteXLSX writes the book as a spreadsheet by the guidance on accessible statistical spreadsheets: a cover, a worksheet of notes
// where there are any, one marked-up table a worksheet from column A, everything needed to read it above it; no merged cells,
// frozen panes, filters, formulas or colours. The same book gives the same bytes.
func WriteXLSX(to io.Writer, b Book) (err error) {
	b, w, err := b.prepared()
	if err != nil {
		return err
	}
	f := excelize.NewFile()
	defer f.Close()
	x := &writer{file: f, book: b, words: w}
	steps := []func() error{x.styles, x.properties, x.cover}
	if len(b.Notes) > 0 {
		steps = append(steps, x.notes)
	}
	for _, t := range b.Tables {
		steps = append(steps, func() error { return x.table(t) })
	}
	steps = append(steps, x.plainTables)
	for _, step := range steps {
		if err := step(); err != nil {
			return fmt.Errorf("making a spreadsheet: %w", err)
		}
	}
	f.SetActiveSheet(0)
	_, err = f.WriteTo(to)
	return err
}

type writer struct {
	file  *excelize.File
	book  Book
	words words
	style styles
}

func (x *writer) properties() error {
	at := x.book.Published.UTC().Format(time.RFC3339)
	// A title with dashes or underscores looks like a file name to those who check.
	title := strings.Join(strings.Fields(strings.NewReplacer("_", " ", "-",
		" ").Replace(yearSpan.ReplaceAllString(x.book.Title, "$1/$2"))), " ")
	err := x.file.SetDocProps(&excelize.DocProperties{
		Title: title, Language: x.words.tag, Creator: x.book.Organisation, LastModifiedBy: x.book.Organisation,
		Keywords: x.words.keywords, Subject: x.book.Period, Created: at, Modified: at,
	})
	if err != nil {
		return err
	}
	return x.file.SetAppProps(&excelize.AppProperties{Application: "Yousaid", Company: x.book.Organisation})
}

var yearSpan = regexp.MustCompile(`(\d)-(\d)`)

func (x *writer) cover() error {
	sheet := x.words.cover
	if err := x.file.SetSheetName("Sheet1", sheet); err != nil {
		return err
	}
	if err := x.file.SetColWidth(sheet, "A", "A", 72); err != nil {
		return err
	}
	row := 0
	add := func(text string, style int) error {
		row++
		return x.text(sheet, 1, row, text, style)
	}
	part := func(heading string, lines ...string) error {
		if len(lines) == 0 || lines[0] == "" {
			return nil
		}
		if err := add(heading, x.style.heading2); err != nil {
			return err
		}
		for _, l := range lines {
			if err := add(l, x.style.text); err != nil {
				return err
			}
		}
		return nil
	}
	b, w := x.book, x.words
	if err := add(b.Title, x.style.heading1); err != nil {
		return err
	}
	for _, p := range [][2]string{{w.organisation, b.Organisation}, {w.period, b.Period}, {w.published, w.Say(wording.Day(b.Published))},
		{w.source, b.Source}} {
		if err := part(p[0], p[1]); err != nil {
			return err
		}
	}
	if err := add(w.worksheets, x.style.heading2); err != nil {
		return err
	}
	links := make([][2]string, 0, len(b.Tables)+1)
	if len(b.Notes) > 0 {
		links = append(links, [2]string{w.notes, w.notesTitle})
	}
	for _, t := range b.Tables {
		links = append(links, [2]string{t.Name, t.Name + ": " + t.Title})
	}
	for _, l := range links {
		if err := add(l[1], x.style.link); err != nil {
			return err
		}
		if err := x.file.SetCellHyperLink(sheet, cell(1, row), "'"+l[0]+"'!A1", "Location"); err != nil {
			return err
		}
	}
	if err := part(w.symbols, w.explained(b.Tables...)...); err != nil {
		return err
	}
	if err := part(w.contact, b.Contact); err != nil {
		return err
	}
	return x.file.SetSheetDimension(sheet, "A1:"+cell(1, row))
}

func (x *writer) notes() error {
	t := Sheet{Name: x.words.notes, Title: x.words.notesTitle, Columns: []Column{{Header: x.words.noteNumber}, {Header: x.words.noteText}}}
	for i, n := range x.book.Notes {
		t.Rows = append(t.Rows, []Cell{Text(fmt.Sprintf("%s %d", x.words.note, i+1)), Text(n)})
	}
	if err := x.table(t); err != nil {
		return err
	}
	if err := x.file.SetColWidth(t.Name, "A", "A", 16); err != nil {
		return err
	}
	return x.file.SetColWidth(t.Name, "B", "B", 72)
}

func (x *writer) table(t Sheet) error {
	if _, err := x.file.NewSheet(t.Name); err != nil {
		return err
	}
	about := x.words.oneTable
	if len(t.notesUsed(x.words)) > 0 {
		about += " " + x.words.seeNotes
	}
	above := append([]string{t.Title, about}, t.Intro...)
	above = append(above, x.words.explained(t)...)
	for i, s := range above {
		style := x.style.flowing
		if i == 0 {
			style = x.style.heading1
		}
		if err := x.text(t.Name, 1, i+1, s, style); err != nil {
			return err
		}
	}
	header := len(above) + 1
	for i, c := range t.Columns {
		style := x.style.header
		if c.Kind.number() {
			style = x.style.headerRight
		}
		if err := x.text(t.Name, i+1, header, c.heading("\n"), style); err != nil {
			return err
		}
		letter, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		if err := x.file.SetColWidth(t.Name, letter, letter, t.width(i)); err != nil {
			return err
		}
	}
	for r, row := range t.Rows {
		for i, c := range row {
			if err := x.cell(t.Name, i+1, header+1+r, c, t.Columns[i].Kind); err != nil {
				return err
			}
		}
	}
	last := cell(len(t.Columns), header+len(t.Rows))
	if err := x.file.SetSheetDimension(t.Name, "A1:"+last); err != nil {
		return err
	}
	stripes := false
	return x.file.AddTable(t.Name, &excelize.Table{
		Range: cell(1, header) + ":" + last, Name: t.Name + "_figures", ShowRowStripes: &stripes,
	})
}

func (x *writer) cell(sheet string, column, row int, c Cell, k Kind) error {
	style := x.style.of(k)
	number := c.number
	switch {
	case !c.day.IsZero():
		number = daysOf(c.day)
	case !c.isNumber:
		return x.text(sheet, column, row, c.text, style)
	}
	if err := x.file.SetCellFloat(sheet, cell(column, row), number, -1, 64); err != nil {
		return err
	}
	return x.file.SetCellStyle(sheet, cell(column, row), cell(column, row), style)
}

// daysOf is a date as worksheets count days.
func daysOf(t time.Time) float64 {
	day := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	return day.Sub(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)).Hours() / 24
}

func (x *writer) text(sheet string, column, row int, s string, style int) error {
	at := cell(column, row)
	if err := x.file.SetCellStr(sheet, at, escape(s)); err != nil {
		return err
	}
	return x.file.SetCellStyle(sheet, at, at, style)
}

// width is wide enough for the longest word of a column and, up to 40 characters, for its longest text.
func (t Sheet) width(column int) float64 {
	word, text := 0, 0
	measure := func(s string) {
		for _, l := range strings.Split(s, "\n") {
			text = max(text, utf8.RuneCountInString(l))
		}
		for _, f := range strings.Fields(s) {
			word = max(word, utf8.RuneCountInString(f))
		}
	}
	measure(t.Columns[column].heading("\n"))
	for _, row := range t.Rows {
		if !row[column].isNumber {
			measure(row[column].text)
		}
	}
	// Bold capitals are wider than the digit that widths are counted in.
	return min(255, max(14, 1.25*float64(max(word, min(text, 40)))+2))
}

// escape keeps texts such as _x000D_ as they are: the file format reads them as control characters, and excelize 2.11.0 does not
// escape them in shared strings and tables.
func escape(s string) string { return controlCode.ReplaceAllString(s, "_x005F_x${1}_") }

// plainTables takes the filter buttons and the style out of the tables, which excelize always writes.
func (x *writer) plainTables() error {
	x.file.Pkg.Range(func(path, content any) bool {
		if strings.HasPrefix(path.(string), "xl/tables/") {
			xml := filterButtons.ReplaceAll(content.([]byte), nil)
			x.file.Pkg.Store(path, []byte(escape(string(tableStyle.ReplaceAll(xml, nil)))))
		}
		return true
	})
	return nil
}

var (
	filterButtons = regexp.MustCompile(`(?s)<autoFilter[^>]*/>|<autoFilter.*?</autoFilter>`)
	controlCode   = regexp.MustCompile(`_x([0-9A-Fa-f]{4})_`)
	tableStyle    = regexp.MustCompile(`(?s)<tableStyleInfo[^>]*/>|<tableStyleInfo.*?</tableStyleInfo>`)
)

func cell(column, row int) string {
	name, err := excelize.CoordinatesToCellName(column, row)
	if err != nil {
		panic(err) // both are counted from 1 and within the limits of mostRows and mostColumns
	}
	return name
}
