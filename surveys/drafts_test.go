package surveys

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"yousaid/migrations/pgtest"
	"yousaid/surveys/question"
)

func retitled(text string) Edit {
	return func(d *Definition) error {
		d.Title = question.Text{"en": text}
		return nil
	}
}

func draftOf(t *testing.T, c council, id int64) (Definition, int) {
	t.Helper()
	d, revision, err := c.Draft(t.Context(), c.by.Org, id)
	if err != nil {
		t.Fatal(err)
	}
	return d, revision
}

// Edits are made to the draft as it stands, so that those of several people stay; an edit that changes nothing makes no revision, and one
// that cannot be made saves nothing.
func TestEditsOfSeveralPeopleStay(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, pgtest.New(t), "anytown", "ANY")
	id := c.create(t, drafted("a b c"))
	// Each try loses to one other at the most, so that four people never use up the tries of an edit.
	var all errgroup.Group
	for _, code := range []string{"a", "b", "c"} {
		all.Go(func() error {
			_, err := c.Edit(t.Context(), c.by, id, func(d *Definition) error {
				q, _ := d.Question(code)
				q.Text = question.Text{"en": "Changed " + code}
				return ReplaceQuestion(q)(d)
			})
			return err
		})
	}
	if err := all.Wait(); err != nil {
		t.Fatal(err)
	}
	d, revision := draftOf(t, c, id)
	for _, code := range []string{"a", "b", "c"} {
		if q, _ := d.Question(code); q.Text["en"] != "Changed "+code {
			t.Errorf("the change of %s was lost: %v", code, q.Text)
		}
	}
	if revision != 4 {
		t.Errorf("three edits of revision 1 make revision %d", revision)
	}

	said := len(c.ledger.said)
	if saved, err := c.Edit(t.Context(), c.by, id, MovePage(0, -1)); err != nil || saved != (Saved{4, 4}) {
		t.Errorf("an edit that changes nothing: %+v, %v", saved, err)
	}
	for name, edit := range map[string]Edit{
		"a question that is gone": DeleteQuestion("z"), "a page that is gone": DeletePage(7),
		"what cannot be saved": retitled("no\x00text"),
	} {
		if _, err := c.Edit(t.Context(), c.by, id, edit); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, revision := draftOf(t, c, id); revision != 4 || len(c.ledger.said) != said {
		t.Errorf("revision %d, %v", revision, c.ledger.said[said:])
	}
	if _, err := c.Edit(t.Context(), c.by, id+1000, AddPage(nil)); !errors.Is(err, ErrMissing) {
		t.Errorf("an edit of no survey: %v", err)
	}
	c.publish(t, id)
	if err := c.Close(t.Context(), c.by, id); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Edit(t.Context(), c.by, id, retitled("Too late")); !errors.Is(err, ErrClosed) {
		t.Errorf("an edit of a closed survey: %v", err)
	}
}

// Somebody who saves at each moment keeps an edit from being made for ever: it gives up and saves nothing.
func TestAnEditGivesUp(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, pgtest.New(t), "anytown", "ANY")
	id := c.create(t, drafted("a"))
	n := 0
	_, err := c.Edit(t.Context(), c.by, id, func(d *Definition) error {
		other, revision := draftOf(t, c, id)
		n++
		other.Title = question.Text{"en": fmt.Sprintf("Saved by another, %d", n)}
		if _, err := c.SaveDraft(t.Context(), c.by, id, revision, other); err != nil {
			return err
		}
		return retitled("Mine")(d)
	})
	if d, _ := draftOf(t, c, id); !errors.Is(err, ErrStaleDraft) || n != tries || d.Title["en"] != fmt.Sprintf("Saved by another, %d", tries) {
		t.Errorf("after %d tries: %v, %v", n, err, d.Title)
	}
}

// Earlier states of a draft are kept, by number and with who saved them, and the oldest go.
func TestRevisionsOfADraft(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, pgtest.New(t), "anytown", "ANY")
	ctx, id := t.Context(), c.create(t, drafted("a b"))
	edit := func(name string, e Edit) Saved {
		by := c.by
		by.Name = name
		saved, err := c.Edit(ctx, by, id, e)
		if err != nil {
			t.Fatal(err)
		}
		return saved
	}
	change := func(code, text string) Edit {
		return func(d *Definition) error {
			q, _ := d.Question(code)
			q.Text = question.Text{"en": text}
			return ReplaceQuestion(q)(d)
		}
	}
	edit("Ann", change("a", "One?"))
	edit("Ben", change("b", "Two?"))
	edit("Cay", change("a", "Three?"))
	edit("Ann", change("a", "Four?"))
	r, err := c.Revision(ctx, c.by.Org, id, 3)
	if q, _ := r.Definition.Question("a"); err != nil || r.Number != 3 || r.By != "Ben" || q.Text["en"] != "One?" {
		t.Errorf("revision 3 is %+v, %v", r, err)
	}
	for _, number := range []int{0, -1, 6} {
		if _, err := c.Revision(ctx, c.by.Org, id, number); !errors.Is(err, ErrMissing) {
			t.Errorf("revision %d: %v", number, err)
		}
	}
	for _, one := range []struct {
		after int
		code  string
		want  []string
	}{{1, "a", []string{"Ann", "Cay"}}, {1, "b", []string{"Ben"}}, {3, "a", []string{"Cay", "Ann"}}, {5, "a", nil}, {1, "z", nil}} {
		if got, err := c.Editors(ctx, c.by.Org, id, one.after, one.code); err != nil || !cmp.Equal(got, one.want) {
			t.Errorf("who changed %s after %d: %v, %v, want %v", one.code, one.after, got, err, one.want)
		}
	}
	for i := range keptRevisions {
		edit("Ann", change("a", fmt.Sprint("Asked in another way, ", i)))
	}
	if _, err := c.Revision(ctx, c.by.Org, id, 5); !errors.Is(err, ErrMissing) {
		t.Errorf("revision 5 of %d is kept: %v", keptRevisions+5, err)
	}
	if _, err := c.Revision(ctx, c.by.Org, id, 6); err != nil {
		t.Errorf("revision 6 of %d is not kept: %v", keptRevisions+5, err)
	}
}

// A draft is discarded for the published version, and put back as long as nobody has changed it since.
func TestDiscardAndTakeBack(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, pgtest.New(t), "anytown", "ANY")
	ctx, id := t.Context(), c.create(t, drafted("a b"))
	if _, err := c.Discard(ctx, c.by, id, 1); !errors.Is(err, ErrNotPublished) {
		t.Errorf("discarded for no version: %v", err)
	}
	c.publish(t, id)
	for _, e := range []Edit{DeleteQuestion("b"), retitled("Another title")} {
		if _, err := c.Edit(ctx, c.by, id, e); err != nil {
			t.Fatal(err)
		}
	}
	changed, revision := draftOf(t, c, id)
	if _, err := c.Discard(ctx, c.by, id, revision-1); !errors.Is(err, ErrStaleDraft) {
		t.Errorf("discarded as it was read before another saved: %v", err)
	}
	saved, err := c.Discard(ctx, c.by, id, revision)
	if err != nil || saved != (Saved{revision + 1, revision}) {
		t.Fatalf("%+v, %v", saved, err)
	}
	if d, _ := draftOf(t, c, id); pagesOf(d) != "a b" || d.Title["en"] != "How did we do?" {
		t.Errorf("the draft is %s, %v", pagesOf(d), d.Title)
	}
	if _, err := c.TakeBack(ctx, c.by, id, revision); err != nil {
		t.Fatal(err)
	}
	if d, _ := draftOf(t, c, id); !cmp.Equal(d, changed) {
		t.Error(cmp.Diff(changed, d))
	}
	if _, err := c.TakeBack(ctx, c.by, id, revision); !errors.Is(err, ErrStaleDraft) {
		t.Errorf("taken back twice: %v", err)
	}
	if _, err := c.TakeBack(ctx, c.by, id, 1000); !errors.Is(err, ErrMissing) {
		t.Errorf("taken back to what was never saved: %v", err)
	}
	want := []string{"survey.draft_discarded survey/s", "survey.draft_taken_back survey/s"}
	if got := c.ledger.said[len(c.ledger.said)-2:]; !cmp.Equal(got, want) {
		t.Errorf("the trail is %v", got)
	}
}

// What the audit trail keeps of an edit: its first differences, each with its question, and how many more there were.
func TestAnEditInWords(t *testing.T) {
	t.Parallel()
	before, after := drafted("a b"), drafted("a b")
	after.Title = question.Text{"en": "Another title"}
	after.Pages[0].Questions[0].Required = true
	words := inWords(Difference(before, after))
	if len(words) != 2 || strings.Contains(words[0], "a: ") || !strings.HasPrefix(words[1], "a: ") {
		t.Errorf("%q", words)
	}
	many := inWords(Difference(before, drafted("c d e f g h i j k l m n")))
	if len(many) != 11 || !strings.HasPrefix(many[10], "and ") {
		t.Errorf("%q", many)
	}
}

// Codes that were published are known with those that were taken out, of this survey and this council only.
func TestCodesThatWerePublished(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	c, other := newCouncil(t, db, "anytown", "ANY"), newCouncil(t, db, "elsewhere", "EWR")
	ctx, id := t.Context(), c.create(t, drafted("a b"))
	if codes, err := c.Codes(ctx, c.by.Org, id); err != nil || len(codes) != 0 || codes.Question("a") {
		t.Errorf("of a draft: %v, %v", codes, err)
	}
	c.publish(t, id)
	if _, err := c.Edit(ctx, c.by, id, DeleteQuestion("b")); err != nil {
		t.Fatal(err)
	}
	c.publish(t, id)
	codes, err := c.Codes(ctx, c.by.Org, id)
	if err != nil || !codes.Question("a") || !codes.Question("b") || codes.Question("c") ||
		codes.Retired("a", "") || !codes.Retired("b", "") || !codes.Retired("b", "x") ||
		codes.Retired("a", "x") || !codes.Option("a", "x") || codes.Option("a", "z") {
		t.Errorf("%v, %v", codes, err)
	}
	if codes, err := other.Codes(ctx, other.by.Org, id); err != nil || len(codes) != 0 {
		t.Errorf("another council: %v, %v", codes, err)
	}

	// A code that comes back is found before it is published, and stops it.
	if _, err := c.Edit(ctx, c.by, id, AddQuestion(0, drafted("b").Pages[0].Questions[0])); err != nil {
		t.Fatal(err)
	}
	d, _ := draftOf(t, c, id)
	found, err := c.Findings(ctx, c.by.Org, id, d)
	if err != nil || len(found.Of("b")) == 0 || len(found.Of("a")) != 0 || len(found.Errors()) != len(found) {
		t.Errorf("%v, %v", found, err)
	}
	var problems Problems
	if _, err := c.Publish(ctx, c.by, id, Publishing{}); !errors.As(err, &problems) || problems[0].Question != "b" {
		t.Errorf("published: %v", err)
	}
	if !strings.HasPrefix(problems.Error(), "Question “b”: ") {
		t.Errorf("it says %q", problems)
	}
}

// The newest version of each open survey.
func TestCurrentVersions(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, pgtest.New(t), "anytown", "ANY")
	numbers := func() (list []string) {
		tx, err := c.DB.Begin(t.Context(), c.by.Org)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = tx.Rollback() }()
		all, err := c.Current(t.Context(), tx, c.by.Org)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range all {
			list = append(list, fmt.Sprint(v.Definition.Survey, " ", v.Number))
		}
		slices.Sort(list)
		return list
	}
	id := c.create(t, drafted("a"))
	d := drafted("a")
	d.Survey = "t"
	c.publish(t, c.create(t, d))
	if got := numbers(); !cmp.Equal(got, []string{"t 1"}) {
		t.Errorf("beside a draft: %v", got)
	}
	c.publish(t, id)
	if _, err := c.Edit(t.Context(), c.by, id, retitled("Again")); err != nil {
		t.Fatal(err)
	}
	c.publish(t, id)
	if got := numbers(); !cmp.Equal(got, []string{"s 2", "t 1"}) {
		t.Errorf("%v", got)
	}
	if err := c.Close(t.Context(), c.by, id); err != nil {
		t.Fatal(err)
	}
	if got := numbers(); !cmp.Equal(got, []string{"t 1"}) {
		t.Errorf("one is closed: %v", got)
	}
}
