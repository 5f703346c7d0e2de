package publications

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"yousaid/analytics/calendar"
	"yousaid/analytics/figures"
	"yousaid/analytics/refusal"
	"yousaid/analytics/review"
	"yousaid/analytics/tables"
	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/server/staff"
)

// PublicationPage is staff/publication: one table to look at, publish, correct or withdraw.
type PublicationPage struct {
	page.Page
	Publication calendar.Publication
	Title       string
	Period      string
	State       string
	Due         string
	Over        bool // its months are over
	Late        bool // it is planned and was due before today: it stays in the calendar
	Preview     page.Table
	Hidden      int
	Shown       bool
	Why         string // the table cannot be made
	Note        staff.Wording
	Public      string
	Waiting     staff.WaitingChange // ID 0: none
}

func (p *Pages) publication(c echo.Context) (PublicationPage, error) {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return PublicationPage{}, calendar.ErrNoPublication
	}
	one, err := p.Publications.Publication(c.Request().Context(), staff.Organisation(c).ID, id)
	if err != nil {
		return PublicationPage{}, err
	}
	view := PublicationPage{
		Page:        page.New(c),
		Publication: one,
		State:       page.T(c, publicationStates[one.State]),
		Due:         staff.DayInWords(page.New(c), one.Due),
		Over:        one.To < p.today(c),
		Public:      "/" + staff.Organisation(c).Slug + "/performance/" + strconv.FormatInt(one.ID, 10),
		Late:        one.State == "planned" && one.Due < p.today(c),
	}
	view.Back = "/staff/published"
	view.Title = view.Word(one.Titles)
	view.Period = view.Page.Period(one.From, one.To)
	view.Note = staff.Wording{
		Page:      view.Page,
		Name:      "note",
		Label:     view.T("staff.note_that_the_public|Note that the public reads"),
		Lines:     2,
		Languages: staff.Languages(c),
		Text:      staff.WordingOf(c, "note", nil),
	}
	waiting, err := p.Publications.Waiting(c.Request().Context(), staff.Organisation(c).ID, one.ID)
	if err != nil {
		return view, err
	}
	if len(waiting) > 0 {
		start := staff.NewWaitingChange(
			view.Page,
			waiting[0].Change,
			view.T("publication.a_table_waits_for|A table waits for a second person"),
			signin.Of(c).Actor.Name,
			c.Request().URL.Path,
			staff.Organisation(c).Zone(),
			true,
		)
		view.Waiting = waitingOfTable(start, one, waiting[0])
	}
	if !view.Over || one.State == "withdrawn" {
		return view, nil
	}
	answer, err := p.Analytics.Preview(c.Request().Context(), signin.Of(c).Actor, p.publicQuery(one))
	if refused := (refusal.Refusal{}); errors.As(err, &refused) {
		view.Why = view.Say(refused.Message())
		return view, nil
	}
	if err != nil {
		return view, err
	}
	view.Shown, view.Preview, view.Hidden = true, staff.TableOf(view.Page, answer), answer.Table.Hidden()
	return view, nil
}

func (p *Pages) publicQuery(one calendar.Publication) figures.Query {
	from, _ := figures.ParseDate(one.From) // days as the table has them
	to, _ := figures.ParseDate(one.To)
	return figures.Query{
		Surveys:  []string{one.SurveySlug},
		Measure:  one.Measure,
		By:       []string{one.By},
		From:     from,
		To:       to,
		Audience: figures.Public,
	}
}

// Publication shows a table before and after it leaves.
func (p *Pages) Publication(c echo.Context) error {
	view, err := p.publication(c)
	if err != nil {
		return err
	}
	return page.Render(c, http.StatusOK, "staff/publication", view)
}

// ChangePublication publishes, corrects or withdraws a table.
func (p *Pages) ChangePublication(c echo.Context) error {
	view, err := p.publication(c)
	if err != nil {
		return err
	}
	ctx, actor, one := c.Request().Context(), signin.Of(c).Actor, view.Publication
	do := c.FormValue("do")
	if do == "approve-change" || do == "return-change" {
		return p.decideTable(c, view, do)
	}
	if do != "publish" {
		staff.WordingFaults(view.Page, &view.Problems, "note", view.Note.Text)
		for _, lang := range staff.Organisation(c).Languages {
			if view.Note.Text[lang] == "" && one.State == "published" {
				view.Problems.Add("note-"+lang, view.T("publication.say_what_changed_and|Say what changed and why: the public reads it."))
			}
		}
	}
	if do != "withdraw" && view.Why != "" {
		view.Problems.Add("publish", view.Why)
	}
	if do != "withdraw" && !view.Over {
		view.Problems.Add("publish", view.T("publication.these_months_are_not|These months are not over yet. Publish the table when they are."))
	}
	if len(view.Problems) > 0 {
		view.Note.Page = view.Page
		return page.Render(c, http.StatusUnprocessableEntity, "staff/publication", view)
	}
	switch do {
	case "publish", "correct":
		answer, err := p.Analytics.Ask(ctx, actor, p.publicQuery(one))
		if err != nil {
			return err
		}
		released := answer.(tables.Protected)
		labels, err := p.Catalogue.NamesOf(c.Request().Context(), staff.Organisation(c).ID, one.By)
		if err != nil {
			return err
		}
		if do == "publish" {
			err = p.Publications.Publish(ctx, actor, one.ID, released.Release, labels)
		} else {
			err = p.Publications.Correct(ctx, actor, one.ID, released.Release, labels, view.Note.Text)
		}
		if errors.Is(err, review.ErrWaiting) {
			view.Problems.Add(
				"publish",
				view.T("publication.another_table_waits_for|Another table waits for a second person. Have it approved or taken back first."),
			)
			view.Note.Page = view.Page
			return page.Render(c, http.StatusUnprocessableEntity, "staff/publication", view)
		}
		if errors.Is(err, calendar.ErrSame) {
			view.Problems.Add(
				"publish",
				view.T("publication.the_figures_are_what|The figures are what they were when they were published: there is nothing to correct."),
			)
			view.Note.Page = view.Page
			return page.Render(c, http.StatusUnprocessableEntity, "staff/publication", view)
		}
		if err != nil {
			return err
		}
		page.Flash(c, view.T("publication.the_table_is_frozen|The table is frozen. It is public when a second person has approved it."))
	case "withdraw":
		if sure, err := staff.Confirmed(c, staff.ConfirmWithdrawal(view.Page, view.T("publication.withdraw_this_table|Withdraw this table?"),
			"/staff/published/"+c.Param("id"))); !sure {
			return err
		}
		if err := p.Publications.Withdraw(ctx, actor, one.ID, view.Note.Text, p.today(c)); err != nil {
			return err
		}
		page.Flash(c, view.T("publication.it_is_taken_away|It is taken away from the public."))
		return c.Redirect(http.StatusSeeOther, "/staff/published")
	default:
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	return c.Redirect(http.StatusSeeOther, c.Request().URL.Path)
}
