package document

import (
	"archive/zip"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// WriteDOCX writes an Office Open XML text: real headings, tables with a header row that repeats and a caption, the language of
// every part. The same document gives the same bytes.
func WriteDOCX(to io.Writer, d Document) error {
	if err := d.check(); err != nil {
		return err
	}
	w := &writer{lang: d.Lang, page: upright, across: across}
	if d.wide() {
		w.page, w.across = sideways, along
	}
	for _, p := range d.Parts {
		w.part(p)
	}
	z := zip.NewWriter(to)
	for _, f := range []struct{ name, text string }{
		{"[Content_Types].xml", contentTypes},
		{"_rels/.rels", packageLinks},
		{"docProps/core.xml", core(d)},
		{"docProps/app.xml", head + `<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">` +
			`<Application>Yousaid</Application><Company>` + esc(d.Organisation) + `</Company></Properties>`},
		{"word/styles.xml", strings.ReplaceAll(styles, "en-GB", esc(d.Lang))},
		{"word/settings.xml", head + `<w:settings ` + wordNS + `><w:themeFontLang w:val="` + esc(d.Lang) + `"/></w:settings>`},
		{"word/_rels/document.xml.rels", w.links()},
		{"word/document.xml", head + `<w:document ` + wordNS +
			` xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><w:body>` + w.body.String() + w.page +
			`</w:body></w:document>`},
	} {
		// No time of day in the package: it would be another file each second.
		part, err := z.CreateHeader(&zip.FileHeader{Name: f.name, Method: zip.Deflate})
		if err != nil {
			return fmt.Errorf("making a document: %w", err)
		}
		if _, err := io.WriteString(part, f.text); err != nil {
			return fmt.Errorf("making a document: %w", err)
		}
	}
	return z.Close()
}

const (
	head   = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	wordNS = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"`

	contentTypes = head + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Default Extension="xml" ContentType="application/xml"/>` +
		`<Override PartName="/word/document.xml" ` +
		`ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>` +
		`<Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/>` +
		`<Override PartName="/word/settings.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.settings+xml"/>` +
		`<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>` +
		`<Override PartName="/docProps/app.xml" ContentType="application/vnd.openxmlformats-officedocument.extended-properties+xml"/></Types>`

	relationship = `http://schemas.openxmlformats.org/officeDocument/2006/relationships/`
	relations    = `http://schemas.openxmlformats.org/package/2006/relationships`

	packageLinks = head + `<Relationships xmlns="` + relations + `"><Relationship Id="rId1" Type="` + relationship +
		`officeDocument" Target="word/document.xml"/>` +
		`<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" ` +
		`Target="docProps/core.xml"/>` +
		`<Relationship Id="rId3" Type="` + relationship + `extended-properties" Target="docProps/app.xml"/></Relationships>`

	// A4 with margins of 2 cm, in twentieths of a point.
	margins  = `<w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1134" w:header="567" w:footer="567" w:gutter="0"/></w:sectPr>`
	upright  = `<w:sectPr><w:pgSz w:w="11906" w:h="16838"/>` + margins
	sideways = `<w:sectPr><w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/>` + margins
	across   = 11906 - 2*1134 // between the margins of an upright page
	along    = 16838 - 2*1134 // … of one on its side

	// manyColumns are so many that the words of their heads would be broken on an upright page.
	manyColumns = 7
)

// styles: Arial, 12 points and larger, black, nothing in italics, as the guidance on accessible documents asks.
const styles = head + `<w:styles ` + wordNS +
	`><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:cs="Arial" w:eastAsia="Arial"/>` +
	`<w:sz w:val="24"/><w:szCs w:val="24"/><w:lang w:val="en-GB" w:eastAsia="en-GB" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>` +
	`<w:pPrDefault><w:pPr><w:spacing w:after="160" w:line="288" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>` +
	`<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/></w:style>` +
	`<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/><w:basedOn w:val="Normal"/><w:next w:val="Normal"/>` +
	`<w:uiPriority w:val="9"/><w:qFormat/><w:pPr><w:keepNext/><w:keepLines/><w:spacing w:before="0" w:after="240"/>` +
	`<w:outlineLvl w:val="0"/></w:pPr><w:rPr><w:b/><w:bCs/><w:sz w:val="40"/><w:szCs w:val="40"/></w:rPr></w:style>` +
	`<w:style w:type="paragraph" w:styleId="Heading2"><w:name w:val="heading 2"/><w:basedOn w:val="Normal"/><w:next w:val="Normal"/>` +
	`<w:uiPriority w:val="9"/><w:qFormat/><w:pPr><w:keepNext/><w:keepLines/><w:spacing w:before="360" w:after="120"/>` +
	`<w:outlineLvl w:val="1"/></w:pPr><w:rPr><w:b/><w:bCs/><w:sz w:val="32"/><w:szCs w:val="32"/></w:rPr></w:style>` +
	`<w:style w:type="paragraph" w:styleId="Heading3"><w:name w:val="heading 3"/><w:basedOn w:val="Normal"/><w:next w:val="Normal"/>` +
	`<w:uiPriority w:val="9"/><w:qFormat/><w:pPr><w:keepNext/><w:keepLines/><w:spacing w:before="240" w:after="80"/>` +
	`<w:outlineLvl w:val="2"/></w:pPr><w:rPr><w:b/><w:bCs/><w:sz w:val="28"/><w:szCs w:val="28"/></w:rPr></w:style>` +
	`<w:style w:type="paragraph" w:styleId="Caption"><w:name w:val="caption"/><w:basedOn w:val="Normal"/><w:next w:val="Normal"/>` +
	`<w:uiPriority w:val="35"/><w:qFormat/><w:pPr><w:keepNext/><w:spacing w:before="240" w:after="120"/></w:pPr><w:rPr><w:b/><w:bCs/>` +
	`</w:rPr></w:style>` +
	`<w:style w:type="character" w:styleId="Hyperlink"><w:name w:val="Hyperlink"/><w:uiPriority w:val="99"/><w:rPr>` +
	`<w:color w:val="1F4E5F"/><w:u w:val="single"/></w:rPr></w:style>` +
	`<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:uiPriority w:val="99"/><w:tblPr>` +
	`<w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:top w:w="60" w:type="dxa"/><w:left w:w="100" w:type="dxa"/>` +
	`<w:bottom w:w="60" w:type="dxa"/><w:right w:w="100" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>` +
	`<w:style w:type="table" w:styleId="TableGrid"><w:name w:val="Table Grid"/><w:basedOn w:val="TableNormal"/>` +
	`<w:uiPriority w:val="39"/><w:tblPr><w:tblBorders>` +
	`<w:top w:val="single" w:sz="4" w:space="0" w:color="auto"/><w:left w:val="single" w:sz="4" w:space="0" w:color="auto"/>` +
	`<w:bottom w:val="single" w:sz="4" w:space="0" w:color="auto"/><w:right w:val="single" w:sz="4" w:space="0" w:color="auto"/>` +
	`<w:insideH w:val="single" w:sz="4" w:space="0" w:color="auto"/><w:insideV w:val="single" w:sz="4" w:space="0" w:color="auto"/>` +
	`</w:tblBorders></w:tblPr></w:style></w:styles>`

func core(d Document) string {
	at := d.Published.UTC().Format(time.RFC3339)
	return head + `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" ` +
		`xmlns:dc="http://purl.org/dc/elements/1.1/" ` +
		`xmlns:dcterms="http://purl.org/dc/terms/" ` +
		`xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">` +
		`<dc:title>` + esc(d.Title) + `</dc:title><dc:subject>` + esc(d.Subject) + `</dc:subject><dc:creator>` + esc(d.Organisation) +
		`</dc:creator><cp:keywords>` + esc(d.Keywords) + `</cp:keywords>` +
		`<cp:lastModifiedBy>` + esc(d.Organisation) + `</cp:lastModifiedBy><dcterms:created xsi:type="dcterms:W3CDTF">` + at +
		`</dcterms:created><dcterms:modified xsi:type="dcterms:W3CDTF">` + at + `</dcterms:modified><dc:language>` + esc(d.Lang) +
		`</dc:language></cp:coreProperties>`
}

// small are letters of 9 points, for tables that have no room for others.
const small = `<w:sz w:val="18"/><w:szCs w:val="18"/>`

// wide tells whether the document has a table that needs a page on its side.
func (d Document) wide() bool {
	return slices.ContainsFunc(d.Parts, func(p Part) bool {
		t, is := p.(Table)
		return is && len(t.Headers) >= manyColumns
	})
}

func esc(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(clean(s))) // a strings.Builder never fails
	return b.String()
}

// writer puts the parts together and remembers the addresses they lead to.
type writer struct {
	body   strings.Builder
	lang   string
	page   string // its size
	across int    // between its margins, in twentieths of a point
	hrefs  []string
}

func (w *writer) links() string {
	var b strings.Builder
	b.WriteString(head + `<Relationships xmlns="` + relations + `"><Relationship Id="rId1" Type="` + relationship +
		`styles" Target="styles.xml"/><Relationship Id="rId2" Type="` + relationship + `settings" Target="settings.xml"/>`)
	for i, href := range w.hrefs {
		fmt.Fprintf(&b, `<Relationship Id="link%d" Type="%shyperlink" Target="%s" TargetMode="External"/>`, i+1, relationship, esc(href))
	}
	b.WriteString(`</Relationships>`)
	return b.String()
}

func (w *writer) part(p Part) {
	switch p := p.(type) {
	case Heading:
		w.paragraph(fmt.Sprintf("Heading%d", p.Level), "", w.run(p.Text, p.Lang, ""))
	case Paragraph:
		text := ""
		if p.Strong != "" {
			text = w.run(p.Strong+" ", "", `<w:b/><w:bCs/>`)
		}
		run := w.run(p.Text, p.Lang, "")
		if strings.HasPrefix(p.Link, "https://") || strings.HasPrefix(p.Link, "http://") {
			w.hrefs = append(w.hrefs, p.Link)
			run = fmt.Sprintf(`<w:hyperlink r:id="link%d">%s</w:hyperlink>`, len(w.hrefs), w.run(p.Text, p.Lang, `<w:rStyle w:val="Hyperlink"/>`))
		}
		w.paragraph("", "", text+run)
	case Table:
		w.table(p)
	}
}

func (w *writer) paragraph(style, more, runs string) {
	w.body.WriteString(`<w:p>`)
	if style != "" {
		more = `<w:pStyle w:val="` + style + `"/>` + more
	}
	if more != "" {
		w.body.WriteString(`<w:pPr>` + more + `</w:pPr>`)
	}
	w.body.WriteString(runs + `</w:p>`)
}

// run is a text in one look and one language.
func (w *writer) run(text, lang, look string) string {
	if lang != "" && lang != w.lang {
		look += `<w:lang w:val="` + esc(lang) + `"/>`
	}
	if look != "" {
		look = `<w:rPr>` + look + `</w:rPr>`
	}
	var b strings.Builder
	b.WriteString(`<w:r>` + look)
	for i, line := range strings.Split(clean(text), "\n") {
		if i > 0 {
			b.WriteString(`<w:br/>`)
		}
		b.WriteString(`<w:t xml:space="preserve">` + esc(line) + `</w:t>`)
	}
	b.WriteString(`</w:r>`)
	return b.String()
}

// table writes caption and table; the caption also goes into the table itself, where screen readers look for it.
func (w *writer) table(t Table) {
	w.paragraph("Caption", "", w.run(t.Caption, "", ""))
	fmt.Fprintf(&w.body, `<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="5000" w:type="pct"/>`+
		`<w:tblLook w:val="0020" w:firstRow="1" w:lastRow="0" w:firstColumn="1" w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>`+
		`<w:tblCaption w:val="%s"/></w:tblPr><w:tblGrid>`, esc(t.Caption))
	for range t.Headers {
		fmt.Fprintf(&w.body, `<w:gridCol w:w="%d"/>`, w.across/len(t.Headers))
	}
	w.body.WriteString(`</w:tblGrid>`)
	w.row(t, t.Headers, true)
	for _, r := range t.Rows {
		w.row(t, r, false)
	}
	w.body.WriteString(`</w:tbl>`)
	w.paragraph("", "", "") // Word wants a paragraph between tables
}

func (w *writer) row(t Table, cells []string, header bool) {
	w.body.WriteString(`<w:tr><w:trPr><w:cantSplit/>`)
	if header {
		w.body.WriteString(`<w:tblHeader/>`)
	}
	w.body.WriteString(`</w:trPr>`)
	for i, text := range cells {
		look, align := "", `<w:spacing w:after="0"/>`
		if header || i == 0 {
			look = `<w:b/><w:bCs/>`
		}
		if len(t.Headers) >= manyColumns {
			look += small
		}
		if i < len(t.Number) && t.Number[i] {
			align += `<w:jc w:val="end"/>`
		}
		w.body.WriteString(`<w:tc><w:tcPr><w:tcW w:w="0" w:type="auto"/></w:tcPr>`)
		w.paragraph("", align, w.run(text, "", look))
		w.body.WriteString(`</w:tc>`)
	}
	w.body.WriteString(`</w:tr>`)
}
