package tablefile

import (
	"io"
	"math/big"
	"strconv"
	"strings"

	"yousaid/surveys/tablefile/document"
	"yousaid/surveys/wording"
)

// WriteDOCX writes the book as a Word document: what the cover of a spreadsheet says, then each table under a heading of its own,
// then the notes.
func WriteDOCX(to io.Writer, b Book) error {
	b, w, err := b.prepared()
	if err != nil {
		return err
	}
	d := document.Document{Title: b.Title, Organisation: b.Organisation, Subject: b.Period, Keywords: w.keywords, Lang: w.tag,
		Published: b.Published}
	add := func(p document.Part) { d.Parts = append(d.Parts, p) }
	add(document.Heading{Level: 1, Text: b.Title})
	for _, p := range [][2]string{{w.organisation, b.Organisation}, {w.period, b.Period}, {w.published, w.Say(wording.Day(b.Published))},
		{w.source, b.Source}, {w.contact, b.Contact}} {
		if p[1] != "" {
			add(document.Paragraph{Strong: p[0] + ":", Text: p[1]})
		}
	}
	for _, t := range b.Tables {
		add(document.Heading{Level: 2, Text: t.Title})
		for _, s := range append(append([]string{}, t.Intro...), w.explained(t)...) {
			add(document.Paragraph{Text: s})
		}
		add(t.document())
	}
	if len(b.Notes) > 0 {
		add(document.Heading{Level: 2, Text: w.notesTitle})
		for i, n := range b.Notes {
			add(document.Paragraph{Strong: w.marker(i + 1), Text: n})
		}
	}
	return document.WriteDOCX(to, d)
}

// document is the table with its figures as they are shown.
func (t Sheet) document() document.Table {
	out := document.Table{Caption: t.Title}
	for _, c := range t.Columns {
		out.Headers = append(out.Headers, c.heading(" "))
		out.Number = append(out.Number, c.Kind.number())
	}
	for _, row := range t.Rows {
		line := make([]string, len(row))
		for i, c := range row {
			line[i] = c.shown(t.Columns[i].Kind)
		}
		out.Rows = append(out.Rows, line)
	}
	return out
}

// shown is the cell in the look of its column: 1,234 or 72.5.
func (c Cell) shown(k Kind) string {
	switch {
	case !c.isNumber:
		return c.text
	case k == CountColumn:
		return grouped(strconv.FormatFloat(c.number, 'f', 0, 64))
	}
	exact, _ := new(big.Rat).SetString(strconv.FormatFloat(c.number, 'g', -1, 64)) // a figure: prepared refuses what is none
	return exact.FloatString(1)                                                    // half away from zero, as the figures of pages
}

// grouped sets a comma after each three digits of a whole number.
func grouped(digits string) string {
	digits, minus := strings.TrimPrefix(digits, "-"), strings.HasPrefix(digits, "-")
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	if minus {
		return "-" + digits
	}
	return digits
}
