// Package equality has the pages of figures by groups of people: the workspace, releases, plans and the report.
package equality

import (
	"time"

	"yousaid/analytics"
	"yousaid/analytics/plans"
	"yousaid/analytics/releases"
	"yousaid/surveys"
)

// Pages are the pages of equality figures. Every field must be given.
type Pages struct {
	Analytics *analytics.Analytics
	Now       func() time.Time
	Surveys   surveys.Store
	Register  releases.Register
	Plans     plans.Store
}
