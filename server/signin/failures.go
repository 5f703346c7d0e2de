package signin

import (
	"context"
	"database/sql"
	"time"

	"yousaid/surveys/tenant"
)

// Failures are the wrong passwords for an account in one hour.
type Failures struct {
	Hour  time.Time `db:"hour"` // its beginning, in UTC
	Count int       `db:"failures"`
}

// failed counts a wrong password for the account, with the hour and nothing finer, and without the network. An address without an account
// costs the same statement: all of
// them are counted together as person 0, since what was typed there may be a password.
func (auth *Authenticator) failed(ctx context.Context, org tenant.Org, person int64) error {
	tx, err := auth.db.Begin(ctx, org)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO sign_in_failures AS f (organisation_id, person_id, hour, failures)
		VALUES ($1, $2, $3, 1)
		ON CONFLICT (organisation_id, person_id, hour) DO UPDATE
		SET    failures = f.failures + 1`, org, person, auth.Now().UTC().Truncate(time.Hour)); err != nil {
		return err
	}
	return tx.Commit()
}

// Failures lists the wrong passwords for the actor's account in the last 30 days, newest hour first.
func (auth *Authenticator) Failures(ctx context.Context, by tenant.Actor) (list []Failures, err error) {
	tx, err := auth.db.Begin(ctx, by.Org)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	err = tx.SelectContext(ctx, &list, `
		SELECT   hour, failures
		FROM     sign_in_failures
		WHERE    organisation_id = $1 AND person_id = $2 AND hour > $3
		ORDER BY hour DESC`, by.Org, by.Person, auth.Now().Add(-remember))
	return list, err
}

// RecordFailures writes the wrong passwords since the last time into the organisation's audit, one entry for each address: how many, the
// first and the last hour. Counts
// older than 30 days are taken away.
func (auth *Authenticator) RecordFailures(ctx context.Context, org tenant.Org) error {
	tx, err := auth.db.Begin(ctx, org)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	var rows []struct {
		Person int64          `db:"person_id"`
		Email  sql.NullString `db:"email"`
		Failures
		New int `db:"new"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT   f.person_id, p.email, f.hour, f.failures, f.failures - f.recorded AS new
		FROM     sign_in_failures f
		LEFT     JOIN people p ON p.organisation_id = $1 AND p.id = f.person_id
		WHERE    f.organisation_id = $1 AND f.failures > f.recorded
		ORDER BY f.person_id, f.hour
		FOR      UPDATE OF f`, org); err != nil {
		return err
	}
	for i := 0; i < len(rows); {
		first, count := rows[i], 0
		var last time.Time
		for ; i < len(rows) && rows[i].Person == first.Person; i++ {
			count, last = count+rows[i].New, rows[i].Hour
			if _, err := tx.ExecContext(ctx, `
				UPDATE sign_in_failures
				SET    recorded = $4
				WHERE  organisation_id = $1 AND person_id = $2 AND hour = $3`, org, first.Person, rows[i].Hour, rows[i].Count); err != nil {
				return err
			}
		}
		object := "addresses without an account"
		if first.Email.Valid {
			object = "person " + first.Email.String
		}
		by := tenant.Actor{Org: org, Name: "nobody signed in", Via: "web"}
		after := map[string]any{"count": count, "first_hour": first.Hour.UTC().Format(time.RFC3339), "last_hour": last.UTC().Format(time.RFC3339)}
		if err := auth.ledger.Record(ctx, tx, by, "person.sign_in_failed", object, nil, after); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, `
		DELETE FROM sign_in_failures
		WHERE  organisation_id = $1 AND hour < $2`, org, auth.Now().Add(-remember)); err != nil {
		return err
	}
	return tx.Commit()
}
