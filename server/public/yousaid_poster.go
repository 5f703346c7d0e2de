package public

import (
	"html/template"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"yousaid/analytics/actions"
	"yousaid/server/page"
	"yousaid/surveys/qr"
)

// YouSaidPoster is a sheet for a wall: the items asked for by number, or the newest that fit.
func (p *Pages) YouSaidPoster(c echo.Context) error {
	r, err := p.reader(c)
	if err != nil {
		return moved(c, err, youSaidPath)
	}
	_ = p.frame(c, r.org, r.lang)
	return p.search(c, r, "", func() (*response, error) { return p.poster(r, wants(c), c.QueryParams()) })
}

func (p *Pages) poster(r reader, w wanted, asked url.Values) (*response, error) {
	w.before = ""
	list := r.find(w)
	numbers := asked["item"]
	if len(numbers) > 0 {
		list = slices.DeleteFunc(list, func(i actions.Item) bool { return !slices.Contains(numbers, strconv.FormatInt(i.Number, 10)) })
		if len(list) == 0 {
			return nil, echo.ErrNotFound
		}
	}
	list = list[:min(len(list), posterPart)]
	items, letters := p.posterItems(r, list, len(numbers) > 0)
	list = list[:len(items)]
	v := page.PosterPage{Page: p.frameOf(r, youSaidPath+"/poster", asked), List: r.in(youSaidPath), Items: items, Letters: letters}
	v.Listed = false
	path := youSaidPath
	if len(list) == 1 {
		path += "/" + strconv.FormatInt(list[0].Number, 10)
	}
	full := p.base(r) + "/" + r.org.Slug + path
	v.Address = strings.TrimPrefix(strings.TrimPrefix(full, "https://"), "http://")
	code, err := qr.New(full)
	if err != nil {
		return nil, err
	}
	v.Code = template.HTML(code.SVG(v.T("said.code|QR code of %s", v.Address))) // made here, its title escaped
	return p.html("public/yousaid_poster", v, responseOptions{varies: r.varies})
}

// posterItems are the items of a poster and the size of its letters: all of them, or the newest that can be read from afar, and at least
// one.
func (p *Pages) posterItems(r reader, list []actions.Item, all bool) (items []page.ItemView, letters int) {
	for _, i := range list {
		one := p.itemView(r, i, r.lang)
		for _, t := range []*page.Text{&one.Quote, &one.Figure.Source, &one.After.Source, &one.Figure.Question,
			&one.After.Question} { // a sheet holds no more
			*t = page.Text{}
		}
		items = append(items, one)
	}
	letters, fits := page.OnPoster(items)
	for !all && len(items) > 1 && (!fits || letters < page.FromAfar) {
		items = items[:len(items)-1]
		letters, fits = page.OnPoster(items)
	}
	return items, letters
}
