package workbook

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// WriteCSV writes the book's only table: UTF-8, one header row, comma, CRLF (RFC 4180), the same columns and shorthand as the
// spreadsheet. Numbers have no thousands comma. A text that a spreadsheet program would take for a formula begins with '.
func WriteCSV(to io.Writer, b Book) error {
	b, _, err := b.prepared()
	if err != nil {
		return err
	}
	if len(b.Tables) != 1 {
		return fmt.Errorf("%w: a CSV file holds one table and this book has %d; export them one by one", ErrBook, len(b.Tables))
	}
	table := b.Tables[0]
	w := csv.NewWriter(to)
	w.UseCRLF = true
	record := make([]string, len(table.Columns))
	for i, c := range table.Columns {
		record[i] = defuse(c.heading(" "))
	}
	if err := w.Write(record); err != nil {
		return err
	}
	for _, row := range table.Rows {
		for i, c := range row {
			switch {
			case c.isNumber:
				record[i] = strconv.FormatFloat(c.number, 'f', -1, 64)
			case c.short != "":
				record[i] = string(c.short)
			default:
				record[i] = defuse(c.text)
			}
		}
		if err := w.Write(record); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

// defuse keeps a spreadsheet program from running a text: it takes one that begins with = + - @, a tab or a line end for a
// formula, spaces before it notwithstanding.
func defuse(s string) string {
	if s == "" {
		return s
	}
	if trimmed := strings.TrimLeft(s, " \u00a0"); strings.ContainsAny(s[:1], "\t\r\n") || trimmed != "" && strings.ContainsAny(trimmed[:1], "=+-@") {
		return "'" + s
	}
	return s
}
