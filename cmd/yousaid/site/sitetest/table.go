package sitetest

import (
	"encoding/csv"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/net/html"
)

// Table is a table of a page as somebody reads it: the first line has the headings, the others begin with what they are about.
type Table [][]string

// Table reads the table in the section of the page with that id. What only a screen reader says is left out.
func (a *Answer) Table(section string) Table {
	a.site.T.Helper()
	return read(a.site.T, a.Text, section)
}

func read(t testing.TB, page, section string) Table {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var table Table
	for n := range root.Descendants() {
		if attribute(n, "id") != section {
			continue
		}
		for row := range n.Descendants() {
			if row.Type != html.ElementNode || row.Data != "tr" {
				continue
			}
			var line []string
			for cell := range row.ChildNodes() {
				if cell.Type == html.ElementNode {
					line = append(line, visible(cell))
				}
			}
			table = append(table, line)
		}
	}
	if len(table) == 0 {
		t.Fatalf("the page has no table in #%s:\n%.3000s", section, page)
	}
	return table
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func visible(n *html.Node) string {
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
		if strings.Contains(attribute(n, "class"), "visually-hidden") {
			return
		}
		for c := range n.ChildNodes() {
			walk(c)
		}
	}
	walk(n)
	return strings.TrimSpace(b.String())
}

// CSV reads a file that was downloaded.
func (a *Answer) CSV() Table {
	a.site.T.Helper()
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(a.Is(http.StatusOK).Text, "\ufeff"))).ReadAll()
	a.site.check(err)
	return rows
}

// Workbook reads the table in a workbook that was downloaded; its headings begin with the word.
func (a *Answer) Workbook(first string) Table {
	a.site.T.Helper()
	book, err := excelize.OpenReader(strings.NewReader(a.Is(http.StatusOK).Text))
	a.site.check(err)
	defer func() { _ = book.Close() }()
	for _, sheet := range book.GetSheetList() {
		rows, err := book.GetRows(sheet)
		a.site.check(err)
		if t := From(rows, first); t != nil {
			return t
		}
	}
	a.site.T.Fatalf("no sheet of %v has a table that begins with %q", book.GetSheetList(), first)
	return nil
}

// WorkbookWords are all cells of a workbook that was downloaded, a line for each row.
func (a *Answer) WorkbookWords() string {
	a.site.T.Helper()
	book, err := excelize.OpenReader(strings.NewReader(a.Is(http.StatusOK).Text))
	a.site.check(err)
	defer func() { _ = book.Close() }()
	var b strings.Builder
	for _, sheet := range book.GetSheetList() {
		rows, err := book.GetRows(sheet)
		a.site.check(err)
		for _, row := range rows {
			b.WriteString(strings.Join(row, "\t") + "\n")
		}
	}
	return b.String()
}

// From is the table in a sheet from the headings that begin with the word; nil where there is none.
func From(rows [][]string, first string) Table {
	for i, row := range rows {
		if len(row) > 1 && strings.HasPrefix(row[0], first) {
			return rows[i:]
		}
	}
	return nil
}

// Figure is what stands in the line that begins with a word, below the heading that begins with another; "" where there is none.
// Pages and files write numbers each in their way ("1,234" and "1234", "75.0%" and "75"): here they are alike.
func (t Table) Figure(line, heading string) string {
	if len(t) == 0 {
		return ""
	}
	at := slices.IndexFunc(t[0], func(h string) bool { return strings.HasPrefix(strings.Join(strings.Fields(h), " "), heading) })
	for _, l := range t[1:] {
		if len(l) > 0 && l[0] == line && at >= 0 && at < len(l) {
			return plain(l[at])
		}
	}
	return ""
}

func plain(figure string) string {
	number := strings.TrimSuffix(strings.ReplaceAll(strings.TrimSpace(figure), ",", ""), "%")
	if v, err := strconv.ParseFloat(number, 64); err == nil {
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return figure
}

// Figures are those below several headings, with a space between.
func (t Table) Figures(line string, headings ...string) string {
	var list []string
	for _, h := range headings {
		list = append(list, t.Figure(line, h))
	}
	return strings.Join(list, " ")
}
