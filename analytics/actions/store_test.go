package actions

import (
	"errors"
	"strings"
	"testing"
	"time"

	"yousaid/surveys/question"
)

// The check keeps an action back in the store, whoever asks: the browser and the command line meet the same findings.
func TestTheCheckKeepsAnActionBack(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), t.Context()
	for name, c := range map[string]struct {
		change func(*Content)
		field  string
	}{
		"nothing said":            {func(c *Content) { c.Texts.YouSaid = nil }, "you_said"},
		"one language only":       {func(c *Content) { c.Texts.WeDid = question.Text{"en": "Crews put each bin back."} }, "we_did"},
		"a promise without a day": {func(c *Content) { c.Kind, c.Owner = Doing, f.person }, "target"},
		"a promise of nobody":     {func(c *Content) { c.Kind, c.Target = Doing, "2026-08-01" }, "owner"},
		"a count of few":          {func(c *Content) { c.Texts.YouSaid = both("One resident said so.") }, "you_said"},
	} {
		n := f.start(c.change)
		var unready Unready
		if err := f.Send(
			ctx,
			f.writer,
			n,
			1,
			"",
		); !errors.As(err, &unready) || unready.Findings[0].Field != c.field ||
			!strings.Contains(err.Error(), c.field) {
			t.Errorf("%s: %v", name, err)
		}
		if f.action(n).State != Draft {
			t.Errorf("%s: it was sent", name)
		}
	}
}

// The writer confirms the findings that are there, and no others; history and audit tell which.
func TestWhatIsMeantIsConfirmed(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), t.Context()
	n := f.start(func(c *Content) { c.Texts.YouSaid = both("One resident said so.") })
	var unready Unready
	if err := f.Send(
		ctx,
		f.writer,
		n,
		1,
		"another set",
	); !errors.As(err, &unready) || len(unready.Errors()) != 0 ||
		len(unready.ToConfirm()) == 0 {
		t.Fatalf("%v", err)
	}
	f.must(f.Send(ctx, f.writer, n, 1, unready.Confirmation))
	_, history, err := f.Action(ctx, f.second, n)
	f.must(err)
	if last := history[0]; !strings.Contains(last.What, "confirmed what the check had marked") ||
		!strings.Contains(last.Note, "One resident") {
		t.Errorf("the history says %+v", last)
	}
	f.must(f.Approve(ctx, f.second, n, 1, today)) // what was confirmed need not be confirmed again
	confirm := Confirmation(unready.Findings)
	if confirm == "" || confirm != unready.Confirmation || Confirmation(nil) != "" {
		t.Errorf("confirmations %q and %q", confirm, unready.Confirmation)
	}
	// An error cannot be confirmed, and what was confirmed stays confirmed beside it.
	both := f.start(func(c *Content) {
		c.Texts.YouSaid, c.Kind, c.Owner = question.Text{"en": "One resident said so.", "cy": "Un person"}, Doing, f.person
	})
	err = f.Send(ctx, f.writer, both, 1, "")
	if !errors.As(err, &unready) {
		t.Fatal(err)
	}
	if err := f.Send(
		ctx,
		f.writer,
		both,
		1,
		unready.Confirmation,
	); !errors.As(err, &unready) || len(unready.ToConfirm()) != 0 ||
		len(unready.Errors()) != 1 {
		t.Errorf("%v", err)
	}
}

// An action is public from today or a later day on, after a second person has read this revision of it.
func TestApproving(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), t.Context()
	n := f.start()
	f.is(f.Approve(ctx, f.second, n, 1, today), ErrNotNow) // a draft
	f.must(f.Send(ctx, f.writer, n, 1, ""))
	f.is(f.Send(ctx, f.writer, n, 1, ""), ErrNotNow)
	for _, day := range []string{"", "2026-05-19", "soon", "2026-02-30"} {
		f.is(f.Approve(ctx, f.second, n, 1, day), ErrPast)
	}
	f.is(f.Approve(ctx, f.writer, n, 1, today), ErrSamePerson)
	f.is(f.Approve(ctx, f.second, n, 2, today), ErrStale)
	f.is(f.Approve(ctx, f.local, n, 1, today), ErrMayNotPublish)
	f.is(f.Approve(ctx, f.second, 77, 1, today), ErrMissing)
	f.must(f.Approve(ctx, f.second, n, 1, "2026-05-21"))
	if list, err := f.Published(ctx, 1); err != nil || len(list) != 0 {
		t.Errorf("%d items a day early, %v", len(list), err)
	}
	before, err := f.Changed(ctx, 1)
	f.must(err)
	f.Now = func() time.Time { return time.Date(2026, 5, 21, 9, 0, 0, 0, time.UTC) }
	after, err := f.Changed(ctx, 1)
	f.must(err)
	list, err := f.Published(ctx, 1)
	if err != nil || len(list) != 1 || before == after || list[0].Directorate.Slug != "environment" ||
		list[0].YouSaid["cy"] != "Bins are left on the path. (cy)" {
		t.Errorf("%+v, %v; stamps %s and %s", list, err, before, after)
	}
	if today, err := f.Today(ctx, 1); err != nil || today != "2026-05-21" {
		t.Errorf("today is %s, %v", today, err)
	}
}

// The organisation can have got a language since an action was sent: the second person cannot pass it then.
func TestALanguageMoreKeepsAnActionBack(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), t.Context()
	n := f.start()
	f.must(f.Send(ctx, f.writer, n, 1, ""))
	f.owner.MustExec(`UPDATE organisations SET languages = '{en,cy,pl}' WHERE id = 1`)
	var unready Unready
	if err := f.Approve(ctx, f.second, n, 1, today); !errors.As(err, &unready) || unready.Findings[0].Lang != "pl" {
		t.Errorf("%v", err)
	}
}

func TestGivingBack(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), t.Context()
	n := f.start()
	f.is(f.Return(ctx, f.second, n, "too long"), ErrNotNow)
	f.must(f.Send(ctx, f.writer, n, 1, ""))
	f.is(f.Return(ctx, f.local, n, "too long"), ErrMayNotPublish)
	f.must(f.Return(ctx, f.second, n, "too long"))
	a, history, err := f.Action(ctx, f.writer, n)
	if err != nil || a.State != Draft || history[0].Note != "too long" || history[0].Who != "second" {
		t.Errorf("%+v %+v %v", a, history[0], err)
	}
}

// Whoever works for some services sees and writes the actions of these only.
func TestReachOfAction(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), t.Context()
	bins, roads := f.start(), f.start(func(c *Content) { c.Service = f.roads })
	f.start(func(c *Content) { c.Service = 0 })
	list, err := f.Actions(ctx, f.local, Filter{Limit: 10})
	if err != nil || len(list) != 1 || list[0].Number != bins {
		t.Errorf("%+v %v", list, err)
	}
	_, _, err = f.Action(ctx, f.local, roads)
	f.is(err, ErrMissing)
	_, err = f.Create(ctx, f.local, Content{Service: f.roads, Kind: Did})
	f.is(err, ErrNotAllowed)
	c := f.content()
	c.Service = f.roads
	f.is(f.Save(ctx, f.local, bins, 1, c), ErrNotAllowed)
	for want, w := range map[int]Filter{3: {Limit: 10}, 2: {Limit: 2}, 1: {Limit: 10, Service: f.roads}, 0: {Limit: 10, Owner: f.person}} {
		if list, err := f.Actions(ctx, f.writer, w); err != nil || len(list) != want {
			t.Errorf("%+v lists %d, want %d, %v", w, len(list), want, err)
		}
	}
}

// Saving makes a new revision, takes one in review back to a draft, and never overwrites what somebody else saved.
func TestSaving(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), t.Context()
	n := f.start()
	f.must(f.Send(ctx, f.writer, n, 1, ""))
	c := f.content()
	c.Texts.WeDid = both("Crews look again.")
	f.must(f.Save(ctx, f.second, n, 1, c))
	if a := f.action(n); a.State != Draft || a.Revision != 2 || a.EditedBy != "second" || a.Texts.WeDid["en"] != "Crews look again." {
		t.Errorf("%+v", a)
	}
	f.is(f.Save(ctx, f.writer, n, 1, c), ErrStale)
	c.Target = "tomorrow"
	f.is(f.Save(ctx, f.writer, n, 2, c), ErrDay)
	_, err := f.Create(ctx, f.writer, c)
	f.is(err, ErrDay)
	f.is(f.Save(ctx, f.writer, f.published(), 1, f.content()), ErrNotNow)
}
