package public

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"yousaid/server/accounts"
	"yousaid/server/page"
	"yousaid/surveys"
	"yousaid/surveys/responses"
)

// Preview shows a page of a questionnaire to staff as customers would see it, in a frame. Its form leads to the next page of the preview
// and stores nothing.
func (p *Pages) Preview(
	c echo.Context,
	org accounts.Organisation,
	d surveys.Definition,
	lang string,
	index int,
	at func(index int, lang string) string,
) error {
	unstored(c)
	e := &edition{definition: d, languages: offered(org, d)}
	if !slices.Contains(e.languages, lang) && len(e.languages) > 0 {
		lang = e.languages[0]
	}
	if lang == "" {
		lang = "en"
	}
	v := view{
		target:  &linkTarget{org: org, edition: e},
		edition: e,
		index:   index,
		token:   "preview",
		frame:   p.pageFor(org, p.vocabularyAfter(c.Request().Context(), org, 0), lang),
	}
	v.frame.Framing, v.frame.Base = page.FramedHere, ""
	v.frame.Languages = page.Languages(e.languages, lang, func(l string) string { return at(index, l) })
	if index > 0 {
		v.frame.Back = at(index-1, lang)
	}
	switch {
	case e.equality(index):
		q := v.equality()
		q.Action = at(index, lang)
		return page.Render(c, http.StatusOK, "public/equality", q)
	case index >= responses.Pages(d) || index >= len(d.Pages):
		return page.Render(
			c,
			http.StatusOK,
			"public/thanks",
			page.ThanksPage{Page: v.frame, Survey: page.Find(d.Title, lang), Again: at(0, lang)},
		)
	}
	q := v.questions()
	q.Action = at(index, lang)
	return page.Render(c, http.StatusOK, "public/questions", q)
}
