package unusual

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"yousaid/analytics/disclosure"
	"yousaid/analytics/releasetest"
	"yousaid/migrations/pgtest"
	"yousaid/surveys/responses/quality"
	"yousaid/surveys/tenant"
)

// ledger is an audit trail that only remembers what was recorded.
type ledger struct{ actions *[]string }

func (l ledger) Record(_ context.Context, _ *sqlx.Tx, _ tenant.Actor, action, _ string, _, _ any) error {
	*l.actions = append(*l.actions, action)
	return nil
}

// fixture is an open survey with one link: 70 answers in one hour of 2 March 2026, of which 60 a rule left out as a burst,
// and 2 in each of five other hours.
type fixture struct {
	Store
	t                *testing.T
	owner            *sqlx.DB
	survey, link     int64
	asker, agreeable tenant.Actor
	recorded         *[]string
}

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func newFixture(t *testing.T) fixture {
	t.Helper()
	db := pgtest.New(t)
	f := fixture{t: t, owner: db.Owner(), recorded: new([]string)}
	f.Store = Store{DB: tenant.New(db.App()), Ledger: ledger{f.recorded}, Now: func() time.Time { return noon.AddDate(0, 1, 0) }}
	add := func(sql string, args ...any) (id int64) {
		t.Helper()
		if err := f.owner.Get(&id, sql+" RETURNING id", args...); err != nil {
			t.Fatal(err)
		}
		return id
	}
	f.owner.MustExec(`INSERT INTO organisations (id, slug, link_prefix, names) VALUES (1, 'testham', 'TST', '{}')`)
	f.owner.MustExec(`INSERT INTO feeds (organisation_id, last_no) VALUES (1, 80) ON CONFLICT (organisation_id) DO UPDATE SET last_no = 80`)
	f.survey = add(`INSERT INTO surveys (organisation_id, slug, state) VALUES (1, 'ask', 'open')`)
	version := add(`INSERT INTO versions (organisation_id, survey_id, number, definition, digest) VALUES (1, $1, 1, '{}', '')`, f.survey)
	f.link = add(
		`INSERT INTO links (organisation_id, code, survey_id, channel, about) VALUES (1, 'TSTABCDEFG', $1, 'web', 'poster')`,
		f.survey,
	)
	no := 0
	answer := func(at time.Time, verdict string) {
		no++
		var excluded any
		if verdict != "" {
			excluded = no
		}
		f.owner.MustExec(
			`INSERT INTO responses (organisation_id, id, survey_id, version_id, link_id, source, channel, mode, language,
				answered_hour, answers, state, verdict, excluded_no, change_no)
			VALUES (1, $1, $2, $3, $4, 'link', 'web', 'online', 'en', $5, '{}', 'finished', $6, $7, $8)`,
			uuid.New(),
			f.survey,
			version,
			f.link,
			at,
			verdict,
			excluded,
			no,
		)
	}
	for i := range 70 {
		verdict := "burst"
		if i >= 60 {
			verdict = ""
		}
		answer(noon, verdict)
	}
	for i := range 10 {
		answer(noon.Add(-time.Duration(1+i/2)*time.Hour), "")
	}
	person := func(email string) tenant.Actor {
		id := add(`INSERT INTO people (organisation_id, email, name, password_hash) VALUES (1, $1, '', 'x')`, email)
		return tenant.Actor{Org: 1, Person: id, Name: email, Grants: []tenant.Grant{{Role: tenant.Consultation}}}
	}
	f.asker, f.agreeable = person("ann@example.org"), person("bob@example.org")
	return f
}

func (f fixture) is(got, want error) {
	f.t.Helper()
	if !errors.Is(got, want) {
		f.t.Errorf("%v, want %v", got, want)
	}
}

// counted is how many answers count in figures.
func (f fixture) counted() (n int) {
	f.t.Helper()
	if err := f.owner.Get(&n, `SELECT count(*) FROM responses r WHERE response_counts(r.state, r.source, r.excluded_no)`); err != nil {
		f.t.Fatal(err)
	}
	return n
}

// day is the whole of 2 March.
func (f fixture) day() Scope {
	return Scope{Survey: f.survey, From: noon.Add(-12 * time.Hour), To: noon.Add(12 * time.Hour)}
}

// release publishes a table of the survey for the first quarter of the year.
func (f fixture) release() {
	f.t.Helper()
	releasetest.Add(
		f.t,
		f.owner,
		releasetest.Table{
			Survey:   f.survey,
			By:       disclosure.Dimension{ID: "channel", Codes: []string{"web", "post"}},
			Answers:  releasetest.Rating(),
			Counts:   []int64{20, 10, 5, 15, 8, 9},
			From:     "2026-01-01",
			To:       "2026-03-31",
			Snapshot: 1,
		},
	)
}

// What was left out is listed by survey, by link and rule, and by hour, beside what is usual.
func TestWhatIsUnusual(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), t.Context()
	surveys, err := f.Surveys(ctx, 1)
	if err != nil || len(surveys) != 1 || surveys[0].Slug != "ask" || surveys[0].Excluded != 60 || surveys[0].Kept != 0 ||
		surveys[0].Waiting != 0 {
		t.Errorf("%+v %v", surveys, err)
	}
	lines, err := f.Lines(ctx, 1, f.survey, f.day().From, f.day().To)
	if err != nil || len(lines) != 1 || lines[0].Code != "TSTABCDEFG" || lines[0].Verdict != quality.Burst || lines[0].Excluded != 60 ||
		!lines[0].First.Equal(noon) {
		t.Errorf("%+v %v", lines, err)
	}
	hours, err := f.Hours(ctx, 1, f.survey, 0, f.day().From, f.day().To)
	if err != nil || len(hours) != 1 || hours[0].All != 70 || hours[0].Excluded != 60 || hours[0].Usual != 2 || !hours[0].Many() {
		t.Errorf("%+v %v", hours, err)
	}
	if (Hour{All: 59}).Many() || (Hour{All: 90, Usual: 30}).Many() || !(Hour{All: 91, Usual: 30}).Many() {
		t.Error("far more than usual is 60 or more, and more than three times as many")
	}
	if hours, err := f.Hours(ctx, 1, f.survey, f.link+1, f.day().From, f.day().To); err != nil || len(hours) != 0 {
		t.Errorf("of another link: %+v %v", hours, err)
	}
}

// Without a release one person decides, and takes back exactly what the decision changed.
func TestOnePersonDecides(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), t.Context()
	if f.counted() != 20 {
		t.Fatalf("%d answers count", f.counted())
	}
	scope := f.day()
	scope.Verdict, scope.Link = quality.Burst, f.link
	d, err := f.Decide(ctx, f.asker, scope, Include, "  It was our own mailing.  ")
	if err != nil || d.State != "agreed" || f.counted() != 80 {
		t.Fatalf("%+v %v, %d answers count", d, err, f.counted())
	}
	_, err = f.Decide(ctx, f.asker, scope, Include, "again")
	f.is(err, ErrNothing)
	list, err := f.Decisions(ctx, 1, f.survey, 10)
	if err != nil || len(list) != 1 || list[0].State != "done" || list[0].Changed != 60 || list[0].Reason != "It was our own mailing." ||
		list[0].Code != "TSTABCDEFG" ||
		list[0].Undone {
		t.Errorf("%+v %v", list, err)
	}
	hour := Scope{Survey: f.survey, From: noon.Add(-time.Hour), To: noon}
	left, err := f.Decide(ctx, f.asker, hour, Exclude, "A test of the link.")
	if err != nil || f.counted() != 78 {
		t.Errorf("%v, %d answers count", err, f.counted())
	}
	if _, err := f.Undo(ctx, f.asker, d.ID, "It was not ours."); err != nil || f.counted() != 18 {
		t.Errorf("%v, %d answers count", err, f.counted())
	}
	_, err = f.Undo(ctx, f.asker, d.ID, "once more")
	f.is(err, ErrDecided)
	undo, err := f.Undo(ctx, f.asker, left.ID, "It was no test.")
	if err != nil || f.counted() != 20 {
		t.Errorf("%v, %d answers count", err, f.counted())
	}
	if _, err := f.Undo(ctx, f.asker, undo.ID, "It was a test."); err != nil || f.counted() != 18 { // an undo can be taken back, too
		t.Errorf("%v, %d answers count", err, f.counted())
	}
	if !slices.Contains(*f.recorded, "unusual.asked") || !slices.Contains(*f.recorded, "unusual.done") {
		t.Errorf("the audit has %v", *f.recorded)
	}
}

// Where a released table covers the time, another person agrees before anything changes.
func TestASecondPersonAgrees(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), t.Context()
	f.release()
	d, err := f.Decide(ctx, f.asker, f.day(), Include, "Our own mailing.")
	if err != nil || d.State != "waiting" || !d.Published || f.counted() != 20 {
		t.Fatalf("%+v %v, %d answers count", d, err, f.counted())
	}
	if surveys, err := f.Surveys(ctx, 1); err != nil || surveys[0].Waiting != 1 {
		t.Errorf("%+v %v", surveys, err)
	}
	_, err = f.Undo(ctx, f.asker, d.ID, "not carried out yet")
	f.is(err, ErrDecided)
	f.is(f.Finish(ctx, f.asker, d.ID), ErrDecided)
	f.is(f.Agree(ctx, f.asker, d.ID, false), ErrSamePerson)
	nobody := f.agreeable
	nobody.Person = 0 // the command line is nobody in particular
	f.is(f.Agree(ctx, nobody, d.ID, false), ErrSamePerson)
	f.is(f.Agree(ctx, f.agreeable, 999, false), ErrMissing)
	if err := f.Agree(ctx, f.agreeable, d.ID, false); err != nil || f.counted() != 80 {
		t.Errorf("%v, %d answers count", err, f.counted())
	}
	f.is(f.Agree(ctx, f.agreeable, d.ID, false), ErrDecided)
	// Taking it back asks again; whoever asked may refuse their own.
	undo, err := f.Undo(ctx, f.agreeable, d.ID, "It was not ours.")
	if err != nil || undo.State != "waiting" {
		t.Fatalf("%+v %v", undo, err)
	}
	if err := f.Agree(ctx, f.agreeable, undo.ID, true); err != nil || f.counted() != 80 {
		t.Errorf("%v, %d answers count", err, f.counted())
	}
	if list, err := f.Decisions(ctx, 1, 0, 10); err != nil || list[0].State != "refused" || list[1].Undone {
		t.Errorf("%+v %v", list, err)
	}
}

// What was agreed and broken off can be finished, once.
func TestBrokenOff(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), t.Context()
	f.release()
	d, err := f.Decide(ctx, f.asker, f.day(), Include, "Our own mailing.")
	if err != nil {
		t.Fatal(err)
	}
	f.owner.MustExec(`UPDATE unusual_decisions SET state = 'agreed' WHERE id = $1`, d.ID)
	if err := f.Finish(ctx, f.agreeable, d.ID); err != nil || f.counted() != 80 {
		t.Errorf("%v, %d answers count", err, f.counted())
	}
	f.is(f.Finish(ctx, f.agreeable, d.ID), ErrDecided)
	f.is(f.Finish(ctx, f.agreeable, 999), ErrMissing)
}

func TestRefusedDecisions(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), t.Context()
	for name, c := range map[string]struct {
		change func(*Scope)
		reason string
		want   error
	}{
		"no reason":         {func(*Scope) {}, " ", ErrReason},
		"a long reason":     {func(*Scope) {}, strings.Repeat("x", 501), ErrReason},
		"no text":           {func(*Scope) {}, "a\x00b", ErrReason},
		"no hours":          {func(s *Scope) { s.To = s.From }, "why", ErrScope},
		"a rule that isn't": {func(s *Scope) { s.Verdict = "mood" }, "why", ErrNothing},
		"another survey":    {func(s *Scope) { s.Survey = 999 }, "why", ErrNothing},
		"another time":      {func(s *Scope) { s.From, s.To = s.From.AddDate(1, 0, 0), s.To.AddDate(1, 0, 0) }, "why", ErrNothing},
	} {
		scope := f.day()
		c.change(&scope)
		if _, err := f.Decide(ctx, f.asker, scope, Include, c.reason); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if _, err := f.Decide(ctx, f.asker, f.day(), Undo, "why"); err == nil {
		t.Error("an undo without what it undoes is decided")
	}
	_, err := f.Undo(ctx, f.asker, 999, "why")
	f.is(err, ErrMissing)
}

// A request that ends takes its questions to the database with it, and nothing is decided.
func TestACancelledRequest(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	scope := f.day()
	for name, do := range map[string]func() error{
		"surveys":   func() error { _, err := f.Surveys(ctx, 1); return err },
		"lines":     func() error { _, err := f.Lines(ctx, 1, f.survey, scope.From, scope.To); return err },
		"hours":     func() error { _, err := f.Hours(ctx, 1, f.survey, 0, scope.From, scope.To); return err },
		"decisions": func() error { _, err := f.Decisions(ctx, 1, 0, 10); return err },
		"decide":    func() error { _, err := f.Decide(ctx, f.asker, scope, Include, "why"); return err },
		"undo":      func() error { _, err := f.Undo(ctx, f.asker, 1, "why"); return err },
		"agree":     func() error { return f.Agree(ctx, f.asker, 1, false) },
		"finish":    func() error { return f.Finish(ctx, f.asker, 1) },
	} {
		if err := do(); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if f.counted() != 20 {
		t.Errorf("%d answers count", f.counted())
	}
}
