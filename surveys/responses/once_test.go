package responses

import (
	"context"
	"errors"
	"strconv"
	"testing"
	"time"
)

// TestABatchOfAllKindsOfPages: what can be stored of a batch is stored in the one transaction, and what cannot is told apart and
// takes no number.
func TestABatchOfAllKindsOfPages(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, Options{})
	begun, worded, ended := c.form(), c.form(), c.form()
	two := rating(begun, "5")
	two.Codes, two.Answers = []string{"rating", "topics"}, `{"rating":"5","topics":["a"]}`
	last := reason(ended, "delay", "late")
	last.Last = true
	for _, s := range []Submission{two, rating(worded, "3"), reason(worded, "delay", "long"), rating(ended, "1"), last} {
		c.is(c.send(s), nil)
	}
	before := c.count(`SELECT last_no FROM feeds`)
	blank := two
	blank.Answers = `{"rating":"4"}`
	closed := c.newLink("NRT65432", "2026-06-30")
	late := NewForm(c.org, closed, c.version)
	changed := last
	changed.Comments = []Comment{{"comment", "never"}}
	other := rating(c.form(), "2")
	other.Comments = []Comment{{"comment", "first words"}, {"more", ""}}
	errs := c.inOneBatch([]Submission{
		rating(c.form(), "4"), rating(late, "1"), blank, reason(c.form(), "time", "no first page"), reason(worded, "", ""), changed, other,
	})
	for i, want := range []error{nil, ErrClosed, nil, ErrNotStarted, nil, ErrSpent, nil} {
		if !errors.Is(errs[i], want) {
			t.Errorf("page %d: %v, want %v", i, errs[i], want)
		}
	}
	c.sendAgain(last)
	if after := c.count(`SELECT last_no FROM feeds`); after != before+4 {
		t.Errorf("the feed went from %d to %d for four pages", before, after)
	}
	for query, want := range map[string]string{
		`SELECT answers FROM responses WHERE id = '` + begun.Response.String() + `'`:  `{"rating": "4"}`,
		`SELECT answers FROM responses WHERE id = '` + worded.Response.String() + `'`: `{"rating": "3"}`,
		`SELECT answers || to_jsonb(state) FROM responses WHERE id = '` + ended.Response.String() +
			`'`: `[{"rating": "1", "reason": "delay"}, "finished"]`,
		`SELECT string_agg(text, ', ' ORDER BY text) FROM comments`: `first words, late`,
	} {
		var got string
		c.must(&got, query)
		if got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
}

// TestALastPageThatArrivedIsNoSecondClick: the connection was lost at the commit, and the same page is sent again by the collector itself.
func TestALastPageThatArrivedIsNoSecondClick(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, Options{})
	form := c.form()
	c.is(c.send(rating(form, "4")), nil)
	last := equalityPage(form, "{}")
	c.is(c.send(last), nil)
	c.sendAgain(last)
	l, err := c.collector.line(c.org)
	c.is(err, nil)
	w := &waiting{Submission: last, hour: c.now.Load().Truncate(time.Hour), arrived: time.Now(), done: make(chan outcome, 1), unknown: true}
	l.mu.Lock()
	l.count++
	l.mu.Unlock()
	l.keep([]*waiting{w})
	if o := <-w.done; o.err != nil || o.repeated {
		t.Errorf("%+v", o)
	}
}

// TestNobodyIsToldBeforeTheDiskHasIt: a server that would acknowledge before it has written waits for its disk in our transactions.
func TestNobodyIsToldBeforeTheDiskHasIt(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, Options{})
	tx, err := c.db.Begin(t.Context(), c.org)
	c.is(err, nil)
	defer func() { _ = tx.Rollback() }()
	var setting string
	for _, s := range []string{`SET LOCAL synchronous_commit = off`,
		`SELECT store_pages(` + strconv.FormatInt(int64(c.org), 10) + `, now(), '[]', NULL)`} {
		_, err := tx.Exec(s)
		c.is(err, nil)
	}
	c.is(tx.Get(&setting, `SELECT current_setting('synchronous_commit')`), nil)
	if setting != "on" {
		t.Errorf("synchronous_commit is %s", setting)
	}
}

func TestAnUnknownOutcomeIsAnError(t *testing.T) {
	t.Parallel()
	if o := outcomeOf("lost"); o.err == nil || o.repeated {
		t.Errorf("%+v", o)
	}
}

// TestWhatTheDatabaseCannotTake: such a value is refused alone and at once, on a line that has been at work for a while.
func TestWhatTheDatabaseCannotTake(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, Options{})
	c.is(c.send(rating(c.form(), "4")), nil)
	for _, words := range []string{"a\x00b", "\x00'); DROP TABLE responses; --", "caf\xe9"} {
		form := c.form()
		c.is(c.send(rating(form, "4")), nil)
		if err := c.send(reason(form, "time", words)); !errors.Is(err, ErrRefused) {
			t.Errorf("%q: %v", words, err)
		}
	}
	c.is(c.send(rating(c.form(), "4")), nil)
	form := c.form()
	c.is(c.send(rating(form, "4")), nil)
	const quotes = `it's \ "quoted" {a,b} $1 ' OR 1=1; COMMIT; --`
	c.is(c.send(reason(form, "time", quotes)), nil)
	if n := c.count(`SELECT count(*) FROM comments WHERE text = $1`, quotes); n != 1 {
		t.Error("a comment of signs did not come through as it was written")
	}
}

// TestRunLeavesNothingBehind: a statement that fails takes nothing with it, neither rows nor the organisation's name on the connection.
func TestRunLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, Options{})
	c.is(c.send(rating(c.form(), "4")), nil)
	ctx := context.Background()
	if _, err := c.db.Run(ctx, c.org, `UPDATE feeds SET last_no = 99 WHERE organisation_id = 1; SELECT 1/0`); err == nil {
		t.Fatal("a division by zero is no error")
	}
	if _, err := c.db.Run(ctx, 0, `SELECT 1`); err == nil {
		t.Error("no organisation was named, and none was missed")
	}
	if n := c.count(`SELECT last_no FROM feeds`); n != 1 {
		t.Errorf("the feed is at %d", n)
	}
	for range 20 { // whichever connection answers
		var seen int
		if err := c.db.Global().Get(&seen, `SELECT count(*) FROM responses`); err != nil || seen != 0 {
			t.Fatalf("a connection still speaks for an organisation: %d rows, %v", seen, err)
		}
	}
}
