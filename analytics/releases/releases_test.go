package releases_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/jmoiron/sqlx"

	"yousaid/analytics/register"
	"yousaid/analytics/releases"
	"yousaid/migrations/pgtest"
	"yousaid/surveys/tenant"
)

// silent takes what is recorded.
type silent struct{}

func (silent) Record(context.Context, *sqlx.Tx, tenant.Actor, string, string, any, any) error {
	return nil
}

type council struct {
	t     *testing.T
	owner *sqlx.DB
	store releases.Register
}

func newCouncil(t *testing.T) *council {
	t.Helper()
	database := pgtest.New(t)
	c := &council{t: t, owner: database.Owner(), store: releases.Register{Reader: releases.Reader{DB: tenant.New(database.App())},
		Ledger: silent{}}}
	c.owner.MustExec(`INSERT INTO organisations (id, slug, link_prefix, names) VALUES (1, 'testham', 'TST', '{"en": "T"}')`)
	c.owner.MustExec(`INSERT INTO surveys (organisation_id, id, slug, state) VALUES (1, 2, 'how', 'open')`)
	c.owner.MustExec(`INSERT INTO versions (organisation_id, id, survey_id, number, definition, digest) VALUES
		(1, 3, 2, 1, '{"pages": [{"questions": [{"code": "old", "kind": "yesno"}]}]}', ''),
		(1, 4, 2, 2, '{"pages": [{"questions": [{"code": "rating", "kind": "rating"}, {"code": "comment", "kind": "text"},
			{"code": "topics", "kind": "several"}]}]}', '')`)
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
		 '{"version": 2, "cells": [{"by": {"service": "bins"}, "n": 40, "mean": 3.5, "distribution": {"5": 30, "1": 10}},
		 	{"by": {"service": "(all)"}, "n": 40}]}', '[]', 'released')`)
	c.owner.MustExec(`INSERT INTO release_counts (organisation_id, release_id, survey_id, question, period_from, period_to, rounded, linked_by)
		SELECT organisation_id, id, 2, 'rating', period_from, period_to, false, '{rating}' FROM releases`)
	return c
}

// The register, part by part; without the equality role only what has no equality dimension.
func TestTheRegisterIsListedInParts(t *testing.T) {
	t.Parallel()
	c := newCouncil(t)
	numbers := func(equality bool, before int64) (text string) {
		entries, err := c.store.Entries(t.Context(), 1, register.Wanted{Equality: equality, Before: before, Limit: 2})
		if err != nil {
			t.Error(err)
		}
		for _, e := range entries {
			text += fmt.Sprint(e.ID, ":", e.Hidden, "/", e.Cells, " ")
		}
		return text
	}
	if got := numbers(true, 0) + "| " + numbers(true, 102) + "| " + numbers(false, 0) + "| " + numbers(true,
		100); got != "103:0/2 102:0/0 | 101:0/0 100:1/2 | 103:0/2 | " {
		t.Error(got)
	}
	if other, err := c.store.Entries(t.Context(), 2, register.Wanted{Equality: true, Limit: 10}); err != nil || len(other) != 0 {
		t.Errorf("a foreign council reads %v, %v", other, err)
	}
}

// Pages show many releases: none of them reads the proof, which is far larger than the table.
func TestATableIsReadWithoutItsProof(t *testing.T) {
	t.Parallel()
	c := newCouncil(t)
	c.owner.MustExec(`REVOKE SELECT ON releases FROM yousaid_app`)
	c.owner.MustExec(`GRANT SELECT (organisation_id, id, query, cells, period_from, period_to, snapshot_no,
		threshold, status, corrects_id, released_at) ON releases TO yousaid_app`)
	got, err := c.store.Release(t.Context(), 1, 103)
	if err != nil || len(got.Cells) != 1 || got.Cells[0].N != 40 || got.Cells[0].Code() != "bins" || got.Total == nil || got.Total.N != 40 {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := c.store.Release(t.Context(), 2, 103); !errors.Is(err, releases.ErrMissing) {
		t.Errorf("a foreign council reads %v", err)
	}
}

// What staff ask of the register is one line for each kind of table, the newest release of a query, and what became of its answers since.
func TestTheRegisterIsAskedOfKindsAndSameTables(t *testing.T) {
	t.Parallel()
	c := newCouncil(t)
	ctx := t.Context()
	kinds, err := c.store.Kinds(ctx, 1, false)
	if err != nil || len(kinds) != 1 || kinds[0].ID != 103 {
		t.Errorf("without the equality role: %+v, %v", kinds, err)
	}
	same, err := c.store.Same(ctx, 1, register.Query{Surveys: []string{"how"}, Measure: "rating", By: []string{"age", "channel"},
		Subtotals: true}, "2026-01-01", "2026-03-31")
	if err != nil || len(same) != 1 || same[0] != 101 {
		t.Errorf("%v, %v", same, err)
	}
	for n, want := range map[int]releases.Later{0: 0, 3: releases.Few, 14: 10, 15: 20} {
		c.owner.MustExec(`DELETE FROM responses`)
		c.owner.MustExec(`INSERT INTO responses (organisation_id, id, survey_id, version_id, source, mode, language,
			answered_hour, answers, state, excluded_no, verdict, change_no)
			SELECT 1, md5(n::text)::uuid, 2, 4, 'link', 'online', 'en', '2026-02-10 10:00Z', '{}', 'finished', n, 'burst', n
			FROM   generate_series(2, $1::int + 1) AS s (n)`, n)
		later, err := c.store.Later(ctx, 1, 103)
		if err != nil || later != want {
			t.Errorf("after %d answers it says %d: %v", n, later, err)
		}
	}
	if err := c.store.Noted(ctx, tenant.CommandLine(1), 103, "release.checked", nil); err != nil || releases.Object(103) != "release/103" {
		t.Error(err)
	}
}

// A table can be released of a question with one answer from a list, in any published version.
func TestWhatCanBeCounted(t *testing.T) {
	t.Parallel()
	c := newCouncil(t)
	tx, err := c.store.DB.Begin(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	for measure, want := range map[string]error{"rating": nil, "old": nil, "comment": releases.ErrNotAsked,
		"topics": releases.ErrNotAsked, "nosuch": releases.ErrNotAsked} {
		if err := releases.Countable(t.Context(), tx, 1, 2, measure); !errors.Is(err, want) {
			t.Errorf("%s: %v", measure, err)
		}
	}
}
