package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Where sudo has left out the folder of Go, make says so and what to type.
func TestSudoThatDropsGo(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "go"), []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	bare := t.TempDir() // a PATH with what the script needs, and no Go
	for _, program := range []string{"bash", "dirname", "getent", "cut", "env"} {
		path, err := exec.LookPath(program)
		if err == nil {
			err = os.Symlink(path, filepath.Join(bare, program))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	need := func(more ...string) string {
		cmd := exec.Command("bash", filepath.Join("..", "..", ".ci", "need"), "go")
		cmd.Env = append([]string{"PATH=" + bare, "GO_FOLDER=" + folder, "TARGET=run"}, more...)
		out, err := cmd.CombinedOutput()
		if err == nil {
			t.Fatalf("Go was found: %s", out)
		}
		return string(out)
	}
	if out := need("SUDO_USER=root"); !strings.Contains(out, "sudo leaves out the folder of Go, "+folder) || !strings.Contains(out, `sudo env "PATH=$PATH:`+folder+`" make run`) {
		t.Errorf("under sudo: %s", out)
	}
	if out := need(); !strings.Contains(out, "was not found") || strings.Contains(out, "sudo leaves out") {
		t.Errorf("without sudo: %s", out)
	}
}

// README, the service of operate.md and its commands name one data folder, and the settings of a proxy are those of the program.
func TestTheDocumentsAgree(t *testing.T) {
	t.Parallel()
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join("..", "..", name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	for _, name := range []string{"README.md", "docs/operate.md"} {
		text := read(name)
		found := strings.Count(text, "/var/lib/yousaid/data")
		if found == 0 || strings.Contains(text, "YOUSAID_DATA=/var/lib/yousaid ") || strings.Contains(text, "YOUSAID_DATA=/var/lib/yousaid\n") {
			t.Errorf("%s names another data folder", name)
		}
	}
	for name, wanted := range map[string][]string{
		"docs/operate.md": {"`YOUSAID_TRUSTED_PROXIES`", "client_max_body_size 1m;"},
		"compose.yaml":    {"YOUSAID_TRUSTED_PROXIES:", "pg_isready, -h, 127.0.0.1, -U, postgres"},
	} {
		for _, w := range wanted {
			if !strings.Contains(read(name), w) {
				t.Errorf("%s does not say %s", name, w)
			}
		}
	}
}
