package importing

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"yousaid/surveys/tablefile"
)

// maxRecord is the largest row that is read, in bytes. A file with a quote mark missing would otherwise be one endless row.
const maxRecord = 1 << 20

// errRow is a row that would not end.
var errRow = errors.New("row too long")

// source reads a CSV file row by row and never holds more of it than one row.
type source struct {
	file   *os.File
	m      Map
	sum    hash.Hash
	watch  utf8Watch
	capped *capped
	csv    *csv.Reader
	lead   tablefile.Lead
	header [][]string // the header rows, as they are
	names  []string   // the cleaned name of each column
	ours   origin     // this program wrote the file: what it guarded against formulas is given back as it was
	rows   int64      // given so far
	ended  bool       // the last record of a row export has been read
}

// row is one row of answers; line is where it starts in the file, from 1. A row with fewer cells than the header is filled up with
// blank ones; found is how many it had.
type row struct {
	line  int
	cells []string
	found int
}

// origin says which of this program's own files a file is.
type origin uint8

const (
	foreign origin = iota
	refusedList
	rowExport
)

// The columns by which this program knows its own files.
const (
	refusedLine   = "refused_line"
	refusedReason = "refused_reason"
)

var exportColumns = []string{"row", "answered_hour", "survey_version"}

// openSource opens the file and reads its header.
func openSource(path string, m Map) (*source, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("opening the file to import: %w", err)
	}
	s := &source{file: file, m: m, sum: sha256.New()}
	if err := s.start(); err != nil {
		_ = file.Close()
		return nil, err
	}
	return s, nil
}

func (s *source) start() error {
	raw := bufio.NewReaderSize(io.TeeReader(s.file, io.MultiWriter(s.sum, &s.watch)), 64<<10)
	head, _ := raw.Peek(64 << 10)
	var err error
	if s.lead, err = tablefile.Look(head); err != nil {
		return err
	}
	if s.lead.Marked && s.m.Encoding != "utf-8" {
		return fmt.Errorf("the mapping says encoding: %s, but the file begins with the mark of UTF-8: set encoding: utf-8", s.m.Encoding)
	}
	if err := s.delimiter(); err != nil {
		return err
	}
	_, _ = raw.Discard(s.lead.Skip)
	var text io.Reader = raw
	switch s.m.Encoding {
	case "cp1252":
		text = charmap.Windows1252.NewDecoder().Reader(raw)
	case "latin-1":
		text = charmap.ISO8859_1.NewDecoder().Reader(raw)
	}
	if s.lead.CR {
		text = tablefile.Lines(text)
	}
	s.capped = &capped{r: text, allowed: maxRecord}
	s.csv = csv.NewReader(s.capped)
	s.csv.Comma, s.csv.LazyQuotes, s.csv.FieldsPerRecord = s.m.Delimiter, s.m.LooseQuotes, -1
	return s.readHeader()
}

// delimiter settles what stands between the cells: what the mapping says, or the line sep= at the top of the file, or a comma.
func (s *source) delimiter() error {
	switch said, sep := s.m.Delimiter, s.lead.Sep; {
	case said == 0 && sep == 0:
		s.m.Delimiter = ','
	case said == 0:
		s.m.Delimiter = sep
	case sep != 0 && sep != said:
		return fmt.Errorf("the mapping says delimiter: %q, but the first line of the file says sep=%s: set delimiter: %q, or take the line away",
			tablefile.DelimiterName(said), tablefile.DelimiterName(sep), tablefile.DelimiterName(sep))
	}
	return nil
}

// readHeader reads the header and what is to be skipped below it.
func (s *source) readHeader() error {
	for range s.m.HeaderRows {
		r, err := s.record()
		if errors.Is(err, io.EOF) {
			return errors.New("the file ends before its header does: is header_rows right?")
		}
		if err != nil {
			return err
		}
		if sep := tablefile.OneColumn(r.cells, s.m.Delimiter); sep != 0 && s.m.HeaderRows == 1 {
			return fmt.Errorf("the header has one column, “%s”: is the delimiter %s? Then set delimiter: %q in the mapping", clip(clean(r.cells[0])),
				tablefile.DelimiterName(sep), tablefile.DelimiterName(sep))
		}
		s.header = append(s.header, r.cells)
	}
	s.ours = s.whose()
	if s.ours != foreign || s.m.Guarded {
		for i := range s.header {
			unguard(s.header[i])
		}
	}
	s.names = columnNames(s.header, s.m.NamesFromRow)
	for range s.m.SkipRows {
		r, err := s.record()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		s.header = append(s.header, r.cells)
	}
	return nil
}

// whose tells whether the header is that of a file of ours.
func (s *source) whose() origin {
	for _, h := range s.header {
		switch {
		case slices.Contains(h, refusedLine) && slices.Contains(h, refusedReason):
			return refusedList
		case len(h) > len(exportColumns) && slices.Equal(h[:len(exportColumns)], exportColumns):
			return rowExport
		}
	}
	return foreign
}

func unguard(cells []string) {
	for i, c := range cells {
		cells[i] = tablefile.Unguard(c)
	}
}

// next gives the next row that has anything in it, and io.EOF after the last.
func (s *source) next() (row, error) {
	for {
		r, err := s.record()
		if err != nil {
			return row{}, err
		}
		if s.ended {
			return row{}, fmt.Errorf("line %d: there are rows below the line END of a row export: take them into a file of their own", r.line)
		}
		if s.ours == rowExport && len(r.cells) >= 2 && r.cells[0] == "END" && strings.HasPrefix(r.cells[1], "rows=") {
			s.ended = true
			continue
		}
		if !slices.ContainsFunc(r.cells, func(c string) bool { return strings.TrimSpace(c) != "" }) {
			continue
		}
		if s.ours != foreign || s.m.Guarded {
			unguard(r.cells)
		}
		r.found = len(r.cells)
		for len(r.cells) < len(s.names) {
			r.cells = append(r.cells, "")
		}
		s.rows++
		return r, nil
	}
}

func (s *source) record() (row, error) {
	cells, err := s.csv.Read()
	var bad *csv.ParseError
	switch {
	case errors.Is(err, io.EOF):
		return row{}, io.EOF
	case errors.Is(err, errRow):
		return row{}, fmt.Errorf("a row after line %d is larger than %d kB: a quote mark (\") is probably missing there", s.line(), maxRecord>>10)
	case errors.As(err, &bad):
		return row{}, fmt.Errorf("line %d: a quote mark (\") stands where it cannot be read: save the file again as CSV, or add "+
			"loose_quotes: true to the mapping", bad.Line+s.above())
	case err != nil:
		return row{}, fmt.Errorf("reading the file to import: %w", err)
	}
	s.capped.allowed = s.csv.InputOffset() + maxRecord
	line, _ := s.csv.FieldPos(0)
	for i, c := range cells {
		if err := s.legible(i, c); err != nil {
			return row{}, err
		}
	}
	return row{line: line + s.above(), cells: cells}, nil
}

// above is how many lines stand above what the CSV reader sees.
func (s *source) above() int {
	if s.lead.Sep != 0 {
		return 1
	}
	return 0
}

// line is the last line that was read whole.
func (s *source) line() int {
	defer func() { _ = recover() }() // FieldPos panics before the first row
	line, _ := s.csv.FieldPos(0)
	return line + s.above()
}

// legible tells whether the bytes of a cell are what the mapping says they are.
func (s *source) legible(i int, cell string) error {
	const cp1252 = `They look like Windows-1252: set encoding: cp1252 in the mapping.`
	switch s.m.Encoding {
	case "utf-8":
		if !utf8.ValidString(cell) {
			line, _ := s.csv.FieldPos(i)
			line += s.above()
			for rest := cell; ; {
				r, size := utf8.DecodeRuneInString(rest)
				if r == utf8.RuneError && size <= 1 {
					return fmt.Errorf("line %d: there are bytes that are not UTF-8. %s", line, cp1252)
				}
				if r == '\n' {
					line++
				}
				rest = rest[size:]
			}
		}
	case "latin-1":
		if strings.ContainsFunc(cell, func(r rune) bool { return r >= 0x80 && r <= 0x9f }) {
			line, _ := s.csv.FieldPos(i)
			return fmt.Errorf("line %d: there are bytes that are no characters in Latin-1. %s", line+s.above(), cp1252)
		}
	}
	return nil
}

// finished says what can only be known at the end of the file.
func (s *source) finished() error {
	if s.m.Encoding != "utf-8" && s.watch.isUTF8() {
		return fmt.Errorf("the mapping says encoding: %s, but the file is UTF-8: set encoding: utf-8", s.m.Encoding)
	}
	if s.ours == rowExport && !s.ended {
		return errors.New("the file is a row export whose last line, END, is missing: it is not whole; make the export again")
	}
	return nil
}

func (s *source) close() { _ = s.file.Close() }

// columnNames cleans the names of one header row, or joins all of them: in the rows above the last a blank cell takes the name to
// its left, as merged cells do.
func columnNames(header [][]string, from int) []string {
	if from > 0 {
		var names []string
		for _, c := range header[from-1] {
			names = append(names, clean(c))
		}
		return names
	}
	width := 0
	for _, r := range header {
		width = max(width, len(r))
	}
	names := make([]string, width)
	for i, r := range header {
		left := ""
		for c := range width {
			name := ""
			if c < len(r) {
				name = clean(r[c])
			}
			if name == "" && i < len(header)-1 {
				name = left
			}
			left = name
			switch {
			case name == "":
			case names[c] == "":
				names[c] = name
			default:
				names[c] += " - " + name
			}
		}
	}
	return names
}

// capped stops a row that will not end.
type capped struct {
	r             io.Reader
	read, allowed int64
}

func (c *capped) Read(p []byte) (int, error) {
	if c.read > c.allowed {
		return 0, errRow
	}
	n, err := c.r.Read(p)
	c.read += int64(n)
	return n, err
}

// utf8Watch sees the bytes of a file go by and tells at the end whether they were UTF-8 with at least one character beyond ASCII.
type utf8Watch struct {
	rest      []byte
	high, bad bool
}

func (w *utf8Watch) Write(p []byte) (int, error) {
	n := len(p)
	if w.bad {
		return n, nil
	}
	if len(w.rest) > 0 {
		p = append(w.rest, p...)
		w.rest = nil
	}
	for len(p) > 0 {
		if p[0] < utf8.RuneSelf {
			p = p[1:]
			continue
		}
		w.high = true
		r, size := utf8.DecodeRune(p)
		if r == utf8.RuneError && size == 1 {
			if !utf8.FullRune(p) {
				w.rest = bytes.Clone(p)
				return n, nil
			}
			w.bad = true
			return n, nil
		}
		p = p[size:]
	}
	return n, nil
}

func (w *utf8Watch) isUTF8() bool { return w.high && !w.bad && len(w.rest) == 0 }
