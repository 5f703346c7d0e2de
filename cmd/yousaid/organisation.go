package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"yousaid/cmd/yousaid/site"
	"yousaid/server/accounts"
	"yousaid/surveys"
	"yousaid/surveys/catalogue"
	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
)

// logger writes the program's log to standard error.
func (c Config) logger(t terminal) *slog.Logger {
	return c.log(t, c.level())
}

// quiet is the log of commands: only what is wrong.
func (c Config) quiet(t terminal) *slog.Logger {
	return c.log(t, max(slog.LevelWarn, c.level()))
}

func (c Config) log(t terminal, level slog.Level) *slog.Logger {
	o := &slog.HandlerOptions{Level: level}
	if c.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(t.err, o))
	}
	return slog.New(slog.NewTextHandler(t.err, o))
}

// withStores opens the database for one command, beside a running site or alone, and closes it again.
func withStores(ctx context.Context, cfg *Config, t terminal, do func(s *site.Site) error) (err error) {
	opened, err := cfg.database(cfg.quiet(t)).Attach(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	cfg.announce(t)
	s, err := site.Stores(opened.DB)
	if err != nil {
		return err
	}
	return do(s)
}

// withSite is withStores for a command about one organisation.
func withSite(ctx context.Context, cfg *Config, t terminal, slug string, do func(s *site.Site, org accounts.Organisation) error) error {
	return withStores(ctx, cfg, t, func(s *site.Site) error {
		org, err := s.Accounts.BySlug(ctx, slug)
		if errors.Is(err, accounts.ErrNoOrganisation) {
			all, err := s.Accounts.Organisations(ctx)
			if err != nil {
				return err
			}
			names := make([]string, len(all))
			for i, o := range all {
				names[i] = o.Slug
			}
			return fmt.Errorf("there is no organisation %q in the %s%s: look at  yousaid organisation list, or add it with  yousaid "+
				"organisation add %s --name NAME", slug, cfg.where(), nearest(slug, names), slug)
		}
		if err != nil {
			return err
		}
		return do(s, org)
	})
}

func commandLine(org accounts.Organisation) tenant.Actor { return tenant.CommandLine(org.ID) }

// guide adds to an error about a survey or service what to look at next: the name most like the one that was typed, or where the names are.
func guide(ctx context.Context, s *site.Site, org accounts.Organisation, err error, survey string, services ...string) error {
	switch {
	case errors.Is(err, catalogue.ErrMissing):
		return fmt.Errorf("%w%s: yousaid catalogue export --organisation %s", err, likeService(ctx, s, org, services), org.Slug)
	case errors.Is(err, surveys.ErrMissing):
		return fmt.Errorf("%w in %s%s: check its short name, or add it with  yousaid survey add", err, org.Slug, likeSurvey(ctx, s, org, survey))
	}
	return err
}

// likeService is what nearest says of the first of the services that does not exist. It helps, so that an error of its own says nothing.
func likeService(ctx context.Context, s *site.Site, org accounts.Organisation, wanted []string) string {
	list, err := s.Catalogue.Services(ctx, org.ID)
	if err != nil {
		return ""
	}
	names := make([]string, len(list))
	for i, one := range list {
		names[i] = one.Slug
	}
	for _, slug := range wanted {
		if like := nearest(slug, names); like != "" {
			return like
		}
	}
	return ""
}

// likeSurvey is likeService for a survey.
func likeSurvey(ctx context.Context, s *site.Site, org accounts.Organisation, wanted string) string {
	var names []string
	for after := ""; ; {
		list, err := s.Surveys.Surveys(ctx, org.ID, after, 100)
		if err != nil || len(list) == 0 {
			return nearest(wanted, names)
		}
		for _, one := range list {
			after = one.Slug
			names = append(names, one.Slug)
		}
	}
}

type orgCommands struct {
	Add        orgAdd        `cmd:"" help:"Add a council."`
	List       orgList       `cmd:"" help:"List the councils."`
	Complaints orgComplaints `cmd:"" help:"Say where a council takes complaints about personal data; without options, show it."`
	Remove     orgRemove     `cmd:"" help:"Remove a council with everything it has. Asks for its short name before."`
}

type orgAdd struct {
	Slug       string   `arg:"" placeholder:"SLUG" help:"Short name for addresses and commands: small letters, digits, dashes."`
	Name       string   `required:"" placeholder:"NAME" help:"The name people know, such as \"Westmarch Council\"."`
	LinkPrefix string   `placeholder:"ABC" help:"First three characters of its link codes; chosen by chance when left out."`
	BaseURL    string   `placeholder:"URL" help:"Its own address, when it differs from the site's, such as https://feedback.example.gov.uk."`
	Language   []string `placeholder:"TAG" help:"A language its questionnaires are shown in, the main one first; give it again for another. English and Welsh (en, cy) when left out."`
}

// Run adds the organisation and says what to do next.
func (c orgAdd) Run(ctx context.Context, cfg *Config, t terminal) error {
	return withStores(ctx, cfg, t, func(s *site.Site) error {
		org, err := s.Accounts.Add(ctx, tenant.CommandLine(0), accounts.Organisation{
			Slug: c.Slug, Names: question.Text{"en": c.Name}, LinkPrefix: strings.ToUpper(c.LinkPrefix),
			BaseURL: strings.TrimRight(c.BaseURL, "/"), Languages: c.Language,
		})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(t.out, "Added %s. Its link codes begin with %s.\n", org.Slug, org.LinkPrefix)
		return err
	})
}
