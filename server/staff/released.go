package staff

import (
	"context"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"yousaid/analytics"
	"yousaid/analytics/calendar"
	"yousaid/analytics/figures"
	"yousaid/analytics/releases"
	"yousaid/analytics/tables"
	"yousaid/server/page"
	"yousaid/surveys/bank"
	"yousaid/surveys/tenant"
	"yousaid/surveys/wording"
)

// Suppression says what a table hides, in counts of cells and never of people. It does not tell small cells from those that protect them.
type Suppression struct {
	Cells    int // the totals among them
	Hidden   int
	Bare     int // shown, but not how they answered one by one
	NotAsked int
	All      bool // nothing is shown
}

func SuppressionOf(a tables.Answer) Suppression {
	var l Suppression
	for _, r := range tables.Rows(a) {
		l.Cells++
		switch {
		case r.NotAsked:
			l.NotAsked++
		case r.Hidden:
			l.Hidden++
		case r.Distribution == nil:
			l.Bare++
		}
	}
	l.All = l.Hidden+l.NotAsked == l.Cells
	return l
}

// laterReader counts the answers that were excluded after a release.
type laterReader interface {
	Later(ctx context.Context, org tenant.Org, release int64) (releases.Later, error)
}

// LaterExcluded says that answers were excluded as unusual after a release, in the same rounded number that the public reads.
func LaterExcluded(c echo.Context, f page.Page, from laterReader, id int64) (string, error) {
	n, err := from.Later(c.Request().Context(), Organisation(c).ID, id)
	switch {
	case err != nil || n == 0:
		return "", err
	case n == releases.Few:
		return f.T("release.later_few|Fewer than 10 answers of this period were later excluded as unusual. The release stays as it left."), nil
	}
	return f.T(
		"release.later|About %s answers of this period were later excluded as unusual. The release stays as it left.",
		page.Number(int(n)),
	), nil
}

// DimensionName is a characteristic in words, without opening any survey; other dimensions are words by themselves.
func DimensionName(frame page.Page, id string) string {
	if c, ok := bank.Find(id); ok {
		return Within(frame, wording.Named(c.Called()))
	}
	if c, ok := bank.Find(strings.TrimSuffix(id, "_group")); ok {
		return frame.T("staff.in_groups|%s (in groups)", Within(frame, wording.Named(c.Called())))
	}
	return id
}

// SplitOptions are what a table for the public may be split by. Access points are offered where there are some.
func SplitOptions(frame page.Page, o analytics.Offer, chosen string) []page.Option {
	var list []page.Option
	for _, s := range calendar.Splits {
		at := slices.IndexFunc(o.Dimensions, func(c figures.Code) bool { return c.Code == s })
		if at >= 0 && (s != "access_point" || len(o.Points) > 0) {
			list = append(list, page.Option{Value: s, Text: frame.Say(o.Dimensions[at].Label), Chosen: s == chosen})
		}
	}
	return list
}
