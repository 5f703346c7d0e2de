package staff

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"yousaid/analytics/review"
	"yousaid/server/page"
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

// NewWaitingChange starts the view of a change for the reader, who may approve changes of others where passes says so.
func NewWaitingChange(p page.Page, change review.Change, heading, reader, to string, zone *time.Location, passes bool) WaitingChange {
	own := change.By == reader
	return WaitingChange{
		Page:       p,
		ID:         change.ID,
		Heading:    heading,
		By:         change.By,
		When:       p.Date(change.At.In(zone)) + change.At.In(zone).Format(" 15:04"),
		To:         to,
		Own:        own,
		MayApprove: passes && !own,
		MayReturn:  passes || own,
	}
}

// Show adds a line.
func (w *WaitingChange) Show(what, before, after string) {
	w.Lines = append(w.Lines, Compared{what, cmp.Or(before, "nothing"), cmp.Or(after, "nothing")})
}

// Compare adds a line where the two differ.
func (w *WaitingChange) Compare(what, before, after string) {
	if before != after {
		w.Show(what, before, after)
	}
}

// CompareTexts adds a line for each language in which the two differ.
func (w *WaitingChange) CompareTexts(what string, before, after question.Text) {
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
		w.Compare(what+", "+w.LanguageWord(lang), before[lang], after[lang])
	}
}

// ChangeID reads which waiting change a form is about; 0, which is none, for anything else.
func ChangeID(c echo.Context) int64 {
	id, err := strconv.ParseInt(c.FormValue("change"), 10, 64)
	if err != nil {
		return 0
	}
	return id
}
