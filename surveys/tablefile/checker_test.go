package tablefile

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// The checker reads the parts of an .xlsx package as they stand and names the rules of accessible statistical spreadsheets that
// are broken: W for the workbook, S for a sheet, N for notes and shorthand. It shares no code with the writer.

type element struct {
	XMLName  xml.Name
	Attrs    []xml.Attr `xml:",any,attr"`
	Children []element  `xml:",any"`
	Text     string     `xml:",chardata"`
}

func (e element) attr(name string) string {
	for _, a := range e.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func (e element) yes(name string) bool { return e.attr(name) == "1" || e.attr(name) == "true" }

// all finds every element of a name, at any depth.
func (e element) all(name string) (found []element) {
	for _, c := range e.Children {
		if c.XMLName.Local == name {
			found = append(found, c)
		}
		found = append(found, c.all(name)...)
	}
	return found
}

// words is all text inside an element.
func (e element) words() string {
	s := e.Text
	for _, c := range e.Children {
		s += c.words()
	}
	return s
}

type parts map[string]string

func unpack(file []byte) (parts, error) {
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return nil, err
	}
	p := parts{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			return nil, err
		}
		content, err := io.ReadAll(r)
		if err != nil {
			return nil, err
		}
		p[f.Name] = string(content)
	}
	return p, nil
}

func (p parts) read(name string) element {
	var e element
	if err := xml.Unmarshal([]byte(p[name]), &e); err != nil {
		panic(fmt.Sprintf("%s: %v", name, err))
	}
	return e
}

// relation finds the part that a relationship of another part leads to.
func (p parts) relation(from, id string) string {
	at := strings.LastIndex(from, "/")
	for _, r := range p.read(from[:at] + "/_rels" + from[at:] + ".rels").all("Relationship") {
		if r.attr("Id") == id {
			target := r.attr("Target")
			if rest, up := strings.CutPrefix(target, "../"); up {
				return from[:strings.LastIndex(from[:at], "/")] + "/" + rest
			}
			if rest, absolute := strings.CutPrefix(target, "/"); absolute {
				return rest
			}
			return from[:at] + "/" + target
		}
	}
	return ""
}

// worksheet is a sheet as a reader meets it.
type worksheet struct {
	name, part string
	xml        element
	cells      map[[2]int]sheetCell // by column and row, from 1
	columns    int
	rows       int
}

type sheetCell struct {
	text    string
	numeric bool
	style   int
}

func (p parts) worksheets() (sheets []worksheet) {
	var shared []string
	if _, there := p["xl/sharedStrings.xml"]; there {
		for _, si := range p.read("xl/sharedStrings.xml").all("si") {
			shared = append(shared, si.words())
		}
	}
	for _, s := range p.read("xl/workbook.xml").all("sheet") {
		w := worksheet{name: s.attr("name"), part: p.relation("xl/workbook.xml", s.attr("id")), cells: map[[2]int]sheetCell{}}
		w.xml = p.read(w.part)
		for _, c := range w.xml.all("c") {
			column, row, err := excelize.CellNameToCoordinates(c.attr("r"))
			if err != nil {
				panic(err)
			}
			cell := sheetCell{text: c.words(), numeric: c.attr("t") == "" || c.attr("t") == "n"}
			if c.attr("t") == "s" {
				i, _ := strconv.Atoi(cell.text)
				cell.text = shared[i]
			}
			cell.style, _ = strconv.Atoi(c.attr("s"))
			if cell.text == "" {
				continue
			}
			w.cells[[2]int{column, row}] = cell
			w.columns, w.rows = max(w.columns, column), max(w.rows, row)
		}
		sheets = append(sheets, w)
	}
	return sheets
}

var (
	languageTag = regexp.MustCompile(`^[a-z]{2}-[A-Z]{2}$`)
	nameRule    = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,30}$`)
	defaultName = regexp.MustCompile(`(?i)^table\d*$`)
	oneTable    = regexp.MustCompile(`^(This worksheet contains one table\.|Mae'r daflen waith hon yn cynnwys un tabl\.)`)
	bracketed   = regexp.MustCompile(`^\[[a-z]{1,3}\d?\]$`)
	explains    = regexp.MustCompile(`^(?:Mae )?(\[[a-z]{1,3}\]) (?:means|yn golygu)`)
)

// broken lists the rules that a package breaks, each beginning with its id and a colon.
func broken(p parts) (problems []string) {
	say := func(rule, format string, args ...any) {
		problems = append(problems, rule+": "+fmt.Sprintf(format, args...))
	}
	one := func(e element, name string) string {
		if found := e.all(name); len(found) > 0 {
			return strings.TrimSpace(found[0].words())
		}
		return ""
	}

	core := p.read("docProps/core.xml")
	if title := one(core, "title"); title == "" || strings.ContainsAny(title, "-_") {
		say("W1", "title %q", title)
	}
	if language := one(core, "language"); !languageTag.MatchString(language) {
		say("W2", "language %q", language)
	}
	if one(core, "creator") == "" || one(core, "keywords") == "" || one(core, "lastModifiedBy") != one(core, "creator") || one(core,
		"creator") == "xuri" {
		say("W3", "creator %q, keywords %q, last modified by %q", one(core, "creator"), one(core, "keywords"), one(core, "lastModifiedBy"))
	}
	if strings.HasPrefix(one(core, "created"), "2006") || one(core, "created") == "" || one(core, "modified") < one(core, "created") {
		say("W3", "created %q, modified %q", one(core, "created"), one(core, "modified"))
	}
	for name := range p {
		for _, unwanted := range []string{"vbaProject", "externalLinks/", "calcChain"} {
			if strings.Contains(name, unwanted) {
				say("W8", "part %s", name)
			}
		}
		for _, unwanted := range []string{"drawing", "comments", "media/", "charts/"} {
			if strings.Contains(name, unwanted) {
				say("W9", "part %s", name)
			}
		}
	}
	for _, v := range p.read("xl/workbook.xml").all("workbookView") {
		if a := v.attr("activeTab"); a != "" && a != "0" {
			say("W4", "opens at worksheet %s", a)
		}
	}

	styles := p.read("xl/styles.xml")
	problems = append(problems, brokenStyles(styles)...)
	heading := headingStyles(styles)

	sheets := p.worksheets()
	names, tableNames := map[string]bool{}, map[string]bool{}
	explainedOnCover := map[string]bool{}
	for _, c := range sheets[0].cells {
		if m := explains.FindStringSubmatch(c.text); m != nil {
			explainedOnCover[m[1]] = true
		}
	}
	for i, s := range sheets {
		if !nameRule.MatchString(s.name) || names[strings.ToLower(s.name)] {
			say("W7", "worksheet name %q", s.name)
		}
		names[strings.ToLower(s.name)] = true
		first, there := s.cells[[2]int{1, 1}]
		if !there {
			say("W6", "%s: A1 is empty", s.name)
		}
		if heading[first.style] != 1 {
			say("S1", "%s: A1 is not a heading 1", s.name)
		}
		problems = append(problems, brokenView(s, i == 0)...)
		for _, c := range s.cells {
			if strings.TrimSpace(c.text) != c.text {
				say("S10", "%s: space at an end of %q", s.name, c.text)
			}
		}
		if i == 0 {
			if len(s.xml.all("tablePart")) > 0 || s.columns != 1 {
				say("C1", "the cover has more than column A")
			}
			continue
		}
		problems = append(problems, brokenTable(p, s, styles, tableNames, explainedOnCover)...)
	}
	return problems
}

func brokenView(s worksheet, first bool) (problems []string) {
	say := func(rule, format string, args ...any) {
		problems = append(problems, rule+": "+s.name+": "+fmt.Sprintf(format, args...))
	}
	for _, v := range s.xml.all("sheetView") {
		if v.attr("topLeftCell") != "" || v.attr("zoomScale") != "" && v.attr("zoomScale") != "100" || v.yes("tabSelected") != first {
			say("W4", "view %v", v.Attrs)
		}
		for _, sel := range v.all("selection") {
			if a := sel.attr("activeCell"); a != "" && a != "A1" {
				say("W4", "cursor in %s", a)
			}
		}
	}
	for rule, unwanted := range map[string][]string{"W5": {"mergeCells"}, "W8": {"f"},
		"W9": {"headerFooter", "drawing", "legacyDrawing"}, "W12": {"autoFilter", "pane"}} {
		for _, name := range unwanted {
			if len(s.xml.all(name)) > 0 {
				say(rule, "element %s", name)
			}
		}
	}
	for _, name := range []string{"row", "col"} {
		for _, e := range s.xml.all(name) {
			if e.yes("hidden") {
				say("W11", "hidden %s", name)
			}
		}
	}
	return problems
}

// headingStyles maps cell formats to heading levels.
func headingStyles(styles element) map[int]int {
	level := map[string]int{}
	for _, c := range styles.all("cellStyle") {
		if b, err := strconv.Atoi(c.attr("builtinId")); err == nil && b >= 16 && b <= 19 {
			level[c.attr("xfId")] = b - 15
		}
	}
	found := map[int]int{}
	for _, xfs := range styles.all("cellXfs") {
		for i, xf := range xfs.Children {
			found[i] = level[xf.attr("xfId")]
		}
	}
	return found
}

func brokenStyles(styles element) (problems []string) {
	for _, xfs := range styles.all("cellXfs") {
		for i, xf := range xfs.Children {
			if f := xf.attr("fillId"); f != "" && f != "0" && f != "1" {
				problems = append(problems, fmt.Sprintf("W13: cell format %d has a fill", i))
			}
			if b := xf.attr("borderId"); b != "" && b != "0" {
				problems = append(problems, fmt.Sprintf("W14: cell format %d has a border", i))
			}
		}
	}
	for _, fonts := range styles.all("fonts") {
		for _, f := range fonts.Children {
			size, name := 0.0, ""
			for _, c := range f.Children {
				switch c.XMLName.Local {
				case "sz":
					size, _ = strconv.ParseFloat(c.attr("val"), 64)
				case "name":
					name = c.attr("val")
				case "color":
					if c.attr("rgb") != "" || c.attr("theme") != "" && c.attr("theme") != "1" {
						problems = append(problems, "W13: a font has a colour")
					}
				case "i":
					problems = append(problems, "W14: a font is italic")
				}
			}
			if name != "Arial" || size < 12 {
				problems = append(problems, fmt.Sprintf("W14: font %s %v", name, size))
			}
		}
	}
	return problems
}

func brokenTable(p parts, s worksheet, styles element, tableNames, onCover map[string]bool) (problems []string) {
	say := func(rule, format string, args ...any) {
		problems = append(problems, rule+": "+s.name+": "+fmt.Sprintf(format, args...))
	}
	tables := s.xml.all("tablePart")
	if len(tables) != 1 {
		say("S5", "%d tables", len(tables))
		return problems
	}
	table := p.read(p.relation(s.part, tables[0].attr("id")))
	ends := strings.Split(table.attr("ref"), ":")
	left, top, _ := excelize.CellNameToCoordinates(ends[0])
	right, bottom, _ := excelize.CellNameToCoordinates(ends[1])
	if left != 1 {
		say("S6", "the table begins in column %d", left)
	}
	if h := table.attr("headerRowCount"); h != "" && h != "1" || table.attr("totalsRowCount") != "" &&
		table.attr("totalsRowCount") != "0" || bottom <= top {
		say("S7", "table %v", table.Attrs)
	}
	if s.columns != right || s.rows != bottom {
		say("S5", "the table ends at column %d, row %d and the sheet at %d, %d", right, bottom, s.columns, s.rows)
	}
	if name := table.attr("displayName"); defaultName.MatchString(name) || strings.Contains(name, " ") || tableNames[strings.ToLower(name)] {
		say("S8", "table name %q", name)
	}
	tableNames[strings.ToLower(table.attr("displayName"))] = true
	if len(table.all("autoFilter")) > 0 {
		say("W12", "the table has filter buttons")
	}
	for _, style := range table.all("tableStyleInfo") {
		if style.attr("name") != "" && style.yes("showRowStripes") {
			say("W13", "the table has stripes")
		}
	}

	explained := map[string]bool{}
	for row := 1; row < top; row++ {
		c, there := s.cells[[2]int{1, row}]
		if !there {
			say("S3", "row %d above the table is blank", row)
		}
		if m := explains.FindStringSubmatch(c.text); m != nil {
			explained[m[1]] = true
		}
		for column := 2; column <= s.columns; column++ {
			if _, there := s.cells[[2]int{column, row}]; there {
				say("S3", "row %d above the table has more than column A", row)
			}
		}
	}
	if !oneTable.MatchString(s.cells[[2]int{1, 2}].text) {
		say("S4", "A2 is %q", s.cells[[2]int{1, 2}].text)
	}

	formats, wrapped := cellFormats(styles)
	columns := table.all("tableColumn")
	headers, used := map[string]bool{}, map[string]bool{}
	for column := left; column <= right; column++ {
		header := s.cells[[2]int{column, top}]
		if header.text == "" || headers[strings.ToLower(header.text)] || column-left >= len(columns) ||
			columns[column-left].attr("name") != header.text {
			say("S9", "header %q of column %d", header.text, column)
		}
		headers[strings.ToLower(header.text)] = true
		if !wrapped[header.style] {
			say("S11", "the header of column %d is not wrapped", column)
		}
		numbers, texts, format := 0, 0, map[string]bool{}
		for row := top + 1; row <= bottom; row++ {
			c, there := s.cells[[2]int{column, row}]
			switch {
			case !there:
				say("S10", "column %d, row %d is blank", column, row)
			case c.numeric:
				numbers++
				format[formats[c.style]] = true
			case bracketed.MatchString(c.text):
				used[c.text] = true
			default:
				texts++
				if !wrapped[c.style] {
					say("S11", "column %d, row %d is not wrapped", column, row)
				}
			}
		}
		if numbers > 0 && texts > 0 {
			say("S13", "column %d has %d numbers and %d texts", column, numbers, texts)
		}
		for f := range format {
			if len(format) > 1 || f != "#,##0" && f != "0.0" && f != "#,##0.0" {
				say("S14", "column %d has the number format %q", column, f)
			}
		}
	}
	for mark := range used {
		if !explained[mark] {
			say("N4", "%s is not explained above the table", mark)
		}
		if !onCover[mark] {
			say("N4", "%s is not explained on the cover", mark)
		}
	}
	for mark := range explained {
		if !used[mark] {
			say("N4", "%s is explained and not used", mark)
		}
	}
	return append(problems, brokenWidths(s, top, bottom)...)
}

// brokenWidths finds columns too narrow for a word in them.
func brokenWidths(s worksheet, top, bottom int) (problems []string) {
	widths := map[int]float64{}
	for _, c := range s.xml.all("col") {
		from, _ := strconv.Atoi(c.attr("min"))
		to, _ := strconv.Atoi(c.attr("max"))
		for i := from; i <= to; i++ {
			widths[i], _ = strconv.ParseFloat(c.attr("width"), 64)
		}
	}
	for at, c := range s.cells {
		if at[1] < top || at[1] > bottom {
			continue
		}
		for _, word := range strings.Fields(c.text) {
			if float64(len([]rune(word))) > widths[at[0]] {
				problems = append(problems, fmt.Sprintf("S11: %s: %q does not fit into column %d", s.name, word, at[0]))
			}
		}
	}
	return problems
}

// cellFormats gives the number format and the wrapping of each cell format.
func cellFormats(styles element) (formats map[int]string, wrapped map[int]bool) {
	codes := map[string]string{"0": "General"}
	for _, n := range styles.all("numFmt") {
		codes[n.attr("numFmtId")] = n.attr("formatCode")
	}
	codes["3"] = "#,##0" // built in
	formats, wrapped = map[int]string{}, map[int]bool{}
	for _, xfs := range styles.all("cellXfs") {
		for i, xf := range xfs.Children {
			formats[i] = codes[xf.attr("numFmtId")]
			for _, a := range xf.all("alignment") {
				wrapped[i] = a.yes("wrapText")
			}
		}
	}
	return formats, wrapped
}
