package actions

import (
	"slices"
	"testing"

	"yousaid/surveys/lint"
	"yousaid/surveys/question"
)

// Counts of so few people that somebody may know them are to be confirmed; people who came to work, and shares, are not such counts.
func TestCountsOfPeople(t *testing.T) {
	t.Parallel()
	for text, asks := range map[string]bool{
		"We hired six more fitters.":                                false,
		"We put two more people on the phones.":                     false,
		"Three new drivers start in May.":                           false,
		"We pay for one extra person at the counter.":               false,
		"One in four people waited.":                                false,
		"Two in three residents waited.":                            false,
		"Four people in ten waited.":                                false,
		"Two people said the line was bad.":                         true,
		"Two more people said the line was bad.":                    true,
		"One tenant wrote to us.":                                   true,
		"A single tenant complained.":                               true,
		"We put two more people on the phones. One tenant said so.": true,
	} {
		c := Content{Kind: Did, Texts: Texts{YouSaid: question.Text{"en": "You waited too long."}, WeDid: question.Text{"en": text}}}
		found := c.Review([]string{"en"}, Evidence{})
		if got := slices.ContainsFunc(found, func(f Finding) bool { return f.Severity == lint.Confirm }); got != asks {
			t.Errorf("%q: %+v", text, found)
		}
		if slices.ContainsFunc(found, func(f Finding) bool { return f.Severity == lint.Error }) {
			t.Errorf("%q cannot be sent at all: %+v", text, found)
		}
	}
}
