package importing

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/text/encoding/charmap"

	"yousaid/surveys"
	"yousaid/surveys/bank"
	"yousaid/surveys/question"
)

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"  a \t b\n": "a b", "What?&nbsp &nbsp (Please": "What? (Please", "select&nbsp;one": "select one", "Queen&#039;s": "Queen's",
		"a\u00a0b\u200b": "a b",
		"R&D":            "R&D", "": "", "\ufeffName": "Name", "Caerdydd – ŵ": "Caerdydd – ŵ",
	} {
		if got := clean(in); got != want {
			t.Errorf("clean(%q) = %q, want %q", in, got, want)
		}
	}
	if fold("NEITHER  agree") != fold("neither Agree ") {
		t.Error("fold keeps capitals apart")
	}
}

func TestFigures(t *testing.T) {
	for _, c := range []struct {
		in, decimal, want string
		ok                bool
	}{
		{"2015.0", "", "2015", true}, {" £1,234.50 ", ".", "1234.50", true}, {"12 %", "", "12", true}, {"−3", "", "-3", true},
		{"+4", "", "4", true},
		{"1,5", "", "1,5", true}, {"1,5", ",", "1.5", true}, {"1.234,5", ",", "1234.5", true}, {"1.5", ",", "1.5", false},
		{"33.333333333333336", "", "33.3333333333", true}, {"10 000", "", "10000", true}, {"0.0", "", "0", true}, {"about 5", "", "about5", true},
	} {
		if got, ok := figures(c.in, c.decimal); got != c.want || ok != c.ok {
			t.Errorf("figures(%q, %q) = %q %v, want %q %v", c.in, c.decimal, got, ok, c.want, c.ok)
		}
	}
}

func TestDates(t *testing.T) {
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		in      string
		formats []string
		want    string // UTC, "" for refused
	}{
		{"5/2/2026 14:59", []string{"dmy hm"}, "2026-02-05T14:00"},
		{"05-02-26", []string{"dmy"}, "2026-02-05T00:00"},
		{"5.2.2026", []string{"dmy"}, "2026-02-05T00:00"},
		{"2/5/2026 2:59 PM", []string{"mdy hm"}, "2026-02-05T14:00"},
		{"2026-02-05", []string{"ymd"}, "2026-02-05T00:00"},
		{"13/1/2026", []string{"mdy"}, ""},
		{"13/1/2026", []string{"mdy", "dmy"}, "2026-01-13T00:00"},
		{"1 July 2026", []string{"dmy"}, "2026-06-30T23:00"},               // midnight in summer is 23:00 UTC
		{"29/03/2026 00:30", []string{"dmy hm"}, "2026-03-29T00:00"},       // the hour before the clocks go forward
		{"29/03/2026 02:30", []string{"dmy hm"}, "2026-03-29T01:00"},       // the hour after
		{"31/03/2026 10:00", []string{"dmy hm"}, "2026-03-31T09:00"},       // summer time
		{"25/10/2026 03:10", []string{"dmy hm"}, "2026-10-25T03:00"},       // winter time again
		{"2026-07-01T10:20:30+02:00", []string{"iso"}, "2026-07-01T08:00"}, // its own zone wins
		{"2026-07-01T10:20:30.123Z", []string{"iso"}, "2026-07-01T10:00"},
		{"2026-07-01 10:20", []string{"iso"}, "2026-07-01T09:00"},
		{"46054.5", []string{"excel"}, "2026-02-01T12:00"},
		{"46204", []string{"excel"}, "2026-06-30T23:00"},
		{"59", []string{"excel"}, ""},
		{"1e300", []string{"excel"}, ""},
		{"05.02.2026 14h59", []string{"02.01.2006 15h04"}, "2026-02-05T14:00"},
		{"soon", []string{"dmy", "iso", "excel"}, ""},
		{"31/02/2026", []string{"dmy"}, ""},
		{"5 Sept 2026", []string{"dmy"}, "2026-09-04T23:00"},
		{"5th of September, 2026", []string{"dmy"}, "2026-09-04T23:00"},
		{"Sept. 5th, 2026", []string{"mdy"}, "2026-09-04T23:00"},
		{"Thursday 5 February 2026", []string{"dmy"}, "2026-02-05T00:00"},
		{"Thu, 05 Feb 2026 14:59:12 GMT", []string{"dmy hms"}, "2026-02-05T14:00"},
		{"Dydd Iau 5ed Chwefror 2026", []string{"dmy"}, ""}, // "5ed" is no ordinal of these
		{"Dydd Mawrth 3 Mawrth 2026 am 14:59", []string{"dmy hm"}, "2026-03-03T14:00"},
		{"5 Chwefror 2026, 14.59", []string{"dmy hm"}, "2026-02-05T14:00"},
		{"05/02/2026 2:59 p.m.", []string{"dmy hm"}, "2026-02-05T14:00"},
		{"05/02/2026 2pm", []string{"dmy hm"}, "2026-02-05T14:00"},
		{"05/02/2026 12:05 am", []string{"dmy hm"}, "2026-02-05T00:00"},
		{"05/02/2026 14:59 am", []string{"dmy hm"}, ""},
		{"05.02.2026 14:59:12.123", []string{"dmy hms"}, "2026-02-05T14:00"},
		{"05.02.2026, 14.59.12", []string{"dmy hms"}, "2026-02-05T14:00"},
		{"5/2/26 2:59:12PM", []string{"dmy hms"}, "2026-02-05T14:00"},
		{"5 February 2026 at 14:59", []string{"dmy hm"}, "2026-02-05T14:00"},
		{"2026-07-01 10:20:30 BST", []string{"ymd hms"}, "2026-07-01T09:00"},
		{"2026-07-01 10:20:30 UTC", []string{"ymd hms"}, "2026-07-01T10:00"},
		{"2026-07-01 10:20:30 +0200", []string{"iso"}, "2026-07-01T08:00"},
		{"2026-07-01 10:20:30.5-05", []string{"iso"}, "2026-07-01T15:00"},
		{"2026-07-01 10:20:30 EST", []string{"ymd hms"}, ""},
		{"2026/07/01", []string{"iso"}, ""},
		{"2026-07-01 10:20:30 EST", []string{"2006-01-02 15:04:05 MST"}, ""},
		{"2026-07-01 10:20:30 BST", []string{"2006-01-02 15:04:05 MST"}, "2026-07-01T09:00"},
		{"46058,6243", []string{"excel"}, "2026-02-05T14:00"},
		{"5/2/2026 14:59", []string{"dmy"}, ""},
		{"5/2/2026", []string{"dmy hm"}, ""},
		{"0/2/2026", []string{"dmy"}, ""},
		{"5/13/2026", []string{"dmy"}, ""},
		{"5/2/026", []string{"dmy"}, ""},
	} {
		got, err := parseDate(c.in, c.formats, london)
		text := ""
		if err == nil {
			text = got.UTC().Format("2006-01-02T15:04")
			if got.Minute() != 0 || got.Second() != 0 {
				t.Errorf("%q is kept finer than the hour: %s", c.in, got)
			}
		}
		if text != c.want {
			t.Errorf("%q as %v = %q, want %q (%v)", c.in, c.formats, text, c.want, err)
		}
	}
}

// file writes a CSV for a test and gives its path.
func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "answers.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func mapping(t *testing.T, text string) Map {
	t.Helper()
	m, err := ParseMap([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func readAll(t *testing.T, path string, m Map) (*source, []row, error) {
	t.Helper()
	s, err := openSource(path, m)
	if err != nil {
		return nil, nil, err
	}
	t.Cleanup(s.close)
	var rows []row
	for {
		r, err := s.next()
		if errors.Is(err, io.EOF) {
			return s, rows, s.finished()
		}
		if err != nil {
			return s, rows, err
		}
		rows = append(rows, r)
	}
}

const least = "date: 2026-01-01\nquestions: {a: 1}\n"

func TestHeaders(t *testing.T) {
	text := "Export of 1 May,,,\nQ1. How was it?,\"Q2. Which?&nbsp\",,Q3\n,Bins, Roads ,\nresponse,x,x,x\n4,1,,no\n\n,,,\n5,,1,yes\n"
	for _, c := range []struct {
		yaml  string
		names []string
		lines []int
	}{
		{"header_rows: 3\nnames_from_row: 2\nskip_rows_after_header: 1\n", []string{"Q1. How was it?", "Q2. Which?", "", "Q3"}, []int{5, 8}},
		{"header_rows: 2\nnames_from_row: 2\n", []string{"Q1. How was it?", "Q2. Which?", "", "Q3"}, []int{3, 4, 5, 8}},
		{"header_rows: 3\nnames_from_row: 3\n", []string{"", "Bins", "Roads", ""}, []int{4, 5, 8}},
		{"header_rows: 3\nnames_from_row: joined\nskip_rows_after_header: 1\n",
			[]string{"Export of 1 May - Q1. How was it?", "Export of 1 May - Q2. Which? - Bins",
				"Export of 1 May - Q2. Which? - Roads", "Export of 1 May - Q3"}, []int{5, 8}},
	} {
		s, rows, err := readAll(t, file(t, text), mapping(t, c.yaml+least))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.names, s.names); diff != "" {
			t.Errorf("%s\n%s", c.yaml, diff)
		}
		var lines []int
		for _, r := range rows {
			lines = append(lines, r.line)
		}
		if diff := cmp.Diff(c.lines, lines); diff != "" {
			t.Errorf("%s lines\n%s", c.yaml, diff)
		}
	}
}

func TestEncodings(t *testing.T) {
	cp, err := charmap.Windows1252.NewEncoder().String("a\nCity’s café\n“x”\n")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, yaml, text, says, cell string }{
		{"utf-8", "", "a\nCity’s café\n", "", "City’s café"},
		{"a mark at the start", "", "\ufeffa\nŵ\n", "", "ŵ"},
		{"cp1252", "encoding: cp1252\n", cp, "", "City’s café"},
		{"latin-1", "encoding: latin-1\n", "a\ncaf\xe9\n", "", "café"},
		{"cp1252 taken for utf-8", "", cp, "line 2: there are bytes that are not UTF-8. They look like Windows-1252: set encoding: cp1252", ""},
		{"wrong bytes in a long cell", "", "a\n\"x\ny\n\x93z\"\n", "line 4:", ""},
		{"cp1252 taken for latin-1", "encoding: latin-1\n", cp, "line 2: there are bytes that are no characters in Latin-1", ""},
		{"utf-8 taken for cp1252", "encoding: cp1252\n", "a\nCity’s café\n", "the file is UTF-8", ""},
		{"utf-16", "", "\xff\xfea\x00\n\x00", "UTF-16", ""},
		{"a workbook", "", "PK\x03\x04....", "spreadsheet workbook", ""},
		{"a quote too many", "", "a\nx \"y\" z\n", "line 2: a quote mark", ""},
		{"a quote too many, allowed", "loose_quotes: true\n", "a\nx \"y\" z\n", "", `x "y" z`},
		{"a quote that never ends", "", "a\n\"" + strings.Repeat("x,\n", maxRecord/2), "quote mark (\") is probably missing", ""},
		{"no header", "", "", "the file ends before its header", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, rows, err := readAll(t, file(t, c.text), mapping(t, c.yaml+least))
			switch {
			case c.says == "" && err != nil:
				t.Error(err)
			case c.says == "" && rows[0].cells[0] != c.cell:
				t.Errorf("read %q", rows[0].cells[0])
			case c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)):
				t.Errorf("got %v, want %q", err, c.says)
			}
		})
	}
}

func TestIdentity(t *testing.T) {
	secret := []byte("one")
	keysOf := func(text, yaml string) (keys []string, reasons []string) {
		m := mapping(t, yaml+least)
		path := file(t, text)
		s, err := openSource(path, m)
		if err != nil {
			t.Fatal(err)
		}
		id := -1
		if m.RowID != nil {
			id = m.RowID.Number - 1
		}
		found, err := walk(context.Background(), s, id, m.RowPrefix)
		s.close()
		if err != nil {
			t.Fatal(err)
		}
		_, rows, err := readAll(t, path, m)
		if err != nil {
			t.Fatal(err)
		}
		k := keeper{secret: secret, rowID: id, twice: found.twice, seen: map[digest]sighting{}}
		for _, r := range rows {
			key, again, reason := k.key(r)
			if again {
				key = "again"
			}
			keys, reasons = append(keys, key), append(reasons, reason)
		}
		return keys, reasons
	}
	keys, _ := keysOf("h,h\na,b\na,b\nab,\n,ab\na,b\n", "")
	seen := map[string]bool{}
	for _, k := range keys {
		seen[k] = true
	}
	if len(seen) != 5 {
		t.Errorf("five people have the keys %v", keys)
	}
	later, _ := keysOf("h,h\nx,y\na,b\nab,\na,b\n", "")
	if later[1] != keys[0] || later[3] != keys[1] || later[2] != keys[2] {
		t.Error("the same rows have other keys in a longer file")
	}
	keys, reasons := keysOf("id,h\n1,a\n2,b\n 1 ,c\n2,b\n,d\n", "row_id: 1\n")
	if reasons[0] != "" || reasons[1] != "" || !strings.Contains(reasons[2], `"1" stands on line 2 already`) || keys[3] != "again" ||
		reasons[4] != "the row id is blank" {
		t.Errorf("keys %v reasons %q", keys, reasons)
	}
	// Whoever has the key and not the secret cannot try out ids: another program's key of the same id is another.
	secret = []byte("two")
	if other, _ := keysOf("id,h\n1,a\n", "row_id: 1\n"); other[0] == keys[0] {
		t.Errorf("the key %s of id 1 does not depend on the secret", other[0])
	}
	plainly, _ := keysOf("h,h\na,b\n", "")
	secret = []byte("three")
	if again, _ := keysOf("h,h\na,b\n", ""); again[0] == plainly[0] {
		t.Errorf("the key %s of a row does not depend on the secret", plainly[0])
	}
}

// asked is a small questionnaire with a question of every kind.
func asked() setting {
	five, one := 5.0, 1.0
	text := func(s string) question.Text { return question.Text{"en": s} }
	london, _ := time.LoadLocation("Europe/London")
	s := setting{zone: london, now: time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC),
		services: []place{{ID: 7, Slug: "bins", Words: []string{"Bins and recycling"}}}, points: []place{{ID: 8, Slug: "desk"}},
		channels: []choice{{code: "web", words: []string{"Website"}}},
		definition: surveys.Definition{Survey: "s", Pages: []surveys.Page{{Questions: []question.Question{
			{Code: "rating", Kind: question.Rating, Required: true, Text: text("r"), Options: []question.Option{
				{Code: "5", Score: &five, Satisfied: true, Text: question.Text{"en": "Very good", "cy": "Da iawn"}},
				{Code: "1", Score: &one, Text: text("Poor")}}},
			{Code: "reason", Kind: question.Choice, Text: text("r"),
				Options: []question.Option{{Code: "delay", Text: text("Delay")}, {Code: "staff", Text: text("Staff")}}},
			{Code: "topics", Kind: question.Several, Text: text("t"),
				Options: []question.Option{{Code: "b", Text: text("Bins")}, {Code: "a", Text: text("Roads")},
					{Code: "none", Exclusive: true, Text: text("None")}}},
			{Code: "again", Kind: question.YesNo, Text: text("y")},
			{Code: "visits", Kind: question.Number, Text: text("n"), Max: &five},
			{Code: "comment", Kind: question.LongTxt, Text: text("c"), MaxLength: 20},
		}}}, Equality: []string{"sex"}}}
	for _, q := range bank.Asked(s.definition.Equality) {
		s.equality = append(s.equality, q.As())
	}
	return s
}

func TestRows(t *testing.T) {
	const base = "date: 2026-01-02\n"
	for _, c := range []struct {
		name, yaml, header, row string
		want                    draft
		reason                  string
	}{
		{name: "codes and words", yaml: "questions: {rating: Q, reason: R}", header: "Q,R", row: "Very good,delay",
			want: draft{answers: `{"rating":"5","reason":"delay"}`}},
		{name: "another language", yaml: "questions: {rating: {column: Q, fold: true}}", header: "Q", row: "DA  IAWN",
			want: draft{answers: `{"rating":"5"}`}},
		{name: "values", yaml: "questions: {rating: {column: Q, values: {Grand: 5}, ignore: [N/A, '-']}}", header: "Q", row: "Grand",
			want: draft{answers: `{"rating":"5"}`}},
		{name: "ignored", yaml: "questions: {rating: {column: Q, values: {Grand: 5}, ignore: [N/A, '-']}}", header: "Q", row: "N/A",
			want: draft{answers: `{}`}},
		{name: "unknown value", yaml: "questions: {rating: {column: Q, values: {Grand: 5}}}", header: "Q", row: "grand",
			reason: `rating: "grand" in column "Q" is not one of the answers`},
		{name: "unknown counts as blank", yaml: "questions: {rating: {column: Q, values: {Grand: 5}, unknown: blank}}", header: "Q",
			row: "5", want: draft{answers: `{}`}},
		{name: "the exact text comes first", yaml: `questions: {reason: {column: Q, values: {"Never": delay, "Never ": staff}}}`,
			header: "Q", row: `"Never "`, want: draft{answers: `{"reason":"staff"}`}},
		{name: "neither exact text", yaml: `questions: {reason: {column: Q, values: {"Never": delay, "Never ": staff}}}`, header: "Q",
			row: `" Never"`, reason: "not one of the answers"},
		{name: "blank required", yaml: "questions: {rating: Q}", header: "Q,x", row: ",y", want: draft{answers: `{}`}},
		{name: "tick all", yaml: "questions: {topics: {columns: {a: 1, b: 2}}}", header: "x,y", row: "1,Yes",
			want: draft{answers: `{"topics":["b","a"]}`}},
		{name: "tick all by the option's words", yaml: "questions: {topics: {columns: {a: 1, b: 2}}}", header: "x,y",
			row: "roads,Not selected", want: draft{answers: `{"topics":["a"]}`}},
		{name: "no box ticked", yaml: "questions: {topics: {columns: {a: 1, b: 2}}}", header: "x,y,z", row: "0,,9", want: draft{answers: `{}`}},
		{name: "a tick nobody knows", yaml: "questions: {topics: {columns: {a: 1, b: 2}}}", header: "x,y", row: "maybe,1",
			reason: `"maybe" in column 1 does not say whether "a" is ticked`},
		{name: "own ticks", yaml: "questions: {topics: {columns: {a: 1, b: 2}, ticked: [J], ignore: [N]}}", header: "x,y", row: "J,N",
			want: draft{answers: `{"topics":["a"]}`}},
		{name: "any tick", yaml: "questions: {topics: {columns: {a: 1, b: 2}, ticked: any, ignore: NA}}", header: "x,y", row: "no,NA",
			want: draft{answers: `{"topics":["a"]}`}},
		{name: "an answer that stands alone", yaml: "questions: {topics: {columns: {a: 1, none: 2}}}", header: "x,y", row: "1,1",
			reason: "not both"},
		{name: "split", yaml: "questions: {topics: {column: Q, split: ;}}", header: "Q", row: "Roads; Bins;",
			want: draft{answers: `{"topics":["b","a"]}`}},
		{name: "split unknown", yaml: "questions: {topics: {column: Q, split: ;}}", header: "Q", row: "Roads;Parks", reason: `"Parks"`},
		{name: "yes and no", yaml: "questions: {again: {column: Q, fold: true}}", header: "Q", row: "YES",
			want: draft{answers: `{"again":"yes"}`}},
		{name: "a number", yaml: "questions: {visits: Q}", header: "Q", row: "£2.50", want: draft{answers: `{"visits":2.5}`}},
		{name: "a number in words", yaml: "questions: {visits: {column: Q, values: {none: 0}}}", header: "Q", row: "none",
			want: draft{answers: `{"visits":0}`}},
		{name: "a number too large", yaml: "questions: {visits: Q}", header: "Q", row: "6", reason: "number"},
		{name: "no number", yaml: "questions: {visits: Q}", header: "Q", row: "few", reason: `"few" in column "Q"`},
		{name: "no number, blank", yaml: "questions: {visits: {column: Q, unknown: blank}}", header: "Q", row: "few", want: draft{answers: `{}`}},
		{name: "a comment", yaml: "questions: {comment: Q}", header: "Q", row: `" =1+1 "`,
			want: draft{answers: `{}`, comments: []comment{{"comment", "=1+1"}}}},
		{name: "a comment too long", yaml: "questions: {comment: Q}", header: "Q", row: strings.Repeat("x", 21),
			want: draft{answers: `{}`, comments: []comment{{"comment", strings.Repeat("x", 21)}}}},
		{name: "a comment of a whole book", yaml: "questions: {rating: R, comment: Q}", header: "R,Q", row: "5," + strings.Repeat("ŵ", 5001),
			want: draft{answers: `{"rating":"5"}`, cut: true, comments: []comment{{"comment", strings.Repeat("ŵ", 4996) + " […]"}}}},
		{name: "a comment that is none", yaml: "questions: {comment: {column: Q, ignore: [None, n/a], fold: true}}", header: "Q,x",
			row: "NONE,1", want: draft{answers: `{}`}},
		{name: "equality", yaml: "equality: {sex: {column: Q, values: {F: female, M: male, '?': pns}}}", header: "Q", row: "?",
			want: draft{answers: `{}`, equality: `{"sex":"pns"}`}},
		{name: "equality unknown", yaml: "equality: {sex: {column: Q, values: {F: female}}}", header: "Q", row: "X", reason: `sex: "X"`},
		{name: "facts", yaml: "channel: {column: C, fold: true}\nservice: {column: S}\naccess_point: desk\nabout: {column: " +
			"A}\nlanguage: {column: L, values: {Welsh: cy}, otherwise: en}\nquestions: {rating: Q}",
			header: "Q,C,S,A,L", row: "5,website,Bins and recycling,Letter 7,Welsh",
			want: draft{answers: `{"rating":"5"}`, channel: "web", service: 7, point: 8, about: "Letter 7", language: "cy"}},
		{name: "mode follows channel", yaml: "channel: post\nquestions: {rating: Q}", header: "Q", row: "5",
			want: draft{answers: `{"rating":"5"}`, channel: "post", mode: "paper"}},
		{name: "unknown service", yaml: "service: {column: S}\nquestions: {rating: Q}", header: "Q,S", row: "5,Zoo",
			reason: `service: "Zoo" in column "S" is not known`},
		{name: "weight", yaml: "weight: {column: w}\nquestions: {rating: Q}", header: "Q,w", row: "5,0.5",
			want: draft{answers: `{"rating":"5"}`, weight: new(0.5)}},
		{name: "no weight", yaml: "weight: {column: w}\nquestions: {rating: Q}", header: "Q,w", row: "5,heavy", reason: `weight: "heavy"`},
		{name: "too few cells", yaml: "questions: {rating: Q}", header: "Q,x,y", row: ",z",
			reason: "the row has 2 cells, the header has 3, and there is no answer in it"},
		{name: "blank cells left out at the end", yaml: "questions: {rating: Q, comment: C}", header: "Q,x,C", row: "5",
			want: draft{answers: `{"rating":"5"}`}},
		{name: "a code with a point", yaml: "questions: {rating: Q}", header: "Q", row: "5.0", want: draft{answers: `{"rating":"5"}`}},
		{name: "a code with a decimal comma", yaml: "questions: {rating: Q}", header: "Q", row: `"5,0"`, want: draft{answers: `{"rating":"5"}`}},
		{name: "a code with a nought before it", yaml: "questions: {rating: Q}", header: "Q", row: "05", want: draft{answers: `{"rating":"5"}`}},
		{name: "a thousand is not one", yaml: "questions: {rating: Q}", header: "Q", row: `"1,000"`, reason: "not one of the answers"},
		{name: "a value with a point", yaml: "questions: {reason: {column: Q, values: {1: delay, 2: staff}}}", header: "Q", row: "2.0",
			want: draft{answers: `{"reason":"staff"}`}},
		{name: "a code with a point to be ignored", yaml: "questions: {rating: {column: Q, ignore: 99}}", header: "Q", row: "99.0",
			want: draft{answers: `{}`}},
		{name: "half a code", yaml: "questions: {rating: Q}", header: "Q", row: "1.5", reason: "not one of the answers"},
		{name: "yes as 1.0", yaml: "questions: {again: Q}", header: "Q", row: "1.0", want: draft{answers: `{"again":"yes"}`}},
		{name: "no as 0.0", yaml: "questions: {again: Q}", header: "Q", row: "0.0", want: draft{answers: `{"again":"no"}`}},
		{name: "no as FALSE", yaml: "questions: {again: Q}", header: "Q", row: "FALSE", want: draft{answers: `{"again":"no"}`}},
		{name: "ticks with points", yaml: "questions: {topics: {columns: {a: 1, b: 2}}}", header: "x,y", row: `1.0,"0,0"`,
			want: draft{answers: `{"topics":["a"]}`}},
		{name: "own ticks with points", yaml: "questions: {topics: {columns: {a: 1, b: 2}, ticked: 2, ignore: 1}}", header: "x,y",
			row: "2.0,1.0", want: draft{answers: `{"topics":["a"]}`}},
		{name: "a list in JSON", yaml: "questions: {topics: {column: Q, split: ;}}", header: "Q", row: `"[""Bins"",""Roads""]"`,
			want: draft{answers: `{"topics":["b","a"]}`}},
		{name: "a list in JSON without split", yaml: "questions: {topics: Q}", header: "Q", row: `"[""Bins""]"`,
			want: draft{answers: `{"topics":["b"]}`}},
		{name: "a separator in a value",
			yaml: `questions: {topics: {column: Q, split: ";", values: {"Bins; big": b, Bins: none, Roads: a}}}`, header: "Q",
			row: "Roads;Bins; big", want: draft{answers: `{"topics":["b","a"]}`}},
		{name: "a bar in a value", yaml: `questions: {topics: {column: Q, split: "|", values: {"Bins|big": b, Roads: a}}}`, header: "Q",
			row: "Bins|big|Roads", want: draft{answers: `{"topics":["b","a"]}`}},
		{name: "too many cells", yaml: "questions: {rating: Q}", header: "Q", row: "5,oops", reason: "the row has 2 cells"},
		{name: "NUL", yaml: "questions: {rating: Q}", header: "Q,x", row: "5,a\x00", reason: "NUL"},
		{name: "two reasons", yaml: "questions: {rating: Q, reason: R}", header: "Q,R", row: "9,x", reason: "not one of the answers; reason:"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := mapping(t, base+c.yaml)
			s, rows, err := readAll(t, file(t, c.header+"\n"+c.row+"\n"), m)
			if err != nil {
				t.Fatal(err)
			}
			p, err := fit(m, s.names, asked())
			if err != nil {
				t.Fatal(err)
			}
			d, reasons := p.read(rows[0])
			if reason := strings.Join(reasons, "; "); (c.reason == "") != (reason == "") || !strings.Contains(reason, c.reason) {
				t.Fatalf("reason %q, want %q", reason, c.reason)
			}
			if c.reason != "" {
				return
			}
			if c.want.mode == "" {
				c.want.mode = "online"
			}
			if c.want.language == "" {
				c.want.language = "en"
			}
			c.want.hour = time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
			if diff := cmp.Diff(c.want, d, cmp.AllowUnexported(draft{}, comment{}), cmpopts.IgnoreTypes(row{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDateCells(t *testing.T) {
	m := mapping(t, "date: {column: D, format: dmy hm, ignore: '-', otherwise: 2026-01-02}\nquestions: {rating: Q}")
	s, rows, err := readAll(t, file(t, "Q,D\n5,5/2/2026 14:59\n5,-\n5,2026\n5,5/2/2036 10:00\n"), m)
	if err != nil {
		t.Fatal(err)
	}
	p, err := fit(m, s.names, asked())
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"2026-02-05T14", "2026-01-02T00", "is not a date", "lies in the future"} {
		d, reasons := p.read(rows[i])
		if got := d.hour.Format("2006-01-02T15") + " " + strings.Join(reasons, ";"); !strings.Contains(got, want) {
			t.Errorf("row %d: %s, want %s", i, got, want)
		}
	}
}

// TestWhatDoesNotFit: every place of the mapping that the file or the survey does not have is told, with its line.
func TestWhatDoesNotFit(t *testing.T) {
	m := mapping(t, `date: 2026-01-01
channel: pigeon
service: zoo
language: {column: lang}
questions:
  rating: {column: q, values: {Good: 9}}
  nothing: Q
  visits: {columns: {a: Q}}
  comment: {column: Twice, values: {a: b}}
  topics: {columns: {x: Q}}
  reason: 40
equality:
  religion: Q
`)
	_, err := fit(m, []string{"Q", "Twice", "Twice", "Language"}, asked())
	if err == nil {
		t.Fatal("it fits")
	}
	for _, says := range []string{
		`line 2, column 10: there is no channel "pigeon"`, `line 3, column 10: there is no service "zoo"; there are: bins`,
		`line 4, column 20: there is no column called "lang"; column 4 is called "Language"`,
		`line 6, column 20: there is no column called "q"; column 1 is called "Q"`,
		`line 6, column 32: the question "rating" has no option "9"; it has: 5, 1`,
		`line 7, column 3: the survey has no question "nothing"`, `line 8, column 3: "visits" is a question of kind number`,
		`line 9, column 21: columns 2 and 3 are both called "Twice"`, `line 9, column 3: "comment" takes people's own words`,
		`has no option "x"`, `there is no column 40`,
		`line 13, column 3: the survey does not ask the equality question "religion"; it asks: sex`,
	} {
		if !strings.Contains(err.Error(), says) {
			t.Errorf("not told: %s", says)
		}
	}
	if t.Failed() {
		t.Log(err)
	}
}

func TestOnlyWhen(t *testing.T) {
	m := mapping(t, "date: 2026-01-01\nonly_when: {Status: [Complete, done], 3: ''}\nquestions: {rating: Q}")
	s, rows, err := readAll(t, file(t, "Q,Status,x\n5,COMPLETE,\n5,Done,y\n5,Partial,\n"), m)
	if err != nil {
		t.Fatal(err)
	}
	p, err := fit(m, s.names, asked())
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []bool{true, false, false} {
		if p.wanted(rows[i]) != want {
			t.Errorf("row %d: wanted %v", i, !want)
		}
	}
}

func TestRefusalsCanBePutRightAndReadAgain(t *testing.T) {
	path := file(t, "")
	m := mapping(t, "encoding: cp1252\ndelimiter: ;\nheader_rows: 2\nnames_from_row: 2\n"+least)
	f := refusals{path: refusedPath(path), m: m, head: [][]string{{"Title"}, {"Q", "café"}}, width: 2}
	for _, r := range []row{{line: 4, cells: []string{"=1+1", "x;y\n\"z\""}}, {line: 9, cells: []string{"a", "b", "c"}}} {
		if err := f.add(r, []string{"first", "second"}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(f.path); !errors.Is(err, os.ErrNotExist) {
		t.Error("half a list of refused rows is there")
	}
	if _, err := f.finish(); err != nil {
		t.Fatal(err)
	}
	s, rows, err := readAll(t, f.path, m)
	if err != nil {
		t.Fatal(err)
	}
	want := []row{{line: 3, cells: []string{"=1+1", "x;y\n\"z\"", "4", "first; second"}, found: 4},
		{line: 5, cells: []string{"a", "b", "9", "first; second", "c"}, found: 5}}
	if diff := cmp.Diff(want, rows, cmp.AllowUnexported(row{})); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"Q", "café", "refused_line", "refused_reason"}, s.names); diff != "" {
		t.Error(diff)
	}
	stray := filepath.Join(filepath.Dir(path), ".answers.refused.csv-123")
	if err := os.WriteFile(stray, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	none := refusals{path: f.path}
	none.sweep()
	if got, err := none.finish(); got != "" || err != nil {
		t.Error(got, err)
	}
	if _, err := os.Stat(f.path); !errors.Is(err, os.ErrNotExist) {
		t.Error("the list of an earlier run stayed though nothing was refused")
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}
