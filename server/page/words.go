package page

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"sort"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// Word is a wording of the interface in one language, and whether a speaker has read it.
type Word struct {
	Text     string            `json:"text,omitempty"`
	Forms    map[string]string `json:"forms,omitempty"` // by CLDR plural form: zero, one, two, few, many, other
	Reviewed bool              `json:"reviewed"`
	Source   string            `json:"source,omitempty"` // where a reviewed wording was taken from
}

// words is the catalogue of one language. English needs none: it stands in the templates.
type words struct {
	lang string // "" for a language that has no catalogue
	tag  language.Tag
	list map[string]Word
}

func loadWords(files fs.FS) (map[string]*words, error) {
	all := map[string]*words{"": {tag: language.English}}
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
		w := &words{lang: lang, tag: tag}
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

// wordsOf gives the catalogue of the language or of its parent ("cy-GB" has that of "cy").
func (s *Set) wordsOf(lang string) *words {
	for tag := lang; tag != ""; {
		if w, ok := s.words[tag]; ok {
			return w
		}
		cut := strings.LastIndexByte(tag, '-')
		if cut < 0 {
			break
		}
		tag = tag[:cut]
	}
	return s.words[""]
}

// find gives the wording of "key|English"; native is false where it had to stay English.
func (w *words) find(message string) (text string, native bool) {
	key, english, _ := strings.Cut(message, "|")
	if w.lang == "en" {
		return english, true
	}
	if word := w.list[key]; word.Text != "" {
		return word.Text, true
	}
	return english, false
}

// findPlural does so for "key|one|other" and a number.
func (w *words) findPlural(message string, n int) (text string, native bool) {
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

// fill puts the arguments where the text has %s, and leaves a text without arguments as it is ("50%").
func fill(text string, args []any) string {
	if len(args) == 0 {
		return text
	}
	texts := make([]any, len(args))
	for i, arg := range args {
		texts[i] = fmt.Sprint(arg) // so that %s does for numbers too
	}
	return fmt.Sprintf(text, texts...)
}

// mark gives a wording as HTML, its language named where it is not the page's.
func (w *words) mark(text string, native bool, args []any) template.HTML {
	text = template.HTMLEscapeString(text)
	safe := make([]any, len(args))
	isolate := func(s string) string {
		if native {
			return s
		}
		return w.isolated() + s + "</bdi>"
	}
	for i, arg := range args {
		switch arg := arg.(type) {
		case template.HTML:
			safe[i] = string(arg)
		case Text:
			if safe[i] = string(say(arg)); arg.Lang == "" {
				safe[i] = isolate(string(say(arg)))
			}
		default:
			safe[i] = template.HTMLEscapeString(fmt.Sprint(arg))
		}
	}
	text = fill(text, safe)
	if !native {
		text = `<span lang="en" dir="ltr">` + text + `</span>`
	}
	return template.HTML(text)
}

// pageLanguage stands for the language of the page in what is made once for all languages without words. No text can hold it: quotes in texts are escaped.
const pageLanguage = "<bdi lang=\"\ue000\" dir=\"auto\">"

// isolated begins a part in the page's language inside a sentence that had to stay English, so that the sentence does not run the other way round it.
func (w *words) isolated() string {
	if w.lang == "" {
		return pageLanguage
	}
	return `<bdi lang="` + w.lang + `" dir="auto">`
}

// named puts the language of the page where it is wanted.
func named(body []byte, lang string) []byte {
	return bytes.ReplaceAll(body, []byte(pageLanguage), []byte(`<bdi lang="`+template.HTMLEscapeString(lang)+`" dir="auto">`))
}

// Speaks tells whether the interface has words in the language, or in its parent. Without them buttons, errors and notices are in English.
func (s *Set) Speaks(lang string) bool { return s.wordsOf(lang).lang != "" }

// Wordings lists what a language needs so that the pages for customers speak it: the English wordings by key.
func (s *Set) Wordings() []Unreviewed {
	var list []Unreviewed
	for key := range s.words["cy"].list { // Welsh is complete for customers: a test holds it to that
		list = append(list, Unreviewed{Key: key, English: s.words["en"].list[key].plain()})
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Key < list[j].Key })
	return list
}

// funcs are the words that templates have, besides those of fields:
//
//	t       "key|English" args…        a wording as HTML, marked where it had to stay English
//	tt      the same as plain text, for where no mark-up may stand (title, option, arguments of other functions)
//	plural  "key|one|other" n args…    the wording for n
//	say     Text                       a text of a questionnaire, marked where it is in another language
//	english     the attributes of an element whose text had to stay English; none where the page's language has words
//	date, month, number, percent       in words and figures of the page's language
func (w *words) funcs() template.FuncMap {
	return template.FuncMap{
		"t": func(message string, args ...any) template.HTML {
			text, native := w.find(message)
			return w.mark(text, native, args)
		},
		"tt": func(message string, args ...any) string {
			text, _ := w.find(message)
			return fill(text, args)
		},
		"plural": func(message string, n int, args ...any) template.HTML {
			text, native := w.findPlural(message, n)
			return w.mark(text, native, args)
		},
		"say": say,
		"english": func() template.HTMLAttr {
			if w.lang == "" {
				return ` lang="en" dir="ltr"`
			}
			return ""
		},
		"date":    func(d day) string { return Date(w.lang, d) },
		"month":   func(d day) string { return Month(w.lang, d) },
		"number":  func(n int) string { return Number(n) },
		"percent": func(share float64) string { return Percent(share) },
	}
}

// Unreviewed is a wording that a speaker has yet to read.
type Unreviewed struct {
	Key, English, Text string
}

// UnreviewedWelsh lists the Welsh that customers see and no Welsh speaker has checked, by key.
func (s *Set) UnreviewedWelsh() []Unreviewed { return s.Unreviewed("cy") }

// Unreviewed lists the wordings of a language that no speaker has checked, by key.
func (s *Set) Unreviewed(lang string) []Unreviewed {
	var list []Unreviewed
	for key, word := range s.wordsOf(lang).list {
		if word.Reviewed || lang == "en" {
			continue
		}
		list = append(list, Unreviewed{Key: key, English: s.words["en"].list[key].plain(), Text: word.plain()})
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
