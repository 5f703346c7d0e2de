package exporting

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"

	"yousaid/surveys/responses/importing"
)

// TestARowExportIsImportedElsewhere: what was guarded against formulas when the file was written is as it was when the file is read
// into another survey.
func TestARowExportIsImportedElsewhere(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	said := []string{"=1+1", "- slow at the desk", "'- his words", "＝1", "+44 7700 900461", "\tx", "@home, ŷ\nand \"more\"", "-5", "plain"}
	for _, s := range said {
		f.answer(0, uuid.NewString(), "2026-07-01 09:00Z", `{"rating": "5", "topics": ["bins"], "visits": 3}`, s, "unread")
	}
	f.answer(0, uuid.NewString(), "2026-01-31 23:00Z", `{"rating": "dk"}`, "", "")
	file, _ := f.file(New{Format: "csv", Comments: true})
	if !strings.HasPrefix(file, "\ufeff") {
		t.Error("the export has no mark")
	}
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		f.check(os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	job := importing.Job{DB: f.store.DB, Ledger: noLedger{}, By: f.by, Survey: "other", File: write("export.csv", file),
		Map: write("map.yaml", `
row_id: {column: row, prefix: "one "}
date: {column: answered_hour, format: ymd hm}
channel: {column: channel}
mode: {column: mode}
language: {column: language}
questions:
  rating: rating
  topics: {columns: {bins: topics.bins, roads: topics.roads}}
  visits: visits
  comment: comment
`)}
	r, err := importing.Run(t.Context(), job)
	f.check(err)
	if r.Read != int64(len(said)+1) || r.Stored != r.Read {
		b, _ := os.ReadFile(r.RefusedFile)
		t.Fatalf("%+v\n%s", r, b)
	}
	for _, s := range said {
		var n int
		f.check(f.db.Owner().Get(&n,
			`SELECT count(*) FROM comments c JOIN responses r ON r.id = c.response_id WHERE r.survey_id = $1 AND c.text = $2`, f.surveys[1],
			strings.TrimSpace(s)))
		if n != 1 {
			t.Errorf("%q came back %d times", s, n)
		}
	}
	var same int
	f.check(f.db.Owner().Get(&same,
		`SELECT count(*) FROM responses
			WHERE  survey_id = $1 AND (answered_hour, answers) IN
			       (SELECT answered_hour, answers FROM responses WHERE survey_id = $2)`,
		f.surveys[1], f.surveys[0]))
	if same != len(said)+1 {
		t.Errorf("%d rows of %d are as they were", same, len(said)+1)
	}
	// A file that was cut off is not whole: nothing of it is stored.
	job.File = write("cut.csv", strings.SplitAfter(file, "plain")[0]+"\n")
	if _, err := importing.Run(t.Context(), job); err == nil || !strings.Contains(err.Error(), "whose last line, END, is missing") {
		t.Errorf("a file that was cut off: %v", err)
	}
}
