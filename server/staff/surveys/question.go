package surveys

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/server/staff"
	"yousaid/surveys"
	"yousaid/surveys/question"
	"yousaid/surveys/wording"
)

// QuestionPage is staff/question: one question of a draft, its texts in each language side by side.
type QuestionPage struct {
	page.Page
	ID       int64
	Survey   string
	Question question.Question
	Kind     string
	Fields   []AttributeField
	Rows     []OptionRow
	Coded    bool
	Was      string // what the question was when the form was made: see fingerprint
	Revision int
	Findings surveys.Findings
	Theirs   []wording.Message // what somebody else changed meanwhile
	Them     string            // who
	Conflict bool              // somebody else changed the question meanwhile
	Lost     bool              // somebody else deleted it meanwhile
	Unsaved  bool              // rows were moved, added or taken out, and nothing is saved yet
}

// fingerprint tells whether a question is still as it was.
func fingerprint(q question.Question) string {
	b, _ := json.Marshal(q) // texts and numbers that were stored as JSON before
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

// Question shows a question to edit.
func (p *Pages) Question(c echo.Context) error {
	view, q, err := p.questionPage(c)
	if err != nil {
		return err
	}
	view.fill(q)
	view.dress(c)
	return page.Render(c, http.StatusOK, "staff/question", view)
}

func (p *Pages) questionPage(c echo.Context) (QuestionPage, question.Question, error) {
	s, err := p.survey(c)
	if err != nil {
		return QuestionPage{}, question.Question{}, err
	}
	d, revision, err := p.Surveys.Draft(c.Request().Context(), staff.Organisation(c).ID, s.ID)
	if err != nil {
		return QuestionPage{}, question.Question{}, err
	}
	q, ok := d.Question(c.Param("code"))
	if !ok {
		return QuestionPage{}, q, surveys.ErrMissing
	}
	findings, err := p.Surveys.Findings(c.Request().Context(), staff.Organisation(c).ID, s.ID, d)
	view := newQuestionPage(c, s.ID, d, q)
	view.Revision, view.Findings = revision, findings.Of(q.Code)
	return view, q, err
}

func newQuestionPage(c echo.Context, survey int64, d surveys.Definition, q question.Question) QuestionPage {
	view := QuestionPage{Page: page.New(c), ID: survey, Kind: page.T(c, q.Kind.Label()), Question: q, Coded: q.Coded(), Was: fingerprint(q)}
	view.Survey = view.Word(d.Title)
	view.Back = fmt.Sprintf("/staff/surveys/%d#q-%s", survey, q.Code)
	return view
}

// fill shows a question as it is saved.
func (v *QuestionPage) fill(q question.Question) {
	v.Fields, v.Rows = attributes(question.Attributes, q.Kind, q, ""), nil
	for i, o := range q.Choices() { // yes and no where a question of that kind lists none
		v.Rows = append(v.Rows, newRow(i, q.Kind, o))
		v.Rows[i].Code, v.Rows[i].Fixed = o.Code, true
	}
	if v.Coded && len(v.Rows) == 0 {
		v.Rows = []OptionRow{newRow(0, q.Kind, question.Option{}), newRow(1, q.Kind, question.Option{})}
	}
}

// dress gives the fields of the form what their templates need; the last step before it is shown.
func (v *QuestionPage) dress(c echo.Context) {
	list := staff.Languages(c)
	for i := range v.Fields {
		dress(v.Page, &v.Fields[i], question.Attributes, list)
	}
	for i := range v.Rows {
		r := &v.Rows[i]
		r.place(i)
		r.First, r.Last = i == 0, i == len(v.Rows)-1
		for j := range r.Fields {
			dress(v.Page, &r.Fields[j], question.OptionAttributes, list, i+1)
		}
	}
}

// SaveQuestion saves a question, or moves its answers about in the form.
func (p *Pages) SaveQuestion(c echo.Context) error {
	view, now, err := p.questionPage(c)
	if errors.Is(err, surveys.ErrMissing) && c.FormValue("was") != "" {
		return p.sendLost(c)
	}
	if err != nil {
		return err
	}
	latest := view.Was
	base, err := p.opened(c, &view, now)
	if err != nil {
		return err
	}
	view.read(c, base)
	if view.arrange(c.FormValue("do")) {
		view.dress(c)
		return page.Render(c, http.StatusOK, "staff/question", view)
	}
	codes, err := p.Surveys.Codes(c.Request().Context(), staff.Organisation(c).ID, view.ID)
	if err != nil {
		return err
	}
	q := view.question(base, codes)
	switch {
	case len(view.Problems) > 0:
	case view.Was != latest:
		err = p.meanwhile(c, &view, base, q, now)
	default:
		return p.saveQuestion(c, &view, now, q)
	}
	if err != nil {
		return err
	}
	view.dress(c)
	return page.Render(c, http.StatusUnprocessableEntity, "staff/question", view)
}

// opened gives the question as it was when the form was opened, and has the form stay one of that moment until it is saved or its reader
// has seen what changed.
func (p *Pages) opened(c echo.Context, view *QuestionPage, now question.Question) (question.Question, error) {
	revision, _ := strconv.Atoi(c.FormValue("revision"))
	if was := c.FormValue("was"); was == view.Was || was == "" {
		return now, nil
	}
	view.Was, view.Revision = c.FormValue("was"), revision
	before, err := p.Surveys.Revision(c.Request().Context(), staff.Organisation(c).ID, view.ID, revision)
	if errors.Is(err, surveys.ErrMissing) {
		return now, nil
	}
	if q, ok := before.Definition.Question(now.Code); ok && q.Kind == now.Kind {
		return q, err
	}
	return now, err
}

func (p *Pages) saveQuestion(c echo.Context, view *QuestionPage, now, q question.Question) error {
	saved, err := p.Surveys.Edit(c.Request().Context(), signin.Of(c).Actor, view.ID, func(d *surveys.Definition) error {
		if there, ok := d.Question(q.Code); ok && fingerprint(there) != view.Was {
			return surveys.ErrChanged
		}
		return surveys.ReplaceQuestion(q)(d)
	})
	switch invalid := (surveys.Problems{}); {
	case err == nil && saved.Revision != saved.Before && taken(now, q):
		return done(c, view.ID, "", url.Values{"deleted": {"answers"}, "what": {q.Code}, "from": {strconv.Itoa(saved.Before)}})
	case err == nil:
		page.Flash(c, view.T("survey.saved|Saved."))
		return done(c, view.ID, "q-"+q.Code, nil)
	case errors.As(err, &invalid):
		view.Problems.Add("text-"+staff.Organisation(c).Languages[0], view.Say(invalid[0].Message))
	case errors.Is(err, surveys.ErrChanged): // in the very moment between reading and saving
		view.Problems.Add(
			"form",
			view.T("survey.somebody_else_saved_this|Somebody else saved this question just now. Save once more to see the difference."),
		)
	case errors.Is(err, surveys.ErrClosed):
		view.Problems.Add(
			"form",
			view.T(
				"survey.the_survey_was_closed|The survey was closed while you were writing. Keep this page open, reopen the survey as a draft in "+
					"another tab, then save here.",
			),
		)
	default:
		return err
	}
	view.dress(c)
	return page.Render(c, http.StatusUnprocessableEntity, "staff/question", view)
}

// taken tells whether answers of a question were taken out.
func taken(before, after question.Question) bool {
	for _, o := range before.Options {
		if _, there := after.Option(o.Code); !there {
			return true
		}
	}
	return false
}

// meanwhile shows what somebody else made of the question since the form was opened, and puts what was written here on top of it. Nothing
// is saved: whoever saves
// this form has seen both.
func (p *Pages) meanwhile(c echo.Context, view *QuestionPage, base, mine, now question.Question) error {
	ctx, org := c.Request().Context(), staff.Organisation(c)
	_, revision, err := p.Surveys.Draft(ctx, org.ID, view.ID)
	if err != nil {
		return err
	}
	names, err := p.Surveys.Editors(ctx, org.ID, view.ID, view.Revision, now.Code)
	if err != nil {
		return err
	}
	view.Them, view.Theirs = strings.Join(names, ", "), surveys.QuestionDifference(base, now)
	view.Problems.Add(
		"theirs",
		view.T(
			"survey.somebody_else_changed_this|Somebody else changed this question after you opened it. Nothing is saved yet. The form has your "+
				"changes on top of theirs: read it, then save it.",
		),
	)
	view.fill(surveys.Merge(base, mine, now))
	view.Conflict, view.Was, view.Revision = true, fingerprint(now), revision
	return nil
}

// sendLost is for a form whose question somebody deleted meanwhile: it stays as filled in, and saved once more it puts the question back.
func (p *Pages) sendLost(c echo.Context) error {
	s, err := p.survey(c)
	if err != nil {
		return err
	}
	ctx, org := c.Request().Context(), staff.Organisation(c)
	revision, _ := strconv.Atoi(c.FormValue("revision"))
	before, err := p.Surveys.Revision(ctx, org.ID, s.ID, revision)
	if errors.Is(err, surveys.ErrMissing) {
		return surveys.ErrGone
	}
	if err != nil {
		return err
	}
	base, ok := before.Definition.Question(c.Param("code"))
	if !ok {
		return surveys.ErrGone
	}
	view := newQuestionPage(c, s.ID, before.Definition, base)
	view.Was, view.Revision, view.Lost = c.FormValue("was"), revision, true
	view.read(c, base)
	if view.arrange(c.FormValue("do")) {
		view.dress(c)
		return page.Render(c, http.StatusOK, "staff/question", view)
	}
	codes, err := p.Surveys.Codes(ctx, org.ID, s.ID)
	if err != nil {
		return err
	}
	q := view.question(base, codes)
	if len(view.Problems) == 0 && c.FormValue("lost") != "" {
		_, err := p.Surveys.Edit(ctx, signin.Of(c).Actor, s.ID, func(d *surveys.Definition) error {
			if err := surveys.Restore(before.Definition, q.Code)(d); err != nil {
				return err
			}
			return surveys.ReplaceQuestion(q)(d)
		})
		if err == nil {
			page.Flash(c, view.T("survey.the_question_is_back|The question is back, with your changes."))
			return done(c, s.ID, "q-"+q.Code, nil)
		}
		return err
	}
	if len(view.Problems) == 0 {
		view.Problems.Add(
			"theirs",
			view.T(
				"survey.somebody_else_deleted_this_question|Somebody else deleted this question after you opened it. Nothing is saved yet: put it "+
					"back with your changes, or leave it deleted.",
			),
		)
	}
	view.dress(c)
	return page.Render(c, http.StatusUnprocessableEntity, "staff/question", view)
}
