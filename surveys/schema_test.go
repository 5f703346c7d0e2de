package surveys

import (
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

// TestTheSchemaFollowsTheKinds: which kinds there are, and which keys each may have, is said by surveys/question alone.
func TestTheSchemaFollowsTheKinds(t *testing.T) {
	is := string(schema(t))
	want := regexp.MustCompile(`"kind": \{"enum": \[.*\]\}`).ReplaceAllLiteralString(is, `"kind": {"enum": [`+kindsWith(always)+`]}`)
	want = regexp.MustCompile(`(?s)"allOf": \[.*?\n      \]`).ReplaceAllLiteralString(want, `"allOf": [`+rulesOfKinds()+"\n      ]")
	if want == is {
		return
	}
	if !*update {
		t.Fatalf("%s says something else of kinds than surveys/question: run go test ./surveys -run TestTheSchemaFollowsTheKinds -update",
			schemaFile)
	}
	if err := os.WriteFile(schemaFile, []byte(want), 0o600); err != nil {
		t.Fatal(err)
	}
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
	var rules []string
	for _, r := range []struct {
		who  func(question.Kind) bool
		then string
	}{
		{func(k question.Kind) bool { return question.Question{Kind: k}.Listed() },
			`{"required": ["options"], "properties": {"options": {"minItems": 2}}}`},
		{without("options"), `{"properties": {"options": {"maxItems": 0}}}`},
		{without("score"), `{"properties": {"scale": false, "options": {"items": {"properties": {` +
			`"score": false, "satisfied": {"const": false}}}}}}`},
		{without("exclusive"), `{"properties": {"options": {"items": {"properties": {"exclusive": {"const": false}}}}}}`},
		{without("max_length"), `{"properties": {"max_length": false}}`},
		{without("min"), `{"properties": {"min": false, "max": false}}`},
	} {
		rules = append(rules, fmt.Sprintf(`
        {
          "if": {"properties": {"kind": {"enum": [%s]}}, "required": ["kind"]},
          "then": %s
        }`, kindsWith(r.who), r.then))
	}
	return strings.Join(rules, ",")
}
