package audit

import (
	"testing"

	"yousaid/migrations/pgtest"
	"yousaid/surveys/tenant"
)

// Whatever statement fails, nothing is written and the caller gets an error.
func TestALedgerThatFailsInTheMiddle(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	database := pgtest.New(t)
	database.Owner().MustExec(`INSERT INTO organisations (id, slug, link_prefix, names) VALUES (7, 'north', 'NTH', '{"en": "North"}')`)
	app, _, faults := database.Failing(t)
	l := New(tenant.New(app))
	write := func(object string) error {
		tx, err := l.db.Begin(ctx, alice.Org)
		if err != nil {
			return err
		}
		defer func() { _ = tx.Rollback() }()
		if err := l.Record(ctx, tx, alice, "release.checked", object, nil, map[string]string{"printed": "nothing"}); err != nil {
			return err
		}
		return tx.Commit()
	}
	faults.Each(t, func() error { return write("release/1") })
	faults.Each(t, func() error { return write("release/2") })
	faults.Each(t, func() error {
		_, err := l.Entries(ctx, alice.Org, 0, 10)
		return err
	})
	faults.Each(t, func() error {
		list, err := l.About(ctx, alice.Org, "release/1", 10)
		if err == nil && len(list) != 1 {
			t.Errorf("%+v", list)
		}
		return err
	})
	faults.Each(t, func() error {
		n, err := l.Verify(ctx, alice.Org)
		if err == nil && n < 2 {
			t.Errorf("%d entries hold", n)
		}
		return err
	})
	entries, err := l.Entries(ctx, alice.Org, 0, 10)
	if err != nil || len(entries) != 2 {
		t.Errorf("%d entries, %v", len(entries), err)
	}
}
