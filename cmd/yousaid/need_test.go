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
	if out := need("SUDO_USER=root"); !strings.Contains(out, "sudo leaves out the folder of Go, "+folder) || !strings.Contains(out,
		`sudo env "PATH=$PATH:`+folder+`" make run`) {
		t.Errorf("under sudo: %s", out)
	}
	if out := need(); !strings.Contains(out, "was not found") || strings.Contains(out, "sudo leaves out") {
		t.Errorf("without sudo: %s", out)
	}
}

// A browser that prints is installed where the system has it as a package. Ubuntu has it only as a snap: where there are no snaps,
// that is said and the rest goes on.
func TestFirefoxIsInstalledWhereItCanBe(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/snap/bin/firefox"); err == nil {
		t.Skip("this machine has the snap, which no PATH hides")
	}
	for _, c := range []struct {
		system, installs string
		passes           bool
		says             []string
	}{
		{"debian", "firefox-esr poppler-utils", true, []string{"missing on this machine: firefox poppler", "apt-get install " +
			"firefox-esr poppler-utils", "everything needed is here now"}},
		{"ubuntu", "poppler-utils", true,
			[]string{"Ubuntu has Firefox only as a snap", "print by Chromium alone", "apt-get install poppler-utils",
				"everything needed is here now"}},
		{"debian", "", false, []string{"firefox is still missing. Please install by hand: Firefox (or set FIREFOX to its path)"}},
		{"debian", "firefox-esr", false, []string{"poppler is still missing. Please install by hand: poppler's programs, which read " +
			"PDF files (poppler-utils)"}},
	} {
		bare := t.TempDir()
		for _, program := range []string{"bash", "dirname", "env", "grep", "sed", "cat", "mktemp", "rm", "sleep", "date", "tail", "head",
			"kill", "touch"} {
			path, err := exec.LookPath(program)
			if err == nil {
				err = os.Symlink(path, filepath.Join(bare, program))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		// A package brings its program; nothing is really installed.
		stub := "#!/bin/bash\nfor one in \"$@\"; do\n  [[ \" $INSTALLS \" == *\" $one \"* ]] || continue\n  case $one in\n    " +
			"firefox-esr) touch \"$BARE/firefox-esr\" ;;\n    poppler-utils) touch \"$BARE/pdftotext\" \"$BARE/pdftoppm\" ;;\n  " +
			"esac\ndone\nchmod +x \"$BARE\"/*\n"
		files := map[string]string{"apt-get": stub, "id": "#!/bin/bash\necho 0\n", "chmod": "", "os-release": "ID=" + c.system + "\n"}
		chmod, err := exec.LookPath("chmod")
		if err != nil {
			t.Fatal(err)
		}
		for name, text := range files {
			path := filepath.Join(bare, name)
			if name == "chmod" {
				err = os.Symlink(chmod, path)
			} else {
				err = os.WriteFile(path, []byte(text), 0o755)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		cmd := exec.Command("bash", filepath.Join("..", "..", ".ci", "need"), "firefox", "poppler")
		cmd.Env = []string{"PATH=" + bare, "BARE=" + bare, "INSTALLS=" + c.installs, "OS_RELEASE=" + filepath.Join(bare, "os-release")}
		out, err := cmd.CombinedOutput()
		if (err == nil) != c.passes {
			t.Errorf("%s, where apt-get has %q: %v\n%s", c.system, c.installs, err, out)
		}
		for _, w := range c.says {
			if !strings.Contains(string(out), w) {
				t.Errorf("%s, where apt-get has %q, does not say %q:\n%s", c.system, c.installs, w, out)
			}
		}
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
