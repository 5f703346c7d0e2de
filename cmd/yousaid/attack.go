package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"yousaid/analytics/attack"
	"yousaid/analytics/figures"
)

type attackCommand struct {
	File      []string `arg:"" placeholder:"FILE" help:"Published tables: .csv, .xlsx, .html or .json files."`
	Threshold int      `placeholder:"N" default:"${threshold}" help:"What a hidden number should be able to be, besides 0: ${threshold} when left out."`
	Lower     int64    `placeholder:"N" help:"What is known of every hidden number: at least this. 0 when left out."`
	Scores    string   `placeholder:"S,S,…" help:"The scores of the answers in their order, such as 5,4,3,2,1: files do not print them, and printed means give more away with them."`
	Satisfied int      `placeholder:"N" help:"How many of the answers, from the first, count as satisfied: printed shares give more away with it."`
	Together  bool     `help:"The tables are about the same people: what one hides another may give away."`
	Exact     bool     `help:"Find both ends of every hidden number, and list them."`
	Deeper    bool     `help:"Look also for hidden and rounded answers, and for sums of scores."`
	Known     []string `sep:"none" placeholder:"CODE[,CODE]=N" help:"A number that the attacker knows, such as the 1 of somebody who is alone in a place. May be given again."`
	Seconds   int      `placeholder:"N" default:"10" help:"How long to search each table: 10 seconds when left out."`
}

// options reads what was typed.
func (c attackCommand) options() (o attack.Options, scores []float64, err error) {
	if c.Threshold < 1 || c.Lower < 0 || c.Satisfied < 0 || c.Seconds < 1 {
		return o, nil, errors.New("--threshold and --seconds are at least 1, --lower and --satisfied at least 0")
	}
	o = attack.Options{Threshold: c.Threshold, Lower: c.Lower, Together: c.Together, Exact: c.Exact, Deeper: c.Deeper,
		Budget: time.Duration(c.Seconds) * time.Second, Known: map[string]int64{}}
	for _, k := range c.Known {
		at := strings.LastIndex(k, "=")
		if at < 0 {
			return o, nil, fmt.Errorf("--known %q: write the codes of the place and its number, such as --known web,waste=1", k)
		}
		n, err := strconv.ParseInt(k[at+1:], 10, 64)
		if err != nil || n < 0 {
			return o, nil, fmt.Errorf("--known %q: what stands after the = is a whole number of 0 or more", k)
		}
		o.Known[attack.Key(strings.Split(k[:at], ",")...)] = n
	}
	if c.Scores == "" {
		return o, nil, nil
	}
	for _, s := range strings.Split(c.Scores, ",") {
		v, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
		if err != nil {
			return o, nil, fmt.Errorf("--scores %s: %q is no number; write one score for each answer, such as 5,4,3,2,1", c.Scores, s)
		}
		scores = append(scores, v)
	}
	return o, scores, nil
}

// Run attacks published files, and fails when something comes out: a release can stop at that.
func (c attackCommand) Run(_ context.Context, t terminal) error {
	o, scores, err := c.options()
	if err != nil {
		return failure{exitUsage, err}
	}
	var tables []attack.Table
	for _, name := range c.File {
		content, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		read, err := attack.Read(name, content, furtherFigures()...)
		if err != nil {
			return err
		}
		tables = append(tables, read...)
	}
	for _, table := range tables {
		if err := c.explainAnswers(table, scores); err != nil {
			return err
		}
	}
	r := attack.Attack(tables, o)
	beyond := map[int]int{} // by table: said once, as it is true of all that it hides
	for _, f := range r.Findings {
		switch {
		case f.Kind == attack.Open && !c.Exact:
		case f.Beyond:
			if beyond[f.Table]++; beyond[f.Table] == 1 {
				_, _ = fmt.Fprintf(t.out, "%s: unknown: %s\n", tables[f.Table].Name, f.Why)
			}
		default:
			_, _ = fmt.Fprintln(t.out, foundOut(tables[f.Table], f))
		}
	}
	for _, n := range r.Notes {
		_, _ = fmt.Fprintln(t.err, n)
	}
	bare := 0
	for _, table := range tables {
		for _, row := range attack.SmallCells(table, o.Threshold) {
			bare++
			_, _ = fmt.Fprintf(t.out, "%s: %s: printed, %d: it is from 1 to %d and is not hidden\n", table.Name,
				strings.Join(row.Codes, ", "), row.N.Low, o.Threshold-1)
		}
	}
	unchecked := attack.WithoutSuppression(tables)
	if c.Together && len(unchecked) < len(tables) {
		unchecked = nil // what one prints is used against the others
	}
	for _, i := range unchecked {
		_, _ = fmt.Fprintf(t.out, "%s: not checked: it hides no number\n", tables[i].Name)
	}
	_, _ = fmt.Fprintln(t.out, r)
	switch {
	case r.Impossible:
		return errors.New("no table agrees with all printed figures: one of them is wrong, or people can stand in several places. Make " +
			"the table again")
	case r.ExactlyDisclosed > 0:
		return fmt.Errorf("%s can be worked out from what is printed: hide more, and publish that instead",
			counting(r.ExactlyDisclosed, "hidden number"))
	case len(beyond) > 0:
		return fmt.Errorf("%s could not be judged: never take them for safe. More time would not help: attack fewer files together, or "+
			"smaller tables", counting(r.Unknown, "hidden number"))
	case r.Unknown > 0:
		return fmt.Errorf("%s could not be judged: never take them for safe. Give more time with --seconds, or publish a smaller table",
			counting(r.Unknown, "hidden number"))
	case bare > 0:
		return fmt.Errorf("%d numbers from 1 to %d are printed as they are: this is no protected table. Ask for it with --audience "+
			"public, and publish that instead", bare, o.Threshold-1)
	case len(unchecked) == len(tables):
		return errors.New("nothing was checked: no number is hidden or rounded in what was given, so there was nothing to work out. " +
			"Give the table as it was published; one that hides nothing is not shown to be safe by this")
	case len(unchecked) > 0:
		return fmt.Errorf("%d of %d tables were not checked, because they hide no number. Leave them out, or attack all that count the "+
			"same people with --together", len(unchecked), len(tables))
	}
	return nil
}

// explainAnswers tells the attacker what files do not print about the answers.
func (c attackCommand) explainAnswers(table attack.Table, scores []float64) error {
	if len(scores) > 0 && len(table.Answers) > 0 && len(scores) != len(table.Answers) || c.Satisfied > len(table.Answers) &&
		len(table.Answers) > 0 {
		return fmt.Errorf("the table %s has %d answers: give --scores one for each, and --satisfied no more", table.Name, len(table.Answers))
	}
	for i := range table.Answers {
		if len(scores) > 0 {
			table.Answers[i].Score = &scores[i]
			table.Answers[i].Weights = map[string]float64{}
			for _, f := range figures.Further() {
				table.Answers[i].Weights[f.Key] = f.Weight(figures.AnswerCode{Code: table.Answers[i].Code, Score: &scores[i]})
			}
		}
		if c.Satisfied > 0 {
			satisfied := i < c.Satisfied
			table.Answers[i].Satisfied = &satisfied
		}
	}
	return nil
}

// furtherFigures are the columns of figures beside mean and share, as files in English call them.
func furtherFigures() (list []attack.Heading) {
	for _, f := range figures.Further() {
		_, english, _ := strings.Cut(f.Heading, "|")
		list = append(list, attack.Heading{Key: f.Key, Text: english})
	}
	return list
}

// foundOut is a finding in a line: "services: bins, post: interval too narrow, 1 to 4: it cannot be 0 and cannot be 5".
func foundOut(table attack.Table, f attack.Finding) string {
	parts := []string{table.Name}
	if len(f.Codes) > 0 {
		parts = append(parts, strings.Join(f.Codes, ", "))
	}
	if f.Of != "" {
		parts = append(parts, f.Of)
	}
	ends := fmt.Sprintf("%s, %g", f.Kind, float64(f.Low)/float64(f.Scale))
	switch {
	case f.High == attack.Unlimited:
		ends += " or more"
	case f.High != f.Low:
		ends += fmt.Sprintf(" to %g", float64(f.High)/float64(f.Scale))
	}
	parts = append(parts, ends)
	if f.Why != "" {
		parts = append(parts, f.Why)
	}
	return strings.Join(parts, ": ")
}
