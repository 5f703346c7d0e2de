package actions

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"yousaid/analytics/disclosure"
	"yousaid/analytics/figures"
	"yousaid/analytics/insight"
	"yousaid/analytics/quoted"
	"yousaid/analytics/releases"
	"yousaid/analytics/releasetest"
	"yousaid/analytics/review"
	"yousaid/analytics/tables"
	"yousaid/migrations/pgtest"
	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
)

// ledger is an audit trail that only remembers what was recorded.
type ledger struct{ actions *[]string }

func (l ledger) Record(_ context.Context, _ *sqlx.Tx, _ tenant.Actor, action, _ string, _, _ any) error {
	*l.actions = append(*l.actions, action)
	return nil
}

// fixture is a council in English and Welsh with two services, two officers who may publish, and somebody who works for bins only.
type fixture struct {
	Store
	t                     *testing.T
	owner                 *sqlx.DB
	bins, roads           int64
	person                int64
	writer, second, local tenant.Actor
	recorded              *[]string
}

const today = "2026-05-20"

func newFixture(t *testing.T) fixture {
	t.Helper()
	db := pgtest.New(t)
	f := fixture{t: t, owner: db.Owner(), recorded: new([]string)}
	f.Store = Store{
		DB:     tenant.New(db.App()),
		Ledger: ledger{f.recorded},
		Now:    func() time.Time { return time.Date(2026, 5, 20, 9, 0, 0, 0, time.UTC) },
	}
	add := func(sql string, args ...any) (id int64) {
		t.Helper()
		if err := f.owner.Get(&id, sql+" RETURNING id", args...); err != nil {
			t.Fatal(err)
		}
		return id
	}
	f.owner.MustExec(`INSERT INTO organisations (id, slug, link_prefix, names, languages) VALUES (1, 'testham', 'TST', '{}', '{en,cy}')`)
	environment := add(`INSERT INTO directorates (organisation_id, slug, names) VALUES (1, 'environment', '{"en": "Environment"}')`)
	f.bins = add(`INSERT INTO services (organisation_id, slug, names) VALUES (1, 'bins', '{"en": "Bins"}')`)
	f.roads = add(`INSERT INTO services (organisation_id, slug, names) VALUES (1, 'roads', '{"en": "Roads"}')`)
	for _, service := range []int64{f.bins, f.roads} {
		f.owner.MustExec(
			`INSERT INTO service_directorates (organisation_id, service_id, valid_from, directorate_id) VALUES (1, $1, '2025-01-01', $2)`,
			service,
			environment,
		)
	}
	f.person = add(`INSERT INTO people (organisation_id, email, name, password_hash) VALUES (1, 'ann@example.org', 'Ann', 'x')`)
	grants := []tenant.Grant{{Role: tenant.Consultation}}
	f.writer = tenant.Actor{Org: 1, Name: "writer", Grants: grants}
	f.second = tenant.Actor{Org: 1, Name: "second", Grants: grants}
	f.local = tenant.Actor{Org: 1, Name: "local", Grants: []tenant.Grant{{Role: tenant.ServiceRole, Service: f.bins}}}
	return f
}

// both is a text in the languages of the council.
func both(s string) question.Text { return question.Text{"en": s, "cy": s + " (cy)"} }

func (f fixture) content() Content {
	return Content{
		Service: f.bins,
		Kind:    Did,
		Texts:   Texts{YouSaid: both("Bins are left on the path."), WeDid: both("Crews put each bin back.")},
	}
}

// start makes a draft.
func (f fixture) start(change ...func(*Content)) int64 {
	f.t.Helper()
	c := f.content()
	for _, by := range change {
		by(&c)
	}
	n, err := f.Create(f.t.Context(), f.writer, c)
	f.must(err)
	return n
}

// published makes one that is public today.
func (f fixture) published() int64 {
	f.t.Helper()
	n := f.start()
	f.must(f.Send(f.t.Context(), f.writer, n, 1, ""))
	f.must(f.Approve(f.t.Context(), f.second, n, 1, today))
	return n
}

func (f fixture) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

// is holds that something was refused with an error.
func (f fixture) is(got, want error) {
	f.t.Helper()
	if !errors.Is(got, want) {
		f.t.Errorf("%v, want %v", got, want)
	}
}

func (f fixture) action(n int64) Action {
	f.t.Helper()
	a, _, err := f.Action(f.t.Context(), f.writer, n)
	f.must(err)
	return a
}

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

// comment stores one about bins, in the state of a review.
func (f fixture) comment(text string, state insight.ReviewState) insight.Key {
	f.t.Helper()
	var survey, version int64
	f.must(
		f.owner.Get(&survey, `INSERT INTO surveys (organisation_id, slug, state) VALUES (1, $1, 'open') RETURNING id`, "s"+uuid.NewString()[:8]),
	)
	f.must(
		f.owner.Get(
			&version,
			`INSERT INTO versions (organisation_id, survey_id, number, definition, digest) VALUES (1, $1, 1, '{}', '') RETURNING id`,
			survey,
		),
	)
	id := uuid.New()
	f.owner.MustExec(
		`INSERT INTO responses (organisation_id, id, survey_id, version_id, source, service_id, channel, mode, language,
			answered_hour, answers, state, change_no)
		VALUES (1, $1, $2, $3, 'link', $4, 'web', 'online', 'en', '2026-03-01 10:00+00', '{}', 'finished', $5)`,
		id,
		survey,
		version,
		f.bins,
		survey,
	)
	var ref uuid.UUID
	f.must(
		f.owner.Get(
			&ref,
			`INSERT INTO comments (organisation_id, response_id, question_code, text, review_state, delete_after)
				VALUES (1, $1, 'comment', $2, $3, '2030-01-01') RETURNING ref`,
			id,
			text,
			string(state),
		),
	)
	return insight.Key{UUID: ref}
}

// A quote is a reviewed comment, and leaves the public page when the comment is decided about anew.
func TestQuoting(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), t.Context()
	n := f.start()
	_, err := f.QuoteComment(ctx, f.writer, n, 1, f.comment("not read yet", insight.Unread), nil)
	f.is(err, insight.ErrNotReviewed)
	_, err = f.QuoteComment(ctx, f.writer, n, 1, f.comment(strings.Repeat("long ", 120), insight.AsIs), nil)
	f.is(err, ErrLongQuote)
	k := f.comment("They leave it in the road.", insight.AsIs)
	waits, err := f.QuoteComment(ctx, f.writer, n, 1, k, nil)
	if f.must(err); waits {
		t.Error("a quote of a draft does not wait")
	}
	_, err = f.QuoteComment(ctx, f.writer, n, 1, k, nil)
	f.is(err, ErrStale)
	if a := f.action(n); a.Quote == nil || a.Quote.Text != "They leave it in the road." || len(a.Comments) != 1 {
		t.Fatalf("%+v", a)
	}
	f.must(f.Send(ctx, f.writer, n, 2, ""))
	f.must(f.Approve(ctx, f.second, n, 2, today))
	if numbers, err := f.Quoting(ctx, f.local, k); err != nil || len(numbers) != 1 || numbers[0] != n {
		t.Errorf("%v %v", numbers, err)
	}
	item, err := f.Item(ctx, 1, n)
	if err != nil || item.Quote == nil || item.Quote.Text != "They leave it in the road." {
		t.Errorf("%+v %v", item.Quote, err)
	}
	var response uuid.UUID
	f.must(f.owner.Get(&response, `SELECT response_id FROM comments WHERE ref = $1`, k))
	if list, err := f.ForResponse(ctx, 1, response); err != nil || len(list) != 1 {
		t.Errorf("%d items for whoever wrote it, %v", len(list), err)
	}
	before, err := f.Changed(ctx, 1)
	f.must(err)
	// Another quote in public waits, with a note.
	other := f.comment("It blocks the path.", insight.AsIs)
	_, err = f.QuoteComment(ctx, f.writer, n, 2, other, nil)
	f.is(err, ErrNoNote)
	waits, err = f.QuoteComment(ctx, f.writer, n, 2, other, both("Another voice."))
	if f.must(err); !waits || f.action(n).Proposed.Text != "It blocks the path." {
		t.Error("it does not wait")
	}
	f.must(f.ApproveChange(ctx, f.second, n, f.action(n).Waiting.ID))
	if item, err := f.Item(ctx, 1, n); err != nil || item.Quote.Text != "It blocks the path." {
		t.Errorf("%+v %v", item.Quote, err)
	}
	// Decided about anew: it is gone from the page, the stamp tells, and it cannot be approved again.
	f.owner.MustExec(`UPDATE comments SET revision = revision + 1, review_state = 'withheld' WHERE ref = $1`, other)
	after, err := f.Changed(ctx, 1)
	if item, again := f.Item(ctx, 1, n); err != nil || again != nil || item.Quote != nil || after == before {
		t.Errorf("%+v, stamps %s and %s", item.Quote, before, after)
	}
	// Taking it out needs nobody.
	f.must(f.RemoveQuote(ctx, f.writer, n, 3))
	if f.action(n).Quote != nil {
		t.Error("the quote is still there")
	}
	draft := f.start()
	_, err = f.QuoteComment(ctx, f.writer, draft, 1, k, nil)
	f.must(err)
	f.owner.MustExec(`UPDATE comments SET revision = revision + 1 WHERE ref = $1`, k)
	f.is(f.Send(ctx, f.writer, draft, 2, ""), ErrQuoteGone)
	f.must(f.RemoveQuote(ctx, f.writer, draft, 2))
	f.must(f.Send(ctx, f.writer, draft, 3, ""))
}

// release puts a table by channel into the register: satisfaction of two large groups, and of two small ones, which are suppressed.
func (f fixture) release() int64 {
	f.t.Helper()
	var survey int64
	f.must(
		f.owner.Get(&survey, `INSERT INTO surveys (organisation_id, slug, state) VALUES (1, $1, 'open') RETURNING id`, "s"+uuid.NewString()[:8]),
	)
	return releasetest.Add(
		f.t,
		f.owner,
		releasetest.Table{
			Survey:   survey,
			By:       disclosure.Dimension{ID: "channel", Codes: []string{"web", "telephone", "post", "kiosk"}},
			Answers:  releasetest.Rating(),
			Counts:   []int64{20, 10, 5, 15, 8, 9, 1, 1, 1, 2, 1, 0},
			From:     "2026-01-01",
			To:       "2026-03-31",
			Snapshot: survey,
		},
	)
}

// row is the number of a row of the release, by its code.
func (f fixture) row(release int64, code string) int {
	f.t.Helper()
	r, err := releases.Register{Reader: releases.Reader{DB: f.DB}}.Table(f.t.Context(), f.writer, release)
	f.must(err)
	return slices.IndexFunc(tables.Rows(r), func(row figures.Row) bool { return row.Codes[0] == code })
}

// A figure is a cell of a release that stands, frozen with its base, months and names; what a release hides cannot be chosen.
func TestChoosingFigures(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), t.Context()
	id := f.release()
	web, kiosk := f.row(id, "web"), f.row(id, "kiosk")
	figure, err := f.FigureOf(ctx, f.writer, Choice{Release: id, Row: web, Measured: quoted.Satisfied})
	if err != nil || figure.N != 35 || figure.Value < 0.571 || figure.Value > 0.572 || figure.Low == nil || figure.From != "2026-01-01" ||
		figure.Parts[0].Code != "web" {
		t.Errorf("%+v %v", figure, err)
	}
	for measured, want := range map[quoted.Measured]float64{quoted.Answers: 35, quoted.Share: 0.57} {
		if figure, err := f.FigureOf(
			ctx,
			f.writer,
			Choice{Release: id, Row: web, Measured: measured, Answer: "good"},
		); err != nil ||
			figure.Value != want {
			t.Errorf("%s: %+v %v", measured, figure, err)
		}
	}
	if figure, err := f.FigureOf(
		ctx,
		f.writer,
		Choice{Release: id, Row: web, Measured: quoted.Mean},
	); err != nil || figure.Value < 2.4 ||
		figure.Value > 2.5 {
		t.Errorf("%+v %v", figure, err)
	}
	for name, c := range map[string]Choice{
		"a suppressed group":            {Release: id, Row: kiosk, Measured: quoted.Satisfied},
		"no row":                        {Release: id, Row: 99, Measured: quoted.Satisfied},
		"an answer that is not there":   {Release: id, Row: web, Measured: quoted.Share, Answer: "splendid"},
		"a measure that does not exist": {Release: id, Row: web, Measured: "median"},
	} {
		if _, err := f.FigureOf(ctx, f.writer, c); !errors.Is(err, ErrNoFigure) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err = f.FigureOf(ctx, f.local, Choice{Release: id, Row: web, Measured: quoted.Satisfied})
	f.is(err, ErrMayNotRelease)
	_, err = f.FigureOf(ctx, f.writer, Choice{Release: 999, Row: web, Measured: quoted.Satisfied})
	f.is(err, releases.ErrMissing)
}

// A figure is put into a draft at once and into a published action by a second person; nothing goes to the public with a
// figure whose release does not stand.
func TestFiguresBesideAnAction(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), t.Context()
	id, later := f.release(), f.release()
	choice := &Choice{Release: id, Row: f.row(id, "web"), Measured: quoted.Satisfied}
	after := &Choice{Release: later, Row: f.row(later, "web"), Measured: quoted.Satisfied}
	n := f.start()
	_, err := f.ChooseFigure(ctx, f.local, n, 1, Before, choice, nil)
	f.is(err, ErrMayNotRelease)
	waits, err := f.ChooseFigure(ctx, f.writer, n, 1, Before, choice, nil)
	if f.must(err); waits || f.action(n).At(Before).Value != f.action(n).Figure.Value || f.action(n).At(After) != nil {
		t.Error("the figure is not beside what people said")
	}
	f.must(f.Send(ctx, f.writer, n, 2, ""))
	f.must(f.Approve(ctx, f.second, n, 2, today))
	_, err = f.ChooseFigure(ctx, f.writer, n, 2, After, after, nil)
	f.is(err, ErrNoNote)
	waits, err = f.ChooseFigure(ctx, f.writer, n, 2, After, after, both("Measured again."))
	if f.must(err); !waits {
		t.Error("it does not wait")
	}
	f.must(f.ApproveChange(ctx, f.second, n, f.action(n).Waiting.ID))
	item, err := f.Item(ctx, 1, n)
	if err != nil || item.After == nil || item.After.Release != later || item.Figure.Release != id {
		t.Errorf("%+v %v", item.Evidence, err)
	}
	before, err := f.Changed(ctx, 1)
	f.must(err)
	// Of a withdrawn release the public reads no number.
	f.owner.MustExec(`UPDATE releases SET status = 'withdrawn' WHERE id = $1`, id)
	stamp, err := f.Changed(ctx, 1)
	f.must(err)
	item, err = f.Item(ctx, 1, n)
	if err != nil || stamp == before || item.Figure == nil || item.Figure.N != 0 || item.Figure.Value != 0 ||
		item.Figure.State != quoted.Withdrawn {
		t.Errorf("%+v %v", item.Figure, err)
	}
	_, err = f.FigureOf(ctx, f.writer, *choice)
	f.is(err, ErrFigureGone)
	draft := f.start()
	_, err = f.ChooseFigure(ctx, f.writer, draft, 1, Before, after, nil)
	f.must(err)
	f.must(f.Send(ctx, f.writer, draft, 2, ""))
	f.owner.MustExec(`UPDATE releases SET status = 'corrected' WHERE id = $1`, later)
	f.is(f.Approve(ctx, f.second, draft, 2, today), ErrFigureGone)
	f.must(f.Return(ctx, f.second, draft, "the table was corrected"))
	f.is(f.Send(ctx, f.writer, draft, 2, ""), ErrFigureGone)
	waits, err = f.ChooseFigure(ctx, f.writer, draft, 2, Before, nil, nil)
	if f.must(err); waits || f.action(draft).Figure != nil {
		t.Error("it was not taken out")
	}
	f.must(f.Send(ctx, f.writer, draft, 3, ""))
}

// Figures of a table by month are of that month or quarter.
func TestMonthsOfFigures(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{"2026-02": "2026-02-01 2026-02-28", "group:2026-Q2": "2026-04-01 2026-06-30",
		"": "2026-01-01 2026-12-31", "group:total": "2026-01-01 2026-12-31"} {
		if first, last := months(code, "2026-01-01", "2026-12-31"); first+" "+last != want {
			t.Errorf("%q is from %s to %s, want %s", code, first, last, want)
		}
	}
}
