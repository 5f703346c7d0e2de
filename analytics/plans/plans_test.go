package plans_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"yousaid/analytics/plans"
	"yousaid/analytics/releases"
	"yousaid/migrations/pgtest"
	"yousaid/surveys/tenant"
)

func day(s string) time.Time {
	t, _ := time.Parse(time.DateOnly, s)
	return t
}

// silent takes what is recorded.
type silent struct{}

func (silent) Record(context.Context, *sqlx.Tx, tenant.Actor, string, string, any, any) error {
	return nil
}

type council struct {
	t     *testing.T
	owner *sqlx.DB
	store plans.Store
	by    tenant.Actor
}

func newCouncil(t *testing.T) *council {
	t.Helper()
	database := pgtest.New(t)
	store := plans.Store{Reader: releases.Reader{DB: tenant.New(database.App())}, Ledger: silent{},
		Now: func() time.Time { return day("2026-05-20") }}
	c := &council{t: t, owner: database.Owner(), store: store, by: tenant.CommandLine(1)}
	c.owner.MustExec(`INSERT INTO organisations (id, slug, link_prefix, names) VALUES (1, 'testham', 'TST', '{"en": "T"}')`)
	c.owner.MustExec(`INSERT INTO surveys (organisation_id, id, slug, state) VALUES (1, 2, 'how', 'open')`)
	c.owner.MustExec(`INSERT INTO versions (organisation_id, survey_id, number, definition, digest)
		VALUES (1, 2, 1, '{"pages": [{"questions": [{"code": "rating", "kind": "rating"}, {"code": "comment", "kind": "text"},
			{"code": "topics", "kind": "several"}]}]}', '')`)
	return c
}

func (c *council) is(err, want error) {
	c.t.Helper()
	if !errors.Is(err, want) {
		c.t.Errorf("%v, not %v", err, want)
	}
}

func TestWhatIsPlannedIsOwedForPeriodsThatAreOver(t *testing.T) {
	t.Parallel()
	p := plans.Plan{Cadence: plans.Quarterly, CreatedAt: day("2026-05-20").Add(15 * time.Hour)}
	if got := fmt.Sprint(p.Over(day("2026-11-28"),
		8)); got != "[{2026-07-01 2026-09-30 2026-10-30} {2026-04-01 2026-06-30 2026-07-30} {2026-01-01 2026-03-31 2026-06-19}]" {
		t.Error(got)
	}
	if got := fmt.Sprint(p.Over(day("2026-11-28"), 1)); got != "[{2026-07-01 2026-09-30 2026-10-30}]" {
		t.Error(got)
	}
	p.Cadence = plans.Yearly
	if got := fmt.Sprint(p.Over(day("2027-01-01"), 8)); got != "[{2026-01-01 2026-12-31 2027-01-30} {2025-01-01 2025-12-31 2026-06-19}]" {
		t.Error(got)
	}
	p.Cadence = plans.Monthly
	if got := p.Over(day("2026-06-30"), 8); len(got) != 2 || got[0].From != "2026-05-01" || got[1].To != "2026-04-30" {
		t.Error(got)
	}
}

func TestQuarters(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"", "2026-Q0", "2026-Q5", "2026-Q1x", "26-Q1", "2026-Q", "-001-Q2", "2026Q1"} {
		if q, ok := plans.ParseQuarter(bad); ok {
			t.Errorf("%q is read as %v", bad, q)
		}
	}
	q, ok := plans.ParseQuarter("2026-Q3")
	if p := q.Period(); !ok || p.From != "2026-07-01" || p.To != "2026-09-30" || q.Words().String() != "July to September 2026" ||
		q.IsOver("2026-09-30") || !q.IsOver("2026-10-01") {
		t.Errorf("%v %v %v", q, p, q.Words())
	}
	if got := fmt.Sprint(plans.LastQuarters(day("2026-02-03"), 3)); got != "[2025-Q4 2025-Q3 2025-Q2]" {
		t.Error(got)
	}
}

func TestATableIsPlannedOnceAndEnded(t *testing.T) {
	t.Parallel()
	c := newCouncil(t)
	ctx := t.Context()
	planned := c.store
	for _, measure := range []string{"nosuch", "comment", "topics", "", "scale:lga-satisfaction-5", "Rating"} {
		_, err := planned.Add(ctx, c.by, plans.Plan{Survey: 2, Measure: measure, By: []string{"age"}, Cadence: plans.Quarterly})
		c.is(err, releases.ErrNotAsked)
	}
	plan := plans.Plan{Survey: 2, Measure: "rating", By: []string{"age", "channel"}, Cadence: plans.Quarterly, Standing: true}
	id, err := planned.Add(ctx, c.by, plan)
	c.is(err, nil)
	_, err = planned.Add(ctx, c.by, plan)
	c.is(err, plans.ErrPlanExists)
	plan.By = []string{"sex"}
	_, err = planned.Add(ctx, c.by, plan)
	c.is(err, nil)
	c.owner.MustExec(`INSERT INTO releases (organisation_id, id, query, period_from, period_to, snapshot_no, threshold,
		cells, pattern, status) VALUES
		(1, 100, '{"surveys": ["how"], "measure": "rating", "by": ["age", "channel"], "subtotals": false}', '2026-01-01', '2026-03-31', 1, 10,
		 '{"version": 2, "cells": [{"by": {"age": "a", "channel": "web"}, "n": 40}, {"by": {"age": "b", "channel": "web"}, "hidden": true}]}',
		 '[1]', 'released'),
		(1, 101, '{"surveys": ["how"], "measure": "rating", "by": ["age", "channel"], "subtotals": true}', '2026-01-01', '2026-03-31', 1, 10,
		 '{"version": 2, "cells": []}', '[]', 'released'),
		(1, 102, '{"surveys": ["how"], "measure": "rating", "by": ["sex"], "subtotals": false}', '2026-01-01', '2026-03-31', 1, 10,
		 '{"version": 2, "cells": []}', '[]', 'withdrawn'),
		(1, 103, '{"surveys": ["how"], "measure": "rating", "by": ["service"], "subtotals": false}', '2026-01-01', '2026-03-31', 1, 5,
		 '{"version": 2, "cells": []}', '[]', 'released')`)
	counts := func(release int, question string) {
		c.owner.MustExec(`INSERT INTO release_counts (organisation_id, release_id, survey_id, question, period_from,
			period_to, rounded, linked_by)
			SELECT organisation_id, id, 2, $2, period_from, period_to, false, '{}' FROM releases WHERE organisation_id = 1
			       AND id = $1`, release, question)
	}
	for release := 100; release <= 103; release++ {
		counts(release, "rating")
	}
	list, err := planned.Plans(ctx, 1)
	c.is(err, nil)
	found, err := planned.Released(ctx, 1, list)
	if err != nil || len(list) != 2 || list[0].ID != id || fmt.Sprint(found) != "[map[2026-01-01 2026-03-31:100] map[]]" {
		t.Errorf("%+v %v %v", list, found, err)
	}
	// By what they count: the survey was called otherwise then, and the question asked for by its scale; the last one
	// counts another question under the name of this one.
	c.owner.MustExec(`INSERT INTO releases (organisation_id, id, query, period_from, period_to, snapshot_no, threshold,
		cells, pattern, status) VALUES
		(1, 110, '{"surveys": ["what"], "measure": "scale:x", "by": ["age", "channel"], "subtotals": false}', '2026-04-01', '2026-06-30', 1, 10,
		 '{"version": 2, "cells": []}', '[]', 'released'),
		(1, 111, '{"surveys": ["how"], "measure": "rating", "by": ["age", "channel"], "subtotals": false}', '2026-07-01', '2026-09-30', 1, 10,
		 '{"version": 2, "cells": []}', '[]', 'released')`)
	counts(110, "rating")
	counts(111, "ease")
	if found, err = planned.Released(ctx, 1, list); err != nil ||
		fmt.Sprint(found) != "[map[2026-01-01 2026-03-31:100 2026-04-01 2026-06-30:110] map[]]" {
		t.Errorf("%v %v", found, err)
	}
	c.is(planned.End(ctx, c.by, id), nil)
	c.is(planned.End(ctx, c.by, id), plans.ErrNoPlan)
	plan.By = []string{"age", "channel"}
	_, err = planned.Add(ctx, c.by, plan)
	c.is(err, nil)
}
