package actions

import (
	"slices"
	"testing"

	"yousaid/analytics/quoted"
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

// What an action is told to put right is a message with a key, so that pages word it in the language of the reader.
func TestFindingsHaveKeys(t *testing.T) {
	t.Parallel()
	long := "We asked everybody who had written to us about the forms and the letters and the telephone to say in the first place what they " +
		"needed, and 62% of them said that they were utilising it. One tenant is called Mr Smith, and writes from maria@example.org."
	gone, later := Figure{State: quoted.Withdrawn}, Figure{}
	later.Question, later.From = "Another", "2025-01"
	var keys []string
	for _, one := range []struct {
		content  Content
		evidence Evidence
	}{
		{Content{Kind: Doing, Texts: Texts{YouSaid: question.Text{"en": long}}}, Evidence{}},
		{Content{Kind: Did, Texts: Texts{YouSaid: question.Text{"cy": "Da"}, WeDid: question.Text{"en": "We did."}}},
			Evidence{Figure: &gone, After: &later, Quote: &Quote{}}},
		{Content{Kind: Did, Texts: Texts{YouSaid: question.Text{"en": "Yes"}, WeDid: question.Text{"en": "We did."}}},
			Evidence{Quote: &Quote{Text: "One tenant rang 07700 900123.", Language: "en"}}},
	} {
		for _, f := range one.content.Review([]string{"en", "cy"}, one.evidence) {
			if f.Sentence.Key() == "" {
				t.Errorf("%s: %q has no key", f.Field, f.Sentence)
			}
			keys = append(keys, f.Sentence.Key())
		}
	}
	slices.Sort(keys)
	if keys = slices.Compact(keys); len(keys) < 12 {
		t.Errorf("only these were found: %q", keys)
	}
}
