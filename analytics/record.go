package analytics

import (
	"slices"

	"yousaid/analytics/disclosure"
	"yousaid/analytics/figures"
)

// Records lists the cells of an answer.
func Records(a Answer) []figures.Record {
	frame := a.Of()
	ids := make([]string, len(frame.Dimensions))
	for i, d := range frame.Dimensions {
		ids[i] = d.ID
	}
	records := []figures.Record{}
	switch a := a.(type) {
	case Figures:
		cells := a.Cells
		if len(ids) == 0 {
			cells = []Cell{a.Total}
		}
		for _, c := range cells {
			records = append(records, figures.Record{
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
func (p Protected) Whole() []figures.Record {
	records := Records(p)
	total := protectedRecord(nil, p.Table.Answers(), p.Table.Total())
	total.Rounded = p.Table.Rounded()
	for _, d := range p.Dimensions {
		total.Dimensions, total.Codes = append(total.Dimensions, d.ID), append(total.Codes, All)
	}
	return append(records, total)
}

// protectedRecord copies what the table shows of a cell. What it holds back is not in the table either.
func protectedRecord(ids []string, answers []disclosure.Answer, c disclosure.Cell) figures.Record {
	r := figures.Record{Dimensions: ids, Codes: c.Codes, Hidden: c.State == disclosure.Hidden, NotAsked: c.State == disclosure.NotAsked}
	if c.Figures == nil {
		return r
	}
	f := c.Figures
	r.N, r.Mean, r.Satisfied, r.Low, r.High, r.Unreliable = f.N, f.Mean, f.Satisfied, f.Low, f.High, f.LowReliability
	for i, n := range f.Distribution {
		r.Distribution = append(r.Distribution, figures.Count{Code: answers[i].Code, N: n})
	}
	return r
}
