package staff

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"yousaid/analytics/actions"
	"yousaid/analytics/calendar"
	"yousaid/analytics/releases"
	"yousaid/analytics/review"
	"yousaid/server/page"
	"yousaid/surveys/lint"
	"yousaid/surveys/question"
)

// WaitingChange is a change of what the public reads, with what it reads now beside it, for the second person.
type WaitingChange struct {
	page.Page
	ID                    int64
	Heading, By, When, To string
	Own                   bool // the reader proposed it
	MayApprove, MayReturn bool
	Lines                 []Compared
}

// Compared is a part of it before and after the change.
type Compared struct{ What, Before, After string }

// waitingChange starts the view of a change for the reader, who may approve changes of others where passes says so.
func waitingChange(p page.Page, change review.Change, heading, reader, to string, zone *time.Location, passes bool) WaitingChange {
	own := change.By == reader
	return WaitingChange{Page: p, ID: change.ID, Heading: heading, By: change.By, When: change.At.In(zone).Format("2 January 2006 15:04"), To: to, Own: own, MayApprove: passes && !own, MayReturn: passes || own}
}

// compare adds a line where the two differ.
func (w *WaitingChange) compare(what, before, after string) {
	if before != after {
		w.Lines = append(w.Lines, Compared{what, cmp.Or(before, "nothing"), cmp.Or(after, "nothing")})
	}
}

func (w *WaitingChange) compareTexts(what string, before, after question.Text) {
	seen := map[string]bool{}
	for _, t := range []question.Text{before, after} {
		for lang := range t {
			seen[lang] = true
		}
	}
	for _, lang := range slices.Sorted(func(yield func(string) bool) {
		for lang := range seen {
			if !yield(lang) {
				return
			}
		}
	}) {
		w.compare(what+", "+lint.LanguageWord(lang), before[lang], after[lang])
	}
}

// waitingOfAction shows what would become of an action in public.
func waitingOfAction(w WaitingChange, a actions.Action) (WaitingChange, error) {
	p, err := a.Proposal()
	if err != nil {
		return w, err
	}
	if p.Texts != nil {
		w.compareTexts("You said", a.Texts.YouSaid, p.Texts.YouSaid)
		w.compareTexts("What we did", a.Texts.WeDid, p.Texts.WeDid)
		w.compareTexts("What will be there to see", a.Texts.Deliverable, p.Texts.Deliverable)
		w.compareTexts("Note that the public reads", nil, p.Note)
		return w, nil
	}
	if p.Part != "" {
		return w.compareEvidence(a, *p), nil
	}
	w.compare("Target date", dayInWords(a.Target), dayInWords(p.Target))
	w.compare("Done on", dayInWords(a.Completed), dayInWords(p.Completed))
	return w, nil
}

// compareEvidence shows a figure or quote that is to take the place of another one.
func (w WaitingChange) compareEvidence(a actions.Action, p actions.Proposal) WaitingChange {
	figure := func(f *actions.Figure) string {
		if f == nil {
			return ""
		}
		return fmt.Sprintf("%s. Source: release %d", w.Page.FigureInWords(*f), f.Release)
	}
	words := func(q *actions.Quote) string {
		switch {
		case q == nil:
			return ""
		case q.Text == "":
			return "a quote whose comment is gone"
		}
		return q.Text
	}
	if slot := actions.Slot(p.Part); slices.Contains(actions.Slots, slot) {
		w.Lines = append(w.Lines, Compared{slotWords[slot], cmp.Or(figure(a.At(slot)), "nothing"), cmp.Or(figure(p.Figure), "nothing")})
	} else {
		w.Lines = append(w.Lines, Compared{"Quote", cmp.Or(words(a.Quote), "nothing"), cmp.Or(words(a.Proposed), "nothing")})
	}
	w.compareTexts("Note that the public reads", nil, p.Note)
	return w
}

// waitingOfTable shows the figures of a table that is to be public beside those that are.
func waitingOfTable(w WaitingChange, pub calendar.Publication, change calendar.Waiting) WaitingChange {
	before := map[string]string{}
	if last, ok := pub.Last(); ok {
		for _, c := range last.Table.Cells {
			before[c.Code] = cellInWords(c)
		}
	}
	for _, c := range change.Table.Cells {
		name, _ := change.Proposal.Labels[c.Code].In("en")
		w.Lines = append(w.Lines, Compared{cmp.Or(name, c.Code, "Not known"), cmp.Or(before[c.Code], "nothing"), cellInWords(c)})
		delete(before, c.Code)
	}
	for _, code := range slices.Sorted(func(yield func(string) bool) {
		for code := range before {
			if !yield(code) {
				return
			}
		}
	}) {
		name, _ := pub.Labels[code].In("en")
		w.compare(cmp.Or(name, code, "Not known"), before[code], "")
	}
	w.compareTexts("Note that the public reads", nil, change.Proposal.Note)
	return w
}

func cellInWords(c releases.Cell) string {
	switch {
	case c.NotAsked:
		return "not asked"
	case c.Hidden:
		return "not shown"
	}
	words := page.Number(int(c.N)) + " answers"
	if c.N == 1 {
		words = "1 answer"
	}
	if c.Satisfied != nil {
		words += ", " + percent1(*c.Satisfied) + " satisfied"
	}
	if c.Mean != nil {
		words += ", mean " + strconv.FormatFloat(*c.Mean, 'f', 2, 64)
	}
	return words
}

// changeOf reads which waiting change a form is about; 0, which is none, for anything else.
func changeOf(c echo.Context) int64 {
	id, err := strconv.ParseInt(c.FormValue("change"), 10, 64)
	if err != nil {
		return 0
	}
	return id
}
