package audit

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"yousaid/surveys/tenant"
)

var alice = tenant.Actor{Org: 7, Name: "alice@north.example", Via: "web"}

func record(t *testing.T, l *Ledger, by tenant.Actor, action string, before, after any) {
	t.Helper()
	tx, err := l.db.Begin(t.Context(), by.Org)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if err := l.Record(t.Context(), tx, by, action, "survey bins", before, after); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

func TestWhatWasDoneIsRemembered(t *testing.T) {
	t.Parallel()
	db, _ := fresh(t)
	l := New(db)
	record(
		t,
		l,
		alice,
		"survey.added",
		nil,
		map[string]any{"title": "Bins & <boxes>", "scores": []float64{1, 1e21, 0.1, 1e-9}, "n": int64(1) << 60},
	)
	record(t, l, alice, "survey.closed", map[string]string{"state": "open"}, map[string]string{"state": "closed"})
	bob := alice
	bob.Org, bob.Name = 8, "bob@south.example"
	record(t, l, bob, "survey.added", nil, nil)

	entries, err := l.Entries(t.Context(), 7, 0, 10)
	if err != nil || len(entries) != 2 {
		t.Fatalf("%v %v", entries, err)
	}
	if e := entries[0]; e.ID != 2 || e.Action != "survey.closed" || e.Actor != alice.Name || e.Before.(map[string]any)["state"] != "open" {
		t.Errorf("newest first: %+v", e)
	}
	if older, _ := l.Entries(t.Context(), 7, 2, 10); len(older) != 1 || older[0].ID != 1 {
		t.Errorf("older than 2: %+v", older)
	}
	for org, want := range map[tenant.Org]int64{7: 2, 8: 1, 9: 0} {
		if n, err := l.Verify(t.Context(), org); err != nil || n != want {
			t.Errorf("organisation %d: %d entries hold, %v", org, n, err)
		}
	}
}

func TestAChangeThatIsUndoneLeavesNoEntry(t *testing.T) {
	t.Parallel()
	db, _ := fresh(t)
	l := New(db)
	tx, err := db.Begin(t.Context(), 7)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Record(t.Context(), tx, alice, "survey.added", "survey bins", nil, nil); err != nil {
		t.Fatal(err)
	}
	tx.Rollback()
	record(t, l, alice, "survey.closed", nil, nil)
	if n, err := l.Verify(t.Context(), 7); err != nil || n != 1 {
		t.Errorf("%d %v", n, err)
	}
}

func TestManyAtOnceMakeOneChain(t *testing.T) {
	t.Parallel()
	db, _ := fresh(t)
	l := New(db)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 10 {
				record(t, l, alice, "survey.changed", nil, nil)
			}
		})
	}
	wg.Wait()
	if n, err := l.Verify(t.Context(), 7); err != nil || n != 80 {
		t.Errorf("%d %v", n, err)
	}
}

func TestTheProgramItselfCannotChangeAnEntry(t *testing.T) {
	t.Parallel()
	db, _ := fresh(t)
	l := New(db)
	record(t, l, alice, "survey.added", nil, nil)
	for _, sql := range []string{"UPDATE audit SET actor = 'mallory' WHERE organisation_id = $1", "DELETE FROM audit WHERE organisation_id " +
		"= $1"} {
		tx, _ := db.Begin(t.Context(), 7)
		if _, err := tx.ExecContext(t.Context(), sql, 7); err == nil || !strings.Contains(err.Error(), "permission denied") {
			t.Errorf("%s: %v", sql, err)
		}
		tx.Rollback()
	}
}

// Whoever owns the database can change a row, and the chain shows it.
func TestATrailThatWasChangedDoesNotHold(t *testing.T) {
	t.Parallel()
	db, owner := fresh(t)
	l := New(db)
	for name, c := range map[string]struct {
		org   tenant.Org
		sql   string
		entry int64
		why   string
	}{
		"another name":       {1, "UPDATE audit SET actor = 'mallory' WHERE organisation_id = 1 AND id = 2", 2, "changed after it was written"},
		"another figure":     {2, `UPDATE audit SET after = '{"n": 4}' WHERE organisation_id = 2 AND id = 2`, 2, "changed after"},
		"a number as a text": {3, `UPDATE audit SET after = '{"n": "n3"}' WHERE organisation_id = 3 AND id = 2`, 2, "changed after"},
		"another time":       {4, "UPDATE audit SET at = at + interval '1 second' WHERE organisation_id = 4 AND id = 2", 2, "changed after"},
		"one in the middle":  {5, "DELETE FROM audit WHERE organisation_id = 5 AND id = 2", 2, "missing"},
		"the last one":       {6, "DELETE FROM audit WHERE organisation_id = 6 AND id = 3", 3, "the end"},
		"all of them":        {7, "DELETE FROM audit WHERE organisation_id = 7", 3, "the end"},
		"the end with the row": {8, "DELETE FROM audit WHERE organisation_id = 8 AND id = 3; UPDATE audit_heads SET last_id = 2 WHERE " +
			"organisation_id = 8", 2, "the end"},
		"the end forgotten": {9, "DELETE FROM audit_heads WHERE organisation_id = 9", 3, "the end"},
	} {
		by := alice
		by.Org = c.org
		for range 3 {
			record(t, l, by, "survey.changed", nil, map[string]int{"n": 3})
		}
		if n, err := l.Verify(context.Background(), c.org); err != nil || n != 3 {
			t.Fatalf("%s: before: %d %v", name, n, err)
		}
		owner.MustExec(c.sql)
		_, err := l.Verify(context.Background(), c.org)
		var broken BrokenError
		if !errors.As(err, &broken) || broken.Entry != c.entry || !strings.Contains(broken.Why.String(), c.why) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
