package equality

import (
	"fmt"
	"slices"
	"strings"

	"yousaid/analytics/figures"
	"yousaid/analytics/tables"
	"yousaid/server/page"
	"yousaid/server/staff"
	"yousaid/surveys/bank"
)

// assessment is what an equality impact assessment needs of a table, in plain words to copy. Every figure in it stands in the table or in
// the gap view.
func assessment(frame page.Page, a tables.Answer) string {
	f := a.Of()
	rows := tables.Rows(a)
	total := rows[len(rows)-1]
	var parts []string
	say := func(heading, text string) { parts = append(parts, heading+"\n"+strings.TrimSpace(text)) }

	titles := make([]string, len(f.Surveys))
	for i, s := range f.Surveys {
		titles[i] = "“" + frame.Say(s.Title) + "”"
	}
	question := frame.Say(f.Measure.Text)
	if question == "" {
		question = f.Measure.Code
	}
	asked := frame.T(
		"equality.asked_in_the_survey|%s asked: “%s”, in the survey %s. Answers from %s are counted.",
		f.Organisation,
		question,
		strings.Join(titles, ", "),
		frame.Say(f.Period()),
	)
	for _, w := range f.Query.Where {
		asked += " " + frame.T(
			"equality.only_answers_where_the|Only answers where the %s is %s are counted.",
			w.Dimension,
			frame.Either(w.Values),
		)
	}
	say(
		frame.T("equality.what_was_asked_of|What was asked, of whom and when"),
		asked+" "+frame.T("equality.it_was_asked_of|It was asked of customers of the council, who chose for themselves whether to answer."),
	)
	say(frame.T("equality.who_answered|Who answered"), whoAnswered(frame, f, rows, total))
	say(frame.T("equality.which_groups_differ|Which groups differ"), whoDiffers(frame, a))
	if list := notShown(frame, f, rows); list != "" {
		say(frame.T("equality.which_groups_are_not|Which groups are not shown"), list)
	}
	say(
		frame.T("equality.what_this_means_and|What this means, and what it does not"),
		frame.T(
			"equality.the_figures_describe_the|The figures describe the people who answered. They are not weighted, and they do not stand for "+
				"all residents. A gap is a reason to look closer: it is no proof of unfair treatment and does not say why. Where no clear gap was "+
				"found there may still be one, above all in small groups. Groups of fewer than 10 people are hidden, and others are hidden so that "+
				"nobody can be worked out.",
		),
	)
	say(
		frame.T("equality.why_this_is_kept|Why this is kept"),
		frame.T(
			"equality.section_of_the_equality|Section 149 of the Equality Act 2010, the public sector equality duty, asks the council to have "+
				"due regard to the need to end unlawful discrimination, to advance equality of opportunity and to foster good relations. These "+
				"figures are evidence for that. They are not the assessment itself: add what the council will do, and when it will look again.",
		),
	)
	return strings.Join(parts, "\n\n") + "\n"
}

// alone are the rows of the first dimension, whatever the second: of a table of one dimension all.
func alone(f figures.Frame, rows []figures.Row) (list []figures.Row) {
	for _, r := range rows {
		if !r.Total && r.Codes[0] != figures.All && !slices.ContainsFunc(r.Codes[1:], func(c string) bool { return c != figures.All }) &&
			!slices.ContainsFunc(f.Dimensions[0].Groups, func(g figures.CodeGroup) bool { return g.Code.Code == r.Codes[0] }) {
			list = append(list, r)
		}
	}
	return list
}

func whoAnswered(frame page.Page, f figures.Frame, rows []figures.Row, total figures.Row) string {
	text := frame.T("equality.how_many_answered_is|How many answered is not shown, to protect people.")
	if !total.Hidden {
		text = frame.Plural("equality.answers_are_counted|%s answer is counted.|%s answers are counted.", int(total.N), page.Number(int(total.N)))
		if total.Satisfied != nil {
			text += " " + frame.T("equality.of_them_were_satisfied|%s of them were satisfied.", staff.Percent1(*total.Satisfied))
		}
	}
	var groups []string
	few := false
	for _, r := range alone(f, rows) {
		if r.Hidden || r.NotAsked {
			continue
		}
		one := fmt.Sprintf("%s: %s", frame.Say(r.Labels[0]), page.Number(int(r.N)))
		if r.Unreliable {
			one += " [u]"
			few = true
		}
		groups = append(groups, one)
	}
	if len(groups) > 0 {
		text += " " + frame.T("equality.by_as_far_as|By %s, as far as shown: %s.",
			staff.Within(frame, f.Dimensions[0].Label), strings.Join(groups, "; "))
	}
	if few {
		text += " " + frame.T(
			"equality.u_means_fewer_than|[u] means fewer than 30 people, so that the figures of the group are of low reliability.",
		)
	}
	return text
}

func whoDiffers(frame page.Page, a tables.Answer) string {
	gaps, _ := tables.Differences(a)
	if len(gaps) == 0 {
		return frame.T("equality.no_group_can_be|No group can be compared with those who gave another answer from what is shown.")
	}
	others := frame.T("equality.those_who_gave_another|those who gave another answer")
	if gaps[0].OfShown {
		others = frame.T("equality.the_other_groups_that|the other groups that are shown")
	}
	var clear []string
	for _, g := range gaps {
		if !g.Clear {
			continue
		}
		word, least := frame.T("equality.higher|higher"), ""
		if !g.Higher {
			word = frame.T("equality.lower|lower")
		}
		if g.Unreliable {
			least = frame.T("equality.low_reliability|, low reliability")
		}
		clear = append(
			clear,
			frame.T(
				"equality.satisfied_points_than_likely|%s: %s satisfied, %s points %s than %s (%s; likely range of the gap %s to %s points%s).",
				frame.Say(g.Label),
				staff.Percent1(g.Share),
				strings.TrimLeft(points(g.Diff), "+−"),
				word,
				others,
				staff.Percent1(g.Rest),
				points(g.Low),
				points(g.High),
				least,
			),
		)
	}
	compared := frame.Plural(
		"equality.groups_were_compared_with|%s group was compared with %s.|%s groups were compared with %s.",
		len(gaps),
		len(gaps),
		others,
	) + " "
	compared += frame.T("equality.people_who_preferred_not|People who preferred not to say or gave no answer are left out.") + " "
	if len(clear) == 0 {
		return compared + frame.T("equality.none_differs_clearly|None differs clearly.")
	}
	return compared + frame.Plural(
		"equality.differ_clearly|This one differs clearly (significant at 0.05 level after allowing for several comparisons):|"+
			"These differ clearly (significant at 0.05 level after allowing for several comparisons):",
		len(clear),
	) + "\n- " + strings.Join(
		clear,
		"\n- ",
	)
}

func notShown(frame page.Page, f figures.Frame, rows []figures.Row) string {
	var list []string
	for _, r := range alone(f, rows) {
		if r.Hidden && r.Codes[0] != "" && r.Codes[0] != bank.PreferNotToSay {
			list = append(list, frame.Say(r.Labels[0]))
		}
	}
	if len(list) == 0 {
		return ""
	}
	return frame.T(
		"equality.too_small_to_be|Too small to be shown, or hidden so that a small group cannot be worked out: %s. Ask these groups in "+
			"another way, such as by talking with them.",
		strings.Join(list, "; "),
	)
}
