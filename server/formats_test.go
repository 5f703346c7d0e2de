package server_test

import (
	"strings"
	"testing"

	"yousaid/surveys/tablefile"
)

// TestEveryFormatIsOffered: each format of the list stands on the pages that have what it holds, under a label of its own, and comes from
// the address that
// the page gives with its own type; a format that is not in the list comes from nowhere.
func TestEveryFormatIsOffered(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	const filters = "?survey=customer-satisfaction&by="
	results := w.get("viewer", "/staff/results"+filters+"channel").shows(t, 200)
	equality := w.get("equality", "/staff/equality"+filters+"sex").shows(t, 200)
	for _, f := range tablefile.Formats(tablefile.Format.HoldsTables) {
		label := f.Label[strings.LastIndex(f.Label, "|")+1:]
		for page, role := range map[*answer]string{&results: "viewer", &equality: "equality"} {
			address, by := "/staff/results/table", "channel"
			if role == "equality" {
				address, by = "/staff/equality/table", "sex"
			}
			if !strings.Contains(page.body, `href="`+address+f.Extension()+"?") || !strings.Contains(page.body, ">"+label+"<") {
				t.Errorf("%s has no link to a file of %s, or none with its label %q", role, f.Name, label)
			}
			file := w.get(role, address+f.Extension()+filters+by).shows(t, 200)
			if got := file.Header.Get("Content-Type"); got != f.MIME {
				t.Errorf("%s comes as %q, want %q", f.Name, got, f.MIME)
			}
			if !strings.HasSuffix(file.Header.Get("Content-Disposition"), f.Extension()) || file.body == "" {
				t.Errorf("%s comes as %q", f.Name, file.Header.Get("Content-Disposition"))
			}
		}
	}
	exports := w.get("consultation", "/staff/exports").shows(t, 200)
	for _, f := range tablefile.Formats(tablefile.Format.HoldsRows) {
		if !strings.Contains(exports.body, `value="`+f.Name+`"`) {
			t.Errorf("rows are not offered as %s", f.Name)
		}
	}
	w.get("viewer", "/staff/results/table.pdf"+filters+"channel").shows(t, 404)
	w.get("viewer", "/staff/results/table.json"+filters+"channel").shows(t, 404)
	w.get("equality", "/staff/equality/table.pdf"+filters+"sex").shows(t, 404)
}
