package page

import (
	"html/template"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"yousaid/surveys/wording"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

type day = time.Time

// Text is a text of a questionnaire in the language that was found for it.
type Text struct {
	Text string
	Lang string // "" where it is in the page's language
	Dir  string // "" likewise
}

// Find gives the wording for a page's language. A question.Text is a fit wordings.
func Find(wordings interface {
	In(language string) (text, in string)
}, lang string) Text {
	text, in := wordings.In(lang)
	return Wording(text, in, lang)
}

// Wording makes a Text of a wording that is in one language, on a page in another.
func Wording(text, in, page string) Text {
	if in == page || in == "" || text == "" {
		return Text{Text: text}
	}
	return Text{Text: text, Lang: in, Dir: Direction(in)}
}

// String is the wording alone.
func (t Text) String() string { return t.Text }

// say gives a text as HTML, between marks where it is in another language than the page.
func say(t Text) template.HTML {
	text := template.HTMLEscapeString(t.Text)
	if t.Lang == "" {
		return template.HTML(text)
	}
	return template.HTML(inLanguage(t.Lang, text))
}

// Direction is "rtl" for languages written from right to left, "ltr" for all others.
func Direction(lang string) string {
	script, _ := language.Make(lang).Script()
	switch script.String() {
	case "Arab", "Hebr", "Thaa", "Syrc", "Nkoo", "Adlm", "Rohg", "Mand", "Samr":
		return "rtl"
	}
	return "ltr"
}

// names of languages in themselves, for the languages most asked for in the United Kingdom.
var names = map[string]string{
	"ar": "العربية", "bg": "Български", "bn": "বাংলা", "cy": "Cymraeg", "de": "Deutsch", "en": "English", "es": "Español", "fa": "فارسی",
	"fr": "Français", "ga": "Gaeilge", "gd": "Gàidhlig", "gu": "ગુજરાતી", "he": "עברית", "hi": "हिन्दी", "hu": "Magyar", "it": "Italiano",
	"ku": "Kurdî", "ckb": "کوردی", "lt": "Lietuvių", "lv": "Latviešu", "pa": "ਪੰਜਾਬੀ", "pl": "Polski", "ps": "پښتو", "pt": "Português",
	"ro": "Română", "ru": "Русский", "sk": "Slovenčina", "so": "Soomaali", "sq": "Shqip", "sr": "Српски", "ta": "தமிழ்", "ti": "ትግርኛ",
	"tr": "Türkçe", "uk": "Українська", "ur": "اردو", "vi": "Tiếng Việt", "yi": "ייִדיש", "zh": "中文",
}

// LanguageName is a language's name in itself, or its tag where the name is not known.
func LanguageName(lang string) string {
	if name, ok := names[lang]; ok {
		return name
	}
	if tag, err := language.Parse(lang); err == nil {
		if name := display.Self.Name(tag); name != "" {
			return name
		}
	}
	return lang
}

// LanguageWord names a language in that of the page.
func (p Page) LanguageWord(tag string) string { return p.Word(wording.LanguageName(tag)) }

// KnownLanguages lists the languages that have a name here, those first that come first in the list, then by their codes. Others of
// the list are kept.
func KnownLanguages(first []string) []string {
	list := slices.Clone(first)
	for _, lang := range slices.Sorted(maps.Keys(names)) {
		if !slices.Contains(list, lang) {
			list = append(list, lang)
		}
	}
	return list
}

// Languages lists the languages of a page for the language navigation; address gives the page in one.
func Languages(offered []string, current string, address func(lang string) string) []Language {
	var list []Language
	for _, lang := range offered {
		list = append(list, Language{Lang: lang, Dir: Direction(lang), Name: LanguageName(lang), Href: address(lang), Current: lang == current})
	}
	return list
}

// BestLanguage picks from the languages offered: the one asked for by name, else the nearest to
// the browser's Accept-Language, else the first. It is "en" where none are offered.
func BestLanguage(asked, acceptLanguage string, offered []string) string {
	if len(offered) == 0 {
		return "en"
	}
	tags := make([]language.Tag, len(offered))
	for i, lang := range offered {
		if asked != "" && strings.EqualFold(asked, lang) {
			return lang
		}
		tags[i] = language.Make(lang)
	}
	wanted, _, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil || len(wanted) == 0 {
		return offered[0]
	}
	_, index, confidence := language.NewMatcher(tags).Match(wanted...) // its tag may carry odd extensions: the index is what counts
	if confidence == language.No {
		return offered[0]
	}
	return offered[index]
}

// Number is a whole number with commas between thousands: "12,345".
func Number(n int) string {
	s := strconv.Itoa(n)
	sign := ""
	if s[0] == '-' {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

// Percent is a share from 0 to 1 in whole per cent: "62%".
func Percent(share float64) string {
	return strconv.FormatFloat(share*100, 'f', 0, 64) + "%"
}
