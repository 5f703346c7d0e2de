package register

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"yousaid/surveys/tenant"
)

// Asked is a table that is to be released, as far as it decides with which releases it is audited together.
type Asked struct {
	Counts   map[int64]string // by the survey's id, the code of the question
	From, To string           // days as 2026-03-31, both counted
	By       []string
	Rounded  bool
}

// Linked reads the releases that can tell something together with a table that is to be released, oldest first,
// whatever became of them: what was once public stays known.
//
// Two releases are linked when they count a survey on a common day, and share a name of linkedBy, or one of them is
// split by months; or through others that are. That is no less than what the audit proves together
// (docs/disclosure.md), which looks at the releases themselves. Rounded ones are not proved together with others: they
// are read where they share a survey and a day with a table that is not rounded, which then cannot be released, and the
// other way round.
func Linked(ctx context.Context, tx *sqlx.Tx, org tenant.Org, a Asked) ([]Release, error) {
	var rows []row
	if err := tx.SelectContext(ctx, &rows, selectLinked, org, pq.Array(slices.Sorted(maps.Keys(a.Counts))), a.From, a.To,
		pq.Array(linkedBy(a.By, a.Counts)), a.Rounded); err != nil {
		return nil, fmt.Errorf("reading the releases that are audited together: %w", err)
	}
	list := make([]Release, 0, len(rows))
	for _, r := range rows {
		one, err := r.release()
		if err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	return list, nil
}

// selectLinked follows kinds of releases (a survey, a period, names), of which there are far fewer than releases: each
// kind is looked up once.
const selectLinked = `
	WITH RECURSIVE linked (survey_id, period_from, period_to, linked_by) AS (
	    SELECT s.id, $3::date, $4::date, $5::text[]
	    FROM   unnest($2::bigint[]) AS s (id)
	    WHERE  NOT $6::boolean
	    UNION
	    SELECT w.survey_id, w.period_from, w.period_to, w.linked_by
	    FROM   linked l
	    JOIN   release_counts c ON c.organisation_id = $1 AND c.survey_id = l.survey_id AND c.period_to >= l.period_from
	           AND c.period_from <= l.period_to AND NOT c.rounded
	                           AND (c.linked_by && l.linked_by OR 'month' = ANY (c.linked_by) OR 'month' = ANY (l.linked_by))
	    JOIN   release_counts w ON w.organisation_id = $1 AND w.release_id = c.release_id
	)
	SELECT   r.id, r.query, r.cells, r.period_from::text AS period_from, r.period_to::text AS period_to, r.snapshot_no, r.threshold,
	         r.status, COALESCE(r.corrects_id, 0) AS corrects, r.released_at,
	         r.proof - 'proof' AS kept, jsonb_path_query_array(r.proof, '$.proof.evidence[*] ? (@.shows == "nobody").codes') AS small,
	         (SELECT jsonb_object_agg(o.survey_id, o.question)
	          FROM   release_counts o
	          WHERE  o.organisation_id = $1 AND o.release_id = r.id) AS counts
	FROM     releases r
	WHERE    r.organisation_id = $1 AND r.id IN (
	             SELECT c.release_id
	             FROM   linked l
	             JOIN   release_counts c ON c.organisation_id = $1 AND c.survey_id = l.survey_id AND c.period_from = l.period_from
	                    AND c.period_to = l.period_to AND c.linked_by = l.linked_by AND NOT c.rounded
	             UNION  ALL
	             SELECT c.release_id
	             FROM   release_counts c
	             WHERE  c.organisation_id = $1 AND c.survey_id = ANY ($2) AND c.period_to >= $3 AND c.period_from <= $4 AND c.rounded <> $6)
	ORDER BY r.id`

// linkedBy are the names through which a release can be linked with others: the questions that it counts, and what its
// rows are split by. What follows from another is named as that: a directorate from the service, one answer of several
// (topics:parks) from its question, the groups of a characteristic (age_group) from the characteristic.
func linkedBy(by []string, counts map[int64]string) []string {
	var names []string
	for _, id := range slices.Concat(by, slices.Collect(maps.Values(counts))) {
		if id == "directorate" {
			id = "service"
		}
		id, _, _ = strings.Cut(id, ":")
		for strings.HasSuffix(id, "_group") { // one characteristic is called ethnic_group itself
			id = strings.TrimSuffix(id, "_group")
		}
		names = append(names, id)
	}
	slices.Sort(names)
	return slices.Compact(names)
}
