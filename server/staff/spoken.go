package staff

import (
	"yousaid/server/page"
	"yousaid/surveys/lint"
)

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
	for _, w := range p.Set.Messages() {
		list.Rows = append(list.Rows, []page.Cell{{Text: w.English.Text, Head: true}, {Text: w.Key}})
	}
	return lacking, list
}
