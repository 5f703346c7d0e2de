package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
)

// read is an address that the test fetches as a program would.
func read(t *testing.T, address string) (status int, text string) {
	t.Helper()
	res, err := customer.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

// An operator has logs as JSON, metrics on an address of their own, a security.txt, and the master secret outside the database.
func TestWhatAnOperatorSetsUp(t *testing.T) {
	t.Parallel()
	dir := emptyData(t)
	run(t, dir, "organisation add riverton --name Riverton").ok()
	files := &keyboard{t: t, dir: t.TempDir()}
	run(t, dir, "catalogue import "+files.file("c.csv", riverton)+" --organisation riverton").ok()
	run(t, dir, "survey add --template customer-satisfaction --organisation riverton --publish").ok()
	secret := filepath.Join(t.TempDir(), "master")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(secret, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(strings.Repeat("0f", 32) + "\n")
	more := []string{"--log-format", "json", "--log-level", "info", "--metrics", "127.0.0.1:0", "--master-secret-file", secret,
		"--security-contact", "mailto:security@riverton.example, https://riverton.example/report"}
	p := start(t, dir, "serve", more...)
	link := strings.TrimSpace(run(t, dir,
		"link add --organisation riverton --survey customer-satisfaction --service waste --channel web").ok())
	_, opened := read(t, link)
	token := hiddenToken.FindStringSubmatch(opened)
	if token == nil {
		t.Fatal(opened)
	}
	answers := url.Values{"token": {token[1]}, "rating": {"4"}}
	res, err := customer.PostForm(link, answers)
	if err != nil || res.StatusCode != http.StatusSeeOther {
		t.Fatal(res, err)
	}

	// security.txt: RFC 9116 asks for Contact and an Expires that is in the future.
	status, text := read(t, p.address+"/.well-known/security.txt")
	expires := regexp.MustCompile(`(?m)^Expires: (.*)$`).FindStringSubmatch(text)
	if status != http.StatusOK || expires == nil || !strings.HasPrefix(text,
		"Contact: mailto:security@riverton.example\nContact: https://riverton.example/report\n") ||
		!strings.Contains(text, "Canonical: "+p.address+"/.well-known/security.txt\n") {
		t.Errorf("security.txt: %d\n%s", status, text)
	} else if at, err := time.Parse(time.RFC3339, expires[1]); err != nil || !at.After(time.Now()) || at.After(time.Now().AddDate(1, 0, 0)) {
		t.Errorf("it expires on %s, %v", expires[1], err)
	}

	// Logs: each line is one JSON object.
	metrics := ""
	for _, line := range strings.Split(strings.TrimSpace(p.errs.String()), "\n") {
		var entry map[string]any
		if err := json.Unmarshal([]byte(line), &entry); err != nil || entry["msg"] == nil {
			t.Errorf("a line of the log is not JSON: %s", line)
		}
		if entry["msg"] == "metrics are answered" {
			metrics, _ = entry["address"].(string)
		}
	}

	// Metrics: not on the public address.
	if status, _ := read(t, p.address+"/metrics"); status != http.StatusNotFound {
		t.Errorf("the public address answers /metrics with %d", status)
	}
	eventually(t, "the metrics tell of what was done", func() bool {
		_, text = read(t, metrics)
		for _, want := range []string{`yousaid_requests_total{method="POST",route="/f/:code",status="303"} 1`,
			"yousaid_batch_pages_count 1", "yousaid_answers_waiting 0",
			"yousaid_answers_waiting_seconds 0", "yousaid_jobs_waiting_seconds 0", "yousaid_releases_refused_total 0",
			`yousaid_exports_total{outcome="made"} 0`, "process_resident_memory_bytes"} {
			if !strings.Contains(text, want) {
				return false
			}
		}
		return true
	})
	if strings.Contains(text, token[1]) || strings.Contains(text, "riverton") || strings.Contains(text, link[len(p.address):]) {
		t.Errorf("the metrics name somebody:\n%s", text)
	}

	// The master secret is not in the database, and another one, or none, stops the start.
	db, done := database(t, dir)
	if n := number(t, db, `SELECT count(*) FROM secrets WHERE name = 'master'`); n != 0 {
		t.Error("the master secret stands in the database")
	}
	holdsNot(t, db, strings.Repeat("0f", 32))
	done()
	p.signal(syscall.SIGINT)
	p.end()
	refused := func(says string, more ...string) {
		t.Helper()
		q := launch(t, dir, "serve", more...)
		if code := q.end(); code != exitFailed || !strings.Contains(q.errs.String(), says) || strings.Contains(q.errs.String(), "0f0f") ||
			strings.Contains(q.errs.String(), "0e0e") {
			t.Errorf("exit code %d, want %q:\n%s", code, says, &q.errs)
		}
	}
	refused("kept outside it: give it in YOUSAID_MASTER_SECRET_FILE")
	write(strings.Repeat("0e", 32))
	refused("another one than this database was used with", "--master-secret-file", secret)
	write("too short")
	refused("64 hexadecimal characters", "--master-secret-file", secret)
	write("")
	refused("is empty", "--master-secret-file", secret)
	write(strings.Repeat("0F", 32))
	p = start(t, dir, "serve", "--master-secret-file", secret)
	if res, err := customer.PostForm(p.address+strings.TrimPrefix(link, regexp.MustCompile(`^https?://[^/]+`).FindString(link)),
		answers); err != nil || res.StatusCode != http.StatusSeeOther {
		t.Errorf("a form of before: %v, %v", res, err)
	}
}

// holdsNot looks through the secrets of the database.
func holdsNot(t *testing.T, db *sqlx.DB, secret string) {
	t.Helper()
	if n := number(t, db, `SELECT count(*) FROM secrets WHERE encode(value, 'hex') LIKE '%`+secret+`%'`); n != 0 {
		t.Error("the database holds the secret")
	}
}

// A secret that stood in the database is moved out of it: the same one is taken, another one is refused.
func TestTheMasterSecretIsMovedOut(t *testing.T) {
	t.Parallel()
	dir := emptyData(t)
	run(t, dir, "organisation add riverton --name Riverton").ok()
	p := start(t, dir, "serve") // makes one in the database
	db, done := database(t, dir)
	var secret string
	if err := db.Get(&secret, `SELECT encode(value, 'hex') FROM secrets WHERE name = 'master'`); err != nil {
		t.Fatal(err)
	}
	done()
	p.signal(syscall.SIGINT)
	p.end()
	file := filepath.Join(t.TempDir(), "master")
	if err := os.WriteFile(file, []byte(strings.Repeat("0e", 32)), 0o600); err != nil {
		t.Fatal(err)
	}
	q := launch(t, dir, "serve", "--master-secret-file", file)
	if code := q.end(); code != exitFailed || !strings.Contains(q.errs.String(), "another one") {
		t.Errorf("exit code %d: %s", code, &q.errs)
	}
	if err := os.WriteFile(file, []byte(secret), 0o600); err != nil {
		t.Fatal(err)
	}
	p = start(t, dir, "serve", "--master-secret-file", file)
	p.signal(syscall.SIGINT)
	p.end()
	db, done = database(t, dir)
	if _, err := db.Exec(`DELETE FROM secrets WHERE name = 'master'`); err != nil {
		t.Fatal(err)
	}
	done()
	start(t, dir, "serve", "--master-secret-file", file)
}
