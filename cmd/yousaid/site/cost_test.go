package site_test

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"yousaid/cmd/yousaid/site/sitetest"
	"yousaid/migrations/pgtest"
	"yousaid/surveys/responses"
	"yousaid/surveys/responses/importing"
)

// How many times an operation may read the responses of a council. A page shows several figures, each of which reads them. Work
// that is done in parts reads them a few times altogether: an export that looked for each part anew took 100 passes, and forgetting
// 20,000 comments in parts of 500 took 24.
const (
	mostPassesOfAPage = 25
	mostPassesOfWork  = 8
)

const costRows = 200_000

// The cost of an operation grows with the rows, not with their square, also where the planner has no statistics: right after an
// import, or of a council that is new beside another. Cost is the rows that all its statements gave or threw away, as their plans
// tell; no clock is asked.
func TestCostGrowsWithTheRows(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("200,000 responses take a while; run without -short")
	}
	db, plans := pgtest.Explained(t)
	s := sitetest.On(t, db)
	link := s.Link("web")
	s.Fill(300)
	code := receipted(s, "before there were many")
	loadMany(s, costRows)
	staff := map[string]string{}
	for _, role := range []string{"administrator", "consultation", "equality"} {
		staff[role] = s.SignIn(s.Person(role))
	}
	get := func(role, path string) func() {
		return func() { s.Get(path, "Cookie", staff[role]).Is(200) }
	}
	n := 0
	const page, work = mostPassesOfAPage, mostPassesOfWork
	operations := []struct {
		name string
		most float64
		do   func()
	}{
		{"home", page, get("administrator", "/staff")},
		{"results", page, get("consultation", "/staff/results?survey=customer-satisfaction&question=rating&by=channel")},
		{"results by week", page, get("consultation", "/staff/results?survey=customer-satisfaction&question=rating&by=week")},
		{"results of one service", page,
			get("consultation", "/staff/results?survey=customer-satisfaction&question=rating&by=month&service=repairs")},
		{"results as CSV", page, get("consultation", "/staff/results/table.csv?survey=customer-satisfaction&question=rating&by=channel")},
		{"council", page, get("administrator", "/staff/council")},
		{"comments", page, get("consultation", "/staff/comments?survey=customer-satisfaction")},
		{"comments with a word", page, get("consultation", "/staff/comments?survey=customer-satisfaction&q=nothing+has+this")},
		{"equality", page, get("equality", "/staff/equality?survey=customer-satisfaction&question=rating&by=sex")},
		{"links", page, get("consultation", "/staff/links")},
		{"surveys and exports", page, get("consultation", "/staff/exports")},
		{"audit", page, get("administrator", "/staff/audit")},
		{"a questionnaire answered", work, func() {
			s.Send(link, sitetest.Feedback{Rating: "4", Reasons: url.Values{"reason": {"time"}, "comment": {"It took long"}},
				About: url.Values{"sex": {"female"}}})
		}},
		{"receipt", work, func() { answersOf(s, code, "").Is(200) }},
		{"export as CSV", work, func() { exportAll(s, "csv", staff["consultation"]) }},
		{"export as a workbook", work, func() { exportAll(s, "xlsx", staff["consultation"]) }},
		{"import of 5,000 rows", work, func() { n++; importMany(s, fmt.Sprintf("r%d-", n), 5000) }},
		{"the same import again", work, func() { importMany(s, fmt.Sprintf("r%d-", n), 5000) }},
		{"comments whose time is over", work, func() {
			s.Database.Owner().MustExec(`
				UPDATE comments
				SET    delete_after = '2020-01-01'
				WHERE  response_id IN (SELECT response_id FROM comments ORDER BY response_id LIMIT 20000)`)
			if _, err := responses.Forget(t.Context(), s.DB, s.Org.ID, time.Now()); err != nil {
				t.Error(err)
			}
		}},
	}
	for _, state := range []string{"just loaded", "analysed"} {
		if state == "analysed" {
			s.Database.Owner().MustExec(`ANALYZE`)
		}
		plans()
		for _, o := range operations {
			o.do()
			cost(t, state+": "+o.name, o.most, plans())
		}
	}
}

// cost adds up what the statements of an operation visited, and names the dearest where it is too much.
func cost(t *testing.T, operation string, most float64, plans []pgtest.Plan) {
	t.Helper()
	if len(plans) == 0 {
		t.Errorf("%s: no plan was written down", operation)
	}
	visited, by, times := 0.0, map[string]float64{}, map[string]int{}
	for _, p := range plans {
		statement := strings.Join(strings.Fields(p.Statement), " ")
		visited += p.Visited
		by[statement] += p.Visited
		times[statement]++
	}
	t.Logf("%-45s %6.1f passes, %4d statements", operation, visited/costRows, len(plans))
	if visited <= most*costRows {
		return
	}
	dearest := slices.MaxFunc(slices.Collect(keys(by)), func(a, b string) int {
		if by[a] < by[b] {
			return -1
		}
		return 1
	})
	t.Errorf("%s reads as many rows as %.0f times all responses (%.0f is the most). The dearest statement, run %d times for %.0f:\n%s",
		operation, visited/costRows, most, times[dearest],
		by[dearest]/costRows, dearest)
}

func keys(m map[string]float64) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// loadMany stores n responses of two years, half of them with a comment, a third with an equality answer. What the planner knows of
// the tables is from before.
func loadMany(s *sitetest.Site, n int) {
	s.T.Helper()
	owner := s.Database.Owner()
	for _, table := range []string{"responses", "comments", "equality_answers"} {
		owner.MustExec(`ALTER TABLE ` + table + ` SET (autovacuum_enabled = false)`)
	}
	owner.MustExec(`ANALYZE`) // of a council with a few
	owner.MustExec(`
		INSERT INTO equality_answers (organisation_id, id, survey_id, version_id, answers)
		SELECT v.organisation_id, md5('e' || i)::uuid, v.survey_id, v.id, jsonb_build_object('sex', (ARRAY['female', 'male'])[1 + i % 2])
		FROM   versions v, generate_series(1, $2::int) AS i
		WHERE  v.organisation_id = $1 AND i % 3 = 0`, s.Org.ID, n)
	owner.MustExec(`
		INSERT INTO responses (organisation_id, id, survey_id, version_id, source, service_id, channel, mode, language,
			answered_hour, answers, state, equality_id, change_no)
		SELECT v.organisation_id, md5('r' || i)::uuid, v.survey_id, v.id, 'link',
		       (SELECT id FROM services WHERE organisation_id = $1 ORDER BY id OFFSET i % 2 LIMIT 1),
		       (ARRAY['web', 'telephone', 'email'])[1 + i % 3], 'online', 'en', date_trunc('hour', now()) - (1 + i % 17000) * interval '1 hour',
		       jsonb_build_object('rating', (1 + i % 5)::text), 'finished', CASE WHEN i % 3 = 0 THEN md5('e' || i)::uuid END, 1000000 + i
		FROM   versions v, generate_series(1, $2::int) AS i
		WHERE  v.organisation_id = $1`, s.Org.ID, n)
	owner.MustExec(`
		INSERT INTO comments (organisation_id, response_id, question_code, text, delete_after)
		SELECT $1, md5('r' || i)::uuid, 'comment', 'The lift was out of order, note ' || i, '2099-01-01'
		FROM   generate_series(1, $2::int) AS i
		WHERE  i % 2 = 0`, s.Org.ID, n)
	owner.MustExec(`UPDATE feeds SET last_no = 2000000 WHERE organisation_id = $1`, s.Org.ID)
}

func exportAll(s *sitetest.Site, format, cookie string) {
	s.Post("/staff/exports", url.Values{"survey": {"customer-satisfaction"}, "format": {format}, "comments": {"yes"}}, "Cookie",
		cookie).Is(303)
	drain(s)
}

// importMany imports n rows whose ids begin with prefix, as the command line does.
func importMany(s *sitetest.Site, prefix string, n int) {
	s.T.Helper()
	dir := s.T.TempDir()
	var b strings.Builder
	b.WriteString("id,rating,comment\n")
	for i := range n {
		fmt.Fprintf(&b, "%s%d,%d,note %d\n", prefix, i, 1+i%5, i)
	}
	file, mapping := filepath.Join(dir, "answers.csv"), filepath.Join(dir, "answers.yaml")
	for path, text := range map[string]string{file: b.String(),
		mapping: "row_id: id\ndate: 2026-01-31\nchannel: telephone\nservice: waste\nquestions: {rating: rating, comment: comment}\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			s.T.Fatal(err)
		}
	}
	if _, err := importing.Run(s.T.Context(),
		importing.Job{DB: s.DB, Ledger: s.Ledger, By: s.By(), Survey: "customer-satisfaction", File: file, Map: mapping,
			Progress: func(int64, int64) {}}); err != nil {
		s.T.Fatal(err)
	}
}
