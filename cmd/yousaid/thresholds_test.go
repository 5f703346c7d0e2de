package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"yousaid/analytics/actions"
	"yousaid/analytics/attack"
	"yousaid/analytics/disclosure"
	"yousaid/surveys/question"
)

// The numbers of people below which tables hide stand once in Go. What cannot share them says the same: the attacker,
// the words that count few people in an action, pages and docs.
func TestTheThresholdsAreSaidEverywhere(t *testing.T) {
	t.Parallel()
	if attack.Threshold != disclosure.Threshold || attack.EqualityThreshold != disclosure.EqualityThreshold {
		t.Errorf("analytics/attack/attack.go attacks tables that hide fewer than %d and %d people; they hide fewer than %d and %d",
			attack.Threshold, attack.EqualityThreshold, disclosure.Threshold, disclosure.EqualityThreshold)
	}
	for file, words := range map[string]string{
		"docs/data.md":       fmt.Sprintf("protected with T = %d, or %d with", disclosure.Threshold, disclosure.EqualityThreshold),
		"docs/disclosure.md": fmt.Sprintf("T = %d, or %d beside", disclosure.Threshold, disclosure.EqualityThreshold),
		"docs/figures.md":    fmt.Sprintf("groups under %d hidden, under %d with", disclosure.Threshold, disclosure.EqualityThreshold),
		"static/pages/staff/action_figure_new.html": fmt.Sprintf("Groups of fewer than %d people are hidden", disclosure.Threshold),
		"static/pages/staff/equality.html":          fmt.Sprintf("Groups of fewer than %d people are not shown", disclosure.EqualityThreshold),
	} {
		raw, err := os.ReadFile("../../" + file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(strings.Join(strings.Fields(string(raw)), " "), words) {
			t.Errorf("%s does not say %q", file, words)
		}
	}
	english := []string{"", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"}
	welsh := []string{"", "un", "dau", "tri", "pedwar", "pump", "chwech", "saith", "wyth", "naw", "deg"}
	for n := 1; n <= disclosure.Threshold; n++ {
		for lang, words := range map[string][]string{
			"en": {fmt.Sprintf("%d people said so.", n), english[n] + " people said so."},
			"cy": {fmt.Sprintf("%d o bobl.", n), welsh[n] + " o bobl."},
		} {
			for _, said := range words {
				if few := countsFew(lang, said); few != (n < disclosure.Threshold) {
					t.Errorf("analytics/actions/lint.go: that %q counts fewer people than %d is %v", said, disclosure.Threshold, few)
				}
			}
		}
	}
}

// countsFew tells whether the lint of actions has a count of few people confirmed.
func countsFew(lang, text string) bool {
	for _, f := range (actions.Content{Texts: actions.Texts{YouSaid: question.Text{lang: text}}}).Review([]string{lang}, actions.Evidence{}) {
		if f.Sentence.Key() == "action_advice.few" {
			return true
		}
	}
	return false
}
