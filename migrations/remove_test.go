package migrations_test

import (
	"fmt"
	"testing"

	"github.com/lib/pq"

	"yousaid/migrations"
	"yousaid/migrations/pgtest"
)

// What goes with an organisation is every row of it in every table, and no row of another.
func TestRemoveOrganisation(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	owner := db.Owner()
	for i, org := range []int{ours, theirs} {
		owner.MustExec(`INSERT INTO organisations (id, slug, link_prefix, names) VALUES ($1, $2, $3, '{}')`, org, fmt.Sprint("o", org),
			[]string{"AAA", "BBB"}[i])
		for _, r := range rows {
			owner.MustExec(insert(r.table, r.columns, r.values), org)
		}
		owner.MustExec(`
			INSERT INTO sessions (token_hash, person_id, organisation, expires_at)
			VALUES ($1::text::bytea, $2, $3, '2030-01-01')`,
			fmt.Sprint("s", org), org*100+19, org)
	}
	held, err := migrations.Holds(t.Context(), db.OwnerDSN, ours)
	if one := (migrations.Holdings{Surveys: 1, Links: 1, Services: 1, People: 1, Responses: 1, Comments: 1, EqualityAnswers: 1,
		Actions: 1, Releases: 1, Imports: 1, AuditLines: 1}); err != nil || held != one {
		t.Errorf("the organisation has %+v, %v", held, err)
	}
	owner.MustExec(`UPDATE organisations SET merged_into = $1 WHERE id = $2`, ours, theirs)
	if err := migrations.RemoveOrganisation(t.Context(), db.OwnerDSN, ours); err == nil {
		t.Fatal("an organisation to which others lead was removed")
	}
	owner.MustExec(`UPDATE organisations SET merged_into = NULL WHERE id = $1`, theirs)
	if err := migrations.RemoveOrganisation(t.Context(), db.OwnerDSN, ours); err != nil {
		t.Fatal(err)
	}
	for _, table := range names() {
		var left, others int
		if err := owner.QueryRow(`
			SELECT count(*) FILTER (WHERE organisation_id = $1), count(*) FILTER (WHERE organisation_id = $2)
			FROM   `+pq.QuoteIdentifier(table), ours, theirs).Scan(&left, &others); err != nil {
			t.Fatal(err)
		}
		if left != 0 || others == 0 {
			t.Errorf("%s: %d rows of the organisation are left, and %d of the other", table, left, others)
		}
	}
	var organisations, sessions int
	if err := owner.QueryRow(`SELECT (SELECT count(*) FROM organisations), (SELECT count(*) FROM sessions)`).Scan(&organisations,
		&sessions); err != nil || organisations != 1 || sessions != 1 {
		t.Errorf("%d organisations and %d sessions are left, %v", organisations, sessions, err)
	}
}
