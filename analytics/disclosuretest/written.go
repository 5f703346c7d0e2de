package disclosuretest

import (
	"encoding/json"
	"slices"

	"yousaid/analytics/attack"
	"yousaid/analytics/disclosure"
)

// keyedLattice gives counts the keys by which the attacker knows them.
func keyedLattice(l disclosure.Lattice, counts []int64) attack.Lattice {
	out := attack.Lattice{Counts: map[string][]int64{}}
	codes := make([]string, len(l.Dimensions))
	at := 0
	var walk func(i int)
	walk = func(i int) {
		if i == len(codes) {
			out.Counts[attack.Key(codes...)] = counts[at : at+len(l.Answers)]
			at += len(l.Answers)
			return
		}
		for _, c := range l.Dimensions[i].Codes {
			codes[i] = or(c, attack.None)
			walk(i + 1)
		}
	}
	walk(0)
	return out
}

// Reread writes a protected table as JSON and lets the attacker read it.
func Reread(t disclosure.Table) (attack.Table, error) {
	raw, err := json.Marshal(writtenTable(t))
	if err != nil {
		return attack.Table{}, err
	}
	tables, err := attack.Read("table.json", raw)
	if err != nil {
		return attack.Table{}, err
	}
	return tables[0], nil
}

type writtenAnswer struct {
	Code      string   `json:"code"`
	Score     *float64 `json:"score,omitempty"`
	Satisfied *bool    `json:"satisfied,omitempty"`
}

// writtenTable is the table as the API answers it.
func writtenTable(t disclosure.Table) map[string]any {
	var ids []string
	part := map[string]map[string]string{}
	for _, d := range t.Dimensions() {
		ids = append(ids, d.ID)
		for _, g := range d.Groups {
			for _, code := range g.Of {
				if part[d.ID] == nil {
					part[d.ID] = map[string]string{}
				}
				part[d.ID][code] = g.Code
			}
		}
	}
	answers, counts := []writtenAnswer{}, t.Answers()
	for _, a := range counts {
		w := writtenAnswer{Code: a.Code, Score: a.Score}
		if a.HasSatisfied {
			w.Satisfied = &a.Satisfied
		}
		answers = append(answers, w)
	}
	total := t.Total()
	for range ids {
		total.Codes = append(total.Codes, disclosure.All)
	}
	var cells []map[string]any
	for _, c := range slices.Concat(t.Cells(), t.Margins(), []disclosure.Cell{total}) {
		cells = append(cells, writtenCell(ids, part, counts, t.Rounded(), c))
	}
	return map[string]any{"dimensions": ids, "answers": answers, "cells": cells}
}

func writtenCell(
	ids []string,
	part map[string]map[string]string,
	answers []disclosure.Answer,
	rounded int,
	c disclosure.Cell,
) map[string]any {
	cell, parts := map[string]any{}, map[string]string{}
	for i, id := range ids {
		cell[id] = c.Codes[i]
		if c.Codes[i] == "" {
			cell[id] = nil
		}
		if part[id] != nil && c.Codes[i] != disclosure.All {
			if parts[id] = part[id][c.Codes[i]]; parts[id] == "" {
				parts[id] = disclosure.All
			}
		}
	}
	if len(parts) > 0 {
		cell["part_of"] = parts
	}
	switch f := c.Figures; {
	case c.State == disclosure.NotAsked:
		cell["not_asked"] = true
	case f == nil:
		cell["hidden"] = true
	default:
		cell["n"] = f.N
		if rounded > 0 {
			cell["rounded"] = rounded
		}
		if f.Mean != nil {
			cell["mean"] = *f.Mean
		}
		if f.Satisfied != nil {
			cell["satisfied"], cell["low"], cell["high"] = *f.Satisfied, *f.Low, *f.High
		}
		if f.Distribution != nil {
			by := map[string]int64{}
			for a, n := range f.Distribution {
				by[answers[a].Code] = n
			}
			cell["distribution"] = by
		}
	}
	return cell
}
