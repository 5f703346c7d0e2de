package responses

import (
	"context"

	"github.com/google/uuid"
)

// jobs gives first pages about one job the key of it, and tells which of the batch come too late because the job has its response: another one, stored before or earlier
// in this batch. The lock on the feed's row, taken by start, puts those who send for one job at the same moment one after the other, across servers; the unique index
// would refuse what slipped through.
func (t *try) jobs(ctx context.Context) (taken []int, err error) {
	ids, keys := newArray(0, 37), newArray(0, 35)
	first := map[string]uuid.UUID{}
	wanted := map[uuid.UUID]int{}
	for i, w := range t.batch {
		if !w.First || w.Job.None() || !t.stored[i] {
			continue
		}
		key := w.Job.String()
		if other, ok := first[key]; ok && other != w.Response {
			taken = append(taken, i)
			continue
		}
		first[key] = w.Response
		wanted[w.Response] = i
		ids.uuid(w.Response)
		keys.text(key)
	}
	if len(wanted) == 0 {
		return taken, nil
	}
	var free []uuid.UUID
	if err := t.tx.SelectContext(ctx, &free, `
		UPDATE responses r
		SET    job_key = u.key
		FROM   unnest($2::uuid[], $3::text[]) AS u (id, key)
		WHERE  r.organisation_id = $1 AND r.id = u.id
		AND    NOT EXISTS (SELECT FROM responses o
		                   WHERE  o.organisation_id = $1 AND o.survey_id = r.survey_id AND o.job_key = u.key AND o.id <> r.id)
		RETURNING r.id`, t.org, ids.String(), keys.String()); err != nil {
		return nil, err
	}
	for _, id := range free {
		delete(wanted, id)
	}
	for _, i := range wanted {
		taken = append(taken, i)
	}
	return taken, nil
}
