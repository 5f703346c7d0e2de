package crosstab

import (
	"slices"
	"time"

	"yousaid/analytics/figures"
	"yousaid/analytics/refusal"
	"yousaid/surveys/bank"
	"yousaid/surveys/wording"
)

// Complete gives a dimension of a protected table every code that can be, also where nobody has it, and its groups when they are asked for.
func (t *Table) Complete(d Dimension, out figures.Dimension) figures.Dimension {
	if d.ID == "month" {
		out.Codes = nil
		for _, m := range t.Months() {
			if t.Span == nil || t.Span[m] == m {
				out.Codes = append(out.Codes, figures.Code{Code: m, Label: figures.CodeLabel("month", m)})
			}
		}
	}
	if !t.Frame.Query.Subtotals {
		return out
	}
	var of func(code string) (group string, label wording.Message)
	switch {
	case d.ID == "month":
		of = t.quarter
	case d.ID == "service":
		of = t.directorateOfService
	case d.Equality:
		if c, ok := bank.Find(d.ID); ok {
			of = func(code string) (string, wording.Message) {
				group := bank.Group(c.ID, code)
				return group, wording.Named(c.Group(group))
			}
		}
	}
	if of == nil {
		return out
	}
	for _, c := range out.Codes {
		group, label := of(c.Code)
		if group == "" || group == c.Code {
			continue
		}
		code := "group:" + group
		at := slices.IndexFunc(out.Groups, func(g figures.CodeGroup) bool { return g.Code.Code == code })
		if at < 0 {
			at = len(out.Groups)
			out.Groups = append(out.Groups, figures.CodeGroup{
				Code: figures.Code{Code: code, Label: wording.Say("sheet.together|%s, together", label)}})
		}
		out.Groups[at].Of = append(out.Groups[at].Of, c.Code)
	}
	// A group of one code, or of all, is there already.
	out.Groups = slices.DeleteFunc(out.Groups, func(g figures.CodeGroup) bool { return len(g.Of) < 2 || len(g.Of) == len(out.Codes) })
	return out
}

// Months are those of the period, "2026-03".
func (t *Table) Months() []string {
	if t.Frame.From.IsZero() || t.Frame.To.IsZero() {
		return nil
	}
	return MonthsBetween(t.Frame.From, t.Frame.To)
}

// MonthsBetween lists the months from one day to another.
func MonthsBetween(from, to figures.Date) (list []string) {
	for m := (figures.Date{Year: from.Year, Month: from.Month, Day: 1}); !to.Before(m); m = figures.DateOf(m.In(time.UTC).AddDate(0, 1, 0)) {
		list = append(list, m.String()[:7])
	}
	return list
}

// quarter is the calendar quarter of a month, when the period has all of it.
func (t *Table) quarter(month string) (code string, label wording.Message) {
	at, err := time.Parse("2006-01", month)
	if err != nil {
		return "", label
	}
	first := at.AddDate(0, -(int(at.Month())-1)%3, 0)
	last := first.AddDate(0, 2, 0)
	all := t.Months()
	if !slices.Contains(all, first.Format("2006-01")) || !slices.Contains(all, last.Format("2006-01")) {
		return "", label
	}
	return first.Format("2006") + "-Q" + string(rune('0'+(int(first.Month())+2)/3)),
		wording.Say("sheet.from_to|%s to %s", wording.MonthName(first.Month()), wording.Month(last))
}

// directorateOfService is the directorate of a service, when neither it nor another service of the directorate moved
// within the period: a subtotal over services that came or went would not be the sum of its rows.
func (t *Table) directorateOfService(slug string) (code string, label wording.Message) {
	home := map[string]string{}
	moved := map[string]bool{}
	for _, s := range t.Codebook.Services {
		for _, m := range t.Months() {
			d := t.Codebook.Directorate(s.ID, m)
			if before, ok := home[s.Code]; ok && before != d {
				moved[before], moved[d] = true, true
			}
			home[s.Code] = d
		}
	}
	d := home[slug]
	if d == "" || moved[d] {
		return "", label
	}
	for _, n := range t.Codebook.Directorates {
		if n.Code == d {
			return d, n.Label()
		}
	}
	return "", label
}

// refuseDependentDimensions refuses two dimensions of which one follows from the other: most of their combinations
// cannot be, and readers know it.
func (t *Table) refuseDependentDimensions() error {
	if len(t.By) < 2 {
		return nil
	}
	a, b := t.By[0].ID, t.By[1].ID
	same := func(a, b string) bool {
		return a == "service" && b == "directorate" || a+"_group" == b && t.By[0].Equality && t.By[1].Equality
	}
	if same(a, b) || same(b, a) {
		return refusal.New(refusal.AboutSplit, "",
			"refusal.follows_from_ask_for|%s follows from %s: ask for one of them, with subtotals.", b, a)
	}
	return nil
}
