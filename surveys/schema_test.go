package surveys

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"yousaid/surveys/question"
)

var update = flag.Bool("update", false, "write what questionnaire.schema.json says of kinds anew, from surveys/question")

const schemaFile = "questionnaire.schema.json" // for editors that check while one types

func schema(t testing.TB) []byte { return []byte(readSource(t, schemaFile)) }

// TestTheSchemaFollowsTheKinds: which kinds and attributes there are, and which kind may have what, is said by surveys/question alone.
func TestTheSchemaFollowsTheKinds(t *testing.T) {
	is := string(schema(t))
	want := regexp.MustCompile(`"kind": \{"enum": \[.*\]\}`).ReplaceAllLiteralString(is, `"kind": {"enum": [`+kindsWith(always)+`]}`)
	want = regexp.MustCompile(`(?s)"allOf": \[.*?\n      \]`).ReplaceAllLiteralString(want, `"allOf": [`+rulesOfKinds()+"\n      ]")
	want = properties(t, want, "question", `"options": .*`, question.Attributes)
	want = properties(t, want, "option", `"code": .*`, question.OptionAttributes)
	follows(t, schemaFile, is, want)
}

// follows tells whether a file is as it should be, or writes it.
func follows(t *testing.T, file, is, want string) {
	t.Helper()
	if want == is {
		return
	}
	if !*update {
		t.Fatalf("%s says something else of kinds or attributes than surveys/question: run go test ./surveys -run %s -update", file, t.Name())
	}
	if err := os.WriteFile(file, []byte(want), 0o600); err != nil {
		t.Fatal(err)
	}
}

// properties puts the attributes behind the last property that every question or option has.
func properties[T any](t *testing.T, text, def, last string, list []question.Attribute[T]) string {
	t.Helper()
	lines := ""
	for _, a := range list {
		lines += ",\n        " + property(a)
	}
	block := regexp.MustCompile(`(?s)("` + def + `": \{\n.*?"properties": \{.*?\n        ` +
		strings.ReplaceAll(last, ".", "[^\n]") + `)\n.*?(\n      \})`)
	found := block.FindStringSubmatchIndex(text)
	if found == nil {
		t.Fatalf("%s has no properties of %s", schemaFile, def)
	}
	return text[:found[2]] + strings.TrimSuffix(text[found[2]:found[3]], ",") + lines + text[found[4]:]
}

func property[T any](a question.Attribute[T]) string {
	about, _ := json.Marshal(strings.ReplaceAll(aboutOf(a, ""), "`", ""))
	form := ""
	switch a.Of(new(T)).(type) {
	case *bool:
		form = `"type": "boolean"`
	case *string:
		form = `"$ref": "#/$defs/code"`
	case *question.Text:
		form = `"$ref": "#/$defs/text"`
	case *int:
		form = fmt.Sprintf(`"type": "integer", "minimum": %.0f, "maximum": %.0f`, a.Least, a.Most)
	case **float64:
		form = fmt.Sprintf(`"type": "number", "minimum": %.0f, "maximum": %.0f`, a.Least, a.Most)
	}
	return fmt.Sprintf(`"%s": {"description": %s, %s}`, a.Key, about, form)
}

// aboutOf says of an attribute which kinds have it, where not all do, and what it is: "short, text: the most characters".
func aboutOf[T any](a question.Attribute[T], mark string) string {
	if a.Every || a.About == "" {
		return a.About
	}
	var names []string
	for _, k := range question.Kinds() {
		if a.For(k) {
			names = append(names, mark+string(k)+mark)
		}
	}
	return strings.Join(names, ", ") + ": " + strings.ToLower(a.About[:1]) + a.About[1:]
}

func always(question.Kind) bool { return true }

func without(key string) func(question.Kind) bool {
	return func(k question.Kind) bool { return !k.Has(key) }
}

// kindsWith lists kinds as JSON.
func kindsWith(holds func(question.Kind) bool) string {
	var names []string
	for _, k := range question.Kinds() {
		if holds(k) {
			names = append(names, `"`+string(k)+`"`)
		}
	}
	return strings.Join(names, ", ")
}

// rulesOfKinds says what kinds must and may not have.
func rulesOfKinds() string {
	rules := []string{
		rule(func(k question.Kind) bool { return question.Question{Kind: k}.Listed() },
			`{"required": ["options"], "properties": {"options": {"minItems": 2}}}`),
		rule(without("options"), `{"properties": {"options": {"maxItems": 0}}}`),
	}
	for _, a := range question.Attributes {
		if !a.Every {
			rules = append(rules, rule(without(a.Key), `{"properties": {`+nothing(a)+`}}`))
		}
	}
	for _, a := range question.OptionAttributes {
		if !a.Every {
			rules = append(rules, rule(without(a.Key), `{"properties": {"options": {"items": {"properties": {`+nothing(a)+`}}}}}`))
		}
	}
	return strings.Join(rules, ",")
}

// nothing says that an attribute is not given: a mark may be false.
func nothing[T any](a question.Attribute[T]) string {
	if _, mark := a.Of(new(T)).(*bool); mark {
		return `"` + a.Key + `": {"const": false}`
	}
	return `"` + a.Key + `": false`
}

func rule(who func(question.Kind) bool, then string) string {
	return fmt.Sprintf(`
        {
          "if": {"properties": {"kind": {"enum": [%s]}}, "required": ["kind"]},
          "then": %s
        }`, kindsWith(who), then)
}
