package migrations

import (
	"strings"
	"testing"
)

// What releases of before count is worked out once: from what the register kept beside the proof, else from the words of the query,
// a scale by the questionnaire of the day of the release.
func TestWhatOldReleasesCount(t *testing.T) {
	t.Parallel()
	c := cluster(t)
	dsn := c.OwnerDSN()
	if _, err := up(t.Context(), dsn, before(t, "0037")); err != nil {
		t.Fatal(err)
	}
	rating := func(code, more string) string {
		return `{"code": "` + code + `", "kind": "rating", "scale": "five"` + more + `}`
	}
	run(t, dsn, `INSERT INTO organisations (id, slug, link_prefix, names) VALUES (1, 'north', 'NTH', '{}'), (2, 'south', 'STH', '{}')`,
		`INSERT INTO surveys (organisation_id, id, slug, state) VALUES (1, 5, 'how', 'open'), (1, 6, 'visit', 'open'), (2, 7, 'how', 'open')`,
		`INSERT INTO versions (organisation_id, survey_id, number, definition, digest, published_at) VALUES
		 (1, 5, 1, '{"pages": [{"questions": [{"code": "x", "kind": "text"}]}, {"questions": [`+rating("ease", "")+`, `+rating("rating",
			`, "required": true`)+`]}]}', '', '2026-01-01'),
		 (1, 5, 2, '{"pages": [{"questions": [`+rating("overall", "")+`, `+rating("later", "")+`]}]}', '', '2026-06-01'),
		 (1, 6, 1, '{"pages": [{"questions": [`+rating("visit", "")+`]}]}', '', '2026-06-01'),
		 (2, 7, 1, '{"pages": [{"questions": [`+rating("theirs", "")+`]}]}', '', '2026-01-01')`,
		`INSERT INTO releases (organisation_id, id, query, period_from, period_to, snapshot_no, threshold,
		                       cells, pattern, status, released_at, proof)
		 SELECT organisation, id, query::jsonb, '2026-01-01', '2026-03-31', 1, 5, '{"version": 2, "cells": []}', '[]', 'released',
		        at::timestamptz, proof::jsonb
		 FROM   (VALUES
		        (1, 11, '{"surveys": ["was called so"], "measure": "scale:five", "by": ["directorate", "age_group"]}', '2026-04-01',
		         '{"counts": {"5": "rating", "6": "visit"}, "limits": ["x"]}'),
		        (1, 12, '{"surveys": ["was called so"], "measure": "rating", "by": ["topics:parks", "ethnic_group_group"], "rounded": true}',
		         '2026-04-01', '{"counts": null, "words": {"surveys": [{"id": 5}]}}'),
		        (1, 13, '{"surveys": ["how"], "measure": "ease", "by": []}', '2026-04-01', '{}'),
		        (1, 14, '{"surveys": ["how", "visit"], "measure": "scale:five", "by": ["channel"]}', '2026-04-01', '{}'),
		        (1, 15, '{"surveys": ["how", "visit"], "measure": "scale:five", "by": ["channel"]}', '2026-07-01',
		         '{"words": {"surveys": [{"id": 5}]}}'),
		        (1, 16, '{"surveys": ["how"], "measure": "scale:seven", "by": ["channel"]}', '2026-07-01', '{}'),
		        (2, 17, '{"surveys": ["how"], "measure": "scale:five"}', '2025-07-01', '{}')) AS r (organisation, id, query, at, proof)`)
	if _, err := Up(t.Context(), dsn); err != nil {
		t.Fatal(err)
	}
	want := []string{
		`11 5 rating exact {age,rating,service,visit}`, `11 6 visit exact {age,rating,service,visit}`,
		`12 5 rating rounded {ethnic,rating,topics}`,
		`13 5 ease exact {ease}`,
		// the visit was not asked before: by its first questionnaire
		`14 5 rating exact {channel,rating,visit}`, `14 6 visit exact {channel,rating,visit}`,
		`15 5 overall exact {channel,overall}`,
		`17 7 theirs exact {theirs}`,
	}
	got := strings.TrimSpace(ask(t, dsn, `
		SELECT string_agg(concat_ws(' ', release_id, survey_id, question, CASE WHEN rounded THEN 'rounded' ELSE 'exact' END, linked_by),
		                  E'\n' ORDER BY release_id, survey_id)
		FROM   release_counts
		WHERE  period_from = '2026-01-01' AND period_to = '2026-03-31'`))
	if got != strings.Join(want, "\n") {
		t.Errorf("the releases count\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
	if left := ask(t, dsn, `SELECT string_agg(proof::text, ' ' ORDER BY id) FROM releases WHERE id IN (11, 12)`); strings.TrimSpace(
		left) != `{"limits": ["x"]} {"words": {"surveys": [{"id": 5}]}}` {
		t.Errorf("beside the proofs stands %s", left)
	}
}
