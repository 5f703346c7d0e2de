package responses

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"

	"yousaid/migrations/localpg"
	"yousaid/surveys/tenant"
)

func migrate(t testing.TB, owner *sqlx.DB) {
	for _, f := range []string{"0001_organisations.sql", "0002_surveys.sql"} {
		b, err := os.ReadFile("../../migrations/" + f)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := owner.Exec(strings.ReplaceAll(string(b), "+goose", "")); err != nil {
			t.Fatal(err)
		}
	}
}

func freshDB(t testing.TB) (app tenant.DB, owner *sqlx.DB) {
	dir, err := os.MkdirTemp("/dev/shm", "resp")
	if err != nil {
		t.Fatal(err)
	}
	os.Chmod(dir, 0o755)
	c, err := localpg.Options{NoSync: true}.Start(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	owner = sqlx.MustConnect("postgres", c.OwnerDSN())
	pool := sqlx.MustConnect("postgres", c.AppDSN())
	pool.SetMaxOpenConns(16)
	pool.SetMaxIdleConns(16)
	t.Cleanup(func() { owner.Close(); pool.Close(); c.Stop(); os.RemoveAll(dir) })
	migrate(t, owner)
	return tenant.New(pool), owner
}

func open(t testing.TB, dsn string) tenant.DB {
	pool := sqlx.MustConnect("postgres", dsn)
	pool.SetMaxOpenConns(16)
	pool.SetMaxIdleConns(16)
	t.Cleanup(func() { pool.Close() })
	return tenant.New(pool)
}

func owner(t testing.TB, c *localpg.Cluster) *sqlx.DB {
	// the superuser: row-level security does not bind it
	db := sqlx.MustConnect("postgres", c.OwnerDSN())
	t.Cleanup(func() { db.Close() })
	migrate(t, db)
	return db
}
