package analytics_test

import (
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"yousaid/analytics"
	"yousaid/analytics/figures"
	"yousaid/analytics/refusal"
	"yousaid/analytics/tables"
)

// counting counts the proofs and the snapshots of a council.
func (c *council) counting() (proofs, snapshots *atomic.Int64) {
	proofs, snapshots = &atomic.Int64{}, &atomic.Int64{}
	c.Ask.Proving, c.Ask.Opened = func() { proofs.Add(1) }, func() { snapshots.Add(1) }
	return proofs, snapshots
}

// A table that was looked at is not proved again when it is released, and it is when anything has changed since: the
// answers, or what is out beside it.
func TestATableIsProvedOnce(t *testing.T) {
	t.Parallel()
	c := satisfaction(t)
	c.People(20, sex("female"), "2026-07-10T10")
	c.People(20, sex("male"), "2026-07-10T10")
	c.People(1, sex("other"), "2026-07-10T10")
	c.Answered(20, time.July, "telephone", "repairs")
	proofs, _ := c.counting()
	is := func(want int64, after string) {
		t.Helper()
		if n := proofs.Swap(0); n != want {
			t.Errorf("%d proofs were worked out %s, not %d", n, after, want)
		}
	}
	q := public(time.July, time.July, "sex")
	look := func() tables.Protected {
		t.Helper()
		p, err := c.Ask.Preview(t.Context(), c.By(), q)
		c.Check(err)
		return p
	}
	first := look()
	is(1, "for a first look")
	again := look()
	is(0, "for the same look again")
	released := c.Protected(q)
	is(0, "for the release of what was looked at")
	if table(first) != table(released) || table(first) != table(again) || first.Lattices == 0 || first.Lattices != released.Lattices {
		t.Errorf("looked at was %s, and released is %s", table(first), table(released))
	}
	look()
	is(0, "for a table that is out")

	// Another answer: the proof of before is of other numbers.
	q = public(time.July, time.July, "channel")
	before := look()
	is(1, "beside the release")
	c.Store(20, answer{Answers: rated("3"), Channel: "web", Service: "bins", At: "2026-07-20T10", Equality: sex("male")})
	after := look()
	if n := proofs.Swap(0); n == 0 {
		t.Error("a table of other answers has the proof of before")
	}
	if table(before) == table(after) {
		t.Errorf("the answers since are not in the table: %s", table(after))
	}
	// Another release beside it.
	q = public(time.July, time.July, "service")
	look()
	is(1, "for a table by service")
	c.Protected(public(time.July, time.July, "channel"))
	proofs.Store(0)
	look()
	is(1, "after another release")
}

// A table that cannot be proved is not tried again and again.
func TestARefusalIsWorkedOutOnce(t *testing.T) {
	t.Parallel()
	c := satisfaction(t)
	c.People(20, sex("female"), "2026-07-10T10")
	c.People(20, sex("male"), "2026-07-10T10")
	c.Protected(public(time.July, time.July, "sex"))
	c.Store(1, answer{Answers: rated("3"), Channel: "web", Service: "bins", At: "2026-07-20T10", Equality: sex("male")})
	proofs, _ := c.counting()
	q := public(time.July, time.July, "sex", "channel")
	for i := range 2 {
		if _, err := c.Ask.Preview(t.Context(), c.By(), q); !errors.As(err, new(refusal.Refusal)) {
			t.Fatalf("one answer since, and the table is not refused: %v", err)
		}
		if n := proofs.Swap(0); i > 0 && n > 0 {
			t.Errorf("%d proofs were worked out for a refusal that was worked out before", n)
		}
	}
}

// What a page shows side by side is read from one snapshot; the looks at protected tables stand in the audit trail before they are shown.
func TestOneSnapshotForAPage(t *testing.T) {
	t.Parallel()
	c := satisfaction(t)
	c.People(20, sex("female"), "2026-07-10T10")
	c.People(20, sex("male"), "2026-07-10T10")
	_, snapshots := c.counting()
	c.Ledger.Actions = nil
	err := c.Ask.Read(t.Context(), c.By(), func(s *analytics.Snapshot) error {
		offer, err := s.Offer(t.Context(), []string{"customer-satisfaction"})
		c.Check(err)
		before, err := s.AskTogether(t.Context(), query(), query("channel"))
		c.Check(err)
		c.People(1, sex("male"), "2026-07-11T10") // somebody answers meanwhile
		after, err := s.AskTogether(t.Context(), query())
		c.Check(err)
		if before[0].Total.N != 200 || after[0].Total.N != 200 || len(offer.Surveys) != 1 {
			t.Errorf("%d and then %d answers in one snapshot", before[0].Total.N, after[0].Total.N)
		}
		if _, err := s.Ask(t.Context(), query("sex")); err != nil {
			t.Error(err)
		}
		if _, err := s.Preview(t.Context(), public(time.July, time.July, "sex")); err != nil {
			t.Error(err)
		}
		if _, err := s.Ask(t.Context(), public(time.July, time.July, "sex")); err == nil {
			t.Error("a table is released from within a page's snapshot")
		}
		_, err = s.AskTogether(t.Context(), figures.Query{Surveys: []string{"nosuch"}, Measure: "rating"})
		if !errors.As(err, new(refusal.Refusal)) {
			t.Errorf("a survey that is not there: %v", err)
		}
		return nil
	})
	c.Check(err)
	if n := snapshots.Load(); n != 1 || len(c.Ledger.Actions) != 2 || c.Ledger.Actions[0] != "equality.asked" {
		t.Errorf("%d snapshots, and the audit trail says %v", n, c.Ledger.Actions)
	}
}
