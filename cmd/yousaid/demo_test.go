package main

import (
	"bytes"
	"context"
	"net/http"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"yousaid/migrations/pgtest"
)

var (
	signIns   = regexp.MustCompile(`(?m)^  (\w+)@demo\.example +(\S{16,})$`)
	feedbacks = regexp.MustCompile(`(?m)^  (http://\S+/f/\w+) `)
)

// The demonstration: an address, six people, three links that work; started again it is the same council with new passwords.
func TestTheDemonstration(t *testing.T) {
	t.Parallel()
	dir := shortDir(t) + "/d"
	first := start(t, dir, "demo", "--responses", "2000")
	people, links := signIns.FindAllStringSubmatch(first.out.String(), -1), feedbacks.FindAllStringSubmatch(first.out.String(), -1)
	if len(people) != 6 || len(links) != 3 {
		t.Fatalf("the demonstration prints %d sign-ins and %d links:\n%s", len(people), len(links), &first.out)
	}
	for _, l := range links {
		if !strings.HasPrefix(l[1], first.address+"/f/DEM") || status(t, l[1]) != http.StatusOK {
			t.Errorf("%s answers %d", l[1], status(t, l[1]))
		}
	}
	const figures = "table --organisation demo --survey customer-satisfaction --measure rating --by service,month --format csv --out -"
	before := run(t, dir, figures).ok()
	if n := run(t, dir, "table --organisation demo --survey customer-satisfaction --measure rating --format "+
		"json --out -").cells(); n[0]["n"] != 2000.0 {
		t.Errorf("2000 responses were asked for: %v", n)
	}
	db, done := database(t, dir)
	if n := number(t, db, `SELECT count(*) FROM responses`); n != 2000 || number(t, db, `SELECT last_no FROM feeds`) != 2000 ||
		number(t, db, `SELECT count(DISTINCT change_no) FROM responses`) != 2000 {
		t.Errorf("%d responses, feed at %d", n, number(t, db, `SELECT last_no FROM feeds`))
	}
	done()
	first.signal(syscall.SIGTERM)
	if code := first.end(); code != exitDone {
		t.Errorf("stopping it: exit code %d\n%s", code, &first.errs)
	}
	second := start(t, dir, "demo", "--responses", "500", "--seed", "9")
	if !strings.Contains(second.errs.String(), "2000 responses and seed 1") {
		t.Errorf("another number was asked for and nothing says that it is not made: %s", &second.errs)
	}
	if after := run(t, dir, figures).ok(); after != before {
		t.Error("started again, the figures are others")
	}
	again := signIns.FindAllStringSubmatch(second.out.String(), -1)
	for i := range people {
		if len(again) != 6 || again[i][1] != people[i][1] || again[i][2] == people[i][2] {
			t.Fatalf("the second start's sign-ins: %q, the first's: %q", again, people)
		}
	}
	linksAgain := feedbacks.FindAllStringSubmatch(second.out.String(), -1)
	for i := range links {
		if strings.TrimPrefix(links[i][1], first.address) != strings.TrimPrefix(linksAgain[i][1], second.address) {
			t.Errorf("the link %s is now %s", links[i][1], linksAgain[i][1])
		}
	}
}

// The demonstration keeps away from a real council's data.
func TestTheDemonstrationBesideARealCouncil(t *testing.T) {
	t.Parallel()
	dir := emptyData(t)
	run(t, dir, "organisation add real --name Real").ok()
	refused := launch(t, dir, "demo", "--responses", "2000")
	code := refused.end()
	r := typed{k: &keyboard{t: t}, what: "demo", code: code, out: refused.out.String(), errs: refused.errs.String()}
	r.fails(exitFailed, "real organisation real", "--data")
	db, done := database(t, dir)
	defer done()
	if n := number(t, db, `SELECT count(*) FROM organisations`); n != 1 {
		t.Errorf("%d organisations", n)
	}
}

// Killed half-way, the demonstration is finished by the next start: as many responses as asked for, each with a number of its own.
func TestAKilledDemonstrationIsFinished(t *testing.T) {
	t.Parallel()
	dir := shortDir(t) + "/d"
	p := launch(t, dir, "demo", "--responses", "20000", "--until", "2026-03-31")
	seen := 0
	eventually(t, "half of the responses are there", func() bool {
		if p.postmaster() == 0 {
			return false
		}
		db, done := database(t, dir)
		defer done()
		if number(t, db, `SELECT count(*) FROM pg_class WHERE relname = 'responses'`) == 1 {
			seen = number(t, db, `SELECT count(*) FROM responses`)
		}
		return seen >= 6000
	})
	p.signal(syscall.SIGKILL)
	p.end()
	if answersOn.MatchString(p.out.String()) {
		t.Fatal("it was done before it was killed")
	}
	start(t, dir, "demo", "--responses", "20000", "--until", "2026-03-31")
	db, done := database(t, dir)
	defer done()
	for query, want := range map[string]int{
		`SELECT count(*) FROM responses`: 20000, `SELECT last_no FROM feeds`: 20000, `SELECT count(DISTINCT change_no) FROM responses`: 20000,
		`SELECT max(change_no) FROM responses`: 20000, `SELECT count(*) FROM organisations`: 1,
		`SELECT count(*) FROM imports WHERE state = 'finished' AND stored = 20000`: 1,
		`SELECT count(*) FROM responses WHERE equality_id IS NOT NULL`:             number(t, db, `SELECT count(*) FROM equality_answers`),
	} {
		if got := number(t, db, query); got != want {
			t.Errorf("%s: %d, want %d", query, got, want)
		}
	}
	t.Logf("killed after %d of 20000 responses, finished by the next start", seen)
}

// The same seed and last day give the same council; another seed another.
func TestTheSameSeedGivesTheSameRows(t *testing.T) {
	t.Parallel()
	made := func(options string) (tables string) {
		db := pgtest.New(t)
		k := &keyboard{t: t, db: db,
			args: []string{"--database-url", db.AppDSN, "--database-owner-url", db.OwnerDSN, "--database-tabulate-url", db.TabulateDSN}}
		ctx, stop := context.WithTimeout(t.Context(), patience)
		defer stop()
		out, errs := &untilStopped{stop: stop}, &bytes.Buffer{}
		args := append(words("demo --listen 127.0.0.1:0 --responses 800 "+options), k.args...)
		if code := Run(ctx, args, strings.NewReader(""), out, errs); code != exitDone {
			t.Fatalf("demo %s: exit code %d\n%s%s", options, code, out.b.String(), errs)
		}
		for _, by := range []string{"service,month", "channel,reason", "day", "week,language", "directorate,mode"} {
			tables += k.does("table --organisation demo --survey customer-satisfaction --measure rating --format json --out - --by " + by).ok()
		}
		// Protected tables of two councils may hide other cells: which ones is each council's secret. So the answers behind them are counted.
		var equality []string
		if err := db.Owner().Select(&equality,
			`SELECT answers::text || ' ' || count(*) FROM equality_answers GROUP BY answers ORDER BY 1`); err != nil || len(equality) < 100 {
			t.Fatalf("%d kinds of equality answers: %v", len(equality), err)
		}
		return tables + strings.Join(equality, "\n") + k.does("catalogue export --organisation demo").ok()
	}
	first, same, other := made("--seed 7 --until 2026-03-31"), made("--until 2026-03-31 --seed 7"), made("--seed 8 --until 2026-03-31")
	if first != same {
		t.Error("the same seed and last day gave other rows")
	}
	if first == other {
		t.Error("another seed gave the same rows")
	}
	if !strings.Contains(first, `"day":"2026-03-31"`) || strings.Contains(first, `"day":"2026-04`) {
		t.Error("the last day is not 31 March 2026")
	}
}

// untilStopped stops the program once it has said all there is to say.
type untilStopped struct {
	b    strings.Builder
	stop func()
}

func (w *untilStopped) Write(p []byte) (int, error) {
	n, err := w.b.Write(p)
	if strings.Contains(w.b.String(), "Ctrl-C") {
		w.stop()
	}
	return n, err
}

func status(t *testing.T, address string) int {
	t.Helper()
	client := http.Client{Timeout: patience}
	res, err := client.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	return res.StatusCode
}
