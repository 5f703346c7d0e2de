// Package importing takes somebody else's CSV of answers in: a written mapping says which column is which question, and no row is
// stored twice.
package importing

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"yousaid/surveys/tenant"
)

// Schema describes a mapping as JSON Schema (draft 2020-12), for editors that check YAML while it is written.
//
//go:embed mapping.schema.json
var Schema string

// Job is one file to import.
type Job struct {
	DB       tenant.DB
	Ledger   tenant.Ledger
	By       tenant.Actor
	Survey   string // slug of a survey with at least one published version
	File     string // the CSV
	Map      string // the mapping, YAML
	Progress func(done, total int64)
}

// Report counts the rows of one run: Read = Stored + AlreadyStored + Conflicts + Refused + Skipped.
type Report struct {
	Import        int64 // its number, by which it can be undone; 0 for a dry run
	Read          int64
	Stored        int64 // or, in a dry run, what would be stored
	AlreadyStored int64 // by an earlier run, or the same row id with the same answers again
	Conflicts     int64 // stored by an earlier run with other answers: this row stays out
	Refused       int64
	Skipped       int64  // left out by only_when
	Cut           int64  // stored rows with a text that was cut, because it is longer than can be kept
	CutLines      string // the lines of the first of them, such as "12, 40 and 3 more"
	RefusedFile   string // where the refused rows and the conflicts are, with reasons; "" when there are none
}

// chunk sizes: a transaction holds the organisation's feed, so it must be short.
const (
	mostRows  = 2000
	leastRows = 50
	longest   = 250 * time.Millisecond
	mostBytes = 8 << 20 // of cells that wait to be stored
)

// Run imports the file. It may be stopped at any moment and run again: what is stored stays stored, and no row is stored twice. On
// an error the Report counts what this run did until then.
func Run(ctx context.Context, job Job) (Report, error) {
	st, m, source, err := begin(ctx, job)
	if err != nil {
		return Report{}, err
	}
	found, p, err := look(ctx, job, m, st)
	if err != nil {
		return Report{}, err
	}
	if err := st.start(ctx, found.sum, source, m); err != nil {
		return Report{}, fmt.Errorf("starting the import: %w", err)
	}
	t := taking{st: st, job: job, plan: p, found: found, list: true, store: st.chunk, report: Report{Import: st.id}}
	if err := t.run(ctx, m); err != nil {
		return t.report, err
	}
	if err := st.finish(ctx, t.report); err != nil {
		return t.report, fmt.Errorf("finishing the import: %w", err)
	}
	return t.report, nil
}

// Preview is a dry run: it reads and checks the file as Run does and stores nothing, neither in the database nor beside the file.
// It gives what Run would count, and the first figures.
func Preview(ctx context.Context, job Job) (Report, Figures, error) {
	st, m, source, err := begin(ctx, job)
	if err != nil {
		return Report{}, Figures{}, err
	}
	found, p, err := look(ctx, job, m, st)
	if err != nil {
		return Report{}, Figures{}, err
	}
	figures := newFigures(p)
	if figures.Before, err = st.before(ctx, found.sum, source); err != nil {
		return Report{}, Figures{}, err
	}
	t := taking{st: st, job: job, plan: p, found: found, store: st.compare, figures: &figures}
	err = t.run(ctx, m)
	return t.report, figures, err
}

// begin reads the mapping, and what the organisation and the survey have.
func begin(ctx context.Context, job Job) (*store, Map, string, error) {
	source, err := os.ReadFile(job.Map)
	if err != nil {
		return nil, Map{}, "", fmt.Errorf("opening the mapping: %w", err)
	}
	m, err := ParseMap(source)
	if err != nil {
		return nil, Map{}, "", fmt.Errorf("the mapping %s: %w", filepath.Base(job.Map), err)
	}
	st, err := open(ctx, job)
	return st, m, string(source), err
}

// look reads the whole file once: nothing is stored of a file that cannot be read to its end, or that the mapping does not fit.
func look(ctx context.Context, job Job, m Map, st *store) (extent, *plan, error) {
	src, err := openSource(job.File, m)
	if err != nil {
		return extent{}, nil, fmt.Errorf("%s: %w", filepath.Base(job.File), err)
	}
	defer src.close()
	p, err := fit(m, src.names, st.setting)
	if err != nil {
		return extent{}, nil, fmt.Errorf("the mapping %s does not fit:\n%w", filepath.Base(job.Map), err)
	}
	found, err := walk(ctx, src, p.rowID, m.RowPrefix)
	if err != nil {
		return extent{}, nil, fmt.Errorf("%s: %w", filepath.Base(job.File), err)
	}
	return found, p, nil
}
