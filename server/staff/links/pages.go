// Package links has the pages of feedback links, their posters and QR codes, and of links about one job.
package links

import (
	"time"

	"yousaid/server/page"
	"yousaid/server/translations"
	"yousaid/surveys"
	"yousaid/surveys/catalogue"
	"yousaid/surveys/links"
)

// Pages are the pages of feedback links. Every field must be given.
type Pages struct {
	Set       *page.Set
	Now       func() time.Time
	Surveys   surveys.Store
	Words     translations.Store
	Links     *links.Store
	Catalogue catalogue.Store
	BaseURL   string
}
