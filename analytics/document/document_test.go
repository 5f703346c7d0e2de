package document

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

var sample = Document{Title: "You said, we did", Organisation: "Testham Council", Lang: "cy", Parts: []Part{
	Heading(2, "1. Bins & <b>roads</b>"), Text("=SUM(A1) \x00\x07\u202eŵy"), Of(Table{Caption: "Satisfied", Head: []string{"Service", "Answers"}, Rows: [][]string{{"Waste", "1,234"}, {"=cmd|' /C calc'!A0", "[c]"}}, Numbers: []bool{false, true}}),
	Heading(3, "More"), Text(""),
}}

func TestEveryPartOfAWordDocumentIsXML(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := WriteDOCX(&b, sample); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		d := xml.NewDecoder(r)
		for {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
		}
	}
}

// LibreOffice reads the Word document with its headings and its table, and the HTML as a spreadsheet.
func TestLibreOfficeOpensThem(t *testing.T) {
	t.Parallel()
	office, err := exec.LookPath("soffice")
	if err != nil {
		t.Fatal("LibreOffice is not there: run make test, which installs it")
	}
	dir := t.TempDir()
	convert := func(name, filter, to string, write func(io.Writer, Document) error) string {
		var b bytes.Buffer
		if err := write(&b, sample); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		args := []string{"-env:UserInstallation=file://" + filepath.Join(dir, "profile"), "--headless", filter, "--convert-to", to, "--outdir", dir, filepath.Join(dir, name)}
		if out, err := exec.CommandContext(t.Context(), office, args...).CombinedOutput(); err != nil {
			t.Fatalf("soffice: %v\n%s", err, out)
		}
		made, err := os.ReadFile(filepath.Join(dir, strings.TrimSuffix(name, filepath.Ext(name))+"."+strings.SplitN(to, ":", 2)[0]))
		if err != nil {
			t.Fatal(err)
		}
		return string(made)
	}
	page := convert("a.docx", "--writer", "html:XHTML Writer File:UTF8", WriteDOCX)
	for _, want := range []string{"<h1", "You said, we did", "<h2", "Bins &amp; &lt;b&gt;roads", "<h3", "<table", "1,234", "ŵy"} {
		if !strings.Contains(page, want) {
			t.Errorf("LibreOffice does not see %q in the Word document:\n%.3000s", want, page)
		}
	}
	sheet := convert("b.html", "--calc", "csv", WriteHTML)
	for _, want := range []string{"Service,Answers", "Waste", "[c]"} {
		if !strings.Contains(sheet, want) {
			t.Errorf("LibreOffice does not see %q in the HTML:\n%s", want, sheet)
		}
	}
}
