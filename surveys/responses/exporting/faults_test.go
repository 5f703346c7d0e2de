package exporting

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/uuid"

	"yousaid/migrations/pgtest"
	"yousaid/surveys"
	"yousaid/surveys/tablefile"
	"yousaid/surveys/tenant"
)

// failing is the fixture over a database whose statements fail when they are told to.
func (f *fixture) failing() *pgtest.Faults {
	app, _, faults := f.db.Failing(f.t)
	db := tenant.New(app)
	f.store.DB, f.store.Surveys = db, surveys.Store{DB: db, Ledger: noLedger{}, Reviewer: f.store.Surveys.Reviewer}
	return faults
}

// Whatever statement fails, the caller gets an error, and the next attempt makes the whole export.
func TestExportsWhoseDatabaseFails(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for i := range 3 {
		f.answer(0, uuid.NewString(), "2026-07-01 09:00Z", fmt.Sprintf(`{"rating": "%d"}`, 1+4*(i%2)), "More words.", "unread")
	}
	ctx, org, faults := t.Context(), f.by.Org, f.failing()
	var id int64
	faults.Each(t, func() (err error) {
		id, err = f.store.Ask(ctx, f.by, New{Survey: f.surveys[0], Format: "csv", Comments: true})
		return err
	})
	var asked int
	f.check(f.db.Owner().Get(&asked, `SELECT count(*) FROM exports`))
	if asked != 1 {
		t.Errorf("%d exports were asked for by one that succeeded", asked)
	}
	// A worker that gets no error takes the job for done.
	faults.Each(t, func() error { return f.store.Run(ctx, org, fmt.Appendf(nil, `{"export": %d}`, id)) })
	faults.Each(t, func() error { _, err := f.store.Exports(ctx, org); return err })
	faults.Each(t, func() error { _, err := f.store.Export(ctx, org, id); return err })
	faults.Each(t, func() error {
		e, send, err := f.store.Fetch(ctx, f.by, id)
		if err != nil {
			return err
		}
		var file bytes.Buffer
		if err := send(&file); err != nil {
			return err
		}
		sum := sha256.Sum256(file.Bytes())
		if e.SHA256 != hex.EncodeToString(sum[:]) || len(f.rows(file.String())) != 4 || strings.Count(file.String(), "More words.") != 3 {
			t.Errorf("the file is\n%s", &file)
		}
		return nil
	})
	f.check(func() error {
		_, err := f.db.Owner().Exec(`UPDATE exports SET expires_at = now() - interval '1 hour'`)
		return err
	}())
	parts := func() (n int) {
		f.check(f.db.Owner().Get(&n, `SELECT count(*) FROM export_chunks`))
		return n
	}
	faults.Each(t, func() error {
		_, err := f.store.Expire(ctx, org)
		if n := parts(); err != nil && n == 0 || err == nil && n != 0 {
			t.Errorf("%v, and %d parts", err, n)
		}
		return err
	})
	faults.Each(t, func() error { return f.store.Delete(ctx, f.by, id) })
}

// A large file goes through the table in parts, says how far it is, and stops where whoever fetches it has gone away.
func TestALargeExport(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	const n = 6*part + 1
	_, err := f.db.Owner().Exec(`
		INSERT INTO responses (organisation_id, id, survey_id, version_id, source, channel, mode, about, language, answered_hour, answers, state,
		                       change_no)
		SELECT v.organisation_id, gen_random_uuid(), v.survey_id, v.id, 'link', 'web', 'online', repeat('Letter ' || g, 8), 'en',
		       '2026-07-01 09:00Z', '{"rating": "5"}', 'finished', g
		FROM   versions v, generate_series(1, $2::int) g
		WHERE  v.survey_id = $1`, f.surveys[0], n)
	f.check(err)
	_, err = f.db.Owner().Exec(`
		CREATE TABLE said (done bigint);
		CREATE FUNCTION say() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
			AS $$ BEGIN INSERT INTO public.said VALUES (NEW.rows_done); RETURN NEW; END $$;
		CREATE TRIGGER say AFTER UPDATE ON exports FOR EACH ROW WHEN (NEW.state = 'running' AND NEW.rows_done > 0) EXECUTE FUNCTION say()`)
	f.check(err)
	file, e := f.file(New{Format: "csv"})
	var said []int
	f.check(f.db.Owner().Select(&said, `SELECT done FROM said ORDER BY done`))
	if len(f.rows(file)) != n+1 || e.Chunks < 2 || e.Rows != n || e.All != n || e.Bytes != int64(len(file)) {
		t.Errorf("%d records in %d parts, %d of %d", len(f.rows(file)), e.Chunks, e.Rows, e.All)
	}
	if len(said) != 1 || said[0] != partsOfProgress*part {
		t.Errorf("it said %v", said)
	}
	_, send, err := f.store.Fetch(t.Context(), f.by, e.ID)
	f.check(err)
	gone := &leaving{after: 1}
	if err := send(gone); !errors.Is(err, io.ErrClosedPipe) || gone.parts != 2 {
		t.Errorf("%d parts were read for somebody who has gone away: %v", gone.parts, err)
	}
}

// leaving takes some parts, and then no more.
type leaving struct{ parts, after int }

func (l *leaving) Write(p []byte) (int, error) {
	if l.parts++; l.parts > l.after {
		return 0, io.ErrClosedPipe
	}
	return len(p), nil
}

// An attempt that lost its turn to another one leaves the export to that one.
func TestAnAttemptThatLostItsTurn(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ctx := t.Context()
	id, err := f.store.Ask(ctx, f.by, New{Survey: f.surveys[0], Format: "csv"})
	f.check(err)
	late, err := f.store.begin(ctx, f.by.Org, id)
	f.check(err)
	f.check(f.store.Run(ctx, f.by.Org, fmt.Appendf(nil, `{"export": %d}`, id)))
	if err := f.store.write(ctx, f.by.Org, late); err == nil {
		t.Error("an attempt that another one has followed ends the export")
	}
	e, err := f.store.Export(ctx, f.by.Org, id)
	f.check(err)
	if e.State != "finished" || e.Attempt != 2 || e.SHA256 == "" {
		t.Errorf("%+v", e)
	}
}

// A file has a column for every question and every answer that any version had, those of the newest version first.
func TestAnExportOfSeveralVersions(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.answer(0, "00000000-0000-4000-8000-000000000001", "2026-07-01 09:00Z", `{"rating": "5", "topics": ["bins"], "visits": 7}`, "", "")
	newer := strings.Replace(fmt.Sprintf(asked, "one"), "{code: bins, text: {en: Bins}}", "{code: parks, text: {en: Parks}}", 1)
	newer = strings.Replace(newer, "      - {code: visits, kind: number, min: 0, max: 50, text: {en: How many visits?}}\n", "", 1)
	d, err := surveys.ParseYAML([]byte(newer))
	f.check(err)
	_, err = f.store.Surveys.Import(t.Context(), f.by, d)
	f.check(err)
	_, err = f.store.Surveys.Publish(t.Context(), f.by, f.surveys[0], surveys.Publishing{})
	f.check(err)
	_, err = f.db.Owner().Exec(`
		INSERT INTO responses (organisation_id, id, survey_id, version_id, source, channel, mode, language, answered_hour, answers, state,
		                       change_no)
		SELECT organisation_id, '00000000-0000-4000-8000-000000000002', survey_id, id, 'link', 'web', 'online', 'en', '2026-07-02 09:00Z',
		       '{"rating": "dk", "topics": ["parks", "roads"]}', 'finished', 2
		FROM   versions
		WHERE  survey_id = $1 AND number = 2`, f.surveys[0])
	f.check(err)
	rows := f.rows(first(f.file(New{Format: "csv"})))
	for i, want := range []string{"rating|topics.parks|topics.roads|topics.bins|visits", "5|0|0|1|7", "dk|1|1|0|"} {
		if got := strings.Join(rows[i][11:], "|"); got != want {
			t.Errorf("row %d is %s, want %s", i, got, want)
		}
	}
}

func TestWhatFailedExportsSay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err  error
		want string
	}{
		{fmt.Errorf("sheet 1: %w", tablefile.ErrTooLarge), "Choose CSV"}, {errors.New("pq: secret words"), "could not be made"},
	} {
		if got := problem(c.err); !strings.Contains(got, c.want) || strings.Contains(got, "secret") {
			t.Errorf("%v is told as %q", c.err, got)
		}
	}
}
