package page

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"
	"time"
	"yousaid/static"
)

// Every field partial, as a staff page would use it.
func TestFieldsShowLabelHintProblemAndValue(t *testing.T) {
	files := fstest.MapFS{
		"pages/staff/form.html": {Data: []byte(`{{define "title"}}Form{{end}}{{define "main"}}{{template "problems" .Page}}<h1>Form</h1>
{{template "input" (field .Page "title" "Title" .Title | hint "As customers see it" | width 20 | autocomplete "off" | inputmode "text")}}
{{template "input" (field .Page "secret" "Password" "" | type "password" | autocomplete "current-password")}}
{{template "textarea" (field .Page "text" "Words" .Text | lines 3)}}
{{template "select" (field .Page "service" "Service" .Service | options .Services)}}
{{template "radios" (field .Page "channel" "Channel" .Service | options .Services | inline)}}
{{template "checkboxes" (field .Page "all" "All" "" | options .Services | size "m")}}
{{template "date" (field .Page "from" "From" "" | dated .From | hint "For example 27 3 2026")}}
{{template "table" .Table}}{{template "pager" .Pager}}{{end}}`)},
	}
	for _, name := range []string{"pages/staff/layout.html", "pages/partials/frame.html", "pages/partials/fields.html",
		"pages/partials/problems.html", "pages/partials/table.html", "locales/en.json"} {
		body, err := static.Files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: body}
	}
	set, err := loadAll(files, assets(t))
	if err != nil {
		t.Fatal(err)
	}
	type form struct {
		Page
		Title, Text, Service string
		Services             []Option
		From                 DateParts
		Table                Table
		Pager                Pager
	}
	p := set.In("en")
	p.Problems.Add("title", "Write a title")
	p.Problems.Add("from", "Enter a date that exists")
	body, err := set.RenderBytes(
		"staff/form",
		form{Page: p, Title: `A "title"`, Text: "a & b", Service: "bins", From: DateParts{"31", "2", "2026"},
			Services: []Option{{Value: "all", Text: "All"}, {Value: "bins", Text: "Bins", Hint: "Weekly"}, {Value: "none", Text: "None", Or: "or"}},
			Table: Table{
				Caption: "Ratings",
				Columns: []Column{{Text: "Channel"}, {Text: "n", Number: true}},
				Rows: [][]Cell{
					{{Text: "Web", Head: true, Href: "/web"}, {Text: "12", Number: true}},
					{{Text: "Post", Head: true}, {Text: "[c]", Spoken: "not shown", Muted: true}},
				},
				Note: "A note",
			},
			Pager: Pager{Older: "?before=7"}},
	)
	if err != nil {
		t.Fatal(err)
	}
	page := string(body)
	check(t, "form", "en", page)
	for _, want := range []string{
		`<title>Error: Form</title>`, `<a href="#title">Write a title</a>`,
		`<input class="govuk-input govuk-input--width-20 govuk-input--error" id="title" name="title" type="text" value="A &#34;title&#34;" ` +
			`autocomplete="off" inputmode="text" aria-describedby="title-hint title-error">`,
		`type="password" value="" autocomplete="current-password"`, ">\na &amp; b</textarea>", `<option value="bins" selected>Bins</option>`,
		`id="channel-2" name="channel" type="radio" value="bins" checked aria-describedby="channel-2-item-hint"`,
		`<div class="govuk-radios__divider">or</div>`,
		`id="all-3" name="all" type="checkbox"`, `id="from" name="from-day" type="text" inputmode="numeric" value="31"`, `id="from-error"`,
		`<th scope="row" class="govuk-table__header"><a class="govuk-link" href="/web">Web</a></th>`,
		`<span class="govuk-visually-hidden">not shown</span>`, `scope="col"`, `href="?before=7" rel="next"`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the form does not have %q in\n%s", want, page)
		}
	}
}

func TestDatesAreReadAsTyped(t *testing.T) {
	for _, c := range []struct{ day, month, year, want string }{
		{" 27 ", "3", "2026", "2026-03-27"},
		{"01.", "02", "2026", "2026-02-01"},
		{"31", "2", "2026", ""},
		{"1", "13", "2026", ""},
		{"1", "1", "26", ""},
		{"", "", "", ""},
		{"x", "1", "2026", ""},
	} {
		fields := url.Values{"from-day": {c.day}, "from-month": {c.month}, "from-year": {c.year}}
		d := DateFrom(fields.Get, "from")
		got, problem, ok := d.Time(time.UTC)
		if c.want == "" {
			if ok || problem.Key() == "" || !strings.HasPrefix(problem.String(), "Enter ") {
				t.Errorf("%v was read as %v, and the page says %q", c, got, problem)
			}
			continue
		}
		if !ok || got.Format(time.DateOnly) != c.want || DateOf(got).Empty() {
			t.Errorf("%v: %v, %q", c, got, problem)
		}
	}
	if !DateOf(time.Time{}).Empty() {
		t.Error("no date is shown as one")
	}
}

// A table that is wider than a sheet is printed in parts that are not: every figure once, below its heading and beside that of its row.
func TestWideTablesArePrintedInParts(t *testing.T) {
	wide := func(columns int) Table {
		t := Table{Caption: "Satisfied by age and service"}
		for c := range columns {
			t.Columns = append(t.Columns, Column{Text: fmt.Sprintf("column %d", c)})
		}
		for r := range 3 {
			row := []Cell{{Text: fmt.Sprintf("row %d", r), Head: true}}
			for c := 1; c < columns; c++ {
				row = append(row, Cell{Text: fmt.Sprintf("%d/%d", r, c)})
			}
			t.Rows = append(t.Rows, row)
		}
		return t
	}
	for _, columns := range []int{1, 2, columnsOnPaper, columnsOnPaper + 1, 30, 31, 32, 33, 500} {
		table := wide(columns)
		parts := table.OnPaper()
		if (parts != nil) != (columns > columnsOnPaper) {
			t.Errorf("%d columns are printed in %d parts", columns, len(parts))
		}
		seen := map[string]int{}
		for i, p := range parts {
			if len(p.Columns) > columnsOnPaper || len(p.Columns) < 2 || p.Columns[0].Text != "column 0" || p.Part != i+1 || p.Parts != len(parts) ||
				len(p.Rows) != len(table.Rows) {
				t.Fatalf("%d columns, part %d: %+v", columns, i, p)
			}
			for r, row := range p.Rows {
				if row[0].Text != fmt.Sprintf("row %d", r) || len(row) != len(p.Columns) {
					t.Fatalf("%d columns, part %d: a row of %+v", columns, i, row)
				}
				for c, cell := range row[1:] {
					if "column "+cell.Text != fmt.Sprintf("column %d/", r)+strings.TrimPrefix(p.Columns[c+1].Text, "column ") {
						t.Errorf("%s stands below %s", cell.Text, p.Columns[c+1].Text)
					}
					seen[cell.Text]++
				}
			}
		}
		if parts != nil && len(seen) != 3*(columns-1) {
			t.Errorf("%d columns: %d figures are printed", columns, len(seen))
		}
	}
	short := wide(30)
	short.Rows = append(short.Rows, []Cell{{Text: "none", Head: true}})
	for _, p := range short.OnPaper() {
		if len(p.Rows[3]) != len(p.Columns) {
			t.Errorf("a row without figures: %+v", p.Rows[3])
		}
	}
}
