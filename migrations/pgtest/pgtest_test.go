package pgtest

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"yousaid/migrations"
)

// TestMain is also the test program that gets killed in the stories.
func TestMain(m *testing.M) {
	if os.Getenv("PGTEST_AS") == "victim" {
		s, err := shared()
		if err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
		fmt.Println(s.dir)
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func TestEachTestHasItsOwnDatabase(t *testing.T) {
	for i := range 4 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			db := New(t)
			if _, err := db.Owner().Exec(`CREATE TABLE mine (n int)`); err != nil {
				t.Error(err)
			}
			var is string
			if err := db.App().Get(&is, `SELECT current_user`); err != nil || is != migrations.App {
				t.Errorf("the app is %q, %v", is, err)
			}
			if err := (migrations.Logins{App: db.AppDSN, Owner: db.OwnerDSN, Tabulate: db.TabulateDSN}).Check(t.Context()); err != nil {
				t.Error(err)
			}
			steps, err := migrations.Status(t.Context(), db.OwnerDSN)
			if err != nil || len(steps) == 0 {
				t.Fatal(steps, err)
			}
			for _, s := range steps {
				if s.Pending() {
					t.Errorf("%s is missing", s.Name)
				}
			}
		})
	}
}

func TestNothingIsLeftBehind(t *testing.T) {
	for _, how := range []string{"exit", "kill"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
			defer cancel()
			cmd := exec.CommandContext(ctx, os.Args[0])
			cmd.Env = append(os.Environ(), "PGTEST_AS=victim", "YOUSAID_KEEP_DB=")
			in, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			line, _ := bufio.NewReader(out).ReadString('\n')
			dir := strings.TrimSpace(line)
			if _, err := os.Stat(dir); err != nil || dir == "" {
				t.Fatal(line, err)
			}
			if how == "kill" {
				cmd.Process.Kill()
			}
			in.Close()
			cmd.Wait()
			for gone := false; !gone; time.Sleep(20 * time.Millisecond) {
				if _, err := os.Stat(dir); os.IsNotExist(err) {
					gone = true
				}
				if ctx.Err() != nil {
					t.Fatalf("%s is still there", dir)
				}
			}
		})
	}
}

func TestSweepTakesOnlyWhatIsDead(t *testing.T) {
	base := t.TempDir()
	old := time.Now().Add(-2 * youth)
	folder := func(name string, files ...string) string {
		dir := filepath.Join(base, name)
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if err := os.WriteFile(filepath.Join(dir, f), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		os.Chtimes(dir, old, old)
		return dir
	}
	dead := folder(prefix+"dead", "lock")
	unlocked := folder(prefix + "unlocked")
	stay := []string{folder(prefix+"kept", "lock", keepFile), folder("somebody-else", "lock"), folder(prefix+"live", "lock"),
		folder(prefix+"young", "lock")}
	os.Chtimes(stay[3], time.Now(), time.Now())
	lock, err := os.Open(filepath.Join(stay[2], "lock"))
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	sweep(base)
	for _, dir := range []string{dead, unlocked} {
		if _, err := os.Stat(dir); !os.IsNotExist(err) {
			t.Errorf("%s was left", dir)
		}
	}
	for _, dir := range stay {
		if _, err := os.Stat(dir); err != nil {
			t.Errorf("%s was taken", dir)
		}
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		New(b)
	}
}
