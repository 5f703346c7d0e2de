package actions

import (
	"fmt"
	"slices"

	"yousaid/analytics/actions"
	"yousaid/server/staff"
)

// waitingOfAction shows what would become of an action in public.
func waitingOfAction(w staff.WaitingChange, a actions.Action) (staff.WaitingChange, error) {
	p, err := a.Proposal()
	if err != nil {
		return w, err
	}
	if p.Texts != nil {
		w.CompareTexts("You said", a.Texts.YouSaid, p.Texts.YouSaid)
		w.CompareTexts("What we did", a.Texts.WeDid, p.Texts.WeDid)
		w.CompareTexts("What will be there to see", a.Texts.Deliverable, p.Texts.Deliverable)
		w.CompareTexts("Note that the public reads", nil, p.Note)
		return w, nil
	}
	if p.Part != "" {
		return comparedEvidence(w, a, *p), nil
	}
	w.Compare("Target date", staff.DayInWords(a.Target), staff.DayInWords(p.Target))
	w.Compare("Done on", staff.DayInWords(a.Completed), staff.DayInWords(p.Completed))
	return w, nil
}

// comparedEvidence shows a figure or quote that is to take the place of another one.
func comparedEvidence(w staff.WaitingChange, a actions.Action, p actions.Proposal) staff.WaitingChange {
	figure := func(f *actions.Figure) string {
		if f == nil {
			return ""
		}
		return fmt.Sprintf("%s. Source: release %d", w.Page.FigureInWords(*f), f.Release)
	}
	words := func(q *actions.Quote) string {
		switch {
		case q == nil:
			return ""
		case q.Text == "":
			return "a quote whose comment is gone"
		}
		return q.Text
	}
	if slot := actions.Slot(p.Part); slices.Contains(actions.Slots, slot) {
		w.Show(slotWords[slot], figure(a.At(slot)), figure(p.Figure))
	} else {
		w.Show("Quote", words(a.Quote), words(a.Proposed))
	}
	w.CompareTexts("Note that the public reads", nil, p.Note)
	return w
}
