package tablefile

import (
	"fmt"
	"time"
)

// words are what a file says by itself in one language.
type words struct {
	tag                                                          string // of the file's properties
	cover, notes                                                 string // names of worksheets
	note                                                         string // in a marker such as [note 1]
	oneTable, seeNotes                                           string
	noteNumber, noteText, notesTitle                             string
	organisation, period, published, source, contact, worksheets string
	symbols, keywords                                            string
	explain                                                      map[Shorthand]string
	months                                                       [12]string
}

func (w words) date(t time.Time) string {
	return fmt.Sprintf("%d %s %d", t.Day(), w.months[t.Month()-1], t.Year())
}

// languages by their code. The Welsh has not been checked by a speaker yet.
var languages = map[string]words{
	"en": {
		tag: "en-GB", cover: "Cover", notes: "Notes", note: "note",
		oneTable:   "This worksheet contains one table.",
		seeNotes:   "Some cells refer to notes which can be found on the Notes worksheet.",
		noteNumber: "Note number", noteText: "Note text", notesTitle: "Notes",
		organisation: "Published by", period: "Period", published: "Date published", source: "Source", contact: "Contact",
		worksheets: "Worksheets", symbols: "Symbols used in the tables",
		keywords: "customer feedback, satisfaction, survey",
		explain: map[Shorthand]string{
			Confidential:   "[c] means confidential: the figure is hidden to protect people in small groups.",
			LowReliability: "[u] means low reliability: fewer than 30 people answered, so the figure may be far from what everyone would say.",
			NotAvailable:   "[x] means not available: the question was asked and nobody answered it.",
			NotApplicable:  "[z] means not applicable: this group was not asked the question.",
		},
		months: [12]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
	},
	"cy": {
		tag: "cy-GB", cover: "Clawr", notes: "Nodiadau", note: "nodyn",
		oneTable:   "Mae'r daflen waith hon yn cynnwys un tabl.",
		seeNotes:   "Mae rhai celloedd yn cyfeirio at nodiadau sydd ar y daflen waith Nodiadau.",
		noteNumber: "Rhif y nodyn", noteText: "Testun y nodyn", notesTitle: "Nodiadau",
		organisation: "Cyhoeddwyd gan", period: "Cyfnod", published: "Dyddiad cyhoeddi", source: "Ffynhonnell", contact: "Cyswllt",
		worksheets: "Taflenni gwaith", symbols: "Symbolau a ddefnyddir yn y tablau",
		keywords: "adborth cwsmeriaid, bodlonrwydd, arolwg",
		explain: map[Shorthand]string{
			Confidential:   "Mae [c] yn golygu cyfrinachol: mae'r ffigur wedi'i guddio er mwyn diogelu pobl mewn grwpiau bach.",
			LowReliability: "Mae [u] yn golygu dibynadwyedd isel: atebodd llai na 30 o bobl, felly gall y ffigur fod ymhell o farn pawb.",
			NotAvailable:   "Mae [x] yn golygu nad yw ar gael: gofynnwyd y cwestiwn ac ni atebodd neb.",
			NotApplicable:  "Mae [z] yn golygu nad yw'n berthnasol: ni ofynnwyd y cwestiwn i'r grŵp hwn.",
		},
		months: [12]string{"Ionawr", "Chwefror", "Mawrth", "Ebrill", "Mai", "Mehefin", "Gorffennaf", "Awst", "Medi", "Hydref", "Tachwedd", "Rhagfyr"},
	},
}
