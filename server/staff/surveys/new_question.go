package surveys

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/server/staff"
	"yousaid/surveys"
	"yousaid/surveys/catalogue"
	"yousaid/surveys/question"
	"yousaid/surveys/wording"
)

func slugOf(text string) string { return catalogue.Slug(text) }

// NewQuestionPage is staff/question_new.
type NewQuestionPage struct {
	page.Page
	ID       int64
	Survey   string
	Revision int    // of the draft whose pages are offered
	To       string // the page, from 0
	Pages    []page.Option
	Kind     string
	Kinds    []page.Option
	Code     string
	Text     staff.Wording
}

// kindOptions are the kinds to choose from: ready scales first, then the kinds.
func kindOptions(frame page.Page) []page.Option {
	var list []page.Option
	for _, r := range surveys.ReadyRatings() {
		list = append(
			list,
			page.Option{
				Value: "scale " + r.Scale,
				Text:  frame.Say(wording.Say("survey.rating|Rating: %s", r.Ends())),
				Hint:  frame.T("survey.answers_with_scores_in|%s answers with scores, in English and Welsh", len(r.Options)),
			},
		)
	}
	for i, k := range question.Kinds() {
		o := page.Option{Value: string(k), Text: frame.T(k.Label())}
		if hint := k.Hint(); hint != "" {
			o.Hint = frame.T(hint)
		}
		if i == 0 {
			o.Or = "or"
		}
		list = append(list, o)
	}
	return list
}

func (p *Pages) newQuestion(c echo.Context) (NewQuestionPage, surveys.Definition, error) {
	s, err := p.survey(c)
	if err != nil {
		return NewQuestionPage{}, surveys.Definition{}, err
	}
	d, revision, err := p.Surveys.Draft(c.Request().Context(), staff.Organisation(c).ID, s.ID)
	if err != nil {
		return NewQuestionPage{}, d, err
	}
	view := NewQuestionPage{Page: page.New(c), ID: s.ID, Revision: revision, Kinds: kindOptions(page.New(c)), To: c.QueryParam("page")}
	view.Back = fmt.Sprintf("/staff/surveys/%d", s.ID)
	view.Survey = view.Word(d.Title)
	for i := range d.Pages {
		view.Pages = append(view.Pages, page.Option{Value: strconv.Itoa(i), Text: view.T("survey.page|Page %s", i+1)})
	}
	view.Pages = append(view.Pages, page.Option{Value: strconv.Itoa(len(d.Pages)), Text: view.T("survey.a_new_page|A new page")})
	view.Text = staff.Wording{Page: view.Page, Name: "text", Label: view.T("staff.question|Question"), Lines: 2, Languages: staff.Languages(c)}
	return view, d, nil
}

// NewQuestion asks what kind of question to add.
func (p *Pages) NewQuestion(c echo.Context) error {
	view, _, err := p.newQuestion(c)
	if err != nil {
		return err
	}
	return page.Render(c, http.StatusOK, "staff/question_new", view)
}

// AddQuestion adds a question and opens it.
func (p *Pages) AddQuestion(c echo.Context) error {
	view, d, err := p.newQuestion(c)
	if err != nil {
		return err
	}
	codes, err := p.Surveys.Codes(c.Request().Context(), staff.Organisation(c).ID, view.ID)
	if err != nil {
		return err
	}
	view.Kind, view.To, view.Code, view.Text.Text = c.FormValue(
		"kind",
	), c.FormValue(
		"page",
	), staff.PlainText(
		c.FormValue("code"),
	), staff.WordingOf(
		c,
		"text",
		nil,
	)
	q, ok := surveys.StartQuestion(view.Kind)
	if !ok {
		view.Problems.Add("kind", view.T("survey.choose_the_kind_of|Choose the kind of question."))
	}
	if view.Text.Text.Empty() {
		view.Problems.Add("text-"+staff.Organisation(c).Languages[0], view.T("survey.write_the_question|Write the question."))
	}
	staff.WordingFaults(view.Page, &view.Problems, "text", view.Text.Text)
	to, err := p.onPage(c, view.ID, d)
	if err != nil && !errors.Is(err, surveys.ErrGone) && !errors.Is(err, surveys.ErrStaleDraft) {
		return err
	}
	if err != nil {
		view.Problems.Add("page", view.T("survey.somebody_else_deleted_this|Somebody else deleted this page meanwhile. Choose another one."))
	} else {
		view.To = strconv.Itoa(to)
	}
	q.Text, q.Code = view.Text.Text, view.Code
	if q.Code == "" {
		text := view.Word(q.Text)
		q.Code = freeCode(text, "question", func(code string) bool { return retiredQuestion(view.Page, d, codes, code) != "" })
	} else if why := retiredQuestion(view.Page, d, codes, q.Code); why != "" {
		view.Problems.Add("code", why)
	}
	if len(view.Problems) == 0 {
		_, err = p.Surveys.Edit(c.Request().Context(), signin.Of(c).Actor, view.ID, surveys.AddQuestion(to, q))
		switch invalid := (surveys.Problems{}); {
		case err == nil:
			page.Flash(c, view.T("survey.the_question_is_added|The question is added. Now write its answers and whatever else it needs."))
			return c.Redirect(http.StatusSeeOther, fmt.Sprintf("/staff/surveys/%d/questions/%s", view.ID, q.Code))
		case errors.As(err, &invalid):
			view.Problems.Add("code", view.Say(invalid[0].Message))
		default:
			return err
		}
	}
	view.Text.Page = view.Page
	return page.Render(c, http.StatusUnprocessableEntity, "staff/question_new", view)
}

// onPage is the page chosen in the form, among the pages as they stand now; the last one where none was chosen.
func (p *Pages) onPage(c echo.Context, survey int64, now surveys.Definition) (int, error) {
	to, err := strconv.Atoi(c.FormValue("page"))
	if err != nil {
		return len(now.Pages) - 1, nil //nolint:nilerr // without a number it is the last page
	}
	seen, err := p.seen(c, survey)
	if err != nil {
		return 0, err
	}
	if to >= len(seen.Pages) {
		return len(now.Pages), nil
	}
	if at, there := now.PageNow(seen, to); there {
		return at, nil
	}
	return 0, surveys.ErrGone
}
