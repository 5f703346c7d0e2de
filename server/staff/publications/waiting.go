package publications

import (
	"cmp"
	"errors"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"yousaid/analytics/calendar"
	"yousaid/analytics/review"
	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/server/staff"
)

// waitingPlans are the additions to the calendar that wait.
func (p *Pages) waitingPlans(c echo.Context, frame page.Page) ([]staff.WaitingChange, error) {
	org := staff.Organisation(c)
	waiting, err := p.Publications.Waiting(c.Request().Context(), org.ID, 0)
	if err != nil {
		return nil, err
	}
	var list []staff.WaitingChange
	for _, w := range waiting {
		one := staff.NewWaitingChange(
			frame,
			w.Change,
			frame.T("publication.additions_to_the_calendar|Additions to the calendar wait for a second person"),
			signin.Of(c).Actor.Name,
			"/staff/published",
			org.Zone(),
			true,
		)
		for _, planned := range w.Planned {
			title := one.Word(planned.Titles)
			one.Compare(title+", "+frame.Period(planned.From, planned.To), "",
				one.T("publication.due_2|Due: %s", staff.DayInWords(one.Page, planned.Due)))
		}
		list = append(list, one)
	}
	return list, nil
}

// DecidePlan approves additions to the calendar, or does not.
func (p *Pages) DecidePlan(c echo.Context) error {
	ctx, actor := c.Request().Context(), signin.Of(c).Actor
	var err error
	said := page.T(c, "publication.it_is_in_the|It is in the calendar, in public.")
	switch c.FormValue("do") {
	case "approve-change":
		err = p.Publications.ApproveChange(ctx, actor, 0, staff.ChangeID(c), p.today(c))
	case "return-change":
		said, err = page.T(
			c,
			"publication.the_addition_is_taken|The addition is taken back.",
		), p.Publications.ReturnChange(
			ctx,
			actor,
			0,
			staff.ChangeID(c),
		)
	default:
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	return p.decided(c, err, said)
}

// decideTable approves a table that waits to be public, or does not.
func (p *Pages) decideTable(c echo.Context, view PublicationPage, do string) error {
	ctx, actor, id := c.Request().Context(), signin.Of(c).Actor, view.Publication.ID
	if do == "approve-change" {
		return p.decided(
			c,
			p.Publications.ApproveChange(ctx, actor, id, staff.ChangeID(c), p.today(c)),
			view.T("publication.it_is_approved_the|It is approved. The table is public."),
		)
	}
	return p.decided(
		c,
		p.Publications.ReturnChange(ctx, actor, id, staff.ChangeID(c)),
		view.T("publication.the_table_is_taken|The table is taken back. The public reads what it read before."),
	)
}

// decided leads back to the page, with what came of it.
func (p *Pages) decided(c echo.Context, err error, said string) error {
	switch {
	case errors.Is(err, review.ErrSamePerson):
		said = page.T(c, "publication.you_proposed_this_change|You proposed this change, so a second person has to approve it.")
	case errors.Is(err, review.ErrDecided):
		said = page.T(c, "publication.this_change_does_not|This change does not wait any more. Read how it stands now.")
	case err != nil:
		return err
	}
	page.Flash(c, said)
	return c.Redirect(http.StatusSeeOther, c.Request().URL.Path)
}

// waitingOfTable shows the figures of a table that is to be public beside those that are.
func waitingOfTable(w staff.WaitingChange, pub calendar.Publication, change calendar.Waiting) staff.WaitingChange {
	before := map[string]string{}
	if last, ok := pub.Last(); ok {
		for _, c := range last.Table.Cells {
			before[c.Code()] = staff.FiguresInWords(w.Page, c)
		}
	}
	for _, c := range change.Table.Cells {
		name := w.Word(change.Proposal.Labels[c.Code()])
		w.Show(cmp.Or(name, c.Code(), w.T("publication.not_known|Not known")), before[c.Code()], staff.FiguresInWords(w.Page, c))
		delete(before, c.Code())
	}
	for _, code := range slices.Sorted(func(yield func(string) bool) {
		for code := range before {
			if !yield(code) {
				return
			}
		}
	}) {
		name := w.Word(pub.Labels[code])
		w.Compare(cmp.Or(name, code, w.T("publication.not_known|Not known")), before[code], "")
	}
	w.CompareTexts(w.T("staff.note_that_the_public|Note that the public reads"), nil, change.Proposal.Note)
	return w
}
