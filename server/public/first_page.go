package public

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"yousaid/server/page"
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
		if c.QueryParams().Has(askedJob) {
			return p.firstOfJob(c, d, lang, chosen)
		}
	}
	words := p.vocabulary(c.Request().Context(), d.org)
	w, err := p.firstPages.page(
		firstPageKey{d, lang, chosen, words.words(lang)},
		func() (*firstPage, error) { return p.renderFirstPage(d, words, lang, chosen) },
	)
	if err != nil {
		return err
	}
	return w.send(c, p.Signer.Mint(p.newForm(d)))
}

// askedJob and jobSignature name the piece of work that feedback is about, in the address of a link.
const (
	askedJob     = "job"
	jobSignature = "sig"
)

// firstOfJob shows a first page about one job. It is made for this one job: nothing of it is ready, and nobody else may be shown it.
func (p *Pages) firstOfJob(c echo.Context, d *linkTarget, lang, chosen string) error {
	unstored(c)
	frame := p.frame(c, d.org, lang)
	job, err := p.Links.Job(c.Request().Context(), d.org.ID, d.code, c.QueryParam(askedJob), c.QueryParam(jobSignature))
	if err != nil {
		return err
	}
	form := p.newForm(d)
	form.Job = job
	v := view{target: d, edition: d.edition, form: form, token: p.Signer.Mint(form), frame: frame}
	q := v.first(chosen)
	for i := range q.Page.Languages {
		q.Page.Languages[i].Href += "&" + url.Values{askedJob: {c.QueryParam(askedJob)}, jobSignature: {c.QueryParam(jobSignature)}}.Encode()
	}
	return page.Render(c, http.StatusOK, "public/questions", q)
}

// renderFirstPage renders a first page, for many to see.
func (p *Pages) renderFirstPage(d *linkTarget, words vocabulary, lang, chosen string) (*firstPage, error) {
	v := view{target: d, edition: d.edition, token: page.TokenMarker, frame: p.pageFor(d.org, words, lang)}
	body, err := p.Pages.RenderBytes("public/questions", v.first(chosen))
	if err != nil {
		return nil, err
	}
	return newFirstPage(body, v.frame.Brand.CSP())
}

// closed says that the link leads nowhere any more.
func (p *Pages) closed(c echo.Context, d *linkTarget, lang string) error {
	unstored(c)
	f := p.frame(c, d.org, lang)
	f.Languages = page.Languages(d.edition.languages, lang, func(l string) string { return d.address() + "?" + askedLanguage + "=" + l })
	return page.Render(
		c,
		http.StatusGone,
		"public/closed",
		page.ClosedPage{Page: f, Survey: page.Find(d.edition.definition.Title, lang), Expired: d.ended},
	)
}
