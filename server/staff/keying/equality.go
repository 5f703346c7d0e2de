package keying

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"yousaid/server/page"
	"yousaid/surveys/bank"
	"yousaid/surveys/responses"
)

// equalityAddress is the address of the equality questions of the form.
func (k keyedForm) equalityAddress(c echo.Context) string {
	path, query, _ := strings.Cut(k.address(c, k.view.Lang, ""), "?")
	return path + "/" + k.view.Token + "?" + query
}

// KeyEquality asks the equality questions of a form that was just stored. What was answered is never shown again.
func (p *Pages) KeyEquality(c echo.Context) error {
	k, err := p.keyed(c, c.Param("token"))
	if err != nil {
		return err
	}
	if !responses.AsksEquality(k.definition) {
		return responses.ErrNoPage
	}
	k.askEquality(c)
	return page.Render(c, http.StatusOK, "staff/keying_about", k.view)
}

// askEquality fills in the equality questions, none answered.
func (k *keyedForm) askEquality(c echo.Context) {
	k.view.Action = k.equalityAddress(c)
	for _, id := range k.definition.Equality {
		if characteristic, ok := bank.Find(id); ok {
			for _, q := range characteristic.Questions {
				asked := k.view.AboutYou(characteristic, q, k.view.Lang, nil)
				asked.NoMark = true
				k.view.Questions = append(k.view.Questions, asked)
			}
		}
	}
}

// SaveKeyedEquality stores the equality answers, or none, and leads to the next respondent.
func (p *Pages) SaveKeyedEquality(c echo.Context) error {
	k, err := p.keyed(c, c.Param("token"))
	if err != nil {
		return err
	}
	fields := c.Request().PostForm
	if fields.Get("do") == page.ActionSkip {
		fields = url.Values{}
	}
	sent, err := responses.Check(k.definition, len(k.definition.Pages), k.Form, k.view.Lang, fields)
	var problems responses.Problems
	if err != nil && !errors.As(err, &problems) {
		return err
	}
	if len(problems) > 0 {
		k.view.Problems = k.view.ProblemsOf(problems)
		k.askEquality(c)
		return page.Render(c, http.StatusUnprocessableEntity, "staff/keying_about", k.view)
	}
	if _, err := p.Collector.Submit(c.Request().Context(), sent); err != nil {
		k.askEquality(c)
		return k.unstored(c, err, "staff/keying_about")
	}
	return k.next(c, "", k.view.Token)
}
