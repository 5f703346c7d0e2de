package importing

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

const whole1 = `
encoding: cp1252
delimiter: ";"
loose_quotes: true
header_rows: 2
names_from_row: joined
skip_rows_after_header: 1
row_id: Respondent
only_when: {Status: [Complete, Done], 7: "1"}
value_lists:
  agree:
    fold: true
    ignore: N/A
    values: {Yes please: "5", 0-9: 4, 1.0: "1", true: t, null: n}
date: {column: When, format: [dmy hm, iso], otherwise: 2026-01-31}
language: {column: Lang, values: {English: en, Cymraeg: cy}, otherwise: en}
channel: telephone
mode: {column: 12, unknown: blank}
service: {column: Team}
access_point: desk
about: Letter 7
weight: {column: wt, name: age and sex}
questions:
  rating: {column: Overall, values: agree, ignore: ["-"]}
  reason: "2018"
  visits: 4
  topics: {columns: {a: A col, b: 9}, ticked: any}
  more: {column: More, split: ";"}
equality:
  sex: {column: Gender, values: {Male: male}}
`

func TestAWholeMapping(t *testing.T) {
	m, err := ParseMap([]byte(whole1))
	if err != nil {
		t.Fatal(err)
	}
	agree := []Meaning{{Text: "Yes please", Code: "5"}, {Text: "0-9", Code: "4"}, {Text: "1.0", Code: "1"}, {Text: "true", Code: "t"},
		{Text: "null", Code: "n"}}
	want := Map{
		Encoding: "cp1252", Delimiter: ';', LooseQuotes: true, HeaderRows: 2, NamesFromRow: 0, SkipRows: 1,
		RowID:    &Column{Name: "Respondent"},
		OnlyWhen: []Condition{{Column{Name: "Status"}, []string{"Complete", "Done"}}, {Column{Number: 7}, []string{"1"}}},
		Date:     Value{Column: &Column{Name: "When"}, Otherwise: "2026-01-31", Reading: Reading{Unknown: "refuse"}},
		Formats:  []string{"dmy hm", "iso"},
		Language: Value{Column: &Column{Name: "Lang"}, Otherwise: "en",
			Reading: Reading{Values: []Meaning{{Text: "English", Code: "en"}, {Text: "Cymraeg", Code: "cy"}}, Unknown: "refuse"}},
		Channel:     Value{Constant: "telephone"},
		Mode:        Value{Column: &Column{Number: 12}, Reading: Reading{Unknown: "blank"}},
		Service:     Value{Column: &Column{Name: "Team"}, Reading: Reading{Unknown: "refuse"}},
		AccessPoint: Value{Constant: "desk"},
		About:       Value{Constant: "Letter 7"},
		Weight:      &Column{Name: "wt"}, WeightName: "age and sex",
		Questions: []Answer{
			{Question: "rating", Column: &Column{Name: "Overall"},
				Reading: Reading{Values: agree, Fold: true, Ignore: []string{"-", "N/A"}, Unknown: "refuse", List: "agree"}},
			{Question: "reason", Column: &Column{Name: "2018"}, Reading: Reading{Unknown: "refuse"}},
			{Question: "visits", Column: &Column{Number: 4}, Reading: Reading{Unknown: "refuse"}},
			{Question: "topics", Ticks: []Tick{{Option: "a", Column: Column{Name: "A col"}}, {Option: "b", Column: Column{Number: 9}}},
				Any: true, Reading: Reading{Unknown: "refuse"}},
			{Question: "more", Column: &Column{Name: "More"}, Split: ";", Reading: Reading{Unknown: "refuse"}},
		},
		Equality: []Answer{{Question: "sex", Column: &Column{Name: "Gender"},
			Reading: Reading{Values: []Meaning{{Text: "Male", Code: "male"}}, Unknown: "refuse"}}},
	}
	sortTexts := cmpopts.SortSlices(func(a, b string) bool { return a < b })
	if diff := cmp.Diff(want, m, cmpopts.IgnoreTypes(Pos{}), sortTexts); diff != "" {
		t.Errorf("want -, got +\n%s", diff)
	}
	if at := m.Equality[0].At; at != (Pos{30, 3}) {
		t.Errorf("the equality question stands at %v", at)
	}
}

// shape says what the JSON Schema can see of a mistake; meaning is for the parser alone.
var mistakes = []struct {
	name, yaml, says string
	meaning          bool
}{
	{name: "empty", yaml: "", says: "empty"},
	{name: "a list", yaml: "- a", says: "keys and values"},
	{name: "no YAML", yaml: "a: [", says: "not YAML", meaning: true},
	{name: "unknown key", yaml: "date: 2026-01-01\nquestions: {a: b}\nrowid: 1\n",
		says: `line 3, column 1: "rowid" is not a key of a mapping`},
	{name: "unknown key inside", yaml: "date: 2026-01-01\nquestions:\n  a:\n    colum: b\n",
		says: `line 4, column 5: "colum" is not a key of a question`},
	{name: "twice", yaml: "date: 2026-01-01\ndate: 2026-01-02\nquestions: {a: b}",
		says: `line 2, column 1: "date" stands on line 1 already`, meaning: true},
	{name: "two documents", yaml: "date: 2026-01-01\nquestions: {a: b}\n---\na: b", says: "second document", meaning: true},
	{name: "no date", yaml: "questions: {a: b}", says: "when people answered"},
	{name: "date without format", yaml: "date: {column: d}\nquestions: {a: b}", says: "format"},
	{name: "date in no format", yaml: "date: {column: d, format: rubbish}\nquestions: {a: b}", says: "line 1, column 7", meaning: true},
	{name: "no questions", yaml: "date: 2026-01-01", says: "no question"},
	{name: "empty questions", yaml: "date: 2026-01-01\nquestions: {}", says: "questions is empty"},
	{name: "encoding", yaml: "encoding: utf-16\ndate: 2026-01-01\nquestions: {a: b}", says: "utf-8, cp1252, latin-1"},
	{name: "delimiter", yaml: "delimiter: x\ndate: 2026-01-01\nquestions: {a: b}", says: "line 1, column 12"},
	{name: "header rows", yaml: "header_rows: 0\ndate: 2026-01-01\nquestions: {a: b}", says: "from 1 to 20"},
	{name: "which header row", yaml: "header_rows: 2\ndate: 2026-01-01\nquestions: {a: b}", says: "names_from_row", meaning: true},
	{name: "header row that is not there", yaml: "header_rows: 2\nnames_from_row: 3\ndate: 2026-01-01\nquestions: {a: b}",
		says: "line 2, column 17", meaning: true},
	{name: "column nought", yaml: "date: 2026-01-01\nquestions: {a: 0}", says: "the first column is 1"},
	{name: "no column", yaml: "date: 2026-01-01\nquestions: {a: }", says: "a column is missing"},
	{name: "a column in a list", yaml: "date: 2026-01-01\nquestions: {a: {column: [b]}}", says: "one name, or one number"},
	{name: "neither column", yaml: "date: 2026-01-01\nquestions: {a: {fold: true}}", says: "needs column"},
	{name: "both columns", yaml: "date: 2026-01-01\nquestions: {a: {column: b, columns: {c: d}}}", says: "keep one"},
	{name: "values with ticks", yaml: "date: 2026-01-01\nquestions: {a: {columns: {c: d}, values: {x: y}}}", says: "use ticked"},
	{name: "ticked without ticks", yaml: "date: 2026-01-01\nquestions: {a: {column: c, ticked: any}}", says: "belongs to columns:"},
	{name: "fold", yaml: "date: 2026-01-01\nquestions: {a: {column: c, fold: maybe}}", says: "true or false"},
	{name: "unknown", yaml: "date: 2026-01-01\nquestions: {a: {column: c, unknown: guess}}", says: "refuse, blank"},
	{name: "value without code", yaml: "date: 2026-01-01\nquestions: {a: {column: c, values: {x: }}}", says: `the code that "x" stands for`},
	{name: "two codes when folded", yaml: "date: 2026-01-01\nquestions: {a: {column: c, fold: true, values: {x: a, X: b}}}",
		says: "stands for", meaning: true},
	{name: "list that is not there", yaml: "date: 2026-01-01\nquestions: {a: {column: c, values: agree}}",
		says: `no value list "agree"`, meaning: true},
	{name: "list without values", yaml: "value_lists: {agree: {fold: true}}\ndate: 2026-01-01\nquestions: {a: b}", says: "no values"},
	{name: "weight without column", yaml: "weight: {name: x}\ndate: 2026-01-01\nquestions: {a: b}", says: "weight needs a column"},
	{name: "channel empty", yaml: "channel: \ndate: 2026-01-01\nquestions: {a: b}", says: "channel is empty"},
	{name: "anchor", yaml: "date: &d 2026-01-01\nquestions: {a: b}", says: "line 1, column 7", meaning: true},
	{name: "tag", yaml: "date: !!str 2026-01-01\nquestions: {a: b}", says: "must stand in quotes", meaning: true},
	{name: "nested", yaml: "date: " + strings.Repeat("[", 5000) + "\n", says: "nested too deeply", meaning: true},
	{name: "no text", yaml: "date: 2026\x00-01-01\n", says: "characters that are no text", meaning: true},
}

func TestMistakesAreToldWithTheirPlace(t *testing.T) {
	for _, c := range mistakes {
		t.Run(c.name, func(t *testing.T) {
			_, err := ParseMap([]byte(c.yaml))
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want %q in it", err, c.says)
			}
		})
	}
}

// TestTheSchemaAgreesWithTheParser holds the published JSON Schema to the parser: what the one takes the other takes, what shape
// alone tells both refuse.
func TestTheSchemaAgreesWithTheParser(t *testing.T) {
	schema := mapSchema(t)
	valid := func(src []byte) error {
		j, err := yaml.YAMLToJSON(src)
		if err != nil {
			t.Fatal(err)
		}
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(string(j)))
		if err != nil {
			t.Fatal(err)
		}
		return schema.Validate(v)
	}
	for _, c := range mistakes {
		if c.meaning || c.yaml == "" {
			continue
		}
		if valid([]byte(c.yaml)) == nil {
			t.Errorf("%s: the schema takes what the parser refuses:\n%s", c.name, c.yaml)
		}
	}
	good := map[string][]byte{"whole": []byte(strings.NewReplacer("true: t, ", "", ", null: n", "").Replace(whole1))}
	files, err := filepath.Glob("testdata/*.map.yaml")
	if err != nil || len(files) < 3 {
		t.Fatalf("the examples are missing: %v %v", files, err)
	}
	for _, f := range files {
		if good[f], err = os.ReadFile(f); err != nil {
			t.Fatal(err)
		}
	}
	for name, src := range good {
		if _, err := ParseMap(src); err != nil {
			t.Errorf("%s: the parser refuses it: %v", name, err)
		}
		if err := valid(src); err != nil {
			t.Errorf("%s: the schema refuses it: %v", name, err)
		}
	}
}

func mapSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(Schema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("mapping.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("mapping.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// FuzzParseMap: any bytes give a mapping or an Error with a sentence, and never a crash.
func FuzzParseMap(f *testing.F) {
	f.Add([]byte(whole1))
	for _, c := range mistakes {
		f.Add([]byte(c.yaml))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		m, err := ParseMap(src)
		if err != nil {
			if strings.TrimSpace(err.Error()) == "" {
				t.Fatal("an error without words")
			}
			return
		}
		if !m.Date.given() || len(m.Questions)+len(m.Equality) == 0 || m.HeaderRows < 1 {
			t.Fatalf("a mapping without its parts was taken: %+v", m)
		}
	})
}
