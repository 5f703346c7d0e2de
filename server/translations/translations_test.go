package translations

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/sync/errgroup"

	"yousaid/migrations/pgtest"
	"yousaid/server/audit"
	"yousaid/server/page"
	"yousaid/surveys"
	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
)

type council struct {
	Store
	by tenant.Actor
	db *pgtest.DB
}

func newCouncil(t *testing.T, db *pgtest.DB, slug, prefix string) council {
	t.Helper()
	set, err := page.LoadCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	var org tenant.Org
	if err := db.Owner().Get(&org,
		`INSERT INTO organisations (slug, link_prefix, names) VALUES ($1, $2, '{"en": "Anytown"}') RETURNING id`, slug, prefix); err != nil {
		t.Fatal(err)
	}
	app := tenant.New(db.App())
	return council{Store{app, audit.New(app), set}, tenant.CommandLine(org), db}
}

func (c council) add(t *testing.T, lang string) {
	t.Helper()
	if err := c.Add(t.Context(), c.by, lang); err != nil {
		t.Fatal(err)
	}
}

func (c council) save(t *testing.T, lang string, changes ...Change) Saved {
	t.Helper()
	s, err := c.Save(t.Context(), c.by, lang, changes)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// everything is a text for every wording of the parts in a language, made of its name.
func (c council) everything(lang string, parts ...page.Part) (list []Change) {
	for _, m := range c.Catalogue.Messages() {
		if len(parts) > 0 && !slices.Contains(parts, m.Part) {
			continue
		}
		text := "«" + m.Key + " " + strings.Join(m.Gaps(), " ") + "»"
		forms := m.FormsOf(lang)
		if forms == nil {
			list = append(list, Change{Key: m.Key, Text: text})
		}
		for _, f := range forms {
			list = append(list, Change{Key: m.Key, Form: f.Name, Text: text})
		}
	}
	return list
}

func (c council) missing(t *testing.T, lang string, equality ...string) int {
	t.Helper()
	tx, err := c.DB.Begin(t.Context(), c.by.Org)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	n, err := c.Missing(t.Context(), tx, c.by.Org, lang, surveys.Definition{Title: question.Text{lang: "x"}, Equality: equality})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestALanguageGrowsUntilItCanBePublished(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, pgtest.New(t), "anytown", "ANY")
	all := c.missing(t, "pl")
	if c.missing(t, "cy") != 0 || c.missing(t, "en-GB") != 0 || all < 150 || c.missing(t, "pl", "sex") <= all {
		t.Fatalf("missing are %d in Welsh, %d in Polish", c.missing(t, "cy"), all)
	}
	if _, err := c.Save(t.Context(), c.by, "pl", nil); !errors.Is(err, ErrMissing) {
		t.Errorf("a language that nobody has started: %v", err)
	}
	c.add(t, "pl")
	c.add(t, "pl") // twice is once
	one := c.save(t, "pl", Change{Key: "thanks.title", Text: " Dziękujemy "},
		Change{Key: "questions.minutes", Form: "one", Text: "{1} minuta"}, Change{Key: "questions.minutes", Form: "few", Text: "{1} minuty"})
	if one.Saved != 3 || len(one.Kept) != 0 || one.Missing != all-1 {
		t.Errorf("saved %+v of %d", one, all)
	}
	if again := c.save(t, "pl", Change{Key: "thanks.title", Text: "Dziękujemy"}); again.Saved != 0 || again.Same != 1 {
		t.Errorf("the same once more: %+v", again)
	}
	if done := c.save(t, "pl", c.everything("pl", page.PartQuestions, page.PartAnswers, page.PartAfter, page.PartErrors,
		page.PartNotices)...); done.Missing != 0 || len(done.Kept) != 0 {
		t.Errorf("everything is saved and %d are missing; %+v", done.Missing, done.Kept)
	}
	l, err := c.Language(t.Context(), c.by.Org, "pl")
	if err != nil || !l.Forms || l.Reads {
		t.Errorf("ready: %v, %v; %v", l.Forms, l.Reads, err)
	}
	if c.missing(t, "pl") != 0 || c.missing(t, "pl", "sex") == 0 {
		t.Errorf("missing %d, with sex %d", c.missing(t, "pl"), c.missing(t, "pl", "sex"))
	}
	c.save(t, "pl", c.everything("pl", page.PartAbout, page.PartCouncil)...)
	if l, _ = c.Language(t.Context(), c.by.Org, "pl"); !l.Reads || c.missing(t, "pl", "sex", "ethnic_group") != 0 {
		t.Errorf("everything is translated, and %d are missing", c.missing(t, "pl", "sex", "ethnic_group"))
	}
	words, err := c.Words(t.Context(), c.by.Org)
	if err != nil || !words["pl"].Forms || !words["pl"].Reads || words["pl"].Words["questions.minutes"].Forms["few"] == "" {
		t.Errorf("the pages get %v, %v", words["pl"].Forms, err)
	}
	if took := c.save(t, "pl", Change{Key: "thanks.title", Text: ""}); took.Missing != 1 {
		t.Errorf("a word is taken away: %+v", took)
	}
	if l, _ = c.Language(t.Context(), c.by.Org, "pl"); l.Forms || l.Reads {
		t.Error("pages are offered in a language from which a word was taken away")
	}
	if err := c.Remove(t.Context(), c.by, "pl"); !errors.Is(err, ErrNotEmpty) {
		t.Errorf("removed with its words: %v", err)
	}
	c.add(t, "so")
	if err := c.Remove(t.Context(), c.by, "so"); err != nil {
		t.Error(err)
	}
	list, err := c.Languages(t.Context(), c.by.Org)
	if err != nil || len(list) != 1 || list[0].Lang != "pl" || len(list[0].Parts) != len(page.Parts) {
		t.Errorf("the languages are %+v, %v", list, err)
	}
}

// A wording that a new version of the program adds, or whose gaps it changes, is missing and does not take the language off the pages.
func TestAnUpgradeAsksForWhatIsNew(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, pgtest.New(t), "anytown", "ANY")
	c.add(t, "ur")
	c.save(t, "ur", c.everything("ur")...)
	c.db.Owner().MustExec(`DELETE FROM interface_words WHERE key = 'thanks.title'`)
	c.db.Owner().MustExec(`UPDATE interface_words SET word = '{"text": "«»"}', english = 'Older' WHERE key = 'questions.page'`)
	l, err := c.Language(t.Context(), c.by.Org, "ur")
	if err != nil || l.Missing != 2 || !l.Forms || c.missing(t, "ur") != 2 {
		t.Errorf("missing %d, offered %v, %v", l.Missing, l.Forms, err)
	}
	for _, m := range c.Catalogue.Messages() {
		if got := l.Changed(m); got != (m.Key == "questions.page") {
			t.Errorf("the English of %s has changed: %v", m.Key, got)
		}
	}
	c.save(t, "ur", Change{Key: "questions.page", Text: "{1} {2}"}) // one of the two
	if l, _ = c.Language(t.Context(), c.by.Org, "ur"); l.Missing != 1 || !l.Forms {
		t.Errorf("missing %d, offered %v", l.Missing, l.Forms)
	}
}

// What is wrong is kept back with its reason, and what is right beside it is saved.
func TestWhatIsWrongIsKeptBack(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, pgtest.New(t), "anytown", "ANY")
	c.add(t, "ur")
	was := func(s string) *string { return &s }
	c.save(t, "ur", Change{Key: "thanks.next", Text: "پہلے"})
	s := c.save(t, "ur",
		Change{Key: "thanks.title", Text: "شکریہ"},
		Change{Key: "thanks.keep", Text: "a\x00b"},
		Change{Key: "thanks.keep", Text: strings.Repeat("x", 100_000)},
		Change{Key: "questions.page", Text: "{1}"},
		Change{Key: "questions.page", Text: "{1} {2} {3}"},
		Change{Key: "questions.minutes", Text: "{1}"},
		Change{Key: "questions.minutes", Form: "few", Text: "{1}"},
		Change{Key: "thanks.title", Form: "one", Text: "x"},
		Change{Key: "no.such", Text: "x"},
		Change{Key: "thanks.next", Text: "دوسرا", Was: was("")},      // somebody else wrote it first
		Change{Key: "thanks.again", Text: "", Was: was("")},          // nothing was there, nothing is
		Change{Key: "thanks.next", Text: "پہلے", Was: was("")},       // both wrote the same
		Change{Key: "thanks.next", Text: "ابھی", Was: was(" پہلے ")}, // seen as it is
	)
	if s.Saved != 2 || s.Same != 2 || len(s.Kept) != 9 {
		t.Errorf("saved %d, same %d, kept %d: %+v", s.Saved, s.Same, len(s.Kept), s.Kept)
	}
	for i, want := range []string{"no page can show", "characters at the most", "Write {2}", "Take {3} out", "has no form “”",
		"has no form “few”", "no forms for numbers", "no wording with this name", "Somebody else changed this"} {
		if i < len(s.Kept) && !strings.Contains(s.Kept[i].Why.String(), want) {
			t.Errorf("kept %d says %q, want %q", i, s.Kept[i].Why, want)
		}
	}
	for lang, want := range map[string]string{"cy": "its own words", "en-GB": "its own words", "": "code", "UR": "code",
		"xx-yy-zz-": "code", "ur\x00": "code", strings.Repeat("a", 50): "code", "zzzz": "code", "ur;DROP": "code", "und": ""} {
		if err := c.Add(t.Context(), c.by, lang); want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q is added: %v", lang, err)
		}
	}
}

// Whoever saves at the same moment loses nothing of the other's.
func TestTwoTranslatorsAtOnce(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, pgtest.New(t), "anytown", "ANY")
	c.add(t, "ur")
	empty := ""
	var conflicts atomic.Int32
	var g errgroup.Group
	for i := range 6 {
		g.Go(func() error {
			changes := []Change{{Key: "thanks.title", Text: fmt.Sprintf("نمبر %d", i), Was: &empty},
				{Key: fmt.Sprintf("month.%d", i+1), Text: "مہینہ", Was: &empty}}
			s, err := c.Save(t.Context(), c.by, "ur", changes)
			conflicts.Add(int32(len(s.Kept)))
			return err
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	l, err := c.Language(t.Context(), c.by.Org, "ur")
	if err != nil || conflicts.Load() != 5 || len(l.Words) != 7 {
		t.Errorf("%d conflicts, %d words, %v", conflicts.Load(), len(l.Words), err)
	}
}

// One council's words are nobody else's.
func TestWordsAreACouncilsOwn(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	a, b := newCouncil(t, db, "anytown", "ANY"), newCouncil(t, db, "bigtown", "BGT")
	a.add(t, "ur")
	a.save(t, "ur", Change{Key: "thanks.title", Text: "شکریہ"})
	if _, err := b.Language(t.Context(), b.by.Org, "ur"); !errors.Is(err, ErrMissing) {
		t.Errorf("the other council reads it: %v", err)
	}
	if _, err := b.Save(t.Context(), b.by, "ur", []Change{{Key: "thanks.title", Text: "x"}}); !errors.Is(err, ErrMissing) {
		t.Errorf("the other council writes it: %v", err)
	}
	if err := b.Remove(t.Context(), b.by, "ur"); !errors.Is(err, ErrMissing) {
		t.Errorf("the other council removes it: %v", err)
	}
	if list, err := b.Words(t.Context(), b.by.Org); err != nil || len(list) != 0 {
		t.Errorf("the other council has %v, %v", list, err)
	}
}

// The file goes out to a translator and comes back, from whatever program it was saved with.
func TestTheFileComesBack(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, pgtest.New(t), "anytown", "ANY")
	c.add(t, "ar")
	c.save(t, "ar", Change{Key: "thanks.title", Text: "=1+1 “شكرا”"})
	l, err := c.Language(t.Context(), c.by.Org, "ar")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := Write(&b, c.Catalogue.Messages(), l, "", func(page.Part) string { return "After sending" }); err != nil {
		t.Fatal(err)
	}
	file := b.String()
	for _, want := range []string{"\ufeffname,part,english,form,numbers,translation\r\n",
		"thanks.title,After sending,Thank you for your feedback,,,'=1+1 “شكرا”\r\n", ",few,\"3, 4, 5, 6 …\",",
		"It takes about {1} minute.,one,1,", "about.pns,"} {
		if !strings.Contains(file, want) {
			t.Errorf("the file does not have %q", want)
		}
	}
	for name, body := range map[string]string{
		"as it is": file, "semicolons": strings.NewReplacer("name,part,english,form,numbers,translation",
			"name;part;english;form;numbers;translation", "thanks.title,After sending,Thank you for your feedback,,,",
			"thanks.title;After sending;Thank you for your feedback;;;").Replace(file[:strings.Index(file, "\r\n")+2]) +
			"thanks.title;After sending;Thank you;;;'=1+1 “شكرا”\r\n",
		"CR alone":      strings.ReplaceAll(strings.ReplaceAll(file, "\r\n", "\n"), "\n", "\r"),
		"sep=":          "sep=,\r\n" + strings.TrimPrefix(file, "\ufeff"),
		"fewer columns": "translation,name,form\n'=1+1 “شكرا”,thanks.title\n",
	} {
		changes, problems, err := Read([]byte(body))
		if err != nil || len(problems) > 0 || len(changes) != 1 || changes[0] != (Change{Key: "thanks.title", Text: "=1+1 “شكرا”"}) {
			t.Errorf("%s: %+v, %+v, %v", name, changes, problems, err)
		}
	}
	for name, refused := range map[string]struct{ body, says string }{
		"a workbook":   {"PK\x03\x04", "CSV UTF-8"},
		"UTF-16":       {"\xff\xfen\x00", "CSV UTF-8"},
		"not UTF-8":    {"name,form,translation\nthanks.title,,\xe9", "not UTF-8"},
		"no header":    {"thanks.title,,x\n", "The first line must have"},
		"empty":        {"", "The first line must have"},
		"too large":    {strings.Repeat("x", mostFile+1), "larger than 1 MB"},
		"too many":     {"name,form,translation\n" + manyLines(), "more than 5000 lines"},
		"another file": {"id,rating\n1,5\n", "The first line must have"},
	} {
		if _, _, err := Read([]byte(refused.body)); err == nil || !strings.Contains(err.Error(), refused.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	changes, problems, err := Read([]byte("name,form,translation\nthanks.title,,one\nthanks.title,,two\nthanks.next,,\n" +
		"thanks.keep,,\"broken\nthanks.again,,x\n"))
	if err != nil || len(changes) != 1 || len(problems) != 2 || problems[0].Line != 3 || !strings.Contains(problems[0].Why.String(),
		"line 2 already") || !strings.Contains(problems[1].Why.String(), "quotes") {
		t.Errorf("%+v, %+v, %v", changes, problems, err)
	}
}

func manyLines() string {
	var b strings.Builder
	for i := range mostRows + 1 {
		fmt.Fprintf(&b, "k%d,,x\n", i)
	}
	return b.String()
}
