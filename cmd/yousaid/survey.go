package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"yousaid/analytics/figures"
	"yousaid/cmd/yousaid/site"
	"yousaid/server/accounts"
	"yousaid/surveys"
	"yousaid/surveys/links"
)

type catalogueGroup struct {
	Import catalogueImport `cmd:"" help:"Read directorates and services from a CSV file with the header directorate,service,slug,lgsl_id,parent."`
	Export catalogueExport `cmd:"" help:"Write them to standard output, in the same columns."`
}

type catalogueImport struct {
	File         string `arg:"" placeholder:"FILE.csv" help:"The file."`
	Organisation string `required:"" placeholder:"SLUG" help:"The council."`
}

// Run imports the whole file, or nothing.
func (c catalogueImport) Run(ctx context.Context, cfg *Config, t terminal) error {
	return withSite(ctx, cfg, t, c.Organisation, func(s *site.Site, org accounts.Organisation) error {
		f, err := os.Open(c.File)
		if err != nil {
			return fmt.Errorf("reading the catalogue: %w", err)
		}
		defer func() { _ = f.Close() }()
		report, err := s.Catalogue.Import(ctx, commandLine(org), f)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(t.out, report)
		return err
	})
}

type catalogueExport struct {
	Organisation string `required:"" placeholder:"SLUG" help:"The council."`
}

// Run writes the catalogue as CSV.
func (c catalogueExport) Run(ctx context.Context, cfg *Config, t terminal) error {
	return withSite(ctx, cfg, t, c.Organisation, func(s *site.Site, org accounts.Organisation) error {
		return s.Catalogue.Export(ctx, org.ID, t.out)
	})
}

type surveyCommands struct {
	Add     surveyAdd     `cmd:"" help:"Start a survey from a ready questionnaire."`
	Import  surveyImport  `cmd:"" help:"Read a questionnaire from a YAML file."`
	Publish surveyPublish `cmd:"" help:"Publish the draft of a survey: customers see it from then on."`
	Export  surveyExport  `cmd:"" help:"Write a questionnaire as YAML to standard output."`
	Close   surveyClose   `cmd:"" help:"Close a survey: its links take no new answers."`
}

type surveyAdd struct {
	Template     string `required:"" placeholder:"NAME" enum:"customer-satisfaction,good-average-poor,access-channels" help:"customer-satisfaction, good-average-poor or access-channels."`
	Organisation string `required:"" placeholder:"SLUG" help:"The council."`
	Slug         string `placeholder:"S" help:"The survey's name in addresses; the template's when left out."`
	Publish      bool   `help:"Publish it at once."`
	Override     string `placeholder:"REASON" help:"Why what the check marks is meant so; the audit keeps it."`
}

// Run makes the survey and prints its slug.
func (c surveyAdd) Run(ctx context.Context, cfg *Config, t terminal) error {
	return withSite(ctx, cfg, t, c.Organisation, func(s *site.Site, org accounts.Organisation) error {
		d, err := surveys.Template(c.Template)
		if err != nil {
			return err
		}
		if c.Slug != "" {
			d.Survey = c.Slug
		}
		return addSurvey(ctx, s, org, t, d, false, publishing{c.Publish, c.Override})
	})
}

type surveyImport struct {
	File         string `arg:"" placeholder:"FILE.yaml" help:"The file."`
	Organisation string `required:"" placeholder:"SLUG" help:"The council."`
	Publish      bool   `help:"Publish it at once."`
	Override     string `placeholder:"REASON" help:"Why what the check marks is meant so; the audit keeps it."`
}

// Run makes the survey, or a new draft of the one with its slug, and prints the slug.
func (c surveyImport) Run(ctx context.Context, cfg *Config, t terminal) error {
	src, err := os.ReadFile(c.File)
	if err != nil {
		return fmt.Errorf("reading the questionnaire: %w", err)
	}
	d, err := surveys.ParseYAML(src)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	return withSite(ctx, cfg, t, c.Organisation, func(s *site.Site, org accounts.Organisation) error {
		return addSurvey(ctx, s, org, t, d, true, publishing{c.Publish, c.Override})
	})
}

// publishing is what a command says about publishing.
type publishing struct {
	wanted   bool
	override string
}

// addSurvey stores a questionnaire, publishes it when asked, and prints the survey's slug alone on a line, for scripts.
func addSurvey(ctx context.Context, s *site.Site, org accounts.Organisation, t terminal, d surveys.Definition, again bool,
	p publishing) error {
	by := commandLine(org)
	var id int64
	var err error
	if again {
		id, err = s.Surveys.Import(ctx, by, d)
	} else {
		id, err = s.Surveys.Create(ctx, by, d.Survey, d)
	}
	if err != nil {
		return err
	}
	if p.wanted {
		if _, err := publishSurvey(ctx, s, org, t, id, d.Survey, p.override, again); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintln(t.out, d.Survey)
	return err
}

type surveyPublish struct {
	Slug         string `arg:"" help:"The survey."`
	Organisation string `required:"" placeholder:"SLUG" help:"The council."`
	Override     string `placeholder:"REASON" help:"Why what the check marks is meant so; the audit keeps it."`
}

// Run publishes the draft and says which version it is.
func (c surveyPublish) Run(ctx context.Context, cfg *Config, t terminal) error {
	return withSite(ctx, cfg, t, c.Organisation, func(s *site.Site, org accounts.Organisation) error {
		survey, err := s.Surveys.BySlug(ctx, org.ID, c.Slug)
		if err != nil {
			return guide(ctx, s, org, err, c.Slug)
		}
		v, err := publishSurvey(ctx, s, org, t, survey.ID, c.Slug, c.Override, true)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(t.out, "Version %d of %s is published.\n", v.Number, c.Slug)
		return err
	})
}

// publishSurvey publishes a draft as the browser does, and prints the findings of the check; advice only about what somebody
// wrote, not about our own templates.
func publishSurvey(ctx context.Context, s *site.Site, org accounts.Organisation, t terminal, id int64, slug, override string,
	advice bool) (surveys.Version, error) {
	d, revision, err := s.Surveys.Draft(ctx, org.ID, id)
	if err != nil {
		return surveys.Version{}, err
	}
	found, err := s.Surveys.Findings(ctx, org.ID, id, d)
	if err != nil {
		return surveys.Version{}, err
	}
	for _, f := range found {
		if f.Severity == surveys.Warning && !advice {
			continue
		}
		_, _ = fmt.Fprintln(t.err, findingLine(f))
	}
	v, err := s.Surveys.Publish(ctx, commandLine(org), id, surveys.Publishing{Revision: revision, Override: override})
	var blocked surveys.Blocked
	switch {
	case !errors.As(err, &blocked):
		return v, err
	case blocked.Overridable:
		return v, fmt.Errorf("%s is saved as a draft and not published. Change what is marked “check” and import it again, or say why "+
			"it is meant so: "+
			"yousaid survey publish %[1]s --organisation %[2]s --override \"the reason\"", slug, org.Slug)
	}
	return v, fmt.Errorf("%s is saved as a draft and not published. Put right what is marked “must” and import it again", slug)
}

// findingLine is a finding on one line of the terminal.
func findingLine(f surveys.Finding) string {
	word := map[surveys.Severity]string{surveys.Error: "must", surveys.Confirm: "check", surveys.Warning: "advice"}[f.Severity]
	if f.Question != "" {
		return fmt.Sprintf("%s: question %s: %s", word, f.Question, f.Sentence)
	}
	return word + ": " + f.Sentence.String()
}

type surveyExport struct {
	Slug         string `arg:"" help:"The survey."`
	Organisation string `required:"" placeholder:"SLUG" help:"The council."`
}

// Run writes the newest questionnaire of the survey: the draft where there is one, else the published version.
func (c surveyExport) Run(ctx context.Context, cfg *Config, t terminal) error {
	return withSite(ctx, cfg, t, c.Organisation, func(s *site.Site, org accounts.Organisation) error {
		d, err := s.Surveys.Export(ctx, org.ID, c.Slug)
		if err != nil {
			return guide(ctx, s, org, err, c.Slug)
		}
		_, err = t.out.Write(surveys.WriteYAML(d))
		return err
	})
}

type surveyClose struct {
	Slug         string `arg:"" help:"The survey."`
	Organisation string `required:"" placeholder:"SLUG" help:"The council."`
}

// Run closes the survey.
func (c surveyClose) Run(ctx context.Context, cfg *Config, t terminal) error {
	return withSite(ctx, cfg, t, c.Organisation, func(s *site.Site, org accounts.Organisation) error {
		survey, err := s.Surveys.BySlug(ctx, org.ID, c.Slug)
		if err != nil {
			return guide(ctx, s, org, err, c.Slug)
		}
		if err := s.Surveys.Close(ctx, commandLine(org), survey.ID); errors.Is(err, surveys.ErrNotOpen) {
			return fmt.Errorf("the survey %s is not open: only a survey that takes answers can be closed", c.Slug)
		} else if err != nil {
			return err
		}
		_, err = fmt.Fprintf(t.out, "%s is closed.\n", c.Slug)
		return err
	})
}

type linkCommands struct {
	Add linkAdd `cmd:"" help:"Make a feedback link and print its full address."`
}

type linkAdd struct {
	Organisation string `required:"" placeholder:"SLUG" help:"The council."`
	Survey       string `required:"" placeholder:"SLUG" help:"The survey."`
	Service      string `placeholder:"SLUG" help:"The service the feedback is about; not about one service when left out."`
	Channel      string `placeholder:"CHANNEL" default:"" enum:"web,telephone,face_to_face,email,post,sms,kiosk,social_media,other," help:"How the customer contacted the council: web, telephone, face_to_face, email, post, sms, kiosk, social_media or other; no channel when left out."`
	AccessPoint  string `placeholder:"X" help:"The place or number, by its slug or name; a new one is added."`
	About        string `placeholder:"X" help:"What the link is about, such as the letter it stands in."`
	Expires      string `placeholder:"DATE" help:"The last day it can be used, such as 2027-03-31."`
	BaseURL      string `placeholder:"URL" env:"YOUSAID_BASE_URL" help:"The site's address as people see it, where the council has none of its own; the address of the running site when left out."`
	At           string `name:"listen" hidden:"" default:"127.0.0.1:8080" env:"YOUSAID_LISTEN"`
}

// Validate finds an address that no link could begin with.
func (c linkAdd) Validate() error { return Listen{Listen: c.At, BaseURL: c.BaseURL}.Check() }

// base is what the address of a link begins with: the council's own address, the one given, that of the site served from the data
// folder, or what serve would take.
func (c linkAdd) base(cfg *Config, org accounts.Organisation) string {
	switch {
	case org.BaseURL != "":
		return org.BaseURL
	case c.BaseURL == "" && cfg.private() && keptAddress(cfg.Data) != "":
		return keptAddress(cfg.Data)
	}
	return Listen{Listen: c.At, BaseURL: c.BaseURL}.Address()
}

// Run makes the link and prints its address.
func (c linkAdd) Run(ctx context.Context, cfg *Config, t terminal) error {
	expires, err := figures.ParseDate(c.Expires)
	if err != nil {
		return failure{exitUsage, fmt.Errorf("--expires %w", err)}
	}
	return withSite(ctx, cfg, t, c.Organisation, func(s *site.Site, org accounts.Organisation) error {
		link, err := s.Links.Add(ctx, commandLine(org), links.New{
			Survey: c.Survey, Service: c.Service, Channel: c.Channel, AccessPoint: c.AccessPoint, About: c.About, Expires: expires.String(),
		})
		if err != nil {
			return guide(ctx, s, org, err, c.Survey, c.Service)
		}
		if survey, err := s.Surveys.BySlug(ctx, org.ID, c.Survey); err == nil && survey.State == surveys.Draft {
			_, _ = fmt.Fprintf(t.err, "The survey %s is not published yet: the link answers from then on.\n", c.Survey)
		}
		_, err = fmt.Fprintln(t.out, links.Address(c.base(cfg, org), link.Code))
		return err
	})
}
