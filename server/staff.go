package server

import (
	"yousaid/server/staff/account"
	"yousaid/server/staff/actions"
	"yousaid/server/staff/equality"
	"yousaid/server/staff/exports"
	"yousaid/server/staff/feedback"
	"yousaid/server/staff/keying"
	"yousaid/server/staff/links"
	"yousaid/server/staff/publications"
	"yousaid/server/staff/results"
	"yousaid/server/staff/settings"
	"yousaid/server/staff/surveys"
	"yousaid/server/staff/translations"
	"yousaid/server/staff/unusual"
)

// Staff are the pages of staff: a set of handlers for each task, with the stores that it needs.
type Staff struct {
	Account      account.Pages
	Surveys      surveys.Pages
	Links        links.Pages
	Keying       keying.Pages
	Results      results.Pages
	Feedback     feedback.Pages
	Unusual      unusual.Pages
	Exports      exports.Pages
	Actions      actions.Pages
	Publications publications.Pages
	Equality     equality.Pages
	Translations translations.Pages
	Settings     settings.Pages
}
