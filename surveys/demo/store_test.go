package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"

	"yousaid/migrations/pgtest"
	"yousaid/surveys/tenant"
)

type ledger struct{ said []string }

func (l *ledger) Record(_ context.Context, _ *sqlx.Tx, _ tenant.Actor, action, object string, _, _ any) error {
	l.said = append(l.said, action+" "+object)
	return nil
}

// target is an organisation with the services of the demonstration and one link.
func target(t *testing.T, db *pgtest.DB) (Target, *ledger) {
	t.Helper()
	owner := db.Owner()
	owner.MustExec(`INSERT INTO organisations (id, slug, link_prefix, names) VALUES (7, 'demo', 'DEM', '{"en": "Demo"}')`)
	owner.MustExec(`INSERT INTO feeds (organisation_id, last_no) VALUES (7, 100)`)
	owner.MustExec(`INSERT INTO surveys (organisation_id, id, slug, state) VALUES (7, 20, 'customer-satisfaction', 'open')`)
	owner.MustExec(`INSERT INTO versions (organisation_id, id, survey_id, number, definition, digest) VALUES (7, 30, 20, 1, '{}', '')`)
	log := &ledger{}
	to := Target{DB: tenant.New(db.App()), Ledger: log, Org: 7, Survey: 20, Version: 30, Services: map[string]int64{},
		Links: map[string]map[string]Link{}}
	for i, r := range simulate(t, plan(t, 3000, 1)) {
		if _, known := to.Services[r.Service]; !known {
			to.Services[r.Service] = int64(1000 + i)
		}
	}
	for slug, id := range to.Services {
		owner.MustExec(`INSERT INTO services (organisation_id, id, slug, names) VALUES (7, $1, $2, '{}')`, id, slug)
	}
	owner.MustExec(`INSERT INTO access_points (organisation_id, id, slug, channel, names) VALUES (7, 51, 'library', 'web', '{}')`)
	owner.MustExec(`
		INSERT INTO links (organisation_id, id, code, survey_id, service_id, channel)
		VALUES (7, 41, 'DEM2222222', 20, $1, 'web'), (7, 42, 'DEM3333333', 20, $1, 'telephone')`, to.Services["library-facilities"])
	to.Links["library-facilities"] = map[string]Link{"web": {ID: 41, AccessPoint: 51}, "telephone": {ID: 42}}
	return to, log
}

func count(t *testing.T, db *pgtest.DB, query string) (n int) {
	t.Helper()
	if err := db.Owner().Get(&n, query); err != nil {
		t.Fatal(err)
	}
	return n
}

// What is simulated stands in the tables as it was drawn: each response with a number of its own, equality answers apart, comments beside.
func TestSimulatedResponsesAreStored(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	to, log := target(t, db)
	p := plan(t, 2500, 1)
	var said []string
	got, err := Store(t.Context(), to, tenant.CommandLine(7), p, func(done, of int) { said = append(said, fmt.Sprint(done, " of ", of)) })
	if err != nil || got.Responses != 2500 || !slices.Equal(said, []string{"2000 of 2500", "2500 of 2500"}) {
		t.Fatalf("%+v, %v, %v", got, said, err)
	}
	want := simulate(t, p)
	comments, equality := 0, 0
	for _, r := range want {
		if r.Comment != "" {
			comments++
		}
		if len(r.Equality) > 0 {
			equality++
		}
	}
	for query, n := range map[string]int{
		`SELECT count(*) FROM responses WHERE source = 'demo'`:                                                            2500,
		`SELECT count(DISTINCT change_no) FROM responses`:                                                                 2500,
		`SELECT min(change_no) FROM responses`:                                                                            101,
		`SELECT last_no FROM feeds`:                                                                                       2600,
		`SELECT count(*) FROM comments`:                                                                                   comments,
		`SELECT count(*) FROM comments WHERE delete_after = '2027-11-21'`:                                                 comments,
		`SELECT count(*) FROM equality_answers`:                                                                           equality,
		`SELECT count(*) FROM responses r JOIN equality_answers e ON e.id = r.equality_id`:                                equality,
		`SELECT count(*) FROM equality_answers e JOIN responses r ON r.id = e.id`:                                         0,
		`SELECT count(*) FROM imports WHERE state = 'finished' AND stored = 2500`:                                         1,
		`SELECT count(*) FROM responses WHERE link_id = 41 AND access_point_id <> 51 OR link_id = 42 AND channel = 'web'`: 0,
		`SELECT count(*) FROM responses WHERE mode <> 'online' AND link_id IS NOT NULL`:                                   0,
	} {
		if got := count(t, db, query); got != n {
			t.Errorf("%s: %d, want %d", query, got, n)
		}
	}
	if count(t, db, `SELECT count(*) FROM responses WHERE link_id = 41 AND access_point_id = 51`) == 0 {
		t.Error("nothing came by the link of the library")
	}
	for _, r := range []Response{want[0], want[1234], want[2499]} {
		var row struct {
			Answers []byte `db:"answers"`
			Service int64  `db:"service_id"`
			State   string `db:"state"`
			Mode    string `db:"mode"`
		}
		if err := db.Owner().Get(&row, `SELECT answers, service_id, state, mode FROM responses WHERE id = $1`, r.ID); err != nil {
			t.Fatal(err)
		}
		var answers map[string]string
		if err := json.Unmarshal(row.Answers, &answers); err != nil || answers["rating"] != fmt.Sprint(r.Rating) ||
			answers["reason"] != r.Reason || row.Service != to.Services[r.Service] || (row.State == "finished") != r.Finished || row.Mode != r.Mode {
			t.Errorf("%+v is stored as %+v %s, %v", r, row, row.Answers, err)
		}
	}
	if got := strings.Join(log.said, ", "); got != "demonstration.simulated survey 20, demonstration.finished survey 20" {
		t.Errorf("the trail is %s", got)
	}

	// Stored once more, also by another plan, it stays as it is, and the plan of the first time is given.
	again, err := Store(t.Context(), to, tenant.CommandLine(7), plan(t, 9, 2), func(int, int) { t.Error("something is stored again") })
	if err != nil || again.Responses != 2500 || again.Seed != 1 || !again.Until.Equal(p.Until) ||
		count(t, db, `SELECT count(*) FROM responses`) != 2500 {
		t.Errorf("%+v, %v", again, err)
	}
}

// A simulation that is cut off is finished by the next one, with its own plan and as if nothing had happened.
func TestASimulationThatIsCutOffIsFinished(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	to, _ := target(t, db)
	p := plan(t, 4500, 1)
	ctx, stop := context.WithCancel(t.Context())
	_, err := Store(ctx, to, tenant.CommandLine(7), p, func(int, int) { stop() })
	if n := count(t, db, `SELECT count(*) FROM responses`); !errors.Is(err, context.Canceled) || n != chunk {
		t.Fatalf("%d responses, %v", n, err)
	}
	got, err := Store(t.Context(), to, tenant.CommandLine(7), plan(t, 9, 2), func(int, int) {})
	if err != nil || got.Responses != 4500 || got.Seed != 1 {
		t.Fatalf("%+v, %v", got, err)
	}
	for query, n := range map[string]int{
		`SELECT count(*) FROM responses`: 4500, `SELECT last_no FROM feeds`: 4600, `SELECT count(DISTINCT change_no) FROM responses`: 4500,
		`SELECT count(*) FROM imports WHERE state = 'finished' AND stored = 4500`: 1,
	} {
		if got := count(t, db, query); got != n {
			t.Errorf("%s: %d, want %d", query, got, n)
		}
	}
}

// Whatever statement fails, the demonstration says so, and a later start finishes it.
func TestADemonstrationWhoseDatabaseFails(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	to, _ := target(t, db)
	app, _, faults := db.Failing(t)
	to.DB = tenant.New(app)
	faults.Each(t, func() error {
		_, err := Store(t.Context(), to, tenant.CommandLine(7), plan(t, 150, 1), func(int, int) {})
		return err
	})
	if n := count(t, db, `SELECT count(*) FROM responses`); n != 150 || count(t, db, `SELECT count(*) FROM imports`) != 1 {
		t.Errorf("%d responses", n)
	}
}
