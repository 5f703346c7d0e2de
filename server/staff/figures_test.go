package staff_test

import (
	"slices"
	"testing"

	"yousaid/analytics/figures"
	"yousaid/analytics/tables"
	"yousaid/server/page"
	"yousaid/server/staff"
)

// A new entry of the list of figures is in the tables and the sentences of staff pages, and one that is left out is not. Not in
// parallel: it changes the list.
func TestTablesFollowTheListOfFigures(t *testing.T) {
	before := figures.List
	t.Cleanup(func() { figures.List = before })
	extra := before[0]
	extra.Key, extra.Heading = "extra", "test.extra|Extra"
	figures.List = append(slices.Clone(before[1:]), extra)

	m := figures.Measure{HasMean: true, HasShare: true}
	mean, share, low, high := 3.25, 0.5, 0.31, 0.69
	cell := figures.Cell{N: 20, Mean: &mean, Satisfied: &share, Low: &low, High: &high}
	table := staff.TableOf(page.Page{Lang: "en"}, tables.Figures{Frame: figures.Frame{Measure: m}, Total: cell})
	var heads, texts []string
	for _, c := range table.Columns {
		heads = append(heads, c.Text)
	}
	for _, c := range table.Rows[0] {
		texts = append(texts, c.Text)
	}
	if !slices.Equal(heads, []string{"Who", "Answers", "Satisfied", "Likely range", "Extra"}) || !slices.Equal(texts,
		[]string{"All", "20", "50.0%", "31.0% to 69.0%", "3.3"}) {
		t.Errorf("the table has %q and %q", heads, texts)
	}
	words := staff.FiguresInWords(page.Page{Lang: "en"}, cell)
	if words != "20 answers; Satisfied: 50.0%; Likely range: 31.0% to 69.0%; Extra: 3.3" {
		t.Errorf("in words the cell is %q", words)
	}
}
