package actions

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"yousaid/analytics/actions"
	"yousaid/server/staff"
	"yousaid/surveys/lint"
)

// held adds the problems that keep a content back and tells what the writer says is meant all the same, for the audit. The tick holds for the findings that were shown
// with it, and for no others.
func (v *ActionPage) held(c echo.Context, content actions.Content, e actions.Evidence) (despite []string) {
	var confirm []actions.Finding
	for _, f := range content.Review(staff.Organisation(c).Languages, e) {
		switch f.Severity {
		case lint.Error:
			v.Problems.Add(fieldOf(f), f.Sentence)
		case lint.Confirm:
			confirm = append(confirm, f)
			despite = append(despite, f.Sentence)
		}
	}
	v.DespiteValue = despiteValue(confirm)
	if len(confirm) == 0 || c.FormValue("despite") == v.DespiteValue {
		return despite
	}
	for _, f := range confirm {
		v.Problems.Add(fieldOf(f), f.Sentence)
	}
	v.Problems.Add("despite", v.T("action.change_that_or_tick|Change that, or tick that you have checked it and it is meant so."))
	return nil
}

// despiteValue names a set of findings, so that a tick cannot stand for others; "" for none.
func despiteValue(list []actions.Finding) string {
	if len(list) == 0 {
		return ""
	}
	var all []string
	for _, f := range list {
		all = append(all, fieldOf(f)+" "+f.Sentence)
	}
	slices.Sort(all)
	return fmt.Sprintf("%x", sha256.Sum256([]byte(strings.Join(all, "\n"))))[:16]
}

// confirms are the findings that wait for the writer's word.
func confirms(list []actions.Finding) []actions.Finding {
	return slices.DeleteFunc(slices.Clone(list), func(f actions.Finding) bool { return f.Severity != lint.Confirm })
}
