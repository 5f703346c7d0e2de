package exporting

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

// workbook is a workbook with the rows in its last sheet. excelize makes everything but the rows: cover, codes, styles, the table. The rows are written into its package as they
// come, between the parts of the sheet that it made, so that none of them is kept; excelize's own stream is slower (decision 29) and keeps them on the disk until the end.
type workbook struct {
	zip     *zip.Writer
	sheet   *bufio.Writer
	after   []byte // what follows the rows in their sheet
	columns []string
	next    int
	all     int64
	buffer  []byte
}

const responsesSheet = "Responses"

// cellLimit is how many characters a cell holds.
const cellLimit = 32_767

// startXLSX writes everything that stands before the rows, of which there will be as many as the export says.
func (h *shape) startXLSX(to io.Writer, e Export) (sheet, error) {
	skeleton, err := h.skeleton(e)
	if err != nil {
		return nil, fmt.Errorf("preparing the workbook: %w", err)
	}
	parts, err := zip.NewReader(bytes.NewReader(skeleton), int64(len(skeleton)))
	if err != nil {
		return nil, fmt.Errorf("preparing the workbook: %w", err)
	}
	w := &workbook{zip: zip.NewWriter(to), next: 2, all: e.All}
	// Speed: the rows are a file of many times its size, and most of the time goes into making it small. The fastest level is a tenth larger.
	w.zip.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) { return flate.NewWriter(out, flate.BestSpeed) })
	for i := range h.head() {
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
func (w *workbook) copy(f *zip.File) error {
	content, err := read(f)
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

var filterButtons = regexp.MustCompile(`(?s)<autoFilter[^>]*/>|<autoFilter.*?</autoFilter>`)

func read(f *zip.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

// begin writes the sheet of the rows up to its heads.
func (w *workbook) begin(f *zip.File) error {
	content, err := read(f)
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

func (w *workbook) row(cells []cell) error {
	at := strconv.Itoa(w.next)
	w.next++
	b := append(w.buffer[:0], `<row r="`...)
	b = append(append(b, at...), `">`...)
	for i, c := range cells {
		if c.is == blank || c.is == text && c.text == "" {
			continue
		}
		b = append(append(append(b, `<c r="`...), w.columns[i]...), at...)
		switch c.is {
		case number:
			b = strconv.AppendFloat(append(b, `"><v>`...), c.number, 'f', -1, 64)
			b = append(b, `</v></c>`...)
		case hour:
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
		case r == '_' && controlCode.MatchString(s[i:min(len(s), i+7)]):
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

// controlCode is a text that the file format reads as a control character.
var controlCode = regexp.MustCompile(`^_x[0-9A-Fa-f]{4}_`)

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

// close ends the workbook. The cover and the table say how many rows there are: another number is an error, and there is no file.
func (w *workbook) close(rows int64) error {
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
func (h *shape) skeleton(e Export) ([]byte, error) {
	f := excelize.NewFile()
	defer f.Close()
	for _, step := range []func() error{
		func() error { return f.SetSheetName("Sheet1", "Cover") },
		func() error { return addSheets(f, "Codes", responsesSheet) },
		func() error { return h.rowStyle(f) },
		func() error { return h.cover(f, e) },
		func() error { return h.codes(f) },
		func() error { return h.heads(f, e) },
		func() error {
			return f.SetDocProps(&excelize.DocProperties{Title: h.title + " responses", Creator: h.council, LastModifiedBy: h.council, Language: "en-GB"})
		},
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	var b bytes.Buffer
	err := f.Write(&b)
	return b.Bytes(), err
}

func addSheets(f *excelize.File, names ...string) error {
	for _, name := range names {
		if _, err := f.NewSheet(name); err != nil {
			return err
		}
	}
	return nil
}

// rowStyle makes the style of hours, which the rows name by its number.
func (h *shape) rowStyle(f *excelize.File) error {
	format := "yyyy\\-mm\\-dd\\ hh:mm"
	id, err := f.NewStyle(&excelize.Style{CustomNumFmt: &format})
	if err == nil && id != 1 {
		err = fmt.Errorf("the style of hours is number %d", id)
	}
	return err
}

// heads writes the names of the columns, and marks them and the rows below as a table.
func (h *shape) heads(f *excelize.File, e Export) error {
	heads := h.head()
	if err := f.SetColWidth(responsesSheet, "A", columnName(len(heads)), 18); err != nil {
		return err
	}
	for i, name := range heads {
		if err := f.SetCellStr(responsesSheet, columnName(i+1)+"1", name); err != nil {
			return err
		}
	}
	last := columnName(len(heads)) + strconv.FormatInt(max(2, e.All+1), 10)
	return f.AddTable(responsesSheet, &excelize.Table{Range: "A1:" + last, Name: "responses_table"})
}

func columnName(n int) string {
	name, err := excelize.ColumnNumberToName(n)
	if err != nil {
		panic(err) // openXLSX refuses what is wider than a worksheet
	}
	return name
}

// cover says what the file is and how many rows it has.
func (h *shape) cover(f *excelize.File, e Export) error {
	period := "all responses"
	if e.From != "" || e.To != "" {
		period = strings.TrimSpace(e.From + " to " + e.To)
	}
	comments := "with comments as they are shown to staff"
	if !h.comments {
		comments = "without comments"
	}
	for i, line := range []string{
		h.title + ": responses row by row, " + h.council, rowsIn(e.All), "Period: " + period + ", " + comments + ".",
		"Hours are local. There are no equality answers and nothing that says who answered. Blank means not answered or not asked.", "The sheet Codes says what each code means. Handle this file as personal data: people may have written about themselves.",
	} {
		if err := f.SetCellStr("Cover", "A"+strconv.Itoa(i+1), line); err != nil {
			return err
		}
	}
	return f.SetColWidth("Cover", "A", "A", 90)
}

// codes says what the codes mean.
func (h *shape) codes(f *excelize.File) error {
	row := 0
	put := func(cells ...string) error {
		row++
		for i, c := range cells {
			if err := f.SetCellStr("Codes", columnName(i+1)+strconv.Itoa(row), cut(c, cellLimit)); err != nil {
				return err
			}
		}
		return nil
	}
	if err := put("question", "code", "meaning"); err != nil {
		return err
	}
	for _, q := range h.questions {
		question, _ := q.Text.In("en")
		if err := put(q.Code, "–", question); err != nil {
			return err
		}
		for _, o := range q.Options {
			label, _ := o.Text.In("en")
			if err := put(q.Code, o.Code, label); err != nil {
				return err
			}
		}
	}
	return f.SetColWidth("Codes", "A", "C", 30)
}

func rowsIn(n int64) string {
	if n == 1 {
		return "This file has 1 row in the sheet Responses."
	}
	return fmt.Sprintf("This file has %d rows in the sheet Responses.", n)
}
