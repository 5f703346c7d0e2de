package actions

import (
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
		w.CompareTexts(w.T("action.you_said|You said"), a.Texts.YouSaid, p.Texts.YouSaid)
		w.CompareTexts(w.T("action.what_we_did|What we did"), a.Texts.WeDid, p.Texts.WeDid)
		w.CompareTexts(w.T("action.what_will_be_there_to|What will be there to see"), a.Texts.Deliverable, p.Texts.Deliverable)
		w.CompareTexts(w.T("staff.note_that_the_public|Note that the public reads"), nil, p.Note)
		return w, nil
	}
	if p.Part != "" {
		return comparedEvidence(w, a, *p), nil
	}
	w.Compare(w.T("action.target|Target date"), staff.DayInWords(w.Page, a.Target), staff.DayInWords(w.Page, p.Target))
	w.Compare(w.T("action.done_on|Done on"), staff.DayInWords(w.Page, a.Completed), staff.DayInWords(w.Page, p.Completed))
	return w, nil
}

// comparedEvidence shows a figure or quote that is to take the place of another one.
func comparedEvidence(w staff.WaitingChange, a actions.Action, p actions.Proposal) staff.WaitingChange {
	figure := func(f *actions.Figure) string {
		if f == nil {
			return ""
		}
		return w.T("action.source_release|%s. Source: release %s", w.Page.FigureInWords(*f), f.Release)
	}
	words := func(q *actions.Quote) string {
		switch {
		case q == nil:
			return ""
		case q.Text == "":
			return w.T("action.a_quote_whose_comment|a quote whose comment is gone")
		}
		return q.Text
	}
	if slot := actions.Slot(p.Part); slices.Contains(actions.Slots, slot) {
		w.Show(w.T(slotWords[slot]), figure(a.At(slot)), figure(p.Figure))
	} else {
		w.Show(w.T("action.quote_2|Quote"), words(a.Quote), words(a.Proposed))
	}
	w.CompareTexts(w.T("staff.note_that_the_public|Note that the public reads"), nil, p.Note)
	return w
}
