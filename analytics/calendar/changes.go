package calendar

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/jmoiron/sqlx"

	"yousaid/analytics/register"
	"yousaid/analytics/releases"
	"yousaid/analytics/review"
	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
)

// What a change of the calendar or of a publication can be.
const (
	planning   = "plan"
	publishing = "publish"
	correcting = "correct"
)

// Planned is a publication that somebody proposed for the calendar.
type Planned struct {
	Titles  question.Text `json:"titles"`
	Survey  int64         `json:"survey"`
	Measure string        `json:"measure"`
	By      string        `json:"by"`
	From    string        `json:"from"` // days, as in Publication
	To      string        `json:"to"`
	Due     string        `json:"due"`
}

// Proposal is what a waiting change would make of a publication: another table of the register in public.
type Proposal struct {
	Release int64                    `json:"release"`
	Labels  map[string]question.Text `json:"labels"`
	Note    question.Text            `json:"note,omitempty"` // that the public reads with a correction
}

// Waiting is a change that waits for a second person.
type Waiting struct {
	review.Change
	Planned  []Planned        // to be added to the calendar
	Proposal *Proposal        // of one publication
	Table    releases.Release // of the proposal, as it stands in the register
}

// Waiting lists the changes of one publication that wait, at most one, or with id 0 the additions to the calendar.
func (s Store) Waiting(ctx context.Context, org tenant.Org, id int64) ([]Waiting, error) {
	tx, err := s.DB.Begin(ctx, org)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	subject := review.Publication
	if id == 0 {
		subject = review.Calendar
	}
	changes, err := review.Waiting(ctx, tx, org, subject, id)
	if err != nil {
		return nil, err
	}
	list := make([]Waiting, len(changes))
	for i, c := range changes {
		list[i].Change = c
		if id == 0 {
			err = c.Read(&list[i].Planned)
		} else if err = c.Read(&list[i].Proposal); err == nil {
			list[i].Table, err = releases.Find(ctx, tx, org, list[i].Proposal.Release)
		}
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

// Plan proposes publications for the calendar and tells how many would be new. What is there already stays as it is;
// ErrPlanned when all are. The public reads the calendar, so a second person approves. releases.ErrNotAsked where a
// survey does not ask the question, so that no date is promised that cannot be kept.
func (s Store) Plan(ctx context.Context, by tenant.Actor, list []Publication) (int, error) {
	tx, err := s.DB.Begin(ctx, by.Org)
	if err != nil {
		return 0, err
	}
	defer func() { _ = tx.Rollback() }()
	var fresh []Planned
	for _, p := range list {
		if !slices.Contains(Splits, p.By) {
			return 0, ErrSplit
		}
		if err := releases.Countable(ctx, tx, by.Org, p.Survey, p.Measure); err != nil {
			return 0, err
		}
		var there bool
		if err := tx.GetContext(ctx, &there, `
			SELECT EXISTS (SELECT FROM publications p
			               WHERE  p.organisation_id = $1 AND p.survey_id = $2 AND p.measure = $3 AND p.by_dimension = $4
			               AND    p.period_from = $5::date AND p.period_to = $6::date AND p.state <> 'dropped')`,
			by.Org, p.Survey, p.Measure, p.By, p.From, p.To); err != nil {
			return 0, fmt.Errorf("planning a publication: %w", err)
		}
		if !there {
			fresh = append(fresh, Planned{Titles: p.Titles, Survey: p.Survey, Measure: p.Measure, By: p.By, From: p.From, To: p.To, Due: p.Due})
		}
	}
	if len(fresh) == 0 {
		return 0, ErrPlanned
	}
	if err := review.Propose(ctx, tx, by, review.New{Subject: review.Calendar, What: planning, Content: fresh}, s.Now()); err != nil {
		return 0, err
	}
	if err := s.Ledger.Record(ctx, tx, by, "publication.plan_proposed", "publication", nil, fresh); err != nil {
		return 0, err
	}
	return len(fresh), tx.Commit()
}

// plan adds publications to the calendar; what is there already stays as it is.
func (s Store) plan(ctx context.Context, tx *sqlx.Tx, by tenant.Actor, list []Planned) error {
	for _, p := range list {
		titles, err := json.Marshal(p.Titles)
		if err != nil {
			return err
		}
		done, err := tx.ExecContext(ctx, `
			INSERT INTO publications (organisation_id, titles, survey_id, measure, by_dimension, period_from, period_to, due_on)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
			ON CONFLICT (organisation_id, survey_id, measure, by_dimension, period_from, period_to) DO UPDATE
			SET    titles = excluded.titles, due_on = excluded.due_on, state = 'planned', note = '{}', revision = publications.revision + 1
			WHERE  publications.organisation_id = $1 AND publications.state = 'dropped'`,
			by.Org, string(titles), p.Survey, p.Measure, p.By, p.From, p.To, p.Due)
		if err != nil {
			return fmt.Errorf("planning a publication: %w", err)
		}
		n, err := done.RowsAffected()
		if err != nil {
			return err
		}
		if n == 0 {
			continue
		}
		if err := s.Ledger.Record(ctx, tx, by, "publication.planned", "publication", nil, p); err != nil {
			return err
		}
	}
	return nil
}

// Publish proposes that a release joins a planned publication. Proposed twice with the same release, or published with
// it already, it changes nothing.
func (s Store) Publish(ctx context.Context, by tenant.Actor, id, release int64, labels map[string]question.Text) error {
	now, err := s.Publication(ctx, by.Org, id)
	switch {
	case err != nil:
		return err
	case now.State == "published" && now.Release == release:
		return nil // somebody was faster
	case now.State != "planned":
		return fmt.Errorf("publishing %d: %w", id, ErrNotNow)
	}
	return s.propose(ctx, by, id, publishing, Proposal{Release: release, Labels: labels})
}

// Correct proposes another release in the place of the published one, with a note that the public will read. ErrSame
// where the register has given the same table again.
func (s Store) Correct(ctx context.Context, by tenant.Actor, id, release int64, labels map[string]question.Text, note question.Text) error {
	now, err := s.Publication(ctx, by.Org, id)
	switch {
	case err != nil:
		return err
	case now.State != "published":
		return fmt.Errorf("correcting %d: %w", id, ErrNotNow)
	case now.Release == release:
		return ErrSame
	}
	return s.propose(ctx, by, id, correcting, Proposal{Release: release, Labels: labels, Note: note})
}

// propose keeps a change of a publication. The same change sent twice waits once.
func (s Store) propose(ctx context.Context, by tenant.Actor, id int64, what string, p Proposal) error {
	err := s.change(ctx, by, change{id: id, action: "publication.change_proposed",
		after: map[string]any{"what": what, "release": p.Release, "note": p.Note},
		also: func(tx *sqlx.Tx) error {
			return review.Propose(ctx, tx, by, review.New{Subject: review.Publication, About: id, What: what, Content: p}, s.Now())
		}, statement: `
		SELECT id
		FROM   publications
		WHERE  organisation_id = $1 AND id = $2 AND state IN ('planned', 'published')
		FOR    UPDATE`})
	if !errors.Is(err, review.ErrWaiting) {
		return err
	}
	waiting, problem := s.Waiting(ctx, by.Org, id)
	if problem != nil {
		return problem
	}
	for _, w := range waiting {
		if before, after := s.same(w), s.same(Waiting{Change: review.Change{What: what, By: by.Name}, Proposal: &p}); bytes.Equal(before, after) {
			return nil
		}
	}
	return err
}

// same is what makes two changes of a publication one.
func (s Store) same(w Waiting) []byte {
	raw, _ := json.Marshal([]any{w.What, w.By, w.Proposal}) // strings and numbers
	return raw
}

// ApproveChange carries out a waiting change, by a second person: one of a publication, or with id 0 an addition to the
// calendar. review.ErrSamePerson for whoever proposed it, review.ErrDecided when it does not wait any more. From then
// on, today, the public reads it.
func (s Store) ApproveChange(ctx context.Context, by tenant.Actor, id, change int64, today string) error {
	if id == 0 {
		return s.approvePlan(ctx, by, change)
	}
	list, err := s.Waiting(ctx, by.Org, id)
	if err != nil {
		return err
	}
	if len(list) == 0 || list[0].ID != change {
		return review.ErrDecided
	}
	approved := func(tx *sqlx.Tx) error {
		_, err := review.Approve(ctx, tx, by, review.Publication, id, change, s.Now())
		return err
	}
	if list[0].What == publishing {
		err = s.publish(ctx, by, id, *list[0].Proposal, today, approved)
	} else {
		err = s.correct(ctx, by, id, *list[0].Proposal, today, approved)
	}
	if errors.Is(err, ErrNotNow) {
		return review.ErrDecided
	}
	return err
}

func (s Store) approvePlan(ctx context.Context, by tenant.Actor, change int64) error {
	tx, err := s.DB.Begin(ctx, by.Org)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	c, err := review.Approve(ctx, tx, by, review.Calendar, 0, change, s.Now())
	if err != nil {
		return err
	}
	var list []Planned
	if err := c.Read(&list); err != nil {
		return err
	}
	for _, p := range list { // proposed before the calendar looked at the questions
		if err := releases.Countable(ctx, tx, by.Org, p.Survey, p.Measure); err != nil {
			return err
		}
	}
	if err := s.plan(ctx, tx, by, list); err != nil {
		return err
	}
	return tx.Commit()
}

// ReturnChange ends a waiting change: the public goes on reading what it reads. Whoever proposed it may take it back so.
func (s Store) ReturnChange(ctx context.Context, by tenant.Actor, id, change int64) error {
	tx, err := s.DB.Begin(ctx, by.Org)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	subject := review.Publication
	if id == 0 {
		subject = review.Calendar
	}
	c, err := review.Return(ctx, tx, by, subject, id, change, s.Now())
	if err != nil {
		return err
	}
	if err := s.Ledger.Record(ctx, tx, by, "publication.change_returned", fmt.Sprintf("publication/%d", id), nil,
		map[string]any{"what": c.What, "of": c.By}); err != nil {
		return err
	}
	return tx.Commit()
}

// publish joins a release to a planned publication.
func (s Store) publish(ctx context.Context, by tenant.Actor, id int64, p Proposal, today string, approved func(*sqlx.Tx) error) error {
	text, err := json.Marshal(p.Labels)
	if err != nil {
		return err
	}
	also := func(tx *sqlx.Tx) error {
		if err := approved(tx); err != nil {
			return err
		}
		return edition(ctx, tx, by.Org, id, p.Release, today, nil)
	}
	return s.change(ctx, by, change{id: id, action: "publication.published", after: map[string]int64{"release": p.Release}, also: also,
		statement: `
		UPDATE publications
		SET    state = 'published', release_id = $3, published_on = COALESCE(published_on, $4::date), labels = $5, revision = revision + 1
		WHERE  organisation_id = $1 AND id = $2 AND state = 'planned'
		RETURNING id`, args: []any{p.Release, today, string(text)}})
}

// correct puts another release in the place of the published one. The old one stays in the register as corrected, and
// with the publication as an edition that can be compared.
func (s Store) correct(ctx context.Context, by tenant.Actor, id int64, p Proposal, today string, approved func(*sqlx.Tx) error) error {
	before, err := s.Publication(ctx, by.Org, id)
	if err != nil {
		return err
	}
	text, err1 := json.Marshal(p.Labels)
	said, err2 := json.Marshal(p.Note)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	also := func(tx *sqlx.Tx) error {
		if err := approved(tx); err != nil {
			return err
		}
		if err := register.Correct(ctx, tx, by.Org, before.Release, p.Release); err != nil {
			return err
		}
		return edition(ctx, tx, by.Org, id, p.Release, today, p.Note)
	}
	return s.change(ctx, by, change{id: id, action: "publication.corrected", after: map[string]any{"release": p.Release, "note": p.Note},
		also: also, statement: `
		UPDATE publications
		SET    release_id = $3, corrected_on = $4::date, labels = $5, note = $6, revision = revision + 1
		WHERE  organisation_id = $1 AND id = $2 AND state = 'published' AND release_id = $7
		RETURNING id`, args: []any{p.Release, today, string(text), string(said), before.Release}})
}
