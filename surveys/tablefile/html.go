package tablefile

import (
	"fmt"
	"html"
	"io"
	"slices"
	"strconv"
	"strings"
)

// WriteHTML writes the book's only table as a page, which spreadsheet programs (LibreOffice, Excel) open as a sheet and browsers as a
// table. What it shows is said in the title and the label: LibreOffice would write a caption into the first cell. What a reader must
// know stands below the table for the same reason: sentences, symbols and notes. Numbers have no thousands comma. A
// text that would be taken for a formula begins with '.
func WriteHTML(to io.Writer, b Book) error {
	b, w, err := b.prepared()
	if err != nil {
		return err
	}
	if len(b.Tables) != 1 {
		return fmt.Errorf("%w: a file of HTML holds one table and this book has %d; export them one by one", ErrBook, len(b.Tables))
	}
	t := b.Tables[0]
	var p strings.Builder
	put := func(format string, args ...any) {
		for i, a := range args {
			if s, ok := a.(string); ok {
				args[i] = html.EscapeString(s)
			}
		}
		fmt.Fprintf(&p, format, args...)
	}
	put("<!DOCTYPE html>\n<html lang=\"%s\">\n<head><meta charset=\"utf-8\"><title>%s</title><meta name=\"author\" "+
		"content=\"%s\"></head>\n<body>\n<table aria-label=\"%s\">\n<thead>\n<tr>", w.tag, t.Title, b.Organisation, t.Title)
	for _, c := range t.Columns {
		put("<th scope=\"col\">%s</th>", Guard(c.heading(" ")))
	}
	put("</tr>\n</thead>\n<tbody>\n")
	for _, row := range t.Rows {
		put("<tr>")
		for i, c := range row {
			text := Guard(c.text)
			switch {
			case c.isNumber:
				text = strconv.FormatFloat(c.number, 'f', -1, 64)
			case c.short != "":
				text = string(c.short)
			}
			if i == 0 {
				put("<th scope=\"row\">%s</th>", text)
			} else {
				put("<td>%s</td>", text)
			}
		}
		put("</tr>\n")
	}
	put("</tbody>\n</table>\n")
	for _, s := range append(slices.Clone(t.Intro), w.explained(t)...) {
		put("<p>%s</p>\n", Guard(s)) // a cell of a spreadsheet, too
	}
	for i, n := range b.Notes {
		put("<p>%s %s</p>\n", w.marker(i+1), n)
	}
	put("</body>\n</html>\n")
	_, err = io.WriteString(to, p.String())
	return err
}
