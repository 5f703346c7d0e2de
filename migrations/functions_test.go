package migrations

import (
	"errors"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// withFunctions are two migrations and files of functions: name, revision, text.
func withFunctions(more ...string) fstest.MapFS {
	files := steps()
	for i := 0; i < len(more); i += 3 {
		files["functions/"+more[i]] = &fstest.MapFile{Data: []byte("-- revision " + more[i+1] + ", sha256 0\n" + more[i+2])}
	}
	return files
}

const one = `CREATE OR REPLACE FUNCTION one() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;`

// A fresh database and one that has only migrations get the functions; what was changed is applied as a whole, and nothing else.
func TestFunctions(t *testing.T) {
	t.Parallel()
	c := cluster(t)
	ctx, dsn := t.Context(), c.OwnerDSN()
	if n, err := up(ctx, dsn, steps()); n != 2 || err != nil { // a program before functions had files of their own
		t.Fatalf("%d steps, %v", n, err)
	}
	first := withFunctions("one.sql", "1", one, "two.sql", "1", strings.ReplaceAll(one, "one()", "two()"))
	if pending, err := status(ctx, dsn, first); err != nil || len(pending) != 4 || pending[1].Pending() || !pending[2].Pending() ||
		pending[2].Name != "functions/one.sql" {
		t.Errorf("before: %v, %v", pending, err)
	}
	if n, err := up(ctx, dsn, first); n != 2 || err != nil {
		t.Fatalf("%d steps, %v", n, err)
	}
	if n, err := up(ctx, dsn, first); n != 0 || err != nil {
		t.Errorf("again: %d steps, %v", n, err)
	}
	applied := ask(t, dsn, `SELECT string_agg(name || ' ' || revision || ' ' || applied_at, ', ' ORDER BY name) FROM function_files`)

	// Changed by hand, a function stays as it is while its file does.
	run(t, dsn, strings.ReplaceAll(one, "SELECT 1", "SELECT 11"))
	changed := withFunctions("one.sql", "1", one, "two.sql", "2",
		strings.ReplaceAll(one, "one() RETURNS int LANGUAGE sql AS $$ SELECT 1", "two() RETURNS int LANGUAGE sql AS $$ SELECT 2"))
	if n, err := up(ctx, dsn, changed); n != 1 || err != nil {
		t.Fatalf("one file was changed: %d steps, %v", n, err)
	}
	if got := ask(t, dsn, `SELECT one() || ' ' || two()`); got != "11 2" {
		t.Errorf("one and two give %s", got)
	}
	if got := ask(t, dsn, `SELECT string_agg(name || ' ' || revision || ' ' || applied_at, ', ' ORDER BY name)
		FROM   function_files`); got == applied ||
		!strings.HasPrefix(got, applied[:strings.Index(applied, ",")]) || !strings.Contains(got, "two.sql 2") {
		t.Errorf("the database knows %s", got)
	}
	done, err := status(ctx, dsn, changed)
	if err != nil || done[3].Pending() || done[3].Version != 2 {
		t.Errorf("after: %v, %v", done, err)
	}
	if got := ask(t, dsn, `SELECT count(*) FROM pg_proc p
		WHERE  p.proname IN ('one', 'two') AND p.proowner <> 'yousaid_owner'::regrole`); got != "0" {
		t.Errorf("%s functions do not belong to yousaid_owner", got)
	}

	// A fresh database gets all.
	run(t, c.DSN("postgres", "postgres"), `CREATE DATABASE fresh`)
	if n, err := up(ctx, c.DSN("postgres", "fresh"), changed); n != 4 || err != nil {
		t.Errorf("a fresh database: %d steps, %v", n, err)
	}

	// An older program does not put its functions in the place of newer ones, nor does one that does not know a file.
	for older, says := range map[*fstest.MapFS]string{
		&first: "functions/two.sql is at revision 2, this program knows 1",
		ptr(withFunctions("two.sql", "2", "SELECT 2")): "functions/one.sql is at revision 1, this program knows 0",
	} {
		_, err := up(ctx, dsn, *older)
		wants(t, err, "newer Yousaid", says, "install that version")
		if !errors.Is(err, ErrNewer) {
			t.Error("it is not ErrNewer")
		}
	}
	if got := ask(t, dsn, `SELECT two()::text`); got != "2" {
		t.Errorf("two gives %s", got)
	}
}

func ptr[T any](v T) *T { return &v }

// A file that fails stops the start, and leaves no half of what was changed with it.
func TestAFunctionThatFailsStopsTheStart(t *testing.T) {
	t.Parallel()
	c := cluster(t)
	dsn := c.OwnerDSN()
	n, err := up(t.Context(), dsn, withFunctions("a.sql", "1", one, "b.sql", "1", "CREATE FUNCTION two() RETURNS int LANGUAGE sql "+
		"AS $$ SELECT x $$;"))
	wants(t, err, "bringing the database up to date", "b.sql failed, and the functions of the database stay as they were",
		`column "x" does not exist`)
	if n != 2 || ask(t, dsn, `SELECT to_regclass('function_files') IS NULL AND to_regproc('one') IS NULL`) != "true" {
		t.Errorf("%d steps; something of the functions is left", n)
	}
	if n, err := up(t.Context(), dsn, withFunctions("a.sql", "1", one)); n != 1 || err != nil {
		t.Errorf("put right: %d steps, %v", n, err)
	}
	if _, err := up(t.Context(), dsn,
		fstest.MapFS{"0001_a.sql": {Data: []byte("-- +goose Up\nSELECT 1;")}, "functions/a.sql": {Data: []byte("SELECT 1")}}); err == nil ||
		!strings.Contains(err.Error(), "functions/a.sql does not begin with its revision") {
		t.Errorf("a file without a revision: %v", err)
	}
}

// The files themselves: each says its revision and the hash of what follows, so that no change goes without a new number, and makes
// only what it replaces.
func TestTheFilesOfFunctions(t *testing.T) {
	t.Parallel()
	all, err := functionFiles(files)
	if err != nil || len(all) < 4 {
		t.Fatal(len(all), err)
	}
	for _, f := range all {
		text, err := fs.ReadFile(files, f.name)
		if err != nil {
			t.Fatal(err)
		}
		if head, _, _ := strings.Cut(string(text), "\n"); !strings.HasSuffix(head, " "+f.hash[:16]) {
			t.Errorf("%s was changed: where revision %d stands in the last version, its first line becomes\n-- revision %d, sha256 %s",
				f.name, f.revision, f.revision+1, f.hash[:16])
		}
		if n := strings.Count(f.text, "CREATE "); n == 0 || n != strings.Count(f.text, "CREATE OR REPLACE FUNCTION ") {
			t.Errorf("%s makes something that it does not replace", f.name)
		}
	}
}

// Every function of a database that is up to date stands in functions/ once, but distribute and protect, which migrations call: one that
// nothing calls any more, or that has another under its name with other arguments, was left behind by a change.
func TestNoFunctionIsLeftBehind(t *testing.T) {
	t.Parallel()
	c := cluster(t)
	dsn := c.OwnerDSN()
	if _, err := Up(t.Context(), dsn); err != nil {
		t.Fatal(err)
	}
	all, err := functionFiles(files)
	if err != nil {
		t.Fatal(err)
	}
	names := []string{"distribute", "protect"}
	for _, f := range all {
		for _, found := range regexp.MustCompile(`CREATE OR REPLACE FUNCTION (\w+)\(`).FindAllStringSubmatch(f.text, -1) {
			names = append(names, found[1])
		}
	}
	slices.Sort(names)
	got := ask(t, dsn, `
		SELECT string_agg(p.proname, E'\n' ORDER BY p.proname COLLATE "C")
		FROM   pg_proc p
		JOIN   pg_namespace n ON n.oid = p.pronamespace
		WHERE  n.nspname = 'public'`)
	if got != strings.Join(names, "\n") {
		t.Errorf("the functions of the database are\n%s\nand those of the files\n%s", got, strings.Join(names, "\n"))
	}
}
