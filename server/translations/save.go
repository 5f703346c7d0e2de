package translations

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"

	"yousaid/server/page"
	"yousaid/surveys/tenant"
	"yousaid/surveys/wording"
)

// Change is one text of a translation as somebody wrote it.
type Change struct {
	Key  string
	Form string  // plural form; "" for a wording that does not count
	Text string  // "" takes the text away
	Was  *string // the text that stood there when it was written; nil replaces whatever stands there now
}

// Kept is a text that was not saved, and why. Now is what stands there.
type Kept struct {
	Change
	Why wording.Message
	Now string
}

// Saved is what became of changes. What is right is saved, whatever is wrong beside it.
type Saved struct {
	Saved   int // texts
	Same    int // texts that stood there already
	Kept    []Kept
	Missing int // wordings that every questionnaire still needs
}

// Save puts texts into a language, those that are right. A text that somebody else has changed meanwhile is not replaced.
func (s Store) Save(ctx context.Context, by tenant.Actor, lang string, changes []Change) (Saved, error) {
	tx, err := s.DB.Begin(ctx, by.Org)
	if err != nil {
		return Saved{}, err
	}
	defer func() { _ = tx.Rollback() }()
	if err := lock(ctx, tx, by.Org, lang); err != nil {
		return Saved{}, err
	}
	all, err := s.read(ctx, tx, by.Org)
	if err != nil {
		return Saved{}, err
	}
	l := all[lang]
	messages := map[string]page.Message{}
	for _, m := range s.Catalogue.Messages() {
		messages[m.Key] = m
	}
	var out Saved
	before, after := map[string]any{}, map[string]any{}
	emptied := false
	for _, c := range changes {
		m, known := messages[c.Key]
		now, why, kept := l.take(m, known, &c)
		switch {
		case kept:
			out.Kept = append(out.Kept, Kept{c, why, now})
			continue
		case now == c.Text:
			out.Same++
			continue
		}
		out.Saved++
		emptied = emptied || c.Text == "" && m.Needed(nil)
		if _, seen := before[c.Key]; !seen {
			before[c.Key] = l.Words[c.Key]
		}
		l.set(c)
		after[c.Key] = l.Words[c.Key]
	}
	if out.Saved > 0 {
		if err := s.write(ctx, tx, by.Org, lang, l, messages, slices.Sorted(maps.Keys(after))); err != nil {
			return Saved{}, err
		}
		l.count(s.Catalogue.Messages())
		if err := l.judge(ctx, tx, by.Org, emptied); err != nil {
			return Saved{}, err
		}
		if err := s.Ledger.Record(ctx, tx, by, "translation.saved", "language "+lang, before, after); err != nil {
			return Saved{}, err
		}
	}
	out.Missing = l.Missing
	return out, tx.Commit()
}

// take looks at one change: what stands there now, and why it is kept from being saved.
func (l Language) take(m page.Message, known bool, c *Change) (now string, why wording.Message, kept bool) {
	if !known {
		return "", wording.Say("translations.no_such|There is no wording with this name."), true
	}
	c.Text = strings.TrimSpace(c.Text)
	single := false
	if forms := m.FormsOf(l.Lang); forms == nil && c.Form != "" {
		return "", wording.Say("translations.one_text|This wording has one text and no forms for numbers."), true
	} else if forms != nil {
		at := slices.IndexFunc(forms, func(f page.PluralForm) bool { return f.Name == c.Form })
		if at < 0 {
			return "", wording.Say("translations.no_form|The language has no form “%s” for this wording.", page.Cut(c.Form, 20)), true
		}
		single = forms[at].Single
	}
	now = l.text(c.Key, c.Form)
	if why, faulty := m.Fault(c.Text, single); faulty {
		return now, why, true
	}
	if c.Was != nil && now != strings.TrimSpace(*c.Was) && now != c.Text {
		if c.Text == strings.TrimSpace(*c.Was) { // only the other one wrote something new
			c.Text = now
			return now, why, false
		}
		return now, wording.Say("translations.somebody_else|Somebody else changed this after you opened the page. What they wrote stands there " +
			"now; save once more to replace it."), true
	}
	return now, why, false
}

func (l Language) text(key, form string) string {
	if form == "" {
		return l.Words[key].Text
	}
	return l.Words[key].Forms[form]
}

func (l Language) set(c Change) {
	word := l.Words[c.Key]
	if c.Form == "" {
		word.Text = c.Text
	} else {
		word.Forms = maps.Clone(word.Forms)
		if word.Forms == nil {
			word.Forms = map[string]string{}
		}
		if word.Forms[c.Form] = c.Text; c.Text == "" {
			delete(word.Forms, c.Form)
		}
	}
	l.Words[c.Key] = word
}

// write stores the words that changed.
func (s Store) write(ctx context.Context, tx *sqlx.Tx, org tenant.Org, lang string, l Language, messages map[string]page.Message,
	keys []string) error {
	for _, key := range keys {
		word := l.Words[key]
		if word.Text == "" && len(word.Forms) == 0 {
			delete(l.Words, key)
			if _, err := tx.ExecContext(ctx, `
				DELETE FROM interface_words
				WHERE  organisation_id = $1 AND language = $2 AND key = $3`, org, lang, key); err != nil {
				return fmt.Errorf("taking the word %s in %s away: %w", key, lang, err)
			}
			continue
		}
		body, err := json.Marshal(stored{word.Text, word.Forms})
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO interface_words (organisation_id, language, key, word, english)
			VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (organisation_id, language, key) DO UPDATE SET word = excluded.word, english = excluded.english`, org, lang, key,
			string(body), english(messages[key])); err != nil {
			return fmt.Errorf("saving the word %s in %s: %w", key, lang, err)
		}
	}
	return nil
}

// stored is a word as the table keeps it.
type stored struct {
	Text  string            `json:"text,omitempty"`
	Forms map[string]string `json:"forms,omitempty"`
}

// judge says whether pages are offered in the language. Once they are, a wording that a new version of the program adds does not
// end it; one that is taken away does.
func (l *Language) judge(ctx context.Context, tx *sqlx.Tx, org tenant.Org, emptied bool) error {
	l.Forms = l.Missing == 0 || l.Forms && !emptied
	l.Reads = l.Forms && (l.whole(page.PartCouncil) || l.Reads && !emptied)
	_, err := tx.ExecContext(ctx, `
		UPDATE interface_languages
		SET    forms_ready = $3, reads_ready = $4
		WHERE  organisation_id = $1 AND language = $2`, org, l.Lang, l.Forms, l.Reads)
	return err
}
