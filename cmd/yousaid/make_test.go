package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// inTerminal runs a command of the shell at the root of the project with a terminal of its own, where git would open its pager, and
// gives what it showed.
func inTerminal(t *testing.T, command string, env ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "script", "-qec", command, "/dev/null")
	cmd.Dir, cmd.Env = filepath.Join("..", ".."), append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", command, err, out)
	}
	return string(out)
}

func TestMakeOpensNoPager(t *testing.T) {
	dir := t.TempDir()
	opened := filepath.Join(dir, "opened")
	pager := filepath.Join(dir, "pager")
	if err := os.WriteFile(pager, []byte("#!/bin/sh\ntouch "+opened+"\nexec cat\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	settings := []string{"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=core.pager", "GIT_CONFIG_VALUE_0=" + pager, "GIT_PAGER=" + pager,
		"PAGER=" + pager, "MAKEFLAGS=", "TERM=xterm"}
	inTerminal(t, "git grep -n package -- cmd/yousaid/main.go", settings...)
	if _, err := os.Stat(opened); err != nil {
		t.Fatalf("git opened no pager on this terminal, so this test shows nothing: %v", err)
	}
	if err := os.Remove(opened); err != nil {
		t.Fatal(err)
	}
	inTerminal(t, "make words", settings...)
	if _, err := os.Stat(opened); err == nil {
		t.Error("make words opened a pager, which may wait for a key")
	}
}

// Every git command of the build that may page is told not to, whatever the terminal is.
func TestEveryGitCommandOfTheBuildIsToldNotToPage(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", ".ci", "*"))
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, file := range append(files, filepath.Join("..", "..", "Makefile")) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for n, line := range strings.Split(string(text), "\n") {
			for _, verb := range []string{"grep", "log", "diff", "show", "branch", "tag", "blame"} {
				seen += strings.Count(line, "git --no-pager "+verb+" ")
				if strings.Contains(line, "git "+verb+" ") {
					t.Errorf("%s:%d: git %s may open a pager: write git --no-pager", file, n+1, verb)
				}
			}
		}
	}
	if seen == 0 {
		t.Error("no git command was found: this test reads the wrong files")
	}
}

// What takes long says that it is still running, and what it printed comes when it fails.
func TestLongWorkSaysThatItIsRunning(t *testing.T) {
	gate := filepath.Join(t.TempDir(), "gate")
	cmd := exec.CommandContext(t.Context(), filepath.Join("..", "..", ".ci", "progress"), "go build",
		"sh", "-c", `echo net/http; while [ ! -e "$0" ]; do sleep 0.05; done; echo what went wrong >&2; exit 3`, gate)
	cmd.Env = append(os.Environ(), "YOUSAID_PROGRESS=0.1")
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	found := false
	for told := 0; told < 50 && !found && lines.Scan(); told++ { // the command ends only after it was told of
		found = strings.HasPrefix(lines.Text(), "yousaid: go build: ") && strings.HasSuffix(lines.Text(), "s so far (net/http)")
	}
	if err := os.WriteFile(gate, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, out); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil || cmd.ProcessState.ExitCode() != 3 {
		t.Errorf("it ends with %v, want the code of the command, 3", err)
	}
	if !found || !strings.Contains(errs.String(), "what went wrong") {
		t.Errorf("told while running: %v; then: %s", found, errs.String())
	}
}

// A question that a command asks is answered by the end of its input, not waited for.
func TestLongWorkAsksNothing(t *testing.T) {
	for _, how := range []string{"", "--pass "} {
		shown := inTerminal(t, fmt.Sprintf(`.ci/progress %squestion sh -c 'read answer || exit 0; exit 1'`, how))
		if strings.TrimSpace(shown) != "" {
			t.Errorf("%q", shown)
		}
	}
}
