package accounts

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"yousaid/surveys/tenant"
)

// FirstSignInLasts is how long the link works by which somebody new chooses a password.
const FirstSignInLasts = 7 * 24 * time.Hour

// ErrSpent is a link for a first sign-in that was used, replaced or is too old.
var ErrSpent = errors.New("this link has been used or is too old")

// TakeRole takes a role from a person, of one service where service is not 0. The last administrator who can sign in stays one: somebody must be able to let others in.
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
		WHERE  organisation_id = $1 AND role = 'administrator'
		ORDER  BY id
		FOR    UPDATE`, by.Org); err != nil {
		return err
	}
	var gone int64
	err = tx.GetContext(ctx, &gone, `
		DELETE FROM memberships
		WHERE  organisation_id = $1 AND person_id = $2 AND role = $3 AND coalesce(service_id, 0) = $4
		RETURNING person_id`, by.Org, person, role, service)
	if errors.Is(err, sql.ErrNoRows) {
		return refuse("people", "The person does not have this role any more.")
	}
	if err != nil {
		return err
	}
	left := 0
	if err := tx.GetContext(ctx, &left, `
		SELECT count(*)
		FROM   memberships m
		JOIN   people p ON p.id = m.person_id
		WHERE  m.organisation_id = $1 AND m.role = 'administrator' AND p.password_hash <> ''`, by.Org); err != nil {
		return err
	}
	if role == "administrator" && left == 0 {
		return refuse("people", "This is the last administrator who can sign in. Give the role to somebody else first.")
	}
	var email string
	if err := tx.GetContext(ctx, &email, `
		SELECT email
		FROM   people
		WHERE  id = $1`, person); err != nil {
		return err
	}
	if err := s.ledger.Record(ctx, tx, by, "person.role_taken", "person "+email, map[string]any{"role": role, "service": service}, nil); err != nil {
		return err
	}
	return tx.Commit()
}

// FirstSignIn makes the secret of a link by which a person of the organisation who has no password yet chooses one. It replaces the one made before.
func (s *Store) FirstSignIn(ctx context.Context, by tenant.Actor, person int64) (token string, err error) {
	secret := make([]byte, 24)
	if _, err := rand.Read(secret); err != nil {
		return "", err
	}
	token = base64.RawURLEncoding.EncodeToString(secret)
	tx, err := s.db.Begin(ctx, by.Org)
	if err != nil {
		return "", err
	}
	defer func() { _ = tx.Rollback() }()
	var email string
	err = tx.GetContext(ctx, &email, `
		SELECT p.email
		FROM   people p
		WHERE  p.id = $2 AND p.password_hash = '' AND EXISTS (
		           SELECT 1
		           FROM   memberships m
		           WHERE  m.organisation_id = $1 AND m.person_id = p.id)`, by.Org, person)
	if errors.Is(err, sql.ErrNoRows) {
		return "", refuse("people", "This person has chosen a password. Who forgot it asks those who run the server: yousaid user add sets a new one.")
	}
	if err != nil {
		return "", err
	}
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO first_sign_ins (person_id, token_hash, organisation, expires_at)
		VALUES ($1, $2, $3, $4)
		ON CONFLICT (person_id) DO UPDATE
		SET    token_hash = excluded.token_hash, organisation = excluded.organisation, expires_at = excluded.expires_at`,
		person, hashOf(token), int64(by.Org), time.Now().Add(FirstSignInLasts)); err != nil {
		return "", err
	}
	if err := s.ledger.Record(ctx, tx, by, "person.invited", "person "+email, nil, nil); err != nil {
		return "", err
	}
	return token, tx.Commit()
}

func hashOf(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// invitation is whom a link of a first sign-in is for.
type invitation struct {
	Person       int64      `db:"person_id"`
	Organisation tenant.Org `db:"organisation"`
	Email        string     `db:"email"`
}

// Invited tells whose first sign-in a secret is for; ErrSpent.
func (s *Store) Invited(ctx context.Context, token string) (email string, err error) {
	i, err := s.invitation(ctx, token)
	return i.Email, err
}

func (s *Store) invitation(ctx context.Context, token string) (i invitation, err error) {
	err = s.db.Global().GetContext(ctx, &i, `
		SELECT f.person_id, f.organisation, p.email
		FROM   first_sign_ins f
		JOIN   people p ON p.id = f.person_id
		WHERE  f.token_hash = $1 AND f.expires_at > $2 AND p.password_hash = ''`, hashOf(token), time.Now())
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrSpent
	}
	return i, err
}

// ChooseFirst sets the password of somebody new, once; ErrSpent.
func (s *Store) ChooseFirst(ctx context.Context, token, password string) error {
	i, err := s.invitation(ctx, token)
	if err != nil {
		return err
	}
	if err := CheckPassword(password, i.Email); err != nil {
		return err
	}
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return err
	}
	tx, err := s.db.Begin(ctx, i.Organisation)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	var used int64
	err = tx.GetContext(ctx, &used, `
		DELETE FROM first_sign_ins
		WHERE  token_hash = $1
		RETURNING person_id`, hashOf(token))
	if errors.Is(err, sql.ErrNoRows) {
		return ErrSpent
	}
	if err != nil {
		return err
	}
	if err := tx.GetContext(ctx, &used, `
		UPDATE people
		SET    password_hash = $2
		WHERE  id = $1 AND password_hash = ''
		RETURNING id`, i.Person, hash); errors.Is(err, sql.ErrNoRows) {
		return ErrSpent
	} else if err != nil {
		return err
	}
	by := tenant.Actor{Org: i.Organisation, Person: i.Person, Name: i.Email, Via: "web"}
	if err := s.ledger.Record(ctx, tx, by, "person.first_signed_in", "person "+i.Email, nil, nil); err != nil {
		return fmt.Errorf("choosing the first password: %w", err)
	}
	return tx.Commit()
}
