package responses

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"yousaid/surveys"
	"yousaid/surveys/question"
	"yousaid/surveys/responses/quality"
	"yousaid/surveys/tenant"
)

// ledger remembers what was recorded.
type ledger struct{ actions []string }

func (l *ledger) Record(_ context.Context, _ *sqlx.Tx, _ tenant.Actor, action, _ string, _, _ any) error {
	l.actions = append(l.actions, action)
	return nil
}

// typing is a council whose staff type in answers.
func typing(t *testing.T) (*council, Keyed, tenant.Actor, *ledger) {
	c := newCouncil(t, Options{})
	c.exec(`UPDATE links SET keyed_mode = 'telephone_interview' WHERE id = $1`, c.link)
	l := &ledger{}
	return c, Keyed{DB: c.db, Ledger: l, Now: func() time.Time { return *c.now.Load() }}, tenant.CommandLine(c.org), l
}

// keyed is a form that was opened now by the clock of the council.
func (c *council) keyed() Form {
	f := c.form()
	f.Shown = c.now.Load().UnixMilli()
	return f
}

func (c *council) nonresponses() string {
	var said string
	c.must(&said, `SELECT COALESCE(string_agg(day || ' ' || reason || ' ' || n, ', ' ORDER BY reason), '') FROM nonresponses WHERE n > 0`)
	return said
}

// Somebody who did not answer counts once for a form, for the reason given last, and no more once the form's answers are stored.
func TestPeopleWhoDoNotAnswerAreCounted(t *testing.T) {
	t.Parallel()
	c, keyed, by, l := typing(t)
	ctx, form := t.Context(), c.keyed()
	for _, why := range []Nonresponse{Declined, Declined, Unable} {
		c.is(keyed.Count(ctx, by, form, why), nil)
	}
	c.is(keyed.Count(ctx, by, c.keyed(), Declined), nil)
	if got := c.nonresponses(); got != "2026-07-01 declined 1, 2026-07-01 unable 1" {
		t.Errorf("counted: %s", got)
	}
	days, err := keyed.Days(ctx, c.org, 10)
	c.is(err, nil)
	if len(days) != 1 || days[0].Survey != "counter" || days[0].Declined != 1 || days[0].Unable != 1 {
		t.Errorf("days: %+v", days)
	}
	c.is(keyed.Undo(ctx, by, form), nil)
	c.is(keyed.Undo(ctx, by, form), nil) // twice changes nothing
	if got := c.nonresponses(); got != "2026-07-01 declined 1" || !slices.Equal(l.actions, []string{"nonresponse.undone"}) {
		t.Errorf("undone: %s, %v", got, l.actions)
	}
	c.is(keyed.Count(ctx, by, form, Declined), nil)
	c.is(c.send(rating(form, "4")), nil)
	c.is(keyed.Answered(ctx, by, form), nil)
	if got := c.nonresponses(); got != "2026-07-01 declined 1" {
		t.Errorf("after the answers: %s", got)
	}
	c.is(keyed.Count(ctx, by, form, Declined), ErrSpent)
	other := form
	other.Organisation++
	c.is(keyed.Count(ctx, by, other, Declined), ErrToken)
	c.exec(`UPDATE surveys SET state = 'closed'`)
	c.is(keyed.Count(ctx, by, c.keyed(), Declined), ErrClosed)
}

// Answers that were typed in are taken back within a working day, by the form that they were typed into.
func TestTypedAnswersAreUndone(t *testing.T) {
	t.Parallel()
	c, keyed, by, l := typing(t)
	ctx, form := t.Context(), c.keyed()
	c.is(keyed.Undo(ctx, by, form), ErrNotStarted) // nobody has answered yet
	c.is(c.send(rating(form, "4")), nil)
	c.is(keyed.Undo(ctx, by, c.keyed()), ErrNotStarted)
	late := form
	late.Shown -= (undoTime + time.Minute).Milliseconds()
	c.is(keyed.Undo(ctx, by, late), ErrLate)
	foreign := form
	foreign.Organisation++
	c.is(keyed.Undo(ctx, by, foreign), ErrToken)
	var before int
	c.must(&before, `SELECT last_no FROM feeds`)
	c.is(keyed.Undo(ctx, by, form), nil)
	c.is(keyed.Undo(ctx, by, form), nil)
	var row struct {
		State, Answers string
		Change         int `db:"change_no"`
	}
	c.must(&row, `SELECT state, answers, change_no FROM responses`)
	if row.State != "withdrawn" || row.Answers != "{}" || row.Change != before+1 || !slices.Equal(l.actions, []string{"response.withdrawn"}) {
		t.Errorf("%+v after number %d, %v", row, before, l.actions)
	}
	c.is(c.send(rating(form, "5")), ErrSpent)
}

// A receipt code finds the response and takes it back with all that hangs on it, once.
func TestAReceiptTakesFeedbackBack(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, Options{})
	l := &ledger{}
	receipts := Receipts{DB: c.db, Ledger: l}
	ctx, form := t.Context(), c.form()
	code := c.keys.Receipt(form.Response)
	c.is(receipts.Withdraw(ctx, c.org, code), ErrNoReceipt) // nobody has answered yet
	c.is(c.send(rating(form, "4")), nil)
	c.is(c.send(reason(form, "delay", "words")), nil)
	last := equalityPage(form, `{"sex":"male"}`)
	c.is(c.send(last), nil)
	_, err := receipts.Find(ctx, c.org, "AAAAAAAAAA")
	c.is(err, ErrNoReceipt)
	found, err := receipts.Find(ctx, c.org, code)
	c.is(err, nil)
	if found.Response != form.Response || found.State != "finished" || found.Service != c.service {
		t.Errorf("found %+v", found)
	}
	c.is(receipts.Withdraw(ctx, c.org, code), nil)
	c.is(receipts.Withdraw(ctx, c.org, code), nil)
	if n := c.count(`SELECT count(*) FROM comments`); n != 0 || len(l.actions) != 1 {
		t.Errorf("%d comments are left, recorded %v", n, l.actions)
	}
	if n := c.count(`SELECT count(*) FROM equality_answers WHERE answers <> '{}'`); n != 0 {
		t.Errorf("%d rows of equality answers are left", n)
	}
	c.is(c.send(last), ErrSpent)
}

// A decision leaves out what it selects, and counts it again, each response under a number of its own.
func TestADecisionChangesWhatCounts(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, Options{})
	for range 3 {
		c.is(c.send(rating(c.form(), "4")), nil)
	}
	change := func(s Selection) (n int) {
		tx, err := c.db.Begin(t.Context(), c.org)
		c.is(err, nil)
		defer func() { _ = tx.Rollback() }()
		any, err := s.Any(t.Context(), tx, c.org)
		c.is(err, nil)
		n, err = s.Change(t.Context(), tx, c.org)
		c.is(err, nil)
		if any != (n > 0) {
			t.Errorf("%+v: any is %v, and %d were changed", s, any, n)
		}
		c.is(tx.Commit(), nil)
		return n
	}
	day := c.now.Load().Truncate(24 * time.Hour)
	out := Selection{Decision: 7, Survey: c.survey, Link: c.link, From: day, To: day.AddDate(0, 0, 1), Exclude: true}
	elsewhere := out
	elsewhere.From, elsewhere.To = day.AddDate(0, 0, 1), day.AddDate(0, 0, 2)
	in := Selection{Decision: 8, Survey: c.survey, From: day, To: day.AddDate(0, 0, 1), Verdict: quality.Person, Undoes: 7}
	if a, b, again := change(elsewhere), change(out), change(out); a != 0 || b != 3 || again != 0 {
		t.Errorf("left out %d, %d and again %d, want 0, 3 and 0", a, b, again)
	}
	if n := c.count(`SELECT count(*) FROM responses WHERE excluded_no IS NOT NULL AND verdict = $1 AND decision_id = 7`,
		string(quality.Person)); n != 3 {
		t.Errorf("%d are left out by the decision", n)
	}
	if n := change(in); n != 3 {
		t.Errorf("%d count again", n)
	}
	if n := c.count(`SELECT count(*) FROM responses WHERE excluded_no IS NULL AND verdict = '' AND decision_id = 8`); n != 3 {
		t.Errorf("%d stand as before", n)
	}
	if n := c.count(`SELECT count(DISTINCT change_no) FROM responses WHERE change_no > 6`); n != 3 ||
		c.count(`SELECT last_no FROM feeds`) != 9 {
		t.Errorf("%d numbers of their own", n)
	}
}

// Typed in, all questions come at once; a later page that was left blank as a whole is one that nobody came to.
func TestAllQuestionsAtOnce(t *testing.T) {
	t.Parallel()
	en := func(s string) question.Text { return question.Text{"en": s} }
	d := surveys.Definition{Survey: "s", Title: en("S"), Pages: []surveys.Page{
		{Questions: []question.Question{{Code: "again", Kind: question.YesNo, Required: true, Text: en("Again?")}}},
		{Questions: []question.Question{{Code: "visits", Kind: question.Number, Required: true, Text: en("How often?")},
			{Code: "why", Kind: question.LongTxt, Text: en("Why?")}}},
	}}
	for _, try := range []struct {
		fields  url.Values
		answers string
		wrong   []string
	}{
		{url.Values{"again": {"yes"}}, `{"again":"yes"}`, nil},
		{url.Values{"again": {"no"}, "visits": {"3"}, "why": {"slow"}}, `{"again":"no","visits":3}`, nil},
		{url.Values{"again": {"no"}, "why": {"slow"}}, "", []string{"visits"}},
		{url.Values{"visits": {"many"}}, "", []string{"again", "visits"}},
	} {
		s, err := CheckAll(d, Form{}, "en", try.fields)
		var problems Problems
		var wrong []string
		if errors.As(err, &problems) {
			for _, p := range problems {
				wrong = append(wrong, p.Question)
			}
			if problems.Error() == "" {
				t.Error("problems without a sentence")
			}
		}
		if !slices.Equal(wrong, try.wrong) || err == nil && (s.Answers != try.answers || !s.First || !s.Last || s.Empty()) {
			t.Errorf("%v: %+v, wrong %v", try.fields, s, wrong)
		}
	}
	if s, err := CheckAll(surveys.Definition{Pages: []surveys.Page{
		{Questions: []question.Question{{Code: "visits", Kind: question.Number, Text: en("?")}}}}},
		Form{}, "en", nil); err != nil || !s.Empty() {
		t.Errorf("nothing at all: %+v, %v", s, err)
	}
}

// A secret that is kept outside the database is known again, and another one is refused.
func TestAMasterSecretOutside(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, Options{})
	secret, other := slices.Repeat([]byte{1}, 32), slices.Repeat([]byte{2}, 32)
	_, err := KeysOutside(t.Context(), c.db, secret)
	c.is(err, ErrOtherSecret) // the database was used with its own
	c.exec(`DELETE FROM secrets`)
	keys, err := KeysOutside(t.Context(), c.db, secret)
	c.is(err, nil)
	again, err := KeysOutside(t.Context(), c.db, secret)
	c.is(err, nil)
	if f := c.form(); keys.Mint(f) != again.Mint(f) {
		t.Error("the same secret signs otherwise")
	}
	_, err = KeysOutside(t.Context(), c.db, other)
	c.is(err, ErrOtherSecret)
	_, err = KeysOutside(t.Context(), c.db, nil)
	c.is(err, ErrSecretOutside)
	if _, err := KeysOutside(t.Context(), c.db, secret[:31]); err == nil {
		t.Error("a short secret was taken")
	}
}

// What waits and what is wrong with the database is known to whoever asks.
func TestACollectorSaysHowItIs(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, Options{})
	c.is(c.send(rating(c.form(), "4")), nil)
	if n, oldest := c.collector.Waiting(); n != 0 || oldest != 0 || c.collector.Trouble() != nil {
		t.Errorf("at rest %d wait for %v, trouble %v", n, oldest, c.collector.Trouble())
	}
	c.collector.trouble.Store(&trouble{err: fmt.Errorf("away"), at: time.Now()})
	if err := c.collector.Trouble(); err == nil {
		t.Error("trouble of this moment is not told")
	}
	c.is(c.send(rating(c.form(), "4")), nil)
	if err := c.collector.Trouble(); err != nil {
		t.Errorf("trouble that is over: %v", err)
	}
	c.is(c.collector.Learn(t.Context(), c.org), nil)
	job := c.about(5)
	c.is(c.send(rating(job, "4")), nil)
	store := NewStore(c.db)
	for form, want := range map[Form]bool{job: false, c.about(5): true, c.about(6): false} {
		if taken, err := store.JobTaken(t.Context(), form); err != nil || taken != want {
			t.Errorf("job of %v taken: %v, %v", form.Job, taken, err)
		}
	}
}
