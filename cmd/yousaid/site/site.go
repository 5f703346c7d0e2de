package site

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"yousaid/analytics"
	"yousaid/analytics/actions"
	"yousaid/analytics/calendar"
	"yousaid/analytics/insight"
	"yousaid/analytics/plans"
	"yousaid/analytics/releaseaudit"
	"yousaid/analytics/releases"
	"yousaid/analytics/unusual"
	"yousaid/server"
	"yousaid/server/accounts"
	"yousaid/server/audit"
	"yousaid/server/jobs"
	"yousaid/server/page"
	"yousaid/server/public"
	"yousaid/server/signin"
	"yousaid/server/translations"
	"yousaid/static"
	"yousaid/surveys"
	"yousaid/surveys/catalogue"
	"yousaid/surveys/links"
	"yousaid/surveys/lint"
	"yousaid/surveys/responses"
	"yousaid/surveys/responses/exporting"
	"yousaid/surveys/responses/quality"
	"yousaid/surveys/tenant"
)

// exportWorkers is how many row exports are made at once: a long one of one council leaves room for those of others. Each takes
// memory and two cursors of the database.
const exportWorkers = 2

// Site is every store of the product, joined to one database. Commands use it as it is; Pages adds what the web needs.
type Site struct {
	DB            tenant.DB
	Ledger        *audit.Ledger
	Accounts      *accounts.Store
	Catalogue     catalogue.Store
	Surveys       surveys.Store
	Links         *links.Store
	Analytics     *analytics.Analytics
	Translations  translations.Store
	Unusual       unusual.Store
	Comments      insight.Editor
	Actions       actions.Store
	Publications  calendar.Store
	Register      releases.Register
	Plans         plans.Store
	Check         releaseaudit.Auditor
	Jobs          *jobs.Runner
	Exports       exporting.Store
	Authenticator *signin.Authenticator // nil until Pages
	Server        *server.Server        // nil until Pages
	Collector     *responses.Collector  // nil until Pages
}

// Stores joins the stores to a database that is up to date.
func Stores(db tenant.DB) (*Site, error) {
	s := &Site{DB: db, Ledger: audit.New(db)}
	s.Catalogue = catalogue.Store{DB: db, Ledger: s.Ledger}
	var err error
	if s.Accounts, err = accounts.New(db, s.Ledger, catalogue.SeedChannels); err != nil {
		return nil, err
	}
	words, err := page.LoadCatalogue()
	if err != nil {
		return nil, err
	}
	s.Translations = translations.Store{DB: db, Ledger: s.Ledger, Catalogue: words}
	s.Surveys = surveys.Store{DB: db, Ledger: s.Ledger, Reviewer: lint.Rules{Words: s.Translations}}
	s.Accounts.Adding = s.Translations.MayAdd(s.Surveys)
	s.Links = &links.Store{DB: db, Ledger: s.Ledger}
	s.Analytics = &analytics.Analytics{DB: db, Ledger: s.Ledger, Now: time.Now}
	s.Unusual = unusual.Store{DB: db, Ledger: s.Ledger, Now: time.Now}
	s.Comments = insight.Editor{Reader: insight.New(db), Ledger: s.Ledger, Now: time.Now}
	s.Actions = actions.Store{DB: db, Ledger: s.Ledger, Now: time.Now}
	s.Publications = calendar.Store{Reader: releases.Reader{DB: db}, Ledger: s.Ledger, Now: time.Now}
	s.Register = releases.Register{Reader: releases.Reader{DB: db}, Ledger: s.Ledger}
	s.Check = releaseaudit.Auditor{}
	s.Plans = plans.Store{Reader: releases.Reader{DB: db}, Ledger: s.Ledger, Now: time.Now}
	s.Jobs = &jobs.Runner{DB: db}
	s.Exports = exporting.Store{DB: db, Ledger: s.Ledger, Surveys: s.Surveys, Queue: s.Jobs, Now: time.Now}
	s.Jobs.Queues = map[string]jobs.Queue{exporting.JobKind: {Do: s.Exports.Run, Workers: exportWorkers}}
	return s, nil
}

// Options are what the web side needs to know besides the database.
type Options struct {
	BaseURL        string   // the address people see
	TrustedProxies []string // networks of proxies whose X-Forwarded-For is believed
	Log            *slog.Logger
	Collect        responses.Options
	Ready          func(context.Context) error
	Answers        func(context.Context) error // nil: not asked before work that takes long
	AnswerTime     time.Duration               // how long a page may take; 0: 30 s
	Clock          public.Clock                // of what the pages of customers believe for a while

	MasterSecret    []byte   // kept outside the database; nil: in it
	SecurityContact string   // for security.txt
	Metrics         *Metrics // nil: nothing is counted

	Set *page.Set // the pages and their words; nil: those of the program
}

// ready says whether what a customer sends could be stored now.
func (s *Site) ready(database func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		if err := s.Collector.Trouble(); err != nil {
			return fmt.Errorf("answers wait: %w", err)
		}
		if database == nil {
			return nil
		}
		return database(ctx)
	}
}

// now is the clock of what is sent.
func (o Options) now() func() time.Time {
	if o.Collect.Now != nil {
		return o.Collect.Now
	}
	return time.Now
}

// Pages adds the web side: the collector of answers and the pages of customers and staff.
func (s *Site) Pages(ctx context.Context, o Options) error {
	assets, err := static.Load()
	if err != nil {
		return fmt.Errorf("reading the assets: %w", err)
	}
	pages := o.Set
	if pages == nil {
		var err error
		if pages, err = page.Load(); err != nil {
			return err
		}
	}
	keys, err := responses.KeysOutside(ctx, s.DB, o.MasterSecret)
	if err != nil {
		return err
	}
	auth, err := signin.New(ctx, s.DB, s.Accounts, s.Ledger)
	if err != nil {
		return err
	}
	s.Authenticator = auth
	config := server.Config{SecurityContact: o.SecurityContact}
	if m := o.Metrics; m != nil {
		o.Collect.Stored, s.Analytics.Refused, config.Observed = m.Stored, m.Refused, m.Request
		s.Jobs.Queues[exporting.JobKind] = jobs.Queue{Do: m.exports(s.Exports.Run), Workers: exportWorkers}
		m.watch(s)
	}
	s.Collector = responses.NewCollector(s.DB, keys, o.Collect)
	customers := public.New(public.Config{
		Pages: pages, Links: s.Links, Surveys: s.Surveys, Catalogue: s.Catalogue, Accounts: s.Accounts,
		Signer: keys, Collector: s.Collector, Responses: responses.NewStore(s.DB),
		Receipts: responses.Receipts{DB: s.DB, Ledger: s.Ledger}, Followed: insight.New(s.DB), Guard: auth,
		Actions: s.Actions, Calendar: s.Publications, Translations: s.Translations, BaseURL: o.BaseURL, Limits: &quality.Limits{},
		Now: o.now(), Clock: o.Clock,
	})
	s.Server, err = server.New(server.Config{
		BaseURL: o.BaseURL, TrustedProxies: o.TrustedProxies, Log: o.Log, Ready: s.ready(o.Ready), Answers: o.Answers,
		AnswerTime: o.AnswerTime, SecurityContact: config.SecurityContact, Observed: config.Observed, Pages: pages, Assets: assets,
		Accounts: s.Accounts, Authenticator: auth,
		Public: customers,
		Staff:  s.staffPages(o, pages, keys, customers),
	})
	return err
}
