package analytics

import (
	"strings"
	"testing"

	"yousaid/analytics/disclosure"
)

// Tables are set apart only when nothing leads from one to the other, through whichever others.
func TestSetApart(t *testing.T) {
	t.Parallel()
	release := func(total disclosure.State, by ...string) *earlier {
		r := &earlier{groups: make([]map[string][]string, len(by))}
		r.query.By = by
		all, one := make([]string, len(by)), make([]string, len(by))
		for i := range by {
			all[i], one[i] = All, "x"
		}
		r.cells = []earlierCell{{codes: one, state: disclosure.Hidden}, {codes: all, state: total, distribution: map[string]int64{"1": 9}}}
		return r
	}
	shown, hidden := disclosure.Shown, disclosure.Hidden
	for _, c := range []struct {
		split string
		list  []*earlier
		apart string // which are set apart, a letter each
	}{
		{"age", []*earlier{release(shown, "channel", "sex"), release(shown, "age", "channel")}, "--"},
		{"age", []*earlier{release(shown, "channel", "sex"), release(shown, "age", "religion")}, "a-"},
		{"age_group", []*earlier{release(shown, "age"), release(shown, "sex")}, "-a"},
		{"directorate", []*earlier{release(shown, "service", "month"), release(shown, "month", "mode")}, "-a"},
		{"topics:a", []*earlier{release(shown, "topics:b"), release(shown, "sex")}, "-a"},
		{"month", []*earlier{release(shown, "month", "sex"), release(shown, "sex")}, "aa"},
		{"age", []*earlier{release(hidden, "sex"), release(shown, "sex", "mode"), release(shown, "channel")}, "--a"}, // a total that is not out leads on
	} {
		got := ""
		some := setApart(strings.Fields(c.split), c.list)
		for _, r := range c.list {
			if len(r.cells) == 1 {
				got += "a"
			} else {
				got += "-"
			}
		}
		if got != c.apart || some != strings.Contains(got, "a") {
			t.Errorf("%s: %s, not %s", c.split, got, c.apart)
		}
	}
}
