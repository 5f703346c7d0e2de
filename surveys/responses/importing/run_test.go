package importing_test

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yousaid/surveys/responses/importing"
	"yousaid/surveys/responses/importing/importingtest"
)

const questionnaire = `
survey: bins
title: {en: Bins}
pages:
  - questions:
      - code: rating
        kind: rating
        required: true
        text: {en: How was it?}
        options:
          - {code: "5", score: 5, satisfied: true, text: {en: Good}}
          - {code: "1", score: 1, text: {en: Poor}}
      - code: topics
        kind: several
        text: {en: About what?}
        options: [{code: a, text: {en: A}}, {code: b, text: {en: B}}]
      - {code: comment, kind: text, text: {en: More?}}
equality: [sex, age]
`

const simple = `
date: 2026-01-31
channel: telephone
service: bins
questions: {rating: How, comment: More}
`

type council struct {
	importingtest.Council
	t   *testing.T
	dir string
}

func start(t *testing.T) council {
	t.Helper()
	t.Parallel()
	c := council{importingtest.New(t), t, t.TempDir()}
	c.Publish(t, []byte(questionnaire))
	return c
}

func (c council) write(name, text string) string {
	c.t.Helper()
	path := filepath.Join(c.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		c.t.Fatal(err)
	}
	return path
}

func (c council) job(csv, mapping string) importing.Job {
	return c.Job("bins", c.write("answers.csv", csv), c.write("map.yaml", mapping))
}

func (c council) run(csv, mapping string) importing.Report {
	c.t.Helper()
	r, err := importing.Run(c.t.Context(), c.job(csv, mapping))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Import = 0
	return r
}

// has checks one number that the owner of the database sees.
func (c council) has(want int64, query string, args ...any) {
	c.t.Helper()
	var got int64
	if err := c.Test.Owner().GetContext(c.t.Context(), &got, query, args...); err != nil {
		c.t.Fatal(err)
	}
	if got != want {
		c.t.Errorf("%s: %d, want %d", query, got, want)
	}
}

// sound checks what is true after any number of imports: numbers without gaps, the feed at the last of them, no hour finer than an hour.
func (c council) sound(responses int64) {
	c.t.Helper()
	c.has(responses, `SELECT count(*) FROM responses`)
	c.has(responses, `SELECT count(DISTINCT change_no) FROM responses`)
	c.has(responses, `SELECT last_no FROM feeds`)
	c.has(responses, `SELECT COALESCE(max(change_no), 0) FROM responses`)
	c.has(responses, `SELECT sum(stored) FROM imports`)
	c.has(0, `SELECT count(*) FROM responses WHERE source <> 'import' OR state <> 'finished' OR import_id IS NULL`)
}

func report(r importing.Report) importing.Report {
	r.Import = 0
	r.RefusedFile = ""
	return r
}

func TestAnImportStoresWhatTheMappingSays(t *testing.T) {
	c := start(t)
	r := c.run("How,More,Sex,A,B,When,wt,Lang\nGood,=1+1,F,1,,31/3/2026 10:40,1.5,cy\nPoor,,,,,25/10/2026 09:05,,\n", `
date: {column: When, format: dmy hm}
channel: post
service: roads
access_point: desk
about: Letter 7
language: {column: Lang, otherwise: en}
weight: {column: wt, name: by age}
questions: {rating: How, comment: More, topics: {columns: {b: B, a: A}}}
equality: {sex: {column: Sex, values: {F: female}}}
`)
	if diff := cmp.Diff(importing.Report{Read: 2, Stored: 2}, r); diff != "" {
		t.Fatal(diff)
	}
	c.sound(2)
	c.has(1, `SELECT count(*) FROM responses
		WHERE  answers = '{"rating": "5", "topics": ["a"]}' AND mode = 'paper' AND channel = 'post' AND service_id = 22
		AND access_point_id = 31 AND about = 'Letter 7' AND language = 'cy' AND answered_hour = '2026-03-31 09:00Z' AND equality_id IS NOT NULL`)
	c.has(1, `SELECT count(*) FROM responses
		WHERE  answers = '{"rating": "1"}' AND language = 'en' AND answered_hour = '2026-10-25 09:00Z' AND equality_id IS NULL`)
	c.has(1, `SELECT count(*) FROM comments WHERE text = '=1+1' AND question_code = 'comment' AND delete_after > now() + interval '1 year'`)
	c.has(1, `SELECT count(*) FROM equality_answers WHERE answers = '{"sex": "female"}'`)
	c.has(1, `SELECT count(*) FROM weights JOIN weight_sets ON id = weight_set_id
		WHERE  weight = 1.5 AND name = 'by age' AND kind = 'imported'`)
	c.has(1, `SELECT count(*) FROM imports WHERE state = 'finished' AND read = 2 AND stored = 2 AND refused = 0 AND by = 'command line'`)
	if diff := cmp.Diff([]string{"responses.import_started", "responses.import_finished"},
		c.Ledger.Actions[len(c.Ledger.Actions)-2:]); diff != "" {
		t.Error(diff)
	}
	if _, err := c.Test.App().Exec(`SELECT answers FROM equality_answers`); err == nil {
		t.Error("the program can read equality answers back")
	}
}

func TestImportingAgainStoresNothingTwice(t *testing.T) {
	c := start(t)
	const answers = "How,More\nGood,a\nGood,a\nGood,\nPoor,a\nGood,a\n"
	if r := c.run(answers, simple); r != (importing.Report{Read: 5, Stored: 5}) {
		t.Errorf("first: %+v", r)
	}
	if r := c.run(answers, simple); r != (importing.Report{Read: 5, AlreadyStored: 5}) {
		t.Errorf("again: %+v", r)
	}
	// The next export holds the rows of the last one and one more who says the same as others did.
	if r := c.run(answers+"Good,a\n", simple); r != (importing.Report{Read: 6, Stored: 1, AlreadyStored: 5}) {
		t.Errorf("a longer file: %+v", r)
	}
	c.sound(6)
	c.has(4, `SELECT count(*) FROM comments WHERE text = 'a' AND response_id IN (SELECT id FROM responses WHERE answers = '{"rating": "5"}')`)
	c.has(3, `SELECT count(*) FROM imports WHERE state = 'finished'`)
}

func TestARowIDTellsWhoIsWho(t *testing.T) {
	c := start(t)
	const mapping = "row_id: ID\n" + simple
	r := c.run("ID,How,More\n1,Good,a\n2,Good,a\n1,Good,a\n2,Poor,a\n,Good,a\n", mapping)
	if diff := cmp.Diff(importing.Report{Read: 5, Stored: 2, AlreadyStored: 1, Refused: 2}, report(r)); diff != "" {
		t.Error(diff)
	}
	refused := read(t, r.RefusedFile)
	if diff := cmp.Diff([][]string{{"ID", "How", "More", "refused_line", "refused_reason"},
		{"2", "Poor", "a", "5", `the row id "2" stands on line 3 already, with other answers`},
		{"", "Good", "a", "6", "the row id is blank"}}, refused); diff != "" {
		t.Error(diff)
	}
	if r := c.run("ID,How,More,New column\n3,Poor,b,x\n1,Good,a,y\n", mapping); r != (importing.Report{Read: 2, Stored: 1, AlreadyStored: 1}) {
		t.Errorf("a wider file: %+v", r)
	}
	if _, err := os.Stat(r.RefusedFile); !errors.Is(err, os.ErrNotExist) {
		t.Error("an old list of refused rows stayed")
	}
	c.sound(3)
	c.has(0, `SELECT count(*) FROM responses WHERE import_row_key LIKE '%1%' AND length(import_row_key) < 40`)
}

func read(t *testing.T, path string) [][]string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(b), "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestRefusedRowsArePutRightAndImported(t *testing.T) {
	c := start(t)
	r := c.run("How,More\nGood,fine\nGreat,=cmd|' /C calc'!A0\nPoor,bad\n", simple)
	if diff := cmp.Diff(importing.Report{Read: 3, Stored: 2, Refused: 1}, report(r)); diff != "" {
		t.Fatal(diff)
	}
	c.has(1, `SELECT count(*) FROM imports WHERE refused = 1`)
	b, err := os.ReadFile(r.RefusedFile)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(b), "'=cmd") {
		t.Errorf("a formula stands in the list of refused rows: %s", b)
	}
	if r := c.run(strings.Replace(string(b), "Great", "Good", 1), simple); r != (importing.Report{Read: 1, Stored: 1}) {
		t.Errorf("put right: %+v", r)
	}
	c.sound(3)
}

// many is a file of n rows: every tenth like the one before it, every hundredth to be refused.
func many(n int) string {
	var b strings.Builder
	b.WriteString("How,More,Sex\n")
	for i := range n {
		switch {
		case i%100 == 7:
			fmt.Fprintf(&b, "Great,%d,F\n", i)
		case i%10 == 3:
			fmt.Fprintf(&b, "Poor,%d,\n", i-1)
		case i%10 == 2:
			fmt.Fprintf(&b, "Poor,%d,\n", i)
		default:
			fmt.Fprintf(&b, "Good,%d,F\n", i)
		}
	}
	return b.String()
}

const withSex = simple + "equality: {sex: {column: Sex, values: {F: female}}}\n"

func TestAnImportThatWasStoppedGoesOn(t *testing.T) {
	c := start(t)
	const n = 5000
	job := c.job(many(n), withSex)
	runs, stored := 0, int64(0)
	for {
		runs++
		ctx, stop := context.WithCancel(t.Context())
		chunks := 0
		job.Progress = func(done, total int64) {
			if total != n || done > total {
				t.Errorf("progress %d of %d", done, total)
			}
			if chunks++; chunks == 2 && runs < 4 {
				stop()
			}
		}
		r, err := importing.Run(ctx, job)
		stop()
		stored += r.Stored
		if err == nil {
			if diff := cmp.Diff(importing.Report{Read: n, Stored: r.Stored, AlreadyStored: n - n/100 - r.Stored, Refused: n / 100},
				report(r)); diff != "" {
				t.Error(diff)
			}
			if rows := read(t, r.RefusedFile); len(rows) != n/100+1 {
				t.Errorf("%d refused rows in the list", len(rows)-1)
			}
			break
		}
		if !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		if _, err := os.Stat(strings.TrimSuffix(job.File, ".csv") + ".refused.csv"); !errors.Is(err, os.ErrNotExist) {
			t.Error("a list of refused rows that is not whole")
		}
		c.has(stored, `SELECT count(*) FROM responses`)
	}
	if runs < 3 {
		t.Errorf("it was only stopped %d times", runs-1)
	}
	if stored != n-n/100 {
		t.Errorf("all runs together stored %d", stored)
	}
	c.sound(n - n/100)
	c.has(1, `SELECT count(*) FROM imports WHERE state = 'finished' AND read = 5000 AND refused = 50`)
	c.has(1, `SELECT count(*) FROM imports`)
	c.has(n-n/100, `SELECT count(*) FROM comments`)
	c.has(n-n/100-n/5, `SELECT count(*) FROM equality_answers e JOIN responses r ON r.equality_id = e.id`)
	left, err := os.ReadDir(c.dir)
	if err != nil || len(left) != 3 {
		t.Errorf("left beside the file: %v", left)
	}
}

func TestTwoImportsOfOneFileAtOnce(t *testing.T) {
	c := start(t)
	const n = 3000
	job := c.job(many(n), withSex)
	other := job
	other.File = c.write("copy.csv", many(n))
	var wg sync.WaitGroup
	var reports [2]importing.Report
	for i, j := range []importing.Job{job, other} {
		wg.Go(func() {
			var err error
			if reports[i], err = importing.Run(t.Context(), j); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := reports[0].Stored + reports[1].Stored; got != n-n/100 {
		t.Errorf("stored %d and %d", reports[0].Stored, reports[1].Stored)
	}
	c.sound(n - n/100)
}

// TestNothingIsStoredOfAFileThatDoesNotFit: what can be known before the first row is stored is told before.
func TestNothingIsStoredOfAFileThatDoesNotFit(t *testing.T) {
	c := start(t)
	good := "How,More\n" + strings.Repeat("Good,a\n", 300)
	for _, s := range []struct{ name, csv, mapping, says string }{
		{"wrong bytes late in the file", good + "Good,caf\xe9\n", simple,
			"answers.csv: line 302: there are bytes that are not UTF-8. They look like Windows-1252: set encoding: cp1252"},
		{"a quote late in the file", good + "Good,a \"b\" c\n", simple, "line 302: a quote mark"},
		{"no such column", good, simple + "row_id: ID\n", `line 6, column 9: there is no column called "ID"`},
		{"no such service", good, strings.Replace(simple, "bins", "zoo", 1), `there is no service "zoo"; there are: bins, roads`},
		{"mapping", good, "date: 2026-01-01\nquestion: {}\n", `the mapping map.yaml: line 2, column 1: "question" is not a key`},
		{"no rows", "How,More\n", simple, "no rows under its header"},
		{"in the future", good, strings.Replace(simple, "2026-01-31", "2999-01-01", 1), "lies in the future"},
	} {
		if _, err := importing.Run(t.Context(), c.job(s.csv, s.mapping)); err == nil || !strings.Contains(err.Error(), s.says) {
			t.Errorf("%s: %v, want %q", s.name, err, s.says)
		}
	}
	job := c.job(good, simple)
	job.Survey = "zoo"
	if _, err := importing.Run(t.Context(), job); err == nil || !strings.Contains(err.Error(), "there is no such survey") {
		t.Error(err)
	}
	c.has(0, `SELECT count(*) FROM responses`)
	c.has(0, `SELECT count(*) FROM imports`)
	c.has(0, `SELECT last_no FROM feeds`)
}

// TestNaughtyStrings puts hundreds of strings that break programs into cells. They come out as they went in, or are refused with a reason.
func TestNaughtyStrings(t *testing.T) {
	var strs []string
	b, err := os.ReadFile(importingtest.Data(t, "15_hostile_inputs", "strings", "blns.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &strs); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(importingtest.Data(t, "15_hostile_inputs", "strings", "csv-injection-payloadbox.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		strs = append(strs, lines.Text())
	}
	strs = append(strs, "=1+1", "x\",=1+1,\"y", "a\x00b", "\t=1+1", "\r=1+1")
	c := start(t)
	var csvText strings.Builder
	w := csv.NewWriter(&csvText)
	_ = w.Write([]string{"How", "More", "When"})
	for _, s := range strs {
		_ = w.Write([]string{"Good", s, "x"}) // as a comment
		_ = w.Write([]string{s, "", "x"})     // as an answer
		_ = w.Write([]string{"Poor", "", s})  // where nobody looks
	}
	w.Flush()
	r := c.run(csvText.String(), simple)
	if r.Read != int64(3*len(strs)) || r.Read != r.Stored+r.Refused || r.AlreadyStored != 0 {
		t.Errorf("%d strings: %+v", len(strs), r)
	}
	if least := int64(2*len(strs) - 10); r.Stored < least {
		t.Errorf("only %d stored, want %d", r.Stored, least)
	}
	c.has(1, `SELECT (count(*) > 0)::int FROM comments WHERE text = '=1+1'`)
	for _, row := range read(t, r.RefusedFile)[1:] {
		for _, cell := range row {
			if regexp.MustCompile(`^[=@\t\r]`).MatchString(cell) {
				t.Errorf("a formula in the list of refused rows: %q", cell)
			}
		}
	}
	if r := c.run(csvText.String(), simple); r.Stored != 0 {
		t.Errorf("%d rows stored twice", r.Stored)
	}
	t.Logf("%d strings in %d rows: %d stored, %d refused", len(strs), r.Read, r.Stored, r.Refused)
}

// TestTheWorkedExample runs what docs/import.md shows.
func TestTheWorkedExample(t *testing.T) {
	c := start(t)
	b, err := os.ReadFile("../../../docs/import.md")
	if err != nil {
		t.Fatal(err)
	}
	example, rest, ok := strings.Cut(string(b), "```yaml")
	mapping, _, ok2 := strings.Cut(rest, "```")
	_, example, ok3 := strings.Cut(example, "two header rows:\n")
	answers, _, ok4 := strings.Cut(example, "The mapping")
	if !ok || !ok2 || !ok3 || !ok4 {
		t.Fatal("docs/import.md has changed its shape")
	}
	c.Publish(t, []byte(strings.NewReplacer("survey: bins", "survey: example", "{code: a, text", "{code: bins, text", "{code: b, text",
		"{code: roads, text", `{code: "1", score: 1, text: {en: Poor}}`,
		`{code: "4", score: 4, text: {en: D}}
          - {code: "3", score: 3, text: {en: C}}
          - {code: "2", score: 2, text: {en: B}}
          - {code: "1", score: 1, text: {en: A}}`).Replace(questionnaire)))
	var lines []string
	for line := range strings.Lines(answers) {
		if line = strings.TrimPrefix(line, "    "); strings.TrimSpace(line) != "" {
			lines = append(lines, line)
		}
	}
	r, err := importing.Run(t.Context(),
		c.Job("example", c.write("answers.csv", strings.Join(lines, "")), c.write("answers.map.yaml", mapping)))
	if err != nil {
		t.Fatal(err)
	}
	if report(r) != (importing.Report{Read: 2, Stored: 2}) {
		t.Errorf("%+v", r)
	}
	c.has(1, `SELECT count(*) FROM responses
		WHERE  answers = '{"rating": "5", "topics": ["bins"]}' AND service_id = 21 AND answered_hour = '2026-02-05 14:00Z'`)
	c.has(1, `SELECT count(*) FROM responses
		WHERE  answers = '{"topics": ["roads"]}' AND service_id = 22 AND id IN (SELECT response_id FROM comments WHERE text = 'Potholes again')`)
}
