package public

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"yousaid/analytics/actions"
)

const feedPart = 50 // newest items in a feed

func number(n int64) string { return strconv.FormatInt(n, 10) }

// AtomFeed is the list as an Atom feed (RFC 4287).
func (p *Pages) AtomFeed(c echo.Context) error { return p.feed(c, "feed.atom", p.atom) }

// JSONFeed is the list as a JSON Feed (version 1.1).
func (p *Pages) JSONFeed(c echo.Context) error { return p.feed(c, "feed.json", p.jsonFeed) }

func (p *Pages) feed(c echo.Context, name string, write func(reader, wanted, []actions.Item) ([]byte, string, error)) error {
	r, err := p.reader(c)
	if err != nil {
		return moved(c, err, youSaidPath+"/"+name)
	}
	w := wants(c)
	w.before = ""
	return p.serve(c, r, name, w, func() (*response, error) {
		list := r.find(w)
		b, kind, err := write(r, w, list[:min(len(list), feedPart)])
		if err != nil {
			return nil, err
		}
		return newResponse(b, responseOptions{kind: kind, varies: r.varies})
	})
}

// tag is a name for ever (RFC 4151): it stays when the address of the page changes.
func (p *Pages) tag(r reader, day, path string) string {
	host := "yousaid.invalid"
	if u, err := url.Parse(p.base(r)); err == nil && u.Hostname() != "" {
		host = u.Hostname()
	}
	return "tag:" + host + "," + day + ":" + r.org.Slug + path
}

// moment is the beginning of a day where the council is.
func (r reader) moment(day string) string {
	t, err := time.ParseInLocation(time.DateOnly, day, r.org.Zone())
	if err != nil {
		return "1970-01-01T00:00:00Z"
	}
	return t.UTC().Format(time.RFC3339)
}

func newest(list []actions.Item, otherwise string) string {
	last := ""
	for _, i := range list {
		last = max(last, i.Updated)
	}
	if last == "" {
		return otherwise
	}
	return last
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type atomText struct {
	Type string `xml:"type,attr"`
	Text string `xml:",chardata"`
}

type atomCategory struct {
	Term string `xml:"term,attr"`
}

type atomEntry struct {
	Title      atomText       `xml:"title"`
	ID         string         `xml:"id"`
	Published  string         `xml:"published"`
	Updated    string         `xml:"updated"`
	Link       atomLink       `xml:"link"`
	Categories []atomCategory `xml:"category"`
	Content    atomText       `xml:"content"`
}

type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string      `xml:"xml:lang,attr"`
	Title   atomText    `xml:"title"`
	ID      string      `xml:"id"`
	Updated string      `xml:"updated"`
	Author  string      `xml:"author>name"`
	Links   []atomLink  `xml:"link"`
	Entries []atomEntry `xml:"entry"`
}

func (p *Pages) atom(r reader, w wanted, list []actions.Item) ([]byte, string, error) {
	r.plain = true
	f := p.pageOf(r, r.lang)
	base := p.base(r)
	query := "?" + w.values(r.lang).Encode()
	feed := atomFeed{
		Lang:    r.lang,
		Title:   atomText{"text", xmlText(f.Organisation + ": " + f.T("said.title|You said, we did"))},
		ID:      p.tag(r, "2026", youSaidPath+query),
		Updated: r.moment(newest(list, r.today)),
		Author:  xmlText(f.Organisation),
		Links: []atomLink{
			{
				"self",
				"application/atom+xml",
				base + "/" + r.org.Slug + youSaidPath + "/feed.atom" + query,
			},
			{"alternate", "text/html", base + "/" + r.org.Slug + youSaidPath + query}},
	}
	for _, i := range list {
		v := p.itemView(r, i, r.lang)
		e := atomEntry{
			Title: atomText{"text", xmlText(v.Service.Text + ", " + f.T("said.number|number %s", number(i.Number)))},
			ID:    p.tag(r, i.Published, youSaidPath+"/"+number(i.Number)),
			Published: r.moment(
				i.Published,
			),
			Updated: r.moment(i.Updated),
			Link:    atomLink{"alternate", "text/html", base + v.Href},
			Content: atomText{"text", xmlText(inWords(v))},
		}
		if v.Service.Text == "" {
			e.Title.Text = xmlText(f.T("said.whole|The whole council") + ", " + f.T("said.number|number %s", number(i.Number)))
		}
		for _, t := range []string{v.Service.Text, v.Theme.Text} {
			if t != "" {
				e.Categories = append(e.Categories, atomCategory{xmlText(t)})
			}
		}
		feed.Entries = append(feed.Entries, e)
	}
	var b bytes.Buffer
	b.WriteString(xml.Header)
	if err := xml.NewEncoder(&b).Encode(feed); err != nil {
		return nil, "", err
	}
	return b.Bytes(), "application/atom+xml; charset=utf-8", nil
}

type jsonItem struct {
	ID        string   `json:"id"`
	URL       string   `json:"url"`
	Title     string   `json:"title"`
	Text      string   `json:"content_text"`
	Published string   `json:"date_published"`
	Modified  string   `json:"date_modified"`
	Tags      []string `json:"tags,omitempty"`
	Language  string   `json:"language"`
}

type jsonAuthor struct {
	Name string `json:"name"`
}

func (p *Pages) jsonFeed(r reader, w wanted, list []actions.Item) ([]byte, string, error) {
	r.plain = true
	f := p.pageOf(r, r.lang)
	base := p.base(r) + "/" + r.org.Slug + youSaidPath
	query := "?" + w.values(r.lang).Encode()
	feed := struct {
		Version  string       `json:"version"`
		Title    string       `json:"title"`
		Home     string       `json:"home_page_url"`
		Feed     string       `json:"feed_url"`
		Language string       `json:"language"`
		Authors  []jsonAuthor `json:"authors"`
		Items    []jsonItem   `json:"items"`
	}{"https://jsonfeed.org/version/1.1", f.Organisation + ": " + f.T("said.title|You said, we did"), base + query,
		base + "/feed.json" + query, r.lang, []jsonAuthor{{f.Organisation}}, []jsonItem{}}
	for _, i := range list {
		v := p.itemView(r, i, r.lang)
		one := jsonItem{
			ID:        p.tag(r, i.Published, youSaidPath+"/"+number(i.Number)),
			URL:       p.base(r) + v.Href,
			Title:     v.Service.Text,
			Text:      inWords(v),
			Published: r.moment(i.Published),
			Modified:  r.moment(i.Updated),
			Language:  r.lang,
		}
		if one.Title == "" {
			one.Title = f.T("said.whole|The whole council")
		}
		for _, t := range []string{v.Service.Text, v.Theme.Text} {
			if t != "" {
				one.Tags = append(one.Tags, t)
			}
		}
		feed.Items = append(feed.Items, one)
	}
	b, err := json.Marshal(feed)
	return b, "application/feed+json; charset=utf-8", err
}

// xmlText drops what XML cannot hold.
func xmlText(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0xfffe || r == 0xffff {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}
