// Package calendar keeps the tables that the council said it would publish, and when: what is planned, what the public
// reads of it, corrections, withdrawals, and the second person whom each change needs.
package calendar

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"yousaid/analytics/register"
	"yousaid/analytics/releases"
	"yousaid/analytics/review"
	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
	"yousaid/surveys/wording"
)

// What can be wrong with a publication.
var (
	ErrNoPublication = errors.New("there is no such publication")
	ErrSplit         = errors.New("a publication is split by channel, service, directorate or access point")
	ErrPlanned       = errors.New("all of these are in the calendar already")
	ErrMissed        = errors.New("a publication that is late stays in the calendar")
	ErrSame          = errors.New("the table is the same as the one that is published: there is nothing to correct")
	ErrNotNow        = errors.New("the publication is not in a state in which this can be done")
)

// Splits are the dimensions by which the public reads figures.
var Splits = []string{"channel", "service", "directorate", "access_point"}

// Publication is a table that the council said it would publish, and when.
type Publication struct {
	ID          int64
	Titles      question.Text
	Survey      int64
	SurveySlug  string
	SurveyTitle question.Text
	Measure     string
	By          string // one of Splits
	From, To    string // whole months
	Due         string
	State       string // planned, published, withdrawn, dropped
	Release     int64
	PublishedOn string
	CorrectedOn string
	WithdrawnOn string
	Note        question.Text            // of the last correction, or of the withdrawal
	Labels      map[string]question.Text // of the rows, as they were called when it was published
	Question    question.Text            // whose answers are counted
	Answers     []Answer                 // that count, in the order of the questionnaire
	Editions    []Edition                // as they were published, the oldest first; the last one counts
}

// Edition is a table as it was published: the first, or one that corrects the one before.
type Edition struct {
	Number int
	On     string
	Note   question.Text // what was put right; empty for the first
	Table  releases.Release
}

// Answer is one of the answers that are counted.
type Answer struct {
	Code string
	Text wording.Names
}

// Last is the table that counts; false where nothing was published.
func (p Publication) Last() (Edition, bool) {
	if len(p.Editions) == 0 {
		return Edition{}, false
	}
	return p.Editions[len(p.Editions)-1], true
}

// Lateness says how a publication stands on a day: days late (0 for in time), and whether it is still to come.
func (p Publication) Lateness(today string) (days int, waiting bool) {
	end := p.PublishedOn
	if waiting = end == ""; waiting {
		end = today
	}
	due, err1 := time.Parse(time.DateOnly, p.Due)
	at, err2 := time.Parse(time.DateOnly, end)
	if err1 != nil || err2 != nil || !at.After(due) {
		return 0, waiting
	}
	return int(at.Sub(due).Hours()+0.5) / 24, waiting
}

// Store keeps the calendar.
type Store struct {
	releases.Reader
	Ledger tenant.Ledger
	Now    func() time.Time
}

type publicationRow struct {
	ID          int64  `db:"id"`
	Titles      []byte `db:"titles"`
	Survey      int64  `db:"survey_id"`
	SurveySlug  string `db:"survey"`
	Measure     string `db:"measure"`
	By          string `db:"by_dimension"`
	From        string `db:"period_from"`
	To          string `db:"period_to"`
	Due         string `db:"due_on"`
	State       string `db:"state"`
	Release     int64  `db:"release"`
	PublishedOn string `db:"published_on"`
	CorrectedOn string `db:"corrected_on"`
	WithdrawnOn string `db:"withdrawn_on"`
	Note        []byte `db:"note"`
	Labels      []byte `db:"labels"`
}

func (r publicationRow) publication() (Publication, error) {
	p := Publication{ID: r.ID, Survey: r.Survey, SurveySlug: r.SurveySlug, Measure: r.Measure, By: r.By, From: r.From, To: r.To,
		Due: r.Due, State: r.State, Release: r.Release,
		PublishedOn: r.PublishedOn, CorrectedOn: r.CorrectedOn, WithdrawnOn: r.WithdrawnOn}
	return p, errors.Join(json.Unmarshal(r.Titles, &p.Titles), json.Unmarshal(r.Note, &p.Note), json.Unmarshal(r.Labels, &p.Labels))
}

// Publications lists the calendar by due day, the latest first, with the tables that were published; what was dropped is left out.
func (s Store) Publications(ctx context.Context, org tenant.Org) ([]Publication, error) {
	return s.list(ctx, org, 0)
}

// Publication finds one; ErrNoPublication.
func (s Store) Publication(ctx context.Context, org tenant.Org, id int64) (Publication, error) {
	list, err := s.list(ctx, org, id)
	if err == nil && len(list) == 0 {
		err = ErrNoPublication
	}
	if err != nil {
		return Publication{}, err
	}
	return list[0], nil
}

func (s Store) list(ctx context.Context, org tenant.Org, id int64) ([]Publication, error) {
	tx, err := s.DB.Begin(ctx, org)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	var rows []publicationRow
	if err := tx.SelectContext(ctx, &rows, `
		SELECT   p.id, p.titles, p.survey_id, s.slug AS survey, p.measure, p.by_dimension, p.period_from::text AS period_from,
		         p.period_to::text AS period_to, p.due_on::text AS due_on,
		         p.state, COALESCE(p.release_id, 0) AS release, COALESCE(p.published_on::text, '') AS published_on,
		         COALESCE(p.corrected_on::text, '') AS corrected_on, COALESCE(p.withdrawn_on::text, '') AS withdrawn_on, p.note, p.labels
		FROM     publications p
		JOIN     surveys s ON s.organisation_id = $1 AND s.id = p.survey_id
		WHERE    p.organisation_id = $1 AND p.state <> 'dropped' AND ($2::bigint = 0 OR p.id = $2)
		ORDER BY p.due_on DESC, p.id DESC
		LIMIT    1000`, org, id); err != nil {
		return nil, fmt.Errorf("reading the publication calendar: %w", err)
	}
	list := make([]Publication, len(rows))
	for i, r := range rows {
		if list[i], err = r.publication(); err != nil {
			return nil, err
		}
	}
	if err := words(ctx, tx, org, list); err != nil {
		return nil, err
	}
	return list, editions(ctx, tx, org, id, list)
}

// Changed is a stamp that changes whenever the calendar does, whichever of two changes at the same moment is committed first.
func (s Store) Changed(ctx context.Context, org tenant.Org) (string, error) {
	tx, err := s.DB.Begin(ctx, org)
	if err != nil {
		return "", err
	}
	defer func() { _ = tx.Rollback() }()
	var stamp string
	err = tx.GetContext(ctx, &stamp, `
		SELECT count(*) || '-' || COALESCE(sum(revision), 0)
		FROM   publications
		WHERE  organisation_id = $1`, org)
	return stamp, err
}

// Withdraw takes a published table away from the public, which reads why; one that is only planned is dropped from the
// calendar, unless it is late already: a promise that was missed stays to be seen (ErrMissed). It needs no second
// person: what is wrong must go at once. A change that waits is over.
func (s Store) Withdraw(ctx context.Context, by tenant.Actor, id int64, note question.Text, today string) error {
	said, err := json.Marshal(note)
	if err != nil {
		return err
	}
	also := func(tx *sqlx.Tx) error {
		if err := review.Supersede(ctx, tx, by, review.Publication, id, s.Now()); err != nil {
			return err
		}
		var release int64
		err := tx.GetContext(ctx, &release, `
			SELECT COALESCE(release_id, 0)
			FROM   publications
			WHERE  organisation_id = $1 AND id = $2`, by.Org, id)
		if err != nil || release == 0 {
			return err
		}
		return register.Withdraw(ctx, tx, by.Org, release)
	}
	err = s.change(ctx, by, change{id: id, action: "publication.withdrawn", after: map[string]any{"note": note}, also: also, statement: `
		UPDATE publications
		SET    state = CASE state WHEN 'planned' THEN 'dropped' ELSE 'withdrawn' END,
		       withdrawn_on = CASE state WHEN 'planned' THEN NULL ELSE $4::date END,
		       note = $3, revision = revision + 1
		WHERE  organisation_id = $1 AND id = $2 AND (state = 'published' OR state = 'planned' AND due_on >= $4::date)
		RETURNING id`, args: []any{string(said), today}})
	if errors.Is(err, ErrNotNow) {
		if now, missing := s.Publication(ctx, by.Org, id); missing == nil && now.State == "planned" {
			return ErrMissed
		}
	}
	return err
}

// change is what somebody does to a publication: a statement that gives the id where it is as it must be for that, and
// nothing where it is not, and what else happens in the same transaction.
type change struct {
	id        int64
	action    string               // in the audit trail
	after     any                  // beside it
	also      func(*sqlx.Tx) error // may be nil
	statement string               // $1 is the organisation and $2 the id
	args      []any                // from $3 on
}

// change carries out a change. ErrNotNow where the publication is not as it must be.
func (s Store) change(ctx context.Context, by tenant.Actor, c change) error {
	tx, err := s.DB.Begin(ctx, by.Org)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	var found int64
	err = tx.GetContext(ctx, &found, c.statement, append([]any{by.Org, c.id}, c.args...)...)
	if errors.Is(err, sql.ErrNoRows) {
		if _, missing := s.Publication(ctx, by.Org, c.id); missing != nil {
			return missing
		}
		return fmt.Errorf("%s %d: %w", c.action, c.id, ErrNotNow)
	}
	if err != nil {
		return fmt.Errorf("%s %d: %w", c.action, c.id, err)
	}
	if c.also != nil {
		if err := c.also(tx); err != nil {
			return fmt.Errorf("%s %d: %w", c.action, c.id, err)
		}
	}
	if err := s.Ledger.Record(ctx, tx, by, c.action, fmt.Sprintf("publication/%d", c.id), nil, c.after); err != nil {
		return err
	}
	return tx.Commit()
}
