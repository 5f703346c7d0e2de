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

	"github.com/jmoiron/sqlx"

	"yousaid/surveys/tenant"
)

// PasswordLinkLasts is how long the link works by which somebody chooses a password.
const PasswordLinkLasts = 7 * 24 * time.Hour

// ErrSpent is a link to choose a password that was used, replaced or is too old.
var ErrSpent = errors.New("this link has been used or is too old")

// PasswordLink makes the secret of a link by which a person of the organisation chooses a password: somebody new their first one, somebody
// else a new one. The password
// they have works until then. It replaces the link made before. A person of another organisation is not found.
func (s *Store) PasswordLink(ctx context.Context, by tenant.Actor, person int64) (token string, err error) {
	secret := make([]byte, 24)
	_, _ = rand.Read(secret) // never fails
	token = base64.RawURLEncoding.EncodeToString(secret)
	tx, err := s.db.Begin(ctx, by.Org)
	if err != nil {
		return "", err
	}
	defer func() { _ = tx.Rollback() }()
	var p struct {
		Email string `db:"email"`
		New   bool   `db:"waiting"`
	}
	err = tx.GetContext(ctx, &p, `
		SELECT email, password_hash = '' AS waiting
		FROM   people
		WHERE  organisation_id = $1 AND id = $2`, by.Org, person)
	if errors.Is(err, sql.ErrNoRows) {
		return "", refuse("people", "accounts.there_is_no_such|There is no such person here. Look at the list again.")
	}
	if err != nil {
		return "", err
	}
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO password_links (organisation_id, person_id, token_hash, expires_at)
		VALUES ($1, $2, $3, $4)
		ON CONFLICT (organisation_id, person_id) DO UPDATE
		SET    token_hash = excluded.token_hash, expires_at = excluded.expires_at`,
		by.Org, person, hashOf(token), s.now().Add(PasswordLinkLasts)); err != nil {
		return "", err
	}
	action := "person.password_link_made"
	if p.New {
		action = "person.invited"
	}
	if err := s.ledger.Record(ctx, tx, by, action, "person "+p.Email, nil, nil); err != nil {
		return "", err
	}
	return token, tx.Commit()
}

func hashOf(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// Invitation is whom a link to choose a password is for.
type Invitation struct {
	Person int64  `db:"id"`
	Email  string `db:"email"`
	New    bool   `db:"waiting"` // has not chosen a password before
}

// Invited tells whom a secret of the organisation is for; ErrSpent, also for one of another organisation.
func (s *Store) Invited(ctx context.Context, org tenant.Org, token string) (Invitation, error) {
	tx, err := s.db.Begin(ctx, org)
	if err != nil {
		return Invitation{}, err
	}
	defer func() { _ = tx.Rollback() }()
	return s.invitation(ctx, tx, org, token)
}

func (s *Store) invitation(ctx context.Context, tx *sqlx.Tx, org tenant.Org, token string) (i Invitation, err error) {
	err = tx.GetContext(ctx, &i, `
		SELECT p.id, p.email, p.password_hash = '' AS waiting
		FROM   password_links l
		JOIN   people p ON p.organisation_id = $1 AND p.id = l.person_id
		WHERE  l.organisation_id = $1 AND l.token_hash = $2 AND l.expires_at > $3`, org, hashOf(token), s.now())
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrSpent
	}
	return i, err
}

// ChoosePassword sets the password of whom the link is for, once, and ends their sessions; ErrSpent.
func (s *Store) ChoosePassword(ctx context.Context, org tenant.Org, token, password string) error {
	i, err := s.Invited(ctx, org, token)
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
	tx, err := s.db.Begin(ctx, org)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	var used int64
	err = tx.GetContext(ctx, &used, `
		DELETE FROM password_links
		WHERE  organisation_id = $1 AND token_hash = $2
		RETURNING person_id`, org, hashOf(token))
	if errors.Is(err, sql.ErrNoRows) {
		return ErrSpent
	}
	if err != nil {
		return err
	}
	if err := setPassword(ctx, tx, org, used, hash); err != nil {
		return err
	}
	action := "person.password_chosen"
	if i.New {
		action = "person.first_signed_in"
	}
	by := tenant.Actor{Org: org, Person: used, Name: i.Email, Via: "web"}
	if err := s.ledger.Record(ctx, tx, by, action, "person "+i.Email, nil, map[string]any{"by": "link"}); err != nil {
		return fmt.Errorf("choosing a password: %w", err)
	}
	return tx.Commit()
}
