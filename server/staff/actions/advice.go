package actions

import (
	"yousaid/analytics/actions"
	"yousaid/server/page"
)

// unready puts what keeps an action back at its fields. The tick that it is meant so holds for the findings that are shown with it, and for
// no others.
func (v *ActionPage) unready(u actions.Unready, do string) {
	if do == "send" {
		v.Problems = append(
			v.Problems,
			page.Problem{Field: "", Text: v.T("action.it_is_saved_and|It is saved, and cannot go to review before this is put right:")},
		)
	}
	for _, f := range append(u.Errors(), u.ToConfirm()...) {
		v.Problems.Add(fieldOf(f), v.Say(f.Sentence))
	}
	if v.DespiteValue = u.Confirmation; len(u.ToConfirm()) > 0 {
		v.Problems.Add("despite", v.T("action.change_that_or_tick|Change that, or tick that you have checked it and it is meant so."))
	}
}
