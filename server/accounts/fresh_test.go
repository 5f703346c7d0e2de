package accounts

import (
	"testing"

	"github.com/jmoiron/sqlx"

	"yousaid/migrations/pgtest"
	"yousaid/surveys/tenant"
)

// fresh gives a database of the test's own, as the program sees it and as its owner does.
func fresh(t *testing.T) (tenant.DB, *sqlx.DB) {
	t.Helper()
	db := pgtest.New(t)
	return tenant.New(db.App()), db.Owner()
}
