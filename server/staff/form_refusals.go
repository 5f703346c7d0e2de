package staff

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"yousaid/server/page"
)

// ChangedSince is what to say when somebody else was faster. The form that is shown again is saved on top of theirs if it is sent once
// more.
const ChangedSince = "staff.somebody_else_changed_this|Somebody else changed this after you opened it. Nothing is saved yet. It is now: " +
	"%s. Save once more to replace that."

// PutRefusals puts what a store refused on the form, each at its field: place gives the field of the form. An error of another kind is
// given back.
func PutRefusals(frame page.Page, ps *page.Problems, err error, place func(field string) string) error {
	list := frame.RefusedIn(err)
	if list == nil {
		return err
	}
	for _, one := range list {
		ps.Add(place(one.Field), one.Text)
	}
	return nil
}

// TypedDay reads a day, such as "2026-03-27", or says at its field what is wrong with it. It is "" where none was written or none is
// right.
func TypedDay(c echo.Context, ps *page.Problems, field string) (string, page.DateParts) {
	parts := page.DateFrom(c.FormValue, field)
	if parts.Empty() {
		return "", parts
	}
	day, problem, ok := parts.Time(time.UTC)
	if !ok {
		ps.Add(field, page.New(c).Say(problem))
		return "", parts
	}
	return day.Format(time.DateOnly), parts
}

// TypedDayOrToday is TypedDay as a time; today where none was written or none is right.
func TypedDayOrToday(c echo.Context, ps *page.Problems, field string, now time.Time) (time.Time, page.DateParts) {
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
	typed, parts := TypedDay(c, ps, field)
	if day, err := time.Parse(time.DateOnly, typed); err == nil {
		return day, parts
	}
	return today, parts
}

// StatusFor is 422 for a page that says what is wrong with what was asked.
func StatusFor(p page.Page) int {
	if len(p.Problems) > 0 {
		return http.StatusUnprocessableEntity
	}
	return http.StatusOK
}
