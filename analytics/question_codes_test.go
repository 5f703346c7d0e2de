package analytics_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"yousaid/analytics/figures"
)

// namesInCells are the names that stand beside the codes of a cell where it is written, and those around the cells.
func namesInCells(t *testing.T) []string {
	t.Helper()
	whole := figures.Cell{Dimensions: []string{"d"}, Codes: []string{"a"}, PartOf: []string{"g"}, N: 1, DontKnow: 1,
		Distribution: figures.Distribution{{Code: "a", N: 1}}, Overlap: true, Unreliable: true, Rounded: 5}
	for _, f := range figures.List {
		v := 1.0
		f.Set(&whole, &v)
	}
	names := []string{"version", "cells"}
	for _, cell := range []figures.Cell{whole, {Hidden: true}, {NotAsked: true}} {
		raw, err := json.Marshal(cell)
		var fields map[string]json.RawMessage
		if err = errors.Join(err, json.Unmarshal(raw, &fields)); err != nil {
			t.Fatal(err)
		}
		names = slices.AppendSeq(names, maps.Keys(fields))
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// A question may be called as a figure is: its table leaves, is read again as it left, and the next release is proved beside it.
func TestQuestionsThatAreCalledAsFiguresAre(t *testing.T) {
	t.Parallel()
	for _, code := range namesInCells(t) {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			c := newCouncil(t)
			c.Publish(fmt.Sprintf(`
survey: customer-satisfaction
title: {en: How}
pages:
  - questions:
      - code: rating
        kind: rating
        scale: one
        text: {en: How}
        options:
          - {code: "2", score: 2, satisfied: true, text: {en: Good}}
          - {code: "1", score: 1, text: {en: Bad}}
      - code: %s
        kind: choice
        text: {en: Which}
        options:
          - {code: a, text: {en: A}}
          - {code: b, text: {en: B}}
          - {code: c, text: {en: C}}
`, code))
			for i, n := range []int{40, 60, 3} {
				c.Store(n, answer{Answers: map[string]any{"rating": "2", code: []string{"a", "b", "c"}[i]}, Channel: "web"})
				c.Store(20*n, answer{Answers: map[string]any{"rating": "1", code: "a"}, Channel: "web"})
			}
			september, err := figures.ParseDate("2026-09-01")
			c.Check(err)
			q := query(code)
			q.Audience, q.From, q.To = figures.Public, september, september.AddDays(29)
			first := c.Protected(q)
			read, err := c.Register().Table(t.Context(), c.By(), first.Release)
			c.Check(err)
			if got, want := table(read), table(first); got != want {
				t.Errorf("it is read as\n%s\nand left as\n%s", got, want)
			}
			if got := shown(first, "b"); got != "60" && got != "hidden" {
				t.Errorf("b is %s", got)
			}
			q.By = []string{"channel"}
			second := c.Protected(q) // audited beside the first
			if len(second.AuditedWith) != 1 {
				t.Errorf("the second was audited beside %v", second.AuditedWith)
			}
		})
	}
}
