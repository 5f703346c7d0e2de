// Package unusual has the pages of unusual answers: what was left out of the figures, and what staff decided about it.
package unusual

import (
	"time"

	"yousaid/analytics"
	"yousaid/analytics/unusual"
	"yousaid/surveys"
	"yousaid/surveys/links"
)

// Pages are the pages of unusual answers. Every field must be given.
type Pages struct {
	Analytics *analytics.Analytics
	Surveys   surveys.Store
	Links     *links.Store
	Unusuals  unusual.Store
	Now       func() time.Time
}
