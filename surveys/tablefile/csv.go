package tablefile

import (
	"fmt"
	"io"
	"strconv"
)

// WriteCSV writes the book's only table: UTF-8 with its mark, one header row, comma, CRLF (RFC 4180), the same columns and shorthand as the
// spreadsheet, without the marks of notes, which it does not hold. Numbers have no thousands comma. A text that a spreadsheet
// program would take for a formula begins with '.
func WriteCSV(to io.Writer, b Book) error {
	b, _, err := b.prepared()
	if err != nil {
		return err
	}
	if len(b.Tables) != 1 {
		return fmt.Errorf("%w: a CSV file holds one table and this book has %d; export them one by one", ErrBook, len(b.Tables))
	}
	table := b.Tables[0]
	w := NewWriter(to, true)
	record := make([]string, len(table.Columns))
	for i, c := range table.Columns {
		record[i] = c.name(" ")
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
				record[i] = c.text
			}
		}
		if err := w.Write(record); err != nil {
			return err
		}
	}
	return w.Flush()
}
