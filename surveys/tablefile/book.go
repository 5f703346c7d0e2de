package tablefile

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strings"
	"time"
	"unicode"
	"yousaid/surveys/wording"
)

// Book is one file: what it is about, and its tables. Texts are in the language of Words and are plain sentences; line breaks in them
// become spaces.
type Book struct {
	Title        string          // what the tables are about
	Organisation string          // the council; also the author in the file's properties
	Words        wording.Speaker // the language of what the file says by itself; nil is English
	Period       string          // such as "January to March 2026"
	Published    time.Time
	Source       string // where the figures come from, in a sentence
	Contact      string // where to ask
	// note 1 onwards; tables refer to them by Column.Notes or "[note 1]", in the language of Words, in titles, introductions and row labels
	Notes  []string
	Tables []Sheet
}

// Sheet is one table.
type Sheet struct {
	Name    string   // of the worksheet: letters, digits and underscores, at most 31, beginning with a letter; "" is Table_1 and so on
	Title   string   // what the table shows; organisation and period are added where it does not name them
	Intro   []string // what a reader must know, a sentence each, above the table
	Columns []Column
	Rows    [][]Cell // at least one; each as long as Columns, no cell blank
}

// Column is one column of a table.
type Column struct {
	Header string // unique in its table
	Unit   string // such as "percent"; printed in round brackets
	Kind   Kind
	Notes  []int // numbers of notes

	note string // the word for a note in the book's language
}

// Kind says what a column holds and how its numbers look.
type Kind uint8

const (
	TextColumn    Kind = iota // words
	CodeColumn                // codes, years and the like, which are not to be reckoned with: text
	CountColumn               // whole numbers, 1,234
	MeanColumn                // one decimal place, 4.1
	PercentColumn             // 0 to 100 with one decimal place, 72.5
	DateColumn                // days, which a spreadsheet can sort and group; a text stands where there is none
)

func (k Kind) number() bool { return k >= CountColumn && k != DateColumn }

// Shorthand stands in a cell instead of a figure. The file explains each that it uses.
type Shorthand string

const (
	Confidential   Shorthand = "[c]" // hidden to protect people
	LowReliability Shorthand = "[u]" // a small base; stands in a text column beside the figures
	NotAvailable   Shorthand = "[x]" // asked, and no answer received
	NotApplicable  Shorthand = "[z]" // not asked of this group
)

// shorthands are all, in the order in which they are explained.
var shorthands = []Shorthand{Confidential, LowReliability, NotAvailable, NotApplicable}

// Cell is a text, a number or a shorthand; make one with Text, Number, Day or Short. The zero Cell is blank and refused.
type Cell struct {
	text     string
	number   float64
	isNumber bool
	day      time.Time // zero where the cell holds no date; text is the date as 2026-03-31 then
	short    Shorthand
}

// Text is a cell of words; they are never read as a formula.
func Text(s string) Cell { return Cell{text: clean(s)} }

// Number is a cell with a figure. It is stored as given: round it first.
func Number(v float64) Cell { return Cell{number: v, isNumber: true} }

// Day is a cell with a date; the time of day is not shown.
func Day(t time.Time) Cell { return Cell{text: t.Format(time.DateOnly), day: t} }

// Short is a cell that says why there is no figure.
func Short(s Shorthand) Cell { return Cell{short: s, text: string(s)} }

// ErrBook is returned, with what to put right, for a book that cannot be written.
var ErrBook = errors.New("this file cannot be written")

var sheetName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,30}$`)

// mostText is what one cell of a spreadsheet takes, in UTF-16 units; a rune may need two.
const mostText = 32767 / 2

// mostRows and mostColumns leave room for what stands above a table.
const mostRows, mostColumns = 1_000_000, 16_000

// prepared returns the book with names filled in and texts cleaned, or says what is wrong with it.
func (b Book) prepared() (Book, words, error) {
	bad := func(format string, args ...any) (Book, words, error) {
		return Book{}, words{}, fmt.Errorf("%w: "+format, append([]any{ErrBook}, args...)...)
	}
	w := wordsOf(b.Words)
	for _, s := range []*string{&b.Title, &b.Organisation, &b.Period, &b.Source, &b.Contact} {
		*s = line(*s)
	}
	switch {
	case b.Title == "" || b.Organisation == "" || b.Period == "":
		return bad("give it a title, an organisation and a period")
	case b.Published.IsZero():
		return bad("say when it is published")
	case len(b.Tables) == 0:
		return bad("there is no table in it")
	}
	notes := make([]string, len(b.Notes))
	for i, n := range b.Notes {
		if notes[i] = line(n); notes[i] == "" {
			return bad("note %d is empty", i+1)
		}
	}
	b.Notes = notes
	names := map[string]bool{strings.ToLower(w.cover): true, strings.ToLower(w.notes): true}
	tables := make([]Sheet, len(b.Tables))
	for i, t := range b.Tables {
		if t.Name == "" {
			t.Name = fmt.Sprintf("Table_%d", i+1)
		}
		if !sheetName.MatchString(t.Name) || names[strings.ToLower(t.Name)] {
			return bad("%q cannot be the name of a worksheet: use a name of its own, at most 31 letters, digits and underscores", t.Name)
		}
		names[strings.ToLower(t.Name)] = true
		if err := t.prepare(b, w); err != nil {
			return bad("table %s %w", t.Name, err)
		}
		tables[i] = t
	}
	b.Tables = tables
	return b, w, nil
}

func (t *Sheet) prepare(b Book, w words) error {
	if t.Title = line(t.Title); t.Title == "" {
		return errors.New("has no title")
	}
	for _, part := range []string{b.Organisation, b.Period} {
		if !strings.Contains(t.Title, part) {
			t.Title += ", " + part
		}
	}
	var intro []string
	for _, s := range t.Intro {
		if s = line(s); s != "" {
			intro = append(intro, s)
		}
	}
	t.Intro = intro
	if len(t.Columns) == 0 || len(t.Rows) == 0 {
		return errors.New("needs a column and a row at least; leave out a table without rows")
	}
	if len(t.Rows) > mostRows || len(t.Columns) > mostColumns {
		return fmt.Errorf("has %d rows and %d columns; a worksheet takes %d and %d", len(t.Rows), len(t.Columns), mostRows, mostColumns)
	}
	headers := map[string]bool{}
	columns := make([]Column, len(t.Columns))
	for i, c := range t.Columns {
		c.Header, c.Unit, c.note = line(c.Header), line(c.Unit), w.note
		if c.Header == "" || headers[strings.ToLower(c.name(" "))] {
			return fmt.Errorf("needs a header of its own for column %d, and has %q", i+1, c.Header)
		}
		headers[strings.ToLower(c.name(" "))] = true
		columns[i] = c
	}
	t.Columns = columns
	for r, row := range t.Rows {
		if len(row) != len(t.Columns) {
			return fmt.Errorf("has %d cells in row %d and %d columns", len(row), r+1, len(t.Columns))
		}
		for i, c := range row {
			if err := c.fits(t.Columns[i].Kind); err != nil {
				return fmt.Errorf("row %d, column %q: %w", r+1, t.Columns[i].Header, err)
			}
		}
	}
	for n := range t.notesUsed(w) {
		if n < 1 || n > len(b.Notes) {
			return fmt.Errorf("refers to note %d, and there are %d notes", n, len(b.Notes))
		}
	}
	return nil
}

func (c Cell) fits(k Kind) error {
	switch {
	case c.short != "":
		for _, s := range shorthands {
			if c.short == s {
				return nil
			}
		}
		return fmt.Errorf("the shorthand %s has no explanation", c.short)
	case !c.day.IsZero() && k != DateColumn:
		return errors.New("a date stands in a column of something else")
	case c.isNumber && !k.number():
		return errors.New("a number stands in a column of words")
	case c.isNumber && (math.IsNaN(c.number) || math.IsInf(c.number, 0)):
		return errors.New("there is no figure; use a shorthand")
	case !c.isNumber && k.number():
		return errors.New("a text stands in a column of numbers; use a number or a shorthand")
	case !c.isNumber && strings.TrimSpace(c.text) == "":
		return errors.New("the cell is blank; use a shorthand")
	case len(c.text) > mostText:
		return errors.New("the text is too long for one cell")
	}
	return nil
}

// name is the header with its unit: "Satisfied (percent)", the parts separated by sep.
func (c Column) name(sep string) string {
	if c.Unit == "" {
		return c.Header
	}
	return c.Header + sep + "(" + c.Unit + ")"
}

// heading is the header with unit and notes: "Satisfied (percent) [note 2]", the parts separated by sep.
func (c Column) heading(sep string) string {
	h := c.name(sep)
	for i, n := range c.Notes {
		if i == 0 {
			h += sep
		}
		h += fmt.Sprintf("[%s %d]", c.note, n)
	}
	return h
}

// notesUsed are the numbers of the notes the table refers to.
func (t Sheet) notesUsed(w words) map[int]bool {
	marker := regexp.MustCompile(`\[` + regexp.QuoteMeta(w.note) + ` (\d+)\]`)
	used := map[int]bool{}
	scan := func(s string) {
		for _, m := range marker.FindAllStringSubmatch(s, -1) {
			var n int
			_, _ = fmt.Sscan(m[1], &n) // the pattern has digits only
			used[n] = true
		}
	}
	scan(t.Title)
	for _, s := range t.Intro {
		scan(s)
	}
	for _, c := range t.Columns {
		scan(c.heading(" "))
	}
	for _, row := range t.Rows {
		for i, c := range row {
			if t.Columns[i].Kind == TextColumn {
				scan(c.text)
			}
		}
	}
	return used
}

// shorthandUsed are the shorthands in the table's cells, in the order in which they are explained.
func (t Sheet) shorthandUsed() []Shorthand {
	found := map[Shorthand]bool{}
	for _, row := range t.Rows {
		for _, c := range row {
			found[c.short] = true
		}
	}
	var used []Shorthand
	for _, s := range shorthands {
		if found[s] {
			used = append(used, s)
		}
	}
	return used
}

// clean drops what no file format can hold: bytes that are not UTF-8 and control characters but tab and line feed.
func clean(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r':
			return '\n'
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r) || r == '\uFFFE' || r == '\uFFFF':
			return -1
		}
		return r
	}, s)
}

// line makes one line of a text.
func line(s string) string { return strings.Join(strings.Fields(clean(s)), " ") }
