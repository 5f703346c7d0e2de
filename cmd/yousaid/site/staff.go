package site

import (
	"time"

	"yousaid/analytics/insight"
	"yousaid/server"
	"yousaid/server/page"
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
	staffsurveys "yousaid/server/staff/surveys"
	"yousaid/server/staff/translations"
	"yousaid/server/staff/unusual"
	"yousaid/surveys/responses"
)

// staffPages gives each set of pages the stores that it needs.
func (s *Site) staffPages(o Options, pages *page.Set, keys *responses.Signer, previews staffsurveys.Previewer) *server.Staff {
	read, now := insight.New(s.DB), time.Now
	return &server.Staff{
		Account: account.Pages{Accounts: s.Accounts, Authenticator: s.Authenticator},
		Surveys: staffsurveys.Pages{Surveys: s.Surveys, Analytics: s.Analytics, Previews: previews},
		Links: links.Pages{Links: s.Links, Surveys: s.Surveys, Catalogue: s.Catalogue, Words: s.Translations, Set: pages,
			BaseURL: o.BaseURL, Now: now},
		Keying: keying.Pages{Links: s.Links, Surveys: s.Surveys, Catalogue: s.Catalogue, Words: s.Translations, Set: pages, Signer: keys,
			Collector: s.Collector,
			Keyed:     responses.Keyed{DB: s.DB, Ledger: s.Ledger, Now: now}, Now: now},
		Results:  results.Pages{Analytics: s.Analytics, Insight: read, Actions: s.Actions, Now: now},
		Feedback: feedback.Pages{Analytics: s.Analytics, Insight: read, Comment: s.Comments, Actions: s.Actions, Surveys: s.Surveys},
		Unusual:  unusual.Pages{Analytics: s.Analytics, Surveys: s.Surveys, Links: s.Links, Unusuals: s.Unusual, Now: now},
		Exports:  exports.Pages{Analytics: s.Analytics, Surveys: s.Surveys, Exports: s.Exports, Now: now},
		Actions: actions.Pages{Analytics: s.Analytics, Insight: read, Actions: s.Actions, Register: s.Register, Accounts: s.Accounts,
			Catalogue: s.Catalogue, Set: pages,
			Now: now},
		Publications: publications.Pages{Analytics: s.Analytics, Publications: s.Publications, Register: s.Register, Surveys: s.Surveys,
			Catalogue: s.Catalogue, Ledger: s.Ledger,
			Check: s.Check, BaseURL: o.BaseURL, Now: now},
		Equality:     equality.Pages{Analytics: s.Analytics, Register: s.Register, Plans: s.Plans, Surveys: s.Surveys, Now: now},
		Translations: translations.Pages{Words: s.Translations, Set: pages},
		Settings: settings.Pages{Accounts: s.Accounts, Catalogue: s.Catalogue, Words: s.Translations, Authenticator: s.Authenticator,
			Ledger: s.Ledger, BaseURL: o.BaseURL,
			Now: now},
	}
}
