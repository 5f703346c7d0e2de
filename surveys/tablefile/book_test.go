package tablefile

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"html"
	"io"
	"io/fs"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
	"yousaid/surveys/wording"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

// ratings is a book as the results page would export it.
func ratings(in wording.Speaker) Book {
	return Book{
		Title: "Customer_satisfaction by age 2025-26", Organisation: "Exampleshire Council", Words: in, Period: "January to March 2026",
		Published: time.Date(2026, 4, 20, 9, 30, 0, 0, time.UTC),
		Source:    "Feedback links on the council's services.", Contact: "insight@example.gov.uk",
		Notes: []string{"Satisfied means very or fairly satisfied.", "People who preferred not to say are a group of their own."},
		Tables: []Sheet{{
			Name: "Satisfaction_by_age", Title: "Satisfaction by age",
			Intro: []string{"Only people who gave a rating are counted.", "Low and high are\nthe ends of a 95 percent interval."},
			Columns: []Column{
				{Header: "Age", Kind: TextColumn, Notes: []int{2}}, {Header: "Year", Kind: CodeColumn},
				{Header: "People", Kind: CountColumn}, {Header: "Mean rating", Unit: "1 to 5", Kind: MeanColumn},
				{Header: "Satisfied", Unit: "percent", Kind: PercentColumn, Notes: []int{1}},
				{Header: "Reliability", Kind: TextColumn},
			},
			Rows: [][]Cell{
				{Text("16 to 24"), Text("2026"), Short(Confidential), Short(Confidential), Short(Confidential), Short(Confidential)},
				{Text("25 to 64"), Text("2026"), Number(1234), Number(4.05), Number(72.5), Text("Base of 30 or more")},
				{Text("=SUM(A1:A9) & \"x\", <b>ŵy</b>"), Text("2026"), Number(12), Number(4), Number(66.7), Short(LowReliability)},
				{Text("Prefer not to say"), Text("2026"), Short(NotApplicable), Short(NotApplicable), Short(NotApplicable), Short(NotApplicable)},
				{Text("No answer"), Text("2026"), Number(0), Short(NotAvailable), Short(NotAvailable), Short(NotAvailable)},
			},
		}},
	}
}

// plain is the smallest book: no notes, no shorthand, several tables.
func plain() Book {
	b := ratings(nil)
	b.Notes, b.Source, b.Contact = nil, "", ""
	one := Sheet{Title: "People who answered", Columns: []Column{{Header: "Channel"}, {Header: "People", Kind: CountColumn}},
		Rows: [][]Cell{{Text("Online"), Number(31)}}}
	b.Tables = []Sheet{one, one, one}
	return b
}

func write(t *testing.T, format string, b Book) []byte {
	t.Helper()
	f, ok := Named(format, Format.HoldsTables)
	if !ok {
		t.Fatalf("no format %q", format)
	}
	var out bytes.Buffer
	if err := f.Table(&out, b); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestCellsReadBack writes the same book in formats that are read cell by cell, and reads them.
func TestCellsReadBack(t *testing.T) {
	reopen := map[string]func(*testing.T, []byte) [][]string{
		"csv": func(t *testing.T, file []byte) [][]string {
			rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(file, []byte("\ufeff")))).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range rows {
				for i := range row {
					row[i] = strings.TrimPrefix(row[i], "'")
				}
			}
			return rows
		},
		"xlsx": func(t *testing.T, file []byte) [][]string {
			f, err := excelize.OpenReader(bytes.NewReader(file))
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if got := f.GetSheetList(); !slices.Equal(got, []string{"Cover", "Notes", "Satisfaction_by_age"}) {
				t.Fatalf("worksheets %v", got)
			}
			rows, err := f.GetRows("Satisfaction_by_age", excelize.Options{RawCellValue: true})
			if err != nil {
				t.Fatal(err)
			}
			rows = rows[8:] // title, one table, two sentences, four shorthands
			for i := range rows[0] {
				rows[0][i] = strings.ReplaceAll(rows[0][i], "\n", " ")
			}
			return rows
		},
		"html": func(_ *testing.T, file []byte) [][]string {
			return rowsOf(string(file), "tr", "t[hd]", `(?s)<t[hd][^>]*>(.*?)</t[hd]>`)
		},
		"docx": func(t *testing.T, file []byte) [][]string {
			z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
			if err != nil {
				t.Fatal(err)
			}
			body, err := fs.ReadFile(z, "word/document.xml")
			if err != nil {
				t.Fatal(err)
			}
			rows := rowsOf(string(body), "w:tr", "w:tc", `<w:t [^>]*>(.*?)</w:t>`)
			for look, stored := range map[string]string{"1,234": "1234", "4.0": "4", "4.1": "4.05"} { // a document is read by people
				for _, row := range rows {
					for i := range row {
						if row[i] == look {
							row[i] = stored
						}
					}
				}
			}
			return rows
		},
	}
	want := [][]string{
		{"Age [note 2]", "Year", "People", "Mean rating (1 to 5)", "Satisfied (percent) [note 1]", "Reliability"},
		{"16 to 24", "2026", "[c]", "[c]", "[c]", "[c]"},
		{"25 to 64", "2026", "1234", "4.05", "72.5", "Base of 30 or more"},
		{"=SUM(A1:A9) & \"x\", <b>ŵy</b>", "2026", "12", "4", "66.7", "[u]"},
		{"Prefer not to say", "2026", "[z]", "[z]", "[z]", "[z]"},
		{"No answer", "2026", "0", "[x]", "[x]", "[x]"},
	}
	for name, open := range reopen {
		t.Run(name, func(t *testing.T) {
			file := write(t, name, ratings(wording.English))
			want := want
			if name == "csv" { // a single table for programs: its notes are elsewhere
				want = append([][]string{{"Age", "Year", "People", "Mean rating (1 to 5)", "Satisfied (percent)", "Reliability"}}, want[1:]...)
			}
			if diff := cmp.Diff(want, open(t, file)); diff != "" {
				t.Error(diff)
			}
		})
	}
	for _, f := range Formats(Format.HoldsTables) {
		if !bytes.Equal(write(t, f.Name, ratings(wording.English)), write(t, f.Name, ratings(wording.English))) {
			t.Errorf("the same book gives another file of %s", f.Name)
		}
	}
}

// rowsOf reads the rows of a table in markup; a defusing apostrophe is taken away.
func rowsOf(markup, row, cell, text string) (rows [][]string) {
	for _, r := range regexp.MustCompile(`(?s)<`+row+`>.*?</`+row+`>`).FindAllString(markup, -1) {
		var line []string
		for _, c := range regexp.MustCompile(`(?s)<`+cell+`[ >].*?</`+cell+`>`).FindAllString(r, -1) {
			line = append(line, strings.TrimPrefix(html.UnescapeString(regexp.MustCompile(text).FindStringSubmatch(c)[1]), "'"))
		}
		rows = append(rows, line)
	}
	return rows
}

func TestSpreadsheetRules(t *testing.T) {
	for name, b := range map[string]Book{"English": ratings(wording.English), "Welsh": ratings(inWelsh(t)), "plain": plain()} {
		p, err := unpack(write(t, "xlsx", b))
		if err != nil {
			t.Fatal(err)
		}
		for _, problem := range broken(p) {
			t.Errorf("%s: %s", name, problem)
		}
	}
}

// Every rule of the checker is seen to fail once on a package that breaks it.
func TestCheckerFindsBrokenRules(t *testing.T) {
	good, err := unpack(write(t, "xlsx", ratings(wording.English)))
	if err != nil {
		t.Fatal(err)
	}
	const core, book, styles = "docProps/core.xml", "xl/workbook.xml", "xl/styles.xml"
	const sheet, table, texts = "xl/worksheets/sheet3.xml", "xl/tables/table2.xml", "xl/sharedStrings.xml"
	for _, c := range []struct{ rule, part, old, new string }{
		{"W1", core, "<dc:title>", "<dc:title>my_"},
		{"W2", core, ">en-GB<", ">English<"},
		{"W3", core, "<dc:creator>Exampleshire Council", "<dc:creator>"},
		{"W3", core, "2026-04-20T09:30:00Z", "2006-09-16T00:00:00Z"},
		{"W4", book, `<workbookView `, `<workbookView activeTab="2" `},
		{"W4", sheet, `<sheetView `, `<sheetView topLeftCell="B9" `},
		{"W5", sheet, `</sheetData>`, `</sheetData><mergeCells><mergeCell ref="A1:B1"/></mergeCells>`},
		{"W6", sheet, `<c r="A1"`, `<c r="A90"`},
		{"W7", book, `name="Notes"`, `name="1 Notes"`},
		{"W8", sheet, `</row>`, `<c r="F99"><f>1+1</f></c></row>`},
		{"W9", sheet, `</sheetData>`, `</sheetData><headerFooter/>`},
		{"W11", sheet, `<row `, `<row hidden="1" `},
		{"W12", sheet, `<sheetView `, `<pane state="frozen"/><sheetView `},
		{"W12", table, `<tableColumns`, `<autoFilter ref="A9:F14"/><tableColumns`},
		{"W13", styles, `fillId="0"`, `fillId="2"`},
		{"W14", styles, `val="Arial"`, `val="Times"`},
		{"S1", styles, `builtinId="16"`, `builtinId="20"`},
		{"S3", sheet, `<c r="A3"`, `<c r="B3"`},
		{"S4", texts, `This worksheet contains`, `Here is`},
		{"S5", sheet, `</sheetData>`, `<row r="40"><c r="A40"><v>1</v></c></row></sheetData>`},
		{"S6", table, `ref="A9:F14"`, `ref="B9:F14"`},
		{"S7", table, `<table `, `<table headerRowCount="0" `},
		{"S8", table, `displayName="Satisfaction_by_age_figures"`, `displayName="Table2"`},
		{"S9", table, `name="Year"`, `name="Years"`},
		{"S10", sheet, `<c r="B11"`, `<c r="B1"`},
		{"S11", styles, `wrapText="true"`, `wrapText="false"`},
		{"S13", texts, `[c]<`, `below 10<`},
		{"S14", styles, `formatCode="0.0"`, `formatCode="General"`},
		{"N4", texts, `[x] means`, `(x) means`},
	} {
		bad := parts{}
		for name, content := range good {
			bad[name] = content
		}
		if bad[c.part] = strings.ReplaceAll(bad[c.part], c.old, c.new); bad[c.part] == good[c.part] {
			t.Errorf("%s: %q is not in %s", c.rule, c.old, c.part)
			continue
		}
		if !slices.ContainsFunc(broken(bad), func(p string) bool { return strings.HasPrefix(p, c.rule+":") }) {
			t.Errorf("%s: %q instead of %q in %s is not found; found %v", c.rule, c.new, c.old, c.part, broken(bad))
		}
	}
}

// LibreOffice, an independent reader, opens the spreadsheet and shows the same table.
func TestLibreOfficeOpensTheSpreadsheet(t *testing.T) {
	soffice, err := exec.LookPath("soffice")
	if err != nil {
		t.Fatal("LibreOffice is not installed: run make test, which installs it")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "book.xlsx"), write(t, "xlsx", ratings(wording.English)), 0o600); err != nil {
		t.Fatal(err)
	}
	convert := exec.CommandContext(t.Context(), soffice, "-env:UserInstallation=file://"+filepath.Join(dir, "profile"), "--headless",
		"--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false,false,-1", "--outdir", dir,
		filepath.Join(dir, "book.xlsx"))
	if out, err := convert.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	read := func(sheet string) [][]string {
		file, err := os.Open(filepath.Join(dir, "book-"+sheet+".csv"))
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		r := csv.NewReader(file)
		r.FieldsPerRecord = -1
		rows, err := r.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	want := [][]string{ // as shown, with the number formats applied
		{"Age\n[note 2]", "Year", "People", "Mean rating\n(1 to 5)", "Satisfied\n(percent)\n[note 1]", "Reliability"},
		{"16 to 24", "2026", "[c]", "[c]", "[c]", "[c]"},
		{"25 to 64", "2026", "1,234", "4.1", "72.5", "Base of 30 or more"},
		{"=SUM(A1:A9) & \"x\", <b>ŵy</b>", "2026", "12", "4.0", "66.7", "[u]"},
		{"Prefer not to say", "2026", "[z]", "[z]", "[z]", "[z]"},
		{"No answer", "2026", "0", "[x]", "[x]", "[x]"},
	}
	rows := read("Satisfaction_by_age")
	if diff := cmp.Diff(want, rows[8:]); diff != "" {
		t.Error(diff)
	}
	if rows[0][0] != "Satisfaction by age, Exampleshire Council, January to March 2026" {
		t.Errorf("title %q", rows[0][0])
	}
	if cover := read("Cover"); cover[0][0] != "Customer_satisfaction by age 2025-26" {
		t.Errorf("cover %v", cover)
	}
	if notes := read("Notes"); !slices.Equal(notes[3], []string{"note 1", "Satisfied means very or fairly satisfied."}) {
		t.Errorf("notes %v", notes)
	}
}

// LibreOffice Calc opens the page with one table as a sheet: figures are numbers and no text is a formula.
func TestLibreOfficeOpensThePageAsASheet(t *testing.T) {
	soffice, err := exec.LookPath("soffice")
	if err != nil {
		t.Fatal("LibreOffice is not installed: run make test, which installs it")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "book.html"), write(t, "html", ratings(wording.English)), 0o600); err != nil {
		t.Fatal(err)
	}
	convert := exec.CommandContext(t.Context(), soffice, "-env:UserInstallation=file://"+filepath.Join(dir, "profile"), "--headless",
		"--infilter=HTML (StarCalc)",
		"--convert-to", "ods", "--outdir", dir, filepath.Join(dir, "book.html"))
	if out, err := convert.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	z, err := zip.OpenReader(filepath.Join(dir, "book.ods"))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	body, err := fs.ReadFile(z, "content.xml")
	if err != nil {
		t.Fatal(err)
	}
	sheet := string(body)
	for _, want := range []string{`office:value="1234"`, `office:value="4.05"`, `office:value="72.5"`, `[c]`, `SUM(A1:A9)`, `ŵy`} {
		if !strings.Contains(sheet, want) {
			t.Errorf("the sheet lacks %s", want)
		}
	}
	if first := regexp.MustCompile(`<text:p>(.*?)</text:p>`).FindStringSubmatch(sheet); first == nil || !strings.HasPrefix(first[1], "Age") {
		t.Errorf("the first cell holds %q: nothing may stand above the headers", first)
	}
	if strings.Contains(sheet, "table:formula") {
		t.Error("a text became a formula")
	}
	if n := strings.Count(sheet, "<table:table "); n != 1 {
		t.Errorf("%d sheets", n)
	}
}

func TestCSVIsDefused(t *testing.T) {
	b := plain()
	b.Tables = b.Tables[:1]
	var cells [][]Cell
	for _, s := range []string{"=1+1", "+44 20", "-5", "@SUM", "\tx", "\rx", " =1", "＝1", "＋1", "－1", "＠x", "a=b", "it's", "ŵ", "two\nlines"} {
		cells = append(cells, []Cell{Text(s), Number(-5)})
	}
	b.Tables[0].Rows = cells
	b.Tables[0].Columns[0].Header = "=Channel"
	file := string(write(t, "csv", b))
	want := "\ufeff'=Channel,People\r\n'=1+1,-5\r\n'+44 20,-5\r\n-5,-5\r\n'@SUM,-5\r\n'\tx,-5\r\n\"'\r\nx\",-5\r\n' " +
		"=1,-5\r\n'＝1,-5\r\n'＋1,-5\r\n'－1,-5\r\n'＠x,-5\r\na=b,-5\r\nit's,-5\r\nŵ,-5\r\n\"two\r\nlines\",-5\r\n"
	if diff := cmp.Diff(want, file); diff != "" {
		t.Error(diff)
	}
	if !utf8.ValidString(file) {
		t.Error("not UTF-8")
	}
}

func TestWhatIsRefused(t *testing.T) {
	for name, change := range map[string]func(*Book){
		"no title":                  func(b *Book) { b.Title = " " },
		"no organisation":           func(b *Book) { b.Organisation = "" },
		"no period":                 func(b *Book) { b.Period = "" },
		"no date":                   func(b *Book) { b.Published = time.Time{} },
		"no table":                  func(b *Book) { b.Tables = nil },
		"an empty note":             func(b *Book) { b.Notes[0] = "\n" },
		"a name with a space":       func(b *Book) { b.Tables[0].Name = "Table 1" },
		"the name of the cover":     func(b *Book) { b.Tables[0].Name = "cover" },
		"a name twice":              func(b *Book) { b.Tables = append(b.Tables, b.Tables[0]) },
		"a table without title":     func(b *Book) { b.Tables[0].Title = "" },
		"no rows":                   func(b *Book) { b.Tables[0].Rows = nil },
		"no columns":                func(b *Book) { b.Tables[0].Columns, b.Tables[0].Rows = nil, [][]Cell{{}} },
		"a header twice":            func(b *Book) { b.Tables[0].Columns[1] = Column{Header: "PEOPLE"} },
		"an empty header":           func(b *Book) { b.Tables[0].Columns[1].Header = "" },
		"a cell too few":            func(b *Book) { b.Tables[0].Rows[0] = b.Tables[0].Rows[0][1:] },
		"a blank cell":              func(b *Book) { b.Tables[0].Rows[0][0] = Cell{} },
		"a number among words":      func(b *Book) { b.Tables[0].Rows[0][0] = Number(1) },
		"words among numbers":       func(b *Book) { b.Tables[0].Rows[0][2] = Text("12*") },
		"no number":                 func(b *Book) { b.Tables[0].Rows[0][2] = Number(math.NaN()) },
		"a shorthand not explained": func(b *Book) { b.Tables[0].Rows[0][2] = Short("[q]") },
		"a note that is not there":  func(b *Book) { b.Tables[0].Columns[0].Notes = []int{3} },
		"a note named in a title":   func(b *Book) { b.Tables[0].Title = "Ratings [note 9]" },
		"a text too long":           func(b *Book) { b.Tables[0].Rows[0][0] = Text(strings.Repeat("x", 40000)) },
	} {
		b := ratings(wording.English)
		change(&b)
		for _, f := range Formats(Format.HoldsTables) {
			var out bytes.Buffer
			if err := f.Table(&out, b); !errors.Is(err, ErrBook) || out.Len() > 0 {
				t.Errorf("%s as %s: %v, %d bytes written", name, f.Name, err, out.Len())
			}
		}
	}
	if err := WriteCSV(io.Discard, plain()); !errors.Is(err, ErrBook) {
		t.Errorf("three tables in one CSV: %v", err)
	}
}

func TestWritingDoesNotChangeTheBook(t *testing.T) {
	b := ratings(wording.English)
	write(t, "xlsx", b)
	write(t, "csv", b)
	if diff := cmp.Diff(ratings(wording.English), b, cmp.AllowUnexported(Cell{}, Column{})); diff != "" {
		t.Error(diff)
	}
}

func TestTextsThatNoFileCanHold(t *testing.T) {
	b := plain()
	b.Tables = b.Tables[:1]
	b.Tables[0].Rows[0][0] = Text("a\x00b\x1bc\xff]]>_x000D_&amp;")
	want := "abc\uFFFD]]>_x000D_&amp;"
	f, err := excelize.OpenReader(bytes.NewReader(write(t, "xlsx", b)))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got, _ := f.GetCellValue("Table_1", "A4"); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if file := string(write(t, "csv", b)); !strings.Contains(file, want) {
		t.Errorf("%q", file)
	}
}

// TestDates: a date is a date in a workbook, which can be sorted and grouped by month, and a text elsewhere.
func TestDates(t *testing.T) {
	b := plain()
	b.Tables = b.Tables[:1]
	b.Tables[0].Columns = []Column{{Header: "Published", Kind: DateColumn}, {Header: "People", Kind: CountColumn}}
	summer := time.FixedZone("BST", 3600)
	b.Tables[0].Rows = [][]Cell{{Day(time.Date(2026, 3, 31, 0, 0, 0, 0, summer)), Number(4)}, {Text("none"), Number(5)}}
	f, err := excelize.OpenReader(bytes.NewReader(write(t, "xlsx", b)))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sheet := f.GetSheetList()[len(f.GetSheetList())-1]
	rows, err := f.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	at := fmt.Sprintf("A%d", len(rows)-1)
	raw, err := f.GetCellValue(sheet, at, excelize.Options{RawCellValue: true})
	if err != nil || raw != "46112" {
		t.Errorf("the date is %q in the file, %v", raw, err)
	}
	if kind, err := f.GetCellType(sheet, at); err != nil || kind == excelize.CellTypeSharedString || kind == excelize.CellTypeInlineString {
		t.Errorf("the date is of the type %v, %v", kind, err)
	}
	if shown, err := f.GetCellValue(sheet, at); err != nil || shown != "31 Mar 2026" {
		t.Errorf("the date is shown as %q, %v", shown, err)
	}
	if file := string(write(t, "csv", b)); !strings.Contains(file, "\r\n2026-03-31,4\r\n") {
		t.Errorf("%q", file)
	}
	b.Tables[0].Columns[0].Kind = TextColumn
	if err := WriteXLSX(io.Discard, b); !errors.Is(err, ErrBook) {
		t.Errorf("a date in a column of words: %v", err)
	}
}

// TestNotesComeWithTheTable: a file that marks notes has them, in the words of its language.
func TestNotesComeWithTheTable(t *testing.T) {
	for marker, in := range map[string]wording.Speaker{"note": wording.English, "nodyn": inWelsh(t)} {
		b := ratings(in)
		file := html.UnescapeString(string(write(t, "html", b)))
		for i, n := range b.Notes {
			if want := fmt.Sprintf("<p>[%s %d] %s</p>", marker, i+1, n); !strings.Contains(file, want) {
				t.Errorf("HTML lacks %q: %s", want, file)
			}
		}
		for _, s := range append(b.Tables[0].Intro, wordsOf(in).explained(b.Tables[0])...) {
			if s = line(s); !strings.Contains(file, "<p>"+s+"</p>") {
				t.Errorf("HTML lacks %q: %s", s, file)
			}
		}
		b.Tables[0].Title += " [" + marker + " 9]"
		if err := WriteHTML(io.Discard, b); !errors.Is(err, ErrBook) {
			t.Errorf("a title may refer to note 9 of %d: %v", len(b.Notes), err)
		}
	}
}
