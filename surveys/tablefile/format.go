package tablefile

import "io"

// Format is a kind of file a Book can be written as.
type Format struct {
	Name      string // as in --format
	MIME      string
	Extension string // with its dot
	// Write writes the whole book or returns an error; ErrBook when the book itself is at fault, and then nothing is written.
	Write func(io.Writer, Book) error
}

// formats are all formats; TestEveryFormat re-opens each.
var formats = []Format{
	{Name: "csv", MIME: "text/csv; charset=utf-8", Extension: ".csv", Write: WriteCSV},
	{Name: "xlsx", MIME: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Extension: ".xlsx", Write: WriteXLSX},
	{Name: "html", MIME: "text/html; charset=utf-8", Extension: ".html", Write: WriteHTML},
	{Name: "docx", MIME: "application/vnd.openxmlformats-officedocument.wordprocessingml.document", Extension: ".docx", Write: WriteDOCX},
}

// Formats lists the formats; a copy.
func Formats() []Format { return append([]Format(nil), formats...) }

// FormatNamed finds a format by its name.
func FormatNamed(name string) (Format, bool) {
	for _, f := range formats {
		if f.Name == name {
			return f, true
		}
	}
	return Format{}, false
}
