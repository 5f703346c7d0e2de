package audit

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"yousaid/surveys/tenant"
	"yousaid/surveys/wording"
)

// row is an entry as the table keeps it.
type row struct {
	ID       int64     `db:"id"`
	At       time.Time `db:"at"`
	Actor    string    `db:"actor"`
	Via      string    `db:"via"`
	Action   string    `db:"action"`
	Object   string    `db:"object"`
	Before   []byte    `db:"before"`
	After    []byte    `db:"after"`
	PrevHash []byte    `db:"prev_hash"`
	Hash     []byte    `db:"hash"`
}

func (r row) entry() (Entry, error) {
	before, err := decode(r.Before)
	if err != nil {
		return Entry{}, err
	}
	after, err := decode(r.After)
	if err != nil {
		return Entry{}, err
	}
	return Entry{ID: r.ID, At: r.At.UTC(), Actor: r.Actor, Via: r.Via, Action: r.Action, Object: r.Object, Before: before, After: after}, nil
}

// Entries lists what was done, newest first: at most limit entries older than the entry numbered before (0 for the newest there are).
func (l *Ledger) Entries(ctx context.Context, org tenant.Org, before int64, limit int) ([]Entry, error) {
	tx, err := l.db.Begin(ctx, org)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	var rows []row
	if err := tx.SelectContext(ctx, &rows, `
		SELECT id, at, actor, via, action, object, before, after, prev_hash, hash
		FROM   audit
		WHERE  organisation_id = $1 AND ($2 = 0 OR id < $2)
		ORDER  BY id DESC
		LIMIT  $3`, org, before, limit); err != nil {
		return nil, err
	}
	entries := make([]Entry, 0, len(rows))
	for _, r := range rows {
		e, err := r.entry()
		if err != nil {
			return nil, fmt.Errorf("reading audit entry %d: %w", r.ID, err)
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// About lists what was done with one release ("release/12"), newest first. Other objects have no index, and are not looked for.
func (l *Ledger) About(ctx context.Context, org tenant.Org, release string, limit int) ([]Entry, error) {
	tx, err := l.db.Begin(ctx, org)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	var rows []row
	if err := tx.SelectContext(ctx, &rows, `
		SELECT   id, at, actor, via, action, object, before, after, prev_hash, hash
		FROM     audit
		WHERE    organisation_id = $1 AND object = $2 AND object LIKE 'release/%'
		ORDER BY id DESC
		LIMIT    $3`, org, release, limit); err != nil {
		return nil, err
	}
	entries := make([]Entry, 0, len(rows))
	for _, r := range rows {
		e, err := r.entry()
		if err != nil {
			return nil, fmt.Errorf("reading audit entry %d: %w", r.ID, err)
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// BrokenError says at which entry an organisation's chain does not hold, and why.
type BrokenError struct {
	Entry int64
	Why   wording.Message
}

func (b BrokenError) Error() string {
	return fmt.Sprintf("the audit trail does not hold at entry %d: %s", b.Entry, b.Why)
}

// Verify walks an organisation's chain from its first entry and counts the entries that hold. A BrokenError says where it does not.
func (l *Ledger) Verify(ctx context.Context, org tenant.Org) (entries int64, err error) {
	tx, err := l.db.Begin(ctx, org)
	if err != nil {
		return 0, err
	}
	defer func() { _ = tx.Rollback() }()
	// One statement sees the end as it was remembered and as it is; entries added while we walk are beyond it.
	end := struct {
		ID     int64  `db:"last_id"`
		Hash   []byte `db:"last_hash"`
		Newest int64  `db:"newest"`
	}{}
	if err := tx.GetContext(ctx, &end, `
		SELECT coalesce(h.last_id, 0) AS last_id, coalesce(h.last_hash, '') AS last_hash, a.newest
		FROM   (SELECT $1::bigint AS organisation_id, coalesce(max(id), 0) AS newest FROM audit WHERE organisation_id = $1) a
		LEFT   JOIN audit_heads h ON h.organisation_id = a.organisation_id AND h.organisation_id = $1`, org); err != nil {
		return 0, err
	}
	if end.Newest != end.ID {
		return 0, BrokenError{max(end.Newest, end.ID), wording.Say("audit.another_end|the end of the trail is not the one that was remembered")}
	}
	previous := []byte{}
	for entries < end.ID {
		rows, err := chunk(ctx, tx, org, entries, end.ID)
		if err != nil {
			return entries, err
		}
		if len(rows) == 0 {
			return entries, BrokenError{entries + 1, wording.Say("audit.missing|it is missing")}
		}
		for _, r := range rows {
			if err := r.follows(entries, previous); err != nil {
				return entries, err
			}
			entries, previous = r.ID, r.Hash
		}
	}
	if !bytes.Equal(previous, end.Hash) {
		return entries, BrokenError{entries, wording.Say("audit.another_end|the end of the trail is not the one that was remembered")}
	}
	return entries, nil
}

func chunk(ctx context.Context, tx *sqlx.Tx, org tenant.Org, after, last int64) (rows []row, err error) {
	err = tx.SelectContext(ctx, &rows, `
		SELECT id, at, actor, via, action, object, before, after, prev_hash, hash
		FROM   audit
		WHERE  organisation_id = $1 AND id > $2 AND id <= $3
		ORDER  BY id
		LIMIT  1000`, org, after, last)
	return rows, err
}

// follows tells whether the entry stands rightly after the one numbered last.
func (r row) follows(last int64, previous []byte) error {
	if r.ID != last+1 {
		return BrokenError{last + 1, wording.Say("audit.missing|it is missing")}
	}
	if !bytes.Equal(r.PrevHash, previous) {
		return BrokenError{r.ID, wording.Say("audit.not_following|it does not follow from the entry before it")}
	}
	e, err := r.entry()
	if err != nil {
		return BrokenError{r.ID, wording.Say("audit.unreadable|it cannot be read")}
	}
	hash, err := e.digest(previous)
	if err != nil {
		return err
	}
	if !bytes.Equal(hash, r.Hash) {
		return BrokenError{r.ID, wording.Say("audit.changed|it was changed after it was written")}
	}
	return nil
}
