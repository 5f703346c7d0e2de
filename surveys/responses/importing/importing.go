// Package importing takes somebody else's CSV of answers in: a written mapping says which column is which question, and no row is stored twice.
package importing

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"

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

// Report counts the rows of one run: Read = Stored + AlreadyStored + Refused + Skipped.
type Report struct {
	Read          int64
	Stored        int64
	AlreadyStored int64 // by an earlier run, or the same row id with the same answers again
	Refused       int64
	Skipped       int64  // left out by only_when
	RefusedFile   string // where the refused rows are, with reasons; "" when there are none
}

// chunk sizes: a transaction holds the organisation's feed, so it must be short.
const (
	mostRows  = 2000
	leastRows = 50
	longest   = 250 * time.Millisecond
)

// Run imports the file. It may be stopped at any moment and run again: what is stored stays stored, and no row is stored twice. On an error the Report
// counts what this run did until then.
func Run(ctx context.Context, job Job) (Report, error) {
	var report Report
	source, err := os.ReadFile(job.Map)
	if err != nil {
		return report, fmt.Errorf("opening the mapping: %w", err)
	}
	m, err := ParseMap(source)
	if err != nil {
		return report, fmt.Errorf("the mapping %s: %w", filepath.Base(job.Map), err)
	}
	st, err := open(ctx, job)
	if err != nil {
		return report, err
	}
	found, p, err := look(ctx, job, m, st)
	if err != nil {
		return report, err
	}
	if err := st.start(ctx, found.sum, string(source), m); err != nil {
		return report, fmt.Errorf("starting the import: %w", err)
	}
	report, err = st.take(ctx, job, m, p, found)
	if err != nil {
		return report, err
	}
	if err := st.finish(ctx, report); err != nil {
		return report, fmt.Errorf("finishing the import: %w", err)
	}
	return report, nil
}

// look reads the whole file once: nothing is stored of a file that cannot be read to its end, or that the mapping does not fit.
func look(ctx context.Context, job Job, m Map, st *store) (extent, *plan, error) {
	src, err := openSource(job.File, m)
	if err != nil {
		return extent{}, nil, err
	}
	defer src.close()
	p, err := fit(m, src.names, st.setting)
	if err != nil {
		return extent{}, nil, fmt.Errorf("the mapping %s does not fit:\n%w", filepath.Base(job.Map), err)
	}
	found, err := walk(ctx, src, p.rowID)
	if err != nil {
		return extent{}, nil, fmt.Errorf("%s: %w", filepath.Base(job.File), err)
	}
	return found, p, nil
}

// take reads the file again and stores it, chunk by chunk.
func (st *store) take(ctx context.Context, job Job, m Map, p *plan, found extent) (Report, error) {
	var report Report
	src, err := openSource(job.File, m)
	if err != nil {
		return report, err
	}
	defer src.close()
	refused := refusals{path: refusedPath(job.File), m: m, head: src.header, width: p.width}
	refused.sweep()
	defer refused.drop()
	keep := keeper{secret: st.secret, rowID: p.rowID, twice: found.twice, seen: map[digest]sighting{}}
	size := leastRows
	var drafts []draft
	flush := func() error {
		began := time.Now()
		stored, err := st.chunk(ctx, drafts, report)
		if err != nil {
			if ctx.Err() != nil {
				err = ctx.Err() // lib/pq tells of a cancelled statement in its own words
			}
			return fmt.Errorf("storing the rows up to line %d: %w", src.line(), err)
		}
		report.Stored += stored
		report.AlreadyStored += int64(len(drafts)) - stored
		drafts = drafts[:0]
		if took := time.Since(began); took > longest {
			size = max(size/2, leastRows)
		} else if took < longest/2 {
			size = min(size*2, mostRows)
		}
		if job.Progress != nil {
			job.Progress(report.Read, found.rows)
		}
		return nil
	}
	for {
		r, err := src.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return report, err
		}
		report.Read++
		if !p.wanted(r) {
			report.Skipped++
			continue
		}
		d, again, reasons := one(p, &keep, r)
		switch {
		case len(reasons) > 0:
			report.Refused++
			if err := refused.add(r, reasons); err != nil {
				return report, err
			}
		case again:
			report.AlreadyStored++
		default:
			drafts = append(drafts, d)
		}
		if len(drafts) >= size || report.Read%mostRows == 0 {
			if err := flush(); err != nil {
				return report, err
			}
		}
	}
	if err := flush(); err != nil {
		return report, err
	}
	if [sha256.Size]byte(src.sum.Sum(nil)) != found.sum {
		return report, errors.New("the file was changed while it was read: run the import again")
	}
	report.RefusedFile, err = refused.finish()
	return report, err
}

// one reads a row and gives it its key and a random id.
func one(p *plan, keep *keeper, r row) (d draft, again bool, reasons []string) {
	key, again, reason := keep.key(r)
	if reason != "" {
		return draft{}, false, []string{reason}
	}
	d, reasons = p.read(r)
	d.key, d.id = key, uuid.New()
	return d, again, reasons
}
