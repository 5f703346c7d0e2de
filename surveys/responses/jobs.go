package responses

import "context"

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
