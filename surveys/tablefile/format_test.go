package tablefile

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"html"
	"io"
	"mime"
	"regexp"
	"strings"
	"testing"
	"time"

	"yousaid/surveys/tablefile/document"
)

// TestEveryFormat holds each format of the list to what it says of itself: it is named, labelled and typed, and what it writes is
// opened again, with nothing known of it but whether it is packed.
func TestEveryFormat(t *testing.T) {
	t.Parallel()
	names, labels := map[string]bool{}, map[string]bool{}
	for _, f := range formats {
		t.Run(f.Name, func(t *testing.T) {
			_, english, keyed := strings.Cut(f.Label, "|")
			if kind, _, err := mime.ParseMediaType(f.MIME); err != nil || !strings.Contains(kind, "/") {
				t.Errorf("%s has no MIME type: %q", f.Name, f.MIME)
			}
			if f.Label == "" || keyed && english == "" || labels[f.Label] {
				t.Errorf("%s has no label of its own: %q", f.Name, f.Label)
			}
			if !regexp.MustCompile(`^[a-z0-9]{1,16}$`).MatchString(f.Name) || names[f.Name] {
				t.Errorf("%q is no name of its own in small letters", f.Name)
			}
			names[f.Name], labels[f.Label] = true, true
			if f.Table == nil && f.Rows == nil && f.Document == nil && !f.Cells {
				t.Errorf("%s holds nothing: give it Table, Rows, Document or Cells", f.Name)
			}
			if got, ok := Of("/a/table." + f.Name); !ok || got.Name != f.Name {
				t.Errorf("%s is not found by the end of an address", f.Name)
			}
			for what, write := range f.written(t) {
				file := write()
				text := reopened(t, f, file)
				for _, want := range []string{"25 to 64", "ŵy & <b>", "1234"} {
					if !strings.Contains(strings.ReplaceAll(text, "1,234", "1234"), want) {
						t.Errorf("%s as %s: opened again, %q is not in it", what, f.Name, want)
					}
				}
			}
			if f.Table != nil && !f.Several {
				if err := f.Table(io.Discard, plain()); !errors.Is(err, ErrBook) {
					t.Errorf("%s: a book of three tables was written although it holds one: %v", f.Name, err)
				}
			}
		})
	}
	if _, ok := Of("table.pdf"); ok {
		t.Error("a format that is not there was found")
	}
}

// written writes the same content in each way that the format has.
func (f Format) written(t *testing.T) map[string]func() []byte {
	ways := map[string]func() []byte{}
	way := func(what string, write func(io.Writer) error) {
		ways[what] = func() []byte {
			var b bytes.Buffer
			if err := write(&b); err != nil {
				t.Fatalf("%s as %s: %v", what, f.Name, err)
			}
			return b.Bytes()
		}
	}
	if f.Table != nil {
		way("a table", func(to io.Writer) error {
			b := ratings(nil)
			b.Tables[0].Rows[2][0] = Text("ŵy & <b>")
			return f.Table(to, b)
		})
	}
	if f.Rows != nil {
		way("rows", func(to io.Writer) error {
			w, err := f.Rows(to, RowFile{Title: "Rows", Author: "Exampleshire", Cover: []string{"Rows."},
				Heads: []string{"who", "what", "n", "at"}, Rows: 2})
			if err != nil {
				return err
			}
			for _, row := range [][]RowCell{
				{RowText("25 to 64"), RowCode("05", 5), RowNumber(1234), RowHour(time.Unix(0, 0).UTC())}, {RowText("ŵy & <b>"), {}, RowNumber(1), {}},
			} {
				if err := w.Row(row); err != nil {
					return err
				}
			}
			return w.Close(2)
		})
	}
	if f.Document != nil {
		way("a document", func(to io.Writer) error {
			return f.Document(to, document.Document{Title: "Text", Organisation: "Exampleshire", Lang: "en-GB", Published: time.Unix(0, 0),
				Parts: []document.Part{
					document.Heading{Level: 1, Text: "25 to 64"}, document.Paragraph{Text: "ŵy & <b>"}, document.Paragraph{Text: "1234"},
				}})
		})
	}
	return ways
}

// reopened is all that a file says, with markup resolved. Parts of a packed file must be XML that can be read.
func reopened(t *testing.T, f Format, file []byte) string {
	t.Helper()
	if len(file) == 0 {
		t.Fatalf("%s wrote nothing", f.Name)
	}
	if !f.Packed {
		return html.UnescapeString(string(file))
	}
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatalf("%s says that it is packed: %v", f.Name, err)
	}
	var all strings.Builder
	for _, part := range z.File {
		r, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		r.Close()
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(part.Name, ".xml") && !strings.HasSuffix(part.Name, ".rels") {
			continue
		}
		d := xml.NewDecoder(bytes.NewReader(content))
		for {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %s cannot be read: %v", f.Name, part.Name, err)
			}
			if chars, ok := token.(xml.CharData); ok {
				all.Write(chars)
				all.WriteByte('\n')
			}
		}
	}
	return all.String()
}
