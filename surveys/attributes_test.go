package surveys

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"yousaid/surveys/question"
)

// withAttribute is a well made question, without and with a value in one of its fields.
func withAttribute(t *testing.T, field reflect.StructField, key string) (without, given question.Question) {
	t.Helper()
	words := question.Text{"en": "What?"}
	without = question.Question{Code: "q", Kind: question.Short, Text: words}
	for _, k := range question.Kinds() {
		if k.Has(key) {
			without.Kind = k
			break
		}
	}
	if (question.Question{Kind: without.Kind}).Listed() {
		two, one := 2.0, 1.0
		without.Options = []question.Option{{Code: "a", Score: &two, Text: words}, {Code: "b", Score: &one, Text: words}}
	}
	given = without.Clone()
	at, three := reflect.ValueOf(&given).Elem().FieldByIndex(field.Index), 3.0
	switch at.Interface().(type) {
	case string:
		at.SetString("three")
	case int:
		at.SetInt(3)
	case bool:
		at.SetBool(true)
	case *float64:
		at.Set(reflect.ValueOf(&three))
	case question.Text:
		at.Set(reflect.ValueOf(question.Text{"en": "Three"}))
	default:
		t.Fatalf("question.Question.%s is of a type that this test has no value for: give it one", field.Name)
	}
	return without, given
}

// Every attribute of a question is written and read as YAML, merged, told as a difference, and known to the schema: a field that is
// forgotten in one of these is named.
func TestEveryAttributeOfAQuestion(t *testing.T) {
	t.Parallel()
	var file struct {
		Defs map[string]struct{ Properties map[string]any } `json:"$defs"`
	}
	if err := json.Unmarshal(schema(t), &file); err != nil {
		t.Fatal(err)
	}
	for _, field := range reflect.VisibleFields(reflect.TypeFor[question.Question]()) {
		key, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if key == "code" || key == "kind" || key == "options" { // never changed, and tested on their own
			continue
		}
		before, after := withAttribute(t, field, key)
		if problems := question.Check(after); len(problems) > 0 {
			t.Errorf("%s: %v", key, problems)
		}
		if file.Defs["question"].Properties[key] == nil {
			t.Errorf("%s: surveys/questionnaire.schema.json does not have it", key)
		}
		d := Definition{Survey: "s", Title: question.Text{"en": "S"}, Pages: []Page{{Questions: []question.Question{after}}}}
		written := WriteYAML(d)
		read, err := ParseYAML(written)
		if err != nil {
			t.Errorf("%s: what is written as YAML is not read (definition_yaml.go): %v", key, err)
		} else if got := read.Pages[0].Questions[0]; !reflect.DeepEqual(got, after) {
			t.Errorf("%s: written as YAML and read again it is %+v (write_yaml.go, definition_yaml.go)", key, got)
		}
		if key == "bank" { // where it was made from is never edited
			continue
		}
		if got := Merge(before, after, before); !reflect.DeepEqual(got, after) {
			t.Errorf("%s: a change is lost where two people edit (merge.go)", key)
		}
		if len(QuestionDifference(before, after)) == 0 {
			t.Errorf("%s: a change is not told (difference.go)", key)
		}
	}
}
