package links

import (
	"context"

	"yousaid/surveys/permission"
	"yousaid/surveys/tenant"
)

// Keying finds the services that somebody may type in answers about.
func (s *Store) Keying(ctx context.Context, by tenant.Actor) (permission.Services, error) {
	tx, err := s.DB.Begin(ctx, by.Org)
	if err != nil {
		return permission.Services{}, err
	}
	defer func() { _ = tx.Rollback() }()
	return permission.Scope(by, permission.KeyAnswers).Of(ctx, tx, by.Org)
}
