package unusual

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"yousaid/analytics/unusual"
	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/server/staff"
	"yousaid/surveys/responses/quality"
)

// decisions puts what was decided in words.
func (p *Pages) decisions(c echo.Context, view *UnusualSurveyPage) error {
	list, err := p.Unusuals.Decisions(c.Request().Context(), staff.Organisation(c).ID, view.Survey, 100)
	if err != nil {
		return err
	}
	zone := staff.Organisation(c).Zone()
	states := map[string]string{
		"waiting": view.T("unusual.waits_for_a_second|Waits for a second person"),
		"agreed":  view.T("unusual.being_carried_out|Being carried out"),
		"done":    view.T("unusual.done|Done"),
		"refused": view.T("unusual.refused|Refused"),
	}
	for _, d := range list {
		v := DecisionView{
			ID:      d.ID,
			What:    whatDecided(view.Page, d),
			When:    view.Range(hourText(view.Page, d.From.In(zone)), hourText(view.Page, d.To.In(zone))),
			Reason:  d.Reason,
			State:   states[d.State],
			Waiting: d.State == "waiting",
			Broken:  d.State == "agreed",
			CanUndo: d.State == "done" && !d.Undone && d.Changed > 0,
			Mine:    d.AskedBy == signin.Of(c).Actor.Person,
		}
		v.Who = d.Asked + ", " + view.Date(d.AskedAt.In(zone))
		if d.Decided != "" {
			v.Who += view.T("unusual.second_person|; second person: %s", d.Decided)
		}
		if d.State == "done" {
			v.Changed = view.Plural("unusual.changed|%s answer changed|%s answers changed", d.Changed, page.Number(d.Changed))
		}
		view.Decisions = append(view.Decisions, v)
	}
	return nil
}

func whatDecided(frame page.Page, d unusual.Decision) string {
	what := map[unusual.Act]string{unusual.Exclude: frame.T("unusual.leave_out|Leave out"),
		unusual.Include: frame.T("unusual.count_again|Count again"),
		unusual.Undo:    frame.T("unusual.take_back_decision_about|Take back decision %s about", d.Undoes)}[d.Act]
	what += map[bool]string{true: " " + frame.T("unusual.every_answer|every answer"),
		false: " " + frame.T("unusual.answers_found_as|answers found as “%s”", frame.T(ruleWords[d.Verdict]))}[d.Verdict == quality.None]
	if d.Code != "" {
		what += " " + frame.T("unusual.by_link|by link %s", d.Code)
	}
	return what
}

// DecideUnusual takes a decision, agrees to one, refuses one or takes one back: the button says which.
func (p *Pages) DecideUnusual(c echo.Context) error {
	view, err := p.unusualPage(c)
	if err != nil {
		return err
	}
	ctx, actor := c.Request().Context(), signin.Of(c).Actor
	id, _ := strconv.ParseInt(c.FormValue("decision"), 10, 64)
	switch c.FormValue("do") {
	case "agree":
		err = p.Unusuals.Agree(ctx, actor, id, false)
	case "refuse":
		err = p.Unusuals.Agree(ctx, actor, id, true)
	case "finish":
		err = p.Unusuals.Finish(ctx, actor, id)
	case "undo":
		_, err = p.Unusuals.Undo(ctx, actor, id, c.FormValue("why"))
	case "decide":
		return p.decideUnusual(c, view)
	default:
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	if view.refused(err) {
		return page.Render(c, http.StatusUnprocessableEntity, "staff/unusual_survey", view)
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, fmt.Sprintf("/staff/unusual/%d#decisions", view.Survey))
}

// decideUnusual reads the form of a new decision.
func (p *Pages) decideUnusual(c echo.Context, view UnusualSurveyPage) error {
	problems, err := page.Bind(c, &view.Form)
	if err != nil {
		return err
	}
	view.Problems = problems
	scope := unusual.Scope{Survey: view.Survey, Verdict: quality.Verdict(view.Form.Rule)}
	scope.Link, _ = strconv.ParseInt(view.Form.Link, 10, 64)
	scope.From = view.hour("from", view.Form.From, staff.Organisation(c).Zone())
	scope.To = view.hour("to", view.Form.To, staff.Organisation(c).Zone())
	view.choose()
	if len(view.Problems) == 0 {
		decision, err := p.Unusuals.Decide(c.Request().Context(), signin.Of(c).Actor, scope, unusual.Act(view.Form.Act), view.Form.Reason)
		if err == nil {
			if decision.Published {
				page.Flash(
					c,
					view.T("unusual.figures_of_this_time|Figures of this time are public, so another person has to agree. Nothing has changed yet."),
				)
			} else {
				page.Flash(c, view.T("unusual.it_is_done_the|It is done. The figures are counted anew."))
			}
			return c.Redirect(http.StatusSeeOther, fmt.Sprintf("/staff/unusual/%d#decisions", view.Survey))
		}
		if !view.refused(err) {
			return err
		}
	}
	return page.Render(c, http.StatusUnprocessableEntity, "staff/unusual_survey", view)
}

// hour reads an hour of the form.
func (v *UnusualSurveyPage) hour(field, text string, zone *time.Location) time.Time {
	for _, form := range []string{hourForm, "2006-01-02 15:04", time.DateOnly} {
		if t, err := time.ParseInLocation(form, strings.TrimSpace(text), zone); err == nil {
			return t
		}
	}
	v.Problems.Add(field, v.T("unusual.write_the_day_and|Write the day and the hour like 2026-11-30 14:00."))
	return time.Time{}
}

// choose marks what was chosen in the form.
func (v *UnusualSurveyPage) choose() {
	for _, list := range []struct {
		options []page.Option
		value   string
	}{{v.Links, v.Form.Link}, {v.Rules, v.Form.Rule}, {v.Acts, v.Form.Act}} {
		for i := range list.options {
			list.options[i].Chosen = list.options[i].Value == list.value
		}
	}
}

// refused says on the page what the store would not do.
func (v *UnusualSurveyPage) refused(err error) bool {
	for _, r := range []struct {
		err             error
		field, sentence string
	}{
		{unusual.ErrReason, "reason", v.T("unusual.say_why_in_characters|Say why, in 500 characters or fewer.")},
		{unusual.ErrScope, "to", v.T("unusual.the_last_hour_is|The last hour is before the first one. Choose a later one.")},
		{unusual.ErrNothing, "from", v.T("unusual.there_are_no_such|There are no such answers, so nothing would change. Look at the tables " +
			"above and choose other hours, another link or another rule.")},
		{unusual.ErrSamePerson, "decisions", v.T("unusual.figures_of_this_time_are|Figures of this time are public, so another person than " +
			"the one who asked has to agree.")},
		{unusual.ErrDecided, "decisions", v.T("unusual.somebody_else_has_decided|Somebody else has decided this meanwhile. See how it stands " +
			"below.")},
	} {
		if errors.Is(err, r.err) {
			v.Problems.Add(r.field, r.sentence)
			return true
		}
	}
	return false
}
