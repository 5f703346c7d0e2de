package exporting

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/xuri/excelize/v2"

	"yousaid/migrations/pgtest"
	"yousaid/surveys"
	"yousaid/surveys/question"
	"yousaid/surveys/surveystest"
	"yousaid/surveys/tablefile"
	"yousaid/surveys/tenant"
)

type noLedger struct{}

func (noLedger) Record(context.Context, *sqlx.Tx, tenant.Actor, string, string, any, any) error {
	return nil
}

type noQueue struct{}

func (noQueue) Enqueue(context.Context, *sqlx.Tx, tenant.Org, string, string, any) error { return nil }
func (noQueue) Wake()                                                                    {}

// fixture is a council with two surveys, whose questions are a rating, several of many, a number and a comment.
type fixture struct {
	t       *testing.T
	db      *pgtest.DB
	store   Store
	by      tenant.Actor
	surveys []int64
}

const asked = `
survey: %s
title: {en: How was it?}
pages:
  - questions:
      - code: rating
        kind: rating
        required: true
        text: {en: How was it?}
        options:
          - {code: "5", score: 5, satisfied: true, text: {en: Good}}
          - {code: "1", score: 1, text: {en: Poor}}
          - {code: dk, dont_know: true, text: {en: Do not know}}
      - code: topics
        kind: several
        text: {en: What was it about?}
        options: [{code: bins, text: {en: Bins}}, {code: roads, text: {en: Roads}}]
      - {code: visits, kind: number, min: 0, max: 50, text: {en: How many visits?}}
      - {code: comment, kind: text, max_length: 5000, text: {en: What else?}}
`

func newFixture(t *testing.T) *fixture {
	f := &fixture{t: t, db: pgtest.New(t)}
	db := tenant.New(f.db.App())
	f.store = Store{DB: db, Ledger: noLedger{}, Surveys: surveys.Store{DB: db, Ledger: noLedger{}, Reviewer: surveystest.Unreviewed{}},
		Queue: noQueue{}, Now: time.Now}
	var org int64
	f.check(f.db.Owner().Get(&org,
		`INSERT INTO organisations (slug, link_prefix, names) VALUES ('testham', 'TST', '{"en": "Testham"}') RETURNING id`))
	f.by = tenant.CommandLine(tenant.Org(org))
	for _, slug := range []string{"one", "other"} {
		d, err := surveys.ParseYAML(fmt.Appendf(nil, asked, slug))
		f.check(err)
		id, err := f.store.Surveys.Import(t.Context(), f.by, d)
		f.check(err)
		_, err = f.store.Surveys.Publish(t.Context(), f.by, id, surveys.Publishing{})
		f.check(err)
		f.surveys = append(f.surveys, id)
	}
	return f
}

func (f *fixture) check(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

// answer stores a response of a survey, and a comment where there is one.
func (f *fixture) answer(survey int, id, hour, answers, comment, review string) {
	f.t.Helper()
	_, err := f.db.Owner().Exec(`
		INSERT INTO responses (organisation_id, id, survey_id, version_id, source, channel, mode, language, answered_hour, answers, state,
		                       change_no)
		SELECT v.organisation_id, $2::uuid, v.survey_id, v.id, 'link', 'web', 'online', 'en', $3, $4, 'finished', 1 FROM versions v
		WHERE  v.survey_id = $1`, f.surveys[survey], id, hour, answers)
	f.check(err)
	if comment != "" {
		_, err := f.db.Owner().Exec(`INSERT INTO comments (organisation_id, response_id, question_code, text, review_state, delete_after)
			VALUES ($1, $2, 'comment', $3, $4, '2099-01-01')`,
			f.by.Org, id, comment, review)
		f.check(err)
	}
}

// file makes an export of the first survey, and gives its bytes.
func (f *fixture) file(n New) (string, Export) {
	f.t.Helper()
	n.Survey = f.surveys[0]
	id, err := f.store.Ask(f.t.Context(), f.by, n)
	f.check(err)
	f.check(f.store.Run(f.t.Context(), f.by.Org, fmt.Appendf(nil, `{"export":%d}`, id)))
	e, write, err := f.store.Fetch(f.t.Context(), f.by, id)
	f.check(err)
	var b strings.Builder
	f.check(write(&b))
	return b.String(), e
}

// rows reads a CSV export: heads and rows, without the record that ends it, which must name their number.
func (f *fixture) rows(file string) [][]string {
	f.t.Helper()
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(file, "\ufeff")))
	r.FieldsPerRecord = -1
	all, err := r.ReadAll()
	f.check(err)
	if end := all[len(all)-1]; end[0] != "END" || end[1] != "rows="+strconv.Itoa(len(all)-2) {
		f.t.Fatalf("%d records end in %v", len(all), end)
	}
	return all[:len(all)-1]
}

// Comments stand beside their responses, whatever lies between them: parts without any, comments of another survey, withheld ones,
// the last response.
func TestCommentsFindTheirResponses(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	const all = 2*part + 7
	_, err := f.db.Owner().Exec(`
		INSERT INTO responses (organisation_id, id, survey_id, version_id, source, channel, mode, language, answered_hour, answers, state,
		                       change_no)
		SELECT v.organisation_id, md5(i::text)::uuid, v.survey_id, v.id, 'link', 'web', 'online', 'en', '2026-03-01 10:00+00',
		       jsonb_build_object('visits', i), 'finished', i
		FROM   generate_series(1, $1::int) AS i
		JOIN   versions v ON v.survey_id = CASE WHEN i % 3 = 0 THEN $3::bigint ELSE $2::bigint END`, all*3/2, f.surveys[0], f.surveys[1])
	f.check(err)
	_, err = f.db.Owner().Exec(`
		INSERT INTO comments (organisation_id, response_id, question_code, text, review_state, redacted, delete_after)
		SELECT $1::bigint, md5(i::text)::uuid, 'comment', 'words of ' || i,
		       CASE i % 7 WHEN 0 THEN 'withheld' WHEN 1 THEN 'redacted' ELSE 'unread' END,
		       CASE i % 7 WHEN 1 THEN 'shorter of ' || i END, '2099-01-01'
		FROM   generate_series(1, $2::int) AS i WHERE i % 5 < 3`, f.by.Org, all*3/2)
	f.check(err)
	file, e := f.file(New{Format: "csv", Comments: true})
	rows := f.rows(file)
	if len(rows) != all+1 || e.Rows != all || e.All != all {
		t.Fatalf("%d rows, %d and %d said, of %d", len(rows)-1, e.Rows, e.All, all)
	}
	visits, comment := len(rows[0])-2, len(rows[0])-1
	seen := map[string]bool{}
	for _, r := range rows[1:] {
		i, err := strconv.Atoi(r[visits])
		f.check(err)
		want := ""
		switch {
		case i%5 >= 3 || i%7 == 0:
		case i%7 == 1:
			want = fmt.Sprintf("shorter of %d", i)
		default:
			want = fmt.Sprintf("words of %d", i)
		}
		if r[comment] != want || i%3 == 0 || seen[r[visits]] {
			t.Fatalf("row %v: the comment is %q, not %q", r, r[comment], want)
		}
		seen[r[visits]] = true
	}
	without, _ := f.file(New{Format: "csv"})
	if rows := f.rows(without); len(rows) != all+1 || strings.Contains(without, "words of") || len(rows[0]) != comment {
		t.Errorf("without comments there are %d rows and %d columns", len(rows)-1, len(rows[0]))
	}
}

// In a workbook an hour is a date, a rating and a number are numbers, and words are words, whatever they hold.
func TestWorkbookCellsAreTyped(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	long := strings.Repeat("ŵ😀", 20_000)
	for i, words := range []string{"=1+1 & <b>\"Siân\"</b>", "tab\tand\nline\r\nend\x01", "_x000D_ stays", long, "  spaces  "} {
		f.answer(0, fmt.Sprintf("%08d-0000-4000-8000-000000000000", i), "2026-07-01 10:00+00",
			`{"rating": "5", "topics": ["roads"], "visits": 2.5}`, words, "unread")
	}
	f.answer(0, "90000000-0000-4000-8000-000000000000", "2026-01-01 10:00+00", `{"rating": "dk"}`, "", "")
	file, _ := f.file(New{Format: "xlsx", Comments: true})
	book, err := excelize.OpenReader(strings.NewReader(file))
	f.check(err)
	defer book.Close()
	raw, err := book.GetRows("Responses", excelize.Options{RawCellValue: true})
	f.check(err)
	heads := strings.Join(raw[0], " ")
	if heads != "row answered_hour survey_version service channel mode access_point about language state excluded_as_unusual rating "+
		"topics.bins topics.roads visits comment" || len(raw) != 7 {
		t.Fatalf("%d rows below %s", len(raw)-1, heads)
	}
	for i, want := range []string{"=1+1 & <b>\"Siân\"</b>", "tab\tand\nline\nend", "_x000D_ stays", "", "  spaces  "} {
		if want == "" {
			continue
		}
		if got := raw[i+1][15]; got != want {
			t.Errorf("the comment %q stands as %q", want, got)
		}
	}
	if cell := raw[4][15]; !strings.HasSuffix(cell, "…") || !strings.HasPrefix(long, strings.TrimSuffix(cell, "…")) ||
		len([]rune(cell)) != 32_767 {
		t.Errorf("a long comment is cut to %d characters", len([]rune(cell)))
	}
	for at, want := range map[string]excelize.CellType{"A2": excelize.CellTypeUnset, "B2": excelize.CellTypeUnset,
		"L2": excelize.CellTypeUnset, "M2": excelize.CellTypeUnset,
		"O2": excelize.CellTypeUnset, "L7": excelize.CellTypeInlineString, "P2": excelize.CellTypeInlineString,
		"I2": excelize.CellTypeInlineString} {
		if is, err := book.GetCellType("Responses", at); err != nil || is != want {
			t.Errorf("cell %s is of type %v, not %v: %v", at, is, want, err)
		}
	}
	for at, want := range map[string]string{"B2": "2026-07-01 11:00", "B7": "2026-01-01 10:00", "L2": "5", "O2": "2.5", "M2": "0",
		"N2": "1", "L7": "dk", "M7": "", "O7": ""} {
		if is, err := book.GetCellValue("Responses", at); err != nil || is != want {
			t.Errorf("cell %s shows %q, not %q: %v", at, is, want, err)
		}
	}
	tables, err := book.GetTables("Responses")
	if err != nil || len(tables) != 1 || tables[0].Range != "A1:P7" {
		t.Errorf("tables %v: %v", tables, err)
	}
	if said, _ := book.GetCellValue("Cover", "A2"); said != "This file has 6 rows in the sheet Responses." {
		t.Errorf("the cover says %q", said)
	}
}

// Nobody has answered: a file with its heads, which says so.
func TestAnEmptyExport(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.answer(1, "90000000-0000-4000-8000-000000000000", "2026-01-01 10:00+00", `{"rating": "5"}`, "of the other survey", "unread")
	if rows := f.rows(first(f.file(New{Format: "csv", Comments: true}))); len(rows) != 1 {
		t.Errorf("%d rows", len(rows)-1)
	}
	book, err := excelize.OpenReader(strings.NewReader(first(f.file(New{Format: "xlsx", Comments: true}))))
	f.check(err)
	defer book.Close()
	if rows, err := book.GetRows("Responses"); err != nil || len(rows) != 1 {
		t.Errorf("%d rows: %v", len(rows), err)
	}
}

func first(file string, _ Export) string { return file }

// A file whose rows are not as many as were counted is no file.
func TestAWorkbookOfAnotherLengthIsNone(t *testing.T) {
	t.Parallel()
	h := &shape{title: "How was it?", council: "Testham", zone: time.UTC, hours: map[int64]tablefile.RowCell{},
		questions: []question.Question{{Code: "rating", Kind: question.Rating}}}
	xlsx, _ := tablefile.Named("xlsx", tablefile.Format.HoldsRows)
	sheet, err := xlsx.Rows(io.Discard, h.file(Export{All: 2, Format: "xlsx"}))
	if err != nil {
		t.Fatal(err)
	}
	if err := sheet.Row(h.cells(1, &response{answers: []byte(`{"rating": "5"}`)})); err != nil {
		t.Fatal(err)
	}
	if err := sheet.Close(1); err == nil || !strings.Contains(err.Error(), "1 rows were read where 2 were counted") {
		t.Errorf("the file is closed: %v", err)
	}
}
