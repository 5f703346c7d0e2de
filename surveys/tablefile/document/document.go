// Package document writes texts with headings and tables as Word documents that a screen reader can walk through.
package document

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
)

// Document is one file: what it is, and its parts in reading order. Texts are plain; what looks like markup is shown as it is.
type Document struct {
	Title        string
	Organisation string // also the author in the file's properties: never a person
	Subject      string // such as the period
	Keywords     string
	Lang         string // a BCP 47 tag with its region: "en-GB", "cy-GB"
	Published    time.Time
	Parts        []Part
}

// Part is a Heading, a Paragraph or a Table.
type Part interface{ part() }

// Heading opens a section; Level 1 is the title's.
type Heading struct {
	Level int // 1 to 3
	Text  string
	Lang  string // where it is not the document's
}

// Paragraph is a text; its line breaks are kept.
type Paragraph struct {
	Text   string
	Lang   string
	Strong string // stands before the text, in bold: "You said:"
	Link   string // the address that the text leads to; http or https
}

// Table has a caption and one row of headers, which is repeated on each page. The first cell of a row names it.
type Table struct {
	Caption string
	Headers []string
	Number  []bool // by column: figures, which stand at the end of their column
	Rows    [][]string
}

func (Heading) part()   {}
func (Paragraph) part() {}
func (Table) part()     {}

// ErrDocument is returned, with what to put right, for a document that cannot be written.
var ErrDocument = errors.New("this document cannot be written")

// Format is a kind of file a Document can be written as.
type Format struct {
	Name, MIME, Extension string
	Write                 func(io.Writer, Document) error
}

// formats are all formats; TestEveryFormat re-opens each.
var formats = []Format{
	{Name: "docx", MIME: "application/vnd.openxmlformats-officedocument.wordprocessingml.document", Extension: ".docx", Write: WriteDOCX},
}

// check says what is wrong with a document.
func (d Document) check() error {
	bad := func(format string, args ...any) error {
		return fmt.Errorf("%w: "+format, append([]any{ErrDocument}, args...)...)
	}
	switch {
	case strings.TrimSpace(d.Title) == "" || strings.TrimSpace(d.Organisation) == "":
		return bad("give it a title and an organisation")
	case d.Lang == "":
		return bad("say in which language it is")
	case d.Published.IsZero():
		return bad("say when it is published")
	}
	level := 0
	for i, p := range d.Parts {
		switch p := p.(type) {
		case Heading:
			if p.Level < 1 || p.Level > 3 || p.Level > level+1 {
				return bad("part %d is a heading of level %d below one of level %d", i+1, p.Level, level)
			}
			if strings.TrimSpace(p.Text) == "" {
				return bad("part %d is a heading without words", i+1)
			}
			level = p.Level
		case Table:
			if strings.TrimSpace(p.Caption) == "" || len(p.Headers) == 0 {
				return bad("part %d is a table without a caption or headers", i+1)
			}
			for r, row := range p.Rows {
				if len(row) != len(p.Headers) {
					return bad("table %q has %d cells in row %d and %d headers", p.Caption, len(row), r+1, len(p.Headers))
				}
			}
		}
	}
	if level == 0 {
		return bad("it has no heading")
	}
	return nil
}

// clean drops what XML cannot hold.
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
