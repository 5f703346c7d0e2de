package surveys

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/server/staff"
	"yousaid/surveys"
	"yousaid/surveys/bank"
)

// DescribePage is staff/survey_describe: what stands before and after the questions, and the titles of the pages.
type DescribePage struct {
	page.Page
	ID       int64
	Title    staff.Wording
	Intro    staff.Wording
	Titles   []staff.Wording // of the pages
	Equality []page.Option
	Was      string
	Theirs   []surveys.Change
}

func (p *Pages) describePage(c echo.Context) (DescribePage, surveys.Definition, error) {
	s, err := p.survey(c)
	if err != nil {
		return DescribePage{}, surveys.Definition{}, err
	}
	d, revision, err := p.Surveys.Draft(c.Request().Context(), staff.Organisation(c).ID, s.ID)
	view := DescribePage{Page: page.New(c), ID: s.ID, Was: strconv.Itoa(revision)}
	view.Back = fmt.Sprintf("/staff/surveys/%d", s.ID)
	view.fill(c, d)
	return view, d, err
}

func (v *DescribePage) fill(c echo.Context, d surveys.Definition) {
	list := staff.Languages(c)
	v.Title = staff.Wording{
		Page:      v.Page,
		Name:      "title",
		Label:     v.T("survey.title_2|Title"),
		Hint:      v.T("survey.as_customers_see_it|As customers see it. A language without a title is not offered."),
		Languages: list,
		Text:      d.Title,
	}
	v.Intro = staff.Wording{
		Page:      v.Page,
		Name:      "intro",
		Label:     v.T("survey.introduction_optional|Introduction (optional)"),
		Lines:     3,
		Languages: list,
		Text:      d.Intro,
	}
	v.Titles, v.Equality = nil, nil
	for i, pg := range d.Pages {
		v.Titles = append(
			v.Titles,
			staff.Wording{
				Page:      v.Page,
				Name:      fmt.Sprintf("page%d", i),
				Label:     v.T("survey.title_of_page_optional|Title of page %s (optional)", i+1),
				Languages: list,
				Text:      pg.Title,
			},
		)
	}
	for _, id := range bank.IDs() {
		ch, _ := bank.Find(id)
		label := v.Word(ch.Called())
		v.Equality = append(v.Equality, page.Option{Value: id, Text: label, Chosen: slices.Contains(d.Equality, id)})
	}
}

// SurveyTexts shows the texts around the questions.
func (p *Pages) SurveyTexts(c echo.Context) error {
	view, _, err := p.describePage(c)
	if err != nil {
		return err
	}
	return page.Render(c, http.StatusOK, "staff/survey_describe", view)
}

// SaveTexts saves them, on top of what others did since. Where both changed the same thing, that is shown first.
func (p *Pages) SaveTexts(c echo.Context) error {
	view, now, err := p.describePage(c)
	if err != nil {
		return err
	}
	base, err := p.describedFrom(c, view.ID, now)
	if err != nil {
		return err
	}
	wanted := described(c, base)
	view.Problems = wantedFaults(view.Page, wanted)
	if len(view.Problems) == 0 {
		_, err = p.Surveys.Edit(c.Request().Context(), signin.Of(c).Actor, view.ID, surveys.Describe(base, wanted))
		switch {
		case err == nil:
			page.Flash(c, view.T("survey.saved|Saved."))
			return done(c, view.ID, "", nil)
		case errors.Is(err, surveys.ErrClosed):
			view.Problems.Add(
				"form",
				view.T(
					"survey.the_survey_was_closed|The survey was closed while you were writing. Keep this page open, reopen the survey as a draft in "+
						"another tab, then save here.",
				),
			)
		case errors.Is(err, surveys.ErrChanged):
			return p.describedMeanwhile(c, base, wanted)
		default:
			return err
		}
	}
	view.Was = c.FormValue("was")
	shown := base.Clone()
	apply(&shown, wanted)
	view.fill(c, shown)
	return page.Render(c, http.StatusUnprocessableEntity, "staff/survey_describe", view)
}

// describedMeanwhile shows what somebody else changed, and the form with what was written here on top of it.
func (p *Pages) describedMeanwhile(c echo.Context, base surveys.Definition, wanted surveys.IntroTexts) error {
	view, now, err := p.describePage(c)
	if err != nil {
		return err
	}
	for _, change := range surveys.Difference(base, now) {
		if change.Question == "" {
			view.Theirs = append(view.Theirs, change)
		}
	}
	view.Problems.Add(
		"theirs",
		view.T(
			"survey.somebody_else_changed_these|Somebody else changed these texts after you opened them. Nothing is saved yet. The form has your "+
				"changes on top of theirs: read it, then save it.",
		),
	)
	merged, _ := surveys.MergeIntroTexts(base, wanted, now)
	apply(&now, merged)
	view.fill(c, now)
	return page.Render(c, http.StatusUnprocessableEntity, "staff/survey_describe", view)
}

// describedFrom is the draft that the form was made from: as it stands now where the form does not say, or is too old to be known.
func (p *Pages) describedFrom(c echo.Context, survey int64, now surveys.Definition) (surveys.Definition, error) {
	revision, err := strconv.Atoi(c.FormValue("was"))
	if err != nil {
		return now, nil //nolint:nilerr // an address without a revision means the draft as it stands
	}
	was, err := p.Surveys.Revision(c.Request().Context(), staff.Organisation(c).ID, survey, revision)
	if errors.Is(err, surveys.ErrMissing) {
		return now, surveys.ErrStaleDraft
	}
	return was.Definition, err
}

// described are the fields of the form.
func described(c echo.Context, base surveys.Definition) surveys.IntroTexts {
	a := surveys.IntroTexts{Title: staff.WordingOf(c, "title", base.Title), Intro: staff.WordingOf(c, "intro", base.Intro)}
	for i, pg := range base.Pages {
		a.Pages = append(a.Pages, staff.WordingOf(c, fmt.Sprintf("page%d", i), pg.Title))
	}
	for _, id := range slices.Concat(base.Equality, bank.IDs()) { // those that were asked keep their order
		if slices.Contains(c.Request().PostForm["equality"], id) && !slices.Contains(a.Equality, id) {
			a.Equality = append(a.Equality, id)
		}
	}
	return a
}

func wantedFaults(frame page.Page, wanted surveys.IntroTexts) page.Problems {
	var ps page.Problems
	staff.WordingFaults(frame, &ps, "title", wanted.Title)
	staff.WordingFaults(frame, &ps, "intro", wanted.Intro)
	for i, title := range wanted.Pages {
		staff.WordingFaults(frame, &ps, fmt.Sprintf("page%d", i), title)
	}
	return ps
}

func apply(d *surveys.Definition, a surveys.IntroTexts) {
	d.Title, d.Intro, d.Equality = a.Title, a.Intro, a.Equality
	for i := range min(len(d.Pages), len(a.Pages)) {
		d.Pages[i].Title = a.Pages[i]
	}
}
