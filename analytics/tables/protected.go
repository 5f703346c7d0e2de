package tables

import (
	"slices"

	"yousaid/analytics/disclosure"
	"yousaid/analytics/figures"
)

// Printed are the cells and then the margins that the protection leaves.
func (p Protected) Printed() (cells []figures.Cell, total figures.Cell) {
	ids := p.IDs()
	grouped := slices.ContainsFunc(p.Dimensions, func(d figures.Dimension) bool { return len(d.Groups) > 0 })
	for _, c := range slices.Concat(p.Table.Cells(), p.Table.Margins()) {
		r := protectedCell(ids, p.Measure, p.Table.Answers(), c)
		r.Rounded = p.Table.Rounded()
		if grouped {
			for i, code := range r.Codes {
				r.PartOf = append(r.PartOf, p.Dimensions[i].Part(code))
			}
		}
		cells = append(cells, r)
	}
	return cells, protectedCell(nil, p.Measure, p.Table.Answers(), p.Table.Total())
}

// CellsWithTotal lists the cells and the total, whose codes are All.
func (p Protected) CellsWithTotal() []figures.Cell {
	cells, total := p.Printed()
	total.Rounded, total.Dimensions = p.Table.Rounded(), p.IDs()
	for range p.Dimensions {
		total.Codes = append(total.Codes, figures.All)
	}
	return append(cells, total)
}

// protectedCell copies what the table shows of a cell: the figures that disclosure control proves, and of others those
// that follow from answers it shows. What it holds back is not in the table either.
func protectedCell(ids []string, m figures.Measure, answers []disclosure.Answer, c disclosure.Cell) figures.Cell {
	r := figures.Cell{Dimensions: ids, Codes: c.Codes, Hidden: c.State == disclosure.Hidden, NotAsked: c.State == disclosure.NotAsked}
	if c.Figures == nil {
		return r
	}
	f := c.Figures
	r.N, r.Unreliable = f.N, f.LowReliability
	for i, n := range f.Distribution {
		r.Distribution = append(r.Distribution, figures.Count{Code: answers[i].Code, N: n})
	}
	if r.Distribution != nil {
		r.Compute(m, codesOf(answers))
	}
	r.Mean, r.Satisfied, r.Low, r.High = f.Mean, f.Satisfied, f.Low, f.High
	return r
}

// codesOf are the answers of a protected table, as far as it is said how they count.
func codesOf(answers []disclosure.Answer) (codes []figures.AnswerCode) {
	for _, a := range answers {
		codes = append(codes, figures.AnswerCode{Code: a.Code, Score: a.Score, Satisfied: a.Satisfied})
	}
	return codes
}
