package server_test

import (
	"time"

	"yousaid/analytics"
	"yousaid/analytics/actions"
	"yousaid/analytics/calendar"
	"yousaid/analytics/insight"
	"yousaid/analytics/plans"
	"yousaid/analytics/releases"
	"yousaid/analytics/unusual"
	"yousaid/server"
	"yousaid/server/jobs"
	"yousaid/server/page"
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
	"yousaid/server/translations"
	"yousaid/surveys"
	"yousaid/surveys/catalogue"
	"yousaid/surveys/links"
	"yousaid/surveys/responses"
	"yousaid/surveys/responses/exporting"
	"yousaid/surveys/surveystest"
)

// staffPages are the pages of staff on the stores of the test, without what stores answers.
func staffPages(w *fixture, pages *page.Set, now func() time.Time) *server.Staff {
	db, ledger := w.db, w.ledger
	figures := &analytics.Analytics{DB: db, Ledger: ledger, Now: now}
	list := surveys.Store{DB: db, Ledger: ledger, Reviewer: surveystest.Unreviewed{}}
	made := &links.Store{DB: db, Ledger: ledger}
	kept := catalogue.Store{DB: db, Ledger: ledger, Now: now}
	read, released := insight.New(db), releases.Reader{DB: db}
	words := translations.Store{DB: db, Ledger: ledger, Catalogue: pages.Catalogue}
	acts := actions.Store{DB: db, Ledger: ledger, Now: now}
	register := releases.Register{Reader: released, Ledger: ledger}
	const base = "http://127.0.0.1:8080"
	return &server.Staff{
		Account: account.Pages{Accounts: w.people, Authenticator: w.auth},
		Surveys: staffsurveys.Pages{Surveys: list, Analytics: figures, Previews: previews{}},
		Links:   stafflinks.Pages{Links: made, Surveys: list, Catalogue: kept, Words: words, Set: pages, BaseURL: base, Now: now},
		Keying: keying.Pages{
			Links:     made,
			Surveys:   list,
			Catalogue: kept,
			Words:     words,
			Set:       pages,
			Keyed:     responses.Keyed{DB: db, Ledger: ledger, Now: now},
			Now:       now,
		},
		Results: results.Pages{Analytics: figures, Insight: read, Actions: acts, Now: now},
		Feedback: feedback.Pages{
			Analytics: figures,
			Insight:   read,
			Comment:   insight.Editor{Reader: read, Ledger: ledger, Now: now},
			Actions:   acts,
			Surveys:   list,
		},
		Unusual: staffunusual.Pages{
			Analytics: figures,
			Surveys:   list,
			Links:     made,
			Unusuals:  unusual.Store{DB: db, Ledger: ledger, Now: now},
			Now:       now,
		},
		Exports: exports.Pages{Analytics: figures, Surveys: list, Now: now,
			Exports: exporting.Store{DB: db, Ledger: ledger, Surveys: surveys.Store{DB: db, Ledger: ledger}, Queue: &jobs.Runner{DB: db}, Now: now}},
		Actions: staffactions.Pages{
			Analytics: figures,
			Insight:   read,
			Actions:   acts,
			Register:  register,
			Accounts:  w.people,
			Catalogue: kept,
			Set:       pages,
			Now:       now,
		},
		Publications: publications.Pages{
			Analytics:    figures,
			Publications: calendar.Store{Reader: released, Ledger: ledger, Now: now},
			Register:     register,
			Surveys:      list,
			Catalogue:    kept,
			Ledger:       ledger,
			BaseURL:      base,
			Now:          now,
		},
		Equality: equality.Pages{
			Analytics: figures,
			Register:  register,
			Plans:     plans.Store{Reader: released, Ledger: ledger, Now: now},
			Surveys:   list,
			Now:       now,
		},
		Translations: stafftranslations.Pages{Words: words, Set: pages},
		Settings: settings.Pages{
			Accounts:      w.people,
			Catalogue:     kept,
			Words:         words,
			Authenticator: w.auth,
			Ledger:        ledger,
			BaseURL:       base,
			Now:           now,
		},
	}
}
