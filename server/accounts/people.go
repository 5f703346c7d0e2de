package accounts

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"yousaid/surveys/tenant"
)

// NewUser is a person who is given a role in one organisation.
type NewUser struct {
	Email    string
	Name     string  // may be empty
	Password string  // for somebody who has none at this organisation yet; who has one keeps it
	Role     string  // one of tenant.Roles
	Services []int64 // ids; the services that the role is for: "service" needs at least one, "frontline" may have some
	Invited  bool    // a person who is new needs no password: by PasswordLink they choose one
}

func (u NewUser) check() error {
	address, err := mail.ParseAddress(u.Email)
	switch {
	case err != nil || address.Address != u.Email || len(u.Email) > 254 || strings.ContainsRune(u.Email, 0):
		return refuse("email", "accounts.is_not_an_email|“%s” is not an email address. Write it like name@example.org", u.Email)
	case !slices.Contains(tenant.Roles, u.Role):
		return refuse("role", "accounts.there_is_no_role|There is no role “%s”. Choose one of: %s.", u.Role, strings.Join(tenant.Roles, ", "))
	case u.Role == tenant.ServiceRole && len(u.Services) == 0:
		return refuse(
			"services",
			"accounts.the_role_service_is|The role service is for people of one or more services. Name at least one service.",
		)
	case u.Role != tenant.ServiceRole && u.Role != tenant.FrontLine && len(u.Services) > 0:
		return refuse(
			"services",
			"accounts.the_role_is_for|The role %s is for the whole organisation. Only the roles service and frontline can be given for one service.",
			u.Role,
		)
	}
	return nil
}

// AddUser gives a person a role at by.Org. Somebody without an account there gets one; somebody who has a password there keeps it, whatever
// u.Password is. The same
// address at other organisations is another account: it is neither looked at nor changed.
func (s *Store) AddUser(ctx context.Context, by tenant.Actor, u NewUser) (person int64, err error) {
	u.Email = strings.ToLower(strings.TrimSpace(u.Email))
	if err := u.check(); err != nil {
		return 0, err
	}
	hash := ""
	if u.Password != "" {
		if err := CheckPassword(u.Password, u.Email); err != nil {
			return 0, err
		}
		if hash, err = s.hasher.hash(ctx, u.Password); err != nil {
			return 0, err
		}
	}
	tx, err := s.db.Begin(ctx, by.Org)
	if err != nil {
		return 0, err
	}
	defer func() { _ = tx.Rollback() }()
	person, set, err := account(ctx, tx, by.Org, u, hash)
	if err != nil {
		return 0, err
	}
	scope := u.Services
	if len(scope) == 0 {
		scope = []int64{0}
	}
	for _, service := range scope {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO memberships (organisation_id, person_id, role, service_id)
			VALUES ($1, $2, $3, NULLIF($4::bigint, 0))
			ON CONFLICT (organisation_id, person_id, role, directorate_id, service_id) DO NOTHING`, by.Org, person, u.Role, service)
		if e := new(pq.Error); errors.As(err, &e) && e.Code == "23503" {
			return 0, refuse("services", "accounts.there_is_no_service|There is no service with the number %s in this organisation.", service)
		}
		if err != nil {
			return 0, err
		}
	}
	after := map[string]any{"role": u.Role, "services": u.Services, "password_set": set}
	if err := s.ledger.Record(ctx, tx, by, "person.role_given", "person "+u.Email, nil, after); err != nil {
		return 0, err
	}
	return person, tx.Commit()
}

// account finds or makes the account of u.Email, and gives it the password where it has none.
func account(ctx context.Context, tx *sqlx.Tx, org tenant.Org, u NewUser, hash string) (person int64, set bool, err error) {
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO people (organisation_id, email, name, password_hash)
		VALUES ($1, $2, $3, '')
		ON CONFLICT (organisation_id, lower(email)) DO NOTHING`, org, u.Email, u.Name); err != nil {
		return 0, false, err
	}
	found, err := find(ctx, tx, org, u.Email)
	switch {
	case err != nil:
		return 0, false, err
	case found.Hash != "" || hash == "" && u.Invited:
		return found.ID, false, nil
	case hash == "":
		return 0, false, refuse(
			"password",
			"accounts.has_no_password_here|%s has no password here yet. Give a password of at least %s characters.",
			u.Email,
			MinPassword,
		)
	}
	return found.ID, true, setPassword(ctx, tx, org, found.ID, hash)
}

// found is an account as signing in needs it; the zero value stands for none.
type found struct {
	ID   int64  `db:"id"`
	Hash string `db:"password_hash"` // "" for somebody who has not chosen a password yet
}

// find looks for the account of an address, however it was typed. None is no error.
func find(ctx context.Context, tx *sqlx.Tx, org tenant.Org, email string) (f found, err error) {
	email = strings.ToLower(strings.TrimSpace(email))
	if strings.ContainsRune(email, 0) {
		email = "" // the database takes no NUL, and no account has one
	}
	err = tx.GetContext(ctx, &f, `
		SELECT id, password_hash
		FROM   people
		WHERE  organisation_id = $1 AND lower(email) = $2`, org, strings.ToValidUTF8(email, "\uFFFD"))
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return f, err
}

// HasPassword tells whether there is an account of this address at the organisation and it has a password.
func (s *Store) HasPassword(ctx context.Context, org tenant.Org, email string) (bool, error) {
	tx, err := s.db.Begin(ctx, org)
	if err != nil {
		return false, err
	}
	defer func() { _ = tx.Rollback() }()
	f, err := find(ctx, tx, org, email)
	return f.Hash != "", err
}

// setPassword changes the hash, ends the person's sessions but the one with the token hash keep, and spends the link to choose a password.
// They stand or fall
// together, so all are here although sessions are otherwise the business of signin.
func setPassword(ctx context.Context, tx *sqlx.Tx, org tenant.Org, person int64, hash string) error {
	if _, err := tx.ExecContext(ctx, `
		UPDATE people
		SET    password_hash = $3
		WHERE  organisation_id = $1 AND id = $2`, org, person, hash); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `
		DELETE FROM password_links
		WHERE  organisation_id = $1 AND person_id = $2`, org, person); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `
		DELETE FROM sessions
		WHERE  organisation = $1 AND person_id = $2`, int64(org), person)
	return err
}

// SetPassword gives the account of an address at by.Org a new password and ends its sessions; ErrNoPerson.
func (s *Store) SetPassword(ctx context.Context, by tenant.Actor, email, password string) error {
	email = strings.ToLower(strings.TrimSpace(email))
	if err := CheckPassword(password, email); err != nil {
		return err
	}
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return err
	}
	tx, err := s.db.Begin(ctx, by.Org)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	f, err := find(ctx, tx, by.Org, email)
	if err != nil {
		return err
	}
	if f.ID == 0 {
		return fmt.Errorf("setting the password of %s: %w", email, ErrNoPerson)
	}
	if err := setPassword(ctx, tx, by.Org, f.ID, hash); err != nil {
		return err
	}
	if err := s.ledger.Record(ctx, tx, by, "person.password_set", "person "+email, nil, nil); err != nil {
		return err
	}
	return tx.Commit()
}

// Login checks an email address and a password at an organisation. ok is false for a wrong password and, after the same work, for an
// address that has no account
// there. person is the account of the address, 0 where there is none. The turn says who is first when many wait; ErrBusy.
func (s *Store) Login(ctx context.Context, org tenant.Org, email, password string, turn Turn) (person int64, ok bool, err error) {
	tx, err := s.db.Begin(ctx, org)
	if err != nil {
		return 0, false, err
	}
	f, err := find(ctx, tx, org, email)
	_ = tx.Rollback() // no connection is held while the password waits for its turn
	if err != nil {
		return 0, false, err
	}
	ok, err = s.hasher.matches(ctx, turn, password, f.Hash)
	return f.ID, ok, err
}

// ChooseLanguage has somebody read the staff pages in another language; "" is English.
func (s *Store) ChooseLanguage(ctx context.Context, by tenant.Actor, lang string) error {
	tx, err := s.db.Begin(ctx, by.Org)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	var changed bool
	err = tx.GetContext(ctx, &changed, `
		UPDATE people
		SET    language = $3
		WHERE  organisation_id = $1 AND id = $2
		RETURNING true`, by.Org, by.Person, lang)
	if errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("choosing the language of person %d: %w", by.Person, ErrNoPerson)
	}
	if err != nil {
		return err
	}
	if err := s.ledger.Record(ctx, tx, by, "person.language_chosen", "person "+by.Name, nil, map[string]string{"language": lang}); err != nil {
		return err
	}
	return tx.Commit()
}

// ChangePassword gives the actor a new password if the current one is right, and ends all the actor's sessions. What open does in the
// same transaction, such as beginning a new one, is done with it or not at all.
func (s *Store) ChangePassword(ctx context.Context, by tenant.Actor, current, next string, open func(*sqlx.Tx) error) error {
	if err := CheckPassword(next, by.Name); err != nil {
		return err
	}
	person, ok, err := s.Login(ctx, by.Org, by.Name, current, 0)
	switch {
	case err != nil:
		return err
	case !ok || person != by.Person:
		return refuse("current", "accounts.this_is_not_your|This is not your current password.")
	case current == next:
		return refuse("password", "accounts.choose_a_password_that_is|Choose a password that is not the one you have now.")
	}
	hash, err := s.hasher.hash(ctx, next)
	if err != nil {
		return err
	}
	tx, err := s.db.Begin(ctx, by.Org)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if err := setPassword(ctx, tx, by.Org, person, hash); err != nil {
		return err
	}
	if err := s.ledger.Record(ctx, tx, by, "person.password_changed", "person "+by.Name, nil, nil); err != nil {
		return err
	}
	if err := open(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// Member is an account with what it may do.
type Member struct {
	Email    string
	Name     string         // may be empty
	Language string         // in which they read the staff pages; "" is English
	Grants   []tenant.Grant // none is no error: the roles were taken away
}

// Member gives the account of an organisation by its number, or ErrNoPerson.
func (s *Store) Member(ctx context.Context, org tenant.Org, person int64) (m Member, err error) {
	tx, err := s.db.Begin(ctx, org)
	if err != nil {
		return m, err
	}
	defer func() { _ = tx.Rollback() }()
	var rows []struct {
		Email    string `db:"email"`
		Name     string `db:"name"`
		Language string `db:"language"`
		tenant.Grant
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT p.email, p.name, p.language, coalesce(m.role, '') AS role, coalesce(m.directorate_id, 0) AS directorate_id,
		       coalesce(m.service_id, 0) AS service_id
		FROM   people p
		LEFT   JOIN memberships m ON m.organisation_id = $1 AND m.person_id = p.id
		WHERE  p.organisation_id = $1 AND p.id = $2
		ORDER  BY m.role, m.id`, org, person); err != nil {
		return m, err
	}
	if len(rows) == 0 {
		return m, fmt.Errorf("finding person %d: %w", person, ErrNoPerson)
	}
	m.Email, m.Name, m.Language = rows[0].Email, rows[0].Name, rows[0].Language
	for _, r := range rows {
		if r.Role != "" {
			m.Grants = append(m.Grants, r.Grant)
		}
	}
	return m, nil
}

// Person is an account of the organisation, with one of its roles.
type Person struct {
	ID        int64  `db:"id"`
	Email     string `db:"email"`
	Name      string `db:"name"`
	Role      string `db:"role"`       // empty for somebody whose roles were taken away
	Service   string `db:"service"`    // the slug of the one service that the role is for, or empty
	ServiceID int64  `db:"service_id"` // its id, or 0
	Waiting   bool   `db:"waiting"`    // has not chosen a password yet
}

// People lists the accounts of the organisation, a line for each role, by email address. Somebody without a role has one line.
func (s *Store) People(ctx context.Context, org tenant.Org) (people []Person, err error) {
	tx, err := s.db.Begin(ctx, org)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	err = tx.SelectContext(ctx, &people, `
		SELECT p.id, p.email, p.name, coalesce(m.role, '') AS role, coalesce(s.slug, '') AS service, coalesce(m.service_id, 0) AS service_id,
		       p.password_hash = '' AS waiting
		FROM   people p
		LEFT   JOIN memberships m ON m.organisation_id = $1 AND m.person_id = p.id
		LEFT   JOIN services s ON s.organisation_id = $1 AND s.id = m.service_id
		WHERE  p.organisation_id = $1
		ORDER  BY lower(p.email), m.role, service`, org)
	return people, err
}
