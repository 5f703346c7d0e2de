package releaseaudit

import (
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"

	"yousaid/analytics/attack"
	"yousaid/analytics/disclosure"
	"yousaid/analytics/releases"
	"yousaid/analytics/releasetest"
	"yousaid/migrations/pgtest"
	"yousaid/surveys/tenant"
)

// fixture is a register with releases of one survey.
type fixture struct {
	t      *testing.T
	owner  *sqlx.DB
	store  releases.Register
	survey int64
	by     tenant.Actor
}

func newFixture(t *testing.T) fixture {
	t.Helper()
	db := pgtest.New(t)
	f := fixture{t: t, owner: db.Owner(), store: releases.Register{Reader: releases.Reader{DB: tenant.New(db.App())}}}
	f.by = tenant.Actor{Org: 1, Name: "officer", Grants: []tenant.Grant{{Role: tenant.Administrator}}}
	f.owner.MustExec(`INSERT INTO organisations (id, slug, link_prefix, names) VALUES (1, 'testham', 'TST', '{}')`)
	if err := f.owner.Get(&f.survey, `INSERT INTO surveys (organisation_id, slug, state) VALUES (1, 'ask', 'open') RETURNING id`); err != nil {
		t.Fatal(err)
	}
	return f
}

// release lets a table leave: people by group and by their answer.
func (f fixture) release(change func(*releasetest.Table), counts ...int64) releases.Table {
	f.t.Helper()
	table := releasetest.Table{
		Survey:   f.survey,
		By:       disclosure.Dimension{ID: "mode", Codes: []string{"a", "b", "c", "d"}},
		Answers:  releasetest.Rating(),
		Counts:   counts,
		From:     "2026-01-01",
		To:       "2026-03-31",
		Snapshot: 1,
	}
	if change != nil {
		change(&table)
	}
	return f.read(releasetest.Add(f.t, f.owner, table))
}

func (f fixture) read(id int64) releases.Table {
	f.t.Helper()
	r, err := f.store.Table(f.t.Context(), f.by, id)
	if err != nil {
		f.t.Fatal(err)
	}
	return r
}

// audited holds what the audit says.
func (f fixture) audited(r releases.Table, linked []releases.Table, holds bool, says ...string) {
	f.t.Helper()
	printed, got, err := Auditor{Work: attack.DefaultWork / 20}.Check(r, linked)
	if err != nil || got != holds {
		f.t.Errorf("holds: %v, want %v (%v): %s", got, holds, err, printed)
	}
	for _, s := range says {
		if !strings.Contains(printed, s) {
			f.t.Errorf("it does not say %q: %s", s, printed)
		}
	}
}

// withSmallGroups are two large groups and two small ones, which are suppressed.
var withSmallGroups = []int64{20, 10, 5, 15, 8, 9, 1, 1, 1, 2, 1, 0}

func TestAReleaseThatHolds(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.audited(
		f.release(nil, withSmallGroups...),
		nil,
		true,
		"0 exactly disclosed, 0 unknown",
		"whole tables of the proof agree",
		"The release holds.",
	)
}

// A table that hides nothing has nothing to be worked out: what counts are its numbers themselves.
func TestAReleaseWithoutSuppression(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	whole := f.release(nil, 20, 10, 5, 15, 8, 9, 10, 10, 10, 20, 10, 5)
	f.audited(whole, nil, true, "hides no number", "is 5 or more, or 0", "The release holds.")
	f.owner.MustExec(`UPDATE releases SET cells = replace(cells::text, '"n": 30', '"n": 3')::jsonb WHERE id = $1`, whole.ID)
	f.audited(f.read(whole.ID), nil, false, "1 of its 5 numbers are from 1 to 4", "tell the data-protection officer")
}

// What was changed after the release left is noticed: a suppressed number that follows from the others, and a proof that does not agree.
func TestAReleaseThatDoesNotHold(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	r := f.release(nil, withSmallGroups...)
	f.owner.MustExec(
		`UPDATE releases SET cells = jsonb_set(cells, '{cells}',
			(SELECT jsonb_agg(CASE WHEN c -> 'by' ->> 'mode' = 'c'
			THEN '{"by": {"mode": "c"}, "n": 3, "mean": 2, "satisfied": 0.3}'::jsonb
			ELSE c END ORDER BY o)
		FROM jsonb_array_elements(cells -> 'cells') WITH ORDINALITY AS e (c, o))) WHERE id = $1`,
		r.ID,
	)
	f.audited(f.read(r.ID), nil, false, "The release does not hold: tell the data-protection officer.")
}

// A proof of other sizes than the table is an error of the register, not a finding.
func TestAProofThatCannotBeRead(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for name, change := range map[string]string{
		"counts":      `jsonb_set(proof, '{proof,base}', '[1, 2]')`,
		"a position":  `jsonb_set(proof, '{proof,others}', '[[[999, 1]]]')`,
		"no sequence": `jsonb_set(proof, '{proof,base}', '"text"')`,
	} {
		r := f.release(func(t *releasetest.Table) { t.Snapshot = int64(len(name)) }, withSmallGroups...)
		f.owner.MustExec(`UPDATE releases SET proof = `+change+` WHERE id = $1`, r.ID)
		broken, err := f.store.Table(t.Context(), f.by, r.ID)
		if err == nil {
			_, _, err = Auditor{}.Check(broken, nil)
		}
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// Beside the releases that it was proved with, a release is attacked together with those that count the same answers at
// the same moment; others are counted and said.
func TestReleasesTogether(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	r := f.release(nil, withSmallGroups...)
	other := f.release(func(t *releasetest.Table) { t.By.ID = "channel" }, 20, 10, 5, 15, 8, 9, 2, 1, 1, 1, 1, 0)
	later := f.release(func(t *releasetest.Table) { t.Snapshot = 2 }, withSmallGroups...)
	f.audited(r, []releases.Table{r, other, later}, true, "Beside release", "Not attacked beside 1 more")
}

// Beside an equality characteristic the residuals of distributions are proved by tables of people, which are added up as well.
func TestResidualsAreAudited(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	r := f.release(func(t *releasetest.Table) { t.By.ID, t.Equality = "sex", true }, 30, 20, 12, 20, 12, 9, 8, 6, 5, 9, 8, 5)
	f.audited(r, nil, true, "tables of people show", "30 people or more", "The release holds.")
	f.owner.MustExec(`UPDATE releases SET proof = jsonb_set(proof, '{proof,people,others}', '[]') WHERE id = $1`, r.ID)
	f.audited(f.read(r.ID), nil, false)
	f.owner.MustExec(`UPDATE releases SET proof = jsonb_set(proof, '{proof,people,base}', '[1]') WHERE id = $1`, r.ID)
	if _, _, err := (Auditor{}).Check(f.read(r.ID), nil); err == nil {
		t.Error("a proof of another size is no error")
	}
}
