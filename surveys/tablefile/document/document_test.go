package document

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const hostile = "<script>alert(1)</script> & \"=cmd|' /C calc'!A0\" \x00\x1b\xff مرحبا ]]> ŵy"

func sample() Document {
	return Document{
		Title: "You said, we did", Organisation: "Testham Borough Council", Subject: "March 2026", Keywords: "feedback", Lang: "en-GB",
		Published: time.Date(2026, 4, 20, 9, 0, 0, 0, time.UTC),
		Parts: []Part{
			Heading{Level: 1, Text: "You said, we did"},
			Paragraph{Text: "What changed after feedback."},
			Heading{Level: 2, Text: hostile},
			Paragraph{Strong: "You said:", Text: "Bins are late.\nAgain."},
			Paragraph{Text: "Casglwyd y biniau.", Lang: "cy-GB"},
			Paragraph{Text: "Read on", Link: "https://example.org/?a=1&b=2"},
			Table{Caption: "Satisfaction", Headers: []string{"Channel", "People"}, Number: []bool{false, true},
				Rows: [][]string{{"Web", "31"}, {hostile, "[c]"}}},
		},
	}
}

func written(t *testing.T, d Document) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := WriteDOCX(&b, d); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// parts unpacks the file and reads every part as XML.
func parts(t *testing.T, file []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		for d := xml.NewDecoder(bytes.NewReader(body)); ; {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
		}
		all[f.Name] = string(body)
	}
	return all
}

func TestTheDocumentIsWellFormedAndSaysWhatItIs(t *testing.T) {
	t.Parallel()
	all := parts(t, written(t, sample()))
	for part, wants := range map[string][]string{
		"docProps/core.xml": {"<dc:title>You said, we did</dc:title>", "<dc:creator>Testham Borough Council</dc:creator>",
			"<dc:language>en-GB</dc:language>"},
		"word/styles.xml": {`w:val="heading 1"`, `w:val="heading 2"`, `<w:lang w:val="en-GB"`},
		"word/document.xml": {`<w:pStyle w:val="Heading1"/>`, `<w:pStyle w:val="Heading2"/>`, `<w:tblHeader/>`,
			`<w:tblCaption w:val="Satisfaction"/>`, `<w:lang w:val="cy-GB"/>`, `&lt;script&gt;`, `<w:br/>`},
		"word/_rels/document.xml.rels": {`Target="https://example.org/?a=1&amp;b=2" TargetMode="External"`},
	} {
		for _, want := range wants {
			if !strings.Contains(all[part], want) {
				t.Errorf("%s lacks %s", part, want)
			}
		}
	}
	if strings.Contains(all["word/document.xml"], "<script>") {
		t.Error("markup of a text is markup of the document")
	}
}

func TestTheSameDocumentGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	if !bytes.Equal(written(t, sample()), written(t, sample())) {
		t.Error("they differ")
	}
}

func TestWhatIsRefused(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Document){
		"no title":           func(d *Document) { d.Title = " " },
		"no organisation":    func(d *Document) { d.Organisation = "" },
		"no language":        func(d *Document) { d.Lang = "" },
		"no date":            func(d *Document) { d.Published = time.Time{} },
		"no heading":         func(d *Document) { d.Parts = d.Parts[1:2] },
		"a level left out":   func(d *Document) { d.Parts[2] = Heading{Level: 3, Text: "x"} },
		"a heading of blank": func(d *Document) { d.Parts[2] = Heading{Level: 2, Text: " "} },
		"no caption":         func(d *Document) { d.Parts[6] = Table{Headers: []string{"x"}} },
		"a short row": func(d *Document) {
			d.Parts[6] = Table{Caption: "x", Headers: []string{"x", "y"}, Rows: [][]string{{"1"}}}
		},
	} {
		d := sample()
		change(&d)
		for _, f := range formats {
			var b bytes.Buffer
			if err := f.Write(&b, d); !errors.Is(err, ErrDocument) || b.Len() > 0 {
				t.Errorf("%s: %v, %d bytes", name, err, b.Len())
			}
		}
	}
}

// LibreOffice, an independent reader, sees headings as headings and the table as a table.
func TestLibreOfficeOpensTheDocument(t *testing.T) {
	t.Parallel()
	soffice, err := exec.LookPath("soffice")
	if err != nil {
		t.Fatal("LibreOffice is not installed: run make test, which installs it")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "said.docx"), written(t, sample()), 0o600); err != nil {
		t.Fatal(err)
	}
	convert := exec.CommandContext(t.Context(), soffice, "-env:UserInstallation=file://"+filepath.Join(dir, "profile"), "--headless",
		"--convert-to", "html:HTML (StarWriter)", "--outdir", dir, filepath.Join(dir, "said.docx"))
	if out, err := convert.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	b, err := os.ReadFile(filepath.Join(dir, "said.html"))
	if err != nil {
		t.Fatal(err)
	}
	html := strings.Join(strings.Fields(string(b)), " ")
	for _, want := range []string{"<h1", "<h2", "You said, we did</h1>", "&lt;script&gt;", "<thead",
		"https://example.org/?a=1&amp;b=2", `lang="cy-GB"`} {
		if !strings.Contains(html, want) {
			t.Errorf("LibreOffice does not see %s", want)
		}
	}
	if t.Failed() {
		t.Log(html)
	}
}

// A table of many columns lies on its side: on an upright page the words of its heads would be broken.
func TestAWideTableLiesOnItsSide(t *testing.T) {
	for columns, side := range map[int]bool{2: false, manyColumns - 1: false, manyColumns: true, 12: true} {
		table := Table{Caption: "Figures", Headers: make([]string, columns), Rows: [][]string{make([]string, columns)}}
		for i := range columns {
			table.Headers[i], table.Rows[0][i] = fmt.Sprintf("Column %d", i), "1"
		}
		var file bytes.Buffer
		if err := WriteDOCX(&file, Document{Title: "Figures", Organisation: "Exampleshire", Lang: "en-GB", Published: time.Unix(0, 0),
			Parts: []Part{Heading{Level: 1, Text: "Figures"}, table}}); err != nil {
			t.Fatal(err)
		}
		z, err := zip.NewReader(bytes.NewReader(file.Bytes()), int64(file.Len()))
		if err != nil {
			t.Fatal(err)
		}
		f, err := z.Open("word/document.xml")
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(f)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(string(text), `w:orient="landscape"`); got != side {
			t.Errorf("%d columns: on its side %v, want %v", columns, got, side)
		}
	}
}
