// Package keying has the pages on which staff type in answers that people gave on paper, by telephone or face to face.
package keying

import (
	"time"

	"yousaid/server/page"
	"yousaid/server/translations"
	"yousaid/surveys"
	"yousaid/surveys/catalogue"
	"yousaid/surveys/links"
	"yousaid/surveys/responses"
)

// Pages are the pages of typed answers. Every field must be given.
type Pages struct {
	Set       *page.Set
	Now       func() time.Time
	Surveys   surveys.Store
	Words     translations.Store
	Links     *links.Store
	Catalogue catalogue.Store
	Signer    *responses.Signer
	Collector *responses.Collector
	Keyed     responses.Keyed
}
