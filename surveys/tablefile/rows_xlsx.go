package tablefile

import (
	"archive/zip"
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/klauspost/compress/flate"
	"github.com/xuri/excelize/v2"
)

// xlsxRows is a workbook with the rows in its last sheet. excelize makes everything but the rows: cover, codes, styles, the table.
// The rows are written into its package as they come, between the parts of the sheet that it made, so that none of them is kept;
// excelize's own stream is slower (decision 29) and keeps them on the disk until the end.
type xlsxRows struct {
	zip     *zip.Writer
	sheet   *bufio.Writer
	after   []byte // what follows the rows in their sheet
	columns []string
	next    int
	all     int64
	buffer  []byte
}

// rowsSheet is the sheet with the rows.
const rowsSheet = "Responses"

// cellLimit is how many characters a cell holds.
const cellLimit = 32_767

// startXLSX writes everything that stands before the rows, of which there will be as many as the file says.
func startXLSX(to io.Writer, h RowFile) (RowWriter, error) {
	if h.Rows > excelize.TotalRows-1 || len(h.Heads) > excelize.MaxColumns {
		return nil, ErrTooLarge
	}
	skeleton, err := h.skeleton()
	if err != nil {
		return nil, fmt.Errorf("preparing the workbook: %w", err)
	}
	parts, err := zip.NewReader(bytes.NewReader(skeleton), int64(len(skeleton)))
	if err != nil {
		return nil, fmt.Errorf("preparing the workbook: %w", err)
	}
	w := &xlsxRows{zip: zip.NewWriter(to), next: 2, all: h.Rows}
	// Speed: the rows are a file of many times its size, and most of the time goes into making it small. The fastest level is a tenth larger.
	w.zip.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) { return flate.NewWriter(out, flate.BestSpeed) })
	for i := range h.Heads {
		name, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return nil, err
		}
		w.columns = append(w.columns, name)
	}
	var rows *zip.File
	for _, f := range parts.File {
		if f.Name == "xl/worksheets/sheet3.xml" {
			rows = f
			continue
		}
		if err := w.copy(f); err != nil {
			return nil, err
		}
	}
	if rows == nil {
		return nil, errors.New("preparing the workbook: the sheet for the rows is not where it was")
	}
	return w, w.begin(rows)
}

// copy takes over a part of the workbook; tables lose the filter buttons that excelize gives them.
func (w *xlsxRows) copy(f *zip.File) error {
	content, err := unzipped(f)
	if err != nil {
		return err
	}
	if strings.HasPrefix(f.Name, "xl/tables/") {
		content = filterButtons.ReplaceAll(content, nil)
	}
	out, err := w.zip.Create(f.Name)
	if err != nil {
		return err
	}
	_, err = out.Write(content)
	return err
}

func unzipped(f *zip.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

// begin writes the sheet of the rows up to its heads.
func (w *xlsxRows) begin(f *zip.File) error {
	content, err := unzipped(f)
	if err != nil {
		return err
	}
	before, after, found := bytes.Cut(content, []byte("</sheetData>"))
	if !found {
		return errors.New("preparing the workbook: the sheet for the rows has no place for them")
	}
	w.after = append([]byte("</sheetData>"), after...)
	out, err := w.zip.Create(f.Name)
	if err != nil {
		return err
	}
	w.sheet = bufio.NewWriterSize(out, 1<<16)
	_, err = w.sheet.Write(before)
	return err
}

// Row writes a row.
func (w *xlsxRows) Row(cells []RowCell) error {
	at := strconv.Itoa(w.next)
	w.next++
	b := append(w.buffer[:0], `<row r="`...)
	b = append(append(b, at...), `">`...)
	for i, c := range cells {
		if c.kind == blankCell || c.kind == textCell && c.text == "" {
			continue
		}
		b = append(append(append(b, `<c r="`...), w.columns[i]...), at...)
		switch c.kind {
		case numberCell:
			b = strconv.AppendFloat(append(b, `"><v>`...), c.number, 'f', -1, 64)
			b = append(b, `</v></c>`...)
		case hourCell:
			b = strconv.AppendFloat(append(b, `" s="1"><v>`...), c.number, 'f', 10, 64)
			b = append(b, `</v></c>`...)
		default:
			b = appendText(append(b, `" t="inlineStr"><is><t xml:space="preserve">`...), c.text)
			b = append(b, `</t></is></c>`...)
		}
	}
	w.buffer = append(b, `</row>`...)
	_, err := w.sheet.Write(w.buffer)
	return err
}

// appendText adds a text as XML: without what a worksheet cannot hold, and cut where it is longer than a cell.
func appendText(b []byte, s string) []byte {
	if len(s) > cellLimit && utf8.RuneCountInString(s) > cellLimit {
		s = cut(s, cellLimit-1) + "…"
	}
	plain := 0
	for i, r := range s {
		var with string
		switch {
		case r == '&':
			with = "&amp;"
		case r == '<':
			with = "&lt;"
		case r == '>':
			with = "&gt;"
		case r == '_' && startsControlCode.MatchString(s[i:min(len(s), i+7)]):
			with = "_x005F_"
		case r == '\t' || r == '\n':
			continue
		case unicode.IsControl(r) || r == 0xFFFE || r == 0xFFFF: // a carriage return too: its line feed stays
		default:
			continue
		}
		b = append(append(b, s[plain:i]...), with...)
		plain = i + utf8.RuneLen(r)
	}
	return append(b, s[plain:]...)
}

// startsControlCode finds a text that the file format reads as a control character.
var startsControlCode = regexp.MustCompile(`^_x[0-9A-Fa-f]{4}_`)

// cut gives the first n characters.
func cut(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// Close ends the workbook. The cover and the table say how many rows there are: another number is an error, and there is no file.
func (w *xlsxRows) Close(rows int64) error {
	if rows != w.all {
		return fmt.Errorf("%d rows were read where %d were counted", rows, w.all)
	}
	if _, err := w.sheet.Write(w.after); err != nil {
		return err
	}
	if err := w.sheet.Flush(); err != nil {
		return err
	}
	return w.zip.Close()
}

// skeleton is the workbook without its rows: what the file is, how many rows it has, what its codes mean, and the heads of its columns.
func (h RowFile) skeleton() ([]byte, error) {
	f := excelize.NewFile()
	defer f.Close()
	for _, step := range []func(*excelize.File) error{sheetsOfRows, rowStyle, h.coverOfRows, h.codesOfRows, h.headsOfRows} {
		if err := step(f); err != nil {
			return nil, err
		}
	}
	if err := f.SetDocProps(&excelize.DocProperties{Title: h.Title, Creator: h.Author, LastModifiedBy: h.Author,
		Language: "en-GB"}); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err := f.Write(&b)
	return b.Bytes(), err
}

func sheetsOfRows(f *excelize.File) error {
	if err := f.SetSheetName("Sheet1", "Cover"); err != nil {
		return err
	}
	for _, name := range []string{"Codes", rowsSheet} {
		if _, err := f.NewSheet(name); err != nil {
			return err
		}
	}
	return nil
}

// rowStyle makes the style of hours, which the rows name by its number.
func rowStyle(f *excelize.File) error {
	format := "yyyy\\-mm\\-dd\\ hh:mm"
	id, err := f.NewStyle(&excelize.Style{CustomNumFmt: &format})
	if err == nil && id != 1 {
		err = fmt.Errorf("the style of hours is number %d", id)
	}
	return err
}

// headsOfRows writes the names of the columns, and marks them and the rows below as a table.
func (h RowFile) headsOfRows(f *excelize.File) error {
	last, err := excelize.ColumnNumberToName(len(h.Heads))
	if err != nil {
		return err
	}
	if err := f.SetColWidth(rowsSheet, "A", last, 18); err != nil {
		return err
	}
	for i, name := range h.Heads {
		if err := f.SetCellStr(rowsSheet, cell(i+1, 1), name); err != nil {
			return err
		}
	}
	return f.AddTable(rowsSheet, &excelize.Table{Range: "A1:" + last + strconv.FormatInt(max(2, h.Rows+1), 10), Name: "responses_table"})
}

func (h RowFile) coverOfRows(f *excelize.File) error {
	for i, line := range h.Cover {
		if err := f.SetCellStr("Cover", cell(1, i+1), line); err != nil {
			return err
		}
	}
	return f.SetColWidth("Cover", "A", "A", 90)
}

// codesOfRows says what the codes mean.
func (h RowFile) codesOfRows(f *excelize.File) error {
	for row, line := range append([][3]string{{"question", "code", "meaning"}}, h.Codes...) {
		for i, c := range line {
			if err := f.SetCellStr("Codes", cell(i+1, row+1), cut(c, cellLimit)); err != nil {
				return err
			}
		}
	}
	return f.SetColWidth("Codes", "A", "C", 30)
}
