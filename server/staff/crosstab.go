package staff

import (
	"slices"
	"strings"

	"yousaid/analytics/figures"
	"yousaid/analytics/tables"
	"yousaid/server/page"
)

// ProtectedTable is a protected table as pages show it: groups below each other, or the groups of two dimensions crossed.
func ProtectedTable(frame page.Page, a tables.Answer) page.Table {
	if len(a.Of().Dimensions) == 2 {
		return crosstab(frame, a)
	}
	return TableOf(frame, a)
}

// crosstab shows a protected table of two dimensions: the first down, the second across, subtotals after the codes and the totals last. A
// cell has the leading figure of the measure above the number of answers: two tables beside each other would have to be read with two
// fingers.
func crosstab(frame page.Page, a tables.Answer) page.Table {
	f := a.Of()
	down, across := lines(f.Dimensions[0]), lines(f.Dimensions[1])
	what := frame.T("staff.number_of_answers|Number of answers")
	leading := figures.Leading(figures.InMeasure(f.Measure))
	if leading != nil {
		what = frame.T("staff.figure_and_number|%s, and number of answers (n),", frame.T(leading.Name()))
	}
	t := page.Table{
		Caption: frame.T("staff.crossed|%s by %s and %s", what, Within(frame, f.Dimensions[0].Label), Within(frame, f.Dimensions[1].Label)),
		Columns: []page.Column{{Text: frame.Say(f.Dimensions[0].Label)}},
	}
	records := map[string]figures.Cell{}
	for _, r := range tables.Rows(a) {
		key := figures.All + "\x00" + figures.All
		if !r.Total {
			key = strings.Join(r.Codes, "\x00")
		}
		records[key] = r.Cell
	}
	for _, c := range across {
		t.Columns = append(t.Columns, page.Column{Text: frame.Say(c.Label), Number: true})
	}
	for _, d := range down {
		row := []page.Cell{{Text: frame.Say(d.Label), Head: true}}
		for _, c := range across {
			r, there := records[d.Code+"\x00"+c.Code]
			if !there {
				r.Hidden = true // what is not in the table is not shown
			}
			row = append(row, crossed(frame, leading, r))
		}
		t.Rows = append(t.Rows, row)
	}
	t.Note = frame.T("staff.the_files_also_have|The files also have how people answered one by one, where it may be shown.")
	if f.Measure.HasShare {
		t.Note = frame.T(
			"staff.the_files_also_have_the|The files also have the likely ranges, and how people answered one by one where it may be shown.",
		)
	}
	return t
}

// lines are the codes of a dimension, its subtotals, and all.
func lines(d figures.Dimension) (list []figures.Code) {
	list = slices.Clone(d.Codes)
	for _, g := range d.Groups {
		list = append(list, g.Code)
	}
	return append(list, figures.Code{Code: figures.All, Label: figures.Everybody})
}

func crossed(frame page.Page, leading *figures.Figure, r figures.Cell) page.Cell {
	switch {
	case r.NotAsked:
		return notAsked(frame)
	case r.Hidden:
		return hidden(frame)
	}
	n := page.Number(int(r.N))
	if r.Unreliable {
		n += " [u]"
	}
	if leading != nil && leading.Of(r) != nil {
		return page.Cell{Text: leading.Text(r), More: "n = " + n, Number: true}
	}
	return page.Cell{Text: n, Number: true}
}
