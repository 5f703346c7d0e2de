package tablefile

import (
	"io"
	"path"
	"slices"
	"strings"

	"yousaid/surveys/tablefile/document"
)

// Format is a kind of file. formats lists all of them: addresses, links on pages, the files of a release, the choices of a row
// export, those of the command line, and what the server knows of a file by its address are read there. What a format cannot hold
// is nil.
type Format struct {
	Name   string // as in --format; the suffix of a file after its dot
	MIME   string
	Label  string // of a link: key|English, or a name that is the same in every language
	Packed bool   // compressed by itself

	// Table writes the whole book or returns an error; ErrBook when the book itself is at fault, and then nothing is written.
	Table   func(io.Writer, Book) error
	Several bool // a book may have several tables
	// Rows begins a file of many rows.
	Rows func(io.Writer, RowFile) (RowWriter, error)
	// Document writes a text with headings and tables.
	Document func(io.Writer, document.Document) error
	Cells    bool // the cells of a table for programs: written by who has them
}

// formats are all formats, in the order in which they are offered.
var formats = []Format{
	{Name: "csv", MIME: "text/csv; charset=utf-8", Label: "file.csv|CSV, for programs", Table: WriteCSV, Rows: startCSV},
	{Name: "xlsx", MIME: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Label: "file.xlsx|Excel (XLSX)", Packed: true,
		Table: WriteXLSX, Several: true, Rows: startXLSX},
	{Name: "html", MIME: "text/html; charset=utf-8", Label: "file.html|Table alone (HTML, opens in LibreOffice and Excel)", Table: WriteHTML},
	{Name: "docx", MIME: "application/vnd.openxmlformats-officedocument.wordprocessingml.document", Label: "file.docx|Word (DOCX)",
		Packed: true,
		Table:  WriteDOCX, Several: true, Document: document.WriteDOCX},
	{Name: "json", MIME: "application/json", Label: "JSON", Cells: true},
}

// Extension is the end of a file's name, with its dot.
func (f Format) Extension() string { return "." + f.Name }

// HoldsTables tells whether one table can be written.
func (f Format) HoldsTables() bool { return f.Table != nil }

// HoldsSeveral tells whether a book of several tables can be written.
func (f Format) HoldsSeveral() bool { return f.Table != nil && f.Several }

// HoldsRows tells whether rows can be written as they come.
func (f Format) HoldsRows() bool { return f.Rows != nil }

// HoldsFigures tells whether the figures of a table can be written, as a table or as cells for programs.
func (f Format) HoldsFigures() bool { return f.Table != nil || f.Cells }

// Formats lists the formats that hold something: Formats(Format.HoldsRows).
func Formats(holds func(Format) bool) (list []Format) {
	for _, f := range formats {
		if holds(f) {
			list = append(list, f)
		}
	}
	return list
}

// Named finds a format that holds something by its name.
func Named(name string, holds func(Format) bool) (Format, bool) {
	i := slices.IndexFunc(formats, func(f Format) bool { return f.Name == name && holds(f) })
	if i < 0 {
		return Format{}, false
	}
	return formats[i], true
}

// Names lists the names of formats that hold something, with commas.
func Names(holds func(Format) bool) string {
	var names []string
	for _, f := range Formats(holds) {
		names = append(names, f.Name)
	}
	return strings.Join(names, ",")
}

// Of finds the format of a file by the end of its name or address.
func Of(name string) (Format, bool) {
	suffix, found := strings.CutPrefix(path.Ext(name), ".")
	if !found {
		return Format{}, false
	}
	return Named(suffix, func(Format) bool { return true })
}
