package analytics

import (
	"slices"

	"yousaid/analytics/disclosure"
	"yousaid/analytics/figures"
)

// Cells lists the cells of an answer.
func Cells(a Answer) []figures.Cell {
	frame := a.Of()
	ids := make([]string, len(frame.Dimensions))
	for i, d := range frame.Dimensions {
		ids[i] = d.ID
	}
	list := []figures.Cell{}
	switch a := a.(type) {
	case Figures:
		cells := a.Cells
		if len(ids) == 0 {
			cells = []figures.Cell{a.Total}
		}
		for _, c := range cells {
			c.Dimensions, c.Overlap = ids, frame.Overlapping()
			list = append(list, c)
		}
	case Protected:
		grouped := slices.ContainsFunc(frame.Dimensions, func(d figures.Dimension) bool { return len(d.Groups) > 0 })
		for _, c := range slices.Concat(a.Table.Cells(), a.Table.Margins()) {
			r := protectedCell(ids, a.Table.Answers(), c)
			r.Rounded = a.Table.Rounded()
			if grouped {
				for i, code := range r.Codes {
					r.PartOf = append(r.PartOf, frame.Dimensions[i].Part(code))
				}
			}
			list = append(list, r)
		}
	case Released:
		list = append(list, a.cells...)
	}
	return list
}

// CellsWithTotal lists the cells of a protected table and its total, whose codes are All.
func (p Protected) CellsWithTotal() []figures.Cell {
	list := Cells(p)
	total := protectedCell(nil, p.Table.Answers(), p.Table.Total())
	total.Rounded = p.Table.Rounded()
	for _, d := range p.Dimensions {
		total.Dimensions, total.Codes = append(total.Dimensions, d.ID), append(total.Codes, figures.All)
	}
	return append(list, total)
}

// protectedCell copies what the table shows of a cell: the figures that disclosure control proves, and of others those
// that follow from answers it shows. What it holds back is not in the table either.
func protectedCell(ids []string, answers []disclosure.Answer, c disclosure.Cell) figures.Cell {
	r := figures.Cell{Dimensions: ids, Codes: c.Codes, Hidden: c.State == disclosure.Hidden, NotAsked: c.State == disclosure.NotAsked}
	if c.Figures == nil {
		return r
	}
	f := c.Figures
	r.N, r.Unreliable = f.N, f.LowReliability
	for i, n := range f.Distribution {
		r.Distribution = append(r.Distribution, figures.Count{Code: answers[i].Code, N: n})
	}
	if m, codes := measureOf(answers); r.Distribution != nil {
		r.Compute(m, codes)
	}
	r.Mean, r.Satisfied, r.Low, r.High = f.Mean, f.Satisfied, f.Low, f.High
	return r
}

// measureOf is the measure of a protected table, as far as it says how its answers count.
func measureOf(answers []disclosure.Answer) (m figures.Measure, codes []figures.AnswerCode) {
	m.HasMean = len(answers) > 0
	for _, a := range answers {
		m.HasMean, m.HasShare = m.HasMean && a.Score != nil, m.HasShare || a.HasSatisfied
		codes = append(codes, figures.AnswerCode{Code: a.Code, Score: a.Score, Satisfied: a.Satisfied})
	}
	m.Answers = codes
	return m, codes
}
