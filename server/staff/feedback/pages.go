// Package feedback has the pages of what people wrote: comments, their themes, and how each comment may be shown.
package feedback

import (
	"yousaid/analytics"
	"yousaid/analytics/actions"
	"yousaid/analytics/insight"
	"yousaid/surveys"
)

// Pages are the pages of comments. Every field must be given.
type Pages struct {
	Analytics *analytics.Analytics
	Insight   insight.Reader
	Comment   insight.Editor
	Actions   actions.Store
	Surveys   surveys.Store
}
