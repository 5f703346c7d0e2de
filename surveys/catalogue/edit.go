package catalogue

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jmoiron/sqlx"

	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
	"yousaid/surveys/wording"
)

// ErrChanged says that somebody else changed an entry after it was looked at.
var ErrChanged = errors.New("somebody else changed this after you opened it: nothing was saved")

// refuse says what cannot be accepted as it was written, and what to do.
func refuse(field, text string, args ...any) error { return wording.Refuse(field, text, args...) }

const (
	maxLGSL = 99_999
)

func checkNames(names question.Text) error {
	if names.Empty() {
		return refuse("names", "catalogue.write_the_name_in|Write the name in at least one language.")
	}
	if why, faulty := names.Fault(); faulty {
		return refuse("names", "catalogue.write_the_name_again|Write the name again: %s.", why)
	}
	for _, name := range names {
		if utf8.RuneCountInString(name) > maxName || strings.ContainsAny(name, "\n\t") {
			return refuse("names", "catalogue.write_the_name_in_one|Write the name in one line of %s characters at the most.", maxName)
		}
	}
	return nil
}

// newSlug is the short name as written, or made from the name.
func newSlug(slug string, names question.Text) (string, error) {
	if slug == "" {
		slug = Slug(Label(names, "en"))
	}
	if !ValidSlug(slug) {
		return "", refuse("slug", "catalogue.write_a_short_name|Write a short name of small letters, digits and “-”, such as bin-collection.")
	}
	return slug, nil
}

// mark tells whether an entry is still as somebody saw it.
func mark(entry any) string {
	b, _ := json.Marshal(entry) // texts, numbers and days
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

// Mark tells whether the directorate is still as it was: see ChangeDirectorate.
func (d Directorate) Mark() string { return mark(d.Names) }

// Mark tells whether the service is still as it was: see ChangeService.
func (s Service) Mark() string { return mark([]any{s.Names, s.LGSL, s.Parent}) }

// Mark tells whether the channel is still as it was: see NameChannel.
func (c Channel) Mark() string { return mark(c.Names) }

// Mark tells whether the access point is still as it was: see ChangeAccessPoint.
func (a AccessPoint) Mark() string { return mark([]any{a.Names, a.Channel, a.Service}) }

// same refuses what was seen otherwise; "" saves whatever stands there.
func same(was, now string) error {
	if was != "" && was != now {
		return ErrChanged
	}
	return nil
}

// event is what the audit trail records of a change.
type event struct {
	action, object string
	before, after  any
}

// change runs an edit and tells the Ledger, in one transaction. Edits of one organisation's catalogue wait for each other: what one
// checks the other cannot change.
func (s Store) change(ctx context.Context, by tenant.Actor, edit func(tx *sqlx.Tx, month time.Time) (event, error)) error {
	month, err := s.month(ctx, by.Org)
	if err != nil {
		return err
	}
	tx, err := s.DB.Begin(ctx, by.Org)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if err := lock(ctx, tx, by.Org); err != nil {
		return err
	}
	e, err := edit(tx, month)
	if err != nil {
		return err
	}
	if err := s.Ledger.Record(ctx, tx, by, e.action, e.object, e.before, e.after); err != nil {
		return err
	}
	return tx.Commit()
}

// lock makes edits of one organisation's catalogue wait for each other. Every organisation has its channels from the first day:
// their rows are the lock.
func lock(ctx context.Context, tx *sqlx.Tx, org tenant.Org) error {
	var locked []string
	if err := tx.SelectContext(ctx, &locked, `
		SELECT   code
		FROM     channels
		WHERE    organisation_id = $1
		ORDER BY code
		FOR      NO KEY UPDATE`, org); err != nil {
		return fmt.Errorf("waiting for the catalogue: %w", err)
	}
	return nil
}

func encode(names question.Text) string {
	b, _ := json.Marshal(names) // a map of texts always encodes
	return string(b)
}

// day writes a day for a statement; checkDay refuses those that can only be typing errors.
func day(t time.Time) string { return t.Format(time.DateOnly) }

func checkDay(field string, t time.Time) error {
	if t.Year() < 1990 || t.Year() > 2100 {
		return refuse(field, "catalogue.write_a_day_from|Write a day from 1990 to 2100.")
	}
	return nil
}
