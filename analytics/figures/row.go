package figures

import "yousaid/surveys/wording"

// Row is a line of a finished table: what pages and files show of a cell, in the words of the dimensions.
type Row struct {
	Labels []wording.Message // one for each dimension; for the total one label only
	Total  bool
	Sum    bool // a subtotal, or a total over some of the dimensions
	Cell
}

// Rows lists cells in the words of the frame, and the total last where there is one.
func (f Frame) Rows(cells []Cell, everybody *Cell) []Row {
	var rows []Row
	for _, r := range cells {
		row := Row{Cell: r}
		for i, code := range r.Codes {
			row.Labels = append(row.Labels, f.Dimensions[i].Word(code))
			row.Sum = row.Sum || code == All || f.Dimensions[i].IsGroup(code)
		}
		if len(r.Codes) == 0 {
			continue // a figure for all is the total
		}
		rows = append(rows, row)
	}
	if everybody != nil {
		rows = append(rows, Row{Labels: []wording.Message{Everybody}, Total: true, Cell: *everybody})
	}
	return rows
}
