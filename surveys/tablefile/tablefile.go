// Package tablefile holds what all CSV files of this program share: the mark by which spreadsheet programs know UTF-8, the guard
// against formulas and its removal, and the forms that other programs give to a CSV file.
package tablefile

import (
	"encoding/csv"
	"io"
	"regexp"
	"strings"
	"unicode"
)

// Mark is the byte order mark in UTF-8. Excel for Windows takes a CSV file without it for the code page of the machine.
const Mark = "\ufeff"

// starts are the characters by which a spreadsheet program takes a cell for a formula: with their full-width forms, which Excel and
// LibreOffice in East Asian settings take for the same, and the bar of a DDE call.
const starts = "=+-@|\t\r\n＝＋－＠｜"

// negative is a number below zero: a spreadsheet program reads it as a number, so it needs no guard.
var negative = regexp.MustCompile(`^-[0-9]{1,15}(\.[0-9]+)?([eE][-+]?[0-9]{1,3})?$`)

// Guard keeps a spreadsheet program from taking a text for a formula: it puts ' before one that starts like a formula, spaces and
// invisible characters before it notwithstanding. A text that starts so behind apostrophes of its own gets one more, so that
// Unguard gives back every text as it was.
func Guard(s string) string {
	if dangerous(s) {
		return "'" + s
	}
	return s
}

// Unguard takes away what Guard has added: Unguard(Guard(s)) is s for every s.
func Unguard(s string) string {
	if rest, ok := strings.CutPrefix(s, "'"); ok && dangerous(rest) {
		return rest
	}
	return s
}

func dangerous(s string) bool {
	s = strings.TrimLeft(s, "'")
	if s == "" || negative.MatchString(s) {
		return false
	}
	for _, r := range s {
		if strings.ContainsRune(starts, r) {
			return true
		}
		if !unicode.IsSpace(r) && !unicode.Is(unicode.Cf, r) {
			return false
		}
	}
	return false
}

// Writer writes a CSV file for people: UTF-8 with its mark, every cell guarded.
type Writer struct {
	to      io.Writer
	csv     *csv.Writer
	started bool
}

// NewWriter writes lines that end in CR LF (RFC 4180) where crlf is true, and in LF otherwise.
func NewWriter(to io.Writer, crlf bool) *Writer {
	w := &Writer{to: to, csv: csv.NewWriter(to)}
	w.csv.UseCRLF = crlf
	return w
}

// Write writes one row.
func (w *Writer) Write(cells []string) error {
	if !w.started {
		w.started = true
		if _, err := io.WriteString(w.to, Mark); err != nil {
			return err
		}
	}
	return w.csv.Write(Guarded(cells))
}

// Flush writes what is held back, and gives the first error there was.
func (w *Writer) Flush() error {
	w.csv.Flush()
	return w.csv.Error()
}

// Guarded is a row with every cell guarded; a copy.
func Guarded(cells []string) []string {
	out := make([]string, len(cells))
	for i, c := range cells {
		out[i] = Guard(c)
	}
	return out
}
