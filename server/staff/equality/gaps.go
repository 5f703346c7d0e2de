package equality

import (
	"fmt"
	"math"

	"yousaid/analytics/stats"
	"yousaid/analytics/tables"
	"yousaid/server/page"
	"yousaid/server/staff"
)

// GapView compares the groups of a characteristic with the people who gave another answer.
type GapView struct {
	Table   page.Table
	None    string   // why there is no table
	Hidden  []string // groups that are not compared because they are not shown
	Without []string // groups that are shown and not compared: too few others are
}

func gapView(frame page.Page, a tables.Answer) GapView {
	gaps, without := tables.Differences(a)
	f := a.Of()
	var v GapView
	for _, w := range without {
		if w.Hidden {
			v.Hidden = append(v.Hidden, frame.Say(w.Label))
		} else {
			v.Without = append(v.Without, frame.Say(w.Label))
		}
	}
	switch {
	case !f.Measure.HasShare:
		v.None = frame.T(
			"equality.this_question_does_not|This question does not say which answers are satisfied ones, so there is no share to compare.",
		)
		return v
	case len(gaps) == 0:
		v.None = frame.T(
			"equality.no_group_can_be_compared|No group can be compared: the groups, or the people who gave another answer, are not shown.",
		)
		return v
	}
	caption := frame.T(
		"equality.each_group_compared_with|Each group compared with those who gave another answer, by %s",
		staff.Within(frame, f.Dimensions[0].Label),
	)
	if len(f.Dimensions) > 1 {
		caption += frame.T("equality.whatever_the|, whatever the %s", staff.Within(frame, f.Dimensions[1].Label))
	}
	v.Table = page.Table{
		Caption: caption,
		Columns: []page.Column{
			{Text: frame.Say(f.Dimensions[0].Label)},
			{Text: frame.T("staff.satisfied|Satisfied"), Number: true},
			{Text: frame.T("equality.those_who_gave_another_answer|Those who gave another answer"), Number: true},
			{
				Text:   frame.T("equality.gap_in_points|Gap in points"),
				Number: true,
			},
			{Text: frame.T("equality.likely_range_of_the|Likely range of the gap"), Number: true},
			{Text: frame.T("equality.what_can_be_said|What can be said")},
		},
		Note: frame.T(
			"equality.the_gap_is_the|The gap is the share satisfied of the group less that of those who gave another answer, in percentage " +
				"points. Who preferred not to say, or gave no answer, is in neither. The likely range is the 95 percent interval (Newcombe). " +
				"Because several groups are compared, the tests are made stricter (Holm).",
		),
	}
	if gaps[0].OfShown {
		v.Table.Note += " " + frame.T(ofShown)
	}
	for _, g := range gaps {
		v.Table.Rows = append(v.Table.Rows, []page.Cell{{Text: frame.Say(g.Label), Head: true},
			{
				Text:   staff.Percent1(g.Share),
				More:   "n = " + page.Number(int(g.N)) + small(g.N),
				Number: true,
			},
			{Text: staff.Percent1(g.Rest), More: "n = " + page.Number(int(g.RestN)) + small(g.RestN), Number: true},
			{Text: points(g.Diff), Number: true}, {Text: frame.Range(points(g.Low), points(g.High)), Number: true}, {Text: called(frame, g)}})
	}
	return v
}

// ofShown says with whom groups are compared where the table hides how many gave no answer.
const ofShown = "equality.how_many_preferred_not|How many preferred not to say, or gave no answer, is hidden here: so each group is " +
	"compared with the other groups that are shown."

// called says in words what may be said of a gap. A gap whose range has nought in it is not called one.
func called(frame page.Page, g tables.Difference) string {
	words := frame.T("equality.no_clear_gap|No clear gap")
	switch {
	case !g.Clear && (g.Low > 0 || g.High < 0):
		words = frame.T("equality.no_clear_gap_once|No clear gap once several groups are compared")
	case g.Clear && g.Higher:
		words = frame.T("equality.higher_significant_at_level|Higher: significant at 0.05 level")
	case g.Clear:
		words = frame.T("equality.lower_significant_at_level|Lower: significant at 0.05 level")
	}
	if g.Unreliable {
		words += frame.T("equality.low_reliability_u|; low reliability [u]")
	}
	return words
}

func small(n int64) string {
	if n < 30 {
		return " [u]"
	}
	return ""
}

// points writes a difference of shares with its sign, a real minus among them.
func points(diff float64) string {
	v := stats.Round(diff*100, 1)
	text := fmt.Sprintf("%.1f", math.Abs(v))
	switch {
	case v < 0:
		return "−" + text
	case v > 0:
		return "+" + text
	}
	return text
}
