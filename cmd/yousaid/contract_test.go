package main

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"yousaid/migrations/localpg"
)

const (
	riverton = "directorate,service,slug,lgsl_id,parent\nHomes,Repairs,repairs,141,\nPlace,Waste,waste,524,\nPlace,Garden " +
		"waste,garden,,waste\n"

	ownSurvey = `survey: counter
title: {en: At the counter, cy: Wrth y cownter}
pages:
  - questions:
      - code: rating
        kind: rating
        scale: lga-satisfaction-5
        required: true
        text: {en: "Overall, how satisfied or dissatisfied are you?", cy: "Pa mor fodlon ydych chi?"}
        options:
          - {code: "5", score: 5, satisfied: true, text: {en: Very satisfied, cy: Bodlon iawn}}
          - {code: "4", score: 4, satisfied: true, text: {en: Fairly satisfied, cy: Eithaf bodlon}}
          - {code: "3", score: 3, text: {en: Neither, cy: Y naill na'r llall}}
          - {code: "2", score: 2, text: {en: Fairly dissatisfied, cy: Eithaf anfodlon}}
          - {code: "1", score: 1, text: {en: Very dissatisfied, cy: Anfodlon iawn}}
  - questions:
      - {code: reason, kind: choice, text: {en: What is the main reason?, cy: Beth yw'r rheswm?},
         options: [{code: delay, text: {en: Delay, cy: Oedi}}, {code: staff, text: {en: Staff, cy: Staff}}]}
      - {code: topics, kind: several, text: {en: What was it about?, cy: Am beth?},
         options: [{code: bins, text: {en: Bins, cy: Biniau}}, {code: roads, text: {en: Roads, cy: Ffyrdd}}]}
      - {code: comment, kind: text, max_length: 1200, text: {en: Anything else?, cy: Unrhyw beth arall?}}
equality: [sex]
`
	answersMap = `row_id: id
date: {column: when, format: ymd}
channel: {column: channel}
service: {column: service}
questions:
  rating: rating
  reason: reason
  topics: {column: topics, split: ";"}
  comment: words
equality:
  sex: {column: sex}
`
)

// Every command of the contract, with its flags, in the order in which somebody new would type them. The address of the database stands in
// the environment, as it would there.
func TestANewcomersFirstHour(t *testing.T) {
	k := newKeyboard(t)
	t.Setenv("DATABASE_URL", k.db.AppDSN)
	t.Setenv("DATABASE_OWNER_URL", k.db.OwnerDSN)
	t.Setenv("DATABASE_TABULATE_URL", k.db.TabulateDSN)
	k.args = nil

	k.does("migrate up").says("The database is up to date: 0 steps applied.\n")
	if status := k.does("migrate status").ok(); !strings.Contains(status, "0001_organisations.sql") || strings.Contains(status, "to come") {
		t.Errorf("migrate status: %s", status)
	}
	k.does("organisation add riverton --name 'Riverton Council' --link-prefix rvt --base-url https://say.riverton.example/").says(
		"Added riverton. Its link codes begin with RVT.\n")
	k.does("organisation add elsewhere --name Elsewhere").ok()
	catalogue := k.file("catalogue.csv", riverton)
	k.does("catalogue import " + catalogue + " --organisation riverton").says(
		"Read 3 services: 3 added, 0 changed, 0 moved to another directorate, 0 as before. Added 2 directorates.\n")
	k.does("catalogue import " + catalogue + " --organisation riverton").says(
		"Read 3 services: 0 added, 0 changed, 0 moved to another directorate, 3 as before. Added 0 directorates.\n")
	k.does("catalogue export --organisation riverton").says("\ufeff" + riverton)
	k.does("catalogue export --organisation elsewhere").says("\ufeffdirectorate,service,slug,lgsl_id,parent\n")

	k.does("user add jo@riverton.example --organisation riverton --role consultation",
		"correct long words here\n").says("jo@riverton.example can sign in to riverton as consultation.\n")
	k.does("user add kim@riverton.example --organisation riverton --role frontline --service waste", "another long password\r\n").ok()
	k.does("user add sam@riverton.example --organisation riverton --role service --service waste --service repairs",
		"another long password\r\n").ok()
	// Another role keeps the password: nothing is read, and a new one is a command of its own.
	if more := k.does("user add Jo@riverton.example --organisation riverton --role viewer"); more.ok() != "Jo@riverton.example can "+
		"sign in to riverton as viewer.\n" || !strings.Contains(more.errs, "was kept") {
		t.Errorf("a second role: %q, %q", more.out, more.errs)
	}
	k.does("user add jo@riverton.example --organisation elsewhere --role viewer", "an account of its own here\n").ok()
	k.does("user password jo@riverton.example --organisation riverton",
		"some new long words\n").says("jo@riverton.example has a new password at riverton and is signed out everywhere there.\n")
	k.does("user list --organisation riverton").says("EMAIL                 ROLES                          STATE\n" +
		"jo@riverton.example   consultation viewer            can sign in\n" +
		"kim@riverton.example  frontline:waste                can sign in\n" +
		"sam@riverton.example  service:repairs service:waste  can sign in\n")
	k.does("user list --organisation elsewhere").says("EMAIL                ROLES   STATE\njo@riverton.example  viewer  can sign in\n")
	for _, role := range []string{"viewer", "frontline", "equality", "administrator"} {
		k.does("user add "+role+"@riverton.example --organisation riverton --role "+role+" ", "one more long password").ok()
	}

	k.does("survey add --template customer-satisfaction --organisation riverton").says("customer-satisfaction\n")
	k.does("survey add --template good-average-poor --organisation riverton --slug smiles --publish").says("smiles\n")
	k.does("survey add --template access-channels --organisation riverton --publish").says("access-channels\n")
	k.does("survey import " + k.file("counter.yaml", ownSurvey) + " --organisation riverton --publish").says("counter\n")
	exported := k.does("survey export counter --organisation riverton").ok()
	k.does("survey import " + k.file("again.yaml", exported) + " --organisation elsewhere").says("counter\n")
	k.does("survey export counter --organisation elsewhere").says(exported)

	address := regexp.MustCompile(`^https://say\.riverton\.example/f/RVT[2-9A-HJKMNP-Z]{5,}\n$`)
	for _, more := range []string{"", " --access-point 'Market Street'", " --about 'Council tax letter'", " --expires 2099-12-31"} {
		link := k.does("link add --organisation riverton --survey counter --service waste --channel face_to_face" + more)
		if !address.MatchString(link.ok()) || link.errs != "" {
			t.Errorf("link add%s prints %q and %q, not the address alone", more, link.out, link.errs)
		}
	}
	if budget := k.does("link add --organisation riverton --survey counter --about 'Budget consultation'"); !address.MatchString(budget.ok()) {
		t.Errorf("a link about no service by no channel: %q, %q", budget.out, budget.errs)
	}
	if early := k.does("link add --organisation riverton --survey customer-satisfaction --service waste " +
		"--channel web"); !address.MatchString(early.ok()) || !strings.Contains(early.errs, "not published yet") {
		t.Errorf("a link to a draft: %q, %q", early.out, early.errs)
	}
	k.does("catalogue import " + catalogue + " --organisation elsewhere").ok()
	k.does("survey import " + k.file("again.yaml", exported) + " --organisation elsewhere --publish").ok()
	if link := k.does("link add --organisation elsewhere --survey counter --service waste --channel web --base-url " +
		"https://site.example").ok(); !strings.HasPrefix(link, "https://site.example/f/") {
		t.Errorf("a council without an address of its own has the link %s", link)
	}

	answers := k.file("answers.csv",
		"id,when,channel,service,rating,reason,topics,words,sex\n1,2026-03-05,web,waste,5,delay,bins;roads,Thank "+
			"you,female\n2,2026-03-05,web,waste,2,,bins,,male\n3,2026-03-06,post,repairs,9,,,,\n")
	imported := k.does("responses import " + answers + " --organisation riverton --survey counter --map " + k.file("map.yaml", answersMap))
	if imported.code != exitFailed || imported.out != "Read 3 rows: 2 stored, 0 stored before, 0 left out, 1 refused.\n" ||
		!strings.Contains(imported.errs, "answers.refused.csv") {
		t.Errorf("responses import: %q, %q", imported.out, imported.errs)
	}
	if refused, err := os.ReadFile(filepath.Join(k.dir, "answers.refused.csv")); err != nil || !strings.Contains(string(refused), "post") {
		t.Errorf("the refused row: %q, %v", refused, err)
	}

	table := "table --organisation riverton --survey counter --measure rating --by channel"
	if out := k.does(table + " --format json --out -").ok(); !strings.Contains(out,
		`{"by":{"channel":"web"},"n":2,"mean":3.5,"satisfied":0.5,`) {
		t.Errorf("the figures: %s", out)
	}
	rows, err := csv.NewReader(strings.NewReader(k.does(table +
		",service --format csv --out - --from 2026-03-01 --to 2026-03-05 --audience internal").ok())).ReadAll()
	if err != nil || len(rows) < 3 {
		t.Errorf("the CSV: %v, %v", rows, err)
	}
	name := filepath.Join(k.dir, "figures.xlsx")
	k.does(table + " --format xlsx --out " + name).says("")
	book, err := excelize.OpenFile(name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = book.Close() }()
	if sheets := book.GetSheetList(); len(sheets) < 3 {
		t.Errorf("the workbook has only the sheets %v", sheets)
	}
	k.does("survey close counter --organisation riverton").says("counter is closed.\n")
	k.does("survey close counter --organisation riverton").fails(exitFailed, "not open")

	var actors []string
	if err := k.db.Owner().Select(&actors, `SELECT DISTINCT via FROM audit`); err != nil || !cmp.Equal(actors, []string{"command line"}) {
		t.Errorf("the audit table has changes made by %q, %v", actors, err)
	}
}

func TestConfigHidesSecrets(t *testing.T) {
	t.Setenv("YOUSAID_LISTEN", "127.0.0.1:9000")
	t.Setenv("YOUSAID_DATA", "/srv/yousaid")
	for _, address := range []string{
		"postgres://yousaid_app:s3cret-word@db.example:5432/yousaid?sslmode=require",
		"postgresql://app@db.example/x?password=s3cret-word&sslpassword=s3cret-word",
		"host=db.example user=app password=s3cret-word", `host=db.example password = 's3cret-word \' s3cret-word' user=app`,
	} {
		t.Setenv("DATABASE_URL", address)
		t.Setenv("DATABASE_OWNER_URL", address)
		t.Setenv("DATABASE_TABULATE_URL", address)
		var out, errs bytes.Buffer
		if code := Run(t.Context(), []string{"config"}, nil, &out, &errs); code != exitDone || errs.Len() > 0 {
			t.Fatalf("exit code %d: %s", code, &errs)
		}
		if strings.Contains(out.String(), "s3cret") || !strings.Contains(out.String(), "db.example") {
			t.Errorf("config with %s prints\n%s", address, &out)
		}
		for _, want := range []string{"YOUSAID_LISTEN=127.0.0.1:9000\n", "YOUSAID_DATA=/srv/yousaid\n",
			"YOUSAID_BASE_URL=http://127.0.0.1:9000\n", "YOUSAID_LOG=info\n"} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("config does not print %s: %s", want, &out)
			}
		}
	}
}

// A database that nobody has migrated yet is listed and then brought up to date; the private one and one of the council's own.
func TestMigrateFromNothing(t *testing.T) {
	t.Parallel()
	dir := shortDir(t)
	cluster, err := localpg.Options{NoSync: true}.Start(t.Context(), filepath.Join(dir, "d"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cluster.Stop() }()
	for name, args := range map[string][]string{
		"the private server":    {"--data", filepath.Join(dir, "d")},
		"a server of one's own": {"--database-owner-url", cluster.DSN("postgres", "postgres")},
	} {
		k := &keyboard{t: t, args: args}
		if status := k.does("migrate status").ok(); strings.Contains(status, " done") ||
			!regexp.MustCompile(`0001_organisations\.sql +to come`).MatchString(status) {
			t.Errorf("%s, at first: %s", name, status)
		}
		if up := k.does("migrate up"); !regexp.MustCompile(`^The database is up to date: [1-9]\d* steps applied\.\n$`).MatchString(
			up.ok()) || up.errs != "" {
			t.Errorf("%s: migrate up says %q, %q", name, up.out, up.errs)
		}
		if status := k.does("migrate status").ok(); strings.Contains(status, "to come") {
			t.Errorf("%s, afterwards: %s", name, status)
		}
	}
}

// A database that a newer program has made stops every command.
func TestANewerDatabaseStopsTheStart(t *testing.T) {
	t.Parallel()
	k := newKeyboard(t)
	if _, err := k.db.Owner().Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)`); err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"serve --listen 127.0.0.1:0", "demo --listen 127.0.0.1:0", "organisation add x --name X", "migrate up"} {
		k.does(command).fails(exitFailed, "made by a newer Yousaid", "9999", "install")
	}
	if status := k.does("migrate status"); status.code != exitFailed || !strings.Contains(status.errs, "newer") {
		t.Errorf("migrate status: %+v", status)
	}
}

func shortDir(t *testing.T) string {
	t.Helper()
	base := ""
	if st, err := os.Stat("/dev/shm"); err == nil && st.IsDir() {
		base = "/dev/shm"
	}
	dir, err := os.MkdirTemp(base, "y") // a socket's path may not be long
	if err == nil {
		err = os.Chmod(dir, 0o711) // PostgreSQL, run as another user by root, has to pass through
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}
