package importing_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yousaid/surveys/responses/importing"
)

const numbered = "row_id: ID\n" + simple

// TestMonthlyFilesNumberedFromOne: the second month has the ids of the first and other answers. Nothing of it is lost: each row is
// a conflict, listed, and a prefix for the ids takes the list.
func TestMonthlyFilesNumberedFromOne(t *testing.T) {
	c := start(t)
	const january, february = "ID,How,More\n1,Good,a\n2,Good,b\n3,Poor,\n", "ID,How,More\n1,Good,a\n2,Poor,b\n3,Poor,new\n4,Good,\n"
	if r := c.run(january, numbered); r != (importing.Report{Read: 3, Stored: 3}) {
		t.Errorf("%+v", r)
	}
	r := c.run(february, numbered)
	// Row 3 had no comment before: that cannot be told from one that was deleted in time, so only row 2 is another person for sure.
	if diff := cmp.Diff(importing.Report{Read: 4, Stored: 1, AlreadyStored: 2, Conflicts: 1}, report(r)); diff != "" {
		t.Error(diff)
	}
	rows := read(t, r.RefusedFile)
	if len(rows) != 2 || rows[1][0] != "2" || !strings.HasPrefix(rows[1][4],
		"this row was stored before with other answers (rating) by import ") {
		t.Errorf("%q", rows)
	}
	c.has(1, `SELECT count(*) FROM imports WHERE conflicts = 1 AND again = 2 AND stored = 1`)
	list, err := os.ReadFile(r.RefusedFile)
	if err != nil {
		t.Fatal(err)
	}
	const prefixed = "row_id: {column: ID, prefix: \"2026-02 \"}\n" + simple
	if r := c.run(string(list), prefixed); r != (importing.Report{Read: 1, Stored: 1}) {
		t.Errorf("with a prefix: %+v", r)
	}
	if r := c.run(string(list), prefixed); r != (importing.Report{Read: 1, AlreadyStored: 1}) {
		t.Errorf("with a prefix, again: %+v", r)
	}
	c.sound(5)
}

// TestEveryFactTellsRowsApart: a row that differs from the stored one in any fact alone is a conflict.
func TestEveryFactTellsRowsApart(t *testing.T) {
	c := start(t)
	const mapping = `
row_id: ID
date: {column: When, format: iso}
channel: {column: Ch}
mode: {column: Mo}
service: {column: Se}
access_point: {column: Ap}
language: {column: La}
about: {column: Ab}
questions: {rating: How, comment: More, topics: {column: T, split: ";"}}
equality: {sex: {column: Sex, values: {F: female, M: male}}}
`
	const header = "ID,When,Ch,Mo,Se,Ap,La,Ab,How,More,T,Sex\n"
	row := []string{"7", "2026-01-31 10:00", "post", "paper", "bins", "desk", "en", "x", "Good", "words", "A;B", "F"}
	if r := c.run(header+strings.Join(row, ",")+"\n", mapping); r != (importing.Report{Read: 1, Stored: 1}) {
		t.Fatalf("%+v", r)
	}
	for i, other := range []string{1: "2026-01-31 11:00", "web", "kiosk", "roads", "", "cy", "y", "Poor", "other words", "A"} {
		if i == 0 {
			continue
		}
		changed := append([]string{}, row...)
		changed[i] = other
		r := c.run(header+strings.Join(changed, ",")+"\n", mapping)
		if diff := cmp.Diff(importing.Report{Read: 1, Conflicts: 1}, report(r)); diff != "" {
			t.Errorf("column %d: %s", i, diff)
		}
	}
	// The same answers in other words, order and fineness are the same; equality answers cannot be read back and are not compared.
	same := strings.NewReplacer("10:00", "10:45", "Good", "good", "A;B", "b;a", ",F", ",M").Replace(strings.Join(row, ","))
	folded := strings.NewReplacer("rating: How", "rating: {column: How, fold: true}", `split: ";"`, `split: ";", fold: true`).Replace(mapping)
	if r := c.run(header+same+"\n", folded); r != (importing.Report{Read: 1, AlreadyStored: 1}) {
		t.Errorf("the same answers otherwise written: %+v", r)
	}
	c.sound(1)
}

// TestIDsOfStatisticsPrograms: 1001.0 in a second file is the row 1001, whichever came first, also where an earlier version stored
// it as it stood.
func TestIDsOfStatisticsPrograms(t *testing.T) {
	c := start(t)
	c.run("ID,How\n1001,Good\n1002.0,Poor\n", "row_id: ID\ndate: 2026-01-31\nchannel: telephone\nservice: bins\nquestions: {rating: How}\n")
	const mapping = "row_id: ID\ndate: 2026-01-31\nchannel: telephone\nservice: bins\nquestions: {rating: How}\n"
	if r := c.run("ID,How\n1001.0,Good\n1002,Poor\n1003.50,Good\n1003.5,Good\n",
		mapping); r != (importing.Report{Read: 4, Stored: 2, AlreadyStored: 2}) {
		t.Errorf("%+v", r)
	}
}

func TestADryRunStoresNothing(t *testing.T) {
	c := start(t)
	c.run("ID,How,More\n1,Good,a\n2,Poor,\n", numbered)
	job := c.job("ID,How,More,Sex,T\n1,Good,a,F,A\n2,Good,,F,\n3,Great,,,\n4,Good,b,F,A;B\n5,Poor,,,B\n",
		numbered+"equality: {sex: {column: Sex, values: {F: female}}}\n")
	mapping, err := os.ReadFile(job.Map)
	if err != nil {
		t.Fatal(err)
	}
	job.Map = c.write("map.yaml", strings.Replace(string(mapping), "comment: More", `comment: More, topics: {column: T, split: ";"}`, 1))
	before, err := os.ReadDir(c.dir)
	if err != nil {
		t.Fatal(err)
	}
	r, f, err := importing.Preview(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	// Row 1 was stored without its topic, row 2 with another rating.
	if diff := cmp.Diff(importing.Report{Read: 5, Stored: 2, Conflicts: 2, Refused: 1}, r); diff != "" {
		t.Error(diff)
	}
	rating, topics := f.Questions[0], f.Questions[2]
	if rating.Rows != 2 || rating.Base != 2 || rating.Satisfied != 1 || rating.Words["5"] != "Good" {
		t.Errorf("rating: %+v", rating)
	}
	if diff := cmp.Diff([]importing.Count{{Code: "a", Rows: 1}, {Code: "b", Rows: 2}}, topics.Answers); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]importing.Count{{Code: "bins", Rows: 2}}, f.Services); diff != "" {
		t.Error(diff)
	}
	if f.Equality[0].Rows != 1 || f.Equality[0].Answers != nil {
		t.Errorf("equality answers are shown: %+v", f.Equality)
	}
	if len(f.Outside) != 3 || !strings.HasPrefix(f.Outside[0], "line 2: this row was stored before") ||
		!strings.HasPrefix(f.Outside[2], "line 4: rating:") {
		t.Errorf("%q", f.Outside)
	}
	if f.From.Format("2006-01-02 15:04") != "2026-01-31 00:00" || !f.To.Equal(f.From) {
		t.Errorf("from %s to %s", f.From, f.To)
	}
	after, err := os.ReadDir(c.dir)
	if err != nil || len(after) != len(before) {
		t.Errorf("a dry run leaves %v beside the file", after)
	}
	c.sound(2)
	c.has(1, `SELECT count(*) FROM imports`)
}

// TestUndo: every response of the import is withdrawn with a new number, those of others stay, and the rows can come again.
func TestUndo(t *testing.T) {
	c := start(t)
	c.run("How,More,Sex\nPoor,mine,F\n", withSex)
	const n = 1300
	first, err := importing.Run(t.Context(), c.job(many(n), withSex+"weight: {column: 2, name: w}\n"))
	if err != nil {
		t.Fatal(err)
	}
	stored := int64(n - n/100)
	// One respondent's row was withdrawn alone: it stays so whatever is imported.
	c.Test.Owner().MustExec(`
		UPDATE responses
		SET    state = 'withdrawn', answers = '{}'
		WHERE  id = (SELECT id FROM responses WHERE import_id = $1 ORDER BY id LIMIT 1)`, first.Import)
	ctx, stop := context.WithCancel(t.Context())
	_, err = importing.Undo(ctx, c.DB, c.Ledger, c.By, first.Import, func(done, total int64) {
		if total != stored || done > total {
			t.Errorf("progress %d of %d", done, total)
		}
		stop()
	})
	if !errors.Is(err, context.Canceled) && (err == nil || !strings.Contains(err.Error(), "cancel")) {
		t.Fatalf("it was not stopped: %v", err)
	}
	c.has(1, `SELECT count(*) FROM imports WHERE state = 'undoing'`)
	var wg sync.WaitGroup
	for range 2 { // two at once
		wg.Go(func() {
			if it, err := importing.Undo(t.Context(), c.DB, c.Ledger, c.By, first.Import, nil); err != nil || it.State == "finished" {
				t.Errorf("%+v %v", it, err)
			}
		})
	}
	wg.Wait()
	again, err := importing.Undo(t.Context(), c.DB, c.Ledger, c.By, first.Import, nil)
	if err != nil || again.State != "undone" || again.Undone != stored-1 {
		t.Errorf("%+v %v", again, err)
	}
	c.has(1, `SELECT count(*) FROM responses WHERE state = 'finished'`)
	c.has(stored, `SELECT count(*) FROM responses WHERE state = 'withdrawn' AND answers = '{}'`)
	c.has(1+stored+stored-1, `SELECT last_no FROM feeds`)
	c.has(1+stored, `SELECT count(DISTINCT change_no) FROM responses`)
	c.has(1, `SELECT count(*) FROM comments WHERE response_id IN (SELECT id FROM responses WHERE state = 'finished')`)
	c.has(0, `SELECT count(*) FROM responses r JOIN equality_answers e ON e.id = r.equality_id
		WHERE  r.import_id = $1 AND r.revision > 1`, first.Import)
	c.has(1, `SELECT count(*) FROM equality_answers
		WHERE  answers <> '{}' AND id IN (SELECT equality_id FROM responses WHERE state = 'finished')`)
	list, err := importing.Imports(t.Context(), c.DB, c.By.Org, "bins")
	if err != nil || len(list) != 2 || list[0].State != "undone" || list[0].File != "answers.csv" || list[1].Stored != 1 {
		t.Errorf("%+v %v", list, err)
	}
	if list, err := importing.Imports(t.Context(), c.DB, c.By.Org, "zoo"); err != nil || len(list) != 0 {
		t.Errorf("%+v %v", list, err)
	}
	want := []string{"responses.import_undo_started", "responses.import_undone"}
	if diff := cmp.Diff(want, c.Ledger.Actions[len(c.Ledger.Actions)-2:]); diff != "" {
		t.Error(diff)
	}
	if r := c.run(many(n), withSex); r.Stored != stored-1 || r.AlreadyStored != 1 {
		t.Errorf("redone: %+v", r)
	}
}

// TestUndoOfAnImportThatRuns: no part is stored after the import was undone.
func TestUndoOfAnImportThatRuns(t *testing.T) {
	c := start(t)
	job := c.job(many(2000), withSex)
	undone := false
	job.Progress = func(_, _ int64) {
		if undone {
			return
		}
		undone = true
		list, err := importing.Imports(t.Context(), c.DB, c.By.Org, "")
		if err != nil || len(list) != 1 || list[0].State != "running" {
			t.Fatalf("%+v %v", list, err)
		}
		if _, err := importing.Undo(t.Context(), c.DB, c.Ledger, c.By, list[0].ID, nil); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := importing.Run(t.Context(), job); !errors.Is(err, importing.ErrNotRunning) {
		t.Errorf("%v", err)
	}
	c.has(0, `SELECT count(*) FROM responses WHERE state <> 'withdrawn'`)
	if r, err := importing.Run(t.Context(), job); err != nil || r.Stored != 1980 {
		t.Errorf("%+v %v", r, err)
	}
}

// TestUndoBelongsToOneCouncil: the number of another council's import is no import.
func TestUndoBelongsToOneCouncil(t *testing.T) {
	c := start(t)
	c.run("How,More\nGood,a\n", simple)
	list, err := importing.Imports(t.Context(), c.DB, c.By.Org, "")
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	other := c.By
	other.Org = 12
	if _, err := importing.Undo(t.Context(), c.DB, c.Ledger, other, list[0].ID, nil); !errors.Is(err, importing.ErrNoImport) {
		t.Error(err)
	}
	if list, err := importing.Imports(t.Context(), c.DB, 12, ""); err != nil || len(list) != 0 {
		t.Error(list, err)
	}
	c.sound(1)
}

// TestALongCommentKeepsItsRating: words beyond the form's limit are kept, and cut only where they are longer than can be stored;
// the lines are told.
func TestALongCommentKeepsItsRating(t *testing.T) {
	c := start(t)
	long, endless := strings.Repeat("ŵ", 1201), strings.Repeat("word ", 2000)
	r := c.run("How,More\nGood,"+long+"\nPoor,"+endless+"\n", simple)
	if diff := cmp.Diff(importing.Report{Read: 2, Stored: 2, Cut: 1, CutLines: "3"}, r); diff != "" {
		t.Error(diff)
	}
	c.has(1, `SELECT count(*) FROM comments WHERE text = $1`, long)
	c.has(1, `SELECT count(*) FROM comments WHERE length(text) <= 5000 AND length(text) > 4990 AND text LIKE 'word word% […]'`)
	if r := c.run("How,More\nGood,"+long+"\nPoor,"+endless+"\n", simple); r != (importing.Report{Read: 2, AlreadyStored: 2}) {
		t.Errorf("again: %+v", r)
	}
}

// TestARefusedListKeepsItsForm: what a list of refused rows is written like is what the same mapping reads.
func TestARefusedListKeepsItsForm(t *testing.T) {
	for name, text := range map[string]string{
		"sep":        "\ufeffsep=;\r\nHow;More;x\r\nGreat;'=1 is mine;=2\r\n",
		"short rows": "How,More,x\r\nGreat,'=1 is mine\r\n",
		"CR":         "How,More,x\rGreat,'=1 is mine,=2\r",
	} {
		t.Run(name, func(t *testing.T) {
			c := start(t)
			r := c.run(text, simple)
			if diff := cmp.Diff(importing.Report{Read: 1, Refused: 1}, report(r)); diff != "" {
				t.Fatal(diff)
			}
			b, err := os.ReadFile(r.RefusedFile)
			if err != nil {
				t.Fatal(err)
			}
			line := "2"
			if name == "sep" {
				line = "3"
			}
			if !strings.Contains(string(b), line+";\"rating:") && !strings.Contains(string(b), line+",\"rating:") &&
				!strings.Contains(string(b), line+",rating:") {
				t.Errorf("the line is not told: %s", b)
			}
			if r := c.run(strings.Replace(string(b), "Great", "Good", 1), simple); r != (importing.Report{Read: 1, Stored: 1}) {
				t.Errorf("%+v of %s", r, b)
			}
			c.has(1, `SELECT count(*) FROM comments WHERE text = '''=1 is mine'`)
		})
	}
}

// TestAForeignGuardIsTakenAwayOnlyWhenTheMappingSays: another program's apostrophes look like a person's own.
func TestAForeignGuardIsTakenAwayOnlyWhenTheMappingSays(t *testing.T) {
	c := start(t)
	c.run("How,More\nGood,'- slow\n", simple)
	c.run("How,More\nPoor,'- slow\n", "apostrophes: remove\n"+simple)
	c.has(1, `SELECT count(*) FROM comments WHERE text = '''- slow'`)
	c.has(1, `SELECT count(*) FROM comments WHERE text = '- slow'`)
}

// TestHalvesOfABrokenRow: the half with no answer is refused and says why.
func TestHalvesOfABrokenRow(t *testing.T) {
	c := start(t)
	r := c.run("How,More,x\nGood,one\n,,\nand the rest\n,and more\n", strings.Replace(simple, "comment: More", "topics: {columns: {a: x}}", 1))
	if diff := cmp.Diff(importing.Report{Read: 3, Stored: 1, Refused: 2}, report(r)); diff != "" {
		t.Error(diff)
	}
	b, err := os.ReadFile(filepath.Join(c.dir, "answers.refused.csv"))
	if err != nil || !strings.Contains(string(b), "there is no answer in it: is a line broken in two?") {
		t.Errorf("%s %v", b, err)
	}
}
