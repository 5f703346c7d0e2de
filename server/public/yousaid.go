package public

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/labstack/echo/v4"
	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"

	"yousaid/analytics/actions"
	"yousaid/server/page"
	"yousaid/surveys/question"
	"yousaid/surveys/tablefile"
)

const (
	youSaidPath     = "/you-said-we-did"
	performancePath = "/performance"

	saidPart   = 20  // items on one part of the list
	embedPart  = 3   // newest items in a frame
	posterPart = 3   // items on a poster: they fit on one sheet
	longestAsk = 200 // bytes of words that are looked for
)

// wanted is what a reader looks for in the list.
type wanted struct {
	words, service, theme string
	before                string // the key of the item before which the part begins: see key
}

func wants(c echo.Context) wanted {
	if c.Request().URL.RawQuery == "" {
		return wanted{}
	}
	one := func(name string) string {
		s := strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(c.QueryParam(name), ""), "\x00", ""))
		return page.Cut(s, longestAsk)
	}
	w := wanted{words: one("q"), service: one("service"), theme: one("theme"), before: one("before")}
	return w
}

func (w wanted) filtered() bool { return w.words != "" || w.service != "" || w.theme != "" }

// values writes what is looked for as an address has it.
func (w wanted) values(lang string) url.Values {
	v := url.Values{"lang": {lang}}
	for name, value := range map[string]string{"q": w.words, "service": w.service, "theme": w.theme, "before": w.before} {
		if value != "" {
			v.Set(name, value)
		}
	}
	return v
}

// key stands for an item in the order of the list, newest first.
func key(i actions.Item) string { return i.Published + "." + strconv.FormatInt(i.Number, 10) }

// after tells whether an item comes after the place that a key stands for.
func after(i actions.Item, place string) bool {
	day, number, _ := strings.Cut(place, ".")
	n, _ := strconv.ParseInt(number, 10, 64)
	return i.Published < day || i.Published == day && i.Number < n
}

// find lists the items that fit, newest first, whatever part of the list is shown.
func (t *snapshot) find(w wanted) []actions.Item {
	words := strings.Fields(plain(w.words))
	var list []actions.Item
	for _, i := range t.items {
		if w.service != "" && i.Service.Slug != w.service || w.theme != "" && i.Theme.Slug != w.theme {
			continue
		}
		if len(words) > 0 && !says(i, words) {
			continue
		}
		list = append(list, i)
	}
	return list
}

// says tells whether every word is somewhere in the item, in whatever language.
func says(i actions.Item, words []string) bool {
	var all strings.Builder
	all.WriteString("#" + strconv.FormatInt(i.Number, 10) + " ")
	for _, t := range []question.Text{i.YouSaid, i.WeDid, i.Deliverable, i.Service.Names, i.Theme.Names, i.Directorate.Names} {
		for _, s := range t {
			all.WriteString(plain(s) + " ")
		}
	}
	if i.Quote != nil {
		all.WriteString(plain(i.Quote.Text) + " ")
	}
	text := all.String()
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) })
}

// plain is a text without capitals and accents, so that "Llwybr" finds "llŵybr".
func plain(s string) string {
	if s == "" {
		return ""
	}
	out, _, err := transform.String(transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)), norm.NFC), s)
	if err != nil {
		out = s
	}
	return strings.ToLower(out)
}

// known keeps a service or theme that some item is about; others find nothing and are not kept in memory.
func (t *snapshot) known(w wanted) bool {
	if w.words != "" {
		return false
	}
	place := w.before == ""
	service, theme := w.service == "", w.theme == ""
	for _, i := range t.items {
		place = place || key(i) == w.before
		service = service || i.Service.Slug == w.service
		theme = theme || i.Theme.Slug == w.theme
	}
	return place && service && theme
}

// YouSaid is the list of what people said and what the council did.
func (p *Pages) YouSaid(c echo.Context) error {
	r, err := p.reader(c)
	if err != nil {
		return moved(c, err, youSaidPath)
	}
	w := wants(c)
	make := func() (*response, error) {
		return p.html("public/yousaid", p.youSaidPage(r, w), responseOptions{varies: r.varies})
	}
	return p.serve(c, r, "said", w, make)
}

// serve answers from memory. What is not there is made: at once where it is the same for everybody, and as a search where the reader chose
// something.
func (p *Pages) serve(c echo.Context, r reader, name string, w wanted, make func() (*response, error)) error {
	address := name + " " + r.lang
	if r.varies {
		address += " varies"
	}
	if w != (wanted{}) {
		if !r.known(w) {
			return p.search(c, r, "", make)
		}
		address += " " + w.values(r.lang).Encode()
		if out := p.responseCache.find(r.snapshot, address); out != nil {
			return out.send(c)
		}
		return p.search(c, r, address, make)
	}
	out, err := p.responseCache.at(r.snapshot, address, make)
	if err != nil {
		return err
	}
	return out.send(c)
}

// pageOf starts a page of what the council publishes, or a file of it.
func (p *Pages) pageOf(r reader, lang string) page.Page {
	f := p.pageFor(r.org, r.words, lang)
	if r.plain {
		return f.Plain()
	}
	return f
}

// frameOf starts a public page.
func (p *Pages) frameOf(r reader, path string, query url.Values) page.Page {
	f := p.pageOf(r, r.lang)
	f.Sheet, f.Wide, f.Listed = "reading.css", true, true
	f.Languages = page.Languages(r.languages, r.lang, func(lang string) string {
		v := url.Values{}
		for name, values := range query {
			v[name] = values
		}
		v.Set(askedLanguage, lang)
		return "/" + r.org.Slug + path + "?" + v.Encode()
	})
	return f
}

// in adds the language to an address, as every link on a page of that language has it.
func (r reader) in(path string) string {
	sign := "?"
	if strings.Contains(path, "?") {
		sign = "&"
	}
	return "/" + r.org.Slug + path + sign + askedLanguage + "=" + r.lang
}

func (p *Pages) youSaidPage(r reader, w wanted) page.YouSaidPage {
	v := page.YouSaidPage{
		Page:     p.frameOf(r, youSaidPath, w.values(r.lang)),
		Action:   "/" + r.org.Slug + youSaidPath,
		Words:    w.words,
		Filtered: w.filtered(),
		All:      r.in(youSaidPath),
	}
	v.Listed = w.words == "" && w.before == ""
	found := r.find(w)
	v.Count = len(found)
	part := found
	if w.before != "" {
		start := slices.IndexFunc(found, func(i actions.Item) bool { return after(i, w.before) })
		if start < 0 {
			start = len(found)
		}
		part = found[start:]
		newer := w
		if newer.before = ""; start > saidPart {
			newer.before = key(found[start-saidPart-1])
		}
		v.Pager.Newer = "/" + r.org.Slug + youSaidPath + "?" + newer.values(r.lang).Encode()
	}
	if len(part) > saidPart {
		part = part[:saidPart]
		older := w
		older.before = key(part[saidPart-1])
		v.Pager.Older = "/" + r.org.Slug + youSaidPath + "?" + older.values(r.lang).Encode()
	}
	for _, i := range part {
		v.Items = append(v.Items, p.itemView(r, i, r.lang))
	}
	v.Services, v.Themes = p.filters(r, w)
	same := w
	same.before = ""
	query := "?" + same.values(r.lang).Encode()
	base := "/" + r.org.Slug + youSaidPath
	v.Files = v.Page.Files(tablefile.Format.HoldsTables, base+"/list", query)
	v.Atom, v.JSON, v.Poster = base+"/feed.atom"+query, base+"/feed.json"+query, base+"/poster"+query
	v.Feeds = []page.Link{{Text: "application/atom+xml", Href: v.Atom}, {Text: "application/feed+json", Href: v.JSON}}
	if len(r.calendar) > 0 {
		v.Performance = r.in(performancePath)
	}
	return v
}

// filters are the services and themes that items are about, by name.
func (p *Pages) filters(r reader, w wanted) (services, themes []page.Option) {
	f := p.pageOf(r, r.lang)
	seen := map[string]bool{}
	add := func(list []page.Option, kind string, n actions.Named, chosen string) []page.Option {
		if n.Slug == "" || seen[kind+n.Slug] {
			return list
		}
		seen[kind+n.Slug] = true
		return append(list, page.Option{Value: n.Slug, Text: f.Word(n.Names), Chosen: n.Slug == chosen})
	}
	for _, i := range r.items {
		services = add(services, "s ", i.Service, w.service)
		themes = add(themes, "t ", i.Theme, w.theme)
	}
	byText := func(a, b page.Option) int {
		return strings.Compare(plain(page.Unmarked(a.Text)), plain(page.Unmarked(b.Text)))
	}
	slices.SortFunc(services, byText)
	slices.SortFunc(themes, byText)
	services = append([]page.Option{{Text: f.T("said.all_services|All services")}}, services...)
	themes = append([]page.Option{{Text: f.T("said.all_themes|All themes")}}, themes...)
	return services, themes
}

// YouSaidItem is the page of one item. One that was withdrawn answers 410 with the reason.
func (p *Pages) YouSaidItem(c echo.Context) error {
	r, err := p.reader(c)
	if err != nil {
		return moved(c, err, youSaidPath) // numbers are the old council's own: its successor may use them for others
	}
	_ = p.frame(c, r.org, r.lang)
	number, err := strconv.ParseInt(c.Param("number"), 10, 64)
	if err != nil || number <= 0 || strconv.FormatInt(number, 10) != c.Param("number") {
		return echo.ErrNotFound
	}
	at := slices.IndexFunc(r.items, func(i actions.Item) bool { return i.Number == number })
	if at >= 0 {
		return p.serve(c, r, "item "+c.Param("number"), wanted{}, func() (*response, error) {
			return p.html("public/yousaid_item", p.itemPage(r, r.items[at]), responseOptions{varies: r.varies})
		})
	}
	item, err := p.Actions.Item(c.Request().Context(), r.org.ID, number)
	if errors.Is(err, actions.ErrMissing) || err == nil && !item.Withdrawn {
		return echo.ErrNotFound
	}
	if err != nil {
		return err
	}
	f := p.frameOf(r, youSaidPath+"/"+c.Param("number"), nil)
	f.Listed = false
	return p.serve(c, r, "gone "+c.Param("number"), wanted{}, func() (*response, error) {
		return p.html(
			"public/yousaid_gone",
			page.GonePage{
				Page:    f,
				Heading: f.T("said.gone|This is no longer published"),
				On:      date(f, item.Updated),
				Reason:  page.Find(item.WithdrawnNote, r.lang),
				List: r.in(
					youSaidPath,
				),
				Listed: f.T("said.to_list|All of “You said, we did”"),
			},
			responseOptions{status: http.StatusGone, varies: r.varies},
		)
	})
}

func (p *Pages) itemPage(r reader, i actions.Item) page.ItemPage {
	number := strconv.FormatInt(i.Number, 10)
	v := page.ItemPage{
		Page:   p.frameOf(r, youSaidPath+"/"+number, nil),
		Item:   p.itemView(r, i, r.lang),
		List:   r.in(youSaidPath),
		Poster: r.in(youSaidPath + "/poster?item=" + number),
	}
	for _, lang := range r.languages {
		if one := p.itemView(r, i, lang); !one.Missing {
			v.EachLanguage = append(v.EachLanguage, one)
		}
	}
	if len(v.EachLanguage) == 0 {
		v.EachLanguage = []page.ItemView{v.Item}
	}
	return v
}

// Embed is the newest items for a frame of another site: no cookie, no script, and links that leave the frame.
func (p *Pages) Embed(c echo.Context) error {
	r, err := p.reader(c)
	if err != nil {
		return moved(c, err, youSaidPath+"/embed")
	}
	w := wants(c)
	w.before = ""
	return p.serve(c, r, "embed", w, func() (*response, error) {
		v := page.EmbedPage{Page: p.frameOf(r, youSaidPath+"/embed", nil), List: r.in(youSaidPath)}
		v.Framing, v.Listed = page.FramedByAnybody, false
		list := r.find(w)
		for _, i := range list[:min(len(list), embedPart)] {
			v.Items = append(v.Items, p.itemView(r, i, r.lang))
		}
		return p.html("public/yousaid_embed", v, responseOptions{varies: r.varies})
	})
}

// base is the address of the council's site.
func (p *Pages) base(r reader) string {
	if r.org.BaseURL != "" {
		return r.org.BaseURL
	}
	return strings.TrimSuffix(p.BaseURL, "/")
}
