package tablefile

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
)

// csvRows writes rows as CSV: UTF-8 with its mark, so that spreadsheets read letters with accents.
type csvRows struct {
	w      *csv.Writer
	record []string
}

func startCSV(to io.Writer, f RowFile) (RowWriter, error) {
	if _, err := io.WriteString(to, Mark); err != nil {
		return nil, err
	}
	w := csv.NewWriter(to)
	return &csvRows{w: w}, w.Write(f.Heads)
}

// Row writes a row.
func (s *csvRows) Row(cells []RowCell) error {
	record := s.record[:0]
	for _, c := range cells {
		switch {
		case c.kind == numberCell && c.text == "":
			record = append(record, strconv.FormatFloat(c.number, 'f', -1, 64))
		case c.kind == textCell:
			record = append(record, Guard(c.text))
		default:
			record = append(record, c.text)
		}
	}
	s.record = record
	return s.w.Write(record)
}

// Close ends the file with a record that says how many rows it has: a file without it is not whole.
func (s *csvRows) Close(rows int64) error {
	if err := s.w.Write([]string{"END", fmt.Sprintf("rows=%d", rows)}); err != nil {
		return err
	}
	s.w.Flush()
	return s.w.Error()
}
