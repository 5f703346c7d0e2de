package actions

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"yousaid/analytics/actions"
	"yousaid/analytics/quoted"
	"yousaid/server/accounts"
	"yousaid/server/page"
	"yousaid/server/staff"
	"yousaid/surveys/permission"
	"yousaid/surveys/tenant"
)

// EvidenceView is what an action shows beside its words, and who may change it.
type EvidenceView struct {
	page.Page
	Figures []FigureSlot
	Quote   QuoteSlot
	Open    bool     // the action is in a state in which this can be changed
	Public  bool     // the public reads it: a change waits for a second person
	MayPick bool     // figures
	Who     []string // may, where the reader may not
}

// FigureSlot is one place for a figure.
type FigureSlot struct {
	Slot     actions.Slot
	Heading  string
	Text     string // the figure in words; "" for none
	Question string
	Source   page.Link // its release; without an address where the reader may not open it
	State    string    // what became of the release, in words, or ""
	Change   string    // address
}

// QuoteSlot is the place for a quote.
type QuoteSlot struct {
	There   bool
	Text    page.Text // without words where the comment is gone
	Comment string    // address of the comment
	Change  string    // address
}

// slotWords head the places.
var slotWords = map[actions.Slot]string{
	actions.Before: "action.figure_beside_you_said|Figure beside “You said”",
	actions.After:  "action.figure_afterwards_beside_what|Figure afterwards, beside what you did",
}

// figureStates say what became of a figure's table.
var figureStates = map[quoted.State]string{
	quoted.Corrected: "action.its_table_was_corrected|Its table was corrected",
	quoted.Withdrawn: "action.its_table_was_withdrawn|Its table was withdrawn",
}

func evidenceView(p page.Page, a actions.Action, actor tenant.Actor, people []accounts.Person) EvidenceView {
	v := EvidenceView{
		Page:    p,
		Open:    a.State != actions.Withdrawn,
		Public:  a.State == actions.Published,
		MayPick: permission.Holds(actor, permission.PublishFigures),
	}
	register := permission.Holds(actor, permission.SeeRegister)
	for _, slot := range actions.Slots {
		v.Figures = append(v.Figures, figureSlot(p, a, slot, register))
	}
	at := fmt.Sprintf("/staff/actions/%d", a.Number)
	v.Quote.Change = at + "/quote"
	if q := a.Quote; q != nil {
		v.Quote.There, v.Quote.Text, v.Quote.Comment = true, page.Wording(q.Text, q.Language, p.Lang), "/staff/comments/"+q.Comment.String()
	}
	if !v.MayPick {
		v.Who = whoReleases(people)
	}
	return v
}

func figureSlot(p page.Page, a actions.Action, slot actions.Slot, register bool) FigureSlot {
	s := FigureSlot{Slot: slot, Heading: p.T(slotWords[slot]), Change: figureAt(a.Number, slot, nil)}
	f := a.At(slot)
	if f == nil {
		return s
	}
	s.Question = p.Word(f.Words())
	s.Text, s.State = p.FigureInWords(*f), p.T(figureStates[f.State])
	s.Source.Text = fmt.Sprintf("release %d", f.Release)
	if register {
		s.Source.Href = fmt.Sprintf("/staff/releases/%d", f.Release)
	}
	return s
}

// whoReleases names the people who may release figures, the first few of them.
func whoReleases(people []accounts.Person) (names []string) {
	const most = 5
	for _, one := range people {
		may := permission.Holds(tenant.Actor{Grants: []tenant.Grant{{Role: one.Role}}}, permission.PublishFigures)
		if may && len(names) < most && !slices.Contains(names, one.Email) {
			names = append(names, one.Email)
		}
	}
	return names
}

// figureAt is the page on which a figure is chosen for a slot.
func figureAt(number int64, slot actions.Slot, more url.Values) string {
	v := url.Values{"slot": {string(slot)}}
	for name, values := range more {
		v[name] = values
	}
	return fmt.Sprintf("/staff/actions/%d/figure?%s", number, v.Encode())
}

// actionSlot is the action of the address, and the slot that is named: the first where none is.
func (p *Pages) actionSlot(c echo.Context, name string) (actions.Action, actions.Slot, error) {
	a, _, err := p.action(c)
	if err != nil {
		return a, "", err
	}
	if a.State == actions.Withdrawn {
		return a, "", actions.ErrNotNow
	}
	slot := actions.Slot(staff.PlainText(name))
	if !slices.Contains(actions.Slots, slot) {
		slot = actions.Before
	}
	return a, slot, nil
}

// evidenceChosen says what came of a choice, and leads back to the action.
func (p *Pages) evidenceChosen(c echo.Context, number int64, waits bool, done string) error {
	if waits {
		done = page.T(
			c,
			"action.a_second_person_has_to_approve|A second person has to approve it. Until then the public reads what it read before.",
		)
	}
	page.Flash(c, done)
	return c.Redirect(http.StatusSeeOther, fmt.Sprintf("/staff/actions/%d#evidence", number))
}
