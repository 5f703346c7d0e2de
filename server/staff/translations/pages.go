// Package translations has the pages on which a council translates the words of its public pages.
package translations

import (
	"yousaid/server/page"
	"yousaid/server/translations"
)

// Pages are the pages of translations. Every field must be given.
type Pages struct {
	Set   *page.Set
	Words translations.Store
}
