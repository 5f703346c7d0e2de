package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"yousaid/cmd/yousaid/site"
	"yousaid/server/accounts"
	"yousaid/surveys/responses/importing"
)

type answerCommands struct {
	Import  answersImport  `cmd:"" help:"Read answers collected elsewhere from a CSV file, by a mapping of its columns."`
	Imports answersImports `cmd:"" help:"List the imports, with the numbers by which they are undone."`
	Undo    answersUndo    `cmd:"" help:"Undo an import: its answers are withdrawn, and its file can be imported again."`
}

type answersImport struct {
	File         string `arg:"" placeholder:"FILE.csv" help:"The answers."`
	Organisation string `required:"" placeholder:"SLUG" help:"The council."`
	Survey       string `required:"" placeholder:"SLUG" help:"The survey they belong to."`
	Map          string `required:"" placeholder:"FILE.yaml" help:"Which column is which question; see docs/import.md."`
	DryRun       bool   `help:"Store nothing: say what would be stored, and show the first figures."`
}

// Run imports and says how many rows were read, stored and refused. Refused rows stand in a file beside the input; where there are
// any the exit code is 1.
func (c answersImport) Run(ctx context.Context, cfg *Config, t terminal) error {
	return withSite(ctx, cfg, t, c.Organisation, func(s *site.Site, org accounts.Organisation) error {
		p := newProgress(t.err, "Reading "+c.File)
		job := importing.Job{DB: s.DB, Ledger: s.Ledger, By: commandLine(org), Survey: c.Survey, File: c.File, Map: c.Map, Progress: p.step}
		if c.DryRun {
			report, figures, err := importing.Preview(ctx, job)
			p.end()
			if err != nil {
				return guide(ctx, s, org, err, c.Survey)
			}
			return c.preview(t, report, figures)
		}
		report, err := importing.Run(ctx, job)
		p.end()
		if err != nil {
			return guide(ctx, s, org, err, c.Survey)
		}
		return c.print(t, org, report)
	})
}

// counts is a report in a sentence.
func counts(r importing.Report, stored string) string {
	s := fmt.Sprintf("Read %s: %d %s, %d stored before, %d left out, %d refused", rows(r.Read), r.Stored, stored, r.AlreadyStored,
		r.Skipped, r.Refused)
	if r.Conflicts > 0 {
		s += fmt.Sprintf(", %d in conflict with what was stored before", r.Conflicts)
	}
	return s + "."
}

func rows(n int64) string { return counting(n, "row") }

// counting is a number with its word: "1 row", "2 rows".
func counting[N int | int64](n N, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// print says what was done, and what to do about rows that stay out.
func (c answersImport) print(t terminal, org accounts.Organisation, r importing.Report) error {
	if _, err := fmt.Fprintln(t.out, counts(r, "stored")); err != nil {
		return err
	}
	if r.Cut > 0 {
		_, _ = fmt.Fprintf(t.err, "Of %s a text was cut, because it is longer than can be kept: line %s of %s. Keep that file if you "+
			"need the rest.\n", rows(r.Cut), r.CutLines, c.File)
	}
	if r.Conflicts > 0 {
		_, _ = fmt.Fprintf(t.err, `%s had been stored before with other answers. They were left as they are, and the new ones were not stored.
  If this is another file that is numbered in the same way, give its ids a prefix in the mapping:  row_id: {column: ID, prefix: "2026-11 "}
  If the earlier import was wrong, undo it and import again:  yousaid responses imports --organisation %s
`, capital(rows(r.Conflicts)), org.Slug)
	}
	if r.Refused+r.Conflicts == 0 {
		return nil
	}
	they, them := "They stand with their reasons", "them"
	if r.Refused+r.Conflicts == 1 {
		they, them = "It stands with its reason", "it"
	}
	return fmt.Errorf("%s of the file could not be stored. %s in %s. Put %s right there and import that file",
		rows(r.Refused+r.Conflicts), they, r.RefusedFile, them)
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// preview says what an import would do, and shows the first figures.
func (c answersImport) preview(t terminal, r importing.Report, f importing.Figures) error {
	if _, err := fmt.Fprintln(t.out, counts(r, "would be stored")); err != nil {
		return err
	}
	if r.Stored > 0 {
		show(t.out, f)
	}
	for _, id := range f.Before {
		_, _ = fmt.Fprintf(t.err, "The same file was imported by another mapping before, as import %d. Undo that one first: yousaid "+
			"responses undo %d\n", id, id)
	}
	for _, reason := range f.Outside {
		_, _ = fmt.Fprintln(t.err, capital(reason))
	}
	if more := r.Refused + r.Conflicts - int64(len(f.Outside)); more > 0 {
		_, _ = fmt.Fprintf(t.err, "And %s more.\n", rows(more))
	}
	if r.Cut > 0 {
		_, _ = fmt.Fprintf(t.err, "Of %s a text would be cut, because it is longer than can be kept: line %s.\n", rows(r.Cut), r.CutLines)
	}
	_, err := fmt.Fprintln(t.out, "\nNothing was stored. Leave out --dry-run to store it.")
	return err
}

// show prints figures as tables of words.
func show(to io.Writer, f importing.Figures) {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	line := func(format string, args ...any) { _, _ = fmt.Fprintf(w, format+"\n", args...) }
	line("\nAnswered from %s to %s", f.From.Format("2 January 2006, 15:04"), f.To.Format("2 January 2006, 15:04"))
	for _, list := range []struct {
		name   string
		counts []importing.Count
	}{{"service", f.Services}, {"channel", f.Channels}, {"language", f.Languages}} {
		for _, n := range list.counts {
			code := n.Code
			if code == "" {
				code = "(none)"
			}
			line("%s\t%s\t%d", list.name, code, n.Rows)
		}
	}
	for _, q := range f.Questions {
		line("\n%s: %s\t\t%d", q.Code, q.Text, q.Rows)
		for _, n := range q.Answers {
			line("  %s\t%s\t%d", n.Code, q.Words[n.Code], n.Rows)
		}
		switch {
		case q.Base > 0:
			line("  satisfied\t%d of %d\t%.1f %%", q.Satisfied, q.Base, 100*float64(q.Satisfied)/float64(q.Base))
		case q.Least != 0 || q.Most != 0:
			line("  from %g to %g", q.Least, q.Most)
		}
	}
	for _, q := range f.Equality {
		line("\n%s: %s\t\t%d", q.Code, q.Text, q.Rows)
	}
	_ = w.Flush()
}

type answersImports struct {
	Organisation string `required:"" placeholder:"SLUG" help:"The council."`
	Survey       string `placeholder:"SLUG" help:"Those of one survey alone."`
}

// Run lists the imports, the newest first.
func (c answersImports) Run(ctx context.Context, cfg *Config, t terminal) error {
	return withSite(ctx, cfg, t, c.Organisation, func(s *site.Site, org accounts.Organisation) error {
		if c.Survey != "" {
			if _, err := s.Surveys.BySlug(ctx, org.ID, c.Survey); err != nil {
				return guide(ctx, s, org, err, c.Survey)
			}
		}
		list, err := importing.Imports(ctx, s.DB, org.ID, c.Survey)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			_, err := fmt.Fprintln(t.out, "There are no imports.")
			return err
		}
		w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
		_, _ = fmt.Fprintln(w, "number\tday\tsurvey\tfile\tby\tstate\tread\tstored\tbefore\tconflicts\trefused\tundone")
		for _, i := range list {
			_, _ = fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\n", i.ID, i.Started.Format("2006-01-02"), i.Survey, i.File,
				i.By, i.State,
				i.Read, i.Stored, i.Again, i.Conflicts, i.Refused, i.Undone)
		}
		return w.Flush()
	})
}

type answersUndo struct {
	Number       int64  `arg:"" placeholder:"NUMBER" help:"The number of the import, as yousaid responses imports lists it."`
	Organisation string `required:"" placeholder:"SLUG" help:"The council."`
	Yes          bool   `help:"Do it. Without this the command only says what would be done."`
}

// Run undoes the import, or says what that would do.
func (c answersUndo) Run(ctx context.Context, cfg *Config, t terminal) error {
	return withSite(ctx, cfg, t, c.Organisation, func(s *site.Site, org accounts.Organisation) error {
		missing := func(err error) error {
			if errors.Is(err, importing.ErrNoImport) {
				return fmt.Errorf("%w in %s. To see them: yousaid responses imports --organisation %s", err, org.Slug, org.Slug)
			}
			return err
		}
		if !c.Yes {
			it, err := importing.Find(ctx, s.DB, org.ID, c.Number)
			if err != nil {
				return missing(err)
			}
			if it.State == "undone" {
				return c.print(t, it)
			}
			return failure{exitUsage, fmt.Errorf("this withdraws %s of the survey %s, which were read from %s on %s. Tables that were "+
				"published stay as they are. "+
				"The file can be imported again. To do it, add --yes", counting(it.Stored-it.Undone, "answer"), it.Survey, named(it.File),
				it.Started.Format("2 January 2006"))}
		}
		p := newProgress(t.err, "Withdrawing")
		it, err := importing.Undo(ctx, s.DB, s.Ledger, commandLine(org), c.Number, p.step)
		p.end()
		if err != nil {
			return missing(err)
		}
		return c.print(t, it)
	})
}

func named(file string) string {
	if file == "" {
		return "a file"
	}
	return file
}

func (c answersUndo) print(t terminal, it importing.Import) error {
	answers := "answers are"
	if it.Undone == 1 {
		answers = "answer is"
	}
	_, err := fmt.Fprintf(t.out, "Import %d of the survey %s is undone: %d %s withdrawn. Its file can be imported again.\n", it.ID,
		it.Survey, it.Undone, answers)
	return err
}
