package sequencetest

import (
	"strings"
	"testing"

	"yousaid/analytics/attack"
)

// leaking is a sequence of two releases and a refusal, of which the second file alone discloses a number.
func leaking() Sequence {
	leak := attack.PeopleFinding{Leak: attack.Disclosed, Publication: 1, Codes: []string{"female"}, Low: 3, High: 3, Why: "it follows"}
	return Sequence{
		Seed:    7,
		Council: "names; 40 people in 2 months",
		Asked:   []Asked{{Words: "table one"}, {Words: "table two"}, {Words: "table three", Refusal: "nothing was proved"}},
		Report: attack.PeopleReport{
			Hidden:   9,
			Answers:  4,
			Parts:    2,
			Unknown:  1,
			Findings: []attack.PeopleFinding{leak, leak, leak, leak, leak, {Leak: attack.NotJudged}},
		},
		Alone: []attack.PeopleReport{{}, {Findings: []attack.PeopleFinding{leak}}},
	}
}

// A sequence says what it takes to run it again, what left, what was refused, and the first leaks.
func TestASequenceInWords(t *testing.T) {
	t.Parallel()
	got := leaking().String()
	for _, want := range []string{
		"seed 7: names; 40 people", "publication 1: table one", "publication 2: table two", "refused:       table three", "nothing was proved",
		"publication 2, female: disclosed, 3: it follows", "and 1 more", "by itself: 1, the first: publication 2",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("it does not say %q:\n%s", want, got)
		}
	}
}

// A tally tells apart what leaks together from what one file gives away by itself, and what could not be judged.
func TestATally(t *testing.T) {
	t.Parallel()
	var all Tally
	all.Add(leaking())
	all.Add(Sequence{Asked: []Asked{{Words: "one"}}})
	all.Add(Sequence{Asked: []Asked{{Words: "one"}}, Report: attack.PeopleReport{Trouble: "a file that cannot be read"}})
	together := leaking()
	together.Alone = []attack.PeopleReport{{}, {}}
	all.Add(together)
	if all.Sequences != 4 || all.Accepted != 6 || all.Refused != 2 || all.Together != 2 || all.Leaking != 2 || all.Single != 1 ||
		all.Unreadable != 1 ||
		all.Unknown != 2 ||
		all.Leaks[attack.Disclosed] != 10 {
		t.Errorf("%+v", all)
	}
	got := all.String()
	for _, want := range []string{"4 sequences: 6 releases left, 2 were refused (25 %)", "not judged: 2 numbers, 1 sequences",
		"2 sequences leak (1 by one file alone): 10 numbers disclosed, 0 too narrow"} {
		if !strings.Contains(got, want) {
			t.Errorf("it does not say %q:\n%s", want, got)
		}
	}
}
