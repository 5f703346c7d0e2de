// Package translations keeps what a council has translated itself: the words of the pages for customers in languages that do not
// come with the program.
package translations

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"
	"golang.org/x/text/language"

	"yousaid/server/page"
	"yousaid/surveys"
	"yousaid/surveys/tenant"
	"yousaid/surveys/wording"
)

// Store keeps the words of councils. Every change is recorded in the Ledger in its own transaction.
type Store struct {
	DB        tenant.DB
	Ledger    tenant.Ledger
	Catalogue *page.Catalogue // which wordings there are
}

// What can be wrong with asking for a language.
var (
	ErrMissing  = errors.New("nobody has started to translate into this language")
	ErrNotEmpty = errors.New("the language has words: empty them first, or keep it")
)

// mostLanguages is how many languages a council may translate into; mostLanguage is how long the name of one may be.
const (
	mostLanguages = 24
	mostLanguage  = 35
)

// languageForm is that of the languages of a council.
var languageForm = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)

// Status is a language and how much of it is translated.
type Status struct {
	Lang    string
	Parts   []PartStatus
	Missing int  // wordings that every questionnaire needs
	Forms   bool // pages around questionnaires are offered in it
	Reads   bool // what the council publishes is
}

// PartStatus is how much of a part is translated.
type PartStatus struct {
	Part          page.Part
	All, Complete int
}

// Language is a language with all that is translated into it.
type Language struct {
	Status
	Words   map[string]page.Word
	English map[string]string // what each was translated from
}

// Changed tells whether the English of a wording is another than the one it was translated from.
func (l Language) Changed(m page.Message) bool {
	before, ok := l.English[m.Key]
	return ok && before != english(m)
}

// english is the English of a wording in one line, as it is remembered beside its translation.
func english(m page.Message) string {
	if m.English.Forms == nil {
		return m.English.Text
	}
	return m.English.Forms["one"] + " / " + m.English.Forms["other"]
}

type wordRow struct {
	Language string `db:"language"`
	Key      string `db:"key"`
	Word     []byte `db:"word"`
	English  string `db:"english"`
}

type languageRow struct {
	Language string `db:"language"`
	Forms    bool   `db:"forms_ready"`
	Reads    bool   `db:"reads_ready"`
}

// Languages lists the languages that a council translates into, in order.
func (s Store) Languages(ctx context.Context, org tenant.Org) ([]Status, error) {
	tx, err := s.DB.Begin(ctx, org)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	all, err := s.read(ctx, tx, org)
	if err != nil {
		return nil, err
	}
	var list []Status
	for _, l := range all {
		list = append(list, l.Status)
	}
	slices.SortFunc(list, func(a, b Status) int { return strings.Compare(a.Lang, b.Lang) })
	return list, nil
}

// Language gives what is translated into a language; ErrMissing where nobody has started.
func (s Store) Language(ctx context.Context, org tenant.Org, lang string) (Language, error) {
	tx, err := s.DB.Begin(ctx, org)
	if err != nil {
		return Language{}, err
	}
	defer func() { _ = tx.Rollback() }()
	all, err := s.read(ctx, tx, org)
	if err != nil {
		return Language{}, err
	}
	l, ok := all[lang]
	if !ok {
		return Language{}, ErrMissing
	}
	return l, nil
}

// Words gives what a council has translated, for its pages.
func (s Store) Words(ctx context.Context, org tenant.Org) (map[string]page.Translation, error) {
	tx, err := s.DB.Begin(ctx, org)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	all, err := s.read(ctx, tx, org)
	if err != nil {
		return nil, err
	}
	list := map[string]page.Translation{}
	for lang, l := range all {
		list[lang] = page.Translation{Words: l.Words, Forms: l.Forms, Reads: l.Reads}
	}
	return list, nil
}

// Missing counts the wordings that customers would meet in English around a questionnaire in the language. It is how the review of
// a draft asks.
func (s Store) Missing(ctx context.Context, tx *sqlx.Tx, org tenant.Org, lang string, d surveys.Definition) (int, error) {
	if s.Catalogue.Speaks(lang) {
		return 0, nil
	}
	all, err := s.read(ctx, tx, org)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, m := range s.Catalogue.Messages() {
		if m.Needed(d.Equality) && !m.Complete(lang, all[lang].Words[m.Key]) {
			n++
		}
	}
	return n, nil
}

// Published gives what customers see now: surveys.Store.
type Published interface {
	Current(ctx context.Context, tx *sqlx.Tx, org tenant.Org) ([]surveys.Version, error)
}

// MayAdd tells whether a council may take the language: not while a published survey is written in it and wordings around its
// questions are missing, because customers would be offered it at once. The error is a wording.Refusal.
func (s Store) MayAdd(published Published) func(ctx context.Context, tx *sqlx.Tx, org tenant.Org, lang string) error {
	return func(ctx context.Context, tx *sqlx.Tx, org tenant.Org, lang string) error {
		if s.Catalogue.Speaks(lang) {
			return nil
		}
		versions, err := published.Current(ctx, tx, org)
		if err != nil {
			return err
		}
		for _, v := range versions {
			if !v.Definition.WrittenIn(lang) {
				continue
			}
			missing, err := s.Missing(ctx, tx, org, lang, v.Definition)
			if err != nil {
				return err
			}
			if missing > 0 {
				title, _ := v.Definition.Title.In("en")
				return wording.Refuse("languages", "translations.published_in|The published survey “{1}” has wordings in {2}, so customers "+
					"would be offered {2} at once, "+
					"with buttons and messages in English. Translate these first under Settings, “Translations”.",
					title, wording.LanguageName(lang))
			}
		}
		return nil
	}
}

// read gives every language of a council with its words.
func (s Store) read(ctx context.Context, tx *sqlx.Tx, org tenant.Org) (map[string]Language, error) {
	var languages []languageRow
	if err := tx.SelectContext(ctx, &languages, `
		SELECT language, forms_ready, reads_ready
		FROM   interface_languages
		WHERE  organisation_id = $1`, org); err != nil {
		return nil, fmt.Errorf("reading the languages that are translated: %w", err)
	}
	all := map[string]Language{}
	if len(languages) == 0 {
		return all, nil
	}
	for _, row := range languages {
		all[row.Language] = Language{Status: Status{Lang: row.Language, Forms: row.Forms, Reads: row.Reads},
			Words: map[string]page.Word{}, English: map[string]string{}}
	}
	var words []wordRow
	if err := tx.SelectContext(ctx, &words, `
		SELECT language, key, word, english
		FROM   interface_words
		WHERE  organisation_id = $1`, org); err != nil {
		return nil, fmt.Errorf("reading translated words: %w", err)
	}
	for _, row := range words {
		var word page.Word
		if err := json.Unmarshal(row.Word, &word); err != nil {
			return nil, fmt.Errorf("reading the word %s in %s: %w", row.Key, row.Language, err)
		}
		all[row.Language].Words[row.Key], all[row.Language].English[row.Key] = word, row.English
	}
	for lang, l := range all {
		l.count(s.Catalogue.Messages())
		all[lang] = l
	}
	return all, nil
}

// count works out how much is translated.
func (l *Language) count(messages []page.Message) {
	l.Missing = 0
	l.Parts = make([]PartStatus, len(page.Parts))
	for i, part := range page.Parts {
		l.Parts[i].Part = part
	}
	for _, m := range messages {
		at := slices.Index(page.Parts, m.Part)
		if at < 0 {
			continue
		}
		l.Parts[at].All++
		if m.Complete(l.Lang, l.Words[m.Key]) {
			l.Parts[at].Complete++
		} else if m.Needed(nil) {
			l.Missing++
		}
	}
}

// whole tells whether a part has all its words.
func (l Language) whole(part page.Part) bool {
	at := slices.Index(page.Parts, part)
	return l.Parts[at].All == l.Parts[at].Complete
}

// Add starts a language. One that is there already stays as it is.
func (s Store) Add(ctx context.Context, by tenant.Actor, lang string) error {
	tag, err := language.Parse(lang)
	switch {
	case len(lang) > mostLanguage || !languageForm.MatchString(lang) || err != nil || tag == language.Und:
		return wording.Refuse("language", "translations.choose_language|Choose a language from the list, or write its code, such as ur "+
			"for Urdu or pa-Arab for Punjabi in Arabic letters.")
	case s.Catalogue.Speaks(lang):
		return wording.Refuse("language", "translations.language_built_in|The program has its own words in this language. Choose another one.")
	}
	tx, err := s.DB.Begin(ctx, by.Org)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	var n int
	if err := tx.GetContext(ctx, &n, `
		SELECT count(*)
		FROM   interface_languages
		WHERE  organisation_id = $1 AND language <> $2`, by.Org, lang); err != nil {
		return err
	}
	if n >= mostLanguages {
		return wording.Refuse("language", "translations.many_languages|There are %s languages already. Remove one that is empty first.", n)
	}
	added, err := tx.ExecContext(ctx, `
		INSERT INTO interface_languages (organisation_id, language)
		VALUES ($1, $2)
		ON CONFLICT (organisation_id, language) DO NOTHING`, by.Org, lang)
	if err != nil {
		return fmt.Errorf("adding the language %s: %w", lang, err)
	}
	if rows, _ := added.RowsAffected(); rows == 0 {
		return nil
	}
	if err := s.Ledger.Record(ctx, tx, by, "translation.started", "language "+lang, nil, nil); err != nil {
		return err
	}
	return tx.Commit()
}

// Remove takes a language away into which nothing is translated; ErrNotEmpty where something is, ErrMissing where it is not there.
func (s Store) Remove(ctx context.Context, by tenant.Actor, lang string) error {
	tx, err := s.DB.Begin(ctx, by.Org)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if err := lock(ctx, tx, by.Org, lang); err != nil {
		return err
	}
	var n int
	if err := tx.GetContext(ctx, &n, `
		SELECT count(*)
		FROM   interface_words
		WHERE  organisation_id = $1 AND language = $2`, by.Org, lang); err != nil {
		return err
	}
	if n > 0 {
		return ErrNotEmpty
	}
	if _, err := tx.ExecContext(ctx, `
		DELETE FROM interface_languages
		WHERE  organisation_id = $1 AND language = $2`, by.Org, lang); err != nil {
		return fmt.Errorf("removing the language %s: %w", lang, err)
	}
	if err := s.Ledger.Record(ctx, tx, by, "translation.removed", "language "+lang, nil, nil); err != nil {
		return err
	}
	return tx.Commit()
}

// lock has those who change a language do it one after the other.
func lock(ctx context.Context, tx *sqlx.Tx, org tenant.Org, lang string) error {
	var locked string
	err := tx.GetContext(ctx, &locked, `
		SELECT language
		FROM   interface_languages
		WHERE  organisation_id = $1 AND language = $2
		FOR    UPDATE`, org, lang)
	if errors.Is(err, sql.ErrNoRows) {
		return ErrMissing
	}
	return err
}
