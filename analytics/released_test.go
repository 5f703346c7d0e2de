package analytics_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"yousaid/analytics/figures"
	"yousaid/analytics/refusal"
	"yousaid/analytics/releases"
	"yousaid/analytics/tables"
	"yousaid/analytics/workbook"
	"yousaid/surveys/tablefile"
	"yousaid/surveys/tenant"
	"yousaid/surveys/wording"
)

func (c *council) csv(a tables.Answer) string {
	c.T.Helper()
	var file bytes.Buffer
	c.Check(tablefile.WriteCSV(&file, workbook.Book(a, wording.English, "", c.Now)))
	return file.String()
}

// A release is read back as it left: the same rows, the same file, also after answers were withdrawn and a service was renamed.
func TestAReleaseIsReadBackAsItLeft(t *testing.T) {
	t.Parallel()
	c := satisfaction(t)
	c.People(20, map[string]string{"age_band": "25_34"}, "2026-08-10T10")
	c.People(9, map[string]string{"age_band": "35_44"}, "2026-09-10T10")
	c.People(1, map[string]string{"age_band": "75_84"}, "2026-09-10T10")
	c.People(12, nil, "2026-09-10T10")
	c.Store(14, answer{Answers: rated("4"), Equality: map[string]string{"age_band": "35_44"}, Service: "repairs", At: "2026-09-10T10"})
	q := query("age")
	q.By, q.Subtotals, q.Audience = []string{"age", "service"}, true, figures.Public
	p := c.Protected(q)
	left, file := tables.Rows(p), c.csv(p)
	tx, err := c.DB.Begin(t.Context(), c.Org)
	c.Check(err)
	c.Must(tx.Exec(`UPDATE services SET names = '{"en": "Otherwise"}' WHERE organisation_id = $1`, c.Org))
	c.Must(tx.Exec(`UPDATE responses SET state = 'withdrawn' WHERE organisation_id = $1 AND service_id = $2`, c.Org, c.Services["bins"]))
	c.Check(tx.Commit())

	r, err := c.Register().Table(t.Context(), c.By(), p.Release)
	c.Check(err)
	rows := tables.Rows(r)
	if len(rows) != len(left) {
		t.Fatalf("%d rows were released and %d are read", len(left), len(rows))
	}
	for i := range rows {
		if wording.Listed("|", rows[i].Labels).String() != wording.Listed("|", left[i].Labels).String() && !left[i].Total ||
			rows[i].N != left[i].N ||
			rows[i].Hidden != left[i].Hidden || rows[i].Sum != left[i].Sum {
			t.Errorf("row %d was\n%+v and is\n%+v", i, left[i], rows[i])
		}
	}
	again := c.csv(r)
	if i := strings.IndexByte(again, '\n'); again[i:] != file[strings.IndexByte(file, '\n'):] {
		t.Errorf("the file is\n%s\nand was\n%s", again, file)
	}
	if !r.Equality() || r.Threshold != 10 || r.Proven.Lattices != p.Lattices || r.Period().String() != p.Period().String() ||
		r.Title().String() != p.Title().String() {
		t.Errorf("%+v", r)
	}
	cells, err := r.JSON()
	c.Check(err)
	whole, err := json.Marshal(p.CellsWithTotal())
	c.Check(err)
	if !bytes.Equal(cells, whole) {
		t.Errorf("the cells are\n%s\nand were\n%s", cells, whole)
	}
	gaps, without := tables.Differences(r)
	before, hidden := tables.Differences(p)
	if fmt.Sprint(gaps) != fmt.Sprint(before) || fmt.Sprint(without) != fmt.Sprint(hidden) {
		t.Errorf("%+v, %+v", gaps, before)
	}
}

// Who may read a release, and what is read of one that left before its words were kept.
func TestWhoReadsARelease(t *testing.T) {
	t.Parallel()
	c := satisfaction(t)
	put := func(by string, threshold int) (id int64) {
		tx, err := c.DB.Begin(t.Context(), c.Org)
		c.Check(err)
		c.Check(tx.Get(&id, `
			INSERT INTO releases (organisation_id, query, period_from, period_to, snapshot_no, threshold, cells, pattern, status)
			VALUES ($1, $2, '2026-01-01', '2026-03-31', 1, $3, $4, '[1]', 'released')
			RETURNING id`, c.Org, `{"surveys": ["customer-satisfaction"], "measure": "rating", "by": ["`+by+`"]}`, threshold,
			`{"version": 2, "cells": [{"by": {"`+by+`": "a"}, "n": 40, "mean": 3.5}, {"by": {"`+by+`": null}, "hidden": true}, {"by": {"`+by+
				`": "(all)"}, "n": 55}]}`))
		c.Check(tx.Commit())
		return id
	}
	plain, equality := put("channel", 5), put("sex", 10)
	r, err := c.Register().Table(t.Context(), c.By(), plain)
	c.Check(err)
	rows := tables.Rows(r)
	if len(rows) != 3 || rows[0].N != 40 || !rows[1].Hidden || rows[1].Codes[0] != "" || !rows[2].Total || rows[2].N != 55 || r.Equality() {
		t.Errorf("%+v", rows)
	}
	for role, want := range map[string][2]error{
		"equality": {}, "administrator": {}, "consultation": {nil, refusal.ErrNotAllowed}, "viewer": {refusal.ErrNotAllowed,
			refusal.ErrNotAllowed}, "service": {refusal.ErrNotAllowed, refusal.ErrNotAllowed},
	} {
		by := tenant.Actor{Org: c.Org, Name: role, Grants: []tenant.Grant{{Role: role}}}
		for i, id := range []int64{plain, equality} {
			if _, err := c.Register().Table(t.Context(), by, id); !errors.Is(err, want[i]) {
				t.Errorf("%s reads release %d: %v", role, i, err)
			}
		}
	}
	if _, err := c.Register().Table(t.Context(), tenant.CommandLine(c.Organisation("other", "WST")), plain); !errors.Is(err,
		releases.ErrMissing) {
		t.Errorf("another council reads it: %v", err)
	}
	if _, err := c.Register().Table(t.Context(), c.By(), 1); !errors.Is(err, releases.ErrMissing) {
		t.Error(err)
	}
}

// A look at what may leave is a look, and is logged; one at a table without equality is none.
func TestAPreviewOfAnEqualityTableIsLogged(t *testing.T) {
	t.Parallel()
	c := satisfaction(t)
	c.People(20, sex("female"), "2026-09-10T10")
	q := query("sex")
	_, err := c.Ask.Preview(t.Context(), c.By(), q)
	c.Check(err)
	if got := c.Ledger.Actions[len(c.Ledger.Actions)-1]; got != "equality.asked" {
		t.Errorf("the last entry is %s", got)
	}
	n := len(c.Ledger.Actions)
	q.By = []string{"channel"}
	_, err = c.Ask.Preview(t.Context(), c.By(), q)
	c.Check(err)
	if len(c.Ledger.Actions) != n {
		t.Error("a preview without equality is logged")
	}
}
