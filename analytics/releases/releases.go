// Package releases has what staff and the public see of released tables: the register as pages show it, and whether a
// table of a question could be released at all. The register itself is analytics/register.
package releases

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"yousaid/analytics/figures"
	"yousaid/analytics/register"
	"yousaid/surveys/tenant"
)

// ErrMissing is a number that is no release of the organisation.
var ErrMissing = register.ErrMissing

// Release is a table as it left.
type Release struct {
	ID        int64
	From      string
	To        string
	Threshold int
	Status    string // released, corrected, withdrawn
	Corrects  int64
	At        time.Time
	Later     Later // answers excluded as unusual after it left
	Query     register.Query
	Cells     []figures.Cell // of the finest groups
	Total     *figures.Cell  // of everybody, as it was proved and released with the groups; nil where the register has none
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
	kept, err := register.Find(ctx, tx, org, id)
	if err != nil {
		return Release{}, err
	}
	out := Release{ID: id, From: kept.From, To: kept.To, Threshold: kept.Threshold, Status: kept.Status, Corrects: kept.Corrects,
		At: kept.At, Query: kept.Query}
	records, err := kept.Cells()
	if err != nil {
		return out, err
	}
	out.Cells, out.Total = cells(records)
	out.Later, err = excludedLater(ctx, tx, org, id)
	return out, err
}

// cells are the rows of a table of one dimension, and the row of everybody.
func cells(all []figures.Cell) (list []figures.Cell, total *figures.Cell) {
	list = make([]figures.Cell, 0, len(all))
	for _, c := range all {
		if c.Code() == figures.All {
			total = &c
			continue
		}
		list = append(list, c)
	}
	return list, total
}
