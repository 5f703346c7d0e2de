package migrations

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
)

// before gives the migrations of the program that are older than the one of this name.
func before(t *testing.T, name string) fstest.MapFS {
	t.Helper()
	older := fstest.MapFS{}
	all, err := fs.Glob(files, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		if f >= name {
			continue
		}
		b, err := files.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		older[f] = &fstest.MapFile{Data: b}
	}
	return older
}

// A database of before has one account for a person at two organisations: each gets its own, with the password, and everything that
// named the person names theirs.
func TestAccountsAreSeparated(t *testing.T) {
	t.Parallel()
	c := cluster(t)
	dsn := c.OwnerDSN()
	if _, err := up(t.Context(), dsn, before(t, "0017")); err != nil {
		t.Fatal(err)
	}
	run(t, dsn,
		`INSERT INTO organisations (id, slug, link_prefix, names)
			VALUES (1, 'north', 'NTH', '{}'), (2, 'south', 'STH', '{}'), (3, 'empty', 'EMP', '{}')`,
		`INSERT INTO people (id, email, name, password_hash)
			VALUES (11, 'both@x.example', 'B', 'hash-b'), (12, 'North@x.example', 'N', 'hash-n'),
			       (13, 'south@x.example', '', ''), (14, 'left@x.example', 'L', 'hash-l'),
			       (15, 'owner@x.example', 'O', 'hash-o'), (16, 'stray@x.example', '', 'hash-s')`,
		`INSERT INTO memberships (organisation_id, id, person_id, role)
			VALUES (1, 21, 11, 'viewer'), (1, 22, 11, 'equality'), (2, 23, 11, 'administrator'), (1, 24, 12, 'viewer'), (2, 25, 13, 'viewer')`,
		`INSERT INTO audit (organisation_id, id, at, actor, via, action, object, prev_hash, hash)
			VALUES (2, 1, '2026-01-01', 'a', 'web', 'person.role_given', 'person left@x.example', '', '')`,
		`INSERT INTO actions (organisation_id, id, number, kind, texts, owner_id, edited_by)
			VALUES (1, 31, 1, 'did', '{}', 11, 'a'), (2, 32, 1, 'did', '{}', 11, 'a'), (2, 33, 2, 'did', '{}', 15, 'a')`,
		`INSERT INTO sessions (token_hash, person_id, organisation, expires_at)
			VALUES ('b-north', 11, 1, '2999-01-01'), ('b-south', 11, 2, '2999-01-01'), ('b-nowhere', 11, 3, '2999-01-01'),
			       ('n-north', 12, 1, '2999-01-01')`,
		`INSERT INTO first_sign_ins (person_id, token_hash, organisation, expires_at) VALUES (13, 'x', 2, '2999-01-01')`,
	)
	if _, err := Up(t.Context(), dsn); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ query, want string }{
		{`SELECT string_agg(organisation_id || ' ' || email || ' ' || name || ' ' || password_hash, ', ' ORDER BY organisation_id, lower(email))
		  FROM   people`,
			"1 both@x.example B hash-b, 1 North@x.example N hash-n, " +
				"2 both@x.example B hash-b, 2 left@x.example L hash-l, 2 owner@x.example O hash-o, 2 south@x.example  "},
		{`SELECT string_agg(id::text, ' ' ORDER BY id) FROM people WHERE organisation_id = 1`, "11 12"},
		{`SELECT count(DISTINCT id)::text FROM people`, "6"},
		{`SELECT string_agg(m.organisation_id || ' ' || p.email || ' ' || m.role, ', ' ORDER BY m.id)
		  FROM   memberships m JOIN people p ON p.organisation_id = m.organisation_id AND p.id = m.person_id`,
			"1 both@x.example viewer, 1 both@x.example equality, 2 both@x.example administrator, 1 North@x.example viewer, " +
				"2 south@x.example viewer"},
		{`SELECT string_agg(c.id || ' ' || p.email, ', ' ORDER BY c.id)
		  FROM   actions c JOIN people p ON p.organisation_id = c.organisation_id AND p.id = c.owner_id`,
			"31 both@x.example, 32 both@x.example, 33 owner@x.example"},
		{`SELECT string_agg(convert_from(s.token_hash, 'UTF8') || ' ' || p.email, ', ' ORDER BY s.token_hash)
		  FROM   sessions s JOIN people p ON p.organisation_id = s.organisation AND p.id = s.person_id`,
			"b-north both@x.example, b-south both@x.example, n-north North@x.example"},
		{`SELECT (SELECT count(*) FROM sessions)::text`, "3"},
	} {
		if got := strings.TrimSpace(ask(t, dsn, c.query)); got != strings.TrimSpace(c.want) {
			t.Errorf("%s:\n%s\nwant\n%s", c.query, got, c.want)
		}
	}
}
