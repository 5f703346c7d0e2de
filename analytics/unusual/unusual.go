// Package unusual is about answers that are left out of the figures: which, when, and what staff decided about them.
// Decisions are reversible and audited; where figures of the time are public, a second person agrees first.
package unusual

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"yousaid/surveys/responses/quality"
	"yousaid/surveys/tenant"
)

// What can be wrong with a decision.
var (
	ErrReason     = errors.New("say why in 1 to 500 characters")
	ErrScope      = errors.New("the last hour is before the first one")
	ErrNothing    = errors.New("there are no such answers, so nothing would change")
	ErrMissing    = errors.New("there is no such decision")
	ErrSamePerson = errors.New("figures of this time are public: another person has to agree")
	ErrDecided    = errors.New("this was decided already")
)

// Store reads unusual answers and keeps what is decided about them.
type Store struct {
	DB     tenant.DB
	Ledger tenant.Ledger
	Now    func() time.Time
}

// Survey is how many answers of a survey are unusual.
type Survey struct {
	ID       int64  `db:"id"`
	Slug     string `db:"slug"`
	Excluded int    `db:"excluded"`
	Kept     int    `db:"kept"`    // found by a rule, and counted since a person decided so
	Waiting  int    `db:"waiting"` // decisions that another person has to agree to
}

// Surveys lists the surveys that were ever published, by their slugs.
func (s Store) Surveys(ctx context.Context, org tenant.Org) ([]Survey, error) {
	tx, err := s.DB.Begin(ctx, org)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	var list []Survey
	if err := tx.SelectContext(ctx, &list, `
		SELECT   s.id, s.slug, COALESCE(u.excluded, 0) AS excluded, COALESCE(u.kept, 0) AS kept,
		         (SELECT count(*) FROM unusual_decisions d WHERE d.organisation_id = $1 AND d.survey_id = s.id AND d.state = 'waiting') AS waiting
		FROM     surveys s
		LEFT     JOIN (SELECT   r.survey_id, count(*) FILTER (WHERE r.excluded_no IS NOT NULL) AS excluded,
		                        count(*) FILTER (WHERE r.excluded_no IS NULL) AS kept
		               FROM     responses r
		               WHERE    r.organisation_id = $1 AND r.verdict <> ''
		               GROUP BY r.survey_id) AS u ON u.survey_id = s.id
		WHERE    s.organisation_id = $1 AND s.state <> 'draft'
		ORDER BY s.slug`, org); err != nil {
		return nil, fmt.Errorf("counting unusual answers: %w", err)
	}
	return list, nil
}

// Line is how many answers of one link one rule found.
type Line struct {
	Link     int64           `db:"link_id"` // 0: by no link
	Code     string          `db:"code"`
	About    string          `db:"about"`
	Verdict  quality.Verdict `db:"verdict"`
	Excluded int             `db:"excluded"`
	Kept     int             `db:"kept"`
	First    time.Time       `db:"first_hour"`
	Last     time.Time       `db:"last_hour"`
}

// Lines lists what was found in a survey between two moments, by link and rule, the most first.
func (s Store) Lines(ctx context.Context, org tenant.Org, survey int64, from, to time.Time) ([]Line, error) {
	tx, err := s.DB.Begin(ctx, org)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	var list []Line
	if err := tx.SelectContext(ctx, &list, `
		SELECT   COALESCE(r.link_id, 0) AS link_id, CASE WHEN l.keyed_mode IS NULL THEN COALESCE(l.code, '') ELSE '' END AS code,
		         COALESCE(l.about, '') AS about, r.verdict,
		         count(*) FILTER (WHERE r.excluded_no IS NOT NULL) AS excluded, count(*) FILTER (WHERE r.excluded_no IS NULL) AS kept,
		         min(r.answered_hour) AS first_hour, max(r.answered_hour) AS last_hour
		FROM     responses r
		LEFT     JOIN links l ON l.organisation_id = $1 AND l.id = r.link_id
		WHERE    r.organisation_id = $1 AND r.survey_id = $2 AND r.verdict <> '' AND r.answered_hour >= $3 AND r.answered_hour < $4
		GROUP BY r.link_id, l.code, l.keyed_mode, l.about, r.verdict
		ORDER BY count(*) DESC, l.code, r.verdict
		LIMIT    200`, org, survey, from, to); err != nil {
		return nil, fmt.Errorf("listing unusual answers: %w", err)
	}
	return list, nil
}

// Hour is what came by one link in one hour.
type Hour struct {
	At       time.Time `db:"answered_hour"`
	Link     int64     `db:"link_id"`
	Code     string    `db:"code"`
	All      int       `db:"all_of_them"`
	Excluded int       `db:"excluded"`
	Usual    int       `db:"usual"` // what the link takes in its middle hour of those in which it takes anything
}

// Many tells that far more came than usual, whether or not a rule found anything.
func (h Hour) Many() bool { return h.All >= 60 && h.All > 3*h.Usual }

// Hours lists the hours between two moments in which something was excluded or far more came than usual, newest first.
func (s Store) Hours(ctx context.Context, org tenant.Org, survey, link int64, from, to time.Time) ([]Hour, error) {
	tx, err := s.DB.Begin(ctx, org)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	var list []Hour
	if err := tx.SelectContext(ctx, &list, `
		WITH hours AS (
			SELECT   r.answered_hour, r.link_id, count(*) AS all_of_them, count(*) FILTER (WHERE r.excluded_no IS NOT NULL) AS excluded
			FROM     responses r
			WHERE    r.organisation_id = $1 AND r.survey_id = $2 AND r.answered_hour >= $3 AND r.answered_hour < $4
			         AND ($5::bigint = 0 OR r.link_id = $5)
			AND      response_counts(r.state, r.source, NULL) AND r.link_id IS NOT NULL
			GROUP BY r.answered_hour, r.link_id
		), usual AS (
			SELECT   h.link_id, percentile_disc(0.5) WITHIN GROUP (ORDER BY h.all_of_them - h.excluded) AS usual
			FROM     hours h
			WHERE    h.all_of_them > h.excluded
			GROUP BY h.link_id
		)
		SELECT   h.answered_hour, h.link_id, CASE WHEN l.keyed_mode IS NULL THEN l.code ELSE '' END AS code, h.all_of_them, h.excluded,
		         COALESCE(u.usual, 0) AS usual
		FROM     hours h
		JOIN     links l ON l.organisation_id = $1 AND l.id = h.link_id
		LEFT     JOIN usual u ON u.link_id = h.link_id
		WHERE    h.excluded > 0 OR l.keyed_mode IS NULL AND h.all_of_them >= 60 AND h.all_of_them > 3 * COALESCE(u.usual, 0)
		ORDER BY h.answered_hour DESC, h.all_of_them DESC
		LIMIT    200`, org, survey, from, to, link); err != nil {
		return nil, fmt.Errorf("listing unusual hours: %w", err)
	}
	return list, nil
}

// Act is what a decision does.
type Act string

// The acts. Undo takes back what one earlier decision changed.
const (
	Exclude Act = "exclude"
	Include Act = "include"
	Undo    Act = "undo"
)

// Scope is which answers a decision is about.
type Scope struct {
	Survey   int64
	Link     int64           // 0: all links
	Verdict  quality.Verdict // None: whatever the rules found, or nothing
	From, To time.Time       // whole hours; To is not included
}

// Decision is what somebody decided.
type Decision struct {
	ID        int64           `db:"id"`
	Survey    int64           `db:"survey_id"`
	Link      int64           `db:"link_id"`
	Code      string          `db:"code"`
	Verdict   quality.Verdict `db:"verdict"`
	From      time.Time       `db:"from_hour"`
	To        time.Time       `db:"to_hour"`
	Act       Act             `db:"act"`
	Undoes    int64           `db:"undoes_id"`
	Reason    string          `db:"reason"`
	State     string          `db:"state"`     // waiting, agreed (being carried out), done, refused
	Published bool            `db:"published"` // figures of the time were public when it was asked for
	AskedBy   int64           `db:"asked_by"`
	Asked     string          `db:"asked_name"`
	AskedAt   time.Time       `db:"asked_at"`
	Decided   string          `db:"decided_name"`
	Changed   int             `db:"changed"` // responses
	Undone    bool            `db:"undone"`  // another decision that stands takes it back
}

// Decisions lists what was decided about a survey, newest first.
func (s Store) Decisions(ctx context.Context, org tenant.Org, survey int64, limit int) ([]Decision, error) {
	tx, err := s.DB.Begin(ctx, org)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	return decisions(ctx, tx, org, survey, 0, limit)
}

// decisions reads those of a survey (0: of all), or the one with the id.
func decisions(ctx context.Context, tx *sqlx.Tx, org tenant.Org, survey, id int64, limit int) ([]Decision, error) {
	var list []Decision
	if err := tx.SelectContext(ctx, &list, `
		SELECT   d.id, d.survey_id, COALESCE(d.link_id, 0) AS link_id, COALESCE(l.code, '') AS code, d.verdict, d.from_hour, d.to_hour,
		         d.act, COALESCE(d.undoes_id, 0) AS undoes_id, d.reason,
		         d.state, d.published, d.asked_by, d.asked_name, d.asked_at, d.decided_name, d.changed,
		         EXISTS (SELECT FROM unusual_decisions u WHERE u.organisation_id = $1 AND u.undoes_id = d.id AND u.state <> 'refused') AS undone
		FROM     unusual_decisions d
		LEFT     JOIN links l ON l.organisation_id = $1 AND l.id = d.link_id
		WHERE    d.organisation_id = $1 AND ($2::bigint = 0 OR d.survey_id = $2) AND ($3::bigint = 0 OR d.id = $3)
		ORDER BY d.id DESC
		LIMIT    $4`, org, survey, id, limit); err != nil {
		return nil, fmt.Errorf("reading decisions about unusual answers: %w", err)
	}
	return list, nil
}
