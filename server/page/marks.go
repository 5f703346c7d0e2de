package page

import (
	"bytes"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/net/html"
)

// A text in another language than its page stands between marks until the page is whole: openMark, the language, endOfTag, the text,
// closeMark. Where a text comes to stand decides how its language is said: in a sentence by an element of its own, in a title, an option, a
// drawing or an attribute, which hold no elements, by the element itself. The marks are noncharacters, which Unicode sets aside for use
// inside a program; what somebody typed between such signs becomes text in a language, and nothing else.
const (
	openMark  = '\uFDD0'
	endOfTag  = '\uFDD1'
	closeMark = '\uFDD2'
	unsure    = "?" // before the language: the text may run either way, so it is kept apart from the sentence around it
)

// firstOfMarks are the bytes that all marks begin with.
var firstOfMarks = []byte("\uFDD0")[:2]

// inLanguage puts a text between marks.
func inLanguage(lang, text string) string {
	return string(openMark) + lang + string(endOfTag) + text + string(closeMark)
}

// apart marks a part in the language of the page inside a sentence in another: the sentence must not run the other way round it.
func apart(lang, text string) string { return inLanguage(unsure+lang, text) }

// betweenMarks takes a text that is in another language as a whole apart.
func betweenMarks(text string) (lang, inner string, ok bool) {
	inner, opened := strings.CutPrefix(text, string(openMark))
	inner, closed := strings.CutSuffix(inner, string(closeMark))
	lang, inner, ok = strings.Cut(inner, string(endOfTag))
	if !opened || !closed || !ok || strings.ContainsRune(inner, openMark) {
		return "", text, false
	}
	return lang, inner, true
}

// within is a part of a sentence in a language: what is marked as that language needs no mark there.
func within(lang string, part any) any {
	if text, ok := part.(string); ok {
		if in, inner, ok := betweenMarks(text); ok && in == lang {
			return inner
		}
	}
	return part
}

// shaped changes the form of a text, inside its marks where it has some.
func shaped(text string, shape func(string) string) string {
	if lang, inner, ok := betweenMarks(text); ok {
		return inLanguage(lang, shape(inner))
	}
	return shape(text)
}

// Unmarked is a text of T, Plural, Date, Month or Word without marks, for files and for what is measured or compared.
func Unmarked(text string) string {
	if !strings.ContainsRune(text, openMark) {
		return text
	}
	var b strings.Builder
	for _, part := range partsOf(text, "") {
		b.WriteString(part.text)
	}
	return b.String()
}

// part is a piece of a text: in its language, or the opening or end of one.
type part struct {
	text string
	lang string // of the text
	open string // a language that begins here, with unsure before it
	end  bool
}

var tagForm = regexp.MustCompile(`^\??[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,8}$`)

// partsOf takes a text apart at its marks. What is opened and not closed ends with the text; marks that fit nothing are left out.
func partsOf(text, lang string) (list []part) {
	languages := []string{lang}
	add := func(s string) {
		if s != "" {
			list = append(list, part{text: s, lang: languages[len(languages)-1]})
		}
	}
	for text != "" {
		at := strings.IndexFunc(text, func(r rune) bool { return r >= openMark && r <= closeMark })
		if at < 0 {
			add(text)
			break
		}
		add(text[:at])
		mark := []rune(text[at : at+len(string(openMark))])[0]
		text = text[at+len(string(openMark)):]
		switch mark {
		case openMark:
			tag, rest, ok := strings.Cut(text, string(endOfTag))
			if !ok {
				continue
			}
			if text = rest; !tagForm.MatchString(tag) {
				tag = "und" // no language is called so
			}
			languages = append(languages, strings.TrimPrefix(tag, unsure))
			list = append(list, part{open: tag})
		case closeMark:
			if len(languages) > 1 {
				languages = languages[:len(languages)-1]
				list = append(list, part{end: true})
			}
		}
	}
	for range languages[1:] {
		list = append(list, part{end: true})
	}
	return list
}

// joined makes one part of neighbours in one language with nothing but a space between them: two sentences that run from left to right
// would otherwise stand in the
// wrong order on a page that runs from right to left.
func joined(list []part) []part {
	var out []part
	var open []string
	for i := 0; i < len(list); i++ {
		p := list[i]
		switch {
		case p.open != "":
			open = append(open, p.open)
		case p.end:
			tag := open[len(open)-1]
			if i+2 < len(list) && list[i+1].text != "" && strings.TrimSpace(list[i+1].text) == "" && list[i+2].open == tag {
				out = append(out, part{text: list[i+1].text, lang: strings.TrimPrefix(tag, unsure)})
				i += 2
				continue
			}
			open = open[:len(open)-1]
		}
		out = append(out, p)
	}
	return out
}

// inElements writes a text of a page with an element for each part in another language.
func inElements(text, page string) string {
	var b strings.Builder
	var ends []string
	for _, p := range joined(partsOf(text, page)) {
		switch tag, either := strings.CutPrefix(p.open, unsure); {
		case p.end:
			b.WriteString(ends[len(ends)-1])
			ends = ends[:len(ends)-1]
		case either:
			b.WriteString(`<bdi lang="` + tag + `" dir="auto">`)
			ends = append(ends, "</bdi>")
		case p.open != "":
			b.WriteString(`<span lang="` + tag + `" dir="` + Direction(tag) + `">`)
			ends = append(ends, "</span>")
		default:
			b.WriteString(p.text)
		}
	}
	return b.String()
}

// mostly is a text that can hold no elements, and the language of most of its letters.
func mostly(text, page string) (plain, lang string) {
	var b strings.Builder
	letters, order := map[string]int{}, []string{page}
	for _, p := range partsOf(text, page) {
		b.WriteString(p.text)
		n := 0
		for _, r := range html.UnescapeString(p.text) {
			if unicode.IsLetter(r) {
				n++
			}
		}
		if _, known := letters[p.lang]; !known && p.lang != page {
			order = append(order, p.lang)
		}
		letters[p.lang] += n
	}
	lang = page
	for _, one := range order {
		if letters[one] > letters[lang] {
			lang = one
		}
	}
	return b.String(), lang
}

// lettersOnly are elements that hold text and nothing else.
var lettersOnly = map[string]bool{"title": true, "option": true, "textarea": true, "text": true, "desc": true}

// settle says in HTML which language each part of a page is in.
func settle(body []byte, page string) []byte {
	if !bytes.Contains(body, firstOfMarks) {
		return body
	}
	var out bytes.Buffer
	z := html.NewTokenizer(bytes.NewReader(body))
	held := "" // a start tag whose language depends on the text behind it
	for {
		kind := z.Next()
		raw := string(z.Raw())
		if held != "" {
			if kind == html.TextToken {
				text, lang := mostly(raw, page)
				out.WriteString(saying(held, page, lang, true) + text)
				held = ""
				continue
			}
			out.WriteString(held)
			held = ""
		}
		switch kind {
		case html.ErrorToken:
			return out.Bytes()
		case html.StartTagToken, html.SelfClosingTagToken:
			name, more := z.TagName()
			letters := lettersOnly[string(name)] // before the attributes are read: the name is theirs to overwrite
			if strings.ContainsRune(raw, openMark) {
				raw = saying(Unmarked(raw), page, languageOfAttributes(z, more, page), false)
			}
			if kind == html.StartTagToken && letters {
				held = raw
				continue
			}
			out.WriteString(raw)
		case html.TextToken:
			out.WriteString(inElements(raw, page))
		default:
			out.WriteString(raw)
		}
	}
}

// languageOfAttributes is that of the first attribute with a text in another language.
func languageOfAttributes(z *html.Tokenizer, more bool, page string) string {
	for more {
		var value []byte
		_, value, more = z.TagAttr()
		if bytes.ContainsRune(value, openMark) {
			_, lang := mostly(string(value), page)
			return lang
		}
	}
	return page
}

var (
	saysLanguage  = regexp.MustCompile(`(?i)\slang=`)
	saysDirection = regexp.MustCompile(`(?i)\sdir=`)
)

// saying adds the language to a start tag, where it is not that of the page and the tag does not say one.
func saying(tag, page, lang string, direction bool) string {
	if lang == page || saysLanguage.MatchString(tag) {
		return tag
	}
	more := ` lang="` + lang + `"`
	if direction && Direction(lang) != Direction(page) && !saysDirection.MatchString(tag) {
		more += ` dir="` + Direction(lang) + `"`
	}
	end := strings.TrimRight(strings.TrimSuffix(tag, ">"), "/ ")
	return end + more + tag[len(end):]
}
