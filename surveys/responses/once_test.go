package responses

import (
	"context"
	"errors"
	"testing"
	"time"
)

// TestAnOrdinaryBatchGoesAtOnce: the short way is taken where it can be, and what it cannot settle is settled by the long one.
func TestAnOrdinaryBatchGoesAtOnce(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, Options{})
	c.is(c.send(rating(c.form(), "4")), nil) // the line now knows the organisation's day
	l := c.collector.lines[c.org]
	batch := func(list ...Submission) (waits []*waiting) {
		for _, s := range list {
			waits = append(waits, &waiting{Submission: s, hour: time.Now().UTC().Truncate(time.Hour), arrived: time.Now(), done: make(chan error, 1)})
		}
		return waits
	}
	form := c.form()
	if ok := batch(rating(form, "2"), rating(c.form(), "5")); !l.ordinary(ok) || l.atOnce(ok, nil) != nil {
		t.Error("two ratings did not go at once")
	}
	if ok := batch(reason(form, "time", "slow")); !l.ordinary(ok) || l.atOnce(ok, nil) != nil {
		t.Error("a later page did not go at once")
	}
	if n := c.count(`SELECT count(*) FROM comments WHERE text = 'slow'`); n != 1 {
		t.Errorf("%d comments", n)
	}
	if ok := batch(reason(form, "time", "")); l.atOnce(ok, nil) != nil || c.count(`SELECT count(*) FROM comments`) != 0 {
		t.Error("an emptied comment stayed")
	}
	if l.ordinary(batch(equalityPage(form, `{"sex":"pns"}`))) {
		t.Error("equality answers have a table of their own")
	}
	before := c.count(`SELECT last_no FROM feeds`)
	if err := l.atOnce(batch(rating(c.form(), "1"), reason(c.form(), "time", "no first page")), nil); !unsettled(err) {
		t.Errorf("a page without its first: %v", err)
	}
	if after := c.count(`SELECT last_no FROM feeds`); after != before || c.count(`SELECT count(*) FROM responses`) != 3 {
		t.Errorf("what failed left something behind: the feed is at %d after %d", after, before)
	}
}

// TestPoisonOnTheShortWay: a value that the database cannot take is refused alone and at once, on a line that has been at work for a while.
func TestPoisonOnTheShortWay(t *testing.T) {
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
	if err := c.db.Run(ctx, c.org, `UPDATE feeds SET last_no = 99 WHERE organisation_id = 1; SELECT 1/0`); err == nil {
		t.Fatal("a division by zero is no error")
	}
	if err := c.db.Run(ctx, 0, `SELECT 1`); err == nil {
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
