package tablefile

import (
	"errors"
	"time"
)

// RowFile is a file of many rows that are written as they come: what stands before them.
type RowFile struct {
	Title  string      // also in the file's properties
	Author string      // an organisation
	Cover  []string    // what the file is, a sentence each, where the format has room for it
	Codes  [][3]string // question, code and meaning, where the format has room for it
	Heads  []string
	Rows   int64 // how many rows will come
}

// RowWriter writes a RowFile. Close ends it with the number of rows that were written; a file that was not closed is not whole.
type RowWriter interface {
	Row(cells []RowCell) error
	Close(rows int64) error
}

// RowCell is one value of a row: nothing, a text, a number, or an hour. The zero RowCell is blank.
type RowCell struct {
	kind   rowKind
	text   string  // of an hour too: local, as 2006-01-02 15:00; of a number as it is to be written in text, "" for the usual way
	number float64 // of an hour: days since the end of 1899, as worksheets count
}

type rowKind byte

const (
	blankCell rowKind = iota
	textCell
	numberCell
	hourCell
)

// RowText is a cell of words.
func RowText(s string) RowCell { return RowCell{kind: textCell, text: s} }

// RowNumber is a cell with a number.
func RowNumber(n float64) RowCell { return RowCell{kind: numberCell, number: n} }

// RowCode is a cell with a number that is written as its code in files of text.
func RowCode(code string, n float64) RowCell { return RowCell{kind: numberCell, text: code, number: n} }

// RowHour is a cell with an hour as clocks showed it in its zone.
func RowHour(local time.Time) RowCell {
	_, offset := local.Zone()
	return RowCell{kind: hourCell, text: local.Format("2006-01-02 15:00"), number: float64(local.Unix()+int64(offset))/86400 + 25569}
}

// ErrTooLarge is a file with more rows or columns than its format has room for.
var ErrTooLarge = errors.New("a worksheet holds 1,048,576 rows and 16,384 columns: choose CSV, or fewer months")
