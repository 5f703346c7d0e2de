package surveys

import (
	"context"
	"fmt"

	"yousaid/surveys/tenant"
)

// Discard puts the version that was published last in the place of the draft, as it was read at the revision. The version stays as
// it is, and the draft is kept among the earlier states: see TakeBack. ErrStaleDraft when somebody else saved since,
// ErrNotPublished when there is no version, ErrClosed when the survey is closed.
func (s Store) Discard(ctx context.Context, by tenant.Actor, survey int64, revision int) (Saved, error) {
	v, err := s.CurrentVersion(ctx, by.Org, survey)
	if err != nil {
		return Saved{}, fmt.Errorf("discarding the draft of survey %d: %w", survey, err)
	}
	return s.replace(ctx, by, survey, revision, v.Definition, "survey.draft_discarded", map[string]any{"version": v.Number})
}

// TakeBack puts a draft back that was discarded, which made the revision after from. ErrStaleDraft when it has been changed since,
// ErrMissing when it is not kept any more.
func (s Store) TakeBack(ctx context.Context, by tenant.Actor, survey int64, from int) (Saved, error) {
	was, err := s.Revision(ctx, by.Org, survey, from)
	if err != nil {
		return Saved{}, err
	}
	return s.replace(ctx, by, survey, from+1, was.Definition, "survey.draft_taken_back", map[string]any{"from": from})
}
