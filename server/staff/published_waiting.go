package staff

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"yousaid/analytics/review"
	"yousaid/server/page"
	"yousaid/server/signin"
)

// waitingPlans are the additions to the calendar that wait.
func (p *Pages) waitingPlans(c echo.Context, frame page.Page) ([]WaitingChange, error) {
	org := organisation(c)
	waiting, err := p.Publications.Waiting(c.Request().Context(), org.ID, 0)
	if err != nil {
		return nil, err
	}
	var list []WaitingChange
	for _, w := range waiting {
		one := waitingChange(frame, w.Change, "Additions to the calendar wait for a second person", signin.Of(c).Actor.Name, "/staff/published", org.Zone(), true)
		for _, planned := range w.Planned {
			title, _ := planned.Titles.In("en")
			one.compare(title+", "+frame.Period(planned.From, planned.To), "", "Due: "+dayInWords(planned.Due))
		}
		list = append(list, one)
	}
	return list, nil
}

// DecidePlan approves additions to the calendar, or does not.
func (p *Pages) DecidePlan(c echo.Context) error {
	ctx, actor := c.Request().Context(), signin.Of(c).Actor
	var err error
	said := "It is in the calendar, in public."
	switch c.FormValue("do") {
	case "approve-change":
		err = p.Publications.ApproveChange(ctx, actor, 0, changeOf(c), p.today(c))
	case "return-change":
		said, err = "The addition is taken back.", p.Publications.ReturnChange(ctx, actor, 0, changeOf(c))
	default:
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	return p.decided(c, err, said)
}

// decideTable approves a table that waits to be public, or does not.
func (p *Pages) decideTable(c echo.Context, view PublicationPage, do string) error {
	ctx, actor, id := c.Request().Context(), signin.Of(c).Actor, view.Publication.ID
	if do == "approve-change" {
		return p.decided(c, p.Publications.ApproveChange(ctx, actor, id, changeOf(c), p.today(c)), "It is approved. The table is public.")
	}
	return p.decided(c, p.Publications.ReturnChange(ctx, actor, id, changeOf(c)), "The table is taken back. The public reads what it read before.")
}

// decided leads back to the page, with what came of it.
func (p *Pages) decided(c echo.Context, err error, said string) error {
	switch {
	case errors.Is(err, review.ErrSamePerson):
		said = "You proposed this change, so a second person has to approve it."
	case errors.Is(err, review.ErrDecided):
		said = "This change does not wait any more. Read how it stands now."
	case err != nil:
		return err
	}
	page.Tell(c, said)
	return c.Redirect(http.StatusSeeOther, c.Request().URL.Path)
}
