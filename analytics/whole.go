package analytics

import (
	"context"
	"fmt"

	"yousaid/surveys/tenant"
)

// Whole gives the one figure of the whole organisation, also to those who see the answers of some services only: what they see is compared with it, and everybody who may see figures may know
// it. The query has no dimension and no filter. It returns a Refusal, ErrNotAllowed, or the database's error.
func (a *Analytics) Whole(ctx context.Context, by tenant.Actor, q Query) (Figures, error) {
	if len(q.By) > 0 || len(q.Where) > 0 || q.Audience == Public || q.Rounded {
		return Figures{}, refuse("The figure of the whole council has no dimension and no filter.")
	}
	q.Audience = Internal
	tx, err := a.DB.BeginTabulate(ctx, by.Org)
	if err != nil {
		return Figures{}, fmt.Errorf("opening the figures: %w", err)
	}
	defer func() { _ = tx.Rollback() }()
	book, err := open(ctx, tx, by.Org, q)
	if err != nil {
		return Figures{}, err
	}
	t, err := book.plan(by, q)
	if err != nil {
		return Figures{}, err
	}
	t.scope = nil
	if err := t.count(ctx, tx); err != nil {
		return Figures{}, err
	}
	return t.figures(), nil
}
