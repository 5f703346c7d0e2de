package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"yousaid/cmd/yousaid/site"
	"yousaid/migrations"
	"yousaid/server/accounts"
	"yousaid/surveys/question"
)

type orgList struct{}

// Run prints a line for each organisation.
func (orgList) Run(ctx context.Context, cfg *Config, t terminal) error {
	return withStores(ctx, cfg, t, func(s *site.Site) error {
		all, err := s.Accounts.Organisations(ctx)
		if err != nil {
			return err
		}
		if len(all) == 0 {
			_, err := fmt.Fprintln(t.err, "There is no organisation yet. Add the first: yousaid organisation add SLUG --name NAME")
			return err
		}
		w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
		_, _ = fmt.Fprintln(w, "SLUG\tNAME\tLINKS\tLANGUAGES\tKIND") // the error is Flush's
		for _, o := range all {
			name, _ := o.Names.In("en")
			_, _ = fmt.Fprintf(w, "%s\t%s\t%s…\t%s\t%s\n", o.Slug, name, o.LinkPrefix, strings.Join(o.Languages, " "), o.Kind)
		}
		return w.Flush()
	})
}

type orgComplaints struct {
	Slug      string   `arg:"" help:"The council."`
	Contact   string   `placeholder:"CONTACT" help:"One email address or telephone number, such as data.protection@example.gov.uk."`
	Procedure []string `sep:"none" placeholder:"URL" help:"The page on the complaints procedure in the main language; for another language put its tag in front, such as cy=https://www.example.gov.uk/cwynion. Give it again for another."`
}

// Run changes what is given and leaves the rest, then prints what stands on the privacy page and what is missing.
func (c orgComplaints) Run(ctx context.Context, cfg *Config, t terminal) error {
	return withSite(ctx, cfg, t, c.Slug, func(s *site.Site, org accounts.Organisation) error {
		now := org.Complaints
		if c.Contact != "" {
			now.Contact = c.Contact
		}
		for _, one := range c.Procedure {
			lang, address := org.Languages[0], one
			if tag, rest, ok := strings.Cut(one, "="); ok && slices.Contains(org.Languages, tag) {
				lang, address = tag, rest
			}
			if now.Procedure = now.Procedure.Clone(); now.Procedure == nil {
				now.Procedure = question.Text{}
			}
			now.Procedure[lang] = address
		}
		if now.Mark() != org.Complaints.Mark() {
			if err := s.Accounts.ChangeComplaints(ctx, commandLine(org), org.Complaints.Mark(), now); err != nil {
				return err
			}
		}
		return showComplaints(t, org, now)
	})
}

func showComplaints(t terminal, org accounts.Organisation, c accounts.Complaints) error {
	if c.Contact != "" {
		_, _ = fmt.Fprintf(t.out, "contact    %s\n", c.Contact) // the last line's error is given back
	}
	for _, lang := range org.Languages {
		if address := c.Procedure[lang]; address != "" {
			_, _ = fmt.Fprintf(t.out, "procedure  %s  %s\n", lang, address)
		}
	}
	var missing []string
	contact, procedure := c.Missing()
	if contact {
		missing = append(missing, "--contact")
	}
	if procedure {
		missing = append(missing, "--procedure")
	}
	if len(missing) == 0 {
		return nil
	}
	_, err := fmt.Fprintf(t.err, "The privacy page of %s does not say it all yet. Missing: %s\n", org.Slug, and(missing))
	return err
}

type orgRemove struct {
	Slug string `arg:"" help:"The council."`
}

// Run says what would go, and removes it when the short name has been typed.
func (c orgRemove) Run(ctx context.Context, cfg *Config, t terminal) error {
	var gone accounts.Organisation
	if err := withSite(ctx, cfg, t, c.Slug, func(_ *site.Site, org accounts.Organisation) error { gone = org; return nil }); err != nil {
		return err
	}
	owner, done, err := cfg.database(cfg.quiet(t)).Owner(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = done() }()
	held, err := migrations.Holds(ctx, owner, int64(gone.ID))
	if err != nil {
		return err
	}
	name, _ := gone.Names.In("en")
	_, _ = fmt.Fprintf(t.err, "This removes %s (%s) for good, with %s. Only a backup brings it back.\nType %s to remove it: ",
		gone.Slug, name, inWords(held), gone.Slug)
	typed, err := bufio.NewReader(t.in).ReadString('\n')
	if strings.TrimSpace(typed) != gone.Slug {
		if err != nil {
			_, _ = fmt.Fprintln(t.err)
		}
		return errors.New("nothing was removed: the name that was typed is another one")
	}
	if err := migrations.RemoveOrganisation(ctx, owner, int64(gone.ID)); err != nil {
		return err
	}
	_, err = fmt.Fprintf(t.out, "Removed %s. If the site runs, start it again: it may still remember links of %s.\n", gone.Slug, gone.Slug)
	return err
}

// inWords puts what an organisation has in words.
func inWords(h migrations.Holdings) string {
	var parts []string
	for _, one := range []struct {
		n         int64
		one, more string
	}{
		{h.Responses, "response", "responses"}, {h.Comments, "comment", "comments"},
		{h.EqualityAnswers, "set of equality answers", "sets of equality answers"},
		{h.Surveys, "survey", "surveys"}, {h.Links, "link", "links"}, {h.Services, "service", "services"}, {h.People, "account", "accounts"},
		{h.Actions, "action", "actions"}, {h.Releases, "released table", "released tables"}, {h.Imports, "import", "imports"},
		{h.AuditLines, "entry of the audit trail", "entries of the audit trail"},
	} {
		word := one.more
		if one.n == 1 {
			word = one.one
		}
		parts = append(parts, fmt.Sprintf("%d %s", one.n, word))
	}
	return and(parts)
}
