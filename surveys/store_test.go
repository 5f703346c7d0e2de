package surveys

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"
	"golang.org/x/sync/errgroup"

	"yousaid/migrations/pgtest"
	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
	"yousaid/surveys/wording"
)

// ledger keeps the actions that were recorded.
type ledger struct{ said []string }

func (l *ledger) Record(_ context.Context, _ *sqlx.Tx, _ tenant.Actor, action, object string, _, _ any) error {
	l.said = append(l.said, action+" "+object)
	return nil
}

// anything is a reviewer that finds nothing. What the real one finds is in lint.
type anything struct{}

func (anything) Review(context.Context, *sqlx.Tx, tenant.Org, Definition, []string) (Findings, error) {
	return nil, nil
}

type council struct {
	Store
	db     *pgtest.DB
	by     tenant.Actor
	ledger *ledger
}

func newCouncil(t *testing.T, db *pgtest.DB, slug, prefix string) council {
	t.Helper()
	var org tenant.Org
	if err := db.Owner().Get(&org,
		`INSERT INTO organisations (slug, link_prefix, names) VALUES ($1, $2, '{"en": "Anytown"}') RETURNING id`, slug, prefix); err != nil {
		t.Fatal(err)
	}
	log := &ledger{}
	return council{Store{tenant.New(db.App()), log, anything{}}, db, tenant.CommandLine(org), log}
}

func (c council) create(t *testing.T, d Definition) int64 {
	t.Helper()
	id, err := c.Create(t.Context(), c.by, "", d)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func (c council) publish(t *testing.T, id int64) Version {
	t.Helper()
	v, err := c.Publish(t.Context(), c.by, id, Publishing{})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (c council) state(t *testing.T, id int64) State {
	t.Helper()
	s, err := c.Survey(t.Context(), c.by.Org, id)
	if err != nil {
		t.Fatal(err)
	}
	return s.State
}

func satisfaction(t *testing.T) Definition {
	t.Helper()
	d, err := Template("customer-satisfaction")
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestLife takes a survey from draft to open to closed and back.
func TestLife(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, pgtest.New(t), "anytown", "ANY")
	d := satisfaction(t)
	id := c.create(t, d)
	if got := c.state(t, id); got != Draft {
		t.Errorf("a new survey is %s", got)
	}
	if _, err := c.CurrentVersion(t.Context(), c.by.Org, id); !errors.Is(err, ErrNotPublished) {
		t.Errorf("a draft's version: %v", err)
	}
	if err := c.Close(t.Context(), c.by, id); !errors.Is(err, ErrNotOpen) {
		t.Errorf("closing a draft: %v", err)
	}
	first := c.publish(t, id)
	if first.Number != 1 || first.PublishedAt.IsZero() || c.state(t, id) != Open {
		t.Errorf("the first version is %+v", first)
	}
	if again := c.publish(t, id); again.ID != first.ID {
		t.Errorf("publishing what is published already made version %d", again.Number)
	}
	stored, err := c.Version(t.Context(), c.by.Org, first.ID)
	if err != nil || !cmp.Equal(stored, first) {
		t.Error(err, cmp.Diff(first, stored))
	}
	canonical, _ := Canonical(stored.Definition)
	if digest := sha256.Sum256(canonical); !bytes.Equal(digest[:], stored.Digest) {
		t.Error("the digest is not that of the stored definition")
	}

	draft, revision, err := c.Draft(t.Context(), c.by.Org, id)
	if err != nil || !cmp.Equal(draft, d) || revision != 1 {
		t.Error(err, revision, cmp.Diff(d, draft))
	}
	draft.Title["en"] = "How was it?"
	if revision, err = c.SaveDraft(t.Context(), c.by, id, revision, draft); err != nil || revision != 2 {
		t.Error(revision, err)
	}
	if v, _ := c.CurrentVersion(t.Context(), c.by.Org, id); v.ID != first.ID {
		t.Error("customers see a draft")
	}
	second := c.publish(t, id)
	if second.Number != 2 || second.Definition.Title["en"] != "How was it?" {
		t.Errorf("the second version is %+v", second)
	}
	if v, _ := c.Version(t.Context(), c.by.Org, first.ID); !cmp.Equal(v, first) {
		t.Error("a published version changed")
	}

	if err := c.Close(t.Context(), c.by, id); err != nil || c.state(t, id) != Closed {
		t.Error(err)
	}
	if err := c.Close(t.Context(), c.by, id); !errors.Is(err, ErrNotOpen) {
		t.Errorf("closing twice: %v", err)
	}
	if _, err := c.Publish(t.Context(), c.by, id, Publishing{}); !errors.Is(err, ErrClosed) {
		t.Errorf("publishing a closed survey: %v", err)
	}
	if _, err := c.SaveDraft(t.Context(), c.by, id, revision, draft); !errors.Is(err, ErrClosed) {
		t.Errorf("editing a closed survey: %v", err)
	}
	if _, err := c.Import(t.Context(), c.by, draft); !errors.Is(err, ErrClosed) {
		t.Errorf("importing into a closed survey: %v", err)
	}
	if err := c.Reopen(t.Context(), c.by, id); err != nil || c.state(t, id) != Draft {
		t.Error(err)
	}
	if err := c.Reopen(t.Context(), c.by, id); !errors.Is(err, ErrNotClosed) {
		t.Errorf("reopening a draft: %v", err)
	}
	if v := c.publish(t, id); v.Number != 2 || c.state(t, id) != Open {
		t.Errorf("opened again as version %d", v.Number)
	}
	if all, err := c.Versions(t.Context(), c.by.Org, id); err != nil || len(all) != 2 || !cmp.Equal(all[1], second) {
		t.Error(all, err)
	}
	want := []string{"survey.created", "survey.published", "survey.published", "survey.drafted", "survey.published", "survey.closed",
		"survey.reopened", "survey.published"}
	for i := range want {
		want[i] += " survey/customer-satisfaction"
	}
	if diff := cmp.Diff(want, c.ledger.said); diff != "" {
		t.Error(diff)
	}
}

func TestMissing(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, pgtest.New(t), "anytown", "ANY")
	_, bySlug := c.BySlug(t.Context(), c.by.Org, "nothing")
	_, byID := c.Survey(t.Context(), c.by.Org, 1)
	_, version := c.Version(t.Context(), c.by.Org, 1)
	_, export := c.Export(t.Context(), c.by.Org, "nothing")
	_, publish := c.Publish(t.Context(), c.by, 1, Publishing{})
	_, save := c.SaveDraft(t.Context(), c.by, 1, 1, satisfaction(t))
	for what, err := range map[string]error{"slug": bySlug, "id": byID, "version": version, "export": export, "publish": publish, "save": save,
		"close": c.Close(t.Context(), c.by, 1), "reopen": c.Reopen(t.Context(), c.by, 1)} {
		if !errors.Is(err, ErrMissing) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestCreateTwice(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, pgtest.New(t), "anytown", "ANY")
	c.create(t, satisfaction(t))
	if _, err := c.Create(t.Context(), c.by, "", satisfaction(t)); !errors.Is(err, ErrSlugTaken) || !strings.Contains(err.Error(),
		"choose another") {
		t.Error(err)
	}
	if _, err := c.Create(t.Context(), c.by, "another", satisfaction(t)); err != nil {
		t.Error(err)
	}
	if d, err := c.Export(t.Context(), c.by.Org, "another"); err != nil || d.Survey != "another" {
		t.Error(d.Survey, err)
	}
}

func TestImportAndExport(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, pgtest.New(t), "anytown", "ANY")
	d, err := ParseYAML([]byte(small))
	if err != nil {
		t.Fatal(err)
	}
	id, err := c.Import(t.Context(), c.by, d)
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.Export(t.Context(), c.by.Org, "bins")
	if err != nil || !cmp.Equal(d, out) {
		t.Error(err, cmp.Diff(d, out))
	}
	if !bytes.Equal(WriteYAML(d), WriteYAML(out)) {
		t.Error("exported in another way than imported")
	}
	c.publish(t, id)
	d.Title["en"] = "Another title"
	again, err := c.Import(t.Context(), c.by, d)
	if err != nil || again != id {
		t.Errorf("imported again as %d, %v", again, err)
	}
	if v := c.publish(t, id); v.Number != 2 || v.Definition.Title["en"] != "Another title" {
		t.Errorf("%+v", v)
	}
	d.Pages[0].Questions[0].Code = "token"
	var problems Problems
	if _, err := c.Import(t.Context(), c.by, d); !errors.As(err, &problems) {
		t.Errorf("a bad questionnaire was imported: %v", err)
	}
}

func TestSaveAnything(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, pgtest.New(t), "anytown", "ANY")
	var problems Problems
	unfinished := Definition{Survey: "new"}
	id := c.create(t, unfinished)
	if _, err := c.Publish(t.Context(), c.by, id, Publishing{}); !errors.As(err, &problems) || c.state(t, id) != Draft {
		t.Errorf("an unfinished draft was published: %v", err)
	}
	nul := Definition{Survey: "new", Title: question.Text{"en": "a\x00b"}}
	if _, err := c.SaveDraft(t.Context(), c.by, id, 1, nul); !errors.As(err, &problems) {
		t.Errorf("NUL was saved: %v", err)
	}
	if _, err := c.SaveDraft(t.Context(), c.by, id, 1, Definition{Survey: "other"}); !errors.As(err, &problems) ||
		problems[0].Key() != "survey.slug_changed" {
		t.Errorf("the short name changed: %v", err)
	}
	if _, err := c.Create(t.Context(), c.by, "all", unfinished); !errors.As(err, &problems) {
		t.Errorf("a survey may be called all: %v", err)
	}
}

func TestTwoEditors(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, pgtest.New(t), "anytown", "ANY")
	id := c.create(t, satisfaction(t))
	var saved, stale atomic.Int32
	var g errgroup.Group
	for range 8 {
		d := satisfaction(t)
		g.Go(func() error {
			quiet := Store{c.DB, &ledger{}, anything{}}
			_, err := quiet.SaveDraft(t.Context(), c.by, id, 1, d)
			switch {
			case err == nil:
				saved.Add(1)
			case errors.Is(err, ErrStaleDraft):
				stale.Add(1)
			default:
				return err
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil || saved.Load() != 1 || stale.Load() != 7 {
		t.Errorf("%d saved, %d were told: %v", saved.Load(), stale.Load(), err)
	}
}

func TestPublishTwiceAtOnce(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, pgtest.New(t), "anytown", "ANY")
	id := c.create(t, satisfaction(t))
	var g errgroup.Group
	for range 8 {
		g.Go(func() error {
			v, err := Store{c.DB, &ledger{}, anything{}}.Publish(t.Context(), c.by, id, Publishing{})
			if err == nil && v.Number != 1 {
				t.Errorf("two clicks made version %d", v.Number)
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		t.Error(err)
	}
}

// TestCodes: a code keeps its meaning for ever and is never used again.
func TestCodes(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, pgtest.New(t), "anytown", "ANY")
	rating := func(d *Definition) *question.Question { return &d.Pages[0].Questions[0] }
	reason := func(d *Definition) *question.Question { return &d.Pages[1].Questions[0] }
	for i, try := range []struct {
		name string
		key  string // of the problem; "" when it may be published
		edit func(d *Definition)
	}{
		{"better words for a question", "", func(d *Definition) { reason(d).Text["en"] = "Why did you say that?" }},
		{"a typing error", "", func(d *Definition) { reason(d).Options[2].Text["en"] = "How staff traeted me." }},
		{"another translation", "", func(d *Definition) { reason(d).Options[2].Text["cy"] = "Rhywbeth" }},
		{"another order", "", func(d *Definition) { o := reason(d).Options; o[0], o[1] = o[1], o[0] }},
		{"a new answer", "", func(d *Definition) {
			reason(d).Options = append(reason(d).Options, question.Option{Code: "new", Text: question.Text{"en": "New"}})
		}},
		{"a new question", "", func(d *Definition) {
			d.Pages[1].Questions = append(d.Pages[1].Questions,
				question.Question{Code: "again", Kind: question.YesNo, Text: question.Text{"en": "Again?"}})
		}},
		{"an answer left out", "", func(d *Definition) { reason(d).Options = reason(d).Options[1:] }},
		{"another meaning", "survey.option_changed", func(d *Definition) { reason(d).Options[0].Text["en"] = "How rude it was" }},
		{"the opposite", "survey.option_changed", func(d *Definition) { reason(d).Options[3].Text["en"] = "How unclear the information was" }},
		{"two answers changed over", "survey.option_changed",
			func(d *Definition) { o := reason(d).Options; o[0].Code, o[1].Code = o[1].Code, o[0].Code }},
		{"another score", "survey.option_changed", func(d *Definition) { s := 7.0; rating(d).Options[0].Score = &s }},
		{"satisfied no more", "survey.option_changed", func(d *Definition) { rating(d).Options[1].Satisfied = false }},
		{"another scale", "survey.scale_changed", func(d *Definition) { rating(d).Scale = "other" }},
		{"another kind", "survey.code_changed", func(d *Definition) { reason(d).Kind = question.Several }},
	} {
		t.Run(try.name, func(t *testing.T) {
			d := satisfaction(t)
			d.Survey = "s" + string(rune('a'+i))
			id := c.create(t, d)
			c.publish(t, id)
			try.edit(&d)
			if _, err := c.Import(t.Context(), c.by, d); err != nil {
				t.Fatal(err)
			}
			_, err := c.Publish(t.Context(), c.by, id, Publishing{})
			var problems Problems
			errors.As(err, &problems)
			if try.key == "" && err != nil || try.key != "" && (len(problems) == 0 || problems[0].Key() != try.key) {
				t.Errorf("want %q, got %v", try.key, err)
			}
			for _, p := range problems {
				if strings.Contains(p.Error(), "%s") || p.Question == "" {
					t.Errorf("not a sentence about a question: %+v", p)
				}
			}
		})
	}
	t.Run("a code that was taken out", func(t *testing.T) {
		d, whole := satisfaction(t), satisfaction(t)
		d.Survey, whole.Survey = "retired", "retired"
		id := c.create(t, whole)
		c.publish(t, id)
		reason(&d).Options = reason(&d).Options[1:]
		d.Pages[1].Questions = d.Pages[1].Questions[:1] // no comment
		for _, next := range []Definition{d, whole} {
			if _, err := c.Import(t.Context(), c.by, next); err != nil {
				t.Fatal(err)
			}
			_, err := c.Publish(t.Context(), c.by, id, Publishing{})
			if next.Questions()[1].Options[0].Code != "time" {
				if err != nil {
					t.Fatal(err)
				}
				continue
			}
			var keys []string
			var problems Problems
			errors.As(err, &problems)
			for _, p := range problems {
				keys = append(keys, fmt.Sprint(p.Key(), " ", p.Args[0]))
			}
			if diff := cmp.Diff([]string{"survey.option_retired time", "survey.code_retired comment"}, keys); diff != "" {
				t.Error(err, diff)
			}
		}
		if v, err := c.CurrentVersion(t.Context(), c.by.Org, id); err != nil || v.Number != 2 {
			t.Errorf("version %d, %v", v.Number, err)
		}
	})
}

func TestSameWords(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"Very satisfied", "very satisfied.", true}, {"I recieved it", "I received it", true}, {"Ffôn symudol", "Ffon symudol", false},
		{"Staff were helpful", "Staff were unhelpful", false}, {"16 to 24", "16 to 25", false}, {"Yes", "No", false},
		{"Possible", "Impossible", false},
		{"In", "On", false}, {"☺", "☹", false}, {"☺", "☺", true}, {"Delay", "A delay", false},
	} {
		if got := sameWords(c.a, c.b); got != c.want {
			t.Errorf("%q and %q: %v", c.a, c.b, got)
		}
	}
}

func TestListSurveys(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	a, b := newCouncil(t, db, "anytown", "ANY"), newCouncil(t, db, "betown", "BET")
	for _, name := range Templates() {
		d, _ := Template(name)
		a.create(t, d)
	}
	var got []string
	after := ""
	for {
		page, err := a.Surveys(t.Context(), a.by.Org, after, 2)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		for _, s := range page {
			got = append(got, s.Slug)
			if s.Title["en"] == "" {
				t.Errorf("%s has no title", s.Slug)
			}
		}
		after = got[len(got)-1]
	}
	if diff := cmp.Diff(Templates(), got); diff != "" {
		t.Error(diff)
	}
	if list, err := b.Surveys(t.Context(), b.by.Org, "", 10); err != nil || len(list) > 0 {
		t.Errorf("Betown sees %v, %v", list, err)
	}
	s, _ := a.BySlug(t.Context(), a.by.Org, "customer-satisfaction")
	if _, err := b.Publish(t.Context(), b.by, s.ID, Publishing{}); !errors.Is(err, ErrMissing) {
		t.Errorf("Betown publishes the survey of Anytown: %v", err)
	}
}

func TestATypingErrorMakesNoOtherAnswer(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]string{{"How staff treated me", "How staff traeted me."}, {"Address", "adress"},
		{"Recieved", "received"}, {"A B", "a b!"}} {
		if !sameWords(pair[0], pair[1]) {
			t.Errorf("%q and %q are taken for two answers", pair[0], pair[1])
		}
	}
	for _, pair := range [][2]string{{"worse", "worst"}, {"Tuesday", "Thursday"}, {"16 to 24", "16 to 42"}, {"helpful", "unhelpful"},
		{"form", "from"}, {"easier", "easiest"}} {
		if sameWords(pair[0], pair[1]) {
			t.Errorf("%q and %q are taken for one answer", pair[0], pair[1])
		}
	}
}

// strict is a reviewer that stops everything: for good, or until there is a reason.
type strict struct{ severity Severity }

func (s strict) Review(_ context.Context, _ *sqlx.Tx, _ tenant.Org, _ Definition, languages []string) (Findings, error) {
	return Findings{{Rule: "Q1", Severity: s.severity, Question: "rating",
		Sentence: wording.Plain("Written for " + strings.Join(languages, " "))}}, nil
}

// What the review says counts whoever publishes, and a store without one publishes nothing.
func TestTheReviewStopsPublishing(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, pgtest.New(t), "anytown", "ANY")
	id := c.create(t, satisfaction(t))
	publish := func(r Reviewer, reason string) error {
		c.Reviewer = r
		_, err := c.Publish(t.Context(), c.by, id, Publishing{Override: reason})
		return err
	}
	var blocked Blocked
	if err := publish(strict{Error}, "It is meant so."); !errors.As(err, &blocked) || blocked.Overridable ||
		blocked.Findings[0].Sentence.String() != "Written for en cy" {
		t.Errorf("published despite an error: %v", err)
	}
	if err := publish(strict{Confirm}, " \n"); !errors.As(err, &blocked) || !blocked.Overridable {
		t.Errorf("published without a reason: %v", err)
	}
	for _, reason := range []string{strings.Repeat("x", MaxReason+1), "two\nlines", "no\x00text", "not\xfftext"} {
		if err := publish(strict{Confirm}, reason); !errors.Is(err, ErrReason) {
			t.Errorf("the reason %.20q: %v", reason, err)
		}
	}
	if err := publish(nil, ""); !errors.Is(err, errNoReviewer) {
		t.Errorf("a store without a reviewer: %v", err)
	}
	if c.state(t, id) != Draft {
		t.Fatal("the survey is not a draft any more")
	}
	if err := publish(strict{Confirm}, strings.Repeat("ŵ", MaxReason)); err != nil {
		t.Error(err)
	}
}
