package surveys

import (
	"encoding/json"
	"strings"
	"testing"

	"yousaid/surveys/bank"
	"yousaid/surveys/question"
)

// TestDocumentation: the page for people who write questionnaires names every key, kind and characteristic, and its example works.
func TestDocumentation(t *testing.T) {
	page := readSource(t, "../docs/questionnaire-yaml.md")
	_, example, _ := strings.Cut(page, "```yaml\n")
	example, _, _ = strings.Cut(example, "```")
	if _, err := ParseYAML([]byte(example)); err != nil {
		t.Errorf("the example: %v", err)
	}
	if err := bySchema(compiled(t), example); err != nil {
		t.Errorf("the schema refuses the example: %v", err)
	}
	var s struct {
		Properties map[string]any
		Defs       map[string]struct{ Properties map[string]any } `json:"$defs"`
	}
	if err := json.Unmarshal(schema(t), &s); err != nil {
		t.Fatal(err)
	}
	names := bank.IDs()
	for _, k := range question.Kinds() {
		names = append(names, string(k))
	}
	for key := range s.Properties {
		names = append(names, key)
	}
	for _, def := range s.Defs {
		for key := range def.Properties {
			names = append(names, key)
		}
	}
	for _, name := range names {
		if !strings.Contains(page, "`"+name+"`") {
			t.Errorf("the page does not name %q", name)
		}
	}
}
