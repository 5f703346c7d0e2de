package equality

import (
	"github.com/labstack/echo/v4"

	"yousaid/analytics"
	"yousaid/analytics/refusal"
	"yousaid/analytics/tables"
	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/server/staff"
	"yousaid/surveys/tablefile"
)

// EqualityFile is the table of the equality page as a file.
func (p *Pages) EqualityFile(c echo.Context) error {
	format, known := tablefile.Named(c.Param("format"), tablefile.Format.HoldsTables)
	if !known {
		return echo.ErrNotFound
	}
	f := staff.ReadFilters(c)
	var a tables.Protected
	if err := p.Analytics.Read(c.Request().Context(), signin.Of(c).Actor, func(read *analytics.Snapshot) error {
		offer, err := read.Offer(c.Request().Context(), f.Surveys)
		if err != nil {
			return err
		}
		if changed := f.Complete(page.New(c), offer); changed != "" {
			return refusal.Refuse(refusal.AboutNothing, staff.NotAskedHere)
		}
		a, err = ask(c, read, f, offer)
		return err
	}); err != nil {
		return err
	}
	return staff.SendTable(c, a, format, p.Now())
}
