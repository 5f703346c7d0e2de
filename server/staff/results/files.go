package results

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

// ResultsFile is the table of the results page as a file. It asks what the page asked, with the same filters.
func (p *Pages) ResultsFile(c echo.Context) error {
	format, known := tablefile.Named(c.Param("format"), tablefile.Format.HoldsTables)
	if !known {
		return echo.ErrNotFound
	}
	actor, f := signin.Of(c).Actor, staff.ReadFilters(c)
	var a tables.Answer
	if err := p.Analytics.Read(c.Request().Context(), actor, func(read *analytics.Snapshot) error {
		offer, err := read.Offer(c.Request().Context(), f.Surveys)
		if err != nil {
			return err
		}
		if changed := f.Complete(page.New(c), offer); changed != "" {
			return refusal.Refuse(refusal.AboutNothing, staff.NotAskedHere)
		}
		var problems page.Problems
		q := f.Query(page.New(c), &problems, f.By, f.And)
		if len(problems) > 0 {
			return refusal.Refuse(refusal.AboutNothing, "|%s", problems.Error())
		}
		a, err = read.Ask(c.Request().Context(), q)
		return err
	}); err != nil {
		return err
	}
	figures, ok := a.(tables.Figures)
	if !ok {
		return refusal.Refuse(
			refusal.AboutNothing,
			"result.tables_by_groups_of|Tables by groups of people are on the page Equality, where small groups are protected.",
		)
	}
	return staff.SendTable(c, figures, format, p.Now())
}
