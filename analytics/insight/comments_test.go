package insight

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"yousaid/migrations/pgtest"
	"yousaid/surveys/tenant"
)

// fixture has one survey with ten comments: 1 to 5 about a service, 6 to 8 about its part, 9 about another directorate's
// service, 10 about none.
type fixture struct {
	Reader
	owner *sqlx.DB
	ids   map[string]int64
}

func newFixture(t *testing.T) fixture {
	t.Helper()
	db := pgtest.New(t)
	owner := db.Owner()
	s := fixture{New(tenant.New(db.App())), owner, map[string]int64{}}
	add := func(name, sql string, args ...any) int64 {
		t.Helper()
		var id int64
		if err := owner.Get(&id, sql+" RETURNING id", args...); err != nil {
			t.Fatal(err)
		}
		s.ids[name] = id
		return id
	}
	const names = `{"en": "x"}`
	environment := add("environment", `INSERT INTO directorates (organisation_id, slug, names) VALUES (1, 'environment', $1)`, names)
	highways := add("highways", `INSERT INTO directorates (organisation_id, slug, names) VALUES (1, 'highways', $1)`, names)
	waste := add("waste", `INSERT INTO services (organisation_id, slug, names) VALUES (1, 'waste', $1)`, names)
	bins := add("bins", `INSERT INTO services (organisation_id, slug, names, parent_id) VALUES (1, 'bins', $1, $2)`, names, waste)
	roads := add("roads", `INSERT INTO services (organisation_id, slug, names) VALUES (1, 'roads', $1)`, names)
	for service, directorate := range map[int64]int64{waste: environment, bins: environment, roads: highways} {
		owner.MustExec(
			`INSERT INTO service_directorates (organisation_id, service_id, valid_from, directorate_id) VALUES (1, $1, '2025-01-01', $2)`,
			service,
			directorate,
		)
	}
	// The road service was with the environment before: comments go by the directorate of today.
	owner.MustExec(
		`INSERT INTO service_directorates (organisation_id, service_id, valid_from, directorate_id) VALUES (1, $1, '2024-01-01', $2)`,
		roads,
		environment,
	)
	survey := add("survey", `INSERT INTO surveys (organisation_id, slug, state) VALUES (1, 'ask', 'open')`)
	version := add(
		"version",
		`INSERT INTO versions (organisation_id, survey_id, number, definition, digest) VALUES (1, $1, 1, '{}', '')`,
		survey,
	)
	for i, service := range []any{waste, waste, waste, waste, waste, bins, bins, bins, roads, nil} {
		insertComment(owner, survey, version, int64(i+1), service, fmt.Sprintf("comment %d", i+1))
	}
	return s
}

func insertComment(owner *sqlx.DB, survey, version, no int64, service any, text string) {
	id := uuid.New()
	owner.MustExec(
		`INSERT INTO responses (organisation_id, id, survey_id, version_id, source, service_id, channel, mode, language,
			answered_hour, answers, state, change_no)
		VALUES (1, $1, $2, $3, 'link', $4, 'web', 'online', 'en', $5, '{"rating": "4"}', 'finished', $6)`,
		id,
		survey,
		version,
		service,
		time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC),
		no,
	)
	owner.MustExec(
		`INSERT INTO comments (organisation_id, response_id, question_code, text, delete_after) VALUES (1, $1, 'comment', $2, '2030-01-01')`,
		id,
		text,
	)
}

func (s fixture) numbers(t *testing.T, q Query, grants ...tenant.Grant) (numbers []int64) {
	t.Helper()
	list, err := s.Comments(t.Context(), tenant.Actor{Org: 1, Grants: grants}, q)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range list.Comments {
		numbers = append(numbers, c.No)
	}
	return numbers
}

func TestWhoReadsWhat(t *testing.T) {
	t.Parallel()
	s := newFixture(t)
	for name, c := range map[string]struct {
		grants []tenant.Grant
		want   []int64
	}{
		"the consultation team reads all":    {[]tenant.Grant{{Role: "consultation"}}, []int64{10, 9, 8, 7, 6, 5, 4, 3, 2, 1}},
		"an officer reads a service's parts": {[]tenant.Grant{{Role: "service", Service: s.ids["waste"]}}, []int64{8, 7, 6, 5, 4, 3, 2, 1}},
		"and an officer of the part only it": {[]tenant.Grant{{Role: "service", Service: s.ids["bins"]}}, []int64{8, 7, 6}},
		"two services add up": {[]tenant.Grant{{Role: "service", Service: s.ids["bins"]},
			{Role: "service", Service: s.ids["roads"]}}, []int64{9, 8, 7, 6}},
		"a directorate as it is today":        {[]tenant.Grant{{Role: "service", Directorate: s.ids["highways"]}}, []int64{9}},
		"an officer of no service reads none": {[]tenant.Grant{{Role: "service"}}, nil},
		"a viewer of all beside is no reader": {[]tenant.Grant{{Role: "viewer"}, {Role: "service", Service: s.ids["roads"]}}, []int64{9}},
	} {
		if got := s.numbers(t, Query{}, c.grants...); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v", name, got)
		}
	}
	for _, role := range []string{"viewer", "frontline", "equality", ""} {
		if _, err := s.Comments(
			t.Context(),
			tenant.Actor{Org: 1, Grants: []tenant.Grant{{Role: role}}},
			Query{},
		); !errors.Is(
			err,
			ErrNotAllowed,
		) {
			t.Errorf("%s: %v", role, err)
		}
	}
	if list, err := s.Comments(
		t.Context(),
		tenant.Actor{Org: 2, Grants: []tenant.Grant{{Role: "administrator"}}},
		Query{},
	); err != nil ||
		len(list.Comments) != 0 {
		t.Errorf("another organisation: %v %v", list, err)
	}
	all := tenant.Grant{Role: "administrator"}
	if got := s.numbers(t, Query{Directorates: []string{"highways"}}, all); !slices.Equal(got, []int64{9}) {
		t.Errorf("of a directorate: %v", got)
	}
}

// Whoever turns pages while comments come in sees each of the old ones once.
func TestPagesWhileCommentsComeIn(t *testing.T) {
	t.Parallel()
	s := newFixture(t)
	all := tenant.Actor{Org: 1, Grants: []tenant.Grant{{Role: "administrator"}}}
	var seen []int64
	var cursors []List
	q := Query{Limit: 4}
	for {
		list, err := s.Comments(t.Context(), all, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range list.Comments {
			seen = append(seen, c.No)
		}
		cursors = append(cursors, list)
		if list.Older == (Cursor{}) {
			break
		}
		q.Older = list.Older
	}
	if !slices.Equal(seen, []int64{10, 9, 8, 7, 6, 5, 4, 3, 2, 1}) || len(cursors) != 3 || cursors[0].Newer != (Cursor{}) {
		t.Errorf("%v in %d parts", seen, len(cursors))
	}
	back, err := s.Comments(t.Context(), all, Query{Limit: 4, Newer: cursors[1].Newer})
	if err != nil || len(back.Comments) != 4 || back.Comments[0].No != 10 || back.Newer != (Cursor{}) || back.Older.No != 7 {
		t.Errorf("%+v %v", back, err)
	}
}

// TestImportedYears: answers of last year that were imported today stand after those of this year.
func TestImportedYears(t *testing.T) {
	t.Parallel()
	s := newFixture(t)
	s.owner.MustExec(`UPDATE responses SET answered_hour = '2025-01-01 10:00Z' WHERE organisation_id = 1 AND change_no = 10`)
	seen := s.numbers(t, Query{Limit: 4}, tenant.Grant{Role: "administrator"})
	if !slices.Equal(seen, []int64{9, 8, 7, 6}) {
		t.Errorf("newest first is %v", seen)
	}
}

func TestCursors(t *testing.T) {
	t.Parallel()
	for _, c := range []Cursor{{}, {time.Unix(7200, 0).UTC(), 7, "comment"}, {time.Unix(1_800_000_000, 0).UTC(), 1 << 60, "a-b"}} {
		if got, err := ParseCursor(c.String()); err != nil || got != c {
			t.Errorf("%+v: %+v %v", c, got, err)
		}
	}
	for _, s := range []string{"x", "7", "-7-a", "0-a", "7-1-\x00", "0-1-a", "1-0-a", "99999999999999999999-1-a", "1-99999999999999999999-a"} {
		if _, err := ParseCursor(s); !errors.Is(err, ErrCursor) {
			t.Errorf("%q: %v", s, err)
		}
	}
}

func FuzzPatterns(f *testing.F) {
	for _, s := range []string{"", "two words", `100% \_`, "\x00", "\xff", "ﬀ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, words string) {
		for _, p := range patterns(words) {
			for i := 1; i < len(p)-1; i++ {
				if p[i] == '\\' {
					i++ // what it escapes stands as it is
				} else if p[i] == '%' || p[i] == '_' {
					t.Fatalf("%q became the pattern %q", words, p)
				}
			}
		}
	})
}
