package main

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/lib/pq"

	"yousaid/surveys/tablefile"
)

// What is typed wrong is answered with exit code 2 and what to type instead; nothing is opened for it.
func TestMistypedCommands(t *testing.T) {
	t.Parallel()
	k := &keyboard{t: t, dir: t.TempDir()}
	const table = "table --organisation o --survey s --measure rating --format csv --out - "
	for command, says := range map[string]string{
		"nonsense":                      "there is no command “yousaid nonsense”",
		"organisation":                  "say what to do: yousaid organisation add",
		"survey":                        "yousaid survey import, yousaid survey publish, yousaid survey export",
		"user ad":                       "did you mean add?",
		"organisation add x":            "give --name=NAME as well",
		"organisation add --name X":     "SLUG is missing",
		"organisation add x --name X Y": `"Y" is a word too many: a value with spaces in it stands in quotes`,
		"organisation add x --nam X":    "there is no option --nam: did you mean --name?",
		"organisation add x --name":     "--name needs a value",
		"user add a@b.example --organisation o --role boss": "--role cannot be \"boss\": " +
			"it is one of viewer, service, frontline, consultation, equality, administrator",
		"user add a@b.example":              "give --organisation=SLUG and --role=ROLE as well",
		"catalogue import --organisation o": "FILE is missing",
		"survey add --organisation o --template mine": "customer-satisfaction, " +
			"good-average-poor, access-channels",
		"link add --organisation o --survey s --service s --channel pigeon": "web, telephone, face_to_face, email, " +
			"post, sms, kiosk, social_media, other",
		"link add --organisation o --survey s --service s --channel web --expires 31/3/2027": "write it as year-month-day",
		"link add --organisation o --survey s --service s --channel web --base-url x":        "--base-url",
		"responses import a.csv --organisation o --survey s":                                 "--map=FILE.yaml",
		table + "--format pdf": strings.ReplaceAll(
			tablefile.Names(tablefile.Format.HoldsFigures), ",", ", "),
		table + "--audience everybody":                         "internal, public",
		table + "--from yesterday":                             "write it as year-month-day",
		table + "--to 2026-02-30":                              "write it as year-month-day",
		table + "--where web":                                  "dimension=value",
		table + "--by":                                         "--by needs a value",
		"serve --listen 8080":                                  "host:port",
		"serve --listen 127.0.0.1:99999":                       "host:port",
		"serve --listen":                                       "--listen needs a value",
		"serve --base-url feedback":                            "https://",
		"serve --base-url https://www.example.gov.uk/feedback": "without a folder",
		"serve --base-url http://x/#a":                         "without a folder",
		"serve --base-url https://user:pw@x.example":           "without a folder, user",
		"serve --base-url https://x.example/?":                 "without a folder",
		"config --base-url https://x.example/f":                "without a folder",
		"link add --organisation o --survey s --service s --channel web --base-url https://x.example/f": "without a folder",
		"serve extra":                         "a word too many",
		"demo --listen 0.0.0.0:8080":          "on this machine only",
		"demo --listen 192.168.1.4:8080":      "on this machine only",
		"demo --listen :8080":                 "on this machine only",
		"demo --responses many":               "--responses needs a whole number",
		"demo --responses -5":                 "--responses needs a whole number",
		"demo --responses 99999999":           "5000000",
		"demo --responses":                    "--responses needs a whole number",
		"demo --seed -1":                      "--seed needs a whole number",
		"demo --until 31.3.2026":              "write it as year-month-day",
		"migrate":                             "migrate status, yousaid migrate up",
		"migrate down":                        "there is no command “yousaid migrate down”",
		"config --base-url feedback":          "https://",
		"config --log-level loud":             "debug, info, warn, error",
		"config --database-url mysql://x":     "postgres://",
		"config --database-owner-url a/b":     "postgres://",
		"organisation add x --name X --data=": "--data",
	} {
		k.does(command).fails(exitUsage, says)
	}
	bare := k.does("")
	if bare.code != exitUsage || bare.out != "" || !strings.Contains(bare.errs, "Usage: yousaid <command>") ||
		!strings.Contains(bare.errs, "organisation add") {
		t.Errorf("yousaid alone: %+v", bare)
	}
}

// Every command has help that says what it does, on standard output, without words of programmers.
func TestHelp(t *testing.T) {
	t.Parallel()
	k := &keyboard{t: t}
	for command, says := range map[string]string{
		"": "yousaid serve, then yousaid organisation add", "serve": "--base-url=URL", "demo": "--until=DATE",
		"organisation": "organisation add", "organisation add": "--link-prefix=ABC",
		"user": "user list", "user add": "password is read from standard input", "user password": "ends their sessions",
		"user list": "their roles", "catalogue import": "directorate,service,slug,lgsl_id,parent", "catalogue export": "standard output",
		"survey add": "--template=NAME", "survey import": "YAML", "survey publish": "--override=REASON", "survey export": "YAML",
		"survey close": "Close", "link add": "--access-point=X",
		"responses import": "docs/import.md", "responses imports": "undone", "responses undo": "--yes", "table": "--where=D=V[,V]",
		"attack": "as an outsider would", "migrate status": "still to come", "migrate up": "up to date", "config": "hidden",
	} {
		r := k.does(command + " --help")
		if out := r.ok(); !strings.Contains(strings.Join(strings.Fields(out), " "), says) || strings.Contains(out, "=STRING") ||
			jargon.MatchString(out) {
			t.Errorf("yousaid %s --help:\n%s", command, out)
		}
	}
	k.does("--version").says(version + "\n")
}

// What is typed right and cannot be done is answered with exit code 1 and what to do; nothing is changed by it.
func TestWhatCannotBeDone(t *testing.T) {
	t.Parallel()
	k := newKeyboard(t)
	k.does("organisation add riverton --name Riverton --link-prefix RVT").ok()
	k.does("catalogue import " + k.file("c.csv", riverton) + " --organisation riverton").ok()
	k.does("survey import " + k.file("s.yaml", ownSurvey) + " --organisation riverton --publish").ok()
	k.does("survey add --template customer-satisfaction --slug draft --organisation riverton").ok()
	bad := func(name, content string) string { return k.file(name, content) }
	const password = "correct long words here"
	link := "link add --organisation riverton --channel web --survey counter --service waste "
	table := "table --organisation riverton --survey counter --measure rating --format json --out - "
	answers := bad("a.csv", "id,when,channel,service,rating\n1,2026-03-05,web,waste,5\n")
	mapping := func(name, yaml string) string {
		return "responses import " + answers + " --organisation riverton --survey counter --map " + bad(name, yaml)
	}
	for _, c := range []struct {
		command, stdin string
		says           []string
	}{
		{"organisation add riverton --name Again", "", []string{"already"}},
		{"organisation add other --name Other --link-prefix RVT", "", []string{"RVT", "Choose another"}},
		{"organisation add other --name Other --link-prefix O01", "", []string{"without 0, O, 1, I and L"}},
		{"organisation add Other --name Other", "", []string{"small letters"}},
		{"organisation add staff --name Other", "", []string{"used by the program itself"}},
		{"organisation add other --name ''", "", []string{"name"}},
		{"organisation add other --name Other --base-url nowhere", "", []string{"https://"}},
		{"organisation add other --name Other --base-url https://x.example/feedback", "", []string{"without a folder"}},
		{"organisation add other --name Other --base-url https://u:p@x.example", "", []string{"without a folder, user"}},
		{"organisation add other --name Other --base-url https://x.example/#a", "", []string{"without a folder"}},
		{"user add jo@x.example --organisation nowhere --role viewer", password,
			[]string{"no organisation", "yousaid organisation add nowhere", "yousaid organisation list"}},
		{"user add jo@x.example --organisation riverton --role viewer", "", []string{"no password was given"}},
		{"user add jo@x.example --organisation riverton --role viewer", "\n", []string{"password of at least 12"}},
		{"user add jo@x.example --organisation riverton --role viewer", "short\n", []string{"at least 12 characters"}},
		{"user add jo@x.example --organisation riverton --role viewer", "password1234\n", []string{"Choose another password"}},
		{"user add jo --organisation riverton --role viewer", password, []string{"not an email address"}},
		{"user add jo@x.example --organisation riverton --role service", password, []string{"at least one service"}},
		{"user add jo@x.example --organisation riverton --role service --service nope", password,
			[]string{"“nope”", "catalogue export --organisation riverton"}},
		{"user password nobody@x.example --organisation riverton", password,
			[]string{"no account of nobody@x.example at riverton", "yousaid user list --organisation riverton"}},
		{"user password nobody@x.example --organisation riverton", "short\n", []string{"at least 12 characters"}},
		{"user list --organisation nowhere", "", []string{"no organisation"}},
		{"catalogue import nofile.csv --organisation riverton", "", []string{"there is no file or folder nofile.csv"}},
		{"catalogue import " + k.dir + " --organisation riverton", "", []string{"is a folder"}},
		{"catalogue import " + bad("h.csv", "service,slug\nA,a\n") + " --organisation riverton", "",
			[]string{"line 1", "directorate,service,slug,lgsl_id,parent"}},
		{"catalogue import " + bad("e.csv", "") + " --organisation riverton", "", []string{"There is no header"}},
		{"catalogue import " + bad("p.csv", "directorate,service,slug,lgsl_id,parent\nP,A,a,,nope\n") + " --organisation riverton", "",
			[]string{"line 2", "nope"}},
		{"survey add --template customer-satisfaction --slug counter --organisation riverton", "", []string{"choose another"}},
		{"survey import nofile.yaml --organisation riverton", "", []string{"there is no file or folder nofile.yaml"}},
		{"survey import " + bad("k.yaml",
			"survey: x\ntitle: {en: X}\npages:\n  - questions:\n      - {code: a, kind: yesno, txt: {en: A}}\n") +
			" --organisation riverton", "", []string{"line 5, column 32", "“txt” is not a key"}},
		{"survey import " + bad("y.yaml", "survey: [x\n") + " --organisation riverton", "", []string{"line ", "cannot be read as YAML"}},
		{"user list --organisation rivertown", "", []string{"did you mean riverton?"}},
		{"survey close conter --organisation riverton", "", []string{"did you mean counter?"}},
		{link + "--survey countr", "", []string{"did you mean counter?"}},
		{"table --organisation riverton --survey countr --measure rating --format csv --out -", "",
			[]string{"no published survey", "did you mean counter?"}},
		{"table --organisation riverton --survey counter --measure nosuch --format csv --out -", "", []string{"nosuch"}},
		{"user add jo@x.example --organisation riverton --role service --service wast", password, []string{"“wast”", "did you mean waste?"}},
		{"survey export nope --organisation riverton", "", []string{"“nope”", "no such survey"}},
		{"survey close nope --organisation riverton", "", []string{"“nope”", "no such survey"}},
		{"survey close draft --organisation riverton", "", []string{"draft is not open"}},
		{link + "--service nope", "", []string{"“nope”"}},
		{link + "--survey nope", "", []string{"“nope”"}},
		{link + "--expires 2020-01-01", "", []string{"not in the past"}},
		{"responses import nofile.csv --organisation riverton --survey counter --map " + bad("ok.yaml", answersMap), "",
			[]string{"there is no file or folder", "nofile.csv"}},
		{"responses import " + answers + " --organisation riverton --survey counter --map nomap.yaml", "",
			[]string{"there is no file or folder nomap.yaml"}},
		{"responses import " + answers + " --organisation riverton --survey nope --map " + bad("ok.yaml", answersMap), "", []string{"nope"}},
		{mapping("m1.yaml", "date: 2026-03-01\nservic: waste\nquestions: {rating: rating}\n"), "",
			[]string{"line 2, column 1", `"servic" is not a key`}},
		{mapping("m2.yaml", "date: 2026-03-01\nquestions: {rating: score}\n"), "", []string{"score"}},
		{table + "--survey nope", "", []string{"nope"}},
		{table + "--measure nope", "", []string{"nope", "Choose one of its questions"}},
		{table + "--measure comment", "", []string{"own words"}},
		{table + "--by colour", "", []string{"There is no dimension", "colour"}},
		{table + "--by channel,mode,day", "", []string{"two dimensions"}},
		{table + "--by channel --where channel=pigeon", "", []string{"pigeon", "telephone"}},
		{table + "--from 2026-04-01 --to 2026-03-01", "", []string{"ends", "before"}},
		{table + "--by sex,day", "", []string{"whole months"}},
		{table + "--by sex --where channel=web,post", "", []string{"filter"}},
	} {
		k.does(c.command, c.stdin).fails(exitFailed, c.says...)
	}
	var audited int
	if err := k.db.Owner().Get(&audited, `SELECT count(*) FROM audit WHERE action NOT LIKE 'equality.%'`); err != nil {
		t.Fatal(err)
	}
	if want := 1 + 1 + 2 + 1; audited != want { // organisation, catalogue, survey made and published, draft made
		t.Errorf("%d changes are in the audit table, want %d: a mistake has changed something", audited, want)
	}
}

// Places that cannot be used are named, with what to do.
func TestPlacesThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = busy.Close() }()
	dir := shortDir(t)
	k := &keyboard{t: t, dir: dir}
	file := k.file("file", "")
	for command, says := range map[string][]string{
		"serve --listen " + busy.Addr().String() + " --data " + dir + "/d": {"another program answers", "--listen"},
		"serve --listen 192.0.2.1:8080 --data " + dir + "/d":               {"does not have the address", "--listen"},
		"table --organisation o --survey s --measure m --format csv --out - --data " + dir +
			"/e": {"no database in the data folder " + dir + "/e", "--data", "yousaid serve --data " + dir + "/e"},
		"organisation add x --name X --data " + file:                                  {"data folder cannot be made", "--data"},
		"serve --listen 127.0.0.1:0 --data " + dir + "/" + strings.Repeat("long", 30): {"too long", "--data"},
		"organisation add x --name X --database-url postgres://u:secret@127.0.0.1:1/d": {"nobody answers at 127.0.0.1:1",
			"check the address"},
		"organisation add x --name X --database-url postgres://u:secret@database.invalid/d": {"database.invalid", "check the address"},
		"organisation add x --name X --database-owner-url 'host=/nowhere user=u dbname=d'": {"nobody answers at /nowhere",
			"check the address"},
		"healthcheck --listen 127.0.0.1:1":                                                       {"does not answer on 127.0.0.1:1"},
		"migrate status --database-url 'postgres://u:secret word@h/d'":                           {"DATABASE_URL", "percent-encoded"},
		"survey import " + dir + " --organisation o --data " + dir + "/d":                        {"is a folder"},
		"serve --listen 127.0.0.1:0 --trusted-proxy everybody --data " + file + "/none/of/these": {"data folder", "--data"},
	} {
		k.does(command).fails(exitFailed, says...)
	}
	for _, made := range []string{"/d", "/e"} {
		if _, err := os.Stat(dir + made); err == nil {
			t.Errorf("the data folder %s was made for a command that could not begin", made)
		}
	}
	old := dir + "/old"
	if err := os.MkdirAll(old+"/pg", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(old+"/pg/PG_VERSION", []byte("13\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	k.does("serve --listen 127.0.0.1:0 --data "+old).fails(exitFailed, "PostgreSQL 13", "nothing was changed", "postgresql-13",
		"docs/operate.md")
	if left, err := os.ReadDir(old + "/pg"); err != nil || len(left) != 1 {
		t.Errorf("the database of another version was touched: %v, %v", left, err)
	}
}

// An error of the system or of the database is printed as a sentence for people.
func TestSentences(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err  error
		says string
	}{
		{fmt.Errorf("storing rows: %w", context.Canceled), "run the same command again"},
		{fmt.Errorf("storing rows: %w", &pq.Error{Code: "57014", Message: "canceling statement due to user request"}),
			"run the same command again"},
		{fmt.Errorf("reading: %w", &fs.PathError{Op: "open", Path: "a.csv", Err: syscall.ENOENT}), "reading: there is no file or folder a.csv"},
		{fmt.Errorf("reading: %w", &fs.PathError{Op: "open", Path: "a.csv", Err: syscall.EACCES}), "this user may not use a.csv"},
		{&fs.PathError{Op: "write", Path: "a.csv", Err: syscall.ENOSPC}, "there is no room left for a.csv"},
		{&os.LinkError{Op: "rename", Old: "x", New: "a.csv", Err: syscall.EROFS}, "a.csv can only be read"},
		{&fs.PathError{Op: "open", Path: "a.csv", Err: syscall.ELOOP}, "a.csv cannot be used"},
		{&net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}, "connection was lost"},
		{fmt.Errorf("signing in: %w", &pq.Error{Code: "28P01", Message: `password authentication failed for user "x"`}),
			"does not accept this user and password"},
		{&pq.Error{Code: "3D000", Message: `database "x" does not exist`}, "no such database"},
		{&pq.Error{Code: "53300", Message: "too many connections"}, "try again"},
		{&pq.Error{Code: "57P03", Message: "the database system is starting up"}, "try again"},
		{&pq.Error{Code: "53100", Message: "could not extend file"}, "no room left"},
		{fmt.Errorf("first; %w", fmt.Errorf("second: %w", &pq.Error{Code: "42P01", Message: `relation "x" does not exist`})),
			`first; second: the database says: relation "x" does not exist`},
	} {
		got := sentence(c.err)
		if !strings.Contains(got, c.says) || jargon.MatchString(got) {
			t.Errorf("%v becomes %q, want %q", c.err, got, c.says)
		}
	}
	var out, errs bytes.Buffer
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	code := Run(ctx, []string{"organisation", "add", "x", "--name", "X", "--data", shortDir(t)}, nil, &out, &errs)
	if code != exitFailed || out.Len() > 0 || !strings.Contains(errs.String(), "stopped before it was done") {
		t.Errorf("a command that is stopped: exit code %d, %q, %q", code, &out, &errs)
	}
}
