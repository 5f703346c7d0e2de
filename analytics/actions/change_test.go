package actions

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"yousaid/analytics/review"
	"yousaid/surveys/question"
)

// The days of a published action are changed by a second person; of a draft at once.
func TestPlanning(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), t.Context()
	draft := f.start()
	waits, err := f.Plan(ctx, f.writer, draft, f.person, "2026-08-01", "")
	f.must(err)
	if a := f.action(draft); waits || a.Target != "2026-08-01" || a.Owner != f.person || a.Revision != 2 {
		t.Errorf("%+v, waits: %v", a, waits)
	}
	_, err = f.Plan(ctx, f.writer, draft, 0, "1 August", "")
	f.is(err, ErrDay)
	n := f.published()
	waits, err = f.Plan(ctx, f.writer, n, f.person, "", "")
	if f.must(err); waits || f.action(n).Owner != f.person {
		t.Error("who looks after it is changed at once")
	}
	waits, err = f.Plan(ctx, f.writer, n, f.person, "2026-09-01", "2026-05-01")
	if f.must(err); !waits || f.action(n).Target != "" {
		t.Error("other days wait for a second person")
	}
	_, err = f.Plan(ctx, f.writer, n, f.person, "2026-10-01", "")
	f.is(err, review.ErrWaiting)
	change := f.action(n).Waiting.ID
	f.is(f.ApproveChange(ctx, f.writer, n, change), review.ErrSamePerson)
	f.is(f.ApproveChange(ctx, f.local, n, change), ErrMayNotPublish)
	f.is(f.ApproveChange(ctx, f.second, n, change+1), review.ErrDecided)
	f.must(f.ApproveChange(ctx, f.second, n, change))
	if a := f.action(n); a.Target != "2026-09-01" || a.Completed != "2026-05-01" || a.Waiting != nil {
		t.Errorf("%+v", a)
	}
	if got := f.action(n).Status(today); got != Done {
		t.Errorf("the status is %s", got)
	}
}

// A correction is checked like an action, needs a note in every language, and waits for a second person.
func TestCorrecting(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), t.Context()
	n := f.published()
	texts := Texts{YouSaid: both("Bins are left anywhere."), WeDid: both("Crews put each bin back.")}
	f.is(f.Correct(ctx, f.writer, f.start(), 1, texts, both("Shorter."), ""), ErrNotNow)
	f.is(f.Correct(ctx, f.local, n, 1, texts, both("Shorter."), ""), ErrMayNotPublish)
	f.is(f.Correct(ctx, f.writer, n, 3, texts, both("Shorter."), ""), ErrStale)
	f.is(f.Correct(ctx, f.writer, n, 1, texts, question.Text{"en": "Shorter."}, ""), ErrNoNote)
	var unready Unready
	if err := f.Correct(
		ctx,
		f.writer,
		n,
		1,
		Texts{YouSaid: both("One resident said so."), WeDid: texts.WeDid},
		both("Shorter."),
		"",
	); !errors.As(
		err,
		&unready,
	) {
		t.Errorf("%v", err)
	}
	f.must(f.Correct(ctx, f.writer, n, 1, texts, both("Shorter."), ""))
	a := f.action(n)
	if p, err := a.Proposal(); err != nil || p.Texts.YouSaid["en"] != "Bins are left anywhere." ||
		a.Texts.YouSaid["en"] != "Bins are left on the path." {
		t.Errorf("%+v %v", p, err)
	}
	f.is(f.ReturnChange(ctx, f.local, n, a.Waiting.ID, ""), ErrMayNotPublish)
	f.must(f.ReturnChange(ctx, f.writer, n, a.Waiting.ID, "not yet"))
	f.is(f.ReturnChange(ctx, f.writer, n, a.Waiting.ID, "not yet"), review.ErrDecided)
	f.must(f.Correct(ctx, f.writer, n, 1, texts, both("Shorter."), ""))
	f.must(f.ApproveChange(ctx, f.second, n, f.action(n).Waiting.ID))
	item, err := f.Item(ctx, 1, n)
	if err != nil || item.YouSaid["en"] != "Bins are left anywhere." || len(item.Corrections) != 1 ||
		item.Corrections[0].Note["cy"] != "Shorter. (cy)" {
		t.Errorf("%+v %v", item, err)
	}
}

// Withdrawing needs a note and no second person, and ends what waits.
func TestWithdrawing(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), t.Context()
	n := f.published()
	f.is(f.Withdraw(ctx, f.local, n, both("It was wrong.")), ErrMayNotPublish)
	f.is(f.Withdraw(ctx, f.writer, n, question.Text{"en": "It was wrong."}), ErrNoNote)
	_, err := f.Plan(ctx, f.writer, n, 0, "2026-09-01", "")
	f.must(err)
	f.must(f.Withdraw(ctx, f.writer, n, both("It was wrong.")))
	f.is(f.Withdraw(ctx, f.writer, n, both("It was wrong.")), ErrNotNow)
	if a := f.action(n); a.State != Withdrawn || a.Waiting != nil {
		t.Errorf("%+v", a)
	}
	item, err := f.Item(ctx, 1, n)
	if err != nil || !item.Withdrawn || item.WithdrawnNote["cy"] != "It was wrong. (cy)" {
		t.Errorf("%+v %v", item, err)
	}
	_, err = f.Item(ctx, 1, 99)
	f.is(err, ErrMissing)
	if got := fmt.Sprint(*f.recorded); !strings.Contains(got, "action.withdrawn") || !strings.Contains(got, "action.sent") {
		t.Errorf("the audit has %s", got)
	}
}
