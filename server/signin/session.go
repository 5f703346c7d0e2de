package signin

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"time"

	"github.com/jmoiron/sqlx"

	"yousaid/surveys/tenant"
)

// Session is somebody who is signed in, for one organisation.
type Session struct {
	Actor      tenant.Actor
	PersonName string // may be empty
	Language   string // in which they read the staff pages; "" is English
	created    time.Time
}

// sessionRow is a session as the table keeps it.
type sessionRow struct {
	Person  int64      `db:"person_id"`
	Org     tenant.Org `db:"organisation"`
	Created time.Time  `db:"created_at"`
	Seen    time.Time  `db:"seen_at"`
}

// hashed is what the table keeps of a token: whoever reads the table cannot sign in with it.
func hashed(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// open starts a session of by with a new token, and notes the action.
func (auth *Authenticator) open(ctx context.Context, by tenant.Actor, action string) (token string, err error) {
	tx, err := auth.db.Begin(ctx, by.Org)
	if err != nil {
		return "", err
	}
	defer func() { _ = tx.Rollback() }()
	if token, err = auth.insert(ctx, tx, by.Person, by.Org, auth.Now()); err != nil {
		return "", err
	}
	if err := auth.ledger.Record(ctx, tx, by, action, "person "+by.Name, nil, nil); err != nil {
		return "", err
	}
	return token, tx.Commit()
}

// insert writes a session that began at a moment.
func (auth *Authenticator) insert(ctx context.Context, tx *sqlx.Tx, person int64, org tenant.Org,
	created time.Time) (token string, err error) {
	b := make([]byte, 32)
	_, _ = rand.Read(b)
	token = base64.RawURLEncoding.EncodeToString(b)
	_, err = tx.ExecContext(ctx, `
		INSERT INTO sessions (token_hash, person_id, organisation, created_at, seen_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6)`, hashed(token), person, int64(org), created, auth.Now(), expiry(created, auth.Now()))
	return token, err
}

// expiry is the earlier of twelve hours from now and a week from the beginning.
func expiry(created, now time.Time) time.Time {
	if end := created.Add(Absolute); end.Before(now.Add(Idle)) {
		return end
	}
	return now.Add(Idle)
}

// renew puts the end of the session off, at most every five minutes: reading a page need not write a row.
func (auth *Authenticator) renew(ctx context.Context, token string, row sessionRow) error {
	now := auth.Now()
	if now.Sub(row.Seen) < 5*time.Minute {
		return nil
	}
	_, err := auth.db.Global().ExecContext(ctx, `
		UPDATE sessions
		SET    seen_at = $2, expires_at = $3
		WHERE  token_hash = $1`, hashed(token), now, expiry(row.Created, now))
	return err
}
