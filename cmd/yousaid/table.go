package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"yousaid/analytics/figures"
	"yousaid/analytics/tables"
	"yousaid/analytics/workbook"
	"yousaid/cmd/yousaid/site"
	"yousaid/server/accounts"
	"yousaid/surveys/tablefile"
	"yousaid/surveys/wording"
)

type tableCommand struct {
	Organisation string   `required:"" placeholder:"SLUG" help:"The council."`
	Survey       []string `required:"" placeholder:"SLUG" help:"The survey; give it again for another of the same scale, or say all."`
	Measure      string   `required:"" placeholder:"QUESTION" help:"The code of the question to count, such as rating."`
	By           []string `placeholder:"D1" help:"Split by one or two of: channel, mode, service, directorate, access_point, language, month, week, day, a question answered from a list, an equality characteristic."`
	Subtotals    bool     `help:"Show groups of codes as well: quarters, directorates, groups of a characteristic. For protected tables."`
	Rounded      bool     `help:"Round counts to 5 instead of hiding small ones. For the public only, and never beside a hidden table of the same answers."`
	Where        []string `sep:"none" placeholder:"D=V[,V]" help:"Keep only answers where a dimension has one of the values. May be given again."`
	From         string   `placeholder:"DATE" help:"The first day, such as 2026-03-01."`
	To           string   `placeholder:"DATE" help:"The last day, itself counted."`
	Audience     string   `placeholder:"AUDIENCE" enum:"internal,public" default:"internal" help:"Who will read it: internal, when left out, or public. A public table is protected, and written to the register of releases."`
	Format       string   `enum:"${table_formats}" required:"" placeholder:"FORMAT" help:"One of ${table_formats}."`
	Out          string   `required:"" placeholder:"FILE" help:"Where to write it; - for standard output. A file that is there already stays, unless you say --overwrite."`
	Overwrite    bool     `help:"Replace the file that is there already."`
}

func (c tableCommand) query() (q figures.Query, err error) {
	q = figures.Query{Surveys: c.Survey, Measure: c.Measure, By: c.By, Subtotals: c.Subtotals, Rounded: c.Rounded,
		Audience: figures.Audience(c.Audience)}
	if q.From, err = figures.ParseDate(c.From); err != nil {
		return q, fmt.Errorf("--from %w", err)
	}
	if q.To, err = figures.ParseDate(c.To); err != nil {
		return q, fmt.Errorf("--to %w", err)
	}
	for _, w := range c.Where {
		f, err := figures.ParseFilter(w)
		if err != nil {
			return q, err
		}
		q.Where = append(q.Where, f)
	}
	return q, nil
}

// Run asks for the table and writes it whole, or nothing.
func (c tableCommand) Run(ctx context.Context, cfg *Config, t terminal) error {
	q, err := c.query()
	if err != nil {
		return failure{exitUsage, err}
	}
	out, err := openOutput(t, c.Out, c.Overwrite)
	if err != nil {
		return err
	}
	defer out.drop()
	return withSite(ctx, cfg, t, c.Organisation, func(s *site.Site, org accounts.Organisation) error {
		answer, err := s.Analytics.Ask(ctx, commandLine(org), q)
		if err != nil {
			for _, slug := range c.Survey {
				if like := likeSurvey(ctx, s, org, slug); slug != "all" && like != "" {
					return fmt.Errorf("%w%s", err, like)
				}
			}
			return err
		}
		frame := answer.Of()
		if len(frame.LeftOut) > 0 {
			_, _ = fmt.Fprintf(t.err, "Left out, because they do not ask %s: %s.\n", q.Measure, strings.Join(frame.LeftOut, ", "))
		}
		if frame.Overlapping() {
			_, _ = fmt.Fprintln(t.err, "People could choose several answers: the cells overlap and do not add up to the total.")
		}
		if p, ok := answer.(tables.Protected); ok && p.Release != 0 {
			_, _ = fmt.Fprintf(t.err, "Written to the register as release %d.\n", p.Release)
		}
		var file bytes.Buffer
		format, known := tablefile.Named(c.Format, tablefile.Format.HoldsFigures)
		if !known {
			return fmt.Errorf("there is no format %q", c.Format)
		}
		if format.Cells {
			records := tables.Cells(answer)
			if p, ok := answer.(tables.Protected); ok {
				records = p.CellsWithTotal() // whoever checks the file needs the totals
			}
			err = writeJSON(&file, records)
		} else {
			contact := "Contact " + frame.Organisation + "."
			err = format.Table(&file, workbook.Book(answer, wording.English, contact, time.Now()))
		}
		if err != nil {
			return err
		}
		return out.write(file.Bytes())
	})
}

// writeJSON writes an array, one object a line.
func writeJSON(file *bytes.Buffer, records []figures.Cell) error {
	file.WriteString("[")
	for i, r := range records {
		if i > 0 {
			file.WriteString(",")
		}
		raw, err := json.Marshal(r)
		if err != nil {
			return err
		}
		file.WriteString("\n")
		file.Write(raw)
	}
	file.WriteString("\n]\n")
	return nil
}

// output is where a table goes: under another name at first, so that a file that stands under its name is whole.
type output struct {
	t    terminal
	name string
	file *os.File // nil for standard output
	over bool     // a file of this name may be replaced
}

// openOutput finds out that a file can be written before anybody is asked for figures: a public table is on record from then on.
func openOutput(t terminal, name string, over bool) (*output, error) {
	o := &output{t: t, name: name, over: over}
	if name == "-" {
		return o, nil
	}
	dir := filepath.Dir(name)
	if st, err := os.Stat(dir); err != nil || !st.IsDir() {
		return nil, fmt.Errorf("--out %s: there is no folder %s. Make it first", name, dir)
	}
	switch st, err := os.Stat(name); {
	case err == nil && st.IsDir():
		return nil, fmt.Errorf("--out %s is a folder: add the name of a file", name)
	case err == nil && !over:
		return nil, o.there()
	}
	var err error
	if o.file, err = os.CreateTemp(dir, ".yousaid-*"); err != nil {
		return nil, fmt.Errorf("--out %s: this user may not write to the folder %s (%w)", name, dir, errors.Unwrap(err))
	}
	return o, nil
}

// write gives the file its content and its name.
func (o *output) write(content []byte) error {
	if o.file == nil {
		_, err := o.t.out.Write(content)
		return err
	}
	_, err := o.file.Write(content)
	if err == nil {
		err = o.file.Chmod(0o644)
	}
	if err := errors.Join(err, o.file.Close()); err != nil {
		return fmt.Errorf("writing %s: %w", o.name, err)
	}
	if !o.over {
		// A link fails where somebody has written the file meanwhile. Not every file system has links.
		err := os.Link(o.file.Name(), o.name)
		if err == nil {
			_ = os.Remove(o.file.Name())
			return nil
		}
		if _, there := os.Lstat(o.name); there == nil {
			return o.there()
		}
	}
	if err := os.Rename(o.file.Name(), o.name); err != nil {
		return fmt.Errorf("writing %s: %w", o.name, err)
	}
	return nil
}

func (o *output) there() error {
	return fmt.Errorf("--out %s: this file is there already, and was left as it is. Give another name, or add --overwrite", o.name)
}

// drop takes away what was not written to its end.
func (o *output) drop() {
	if o.file != nil {
		_ = o.file.Close()
		_ = os.Remove(o.file.Name())
	}
}
