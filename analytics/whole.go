package analytics

import (
	"context"

	"yousaid/surveys/tenant"
)

// Whole gives the one figure of the whole organisation, also to those who see the answers of some services only: what they see is compared with it, and everybody who may see figures may know
// it. The query has no dimension and no filter. It returns a Refusal, ErrNotAllowed, or the database's error.
func (a *Analytics) Whole(ctx context.Context, by tenant.Actor, q Query) (Figures, error) {
	if len(q.By) > 0 || len(q.Where) > 0 || q.Audience == Public || q.Rounded {
		return Figures{}, refuse("The figure of the whole council has no dimension and no filter.")
	}
	q.Audience, q.everybody = Internal, true
	answer, err := a.Ask(ctx, by, q)
	if err != nil {
		return Figures{}, err
	}
	return answer.(Figures), nil // internal and without a characteristic
}
