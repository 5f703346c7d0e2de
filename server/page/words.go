package page

import (
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"path"
	"slices"
	"sort"
	"strings"
	"sync"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/bidi"

	"yousaid/static"
	"yousaid/surveys/wording"
)

// Word is a wording of the interface in one language, and whether a speaker has read it.
type Word struct {
	Text     string            `json:"text,omitempty"`
	Forms    map[string]string `json:"forms,omitempty"` // by CLDR plural form: zero, one, two, few, many, other
	Reviewed bool              `json:"reviewed"`
	Source   string            `json:"source,omitempty"` // where a reviewed wording was taken from
}

// Words is the catalogue of one language: one that comes with the program, or what a council has translated itself. English needs
// none: it stands in the templates.
type Words struct {
	lang  string
	tag   language.Tag
	list  map[string]Word
	built bool // it comes with the program
}

// Catalogue is every word of the interface that comes with the program, and what there is to translate. Commands that show no page
// load it alone.
type Catalogue struct {
	words map[string]*Words // by language
	staff map[string]Word   // the sentences of the staff pages in English, by key

	listing sync.Once
	listed  []Message

	mu       sync.Mutex
	wordless map[string]*Words // by language: those without words
}

// LoadCatalogue reads the words, once, however many ask.
func LoadCatalogue() (*Catalogue, error) { return catalogued() }

var catalogued = sync.OnceValues(func() (*Catalogue, error) { return loadCatalogue(static.Files) })

func loadCatalogue(files fs.FS) (*Catalogue, error) {
	words, err := loadWords(files)
	if err != nil {
		return nil, err
	}
	c := &Catalogue{words: words}
	body, err := fs.ReadFile(files, staffWords)
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(body, &c.staff); err != nil {
		return nil, fmt.Errorf("reading %s: %w", staffWords, err)
	}
	return c, nil
}

// staffWords lists the sentences of the staff pages in English. The words for customers are in locales/en.json; a language has both
// in its one file.
const staffWords = "locales/staff/en.json"

func loadWords(files fs.FS) (map[string]*Words, error) {
	all := map[string]*Words{}
	catalogues, err := fs.Glob(files, "locales/*.json")
	if err != nil {
		return nil, err
	}
	for _, file := range catalogues {
		lang := strings.TrimSuffix(path.Base(file), ".json")
		tag, err := language.Parse(lang)
		if err != nil {
			return nil, fmt.Errorf("%s is not named by a language: %w", file, err)
		}
		body, err := fs.ReadFile(files, file)
		if err != nil {
			return nil, err
		}
		w := &Words{lang: lang, tag: tag, built: true}
		if err := json.Unmarshal(body, &w.list); err != nil {
			return nil, fmt.Errorf("reading %s: %w", file, err)
		}
		all[lang] = w
	}
	if all["en"] == nil {
		return nil, fmt.Errorf("locales/en.json is missing")
	}
	return all, nil
}

// builtIn gives the catalogue of the language or of its parent ("cy-GB" has that of "cy"), or nil.
func (c *Catalogue) builtIn(lang string) *Words {
	for tag := lang; tag != ""; {
		if w, ok := c.words[tag]; ok {
			return w
		}
		cut := strings.LastIndexByte(tag, '-')
		if cut < 0 {
			break
		}
		tag = tag[:cut]
	}
	return nil
}

// mostWordless is how many languages without words are remembered. Councils have few languages, so that more are somebody's tries.
const mostWordless = 100

// wordsOf gives the catalogue of the language or of its parent; of another language, one without words, always the same.
func (c *Catalogue) wordsOf(lang string) *Words {
	if w := c.builtIn(lang); w != nil {
		return w
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if w := c.wordless[lang]; w != nil {
		return w
	}
	if c.wordless == nil || len(c.wordless) >= mostWordless {
		c.wordless = map[string]*Words{}
	}
	w := &Words{lang: lang, tag: language.Make(lang)}
	c.wordless[lang] = w
	return w
}

// find gives the wording of "key|English"; native is false where it had to stay English.
func (w *Words) find(message string) (text string, native bool) {
	key, english, _ := strings.Cut(message, "|")
	if w.lang == "en" || english == "" { // what has no words has none in any language
		return english, true
	}
	if word := w.word(key); word.Text != "" {
		return word.Text, true
	}
	return english, false
}

// word is the wording of a key. A month in a date is the month by itself where there is no other form.
func (w *Words) word(key string) Word {
	if month, ok := strings.CutPrefix(key, wording.InDate); ok && w.list[key].Text == "" {
		return w.list["month."+month]
	}
	return w.list[key]
}

// findPlural does so for "key|one|other" and a number.
func (w *Words) findPlural(message string, n int) (text string, native bool) {
	key, english, _ := strings.Cut(message, "|")
	one, other, _ := strings.Cut(english, "|")
	if forms := w.list[key].Forms; w.lang != "en" && forms != nil {
		if text := forms[form(w.tag, n)]; text != "" {
			return text, true
		}
		if text := forms["other"]; text != "" {
			return text, true
		}
	}
	if n == 1 {
		return one, w.lang == "en"
	}
	return other, w.lang == "en"
}

func form(tag language.Tag, n int) string {
	if n < 0 {
		n = -n
	}
	switch plural.Cardinal.MatchPlural(tag, n, 0, 0, 0, 0) {
	case plural.Zero:
		return "zero"
	case plural.One:
		return "one"
	case plural.Two:
		return "two"
	case plural.Few:
		return "few"
	case plural.Many:
		return "many"
	}
	return "other"
}

// mark gives a wording as HTML between marks that name its language, where it is not the page's.
func (w *Words) mark(text string, native bool, args []any) template.HTML {
	text = template.HTMLEscapeString(text)
	safe := make([]any, len(args))
	for i, arg := range args {
		switch arg := arg.(type) {
		case template.HTML:
			safe[i] = string(arg)
		case Text:
			if safe[i] = string(say(arg)); arg.Lang == "" {
				safe[i] = w.isolate(native, string(say(arg)))
			}
		default:
			safe[i] = w.isolate(native || !turns(fmt.Sprint(arg)), template.HTMLEscapeString(fmt.Sprint(arg)))
		}
	}
	text = wording.Fill(text, safe)
	if !native {
		text = inLanguage("en", text)
	}
	return template.HTML(text)
}

// isolate keeps a part in the page's language apart from a sentence that had to stay English.
func (w *Words) isolate(native bool, text string) string {
	if native {
		return text
	}
	return apart(w.lang, text)
}

// turns tells whether a text has letters that are written from right to left.
func turns(text string) bool {
	for _, r := range text {
		if p, _ := bidi.LookupRune(r); p.Class() == bidi.R || p.Class() == bidi.AL {
			return true
		}
	}
	return false
}

// plain gives a wording as text between marks, as mark does as HTML.
func (w *Words) plain(text string, native bool, args []any) string {
	if native {
		return wording.Fill(text, args)
	}
	parts := wording.Each(args, func(arg any) any {
		if t, ok := arg.(Text); ok && t.Lang != "" {
			return inLanguage(t.Lang, t.Text)
		} else if turns(fmt.Sprint(arg)) {
			return apart(w.lang, fmt.Sprint(arg))
		}
		return within("en", arg)
	})
	return inLanguage("en", wording.Fill(text, parts))
}

// Shipped lists the languages whose words come with the program, English first.
func (c *Catalogue) Shipped() []string {
	list := slices.Sorted(maps.Keys(c.words))
	at := slices.Index(list, "en")
	return slices.Concat([]string{"en"}, list[:at], list[at+1:])
}

// Untranslated counts the sentences of the staff pages that stay in English in a shipped language, and how many there are.
func (c *Catalogue) Untranslated(lang string) (missing, all int) {
	words := c.builtIn(lang)
	for key := range c.staff {
		if words == nil || lang != "en" && words.list[key].plain() == "" {
			missing++
		}
	}
	return missing, len(c.staff)
}

// Speaks tells whether the program itself has words in the language, or in its parent.
func (c *Catalogue) Speaks(lang string) bool { return c.builtIn(lang) != nil }

// funcs are the words that templates have, besides those of fields:
//
//	t       "key|English" args…        a wording as HTML, marked where it had to stay English
//	tt      the same as plain text, for where no mark-up may stand (title, option, arguments of other functions)
//	plural  "key|one|other" n args…    the wording for n
//	say     Text                       a text of a questionnaire, marked where it is in another language
//	word    wording.Message            a sentence of a rule, in the language of the page
//	inpage      the language and direction of the page as attributes, for what stands in an element that is named in another language
//	date, month, number, percent       in words and figures of the page's language
func (w *Words) funcs() template.FuncMap {
	return template.FuncMap{
		"t": func(message string, args ...any) template.HTML {
			text, native := w.find(message)
			return w.mark(text, native, args)
		},
		"tt": func(message string, args ...any) string {
			text, native := w.find(message)
			return w.plain(text, native, args)
		},
		"plural": func(message string, n int, args ...any) template.HTML {
			text, native := w.findPlural(message, n)
			return w.mark(text, native, args)
		},
		"say":  say,
		"word": w.say,
		"inpage": func() template.HTMLAttr {
			if w.built {
				return ""
			}
			return template.HTMLAttr(` lang="` + template.HTMLEscapeString(w.lang) + `" dir="` + Direction(w.lang) + `"`)
		},
		"date":    w.date,
		"month":   w.month,
		"number":  func(n int) string { return Number(n) },
		"percent": func(share float64) string { return Percent(share) },
	}
}

// say words a message, its parts in the language too, between marks where it had to stay English.
func (w *Words) say(m wording.Message) string {
	args := wording.Each(m.Args, w.arg)
	switch {
	case m.Count != nil:
		text, native := w.findPlural(m.Text, *m.Count)
		return w.plain(text, native, args)
	case m.Key() == "": // somebody's own words
		_, text, _ := strings.Cut(m.Text, "|")
		return wording.Fill(text, args)
	}
	text, native := w.find(m.Text)
	return w.plain(text, native, args)
}

// arg words what a message is filled with.
func (w *Words) arg(arg any) any {
	switch arg := arg.(type) {
	case wording.Message:
		return w.say(arg)
	case wording.Part:
		return shaped(w.say(arg.Message), arg.Shape)
	case wording.Names:
		text, in := w.named(arg)
		if in == w.lang || in == "" {
			return text
		}
		return inLanguage(in, text)
	}
	return arg
}

// named gives a name in the language, or the nearest there is.
func (w *Words) named(names wording.Names) (text, in string) {
	text, in = names.In(w.lang)
	if ours, ok := names.(wording.Ours); ok && in != w.lang {
		if word := w.word(ours.Key); word.Text != "" {
			return word.Text, w.lang
		}
	}
	return text, in
}

// date is a day in words. Languages whose months have no names here have the English ones, marked.
func (w *Words) date(d day) string { return w.say(wording.Day(d)) }

func (w *Words) month(d day) string { return w.say(wording.Month(d)) }

// Unreviewed is a wording that a speaker has yet to read.
type Unreviewed struct {
	Key, English, Text string
}

// UnreviewedWelsh lists the Welsh that customers see and no Welsh speaker has checked, by key.
func (c *Catalogue) UnreviewedWelsh() []Unreviewed { return c.Unreviewed("cy") }

// Unreviewed lists the wordings for customers in a language that no speaker has checked, by key.
func (c *Catalogue) Unreviewed(lang string) []Unreviewed {
	var list []Unreviewed
	words := c.builtIn(lang)
	if words == nil {
		return nil
	}
	for key, word := range words.list {
		english, seen := c.words["en"].list[key]
		if word.Reviewed || lang == "en" || !seen { // what is not seen by customers is for staff
			continue
		}
		list = append(list, Unreviewed{Key: key, English: english.plain(), Text: word.plain()})
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Key < list[j].Key })
	return list
}

// plain gives a wording in one line, its plural forms one after another.
func (w Word) plain() string {
	if w.Forms == nil {
		return w.Text
	}
	var forms []string
	for _, name := range []string{"zero", "one", "two", "few", "many", "other"} {
		if text := w.Forms[name]; text != "" {
			forms = append(forms, text)
		}
	}
	return strings.Join(forms, " / ")
}
