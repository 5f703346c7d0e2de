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

	"yousaid/analytics"
	"yousaid/analytics/workbook"
	"yousaid/cmd/yousaid/site"
	"yousaid/server/accounts"
)

type tableCommand struct {
	Organisation string   `required:"" placeholder:"SLUG" help:"The council."`
	Survey       []string `required:"" placeholder:"SLUG" help:"The survey; give it again for another of the same scale, or say all."`
	Measure      string   `required:"" placeholder:"QUESTION" help:"The code of the question to count, such as rating."`
	By           []string `placeholder:"D1[,D2]" help:"Split by one or two of: channel, mode, service, directorate, language, month, week, day, a question answered from a list, an equality characteristic."`
	Where        []string `sep:"none" placeholder:"D=V[,V]" help:"Keep only answers where a dimension has one of the values. May be given again."`
	From         string   `placeholder:"DATE" help:"The first day, such as 2026-03-01."`
	To           string   `placeholder:"DATE" help:"The last day, itself counted."`
	Audience     string   `enum:"internal,public" default:"internal" help:"Who will read it: internal or public. A public table is protected, and written to the register of releases."`
	Format       string   `enum:"csv,json,xlsx" required:"" help:"csv, json or xlsx."`
	Out          string   `required:"" placeholder:"FILE" help:"Where to write it; - for standard output."`
}

func (c tableCommand) query() (q analytics.Query, err error) {
	q = analytics.Query{Surveys: c.Survey, Measure: c.Measure, By: c.By, Audience: analytics.Audience(c.Audience)}
	if q.From, err = analytics.ParseDate(c.From); err != nil {
		return q, fmt.Errorf("--from %w", err)
	}
	if q.To, err = analytics.ParseDate(c.To); err != nil {
		return q, fmt.Errorf("--to %w", err)
	}
	for _, w := range c.Where {
		f, err := analytics.ParseFilter(w)
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
	return withSite(ctx, cfg, t, c.Organisation, func(s *site.Site, org accounts.Organisation) error {
		answer, err := s.Analytics.Ask(ctx, commandLine(org), q)
		if err != nil {
			return err
		}
		frame := answer.Of()
		if len(frame.LeftOut) > 0 {
			_, _ = fmt.Fprintf(t.err, "Left out, because they do not ask %s: %s.\n", q.Measure, strings.Join(frame.LeftOut, ", "))
		}
		if frame.Overlapping() {
			_, _ = fmt.Fprintln(t.err, "People could choose several answers: the cells overlap and do not add up to the total.")
		}
		if p, ok := answer.(analytics.Protected); ok && p.Release != 0 {
			_, _ = fmt.Fprintf(t.err, "Written to the register as release %d.\n", p.Release)
		}
		var file bytes.Buffer
		if c.Format == "json" {
			err = writeJSON(&file, analytics.Records(answer))
		} else {
			format, ok := workbook.FormatNamed(c.Format)
			if !ok {
				return fmt.Errorf("there is no format %q", c.Format)
			}
			contact := "Contact " + frame.Organisation + "."
			err = format.Write(&file, analytics.Book(answer, contact, time.Now()))
		}
		if err != nil {
			return err
		}
		return writeWhole(t, c.Out, file.Bytes())
	})
}

// writeJSON writes an array, one object a line.
func writeJSON(file *bytes.Buffer, records []analytics.Record) error {
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

// writeWhole writes a file under another name first, so that a file that stands under its name is whole.
func writeWhole(t terminal, name string, content []byte) error {
	if name == "-" {
		_, err := t.out.Write(content)
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".yousaid-*")
	if err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	defer func() { _ = os.Remove(f.Name()) }()
	_, err = f.Write(content)
	if err == nil {
		err = f.Chmod(0o644)
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	if err := os.Rename(f.Name(), name); err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	return nil
}
