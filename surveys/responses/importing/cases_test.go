package importing_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yousaid/surveys/responses/importing"
	"yousaid/surveys/responses/importing/importingtest"
)

// reported is a council with the survey of shared/data/17_reported_cases, and one of its cases: faults that people reported of
// similar tools. The test is skipped where the data are not.
type reported struct {
	council
	folder string
}

func reportedCase(t *testing.T, folder string) reported {
	t.Helper()
	b, err := os.ReadFile(importingtest.Data(t, "17_reported_cases", "questionnaire.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	t.Parallel()
	c := council{importingtest.New(t), t, t.TempDir()}
	c.Publish(t, b)
	return reported{c, folder}
}

func (c reported) read(name string) string {
	c.t.Helper()
	b, err := os.ReadFile(importingtest.Data(c.t, "17_reported_cases", c.folder, name))
	if err != nil {
		c.t.Fatal(err)
	}
	return string(b)
}

func (c reported) take(csv, mapping string) (importing.Report, error) {
	return importing.Run(c.t.Context(), c.Job("bugs", c.write("answers.csv", csv), c.write("map.yaml", mapping)))
}

// takes imports and checks the counts.
func (c reported) takes(csv, mapping string, want importing.Report) importing.Report {
	c.t.Helper()
	r, err := c.take(csv, mapping)
	if err != nil {
		c.t.Fatal(err)
	}
	if diff := cmp.Diff(want, report(r)); diff != "" {
		if b, err := os.ReadFile(r.RefusedFile); err == nil {
			c.t.Logf("refused:\n%s", b)
		}
		c.t.Fatal(diff)
	}
	return r
}

func (c reported) refused() string {
	c.t.Helper()
	b, err := os.ReadFile(filepath.Join(c.dir, "answers.refused.csv"))
	if err != nil {
		c.t.Fatal(err)
	}
	return string(b)
}

func TestReported01RefusedFileGoesBack(t *testing.T) {
	c := reportedCase(t, "01-refused-file-cannot-go-back")
	mapping, mapping2 := c.read("map.yaml"), c.read("map2.yaml")
	c.takes(c.read("answers.csv"), mapping, importing.Report{Read: 1, Refused: 1})
	c.takes(strings.Replace(c.refused(), "06-31", "06-30", 1), mapping, importing.Report{Read: 1, Stored: 1})
	c.has(1, `SELECT count(*) FROM comments WHERE text = '- slow and rude' AND question_code = 'comment'`)
	c.takes(c.read("answers2.csv"), mapping2, importing.Report{Read: 2, Refused: 2})
	c.takes(strings.ReplaceAll(c.refused(), "06-31", "06-30"), mapping2, importing.Report{Read: 2, Stored: 2})
	c.has(1, `SELECT count(*) FROM comments WHERE text = '- slow at the desk'`)
	c.has(1, `SELECT count(*) FROM comments WHERE text = '@home' AND question_code = 'place'`)
	c.has(1, `SELECT count(*) FROM comments WHERE text = '=^.^='`)
	c.takes(strings.ReplaceAll(c.read("answers2.csv"), "06-31", "06-30"), mapping2, importing.Report{Read: 2, AlreadyStored: 2})
}

func TestReported09SameWordsOtherSigns(t *testing.T) {
	c := reportedCase(t, "09-same-words-other-signs")
	c.takes(c.read("answers.csv"), c.read("map.yaml"), importing.Report{Read: 3, Stored: 3})
	c.has(2, `SELECT count(*) FROM responses WHERE answers ->> 'rating' = 'dont_know'`)
	c.has(2, `SELECT count(*) FROM responses WHERE answers ->> 'years' = 'a16'`)
	c.takes(c.read("nfd.csv"), c.read("nfd.map.yaml"), importing.Report{Read: 1, Stored: 1})
	c.takes(c.read("when.csv"), c.read("when.map.yaml"), importing.Report{Read: 1, Stored: 1})
}

func TestReported10CommaInsideAnOption(t *testing.T) {
	c := reportedCase(t, "10-comma-inside-an-option")
	c.takes(c.read("answers.csv"), c.read("map.yaml"), importing.Report{Read: 2, Stored: 2})
	c.has(1, `SELECT count(*) FROM responses WHERE answers -> 'topics' = '["bins", "parks"]'`)
	c.has(1, `SELECT count(*) FROM responses WHERE answers -> 'topics' = '["parks"]'`)
}

func TestReported12ShortRows(t *testing.T) {
	c := reportedCase(t, "12-short-rows-of-excel")
	c.takes(c.read("answers.csv"), c.read("map.yaml"), importing.Report{Read: 3, Stored: 3})
	c.has(2, `SELECT count(*) FROM comments WHERE text IN ('Good', 'Bad')`)
}

func TestReported13Dates(t *testing.T) {
	c := reportedCase(t, "13-dates-of-common-tools")
	c.takes(c.read("dmy.csv"), c.read("map.dmy.yaml"), importing.Report{Read: 10, Stored: 10})
	c.has(7, `SELECT count(*) FROM responses WHERE answered_hour = '2026-02-05 14:00Z'`)
	c.has(2, `SELECT count(*) FROM responses WHERE answered_hour = '2026-02-05 00:00Z'`)
	c.has(1, `SELECT count(*) FROM responses WHERE answered_hour = '2026-09-04 23:00Z'`)
	c.takes(c.read("ymd.csv"), c.read("map.ymd.yaml"), importing.Report{Read: 7, Stored: 7})
	c.has(14, `SELECT count(*) FROM responses WHERE answered_hour = '2026-02-05 14:00Z'`)
}

func TestReported14TheRealReason(t *testing.T) {
	c := reportedCase(t, "14-the-real-reason-is-not-told")
	c.takes(c.read("sep.csv"), c.read("map.sep.yaml"), importing.Report{Read: 1, Stored: 1})
	c.takes(c.read("sep.csv"), c.read("map.yaml"), importing.Report{Read: 1, AlreadyStored: 1})
	c.takes(c.read("cr.csv"), c.read("map.yaml"), importing.Report{Read: 2, Stored: 2})
	for _, s := range []struct{ csv, mapping, says string }{
		{c.read("semicolon.csv"), c.read("map.yaml"),
			`the header has one column, “ID;When;R”: is the delimiter ;? Then set delimiter: ";" in the mapping`},
		{c.read("marked.csv"), c.read("map.cp1252.yaml"), "the file begins with the mark of UTF-8: set encoding: utf-8"},
		{c.read("sep.csv"), strings.Replace(c.read("map.sep.yaml"), `";"`, `"|"`, 1),
			`the mapping says delimiter: "|", but the first line of the file says sep=;`},
		{c.read("semicolon.csv"), "row_id: Reference: old\n" + c.read("map.sep.yaml"), "a text with a colon in it stands in quotes"},
	} {
		_, err := c.take(s.csv, s.mapping)
		if err == nil || !strings.Contains(err.Error(), s.says) {
			t.Errorf("%v, want %q", err, s.says)
		}
	}
	c.has(3, `SELECT count(*) FROM responses`)
}

func TestReported25CodesWithAPoint(t *testing.T) {
	c := reportedCase(t, "25-codes-with-a-point")
	c.takes(c.read("answers.csv"), c.read("map.yaml"), importing.Report{Read: 2, Stored: 2})
	c.has(1, `SELECT count(*) FROM responses WHERE answers = '{"rating": "5"}'`)
}

func TestReported07WrongMappingIsPutRight(t *testing.T) {
	c := reportedCase(t, "07-wrong-mapping-cannot-be-put-right")
	answers, wrong, right := c.read("answers.csv"), c.read("map1.yaml"), c.read("map2.yaml")
	job := c.Job("bugs", c.write("answers.csv", answers), c.write("map.yaml", wrong))
	r, f, err := importing.Preview(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(importing.Report{Read: 2, Stored: 2}, r); diff != "" {
		t.Error(diff)
	}
	if q := f.Questions[0]; q.Code != "rating" || q.Base != 2 || q.Satisfied != 0 {
		t.Errorf("the dry run does not show that nobody is satisfied: %+v", q)
	}
	c.has(0, `SELECT count(*) FROM responses`)
	c.has(0, `SELECT count(*) FROM imports`)
	c.has(0, `SELECT last_no FROM feeds`)
	first, err := importing.Run(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	// The other mapping says something else of the same rows: they are conflicts, and nothing is stored or lost.
	c.takes(answers, right, importing.Report{Read: 2, Conflicts: 2})
	if text := c.refused(); !strings.Contains(text, "this row was stored before with other answers (rating) by import") {
		t.Errorf("the conflict is not told: %s", text)
	}
	if _, f, err = importing.Preview(t.Context(), c.Job("bugs", job.File, c.write("map.yaml", right))); err != nil ||
		len(f.Before) != 1 || f.Before[0] != first.Import {
		t.Errorf("the earlier import of the file is not told: %v %v", f.Before, err)
	}
	undone, err := importing.Undo(t.Context(), c.DB, c.Ledger, c.By, first.Import, nil)
	if err != nil || undone.State != "undone" || undone.Undone != 2 {
		t.Fatalf("%+v %v", undone, err)
	}
	c.takes(answers, right, importing.Report{Read: 2, Stored: 2})
	c.has(2, `SELECT count(*) FROM responses WHERE state = 'finished' AND answers = '{"rating": "5"}'`)
	c.has(2, `SELECT count(*) FROM responses WHERE state = 'withdrawn' AND answers = '{}' AND import_row_key IS NULL`)
	c.has(6, `SELECT last_no FROM feeds`)
	c.has(4, `SELECT count(DISTINCT change_no) FROM responses`)
	if _, err := importing.Undo(t.Context(), c.DB, c.Ledger, c.By, 1, nil); !errors.Is(err, importing.ErrNoImport) {
		t.Error(err)
	}
}
