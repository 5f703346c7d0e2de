package server_test

import (
	"yousaid/server"
	"yousaid/server/staff/account"
	staffactions "yousaid/server/staff/actions"
	"yousaid/server/staff/equality"
	"yousaid/server/staff/exports"
	"yousaid/server/staff/feedback"
	"yousaid/server/staff/keying"
	stafflinks "yousaid/server/staff/links"
	"yousaid/server/staff/publications"
	"yousaid/server/staff/results"
	"yousaid/server/staff/settings"
	staffsurveys "yousaid/server/staff/surveys"
	stafftranslations "yousaid/server/staff/translations"
	staffunusual "yousaid/server/staff/unusual"
	"yousaid/surveys/responses"
)

// staffPages are the pages of staff on the stores of the test, without what stores answers.
func staffPages(w *fixture) *server.Staff {
	const base = "http://127.0.0.1:8080"
	return &server.Staff{
		Account: account.Pages{Accounts: w.Accounts, Authenticator: w.auth},
		Surveys: staffsurveys.Pages{Surveys: w.Surveys, Analytics: w.Analytics, Previews: previews{}},
		Links: stafflinks.Pages{
			Links:     w.Links,
			Surveys:   w.Surveys,
			Catalogue: w.Catalogue,
			Words:     w.Translations,
			Set:       w.Set,
			BaseURL:   base,
			Now:       w.Now,
		},
		Keying: keying.Pages{
			Links:     w.Links,
			Surveys:   w.Surveys,
			Catalogue: w.Catalogue,
			Words:     w.Translations,
			Set:       w.Set,
			Keyed:     responses.Keyed{DB: w.DB, Ledger: w.Ledger, Now: w.Now},
			Now:       w.Now,
		},
		Results: results.Pages{Analytics: w.Analytics, Insight: w.Insight, Actions: w.Actions, Now: w.Now},
		Feedback: feedback.Pages{
			Analytics: w.Analytics,
			Insight:   w.Insight,
			Comment:   w.Comments,
			Actions:   w.Actions,
			Surveys:   w.Surveys,
		},
		Unusual: staffunusual.Pages{
			Analytics: w.Analytics,
			Surveys:   w.Surveys,
			Links:     w.Links,
			Unusuals:  w.Unusual,
			Now:       w.Now,
		},
		Exports: exports.Pages{Analytics: w.Analytics, Surveys: w.Surveys, Exports: w.Exports, Now: w.Now},
		Actions: staffactions.Pages{
			Analytics: w.Analytics,
			Insight:   w.Insight,
			Actions:   w.Actions,
			Register:  w.Register,
			Accounts:  w.Accounts,
			Catalogue: w.Catalogue,
			Set:       w.Set,
			Now:       w.Now,
		},
		Publications: publications.Pages{
			Analytics:    w.Analytics,
			Publications: w.Publications,
			Register:     w.Register,
			Surveys:      w.Surveys,
			Catalogue:    w.Catalogue,
			Ledger:       w.Ledger,
			BaseURL:      base,
			Now:          w.Now,
		},
		Equality: equality.Pages{
			Analytics: w.Analytics,
			Register:  w.Register,
			Plans:     w.Plans,
			Surveys:   w.Surveys,
			Now:       w.Now,
		},
		Translations: stafftranslations.Pages{Words: w.Translations, Set: w.Set},
		Settings: settings.Pages{
			Accounts:      w.Accounts,
			Catalogue:     w.Catalogue,
			Words:         w.Translations,
			Authenticator: w.auth,
			Ledger:        w.Ledger,
			BaseURL:       base,
			Now:           w.Now,
		},
	}
}
