package main

import (
	"context"
	"log/slog"
	"net/http"

	"yousaid/cmd/yousaid/site"
	"yousaid/server"
	"yousaid/server/page"
	"yousaid/server/public"
	"yousaid/server/signin"
	"yousaid/static"
	"yousaid/surveys/responses"
	"yousaid/surveys/responses/quality"
	"yousaid/surveys/tenant"
)

// handler is the whole site, with all its middleware; only the place where it leaves what is sent differs from way to way.
func handler(ctx context.Context, p *place, to public.Collector, change ...func(*public.Config)) (http.Handler, error) {
	db := tenant.New(p.app)
	stores, err := site.Stores(db)
	if err != nil {
		return nil, err
	}
	assets, err := static.Load()
	if err != nil {
		return nil, err
	}
	pages, err := page.Load()
	if err != nil {
		return nil, err
	}
	auth, err := signin.New(ctx, db, stores.Accounts, stores.Ledger)
	if err != nil {
		return nil, err
	}
	customers := public.Config{
		Pages: pages, Links: stores.Links, Surveys: stores.Surveys, Catalogue: stores.Catalogue, Accounts: stores.Accounts,
		Signer: p.keys, Collector: to, Responses: responses.NewStore(db), Actions: stores.Actions, Calendar: stores.Publications,
		BaseURL: "http://127.0.0.1:8080",
		Limits:  &quality.Limits{},
	}
	for _, f := range change {
		f(&customers)
	}
	return server.New(server.Config{
		BaseURL:       "https://127.0.0.1:8080",      // as behind a proxy whose X-Forwarded-For is trusted
		Log:           slog.New(slog.DiscardHandler), // every way writes its log, and none waits for a terminal
		Ready:         func(context.Context) error { return nil },
		Pages:         pages,
		Assets:        assets,
		Accounts:      stores.Accounts,
		Authenticator: auth,
		Staff:         &server.Staff{},
		Public:        public.New(customers),
	})
}
