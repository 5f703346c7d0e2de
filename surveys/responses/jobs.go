package responses

import (
	"context"

	"github.com/google/uuid"
)

// jobs gives first pages about one job the key of it, and tells which of the batch come too late because the job has its response in their survey: another one, stored before
// or earlier in this batch. The lock on the feed's row, taken by start, puts those who send for one job at the same moment one after the other, across servers; the unique
// index would refuse what slipped through. Which survey a page is of, only the database knows: a batch may hold several, and several versions of one.
func (t *try) jobs(ctx context.Context) (taken []int, err error) {
	ids, keys := newArray(0, 37), newArray(0, 35)
	wanted := map[uuid.UUID]int{}
	for i, w := range t.batch {
		if !w.First || w.Job.None() || !t.stored[i] {
			continue
		}
		wanted[w.Response] = i
		ids.uuid(w.Response)
		keys.text(w.Job.String())
	}
	if len(wanted) == 0 {
		return nil, nil
	}
	var free []uuid.UUID
	if err := t.tx.SelectContext(ctx, &free, `
		UPDATE responses r
		SET    job_key = u.key
		FROM   (SELECT   DISTINCT ON (n.survey_id, w.key) n.id, w.key
		        FROM     unnest($2::uuid[], $3::text[]) WITH ORDINALITY AS w (id, key, place)
		        JOIN     responses n ON n.organisation_id = $1 AND n.id = w.id
		        ORDER BY n.survey_id, w.key, (n.job_key IS NULL), w.place) AS u
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

// JobTaken tells whether the job that a form is about has its response in the survey already: another one than the form's.
func (s Store) JobTaken(ctx context.Context, f Form) (bool, error) {
	tx, err := s.db.Begin(ctx, f.Organisation)
	if err != nil {
		return false, err
	}
	defer tx.Rollback()
	var n int
	err = tx.GetContext(ctx, &n, `
		SELECT count(*)
		FROM   links l
		JOIN   responses r ON r.organisation_id = $1 AND r.survey_id = l.survey_id
		WHERE  l.organisation_id = $1 AND l.id = $2 AND r.job_key = $3 AND r.id <> $4`, f.Organisation, f.Link, f.Job.String(), f.Response)
	return n > 0, err
}
