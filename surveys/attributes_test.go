package surveys

import (
	"reflect"
	"slices"
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

// Every field of a question and of an option is an attribute in the list, but what every one has and no list can say: it is written and
// read as YAML, merged, told as a difference, and known to the schema by that.
func TestEveryAttributeIsInTheList(t *testing.T) {
	t.Parallel()
	inList(t, question.Attributes, "code", "kind", "options")
	inList(t, question.OptionAttributes, "code")
}

func inList[T any](t *testing.T, list []question.Attribute[T], explicit ...string) {
	t.Helper()
	var one T
	for _, field := range reflect.VisibleFields(reflect.TypeFor[T]()) {
		key, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if slices.Contains(explicit, key) {
			continue
		}
		at := slices.IndexFunc(list, func(a question.Attribute[T]) bool { return a.Key == key })
		if at < 0 {
			t.Errorf("%T.%s is in no list of surveys/question/question.go: give it an entry with the key %q", one, field.Name, key)
			continue
		}
		a := list[at]
		if a.Of(&one) != reflect.ValueOf(&one).Elem().FieldByIndex(field.Index).Addr().Interface() {
			t.Errorf("the entry %s is of another field than %T.%s", key, one, field.Name)
		}
		if !a.Every && !slices.ContainsFunc(question.Kinds(), func(k question.Kind) bool { return k.Has(key) }) {
			t.Errorf("no kind has %s: name it in the keys of those that have it, or say Every", key)
		}
		if a.About == "" {
			t.Errorf("%s says nothing to those who write questionnaires: About", key)
		}
		complete(t, a)
	}
}

// complete tells which words an entry lacks.
func complete[T any](t *testing.T, a question.Attribute[T]) {
	t.Helper()
	number, told := false, a.Now != ""
	switch a.Of(new(T)).(type) {
	case *bool:
		told = a.Set != "" && a.Unset != ""
	case *int, **float64:
		number = true
	case *question.Text:
		told = true
	case *string:
	default:
		t.Errorf("%s is of a type that files, the editor and comparisons have no form for", a.Key)
	}
	if number && a.Least >= a.Most {
		t.Errorf("%s has no smallest and largest value: Least, Most", a.Key)
	}
	if a.Label != "" && !told {
		t.Errorf("%s is edited, and nothing is said of its change: Set and Unset of a mark, Now of others", a.Key)
	}
	for _, words := range []string{a.Label, a.Hint, a.Set, a.Unset, a.Subject, a.Now} {
		if _, english, keyed := strings.Cut(words, "|"); words != "" && (!keyed || english == "") {
			t.Errorf("%s says %q, which is not key|English", a.Key, words)
		}
	}
}

// Every attribute of a question is kept by files, two editors and comparisons.
func TestEveryAttributeOfAQuestion(t *testing.T) {
	t.Parallel()
	for _, field := range reflect.VisibleFields(reflect.TypeFor[question.Question]()) {
		key, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if key == "code" || key == "kind" || key == "options" { // never changed, and tested on their own
			continue
		}
		before, after := withAttribute(t, field, key)
		if problems := question.Check(after); len(problems) > 0 {
			t.Errorf("%s: %v", key, problems)
		}
		d := Definition{Survey: "s", Title: question.Text{"en": "S"}, Pages: []Page{{Questions: []question.Question{after}}}}
		read, err := ParseYAML(WriteYAML(d))
		if err != nil {
			t.Errorf("%s: what is written as YAML is not read: %v", key, err)
		} else if got := read.Pages[0].Questions[0]; !reflect.DeepEqual(got, after) {
			t.Errorf("%s: written as YAML and read again it is %+v", key, got)
		}
		if key == "bank" { // where it was made from is never edited
			continue
		}
		if got := Merge(before, after, before); !reflect.DeepEqual(got, after) {
			t.Errorf("%s: a change is lost where two people edit", key)
		}
		if len(QuestionDifference(before, after)) == 0 {
			t.Errorf("%s: a change is not told", key)
		}
	}
}
