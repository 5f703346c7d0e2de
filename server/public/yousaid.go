package public

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"yousaid/analytics/actions"
	"yousaid/server/page"
	"yousaid/surveys/qr"
	"yousaid/surveys/question"
)

// YouSaidPage is public/you_said: what people said and what the council does about it.
type YouSaidPage struct {
	page.Page
	Items    []ItemView
	Services []page.Option
	Themes   []page.Option
	Service  string
	Theme    string
	Words    string
	Found    int
	Filtered bool
	Pager    page.Pager
	Files    []page.Link
	Figures  string // address of the figures; "" where there are none
	Address  string // of the list
	QR       template.HTML
	Short    string
}

// ItemView is an item in the language of the page, or the nearest there is.
type ItemView struct {
	Number              int64
	Href                string
	YouSaid, WeDid      page.Text
	Deliverable         page.Text
	Heading             string
	Service, Theme      page.Text
	Figure              string
	Status, StatusWords string
	Target, Completed   string
	Published, Updated  string
	Corrections         []CorrectionView
}

// CorrectionView is what was put right, and when.
type CorrectionView struct {
	On   string
	Note page.Text
}

const perPage = 20

// languagesOf are the languages in which the council's public pages are made.
func (b *board) languages() []string {
	if both := common(b.org.Languages, spoken); len(both) > 0 {
		return both
	}
	return spoken[:1]
}

func day(lang, written string) string {
	t, err := time.Parse(time.DateOnly, written)
	if err != nil {
		return ""
	}
	return page.Date(lang, t)
}

func itemView(f page.Page, it actions.Item, base string) ItemView {
	lang := f.Lang
	v := ItemView{Number: it.Number, Href: fmt.Sprintf("%s/you-said-we-did/%d", base, it.Number), YouSaid: page.Find(it.YouSaid, lang), WeDid: page.Find(it.WeDid, lang),
		Deliverable: page.Find(it.Deliverable, lang), Service: page.Find(it.Service.Names, lang), Theme: page.Find(it.Theme.Names, lang),
		Target: day(lang, it.Target), Completed: day(lang, it.Completed), Published: day(lang, it.Published), Status: string(it.Status)}
	if it.Updated != it.Published {
		v.Updated = day(lang, it.Updated)
	}
	switch it.Kind {
	case actions.Did:
		v.Heading = f.T("yousaid.did|We did")
	case actions.Doing:
		v.Heading = f.T("yousaid.doing|We are doing")
	default:
		v.Heading = f.T("yousaid.cannot|We cannot, because")
	}
	switch it.Status {
	case actions.Done:
		v.StatusWords = f.T("yousaid.done|Done")
	case actions.Overdue:
		v.StatusWords = f.T("yousaid.overdue|Overdue: this should have been done by %s", v.Target)
	case actions.UnderWay:
		v.StatusWords = f.T("yousaid.underway|Under way")
		if v.Target != "" {
			v.StatusWords = f.T("yousaid.by|Under way: to be done by %s", v.Target)
		}
	}
	if it.Figure != nil {
		v.Figure = page.FigureInWords(f, it.Figure.Of, string(it.Figure.Measured), it.Figure.Value, it.Figure.Low, it.Figure.High, it.Figure.N, it.Figure.From, it.Figure.To)
	}
	for _, c := range it.Corrections {
		v.Corrections = append(v.Corrections, CorrectionView{day(lang, c.On), page.Find(c.Note, lang)})
	}
	return v
}

// choose lists what items can be filtered by.
func choose(items []actions.Item, lang, open, chosen string, of func(actions.Item) actions.Named) []page.Option {
	list := []page.Option{{Text: open}}
	seen := map[string]bool{"": true}
	for _, it := range items {
		if n := of(it); !seen[n.Slug] {
			seen[n.Slug] = true
			name, _ := n.Names.In(lang)
			list = append(list, page.Option{Value: n.Slug, Text: name, Chosen: n.Slug == chosen})
		}
	}
	slices.SortStableFunc(list[1:], func(a, b page.Option) int { return strings.Compare(a.Text, b.Text) })
	return list
}

func serviceOf(it actions.Item) actions.Named { return it.Service }
func themeOf(it actions.Item) actions.Named   { return it.Theme }

// fits tells whether all words stand in the item, in any language, in capitals or not.
func fits(it actions.Item, words []string) bool {
	text := strings.ToLower(strings.Join(slices.Concat(everyLanguage(it.YouSaid), everyLanguage(it.WeDid), everyLanguage(it.Deliverable), everyLanguage(it.Service.Names), everyLanguage(it.Theme.Names)), " "))
	for _, w := range words {
		if !strings.Contains(text, strings.ToLower(w)) {
			return false
		}
	}
	return true
}

func everyLanguage(t question.Text) (list []string) {
	for _, text := range t {
		list = append(list, text)
	}
	return list
}

// said starts a page of the board in the reader's language.
func (p *Pages) said(c echo.Context, b *board) page.Page {
	languages := b.languages()
	lang := p.language(c, languages, "")
	f := dress(p.Pages.In(lang), b.org)
	f.Sheet = "reading.css"
	query := c.QueryParams()
	f.Languages = page.Languages(languages, lang, func(l string) string {
		v := url.Values{}
		for name, values := range query {
			if name != askedLanguage && len(values) > 0 {
				v.Set(name, values[0])
			}
		}
		v.Set(askedLanguage, l)
		return c.Request().URL.Path + "?" + v.Encode()
	})
	return f
}

// html renders a page for serve.
func (p *Pages) html(name string, f page.Page, data any) func() ([]byte, http.Header, error) {
	return func() ([]byte, http.Header, error) {
		body, err := p.Pages.RenderBytes(name, data)
		h := http.Header{echo.HeaderContentType: {echo.MIMETextHTMLCharsetUTF8}, echo.HeaderContentSecurityPolicy: {f.CSP()}}
		if f.Framing == page.FramedByAnybody {
			h[echo.HeaderXFrameOptions] = nil // taken away
			h["Cross-Origin-Resource-Policy"] = []string{"cross-origin"}
		}
		return body, h, err
	}
}

func (p *Pages) yousaid(c echo.Context, b *board) (YouSaidPage, string) {
	f := p.said(c, b)
	q := func(name string) string {
		s := strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(c.QueryParam(name), ""), "\x00", ""))
		return s[:min(len(s), 200)]
	}
	view := YouSaidPage{Page: f, Service: q("service"), Theme: q("theme"), Words: q("words"), Address: f.Base + "/you-said-we-did"}
	view.Services = choose(b.items, f.Lang, f.T("yousaid.all_services|All services"), view.Service, serviceOf)
	view.Themes = choose(b.items, f.Lang, f.T("yousaid.all_themes|All themes"), view.Theme, themeOf)
	view.Filtered = view.Service != "" || view.Theme != "" || view.Words != ""
	if len(b.tables) > 0 {
		view.Figures = f.Base + "/performance"
	}
	view.Files = fileLinks(view.Address + "/list")
	before, _ := strconv.Atoi(q("from"))
	var fitting []actions.Item
	for _, it := range b.items {
		if (view.Service == "" || it.Service.Slug == view.Service) && (view.Theme == "" || it.Theme.Slug == view.Theme) && fits(it, strings.Fields(view.Words)) {
			fitting = append(fitting, it)
		}
	}
	view.Found = len(fitting)
	before = min(max(0, before), len(fitting))
	at := func(from int) string {
		v := url.Values{askedLanguage: {f.Lang}}
		for name, value := range map[string]string{"service": view.Service, "theme": view.Theme, "words": view.Words} {
			if value != "" {
				v.Set(name, value)
			}
		}
		if from > 0 {
			v.Set("from", strconv.Itoa(from))
		}
		return view.Address + "?" + v.Encode()
	}
	end := min(before+perPage, len(fitting))
	for _, it := range fitting[before:end] {
		view.Items = append(view.Items, itemView(f, it, f.Base))
	}
	if end < len(fitting) {
		view.Pager.Older = at(end)
	}
	if before > 0 {
		view.Pager.Newer = at(max(0, before-perPage))
	}
	key := ""
	known := func(list []page.Option, value string) bool {
		return value == "" || slices.ContainsFunc(list, func(o page.Option) bool { return o.Value == value })
	}
	if view.Words == "" && known(view.Services, view.Service) && known(view.Themes, view.Theme) {
		key = strings.Join([]string{"list", f.Lang, view.Service, view.Theme, strconv.Itoa(before)}, "\x00")
	}
	return view, key
}

// YouSaid shows what people said and what the council does about it, newest first. A search is made from memory and not kept.
func (p *Pages) YouSaid(c echo.Context) error {
	b, err := p.board(c)
	if err != nil {
		return err
	}
	if key := "plain " + p.language(c, b.languages(), ""); c.Request().URL.RawQuery == "" {
		return p.serve(c, b, key, func() ([]byte, http.Header, error) {
			view, _ := p.yousaid(c, b)
			return p.html("public/you_said", view.Page, view)()
		})
	}
	view, key := p.yousaid(c, b)
	if key != "" {
		return p.serve(c, b, key, p.html("public/you_said", view.Page, view))
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	return page.Render(c, http.StatusOK, "public/you_said", view)
}

// YouSaidItemPage is public/you_said_item.
type YouSaidItemPage struct {
	page.Page
	ItemView
	List      string
	Withdrawn bool
	Why       page.Text
}

// YouSaidItem shows one item. One that was withdrawn says why (410).
func (p *Pages) YouSaidItem(c echo.Context) error {
	b, err := p.board(c)
	if err != nil {
		return err
	}
	number, err := strconv.ParseInt(c.Param("number"), 10, 64)
	if err != nil {
		return p.nowhere(c)
	}
	f := p.said(c, b)
	f.Back = f.Base + "/you-said-we-did?" + askedLanguage + "=" + f.Lang
	for _, it := range b.items {
		if it.Number == number {
			return p.serve(c, b, fmt.Sprintf("item %d %s", number, f.Lang), p.html("public/you_said_item", f, YouSaidItemPage{Page: f, ItemView: itemView(f, it, f.Base), List: f.Base + "/you-said-we-did"}))
		}
	}
	it, err := p.Said.Item(c.Request().Context(), b.org.ID, number)
	if err != nil || !it.Withdrawn {
		page.Keep(c, f)
		if err == nil {
			err = actions.ErrMissing // published this very second
		}
		return err
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	return page.Render(c, http.StatusGone, "public/you_said_item", YouSaidItemPage{Page: f, ItemView: ItemView{Number: number}, List: f.Base + "/you-said-we-did", Withdrawn: true, Why: page.Find(it.WithdrawnNote, f.Lang)})
}

// Embed is the newest items for a frame on the council's own site: every link opens in the whole window.
func (p *Pages) Embed(c echo.Context) error {
	b, err := p.board(c)
	if err != nil {
		return err
	}
	view, _ := p.yousaid(c, b)
	view.Framing, view.Base, view.Languages = page.FramedByAnybody, "", nil
	view.Items = view.Items[:min(len(view.Items), 5)]
	return p.serve(c, b, "embed "+view.Lang, p.html("public/you_said_embed", view.Page, view))
}

// YouSaidPoster is the newest items in large letters, to print on A4.
func (p *Pages) YouSaidPoster(c echo.Context) error {
	b, err := p.board(c)
	if err != nil {
		return err
	}
	view, _ := p.yousaid(c, b)
	view.Items = view.Items[:min(len(view.Items), 3)]
	full := p.full(b, view.Address)
	view.Short = strings.TrimPrefix(strings.TrimPrefix(full, "https://"), "http://")
	return p.serve(c, b, "poster "+view.Lang, func() ([]byte, http.Header, error) {
		code, err := qr.New(full)
		if err != nil {
			return nil, nil, err
		}
		view.QR = template.HTML(code.SVG(view.Short)) //nolint:gosec // our own drawing, its title escaped
		return p.html("public/you_said_poster", view.Page, view)()
	})
}

// full is an address as it is written elsewhere.
func (p *Pages) full(b *board, path string) string {
	base := b.org.BaseURL
	if base == "" {
		base = p.BaseURL
	}
	return strings.TrimRight(base, "/") + path
}

// plainItem puts an item into one line of text, for feeds.
func plainItem(v ItemView) string {
	text := v.YouSaid.Text
	if v.Figure != "" {
		text += " (" + v.Figure + ")"
	}
	return text + " " + v.Heading + ": " + v.WeDid.Text
}

type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string      `xml:"http://www.w3.org/XML/1998/namespace lang,attr"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Author  atomAuthor  `xml:"author"`
	Links   []atomLink  `xml:"link"`
	Entries []atomEntry `xml:"entry"`
}
type atomAuthor struct {
	Name string `xml:"name"`
}
type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Href string `xml:"href,attr"`
}
type atomEntry struct {
	ID        string   `xml:"id"`
	Title     string   `xml:"title"`
	Published string   `xml:"published"`
	Updated   string   `xml:"updated"`
	Link      atomLink `xml:"link"`
	Content   string   `xml:"content"`
}

// midday is a moment on a day for feeds, which know no days.
func midday(written string) string { return written + "T12:00:00Z" }

// tagOf names an item for ever, whatever the site's address becomes (RFC 4151).
func tagOf(b *board, number int64) string {
	return fmt.Sprintf("tag:yousaid.invalid,2026:%s/you-said-we-did/%d", b.org.Slug, number)
}

// AtomFeed is the newest items for feed readers (RFC 4287).
func (p *Pages) AtomFeed(c echo.Context) error {
	b, err := p.board(c)
	if err != nil {
		return err
	}
	f := p.said(c, b)
	return p.serve(c, b, "atom "+f.Lang, func() ([]byte, http.Header, error) {
		list := p.full(b, f.Base+"/you-said-we-did")
		feed := atomFeed{Lang: f.Lang, ID: tagOf(b, 0), Title: f.T("yousaid.title|You said, we did") + " – " + f.Organisation, Updated: midday(b.today), Author: atomAuthor{f.Organisation},
			Links: []atomLink{{"self", list + "/feed.atom"}, {"alternate", list}}}
		for i, it := range b.items[:min(len(b.items), 50)] {
			v := itemView(f, it, f.Base)
			if i == 0 {
				feed.Updated = midday(it.Updated)
			}
			feed.Updated = max(feed.Updated, midday(it.Updated))
			feed.Entries = append(feed.Entries, atomEntry{ID: tagOf(b, it.Number), Title: xmlText(v.YouSaid.Text), Published: midday(it.Published), Updated: midday(it.Updated),
				Link: atomLink{"alternate", p.full(b, v.Href)}, Content: xmlText(plainItem(v))})
		}
		body, err := xml.MarshalIndent(feed, "", " ")
		return append([]byte(xml.Header), body...), http.Header{echo.HeaderContentType: {"application/atom+xml; charset=utf-8"}}, err
	})
}

// xmlText drops what no XML can hold.
func xmlText(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, s)
}

// JSONFeed is the newest items for programs (JSON Feed 1.1).
func (p *Pages) JSONFeed(c echo.Context) error {
	b, err := p.board(c)
	if err != nil {
		return err
	}
	f := p.said(c, b)
	return p.serve(c, b, "json "+f.Lang, func() ([]byte, http.Header, error) {
		list := p.full(b, f.Base+"/you-said-we-did")
		items := []map[string]any{}
		for _, it := range b.items[:min(len(b.items), 50)] {
			v := itemView(f, it, f.Base)
			tags := []string{}
			for _, t := range []string{v.Service.Text, v.Theme.Text} {
				if t != "" {
					tags = append(tags, t)
				}
			}
			items = append(items, map[string]any{"id": tagOf(b, it.Number), "url": p.full(b, v.Href), "title": v.YouSaid.Text, "content_text": plainItem(v), "date_published": midday(it.Published),
				"date_modified": midday(it.Updated), "tags": tags, "language": f.Lang})
		}
		body, err := json.MarshalIndent(map[string]any{"version": "https://jsonfeed.org/version/1.1", "title": f.T("yousaid.title|You said, we did") + " – " + f.Organisation, "home_page_url": list,
			"feed_url": list + "/feed.json", "language": f.Lang, "items": items}, "", " ")
		return body, http.Header{echo.HeaderContentType: {"application/feed+json; charset=utf-8"}}, err
	})
}
