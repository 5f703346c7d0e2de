package releases_test

import (
	"fmt"
	"testing"
	"time"

	"yousaid/analytics/register"
	"yousaid/analytics/releases"
)

func day(s string) time.Time {
	t, _ := time.Parse(time.DateOnly, s)
	return t
}

func TestWhatIsPlannedIsOwedForPeriodsThatAreOver(t *testing.T) {
	t.Parallel()
	p := releases.Plan{Cadence: releases.Quarterly, CreatedAt: day("2026-05-20").Add(15 * time.Hour)}
	if got := fmt.Sprint(p.Over(day("2026-11-28"), 8)); got != "[{2026-07-01 2026-09-30 2026-10-30} {2026-04-01 2026-06-30 2026-07-30} {2026-01-01 2026-03-31 2026-06-19}]" {
		t.Error(got)
	}
	if got := fmt.Sprint(p.Over(day("2026-11-28"), 1)); got != "[{2026-07-01 2026-09-30 2026-10-30}]" {
		t.Error(got)
	}
	p.Cadence = releases.Yearly
	if got := fmt.Sprint(p.Over(day("2027-01-01"), 8)); got != "[{2026-01-01 2026-12-31 2027-01-30} {2025-01-01 2025-12-31 2026-06-19}]" {
		t.Error(got)
	}
	p.Cadence = releases.Monthly
	if got := p.Over(day("2026-06-30"), 8); len(got) != 2 || got[0].From != "2026-05-01" || got[1].To != "2026-04-30" {
		t.Error(got)
	}
}

func TestQuarters(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"", "2026-Q0", "2026-Q5", "2026-Q1x", "26-Q1", "2026-Q", "-001-Q2", "2026Q1"} {
		if q, ok := releases.ParseQuarter(bad); ok {
			t.Errorf("%q is read as %v", bad, q)
		}
	}
	q, ok := releases.ParseQuarter("2026-Q3")
	if p := q.Period(); !ok || p.From != "2026-07-01" || p.To != "2026-09-30" || q.Words() != "July to September 2026" || q.IsOver("2026-09-30") || !q.IsOver("2026-10-01") {
		t.Errorf("%v %v %v", q, p, q.Words())
	}
	if got := fmt.Sprint(releases.LastQuarters(day("2026-02-03"), 3)); got != "[2025-Q4 2025-Q3 2025-Q2]" {
		t.Error(got)
	}
}

func TestATableIsPlannedOnceAndEnded(t *testing.T) {
	t.Parallel()
	c := newCouncil(t)
	ctx := t.Context()
	plans := releases.Plans{Reader: c.store.Reader, Ledger: silent{}, Now: func() time.Time { return day("2026-05-20") }}
	plan := releases.Plan{Survey: 2, Measure: "rating", By: []string{"age", "channel"}, Cadence: releases.Quarterly, Standing: true}
	id, err := plans.Add(ctx, c.by, plan)
	c.is(err, nil)
	_, err = plans.Add(ctx, c.by, plan)
	c.is(err, releases.ErrPlanExists)
	plan.By = []string{"sex"}
	_, err = plans.Add(ctx, c.by, plan)
	c.is(err, nil)
	c.owner.MustExec(`INSERT INTO releases (organisation_id, id, query, period_from, period_to, snapshot_no, threshold, cells, pattern, status) VALUES
		(1, 100, '{"surveys": ["how"], "measure": "rating", "by": ["age", "channel"], "subtotals": false}', '2026-01-01', '2026-03-31', 1, 10, '{"version": 2, "cells": [{"by": {"age": "a", "channel": "web"}, "n": 40}, {"by": {"age": "b", "channel": "web"}, "hidden": true}]}', '[1]', 'released'),
		(1, 101, '{"surveys": ["how"], "measure": "rating", "by": ["age", "channel"], "subtotals": true}', '2026-01-01', '2026-03-31', 1, 10, '{"version": 2, "cells": []}', '[]', 'released'),
		(1, 102, '{"surveys": ["how"], "measure": "rating", "by": ["sex"], "subtotals": false}', '2026-01-01', '2026-03-31', 1, 10, '{"version": 2, "cells": []}', '[]', 'withdrawn'),
		(1, 103, '{"surveys": ["how"], "measure": "rating", "by": ["service"], "subtotals": false}', '2026-01-01', '2026-03-31', 1, 5, '{"version": 2, "cells": []}', '[]', 'released')`)
	list, err := plans.Plans(ctx, 1)
	c.is(err, nil)
	found, err := plans.Released(ctx, 1, list)
	if err != nil || len(list) != 2 || list[0].ID != id || fmt.Sprint(found) != "[map[2026-01-01 2026-03-31:100] map[]]" {
		t.Errorf("%+v %v %v", list, found, err)
	}
	// By what they count: the survey was called otherwise then, and the question asked for by its scale; the last one counts another question under the name of this one.
	c.owner.MustExec(`INSERT INTO releases (organisation_id, id, query, period_from, period_to, snapshot_no, threshold, cells, pattern, status, proof) VALUES
		(1, 110, '{"surveys": ["what"], "measure": "scale:x", "by": ["age", "channel"], "subtotals": false}', '2026-04-01', '2026-06-30', 1, 10, '{"version": 2, "cells": []}', '[]', 'released', '{"counts": {"2": "rating"}}'),
		(1, 111, '{"surveys": ["how"], "measure": "rating", "by": ["age", "channel"], "subtotals": false}', '2026-07-01', '2026-09-30', 1, 10, '{"version": 2, "cells": []}', '[]', 'released', '{"counts": {"2": "ease"}}')`)
	if found, err = plans.Released(ctx, 1, list); err != nil || fmt.Sprint(found) != "[map[2026-01-01 2026-03-31:100 2026-04-01 2026-06-30:110] map[]]" {
		t.Errorf("%v %v", found, err)
	}
	c.owner.MustExec(`DELETE FROM releases WHERE organisation_id = 1 AND id IN (110, 111)`)
	c.is(plans.End(ctx, c.by, id), nil)
	c.is(plans.End(ctx, c.by, id), releases.ErrNoPlan)
	plan.By = []string{"age", "channel"}
	_, err = plans.Add(ctx, c.by, plan)
	c.is(err, nil)

	// The register, part by part; without the equality role only what has no equality dimension.
	left := releases.Register{Reader: c.store.Reader, Ledger: silent{}}
	numbers := func(equality bool, before int64) (text string) {
		entries, err := left.Entries(ctx, 1, register.Wanted{Equality: equality, Before: before, Limit: 2})
		c.is(err, nil)
		for _, e := range entries {
			text += fmt.Sprint(e.ID, ":", e.Hidden, "/", e.Cells, " ")
		}
		return text
	}
	if got := numbers(true, 0) + "| " + numbers(true, 102) + "| " + numbers(false, 0) + "| " + numbers(true, 100); got != "103:0/0 102:0/0 | 101:0/0 100:1/2 | 103:0/0 | " {
		t.Error(got)
	}
	if other, err := left.Entries(ctx, 2, register.Wanted{Equality: true, Limit: 10}); err != nil || len(other) != 0 {
		t.Errorf("a foreign council reads %v, %v", other, err)
	}
}
