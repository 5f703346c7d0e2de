package lint

import (
	"context"
	"strings"

	"github.com/jmoiron/sqlx"

	"yousaid/surveys"
	"yousaid/surveys/tenant"
	"yousaid/surveys/wording"
)

// Rules reads drafts for the store of surveys: the rules of this package, and whether the pages around the questions have words in
// the languages of the survey.
type Rules struct{ Words Words }

// Words tells how many of the words that customers meet around a questionnaire are missing in a language: its buttons, error
// messages and notices. server/translations.Store. Where there is none, only English and Welsh have words.
type Words interface {
	Missing(ctx context.Context, tx *sqlx.Tx, org tenant.Org, lang string, d surveys.Definition) (int, error)
}

// Review reads a questionnaire that is shown in the languages of the organisation.
func (r Rules) Review(ctx context.Context, tx *sqlx.Tx, org tenant.Org, d surveys.Definition, languages []string) (Findings, error) {
	found := Review(d, languages)
	for _, lang := range languages {
		if !d.WrittenIn(lang) {
			continue
		}
		missing, err := r.missing(ctx, tx, org, lang, d)
		if err != nil {
			return nil, err
		}
		if missing != 0 {
			found = append(found, wordless(lang, missing))
		}
	}
	return found, nil
}

// allMissing stands for a language without any words.
const allMissing = -1

func (r Rules) missing(ctx context.Context, tx *sqlx.Tx, org tenant.Org, lang string, d surveys.Definition) (int, error) {
	if r.Words != nil {
		return r.Words.Missing(ctx, tx, org, lang, d)
	}
	if base, _, _ := strings.Cut(lang, "-"); base == "en" || base == "cy" {
		return 0, nil
	}
	return allMissing, nil
}

// wordless says that somebody who chose the language would meet buttons and errors in English, which they may not read.
func wordless(lang string, missing int) Finding {
	name := wording.LanguageName(lang)
	words := wording.Counting("lint.wordless_some|%s wording of the buttons, error messages and notices around the questions is not "+
		"translated into %s yet.|%s wordings of the buttons, error messages and notices around the questions are not translated into %s yet.",
		missing, missing, name)
	if missing == allMissing {
		words = wording.Say("lint.wordless_all|The buttons, error messages and notices around the questions are not translated into %s yet.",
			name)
	}
	return Finding{Rule: "Q17", Severity: Error, Sentence: wording.Say("lint.wordless|{1} So the survey cannot be published in {2}. "+
		"Translate what is missing under Settings, “Translations”. Or take {2} off the council’s languages (Settings, “Name, colour "+
		"and languages”): the {2} wordings of the survey are kept.", words, name)}
}
