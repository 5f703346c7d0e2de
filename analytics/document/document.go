// Package document writes a text with headings and tables as a Word document and as a plain HTML file that spreadsheets open.
package document

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"html"
	"io"
	"strings"
	"unicode"
)

// Document is a text to read, in order.
type Document struct {
	Title        string
	Organisation string // the author in the file's properties: never a person
	Lang         string // BCP 47
	Parts        []Part
}

// Part is a heading, a paragraph, or a table: whichever is filled.
type Part struct {
	Heading string // of Level 1 to 3; the title is level 1
	Level   int
	Text    string
	Table   *Table
}

// Table is a table with one row of headings.
type Table struct {
	Caption string
	Head    []string
	Rows    [][]string
	Numbers []bool // which columns hold figures
}

// Heading, Text and Of make parts.
func Heading(level int, text string) Part { return Part{Heading: text, Level: level} }

// Text is a paragraph.
func Text(text string) Part { return Part{Text: text} }

// Of is a table.
func Of(t Table) Part { return Part{Table: &t} }

// clean drops what no XML can hold.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return ' '
		}
		if unicode.IsControl(r) || r == 0xFFFE || r == 0xFFFF || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}

func escaped(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(clean(s))) // a Buffer always writes
	return b.String()
}

// region gives a language its country, as Word names it.
func region(lang string) string {
	if strings.Contains(lang, "-") {
		return lang
	}
	switch lang {
	case "en", "cy", "gd":
		return lang + "-GB"
	}
	return lang
}

const (
	wordTypes = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/><Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>`
	wordRels = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>`
	documentRels = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>`
	wordNS = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"`
)

// styles are Word's own headings, in plain letters of 12 points and more.
func styles(lang string) string {
	heading := func(n, size int) string {
		return fmt.Sprintf(`<w:style w:type="paragraph" w:styleId="Heading%d"><w:name w:val="heading %d"/><w:basedOn w:val="Normal"/><w:next w:val="Normal"/><w:qFormat/><w:pPr><w:keepNext/><w:spacing w:before="240" w:after="120"/><w:outlineLvl w:val="%d"/></w:pPr><w:rPr><w:b/><w:sz w:val="%d"/></w:rPr></w:style>`, n, n, n-1, size)
	}
	return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:styles ` + wordNS + `><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:cs="Arial" w:eastAsia="Arial"/><w:sz w:val="24"/><w:lang w:val="` + region(lang) + `"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:after="120" w:line="276" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>` +
		`<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/></w:style>` + heading(1, 36) + heading(2, 30) + heading(3, 26) +
		`<w:style w:type="paragraph" w:styleId="Caption"><w:name w:val="caption"/><w:basedOn w:val="Normal"/><w:pPr><w:keepNext/></w:pPr><w:rPr><w:b/></w:rPr></w:style>` +
		`<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/></w:style><w:style w:type="table" w:styleId="TableGrid"><w:name w:val="Table Grid"/><w:tblPr><w:tblBorders>` +
		`<w:top w:val="single" w:sz="4" w:color="auto"/><w:left w:val="single" w:sz="4" w:color="auto"/><w:bottom w:val="single" w:sz="4" w:color="auto"/><w:right w:val="single" w:sz="4" w:color="auto"/><w:insideH w:val="single" w:sz="4" w:color="auto"/><w:insideV w:val="single" w:sz="4" w:color="auto"/></w:tblBorders></w:tblPr></w:style></w:styles>`
}

func paragraph(style, text string, right bool) string {
	p := ""
	if style != "" {
		p += `<w:pStyle w:val="` + style + `"/>`
	}
	if right {
		p += `<w:jc w:val="end"/>`
	}
	if p != "" {
		p = "<w:pPr>" + p + "</w:pPr>"
	}
	return `<w:p>` + p + `<w:r><w:t xml:space="preserve">` + escaped(text) + `</w:t></w:r></w:p>`
}

func (t Table) word() string {
	var b strings.Builder
	b.WriteString(paragraph("Caption", t.Caption, false))
	b.WriteString(`<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="5000" w:type="pct"/><w:tblLook w:firstRow="1"/></w:tblPr><w:tblGrid>` + strings.Repeat(`<w:gridCol/>`, len(t.Head)) + `</w:tblGrid>`)
	row := func(cells []string, head bool) {
		b.WriteString("<w:tr>")
		if head {
			b.WriteString(`<w:trPr><w:tblHeader/></w:trPr>`) // repeated on every page
		}
		for i, c := range cells {
			style := ""
			if head {
				style = "Caption"
			}
			b.WriteString("<w:tc><w:tcPr/>" + paragraph(style, c, i < len(t.Numbers) && t.Numbers[i]) + "</w:tc>")
		}
		b.WriteString("</w:tr>")
	}
	row(t.Head, true)
	for _, r := range t.Rows {
		row(r, false)
	}
	b.WriteString(`</w:tbl><w:p/>`)
	return b.String()
}

// WriteDOCX writes the document for Word and its like: real headings, tables whose first row is repeated, the language named.
func WriteDOCX(to io.Writer, d Document) error {
	var body strings.Builder
	body.WriteString(paragraph("Heading1", d.Title, false))
	for _, p := range d.Parts {
		switch {
		case p.Table != nil:
			body.WriteString(p.Table.word())
		case p.Heading != "":
			body.WriteString(paragraph(fmt.Sprintf("Heading%d", min(max(p.Level, 1), 3)), p.Heading, false))
		default:
			body.WriteString(paragraph("", p.Text, false))
		}
	}
	z := zip.NewWriter(to)
	for _, f := range []struct{ name, text string }{
		{"[Content_Types].xml", wordTypes}, {"_rels/.rels", wordRels}, {"word/_rels/document.xml.rels", documentRels}, {"word/styles.xml", styles(d.Lang)},
		{"docProps/core.xml", `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>` + escaped(d.Title) + `</dc:title><dc:creator>` + escaped(d.Organisation) + `</dc:creator><dc:language>` + region(d.Lang) + `</dc:language><cp:lastModifiedBy>` + escaped(d.Organisation) + `</cp:lastModifiedBy></cp:coreProperties>`},
		{"word/document.xml", `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:document ` + wordNS + `><w:body>` + body.String() + `<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1134"/></w:sectPr></w:body></w:document>`},
	} {
		w, err := z.Create(f.name)
		if err != nil {
			return fmt.Errorf("writing a Word document: %w", err)
		}
		if _, err := io.WriteString(w, f.text); err != nil {
			return fmt.Errorf("writing a Word document: %w", err)
		}
	}
	return z.Close()
}

// WriteHTML writes the document as one HTML file that a spreadsheet opens as sheets and a browser as a page: no script, no style sheet, nothing from elsewhere.
func WriteHTML(to io.Writer, d Document) error {
	var b strings.Builder
	esc := func(s string) string { return html.EscapeString(clean(s)) }
	fmt.Fprintf(&b, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n<title>%s</title>\n<meta name=\"author\" content=\"%s\">\n</head>\n<body>\n<h1>%s</h1>\n",
		esc(region(d.Lang)), esc(d.Title), esc(d.Organisation), esc(d.Title))
	for _, p := range d.Parts {
		switch {
		case p.Table != nil:
			fmt.Fprintf(&b, "<table>\n<caption>%s</caption>\n<thead><tr>", esc(p.Table.Caption))
			for _, h := range p.Table.Head {
				fmt.Fprintf(&b, "<th scope=\"col\">%s</th>", esc(h))
			}
			b.WriteString("</tr></thead>\n<tbody>\n")
			for _, r := range p.Table.Rows {
				b.WriteString("<tr>")
				for i, c := range r {
					if i == 0 {
						fmt.Fprintf(&b, "<th scope=\"row\">%s</th>", esc(c))
					} else {
						fmt.Fprintf(&b, "<td>%s</td>", esc(c))
					}
				}
				b.WriteString("</tr>\n")
			}
			b.WriteString("</tbody>\n</table>\n")
		case p.Heading != "":
			n := min(max(p.Level, 1), 3)
			fmt.Fprintf(&b, "<h%d>%s</h%d>\n", n, esc(p.Heading), n)
		default:
			fmt.Fprintf(&b, "<p>%s</p>\n", esc(p.Text))
		}
	}
	b.WriteString("</body>\n</html>\n")
	_, err := io.WriteString(to, b.String())
	return err
}
