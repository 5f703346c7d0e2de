package page

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"

	"yousaid/surveys/bank"
	"yousaid/surveys/question"
	"yousaid/surveys/wording"
)

// Message is a wording of the pages for customers, as it is translated: in English, with what is filled in as {1}, {2} or {name}.
type Message struct {
	Key     string
	Part    Part
	English Word
	About   string // the characteristic whose questions it belongs to; "" for all others
}

// Part is where a wording stands. People translate one after the other.
type Part string

// The parts. A language is ready for questionnaires with all of them but the last; About only where a questionnaire asks it.
const (
	PartQuestions Part = "questions" // the pages of a questionnaire
	PartAnswers   Part = "answers"   // what to put right in an answer
	PartAfter     Part = "after"     // thanks, receipts, forms that are closed
	PartErrors    Part = "errors"    // when something goes wrong
	PartNotices   Part = "notices"   // privacy, cookies, accessibility
	PartAbout     Part = "about"     // the questions about the person
	PartCouncil   Part = "council"   // what the council publishes
)

// Parts lists them in the order in which customers meet them.
var Parts = []Part{PartQuestions, PartAnswers, PartAfter, PartErrors, PartNotices, PartAbout, PartCouncil}

// partsByPrefix says where the wordings stand whose names begin so, in the order in which customers meet them. A test finds those
// that stand nowhere.
var partsByPrefix = []struct {
	prefix string
	part   Part
}{
	{"questions", PartQuestions}, {"question", PartQuestions}, {"page", PartQuestions}, {"equality", PartQuestions},
	{"unsaved", PartQuestions}, {"too_many", PartQuestions}, {"field", PartQuestions},
	{"date", PartQuestions}, {"month", PartQuestions}, {"answer", PartAnswers}, {"thanks", PartAfter}, {"spent", PartAfter},
	{"closed", PartAfter}, {"receipt", PartAfter}, {"error", PartErrors},
	{"footer", PartNotices}, {"privacy", PartNotices}, {"cookies", PartNotices}, {"accessibility", PartNotices}, {"about", PartAbout},
	{"council", PartCouncil}, {"said", PartCouncil},
	{"performance", PartCouncil}, {"figure", PartCouncil}, {"chart", PartCouncil}, {"table", PartCouncil}, {"pager", PartCouncil},
	{"file", PartCouncil}, {"workbook", PartCouncil}, {"sheet", PartCouncil}, {"list", PartCouncil},
	{"poster", PartQuestions},
}

// placeOf is the place of a wording in that order, and its part; -1 for one that stands nowhere.
func placeOf(key string) (place int, part Part) {
	prefix, _, _ := strings.Cut(key, ".")
	for i, p := range partsByPrefix {
		if p.prefix == prefix {
			return i, p.part
		}
	}
	return -1, ""
}

// forStaff are wordings of shared pieces of pages that only staff meet.
var forStaff = []string{"page.sign_out", "typed_day.none", "typed_day.numbers", "flash.good", "flash.note"}

// withReceipts are wordings of what the council did that a receipt shows too.
var withReceipts = []string{"said.you", "said.did", "said.doing", "said.cannot", "said.whole", "said.number", "said.figure",
	"said.deliverable", "said.corrected", "said.done", "said.done_on", "said.under_way",
	"said.by", "said.overdue", "said.was_due", "said.not_possible", "figure.satisfied", "figure.mean", "figure.answers",
	"figure.range", "figure.period"}

// Messages lists what a language needs so that the pages for customers speak it, part by part.
func (c *Catalogue) Messages() []Message {
	c.listing.Do(func() {
		var list []Message
		for key, word := range c.words["en"].list {
			if slices.Contains(forStaff, key) {
				continue
			}
			_, part := placeOf(key)
			if slices.Contains(withReceipts, key) {
				part = PartAfter
			}
			list = append(list, Message{Key: key, Part: part, English: asGaps(word)})
		}
		for _, word := range question.UsualWords() {
			list = append(list, ownMessage(word, PartQuestions))
		}
		list = append(list, aboutPeople()...)
		order := func(w Message) int { return slices.Index(Parts, w.Part) }
		slices.SortStableFunc(list, func(a, b Message) int {
			if d := order(a) - order(b); d != 0 {
				return d
			}
			i, _ := placeOf(a.Key)
			if j, _ := placeOf(b.Key); i != j {
				return i - j
			}
			if a.Part == PartAbout {
				return 0 // in the order in which they are asked
			}
			return compareKeys(a.Key, b.Key)
		})
		c.listed = list
	})
	return c.listed
}

// compareKeys puts names in order, the numbers in them as numbers.
func compareKeys(a, b string) int {
	i, j := strings.LastIndexByte(a, '.'), strings.LastIndexByte(b, '.')
	if i > 0 && j > 0 && a[:i] == b[:j] {
		m, err1 := strconv.Atoi(a[i+1:])
		n, err2 := strconv.Atoi(b[j+1:])
		if err1 == nil && err2 == nil {
			return m - n
		}
	}
	return strings.Compare(a, b)
}

// asGaps writes {1}, {2}… for each %s.
func asGaps(w Word) Word {
	number := func(text string) string {
		for n := 1; strings.Contains(text, "%s"); n++ {
			text = strings.Replace(text, "%s", "{"+strconv.Itoa(n)+"}", 1)
		}
		return text
	}
	out := Word{Text: number(w.Text)}
	for form, text := range w.Forms {
		if out.Forms == nil {
			out.Forms = map[string]string{}
		}
		out.Forms[form] = number(text)
	}
	return out
}

// ownMessage is a name of ours as it is translated.
func ownMessage(word wording.Ours, part Part) Message {
	english, _ := word.In("en")
	return Message{Key: word.Key, Part: part, English: Word{Text: english}}
}

func aboutPeople() (list []Message) {
	seen := map[string]bool{}
	for _, c := range bank.Characteristics() {
		asked, tables := c.Words()
		for i, word := range slices.Concat(asked, tables) {
			if seen[word.Key] {
				continue
			}
			seen[word.Key] = true
			m := ownMessage(word, PartAbout)
			if i >= len(asked) {
				m.Part = PartCouncil
			} else if word.Key != bank.Key("", bank.PreferNotToSay) {
				m.About = c.ID
			}
			list = append(list, m)
		}
	}
	return list
}

// Needed tells whether the pages of a questionnaire show the wording, which asks for the characteristics.
func (w Message) Needed(characteristics []string) bool {
	switch w.Part {
	case PartCouncil:
		return false
	case PartAbout:
		return slices.Contains(characteristics, w.About) || w.About == "" && len(characteristics) > 0
	}
	return true
}

// gap is what is filled in: {1} by its place, {limit} by its name.
var gap = regexp.MustCompile(`\{([1-9]|[a-z_]+)\}`)

// Gaps lists what is filled in, in order, each once.
func (w Message) Gaps() (list []string) {
	for _, text := range append([]string{w.English.Text}, w.English.Forms["one"], w.English.Forms["other"]) {
		for _, g := range gap.FindAllString(text, -1) {
			if !slices.Contains(list, g) {
				list = append(list, g)
			}
		}
	}
	slices.Sort(list)
	return list
}

// PluralForm is a form that a language has for some numbers.
type PluralForm struct {
	Name     string // zero, one, two, few, many, other
	Examples []int  // numbers for which it stands, the first few
	Single   bool   // it stands for this number and no other, so that the number itself need not be said
}

// PluralForms lists the forms that a language has for whole numbers, by CLDR.
func PluralForms(lang string) []PluralForm {
	tag := language.Make(lang)
	found := map[string]*PluralForm{}
	counts := map[string]int{}
	for n := range 1001 {
		name := form(tag, n)
		if found[name] == nil {
			found[name] = &PluralForm{Name: name}
		}
		if counts[name]++; len(found[name].Examples) < 4 {
			found[name].Examples = append(found[name].Examples, n)
		}
	}
	for _, n := range []int{1_000_000, 1_500_000, 2_000_000} { // some languages have a form for millions; without one the form "other" stands
		if name := form(tag, n); found[name] == nil && found["other"] == nil {
			found["other"] = &PluralForm{Name: "other", Examples: []int{n}}
		}
	}
	var list []PluralForm
	for _, name := range []string{"zero", "one", "two", "few", "many", "other"} {
		if f := found[name]; f != nil {
			f.Single = counts[name] == 1
			list = append(list, *f)
		}
	}
	return list
}

// FormsOf lists the forms in which the wording is needed in a language: nil for one that does not count.
func (w Message) FormsOf(lang string) []PluralForm {
	if w.English.Forms == nil {
		return nil
	}
	return PluralForms(lang)
}

// MostOf is how many characters a translation may have.
func (w Message) MostOf() int {
	longest := 0
	for _, text := range append([]string{w.English.Text}, w.English.Forms["one"], w.English.Forms["other"]) {
		longest = max(longest, utf8.RuneCountInString(text))
	}
	return 4*longest + 60
}

// Fault says what is wrong with one text of a translation, where something is. single is that of its plural form.
func (w Message) Fault(text string, single bool) (why wording.Message, faulty bool) {
	switch {
	case text == "":
		return why, false
	case !utf8.ValidString(text) || strings.ContainsFunc(text, forbidden):
		return wording.Say("translations.sign|Write this again in one line: it has a sign that no page can show."), true
	case utf8.RuneCountInString(text) > w.MostOf():
		return wording.Say("translations.long|Write this in %s characters at the most. It has %s.", w.MostOf(),
			utf8.RuneCountInString(text)), true
	}
	wanted := w.Gaps()
	var has, missing []string
	for _, g := range gap.FindAllString(text, -1) {
		switch {
		case len(wanted) == 0:
			return wording.Say("translations.no_gaps|Take %s out: nothing is filled in here.", g), true
		case !slices.Contains(wanted, g):
			return wording.Say("translations.other_gaps|Take %s out: only %s can be filled in here.", g, wording.Both(wanted)), true
		case slices.Contains(has, g):
			return wording.Say("translations.gap_twice|Write %s once: it stands here twice.", g), true
		}
		has = append(has, g)
	}
	for _, g := range wanted {
		if !slices.Contains(has, g) {
			missing = append(missing, g)
		}
	}
	if len(missing) > 1 || len(missing) == 1 && !single {
		return wording.Say("translations.gap_missing|Write %s where it belongs: a number, a name or a date is filled in there.",
			wording.Both(missing)), true
	}
	if rest := gap.ReplaceAllString(text, ""); strings.ContainsAny(rest, "{}") || strings.Contains(rest, "%s") {
		return wording.Say("translations.braces|Take { and } out, and %s: they stand only around what is filled in."), true
	}
	return why, false
}

// forbidden are signs that would break a line, turn the text around them, or cannot be stored.
func forbidden(r rune) bool {
	return unicode.IsControl(r) || r == utf8.RuneError || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 || r == 0x2028 ||
		r == 0x2029 || r >= 0xFDD0 && r <= 0xFDEF || r&0xFFFE == 0xFFFE
}

// Complete tells whether a translation has all that the wording needs in a language, and nothing wrong.
func (w Message) Complete(lang string, word Word) bool {
	if w.English.Forms == nil {
		_, faulty := w.Fault(word.Text, false)
		return word.Text != "" && !faulty
	}
	for _, f := range w.FormsOf(lang) {
		text := word.Forms[f.Name]
		if _, faulty := w.Fault(text, f.Single); faulty || text == "" {
			return false
		}
	}
	return true
}

// Council makes the words of a language of what a council has translated. What does not fit the wordings of this program (they may
// have changed since) is left out.
func (c *Catalogue) Council(lang string, list map[string]Word) *Words {
	w := &Words{lang: lang, tag: language.Make(lang), list: map[string]Word{}}
	for _, m := range c.Messages() {
		if word, ok := list[m.Key]; ok && m.Complete(lang, word) {
			if english := m.English.Text; strings.HasSuffix(english, " ") { // "Error: " stands before another text
				word.Text += " "
			}
			w.list[m.Key] = word
		}
	}
	return w
}

// Translation is what a council has translated into a language.
type Translation struct {
	Words map[string]Word // by the name of the wording
	Forms bool            // it was complete for questionnaires: pages around them are offered in the language
	Reads bool            // likewise for what the council publishes
}
