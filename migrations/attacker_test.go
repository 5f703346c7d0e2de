package migrations_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"yousaid/migrations/pgtest"
)

// What must not stand beside what: each mark is found again as text, wherever an attacker reads it.
const (
	equalityMark = "mark-of-an-equality-answer"
	commentMark  = "mark-of-a-comment"
	aboutMark    = "mark-of-what-it-was-about"
	jobMark      = "mark-of-a-job"
)

// people are the responses of an organisation, half of them with equality answers, with everything about each that could tell one
// from another.
type people struct {
	db        *pgtest.DB
	responses []string // ids
	equality  []string // ids
	hidden    []string // what only yousaid_app may see
}

func populate(t *testing.T) people {
	t.Helper()
	p := people{db: pgtest.New(t), hidden: []string{commentMark, aboutMark, jobMark}}
	owner := p.db.Owner()
	run := func(query string, args ...any) {
		t.Helper()
		if _, err := owner.Exec(query, args...); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
	}
	for i, zone := range []string{"Europe/London", "Asia/Tokyo"} {
		org := ours + i
		run(`INSERT INTO organisations (id, slug, link_prefix, names, time_zone) VALUES ($1, $2, $3, '{}', $4)`, org,
			fmt.Sprint("o", org), []string{"AAA", "BBB"}[i], zone)
		for _, r := range rows {
			run(insert(r.table, r.columns, r.values), org)
		}
		run(`DELETE FROM comments WHERE organisation_id = $1`, org)
		run(`DELETE FROM equality_answers WHERE organisation_id = $1`, org)
		run(`UPDATE links SET about = $2 WHERE organisation_id = $1`, org, aboutMark)
		for n := range 40 {
			id, apart := uuid.NewString(), uuid.NewString()
			given := fmt.Sprintf(`{"sex": "%s-of-%d", "age": "%s"}`, equalityMark, org, equalityMark)
			run(`INSERT INTO equality_answers (organisation_id, id, survey_id, version_id, answers)
				VALUES ($1::bigint, $2, $1::bigint * 100 + 6, $1::bigint * 100 + 7, $3)`,
				org, apart, given)
			run(`INSERT INTO responses (organisation_id, id, survey_id, version_id, link_id, source, service_id, channel, mode,
			                            about, language, answered_hour, answers, state, job_key, equality_id, change_no)
			     VALUES ($1::bigint, $2, $1::bigint * 100 + 6, $1::bigint * 100 + 7, $1::bigint * 100 + 8, 'link', $1::bigint * 100 + 2, 'web',
			             'online', $3, 'en', $4, $5, 'finished', $6, $7, $8)`,
				org, id, aboutMark, fmt.Sprintf("2026-03-%02d %02d:00Z", 1+n%28, n%24), fmt.Sprintf(`{"rating": "%d"}`, 1+n%5),
				fmt.Sprint(jobMark, n), apart, 7_000_000+n)
			run(`INSERT INTO comments (organisation_id, response_id, question_code, text, delete_after)
				VALUES ($1, $2, 'comment', $3, '2028-01-01')`,
				org, id, commentMark)
			p.responses, p.equality = append(p.responses, id), append(p.equality, apart)
		}
	}
	run(`ANALYZE`)
	return p
}

// readable is the text of every row of every relation that the connection may read, the catalogue and its statistics included.
func readable(t *testing.T, tx *sqlx.Tx) string {
	t.Helper()
	var all strings.Builder
	names := column[string](t, tx, `
		SELECT   c.oid::regclass::text
		FROM     pg_class c
		WHERE    c.relkind IN ('r', 'p', 'v', 'm', 'f') AND has_any_column_privilege(c.oid, 'SELECT')
		AND      has_schema_privilege(c.relnamespace, 'USAGE')
		ORDER BY 1`)
	if len(names) < 100 {
		t.Fatalf("only %d relations can be read: the catalogue is missing", len(names))
	}
	for _, name := range names {
		columns := column[string](t, tx, `
			SELECT quote_ident(attname)
			FROM   pg_attribute
			WHERE  attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND has_column_privilege(attrelid, attnum, 'SELECT')`, name)
		if _, err := tx.Exec("SAVEPOINT here"); err != nil {
			t.Fatal(err)
		}
		var lines []string
		if err := tx.Select(&lines, "SELECT concat_ws(' ', "+strings.Join(columns, "::text, ")+"::text) FROM "+name); err != nil {
			if _, err := tx.Exec("ROLLBACK TO here"); err != nil {
				t.Fatal(err)
			}
			continue // for superusers only
		}
		fmt.Fprintln(&all, name, lines)
	}
	return all.String()
}

// tried runs a statement of an attacker and gives everything that comes back: rows, or the error with all that PostgreSQL says in it.
func tried(t *testing.T, tx *sqlx.Tx, statement string) string {
	t.Helper()
	if _, err := tx.Exec("SAVEPOINT attack"); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if _, err := tx.Exec("ROLLBACK TO attack"); err != nil {
			t.Fatal(err)
		}
	}()
	var said strings.Builder
	for _, part := range strings.Split(statement, ";;") {
		found, err := tx.Queryx(part)
		if err == nil {
			for found.Next() {
				row, err := found.SliceScan()
				if err != nil {
					break
				}
				fmt.Fprintf(&said, "%s\n", row)
			}
			err = errors.Join(found.Err(), found.Close())
		}
		var e *pq.Error
		if errors.As(err, &e) {
			fmt.Fprintf(&said, "ERROR %s %s %s %s %s %s\n", e.Code, e.Message, e.Detail, e.Hint, e.Where, e.InternalQuery)
			break
		}
		if err != nil {
			fmt.Fprintln(&said, "ERROR", err)
			break
		}
	}
	return said.String()
}

// TestTheSitesLoginCannotReadEqualityAnswers is an attacker who may say whatever they like on a connection of yousaid_app.
func TestTheSitesLoginCannotReadEqualityAnswers(t *testing.T) {
	t.Parallel()
	p := populate(t)
	// Beside the attacker, the program is storing somebody's answers.
	as(t, p.db.App(), ours, func(other *sqlx.Tx) {
		if _, err := other.Exec(`INSERT INTO equality_answers (organisation_id, id, survey_id, version_id, answers) VALUES ($1, $2, $3, $4, $5)`,
			ours, uuid.NewString(), ours*100+6, ours*100+7, `{"sex": "`+equalityMark+`"}`); err != nil {
			t.Fatal(err)
		}
		as(t, p.db.App(), ours, func(tx *sqlx.Tx) {
			all := readable(t, tx)
			for _, known := range []string{commentMark, aboutMark, jobMark, p.responses[0]} {
				if !strings.Contains(all, known) {
					t.Fatalf("the attacker does not even find %s: this test reads nothing", known)
				}
			}
			if strings.Contains(all, equalityMark) {
				t.Errorf("the attacker reads an equality answer:\n%s", around(all, equalityMark))
			}
		})
	})
	as(t, p.db.App(), ours, func(tx *sqlx.Tx) {
		for _, statement := range []string{
			`SET LOCAL ROLE yousaid_tabulate;;SELECT answers::text FROM equality_answers`,
			`SET LOCAL ROLE yousaid_tabulate;;SELECT equality::text FROM tabulated_equality`,
			`SET LOCAL ROLE yousaid_owner;;SELECT answers::text FROM equality_answers`,
			`SET SESSION AUTHORIZATION yousaid_tabulate;;SELECT equality::text FROM tabulated_equality`,
			`RESET ROLE;;SELECT answers::text FROM equality_answers`,
			`SET LOCAL row_security = off;;SELECT answers::text FROM equality_answers`,
			`SELECT r.id::text, e.answers::text FROM responses r JOIN equality_answers e ON e.id = r.equality_id`,
			`SELECT e::text FROM equality_answers e`,
			`SELECT to_jsonb(e)::text FROM equality_answers e`,
			`TABLE equality_answers`,
			`TABLE tabulated_equality`,
			`COPY equality_answers TO STDOUT`,
			`COPY (SELECT answers FROM equality_answers) TO PROGRAM 'cat'`,
			`UPDATE equality_answers SET answers = answers RETURNING answers::text`,
			`UPDATE equality_answers SET answers = '{}' RETURNING equality_answers::text`,
			`UPDATE equality_answers e SET answers = '{}' FROM responses r WHERE e.id = r.equality_id AND e.answers ->> 'sex' = 'x' RETURNING r.id`,
			`UPDATE responses r SET about = e.answers::text FROM equality_answers e WHERE e.id = r.equality_id RETURNING r.about`,
			`DELETE FROM equality_answers RETURNING answers::text`,
			`UPDATE equality_answers SET survey_id = NULL`,
			`UPDATE equality_answers SET answers = NULL`,
			`UPDATE equality_answers SET version_id = 1`,
			`INSERT INTO equality_answers AS e (organisation_id, id, survey_id, version_id, answers)
				SELECT organisation_id, id, 1, 1, '{}' FROM equality_answers
					ON CONFLICT (organisation_id, id) DO UPDATE SET answers = e.answers RETURNING e.answers::text`,
			`INSERT INTO equality_answers AS e (organisation_id, id, survey_id, version_id, answers)
				SELECT organisation_id, id, 1, 1, '{}' FROM equality_answers
					ON CONFLICT (organisation_id, id) DO UPDATE SET answers = excluded.answers WHERE (e.answers ->> 'sex')::int = 1`,
			`INSERT INTO equality_answers (organisation_id, id, survey_id, version_id, answers)
				SELECT organisation_id, id, 1, 1, '{}' FROM equality_answers`,
			`SELECT id FROM equality_answers ORDER BY answers`,
			`SELECT count(*) FROM equality_answers GROUP BY answers ->> 'sex'`,
			`EXPLAIN ANALYZE SELECT id FROM equality_answers WHERE answers ->> 'sex' = 'x'`,
			`EXPLAIN SELECT answers FROM equality_answers`,
			`SELECT most_common_vals::text, histogram_bounds::text FROM pg_stats WHERE tablename = 'equality_answers'`,
			`SELECT stavalues1::text FROM pg_statistic WHERE starelid = 'equality_answers'::regclass`,
			`SELECT query FROM pg_stat_activity`,
			`CREATE FUNCTION pg_temp.leak(jsonb) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS $$ BEGIN RAISE EXCEPTION 'leaked %', $1; END $$;;
					SELECT id FROM equality_answers WHERE pg_temp.leak(answers)`,
			`CREATE FUNCTION pg_temp.leak() RETURNS SETOF text LANGUAGE sql SECURITY DEFINER AS 'SELECT answers::text FROM equality_answers';;
				SELECT * FROM pg_temp.leak()`,
			`CREATE FUNCTION pg_temp.whole(equality_answers) RETURNS text LANGUAGE sql AS 'SELECT $1.answers::text';;
				SELECT pg_temp.whole(e) FROM equality_answers e`,
			`CREATE TEMP VIEW mine AS SELECT answers::text FROM equality_answers;;SELECT answers FROM mine`,
			`CREATE TEMP TABLE mine (a text) INHERITS (equality_answers)`,
			`CREATE TEMP TABLE mine AS SELECT answers FROM equality_answers`,
			`DECLARE c CURSOR FOR SELECT answers FROM equality_answers;;FETCH ALL FROM c`,
			`SELECT query_to_xml('SELECT answers FROM equality_answers', true, true, '')::text`,
			`SELECT table_to_xml('equality_answers', true, true, '')::text`,
			`SELECT schema_to_xml('public', true, true, '')::text`,
			`SELECT encode(pg_read_binary_file(pg_relation_filepath('equality_answers')), 'escape')`,
			`SELECT lo_import('/etc/hostname')`,
			`SELECT encode(get_raw_page('equality_answers', 0), 'escape')`,
			`CREATE EXTENSION pageinspect`,
			`CREATE TRIGGER t BEFORE UPDATE ON equality_answers FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()`,
			`CREATE RULE r AS ON UPDATE TO equality_answers DO ALSO SELECT old.answers`,
			`CREATE POLICY p ON equality_answers USING (true)`,
			`CREATE INDEX i ON equality_answers ((answers ->> 'sex'))`,
			`CREATE STATISTICS s ON (answers ->> 'sex'), id FROM equality_answers`,
			`ALTER VIEW tabulated_equality SET (security_barrier = false)`,
			`GRANT SELECT ON equality_answers TO yousaid_app`,
			`GRANT yousaid_tabulate TO yousaid_app`,
			`ALTER ROLE yousaid_tabulate PASSWORD 'x'`,
			`SELECT value FROM fingerprint_keys`,
		} {
			if said := tried(t, tx, statement); strings.Contains(said, equalityMark) || strings.Contains(said, "mark-of-an-equ") {
				t.Errorf("%s\ntells the attacker\n%s", statement, said)
			}
		}
	})
}

// around cuts the neighbourhood of what was found out of a long text.
func around(all, found string) string {
	at := strings.Index(all, found)
	return all[max(0, at-200):min(len(all), at+200)]
}

// TestTheTabulatingLoginCannotReadPeople is an attacker on a connection of yousaid_tabulate: equality answers may be read there,
// and nothing that says whose they are.
func TestTheTabulatingLoginCannotReadPeople(t *testing.T) {
	t.Parallel()
	p := populate(t)
	forbidden := append([]string{"2026-03-02", "2026-03-14", "14 Mar", "7000001"}, p.hidden...)
	forbidden = append(append(forbidden, p.responses...), p.equality...)
	as(t, p.db.Tabulate(), ours, func(tx *sqlx.Tx) {
		all := readable(t, tx)
		if !strings.Contains(all, equalityMark) {
			t.Fatal("the login for tabulating does not see the equality answers: this test reads nothing")
		}
		for _, f := range forbidden {
			if strings.Contains(all, f) {
				t.Errorf("the attacker reads %s:\n%s", f, around(all, f))
			}
		}
		if strings.Contains(all, fmt.Sprintf("%s-of-%d", equalityMark, theirs)) {
			t.Errorf("the attacker reads another organisation")
		}
		for _, statement := range []string{
			`SELECT id::text FROM responses`, `SELECT text FROM comments`, `SELECT answers::text FROM equality_answers`, `SELECT about FROM links`,
			`SELECT response_id::text FROM weights`, `SELECT code FROM links`, `SELECT ctid::text, xmin::text FROM tabulated_equality`,
			`SELECT id FROM tabulated_equality`, `SELECT answered_hour::text FROM tabulated_responses`,
			`SET LOCAL ROLE yousaid_app;;SELECT id::text FROM responses`, `SET LOCAL ROLE yousaid_owner;;SELECT id::text FROM responses`,
			`SET SESSION AUTHORIZATION yousaid_app;;SELECT id::text FROM responses`, `SET LOCAL row_security = off;;SELECT id::text FROM responses`,
			`UPDATE tabulated_equality SET language = 'xx'`, `DELETE FROM tabulated_responses`,
			`INSERT INTO tabulated_responses (organisation_id) VALUES (1)`,
			`CREATE TEMP TABLE responses (organisation_id bigint, answered_hour timestamptz);;SELECT * FROM public.tabulated_responses LIMIT 1`,
			`CREATE TEMP TABLE organisations (id bigint, time_zone text);;INSERT INTO organisations VALUES (` + fmt.Sprint(ours) +
				`, '<X>+13:30');;SELECT month::text FROM public.tabulated_responses`,
			`SELECT most_common_vals::text, histogram_bounds::text FROM pg_stats WHERE schemaname = 'public'`,
			`SELECT stavalues1::text FROM pg_statistic`, `SELECT pg_get_viewdef('tabulated_equality')`,
			`EXPLAIN (ANALYZE, VERBOSE) SELECT * FROM tabulated_equality WHERE month = '2026-03-01'`,
			`SELECT * FROM tabulated_equality WHERE month > '2026-03-01' AND month < '2026-04-01'`,
			`SELECT (answers ->> 'rating')::uuid FROM tabulated_equality`,
			`SELECT table_to_xml('responses', true, true, '')::text`, `SELECT query FROM pg_stat_activity`,
			`SELECT encode(value, 'hex') FROM fingerprint_keys`,
		} {
			said := tried(t, tx, statement)
			for _, f := range forbidden {
				if strings.Contains(said, f) {
					t.Errorf("%s\ntells the attacker %s:\n%s", statement, f, said)
				}
			}
		}
	})
}

// TestTheViewsShowNoHour moves every setting that says what a time is: the month of a row stays that of its organisation.
func TestTheViewsShowNoHour(t *testing.T) {
	t.Parallel()
	p := populate(t)
	// The last hour of March in London, and the first of April: both are 31 March in UTC.
	if _, err := p.db.Owner().Exec(`UPDATE responses SET answered_hour = '2026-03-31 22:00Z' WHERE organisation_id = $1 AND id = $2`,
		ours, p.responses[0]); err != nil {
		t.Fatal(err)
	}
	if _, err := p.db.Owner().Exec(`UPDATE responses SET answered_hour = '2026-03-31 23:00Z' WHERE organisation_id = $1 AND id = $2`,
		ours, p.responses[1]); err != nil {
		t.Fatal(err)
	}
	const months = `SELECT string_agg(m, ', ' ORDER BY m)
		FROM   (SELECT month::text || ' ' || count(*) AS m
		        FROM   tabulated_equality
		        WHERE  source = 'link' AND survey_id = 4106 AND service_id IS NOT NULL
		        GROUP BY month) AS x`
	want := "2026-03-01 39, 2026-04-01 1"
	for _, setting := range []string{"", "TimeZone = 'Pacific/Kiritimati'", "TimeZone = '<X>+23:59'",
		"timezone_abbreviations = 'Australia'", "yousaid.zone = 'Asia/Tokyo'", "IntervalStyle = 'sql_standard'"} {
		as(t, p.db.Tabulate(), ours, func(tx *sqlx.Tx) {
			if setting != "" {
				if _, err := tx.Exec("SET LOCAL " + setting); err != nil {
					t.Fatal(err)
				}
			}
			if got := column[string](t, tx, months); len(got) != 1 || got[0] != want {
				t.Errorf("with %q: %q, want %q", setting, got, want)
			}
		})
	}
}

// TestTheViewsHoldOrganisationsApart runs what leaks what it is given before the condition on the organisation could be tested.
func TestTheViewsHoldOrganisationsApart(t *testing.T) {
	t.Parallel()
	p := populate(t)
	connector, err := pq.NewConnector(p.db.TabulateDSN)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	db := sqlx.NewDb(sql.OpenDB(pq.ConnectorWithNoticeHandler(connector, func(e *pq.Error) { told = append(told, e.Message) })), "postgres")
	defer db.Close()
	for _, view := range []string{"tabulated_equality", "tabulated_responses"} {
		for _, org := range []int{ours, 0} {
			told = nil
			as(t, db, org, func(tx *sqlx.Tx) {
				for _, statement := range []string{
					`CREATE FUNCTION pg_temp.leak(bigint, jsonb) RETURNS boolean LANGUAGE plpgsql COST 0.0000001
						AS $$ BEGIN RAISE NOTICE 'of %', $1; RETURN true; END $$`,
					`SELECT count(*) FROM ` + view + ` WHERE pg_temp.leak(organisation_id, answers)`,
				} {
					if _, err := tx.Exec(statement); err != nil {
						t.Fatal(err)
					}
				}
			})
			seen := map[string]int{}
			for _, m := range told {
				seen[m]++
			}
			if want := fmt.Sprint("of ", ours); org != 0 && (seen[want] != 41 || len(seen) != 1) || org == 0 && len(seen) != 0 {
				t.Errorf("%s for organisation %d hands %v to a function of the attacker", view, org, seen)
			}
		}
	}
}

// TestFingerprintsAreKeyed: they are the same for the same response, and none of the hashes of its id that an attacker could compute.
func TestFingerprintsAreKeyed(t *testing.T) {
	t.Parallel()
	p := populate(t)
	var fingerprints []int64
	for range 2 {
		as(t, p.db.Tabulate(), ours, func(tx *sqlx.Tx) {
			fingerprints = append(fingerprints, column[int64](t, tx, `SELECT fingerprint FROM tabulated_equality ORDER BY fingerprint`)...)
		})
	}
	half := len(fingerprints) / 2
	if half != 41 || fmt.Sprint(fingerprints[:half]) != fmt.Sprint(fingerprints[half:]) {
		t.Fatalf("the fingerprints are %v", fingerprints)
	}
	for _, hash := range []string{
		"hashtextextended(id::text, 0)", "uuid_hash_extended(id, 0)", "('x' || left(encode(sha256(uuid_send(id)), 'hex'), 16))::bit(64)::bigint",
		"('x' || left(md5(id::text), 16))::bit(64)::bigint", "('x' || left(encode(sha256(id::text::bytea), 'hex'), 16))::bit(64)::bigint",
	} {
		var n int
		if err := p.db.Owner().GetContext(context.Background(), &n, `SELECT count(*) FROM responses WHERE `+hash+` = ANY ($1)`,
			pq.Array(fingerprints)); err != nil || n > 0 {
			t.Errorf("%s gives %d of the fingerprints, %v", hash, n, err)
		}
	}
}
