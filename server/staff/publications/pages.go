// Package publications has the pages of what is public: the publication calendar, and the register of releases.
package publications

import (
	"time"

	"yousaid/analytics"
	"yousaid/analytics/calendar"
	"yousaid/analytics/releases"
	"yousaid/server/audit"
	"yousaid/surveys"
	"yousaid/surveys/catalogue"
)

// Pages are the pages of publications and releases. Every field must be given.
type Pages struct {
	Ledger       *audit.Ledger
	Analytics    *analytics.Analytics
	Now          func() time.Time
	Surveys      surveys.Store
	Catalogue    catalogue.Store
	BaseURL      string
	Publications calendar.Store
	Register     releases.Register
	Check        Checker
}
