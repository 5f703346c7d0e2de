package staff

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/surveys"
	"yousaid/surveys/bank"
)

// DescribePage is staff/survey_describe: what stands before and after the questions, and the titles of the pages.
type DescribePage struct {
	page.Page
	ID       int64
	Title    Wording
	Intro    Wording
	Titles   []Wording // of the pages
	Equality []page.Option
	Was      string
	Theirs   []surveys.Change
}

func (p *Pages) describePage(c echo.Context) (DescribePage, surveys.Definition, error) {
	s, err := p.survey(c)
	if err != nil {
		return DescribePage{}, surveys.Definition{}, err
	}
	d, revision, err := p.Surveys.Draft(c.Request().Context(), organisation(c).ID, s.ID)
	view := DescribePage{Page: page.New(c), ID: s.ID, Was: strconv.Itoa(revision)}
	view.Back = fmt.Sprintf("/staff/surveys/%d", s.ID)
	view.fill(c, d)
	return view, d, err
}

func (v *DescribePage) fill(c echo.Context, d surveys.Definition) {
	list := tongues(c)
	v.Title = Wording{Page: v.Page, Name: "title", Label: "Title", Hint: "As customers see it. A language without a title is not offered.", Tongues: list, Text: d.Title}
	v.Intro = Wording{Page: v.Page, Name: "intro", Label: "Introduction (optional)", Lines: 3, Tongues: list, Text: d.Intro}
	v.Titles, v.Equality = nil, nil
	for i, pg := range d.Pages {
		v.Titles = append(v.Titles, Wording{Page: v.Page, Name: fmt.Sprintf("page%d", i), Label: fmt.Sprintf("Title of page %d (optional)", i+1), Tongues: list, Text: pg.Title})
	}
	for _, id := range bank.IDs() {
		ch, _ := bank.Find(id)
		label, _ := ch.Name.In("en")
		v.Equality = append(v.Equality, page.Option{Value: id, Text: label, Chosen: slices.Contains(d.Equality, id)})
	}
}

// Describe shows the texts around the questions.
func (p *Pages) Describe(c echo.Context) error {
	view, _, err := p.describePage(c)
	if err != nil {
		return err
	}
	return page.Render(c, http.StatusOK, "staff/survey_describe", view)
}

// SendDescribe saves them. What somebody else changed meanwhile in the same texts is shown first.
func (p *Pages) SendDescribe(c echo.Context) error {
	view, now, err := p.describePage(c)
	if err != nil {
		return err
	}
	wanted := p.described(c, now)
	var ps page.Problems
	faults(&ps, "title", wanted.Title)
	faults(&ps, "intro", wanted.Intro)
	for i, pg := range wanted.Pages {
		faults(&ps, fmt.Sprintf("page%d", i), pg.Title)
	}
	if was := c.FormValue("was"); was != view.Was && len(ps) == 0 {
		revision, _ := strconv.Atoi(was)
		before, err := p.Surveys.Revision(c.Request().Context(), organisation(c).ID, view.ID, revision)
		if err == nil {
			for _, change := range surveys.Difference(before.Definition, now) {
				if change.Question == "" {
					view.Theirs = append(view.Theirs, change)
				}
			}
		}
		if err != nil || len(view.Theirs) > 0 {
			ps.Add("theirs", "Somebody else changed these texts after you opened them. Nothing is saved yet: read what they did, then save yours or leave theirs.")
		}
	}
	if len(ps) > 0 {
		view.Problems = ps
		view.fill(c, wanted)
		return page.Render(c, http.StatusUnprocessableEntity, "staff/survey_describe", view)
	}
	if _, err := p.Surveys.Edit(c.Request().Context(), signin.Of(c).Actor, view.ID, func(d *surveys.Definition) error {
		d.Title, d.Intro, d.Equality = wanted.Title, wanted.Intro, wanted.Equality
		for i := range min(len(d.Pages), len(wanted.Pages)) {
			d.Pages[i].Title = wanted.Pages[i].Title
		}
		return nil
	}); err != nil {
		return err
	}
	page.Tell(c, "Saved.")
	return done(c, view.ID, "", nil)
}

// described is the draft as the form would have it.
func (p *Pages) described(c echo.Context, now surveys.Definition) surveys.Definition {
	d := now.Clone()
	d.Title, d.Intro, d.Equality = wordingOf(c, "title", now.Title), wordingOf(c, "intro", now.Intro), nil
	for i := range d.Pages {
		d.Pages[i].Title = wordingOf(c, fmt.Sprintf("page%d", i), d.Pages[i].Title)
	}
	for _, id := range bank.IDs() {
		if slices.Contains(c.Request().PostForm["equality"], id) {
			d.Equality = append(d.Equality, id)
		}
	}
	return d
}
