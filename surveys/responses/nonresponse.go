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

// Nonresponse is why somebody who was asked did not answer.
type Nonresponse string

// The reasons.
const (
	Declined Nonresponse = "declined" // did not want to
	Unable   Nonresponse = "unable"   // could not: language, illness, no time to talk
)

// keptMarks is how many days it stays known which forms were counted: longer than they can be undone.
const keptMarks = 2

// Count counts somebody who was asked and did not answer, on today's day in the organisation's time zone. The form that was open
// for them counts once, for the reason that was given last. ErrClosed where the survey is, ErrSpent where the form's answers are
// stored.
func (k Keyed) Count(ctx context.Context, by tenant.Actor, form Form, why Nonresponse) error {
	if form.Organisation != by.Org {
		return ErrToken
	}
	tx, err := k.DB.Begin(ctx, by.Org)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	var at struct {
		Survey   int64  `db:"survey_id"`
		Zone     string `db:"time_zone"`
		Answered bool   `db:"answered"`
	}
	if err := tx.GetContext(ctx, &at, `
		SELECT l.survey_id, o.time_zone,
		       EXISTS (SELECT FROM responses r WHERE r.organisation_id = $1 AND r.id = $3 AND r.state <> 'withdrawn') AS answered
		FROM   links l
		JOIN   surveys s ON s.organisation_id = $1 AND s.id = l.survey_id
		JOIN   organisations o ON o.id = $1
		WHERE  l.organisation_id = $1 AND l.id = $2 AND l.keyed_mode IS NOT NULL AND s.state = 'open'`, by.Org, form.Link,
		form.Response); errors.Is(err, sql.ErrNoRows) {
		return ErrClosed
	} else if err != nil {
		return fmt.Errorf("counting somebody who did not answer: %w", err)
	}
	if at.Answered {
		return ErrSpent
	}
	zone, err := time.LoadLocation(at.Zone)
	if err != nil {
		return err
	}
	now := nonresponseMark{Survey: at.Survey, Day: k.Now().In(zone).Format(time.DateOnly), Reason: why, Counted: true}
	if err := now.set(ctx, tx, by.Org, form); err != nil {
		return fmt.Errorf("counting somebody who did not answer: %w", err)
	}
	return tx.Commit()
}

// nonresponseMark is that a form was counted in nonresponses.
type nonresponseMark struct {
	Survey  int64       `db:"survey_id"`
	Day     string      `db:"day"`
	Reason  Nonresponse `db:"reason"`
	Counted bool        `db:"counted"`
}

// set puts the mark in the place of the one that the form had, and counts the difference.
func (m nonresponseMark) set(ctx context.Context, tx *sqlx.Tx, org tenant.Org, form Form) error {
	if _, err := tx.ExecContext(ctx, `
		DELETE FROM nonresponse_marks
		WHERE  organisation_id = $1 AND day < $2::date - $3::int`, org, m.Day, keptMarks); err != nil {
		return err
	}
	// The row is there before it is read, so that two clicks at the same moment come one after the other.
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO nonresponse_marks (organisation_id, form_id, survey_id, day, reason, counted)
		VALUES ($1, $2, $3, $4::date, $5, false)
		ON CONFLICT (organisation_id, form_id) DO NOTHING`, org, form.Response, m.Survey, m.Day, string(m.Reason)); err != nil {
		return err
	}
	before, err := marked(ctx, tx, org, form)
	if err != nil {
		return err
	}
	if before == m {
		return nil
	}
	first, second, n := before, m, -1
	if second.Day+string(second.Reason) < first.Day+string(first.Reason) { // everybody locks the days in one order
		first, second, n = second, first, 1
	}
	if err := first.count(ctx, tx, org, n); err != nil {
		return err
	}
	if err := second.count(ctx, tx, org, -n); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		UPDATE nonresponse_marks
		SET    survey_id = $3, day = $4::date, reason = $5, counted = $6
		WHERE  organisation_id = $1 AND form_id = $2`, org, form.Response, m.Survey, m.Day, string(m.Reason), m.Counted)
	return err
}

// marked reads and locks the mark of a form.
func marked(ctx context.Context, tx *sqlx.Tx, org tenant.Org, form Form) (m nonresponseMark, err error) {
	err = tx.GetContext(ctx, &m, `
		SELECT survey_id, day::text AS day, reason, counted
		FROM   nonresponse_marks
		WHERE  organisation_id = $1 AND form_id = $2
		FOR    UPDATE`, org, form.Response)
	return m, err
}

// count adds n to the day of the mark, which counts nothing where it was undone.
func (m nonresponseMark) count(ctx context.Context, tx *sqlx.Tx, org tenant.Org, n int) error {
	if !m.Counted {
		return nil
	}
	_, err := tx.ExecContext(ctx, `
		INSERT INTO nonresponses (organisation_id, survey_id, day, reason, n)
		VALUES ($1, $2, $3::date, $4, $5)
		ON CONFLICT (organisation_id, survey_id, day, reason) DO UPDATE SET n = nonresponses.n + excluded.n`, org, m.Survey, m.Day,
		string(m.Reason), n)
	return err
}

// uncount takes back that a form was counted. It gives the mark that was there, and found false where the form never had one.
func (k Keyed) uncount(ctx context.Context, tx *sqlx.Tx, by tenant.Actor, form Form) (was nonresponseMark, found bool, err error) {
	was, err = marked(ctx, tx, by.Org, form)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return was, false, nil
	case err != nil:
		return was, false, fmt.Errorf("undoing a count: %w", err)
	case !was.Counted:
		return was, true, nil
	}
	after := was
	after.Counted = false
	if err := after.set(ctx, tx, by.Org, form); err != nil {
		return was, true, fmt.Errorf("undoing a count: %w", err)
	}
	return was, true, k.Ledger.Record(ctx, tx, by, "nonresponse.undone", "nonresponse", nil, map[string]any{"reason": was.Reason})
}

// Answered takes back that somebody was counted as not answering, after the answers of the same form were stored: the key was
// pressed by mistake.
func (k Keyed) Answered(ctx context.Context, by tenant.Actor, form Form) error {
	tx, err := k.DB.Begin(ctx, by.Org)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if _, _, err := k.uncount(ctx, tx, by, form); err != nil {
		return err
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
		SELECT   s.slug AS survey, n.day, COALESCE(sum(n.n) FILTER (WHERE n.reason = 'declined'), 0) AS declined,
		         COALESCE(sum(n.n) FILTER (WHERE n.reason = 'unable'), 0) AS unable
		FROM     nonresponses n
		JOIN     surveys s ON s.organisation_id = $1 AND s.id = n.survey_id
		WHERE    n.organisation_id = $1 AND n.n > 0
		GROUP BY s.slug, n.day
		ORDER BY n.day DESC, s.slug
		LIMIT    $2`, org, limit); err != nil {
		return nil, fmt.Errorf("listing who did not answer: %w", err)
	}
	return list, nil
}
