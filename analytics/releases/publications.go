package releases

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
)

// What can be wrong with a publication.
var (
	ErrNoPublication = errors.New("there is no such publication")
	ErrNotNow        = errors.New("the publication is not in a state in which this can be done")
)

// Publication is a table that the council said it would publish, and when.
type Publication struct {
	ID          int64
	Titles      question.Text
	Survey      int64
	SurveySlug  string
	Measure     string
	By          string // channel, service or directorate
	From, To    string // whole months
	Due         string
	State       string // planned, published, withdrawn, dropped
	Release     int64
	PublishedOn string
	CorrectedOn string
	Note        question.Text            // of a correction or withdrawal
	Labels      map[string]question.Text // of the rows, as they were called when it was published
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
	Reader
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
	Note        []byte `db:"note"`
	Labels      []byte `db:"labels"`
}

func (r publicationRow) publication() (Publication, error) {
	p := Publication{ID: r.ID, Survey: r.Survey, SurveySlug: r.SurveySlug, Measure: r.Measure, By: r.By, From: r.From, To: r.To, Due: r.Due, State: r.State, Release: r.Release,
		PublishedOn: r.PublishedOn, CorrectedOn: r.CorrectedOn}
	return p, errors.Join(json.Unmarshal(r.Titles, &p.Titles), json.Unmarshal(r.Note, &p.Note), json.Unmarshal(r.Labels, &p.Labels))
}

// Publications lists the calendar by due day, the latest first; what was dropped is left out.
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
		SELECT   p.id, p.titles, p.survey_id, s.slug AS survey, p.measure, p.by_dimension, p.period_from::text AS period_from, p.period_to::text AS period_to, p.due_on::text AS due_on,
		         p.state, COALESCE(p.release_id, 0) AS release, COALESCE(p.published_on::text, '') AS published_on, COALESCE(p.corrected_on::text, '') AS corrected_on, p.note, p.labels
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
	return list, nil
}

// Changed is a stamp that changes whenever the calendar does.
func (s Store) Changed(ctx context.Context, org tenant.Org) (int64, error) {
	tx, err := s.DB.Begin(ctx, org)
	if err != nil {
		return 0, err
	}
	defer func() { _ = tx.Rollback() }()
	var last int64
	err = tx.GetContext(ctx, &last, `
		SELECT COALESCE(max(change_id), 0)
		FROM   publications
		WHERE  organisation_id = $1`, org)
	return last, err
}

// Plan adds publications to the calendar, all or none.
func (s Store) Plan(ctx context.Context, by tenant.Actor, list []Publication) error {
	tx, err := s.DB.Begin(ctx, by.Org)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	for _, p := range list {
		titles, err := json.Marshal(p.Titles)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO publications (organisation_id, titles, survey_id, measure, by_dimension, period_from, period_to, due_on)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, by.Org, string(titles), p.Survey, p.Measure, p.By, p.From, p.To, p.Due); err != nil {
			return fmt.Errorf("planning a publication: %w", err)
		}
		if err := s.Ledger.Record(ctx, tx, by, "publication.planned", "publication", nil, p); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// Publish joins a release to a planned publication. Done twice with the same release it changes nothing.
func (s Store) Publish(ctx context.Context, by tenant.Actor, id, release int64, labels map[string]question.Text, today string) error {
	text, err := json.Marshal(labels)
	if err != nil {
		return err
	}
	return s.change(ctx, by, id, "publication.published", map[string]int64{"release": release}, nil, `
		UPDATE publications
		SET    state = 'published', release_id = $3, published_on = COALESCE(published_on, $4::date), labels = $5, change_id = nextval('ids')
		WHERE  organisation_id = $1 AND id = $2 AND (state = 'planned' OR state = 'published' AND release_id = $3)
		RETURNING id`, release, today, string(text))
}

// Correct puts another release in the place of the published one, with a note that the public reads. The old one stays in the register as corrected.
func (s Store) Correct(ctx context.Context, by tenant.Actor, id, release int64, labels map[string]question.Text, note question.Text, today string) error {
	before, err := s.Publication(ctx, by.Org, id)
	if err != nil {
		return err
	}
	text, err1 := json.Marshal(labels)
	said, err2 := json.Marshal(note)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	also := func(tx *sqlx.Tx) error {
		if before.Release == release {
			return nil // the figures are what they were; the note alone is new
		}
		if _, err := tx.ExecContext(ctx, `
			UPDATE releases
			SET    status = 'corrected'
			WHERE  organisation_id = $1 AND id = $2`, by.Org, before.Release); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `
			UPDATE releases
			SET    corrects_id = $3
			WHERE  organisation_id = $1 AND id = $2 AND corrects_id IS NULL`, by.Org, release, before.Release)
		return err
	}
	return s.change(ctx, by, id, "publication.corrected", map[string]any{"release": release, "note": note}, also, `
		UPDATE publications
		SET    release_id = $3, corrected_on = $4::date, labels = $5, note = $6, change_id = nextval('ids')
		WHERE  organisation_id = $1 AND id = $2 AND state = 'published' AND release_id = $7
		RETURNING id`, release, today, string(text), string(said), before.Release)
}

// Withdraw takes a published table away from the public, which reads why; one that is only planned is dropped from the calendar.
func (s Store) Withdraw(ctx context.Context, by tenant.Actor, id int64, note question.Text) error {
	said, err := json.Marshal(note)
	if err != nil {
		return err
	}
	also := func(tx *sqlx.Tx) error {
		_, err := tx.ExecContext(ctx, `
			UPDATE releases AS r
			SET    status = 'withdrawn'
			FROM   publications p
			WHERE  r.organisation_id = $1 AND p.organisation_id = $1 AND p.id = $2 AND r.id = p.release_id`, by.Org, id)
		return err
	}
	return s.change(ctx, by, id, "publication.withdrawn", map[string]any{"note": note}, also, `
		UPDATE publications
		SET    state = CASE state WHEN 'planned' THEN 'dropped' ELSE 'withdrawn' END, note = $3, change_id = nextval('ids')
		WHERE  organisation_id = $1 AND id = $2 AND state IN ('planned', 'published')
		RETURNING id`, string(said))
}

func (s Store) change(ctx context.Context, by tenant.Actor, id int64, action string, after any, also func(*sqlx.Tx) error, statement string, args ...any) error {
	tx, err := s.DB.Begin(ctx, by.Org)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	var found int64
	err = tx.GetContext(ctx, &found, statement, append([]any{by.Org, id}, args...)...)
	if errors.Is(err, sql.ErrNoRows) {
		if _, missing := s.Publication(ctx, by.Org, id); missing != nil {
			return missing
		}
		return fmt.Errorf("%s %d: %w", action, id, ErrNotNow)
	}
	if err != nil {
		return fmt.Errorf("%s %d: %w", action, id, err)
	}
	if also != nil {
		if err := also(tx); err != nil {
			return fmt.Errorf("%s %d: %w", action, id, err)
		}
	}
	if err := s.Ledger.Record(ctx, tx, by, action, fmt.Sprintf("publication/%d", id), nil, after); err != nil {
		return err
	}
	return tx.Commit()
}
