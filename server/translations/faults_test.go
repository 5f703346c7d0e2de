package translations

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"

	"yousaid/migrations/pgtest"
	"yousaid/server/audit"
	"yousaid/server/page"
	"yousaid/surveys"
	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
	"yousaid/surveys/wording"
)

// Whatever statement fails, the caller gets an error, and a change is saved as a whole or not at all.
func TestTranslationsWhoseDatabaseFails(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	c := newCouncil(t, db, "anytown", "ANY")
	c.add(t, "ur")
	c.save(t, "ur", Change{Key: "thanks.title", Text: "شکریہ"})
	app, _, faults := db.Failing(t)
	c.DB = tenant.New(app)
	c.Ledger = audit.New(c.DB)
	ctx, org := t.Context(), c.by.Org
	for _, read := range []func() error{
		func() error { _, err := c.Languages(ctx, org); return err },
		func() error { _, err := c.Language(ctx, org, "ur"); return err },
		func() error { _, err := c.Words(ctx, org); return err },
		func() error {
			tx, err := c.DB.Begin(ctx, org)
			if err != nil {
				return err
			}
			defer func() { _ = tx.Rollback() }()
			_, err = c.Missing(ctx, tx, org, "ur", surveys.Definition{})
			return err
		},
	} {
		faults.Each(t, read)
	}
	standing := func() (s string) {
		if err := db.Owner().Get(&s, `
			SELECT COALESCE(string_agg(w, ', ' ORDER BY w), '')
			FROM   (SELECT language AS w FROM interface_languages UNION ALL SELECT key || ' ' || word::text FROM interface_words
			        UNION ALL SELECT action || ' ' || count(*) FROM audit GROUP BY action) all_of_it`); err != nil {
			t.Fatal(err)
		}
		return s
	}
	for name, change := range map[string]func() error{
		"add": func() error { return c.Add(ctx, c.by, "pl") },
		"save": func() error {
			_, err := c.Save(ctx, c.by, "ur", []Change{{Key: "thanks.title", Text: ""}, {Key: "thanks.next", Text: "اب"}})
			return err
		},
	} {
		before := standing()
		faults.Each(t, func() error {
			err := change()
			faults.Paused(func() {
				if after := standing(); err != nil && after != before {
					t.Errorf("%s failed with %v and left\n%s\nof\n%s", name, err, after, before)
				}
			})
			return err
		})
		if standing() == before {
			t.Errorf("%s changed nothing", name)
		}
	}
	before := standing()
	faults.Each(t, func() error { return c.Remove(ctx, c.by, "pl") })
	if standing() == before {
		t.Error("nothing was removed")
	}
}

// published are the versions that customers see.
type published struct {
	versions []surveys.Version
	err      error
}

func (p published) Current(context.Context, *sqlx.Tx, tenant.Org) ([]surveys.Version, error) {
	return p.versions, p.err
}

// A council may take a language when the words around its published questionnaires are there, or when none of them is written in it.
func TestWhichLanguagesACouncilMayTake(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, pgtest.New(t), "anytown", "ANY")
	c.add(t, "pl")
	may := func(lang string, p Published) error {
		tx, err := c.DB.Begin(t.Context(), c.by.Org)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = tx.Rollback() }()
		return c.MayAdd(p)(t.Context(), tx, c.by.Org, lang)
	}
	in := func(lang string, equality ...string) published {
		return published{versions: []surveys.Version{
			{Definition: surveys.Definition{Title: question.Text{"en": "Parks"}}},
			{Definition: surveys.Definition{Title: question.Text{"en": "Visits", lang: "Wizyty"}, Equality: equality}},
		}}
	}
	broken := errors.New("the surveys cannot be read")
	if err := may("cy", published{err: broken}); err != nil {
		t.Errorf("a language of the program: %v", err)
	}
	if err := may("pl", published{err: broken}); !errors.Is(err, broken) {
		t.Errorf("where the surveys cannot be read: %v", err)
	}
	for _, p := range []published{{}, in("ur")} {
		if err := may("pl", p); err != nil {
			t.Errorf("nothing published is written in it: %v", err)
		}
	}
	var refused wording.Refusal
	if err := may("pl", in("pl")); !errors.As(err, &refused) || refused.Field != "languages" || !strings.Contains(err.Error(), "“Visits”") ||
		!strings.Contains(err.Error(), "Polish") {
		t.Errorf("a published survey is written in it: %v", err)
	}
	c.save(t, "pl", c.everything("pl", page.PartQuestions, page.PartAnswers, page.PartAfter, page.PartErrors, page.PartNotices)...)
	if err := may("pl", in("pl")); err != nil {
		t.Errorf("all words are there: %v", err)
	}
	if err := may("pl", in("pl", "sex")); err == nil {
		t.Error("the words about sex are missing, which it asks for")
	}
}

// A translator who saves an older page again takes nothing back that another has written since, and cannot replace it unseen.
func TestAnOlderPageSavedAgain(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, pgtest.New(t), "anytown", "ANY")
	c.add(t, "pl")
	c.save(t, "pl", Change{Key: "thanks.title", Text: "Dzięki"}, Change{Key: "questions.minutes", Form: "one", Text: "{1} minuta"})
	was := "Dzięki"
	c.save(t, "pl", Change{Key: "thanks.title", Text: "Dziękujemy", Was: &was})
	if s := c.save(t, "pl", Change{Key: "thanks.title", Text: " Dzięki ", Was: &was}); s.Saved != 0 || s.Same != 1 || len(s.Kept) != 0 {
		t.Errorf("a text that this translator left alone: %+v", s)
	}
	if s := c.save(t, "pl", Change{Key: "thanks.title", Text: "Dzięki wielkie", Was: &was}); s.Saved != 0 || len(s.Kept) != 1 ||
		s.Kept[0].Now != "Dziękujemy" {
		t.Errorf("a text that both changed: %+v", s)
	}
	if s := c.save(t, "pl", Change{Key: "questions.minutes", Form: "one", Text: ""}); s.Saved != 1 {
		t.Errorf("a form taken away: %+v", s)
	}
	l, err := c.Language(t.Context(), c.by.Org, "pl")
	if err != nil || l.Words["thanks.title"].Text != "Dziękujemy" || len(l.Words) != 1 {
		t.Errorf("%v, %v", l.Words, err)
	}
}

// There is an end to the languages of a council.
func TestTooManyLanguages(t *testing.T) {
	t.Parallel()
	c := newCouncil(t, pgtest.New(t), "anytown", "ANY")
	db := c.db.Owner()
	for i := range mostLanguages {
		db.MustExec(`INSERT INTO interface_languages (organisation_id, language) VALUES ($1, $2)`, c.by.Org, fmt.Sprintf("language-%d", i))
	}
	if err := c.Add(t.Context(), c.by, "pl"); err == nil || !strings.Contains(err.Error(), fmt.Sprint(mostLanguages)) {
		t.Errorf("one more: %v", err)
	}
	db.MustExec(`UPDATE interface_languages SET language = 'pl' WHERE language = 'language-0'`)
	if err := c.Add(t.Context(), c.by, "pl"); err != nil {
		t.Errorf("one that is there: %v", err)
	}
}

// Files that a spreadsheet has changed are read, and what is no list of words says which columns it wants.
func TestFilesOfTranslators(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"semicolons":        "name;form;translation\nthanks.title;;Dzięki\n",
		"tabs":              "name\tform\ttranslation\nthanks.title\t\tDzięki\n",
		"a byte order mark": "\ufeffname,form,translation\r\nthanks.title,,Dzięki\r\n",
		"columns of others": "translation,notes,Name,FORM\nDzięki,x,thanks.title,\n",
		"only returns":      "name,form,translation\rthanks.title,,Dzięki\r",
	} {
		if changes, problems, err := Read([]byte(body)); err != nil || len(problems) > 0 || len(changes) != 1 || changes[0].Text != "Dzięki" {
			t.Errorf("%s: %+v, %+v, %v", name, changes, problems, err)
		}
	}
	for name, body := range map[string]string{
		"nothing": "", "no head": "thanks.title,,Dzięki\n", "a column short": "name,translation\nthanks.title,Dzięki\n",
		"a quote":                 "\"name,form,translation\n",
		"a semicolon and a quote": "name;\"form;translation\n",
		"no text":                 "name,form,translation\nthanks.title,,\xff\xfe\n", "a zip": "PK\x03\x04",
	} {
		if changes, problems, err := Read([]byte(body)); err == nil {
			t.Errorf("%s: %+v, %+v", name, changes, problems)
		}
	}
}
