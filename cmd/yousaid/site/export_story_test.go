package site_test

import (
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"yousaid/cmd/yousaid/site/sitetest"
)

func drain(s *sitetest.Site) {
	s.T.Helper()
	if err := s.Jobs.Drain(s.T.Context()); err != nil {
		s.T.Fatal(err)
	}
}

// Rows leave by a job: whole, counted, without what nobody may have, and only for as long as the link lasts.
func TestRowsAreExported(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	s.Fill(4500) // more than two parts
	s.Send(s.LinkTo("customer-satisfaction", "repairs", "web"),
		sitetest.Feedback{Rating: "1", Reasons: url.Values{"comment": {"=HYPERLINK(\"http://x\") Siân"}},
			About: url.Values{"sex": {"female"}, "age": {"99"}}})
	s.Send(s.LinkTo("customer-satisfaction", "repairs", "web"),
		sitetest.Feedback{Rating: "1", Reasons: url.Values{"comment": {"Nobody may read this"}}})
	code := receipted(s, "Taken back")
	answersOf(s, code, "withdraw").Is(200)
	s.Database.Owner().MustExec(`UPDATE comments SET review_state = 'withheld' WHERE text = 'Nobody may read this'`)
	s.Database.Owner().MustExec(`
		UPDATE comments
		SET    review_state = 'redacted', redacted = 'A shorter one'
		WHERE  ctid = (SELECT ctid FROM comments WHERE text LIKE 'Quick%' LIMIT 1)`)
	team := s.SignIn(s.Person("consultation"))
	for _, format := range []string{"csv", "xlsx"} {
		s.Post("/staff/exports", url.Values{"survey": {"customer-satisfaction"}, "format": {format}, "comments": {"yes"}}, "Cookie", team).Is(303)
	}
	waiting := s.Get("/staff/exports", "Cookie", team).Is(200).Shows("Waiting").Hides("Download")
	if waiting.Header.Get("Refresh") == "" {
		t.Error("the page does not look again by itself")
	}
	drain(s)
	page := s.Get("/staff/exports", "Cookie", team).Is(200).Shows("4,502 rows", "Download", "until")
	files := regexp.MustCompile(`/staff/exports/\d+/file`).FindAllString(page.Text, -1)
	if len(files) != 2 {
		t.Fatalf("%d files", len(files))
	}
	book, text := s.Get(files[0], "Cookie", team).Is(200), s.Get(files[1], "Cookie", team).Is(200)
	for _, a := range []*sitetest.Answer{book, text} {
		if a.Header.Get("Content-Length") != strconv.Itoa(len(a.Text)) || a.Header.Get("Repr-Digest") == "" {
			t.Errorf("headers %v for %d bytes", a.Header, len(a.Text))
		}
	}
	reader := csv.NewReader(strings.NewReader(strings.TrimPrefix(text.Text, "\ufeff")))
	reader.FieldsPerRecord = -1
	rows, err := reader.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	end := rows[len(rows)-1]
	if len(rows) != 4502+2 || end[0] != "END" || end[1] != "rows=4502" {
		t.Errorf("%d records, the last is %v", len(rows), end)
	}
	hour := regexp.MustCompile(`^\d{4}-\d\d-\d\d \d\d:00$`)
	for _, r := range rows[1 : len(rows)-1] {
		if len(r) != len(rows[0]) || !hour.MatchString(r[1]) {
			t.Fatalf("row %v", r)
		}
	}
	for _, never := range []string{"Nobody may read this", "Taken back", "female", "equality", "receipt", `,"=HYPER`, ",=HYPER"} {
		if strings.Contains(text.Text, never) {
			t.Errorf("the file holds %q", never)
		}
	}
	if !strings.Contains(text.Text, `'=HYPERLINK(""http://x"") Siân`) || !strings.Contains(text.Text, "A shorter one") {
		t.Error("a comment is not as it is shown, or a formula is not defused")
	}
	if ids := regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-`).FindString(text.Text); ids != "" {
		t.Errorf("the file holds an identity: %s", ids)
	}
	f, err := excelize.OpenReader(strings.NewReader(book.Text))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sheet, err := f.GetRows("Responses")
	if err != nil || len(sheet) != 4503 {
		t.Errorf("%d rows in the workbook: %v", len(sheet), err)
	}
	if said, _ := f.GetCellValue("Cover", "A2"); said != "This file has 4502 rows in the sheet Responses." {
		t.Errorf("the cover says %q", said)
	}
	sum := sha256.Sum256([]byte(text.Text))
	if !strings.Contains(page.Text, "Download") || hex.EncodeToString(sum[:]) == "" {
		t.Error("no digest")
	}
	opened(t, "responses.xlsx", book.Text, "responses.csv", text.Text)
	// For others and after its time there is no file.
	for _, role := range []string{"viewer", "service", "equality", "frontline"} {
		s.Get(files[0], "Cookie", s.SignIn(s.Person(role))).Is(403)
	}
	s.Database.Owner().MustExec(`UPDATE exports SET expires_at = now() - interval '1 minute' WHERE format = 'csv'`)
	s.Get(files[1], "Cookie", team).Is(410).Shows("its time is over")
	if n, err := s.Exports.Expire(t.Context(), s.Org.ID); err != nil || n != 1 {
		t.Errorf("%d expired: %v", n, err)
	}
	id := regexp.MustCompile(`\d+`).FindString(files[0])
	s.Post("/staff/exports/"+id+"/delete", url.Values{"sure": {"yes"}}, "Cookie", team).Is(303)
	s.Get(files[0], "Cookie", team).Is(410)
	var left int
	if err := s.Database.Owner().Get(&left, `SELECT count(*) FROM export_chunks`); err != nil || left != 0 {
		t.Errorf("%d parts are left: %v", left, err)
	}
	boss := s.SignIn(s.Person("administrator"))
	s.Get("/staff/audit", "Cookie", boss).Shows("export.asked", "export.finished", "export.fetched", "export.deleted")
}

// opened has LibreOffice read both files.
func opened(t *testing.T, files ...string) {
	t.Helper()
	dir := t.TempDir()
	for i := 0; i < len(files); i += 2 {
		if err := os.WriteFile(filepath.Join(dir, files[i]), []byte(files[i+1]), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.CommandContext(t.Context(), "soffice", "-env:UserInstallation=file://"+filepath.Join(dir, "profile"),
			"--headless", "--convert-to", "ods", "--outdir", dir, filepath.Join(dir, files[i])).CombinedOutput()
		if err != nil || !strings.Contains(string(out), "responses.ods") {
			t.Errorf("LibreOffice cannot open %s (make test installs it): %v\n%s", files[i], err, out)
		}
	}
}

// Cut off half-way there is no file that looks whole, and another attempt makes it whole.
func TestAnExportThatWasCutOff(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	s.Fill(6000)
	team := s.SignIn(s.Person("consultation"))
	s.Post("/staff/exports", url.Values{"survey": {"customer-satisfaction"}, "format": {"csv"}, "comments": {"yes"}}, "Cookie", team).Is(303)
	list, err := s.Exports.Exports(t.Context(), s.Org.ID)
	if err != nil {
		t.Fatal(err)
	}
	file := fmt.Sprintf("/staff/exports/%d/file", list[0].ID)
	// The rows are read up to the comments, which somebody holds locked; then the attempt ends with its context, as it does when the
	// program stops.
	lock := s.Database.Owner().MustBegin()
	lock.MustExec(`LOCK TABLE comments IN ACCESS EXCLUSIVE MODE`)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { _ = s.Jobs.Drain(ctx); close(ended) }()
	for {
		e, err := s.Exports.Export(t.Context(), s.Org.ID, list[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		if e.State == "running" {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	s.Get(file, "Cookie", team).Is(http.StatusGone)
	cancel()
	<-ended
	if err := lock.Rollback(); err != nil {
		t.Fatal(err)
	}
	e, err := s.Exports.Export(t.Context(), s.Org.ID, list[0].ID)
	if err != nil || e.State != "running" || e.Attempt != 1 {
		t.Fatalf("%+v: %v", e, err)
	}
	// As if its runner had been killed after the first part: nobody said so, and its lease is over.
	s.Database.Owner().MustExec(`
		INSERT INTO export_chunks (organisation_id, export_id, attempt, no, bytes)
		VALUES ($1, $2, $3, 0, 'half')
		ON CONFLICT DO NOTHING`, s.Org.ID, e.ID, e.Attempt)
	s.Database.Owner().MustExec(`UPDATE jobs SET leased_until = now() - interval '1 second'`)
	s.Get(file, "Cookie", team).Is(http.StatusGone)
	drain(s)
	whole := s.Get(file, "Cookie", team).Is(200)
	if strings.Contains(whole.Text, "half") || !strings.HasSuffix(whole.Text, "END,rows=6000\n") {
		t.Errorf("the file ends with %q", whole.Text[max(0, len(whole.Text)-40):])
	}
	var parts, jobs int
	if err := s.Database.Owner().Get(&parts, `SELECT count(DISTINCT attempt) FROM export_chunks`); err != nil || parts != 1 {
		t.Errorf("parts of %d attempts are left: %v", parts, err)
	}
	if err := s.Database.Owner().Get(&jobs, `SELECT count(*) FROM jobs`); err != nil || jobs != 0 {
		t.Errorf("%d jobs are left: %v", jobs, err)
	}
}

// What somebody took back, or an officer blacked out or withheld, leaves the files that were made before at once: also a download
// that is on its way, and a file that is being made. A file without comments keeps what is not about comments.
func TestWhatIsTakenAwayLeavesTheFiles(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	s.Fill(300)
	team := s.SignIn(s.Person("consultation"))
	code := receipted(s, "Mrs Jones of Station Road")
	s.Send(s.LinkTo("customer-satisfaction", "repairs", "web"),
		sitetest.Feedback{Rating: "1", Reasons: url.Values{"comment": {"Ask Mr Price about it"}}})
	// made gives the pages of two files, with comments and without.
	made := func() (with, without string) {
		t.Helper()
		for _, comments := range []string{"yes", ""} {
			s.Post("/staff/exports", url.Values{"survey": {"customer-satisfaction"}, "format": {"csv"}, "comments": {comments}}, "Cookie",
				team).Is(303)
		}
		drain(s)
		list, err := s.Exports.Exports(t.Context(), s.Org.ID)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("/staff/exports/%d/file", list[1].ID), fmt.Sprintf("/staff/exports/%d/file", list[0].ID)
	}
	held := func(word string) (n int) {
		t.Helper()
		if err := s.Database.Owner().Get(&n, `SELECT count(*) FROM export_chunks WHERE position($1::bytea IN bytes) > 0`, word); err != nil {
			t.Fatal(err)
		}
		return n
	}
	decide := func(words string, form url.Values) {
		t.Helper()
		var ref string
		if err := s.Database.Owner().Get(&ref, `SELECT ref::text FROM comments WHERE text = $1`, words); err != nil {
			t.Fatal(err)
		}
		at := "/staff/comments/" + ref
		form.Set("revision", regexp.MustCompile(`name="revision" value="(\d+)"`).FindStringSubmatch(s.Get(at, "Cookie", team).Is(200).Text)[1])
		s.Post(at, form, "Cookie", team).Is(303)
	}
	with, without := made()
	s.Get(with, "Cookie", team).Is(200).Shows("Mrs Jones of Station Road", "Ask Mr Price")
	decide("Ask Mr Price about it", url.Values{"do": {"redact"}, "text": {"Ask [name] about it"}})
	s.Get(with, "Cookie", team).Is(http.StatusGone)
	s.Get(without, "Cookie", team).Is(200)
	s.Get("/staff/exports", "Cookie", team).Is(200).Shows("words were removed. Ask for the file again.")
	if n := held("Mr Price"); n != 0 {
		t.Errorf("%d parts of files hold what was blacked out", n)
	}
	with, without = made()
	e, send, err := s.Exports.Fetch(t.Context(), s.By(), exportNumber(with))
	if err != nil {
		t.Fatal(err)
	}
	answersOf(s, code, "withdraw").Is(200)
	if err := send(io.Discard); err == nil {
		t.Errorf("a download of %d bytes goes on with what was taken back", e.Bytes)
	}
	s.Get(with, "Cookie", team).Is(http.StatusGone)
	s.Get(without, "Cookie", team).Is(http.StatusGone) // the answers are taken back, too
	if n := held("Mrs Jones"); n != 0 {
		t.Errorf("%d parts of files hold what was taken back", n)
	}
	with, _ = made()
	s.Get(with, "Cookie", team).Is(200).Shows("Ask [name] about it").Hides("Mrs Jones", "Mr Price")
}

func exportNumber(file string) int64 {
	n, _ := strconv.ParseInt(strings.Split(file, "/")[3], 10, 64)
	return n
}

// What is taken away while a file is being made is not in it.
func TestWhatIsTakenAwayWhileAFileIsMade(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	s.Fill(300)
	team := s.SignIn(s.Person("consultation"))
	code := receipted(s, "Mrs Jones of Station Road")
	s.Post("/staff/exports", url.Values{"survey": {"customer-satisfaction"}, "format": {"csv"}, "comments": {"yes"}}, "Cookie", team).Is(303)
	list, err := s.Exports.Exports(t.Context(), s.Org.ID)
	if err != nil {
		t.Fatal(err)
	}
	// As if it had been read before the withdrawal: it runs, and its last part is about to be written.
	owner := s.Database.Owner()
	owner.MustExec(`UPDATE exports SET state = 'running', attempt = 1`)
	owner.MustExec(`
		INSERT INTO export_chunks (organisation_id, export_id, attempt, no, bytes)
		VALUES ($1, $2, 1, 0, 'Mrs Jones of Station Road')`, s.Org.ID, list[0].ID)
	answersOf(s, code, "withdraw").Is(200)
	e, err := s.Exports.Export(t.Context(), s.Org.ID, list[0].ID)
	if err != nil || e.State != "waiting" {
		t.Errorf("the file that is being made stands as %+v: %v", e, err)
	}
	drain(s)
	s.Get(fmt.Sprintf("/staff/exports/%d/file", list[0].ID), "Cookie", team).Is(200).Hides("Mrs Jones")
}
