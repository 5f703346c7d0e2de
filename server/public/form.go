package public

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"github.com/labstack/echo/v4"

	"yousaid/server/page"
	"yousaid/surveys/responses"
)

// SaveFirstPage stores the first page of a form: the response begins. Sent again, it changes the one response.
func (p *Pages) SaveFirstPage(c echo.Context) error {
	d, err := p.find(c)
	if err != nil {
		return err
	}
	return p.take(c, d, c.Request().PostFormValue(page.FieldToken), 0)
}

// SavePage stores a later page, or the first once more.
func (p *Pages) SavePage(c echo.Context) error {
	d, err := p.find(c)
	if err != nil {
		return err
	}
	index, err := p.index(c, d)
	if err != nil {
		return err
	}
	return p.take(c, d, c.Param("token"), index)
}

// index is the number of the page in the address, from 0.
func (p *Pages) index(c echo.Context, d *linkTarget) (int, error) {
	n, err := strconv.Atoi(c.Param("page"))
	if err != nil || n < 1 || strconv.Itoa(n) != c.Param("page") {
		p.frame(c, d.org, p.language(c, d.edition.languages, ""))
		return 0, responses.ErrNoPage
	}
	return n - 1, nil
}

// open reads the token of a form, which must have been made for this link, and finds the questionnaire that was shown. A page that tells of
// a failure looks
// like the council's; nothing is dressed for a form that goes on to the next page.
func (p *Pages) open(c echo.Context, d *linkTarget, token string) (form responses.Form, e *edition, err error) {
	unstored(c)
	defer func() {
		if err != nil {
			p.frame(c, d.org, p.language(c, d.edition.languages, ""))
		}
	}()
	form, err = p.Signer.Open(token)
	if err == nil && (form.Organisation != d.org.ID || form.Link != d.link) {
		err = responses.ErrToken
	}
	if err != nil {
		return form, nil, err
	}
	e, err = p.editions.find(c.Request().Context(), p.Surveys, d.org, form.Version)
	return form, e, err
}

// take checks and stores a page that was sent, and leads to the next.
func (p *Pages) take(c echo.Context, d *linkTarget, token string, index int) error {
	ctx := c.Request().Context()
	form, e, err := p.open(c, d, token)
	if err != nil {
		return err
	}
	lang := p.language(c, e.languages, "")
	in := pressed(c, e.languages)
	if index > 0 && in == "" && c.QueryParam(shownLanguage) == "" { // a program that sends no more than the answers
		given, err := p.Responses.Answers(ctx, d.org.ID, form.Response)
		if err != nil {
			p.frame(c, d.org, lang)
			return err
		}
		lang = p.language(c, e.languages, given.Language)
	}
	fields := c.Request().PostForm
	if e.equality(index) && fields.Get(page.FieldAction) == page.ActionSkip {
		fields = url.Values{}
	}
	v := view{target: d, edition: e, index: index, form: form, token: token, given: fields}
	if index == 0 {
		v.form, v.token = p.begin(d, form, token)
	} else if !p.sendable(form) {
		v.frame = p.frame(c, d.org, lang)
		return p.left(c, v, fields)
	}
	switch {
	case fields.Get(page.FieldAction) == page.ActionBack && index > 0:
		return p.back(c, v, lang)
	case in != "":
		v.frame = p.frame(c, d.org, in)
		return p.inAnother(c, v)
	}
	sent, err := responses.Check(e.definition, index, v.form, lang, fields)
	var problems responses.Problems
	if err != nil {
		v.frame = p.frame(c, d.org, lang)
	}
	switch {
	case errors.As(err, &problems):
		v.frame.Problems = v.named(v.frame.ProblemsOf(problems))
		return p.show(c, http.StatusUnprocessableEntity, v)
	case err != nil:
		return err
	}
	if sent.Empty() {
		v.frame = p.frame(c, d.org, lang)
		return p.nothing(c, v)
	}
	sent.Origin = p.origin(c, d)
	if err := p.within(sent); err != nil {
		v.frame = p.frame(c, d.org, lang)
		return p.refuse(c, v, err)
	}
	ended, err := p.Collector.Submit(ctx, sent)
	if err != nil {
		v.frame = p.frame(c, d.org, lang)
		return p.refuse(c, v, err)
	}
	v.token = p.after(v.form, v.token, sent.Last, ended)
	next := v.address(index + 1)
	if sent.Last {
		next = v.thanks()
	}
	return c.Redirect(http.StatusSeeOther, next)
}

// named puts the question before each sentence on a page that asks more than one: "Choose one of the answers" twice would help nobody.
func (v view) named(problems page.Problems) page.Problems {
	if v.edition.equality(v.index) || len(v.edition.definition.Pages[v.index].Questions) < 2 {
		return problems
	}
	for i, p := range problems {
		if q, ok := v.edition.definition.Question(p.Field); ok {
			problems[i].Text = v.frame.Word(q.Text) + " " + p.Text
		}
	}
	return problems
}

// retryAfter is how many seconds a program should wait before it sends again what could not be stored.
const retryAfter = "60"

// refuse shows what became of a page that was not stored. What was written stays on it wherever it could be sent again.
func (p *Pages) refuse(c echo.Context, v view, err error) error {
	var many tooMany
	switch {
	case errors.As(err, &many):
		c.Response().Header().Set(echo.HeaderRetryAfter, strconv.Itoa(many.seconds()))
		v.unsaved, v.minutes = true, many.minutes()
		return p.show(c, http.StatusTooManyRequests, v)
	case errors.Is(err, responses.ErrClosed):
		d := v.target
		p.targets.forget(d.code)
		if now, err := p.target(c.Request().Context(), d.code); err == nil {
			d = now // it knows whether the link has ended or the survey
		}
		return p.closed(c, d, v.lang())
	case errors.Is(err, responses.ErrSpent):
		return p.spent(c, v)
	case errors.Is(err, responses.ErrJobTaken):
		return p.jobTaken(c, v)
	case errors.Is(err, responses.ErrRefused):
		v.frame.Problems.Add("", v.frame.T("questions.refused|We could not save these answers as they are. Change them and send them again."))
		return p.show(c, http.StatusUnprocessableEntity, v)
	case errors.Is(err, responses.ErrBusy),
		errors.Is(err, responses.ErrAway),
		errors.Is(err, responses.ErrStopped),
		errors.Is(err, context.DeadlineExceeded):
		c.Response().Header().Set(echo.HeaderRetryAfter, retryAfter)
		v.unsaved = true
		return p.show(c, http.StatusServiceUnavailable, v)
	}
	return err
}

// inAnother shows a page of a form in another language, with what was written on it: the page itself, or that its job has its feedback
// already.
func (p *Pages) inAnother(c echo.Context, v view) error {
	if v.index == 0 && !v.form.Job.None() {
		taken, err := p.Responses.JobTaken(c.Request().Context(), v.form)
		if err != nil {
			return err
		}
		if taken {
			return p.jobTaken(c, v)
		}
	}
	return p.show(c, http.StatusOK, v)
}

// jobTaken says that somebody has sent feedback about the job before. What was written now is given back.
func (p *Pages) jobTaken(c echo.Context, v view) error {
	s := page.SpentPage{Page: v.frame, Survey: page.Find(v.edition.definition.Title, v.lang()), Job: true, Written: v.written()}
	v.keep(&s)
	return page.Render(c, http.StatusConflict, "public/spent", s)
}

// written are the words on a page that was sent, in the order of its questions.
func (v view) written() (words []string) {
	if v.index >= len(v.edition.definition.Pages) {
		return nil
	}
	for _, q := range v.edition.definition.Pages[v.index].Questions {
		if s := page.Printable(v.given.Get(q.Code)); s != "" && q.Free() {
			words = append(words, s)
		}
	}
	return words
}

// keep has the languages of a page that takes no answers send what was written to it once more. Answers about the person are not kept:
// nobody else who uses the device may find
// them.
func (v view) keep(s *page.SpentPage) {
	s.Languages = page.Languages(v.edition.languages, v.lang(), v.inOther)
	s.KeptForm, s.Action = keptForm, v.action()
	s.Kept = []page.Kept{{Name: page.FieldToken, Value: v.token}}
	if v.index >= len(v.edition.definition.Pages) {
		return
	}
	for _, q := range v.edition.definition.Pages[v.index].Questions {
		for _, value := range v.given[q.Code] {
			s.Kept = append(s.Kept, page.Kept{Name: q.Code, Value: page.Printable(value)})
		}
	}
}

// keptForm is the id of the form that holds what was written on a page that takes no answers.
const keptForm = "kept"

// show renders a page of a form, with what stands in it.
func (p *Pages) show(c echo.Context, status int, v view) error {
	if v.index > 0 {
		v.frame.Back = v.address(v.index - 1)
	}
	v.frame.Form = answersForm
	v.frame.Languages = page.Languages(v.edition.languages, v.lang(), v.inOther)
	if v.edition.equality(v.index) {
		return page.Render(c, status, "public/equality", v.equality())
	}
	return page.Render(c, status, "public/questions", v.questions())
}

// spent says that the form was sent to its end already.
func (p *Pages) spent(c echo.Context, v view) error {
	v.frame.Languages = page.Languages(v.edition.languages, v.lang(), v.inOther)
	return page.Render(c, http.StatusConflict, "public/spent",
		page.SpentPage{Page: v.frame, Survey: page.Find(v.edition.definition.Title, v.lang()), Again: p.again(c, v.target, v.lang())})
}

// again is where feedback can be given once more, or "" where it cannot.
func (p *Pages) again(c echo.Context, d *linkTarget, lang string) string {
	if !d.open {
		return ""
	}
	return p.in(c, d.address(), lang, d.edition.languages)
}
