// Package signin proves who somebody is: sign-in and its limits, sessions and their cookie, sign-out, a new password.
package signin

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/jmoiron/sqlx"

	"yousaid/server/accounts"
	"yousaid/surveys/tenant"
	"yousaid/surveys/wording"
)

// How long a session lasts. A working day of quiet ends it; a week ends it in any case.
const (
	Idle     = 12 * time.Hour
	Absolute = 7 * 24 * time.Hour
)

// What can stand in the way of signing in.
var (
	ErrWrong     = errors.New("the email address or the password is not right")
	ErrNoRole    = errors.New("this person has no role in this organisation")
	ErrNoSession = errors.New("nobody is signed in")
)

// TooManyError says that guessing is being slowed down, and for how long.
type TooManyError struct{ Wait time.Duration }

func (e TooManyError) Error() string {
	return fmt.Sprintf("too many tries; wait %s", e.Wait.Round(time.Second))
}

// Authenticator checks who signs in, and finds the session of a request.
type Authenticator struct {
	db       tenant.DB
	accounts *accounts.Store
	ledger   tenant.Ledger
	key      []byte // of the hashes in sign_in_attempts
	holds    holds
	tries    tries
	Now      func() time.Time
}

// New makes an authenticator; the key of its limits is made in the database the first time and shared by every instance of the program.
func New(ctx context.Context, db tenant.DB, people *accounts.Store, ledger tenant.Ledger) (*Authenticator, error) {
	key, err := db.Secret(ctx, "sign-in limits")
	if err != nil {
		return nil, fmt.Errorf("preparing sign-in: %w", err)
	}
	return &Authenticator{db: db, accounts: people, ledger: ledger, key: key, Now: time.Now}, nil
}

// SignIn checks an email address and a password at an organisation, from a network, and opens a session there. The token goes into the
// cookie. Errors: ErrWrong
// (also for an address that has no account there), TooManyError, ErrNoRole, accounts.ErrBusy.
func (auth *Authenticator) SignIn(ctx context.Context, org tenant.Org, email, password string, from netip.Addr) (token string, err error) {
	try, err := auth.try(ctx, org, email, from)
	if err != nil {
		return "", err
	}
	person, ok, err := auth.accounts.Login(ctx, org, email, password, try.turn)
	if err != nil {
		return "", errors.Join(err, auth.takeBack(ctx, try))
	}
	if !ok {
		return "", errors.Join(ErrWrong, auth.failed(ctx, org, person))
	}
	if err := auth.forgive(ctx, auth.db.Global(), try); err != nil {
		return "", err
	}
	member, err := auth.accounts.Member(ctx, org, person)
	if err != nil {
		return "", err
	}
	if len(member.Grants) == 0 {
		return "", ErrNoRole
	}
	if err := auth.sweep(ctx); err != nil {
		return "", err
	}
	if err := auth.RecordFailures(ctx, org); err != nil {
		return "", err
	}
	return auth.open(ctx, tenant.Actor{Org: org, Person: person, Name: member.Email, Via: "web"}, "person.signed_in")
}

// SignOut ends the session of the token and tells at which organisation it was. A token that is not known is no error: it was at none, 0.
func (auth *Authenticator) SignOut(ctx context.Context, token string) (org tenant.Org, err error) {
	err = auth.db.Global().GetContext(ctx, &org, `
		DELETE FROM sessions
		WHERE  token_hash = $1
		RETURNING organisation`, hashed(token))
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return org, err
}

// ChangePassword gives the signed-in person a new password and ends their other sessions; this one gets a new token. Guesses at the
// current password are limited like guesses at sign-in. Errors: wording.Refusal, TooManyError.
func (auth *Authenticator) ChangePassword(ctx context.Context, s Session, current, next string, from netip.Addr) (token string, err error) {
	// A new password that cannot be is refused before the current one is looked at, so that it says nothing about a guess.
	if err := accounts.CheckPassword(next, s.Actor.Name); err != nil {
		return "", err
	}
	try, err := auth.try(ctx, s.Actor.Org, s.Actor.Name, from)
	if err != nil {
		return "", err
	}
	err = auth.accounts.ChangePassword(ctx, s.Actor, current, next, func(tx *sqlx.Tx) (err error) {
		if err := auth.forgive(ctx, tx, try); err != nil {
			return err
		}
		token, err = auth.insert(ctx, tx, s.Actor.Person, s.Actor.Org, s.created) // a session keeps its first moment: a week is a week
		return err
	})
	var refused wording.Refusal
	switch {
	case errors.As(err, &refused) && refused.Field == "current":
		return "", errors.Join(err, auth.failed(ctx, s.Actor.Org, s.Actor.Person))
	case err != nil && !errors.As(err, &refused):
		return "", errors.Join(err, auth.takeBack(ctx, try))
	case err != nil:
		return "", err
	}
	return token, nil
}

// sweep forgets what is over. It runs at sign-ins, which are seldom, and touches few rows.
func (auth *Authenticator) sweep(ctx context.Context) error {
	if _, err := auth.db.Global().ExecContext(ctx, `
		DELETE FROM sessions
		WHERE  expires_at < $1`, auth.Now()); err != nil {
		return err
	}
	_, err := auth.db.Global().ExecContext(ctx, `
		DELETE FROM sign_in_attempts
		WHERE  last_at < $1`, auth.Now().Add(-remember))
	return err
}

// Find gives the session of a token, renewed, or ErrNoSession. The roles are read each time: a role taken away is gone at the next click.
func (auth *Authenticator) Find(ctx context.Context, token string) (Session, error) {
	row := sessionRow{}
	err := auth.db.Global().GetContext(ctx, &row, `
		SELECT person_id, organisation, created_at, seen_at
		FROM   sessions
		WHERE  token_hash = $1 AND expires_at > $2`, hashed(token), auth.Now())
	if errors.Is(err, sql.ErrNoRows) {
		return Session{}, ErrNoSession
	}
	if err != nil {
		return Session{}, err
	}
	member, err := auth.accounts.Member(ctx, row.Org, row.Person)
	if errors.Is(err, accounts.ErrNoPerson) {
		return Session{}, ErrNoSession
	}
	if err != nil {
		return Session{}, err
	}
	if len(member.Grants) == 0 {
		return Session{}, ErrNoSession
	}
	if err := auth.renew(ctx, token, row); err != nil {
		return Session{}, err
	}
	return Session{
		Actor:      tenant.Actor{Org: row.Org, Person: row.Person, Name: member.Email, Via: "web", Grants: member.Grants},
		PersonName: member.Name,
		Language:   member.Language,
		created:    row.Created,
	}, nil
}
