package disclosuretest

import (
	"testing"

	"yousaid/analytics/attack"
)

// Every generated table survives the attacker; the greedy way does not on the same tables.
func TestTheAttackerFindsNothing(t *testing.T) {
	t.Parallel()
	tables := uint64(160)
	if testing.Short() {
		tables = 60
	}
	var ours, greedy Tally
	for n := range tables {
		c := Generate(n)
		one := Run(c, Protected, false)
		ours.Add(one)
		if c.Linked == nil {
			greedy.Add(Run(c, Greedy, false))
		}
	}
	t.Logf("ours: %+v", ours)
	t.Logf("greedy: %+v", greedy)
	if ours.ExactlyDisclosed+ours.TooNarrow+ours.Unknown+ours.Contradicted+ours.Disagreeing > 0 {
		t.Errorf("the attacker found something: %s", ours.First)
	}
	if greedy.ExactlyDisclosed == 0 {
		t.Error("the attacker finds nothing where little is protected: it is no attacker")
	}
	if ours.Hidden == ours.Aggregates || ours.Attacked == 0 {
		t.Error("nothing was shown, or nothing attacked")
	}
}

// The respondent of a singleton, or of a cell of two, sees no more of the others than an outsider.
func TestSingletonsFindNothing(t *testing.T) {
	t.Parallel()
	var all Tally
	for n := uint64(40); n < 80; n++ { // in number 59 they once did
		all.Add(Singletons(Generate(n), 40, attack.DefaultWork/2))
	}
	t.Logf("%d people: %+v", all.Tables, all)
	if all.ExactlyDisclosed+all.TooNarrow+all.Unknown+all.Contradicted > 0 || all.Attacked == 0 {
		t.Errorf("they found something: %s", all.First)
	}
}
