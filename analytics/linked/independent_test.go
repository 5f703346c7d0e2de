package linked

import (
	"strings"
	"testing"

	"yousaid/analytics/disclosure"
	"yousaid/analytics/figures"
	"yousaid/analytics/register"
)

// Tables are independent only when nothing leads from one to the other, through whichever others.
func TestSetApart(t *testing.T) {
	t.Parallel()
	// A release of some quarters (their numbers, first and last), by some dimensions.
	release := func(quarters, by string, total disclosure.State) *priorRelease {
		r := &priorRelease{counts: register.Coverage{Questions: map[int64]string{7: "rating"}, From: quarters[:1], To: quarters[1:]}}
		r.Query.By = strings.Fields(by)
		var all, one []string
		for range r.Query.By {
			all, one, r.groups = append(all, figures.All), append(one, "x"), append(r.groups, nil)
		}
		r.cells = []priorCell{{codes: one, state: disclosure.Hidden}, {codes: all, state: total, distribution: map[string]int64{"1": 9}}}
		return r
	}
	shown, hidden := disclosure.Shown, disclosure.Hidden
	for _, c := range []struct {
		quarters, split string
		list            []*priorRelease
		independent     string // an a for each that is independent
	}{
		{"11", "age", []*priorRelease{release("11", "channel sex", shown), release("11", "age channel", shown)}, "--"},
		{"11", "age", []*priorRelease{release("11", "channel sex", shown), release("11", "age religion", shown)}, "a-"},
		{"11", "age_group", []*priorRelease{release("11", "age", shown), release("11", "sex", shown)}, "-a"},
		{"11", "directorate", []*priorRelease{release("11", "service month", shown), release("11", "month mode", shown)}, "-a"},
		{"11", "topics:a", []*priorRelease{release("11", "topics:b", shown), release("11", "sex", shown)}, "-a"},
		{"11", "month", []*priorRelease{release("11", "month sex", shown), release("11", "sex", shown)}, "aa"},
		// a total that is not out leads on
		{"11", "age", []*priorRelease{release("11", "sex", hidden), release("11", "sex mode", shown), release("11", "channel", shown)}, "--a"},
		// other answers, whoever counts both
		{"33", "age", []*priorRelease{release("12", "age", shown), release("14", "sex", shown)}, "aa"},
		{"33", "age", []*priorRelease{release("12", "age", shown), release("14", "age sex", shown)}, "--"},
	} {
		dropIndependent(release(c.quarters, c.split, shown), c.list)
		got := ""
		for _, r := range c.list {
			got += map[bool]string{true: "a", false: "-"}[len(r.cells) == 1]
		}
		if got != c.independent {
			t.Errorf("%s of %s: %s, not %s", c.split, c.quarters, got, c.independent)
		}
	}
}
