package linked_test

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"yousaid/analytics/attack"
	"yousaid/analytics/tables"
	"yousaid/analytics/workbook"
	"yousaid/surveys/tablefile"
	"yousaid/surveys/wording"
)

// A table with subtotals leaves as CSV, spreadsheet, page and answer; the attacker reads each again, and comes to the same.
func TestWhatLeavesIsAttacked(t *testing.T) {
	t.Parallel()
	c := satisfaction(t)
	for m := time.July; m <= time.September; m++ {
		c.Answered(8, m, "web", "bins")
		c.Answered(5, m, "web", "repairs")
		c.Few(2, m, "web", "garden", "1")
		c.Few(1, m, "post", "repairs", "5")
	}
	q := public(time.July, time.September, "service", "channel")
	q.Subtotals = true
	c.attacked(c.Protected(q), 1)

	rounded := satisfaction(t)
	rounded.Answered(8, time.July, "web", "bins")
	rounded.Few(3, time.July, "post", "bins", "1")
	q = public(time.July, time.July, "channel")
	q.Rounded = true
	rounded.attacked(rounded.Protected(q), 3)
}

// attacked writes a release in every format, and lets the attacker read and try each.
func (c *council) attacked(p tables.Protected, atLeast int) {
	t := c.T
	t.Helper()
	files := map[string][]byte{}
	for _, name := range []string{"csv", "xlsx", "html"} { // what the attacker reads; other formats hold the same cells
		format, _ := tablefile.Named(name, tablefile.Format.HoldsTables)
		var file bytes.Buffer
		c.Check(format.Table(&file, workbook.Book(p, wording.English, "Ask us.", c.Now)))
		files["table."+format.Name] = file.Bytes()
	}
	raw, err := json.Marshal(p.CellsWithTotal())
	c.Check(err)
	files["table.json"] = raw
	cells := 0
	for name, content := range files {
		tables, err := attack.Read(name, content)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, row := range tables[0].Rows {
			if width := int64(p.Table.Rounded() - 1); row.N != nil && row.N.High-row.N.Low != 0 && p.Table.Rounded() == 0 ||
				row.N != nil && p.Table.Rounded() > 0 && row.N.High-row.N.Low < width {
				t.Errorf("%s: %v is read as %+v, rounded to %d", name, row.Codes, row.N, p.Table.Rounded())
			}
		}
		r := attack.Attack(tables, attack.Options{Threshold: 5, Exact: true})
		if r.ExactlyDisclosed+r.Unknown > 0 || r.Impossible || r.Cells < atLeast || cells > 0 && r.Cells != cells {
			t.Errorf("%s: %s", name, r)
		}
		cells = r.Cells
	}
	if len(files) < 4 {
		t.Errorf("only %d files", len(files))
	}
	t.Logf("%d hidden cells in each of %d files", cells, len(files))
}
