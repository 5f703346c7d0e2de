package migrations_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestTheSQLOfTheProject reads every statement of the program and of the migrations and holds them to what DATA.md (rules 1, 9 and
// 10) bans, so that the same tables can be spread over several servers one day and a forgotten WHERE is noticed today. Tests and
// test support may look at everything.
func TestTheSQLOfTheProject(t *testing.T) {
	root := ".."
	tables := projectSchema(t, root)
	if len(tables.tenant) < 15 || len(tables.global) < 3 {
		t.Fatalf("the migrations seem to have %d tables of organisations and %d others: the reader of this test is broken",
			len(tables.tenant), len(tables.global))
	}
	seen := 0
	walk(t, root, func(path string) {
		switch filepath.Ext(path) {
		case ".sql":
			text := read(t, path)
			seen += len(statements(text))
			known, migration := tables, strings.Contains(path, "migrations")
			if migration {
				known = schemaUpTo(t, root, filepath.Base(path))
			}
			around := ""
			if strings.Contains(filepath.ToSlash(path), "migrations/functions/") && forAll[filepath.Base(path)] == "" {
				text, migration = insideFunctions(text), false
				around = text
			}
			for _, p := range known.broken(text, around, migration) {
				t.Errorf("%s: %s", path, p)
			}
			for _, p := range tables.undistributed(text) {
				t.Errorf("%s: %s", path, p)
			}
		case ".go":
			n, problems := tables.goFile(t, path, nil)
			seen += n
			for _, p := range problems {
				t.Error(p)
			}
		}
	})
	t.Logf("%d statements read", seen)
}

// forAll are the files of functions that read rows of all organisations, and why.
var forAll = map[string]string{
	"due_jobs.sql": "finds which organisations have work at all",
}

var blocks = regexp.MustCompile(`(?m)^\s*(?:IF .* THEN|ELSE|BEGIN|END IF;)\s*(?:--.*)?$`)

// insideFunctions makes the statements of PL/pgSQL those that a program would send: blocks end where they begin, and org, the
// organisation that a function is called for, is a parameter.
func insideFunctions(sql string) string {
	return strings.ReplaceAll(blocks.ReplaceAllString(sql, ";"), "organisation_id = org", "organisation_id = $1")
}

// undistributed lists the tables of a migration that are made for organisations and never given to distribute().
func (s *schema) undistributed(sql string) (problems []string) {
	made := schema{map[string]bool{}, map[string]bool{}}
	made.read(sql)
	for name := range made.tenant {
		if !regexp.MustCompile(`(?i)SELECT\s+distribute\('` + name + `'\)`).MatchString(sql) {
			problems = append(problems, name+" is made without SELECT distribute('"+name+"')")
		}
	}
	slices.Sort(problems)
	return problems
}

func projectSchema(t *testing.T, root string) *schema { return schemaUpTo(t, root, "9999") }

// schemaUpTo is what the migrations say up to the file of this name: a later one may turn a table of no organisation into one of an
// organisation.
func schemaUpTo(t *testing.T, root, last string) *schema {
	s := &schema{map[string]bool{}, map[string]bool{}}
	files, err := filepath.Glob(filepath.Join(root, "migrations", "*.sql"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if filepath.Base(f) <= last {
			s.read(read(t, f))
		}
	}
	return s
}

func read(t *testing.T, path string) string {
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// walk visits the files of the program: not its tests, nor packages whose name ends in "test", nor what was installed or generated.
func walk(t *testing.T, root string, visit func(path string)) {
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		name := d.Name()
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != root &&
			(strings.HasPrefix(name, ".") || strings.HasSuffix(name, "test") || name == "node_modules" || name == "data" || name == "testdata"):
			return filepath.SkipDir
		case !d.IsDir() && !strings.HasSuffix(name, "_test.go"):
			visit(path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

var (
	verbs     = regexp.MustCompile(`^\s*(?:--[^\n]*\n\s*)*(?:SELECT|INSERT|UPDATE|DELETE|WITH|COPY|MERGE|CREATE|ALTER|TRUNCATE|LOCK|SET)\b`)
	lowerSQL  = regexp.MustCompile(`^\s*(?:select\s.*\sfrom|insert\s+into|update\s.*\sset|delete\s+from|with\s.*\bselect|copy\s.*\sfrom)\b`)
	formatted = regexp.MustCompile(`%(?:\[\d+\])?[sdvq]`)
	prepares  = regexp.MustCompile(`^Prepare(?:x|d|Named)?(?:Context)?$`)
)

// mayPrepare are the files that may prepare statements, and why.
var mayPrepare = map[string]bool{
	// what the product is measured against: one prepared INSERT per request, at its best, on its own private server
	"../cmd/bench/ways.go": true,
}

// goFile checks the strings of one Go file (source, or the file at path when source is nil) and tells how many of them hold SQL.
func (s *schema) goFile(t *testing.T, path string, source any) (seen int, problems []string) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, source, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	constants := map[string]string{}
	for _, d := range file.Decls {
		if g, ok := d.(*ast.GenDecl); ok && (g.Tok == token.CONST || g.Tok == token.VAR) {
			for _, spec := range g.Specs {
				if v, ok := spec.(*ast.ValueSpec); ok && len(v.Names) == len(v.Values) {
					for i, name := range v.Names {
						if text := joined(v.Values[i], constants); !strings.Contains(text, dynamic) {
							constants[name.Name] = text
						}
					}
				}
			}
		}
	}
	for _, d := range file.Decls {
		var pieces []string
		var at []token.Pos
		ast.Inspect(d, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if sel, ok := n.Fun.(*ast.SelectorExpr); ok {
					if prepares.MatchString(sel.Sel.Name) && !mayPrepare[filepath.ToSlash(path)] {
						problems = append(problems,
							fmt.Sprintf("%s: a call of %s: a pooler between the program and the database breaks prepared statements",
								files.Position(n.Pos()), sel.Sel.Name))
					}
					if sel.Sel.Name == "CopyIn" || sel.Sel.Name == "CopyInSchema" {
						problems = append(problems, fmt.Sprintf("%s: a call of %s: use INSERT", files.Position(n.Pos()), sel.Sel.Name))
					}
				}
			case *ast.BinaryExpr:
				if text := joined(n, constants); text != dynamic && strings.Trim(text, dynamic) != "" {
					pieces, at = append(pieces, text), append(at, n.Pos())
					return false
				}
			case *ast.BasicLit:
				if n.Kind == token.STRING {
					pieces, at = append(pieces, joined(n, constants)), append(at, n.Pos())
				}
			}
			return true
		})
		around := strings.Join(pieces, "\n")
		for i, text := range pieces {
			if lowerSQL.MatchString(text) && s.mentions(strings.ToUpper(text)) || verbs.MatchString(text) || fragment.MatchString(text) {
				if lowerSQL.MatchString(text) {
					text = "  " + text
				}
				seen++
				for _, p := range s.broken(formatted.ReplaceAllString(text, dynamic), around, false) {
					problems = append(problems, fmt.Sprintf("%s: %s", files.Position(at[i]), p))
				}
			}
		}
	}
	return seen, problems
}

// mentions tells whether a text in capitals names a table of an organisation, so that plain English is not taken for SQL.
func (s *schema) mentions(text string) bool {
	for name := range s.tenant {
		if strings.Contains(text, strings.ToUpper(name)) {
			return true
		}
	}
	return false
}

// joined puts together what an expression of Go strings says; what is not known before the program runs becomes dynamic.
func joined(e ast.Expr, constants map[string]string) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		if text, err := strconv.Unquote(e.Value); err == nil && e.Kind == token.STRING {
			return text
		}
	case *ast.BinaryExpr:
		if e.Op == token.ADD {
			return joined(e.X, constants) + joined(e.Y, constants)
		}
	case *ast.ParenExpr:
		return joined(e.X, constants)
	case *ast.Ident:
		if text, ok := constants[e.Name]; ok {
			return text
		}
	}
	return dynamic
}

// TestEveryBanFires shows each rule a statement that breaks it and the same statement put right.
func TestEveryBanFires(t *testing.T) {
	s := &schema{map[string]bool{"surveys": true, "links": true, "responses": true, "codes": true}, map[string]bool{"people": true}}
	for _, c := range []struct{ name, bad, want, good string }{
		{"select", `SELECT title FROM surveys WHERE id = $1`, "no organisation_id",
			`SELECT title FROM surveys WHERE organisation_id = $1 AND id = $2`},
		{"not by a constant", `SELECT title FROM surveys WHERE organisation_id = 7`, "no organisation_id = $n",
			`SELECT name FROM people WHERE id = 7`},
		{"update", `UPDATE surveys SET state = 'closed' WHERE id = $1`, "no organisation_id",
			`UPDATE surveys SET state = 'closed' WHERE id = $1 AND organisation_id = $2`},
		{"delete", `DELETE FROM surveys WHERE id = $1`, "no organisation_id",
			`DELETE FROM surveys WHERE organisation_id = $1`},
		{"insert", `INSERT INTO surveys (id, slug) VALUES ($1, $2)`, "does not name organisation_id",
			`INSERT INTO surveys (organisation_id, slug) VALUES ($1, $2)`},
		{"insert without a list", `INSERT INTO surveys VALUES ($1, $2)`, "does not name organisation_id",
			`INSERT INTO people (name) VALUES ($1)`},
		{"join", `SELECT s.slug FROM surveys s JOIN links l ON l.survey_id = s.id WHERE s.organisation_id = $1`, "2 tables",
			`SELECT s.slug
				FROM   surveys s
				JOIN   links l ON l.organisation_id = s.organisation_id AND l.survey_id = s.id
				WHERE  s.organisation_id = $1`},
		{"join using", `SELECT s.slug FROM surveys s JOIN links l USING (survey_id) WHERE s.organisation_id = $1`, "2 tables",
			`SELECT s.slug FROM surveys s JOIN links l USING (organisation_id, survey_id) WHERE s.organisation_id = $1`},
		{"comma", `SELECT s.slug FROM surveys s, links l WHERE s.organisation_id = $1`, "2 tables",
			`SELECT s.slug FROM surveys s, links l WHERE s.organisation_id = $1 AND l.organisation_id = $1`},
		{"sub-select", `SELECT slug FROM surveys WHERE organisation_id = $1 AND id IN (SELECT survey_id FROM links WHERE code = $2)`,
			"links: 1 tables",
			`SELECT slug FROM surveys WHERE organisation_id = $1 AND id IN (SELECT survey_id FROM links WHERE organisation_id = $1 AND code = $2)`},
		{"outer of a sub-select", `SELECT slug FROM surveys WHERE id IN (SELECT survey_id FROM links WHERE organisation_id = $1)`,
			"surveys: 1 tables",
			`SELECT name FROM people WHERE id IN (SELECT owner FROM links WHERE organisation_id = $1)`},
		{"union", `SELECT id FROM surveys WHERE organisation_id = $1 UNION ALL SELECT id FROM links`, "links: 1 tables",
			`SELECT id FROM surveys WHERE organisation_id = $1 UNION ALL SELECT id FROM links WHERE organisation_id = $1`},
		{"with", `WITH x AS (SELECT id FROM links) SELECT id FROM x`, "links: 1 tables",
			`WITH x AS (SELECT id FROM links WHERE organisation_id = $1) SELECT id FROM x`},
		{"second of two", `SET LOCAL a = 'b'; DELETE FROM surveys`, "no organisation_id",
			`SET LOCAL a = 'b'; DELETE FROM surveys WHERE organisation_id = $1`},
		{"star", `SELECT * FROM people`, "named columns", `SELECT count(*), 2 * id FROM people GROUP BY id`},
		{"star of a table", `SELECT p.id, p.* FROM people p`, "named columns", `SELECT p.id FROM people p`},
		{"returning star", `INSERT INTO people (name) VALUES ($1) RETURNING *`, "named columns",
			`INSERT INTO people (name) VALUES ($1) RETURNING id`},
		{"random in update", `UPDATE people SET name = random()::text`, "random() in UPDATE",
			`INSERT INTO people (name) VALUES (random()::text)`},
		{"uuid inside brackets", `UPDATE people SET name = (SELECT gen_random_uuid()::text)`, "gen_random_uuid() in UPDATE",
			`SELECT gen_random_uuid() FOR UPDATE`},
		{"clock in delete", `DELETE FROM people WHERE seen < clock_timestamp()`, "clock_timestamp() in DELETE",
			`DELETE FROM people WHERE seen < now()`},
		{"uuid in returning", `INSERT INTO people (name) VALUES ($1) RETURNING gen_random_uuid()`, "gen_random_uuid() in RETURNING",
			`WITH x AS (UPDATE people SET name = $1 RETURNING id) SELECT id, random() FROM x`},
		{"now on conflict", `INSERT INTO people (name, at) VALUES ($1, now()) ON CONFLICT (name) DO UPDATE SET at = now()`, "now in ON CONFLICT",
			`INSERT INTO people (name, at) VALUES ($1, now()) ON CONFLICT (name) DO UPDATE SET at = excluded.at`},
		{"merge", `MERGE INTO people USING x ON true WHEN MATCHED THEN DO NOTHING`, "MERGE", `SELECT name FROM people`},
		{"trigger", `CREATE CONSTRAINT TRIGGER x AFTER INSERT ON people EXECUTE FUNCTION f()`, "a trigger", `CREATE INDEX x ON people (id)`},
		{"copy", `COPY responses (id) FROM STDIN`, "COPY", `COPY people (id) FROM STDIN`},
		{"insert select", `INSERT INTO codes (organisation_id, code) SELECT $1, unnest($2::text[])`, "without ON CONFLICT or RETURNING",
			`INSERT INTO codes (organisation_id, code) SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING`},
		{"sub-select in values", `INSERT INTO codes (organisation_id, code) VALUES ($1, (SELECT max(id) FROM people))`,
			"a sub-select inside VALUES",
			`INSERT INTO codes (organisation_id, code) SELECT $1, max(id) FROM people RETURNING code`},
		{"moved to another organisation", `UPDATE links SET about = '', organisation_id = $2 WHERE organisation_id = $1`,
			"organisation_id is updated",
			`UPDATE links SET about = '' WHERE organisation_id = $1`},
		{"dynamic table", `DELETE FROM %s WHERE organisation_id = $1`, "put together by the program",
			`DELETE FROM links WHERE organisation_id = $1 AND %s`},
		{"foreign key", `ALTER TABLE links ADD FOREIGN KEY (survey_id) REFERENCES surveys (id)`, "first column is not organisation_id",
			`ALTER TABLE links ADD FOREIGN KEY (organisation_id, survey_id) REFERENCES surveys (organisation_id, id) ON DELETE CASCADE`},
		{"foreign key inside", `CREATE TABLE x (organisation_id bigint, p bigint REFERENCES people (id))`, "inside CREATE TABLE",
			`CREATE TABLE x (p bigint REFERENCES people (id))`},
		{"set null", `ALTER TABLE links ADD FOREIGN KEY (organisation_id, a) REFERENCES surveys (organisation_id, id) ON DELETE SET NULL`,
			"only ON DELETE CASCADE",
			`ALTER TABLE links ADD FOREIGN KEY (organisation_id, a) REFERENCES surveys (organisation_id, id)`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := s.broken(formatted.ReplaceAllString(c.bad, dynamic), "", false)
			if !slices.ContainsFunc(got, func(p string) bool { return strings.Contains(p, c.want) }) {
				t.Errorf("%s\nwas let through, or for another reason: %q, want %q", c.bad, got, c.want)
			}
			if got := s.broken(formatted.ReplaceAllString(c.good, dynamic), "organisation_id = $1", false); len(got) > 0 {
				t.Errorf("%s\nshould pass: %q", c.good, got)
			}
		})
	}
}

// TestStringsAreFoundInGo shows how a statement may hide in Go, and that plain English is left alone.
func TestStringsAreFoundInGo(t *testing.T) {
	s := &schema{map[string]bool{"surveys": true}, map[string]bool{}}
	for _, c := range []struct {
		name, body string
		want       string // "" when nothing should be said
	}{
		{"a literal", "db.Get(`SELECT slug FROM surveys`)", "no organisation_id"},
		{"joined", `db.Get("SELECT slug " + "FROM " + "surveys")`, "no organisation_id"},
		{"a constant", `db.Get(all + " WHERE id = $1")`, "no organisation_id"},
		{"small letters", `db.Get("select slug from surveys")`, "no organisation_id"},
		{"a table with a variable name", `db.Get("DELETE FROM " + name)`, "put together"},
		{"a formatted table", `db.Get(fmt.Sprintf("DELETE FROM %s", name))`, "put together"},
		{"a piece", `b.WriteString(" JOIN surveys s ON s.id = r.survey_id")`, "this piece of SQL"},
		{"a piece beside its organisation", `b.WriteString(" FROM surveys"); b.WriteString(" WHERE organisation_id = $1")`, ""},
		{"a statement that goes on", `db.Get("SELECT slug FROM surveys WHERE " + where); where = "organisation_id = $1"`, ""},
		{"prepared", `db.PreparexContext(ctx, query)`, "PreparexContext"},
		{"prepared plainly", `db.Prepare(query)`, "Prepare"},
		{"copied", `pq.CopyIn("surveys", "id")`, "CopyIn"},
		{"right", "db.Get(`SELECT slug FROM surveys WHERE organisation_id = $1`)", ""},
		{"English", `print("Select a survey from surveys. Update surveys when you set it.")`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, got := s.goFile(t, "made_up.go", "package x\nconst all = \"SELECT slug FROM surveys\"\nfunc f() { "+c.body+" }")
			got = slices.DeleteFunc(got, func(p string) bool { return strings.HasPrefix(p, "made_up.go:2:") })
			if c.want == "" && len(got) > 0 {
				t.Errorf("should pass: %q", got)
			}
			if c.want != "" && !slices.ContainsFunc(got, func(p string) bool { return strings.Contains(p, c.want) }) {
				t.Errorf("let through: %q, want %q", got, c.want)
			}
		})
	}
	for body, want := range map[string]bool{
		"SELECT s.slug FROM surveys s WHERE s.organisation_id = org;":                   false,
		"SELECT s.slug FROM surveys s WHERE s.id = 1;":                                  true,
		"IF org > 0 THEN -- always\n    DELETE FROM surveys WHERE id = 1;\n    END IF;": true,
	} {
		text := insideFunctions("CREATE OR REPLACE FUNCTION f(org bigint) RETURNS void LANGUAGE plpgsql AS $$\nBEGIN\n    " + body + "\nEND $$;")
		if got := s.broken(text, "organisation_id = $1", false); len(got) > 0 != want {
			t.Errorf("%s: %q", body, got)
		}
	}
	if got := s.undistributed("CREATE TABLE a (organisation_id bigint); CREATE TABLE b (organisation_id bigint); " +
		"SELECT distribute('b');"); len(got) != 1 {
		t.Errorf("one table is not distributed: %q", got)
	}
}
