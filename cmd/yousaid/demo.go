package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"yousaid/cmd/yousaid/site"
	"yousaid/server/accounts"
	"yousaid/surveys"
	"yousaid/surveys/demo"
	"yousaid/surveys/links"
	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
)

const (
	demoSlug   = "demo"
	demoSurvey = "customer-satisfaction"
)

type demoCommand struct {
	Listen
	Responses int    `default:"50000" placeholder:"N" help:"How many responses to make up; 50000 when left out."`
	Seed      uint64 `default:"1" placeholder:"N" help:"Another number makes other answers; 1 when left out."`
	Until     string `placeholder:"DATE" help:"The last day of the made-up year, such as 2026-03-31; today when left out. The same day, seed and number give the same answers."`
}

// Validate keeps the demonstration on this machine: its sign-ins are printed for everyone to see.
func (c demoCommand) Validate() error {
	if err := c.Check(); err != nil {
		return err
	}
	host, _, _ := net.SplitHostPort(c.Listen.Listen)
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("the demonstration answers on this machine only: use --listen 127.0.0.1:8080, not %s", c.Listen.Listen)
	}
	if c.Responses < 0 || c.Responses > 5_000_000 {
		return errors.New("--responses is a number from 0 to 5000000")
	}
	return nil
}

// Run makes the council where it is not there yet, and serves.
func (c demoCommand) Run(ctx context.Context, cfg *Config, t terminal) error {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		return fmt.Errorf("the time zone of the demonstration: %w", err)
	}
	plan := demo.Plan{Responses: c.Responses, Seed: c.Seed, Zone: zone, Until: time.Now().In(zone)}
	if c.Until != "" {
		if plan.Until, err = time.ParseInLocation(time.DateOnly, c.Until, zone); err != nil {
			return failure{exitUsage, fmt.Errorf("--until %q is not a date: write it as year-month-day, for example 2026-03-31", c.Until)}
		}
	}
	return serve(ctx, cfg, cfg.logger(t), c.Listen, func(ctx context.Context, s *site.Site, address string) error {
		d := demonstration{s, t, address}
		org, err := d.council(ctx)
		if err != nil {
			return err
		}
		return d.fill(ctx, org, plan)
	})
}

// demonstration makes the council in an empty database, or finishes one that was interrupted.
type demonstration struct {
	*site.Site
	t       terminal
	address string
}

// council finds or adds the organisation. A database with a real organisation is left alone.
func (d demonstration) council(ctx context.Context) (accounts.Organisation, error) {
	all, err := d.Accounts.Organisations(ctx)
	if err != nil {
		return accounts.Organisation{}, err
	}
	for _, o := range all {
		if o.Kind != accounts.Demonstration {
			return o, fmt.Errorf("this database holds the real organisation %s: the demonstration needs a database of its own. Use "+
				"another folder, for example --data ./demo-data", o.Slug)
		}
	}
	if len(all) > 0 {
		return all[0], nil
	}
	return d.Accounts.Add(ctx, tenant.CommandLine(0), accounts.Organisation{
		Slug: demoSlug, LinkPrefix: "DEM", Kind: accounts.Demonstration,
		Names: question.Text{"en": "Westmarch Borough Council", "cy": "Cyngor Bwrdeistref Westmarch"},
	})
}

// fill makes what is missing: services, survey, links, responses; then new passwords, and prints the way in.
func (d demonstration) fill(ctx context.Context, org accounts.Organisation, plan demo.Plan) error {
	by := tenant.Actor{Org: org.ID, Name: "demonstration", Via: "demonstration", Grants: tenant.CommandLine(org.ID).Grants}
	if _, err := d.Catalogue.Import(ctx, by, bytes.NewReader(demo.Catalogue)); err != nil {
		return err
	}
	survey, version, err := d.survey(ctx, by)
	if err != nil {
		return err
	}
	target := demo.Target{DB: d.DB, Ledger: d.Ledger, Org: org.ID, Survey: survey.ID, Version: version.ID}
	codes, err := d.links(ctx, by, &target)
	if err != nil {
		return err
	}
	p := newProgress(d.t.err, "Making up responses")
	stands, err := demo.Store(ctx, target, by, plan, func(done, of int) { p.step(int64(done), int64(of)) })
	p.end()
	if err != nil {
		return err
	}
	if stands.Responses != plan.Responses || stands.Seed != plan.Seed {
		_, _ = fmt.Fprintf(d.t.err, "This folder holds a demonstration made before, with %s and seed %d. For another one use another "+
			"--data.\n", counting(stands.Responses, "response"), stands.Seed)
	}
	for _, more := range d.work(plan) {
		if err := more(ctx, by); err != nil {
			return err
		}
	}
	return d.printSignIns(ctx, by, codes)
}

// work lists what the council has done with its feedback, in this order: each part makes what is missing and leaves alone what is there.
func (d demonstration) work(plan demo.Plan) []func(context.Context, tenant.Actor) error {
	return []func(context.Context, tenant.Actor) error{
		d.settings,
		d.people,
		d.comments,
		d.published(plan.Until),
		d.actions(plan.Until),
	}
}

func (d demonstration) survey(ctx context.Context, by tenant.Actor) (surveys.Survey, surveys.Version, error) {
	survey, err := d.Surveys.BySlug(ctx, by.Org, demoSurvey)
	if errors.Is(err, surveys.ErrMissing) {
		definition, err := surveys.Template(demoSurvey)
		if err != nil {
			return survey, surveys.Version{}, err
		}
		if _, err = d.Surveys.Create(ctx, by, demoSurvey, definition); err != nil {
			return survey, surveys.Version{}, err
		}
		survey, err = d.Surveys.BySlug(ctx, by.Org, demoSurvey)
		if err != nil {
			return survey, surveys.Version{}, err
		}
	} else if err != nil {
		return survey, surveys.Version{}, err
	}
	if survey.State == surveys.Draft {
		version, err := d.Surveys.Publish(ctx, by, survey.ID, surveys.Publishing{})
		return survey, version, err
	}
	version, err := d.Surveys.CurrentVersion(ctx, by.Org, survey.ID)
	return survey, version, err
}

// shown are the links that the demonstration prints.
var shown = []struct{ service, channel, say string }{
	{"household-waste-collection", "web", "after reporting a missed bin on the web"},
	{"housing-repairs", "telephone", "after a call to the contact centre"},
	{"library-facilities", "face_to_face", "on a receipt at the library"},
}

// links gives every service a link for each of the channels that online answers come by, once.
func (d demonstration) links(ctx context.Context, by tenant.Actor, target *demo.Target) (codes []string, err error) {
	services, err := d.Catalogue.Services(ctx, by.Org)
	if err != nil {
		return nil, err
	}
	there, err := d.Links.Links(ctx, by.Org, target.Survey, 0, 1000)
	if err != nil {
		return nil, err
	}
	have := map[string]links.Link{}
	for _, l := range there {
		have[fmt.Sprint(l.Service, l.Channel)] = l
	}
	target.Services, target.Links = map[string]int64{}, map[string]map[string]demo.Link{}
	for _, s := range services {
		target.Services[s.Slug] = s.ID
		target.Links[s.Slug] = map[string]demo.Link{}
		for _, channel := range []string{"web", "telephone", "face_to_face", "email", "sms", "social_media"} {
			l, ok := have[fmt.Sprint(s.ID, channel)]
			if !ok {
				l, err = d.Links.Add(ctx, by, links.New{Survey: demoSurvey, Service: s.Slug, Channel: channel})
				if err != nil {
					return nil, err
				}
			}
			target.Links[s.Slug][channel] = demo.Link{ID: l.ID}
			have[s.Slug+channel] = l
		}
	}
	for _, x := range shown {
		codes = append(codes, have[x.service+x.channel].Code)
	}
	return codes, nil
}

// people gives each role a person.
func (d demonstration) people(ctx context.Context, by tenant.Actor) error {
	service, err := d.Catalogue.ServiceID(ctx, by.Org, "housing-repairs")
	if err != nil {
		return err
	}
	for _, role := range tenant.Roles {
		user := accounts.NewUser{Email: demoEmail(role), Role: role, Invited: true}
		if role == tenant.ServiceRole {
			user.Services = []int64{service}
		}
		if _, err := d.Accounts.AddUser(ctx, tenant.CommandLine(by.Org), user); err != nil {
			return err
		}
	}
	return nil
}

func demoEmail(role string) string { return role + "@demo.example" }

// printSignIns gives each person a new random password, and prints the address, the sign-ins and three links.
func (d demonstration) printSignIns(ctx context.Context, by tenant.Actor, codes []string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "\nYousaid answers on %s\n\nSign in at %s/staff/sign-in/%s as one of:\n", d.address, d.address, demoSlug)
	for _, role := range tenant.Roles {
		secret := password()
		// nobody knows the one of the last time
		if err := d.Accounts.SetPassword(ctx, tenant.CommandLine(by.Org), demoEmail(role), secret); err != nil {
			return err
		}
		fmt.Fprintf(&b, "  %-26s %s\n", demoEmail(role), secret)
	}
	b.WriteString("\nGive feedback as a customer:\n")
	for i, code := range codes {
		fmt.Fprintf(&b, "  %s   (%s)\n", links.Address(d.address, code), shown[i].say)
	}
	b.WriteString("\nStop it with Ctrl-C.\n")
	_, err := fmt.Fprint(d.t.out, b.String())
	return err
}

// password makes one that nobody can guess and that can be read aloud.
func password() string {
	raw := make([]byte, 10)
	_, _ = rand.Read(raw) // never fails (crypto/rand)
	s := strings.ToLower(base32.StdEncoding.EncodeToString(raw))
	return s[:4] + "-" + s[4:8] + "-" + s[8:12] + "-" + s[12:]
}
