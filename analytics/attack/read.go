package attack

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxFile is the size of a file, and of a spreadsheet unpacked, that is read at all.
const maxFile = 64 << 20

// Heading is the column of a figure beside mean and share: its name in JSON, and what files in English call it.
type Heading struct{ Key, Text string }

// Read reads the tables of a published file by the ending of its name: .csv, .xlsx (one table for each sheet that has
// one), .html or .htm (the first table with a caption) or .json. What cannot be a published table gives an error that says
// the file, the line and what to do. Further figures are used where it is said what files call them.
func Read(name string, content []byte, further ...Heading) ([]Table, error) {
	if len(content) > maxFile {
		return nil, fmt.Errorf("%s is larger than %d MB: no published table is", name, maxFile>>20)
	}
	if len(bytes.TrimSpace(content)) == 0 {
		return nil, fmt.Errorf("%s is empty: publish the table again, or give another file", name)
	}
	switch ending := strings.ToLower(filepath.Ext(name)); ending {
	case ".csv":
		return readCSV(name, content, further)
	case ".xlsx":
		return readXLSX(name, content, further)
	case ".html", ".htm":
		return readHTML(name, content, further)
	case ".json":
		return readJSON(name, content)
	default:
		return nil, fmt.Errorf("%s ends in %q: give a file that ends in .csv, .xlsx, .html or .json", name, ending)
	}
}

func readCSV(name string, content []byte, further []Heading) ([]Table, error) {
	content = bytes.TrimPrefix(content, []byte("\ufeff"))
	if !utf8.Valid(content) {
		return nil, fmt.Errorf("%s is not in UTF-8: save it as CSV UTF-8", name)
	}
	if !bytes.ContainsRune(content, '\n') { // lines that end in CR alone, as Excel for Mac writes them
		content = bytes.ReplaceAll(content, []byte("\r"), []byte("\n"))
	}
	var none error
	for _, delimiter := range ",;\t|" { // programs of other countries save the file with another sign between its cells
		g, err := csvGrid(name, content, delimiter)
		if err == nil {
			var t Table
			var found bool
			g.knows = further
			if t, found, err = g.table(name, ""); found && err == nil {
				return []Table{t}, nil
			} else if !found {
				err = fmt.Errorf("%s, line 1: there is no column “%s”: give the file of a published table", name, countHeader)
			} else {
				return nil, err
			}
		}
		if none == nil {
			none = err
		}
	}
	return nil, none
}

// csvGrid reads the lines of a CSV file with one sign between its cells.
func csvGrid(name string, content []byte, delimiter rune) (grid, error) {
	g := grid{file: name, word: "line"}
	r := csv.NewReader(bytes.NewReader(content))
	r.FieldsPerRecord, r.Comma = -1, delimiter
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return g, nil
		}
		var bad *csv.ParseError
		if errors.As(err, &bad) {
			return g, fmt.Errorf(
				"%s, line %d: a quotation mark is not closed or stands in the middle of a text: put the whole text in quotation marks and "+
					"double those in it",
				name,
				bad.Line,
			)
		}
		if err != nil {
			return g, err
		}
		at, _ := r.FieldPos(0)
		g.lines = append(g.lines, gridLine{at, record})
	}
}

func readXLSX(name string, content []byte, further []Heading) (tables []Table, err error) {
	defer func() {
		if trouble := recover(); trouble != nil { // the library trusts what stands in a file
			tables, err = nil, fmt.Errorf("%s is a damaged spreadsheet: save it again, or publish it again", name)
		}
	}()
	file, err := excelize.OpenReader(
		bytes.NewReader(content),
		excelize.Options{RawCellValue: true, UnzipSizeLimit: maxFile, UnzipXMLSizeLimit: maxFile},
	)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read as a spreadsheet: save it again as .xlsx, without a password", name)
	}
	defer func() { _ = file.Close() }()
	for _, sheet := range file.GetSheetList() {
		rows, err := file.GetRows(sheet)
		if err != nil {
			return nil, fmt.Errorf("%s: the sheet %s cannot be read: save the file again", name, sheet)
		}
		// What a reader is not meant to see is read like everything else: hidden rows and sheets, and figures with more digits
		// than their cells show.
		g := grid{file: name + ", sheet " + sheet, word: "row", knows: further}
		for i, r := range rows {
			g.lines = append(g.lines, gridLine{i + 1, r})
		}
		t, found, err := g.table(sheet, "")
		if err != nil {
			return nil, err
		}
		if found {
			tables = append(tables, t)
		}
	}
	if len(tables) == 0 {
		return nil, fmt.Errorf("%s: no sheet has a column “%s”: give the file of a published table", name, countHeader)
	}
	return tables, nil
}

func readHTML(name string, content []byte, further []Heading) ([]Table, error) {
	page, err := html.Parse(bytes.NewReader(content))
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read as a page: save it again from the browser", name)
	}
	var captioned, other *html.Node
	for n := range page.Descendants() {
		if n.DataAtom != atom.Table || n.Type != html.ElementNode {
			continue
		}
		if caption(n) != nil && captioned == nil {
			captioned = n
		}
		if other == nil && strings.Contains(strings.ToLower(seen(n)), strings.ToLower(countHeader)) {
			other = n
		}
	}
	table, title := captioned, name
	if table == nil {
		table = other // files that spreadsheet programs open have no caption
	}
	if table == nil {
		return nil, fmt.Errorf("%s has no table with a caption: give the page of a published table", name)
	}
	if c := caption(table); c != nil {
		title = oneLine(seen(c))
	}
	g := grid{file: name, word: "row", knows: further}
	for n := range table.Descendants() {
		if n.DataAtom != atom.Tr {
			continue
		}
		var cells []string
		for c := range n.ChildNodes() {
			if c.DataAtom == atom.Td || c.DataAtom == atom.Th {
				cells = append(cells, oneLine(seen(c)))
			}
		}
		g.lines = append(g.lines, gridLine{len(g.lines) + 1, cells})
	}
	t, found, err := g.table(title, seen(page))
	if err == nil && !found {
		err = fmt.Errorf("%s: its first table with a caption has no column “%s”: give the page of a published table", name, countHeader)
	}
	if err != nil {
		return nil, err
	}
	return []Table{t}, nil
}

func caption(table *html.Node) *html.Node {
	for c := range table.ChildNodes() {
		if c.DataAtom == atom.Caption {
			return c
		}
	}
	return nil
}

// seen is the text that is seen: what is for screen readers alone says the same in words.
func seen(n *html.Node) string {
	var b strings.Builder
	var walk func(n *html.Node, depth int)
	walk = func(n *html.Node, depth int) {
		if depth > 500 {
			return
		}
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
		if n.DataAtom == atom.Script || n.DataAtom == atom.Style {
			return
		}
		for _, a := range n.Attr {
			if a.Key == "class" && strings.Contains(a.Val, "visually-hidden") {
				return
			}
		}
		for c := range n.ChildNodes() {
			walk(c, depth+1)
		}
		if n.Type == html.ElementNode && n.DataAtom != atom.Span && n.DataAtom != atom.A {
			b.WriteByte(' ')
		}
	}
	walk(n, 0)
	return b.String()
}
