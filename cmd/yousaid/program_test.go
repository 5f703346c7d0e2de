package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"yousaid/migrations/localpg"
)

// built is the real program, built once for all tests of this package.
var built = sync.OnceValues(func() (path string, err error) {
	if builtIn, err = os.MkdirTemp("", "yousaid-program-"); err != nil {
		return "", err
	}
	path = filepath.Join(builtIn, "yousaid")
	if out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		return "", fmt.Errorf("building the program: %w: %s", err, out)
	}
	return path, nil
})

var builtIn string // its folder

func TestMain(m *testing.M) {
	code := m.Run()
	if builtIn != "" {
		_ = os.RemoveAll(builtIn)
	}
	os.Exit(code)
}

// patience is how long a test waits for what should take a second or two: these tests are about whether, not about how fast.
const patience = 10 * time.Minute

// program is a running yousaid.
type program struct {
	t       *testing.T
	cmd     *exec.Cmd
	dir     string
	address string // http://127.0.0.1:PORT
	out     writing
	errs    writing
	ended   chan struct{}
}

// writing is what a process has written so far.
type writing struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (w *writing) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.Write(p)
}

func (w *writing) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.String()
}

// launch starts the program on a data folder, without waiting for anything but the process. It ends with the test.
func launch(t *testing.T, dir, command string, more ...string) *program {
	t.Helper()
	path, err := built()
	if err != nil {
		t.Fatal(err)
	}
	p := &program{t: t, dir: dir, ended: make(chan struct{})}
	p.cmd = exec.Command(path, append([]string{command, "--listen", "127.0.0.1:0", "--data", dir}, more...)...)
	p.cmd.Stdout, p.cmd.Stderr, p.cmd.Env = &p.out, &p.errs, environment()
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = p.cmd.Wait()
		close(p.ended)
	}()
	t.Cleanup(func() {
		p.signal(syscall.SIGTERM)
		select {
		case <-p.ended:
		case <-time.After(patience):
			p.signal(syscall.SIGKILL)
		}
	})
	return p
}

// environment is the test's own without the settings of a yousaid.
func environment() (env []string) {
	for _, e := range os.Environ() {
		if !strings.HasPrefix(e, "DATABASE_") && !strings.HasPrefix(e, "YOUSAID_") {
			env = append(env, e)
		}
	}
	return env
}

var answersOn = regexp.MustCompile(`Yousaid answers on (http://127\.0\.0\.1:[1-9]\d*)\b`)

// start launches the program and waits until it says where it answers.
func start(t *testing.T, dir, command string, more ...string) *program {
	t.Helper()
	p := launch(t, dir, command, more...)
	eventually(t, "the program answers", func() bool {
		select {
		case <-p.ended:
			t.Fatalf("yousaid %s ended with exit code %d:\n%s%s", command, p.cmd.ProcessState.ExitCode(), &p.out, &p.errs)
		default:
		}
		m := answersOn.FindStringSubmatch(p.out.String())
		if m != nil {
			p.address = m[1]
		}
		return m != nil && strings.Contains(p.out.String(), "Ctrl-C")
	})
	return p
}

func (p *program) signal(s syscall.Signal) { _ = p.cmd.Process.Signal(s) }

// end waits for the program and gives its exit code, -1 after a signal that it did not outlive.
func (p *program) end() int {
	p.t.Helper()
	select {
	case <-p.ended:
	case <-time.After(patience):
		p.t.Fatalf("the program does not end:\n%s", &p.errs)
	}
	return p.cmd.ProcessState.ExitCode()
}

// postmaster is the process number of the private PostgreSQL.
func (p *program) postmaster() int {
	content, _ := os.ReadFile(filepath.Join(p.dir, "pg", "postmaster.pid"))
	line, _, _ := strings.Cut(string(content), "\n")
	pid, _ := strconv.Atoi(strings.TrimSpace(line))
	return pid
}

// run runs one command of the real program on the data folder.
func run(t *testing.T, dir, command string, stdin ...string) typed {
	t.Helper()
	path, err := built()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(ctx, path, append(words(command), "--data", dir)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr, cmd.Env = strings.NewReader(strings.Join(stdin, "")), &out, &errs, environment()
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return typed{k: &keyboard{t: t}, what: command, code: cmd.ProcessState.ExitCode(), out: out.String(), errs: afterData(errs.String())}
}

// emptyData makes a data folder with an empty database in it, as serve does.
func emptyData(t *testing.T) string {
	t.Helper()
	dir := shortDir(t) + "/d"
	cluster, err := localpg.Start(t.Context(), dir)
	if err == nil {
		err = cluster.Stop()
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// database looks into the private database beside the program, or without it.
func database(t *testing.T, dir string) (owner *sqlx.DB, done func()) {
	t.Helper()
	cluster, err := localpg.Options{}.Attach(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	owner, err = sqlx.Connect("postgres", cluster.OwnerDSN())
	if err != nil {
		t.Fatal(err)
	}
	return owner, func() {
		_ = owner.Close()
		if err := cluster.Stop(); err != nil {
			t.Error(err)
		}
	}
}

func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain: %s", what)
		}
	}
}
