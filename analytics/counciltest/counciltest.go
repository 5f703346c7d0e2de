// Package counciltest makes councils with surveys and answers, for tests of what is counted and released of them.
package counciltest

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"yousaid/analytics"
	"yousaid/analytics/releases"
	"yousaid/migrations/pgtest"
	"yousaid/surveys"
	"yousaid/surveys/catalogue"
	"yousaid/surveys/surveystest"
	"yousaid/surveys/tenant"

	"strings"
)

// Ledger keeps what was recorded, for tests to look at.
type Ledger struct {
	Actions []string
	Last    any // after, of the last entry

	mutex sync.Mutex
}

// Record locks as the real one does: who writes an entry is alone with the organisation until the end of the transaction.
func (l *Ledger) Record(ctx context.Context, tx *sqlx.Tx, by tenant.Actor, action, _ string, _, after any) error {
	var no int64
	if err := tx.GetContext(ctx, &no, `SELECT last_no FROM feeds WHERE organisation_id = $1 FOR UPDATE`, by.Org); err != nil {
		return err
	}
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.Actions, l.Last = append(l.Actions, action), after
	return nil
}

// Council is an organisation with three services in two directorates, and no survey yet.
type Council struct {
	T        *testing.T
	DB       tenant.DB
	Org      tenant.Org
	Ledger   *Ledger
	Ask      *analytics.Analytics
	Surveys  map[string][2]int64 // slug → survey id, version id
	Services map[string]int64
	Now      time.Time
}

const catalogueCSV = "directorate,service,slug,lgsl_id,parent\nStreets,Bins,bins,524,\nStreets,Garden " +
	"bins,garden,530,bins\nHousing,Repairs,repairs,141,\n"

// New makes a council on 22 November 2026.
func New(t *testing.T) *Council {
	t.Helper()
	db := pgtest.New(t)
	c := &Council{T: t, DB: tenant.New(db.App()).Tabulating(db.Tabulate()), Ledger: &Ledger{}, Surveys: map[string][2]int64{},
		Services: map[string]int64{}, Now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
	c.Org = c.Organisation("test", "TST")
	c.Ask = &analytics.Analytics{DB: c.DB, Ledger: c.Ledger, Now: func() time.Time { return c.Now }}
	store := catalogue.Store{DB: c.DB, Ledger: c.Ledger}
	c.Must(store.Import(t.Context(), c.By(), strings.NewReader(catalogueCSV)))
	list, err := store.Services(t.Context(), c.Org)
	c.Check(err)
	for _, s := range list {
		c.Services[s.Slug] = s.ID
	}
	return c
}

// Satisfaction is a council with the template published.
func Satisfaction(t *testing.T) *Council {
	t.Helper()
	c := New(t)
	d, err := surveys.Template("customer-satisfaction")
	c.Check(err)
	c.Define(d)
	return c
}

// By is somebody who may do everything.
func (c *Council) By() tenant.Actor { return tenant.CommandLine(c.Org) }

// Register is the register of the council's releases.
func (c *Council) Register() releases.Register {
	return releases.Register{Reader: releases.Reader{DB: c.DB}, Ledger: c.Ledger}
}

// Check ends the test on an error.
func (c *Council) Check(err error) {
	c.T.Helper()
	if err != nil {
		c.T.Fatal(err)
	}
}

// Must is Check for what gives something else as well.
func (c *Council) Must(_ any, err error) { c.T.Helper(); c.Check(err) }

// Organisation makes another organisation, which has nothing.
func (c *Council) Organisation(slug, prefix string) (id tenant.Org) {
	c.T.Helper()
	c.Check(c.DB.Global().Get(&id,
		`INSERT INTO organisations (slug, link_prefix, names) VALUES ($1, $2, '{"en": "Test Council"}') RETURNING id`, slug, prefix))
	tx, err := c.DB.Begin(c.T.Context(), id)
	c.Check(err)
	c.Must(tx.Exec(`INSERT INTO feeds (organisation_id, last_no) VALUES ($1, 0)`, id))
	c.Check(tx.Commit())
	return id
}

// Publish makes a survey from YAML, or its next version.
func (c *Council) Publish(yaml string) {
	c.T.Helper()
	d, err := surveys.ParseYAML([]byte(yaml))
	c.Check(err)
	c.Define(d)
}

// Define is Publish for a definition.
func (c *Council) Define(d surveys.Definition) {
	c.T.Helper()
	store := surveys.Store{DB: c.DB, Ledger: c.Ledger, Reviewer: surveystest.Unreviewed{}}
	id, err := store.Import(c.T.Context(), c.By(), d)
	c.Check(err)
	v, err := store.Publish(c.T.Context(), c.By(), id, surveys.Publishing{})
	c.Check(err)
	c.Surveys[d.Survey] = [2]int64{id, v.ID}
}
