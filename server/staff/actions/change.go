package actions

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"yousaid/analytics/actions"
	"yousaid/analytics/review"
	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/server/staff"
	"yousaid/surveys/question"
)

// ChangeAction does what a button says.
func (p *Pages) ChangeAction(c echo.Context) error {
	a, history, err := p.action(c)
	if err != nil {
		return err
	}
	view, err := p.actionPage(c, a, history)
	if err != nil {
		return err
	}
	revision, _ := strconv.Atoi(c.FormValue("revision"))
	do := c.FormValue("do")
	said, err := p.carryOut(c, &view, a, revision, do)
	var unready actions.Unready
	switch {
	case errors.As(err, &unready):
		view.unready(unready, do)
	case errors.Is(err, staff.ErrAsked):
		return nil
	case errors.Is(err, actions.ErrStale):
		view.Problems.Add(
			"theirs",
			view.T(
				"action.somebody_else_changed_this|Somebody else changed this action after you opened it. Nothing is saved yet: their text is below "+
					"the form; save once more to put yours in its place.",
			),
		)
		view.theirs(a)
		view.Action.Revision = a.Revision
	case errors.Is(err, actions.ErrSamePerson):
		view.Problems.Add("publish_on", view.T("action.you_wrote_this_last|You wrote this last, so a second person has to approve it."))
	case errors.Is(err, review.ErrSamePerson):
		view.Problems.Add("", view.T("action.you_proposed_this_change|You proposed this change, so a second person has to approve it."))
	case errors.Is(err, review.ErrWaiting):
		view.Problems.Add(
			"",
			view.T(
				"action.another_change_of_this|Another change of this action waits for a second person. Have it approved or taken back first: your "+
					"words are still in the form below.",
			),
		)
	case errors.Is(err, review.ErrDecided):
		view.Problems.Add("", view.T("action.this_change_does_not|This change does not wait any more. Read the action as it stands now."))
	case errors.Is(err, actions.ErrFigureGone):
		view.Problems.Add(
			"evidence",
			view.T(
				"action.the_table_of_a|The table of a figure was withdrawn or corrected since it was chosen. Choose the figure anew, or take it out.",
			),
		)
	case errors.Is(err, actions.ErrQuoteGone):
		view.Problems.Add(
			"evidence",
			view.T(
				"action.the_quoted_comment_was|The quoted comment was decided about, changed or taken back since it was chosen. Choose a quote "+
					"anew, or take it out.",
			),
		)
	case errors.Is(err, actions.ErrPast):
		view.Problems.Add("publish_on", view.T("action.choose_today_or_a|Choose today or a later day."))
	case errors.Is(err, actions.ErrNotNow):
		view.Problems.Add(
			"",
			view.T("action.somebody_else_has_moved|Somebody else has moved this action on meanwhile. Read it as it stands now."),
		)
	case err != nil:
		return err
	}
	if len(view.Problems) == 0 {
		page.Flash(c, said)
		return c.Redirect(http.StatusSeeOther, c.Request().URL.Path)
	}
	for _, w := range []*staff.Wording{&view.YouSaid, &view.WeDid, &view.Deliver, &view.Note} {
		w.Page = view.Page
	}
	return page.Render(c, http.StatusUnprocessableEntity, "staff/action", view)
}

// theirs shows the texts that somebody else saved meanwhile.
func (v *ActionPage) theirs(a actions.Action) {
	for _, t := range []question.Text{a.Texts.YouSaid, a.Texts.WeDid, a.Texts.Deliverable} {
		for _, lang := range slices.Sorted(func(yield func(string) bool) {
			for l := range t {
				if !yield(l) {
					return
				}
			}
		}) {
			v.Theirs = append(v.Theirs, t[lang])
		}
	}
}

// carryOut carries out an order and gives what to say when it is done. Problems of the form stand in the view then, and no error.
func (p *Pages) carryOut(c echo.Context, view *ActionPage, a actions.Action, revision int, do string) (string, error) {
	ctx, actor := c.Request().Context(), signin.Of(c).Actor
	switch do {
	case "save", "send":
		return p.saveAction(c, view, a, revision, do == "send")
	case "return":
		err := p.Actions.Return(ctx, actor, a.Number, staff.Clipped(staff.LongText(c.FormValue("why")), 500))
		return view.T("action.it_is_a_draft|It is a draft again."), err
	case "approve":
		return p.approveAction(c, view, a, revision)
	case "correct":
		return p.correctAction(c, view, a, revision)
	case "withdraw":
		return p.withdrawAction(c, view, a)
	case "plan":
		return p.planAction(c, view, a)
	case "approve-change":
		err := p.Actions.ApproveChange(ctx, actor, a.Number, staff.ChangeID(c))
		return view.T("action.it_is_approved_the_public|It is approved. The public reads it now."), err
	case "return-change":
		err := p.Actions.ReturnChange(ctx, actor, a.Number, staff.ChangeID(c), "")
		return view.T("action.the_change_is_taken|The change is taken back. The public reads what it read before."), err
	}
	return "", echo.NewHTTPError(http.StatusBadRequest)
}

// saveAction saves the words of a draft, and passes it to a second person where it is sent.
func (p *Pages) saveAction(c echo.Context, view *ActionPage, a actions.Action, revision int, send bool) (string, error) {
	ctx, actor := c.Request().Context(), signin.Of(c).Actor
	content := view.content(c, a.Content)
	if len(view.Problems) > 0 {
		return "", nil
	}
	if !send {
		return view.T("action.saved|Saved."), p.Actions.Save(ctx, actor, a.Number, revision, content)
	}
	saved, err := p.Actions.SaveAndSend(ctx, actor, a.Number, revision, content, c.FormValue("despite"))
	if saved {
		view.Action.Revision = revision + 1
	}
	return view.T("action.it_is_with_a|It is with a second person now."), err
}

// approveAction publishes an action in review, from the day of the form on.
func (p *Pages) approveAction(c echo.Context, view *ActionPage, a actions.Action, revision int) (string, error) {
	day, parts := staff.TypedDay(c, &view.Problems, "publish_on")
	view.PublishOn = parts
	if len(view.Problems) > 0 {
		return "", nil
	}
	err := p.Actions.Approve(c.Request().Context(), signin.Of(c).Actor, a.Number, revision, day)
	return view.T("action.it_is_approved_the|It is approved. The public reads it from %s.", staff.DayInWords(view.Page, day)), err
}

// correctAction proposes other words for a public action.
func (p *Pages) correctAction(c echo.Context, view *ActionPage, a actions.Action, revision int) (string, error) {
	content := view.content(c, a.Content)
	if p.note(c, view); len(view.Problems) > 0 {
		return "", nil
	}
	err := p.Actions.Correct(c.Request().Context(), signin.Of(c).Actor, a.Number, revision, content.Texts, view.Note.Text,
		c.FormValue("despite"))
	return view.T("action.a_second_person_has|A second person has to approve the correction. Until then the public reads the words as " +
		"they were."), err
}

// withdrawAction takes a public action back, once the reader has confirmed it.
func (p *Pages) withdrawAction(c echo.Context, view *ActionPage, a actions.Action) (string, error) {
	if p.note(c, view); len(view.Problems) > 0 {
		return "", nil
	}
	if err := staff.Confirm(c, staff.ConfirmWithdrawal(view.Page, view.T("action.withdraw_this_action|Withdraw this action?"),
		fmt.Sprintf("/staff/actions/%d", a.Number))); err != nil {
		return "", err
	}
	err := p.Actions.Withdraw(c.Request().Context(), signin.Of(c).Actor, a.Number, view.Note.Text)
	return view.T("action.it_is_withdrawn_its|It is withdrawn. Its page says why."), err
}

// planAction changes who looks after an action and its days.
func (p *Pages) planAction(c echo.Context, view *ActionPage, a actions.Action) (string, error) {
	target, parts := staff.TypedDay(c, &view.Problems, "target")
	completed, done := staff.TypedDay(c, &view.Problems, "completed")
	view.Target, view.Completed, view.Owner = parts, done, c.FormValue("owner")
	owner, err := strconv.ParseInt(view.Owner, 10, 64)
	if err != nil || !slices.ContainsFunc(view.Owners, func(o page.Option) bool { return o.Value == view.Owner }) {
		view.Problems.Add("owner", view.T("action.choose_one_from_the|Choose one from the list."))
	}
	if len(view.Problems) > 0 {
		return "", nil
	}
	proposed, err := p.Actions.Plan(c.Request().Context(), signin.Of(c).Actor, a.Number, owner, target, completed)
	if proposed {
		return view.T("action.a_second_person_has_to|A second person has to approve the days. Until then the public reads the days as " +
			"they were."), err
	}
	return view.T("action.saved|Saved."), err
}

// note reads the note that the public will read, which must be written in every language.
func (p *Pages) note(c echo.Context, view *ActionPage) {
	view.Note = staff.NoteOf(c, &view.Problems, true)
}

func fieldOf(f actions.Finding) string {
	if f.Lang == "" {
		return f.Field
	}
	return f.Field + "-" + f.Lang
}
