package surveys

import (
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
	"yousaid/surveys/bank"
)

// survey reads the survey that the address names, of the caller's own council.
func (p *Pages) survey(c echo.Context) (surveys.Survey, error) {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return surveys.Survey{}, surveys.ErrMissing
	}
	return p.Surveys.Survey(c.Request().Context(), signin.Of(c).Actor.Org, id)
}

// NewSurveyPage is staff/survey_new.
type NewSurveyPage struct {
	page.Page
	Title     staff.Wording
	Slug      string
	Template  string
	Templates []page.Option
}

// templateWords say what each ready questionnaire is for.
var templateWords = map[string]string{
	"customer-satisfaction": "survey.very_satisfied_to_very|Very satisfied to very dissatisfied, the reason, a comment. The scale that " +
		"councils compare themselves by.",
	"good-average-poor": "survey.three_words_and_a|Three words and a reason: for the counter, the phone and the foot of an email.",
	"access-channels":   "survey.the_yearly_survey_of|The yearly survey of how people reach the council and how they would like to.",
}

func (p *Pages) newSurvey(c echo.Context) NewSurveyPage {
	view := NewSurveyPage{Page: page.New(c), Template: "customer-satisfaction"}
	view.Back = "/staff"
	for _, name := range surveys.Templates() {
		title := page.Capital(strings.ReplaceAll(name, "-", " "))
		view.Templates = append(view.Templates, page.Option{Value: name, Text: title, Hint: view.T(templateWords[name])})
	}
	view.Templates = append(
		view.Templates,
		page.Option{
			Value: "empty",
			Text:  view.T("survey.an_empty_page|An empty page"),
			Hint:  view.T("survey.write_every_question_yourself|Write every question yourself."),
			Or:    "or",
		},
	)
	view.Title = staff.Wording{
		Page:      view.Page,
		Name:      "title",
		Label:     view.T("survey.title_2|Title"),
		Hint:      view.T("survey.as_customers_see_it_leave|As customers see it. Leave it empty to take the template’s."),
		Languages: staff.Languages(c),
	}
	return view
}

// NewSurvey asks what to start from.
func (p *Pages) NewSurvey(c echo.Context) error {
	return page.Render(c, http.StatusOK, "staff/survey_new", p.newSurvey(c))
}

// CreateSurvey starts a draft, or shows the form again with what to put right.
func (p *Pages) CreateSurvey(c echo.Context) error {
	view := p.newSurvey(c)
	view.Template, view.Slug = c.FormValue("template"), staff.PlainText(c.FormValue("slug"))
	view.Title.Text = staff.WordingOf(c, "title", nil)
	staff.WordingFaults(view.Page, &view.Problems, "title", view.Title.Text)
	d := surveys.Definition{Title: view.Title.Text, Pages: []surveys.Page{{}}}
	if view.Template != "empty" {
		ready, err := surveys.Template(view.Template)
		if err != nil {
			view.Problems.Add("template", view.T("survey.choose_a_template_or|Choose a template, or an empty page."))
		}
		if d = ready; !view.Title.Text.Empty() {
			d.Title = view.Title.Text
		}
	} else if view.Title.Text.Empty() {
		view.Problems.Add("title-"+staff.Organisation(c).Languages[0], view.T("survey.write_the_title_of|Write the title of the survey."))
	}
	if len(view.Problems) == 0 {
		id, err := p.createNamed(c, view.Slug, d)
		if err == nil {
			page.Flash(c, view.T("survey.the_survey_is_started|The survey is started. Customers see nothing of it until you publish it."))
			return c.Redirect(http.StatusSeeOther, fmt.Sprintf("/staff/surveys/%d", id))
		}
		var invalid surveys.Problems
		switch {
		case errors.Is(err, surveys.ErrSlugTaken):
			view.Problems.Add("slug", view.T("survey.another_survey_has_the|Another survey has the short name “%s”. Choose another one.", view.Slug))
		case errors.As(err, &invalid):
			view.Problems.Add("slug", view.Say(invalid[0].Message))
		default:
			return err
		}
	}
	view.Title.Page = view.Page
	return page.Render(c, http.StatusUnprocessableEntity, "staff/survey_new", view)
}

// createNamed makes the survey under the short name asked for; where none was, under the first free one made from the title.
func (p *Pages) createNamed(c echo.Context, slug string, d surveys.Definition) (int64, error) {
	actor, ctx := signin.Of(c).Actor, c.Request().Context()
	if slug != "" {
		return p.Surveys.Create(ctx, actor, slug, d)
	}
	base := surveys.ProposeSlug(d)
	for n := 1; n < 100; n++ {
		try := base
		if n > 1 {
			try = fmt.Sprintf("%s-%d", base[:min(len(base), 59)], n)
		}
		id, err := p.Surveys.Create(ctx, actor, try, d)
		if !errors.Is(err, surveys.ErrSlugTaken) {
			return id, err
		}
	}
	return 0, surveys.ErrSlugTaken
}

// SurveyPage is staff/survey: a draft with everything that can be done to it.
type SurveyPage struct {
	page.Page
	Survey   surveys.Survey
	ID       int64
	Revision int
	Draft    surveys.Definition
	Heading  string
	Whole    surveys.Findings // about the survey as a whole
	Stops    int              // findings that stop publishing
	Despite  surveys.Findings // those that stop it until the writer says why they are meant
	Reason   string           // what the writer says
	Advice   int              // those that do not
	Pages    []DraftPage
	Equality []string
	Versions int
	Changed  bool // the draft is not what customers see
	Editable bool
	CanOpen  bool // may be published now
	Deleted  string
	UndoFrom int
	UndoWhat string
}

// CanDiscard tells whether there is a draft that customers do not see over a version that they do.
func (p SurveyPage) CanDiscard() bool { return p.Editable && p.Versions > 0 && p.Changed }

// Next is the number of the next version.
func (p SurveyPage) Next() int { return p.Versions + 1 }

// DraftPage is one page of a draft.
type DraftPage struct {
	Number    int
	Index     int
	Title     string
	First     bool
	Last      bool
	Questions []DraftQuestion
}

// DraftQuestion is one question of a draft, with what is said about it.
type DraftQuestion struct {
	Code, Text, Kind string
	Required         bool
	Answers          []string
	Findings         surveys.Findings
	First, Last      bool // of all
	Others           []page.Option
}

// Survey shows a draft.
func (p *Pages) Survey(c echo.Context) error {
	s, err := p.survey(c)
	if err != nil {
		return err
	}
	view, err := p.surveyPage(c, s)
	if err != nil {
		return err
	}
	return page.Render(c, http.StatusOK, "staff/survey", view)
}

func (p *Pages) surveyPage(c echo.Context, s surveys.Survey) (SurveyPage, error) {
	ctx, org := c.Request().Context(), staff.Organisation(c)
	d, revision, err := p.Surveys.Draft(ctx, org.ID, s.ID)
	if err != nil {
		return SurveyPage{}, err
	}
	versions, err := p.Surveys.Versions(ctx, org.ID, s.ID)
	if err != nil {
		return SurveyPage{}, err
	}
	findings, err := p.Surveys.Findings(ctx, org.ID, s.ID, d)
	if err != nil {
		return SurveyPage{}, err
	}
	view := SurveyPage{
		Page:     page.New(c),
		Survey:   s,
		ID:       s.ID,
		Revision: revision,
		Draft:    d,
		Versions: len(versions),
		Whole:    findings.Of(""),
		Stops:    len(findings.Errors()),
		Despite:  findings.Confirms(),
		Editable: s.State != surveys.Closed,
	}
	view.Advice = len(findings) - view.Stops - len(view.Despite)
	view.Back = "/staff"
	if view.Heading = view.Word(d.Title); view.Heading == "" {
		view.Heading = s.Slug
	}
	view.Changed = len(versions) == 0 || len(surveys.Difference(versions[len(versions)-1].Definition, d)) > 0
	view.CanOpen = view.Editable && (view.Changed || s.State == surveys.Draft)
	for _, id := range d.Equality {
		if ch, ok := bank.Find(id); ok {
			label := view.Word(ch.Called())
			view.Equality = append(view.Equality, label)
		}
	}
	view.Pages = draftPages(view.Page, d, findings)
	view.Deleted, view.UndoWhat = staff.PlainText(c.QueryParam("deleted")), staff.PlainText(c.QueryParam("what"))
	view.UndoFrom, _ = strconv.Atoi(c.QueryParam("from"))
	return view, nil
}

func draftPages(frame page.Page, d surveys.Definition, findings surveys.Findings) []DraftPage {
	var list []DraftPage
	for i, pg := range d.Pages {
		title := frame.Word(pg.Title)
		one := DraftPage{Number: i + 1, Index: i, Title: title, First: i == 0, Last: i == len(d.Pages)-1}
		for j, q := range pg.Questions {
			text := frame.Word(q.Text)
			line := DraftQuestion{Code: q.Code, Text: text, Kind: frame.T(q.Kind.Label()), Required: q.Required, Findings: findings.Of(q.Code),
				First: i == 0 && j == 0, Last: i == len(d.Pages)-1 && j == len(pg.Questions)-1}
			for _, o := range q.Options {
				label := frame.Word(o.Text)
				line.Answers = append(line.Answers, label)
			}
			for k := range d.Pages {
				if k != i {
					line.Others = append(line.Others, page.Option{Value: strconv.Itoa(k), Text: frame.T("survey.page|Page %s", strconv.Itoa(k+1))})
				}
			}
			one.Questions = append(one.Questions, line)
		}
		list = append(list, one)
	}
	return list
}

// done leads back to the survey, to the place that was worked on.
func done(c echo.Context, survey int64, anchor string, query url.Values) error {
	to := fmt.Sprintf("/staff/surveys/%d", survey)
	if len(query) > 0 {
		to += "?" + query.Encode()
	}
	if anchor != "" {
		to += "#" + url.PathEscape(anchor)
	}
	return c.Redirect(http.StatusSeeOther, to)
}
