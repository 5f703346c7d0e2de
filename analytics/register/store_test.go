package register_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"yousaid/analytics/disclosure"
	"yousaid/analytics/figures"
	"yousaid/analytics/register"
	"yousaid/migrations/pgtest"
	"yousaid/surveys/tenant"
)

// council has a register, read and written in one transaction.
type council struct {
	t     *testing.T
	owner *sqlx.DB
	tx    *sqlx.Tx
}

func newCouncil(t *testing.T) *council {
	t.Helper()
	db := pgtest.New(t)
	c := &council{t: t, owner: db.Owner()}
	c.owner.MustExec(`INSERT INTO organisations (id, slug, link_prefix, names, time_zone)
		VALUES (1, 'testham', 'TST', '{"en": "T"}', 'Europe/London')`)
	c.owner.MustExec(`INSERT INTO surveys (organisation_id, id, slug, state) VALUES (1, 5, 'how', 'open'), (1, 6, 'visit', 'open')`)
	c.owner.MustExec(`INSERT INTO versions (organisation_id, id, survey_id, number, definition, digest) VALUES (1, 7, 5, 1, '{}', '')`)
	var err error
	if c.tx, err = tenant.New(db.App()).Begin(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.tx.Rollback() })
	return c
}

// made is a table of how satisfied people were in the first quarter, split by one dimension.
func made(by string, snapshot int64) register.New {
	cell := func(code string, n int64) figures.Cell {
		return figures.Cell{Dimensions: []string{by}, Codes: []string{code}, N: n, Hidden: n == 0}
	}
	return register.New{
		Query: register.Query{Surveys: []string{"how"}, Measure: "rating",
			By: []string{by}}, From: "2026-01-01", To: "2026-03-31", Snapshot: snapshot, Threshold: 5,
		Cells:  []figures.Cell{cell("a", 40), cell("b", 0), cell(figures.All, 44)},
		Counts: map[int64]string{5: "rating"},
		Record: register.Record{Limits: []string{"x"}, Words: &register.Words{Question: "How satisfied are you?"}},
		Proof: disclosure.Proof{Base: []int64{40, 4}, Evidence: []disclosure.Evidence{
			{Codes: []string{"b"}, Shows: "nobody", Lattice: 0}, {Codes: []string{"b"}, Shows: "enough", Lattice: 0}}},
	}
}

func (c *council) add(n register.New) (int64, bool) {
	c.t.Helper()
	id, added, err := register.Add(c.t.Context(), c.tx, 1, n)
	if err != nil {
		c.t.Fatal(err)
	}
	return id, added
}

// A table is released once, as it is; it is read with what it counts, and its proof by itself.
func TestATableIsWrittenOnceAndRead(t *testing.T) {
	t.Parallel()
	c := newCouncil(t)
	id, added := c.add(made("channel", 9))
	again, more := c.add(made("channel", 9))
	if !added || more || again != id {
		t.Fatalf("%d, %v and %d, %v", id, added, again, more)
	}
	if later, added := c.add(made("channel", 10)); !added || later == id {
		t.Errorf("after other answers it is release %d, as before: %v", later, added)
	}
	r, err := register.Find(t.Context(), c.tx, 1, id)
	if err != nil {
		t.Fatal(err)
	}
	cells, err := r.Cells()
	if err != nil || len(cells) != 3 || cells[0].N != 40 || !cells[1].Hidden || r.Counts[5] != "rating" || r.Query.Equality() ||
		r.Status != register.Released || r.From != "2026-01-01" {
		t.Errorf("%+v %+v %v", r, cells, err)
	}
	if _, err := register.Find(t.Context(), c.tx, 1, 999); !errors.Is(err, register.ErrMissing) {
		t.Errorf("a number that is no release: %v", err)
	}
	record, proof, raw, err := register.Proof(t.Context(), c.tx, 1, id)
	if err != nil || record.Limits[0] != "x" || len(proof.Evidence) != 2 || len(raw) == 0 {
		t.Errorf("%+v %+v %v", record, proof, err)
	}
	if _, _, _, err := register.Proof(t.Context(), c.tx, 1, 999); err == nil {
		t.Error("there is a proof of no release")
	}
	linked, err := register.Linked(t.Context(), c.tx, 1, register.Asked{Counts: map[int64]string{5: "rating"}, From: "2026-03-01",
		To: "2026-03-31", By: []string{"sex"}})
	if err != nil || len(linked) != 2 || linked[0].ID != id || fmt.Sprint(linked[0].Small) != "[[b]]" ||
		linked[0].Record.Words.Question == "" {
		t.Errorf("%+v %v", linked, err)
	}
}

// The register is listed by what stands in it, and what became of releases is read by their numbers.
func TestTheRegisterIsListed(t *testing.T) {
	t.Parallel()
	c := newCouncil(t)
	ctx := t.Context()
	channel, _ := c.add(made("channel", 9))
	sex, _ := c.add(made("sex", 9))
	corrected, _ := c.add(made("channel", 10))
	if err := register.Correct(ctx, c.tx, 1, channel, corrected); err != nil {
		t.Fatal(err)
	}
	if err := register.Withdraw(ctx, c.tx, 1, sex); err != nil {
		t.Fatal(err)
	}
	status, err := register.Status(ctx, c.tx, 1, []int64{channel, sex, corrected, 999})
	if err != nil || len(status) != 3 || status[channel] != register.Corrected || status[sex] != register.Withdrawn ||
		status[corrected] != register.Released {
		t.Errorf("%v %v", status, err)
	}
	if r, err := register.Find(ctx, c.tx, 1, corrected); err != nil || r.Corrects != channel {
		t.Errorf("%+v %v", r, err)
	}
	for _, one := range []struct {
		w    register.Wanted
		want []int64
	}{
		{register.Wanted{Equality: true}, []int64{corrected, sex, channel}},
		{register.Wanted{}, []int64{corrected, channel}},
		{register.Wanted{Standing: true, Equality: true}, []int64{corrected}},
		{register.Wanted{Equality: true, Before: corrected, Dimension: "channel"}, []int64{channel}},
		{register.Wanted{Survey: "how", Measure: "rating", From: "2026-01-01", To: "2026-03-31"}, []int64{corrected, channel}},
		{register.Wanted{Survey: "visit"}, nil},
		{register.Wanted{Words: "SATISFIED are"}, []int64{corrected, channel}},
		{register.Wanted{Words: "100%"}, nil},
	} {
		one.w.Limit = 10
		list, err := register.Entries(ctx, c.tx, 1, one.w)
		var ids []int64
		for _, e := range list {
			ids = append(ids, e.ID)
			if e.Cells != 3 || e.Hidden != 1 {
				t.Errorf("%+v", e)
			}
		}
		if err != nil || fmt.Sprint(ids) != fmt.Sprint(one.want) {
			t.Errorf("%+v finds %v, not %v: %v", one.w, ids, one.want, err)
		}
	}
	kinds, err := register.Kinds(ctx, c.tx, 1, true)
	if err != nil || len(kinds) != 1 || kinds[0].ID != corrected {
		t.Errorf("%+v %v", kinds, err)
	}
	q := register.Query{Surveys: []string{"how"}, Measure: "rating", By: []string{"channel"}}
	same, err := register.Same(ctx, c.tx, 1, q, "2026-01-01", "2026-03-31")
	if err != nil || len(same) != 1 || same[0] != corrected {
		t.Errorf("%v %v", same, err)
	}
	of, err := register.OfSurveys(ctx, c.tx, 1, []int64{5})
	if err != nil || len(of) != 1 || of[0].ID != corrected || of[0].Counts[5] != "rating" {
		t.Errorf("%+v %v", of, err)
	}
}

// Whether an hour is in a release, and what was excluded after it, is told by the surveys that it counts, whatever they are called by now.
func TestReleasesAreOfTheirSurveys(t *testing.T) {
	t.Parallel()
	c := newCouncil(t)
	ctx := t.Context()
	id, _ := c.add(made("channel", 9))
	if _, err := c.tx.Exec(`UPDATE surveys SET slug = 'renamed' WHERE organisation_id = 1 AND id = 5`); err != nil {
		t.Fatal(err)
	}
	at := func(s string) time.Time { d, _ := time.Parse(time.RFC3339, s); return d }
	for _, one := range []struct {
		survey   int64
		from, to string
		want     bool
	}{
		{5, "2026-03-31T22:00:00Z", "2026-04-02T00:00:00Z", true},
		{5, "2026-03-31T23:00:00Z", "2026-04-02T00:00:00Z", false}, // it is April in London
		{6, "2026-02-01T00:00:00Z", "2026-02-02T00:00:00Z", false},
	} {
		if is, err := register.Counted(ctx, c.tx, 1, one.survey, at(one.from), at(one.to)); err != nil || is != one.want {
			t.Errorf("survey %d, %s to %s: %v, %v", one.survey, one.from, one.to, is, err)
		}
	}
	if _, err := c.tx.Exec(`INSERT INTO responses (organisation_id, id, survey_id, version_id, source, mode, language,
		answered_hour, answers, state, excluded_no, verdict, change_no)
		SELECT 1, md5(n::text)::uuid, 5, 7, 'link', 'online', 'en', '2026-03-10 10:00Z', '{}', 'finished', n, 'burst', n
		FROM   generate_series(8, 11) AS s (n)`); err != nil {
		t.Fatal(err)
	}
	if n, err := register.ExcludedLater(ctx, c.tx, 1, id); err != nil || n != 2 {
		t.Errorf("%d answers were excluded after change 9: %v", n, err)
	}
}

// What cannot be read is an error that names the release, and no empty table; what the database refuses is an error of each statement.
func TestWhatCannotBeReadIsSaid(t *testing.T) {
	t.Parallel()
	c := newCouncil(t)
	ctx := t.Context()
	id, _ := c.add(made("age_group", 9))
	if r, err := register.Find(ctx, c.tx, 1, id); err != nil || !r.Query.Equality() || !register.IsCharacteristic("ethnic_group") ||
		register.IsCharacteristic("colour_group") {
		t.Errorf("%+v %v", r, err)
	}
	if _, err := c.tx.Exec(`UPDATE releases SET cells = '{"version": 99}' WHERE organisation_id = 1`); err != nil {
		t.Fatal(err)
	}
	r, err := register.Find(ctx, c.tx, 1, id)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Cells(); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("reading release %d", id)) {
		t.Errorf("cells of another form: %v", err)
	}
	if _, err := c.tx.Exec(`UPDATE releases SET query = '[]' WHERE organisation_id = 1`); err != nil {
		t.Fatal(err)
	}
	asked := register.Asked{Counts: map[int64]string{5: "rating"}, From: "2026-01-01", To: "2026-03-31"}
	_, err1 := register.Find(ctx, c.tx, 1, id)
	_, err2 := register.Linked(ctx, c.tx, 1, asked)
	_, err3 := register.Entries(ctx, c.tx, 1, register.Wanted{Equality: true, Limit: 1})
	_, err4 := register.OfSurveys(ctx, c.tx, 1, []int64{5})
	for i, err := range []error{err1, err2, err3, err4} {
		if err == nil || !strings.Contains(err.Error(), fmt.Sprint(id)) {
			t.Errorf("%d: a query that is none: %v", i, err)
		}
	}

	_ = c.tx.Rollback()
	for i, run := range []func() error{
		func() error { _, err := register.Find(ctx, c.tx, 1, id); return err },
		func() error { _, err := register.Linked(ctx, c.tx, 1, asked); return err },
		func() error { _, _, err := register.Add(ctx, c.tx, 1, made("channel", 1)); return err },
		func() error { return register.Correct(ctx, c.tx, 1, id, id) },
		func() error { return register.Withdraw(ctx, c.tx, 1, id) },
		func() error { _, err := register.Entries(ctx, c.tx, 1, register.Wanted{}); return err },
		func() error { _, err := register.Kinds(ctx, c.tx, 1, true); return err },
		func() error { _, err := register.Status(ctx, c.tx, 1, nil); return err },
		func() error {
			_, err := register.Same(ctx, c.tx, 1, register.Query{}, "2026-01-01", "2026-01-31")
			return err
		},
		func() error { _, err := register.OfSurveys(ctx, c.tx, 1, nil); return err },
		func() error { _, err := register.Counted(ctx, c.tx, 1, 5, time.Time{}, time.Time{}); return err },
		func() error { _, err := register.ExcludedLater(ctx, c.tx, 1, id); return err },
	} {
		if err := run(); err == nil {
			t.Errorf("statement %d says nothing of a transaction that is over", i)
		}
	}
}
