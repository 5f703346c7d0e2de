// Package releases reads the register of what has left the building. Only analytics writes it.
package releases

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"yousaid/analytics/figures"
	"yousaid/surveys/tenant"
)

// ErrMissing is a number that is no release of the organisation.
var ErrMissing = errors.New("there is no such release")

// Release is a table as it left.
type Release struct {
	ID        int64     `db:"id"`
	From      string    `db:"period_from"`
	To        string    `db:"period_to"`
	Threshold int       `db:"threshold"`
	Status    string    `db:"status"` // released, corrected, withdrawn
	Corrects  int64     `db:"corrects"`
	At        time.Time `db:"released_at"`
	Later     Later     `db:"-"` // answers excluded as unusual after it left
	Query     Query     `db:"-"`
	Cells     []Cell    `db:"-"` // of the finest groups
	Total     *Cell     `db:"-"` // of everybody, as it was proved and released with the groups; nil where the register has none
}

// Query is what was asked.
type Query struct {
	Surveys []string `json:"surveys"`
	Measure string   `json:"measure"`
	By      []string `json:"by"`
}

// Cell is one row of a released table, frozen. A hidden one has no figures.
type Cell struct {
	Code         string
	Hidden       bool
	NotAsked     bool
	N            int64
	Mean         *float64
	Satisfied    *float64
	Low, High    *float64
	Unreliable   bool
	Distribution figures.Distribution
}

// Reader reads the register.
type Reader struct{ DB tenant.DB }

// Release finds one by its number.
func (r Reader) Release(ctx context.Context, org tenant.Org, id int64) (Release, error) {
	tx, err := r.DB.Begin(ctx, org)
	if err != nil {
		return Release{}, err
	}
	defer func() { _ = tx.Rollback() }()
	return Find(ctx, tx, org, id)
}

// Find reads a release in a transaction that another store has open.
func Find(ctx context.Context, tx *sqlx.Tx, org tenant.Org, id int64) (Release, error) {
	var row struct {
		Release
		Query []byte `db:"query"`
		Cells []byte `db:"cells"`
	}
	err := tx.GetContext(ctx, &row, `
		SELECT id, query, cells, period_from::text AS period_from, period_to::text AS period_to, threshold, status, COALESCE(corrects_id, 0) AS corrects, released_at
		FROM   releases
		WHERE  organisation_id = $1 AND id = $2`, org, id)
	if errors.Is(err, sql.ErrNoRows) {
		return Release{}, ErrMissing
	}
	if err != nil {
		return Release{}, fmt.Errorf("reading release %d: %w", id, err)
	}
	out := row.Release
	if err := json.Unmarshal(row.Query, &out.Query); err != nil {
		return out, fmt.Errorf("reading release %d: %w", id, err)
	}
	if out.Cells, out.Total, err = cells(row.Cells, out.Query.By); err != nil {
		return out, fmt.Errorf("reading release %d: %w", id, err)
	}
	out.Later, err = excludedLater(ctx, tx, org, id)
	return out, err
}

// cells reads the rows of a table of one dimension, and the row of everybody.
func cells(text []byte, by []string) (list []Cell, total *Cell, err error) {
	records, err := figures.Decode(text, by)
	if err != nil {
		return nil, nil, err
	}
	list = make([]Cell, 0, len(records))
	for _, r := range records {
		c := Cell{Hidden: r.Hidden, NotAsked: r.NotAsked, N: r.N, Mean: r.Mean, Satisfied: r.Satisfied, Low: r.Low, High: r.High, Unreliable: r.Unreliable, Distribution: r.Distribution}
		if len(r.Codes) > 0 {
			c.Code = r.Codes[0]
		}
		if c.Code == figures.All {
			total = &c
			continue
		}
		list = append(list, c)
	}
	return list, total, nil
}
