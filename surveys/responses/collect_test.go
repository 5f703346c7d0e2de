package responses

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"yousaid/migrations/pgtest"
	"yousaid/surveys/tenant"
)

// council is an organisation with one open survey and one open link, and a collector to send answers to.
type council struct {
	t         testing.TB
	db        tenant.DB
	owner     *sqlx.DB // not bound by row-level security: sees what really stands in the tables
	keys      *Signer
	collector *Collector
	org       tenant.Org
	survey    int64
	version   int64
	link      int64
	service   int64
	now       atomic.Pointer[time.Time]
}

func newCouncil(t testing.TB, opts Options) *council {
	t.Helper()
	db := pgtest.New(t)
	return settle(t, db.App(), db.Owner(), opts)
}

func settle(t testing.TB, pool, owner *sqlx.DB, opts Options) *council {
	t.Helper()
	app := tenant.New(pool)
	keys, err := Keys(t.Context(), app)
	if err != nil {
		t.Fatal(err)
	}
	c := &council{t: t, db: app, owner: owner, keys: keys}
	c.must(&c.org, `INSERT INTO organisations (slug, link_prefix, names) VALUES ('northshire', 'NRT', '{"en": "Northshire"}') RETURNING id`)
	c.must(&c.service, `INSERT INTO services (organisation_id, slug, names) VALUES ($1, 'bins', '{"en": "Bins"}') RETURNING id`, c.org)
	c.must(&c.survey, `INSERT INTO surveys (organisation_id, slug, state) VALUES ($1, 'counter', 'open') RETURNING id`, c.org)
	c.must(&c.version, `INSERT INTO versions (organisation_id, survey_id, number, definition, digest)
		VALUES ($1, $2, 1, '{}', '') RETURNING id`, c.org, c.survey)
	c.link = c.newLink("NRT23456", nil)
	noon := time.Date(2026, 7, 1, 11, 59, 59, 123456789, time.UTC)
	c.now.Store(&noon)
	if opts.Now == nil {
		opts.Now = func() time.Time { return *c.now.Load() }
	}
	c.collector = NewCollector(app, keys, opts)
	t.Cleanup(func() { c.collector.Close(context.Background()) })
	return c
}

func (c *council) newLink(code string, expires any) (id int64) {
	c.must(&id, `INSERT INTO links (organisation_id, code, survey_id, service_id, channel, about, expires_on)
		VALUES ($1, $2, $3, $4, 'telephone', 'letter 7', $5) RETURNING id`, c.org, code, c.survey, c.service, expires)
	return id
}

// must reads one value as the owner, whom row-level security does not bind.
func (c *council) must(dst any, query string, args ...any) {
	c.t.Helper()
	if err := c.owner.Get(dst, query, args...); err != nil {
		c.t.Fatal(err)
	}
}

func (c *council) exec(query string, args ...any) {
	c.t.Helper()
	if _, err := c.owner.Exec(query, args...); err != nil {
		c.t.Fatal(err)
	}
}

func (c *council) count(query string, args ...any) (n int) {
	c.t.Helper()
	c.must(&n, query, args...)
	return n
}

func (c *council) form() Form { return NewForm(c.org, c.link, c.version) }

func (c *council) send(s Submission) error {
	_, err := c.collector.Submit(c.t.Context(), s)
	return err
}

// sendAgain sends a last page that was stored before, as a second click does.
func (c *council) sendAgain(s Submission) {
	c.t.Helper()
	if repeated, err := c.collector.Submit(c.t.Context(), s); err != nil || !repeated {
		c.t.Errorf("a last page sent again: repeated %v, %v", repeated, err)
	}
}

func (c *council) is(err, want error) {
	c.t.Helper()
	if !errors.Is(err, want) || want == nil && err != nil {
		c.t.Fatalf("got %v, want %v", err, want)
	}
}

func rating(f Form, code string) Submission {
	return Submission{Form: f, Language: "en", First: true, Codes: []string{"rating"}, Answers: `{"rating":"` + code + `"}`}
}

func reason(f Form, code, words string) Submission {
	answers := `{}`
	if code != "" {
		answers = `{"reason":"` + code + `"}`
	}
	return Submission{Form: f, Language: "en", Codes: []string{"reason"}, Answers: answers, Comments: []Comment{{"comment", words}}}
}

func equalityPage(f Form, answers string) Submission {
	return Submission{Form: f, Language: "en", Last: true, Equality: answers}
}

// noGaps checks the one order of changes: every number was given to a change, and the last one stands in feeds.
func (c *council) noGaps(want int) {
	c.t.Helper()
	var numbers []int
	if err := c.owner.Select(&numbers, `SELECT change_no FROM responses WHERE organisation_id = $1 ORDER BY change_no`, c.org); err != nil {
		c.t.Fatal(err)
	}
	if len(numbers) != want || c.count(`SELECT last_no FROM feeds WHERE organisation_id = $1`, c.org) != want {
		c.t.Fatalf("%d responses with a number, want %d and the same in feeds", len(numbers), want)
	}
	for i, n := range numbers {
		if n != i+1 {
			c.t.Fatalf("number %d is missing: %v", i+1, numbers)
		}
	}
}

func TestOneFormIsOneResponseFromRatingToThanks(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, Options{})
	form := c.form()
	store := NewStore(c.db)
	if _, err := store.Answers(t.Context(), c.org, form.Response); !errors.Is(err, ErrNotStarted) {
		t.Fatalf("a form that was only looked at exists: %v", err)
	}
	c.is(c.send(rating(form, "2")), nil)
	c.is(c.send(reason(form, "delay", "Too “slow”, {really} \\ \"never\"")), nil)
	c.is(c.send(rating(form, "4")), nil) // Back, change, send
	given, err := store.Answers(t.Context(), c.org, form.Response)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string][]string{"rating": {"4"}, "reason": {"delay"}, "comment": {"Too “slow”, {really} \\ \"never\""}},
		map[string][]string(given.Values)); diff != "" || given.Finished() {
		t.Errorf("%s, state %s", diff, given.State)
	}
	if c.count(`SELECT count(*) FROM responses WHERE receipt_hash IS NOT NULL`) != 0 {
		t.Error("a receipt stands before the thanks page")
	}
	c.is(c.send(equalityPage(form, `{"sex":"female","llti":"pns"}`)), nil)
	var row struct {
		N         int
		Link      int64     `db:"link_id"`
		Survey    int64     `db:"survey_id"`
		Version   int64     `db:"version_id"`
		Service   int64     `db:"service_id"`
		Source    string    `db:"source"`
		Channel   string    `db:"channel"`
		Mode      string    `db:"mode"`
		About     string    `db:"about"`
		Language  string    `db:"language"`
		Hour      time.Time `db:"answered_hour"`
		State     string    `db:"state"`
		Revision  int       `db:"revision"`
		Receipt   []byte    `db:"receipt_hash"`
		Equality  string    `db:"equality"`
		ChangeNo  int64     `db:"change_no"`
		Responses int       `db:"responses"`
	}
	c.must(&row, `SELECT r.link_id, r.survey_id, r.version_id, r.service_id, r.source, r.channel,
		r.mode, r.about, r.language, r.answered_hour, r.state, r.revision,
		r.receipt_hash, r.change_no, e.answers AS equality, (SELECT count(*) FROM responses) AS responses
		FROM responses r JOIN equality_answers e ON e.id = r.equality_id AND e.organisation_id = r.organisation_id`)
	if row.Link != c.link || row.Survey != c.survey || row.Version != c.version || row.Service != c.service || row.Source != "link" ||
		row.Channel != "telephone" ||
		row.Mode != "online" || row.About != "letter 7" || row.State != "finished" || row.Revision != 4 || row.Responses != 1 ||
		row.ChangeNo != 4 {
		t.Errorf("stored %+v", row)
	}
	if !row.Hour.Equal(time.Date(2026, 7, 1, 11, 0, 0, 0, time.UTC)) {
		t.Errorf("stored as answered at %v", row.Hour)
	}
	if row.Equality != `{"sex": "female", "llti": "pns"}` {
		t.Errorf("equality answers %s", row.Equality)
	}
	if string(row.Receipt) != string(ReceiptHash(c.keys.Receipt(form.Response))) {
		t.Error("the receipt code of the thanks page is not the stored one")
	}

	// After thanks the form is spent; the last page sent twice is no mistake.
	c.sendAgain(equalityPage(form, `{"sex":"female","llti":"pns"}`))
	c.is(c.send(rating(form, "1")), ErrSpent)
	c.is(c.send(reason(form, "", "")), ErrSpent)
	if n := c.count(`SELECT last_no FROM feeds`); n != 4 {
		t.Errorf("what was not stored took a number: %d", n)
	}
}

func TestALaterPageNeedsItsRating(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, Options{})
	c.is(c.send(reason(c.form(), "delay", "x")), ErrNotStarted)
	c.is(c.send(equalityPage(c.form(), `{"sex":"male"}`)), ErrNotStarted)
	if n := c.count(`SELECT (SELECT count(*) FROM responses)
		+ (SELECT count(*) FROM comments) + (SELECT count(*) FROM equality_answers)`); n != 0 {
		t.Errorf("%d rows were stored", n)
	}
	if _, err := NewStore(c.db).Answers(t.Context(), c.org, c.form().Response); !errors.Is(err, ErrNotStarted) {
		t.Error(err)
	}
}

func TestAnAnswerTakenBackIsTakenAway(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, Options{})
	form := c.form()
	optional := rating(form, "5")
	optional.Codes, optional.Answers = []string{"rating", "topics"}, `{"rating":"5","topics":["a","b"]}`
	c.is(c.send(optional), nil)
	c.is(c.send(reason(form, "delay", "words")), nil)
	c.is(c.send(reason(form, "", "")), nil)
	optional.Answers = `{"rating":"5"}`
	c.is(c.send(optional), nil)
	var answers string
	c.must(&answers, `SELECT answers FROM responses`)
	if answers != `{"rating": "5"}` {
		t.Errorf("answers %s", answers)
	}
	if n := c.count(`SELECT count(*) FROM comments`); n != 0 {
		t.Error("an emptied comment is still there")
	}
}

func TestAChangedCommentIsUnreadAgainAndAnUnchangedOneIsNot(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, Options{})
	form := c.form()
	c.is(c.send(rating(form, "5")), nil)
	c.is(c.send(reason(form, "", "My name is Ann")), nil)
	c.exec(`UPDATE comments SET redacted = 'My name is [name]', review_state = 'redacted'`)
	c.is(c.send(reason(form, "delay", "My name is Ann")), nil)
	if n := c.count(`SELECT count(*) FROM comments WHERE review_state = 'redacted'`); n != 1 {
		t.Error("sending the same words again undid the redaction")
	}
	c.is(c.send(reason(form, "", "I am Ann")), nil)
	if n := c.count(`SELECT count(*) FROM comments
		WHERE  review_state = 'unread' AND redacted IS NULL AND text = 'I am Ann' AND delete_after > DATE '2026-07-01'`); n != 1 {
		t.Error("changed words kept the old redaction")
	}
}

func TestRetriesAndRacesOfOneFormAreOneResponse(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, Options{})
	form := c.form()
	var wg sync.WaitGroup
	var failed atomic.Int64
	for i := range 256 {
		wg.Go(func() {
			if err := c.send(rating(form, fmt.Sprint(1+i%5))); err != nil {
				failed.Add(1)
			}
			if err := c.send(reason(form, "delay", fmt.Sprint(i))); err != nil {
				failed.Add(1)
			}
		})
	}
	wg.Wait()
	if n := failed.Load(); n != 0 {
		t.Errorf("%d of 512 were refused", n)
	}
	if n := c.count(`SELECT count(*) FROM responses`); n != 1 {
		t.Errorf("%d responses, want 1", n)
	}
	if n := c.count(`SELECT count(*) FROM comments`); n != 1 {
		t.Errorf("%d comments, want 1", n)
	}
}

// inOneBatch keeps the database busy until all submissions wait in line, so that they make one batch.
func (c *council) inOneBatch(subs []Submission) []error {
	c.t.Helper()
	hold, err := c.owner.Beginx()
	if err != nil {
		c.t.Fatal(err)
	}
	c.exec(`INSERT INTO feeds (organisation_id, last_no) VALUES ($1, 0) ON CONFLICT DO NOTHING`, c.org)
	if _, err := hold.Exec(`UPDATE feeds SET last_no = last_no WHERE organisation_id = $1`, c.org); err != nil {
		c.t.Fatal(err)
	}
	plug := c.form()
	plugged := make(chan error, 1)
	go func() { plugged <- c.send(reason(plug, "", "")) }() // this one has the committer waiting for the lock
	l, _ := c.collector.line(c.org)
	c.until(func() bool { l.mu.Lock(); defer l.mu.Unlock(); return l.count == 1 && len(l.queue) == 0 })
	errs := make([]error, len(subs))
	var wg sync.WaitGroup
	for i, s := range subs {
		wg.Go(func() { errs[i] = c.send(s) })
		c.until(func() bool { l.mu.Lock(); defer l.mu.Unlock(); return len(l.queue) == i+1 })
	}
	if err := hold.Rollback(); err != nil {
		c.t.Fatal(err)
	}
	wg.Wait()
	c.is(<-plugged, ErrNotStarted)
	return errs
}

func (c *council) until(ok func() bool) {
	c.t.Helper()
	for end := time.Now().Add(10 * time.Minute); !ok(); time.Sleep(100 * time.Microsecond) {
		if time.Now().After(end) {
			c.t.Fatal("waited for something that did not happen")
		}
	}
}

func TestADoubleClickIsOneWrite(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, Options{})
	a, b := c.form(), c.form()
	for i, err := range c.inOneBatch([]Submission{rating(a, "4"), rating(a, "4"), rating(b, "1"), rating(b, "2"), rating(b, "1"),
		reason(b, "staff", "hello")}) {
		if err != nil {
			t.Errorf("submission %d: %v", i, err)
		}
	}
	type row struct {
		Revision int
		Rating   string
		Reason   string
	}
	var rows []row
	if err := c.owner.Select(&rows,
		`SELECT revision, answers->>'rating' AS rating, COALESCE(answers->>'reason', '') AS reason FROM responses ORDER BY 1`); err != nil {
		t.Fatal(err)
	}
	// The last word counts, whatever came together.
	if diff := cmp.Diff([]row{{1, "4", ""}, {4, "1", "staff"}}, rows); diff != "" {
		t.Error(diff)
	}
}

func TestThreeRefusedAnswersOf256FailAlone(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, Options{})
	var subs []Submission
	bad := map[int]bool{0: true, 100: true, 255: true}
	for i := range 256 {
		s := rating(c.form(), "4")
		switch {
		case i == 0:
			s.Answers = `{"rating":"\u0000"}` // jsonb refuses it: 22P05
		case i == 100:
			s.Comments = []Comment{{"comment", "a\x00b"}} // text refuses it: 22021
		case i == 255:
			s.Version = 1 << 60 // no such questionnaire: 23503
		}
		subs = append(subs, s)
	}
	stored, refused := 0, 0
	for i, err := range c.inOneBatch(subs) {
		switch {
		case err == nil && !bad[i]:
			stored++
		case errors.Is(err, ErrRefused) && bad[i]:
			refused++
		default:
			t.Errorf("submission %d: %v", i, err)
		}
	}
	t.Logf("sent 256, stored %d, refused %d", stored, refused)
	if stored != 253 || refused != 3 {
		t.Errorf("stored %d, refused %d", stored, refused)
	}
	c.noGaps(253)
}

func TestClosingInTheMiddle(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, Options{})
	for name, turn := range map[string][2]string{
		"the survey": {`UPDATE surveys SET state = 'closed' WHERE id = $1`, `UPDATE surveys SET state = 'open' WHERE id = $1`},
		"the link":   {`UPDATE links SET state = 'closed' WHERE survey_id = $1`, `UPDATE links SET state = 'open' WHERE survey_id = $1`},
	} {
		form := c.form()
		c.is(c.send(rating(form, "3")), nil)
		before := c.count(`SELECT last_no FROM feeds`)
		c.exec(turn[0], c.survey)
		c.is(c.send(rating(c.form(), "5")), ErrClosed)
		if c.count(`SELECT last_no FROM feeds`) != before {
			t.Errorf("%s: refused, and took a number", name)
		}
		c.is(c.send(rating(form, "4")), nil)
		c.is(c.send(reason(form, "delay", "before you closed")), nil)
		c.is(c.send(equalityPage(form, "{}")), nil)
		// In one batch: those who started are stored, newcomers are told, and no number is lost.
		started, fresh := c.form(), c.form()
		c.exec(turn[1], c.survey)
		c.is(c.send(rating(started, "3")), nil)
		c.exec(turn[0], c.survey)
		before = c.count(`SELECT last_no FROM feeds`)
		errs := c.inOneBatch([]Submission{rating(fresh, "1"), reason(started, "staff", ""), rating(c.form(), "2")})
		c.is(errs[0], ErrClosed)
		c.is(errs[1], nil)
		c.is(errs[2], ErrClosed)
		if c.count(`SELECT last_no FROM feeds`) != before+1 || c.count(`SELECT change_no FROM responses WHERE id = $1`,
			started.Response) != before+1 {
			t.Errorf("%s: a number was lost", name)
		}
		c.exec(turn[1], c.survey)
	}
}

func TestALinkEndsWithItsDayInTheOrganisationsTime(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, Options{})
	c.link = c.newLink("NRT34567", "2026-07-01")
	at := func(s string) {
		now, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		c.now.Store(&now)
	}
	at("2026-07-01T22:59:59Z") // one minute to midnight in London
	c.is(c.send(rating(c.form(), "3")), nil)
	at("2026-07-01T23:00:00Z") // the second of July in London
	c.is(c.send(rating(c.form(), "3")), ErrClosed)
}

func TestEqualityAnswersStandApart(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, Options{})
	var forms []Form
	for range 8 {
		forms = append(forms, c.form())
	}
	var ratings, pages []Submission
	for i, f := range forms {
		ratings = append(ratings, rating(f, "4"))
		answers := `{"sex":"female"}`
		if i%2 == 1 {
			answers = `{}`
		}
		pages = append(pages, equalityPage(f, answers))
	}
	for _, err := range append(c.inOneBatch(ratings), c.inOneBatch(pages)...) {
		c.is(err, nil)
	}
	if n := c.count(`SELECT count(*) FROM equality_answers`); n != 4 {
		t.Errorf("%d rows of equality answers; a page that was skipped leaves none, so 4", n)
	}
	var columns []string
	if err := c.owner.Select(&columns,
		`SELECT column_name FROM information_schema.columns WHERE table_name = 'equality_answers' ORDER BY 1`); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"answers", "id", "organisation_id", "survey_id", "version_id"}, columns); diff != "" {
		t.Errorf("a row of equality answers tells more than it should: %s", diff)
	}
	for _, f := range forms {
		if n := c.count(`SELECT count(*) FROM equality_answers WHERE id = $1`, f.Response); n != 0 {
			t.Error("equality answers stand under the response's own identity")
		}
	}
	tx, err := c.db.Begin(t.Context(), c.org)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	var answers []string
	err = tx.Select(&answers, `SELECT answers FROM equality_answers WHERE organisation_id = $1`, c.org)
	var e *pq.Error
	if !errors.As(err, &e) || e.Code != "42501" {
		t.Errorf("the program read equality answers: %v, %v", answers, err)
	}
}

// A form whose equality page is not the last keeps one row however often it is sent.
func TestEqualityAnswersSentAgainAreTheSameRow(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, Options{})
	form := c.form()
	c.is(c.send(rating(form, "3")), nil)
	for _, answers := range []string{`{"sex":"male"}`, `{"sex":"female","llti":"no"}`, `{}`, `{"sex":"pns"}`} {
		page := equalityPage(form, answers)
		page.Last = false
		c.is(c.send(page), nil)
	}
	var all []string
	if err := c.owner.Select(&all, `SELECT e.answers FROM equality_answers e JOIN responses r ON r.equality_id = e.id`); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{`{"sex": "pns"}`}, all); diff != "" {
		t.Error(diff)
	}
}

func TestNothingFinerThanTheHourIsStored(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, Options{})
	form := c.form()
	c.is(c.send(rating(form, "3")), nil)
	c.is(c.send(reason(form, "delay", "words")), nil)
	c.is(c.send(equalityPage(form, `{"sex":"male"}`)), nil)
	for _, table := range []string{"responses", "comments", "equality_answers"} {
		var row string
		c.must(&row, `SELECT string_agg(to_jsonb(t)::text, ' ') FROM `+table+` t`)
		if strings.Contains(row, "11:59") || strings.Contains(row, ":59:") || row == "" {
			t.Errorf("%s holds a time: %s", table, row)
		}
	}
}

func TestAFullLineSaysSoAtOnce(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, Options{Queue: 3})
	subs := []Submission{rating(c.form(), "1"), rating(c.form(), "2")}
	hold, err := c.owner.Beginx()
	if err != nil {
		t.Fatal(err)
	}
	defer hold.Rollback()
	c.is(c.send(rating(c.form(), "5")), nil)
	if _, err := hold.Exec(`UPDATE feeds SET last_no = last_no`); err != nil {
		t.Fatal(err)
	}
	l, _ := c.collector.line(c.org)
	done := make(chan error, 3)
	for _, s := range append(subs, rating(c.form(), "3")) {
		go func() { done <- c.send(s) }()
	}
	c.until(func() bool { l.mu.Lock(); defer l.mu.Unlock(); return l.count == 3 })
	c.is(c.send(rating(c.form(), "4")), ErrBusy)
	if err := hold.Rollback(); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		c.is(<-done, nil)
	}
	c.is(c.send(rating(c.form(), "4")), nil)
	if held := c.collector.held.Load(); held != 0 {
		t.Errorf("%d bytes are still counted as waiting", held)
	}
}

func TestTooManyBytesAreTooMany(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, Options{Memory: 2000})
	s := rating(c.form(), "4")
	s.Comments = []Comment{{"comment", strings.Repeat("x", 2000)}}
	c.is(c.send(s), ErrBusy)
	c.is(c.send(rating(c.form(), "4")), nil)
}

func TestAClosedTabStopsWaiting(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, Options{})
	c.is(c.send(rating(c.form(), "5")), nil)
	hold, err := c.owner.Beginx()
	if err != nil {
		t.Fatal(err)
	}
	defer hold.Rollback()
	if _, err := hold.Exec(`UPDATE feeds SET last_no = last_no`); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		_, err := c.collector.Submit(ctx, rating(c.form(), "1"))
		done <- err
	}()
	cancel()
	c.is(<-done, context.Canceled)
	hold.Rollback()
	c.is(c.collector.Close(t.Context()), nil)
	if n := c.count(`SELECT count(*) FROM responses`); n != 2 {
		t.Errorf("%d responses: what was in line is stored although nobody waits", n)
	}
}

func TestCloseStoresWhatWaitsAndTakesNoMore(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, Options{})
	var wg sync.WaitGroup
	var stored, stopped atomic.Int64
	for range 200 {
		wg.Go(func() {
			switch err := c.send(rating(c.form(), "1")); {
			case err == nil:
				stored.Add(1)
			case errors.Is(err, ErrStopped):
				stopped.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	c.until(func() bool { return stored.Load() > 0 })
	c.is(c.collector.Close(t.Context()), nil)
	wg.Wait()
	if n := c.count(`SELECT count(*) FROM responses`); int64(n) != stored.Load() || stored.Load()+stopped.Load() != 200 {
		t.Errorf("stored %d, told stored %d, told stopping %d", n, stored.Load(), stopped.Load())
	}
	c.is(c.send(rating(c.form(), "1")), ErrStopped)
}

func TestOrganisationsDoNotMeet(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, Options{})
	var other tenant.Org
	c.must(&other, `INSERT INTO organisations (slug, link_prefix, names) VALUES ('southfield', 'STH', '{"en": "Southfield"}') RETURNING id`)
	form := c.form()
	c.is(c.send(rating(form, "3")), nil)
	foreign := form
	foreign.Organisation = other
	c.is(c.send(rating(foreign, "1")), ErrClosed)
	c.is(c.send(reason(foreign, "delay", "x")), ErrNotStarted)
	if n := c.count(`SELECT count(*) FROM responses WHERE revision = 1 AND organisation_id = $1`, c.org); n != 1 {
		t.Error("another organisation changed a response")
	}
}

func TestTheMasterSecretIsMadeOnce(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, Options{})
	c.exec(`DELETE FROM secrets`)
	tokens := make(chan string, 8)
	form := c.form()
	for range cap(tokens) {
		go func() {
			keys, err := Keys(t.Context(), c.db)
			if err != nil {
				t.Error(err)
				tokens <- ""
				return
			}
			tokens <- keys.Mint(form)
		}()
	}
	first := <-tokens
	for range cap(tokens) - 1 {
		if <-tokens != first {
			t.Fatal("two instances that start together have different keys")
		}
	}
}
