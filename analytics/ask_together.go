package analytics

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"yousaid/analytics/figures"
	"yousaid/surveys/tenant"
)

// ErrNeedsProtection says that figures stand in protected tables only: ask for them one by one.
var ErrNeedsProtection = errors.New("figures of an equality group are shown in protected tables only")

// AskTogether answers queries for staff about the same surveys from one state of the data, so that what a page shows side by side adds up, and what must be known of the surveys is read once.
// No query has an equality dimension or is for the public. It returns a Refusal, ErrNotAllowed, ErrNeedsProtection, or the database's error.
func (a *Analytics) AskTogether(ctx context.Context, by tenant.Actor, queries ...figures.Query) ([]Figures, error) {
	if len(queries) == 0 {
		return nil, nil
	}
	tx, err := a.DB.BeginRead(ctx, by.Org)
	if err != nil {
		return nil, fmt.Errorf("opening the figures: %w", err)
	}
	defer func() { _ = tx.Rollback() }()
	book, err := open(ctx, tx, by.Org, queries[0])
	if err != nil {
		return nil, err
	}
	list := make([]Figures, len(queries))
	for i, q := range queries {
		if !slices.Equal(q.Surveys, queries[0].Surveys) {
			return nil, errors.New("queries that are asked together are about the same surveys")
		}
		if q.Audience == "" {
			q.Audience = figures.Internal
		}
		if q.Everybody && len(q.By)+len(q.Where) > 0 {
			return nil, refuse(AboutNothing, "", "refusal.the_figure_of_the|The figure of the whole council has no dimension and no filter.")
		}
		t, err := book.plan(by, q)
		if err != nil {
			return nil, err
		}
		if q.Audience != figures.Internal || t.equality || q.Rounded {
			return nil, ErrNeedsProtection
		}
		if err := t.count(ctx, a.engine(), tx); err != nil {
			return nil, err
		}
		list[i] = t.figures()
	}
	return list, nil
}
