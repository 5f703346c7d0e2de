package figures

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"yousaid/analytics/attack"
)

func value(v float64) *float64 { return &v }

// keys are all names that stand beside "by" in a record.
func keys() (list []string) {
	for _, f := range fields() {
		list = append(list, f.key)
	}
	return append(list, "by", "part_of")
}

// Every figure comes back as it was written, whatever the questions of the table are called.
func TestWhatIsWrittenIsRead(t *testing.T) {
	t.Parallel()
	for _, name := range append(keys(), "rating", "version", "cells") {
		whole := Cell{N: 40, DontKnow: 2, Mean: value(3.25), Satisfied: value(0.5), Low: value(0.35), High: value(0.65),
			Distribution: Distribution{{"z", 20}, {"a", 0}, {"(all)", 20}}, Overlap: true, Unreliable: true, Rounded: 5}
		list := []Cell{whole, {Hidden: true}, {NotAsked: true}, {N: 0}, {N: 3}}
		for i := range list {
			list[i].Dimensions, list[i].Codes = []string{name, "other"}, []string{[]string{"a", "", "true", "5", All}[i],
				[]string{"x", "y", "", "z", All}[i]}
			list[i].PartOf = []string{[]string{"g", All, "", "g", ""}[i], ""}
		}
		raw, err := Encode(list)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Decode(raw, []string{name, "other"})
		if err != nil || !reflect.DeepEqual(got, list) {
			t.Errorf("by %s:\n%+v, %v\nwas\n%+v", name, got, err, list)
		}
		if !got[4].Everybody() || got[3].Everybody() {
			t.Errorf("by %s: everybody is not known", name)
		}
	}
	if got, err := Decode([]byte(`{"version": 2, "cells": []}`), nil); err != nil || len(got) != 0 {
		t.Errorf("%v, %v", got, err)
	}
}

// Each field is written only where it says something, and each stands in some record.
func TestFieldsAreWrittenWhereTheySaySomething(t *testing.T) {
	t.Parallel()
	for record, want := range map[*Cell]string{
		{N: 4, Dimensions: []string{"sex"}, Codes: []string{""}}: `{"by":{"sex":null},"n":4}`,
		{Hidden: true, Dimensions: []string{"n"}, Codes: []string{"b"},
			PartOf: []string{"g"}}: `{"by":{"n":"b"},"part_of":{"n":"g"},"hidden":true}`,
		{NotAsked: true}: `{"by":{},"not_asked":true}`,
		{N: 1, Distribution: Distribution{{"5", 1}, {"10", 0}}, Mean: value(5), Rounded: 5,
			DontKnow: 3}: `{"by":{},"n":1,"dont_know":3,"mean":5,"distribution":{"5":1,"10":0},"rounded":5}`,
		{N: 1, Satisfied: value(1), Low: value(0.2), High: value(1), Overlap: true,
			Unreliable: true}: `{"by":{},"n":1,"satisfied":1,"low":0.2,"high":1,"low_reliability":true,"overlap":true}`,
	} {
		raw, err := json.Marshal(record)
		if err != nil || string(raw) != want {
			t.Errorf("%s, %v\nwant\n%s", raw, err, want)
		}
	}
}

// What cannot be read says which cell and what is wrong with it.
func TestWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		``:                                    "not in the form",
		`[{"sex":"a","n":4}]`:                 "not in the form",
		`{"version":1,"cells":[]}`:            "form 1 of the register",
		`{"version":3,"cells":[]}`:            "form 3 of the register",
		`{"cells":[]}`:                        "form 0 of the register",
		`{"version":2,"cells":[{"n":4}]}`:     "cell 1: it has no codes",
		`{"version":2,"cells":[{"by":{}}]}`:   "cell 1: it has no code of sex",
		`{"version":2,"cells":[{"by":null}]}`: "cell 1: it has no code of sex",
		`{"version":2,"cells":[{"by":{"sex":"a"},"n":1},{"by":{"sex":true}}]}`: "cell 2: it has no codes",
		`{"version":2,"cells":[{"by":{"sex":"a"}}]}`:                           "cell 1: it has no number of answers",
		`{"version":2,"cells":[{"by":{"sex":"a"},"n":"4"}]}`:                   "cell 1: n: ",
		`{"version":2,"cells":[{"by":{"sex":"a"},"n":4.5}]}`:                   "cell 1: n: ",
		`{"version":2,"cells":[{"by":{"sex":"a"},"n":4,"distribution":[1]}]}`:  "cell 1: distribution: ",
		`{"version":2,"cells":[{"by":{"sex":"a"},"n":4,"part_of":4}]}`:         "cell 1: what its codes are part of",
	} {
		if _, err := Decode([]byte(raw), []string{"sex"}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want %q", raw, err, want)
		}
	}
}

// The database gives the counts in any order; the answers have theirs.
func TestDistributionsHaveTheOrderOfTheAnswers(t *testing.T) {
	t.Parallel()
	d := Distribution{{"b", 2}, {"a", 1}}
	if got := d.In([]string{"a", "c", "b"}); !reflect.DeepEqual(got, Distribution{{"a", 1}, {"c", 0}, {"b", 2}}) {
		t.Errorf("%v", got)
	}
	if Distribution(nil).In([]string{"a"}) != nil {
		t.Error("counts that are held back became zeros")
	}
	if _, there := d.Of("c"); there {
		t.Error("an answer that is not there")
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"version":2,"cells":[{"by":{"sex":"a"},"n":4,"distribution":{"5":4}}]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		list, err := Decode(raw, []string{"sex"})
		if err != nil {
			return
		}
		again, err := Encode(list)
		if err != nil {
			t.Fatal(err)
		}
		if twice, err := Decode(again, []string{"sex"}); err != nil || len(twice) != len(list) {
			t.Fatalf("%s: %v", again, err)
		}
	})
}

func TestManyRecords(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	var list []Cell
	for range 2000 {
		one := Cell{Dimensions: []string{"by"}, Codes: []string{strings.Repeat("\"{", r.IntN(3))}, N: r.Int64N(1 << 40)}
		if r.IntN(2) == 0 {
			one.Mean = value(r.Float64())
		}
		list = append(list, one)
	}
	raw, err := Encode(list)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := Decode(raw, []string{"by"}); err != nil || !reflect.DeepEqual(got, list) {
		t.Errorf("%v", err)
	}
}

// Each field that a cell is written with is known to the attacker: a mark or a count by its name, a figure by the weights of its
// answers, which releaseaudit and the command line give it; the ends of a range follow from their share.
func TestTheAttackerKnowsEveryField(t *testing.T) {
	t.Parallel()
	further := map[string]bool{}
	for _, f := range Further() {
		further[f.Key] = true
	}
	for _, key := range keys() {
		if further[key] || key == "by" { // "by" is how records are told from older ones
			continue
		}
		tables, err := attack.Read("cells.json", []byte(`[{"sex": "f", "n": 1, "`+key+`": null}]`))
		if key == "n" {
			tables, err = attack.Read("cells.json", []byte(`[{"sex": "f", "n": 1}]`))
		}
		if err != nil || len(tables[0].Dimensions) != 1 {
			t.Errorf("the attacker takes the field %q for a dimension: add it to record in analytics/attack/records.go (%v)", key, err)
		}
	}
	c := Cell{N: 1}
	for _, f := range List {
		v := 1.0
		f.Set(&c, &v)
		if f.Weight == nil && !f.End {
			t.Errorf("the attacker cannot use %q: give it the weight of an answer", f.Key)
		}
	}
	raw, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range List {
		if !strings.Contains(string(raw), `"`+f.Key+`":1`) {
			t.Errorf("%q is not written", f.Key)
		}
	}
}
