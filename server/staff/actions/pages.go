// Package actions has the pages of actions: what people said and what the council did, with the figures and quotes that go with it.
package actions

import (
	"time"

	"yousaid/analytics"
	"yousaid/analytics/actions"
	"yousaid/analytics/insight"
	"yousaid/analytics/releases"
	"yousaid/server/accounts"
	"yousaid/server/page"
	"yousaid/surveys/catalogue"
)

// Pages are the pages of actions. Every field must be given.
type Pages struct {
	Accounts  *accounts.Store
	Analytics *analytics.Analytics
	Insight   insight.Reader
	Set       *page.Set
	Now       func() time.Time
	Catalogue catalogue.Store
	Actions   actions.Store
	Register  releases.Register
}
