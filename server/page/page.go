// Package page holds what all pages share: the frame, the words, form fields, problems, charts, and rendering whole or not at all.
package page

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"yousaid/surveys/wording"
)

// Page is what the frame of every page shows. Each page's own struct embeds it and
// starts it with New(c), so that templates find it as .Page.
type Page struct {
	Lang string // BCP 47 tag of the page, such as "cy"
	Dir  string // "ltr" or "rtl"

	Title        string // overrides the template's own title where it is not empty
	Organisation string // the council's name, in the page's language where it has one
	NamedIn      string // the language of the name; "" where it is the page's
	Home         string // where the name in the header leads; "" makes it plain text
	Base         string // folder of the organisation's notices, such as "/demo"; "" leaves their links out
	Brand        Brand
	Languages    []Language // the same page in other languages; fewer than two show nothing
	Back         string     // address of the back link; "" shows none
	// id of the form of a page with answers on it: languages and Back are its buttons then, so that nothing written is lost
	Form     string
	KeptForm string // id of a form that holds what was written and shows no field: languages are its buttons

	Person  string // name of who is signed in; "" for customers
	Nav     []Link // what this person may open: see Menu
	SignOut string // where the sign-out form posts

	Sheet  string // style sheet of a customer page that is not the questionnaire's; "" for that
	Wide   bool   // the page has tables and lists, and takes the whole width
	Listed bool   // search engines may list it
	Feeds  []Link // the same list for feed readers; Text is the kind of feed: "application/atom+xml"

	Framing Framing // whether it holds frames, and who may frame it

	Flash     *FlashMessage // said once, after a redirect: see Flash
	Problems  Problems      // what to put right, in the order of the page
	RequestID string

	words  *Words
	script *Words // of questions that are read out to somebody in another language than the page's; nil for none
	plain  bool   // for a file and not for a page: words are not marked where they had to stay English
}

// Link is an entry of a navigation or list.
type Link struct {
	Text    string
	Href    string
	Current bool
}

// Language is the same page in another language, named in that language.
type Language struct {
	Lang, Dir, Name, Href string
	Current               bool
}

// FlashMessage is a message shown once at the top of the next page.
type FlashMessage struct {
	Text string
	Good bool // something worked; otherwise it is neutral news
}

// view is met by every struct that embeds Page.
type view interface{ frame() Page }

func (p Page) frame() Page { return p }

// Framed gives the frame of a page that embeds it.
func (p Page) Framed() Page { return p }

// In makes a page in the language, with its direction. Handlers use New instead.
func (s *Set) In(lang string) Page {
	return Page{Lang: lang, Dir: Direction(lang), SignOut: "/staff/sign-out", words: s.wordsOf(lang)}
}

// Speaking gives the page the words of a council, in its language.
func (p Page) Speaking(w *Words) Page {
	p.words = w
	return p
}

// ReadOut gives the page the words of a council in the language in which its questions are read out.
func (p Page) ReadOut(w *Words) Page {
	p.script = w
	return p
}

// Plain is the page as a file: what T, Plural, Date and Month give has no marks where it had to stay English.
func (p Page) Plain() Page {
	p.plain = true
	return p
}

// english are the words of a page that was not started by New or In.
var english = &Words{lang: "en", built: true}

func (p Page) speaks() *Words {
	if p.words == nil {
		return english
	}
	return p.words
}

func (p Page) said(text string) string {
	if p.plain {
		return Unmarked(text)
	}
	return text
}

// Named is the council's name with its language.
func (p Page) Named() Text { return Wording(p.Organisation, p.NamedIn, p.Lang) }

// Word is a text in the page's language, or the nearest there is, which is marked then.
func (p Page) Word(wordings wording.Names) string { return p.Say(wording.Named(wordings)) }

// T returns a text in the page's language, as {{t}} does in a template: the key, a bar, the English.
// Arguments stand where the English has %s.
func (p Page) T(message string, args ...any) string {
	text, native := p.speaks().find(message)
	return p.said(p.speaks().plain(text, native, args))
}

// T gives a word in the language of the page of a request.
func T(c echo.Context, message string, args ...any) string { return New(c).T(message, args...) }

// Both is a list in words: "age", "age and sex", "age, sex and channel".
func (p Page) Both(list []string) string { return p.Say(wording.Both(list)) }

// Either is a list of which one is meant: "web, post or kiosk".
func (p Page) Either(list []string) string { return p.Say(wording.Either(list)) }

// Range is a span from one thing to another in words: "48% to 55%".
func (p Page) Range(from, to string) string { return p.T("list.range|%s to %s", from, to) }

// Plural gives the wording for n: the key, a bar, the English for one, a bar, the English for others.
func (p Page) Plural(message string, n int, args ...any) string {
	text, native := p.speaks().findPlural(message, n)
	return p.said(p.speaks().plain(text, native, args))
}

// Date is a day in words in the page's language: "1 February 2026".
func (p Page) Date(day time.Time) string { return p.said(p.speaks().date(day)) }

// Month is a month in words in the page's language: "February 2026".
func (p Page) Month(day time.Time) string { return p.said(p.speaks().month(day)) }

// Shipped lists the languages whose words come with the program of a request, English first.
func Shipped(c echo.Context) []string {
	if set, ok := c.Echo().Renderer.(*Set); ok {
		return set.Shipped()
	}
	return []string{"en"}
}

const (
	kept   = "yousaid/server/page.Page"
	cookie = "said"
)

// Keep stores the page that New starts from. Middleware calls it, once it knows the
// organisation, the person and the language.
func Keep(c echo.Context, p Page) { c.Set(kept, p) }

// Framed tells whether something was kept for the page of a request.
func Framed(c echo.Context) bool {
	_, ok := c.Get(kept).(Page)
	return ok
}

// New starts the page of a request: what middleware kept, or an English page of no organisation.
func New(c echo.Context) Page {
	p, ok := c.Get(kept).(Page)
	if !ok || p.Lang == "" {
		p.Lang = "en"
	}
	p.Dir = Direction(p.Lang)
	if set, ok := c.Echo().Renderer.(*Set); ok && p.words == nil {
		p.words = set.wordsOf(p.Lang)
	}
	if p.SignOut == "" {
		p.SignOut = "/staff/sign-out"
	}
	if p.RequestID == "" {
		p.RequestID = c.Response().Header().Get(echo.HeaderXRequestID)
	}
	if p.Flash == nil {
		p.Flash = flashOf(c)
	}
	return p
}

// Flash has the text shown once, at the top of the next staff page that is rendered. It
// lives in a cookie that the browser drops after a minute, so it holds no secret.
func Flash(c echo.Context, text string) {
	c.SetCookie(&http.Cookie{Name: cookie, Value: base64.RawURLEncoding.EncodeToString([]byte(text)), Path: "/staff", MaxAge: 60,
		HttpOnly: true, Secure: c.Scheme() == "https", SameSite: http.SameSiteLaxMode})
}

// flashOf reads the text that Flash left.
func flashOf(c echo.Context) *FlashMessage {
	sent, err := c.Cookie(cookie)
	if err != nil {
		return nil
	}
	text, err := base64.RawURLEncoding.DecodeString(sent.Value)
	if err != nil || len(text) == 0 || len(text) > 2000 {
		return nil
	}
	return &FlashMessage{Text: string(text), Good: true}
}

// ErrNoRenderer says that the site was put together without its pages.
var ErrNoRenderer = errors.New("the site has no pages: set echo's Renderer to what page.Load returns")

// Render writes the page whole, or returns an error and writes nothing. The data embeds Page.
// It sets Content-Type and Content-Security-Policy; how long the page may be kept is the handler's word.
func Render(c echo.Context, status int, name string, data any) error {
	set, ok := c.Echo().Renderer.(*Set)
	if !ok {
		return ErrNoRenderer
	}
	body, err := set.RenderBytes(name, data)
	if err != nil {
		return err
	}
	p := data.(view).frame()
	if _, err := c.Cookie(cookie); err == nil && p.Flash != nil {
		c.SetCookie(
			&http.Cookie{Name: cookie, Path: "/staff", MaxAge: -1, HttpOnly: true, Secure: c.Scheme() == "https", SameSite: http.SameSiteLaxMode},
		)
	}
	h := c.Response().Header()
	h.Set(echo.HeaderContentSecurityPolicy, p.CSP())
	switch p.Framing {
	case FramedHere:
		h.Set(echo.HeaderXFrameOptions, "SAMEORIGIN")
	case FramedByAnybody:
		h.Del(echo.HeaderXFrameOptions)
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	}
	return c.HTMLBlob(status, body)
}

// Render makes a Set echo's Renderer.
func (s *Set) Render(w io.Writer, name string, data any, _ echo.Context) error {
	body, err := s.RenderBytes(name, data)
	if err != nil {
		return err
	}
	_, err = w.Write(body)
	return err
}

// Framing says what a page has to do with frames.
type Framing string

// Most pages hold no frame and stand in none.
const (
	NoFrames        Framing = ""
	HoldsFrames     Framing = "holds frames"    // of this site
	FramedHere      Framing = "framed here"     // by pages of this site
	FramedByAnybody Framing = "framed anywhere" // by pages of any site: only what everybody may see and nobody can change
)

// CSP is the Content-Security-Policy of the page: its brand's, opened for frames as far as the page needs it.
func (p Page) CSP() string {
	policy := p.Brand.CSP()
	switch p.Framing {
	case HoldsFrames:
		policy += "; frame-src 'self'"
	case FramedHere:
		policy = strings.Replace(policy, "frame-ancestors 'none'", "frame-ancestors 'self'", 1)
	case FramedByAnybody:
		policy = strings.Replace(policy, "frame-ancestors 'none'", "frame-ancestors *", 1)
	}
	return policy
}

// Item is an entry that the menu may have, with the permission that opens its page.
type Item struct {
	Text, Href, Permission string
}

// Menu gives the entries that may be opened, the current page marked. An empty permission is open to all.
func Menu(items []Item, may func(permission string) bool, path string) []Link {
	var menu []Link
	best := -1
	for _, item := range items {
		if item.Permission != "" && !may(item.Permission) {
			continue
		}
		menu = append(menu, Link{Text: item.Text, Href: item.Href})
		if i := len(menu) - 1; under(path, item.Href) && (best < 0 || len(item.Href) > len(menu[best].Href)) {
			best = i
		}
	}
	if best >= 0 {
		menu[best].Current = true
	}
	return menu
}

// under tells whether the path is the address or below it.
func under(path, address string) bool {
	return path == address || len(path) > len(address) && path[:len(address)] == address && path[len(address)] == '/'
}

// notAPage explains what to do with data that has no frame.
func notAPage(name string, data any) error {
	return fmt.Errorf("page %s: %T does not embed page.Page", name, data)
}
