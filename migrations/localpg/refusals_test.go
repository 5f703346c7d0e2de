//go:build linux

package localpg

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// programs makes a folder with an initdb and a postgres of a version, which run the shell's lines.
func programs(t *testing.T, version, initdb, postgres string) Options {
	t.Helper()
	dir, err := os.MkdirTemp("", "localpg-programs-") // PostgreSQL's user has to pass through
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, lines := range map[string]string{
		"initdb": initdb, "postgres": `[ "$1" = -V ] && { echo "postgres (PostgreSQL) ` + version + `"; exit; }` + "\n" + postgres,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+lines+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return Options{BinDirs: []string{dir}, NoSync: true}
}

// filled makes what initdb makes, as far as this package looks at it. $2 is the folder.
const filled = `echo 15 > "$2/PG_VERSION"`

func TestWhetherADatabaseIsThere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if Made(dir) || Made(filepath.Join(dir, "nowhere")) {
		t.Error("an empty folder counts as a database")
	}
	if err := os.Mkdir(filepath.Join(dir, "pg"), 0o700); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if !Made(dir) || !Made(file) {
		t.Error("a folder with a database, or one that cannot be looked into, counts as empty")
	}
}

// Each thing that keeps a database from being made or started is said with what to do, and the folder is let go for the next start.
func TestWhatKeepsPostgreSQLFromStarting(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		with    Options
		prepare string // a shell's lines in the data folder
		says    []string
	}{
		"an older version": {programs(t, "14.9", filled, "exit 1"), "", []string{"needs PostgreSQL 15 or newer", "has only 14", "DATABASE_URL"}},
		"a version that is none": {programs(t, "15.1", filled, "exit 1"), "mkdir pg && echo fifteen > pg/PG_VERSION",
			[]string{"pg/PG_VERSION is not a PostgreSQL version", "left as it is"}},
		"a file in place of the database": {programs(t, "15.1", filled, "exit 1"), "echo x > pg", []string{"not a directory"}},
		"a file in place of the socket":   {programs(t, "15.1", filled, "exit 1"), "echo x > run", []string{"run: not a directory"}},
		"a folder in place of the lock": {programs(t, "15.1", filled, "exit 1"), "mkdir lock",
			[]string{"the data folder cannot be used", "is a directory"}},
		"an initdb that fails": {programs(t, "15.1", "echo no room >&2; exit 3", "exit 1"), "",
			[]string{"making a database in", "exit status 3: no room"}},
		"a postgres that ends": {programs(t, "19beta1", `echo 19 > "$2/PG_VERSION"`, "echo the reason is this >&2; exit 1"), "",
			[]string{"PostgreSQL did not start in", "exit status 1", "postgres.log says:\nthe reason is this"}},
		"a log that is a folder": {programs(t, "15.1", filled, "exit 1"), "mkdir postgres.log",
			[]string{"the data folder cannot be used", "is a directory"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := folder(t)
			if err := os.MkdirAll(filepath.Join(dir, "pg.init-killed"), 0o711); err != nil { // of a start that was killed
				t.Fatal(err)
			}
			prepare := exec.Command("sh", "-c", c.prepare)
			prepare.Dir = dir
			if out, err := prepare.CombinedOutput(); err != nil {
				t.Fatalf("%v, %s", err, out)
			}
			for range 2 { // the second time as well: nothing was left locked
				_, err := c.with.Start(t.Context(), dir)
				wants(t, err, c.says...)
			}
			if unfinished, _ := filepath.Glob(filepath.Join(dir, "pg.init-*")); Made(dir) && c.prepare == "" && len(unfinished) > 0 {
				t.Errorf("beside the database there is %v", unfinished)
			}
		})
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := quick.Start(t.Context(), filepath.Join(file, "data"))
	wants(t, err, "the data folder cannot be made", "--data")
}

// A database that was given to root by mistake is not started, and not changed.
func TestADatabaseOfRoot(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root can give a folder to root")
	}
	dir := folder(t)
	if err := os.MkdirAll(filepath.Join(dir, "pg"), 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := programs(t, "15.1", filled, "exit 1").Start(t.Context(), dir)
	wants(t, err, "belongs to root", "chown -R postgres: "+dir+"/pg")
}

// Whoever is no longer waited for gives up, and says what was waited for.
func TestAStartThatIsCutOff(t *testing.T) {
	t.Parallel()
	// A server that never answers: the start ends with its context, and the server with the start.
	dir := folder(t)
	slow := programs(t, "15.1", filled, `echo $$ > "$2/postmaster.number"; exec sleep 600`)
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		for {
			if _, err := os.Stat(filepath.Join(dir, "pg", "postmaster.number")); err == nil || ctx.Err() != nil {
				break
			}
			time.Sleep(pollInterval)
		}
		stop()
	}()
	_, err := slow.Start(ctx, dir)
	wants(t, err, "waiting for PostgreSQL in "+dir, "context canceled")
	var pid int
	b, err := os.ReadFile(filepath.Join(dir, "pg", "postmaster.number"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Sscan(string(b), &pid); err != nil || alive(pid) {
		t.Errorf("process %d, alive: %v; %v", pid, alive(pid), err)
	}

	// A command that runs the server is waited for, and named in the log; a command waits for a server that does not answer.
	held := &Cluster{shown: dir, kind: command}
	if err := held.folder(); err != nil {
		t.Fatal(err)
	}
	defer held.release()
	if !flock(held.lock, syscall.LOCK_EX) {
		t.Fatal("the folder is not free")
	}
	if err := held.sign(); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		start func(Options, context.Context, string) (*Cluster, error)
		users int // how the list of users is locked meanwhile
		log   string
	}{
		"a site beside a command":                    {Options.Start, syscall.LOCK_UN, "waiting for a Yousaid command to end"},
		"a command beside a server without answer":   {Options.Attach, syscall.LOCK_UN, ""},
		"a command beside a server that is stopping": {Options.Attach, syscall.LOCK_EX, ""},
	} {
		if err := syscall.Flock(int(held.users.Fd()), c.users); err != nil {
			t.Fatal(err)
		}
		var log bytes.Buffer
		o := slow
		o.Log = slog.New(slog.NewTextHandler(&log, nil))
		ctx, stop := context.WithTimeout(t.Context(), 4*pollInterval)
		_, err := c.start(o, ctx, dir)
		stop()
		wants(t, err, "waiting for "+dir+", which another Yousaid holds", "deadline exceeded")
		if !strings.Contains(log.String(), c.log) || strings.Count(log.String(), "waiting for a Yousaid command") > 1 {
			t.Errorf("%s logs %q", name, &log)
		}
	}
	if !flock(held.users, syscall.LOCK_EX) {
		t.Error("whoever gave up is still counted among the users")
	}
}

// Backends whose server was killed are found by their name, owner and parent, where their working folder cannot be seen.
func TestBackendsWithoutAServer(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	// The system names a process by its file.
	named := func(program, folder string) (path string) {
		found, err := exec.LookPath(program)
		if err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(found)
		if err != nil {
			t.Fatal(err)
		}
		path = filepath.Join(dir, folder, "postgres")
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b, 0o755); err != nil {
			t.Fatal(err)
		}
		return path
	}
	sleeping, shell := named("sleep", "a"), named("bash", "b")
	run := func(binary string, args ...string) int {
		cmd := exec.Command(binary)
		cmd.Args, cmd.Dir, cmd.SysProcAttr = args, "/", &syscall.SysProcAttr{Setpgid: true}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // its children too
			_ = cmd.Wait()
		})
		return cmd.Process.Pid
	}
	backend, server := run(sleeping, "postgres: checkpointer", "600"), run(sleeping, "/usr/bin/postgres", "600")
	number := filepath.Join(dir, "number")
	busy := run(shell, "postgres", "-c", `(echo $BASHPID > `+number+`; exec -a "postgres: writer" `+sleeping+` 600) & wait`)
	served := 0 // a backend whose server lives
	begun := func(pid int, title string) bool {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		return err == nil && isPostgres(pid) && strings.HasPrefix(string(b), title)
	}
	for !begun(backend, "postgres: ") || !begun(server, "/usr/bin/") || !begun(served, "postgres: ") {
		time.Sleep(pollInterval)
		if b, err := os.ReadFile(number); err == nil {
			_, _ = fmt.Sscan(string(b), &served) // nothing stands there yet
		}
	}
	if found := orphans(dir); !slices.Contains(found, backend) || slices.Contains(found, server) || slices.Contains(found, served) {
		t.Errorf("found %v, want %d and neither %d nor %d", found, backend, server, served)
	}
	if got := parent(served); got != busy {
		t.Errorf("the parent of %d is %d, want %d", served, got, busy)
	}
	if found := orphans(filepath.Join(dir, "nowhere")); found != nil {
		t.Errorf("of no folder: %v", found)
	}
	if got := parent(backend); got != os.Getpid() {
		t.Errorf("the parent of %d is %d, want %d", backend, got, os.Getpid())
	}
	if got := parent(0); got != 0 {
		t.Errorf("the parent of no process is %d", got)
	}
	if (&Cluster{dir: dir}).isPostmaster(server) || attached("0", "no such segment") != 0 {
		t.Error("a program of another folder is taken for the server")
	}
}
