package public

import (
	"strings"
	"time"

	"yousaid/analytics/actions"
	"yousaid/server/page"
)

// itemView puts an item in the words of a language.
func (p *Pages) itemView(r reader, i actions.Item, lang string) page.ItemView {
	f := p.sheet(r, lang)
	v := page.ItemView{Lang: lang, Dir: page.Direction(lang), Number: i.Number, Said: own(f.T("said.you|You said")), YouSaid: page.Find(i.YouSaid, lang), WeDid: page.Find(i.WeDid, lang),
		Deliverable: page.Find(i.Deliverable, lang), Service: page.Find(i.Service.Names, lang), Theme: page.Find(i.Theme.Names, lang), Published: date(f, i.Published)}
	v.Missing = strings.TrimSpace(i.YouSaid[lang]) == "" || strings.TrimSpace(i.WeDid[lang]) == ""
	if v.Missing && lang == r.lang {
		v.Missing = false // each text says its own language
	}
	r.lang = lang
	v.Href = r.in(saidPath + "/" + number(i.Number))
	if i.Service.Slug != "" {
		v.ServiceHref = r.in(saidPath + "?service=" + i.Service.Slug)
	}
	if i.Theme.Slug != "" {
		v.ThemeHref = r.in(saidPath + "?theme=" + i.Theme.Slug)
	}
	switch i.Kind {
	case actions.Doing:
		v.Did = own(f.T("said.doing|We are doing"))
	case actions.Cannot:
		v.Did = own(f.T("said.cannot|We cannot, because"))
	default:
		v.Did = own(f.T("said.did|We did"))
	}
	if g := i.Figure; g != nil {
		v.Figure = page.FigureInWords(f, g.Of, string(g.Measured), g.Value, g.Low, g.High, g.N, g.From, g.To)
		v.FigureHref = r.publishedAt(g.Release)
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

// own is a word of the interface, marked where it had to stay English.
func own(text string) page.Text { return page.Text{Text: text} }

// publishedAt is the page on which a release is published, or "".
func (r reader) publishedAt(release int64) string {
	for _, pub := range r.calendar {
		for _, e := range pub.Editions {
			if e.Table.ID == release && pub.State == "published" {
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
