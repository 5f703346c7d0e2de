// Package plans keeps the equality tables that are released again and again, and the calendar periods for which each is owed.
package plans

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/lib/pq"

	"yousaid/analytics/register"
	"yousaid/analytics/releases"
	"yousaid/surveys/tenant"
)

// What can be wrong with a plan.
var (
	ErrNoPlan     = errors.New("there is no such plan, or it was ended")
	ErrPlanExists = errors.New("this table is planned already")
)

// Cadence is how often a planned table leaves.
type Cadence string

// The cadences, by calendar months, quarters and years.
const (
	Monthly   Cadence = "month"
	Quarterly Cadence = "quarter"
	Yearly    Cadence = "year"
)

// Plan is an equality table that leaves again and again.
type Plan struct {
	ID         int64
	Survey     int64
	SurveySlug string
	Measure    string
	By         []string
	Subtotals  bool
	Cadence    Cadence
	Standing   bool // it is in the quarterly equality report
	CreatedBy  string
	CreatedAt  time.Time
}

// asks tells whether a release is of the planned table: by the question of each survey that it counts.
func (p Plan) asks(a register.Query, counts map[int64]string) bool {
	return len(counts) == 1 && counts[p.Survey] == p.Measure && slices.Equal(a.By, p.By) && a.Subtotals == p.Subtotals && !a.Rounded
}

// Store keeps the plans.
type Store struct {
	releases.Reader
	Ledger tenant.Ledger
	Now    func() time.Time
}

// Plans lists the plans that are active, the oldest first.
func (s Store) Plans(ctx context.Context, org tenant.Org) ([]Plan, error) {
	tx, err := s.DB.Begin(ctx, org)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	var rows []struct {
		ID         int64          `db:"id"`
		Survey     int64          `db:"survey_id"`
		SurveySlug string         `db:"survey"`
		Measure    string         `db:"measure"`
		By         pq.StringArray `db:"by_dimensions"`
		Subtotals  bool           `db:"subtotals"`
		Cadence    Cadence        `db:"cadence"`
		Standing   bool           `db:"standing"`
		CreatedBy  string         `db:"created_by"`
		CreatedAt  time.Time      `db:"created_at"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT   p.id, p.survey_id, s.slug AS survey, p.measure, p.by_dimensions, p.subtotals, p.cadence, p.standing, p.created_by, p.created_at
		FROM     release_plans p
		JOIN     surveys s ON s.organisation_id = $1 AND s.id = p.survey_id
		WHERE    p.organisation_id = $1 AND p.state = 'active'
		ORDER BY p.id
		LIMIT    500`, org); err != nil {
		return nil, fmt.Errorf("reading the plans of releases: %w", err)
	}
	list := make([]Plan, 0, len(rows))
	for _, r := range rows {
		p := Plan{r.ID, r.Survey, r.SurveySlug, r.Measure, r.By, r.Subtotals, r.Cadence, r.Standing, r.CreatedBy, r.CreatedAt}
		list = append(list, p)
	}
	return list, nil
}

// Plan finds an active one; ErrNoPlan.
func (s Store) Plan(ctx context.Context, org tenant.Org, id int64) (Plan, error) {
	list, err := s.Plans(ctx, org)
	for _, p := range list {
		if p.ID == id {
			return p, nil
		}
	}
	if err == nil {
		err = ErrNoPlan
	}
	return Plan{}, err
}

// Add declares a table. ErrPlanExists where it is planned with the same cadence, releases.ErrNotAsked where the survey
// does not ask the question.
func (s Store) Add(ctx context.Context, by tenant.Actor, p Plan) (int64, error) {
	tx, err := s.DB.Begin(ctx, by.Org)
	if err != nil {
		return 0, err
	}
	defer func() { _ = tx.Rollback() }()
	if err := releases.Countable(ctx, tx, by.Org, p.Survey, p.Measure); err != nil {
		return 0, err
	}
	var id int64
	err = tx.GetContext(ctx, &id, `
		INSERT INTO release_plans (organisation_id, survey_id, measure, by_dimensions, subtotals, cadence, standing, created_by, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (organisation_id, survey_id, measure, by_dimensions, subtotals, cadence) WHERE state = 'active' DO NOTHING
		RETURNING id`, by.Org, p.Survey, p.Measure, pq.Array(p.By), p.Subtotals, p.Cadence, p.Standing, by.Name, s.Now())
	if errors.Is(err, sql.ErrNoRows) {
		return 0, ErrPlanExists
	}
	if err != nil {
		return 0, fmt.Errorf("planning a release: %w", err)
	}
	if err := s.Ledger.Record(ctx, tx, by, "plan.added", fmt.Sprintf("release plan/%d", id), nil, p.logged()); err != nil {
		return 0, err
	}
	return id, tx.Commit()
}

// End takes a plan out. What was released by it stays in the register.
func (s Store) End(ctx context.Context, by tenant.Actor, id int64) error {
	p, err := s.Plan(ctx, by.Org, id)
	if err != nil {
		return err
	}
	tx, err := s.DB.Begin(ctx, by.Org)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	err = tx.GetContext(ctx, &id, `
		UPDATE release_plans
		SET    state = 'ended'
		WHERE  organisation_id = $1 AND id = $2 AND state = 'active'
		RETURNING id`, by.Org, id)
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNoPlan
	}
	if err != nil {
		return fmt.Errorf("ending plan %d: %w", id, err)
	}
	if err := s.Ledger.Record(ctx, tx, by, "plan.ended", fmt.Sprintf("release plan/%d", id), p.logged(), nil); err != nil {
		return err
	}
	return tx.Commit()
}

func (p Plan) logged() map[string]any {
	return map[string]any{"survey": p.SurveySlug, "measure": p.Measure, "by": p.By, "subtotals": p.Subtotals, "cadence": p.Cadence,
		"standing": p.Standing}
}

// Released finds for each plan the releases of its table that count: by the first and the last day of their period
// ("2026-07-01 2026-09-30"), the newest of each.
func (s Store) Released(ctx context.Context, org tenant.Org, plans []Plan) ([]map[string]int64, error) {
	found := make([]map[string]int64, len(plans))
	for i := range found {
		found[i] = map[string]int64{}
	}
	if len(plans) == 0 {
		return found, nil
	}
	tx, err := s.DB.Begin(ctx, org)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	ids := make([]int64, len(plans))
	for i, p := range plans {
		ids[i] = p.Survey
	}
	list, err := register.OfSurveys(ctx, tx, org, ids)
	if err != nil {
		return nil, err
	}
	for _, r := range list {
		for i, p := range plans {
			if p.asks(r.Query, r.Counts) {
				found[i][r.From+" "+r.To] = r.ID
			}
		}
	}
	return found, nil
}
