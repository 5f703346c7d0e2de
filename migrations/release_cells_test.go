package migrations

import (
	"strings"
	"testing"
)

// Releases of before have the codes beside the figures: each code goes under "by", also of a question that is called as a figure
// is, and nothing else changes.
func TestCellsOfOldReleasesAreBroughtToVersion2(t *testing.T) {
	t.Parallel()
	c := cluster(t)
	dsn := c.OwnerDSN()
	if _, err := up(t.Context(), dsn, before(t, "0034")); err != nil {
		t.Fatal(err)
	}
	run(t, dsn, `INSERT INTO organisations (id, slug, link_prefix, names) VALUES (1, 'north', 'NTH', '{}'), (2, 'south', 'STH', '{}')`,
		`INSERT INTO releases (organisation_id, id, query, period_from, period_to, snapshot_no, threshold, cells, pattern, status)
		 SELECT organisation, id, query::jsonb, '2026-01-01', '2026-03-31', 1, 5, cells::jsonb, '[]', 'released'
		 FROM   (VALUES
		        (1, 11, '{"by": ["sex", "channel"]}',
		         '[{"sex": "female", "channel": null, "part_of": {"sex": "(all)"}, "n": 40, "mean": 3.5, "distribution": {"1": 10, "2": 30}},
		           {"sex": null, "channel": "web", "hidden": true}]'),
		        (2, 12, '{"by": ["not_asked"]}',
		         '[{"not_asked": "a", "n": 40}, {"not_asked": "(all)", "n": 60, "rounded": 5}, {"not_asked": null, "hidden": true}]'),
		        (1, 13, '{"by": ["rounded"]}', '[{"rounded": "a", "n": 40}]'),
		        (1, 14, '{"by": ["part_of"]}', '[{"part_of": "a", "n": 40}]'),
		        (1, 15, '{"by": []}', '[{"n": 40}]'),
		        (1, 16, '{"by": ["sex"]}', '[]'),
		        (1, 17, '{}', '[{"n": 1}]')) AS r (organisation, id, query, cells)`)
	if _, err := Up(t.Context(), dsn); err != nil {
		t.Fatal(err)
	}
	want := []string{
		`11 {"cells": [{"n": 40, "by": {"sex": "female", "channel": null}, "mean": 3.5, "part_of": {"sex": "(all)"}, ` +
			`"distribution": {"1": 10, "2": 30}}, {"by": {"sex": null, "channel": "web"}, "hidden": true}], "version": 2}`,
		`12 {"cells": [{"n": 40, "by": {"not_asked": "a"}}, {"n": 60, "by": {"not_asked": "(all)"}, "rounded": 5}, ` +
			`{"by": {"not_asked": null}, "hidden": true}], "version": 2}`,
		`13 {"cells": [{"n": 40, "by": {"rounded": "a"}}], "version": 2}`,
		`14 {"cells": [{"n": 40, "by": {"part_of": "a"}}], "version": 2}`,
		`15 {"cells": [{"n": 40, "by": {}}], "version": 2}`,
		`16 {"cells": [], "version": 2}`,
		`17 {"cells": [{"n": 1, "by": {}}], "version": 2}`,
	}
	if got := strings.TrimSpace(ask(t, dsn,
		`SELECT string_agg(id || ' ' || cells, E'\n' ORDER BY id) FROM releases`)); got != strings.Join(want, "\n") {
		t.Errorf("the cells are\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}
