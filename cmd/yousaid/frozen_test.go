package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"yousaid/migrations/localpg"
)

// processes are the private PostgreSQL and its children.
func (p *program) processes() []int {
	server := p.postmaster()
	pids := []int{server}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, s := range stats {
		line, err := os.ReadFile(s)
		if err != nil {
			continue // gone
		}
		_, after, _ := strings.Cut(string(line), ") ")
		if fields := strings.Fields(after); len(fields) > 1 && fields[1] == strconv.Itoa(server) {
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(s)))
			pids = append(pids, pid)
		}
	}
	return pids
}

// PostgreSQL is frozen, which ends no connection: every page shows that it cannot answer, forms keep what was written, and all
// works again once it runs.
func TestAFrozenDatabase(t *testing.T) {
	t.Parallel()
	dir := emptyData(t)
	run(t, dir, "organisation add riverton --name Riverton").ok()
	files := &keyboard{t: t, dir: t.TempDir()}
	run(t, dir, "catalogue import "+files.file("c.csv", riverton)+" --organisation riverton").ok()
	run(t, dir, "survey add --template customer-satisfaction --organisation riverton --publish").ok()
	run(t, dir, "user add jo@riverton.example --organisation riverton --role administrator", "correct long words here\n").ok()
	p := start(t, dir, "serve")
	link := strings.TrimSpace(run(t, dir,
		"link add --organisation riverton --survey customer-satisfaction --service waste --channel web").ok())
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar, Timeout: patience, CheckRedirect: customer.CheckRedirect}
	var slowest time.Duration
	ask := func(method, address string, fields url.Values) (status int, text string) {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(fields.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		if fields != nil {
			request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		began := time.Now()
		res, err := browser.Do(request)
		if err != nil {
			t.Fatalf("%s %s is not answered: %v", method, address, err)
		}
		defer func() { _ = res.Body.Close() }()
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		slowest = max(slowest, time.Since(began))
		return res.StatusCode, string(body)
	}
	if status, _ := ask("POST", p.address+"/staff/sign-in/riverton",
		url.Values{"email": {"jo@riverton.example"}, "password": {"correct long words here"}}); status != http.StatusSeeOther {
		t.Fatalf("signing in: %d", status)
	}
	status, opened := ask("GET", link, nil)
	token := hiddenToken.FindStringSubmatch(opened)
	if status != http.StatusOK || token == nil {
		t.Fatalf("the form: %d", status)
	}
	if status, text := ask("GET", p.address+"/readyz", nil); status != http.StatusOK {
		t.Fatalf("before: %d %s", status, text)
	}
	slowest = 0

	pids := p.processes()
	thaw := func() {
		for _, pid := range pids {
			_ = syscall.Kill(pid, syscall.SIGCONT)
		}
	}
	t.Cleanup(thaw)
	for _, pid := range pids {
		if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "the site says that it is not ready", func() bool { // it looks once a second
		status, text := ask("GET", p.address+"/readyz", nil)
		return status == http.StatusServiceUnavailable && strings.Contains(text, "not ready")
	})
	written := url.Values{"token": {token[1]}, "rating": {"4"}}
	for _, w := range []struct {
		method, path string
		fields       url.Values
		says         []string
	}{
		{"GET", p.address + "/staff", nil, []string{"not working just now", "Wait a minute"}},
		{"GET", p.address + "/staff/results", nil, []string{"not working just now"}},
		{"GET", p.address + "/staff/equality", nil, []string{"not working just now"}},
		{"GET", p.address + "/riverton/performance", nil, []string{"not working just now"}},
		{"POST", link, written, []string{token[1], `value="4"`}},
		{"POST", p.address + "/staff/directorates", url.Values{"name_en": {"Parks, all of them"}, "password": {"not to be seen"}},
			[]string{"kept on this page", "Parks, all of them", "Send it again"}},
		{"POST", p.address + "/staff/sign-in/riverton", url.Values{"email": {"jo@riverton.example"}, "password": {"not to be seen"}},
			[]string{"not working just now"}},
	} {
		status, text := ask(w.method, w.path, w.fields)
		if status != http.StatusServiceUnavailable {
			t.Errorf("%s %s: %d, want 503\n%s", w.method, w.path, status, text)
		}
		for _, s := range w.says {
			if !strings.Contains(text, s) {
				t.Errorf("%s %s does not say %q:\n%s", w.method, w.path, s, text)
			}
		}
		if strings.Contains(text, "not to be seen") {
			t.Errorf("%s %s shows a password", w.method, w.path)
		}
	}
	t.Logf("the slowest answer took %v", slowest.Round(time.Millisecond))

	thaw()
	eventually(t, "the site is ready again", func() bool { status, _ := ask("GET", p.address+"/readyz", nil); return status == http.StatusOK })
	if status, text := ask("POST", link, written); status != http.StatusSeeOther { // the same form once more, however often it arrived
		t.Errorf("sent again: %d\n%s", status, text)
	}
	db, done := database(t, dir)
	defer done()
	if n := number(t, db, `SELECT count(*) FROM responses`); n != 1 {
		t.Errorf("%d responses are stored, want 1", n)
	}
}

// A database that cannot be written to is not ready, though it answers.
func TestADatabaseThatIsReadOnly(t *testing.T) {
	t.Parallel()
	dir := emptyData(t)
	run(t, dir, "organisation add riverton --name Riverton").ok()
	p := start(t, dir, "serve")
	ready := func() string {
		res, err := customer.Get(p.address + "/readyz")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		text, _ := io.ReadAll(res.Body)
		return fmt.Sprint(res.StatusCode, " ", strings.TrimSpace(string(text)))
	}
	if got := ready(); got != "200 ready" {
		t.Fatal(got)
	}
	cluster, err := localpg.Options{}.Attach(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cluster.Stop() }()
	db, err := sqlx.Connect("postgres", cluster.DSN("postgres", localpg.Database))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	set := func(value string) {
		if _, err := db.Exec(`ALTER ROLE yousaid_app SET default_transaction_read_only = ` + value); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'yousaid_app'`); err != nil {
			t.Fatal(err)
		}
	}
	set("on")
	eventually(t, "the site is not ready", func() bool { return ready() == "503 not ready" })
	set("off")
	eventually(t, "the site is ready again", func() bool { return ready() == "200 ready" })
}
