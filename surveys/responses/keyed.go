package responses

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"yousaid/surveys/tenant"
)

// Keyed is what is done beside storing answers that staff type in: taking the last one back, and counting people who did not answer.
type Keyed struct {
	DB     tenant.DB
	Ledger tenant.Ledger
	Now    func() time.Time
}

// ErrLate is a form that was sent too long ago to be undone.
var ErrLate = errors.New("this was typed in more than 12 hours ago")

// undoTime is how long after a form was opened its answers can be undone: a working day.
const undoTime = 12 * time.Hour

// Undo takes back what was done last with a signed form: answers are withdrawn, and somebody who was counted as not answering
// counts no more. Done twice it changes nothing. ErrLate, and ErrNotStarted where nothing was done with the form.
func (k Keyed) Undo(ctx context.Context, by tenant.Actor, form Form) error {
	if form.Organisation != by.Org {
		return ErrToken
	}
	if k.Now().Sub(time.UnixMilli(form.Shown)) > undoTime {
		return ErrLate
	}
	tx, err := k.DB.Begin(ctx, by.Org)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	was, known, err := k.uncount(ctx, tx, by, form)
	if err != nil {
		return err
	}
	if was.Counted {
		return tx.Commit()
	}
	done, err := k.withdraw(ctx, tx, by, form)
	switch {
	case errors.Is(err, ErrNotStarted) && known: // a count that was undone before
		return nil
	case err != nil:
		return err
	case !done: // the number of the feed is given back
		return nil
	}
	return tx.Commit()
}

// withdraw takes the answers of a form back, with a number from the feed, and tells whether that changed anything. ErrNotStarted
// where there are none.
func (k Keyed) withdraw(ctx context.Context, tx *sqlx.Tx, by tenant.Actor, form Form) (bool, error) {
	var no int64
	if err := tx.GetContext(ctx, &no, `
		UPDATE feeds
		SET    last_no = last_no + 1
		WHERE  organisation_id = $1
		RETURNING last_no`, by.Org); errors.Is(err, sql.ErrNoRows) {
		return false, ErrNotStarted // nobody has answered yet
	} else if err != nil {
		return false, fmt.Errorf("undoing typed answers: %w", err)
	}
	var state string
	err := tx.GetContext(ctx, &state, `
		SELECT state
		FROM   responses
		WHERE  organisation_id = $1 AND id = $2 AND link_id = $3 AND source = 'keyed'`, by.Org, form.Response, form.Link)
	if errors.Is(err, sql.ErrNoRows) {
		return false, ErrNotStarted
	}
	if err != nil || state == "withdrawn" {
		return false, err
	}
	if err := Withdraw(ctx, tx, by.Org, []string{form.Response.String()}, no, false); err != nil {
		return false, err
	}
	return true, k.Ledger.Record(ctx, tx, by, "response.withdrawn", "response", nil, map[string]string{"source": "keyed"})
}
