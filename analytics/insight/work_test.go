package insight

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
)

// ledger is an audit trail that only remembers what was recorded.
type ledger struct{ actions *[]string }

func (l ledger) Record(_ context.Context, _ *sqlx.Tx, _ tenant.Actor, action, object string, _, _ any) error {
	*l.actions = append(*l.actions, action+" "+object)
	return nil
}

// desk is a fixture with an editor, the consultation team and an officer of the road service.
type desk struct {
	fixture
	Editor
	t           *testing.T
	team, roads tenant.Actor
	recorded    *[]string
}

func newDesk(t *testing.T) desk {
	t.Helper()
	d := desk{fixture: newFixture(t), t: t, recorded: new([]string)}
	d.Editor = Editor{
		Reader: d.fixture.Reader,
		Ledger: ledger{d.recorded},
		Now:    func() time.Time { return time.Date(2026, 5, 20, 9, 0, 0, 0, time.UTC) },
	}
	d.owner.MustExec(`INSERT INTO feeds (organisation_id, last_no) VALUES (1, 10) ON CONFLICT DO NOTHING`)
	d.team = tenant.Actor{Org: 1, Name: "team", Grants: []tenant.Grant{{Role: tenant.Consultation}}}
	d.roads = tenant.Actor{Org: 1, Name: "roads", Grants: []tenant.Grant{{Role: tenant.ServiceRole, Service: d.ids["roads"]}}}
	return d
}

func (d desk) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d desk) is(got, want error) {
	d.t.Helper()
	if !errors.Is(got, want) {
		d.t.Errorf("%v, want %v", got, want)
	}
}

// key names the comment of a response by its change number.
func (d desk) key(no int64) (k Key) {
	d.t.Helper()
	d.must(d.owner.Get(&k.UUID, `SELECT c.ref FROM comments c JOIN responses r ON r.id = c.response_id WHERE r.change_no = $1`, no))
	return k
}

func (d desk) one(no int64) Full {
	d.t.Helper()
	f, err := d.Editor.One(d.t.Context(), d.team, d.key(no), "rating")
	d.must(err)
	return f
}

func (d desk) theme(kind ThemeKind, name string) int64 {
	d.t.Helper()
	id, err := d.AddTheme(d.t.Context(), d.team, kind, question.Text{"en": name})
	d.must(err)
	return id
}

// The work of two officers adds up, as each sends what they ticked and unticked.
func TestWorkAddsUp(t *testing.T) {
	t.Parallel()
	d, ctx := newDesk(t), t.Context()
	delay, staff := d.theme(About, "Delay"), d.theme(About, "Staff")
	d.must(
		d.Apply(
			ctx,
			d.team,
			[]Change{
				{Key: d.key(9), Tag: []int64{delay}, Mark: []Mark{WantsReply, ForRedaction}},
				{Key: d.key(1), Tag: []int64{delay}},
				{Key: d.key(2)},
			},
		),
	)
	d.must(d.Apply(ctx, d.roads, []Change{{Key: d.key(9), Tag: []int64{delay, staff}, Mark: []Mark{ForYouSaid}, Unmark: []Mark{WantsReply}}}))
	f := d.one(9)
	if !slices.Equal(f.Themes, []int64{delay, staff}) || f.Marked(WantsReply) || !f.Marked(ForRedaction) || !f.Marked(ForYouSaid) ||
		f.Rating != "4" ||
		f.Service != "roads" ||
		f.Original != "comment 9" {
		t.Errorf("%+v", f)
	}
	d.must(d.Apply(ctx, d.team, []Change{{Key: d.key(9), Untag: []int64{delay}}}))
	if f := d.one(9); !slices.Equal(f.Themes, []int64{staff}) {
		t.Errorf("%v", f.Themes)
	}
	// All or none: one comment out of reach undoes the others.
	d.is(d.Apply(ctx, d.roads, []Change{{Key: d.key(9), Tag: []int64{delay}}, {Key: d.key(1), Tag: []int64{staff}}}), ErrNoComment)
	if f := d.one(9); !slices.Equal(f.Themes, []int64{staff}) {
		t.Errorf("half of it was done: %v", f.Themes)
	}
	for _, c := range []struct {
		q    Query
		want []int64
	}{
		{Query{Theme: delay}, []int64{1}}, {Query{Theme: staff}, []int64{9}}, {Query{Mark: ForYouSaid}, []int64{9}},
		{Query{Mark: WantsReply}, nil}, {Query{Mark: ForRedaction}, []int64{9}},
		{Query{Untagged: true, Services: []string{"roads", "bins"}}, []int64{8, 7, 6}}, {Query{Words: "COMMENT 10"}, []int64{10}},
		{Query{Words: "comment nothing"}, nil},
		{Query{Ratings: []string{"5"}, Measure: "rating"}, nil},
		{Query{Ratings: []string{"4"}, Measure: "rating", Channels: []string{"web"}, Surveys: []string{"ask"}, Limit: 1}, []int64{10}},
		{Query{From: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)}, nil},
		{Query{To: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC), Limit: 2}, []int64{10, 9}},
		{Query{Points: []string{"desk"}}, nil},
	} {
		if got := d.numbers(t, c.q, d.team.Grants...); !slices.Equal(got, c.want) {
			t.Errorf("%+v finds %v, want %v", c.q, got, c.want)
		}
	}
	counts, err := d.Editor.ThemeCounts(ctx, d.team, Query{})
	if err != nil || len(counts) != 2 || counts[0].Comments != 1 {
		t.Errorf("%+v %v", counts, err)
	}
	if counts, err := d.Editor.ThemeCounts(
		ctx,
		d.roads,
		Query{Surveys: []string{"ask"}, Services: []string{"roads"}},
	); err != nil || len(counts) != 1 ||
		counts[0].Theme != staff {
		t.Errorf("%+v %v", counts, err)
	}
	if !slices.Contains(*d.recorded, "comment.worked_on comment/"+d.key(9).String()) {
		t.Errorf("the audit has %v", *d.recorded)
	}
}

// A decision about a comment is about what the officer read. The audit tells that it was made, and no words.
func TestReviewing(t *testing.T) {
	t.Parallel()
	d, ctx := newDesk(t), t.Context()
	k := d.key(9)
	if looked, err := d.Editor.LookedAt(ctx, 1, d.one(9).Response); err != nil || looked {
		t.Errorf("nobody has looked at it: %v %v", looked, err)
	}
	_, err := d.Editor.Quotable(ctx, d.team, k)
	d.is(err, ErrNotReviewed)
	d.must(d.Editor.Review(ctx, d.roads, k, 1, Redacted, "comment [name]"))
	d.is(d.Editor.Review(ctx, d.team, k, 1, AsIs, ""), ErrStaleComment)
	f := d.one(9)
	if f.Text != "comment [name]" || f.Original != "comment 9" || !f.Redacted || f.State != Redacted || f.Revision != 2 {
		t.Errorf("%+v", f)
	}
	if looked, err := d.Editor.LookedAt(ctx, 1, f.Response); err != nil || !looked {
		t.Errorf("somebody has looked at it: %v %v", looked, err)
	}
	q, err := d.Editor.Quotable(ctx, d.roads, k)
	if err != nil || q.Text != "comment [name]" || q.Revision != 2 || q.Language != "en" {
		t.Errorf("%+v %v", q, err)
	}
	if got := d.numbers(t, Query{Quotable: true}, d.team.Grants...); !slices.Equal(got, []int64{9}) {
		t.Errorf("%v may be quoted", got)
	}
	// A search does not find what was redacted.
	if got := d.numbers(t, Query{Words: "comment 9"}, d.team.Grants...); len(got) != 0 {
		t.Errorf("the original is found: %v", got)
	}
	d.must(d.Editor.Review(ctx, d.team, k, 2, AsIs, ""))
	if f := d.one(9); f.Text != "comment 9" || f.Redacted {
		t.Errorf("%+v", f)
	}
	if got := d.numbers(t, Query{State: AsIs}, d.team.Grants...); !slices.Equal(got, []int64{9}) {
		t.Errorf("%v are read", got)
	}
	d.must(d.Editor.Review(ctx, d.team, k, 3, Withheld, ""))
	_, err = d.Editor.Quotable(ctx, d.team, k)
	d.is(err, ErrNoComment)
	d.is(d.Editor.Review(ctx, d.roads, d.key(1), 1, AsIs, ""), ErrNoComment)
	d.is(d.Editor.Review(ctx, d.team, Key{uuid.New()}, 1, AsIs, ""), ErrNoComment)
	_, err = d.Editor.One(ctx, d.roads, d.key(1), "")
	d.is(err, ErrNoComment)
	viewer := tenant.Actor{Org: 1, Grants: []tenant.Grant{{Role: tenant.Viewer}}}
	d.is(d.Editor.Review(ctx, viewer, k, 4, AsIs, ""), ErrNotAllowed)
	d.is(d.Apply(ctx, viewer, []Change{{Key: k}}), ErrNotAllowed)
	if all := strings.Join(*d.recorded, "\n"); !strings.Contains(all, "comment.reviewed") || strings.Contains(all, "[name]") {
		t.Errorf("the audit has %s", all)
	}
}

// What is quoted is read while the comment has the revision that was reviewed, and its response counts.
func TestQuotedComments(t *testing.T) {
	t.Parallel()
	d, ctx := newDesk(t), t.Context()
	k := d.key(9)
	d.must(d.Editor.Review(ctx, d.team, k, 1, AsIs, ""))
	quoted := func(revision int) bool {
		t.Helper()
		tx, err := d.Editor.DB.Begin(ctx, 1)
		d.must(err)
		defer func() { _ = tx.Rollback() }()
		q, ok, err := Quoted(ctx, tx, 1, k, revision)
		d.must(err)
		if ok != (q.Text != "") || q.Revision != revision {
			t.Errorf("%+v, %v", q, ok)
		}
		return ok
	}
	if !quoted(2) || quoted(1) {
		t.Error("the revision that was reviewed is quoted, and no other")
	}
	d.owner.MustExec(`UPDATE responses SET verdict = 'person', excluded_no = 11 WHERE change_no = 9`)
	if quoted(2) {
		t.Error("an answer that was left out is quoted")
	}
	_, err := d.Editor.Quotable(ctx, d.team, k)
	d.is(err, ErrNotCounted)
}

// Themes are added once, named anew, retired and merged; comments keep what they have.
func TestThemes(t *testing.T) {
	t.Parallel()
	d, ctx := newDesk(t), t.Context()
	d.must(d.AddDefaultThemes(ctx, d.team))
	d.must(d.AddDefaultThemes(ctx, d.team)) // the second time adds nothing
	list, err := d.Editor.Themes(ctx, 1)
	if err != nil || len(list) != len(defaultThemes) {
		t.Fatalf("%d themes of %d, %v", len(list), len(defaultThemes), err)
	}
	parking, cars := d.theme(About, "Car parks"), d.theme(About, "Cars")
	cause := d.theme(Cause, "Too few staff")
	_, err = d.AddTheme(ctx, d.team, About, question.Text{"en": "Car parks"})
	d.is(err, ErrThemeTaken)
	for name, c := range map[string]struct {
		kind ThemeKind
		text string
	}{"no name": {About, ""}, "a long name": {About, strings.Repeat("x", 101)}, "another kind": {"mood", "Anger"},
		"no letters": {About, "!!!"}} {
		if _, err := d.AddTheme(ctx, d.team, c.kind, question.Text{"en": c.text}); !errors.Is(err, ErrThemeName) {
			t.Errorf("%s: %v", name, err)
		}
	}
	d.must(d.RenameTheme(ctx, d.team, parking, question.Text{"en": "Parking", "cy": "Parcio"}))
	d.is(d.RenameTheme(ctx, d.team, parking, question.Text{"en": "?"}), ErrThemeName)
	d.is(d.RenameTheme(ctx, d.team, 1, question.Text{"en": "Parking"}), ErrNoTheme)
	d.must(d.Apply(ctx, d.team, []Change{{Key: d.key(9), Tag: []int64{cars, parking}}, {Key: d.key(8), Tag: []int64{cars}}}))
	for _, into := range []int64{cars, cause, 1} { // itself, another kind, none
		d.is(d.MergeTheme(ctx, d.team, cars, into), ErrNoTheme)
	}
	d.must(d.MergeTheme(ctx, d.team, cars, parking))
	if got := d.one(8).Themes; !slices.Equal(got, []int64{parking}) {
		t.Errorf("%v", got)
	}
	if got := d.one(9).Themes; !slices.Equal(got, []int64{parking}) {
		t.Errorf("%v", got)
	}
	d.must(d.RetireTheme(ctx, d.team, parking, true))
	find := func(id int64) Theme {
		list, err := d.Editor.Themes(ctx, 1)
		d.must(err)
		return list[slices.IndexFunc(list, func(th Theme) bool { return th.ID == id })]
	}
	if th := find(parking); !th.Retired || th.Names["cy"] != "Parcio" || th.Slug != "car-parks" {
		t.Errorf("%+v", th)
	}
	if th := find(cars); !th.Retired {
		t.Errorf("what was merged is on the list: %+v", th)
	}
	d.must(d.RetireTheme(ctx, d.team, parking, false))
	if find(parking).Retired {
		t.Error("it is not back")
	}
}
