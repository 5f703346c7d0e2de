// Package importingtest brings real surveys that nobody on this project made into a test's database, with the figures that others
// published from them.
package importingtest

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/jmoiron/sqlx"

	"yousaid/migrations/pgtest"
	"yousaid/surveys"
	"yousaid/surveys/responses/importing"
	"yousaid/surveys/surveystest"
	"yousaid/surveys/tenant"
)

// Council is an organisation in a database of its own, with services "bins" and "roads" and an access point "desk".
type Council struct {
	DB     tenant.DB
	Test   *pgtest.DB
	By     tenant.Actor
	Ledger *Ledger
}

// Ledger keeps the names of what was recorded.
type Ledger struct {
	mu      sync.Mutex
	Actions []string
}

// Record implements tenant.Ledger.
func (l *Ledger) Record(_ context.Context, _ *sqlx.Tx, _ tenant.Actor, action, _ string, _, _ any) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.Actions = append(l.Actions, action)
	return nil
}

// New makes the council.
func New(t testing.TB) Council {
	t.Helper()
	db := pgtest.New(t)
	const org = 11
	for _, q := range []string{
		`INSERT INTO organisations (id, slug, link_prefix, names) VALUES ($1, 'council', 'ABC', '{"en": "Council"}')`,
		`INSERT INTO feeds (organisation_id, last_no) VALUES ($1, 0)`,
		`INSERT INTO services (organisation_id, id, slug, names)
			VALUES ($1, 21, 'bins', '{"en": "Bins and recycling"}'), ($1, 22, 'roads', '{"en": "Roads"}')`,
		`INSERT INTO access_points (organisation_id, id, slug, channel, names) VALUES ($1, 31, 'desk', 'face_to_face', '{"en": "Desk"}')`,
	} {
		if _, err := db.Owner().ExecContext(t.Context(), q, org); err != nil {
			t.Fatal(err)
		}
	}
	return Council{DB: tenant.New(db.App()).Tabulating(db.Tabulate()), Test: db, By: tenant.CommandLine(org), Ledger: &Ledger{}}
}

// Publish makes a survey of a questionnaire and publishes it.
func (c Council) Publish(t testing.TB, yaml []byte) surveys.Definition {
	t.Helper()
	d, err := surveys.ParseYAML(yaml)
	if err != nil {
		t.Fatal(err)
	}
	store := surveys.Store{DB: c.DB, Ledger: c.Ledger, Reviewer: surveystest.Unreviewed{}}
	id, err := store.Create(t.Context(), c.By, "", d)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Publish(t.Context(), c.By, id, surveys.Publishing{}); err != nil {
		t.Fatal(err)
	}
	return d
}

// Job is an import into the council.
func (c Council) Job(survey, file, mapping string) importing.Job {
	return importing.Job{DB: c.DB, Ledger: c.Ledger, By: c.By, Survey: survey, File: file, Map: mapping}
}

// Import publishes the questionnaire of a real survey and imports its answers. The test is skipped where the data are not.
func (c Council) Import(t testing.TB, s Survey) importing.Report {
	t.Helper()
	data := Data(t, s.Folder, s.File)
	c.Publish(t, s.read(t, ".survey.yaml"))
	// The import writes refused rows beside its file, and the data are not ours to write to.
	file := filepath.Join(t.TempDir(), s.File)
	b, err := os.ReadFile(data)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	report, err := importing.Run(t.Context(), c.Job(s.Slug, file, s.example(t, ".map.yaml")))
	if err != nil {
		t.Fatal(err)
	}
	return report
}
