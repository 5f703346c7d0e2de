package surveys

import (
	"encoding/json"
	"slices"
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

// The page lists the attributes as surveys/question says of them, below what every question and option has.
func TestThePageForAuthorsFollowsTheAttributes(t *testing.T) {
	const file = "../docs/questionnaire-yaml.md"
	is := readSource(t, file)
	want := rows(t, is, "## A question\n", "code, kind, options", question.Attributes)
	want = rows(t, want, "## An option\n", "code", question.OptionAttributes)
	follows(t, file, is, want)
}

// rows writes the table below a heading: the rows of explicit keys as they stand, then one for each attribute.
func rows[T any](t *testing.T, page, heading, explicit string, list []question.Attribute[T]) string {
	t.Helper()
	const head = "|---|---|\n"
	start := strings.Index(page, heading)
	start += strings.Index(page[start:], head) + len(head)
	end := start + strings.Index(page[start:], "\n\n") + 1
	kept := ""
	for row := range strings.Lines(page[start:end]) {
		if key, _, _ := strings.Cut(strings.TrimPrefix(row, "| `"), "`"); slices.Contains(strings.Split(explicit, ", "), key) {
			kept += row
		}
	}
	for _, a := range list {
		kept += "| `" + a.Key + "` | " + aboutOf(a, "`") + " |\n"
	}
	return page[:start] + kept + page[end:]
}
