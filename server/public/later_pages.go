package public

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"yousaid/server/page"
	"yousaid/surveys/responses"
)

// Page shows a page of a form that has begun: a later one, or the first once more, with what was answered before. Equality answers stay
// where they are.
func (p *Pages) Page(c echo.Context) error {
	d, err := p.find(c)
	if err != nil {
		return err
	}
	index, err := p.index(c, d)
	if err != nil {
		return err
	}
	v, given, err := p.begun(c, d)
	switch {
	case errors.Is(err, responses.ErrNotStarted):
		return p.afresh(c, d)
	case err != nil:
		return err
	case index >= responses.Pages(v.edition.definition):
		return responses.ErrNoPage
	case given.Finished():
		return p.over(c, v, given)
	case !p.visible(d, v.form):
		return p.left(c, v, nil)
	}
	v.index = index
	v.saved = index == 1
	if !v.edition.equality(index) {
		v.given = given.Values
	}
	return p.show(c, http.StatusOK, v)
}

// Thanks says that all is stored. It gives the receipt code for some minutes, in which it can be reloaded; whoever finds the address later
// is not shown the code, with
// which the feedback can be taken back.
func (p *Pages) Thanks(c echo.Context) error {
	d, err := p.find(c)
	if err != nil {
		return err
	}
	v, given, err := p.begun(c, d)
	switch {
	case errors.Is(err, responses.ErrNotStarted):
		return p.afresh(c, d)
	case err != nil:
		return err
	case !given.Finished() && !p.visible(d, v.form):
		return p.left(c, v, nil)
	case !given.Finished():
		return c.Redirect(http.StatusSeeOther, v.address(unanswered(v.edition, given)))
	case given.State != finished:
		return p.over(c, v, given)
	}
	v.frame.Languages = page.Languages(
		v.edition.languages,
		v.lang(),
		func(lang string) string { return v.thanks() + "?" + askedLanguage + "=" + lang },
	)
	results := ""
	if t, err := p.snapshot(c.Request().Context(), d.org.Slug); err == nil && len(t.items) > 0 {
		results = v.frame.Base + youSaidPath + "?" + askedLanguage + "=" + v.lang()
	}
	thanks := page.ThanksPage{
		Page:    v.frame,
		Results: results,
		Survey:  page.Find(v.edition.definition.Title, v.lang()),
		Service: page.Find(d.service, v.lang()),
		Again:   p.again(c, d, v.lang()),
	}
	if p.showsCode(d, v.form) {
		thanks.Receipt = p.Signer.Receipt(v.form.Response)
		if thanks.Moves = d.kiosk && thanks.Again != ""; thanks.Moves {
			toStart(c, thanks.Again)
		}
	}
	return page.Render(c, http.StatusOK, "public/thanks", thanks)
}

// finished is the state of a response that was sent to its end.
const finished = "finished"

// begun reads what was sent of the form in the address, and starts its page in the language of what was sent last.
func (p *Pages) begun(c echo.Context, d *linkTarget) (view, responses.Given, error) {
	token := c.Param("token")
	form, e, err := p.open(c, d, token)
	if err != nil {
		return view{}, responses.Given{}, err
	}
	given, err := p.Responses.Answers(c.Request().Context(), d.org.ID, form.Response)
	if err != nil {
		p.frame(c, d.org, p.language(c, e.languages, ""))
		return view{}, given, err
	}
	return view{
		target:  d,
		edition: e,
		form:    form,
		token:   token,
		frame:   p.frame(c, d.org, p.language(c, e.languages, given.Language)),
	}, given, nil
}

// over answers for a form that takes no more: it was sent to its end, or taken back.
func (p *Pages) over(c echo.Context, v view, given responses.Given) error {
	if given.State == finished {
		return p.spent(c, v)
	}
	return echo.NewHTTPError(http.StatusGone)
}

// afresh leads to the first page of a new form: of this one nothing was ever sent.
func (p *Pages) afresh(c echo.Context, d *linkTarget) error {
	languages := d.edition.languages
	return c.Redirect(http.StatusSeeOther, p.in(c, d.address(), p.language(c, languages, ""), languages))
}

// unanswered is the page that somebody who has not come to the end goes on with: the first later one without an answer, or the last.
func unanswered(e *edition, given responses.Given) int {
	for i, asked := range e.definition.Pages[1:] {
		answered := false
		for _, q := range asked.Questions {
			answered = answered || given.Values.Has(q.Code)
		}
		if !answered {
			return i + 1
		}
	}
	return responses.Pages(e.definition) - 1
}
