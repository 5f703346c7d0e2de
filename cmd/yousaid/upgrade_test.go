package main

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"

	"yousaid/migrations/localpg"
)

// Databases that programs of before made are brought up to date by starting this one on their data folder: nothing is lost, what was
// released can be read, and customers and staff go on.
//
// The dumps were made by the built programs whose newest migrations were 0033 (cells of releases in their first form) and 0036 (answers
// stored by the functions of 0003 to 0028): yousaid demo --responses 150 --until 2026-10-31, then pg_dump --inserts --no-comments. Two
// things were changed before: all but 60 lines of audit were deleted, and comments are kept until 2999, so that the daily deletion
// leaves them.
func TestDatabasesOfBeforeAreBroughtUpToDate(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"0033", "0036"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			dir := restored(t, "testdata/at_"+version+".sql.gz")
			before := rowsByTable(t, dir)
			if before["responses"] != 150 || before["releases"] != 3 || before["comments"] != 28 || before["equality_answers"] == 0 {
				t.Fatalf("the dump holds %v", before)
			}
			p := start(t, dir, "serve")
			if !strings.Contains(p.errs.String(), "the database was brought up to date") {
				t.Errorf("the program says\n%s", &p.errs)
			}
			for table, n := range rowsByTable(t, dir) {
				if before[table] != n && slices.Contains(kept, table) {
					t.Errorf("%s had %d rows and has %d", table, before[table], n)
				}
			}

			// What was released is read from the register: on the page, and in the file that it offers.
			page := fetched(t, p.address+"/demo/performance")
			for _, part := range []string{"64.8%", "71 people answered", "April 2026 to September 2026", "61.2%", "67 answers"} {
				if !strings.Contains(page, part) {
					t.Errorf("the published figures lack %q", part)
				}
			}
			for _, file := range []string{"204/1/rating-by-service-2026-04-to-2026-09.csv", "209/1/rating-by-channel-2025-10-to-2026-03.csv"} {
				if csv := fetched(t, p.address+"/demo/performance/"+file); strings.Count(csv, "\n") < 8 || !strings.Contains(csv, "Mean score") {
					t.Errorf("%s is\n%s", file, csv)
				}
			}

			// The answers of before are counted together with one that is sent now.
			send(t, p, dir)
			r := run(t, dir, "table --organisation demo --survey customer-satisfaction --measure rating --by channel --format json --out -")
			var cells []struct{ N int }
			if err := json.Unmarshal([]byte(r.ok()), &cells); err != nil {
				t.Fatal(err)
			}
			sum := 0
			for _, c := range cells {
				sum += c.N
			}
			if sum != 151 {
				t.Errorf("%d answers are counted: %s", sum, r.out)
			}
			run(t, dir, "table --organisation demo --survey customer-satisfaction --measure rating --by sex --format json --out -").ok()
		})
	}
}

// kept are tables whose rows an upgrade neither adds to nor takes away from.
var kept = []string{
	"organisations", "people", "memberships", "services", "surveys", "versions", "links", "responses", "equality_answers", "comments",
	"nonresponses", "actions", "action_versions", "action_history", "releases", "publications", "public_changes", "imports", "exports",
}

// restored makes a data folder whose database is the dump.
func restored(t *testing.T, dump string) (dir string) {
	t.Helper()
	dir = shortDir(t) + "/d"
	file, err := os.Open(dump)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	packed, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(packed)
	if err != nil {
		t.Fatal(err)
	}
	cluster, err := localpg.Start(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	db, err := sqlx.Connect("postgres", cluster.DSN("postgres", localpg.Database))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), string(text)); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
	if err := cluster.Stop(); err != nil {
		t.Fatal(err)
	}
	return dir
}

func rowsByTable(t *testing.T, dir string) map[string]int {
	t.Helper()
	db, done := database(t, dir)
	defer done()
	var tables []string
	if err := db.Select(&tables, `SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'`); err != nil {
		t.Fatal(err)
	}
	rows := map[string]int{}
	for _, name := range tables {
		rows[name] = number(t, db, fmt.Sprintf(`SELECT count(*) FROM public.%q`, name))
	}
	if missing := slices.DeleteFunc(slices.Clone(kept), func(name string) bool { _, ok := rows[name]; return ok }); len(missing) > 0 {
		t.Fatalf("there is no table %v among %v", missing, slices.Sorted(maps.Keys(rows)))
	}
	return rows
}

func fetched(t *testing.T, address string) string {
	t.Helper()
	res, err := customer.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d, %v", address, res.StatusCode, err)
	}
	return string(text)
}

// send gives feedback by one of the links of before, and looks for the answer.
func send(t *testing.T, p *program, dir string) {
	t.Helper()
	db, done := database(t, dir)
	defer done()
	var code string
	if err := db.Get(&code, `
		SELECT l.code
		FROM   links l
		JOIN   surveys s ON s.organisation_id = l.organisation_id AND s.id = l.survey_id
		WHERE  s.slug = 'customer-satisfaction' AND l.state = 'open' AND l.keyed_mode IS NULL AND l.channel = 'web'
		LIMIT  1`); err != nil {
		t.Fatal(err)
	}
	last := number(t, db, `SELECT last_no FROM feeds`)
	token := hiddenToken.FindStringSubmatch(fetched(t, p.address+"/f/"+code))
	if token == nil {
		t.Fatal("the form has no token")
	}
	res, err := customer.PostForm(p.address+"/f/"+code, url.Values{"token": {token[1]}, "rating": {"2"}})
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusSeeOther {
		t.Fatalf("the answer is met by %d", res.StatusCode)
	}
	if n := number(t, db, fmt.Sprintf(`SELECT count(*) FROM responses WHERE change_no = %d AND answers->>'rating' = '2'`, last+1)); n != 1 {
		t.Errorf("%d responses have the next number", n)
	}
}
