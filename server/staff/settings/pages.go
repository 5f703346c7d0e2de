// Package settings has the pages of what a council can set, of the people who work there, and of the audit trail.
package settings

import (
	"time"

	"yousaid/server/accounts"
	"yousaid/server/audit"
	"yousaid/server/signin"
	"yousaid/server/translations"
	"yousaid/surveys/catalogue"
)

// Pages are the pages of settings. Every field must be given.
type Pages struct {
	Accounts      *accounts.Store
	Authenticator *signin.Authenticator
	Ledger        *audit.Ledger
	Now           func() time.Time
	Words         translations.Store
	Catalogue     catalogue.Store
	BaseURL       string
}
