package analytics

import (
	"bytes"
	"encoding/json"
	"slices"

	"yousaid/analytics/disclosure"
)

// Record is a cell as programs read it: one for each cell, no totals. Shares are from 0 to 1; a hidden cell has its codes and no figures.
type Record struct {
	Dimensions   []string
	Codes        []string // "" stands for no answer and is written as null; All for everybody in the dimension
	PartOf       []string // in tables with subtotals, the group of each code, All for none; nil otherwise
	Hidden       bool
	NotAsked     bool // the question was not put to this group
	N            int64
	DontKnow     int64
	Mean         *float64
	Satisfied    *float64
	Low, High    *float64
	Distribution []Count // nil where it is not released
	Overlap      bool    // a response can stand in more than one cell
	Unreliable   bool    // a base of 10 to 29
	Rounded      int     // what the numbers are rounded to; 0 for exact ones
}

// MarshalJSON writes the dimension codes by name, then the figures.
func (r Record) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	field := func(name string, value any) error {
		raw, err := json.Marshal(value)
		if err != nil {
			return err
		}
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		key, err := json.Marshal(name)
		if err != nil {
			return err
		}
		b.Write(key)
		b.WriteByte(':')
		b.Write(raw)
		return nil
	}
	for i, d := range r.Dimensions {
		var code any = r.Codes[i]
		if code == "" {
			code = nil
		}
		if err := field(d, code); err != nil {
			return nil, err
		}
	}
	if r.PartOf != nil {
		parts := map[string]string{}
		for i, d := range r.Dimensions {
			if r.PartOf[i] != "" {
				parts[d] = r.PartOf[i]
			}
		}
		if err := field("part_of", parts); err != nil {
			return nil, err
		}
	}
	fields := []struct {
		name  string
		value any
		show  bool
	}{
		{"hidden", true, r.Hidden},
		{"not_asked", true, r.NotAsked},
		{"n", r.N, !r.Hidden && !r.NotAsked},
		{"dont_know", r.DontKnow, r.DontKnow > 0},
		{"mean", r.Mean, r.Mean != nil},
		{"satisfied", r.Satisfied, r.Satisfied != nil},
		{"low", r.Low, r.Low != nil},
		{"high", r.High, r.High != nil},
		{"distribution", distribution(r.Distribution), r.Distribution != nil},
		{"low_reliability", true, r.Unreliable},
		{"rounded", r.Rounded, r.Rounded > 0},
		{"overlap", true, r.Overlap},
	}
	for _, f := range fields {
		if !f.show {
			continue
		}
		if err := field(f.name, f.value); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// distribution is written as {code: count} in the order of the questionnaire.
type distribution []Count

// MarshalJSON keeps the order of the answers.
func (d distribution) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, c := range d {
		if i > 0 {
			b.WriteByte(',')
		}
		key, err := json.Marshal(c.Code)
		if err != nil {
			return nil, err
		}
		n, err := json.Marshal(c.N)
		if err != nil {
			return nil, err
		}
		b.Write(key)
		b.WriteByte(':')
		b.Write(n)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// Records lists the cells of an answer.
func Records(a Answer) []Record {
	frame := a.Of()
	ids := make([]string, len(frame.Dimensions))
	for i, d := range frame.Dimensions {
		ids[i] = d.ID
	}
	records := []Record{}
	switch a := a.(type) {
	case Figures:
		cells := a.Cells
		if len(ids) == 0 {
			cells = []Cell{a.Total}
		}
		for _, c := range cells {
			records = append(records, Record{
				Dimensions: ids, Codes: c.Codes, N: c.N, DontKnow: c.DontKnow, Mean: c.Mean, Satisfied: c.Satisfied, Low: c.Low, High: c.High,
				Distribution: c.Distribution, Overlap: frame.Overlapping(),
			})
		}
	case Protected:
		grouped := slices.ContainsFunc(frame.Dimensions, func(d Dimension) bool { return len(d.Groups) > 0 })
		for _, c := range slices.Concat(a.Table.Cells(), a.Table.Margins()) {
			r := protectedRecord(ids, a.Table.Answers(), c)
			r.Rounded = a.Table.Rounded()
			if grouped {
				for i, code := range r.Codes {
					r.PartOf = append(r.PartOf, frame.Dimensions[i].part(code))
				}
			}
			records = append(records, r)
		}
	case Released:
		records = append(records, a.cells...)
	}
	return records
}

// Whole lists the cells of a protected table and its total, whose codes are All.
func (p Protected) Whole() []Record {
	records := Records(p)
	total := protectedRecord(nil, p.Table.Answers(), p.Table.Total())
	total.Rounded = p.Table.Rounded()
	for _, d := range p.Dimensions {
		total.Dimensions, total.Codes = append(total.Dimensions, d.ID), append(total.Codes, All)
	}
	return append(records, total)
}

// protectedRecord copies what the table shows of a cell. What it holds back is not in the table either.
func protectedRecord(ids []string, answers []disclosure.Answer, c disclosure.Cell) Record {
	r := Record{Dimensions: ids, Codes: c.Codes, Hidden: c.State == disclosure.Hidden, NotAsked: c.State == disclosure.NotAsked}
	if c.Figures == nil {
		return r
	}
	f := c.Figures
	r.N, r.Mean, r.Satisfied, r.Low, r.High, r.Unreliable = f.N, f.Mean, f.Satisfied, f.Low, f.High, f.LowReliability
	for i, n := range f.Distribution {
		r.Distribution = append(r.Distribution, Count{answers[i].Code, n})
	}
	return r
}
