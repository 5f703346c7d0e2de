package public

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"yousaid/server/page"
	"yousaid/surveys/responses"
)

// FirstPage shows the first page of a link's questionnaire. It stores nothing, counts nothing and marks nothing, whoever or whatever asks.
func (p *Pages) FirstPage(c echo.Context) error {
	d, err := p.find(c)
	if err != nil {
		return err
	}
	lang := p.language(c, d.edition.languages, "")
	if !d.open {
		return p.closed(c, d, lang)
	}
	chosen := ""
	if c.Request().URL.RawQuery != "" {
		chosen = d.edition.rating(c.QueryParam("r"))
	}
	w, err := p.ready.page(leaf{d, lang, chosen}, func() (*written, error) { return p.write(d, lang, chosen) })
	if err != nil {
		return err
	}
	return w.send(c, p.Signer.Mint(responses.NewForm(d.org.ID, d.link, d.edition.id)))
}

// write renders a first page, for many to see.
func (p *Pages) write(d *door, lang, chosen string) (*written, error) {
	v := view{door: d, edition: d.edition, token: page.TokenMarker, frame: dress(p.Pages.In(lang), d.org)}
	body, err := p.Pages.RenderBytes("public/questions", v.first(chosen))
	if err != nil {
		return nil, err
	}
	return write(body, v.frame.Brand.CSP())
}

// closed says that the link leads nowhere any more.
func (p *Pages) closed(c echo.Context, d *door, lang string) error {
	unstored(c)
	f := frame(c, d.org, lang)
	f.Languages = page.Languages(d.edition.languages, lang, func(l string) string { return d.address() + "?" + askedLanguage + "=" + l })
	return page.Render(c, http.StatusGone, "public/closed", page.ClosedPage{Page: f, Survey: page.Find(d.edition.definition.Title, lang), Expired: d.ended})
}
