package migrations_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"yousaid/migrations/pgtest"
)

// globals are the tables of no organisation. docs/decisions/0003-global-tables.md gives each its reason.
var globals = []string{"fingerprint_keys", "function_files", "goose_db_version", "organisations", "readiness", "secrets",
	"sessions", "sign_in_attempts"}

// views are what yousaid_tabulate reads, and all that it may read.
var views = []string{"tabulated_equality", "tabulated_responses"}

// rows holds one smallest row for every table of an organisation, parents first. $1 is the organisation; ids are made from it.
var rows = []struct{ table, columns, values string }{
	{"directorates", "id, slug, names", "$1 * 100 + 1, 'places', '{}'"},
	{"services", "id, slug, names", "$1 * 100 + 2, 'bins', '{}'"},
	{"people", "id, email, password_hash", "$1 * 100 + 19, 'a@example.org', ''"},
	{"password_links", "person_id, token_hash, expires_at", "$1 * 100 + 19, '', '2026-01-01'"},
	{"sign_in_failures", "person_id, hour, failures", "$1 * 100 + 19, '2026-01-01 10:00Z', 1"},
	{"memberships", "id, person_id, role", "$1 * 100 + 3, $1 * 100 + 19, 'viewer'"},
	{"service_directorates", "service_id, valid_from, directorate_id", "$1 * 100 + 2, '2026-01-01', $1 * 100 + 1"},
	{"channels", "code, names", "'web', '{}'"},
	{"access_points", "id, slug, channel, names", "$1 * 100 + 4, 'desk', 'face_to_face', '{}'"},
	{"audit", "id, at, actor, via, action, object, prev_hash, hash", "$1 * 100 + 5, '2026-01-01', 'a', 'test', 'b', 'c', '', ''"},
	{"audit_heads", "last_id, last_hash", "1, ''"},
	{"feeds", "last_no", "1"},
	{"surveys", "id, slug", "$1 * 100 + 6, 's'"},
	{"drafts", "survey_id, definition", "$1 * 100 + 6, '{}'"},
	{"versions", "id, survey_id, number, definition, digest", "$1 * 100 + 7, $1 * 100 + 6, 1, '{}', ''"},
	{"codes", "survey_id, question_code, option_code", "$1 * 100 + 6, 'rating', '5'"},
	{"links", "id, code, survey_id, service_id, channel", "$1 * 100 + 8, 'ABC23456', $1 * 100 + 6, $1 * 100 + 2, 'web'"},
	{"imports", "id, survey_id, file_sha256, mapping, by", "$1 * 100 + 9, $1 * 100 + 6, '', '{}', 'a'"},
	{"responses", "id, survey_id, version_id, source, mode, language, answered_hour, answers, state, change_no",
		"lpad($1::text, 32, '0')::uuid, $1 * 100 + 6, $1 * 100 + 7, 'link', 'online', 'en', '2026-01-01 10:00Z', '{}', 'started', 1"},
	{"comments", "response_id, question_code, text, delete_after", "lpad($1::text, 32, '0')::uuid, 'comment', 'x', '2028-01-01'"},
	{"equality_answers", "id, survey_id, version_id, answers",
		`lpad($1::text, 32, '1')::uuid, $1 * 100 + 6, $1 * 100 + 7, '{"age_band": "35"}'`},
	{"weight_sets", "id, survey_id, kind, name", "$1 * 100 + 10, $1 * 100 + 6, 'imported', 'w'"},
	{"weights", "weight_set_id, response_id, weight", "$1 * 100 + 10, lpad($1::text, 32, '0')::uuid, 1"},
	{"releases", "id, query, period_from, period_to, snapshot_no, threshold, cells, pattern, status",
		"$1 * 100 + 11, '{}', '2026-01-01', '2026-01-31', 1, 5, '{}', '{}', 'released'"},
	{"release_counts", "release_id, survey_id, question, period_from, period_to, rounded, linked_by",
		"$1 * 100 + 11, $1 * 100 + 6, 'rating', '2026-01-01', '2026-01-31', false, '{rating}'"},

	// Questionnaires.
	{"draft_revisions", "survey_id, revision, definition, saved_by", "$1 * 100 + 6, 1, '{}', 'a'"},

	// Settings: catalogue, people, brand.
	{"logos", "name, picture", "'0123456789abcdef.png', ''"},
	{"interface_languages", "language", "'ur'"},
	{"interface_words", "language, key, word, english", "'ur', 'thanks.title', '{}', 'x'"},

	// Links.

	// Typing in answers.
	{"nonresponses", "survey_id, day, reason, n", "$1 * 100 + 6, '2026-01-01', 'declined', 1"},
	{"nonresponse_marks", "form_id, survey_id, day, reason", "'00000000-0000-0000-0000-000000000001', $1 * 100 + 6, '2026-01-01', 'declined'"},

	// Unusual answers.
	{"unusual_decisions", "id, survey_id, from_hour, to_hour, act, reason, state, published, asked_by, asked_name, asked_at",
		"$1 * 100 + 40, $1 * 100 + 6, '2026-01-01 10:00Z', '2026-01-01 11:00Z', 'exclude', 'a', 'waiting', false, 1, 'a', '2026-01-02'"},

	// Comments: themes, marks, redaction.
	{"themes", "id, kind, slug, names", "$1 * 100 + 12, 'theme', 'waiting', '{}'"},
	{"comment_tags", "response_id, question_code, theme_id", "lpad($1::text, 32, '0')::uuid, 'comment', $1 * 100 + 12"},

	// Actions.
	{"actions", "id, number, kind, texts, edited_by", "$1 * 100 + 13, 1, 'did', '{}', 'a'"},
	{"action_versions", "action_id, version, texts, from_day", "$1 * 100 + 13, 1, '{}', '2026-01-01'"},
	{"action_history", "id, action_id, who, what", "$1 * 100 + 14, $1 * 100 + 13, 'a', 'b'"},
	{"action_comments", "action_id, response_id, question_code", "$1 * 100 + 13, lpad($1::text, 32, '0')::uuid, 'comment'"},

	// Changes to what the public reads.
	{"public_changes", "id, subject, about_id, what, content, proposed_by, proposed_at",
		"$1 * 100 + 23, 'action', $1 * 100 + 13, 'correct', '{}', 'a', '2026-01-01'"},

	// Published figures: releases and the calendar.
	{"publications", "id, titles, survey_id, measure, by_dimension, period_from, period_to, due_on",
		"$1 * 100 + 15, '{}', $1 * 100 + 6, 'rating', 'service', '2026-01-01', '2026-01-31', '2026-02-28'"},
	{"publication_editions", "publication_id, number, release_id, published_on", "$1 * 100 + 15, 1, $1 * 100 + 11, '2026-02-20'"},

	{"release_plans", "id, survey_id, measure, by_dimensions, subtotals, cadence, standing, created_by, created_at",
		"$1 * 100 + 18, $1 * 100 + 6, 'rating', '{age}', false, 'quarter', true, 'a', '2026-01-01'"},

	// Row exports.
	{"jobs", "id, kind, unique_key, payload", "$1 * 100 + 16, 'export', '1', '{}'"},
	{"exports", "id, survey_id, format, comments, asked_by", "$1 * 100 + 17, $1 * 100 + 6, 'csv', false, 'a'"},
	{"export_chunks", "export_id, attempt, no, bytes", "$1 * 100 + 17, 1, 0, ''"},
}

const ours, theirs, third = 41, 42, 43

func insert(table, columns, values string) string {
	return fmt.Sprintf("INSERT INTO %s (organisation_id, %s) SELECT $1, %s FROM (SELECT $1::bigint) AS org", pq.QuoteIdentifier(table),
		columns, values)
}

// council gives a database in which two organisations have a row in every table.
func council(t *testing.T) (owner, app *sqlx.DB) {
	t.Helper()
	db := pgtest.New(t)
	owner, app = db.Owner(), db.App()
	for _, org := range []int{ours, theirs} {
		for _, r := range rows {
			if _, err := owner.Exec(insert(r.table, r.columns, r.values), org); err != nil {
				t.Fatalf("a smallest row of %s: %v", r.table, err)
			}
		}
	}
	return owner, app
}

// as runs f in a transaction of the role for one organisation (0 for none) and takes it back.
func as(t *testing.T, db *sqlx.DB, org int, f func(tx *sqlx.Tx)) {
	t.Helper()
	tx, err := db.BeginTxx(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	if org != 0 {
		if _, err := tx.Exec(fmt.Sprintf("SET LOCAL yousaid.org = '%d'", org)); err != nil {
			t.Fatal(err)
		}
	}
	f(tx)
}

// try runs a statement so that a refusal does not end the transaction, and tells how many rows it touched and whether it was refused.
func try(t *testing.T, tx *sqlx.Tx, query string, args ...any) (touched int64, refused error) {
	t.Helper()
	if _, err := tx.Exec("SAVEPOINT here"); err != nil {
		t.Fatal(err)
	}
	result, err := tx.Exec(query, args...)
	var e *pq.Error
	switch {
	case errors.As(err, &e) && e.Code == "42501": // no privilege, or row-level security
		if _, err := tx.Exec("ROLLBACK TO here"); err != nil {
			t.Fatal(err)
		}
		return 0, err
	case err != nil:
		t.Fatalf("%s: %v", query, err)
	}
	touched, err = result.RowsAffected()
	if err != nil {
		t.Fatal(err)
	}
	return touched, nil
}

func column[T any](t *testing.T, db sqlx.Ext, query string, args ...any) []T {
	t.Helper()
	var out []T
	if err := sqlx.Select(db, &out, query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return out
}

// TestEveryTableIsProtected walks the catalogue: which tables there are, and what stands around each.
func TestEveryTableIsProtected(t *testing.T) {
	t.Parallel()
	owner := pgtest.New(t).Owner()
	tenant := column[string](t, owner, tenantTables)
	if diff := cmp.Diff(names(), tenant); diff != "" {
		t.Errorf("every table of an organisation needs a smallest row in this test (- this test, + the database):\n%s", diff)
	}
	all := column[string](t, owner,
		`SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'f', 'v', 'm') ORDER BY 1`)
	got := slices.DeleteFunc(all, func(name string) bool { return slices.Contains(tenant, name) || slices.Contains(views, name) })
	if diff := cmp.Diff(globals, got); diff != "" {
		t.Errorf("tables without organisation_id (- documented, + in the database):\n%s", diff)
	}
	decision := readDecision(t)
	for _, name := range globals {
		if !strings.Contains(decision, "`"+name+"`") {
			t.Errorf("docs/decisions/0003-global-tables.md does not say why %s belongs to no organisation", name)
		}
	}
	for _, p := range unprotected(t, owner) {
		t.Error(p)
	}
}

func readDecision(t *testing.T) string {
	b, err := os.ReadFile("../docs/decisions/0003-global-tables.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func names() []string {
	var list []string
	for _, r := range rows {
		list = append(list, r.table)
	}
	slices.Sort(list)
	return list
}

const tenantTables = `
	SELECT c.relname
	FROM   pg_class c
	WHERE  c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
	AND    EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'organisation_id' AND NOT a.attisdropped)
	ORDER BY 1`

// unprotected lists, in sentences, what is missing around the tables of organisations.
func unprotected(t *testing.T, db sqlx.Ext) (problems []string) {
	const tables = `
		WITH tenant AS (
			SELECT c.oid, c.relname, c.relrowsecurity, c.relowner, a.attnum, a.attnotnull, a.atttypid
			FROM   pg_class c
			JOIN   pg_attribute a ON a.attrelid = c.oid AND a.attname = 'organisation_id' AND NOT a.attisdropped
			WHERE  c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
		)`
	for _, question := range []struct{ query, sentence string }{
		{`SELECT relname FROM tenant WHERE NOT relrowsecurity`, "row-level security is not enabled on %s"},
		{`SELECT relname FROM tenant WHERE NOT attnotnull OR atttypid <> 'bigint'::regtype`, "organisation_id of %s is not bigint NOT NULL"},
		{`SELECT relname FROM tenant WHERE relowner <> 'yousaid_owner'::regrole`, "%s does not belong to yousaid_owner"},
		{`SELECT relname FROM tenant t WHERE (SELECT count(*) FROM pg_policy p WHERE p.polrelid = t.oid) <> 1`, "%s has not exactly one policy"},
		{`SELECT relname || ': ' || coalesce(pg_get_expr(polqual, polrelid), 'no USING') || ' / ' ||
		         coalesce(pg_get_expr(polwithcheck, polrelid), 'no CHECK')
		  FROM   tenant t JOIN pg_policy p ON p.polrelid = t.oid
		  WHERE  NOT p.polpermissive OR p.polcmd <> '*' OR p.polroles <> '{0}'
		  OR     pg_get_expr(polqual, polrelid) IS DISTINCT FROM
		         '(organisation_id = (NULLIF(current_setting(''yousaid.org''::text, true), ''''::text))::bigint)'
		  OR     pg_get_expr(polwithcheck, polrelid) IS DISTINCT FROM pg_get_expr(polqual, polrelid)`, "the policy is another one: %s"},
		{`SELECT relname FROM tenant t WHERE NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = t.oid AND i.indisprimary)`,
			"%s has no primary key"},
		{`SELECT relname || ' ' || i.indexrelid::regclass FROM tenant t JOIN pg_index i ON i.indrelid = t.oid
		  WHERE i.indisunique AND i.indkey[0] <> t.attnum`, "a key does not begin with organisation_id: %s"},
		{`SELECT relname || ' ' || k.conname FROM tenant t JOIN pg_constraint k ON k.conrelid = t.oid
		  WHERE  k.contype = 'f' AND (k.conkey[1] <> t.attnum
		         OR k.confkey[1] IS DISTINCT FROM (SELECT f.attnum FROM tenant f WHERE f.oid = k.confrelid))`,
			"a foreign key does not begin with organisation_id on both sides: %s"},
		{`SELECT relname || ' ' || k.conname FROM tenant t JOIN pg_constraint k ON k.conrelid = t.oid
		  WHERE  k.contype = 'f' AND (k.confdeltype NOT IN ('a', 'c') OR k.confupdtype <> 'a')`, "a foreign key does more than ON " +
			"DELETE CASCADE or nothing: %s"},
		{`SELECT relname || ' ' || g.tgname FROM tenant t JOIN pg_trigger g ON g.tgrelid = t.oid WHERE NOT g.tgisinternal`, "a trigger: %s"},
	} {
		for _, found := range column[string](t, db, tables+question.query) {
			problems = append(problems, fmt.Sprintf(question.sentence, found))
		}
	}
	return problems
}

// TestTheWalkNoticesAnUnprotectedTable makes tables that are wrong, one way each.
func TestTheWalkNoticesAnUnprotectedTable(t *testing.T) {
	t.Parallel()
	owner := pgtest.New(t).Owner()
	for _, c := range []struct{ name, ddl, want string }{
		{"no row-level security", `CREATE TABLE wrong (organisation_id bigint PRIMARY KEY)`, "row-level security is not enabled on wrong"},
		{"no policy", `CREATE TABLE wrong (organisation_id bigint PRIMARY KEY); ALTER TABLE wrong ENABLE ROW LEVEL SECURITY`,
			"wrong has not exactly one policy"},
		{"open policy", `CREATE TABLE wrong (organisation_id bigint PRIMARY KEY); ALTER TABLE wrong ENABLE ROW LEVEL SECURITY;
			CREATE POLICY p ON wrong USING (true)`,
			"the policy is another one: wrong"},
		{"reading only", `CREATE TABLE wrong (organisation_id bigint PRIMARY KEY); SELECT protect('wrong'); DROP POLICY tenant ON wrong;
			CREATE POLICY p ON wrong FOR SELECT USING (organisation_id = NULLIF(current_setting('yousaid.org', true), '')::bigint)`,
			"the policy is another one: wrong"},
		{"a second policy", `CREATE TABLE wrong (organisation_id bigint PRIMARY KEY); SELECT protect('wrong');
			CREATE POLICY p ON wrong USING (true)`,
			"wrong has not exactly one policy"},
		{"key", `CREATE TABLE wrong (organisation_id bigint NOT NULL, id bigint, PRIMARY KEY (id, organisation_id)); SELECT protect('wrong')`,
			"a key does not begin"},
		{"partial unique index", `CREATE TABLE wrong (organisation_id bigint, id bigint, PRIMARY KEY (organisation_id, id));
			CREATE UNIQUE INDEX ON wrong (id) WHERE id > 0; SELECT protect('wrong')`,
			"a key does not begin"},
		{"foreign key", `CREATE TABLE wrong (organisation_id bigint PRIMARY KEY, p bigint REFERENCES organisations (id));
			SELECT protect('wrong')`,
			"a foreign key does not begin"},
		{"no key", `CREATE TABLE wrong (organisation_id bigint NOT NULL); SELECT protect('wrong')`, "wrong has no primary key"},
		{"null", `CREATE TABLE wrong (organisation_id bigint, id bigint PRIMARY KEY); SELECT protect('wrong')`,
			"organisation_id of wrong is not bigint NOT NULL"},
	} {
		t.Run(c.name, func(t *testing.T) {
			as(t, owner, 0, func(tx *sqlx.Tx) {
				if _, err := tx.Exec(c.ddl); err != nil {
					t.Fatal(err)
				}
				if got := unprotected(t, tx); !slices.ContainsFunc(got, func(p string) bool { return strings.HasPrefix(p, c.want) }) {
					t.Errorf("the walk says %q, want %q", got, c.want)
				}
			})
		})
	}
}

// TestAForgottenWhereTouchesNoForeignRow runs SELECT, UPDATE and DELETE without a WHERE on every table, and writes rows for
// somebody else: with the privileges that the program has, and again with all there are, so that the policy is tried where no
// privilege helps it.
func TestAForgottenWhereTouchesNoForeignRow(t *testing.T) {
	t.Parallel()
	owner, app := council(t)
	for _, round := range []string{"as granted", "with every privilege"} {
		all := round == "with every privilege"
		if all {
			if _, err := owner.Exec(`GRANT ALL ON ALL TABLES IN SCHEMA public TO yousaid_app`); err != nil {
				t.Fatal(err)
			}
		}
		t.Run(round, func(t *testing.T) {
			as(t, app, ours, func(tx *sqlx.Tx) {
				for _, r := range rows {
					got := column[int](t, tx, "SELECT organisation_id FROM "+r.table)
					if !slices.Equal(got, []int{ours}) {
						t.Errorf("SELECT without WHERE on %s shows rows of %v, want only %d", r.table, got, ours)
					}
					n, refused := try(t, tx, "UPDATE "+r.table+" SET organisation_id = organisation_id")
					if refused == nil && n != 1 || refused != nil && all {
						t.Errorf("UPDATE without WHERE on %s: %d rows, want our one (%v)", r.table, n, refused)
					}
					if _, refused := try(t, tx, "UPDATE "+r.table+fmt.Sprintf(" SET organisation_id = %d", theirs)); refused == nil {
						t.Errorf("a row of %s could be given to somebody else", r.table)
					}
					_, refused = try(t, tx, insert(r.table, r.columns, r.values), third)
					if refused == nil || all && !strings.Contains(refused.Error(), "row-level security") {
						t.Errorf("INSERT into %s for somebody else: %v, want row-level security to refuse", r.table, refused)
					}
				}
				for _, r := range slices.Backward(rows) {
					n, refused := try(t, tx, "DELETE FROM "+r.table)
					if refused == nil && n != 1 || refused != nil && all {
						t.Errorf("DELETE without WHERE on %s: %d rows, want our one (%v)", r.table, n, refused)
					}
				}
			})
			as(t, app, 0, func(tx *sqlx.Tx) {
				for _, r := range rows {
					if got := column[int](t, tx, "SELECT organisation_id FROM "+r.table); len(got) != 0 {
						t.Errorf("without an organisation, %s shows rows of %v", r.table, got)
					}
					if _, refused := try(t, tx, insert(r.table, r.columns, r.values), third); refused == nil {
						t.Errorf("without an organisation, a row of %s could be written", r.table)
					}
				}
			})
		})
	}
}

// TestPrivileges holds the three roles to what each may do.
func TestPrivileges(t *testing.T) {
	t.Parallel()
	owner, app := council(t)
	as(t, app, ours, func(tx *sqlx.Tx) {
		for _, statement := range []string{
			"SELECT answers FROM equality_answers",
			"SELECT survey_id FROM equality_answers",
			"SELECT count(*) FROM equality_answers WHERE answers ? 'age_band'",
			"UPDATE equality_answers SET answers = answers RETURNING answers",
			"UPDATE audit SET actor = 'somebody else'",
			"DELETE FROM audit",
			"TRUNCATE audit",
			"UPDATE versions SET definition = '{}'",
			"DELETE FROM versions",
			"DELETE FROM responses",
			"DELETE FROM releases",
			"UPDATE secrets SET value = ''",
			"DELETE FROM people",
			"CREATE TABLE mine (id int)",
			"ALTER TABLE responses DISABLE ROW LEVEL SECURITY",
			"SELECT protect('people')",
			"SET LOCAL ROLE yousaid_owner",
			"SET LOCAL ROLE yousaid_tabulate",
			"SET SESSION AUTHORIZATION yousaid_tabulate",
			"CREATE ROLE somebody",
		} {
			if _, refused := try(t, tx, statement); refused == nil {
				t.Errorf("yousaid_app was allowed: %s", statement)
			}
		}
		if got := column[string](t, tx, "SELECT id::text FROM equality_answers"); len(got) != 1 {
			t.Errorf("yousaid_app sees %d ids of equality answers, want its own 1", len(got))
		}
	})
	for _, c := range []struct{ query, sentence string }{
		{`SELECT rolname FROM pg_roles
			WHERE  rolname LIKE 'yousaid_%' AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)`,
			"%s may do more than its work"},
		{`SELECT rolname FROM pg_roles WHERE rolname = 'yousaid_app' AND rolinherit`, "%s inherits"},
		{`SELECT m.rolname || ' of ' || r.rolname FROM pg_auth_members a JOIN pg_roles m ON m.oid = a.member JOIN pg_roles r ON r.oid = a.roleid
		  WHERE m.rolname LIKE 'yousaid_%' OR r.rolname LIKE 'yousaid_%'`, "a member that should be none: %s"},
		{`SELECT c.relname FROM pg_class c WHERE c.relowner IN ('yousaid_app'::regrole, 'yousaid_tabulate'::regrole)`,
			"%s belongs to a role that should own nothing"},
		{`SELECT p.proname FROM pg_proc p WHERE p.proowner IN ('yousaid_app'::regrole, 'yousaid_tabulate'::regrole)`,
			"%s belongs to a role that should own nothing"},
		{`SELECT datname FROM pg_database WHERE datdba IN ('yousaid_app'::regrole, 'yousaid_tabulate'::regrole)`,
			"database %s belongs to a role that should own nothing"},
		{`SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
		  AND has_any_column_privilege('yousaid_tabulate', c.oid, 'INSERT, UPDATE, REFERENCES')`, "yousaid_tabulate may write to %s"},
		{`SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
		  AND has_table_privilege('yousaid_tabulate', c.oid, 'DELETE, TRUNCATE, TRIGGER')`, "yousaid_tabulate may delete from %s"},
		{`SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
		  AND CASE WHEN c.relkind = 'S' THEN has_sequence_privilege('yousaid_tabulate', c.oid, 'USAGE, UPDATE') END`,
			"yousaid_tabulate may use the sequence %s"},
		{`SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
		  AND c.relname NOT IN ('tabulated_equality', 'tabulated_responses')
		  AND has_any_column_privilege('yousaid_tabulate', c.oid, 'SELECT')`,
			"yousaid_tabulate may read %s"},
		{`SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
		  AND c.relname IN ('tabulated_equality', 'tabulated_responses', 'fingerprint_keys')
		  AND has_any_column_privilege('yousaid_app', c.oid, 'SELECT, INSERT, UPDATE, REFERENCES')`,
			"yousaid_app may use %s"},
		{`SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
			AND has_function_privilege('yousaid_tabulate', p.oid, 'EXECUTE')
		  AND p.proname <> 'response_counts' -- reads no table: it judges what the view shows
		  `, "yousaid_tabulate may call %s"},
		{`SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef
		  AND p.proname <> 'due_jobs' -- says which organisations have work, and since when: nothing of what the work is
		  `, "%s runs with its owner's rights"},
		{`SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
			AND c.relkind IN ('r', 'p', 'S') AND c.relacl::text ~ '(^\{|,)='`,
			"everybody may use %s"},
	} {
		for _, found := range column[string](t, owner, c.query) {
			t.Errorf(c.sentence, found)
		}
	}
}
