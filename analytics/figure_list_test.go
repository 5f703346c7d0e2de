package analytics_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"yousaid/analytics/figures"
	"yousaid/analytics/tables"
	"yousaid/analytics/workbook"
	"yousaid/surveys/tablefile"
	"yousaid/surveys/wording"
)

// A new entry of the list of figures is in the tables, JSON, the register and the files, and one that is left out is in
// none of them. Not in parallel: it changes the list.
func TestReadersFollowTheListOfFigures(t *testing.T) {
	before := figures.List
	t.Cleanup(func() { figures.List = before })
	c := satisfaction(t)
	c.Answered(20, time.July, "web", "bins")
	c.Answered(20, time.July, "telephone", "bins")
	extra := before[0]
	extra.Key, extra.Heading = "extra", "test.extra|Extra"
	figures.List = append(slices.Clone(before[1:]), extra) // the mean is called otherwise
	plain := c.Figures(query("channel"))
	released := c.Protected(public(time.July, time.July, "channel"))
	kept, err := c.Register().Table(t.Context(), c.By(), released.Release)
	c.Check(err)
	for name, a := range map[string]tables.Answer{"a table for staff": plain, "a table that is released": released,
		"a table of the register": kept} {
		cells, err := json.Marshal(tables.Cells(a))
		c.Check(err)
		if !strings.Contains(string(cells), `"extra":3`) || strings.Contains(string(cells), `"mean"`) {
			t.Errorf("%s has the cells %s", name, cells)
		}
		var file bytes.Buffer
		c.Check(tablefile.WriteCSV(&file, workbook.Book(a, wording.English, "", c.Now)))
		head, rows, _ := strings.Cut(file.String(), "\n")
		if !strings.Contains(head, "Extra") || strings.Contains(head, "Mean score") || !strings.Contains(rows, ",3") {
			t.Errorf("the file of %s begins\n%s\n%s", name, head, rows)
		}
	}
}
