package surveys

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"yousaid/surveys/bank"
	"yousaid/surveys/question"
)

// small is the shortest questionnaire worth sending, with every key of the format in it.
const small = `survey: bins
title: {en: How did we do?, cy: Sut wnaethom ni?}
intro: {en: It takes 1 minute.}
not_reviewed: [cy]
pages:
  - title: {en: Your visit}
    questions:
      - code: rating
        kind: rating
        scale: two
        required: true
        text: {en: "Good, or bad?"}
        options:
          - {code: "1", score: 1.5, satisfied: true, text: {en: Good}}
          - {code: "0", score: -1, text: {en: Bad}}
          - {code: dont_know, dont_know: true, text: {en: Don't know}}
  - questions:
      - {code: topics, kind: several, text: {en: Which?}, hint: {en: Any}, ` +
	`options: [{code: a, text: {en: A}}, {code: none, exclusive: true, text: {en: None}}]}
      - {code: contact, kind: yesno, text: {en: Did you call?}}
      - {code: visits, kind: number, min: 0, max: 99.5, text: {en: How often?}}
      - {code: where, kind: short, bank: place, text: {en: Where?}}
      - code: comment
        kind: text
        max_length: 1200
        text:
          en: |
            Anything
            else?
equality: [age, disability]
`

func compiled(t testing.TB) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema(t)))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("urn:yousaid:questionnaire", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("urn:yousaid:questionnaire")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// bySchema tells what the schema says of a file.
func bySchema(s *jsonschema.Schema, src string) error {
	var tree any
	if err := yaml.Unmarshal([]byte(src), &tree); err != nil {
		return err
	}
	asJSON, err := json.Marshal(tree)
	if err != nil {
		return err
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(asJSON))
	if err != nil {
		return err
	}
	return s.Validate(doc)
}

func TestEveryTemplate(t *testing.T) {
	if want := []string{"access-channels", "customer-satisfaction", "good-average-poor"}; !slices.Equal(Templates(), want) {
		t.Fatalf("the templates are %v", Templates())
	}
	s := compiled(t)
	for _, name := range Templates() {
		t.Run(name, func(t *testing.T) {
			src, _ := bank.Template(name)
			d, err := Template(name)
			if err != nil {
				t.Fatal(err)
			}
			if err := bySchema(s, string(src)); err != nil {
				t.Errorf("the schema refuses it: %v", err)
			}
			if d.Survey != name {
				t.Errorf("it names itself %q", d.Survey)
			}
			first := d.Pages[0].Questions
			if len(first) != 1 || first[0].Kind != question.Rating || !first[0].Required {
				t.Error("the first page is not one rating")
			}
			for _, q := range d.Questions()[1:] {
				if q.Required {
					t.Errorf("%s is required: only the rating may be", q.Code)
				}
			}
			for _, text := range texts(d) {
				if text["en"] == "" || text["cy"] == "" {
					t.Errorf("not in both languages: %v", text)
				}
			}
			if again, err := ParseYAML(WriteYAML(d)); err != nil || !cmp.Equal(d, again) {
				t.Errorf("written and read again it differs: %v %s", err, cmp.Diff(d, again))
			}
		})
	}
	if _, err := Template("../../harmonised"); !errors.Is(err, ErrMissing) {
		t.Errorf("a template nobody made: %v", err)
	}
}

func texts(d Definition) []question.Text {
	all := []question.Text{d.Title}
	for _, p := range d.Pages {
		if len(p.Title) > 0 {
			all = append(all, p.Title)
		}
		for _, q := range p.Questions {
			all = append(all, q.Text)
			if len(q.Hint) > 0 {
				all = append(all, q.Hint)
			}
			for _, o := range q.Options {
				all = append(all, o.Text)
			}
		}
	}
	return all
}

func TestCustomerSatisfaction(t *testing.T) {
	d, err := Template("customer-satisfaction")
	if err != nil {
		t.Fatal(err)
	}
	rating, _ := d.Question("rating")
	var got []string
	for _, o := range rating.Options {
		got = append(got, fmt.Sprint(o.Code, "=", *o.Score, o.Satisfied))
	}
	if diff := cmp.Diff([]string{"5=5 true", "4=4 true", "3=3 false", "2=2 false", "1=1 false"}, got); diff != "" ||
		rating.Scale != "lga-satisfaction-5" {
		t.Error(diff, rating.Scale)
	}
	reason, _ := d.Question("reason")
	comment, _ := d.Question("comment")
	if reason.Kind != question.Choice || comment.Limit() != 1200 {
		t.Errorf("reason is %s, a comment may have %d characters", reason.Kind, comment.Limit())
	}
	if diff := cmp.Diff([]string{"age", "sex", "ethnic_group", "disability"}, d.Equality); diff != "" {
		t.Error(diff)
	}
	gap, _ := Template("good-average-poor")
	if reason, _ := gap.Question("reason"); len(reason.Options) != 4 {
		t.Errorf("good-average-poor has %d reasons, want four", len(reason.Options))
	}
}

func TestParseYAML(t *testing.T) {
	d, err := ParseYAML([]byte(small))
	if err != nil {
		t.Fatal(err)
	}
	if err := bySchema(compiled(t), small); err != nil {
		t.Error(err)
	}
	if q, _ := d.Question("comment"); q.Text["en"] != "Anything\nelse?" || q.MaxLength != 1200 {
		t.Errorf("the comment is %+v", q)
	}
	if q, _ := d.Question("visits"); *q.Max != 99.5 || *q.Min != 0 {
		t.Errorf("the number is %+v", q)
	}
	written := WriteYAML(d)
	again, err := ParseYAML(written)
	if err != nil {
		t.Fatalf("%v\n%s", err, written)
	}
	if diff := cmp.Diff(d, again); diff != "" {
		t.Error(diff)
	}
	if !bytes.Equal(written, WriteYAML(again)) {
		t.Error("the same questionnaire was written in two ways")
	}
	if windows, err := ParseYAML([]byte("\ufeff" + strings.ReplaceAll(small, "\n", "\r\n"))); err != nil || !cmp.Equal(d, windows) {
		t.Errorf("with a byte order mark and Windows line ends: %v %s", err, cmp.Diff(d, windows))
	}
}

// TestEveryKey notices a key that the types, the parser, the writer, the schema or the documentation does not know.
func TestEveryKey(t *testing.T) {
	var s struct {
		Properties map[string]any
		Defs       map[string]struct{ Properties map[string]any } `json:"$defs"`
	}
	if err := json.Unmarshal(schema(t), &s); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		of   any
		keys map[string]any
	}{{Definition{}, s.Properties}, {Page{}, s.Defs["page"].Properties}, {question.Question{}, s.Defs["question"].Properties},
		{question.Option{}, s.Defs["option"].Properties}} {
		typ := reflect.TypeOf(c.of)
		if typ.NumField() != len(c.keys) {
			t.Errorf("%v has %d fields, the schema %d", typ, typ.NumField(), len(c.keys))
		}
		for i := range typ.NumField() {
			key, _, _ := strings.Cut(typ.Field(i).Tag.Get("yaml"), ",")
			if c.keys[key] == nil {
				t.Errorf("the schema does not know %q", key)
			}
			if !strings.Contains(small, key+":") {
				t.Errorf("the sample does not try %q", key)
			}
		}
	}
	d, err := ParseYAML([]byte(small))
	if err != nil {
		t.Fatal(err)
	}
	written := string(WriteYAML(d))
	for _, line := range strings.FieldsFunc(small, func(r rune) bool { return strings.ContainsRune("\n{ ,", r) }) {
		if key, ok := strings.CutSuffix(line, ":"); ok && !strings.Contains(written, key+":") {
			t.Errorf("the writer left out %q", key)
		}
	}
	if asJSON, _ := json.Marshal(bank.IDs()); !strings.Contains(string(schema(t)), strings.ReplaceAll(string(asJSON), ",", ", ")) {
		t.Errorf("the schema does not list %s", asJSON)
	}
}

func TestRefuseYAML(t *testing.T) {
	change := func(from, to string) string {
		if !strings.Contains(small, from) {
			t.Fatalf("the sample has no %q", from)
		}
		return strings.Replace(small, from, to, 1)
	}
	s := compiled(t)
	for _, c := range []struct {
		name, src string
		line      int
		says      string
		schema    bool // the schema sees it too
	}{
		{"unknown key at the top", change("equality:", "equalities:"), 29, "“equalities” is not a key of the questionnaire", true},
		{"unknown key in a page", change("title: {en: Your visit}", "titel: {en: Your visit}"), 6, "“titel” is not a key of a page", true},
		{"unknown key in a question", change("required:", "requird:"), 11, "“requird” is not a key of a question", true},
		{"unknown key in an option", change("dont_know:", "dontknow:"), 16, "“dontknow” is not a key of an option", true},
		{"a key twice", change("scale: two", "kind: rating"), 10, "“kind” stands here twice", false},
		{"a language twice", change("cy: Sut wnaethom ni?", "en: Again"), 2, "“en” stands here twice", false},
		{"no title", change("title: {en: How did we do?, cy: Sut wnaethom ni?}\n", ""), 1, "There is no “title” in the questionnaire", true},
		{"no kind", change("        kind: rating\n", ""), 8, "There is no “kind” in a question", true},
		{"a code without quotes", change(`code: "1"`, "code: 1"), 14, `Put it in quotes: "1"`, true},
		{"a score in quotes", change("score: 1.5", `score: "1.5"`), 14, "“score” must be a number", true},
		{"truth in quotes", change("required: true", `required: "true"`), 11, "must be true or false", true},
		{"a text without language", change("text: {en: Where?}", "text: Where?"), 21, "must say its language", true},
		{"a text in no language", change("{en: Where?}", "{}"), 21, "must say its language", true},
		{"a language nobody knows", change("{en: Where?}", "{English: Where?}"), 21, "is not a language code", true},
		{"nothing where a text should be", change("{en: Where?}", "{en: }"), 21, "There is nothing here", true},
		{"a list where keys should be", change("{en: Where?}", "[Where?]"), 21, "must say its language", true},
		{"keys where a list should be", change("equality: [age, disability]", "equality: {age: true}"), 29, "must be a list", true},
		{"a text where a page should be", change("pages:\n", "pages:\n  - hello\n"), 6, "In place of a page there must be keys and values", true},
		{"an unknown kind", change("kind: short", "kind: slider"), 21, "“slider” is not a kind of question", true},
		{"a code twice", change("code: where", "code: rating"), 21, "“rating” is used by two questions", false},
		{"a reserved code", change("code: where", "code: token"), 21, "kept for the program", false},
		{"a code with capitals", change("code: where", "code: Where"), 21, "must be 1 to 41 small letters", true},
		{"an option twice", change(`code: "0"`, `code: "1"`), 15, "is used twice", false},
		{"no score", change("score: -1, ", ""), 15, "Give the answer “0” a score", false},
		{"a score on a choice of several", change("{code: a, ", "{code: a, score: 1, "), 18,
			"Only these kinds of question can have “score”: rating", true},
		{"too few options", change("{code: a, text: {en: A}}, ", ""), 18, "at least 2 answers", true},
		{"options on a number", change("min: 0,", "options: [{code: a, text: {en: A}}],"), 20, "has no list of answers", true},
		{"min without end", change("min: 0", "min: .inf"), 20, "“min” must be a number", true},
		{"a very large max", change("max: 99.5", "max: 10000000000000"), 20, "must be a number from", true},
		{"no length", change("max_length: 1200", "max_length: 0"), 24, "whole number from 1 to 5000", true},
		{"half a character", change("max_length: 1200", "max_length: 1.5"), 24, "whole number", true},
		{"an unknown characteristic", change("[age, disability]", "[age, height]"), 29, "“height” is not an equality characteristic", true},
		{"a characteristic twice", change("[age, disability]", "[age, age]"), 29, "listed twice", true},
		{"a short name with spaces", change("survey: bins", "survey: My bins"), 1, "short name “My bins”", true},
		{"every survey", change("survey: bins", "survey: all"), 1, "not be “all”", true},
		{"an anchor", change("title: {en: Your visit}", "title: &a {en: Your visit}"), 6, "Names for parts", false},
		{"an alias", change("title: {en: Your visit}", "title: *a"), 6, "Names for parts", false},
		{"a tag", change("title: {en: Your visit}", "title: !!str hello"), 6, "at the start of a value", false},
		{"a second document", small + "---\n" + small, 31, "a second questionnaire", false},
		{"a bracket left open", change("{en: Where?}", "{en: Where?"), 22, "cannot be read as YAML", false},
		{"nothing", "# nothing\n", 1, "The file is empty", false},
		{"a text", "hello", 1, "there must be keys and values", true},
		{"not UTF-8", "survey: bins\ntitle: {en: caf\xe9}\n", 2, "Save the file as UTF-8", false},
		{"NUL", "survey: bins\x00\n", 1, "is not text", false},
		{"nested without end", strings.Repeat("[", 100_000), 1, "nested too deeply", false},
		{"nested dashes", strings.Repeat("- ", 10_000), 1, "nested too deeply", false},
		{"too many keys", strings.Repeat("a: b\n", 50_000), 20_001, "too long", false},
		{"too large", strings.Repeat("#", MaxYAML+1), 1, "larger than 1 MB", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := ParseYAML([]byte(c.src))
			var all YAMLErrors
			if !errors.As(err, &all) {
				t.Fatalf("not refused: %v", err)
			}
			if !slices.ContainsFunc(all, func(e YAMLError) bool {
				return e.Line == c.line && strings.Contains(e.String(), c.says) && e.Column > 0
			}) {
				t.Errorf("want line %d: %s\n got %v", c.line, c.says, err)
			}
			if c.schema && bySchema(s, c.src) == nil {
				t.Error("the schema lets it through")
			}
		})
	}
}

func TestSayEverythingAtOnce(t *testing.T) {
	src := strings.NewReplacer("required:", "requird:", "score: -1", `score: "x"`, "kind: short", "kind: 5").Replace(small)
	_, err := ParseYAML([]byte(src))
	var lines []int
	var all YAMLErrors
	errors.As(err, &all)
	for _, e := range all {
		lines = append(lines, e.Line)
	}
	if diff := cmp.Diff([]int{11, 15, 21}, lines); diff != "" {
		t.Error(err, diff)
	}
}

// FuzzParseYAML: what is read passes Check and the schema, and survives being written and read again; nothing makes the program stumble.
func FuzzParseYAML(f *testing.F) {
	f.Add(small)
	for _, name := range Templates() {
		src, _ := bank.Template(name)
		f.Add(string(src))
	}
	for _, src := range []string{"", "a", "- a", "a: b: c", "{", "survey: [", "a: &a *a", "? a", "survey: \"\\u0000\"", "a: |\n b",
		"---\n...\n---", "\t", "<<: {a: b}",
		"survey: b\ntitle: {en: \"\\u2028 \\U0001F600\"}\npages: [{questions: [{code: a, kind: yesno, text: {en: \"'\"}}]}]"} {
		f.Add(src)
	}
	s := compiled(f)
	f.Fuzz(func(t *testing.T, src string) {
		d, err := ParseYAML([]byte(src))
		if err != nil {
			var all YAMLErrors
			if !errors.As(err, &all) || len(all) == 0 {
				t.Fatalf("an error without a place: %v", err)
			}
			return
		}
		if problems := d.Check(); len(problems) > 0 {
			t.Errorf("read in spite of %v", problems)
		}
		if err := bySchema(s, src); err != nil {
			t.Errorf("the parser reads what the schema refuses: %v", err)
		}
		again, err := ParseYAML(WriteYAML(d))
		if err != nil || !cmp.Equal(d, again) {
			t.Errorf("written and read again: %v %s", err, cmp.Diff(d, again))
		}
	})
}

func readSource(t testing.TB, name string) string {
	t.Helper()
	src, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(src)
}

// FuzzWriteYAML: whatever somebody writes in a text comes back as it was.
func FuzzWriteYAML(f *testing.F) {
	for _, s := range []string{"Yes", "no", "a: b", "- a", "# a", "\"", "'", "\\", "a\nb\n", " a ", "{{a}}", "\u2028\u00a0\ufeff", "😀",
		"0x10", "1_000", "~", "=", "<<", "!a", "&a", "*a", "%a", "@a", "`a`"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		text := question.Text{"en": s, "cy": "Ie"}
		d := Definition{Survey: "s", Title: text, Intro: text, Pages: []Page{{Title: text, Questions: []question.Question{
			{Code: "no", Kind: question.Choice, Text: text, Hint: text,
				Options: []question.Option{{Code: "y", Text: text}, {Code: "1", Text: text}}}}}}}
		if len(d.Check()) > 0 {
			return
		}
		again, err := ParseYAML(WriteYAML(d))
		if err != nil || !cmp.Equal(d, again) {
			t.Errorf("%q: %v %s\n%s", s, err, cmp.Diff(d, again), WriteYAML(d))
		}
	})
}
