package equality

import (
	"fmt"
	"slices"
	"strings"

	"yousaid/analytics"
	"yousaid/analytics/figures"
	"yousaid/server/page"
	"yousaid/server/staff"
	"yousaid/surveys/bank"
)

// assessment is what an equality impact assessment needs of a table, in plain words to copy. Every figure in it stands in the table or in the gap view.
func assessment(a analytics.Answer) string {
	f := a.Of()
	rows := analytics.Rows(a)
	total := rows[len(rows)-1]
	var parts []string
	say := func(heading, text string) { parts = append(parts, heading+"\n"+strings.TrimSpace(text)) }

	titles := make([]string, len(f.Surveys))
	for i, s := range f.Surveys {
		titles[i] = "“" + s.Title + "”"
	}
	question := f.Measure.Text
	if question == "" {
		question = f.Measure.Code
	}
	asked := fmt.Sprintf("%s asked: “%s”, in the survey %s. Answers from %s are counted.", f.Organisation, question, strings.Join(titles, ", "), f.Period())
	for _, w := range f.Query.Where {
		asked += fmt.Sprintf(" Only answers where the %s is %s are counted.", w.Dimension, strings.Join(w.Values, " or "))
	}
	say("What was asked, of whom and when", asked+" It was asked of customers of the council, who chose for themselves whether to answer.")
	say("Who answered", whoAnswered(f, rows, total))
	say("Which groups differ", whoDiffers(a))
	if list := notShown(f, rows); list != "" {
		say("Which groups are not shown", list)
	}
	say("What this means, and what it does not", "The figures describe the people who answered. They are not weighted, and they do not stand for all residents. A gap is a reason to look closer: it is no proof of unfair "+
		"treatment and does not say why. Where no clear gap was found there may still be one, above all in small groups. Groups of fewer than 10 people are hidden, and others are hidden so that nobody can be worked out.")
	say("Why this is kept", "Section 149 of the Equality Act 2010, the public sector equality duty, asks the council to have due regard to the need to end unlawful discrimination, to advance equality of opportunity "+
		"and to foster good relations. These figures are evidence for that. They are not the assessment itself: add what the council will do, and when it will look again.")
	return strings.Join(parts, "\n\n") + "\n"
}

// alone are the rows of the first dimension, whatever the second: of a table of one dimension all.
func alone(f figures.Frame, rows []analytics.Row) (list []analytics.Row) {
	for _, r := range rows {
		if !r.Total && r.Codes[0] != figures.All && !slices.ContainsFunc(r.Codes[1:], func(c string) bool { return c != figures.All }) && !slices.ContainsFunc(f.Dimensions[0].Groups, func(g figures.CodeGroup) bool { return g.Code.Code == r.Codes[0] }) {
			list = append(list, r)
		}
	}
	return list
}

func whoAnswered(f figures.Frame, rows []analytics.Row, total analytics.Row) string {
	text := "How many answered is not shown, to protect people."
	if !total.Hidden {
		text = fmt.Sprintf("%s answers are counted.", page.Number(int(total.N)))
		if total.N == 1 {
			text = "1 answer is counted."
		}
		if total.Satisfied != nil {
			text += fmt.Sprintf(" %s of them were satisfied.", staff.Percent1(*total.Satisfied))
		}
	}
	var groups []string
	few := false
	for _, r := range alone(f, rows) {
		if r.Hidden || r.NotAsked {
			continue
		}
		one := fmt.Sprintf("%s: %s", r.Labels[0], page.Number(int(r.N)))
		if r.Unreliable {
			one += " [u]"
			few = true
		}
		groups = append(groups, one)
	}
	if len(groups) > 0 {
		text += fmt.Sprintf(" By %s, as far as shown: %s.", staff.Lower(f.Dimensions[0].Label), strings.Join(groups, "; "))
	}
	if few {
		text += " [u] means fewer than 30 people, so that the figures of the group are of low reliability."
	}
	return text
}

func whoDiffers(a analytics.Answer) string {
	gaps, _ := analytics.Gaps(a)
	if len(gaps) == 0 {
		return "No group can be compared with those who gave another answer from what is shown."
	}
	others := "those who gave another answer"
	if gaps[0].OfShown {
		others = "the other groups that are shown"
	}
	var clear []string
	for _, g := range gaps {
		if !g.Clear {
			continue
		}
		word, least := "higher", ""
		if !g.Higher {
			word = "lower"
		}
		if g.Unreliable {
			least = ", low reliability"
		}
		clear = append(clear, fmt.Sprintf("%s: %s satisfied, %s points %s than %s (%s; likely range of the gap %s to %s points%s).", g.Label, staff.Percent1(g.Share), strings.TrimLeft(points(g.Diff), "+−"), word, others, staff.Percent1(g.Rest),
			points(g.Low), points(g.High), least))
	}
	compared := fmt.Sprintf("%d groups were compared with %s. ", len(gaps), others)
	if len(gaps) == 1 {
		compared = fmt.Sprintf("1 group was compared with %s. ", others)
	}
	compared += "People who preferred not to say or gave no answer are left out. "
	if len(clear) == 0 {
		return compared + "None differs clearly."
	}
	if len(clear) == 1 {
		return compared + "This one differs clearly (significant at 0.05 level after allowing for several comparisons):\n- " + clear[0]
	}
	return compared + "These differ clearly (significant at 0.05 level after allowing for several comparisons):\n- " + strings.Join(clear, "\n- ")
}

func notShown(f figures.Frame, rows []analytics.Row) string {
	var list []string
	for _, r := range alone(f, rows) {
		if r.Hidden && r.Codes[0] != "" && r.Codes[0] != bank.PreferNotToSay {
			list = append(list, r.Labels[0])
		}
	}
	if len(list) == 0 {
		return ""
	}
	return "Too small to be shown, or hidden so that a small group cannot be worked out: " + strings.Join(list, "; ") + ". Ask these groups in another way, such as by talking with them."
}
