// Package results has the pages of figures: the results of surveys, and the overview of the council.
package results

import (
	"time"

	"yousaid/analytics"
	"yousaid/analytics/actions"
	"yousaid/analytics/insight"
)

// Pages are the pages of figures. Every field must be given.
type Pages struct {
	Analytics *analytics.Analytics
	Insight   insight.Reader
	Now       func() time.Time
	Actions   actions.Store
}
