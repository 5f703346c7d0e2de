package tables

import (
	"yousaid/analytics/figures"
	"yousaid/surveys/wording"
)

// Row is a line of a finished table: what pages and files show of a cell, in the words of the dimensions.
type Row struct {
	Labels []wording.Message // one for each dimension; for the total one label only
	Total  bool
	Sum    bool // a subtotal, or a total over some of the dimensions
	figures.Cell
}

// Cells lists the cells of an answer.
func Cells(a Answer) []figures.Cell {
	cells, _ := a.Printed()
	return append([]figures.Cell{}, cells...)
}

// Rows lists the cells of an answer in words, and the total last. Subtotals are in protected tables only, after the cells.
func Rows(a Answer) []Row {
	frame := a.Of()
	var rows []Row
	cells, everybody := a.Printed()
	for _, r := range cells {
		row := Row{Cell: r}
		for i, code := range r.Codes {
			row.Labels = append(row.Labels, frame.Dimensions[i].Word(code))
			row.Sum = row.Sum || code == figures.All || frame.Dimensions[i].IsGroup(code)
		}
		if len(r.Codes) == 0 {
			continue // a figure for all is the total
		}
		rows = append(rows, row)
	}
	return append(rows, Row{Labels: []wording.Message{figures.Everybody}, Total: true, Cell: everybody})
}
