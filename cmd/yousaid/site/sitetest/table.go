package sitetest

import (
	"slices"
	"strings"
	"testing"

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

// Figure is what stands in the line that begins with a word, below a heading; "" where there is none.
func (t Table) Figure(line, heading string) string {
	if len(t) == 0 {
		return ""
	}
	at := slices.Index(t[0], heading)
	for _, l := range t[1:] {
		if l[0] == line && at >= 0 && at < len(l) {
			return l[at]
		}
	}
	return ""
}

// Figures are those below several headings, with a space between.
func (t Table) Figures(line string, headings ...string) string {
	var list []string
	for _, h := range headings {
		list = append(list, t.Figure(line, h))
	}
	return strings.Join(list, " ")
}
