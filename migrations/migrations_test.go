package migrations

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"yousaid/migrations/localpg"
)

// cluster is a server of the test's own: roles belong to a whole server.
func cluster(t *testing.T) *localpg.Cluster {
	t.Helper()
	dir, err := os.MkdirTemp("", "migrations-test-") // t.TempDir may be too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	c, err := localpg.Options{NoSync: true}.Start(t.Context(), filepath.Join(dir, "data"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Stop() })
	return c
}

func run(t *testing.T, dsn string, statements ...string) {
	t.Helper()
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, s := range statements {
		if _, err := db.ExecContext(context.Background(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

func ask(t *testing.T, dsn, query string) (value string) {
	t.Helper()
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRowContext(t.Context(), query).Scan(&value); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return value
}

func wants(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	for _, p := range parts {
		if !strings.Contains(err.Error(), p) {
			t.Errorf("%q does not say %q", err, p)
		}
	}
}

func steps(more ...string) fstest.MapFS {
	files := fstest.MapFS{
		"0001_people.sql":   {Data: []byte("-- +goose Up\nCREATE TABLE scratch_people (id int);\n")},
		"0002_services.sql": {Data: []byte("-- +goose Up\nCREATE TABLE scratch_services (id int);\n")},
	}
	for i := 0; i < len(more); i += 2 {
		files[more[i]] = &fstest.MapFile{Data: []byte("-- +goose Up\n" + more[i+1])}
	}
	return files
}

func TestUp(t *testing.T) {
	t.Parallel()
	c := cluster(t)
	ctx := t.Context()
	pending, err := status(ctx, c.OwnerDSN(), steps())
	if err != nil || len(pending) != 2 || !pending[0].Pending() || !pending[1].Pending() {
		t.Errorf("before: %v, %v", pending, err)
	}
	if n, err := up(ctx, c.OwnerDSN(), steps()); n != 2 || err != nil {
		t.Fatalf("%d steps, %v", n, err)
	}
	if n, err := up(ctx, c.OwnerDSN(), steps()); n != 0 || err != nil {
		t.Errorf("again: %d steps, %v", n, err)
	}
	done, err := status(ctx, c.OwnerDSN(), steps("0003_more.sql", "SELECT 1;"))
	if err != nil || len(done) != 3 || done[0].Pending() || done[0].Name != "0001_people.sql" || !done[2].Pending() {
		t.Errorf("after: %v, %v", done, err)
	}

	// A step that fails leaves nothing of itself, and those before it stay.
	n, err := up(ctx, c.OwnerDSN(), steps("0003_more.sql", "CREATE TABLE scratch_more (id int);", "0004_bad.sql", "CREATE TABLE "+
		"half (id int);\nCREATE TABLE scratch_more (id int);"))
	wants(t, err, "0004_bad.sql failed and was undone", "already exists")
	if n != 1 || ask(t, c.OwnerDSN(), `SELECT to_regclass('half') IS NULL`) != "true" {
		t.Errorf("%d steps", n)
	}

	// The program that knows only two steps must not touch this database.
	_, err = up(ctx, c.OwnerDSN(), steps())
	wants(t, err, "newer Yousaid (schema 3, this program knows 2)", "install that version")
	if !errors.Is(err, ErrNewer) {
		t.Error("it is not ErrNewer")
	}
	if known, err := status(ctx, c.OwnerDSN(), steps()); !errors.Is(err, ErrNewer) || len(known) != 2 {
		t.Errorf("%v, %v", known, err)
	}
}

func TestSeveralInstancesAtOnce(t *testing.T) {
	t.Parallel()
	c := cluster(t)
	files := steps("0003_slow.sql", "SELECT pg_sleep(1.5);")
	var wg sync.WaitGroup
	var mu sync.Mutex
	total := 0
	for range 3 {
		wg.Go(func() {
			n, err := up(t.Context(), c.OwnerDSN(), files)
			if err != nil {
				t.Error(err)
			}
			// Whoever returns finds a complete database.
			if now, err := status(t.Context(), c.OwnerDSN(), files); err != nil || now[2].Pending() {
				t.Errorf("it returned before the others were done: %v, %v", now, err)
			}
			mu.Lock()
			total += n
			mu.Unlock()
		})
	}
	wg.Wait()
	if total != 3 {
		t.Errorf("%d steps were applied, of 3", total)
	}
}

// The files themselves: they apply to an empty database, belong to the owner's role whoever runs them, and only go forward.
func TestTheFiles(t *testing.T) {
	t.Parallel()
	c := cluster(t)
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	shape := regexp.MustCompile(`^\d{4}_[a-z0-9_]+\.sql$`)
	last := "0000"
	for _, name := range names {
		if !shape.MatchString(name) {
			t.Errorf("%s is not called NNNN_what.sql", name)
		}
		if number, _, _ := strings.Cut(name, "_"); number <= last { // numbers are given out before the work, and one may stay unused
			t.Errorf("%s: the number is there twice", name)
		} else {
			last = number
		}
		text, err := files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "+goose Down") {
			t.Errorf("%s goes backwards: what is taken back needs a new file", name)
		}
	}
	run(t, c.DSN("postgres", "postgres"), `CREATE DATABASE feedback`)
	admin := c.DSN("postgres", "feedback")
	functions, err := functionFiles(files)
	if err != nil {
		t.Fatal(err)
	}
	all := len(names) + len(functions)
	if n, err := Up(t.Context(), admin); n != all || err != nil {
		t.Fatalf("%d steps of %d, %v", n, all, err)
	}
	if got := ask(t, admin, `SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'S', 'v') AND c.relowner <> 'yousaid_owner'::regrole`); got != "0" {
		t.Errorf("%s tables do not belong to yousaid_owner", got)
	}
	if n, err := Up(t.Context(), c.OwnerDSN()); n != all || err != nil {
		t.Errorf("in the private database: %d steps of %d, %v", n, all, err)
	}
}
