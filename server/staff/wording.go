package staff

import (
	"context"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"yousaid/server/page"
	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
	"yousaid/surveys/wording"
)

// Language is a language in which the council's pages are written, with the fields of one wording.
type Language struct {
	Lang, Dir, Name string
}

// Languages are the languages of the organisation, its main one first.
func Languages(c echo.Context) []Language {
	var list []Language
	for _, lang := range Organisation(c).Languages {
		list = append(list, Language{lang, page.Direction(lang), page.LanguageName(lang)})
	}
	return list
}

// WordingOf reads the fields name-en, name-cy … of a form. A language that the council does not have keeps what it had.
func WordingOf(c echo.Context, name string, before question.Text) question.Text {
	t := before.Clone()
	for _, lang := range Organisation(c).Languages {
		value := LongText(c.FormValue(name + "-" + lang))
		if value == "" {
			delete(t, lang)
			continue
		}
		if t == nil {
			t = question.Text{}
		}
		t[lang] = value
	}
	return t
}

// LongText is what was written in a field of a staff form, without what no text can hold.
func LongText(s string) string {
	return strings.TrimSpace(strings.ReplaceAll(strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\x00", ""), "\r\n", "\n"))
}

// Wording is one text to write in every language of the council, side by side.
type Wording struct {
	Page      page.Page
	Name      string
	Label     string
	Hint      string
	Lines     int
	Languages []Language
	Text      question.Text
}

// Described gives the ids of the hint and the error message of a language's field.
func (w Wording) Described(lang string) string {
	f := page.Field{ID: w.Name + "-" + lang, Hint: w.Hint, Problem: w.Problem(lang)}
	return f.DescribedBy()
}

// Value is the text in a language.
func (w Wording) Value(lang string) string { return w.Text[lang] }

// Problem is what is wrong with it in a language.
func (w Wording) Problem(lang string) string { return w.Page.Problems.For(w.Name + "-" + lang) }

// Labelled is the label of the field of a language.
func (w Wording) Labelled(t Language) string {
	if len(w.Languages) == 1 {
		return w.Label
	}
	return w.Label + " – " + t.Name
}

// WordingFaults tells what cannot be saved of a wording, at its fields.
func WordingFaults(frame page.Page, ps *page.Problems, name string, t question.Text) {
	for _, lang := range slices.Sorted(func(yield func(string) bool) {
		for l := range t {
			if !yield(l) {
				return
			}
		}
	}) {
		if why, faulty := (question.Text{lang: t[lang]}).Fault(); faulty {
			ps.Add(name+"-"+lang, frame.Say(wording.Say("staff.write_this_again|Write this again: %s.", why)))
		}
	}
}

// NoteOf reads the note that the public reads with a change. Where it is needed it must be written in every language.
func NoteOf(c echo.Context, problems *page.Problems, needed bool) Wording {
	w := Wording{
		Name:      "note",
		Label:     page.T(c, "staff.note_that_the_public|Note that the public reads"),
		Lines:     2,
		Languages: Languages(c),
		Text:      WordingOf(c, "note", nil),
	}
	WordingFaults(page.New(c), problems, "note", w.Text)
	for _, lang := range Organisation(c).Languages {
		if needed && w.Text[lang] == "" {
			problems.Add(
				"note-"+lang,
				page.T(c, "staff.say_in_what_changed|Say in %s what changed and why: the public reads it.", page.New(c).LanguageWord(lang)),
			)
		}
	}
	return w
}

// wordsReader reads what a council has translated itself.
type wordsReader interface {
	Words(ctx context.Context, org tenant.Org) (map[string]page.Translation, error)
}

// OwnWords are what the council has translated itself; none where the program has words in all its languages.
func OwnWords(c echo.Context, set *page.Set, from wordsReader) (map[string]*page.Words, error) {
	org := Organisation(c)
	if !slices.ContainsFunc(org.Languages, func(lang string) bool { return !set.Speaks(lang) }) {
		return nil, nil
	}
	list, err := from.Words(c.Request().Context(), org.ID)
	words := map[string]*page.Words{}
	for lang, t := range list {
		words[lang] = set.Council(lang, t.Words)
	}
	return words, err
}
