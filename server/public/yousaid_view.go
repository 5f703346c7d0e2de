package public

import (
	"strings"
	"time"

	"yousaid/analytics/actions"
	"yousaid/analytics/quoted"
	"yousaid/server/page"
)

// itemView puts an item in the words of a language.
func (p *Pages) itemView(r reader, i actions.Item, lang string) page.ItemView {
	f := p.pageOf(r, lang)
	v := page.ItemView{
		Lang:    lang,
		Dir:     page.Direction(lang),
		Number:  i.Number,
		Said:    own(f.T("said.you|You said")),
		YouSaid: page.Find(i.YouSaid, lang),
		WeDid:   page.Find(i.WeDid, lang),
		Deliverable: page.Find(
			i.Deliverable,
			lang,
		),
		Service:   page.Find(i.Service.Names, lang),
		Theme:     page.Find(i.Theme.Names, lang),
		Published: date(f, i.Published),
	}
	v.Missing = strings.TrimSpace(i.YouSaid[lang]) == "" || strings.TrimSpace(i.WeDid[lang]) == ""
	if v.Missing && lang == r.lang {
		v.Missing = false // each text carries its own language
	}
	r.lang = lang
	v.Href = r.in(youSaidPath + "/" + number(i.Number))
	if i.Service.Slug != "" {
		v.ServiceHref = r.in(youSaidPath + "?service=" + i.Service.Slug)
	}
	if i.Theme.Slug != "" {
		v.ThemeHref = r.in(youSaidPath + "?theme=" + i.Theme.Slug)
	}
	switch i.Kind {
	case actions.Doing:
		v.Did = own(f.T("said.doing|We are doing"))
	case actions.Cannot:
		v.Did = own(f.T("said.cannot|We cannot, because"))
	default:
		v.Did = own(f.T("said.did|We did"))
	}
	v.Figure, v.After = r.figureView(f, i.Figure), r.figureView(f, i.After)
	v.Figure.Head, v.After.Head = own(f.T("said.figure|The figure")), own(f.T("said.after|The figure afterwards"))
	if i.Quote != nil {
		v.Quote, v.QuoteHead = page.Wording(i.Quote.Text, i.Quote.Language, lang), own(f.T("said.quote|In somebody’s words"))
	}
	state(&v, f, i)
	for _, c := range i.Corrections {
		v.Corrections = append(v.Corrections, page.CorrectionView{On: date(f, c.On), Note: page.Find(c.Note, lang)})
	}
	return v
}

// state says what became of the promise. A date that has passed is said in plain sight.
func state(v *page.ItemView, f page.Page, i actions.Item) {
	is := func(colour, state, more string) {
		v.Colour, v.State, v.StateMore = colour, own(state), own(more)
	}
	switch i.Status {
	case actions.Done:
		is("green", f.T("said.done|Done"), "")
		if i.Completed != "" {
			v.StateMore = own(f.T("said.done_on|on %s", date(f, i.Completed)))
		}
	case actions.UnderWay:
		is("blue", f.T("said.under_way|Under way"), "")
		if i.Target != "" {
			v.StateMore = own(f.T("said.by|to be done by %s", date(f, i.Target)))
		}
	case actions.Overdue:
		is("red", f.T("said.overdue|Overdue"), f.T("said.was_due|it was to be done by %s", date(f, i.Target)))
	case actions.CannotDo:
		is("grey", f.T("said.not_possible|Not possible"), "")
	}
}

// own returns a text of the interface, marked with its language where it is only in English.
func own(text string) page.Text { return page.Text{Text: text} }

// figureView puts a figure of an item in words, with its source and what became of it.
func (r reader) figureView(f page.Page, g *quoted.Figure) (v page.FigureView) {
	if g == nil {
		return v
	}
	v.Href = r.tableAt(g.Release)
	if g.State == quoted.Withdrawn {
		v.Text, v.Gone = own(f.T("said.figure_gone|A figure stood here. It is no longer published, because its table was taken back.")), true
		return v
	}
	v.Text, v.Source = own(f.FigureInWords(*g)), own(f.T("said.source|Source: release %s", number(g.Release)))
	v.Question = own(f.T("performance.question|The question was: %s", f.Word(g.Words())))
	if g.State == quoted.Corrected {
		v.Mark = own(f.T("said.figure_corrected|The table of this figure has been corrected since."))
	}
	return v
}

// lines are a figure as plain text.
func lines(v page.FigureView) string {
	if v.Text.Text == "" || v.Gone {
		return v.Text.Text
	}
	return strings.TrimSpace(v.Text.Text + ". " + v.Source.Text + ". " + v.Mark.Text)
}

// tableAt is the page of a table that is or was published, or "".
func (r reader) tableAt(release int64) string {
	for _, pub := range r.calendar {
		for _, e := range pub.Editions {
			if e.Table.ID == release {
				return r.in(performancePath + "/" + number(pub.ID))
			}
		}
	}
	return ""
}

// date writes a day in words, and leaves what is no day as it is.
func date(f page.Page, day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return f.Date(t)
}
