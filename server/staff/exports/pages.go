// Package exports has the page on which files of answers row by row are asked for and fetched.
package exports

import (
	"time"

	"yousaid/analytics"
	"yousaid/surveys"
	"yousaid/surveys/responses/exporting"
)

// Pages are the pages of row exports. Every field must be given.
type Pages struct {
	Analytics *analytics.Analytics
	Surveys   surveys.Store
	Exports   exporting.Store
	Now       func() time.Time
}
