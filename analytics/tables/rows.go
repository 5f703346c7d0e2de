package tables

import "yousaid/analytics/figures"

// Cells lists the cells of an answer.
func Cells(a Answer) []figures.Cell {
	cells, _ := a.Printed()
	return append([]figures.Cell{}, cells...)
}

// Rows lists the cells of an answer in words, and the total last. Subtotals are in protected tables only, after the cells.
func Rows(a Answer) []figures.Row {
	cells, everybody := a.Printed()
	return a.Of().Rows(cells, &everybody)
}
