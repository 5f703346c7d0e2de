package staff

import (
	"fmt"
	"strings"

	"yousaid/server/page"
	"yousaid/surveys"
	"yousaid/surveys/lint"
)

// unspoken finds the languages of the council in which a questionnaire says something and the pages around it say nothing: buttons, errors and the notice on privacy would
// be in English, which somebody who chose the language may not read.
func (p *Pages) unspoken(languages []string, d surveys.Definition) lint.Findings {
	var found lint.Findings
	for _, lang := range languages {
		if p.Set.Speaks(lang) || !writtenIn(d, lang) {
			continue
		}
		name := lint.LanguageWord(lang)
		found = append(found, lint.Finding{Rule: "Q17", Severity: lint.Error, Sentence: fmt.Sprintf("The buttons, error messages and notices around the questions have no words in %[1]s, so the survey cannot be published in %[1]s. "+
			"Take %[1]s off the council’s languages (Settings, “Name, colour and languages”); the %[1]s wordings of the survey are kept. What there is to translate is listed under Settings, “Translations”.", name)})
	}
	return found
}

// writtenIn tells whether the title or a question has a wording in the language, which offers it to customers.
func writtenIn(d surveys.Definition, lang string) bool {
	if strings.TrimSpace(d.Title[lang]) != "" {
		return true
	}
	for _, q := range d.Questions() {
		if strings.TrimSpace(q.Text[lang]) != "" {
			return true
		}
	}
	return false
}

// toTranslate is the list of English wordings that the languages lack, with the languages by name; no list where all have their words.
func (p *Pages) toTranslate(languages []string) (lacking []string, list page.Table) {
	for _, lang := range languages {
		if !p.Set.Speaks(lang) {
			lacking = append(lacking, lint.LanguageWord(lang))
		}
	}
	if len(lacking) == 0 {
		return nil, list
	}
	list = page.Table{Caption: "Wordings to translate", Columns: []page.Column{{Text: "English"}, {Text: "Name of the wording"}}}
	for _, w := range p.Set.Wordings() {
		list.Rows = append(list.Rows, []page.Cell{{Text: w.English, Head: true}, {Text: w.Key}})
	}
	return lacking, list
}
