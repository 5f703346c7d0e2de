package analytics_test

import (
	"context"
	"encoding/json"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"yousaid/analytics"
	"yousaid/analytics/releases"
	"yousaid/migrations/pgtest"
	"yousaid/surveys"
	"yousaid/surveys/catalogue"
	"yousaid/surveys/surveystest"
	"yousaid/surveys/tenant"
)

// ledger keeps what was recorded, for tests to look at.
type ledger struct {
	mutex   sync.Mutex
	actions []string
	last    any // after, of the last entry
}

// Record locks as the real one does: who writes an entry is alone with the organisation until the end of the transaction.
func (l *ledger) Record(ctx context.Context, tx *sqlx.Tx, by tenant.Actor, action, _ string, _, after any) error {
	var no int64
	if err := tx.GetContext(ctx, &no, `SELECT last_no FROM feeds WHERE organisation_id = $1 FOR UPDATE`, by.Org); err != nil {
		return err
	}
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.actions, l.last = append(l.actions, action), after
	return nil
}

// council is an organisation with two services in two directorates and a published survey.
type council struct {
	t        *testing.T
	db       tenant.DB
	org      tenant.Org
	ledger   *ledger
	ask      *analytics.Analytics
	surveys  map[string][2]int64 // slug → survey id, version id
	services map[string]int64
	now      time.Time
}

const catalogueCSV = "directorate,service,slug,lgsl_id,parent\nStreets,Bins,bins,524,\nStreets,Garden " +
	"bins,garden,530,bins\nHousing,Repairs,repairs,141,\n"

func newCouncil(t *testing.T) *council {
	t.Helper()
	db := pgtest.New(t)
	c := &council{t: t, db: tenant.New(db.App()).Tabulating(db.Tabulate()), ledger: &ledger{}, surveys: map[string][2]int64{},
		services: map[string]int64{},
		now:      time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
	c.org = c.organisation("test", "TST")
	c.ask = &analytics.Analytics{DB: c.db, Ledger: c.ledger, Now: func() time.Time { return c.now }}
	store := catalogue.Store{DB: c.db, Ledger: c.ledger}
	c.must(store.Import(t.Context(), c.by(), reader(catalogueCSV)))
	list, err := store.Services(t.Context(), c.org)
	c.check(err)
	for _, s := range list {
		c.services[s.Slug] = s.ID
	}
	return c
}

func (c *council) by() tenant.Actor { return tenant.CommandLine(c.org) }

func (c *council) register() releases.Register {
	return releases.Register{Reader: releases.Reader{DB: c.db}, Ledger: c.ledger}
}

func (c *council) check(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *council) must(_ any, err error) { c.t.Helper(); c.check(err) }

func (c *council) organisation(slug, prefix string) (id tenant.Org) {
	c.t.Helper()
	c.check(c.db.Global().Get(&id,
		`INSERT INTO organisations (slug, link_prefix, names) VALUES ($1, $2, '{"en": "Test Council"}') RETURNING id`, slug, prefix))
	tx, err := c.db.Begin(c.t.Context(), id)
	c.check(err)
	c.must(tx.Exec(`INSERT INTO feeds (organisation_id, last_no) VALUES ($1, 0)`, id))
	c.check(tx.Commit())
	return id
}

// publish makes a survey from YAML.
func (c *council) publish(yaml string) {
	c.t.Helper()
	d, err := surveys.ParseYAML([]byte(yaml))
	c.check(err)
	c.define(d)
}

func (c *council) define(d surveys.Definition) {
	c.t.Helper()
	store := surveys.Store{DB: c.db, Ledger: c.ledger, Reviewer: surveystest.Unreviewed{}}
	id, err := store.Import(c.t.Context(), c.by(), d)
	c.check(err)
	v, err := store.Publish(c.t.Context(), c.by(), id, surveys.Publishing{})
	c.check(err)
	c.surveys[d.Survey] = [2]int64{id, v.ID}
}

// answer is a response to store.
type answer struct {
	survey   string // customer-satisfaction when empty
	answers  map[string]any
	service  string
	channel  string
	mode     string
	language string
	at       string // 2026-03-14T15 in UTC
	equality map[string]string
	state    string
	source   string
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// store writes responses; n copies of each.
func (c *council) store(n int, list ...answer) {
	c.t.Helper()
	tx, err := c.db.Begin(c.t.Context(), c.org)
	c.check(err)
	for _, a := range list {
		ids := c.surveys[or(a.survey, "customer-satisfaction")]
		at, err := time.Parse("2006-01-02T15", or(a.at, "2026-09-10T10"))
		c.check(err)
		raw, err := json.Marshal(a.answers)
		c.check(err)
		var service *int64
		if a.service != "" {
			id := c.services[a.service]
			service = &id
		}
		for range n {
			var equality *string
			if len(a.equality) > 0 {
				id := uuid.NewString()
				equality = &id
				given, err := json.Marshal(a.equality)
				c.check(err)
				c.must(tx.Exec(`INSERT INTO equality_answers (organisation_id, id, survey_id, version_id, answers) VALUES ($1, $2, $3, $4, $5)`,
					c.org, id, ids[0], ids[1], string(given)))
			}
			var no int64
			c.check(tx.Get(&no, `UPDATE feeds SET last_no = last_no + 1 WHERE organisation_id = $1 RETURNING last_no`, c.org))
			c.must(tx.Exec(`
				INSERT INTO responses (organisation_id, id, survey_id, version_id, source, service_id, channel, mode, language, answered_hour, answers,
				                       state, equality_id, change_no)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
				c.org, uuid.NewString(), ids[0], ids[1], or(a.source, "link"), service, or(a.channel, "web"), or(a.mode,
					"online"), or(a.language, "en"),
				at, string(raw), or(a.state, "finished"), equality, no))
		}
	}
	c.check(tx.Commit())
}

func rated(rating string) map[string]any { return map[string]any{"rating": rating} }
