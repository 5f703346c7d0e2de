package keying

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/server/staff"
	"yousaid/surveys"
	"yousaid/surveys/links"
	"yousaid/surveys/responses"
)

// KeyFormPage is staff/keying_form: one questionnaire, and staff/keying_about: its equality questions.
type KeyFormPage struct {
	page.Page
	Survey, Intro page.Text
	Where, Mode   string
	FormLanguages []staff.Language
	Lang          string // of the script
	Token         string
	Action        string
	Next          string // a new form
	Change        string // where another survey or service is chosen
	Keys          bool   // single keys work
	KeysHref      string // turns them on or off
	Last          string // token of what was stored last; "" for nothing to undo
	Said          string // what became of the last one
	Unsaved       bool   // could not be stored just now
	Questions     []page.QuestionView
}

// Ready gives the questions as their templates take them.
func (v KeyFormPage) Ready() []page.QuestionView {
	return page.QuestionnairePage{Page: v.Page, Questions: v.Questions, Number: 1}.Ready()
}

// keyedForm is a form at the place of the address, with the questionnaire that it asks.
type keyedForm struct {
	links.Keyed
	responses.Form
	definition surveys.Definition
	words      map[string]*page.Words // of the council, in languages for which the program has none
	view       KeyFormPage
}

// keyed reads the place of the address, for a form that was opened with the token ("" opens a new one).
func (p *Pages) keyed(c echo.Context, token string) (k keyedForm, err error) {
	ctx, org := c.Request().Context(), staff.Organisation(c)
	id, err := strconv.ParseInt(c.Param("place"), 10, 64)
	if err != nil {
		return k, links.ErrMissing
	}
	k.Keyed, err = p.Links.Keyed(ctx, signin.Of(c).Actor, id)
	if err != nil && (token == "" || !errors.Is(err, links.ErrNotTaking)) {
		return k, err // a form that is open already is shown again with its answers, or goes on: the store decides
	}
	if token == "" {
		k.Form = responses.NewForm(org.ID, k.ID, k.Keyed.Version)
		k.Form.Shown = p.Now().UnixMilli() // by the clock that undoing goes by
		token = p.Signer.Mint(k.Form)
	} else if k.Form, err = p.Signer.Open(token); err == nil && (k.Organisation != org.ID || k.Link != k.ID) {
		err = responses.ErrToken
	}
	if err != nil {
		return k, err
	}
	version, err := p.Surveys.Version(ctx, org.ID, k.Form.Version)
	if err != nil {
		return k, err
	}
	k.definition = version.Definition
	if k.words, err = staff.OwnWords(c, p.Set, p.Words); err != nil {
		return k, err
	}
	k.view = k.page(c, token)
	return k, nil
}

// page is what all pages of the form show.
func (k keyedForm) page(c echo.Context, token string) KeyFormPage {
	v := KeyFormPage{
		Page:  page.New(c),
		Where: k.Words(),
		Mode:  staff.OptionText(keyedModes(page.New(c)), k.Mode),
		Token: token,
		Keys:  c.QueryParam("keys") != "off",
	}
	for _, t := range staff.Languages(c) {
		if _, in := k.definition.Title.In(t.Lang); in == t.Lang {
			v.FormLanguages = append(v.FormLanguages, t)
		}
	}
	v.Lang = "en"
	if len(v.FormLanguages) > 0 {
		v.Lang = v.FormLanguages[0].Lang
	}
	v.speak(k, c.QueryParam("lang"))
	v.Action = k.address(c, v.Lang, "")
	v.Next = k.address(c, "", "")
	v.Change = "/staff/keying?" + url.Values{
		"survey":  {k.Survey},
		"service": {k.Service},
		"channel": {k.Channel},
		"place":   {k.AccessPoint},
		"mode":    {k.Mode},
	}.Encode()
	return v
}

// speak puts the script into a language in which the questionnaire asks.
func (v *KeyFormPage) speak(k keyedForm, lang string) {
	if slices.ContainsFunc(v.FormLanguages, func(t staff.Language) bool { return t.Lang == lang }) {
		v.Lang = lang
	}
	title, in := k.definition.Title.In(v.Lang)
	v.Survey = page.Wording(title, in, v.Page.Lang)
	intro, in := k.definition.Intro.In(v.Lang)
	v.Intro = page.Wording(intro, in, v.Page.Lang)
	v.Page = v.Page.ReadOut(k.words[v.Lang])
}

// address is where the form is sent, or what comes after it: a new one, with what can be undone.
func (k keyedForm) address(c echo.Context, lang, last string) string {
	q := url.Values{}
	if lang != "" {
		q.Set("lang", lang)
	}
	if last != "" {
		q.Set("last", last)
	}
	if c.QueryParam("keys") == "off" {
		q.Set("keys", "off")
	}
	to := "/staff/keying/" + strconv.FormatInt(k.ID, 10)
	if len(q) > 0 {
		to += "?" + q.Encode()
	}
	return to
}

// ask fills in the questions, with the answers that stand on the page.
func (k *keyedForm) ask(given url.Values) {
	for _, q := range k.definition.Questions() {
		k.view.Questions = append(k.view.Questions, k.view.Asked(q, k.view.Lang, given[q.Code]))
	}
}

// KeyForm shows a new questionnaire.
func (p *Pages) KeyForm(c echo.Context) error {
	k, err := p.keyed(c, "")
	if errors.Is(err, links.ErrNotTaking) {
		page.Flash(c, page.T(c, "keying.the_survey_was_closed|The survey was closed, so no more answers can be typed in. Choose another one."))
		return c.Redirect(http.StatusSeeOther, "/staff/keying")
	}
	if err != nil {
		return err
	}
	switch c.QueryParam("said") {
	case string(responses.Declined):
		k.view.Said = page.T(c, "keying.counted_as_declined|Counted as declined.")
	case string(responses.Unable):
		k.view.Said = page.T(c, "keying.counted_as_unable|Counted as unable.")
	case "undone":
		k.view.Said = page.T(c, "keying.the_last_one_is|The last one is undone: it counts nowhere any more.")
	}
	if last := c.QueryParam("last"); last != "" {
		if form, err := p.Signer.Open(last); err == nil && form.Organisation == k.Organisation && form.Link == k.ID {
			k.view.Last, k.view.Said = last, cmp.Or(k.view.Said, page.T(c, "keying.the_answers_are_stored|The answers are stored."))
		}
	}
	k.ask(nil)
	return k.render(c, http.StatusOK)
}

func (k *keyedForm) render(c echo.Context, status int) error {
	q := c.QueryParams()
	if k.view.Keys {
		q.Set("keys", "off")
	} else {
		q.Del("keys")
	}
	if c.Request().Method == http.MethodGet {
		k.view.KeysHref = "?" + q.Encode()
	}
	return page.Render(c, status, "staff/keying_form", k.view)
}

// SaveKeyed stores a questionnaire, counts somebody who did not answer, or undoes the last one.
func (p *Pages) SaveKeyed(c echo.Context) error {
	fields := c.Request().PostForm
	if fields.Get("token") == "" {
		return responses.ErrToken
	}
	k, err := p.keyed(c, fields.Get("token"))
	if err != nil {
		return err
	}
	switch do := fields.Get("do"); do {
	case "undo":
		if err := p.Keyed.Undo(c.Request().Context(), signin.Of(c).Actor, k.Form); err != nil {
			return err
		}
		return k.next(c, "undone", "")
	case string(responses.Declined), string(responses.Unable):
		if err := p.Keyed.Count(c.Request().Context(), signin.Of(c).Actor, k.Form, responses.Nonresponse(do)); err != nil {
			k.ask(fields)
			return k.unstored(c, err, "staff/keying_form")
		}
		return k.next(c, do, k.view.Token)
	default:
		if lang, ok := strings.CutPrefix(do, page.ActionIn); ok {
			k.view.speak(k, lang)
			k.view.Action = k.address(c, k.view.Lang, "")
			k.ask(fields)
			return k.render(c, http.StatusOK)
		}
	}
	return p.storeAnswers(c, k, fields)
}

// next leads to the next respondent.
func (k keyedForm) next(c echo.Context, said, last string) error {
	to := k.address(c, "", last)
	if said != "" {
		sign := "?"
		if strings.Contains(to, "?") {
			sign = "&"
		}
		to += sign + "said=" + said
	}
	return c.Redirect(http.StatusSeeOther, to)
}

func (p *Pages) storeAnswers(c echo.Context, k keyedForm, fields url.Values) error {
	sent, err := responses.CheckAll(k.definition, k.Form, k.view.Lang, fields)
	var problems responses.Problems
	if err != nil && !errors.As(err, &problems) {
		return err
	}
	if len(problems) == 0 && sent.Empty() {
		k.view.Problems.Add(
			"",
			page.T(c, "keying.choose_an_answer_first|Choose an answer first. If the person did not answer, choose Declined or Unable."),
		)
	}
	if k.view.Problems = append(k.view.Problems, k.view.ProblemsOf(problems)...); len(k.view.Problems) > 0 {
		k.ask(fields)
		return k.render(c, http.StatusUnprocessableEntity)
	}
	if _, err := p.Collector.Submit(c.Request().Context(), sent); err != nil {
		k.ask(fields)
		return k.unstored(c, err, "staff/keying_form")
	}
	if err := p.Keyed.Answered(c.Request().Context(), signin.Of(c).Actor, k.Form); err != nil {
		return err
	}
	if !sent.Last {
		return c.Redirect(http.StatusSeeOther, k.equalityAddress(c))
	}
	return k.next(c, "", k.view.Token)
}

// unstored shows the page again with what stands on it.
func (k *keyedForm) unstored(c echo.Context, err error, template string) error {
	status := http.StatusServiceUnavailable
	switch {
	case errors.Is(err, responses.ErrClosed):
		status = http.StatusGone
		k.view.Problems.Add("", page.T(c, "keying.the_survey_is_closed|The survey is closed, so these answers cannot be stored."))
	case errors.Is(err, responses.ErrSpent):
		status = http.StatusConflict
		k.view.Problems.Add(
			"",
			page.T(c, "keying.these_answers_were_sent|These answers were sent or undone already. Go on with the next respondent."),
		)
	case errors.Is(err, responses.ErrRefused):
		status = http.StatusUnprocessableEntity
		k.view.Problems.Add(
			"",
			page.T(c, "keying.we_could_not_save|We could not save these answers as they are. Change them and send them again."),
		)
	case errors.Is(err, responses.ErrBusy),
		errors.Is(err, responses.ErrAway),
		errors.Is(err, responses.ErrStopped),
		errors.Is(err, context.DeadlineExceeded):
		c.Response().Header().Set(echo.HeaderRetryAfter, strconv.Itoa(int(time.Minute.Seconds())))
		k.view.Problems.Add(
			"",
			page.T(
				c,
				"keying.the_answers_could_not|The answers could not be stored just now. They are still on this page: send them again in a minute.",
			),
		)
	default:
		return err
	}
	return page.Render(c, status, template, k.view)
}
