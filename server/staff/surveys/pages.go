// Package surveys has the pages on which questionnaires are written, previewed and published, and the list of surveys that staff see first.
package surveys

import (
	"yousaid/analytics"
	"yousaid/surveys"
)

// Pages are the pages of questionnaires. Every field must be given.
type Pages struct {
	Analytics *analytics.Analytics
	Surveys   surveys.Store
	Previews  Previewer
}
