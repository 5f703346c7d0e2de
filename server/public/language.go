package public

import (
	"slices"
	"strings"
	"sync"

	"github.com/labstack/echo/v4"

	"yousaid/server/accounts"
	"yousaid/server/page"
	"yousaid/surveys"
	"yousaid/surveys/question"
)

// Fields of an address that say the language of a page. A link in the page's list of languages has the first; a form is sent with the
// second, so that the address of a form that is sent is never the address of the page it stands on: browsers forget a page when something
// is sent to its address, and Back
// would then show a new form.
const (
	askedLanguage = "lang"
	shownLanguage = "in"
)

// offered lists the council's languages in which the questionnaire says anything; what it does not say in one of them is shown in another,
// marked as such.
func offered(org accounts.Organisation, d surveys.Definition) []string {
	has := map[string]bool{}
	note := func(t question.Text) {
		for lang, text := range t {
			has[lang] = has[lang] || strings.TrimSpace(text) != ""
		}
	}
	note(d.Title)
	for _, q := range d.Questions() {
		note(q.Text)
	}
	var list []string
	for _, lang := range org.Languages {
		if has[lang] {
			list = append(list, lang)
		}
	}
	if len(list) > 0 {
		return list
	}
	for lang := range has {
		list = append(list, lang)
	}
	slices.Sort(list)
	return list
}

// wishes remembers which language a browser's wish means: working it out costs more than the rest of the page.
type wishes struct {
	mu    sync.RWMutex
	known map[wish]string
}

type wish struct{ header, offered string }

const (
	mostWishes  = 1024
	longestWish = 200 // bytes of a header that is worth remembering
)

func (t *wishes) best(header string, languages []string) string {
	w := wish{header, strings.Join(languages, " ")}
	t.mu.RLock()
	lang, ok := t.known[w]
	t.mu.RUnlock()
	if ok {
		return lang
	}
	lang = page.BestLanguage("", header, languages)
	if len(header) > longestWish {
		return lang
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.known == nil || len(t.known) >= mostWishes {
		t.known = map[wish]string{}
	}
	t.known[w] = lang
	return lang
}

// language is the one a page is shown in: that of the button that was pressed, else what the address says, else the one before (of an
// earlier page, or ""), else the browser's wish.
func (p *Pages) language(c echo.Context, languages []string, before string) string {
	if lang := pressed(c, languages); lang != "" {
		return lang
	}
	if c.Request().URL.RawQuery != "" {
		for _, name := range []string{askedLanguage, shownLanguage} {
			if lang := among(languages, c.QueryParam(name)); lang != "" {
				return lang
			}
		}
	}
	if lang := among(languages, before); lang != "" {
		return lang
	}
	return p.wished(c, languages)
}

// pressed is the language of the button by which a form was sent; "" for another button.
func pressed(c echo.Context, languages []string) string {
	if in, ok := strings.CutPrefix(c.Request().PostForm.Get(page.FieldAction), page.ActionIn); ok {
		return among(languages, in)
	}
	return ""
}

// wished is the language of the council that is nearest to the browser's Accept-Language.
func (p *Pages) wished(c echo.Context, languages []string) string {
	return p.wishes.best(c.Request().Header.Get("Accept-Language"), languages)
}

func among(languages []string, wanted string) string {
	if wanted == "" {
		return ""
	}
	general, _, _ := strings.Cut(bare(wanted), "-") // cy-GB is cy where that is what there is
	for _, tag := range []string{wanted, bare(wanted), general} {
		for _, lang := range languages {
			if strings.EqualFold(lang, tag) {
				return lang
			}
		}
	}
	return ""
}

// in adds the language to the address of a first page, where the browser would not choose it by itself.
func (p *Pages) in(c echo.Context, address, lang string, languages []string) string {
	if p.wished(c, languages) == lang {
		return address
	}
	return address + "?" + askedLanguage + "=" + lang
}
