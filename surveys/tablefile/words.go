package tablefile

import (
	"fmt"

	"golang.org/x/text/language"

	"yousaid/surveys/wording"
)

// words are what a file says by itself in one language.
type words struct {
	wording.Speaker
	tag                                                          string // of the file's properties
	cover, notes                                                 string // names of worksheets
	note                                                         string // in a marker such as [note 1]
	oneTable, seeNotes                                           string
	noteNumber, noteText, notesTitle                             string
	organisation, period, published, source, contact, worksheets string
	symbols, keywords                                            string
	explain                                                      map[Shorthand]string
}

// wordsOf are the words of a language; nil is English.
func wordsOf(speaker wording.Speaker) words {
	if speaker == nil {
		speaker = wording.English
	}
	say := func(text string) string { return speaker.Say(wording.Say(text)) }
	return words{
		Speaker: speaker, tag: Tag(speaker.Language()),
		cover:        say("workbook.cover|Cover"),
		notes:        say("workbook.notes|Notes"),
		note:         say("workbook.note|note"),
		oneTable:     say("workbook.one_table|This worksheet contains one table."),
		seeNotes:     say("workbook.see_notes|Some cells refer to notes which can be found on the Notes worksheet."),
		noteNumber:   say("workbook.note_number|Note number"),
		noteText:     say("workbook.note_text|Note text"),
		notesTitle:   say("workbook.notes_title|Notes"),
		organisation: say("workbook.organisation|Published by"),
		period:       say("workbook.period|Period"),
		published:    say("workbook.published|Date published"),
		source:       say("workbook.source|Source"),
		contact:      say("workbook.contact|Contact"),
		worksheets:   say("workbook.worksheets|Worksheets"),
		symbols:      say("workbook.symbols|Symbols used in the tables"),
		keywords:     say("workbook.keywords|customer feedback, satisfaction, survey"),
		explain: map[Shorthand]string{
			Confidential: say("workbook.confidential|[c] means confidential: the figure is hidden to protect people in small groups."),
			LowReliability: say("workbook.low_reliability|[u] means low reliability: fewer than 30 people answered, so the figure may be " +
				"far from what everyone would say."),
			NotAvailable:  say("workbook.not_available|[x] means not available: the question was asked and nobody answered it."),
			NotApplicable: say("workbook.not_applicable|[z] means not applicable: this group was not asked the question."),
		},
	}
}

// explained says what the shorthands in the tables mean, one a line.
func (w words) explained(tables ...Sheet) (lines []string) {
	used := map[Shorthand]bool{}
	for _, t := range tables {
		for _, s := range t.shorthandUsed() {
			used[s] = true
		}
	}
	for _, s := range shorthands {
		if used[s] {
			lines = append(lines, w.explain[s])
		}
	}
	return lines
}

// marker is what stands where a note is referred to: "[note 1]".
func (w words) marker(n int) string { return fmt.Sprintf("[%s %d]", w.note, n) }

// Tag is the language of a file's properties and parts: spreadsheets and word processors choose a dictionary by it, so the
// languages of the United Kingdom have their region.
func Tag(lang string) string {
	tag, err := language.Parse(lang)
	if err != nil {
		return lang
	}
	if base, _ := tag.Base(); base.String() == "en" && tag.String() == "en" {
		return "en-GB"
	}
	if region, _ := tag.Region(); region.String() == "GB" && tag.String() == lang && len(lang) == 2 {
		return lang + "-GB"
	}
	return lang
}
