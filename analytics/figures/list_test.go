package figures

import (
	"encoding/json"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"yousaid/surveys/question"
)

// Each number of a cell that is worked out is in List, once and whole: what is missing there no file and no page would show.
func TestEveryFigureOfACellIsInTheList(t *testing.T) {
	t.Parallel()
	for _, missing := range missingFigures() {
		t.Error(missing)
	}
}

// measures are those of every kind, with and without means and shares.
func measures() (list []Measure) {
	for _, k := range question.Kinds() {
		list = append(list, Measure{Kind: k}, Measure{Kind: k, HasMean: true, HasShare: true})
	}
	return list
}

// missingFigures says what is missing in List.
func missingFigures() (missing []string) {
	var c Cell
	whole := reflect.ValueOf(&c).Elem()
	listed := map[any]string{}
	for i, f := range List {
		if f.Key == "" || f.Has == nil || (f.Weight == nil) == (f.Work == nil) || f.at == nil ||
			!regexp.MustCompile(`^[a-z_.]+\|.+`).MatchString(f.Heading) {
			missing = append(missing, "entry "+f.Key+" of figures.List needs a key, a heading, and either the weight of an answer or how the "+
				"end of a range is worked out")
			continue
		}
		if f.Range != "" && (i+1 == len(List) || !List[i+1].End) {
			missing = append(missing, "after "+f.Key+" the high end of its range is missing")
		}
		if (f.Sentence == "" || f.Quote == "") && !f.End {
			missing = append(missing, "entry "+f.Key+" of figures.List needs a sentence and a quote: what public pages and actions say of it")
		}
		if !slices.ContainsFunc(measures(), f.Has) {
			missing = append(missing, "no table has the figure "+f.Key+": say in Has, or in the kind of the question, which have it")
		}
		listed[f.at(&c)] = f.Key
	}
	for _, k := range question.Kinds() {
		for _, key := range k.Figures() {
			of := InMeasure(Measure{Kind: k})
			if i := slices.IndexFunc(of, func(f Figure) bool { return f.Key == key }); i >= 0 && of[i].Least >= of[i].Most {
				missing = append(missing, "entry "+key+" of figures.List needs the ends of the scale on which it is drawn, Least and Most")
			} else if i < 0 {
				missing = append(missing, "tables of the kind "+string(k)+" lack its figure "+key+": give it an entry of figures.List")
			}
		}
	}
	for i := range whole.NumField() {
		if at, ok := whole.Field(i).Addr().Interface().(**float64); ok && listed[at] == "" {
			missing = append(missing, "figures.Cell."+whole.Type().Field(i).Name+" is in no entry of figures.List")
		}
	}
	return missing
}

// An entry more is read and written by the codec; one that is left out is missed.
func TestTheListMakesTheFigures(t *testing.T) { // not in parallel: it changes the list
	before := List
	t.Cleanup(func() { List = before })
	extra := List[0]
	extra.Key, extra.Heading = "extra", "test.extra|Extra"
	List = append(slices.Clone(before), extra)
	raw, err := json.Marshal(Cell{N: 3, Mean: value(1.5)})
	if err != nil || string(raw) != `{"by":{},"n":3,"mean":1.5,"extra":1.5}` {
		t.Errorf("%s, %v", raw, err)
	}
	read, err := Decode([]byte(`{"version": 2, "cells": [{"by": {}, "n": 3, "extra": 2}]}`), nil)
	if err != nil || read[0].Mean == nil || *read[0].Mean != 2 {
		t.Errorf("%+v, %v", read, err)
	}
	for i, f := range before {
		List = slices.Delete(slices.Clone(before), i, i+1)
		missing := missingFigures()
		if !slices.ContainsFunc(missing, func(m string) bool { return strings.HasPrefix(m, "figures.Cell.") }) {
			t.Errorf("without the entry %s nothing is missed: %v", f.Key, missing)
		}
	}
	List = slices.Clone(before)
	List[1].Heading = "Satisfied"
	if len(missingFigures()) != 2 {
		t.Errorf("a heading without a key: %v", missingFigures())
	}
}

// Five of six people are satisfied, and one has no opinion that counts.
func TestFiguresAreWorkedOut(t *testing.T) {
	t.Parallel()
	answers := []AnswerCode{{Code: "2", Score: value(2), Satisfied: true}, {Code: "1", Score: value(1)}}
	c := Cell{N: 6, DontKnow: 1, Distribution: Distribution{{"2", 5}, {"1", 1}}}
	c.Compute(Measure{HasMean: true, HasShare: true}, answers)
	var texts []string
	for _, column := range Columns(InCells([]Cell{{}, c})) {
		text := column.Heading() + ": " + column.From.Text(c)
		if column.To != nil {
			text += " to " + column.To.Text(c)
		}
		texts = append(texts, text)
	}
	if got := strings.Join(texts, "; "); got != "performance.satisfied|Satisfied: 83.3%; performance.range|Likely range: 43.6% to "+
		"97.0%; performance.mean|Mean score: 1.8" {
		t.Error(got)
	}
	empty := Cell{}
	empty.Compute(Measure{HasMean: true, HasShare: true}, answers)
	if empty.Mean != nil || List[0].Text(empty) != "" || InCells([]Cell{empty}) != nil {
		t.Errorf("nobody has figures: %+v", empty)
	}
	if list := InMeasure(Measure{HasMean: true}); len(list) != 1 || list[0].Key != "mean" {
		t.Errorf("%+v", list)
	}
}
