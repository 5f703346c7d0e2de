package releases

import (
	"context"

	"github.com/jmoiron/sqlx"

	"yousaid/analytics/register"
	"yousaid/surveys/tenant"
)

// Later is how many answers of a release's surveys and months were excluded as unusual after it left, told so that
// nobody is given away: 0 for none, Few for 1 to 9, else to the nearest ten.
type Later int

// Few is fewer than ten.
const Few Later = 1

// later rounds a count.
func later(n int) Later {
	switch {
	case n == 0:
		return 0
	case n < 10:
		return Few
	}
	return Later((n + 5) / 10 * 10)
}

// Later tells how many answers of a release were excluded after it left.
func (r Reader) Later(ctx context.Context, org tenant.Org, id int64) (Later, error) {
	tx, err := r.DB.Begin(ctx, org)
	if err != nil {
		return 0, err
	}
	defer func() { _ = tx.Rollback() }()
	return excludedLater(ctx, tx, org, id)
}

func excludedLater(ctx context.Context, tx *sqlx.Tx, org tenant.Org, id int64) (Later, error) {
	n, err := register.ExcludedLater(ctx, tx, org, id)
	return later(n), err
}
