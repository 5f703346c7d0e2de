package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"yousaid/migrations/pgtest"
)

// keyboard types commands at a database of the test's own, in the process of the test.
type keyboard struct {
	t    *testing.T
	db   *pgtest.DB
	dir  string // for files
	args []string
}

func newKeyboard(t *testing.T) *keyboard {
	t.Helper()
	db := pgtest.New(t)
	return &keyboard{t: t, db: db, dir: t.TempDir(),
		args: []string{"--database-url", db.AppDSN, "--database-owner-url", db.OwnerDSN, "--database-tabulate-url", db.TabulateDSN}}
}

// typed is what a command left behind.
type typed struct {
	k         *keyboard
	what      string
	code      int
	out, errs string
}

// does types a command and gives what came of it. Words with spaces stand in quotes.
func (k *keyboard) does(command string, stdin ...string) typed {
	k.t.Helper()
	var out, errs bytes.Buffer
	args := append(words(command), k.args...)
	code := Run(k.t.Context(), args, strings.NewReader(strings.Join(stdin, "")), &out, &errs)
	return typed{k: k, what: command, code: code, out: out.String(), errs: afterData(errs.String())}
}

// afterData is what a command says after the line on which data it uses. TestCommandsSayWhichData looks at that line.
func afterData(errs string) string {
	if rest, ok := strings.CutPrefix(errs, "Data: "); ok {
		_, errs, _ = strings.Cut(rest, "\n")
	}
	return errs
}

var word = regexp.MustCompile(`'[^']*'|\S+`)

func words(command string) (list []string) {
	for _, w := range word.FindAllString(command, -1) {
		list = append(list, strings.Trim(w, "'"))
	}
	return list
}

// file writes a file for a command and gives its path.
func (k *keyboard) file(name, content string) string {
	k.t.Helper()
	path := filepath.Join(k.dir, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		k.t.Fatal(err)
	}
	return path
}

// ok expects success, and gives what was written to standard output.
func (r typed) ok() string {
	r.k.t.Helper()
	if r.code != exitDone {
		r.k.t.Fatalf("yousaid %s: exit code %d\n%s%s", r.what, r.code, r.out, r.errs)
	}
	return r.out
}

// says expects success and exactly this on standard output, and nothing on standard error.
func (r typed) says(want string) {
	r.k.t.Helper()
	if r.ok() != want || r.errs != "" {
		r.k.t.Errorf("yousaid %s says %q and %q on standard error, want %q", r.what, r.out, r.errs, want)
	}
}

// jargon is what a person who is no programmer should not have to read.
var jargon = regexp.MustCompile(`(?i)\b(sql|pq|goroutine|panic|nil|strconv|errno|EOF|parse error|unmarshal|syscall|context canceled)\b|` +
	`0x[0-9a-f]|%!|dial (tcp|unix)|\bopen /|no such file or|flag provided|\.go:\d|<EOL>`)

// fails expects an exit code, nothing on standard output, and one plain sentence with these words on standard error.
func (r typed) fails(code int, wanted ...string) {
	r.k.t.Helper()
	if r.code != code {
		r.k.t.Errorf("yousaid %s: exit code %d, want %d\n%s%s", r.what, r.code, code, r.out, r.errs)
	}
	if r.out != "" {
		r.k.t.Errorf("yousaid %s fails and writes to standard output: %q", r.what, r.out)
	}
	if !strings.HasPrefix(r.errs, "yousaid: ") || strings.TrimSpace(r.errs) == "yousaid:" {
		r.k.t.Errorf("yousaid %s does not say what is wrong: %q", r.what, r.errs)
	}
	for _, w := range wanted {
		if !strings.Contains(r.errs, w) {
			r.k.t.Errorf("yousaid %s does not say %q: %s", r.what, w, r.errs)
		}
	}
	if m := jargon.FindString(r.errs); m != "" {
		r.k.t.Errorf("yousaid %s says %q, which only programmers understand: %s", r.what, m, r.errs)
	}
}
