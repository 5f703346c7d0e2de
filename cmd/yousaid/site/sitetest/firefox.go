package sitetest

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// firefox is the one Firefox of a test program. It has one window, which one test uses at a time.
var firefox struct {
	once sync.Once
	use  sync.Mutex
	wire *marionette
	stop func()
	err  error
}

// errNoFirefox is an absence for which a test may skip: Ubuntu has Firefox only as a snap, and containers have no snaps.
var errNoFirefox = errors.New("no Firefox was found, which this system has only as a snap: printed by Chromium alone. Install " +
	"Firefox, or set FIREFOX to its path")

// theSnap is where Ubuntu's Firefox is. The program firefox on its PATH is a script that runs it, whether it is there or not.
const theSnap = "/snap/bin/firefox"

// findFirefox finds the browser by the names that .ci/need knows.
func findFirefox() (path string, snap bool, err error) {
	if path := os.Getenv("FIREFOX"); path != "" {
		path, err := exec.LookPath(path)
		return path, path == theSnap, err
	}
	if path, err := exec.LookPath("firefox-esr"); err == nil {
		return path, false, nil
	}
	if path, err := exec.LookPath(theSnap); err == nil {
		return path, true, nil
	}
	if path, err := exec.LookPath("firefox"); err == nil {
		if text, err := os.ReadFile(path); err == nil && !bytes.Contains(text, []byte(theSnap)) {
			return path, false, nil
		}
	}
	if release, err := os.ReadFile("/etc/os-release"); err == nil && strings.Contains("\n"+string(release), "\nID=ubuntu\n") {
		return "", false, errNoFirefox
	}
	return "", false, errors.New("no Firefox was found: run make test, which installs it, or set FIREFOX to its path")
}

// quiet are settings with which Firefox asks nobody outside and nothing of people; Marionette adds its own for tests.
const quiet = `user_pref("marionette.port", 0);
user_pref("app.update.disabledForTesting", true);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("browser.startup.page", 0);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("network.dns.disablePrefetch", true);
user_pref("services.settings.server", "data:,");
`

// asLongAsWe runs a program until it ends or its standard input does, which this program holds: whatever ends the tests ends
// Firefox as well.
const asLongAsWe = `exec 3<&0; "$@" </dev/null 3<&- & pid=$!; (cat <&3; kill $pid) >/dev/null 2>&1 & exec 3<&-; wait $pid`

func openFirefox() {
	path, snap, err := findFirefox()
	if err != nil {
		firefox.err = err
		return
	}
	under := "" // the folder for temporary files: a snap has another of that name, and one of its own that others see
	if snap {
		under = filepath.Join(os.Getenv("HOME"), "snap", "firefox", "common")
		if err := os.MkdirAll(under, 0o755); err != nil {
			firefox.err = err
			return
		}
	}
	profile, err := os.MkdirTemp(under, "yousaid-firefox-")
	if err != nil {
		firefox.err = err
		return
	}
	if firefox.err = os.WriteFile(filepath.Join(profile, "user.js"), []byte(quiet), 0o600); firefox.err != nil {
		return
	}
	said := new(strings.Builder)
	cmd := exec.Command("/bin/sh", "-c", asLongAsWe, "sh", path, "--headless", "--marionette", "--no-remote", "--profile", profile)
	cmd.Stdout, cmd.Stderr = said, said
	in, err := cmd.StdinPipe()
	if err != nil {
		firefox.err = err
		return
	}
	if firefox.err = cmd.Start(); firefox.err != nil {
		return
	}
	ended := make(chan struct{})
	go func() { defer close(ended); _ = cmd.Wait() }()
	firefox.stop = func() {
		if firefox.wire != nil {
			_ = firefox.wire.ask("Marionette:Quit", map[string]any{"flags": []string{"eForceQuit"}}, nil)
		}
		select {
		case <-ended:
		case <-time.After(patience):
			_ = in.Close() // which ends it
			<-ended
		}
		_ = os.RemoveAll(profile)
	}
	port, err := portOf(profile, ended)
	if err != nil {
		firefox.err = fmt.Errorf("starting %s: %w\n%s", path, err, said)
		return
	}
	wire, err := dial(port)
	if err != nil {
		firefox.err = fmt.Errorf("talking to %s: %w", path, err)
		return
	}
	firefox.wire = wire
}

// portOf waits until Firefox has written the port at which it listens into its profile.
func portOf(profile string, ended <-chan struct{}) (string, error) {
	enough := time.After(patience)
	for {
		if port, err := os.ReadFile(filepath.Join(profile, "MarionetteActivePort")); err == nil && len(port) > 0 {
			return strings.TrimSpace(string(port)), nil
		}
		select {
		case <-ended:
			return "", errors.New("it ended at once")
		case <-enough:
			return "", errors.New("it gave no port")
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// marionette is a connection to Firefox, which has its own protocol for tests: JSON lists with their length before them.
type marionette struct {
	conn net.Conn
	in   *bufio.Reader
	last int
	home bool // its window shows a page of a site
}

func dial(port string) (*marionette, error) {
	conn, err := net.DialTimeout("tcp", net.JoinHostPort("127.0.0.1", port), patience)
	if err != nil {
		return nil, err
	}
	m := &marionette{conn: conn, in: bufio.NewReader(conn)}
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return nil, err
	}
	if _, err := m.read(); err != nil { // who it is
		return nil, err
	}
	return m, m.ask("WebDriver:NewSession", map[string]any{"capabilities": map[string]any{}}, nil)
}

func (m *marionette) read() ([]byte, error) {
	length, err := m.in.ReadString(':')
	if err != nil {
		return nil, err
	}
	n, err := strconv.Atoi(strings.TrimSuffix(length, ":"))
	if err != nil {
		return nil, err
	}
	text := make([]byte, n)
	_, err = io.ReadFull(m.in, text)
	return text, err
}

// ask has Firefox do something, and reads what comes of it.
func (m *marionette) ask(command string, arguments, result any) error {
	m.last++
	text, err := json.Marshal([]any{0, m.last, command, arguments})
	if err != nil {
		return err
	}
	if err := m.conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(m.conn, "%d:%s", len(text), text); err != nil {
		return fmt.Errorf("%s: %w", command, err)
	}
	if text, err = m.read(); err != nil {
		return fmt.Errorf("%s: %w", command, err)
	}
	var answer [4]json.RawMessage // kind, number, what went wrong, result
	if err := json.Unmarshal(text, &answer); err != nil {
		return fmt.Errorf("%s: %w", command, err)
	}
	if string(answer[2]) != "null" {
		return fmt.Errorf("%s: %s", command, answer[2])
	}
	if result == nil {
		return nil
	}
	return json.Unmarshal(answer[3], result)
}

// inFirefox lends the window of Firefox, starting it at the first call.
func inFirefox(t testing.TB, do func(*marionette) error) {
	t.Helper()
	firefox.once.Do(openFirefox)
	if errors.Is(firefox.err, errNoFirefox) {
		t.Skip(firefox.err)
	}
	if firefox.err != nil {
		t.Fatal(firefox.err)
	}
	firefox.use.Lock()
	defer firefox.use.Unlock()
	if err := do(firefox.wire); err != nil {
		t.Fatal(err)
	}
}

// visit opens a page of the site in the hands of somebody.
func (m *marionette) visit(s *Site, path, cookie string) error {
	type fields = map[string]any
	if !m.home { // cookies are given on a page of their host, which is the same for all sites of tests
		if err := m.ask("WebDriver:SetTimeouts", fields{"pageLoad": patience.Milliseconds(), "script": patience.Milliseconds()},
			nil); err != nil {
			return err
		}
		if err := m.ask("WebDriver:Navigate", fields{"url": s.URL + "/healthz"}, nil); err != nil {
			return err
		}
		m.home = true
	}
	if err := m.ask("WebDriver:DeleteAllCookies", nil, nil); err != nil {
		return err
	}
	if name, value, ok := strings.Cut(cookie, "="); ok {
		if err := m.ask("WebDriver:AddCookie", fields{"cookie": fields{"name": name, "value": value}}, nil); err != nil {
			return err
		}
	}
	return m.ask("WebDriver:Navigate", fields{"url": s.URL + path}, nil)
}

// print prints what the window shows, with the settings that Firefox has for people.
func (m *marionette) print() ([]byte, error) {
	var result struct{ Value string }
	// The paper is that of people in Britain, with the margins that Firefox has before a page asks for its own.
	err := m.ask("WebDriver:Print",
		map[string]any{"background": false, "shrinkToFit": true, "page": map[string]float64{"width": 21, "height": 29.7}}, &result)
	if err != nil {
		return nil, err
	}
	return base64.StdEncoding.DecodeString(result.Value)
}

// evaluate gives what an expression on the page is worth, as JSON.
func (m *marionette) evaluate(expression string) (json.RawMessage, error) {
	var result struct{ Value json.RawMessage }
	err := m.ask("WebDriver:ExecuteScript", map[string]any{"script": "return (" + expression + ")", "args": []any{}}, &result)
	return result.Value, err
}
