package accounts

import (
	"context"
	"database/sql"
	"errors"

	"yousaid/surveys/tenant"
)

// TakeRole takes a role from a person, of one service where service is not 0. The last administrator who can sign in stays one: somebody
// must be able to let others in.
func (s *Store) TakeRole(ctx context.Context, by tenant.Actor, person int64, role string, service int64) error {
	tx, err := s.db.Begin(ctx, by.Org)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	// The rows of all administrators are the lock: two who take the role from each other do so one after the other.
	var bosses []int64
	if err := tx.SelectContext(ctx, &bosses, `
		SELECT person_id
		FROM   memberships
		WHERE  organisation_id = $1 AND role = $2
		ORDER  BY id
		FOR    UPDATE`, by.Org, tenant.Administrator); err != nil {
		return err
	}
	var gone int64
	err = tx.GetContext(ctx, &gone, `
		DELETE FROM memberships
		WHERE  organisation_id = $1 AND person_id = $2 AND role = $3 AND coalesce(service_id, 0) = $4
		RETURNING person_id`, by.Org, person, role, service)
	if errors.Is(err, sql.ErrNoRows) {
		return refuse("people", "accounts.the_person_does_not|The person does not have this role any more.")
	}
	if err != nil {
		return err
	}
	left := 0
	if err := tx.GetContext(ctx, &left, `
		SELECT count(*)
		FROM   memberships m
		JOIN   people p ON p.organisation_id = $1 AND p.id = m.person_id
		WHERE  m.organisation_id = $1 AND m.role = $2 AND p.password_hash <> ''`, by.Org, tenant.Administrator); err != nil {
		return err
	}
	if role == tenant.Administrator && left == 0 {
		return refuse("people", "accounts.this_is_the_last|This is the last administrator who can sign in. Give the role to somebody else first.")
	}
	var email string
	if err := tx.GetContext(ctx, &email, `
		SELECT email
		FROM   people
		WHERE  organisation_id = $1 AND id = $2`, by.Org, person); err != nil {
		return err
	}
	if err := s.ledger.Record(ctx, tx, by, "person.role_taken", "person "+email, map[string]any{"role": role, "service": service},
		nil); err != nil {
		return err
	}
	return tx.Commit()
}
