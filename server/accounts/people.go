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

	"yousaid/server/permission"
	"yousaid/surveys/tenant"
)

// NewUser is a person who is given a role.
type NewUser struct {
	Email    string
	Name     string  // may be empty
	Password string  // may be empty for a person who already has one
	Role     string  // one of permission.Roles
	Services []int64 // ids; the services that the role is for; the role "service" needs at least one
	Invited  bool    // a person who is new needs no password: FirstSignIn lets them choose one
}

func (u NewUser) check() error {
	address, err := mail.ParseAddress(u.Email)
	switch {
	case err != nil || address.Address != u.Email || len(u.Email) > 254 || strings.ContainsRune(u.Email, 0):
		return refuse("email", "%q is not an email address. Write it like name@example.org", u.Email)
	case !slices.Contains(permission.Roles, u.Role):
		return refuse("role", "There is no role %q. Choose one of: %s.", u.Role, strings.Join(permission.Roles, ", "))
	case u.Role == "service" && len(u.Services) == 0:
		return refuse("services", "The role service is for people of one or more services. Name at least one service.")
	case u.Role != "service" && len(u.Services) > 0:
		return refuse("services", "The role %s is for the whole organisation. Only the role service can be given for one service.", u.Role)
	}
	return nil
}

// AddUser gives a person a role. A person who is new is added with the password. A person who is there keeps the password unless a new one is
// given, which only the command line may do: an administrator of one council must not take over a person of another.
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
	if person, err = s.person(ctx, tx, by, u, hash); err != nil {
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
			return 0, refuse("services", "There is no service with the number %d in this organisation.", service)
		}
		if err != nil {
			return 0, err
		}
	}
	after := map[string]any{"role": u.Role, "services": u.Services, "password_set": hash != ""}
	if err := s.ledger.Record(ctx, tx, by, "person.role_given", "person "+u.Email, nil, after); err != nil {
		return 0, err
	}
	return person, tx.Commit()
}

// person finds or adds the person and sets the password where one is given.
func (s *Store) person(ctx context.Context, tx *sqlx.Tx, by tenant.Actor, u NewUser, hash string) (id int64, err error) {
	err = tx.GetContext(ctx, &id, `
		SELECT id
		FROM   people
		WHERE  lower(email) = $1`, u.Email)
	switch {
	case errors.Is(err, sql.ErrNoRows) && hash == "" && !u.Invited:
		return 0, refuse("password", "%s is new here. Give a password of at least %d characters.", u.Email, MinPassword)
	case errors.Is(err, sql.ErrNoRows):
		err = tx.GetContext(ctx, &id, `
			INSERT INTO people (email, name, password_hash)
			VALUES ($1, $2, $3)
			RETURNING id`, u.Email, u.Name, hash)
		if e := new(pq.Error); errors.As(err, &e) && e.Code == "23505" {
			return 0, refuse("email", "%s was added by somebody else at this moment. Try again.", u.Email)
		}
		return id, err
	case err != nil:
		return id, err
	case hash == "" && by.Via == "web":
		return id, s.refuseStranger(ctx, tx, by.Org, id, u.Email)
	case hash == "":
		return id, nil
	case by.Via == "web":
		return 0, refuse("password", "%s already has a password. Leave the password empty: the person keeps it.", u.Email)
	}
	return id, setPassword(ctx, tx, id, hash, nil)
}

// refuseStranger keeps somebody who was invited by another council and has not come yet from getting a role here: whoever made their first link could come instead.
func (s *Store) refuseStranger(ctx context.Context, tx *sqlx.Tx, org tenant.Org, person int64, email string) error {
	stranger := false
	if err := tx.GetContext(ctx, &stranger, `
		SELECT p.password_hash = '' AND NOT EXISTS (
		           SELECT 1
		           FROM   memberships m
		           WHERE  m.organisation_id = $1 AND m.person_id = p.id)
		FROM   people p
		WHERE  p.id = $2`, org, person); err != nil || !stranger {
		return err
	}
	return refuse("email", "%s was invited elsewhere and has not signed in yet. Try again when they have.", email)
}

// setPassword changes the hash and ends the person's sessions but the one with the token hash keep. They stand or fall together, so both
// are here although sessions are otherwise the business of signin.
func setPassword(ctx context.Context, tx *sqlx.Tx, person int64, hash string, keep []byte) error {
	if _, err := tx.ExecContext(ctx, `
		UPDATE people
		SET    password_hash = $2
		WHERE  id = $1`, person, hash); err != nil {
		return err
	}
	if keep == nil {
		keep = []byte{}
	}
	_, err := tx.ExecContext(ctx, `
		DELETE FROM sessions
		WHERE  person_id = $1 AND token_hash <> $2`, person, keep)
	return err
}

// Login checks an email address and a password. ok is false for a wrong password and, after the same time, for an unknown address.
func (s *Store) Login(ctx context.Context, email, password string) (person int64, ok bool, err error) {
	found := struct {
		ID   int64  `db:"id"`
		Hash string `db:"password_hash"`
	}{}
	email = strings.ToLower(strings.TrimSpace(email))
	if !strings.ContainsRune(email, 0) && len(email) <= 254 {
		err = s.db.Global().GetContext(ctx, &found, `
			SELECT id, password_hash
			FROM   people
			WHERE  lower(email) = $1`, strings.ToValidUTF8(email, "\uFFFD"))
	}
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, false, err
	}
	ok, err = s.hasher.matches(ctx, password, found.Hash)
	return found.ID, ok, err
}

// ChangePassword gives the actor a new password if the current one is right, and ends all the actor's sessions but the one with the
// token hash keep.
func (s *Store) ChangePassword(ctx context.Context, by tenant.Actor, current, next string, keep []byte) error {
	if err := CheckPassword(next, by.Name); err != nil {
		return err
	}
	person, ok, err := s.Login(ctx, by.Name, current)
	switch {
	case err != nil:
		return err
	case !ok || person != by.Person:
		return refuse("current", "This is not your current password.")
	case current == next:
		return refuse("password", "Choose a password that is not the one you have now.")
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
	if err := setPassword(ctx, tx, person, hash, keep); err != nil {
		return err
	}
	if err := s.ledger.Record(ctx, tx, by, "person.password_changed", "person "+by.Name, nil, nil); err != nil {
		return err
	}
	return tx.Commit()
}

// Grants lists the roles of a person in an organisation. None is no error: the person does not work there.
func (s *Store) Grants(ctx context.Context, org tenant.Org, person int64) (grants []tenant.Grant, err error) {
	tx, err := s.db.Begin(ctx, org)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	err = tx.SelectContext(ctx, &grants, `
		SELECT role, coalesce(directorate_id, 0) AS directorate_id, coalesce(service_id, 0) AS service_id
		FROM   memberships
		WHERE  organisation_id = $1 AND person_id = $2
		ORDER  BY role, id`, org, person)
	return grants, err
}

// Workplaces lists the organisations in which a person has a role, by slug. It asks each organisation by itself, as a tenant table shows
// only one at a time; a person signs in seldom and a server holds tens of organisations.
func (s *Store) Workplaces(ctx context.Context, person int64) ([]Organisation, error) {
	all, err := s.Organisations(ctx)
	if err != nil {
		return nil, err
	}
	var mine []Organisation
	for _, o := range all {
		grants, err := s.Grants(ctx, o.ID, person)
		if err != nil {
			return nil, err
		}
		if len(grants) > 0 {
			mine = append(mine, o)
		}
	}
	return mine, nil
}

// Person is somebody who works for the organisation, with one of their roles.
type Person struct {
	ID        int64  `db:"id"`
	Email     string `db:"email"`
	Name      string `db:"name"`
	Role      string `db:"role"`
	Service   string `db:"service"`    // the slug of the one service that the role is for, or empty
	ServiceID int64  `db:"service_id"` // its id, or 0
	Waiting   bool   `db:"waiting"`    // has not chosen a password yet
}

// People lists who works for the organisation, a line for each role, by email address.
func (s *Store) People(ctx context.Context, org tenant.Org) (people []Person, err error) {
	tx, err := s.db.Begin(ctx, org)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	err = tx.SelectContext(ctx, &people, `
		SELECT p.id, p.email, p.name, m.role, coalesce(s.slug, '') AS service, coalesce(m.service_id, 0) AS service_id,
		       p.password_hash = '' AS waiting
		FROM   memberships m
		JOIN   people p ON p.id = m.person_id
		LEFT   JOIN services s ON s.organisation_id = m.organisation_id AND s.organisation_id = $1 AND s.id = m.service_id
		WHERE  m.organisation_id = $1
		ORDER  BY lower(p.email), m.role, service`, org)
	return people, err
}

// Who gives the name and email address of a person, or ErrNoPerson.
func (s *Store) Who(ctx context.Context, person int64) (email, name string, err error) {
	err = s.db.Global().QueryRowxContext(ctx, `
		SELECT email, name
		FROM   people
		WHERE  id = $1`, person).Scan(&email, &name)
	if errors.Is(err, sql.ErrNoRows) {
		return "", "", fmt.Errorf("finding person %d: %w", person, ErrNoPerson)
	}
	return email, name, err
}
