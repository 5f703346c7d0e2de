package responses

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"yousaid/surveys/tenant"
)

// Keyed is what is done beside storing answers that staff type in: taking the last one back, and counting people who did not answer.
type Keyed struct {
	DB     tenant.DB
	Ledger tenant.Ledger
	Now    func() time.Time
}

// Nonresponse is why somebody who was asked did not answer.
type Nonresponse string

// The reasons.
const (
	Declined Nonresponse = "declined" // did not want to
	Unable   Nonresponse = "unable"   // could not: language, illness, no time to talk
)

// ErrLate is a response that was typed in too long ago to be undone.
var ErrLate = errors.New("these answers were typed in more than 12 hours ago")

// undoTime is how long after a form was opened its answers can be undone: a working day.
const undoTime = 12 * time.Hour

// Undo withdraws answers that were typed in, by the signed form that sent them. Done twice it changes nothing. ErrLate, and ErrNotStarted where nothing was stored by the form.
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
	var no int64
	if err := tx.GetContext(ctx, &no, `
		UPDATE feeds
		SET    last_no = last_no + 1
		WHERE  organisation_id = $1
		RETURNING last_no`, by.Org); errors.Is(err, sql.ErrNoRows) {
		return ErrNotStarted // nobody has answered yet
	} else if err != nil {
		return fmt.Errorf("undoing typed answers: %w", err)
	}
	var state string
	err = tx.GetContext(ctx, &state, `
		SELECT state
		FROM   responses
		WHERE  organisation_id = $1 AND id = $2 AND link_id = $3 AND source = 'keyed'`, by.Org, form.Response, form.Link)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return ErrNotStarted
	case err != nil:
		return err
	case state == "withdrawn":
		return nil
	}
	if err := Withdraw(ctx, tx, by.Org, []string{form.Response.String()}, no, false); err != nil {
		return err
	}
	if err := k.Ledger.Record(ctx, tx, by, "response.withdrawn", "response", nil, map[string]string{"source": "keyed"}); err != nil {
		return err
	}
	return tx.Commit()
}

// Count counts somebody who was asked and did not answer, on today's day in the organisation's time zone. ErrClosed where the survey is.
func (k Keyed) Count(ctx context.Context, org tenant.Org, link int64, why Nonresponse) error {
	tx, err := k.DB.Begin(ctx, org)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	var at struct {
		Survey int64  `db:"survey_id"`
		Zone   string `db:"time_zone"`
	}
	if err := tx.GetContext(ctx, &at, `
		SELECT l.survey_id, o.time_zone
		FROM   links l
		JOIN   surveys s ON s.organisation_id = $1 AND s.id = l.survey_id
		JOIN   organisations o ON o.id = $1
		WHERE  l.organisation_id = $1 AND l.id = $2 AND l.keyed_mode IS NOT NULL AND s.state = 'open'`, org, link); errors.Is(err, sql.ErrNoRows) {
		return ErrClosed
	} else if err != nil {
		return fmt.Errorf("counting somebody who did not answer: %w", err)
	}
	zone, err := time.LoadLocation(at.Zone)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO nonresponses (organisation_id, survey_id, day, reason, n)
		VALUES ($1, $2, $3::date, $4, 1)
		ON CONFLICT (organisation_id, survey_id, day, reason) DO UPDATE SET n = nonresponses.n + 1`, org, at.Survey, k.Now().In(zone).Format(time.DateOnly), string(why)); err != nil {
		return fmt.Errorf("counting somebody who did not answer: %w", err)
	}
	return tx.Commit()
}

// Day is how many people did not answer a survey on one day.
type Day struct {
	Survey   string    `db:"survey"` // slug
	On       time.Time `db:"day"`
	Declined int       `db:"declined"`
	Unable   int       `db:"unable"`
}

// Days lists the newest days on which somebody did not answer, at most limit lines of one day and survey.
func (k Keyed) Days(ctx context.Context, org tenant.Org, limit int) ([]Day, error) {
	tx, err := k.DB.Begin(ctx, org)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	var list []Day
	if err := tx.SelectContext(ctx, &list, `
		SELECT   s.slug AS survey, n.day, COALESCE(sum(n.n) FILTER (WHERE n.reason = 'declined'), 0) AS declined, COALESCE(sum(n.n) FILTER (WHERE n.reason = 'unable'), 0) AS unable
		FROM     nonresponses n
		JOIN     surveys s ON s.organisation_id = $1 AND s.id = n.survey_id
		WHERE    n.organisation_id = $1
		GROUP BY s.slug, n.day
		ORDER BY n.day DESC, s.slug
		LIMIT    $2`, org, limit); err != nil {
		return nil, fmt.Errorf("listing who did not answer: %w", err)
	}
	return list, nil
}
