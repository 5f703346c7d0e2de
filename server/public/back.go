package public

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"yousaid/surveys/responses"
)

// answersForm is the id of the form on a page with answers.
const answersForm = "answers"

// back stores what stands on a page, as far as it can be stored, and leads to the page before. What is required may still be missing; what
// has to be put right is told
// first, because it would be lost. The form is not finished by it, whatever its page.
func (p *Pages) back(c echo.Context, v view, lang string) error {
	d := v.edition.definition
	if v.index < len(d.Pages) {
		d.Pages = append(d.Pages[:0:0], d.Pages...)
		asked := &d.Pages[v.index]
		asked.Questions = append(asked.Questions[:0:0], asked.Questions...)
		for i := range asked.Questions {
			asked.Questions[i].Required = false
		}
	}
	sent, err := responses.Check(d, v.index, v.form, lang, v.given)
	var problems responses.Problems
	if errors.As(err, &problems) {
		v.frame = p.frame(c, v.target.org, lang)
		v.frame.Problems = v.named(v.frame.ProblemsOf(problems))
		return p.show(c, http.StatusUnprocessableEntity, v)
	}
	if err != nil {
		v.frame = p.frame(c, v.target.org, lang)
		return err
	}
	sent.Last = false
	if _, err := p.Collector.Submit(c.Request().Context(), sent); err != nil {
		v.frame = p.frame(c, v.target.org, lang)
		return p.refuse(c, v, err)
	}
	if p.visible(v.target, v.form) { // or the next person at a shared computer would see what stands there
		v.token = p.renew(v.form, v.token)
	}
	return c.Redirect(http.StatusSeeOther, v.address(v.index-1)+"?"+askedLanguage+"="+lang)
}
