package importing

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
)

// taking is the second reading of a file, in which its rows are stored or, in a dry run, only compared with what is stored.
type taking struct {
	st      *store
	job     Job
	plan    *plan
	found   extent
	list    bool     // refused rows are listed beside the file
	figures *Figures // of a dry run; otherwise nil
	// store takes a part of the drafts: which of them are new, and which stand against stored answers.
	store func(ctx context.Context, drafts []draft, sofar Report) (sifted, error)

	report  Report
	refused refusals
	drafts  []draft
	waiting []listed // refused rows that stand between the drafts
	bytes   int      // of the cells of both
	cut     []int    // lines
}

// listed is a row that stays out, with the reasons.
type listed struct {
	row     row
	reasons []string
}

// run reads the file from its beginning to its end, part by part.
func (t *taking) run(ctx context.Context, m Map) error {
	src, err := openSource(t.job.File, m)
	if err != nil {
		return err
	}
	defer src.close()
	t.refused = refusals{path: refusedPath(t.job.File), m: src.m, sep: src.lead.Sep != 0, head: src.header, width: t.plan.width}
	if t.list {
		t.refused.sweep()
		defer t.refused.drop()
	}
	keep := keeper{secret: t.st.secret, rowID: t.plan.rowID, prefix: m.RowPrefix, twice: t.found.twice, seen: map[digest]sighting{}}
	size := leastRows
	for {
		r, err := src.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		t.take(&keep, r)
		if len(t.drafts) < size && t.report.Read%mostRows != 0 && t.bytes < mostBytes {
			continue
		}
		began := time.Now()
		if err := t.flush(ctx, src.line()); err != nil {
			return err
		}
		if took := time.Since(began); took > longest {
			size = max(size/2, leastRows)
		} else if took < longest/2 {
			size = min(size*2, mostRows)
		}
	}
	if err := t.flush(ctx, src.line()); err != nil {
		return err
	}
	if [sha256.Size]byte(src.sum.Sum(nil)) != t.found.sum {
		return errors.New("the file was changed while it was read: run the import again")
	}
	t.report.Cut, t.report.CutLines = int64(len(t.cut)), lineList(t.cut)
	if t.list {
		t.report.RefusedFile, err = t.refused.finish()
	}
	return err
}

// take reads one row and puts it to the drafts, or counts it as what it is instead.
func (t *taking) take(keep *keeper, r row) {
	t.report.Read++
	if !t.plan.wanted(r) {
		t.report.Skipped++
		return
	}
	d, again, reasons := one(t.plan, keep, r)
	switch {
	case len(reasons) > 0:
		t.report.Refused++
		t.waiting = append(t.waiting, listed{r, reasons})
	case again:
		t.report.AlreadyStored++
		return
	default:
		t.drafts = append(t.drafts, d)
	}
	for _, c := range r.cells {
		t.bytes += len(c)
	}
}

// flush stores the drafts, and lists the rows that stay out in the order of the file. line is the last that was read.
func (t *taking) flush(ctx context.Context, line int) error {
	found, err := t.store(ctx, t.drafts, t.report)
	if err != nil {
		if ctx.Err() != nil {
			err = ctx.Err() // lib/pq tells of a cancelled statement in its own words
		}
		return fmt.Errorf("storing the rows up to line %d: %w", line, err)
	}
	t.report.Stored += int64(len(found.fresh))
	t.report.Conflicts += int64(len(found.conflicts))
	t.report.AlreadyStored += int64(len(t.drafts) - len(found.fresh) - len(found.conflicts))
	for _, d := range found.fresh {
		if d.cut {
			t.cut = append(t.cut, d.row.line)
		}
	}
	t.waiting = append(t.waiting, found.conflicts...)
	slices.SortStableFunc(t.waiting, func(a, b listed) int { return a.row.line - b.row.line })
	for _, w := range t.waiting {
		if t.list {
			if err := t.refused.add(w.row, w.reasons); err != nil {
				return err
			}
		}
		if t.figures != nil {
			t.figures.outside(w)
		}
	}
	if t.figures != nil {
		t.figures.add(t.plan, found.fresh)
	}
	t.drafts, t.waiting, t.bytes = t.drafts[:0], t.waiting[:0], 0
	if t.job.Progress != nil {
		t.job.Progress(t.report.Read, t.found.rows)
	}
	return nil
}

// one reads a row and gives it its key and a random id.
func one(p *plan, keep *keeper, r row) (d draft, again bool, reasons []string) {
	key, again, reason := keep.key(r)
	if reason != "" {
		return draft{}, false, []string{reason}
	}
	d, reasons = p.read(r)
	d.key, d.older, d.id, d.row = key, keep.older(r), uuid.New(), r
	return d, again, reasons
}

// lineList names the first lines, and how many more there are.
func lineList(lines []int) string {
	const most = 20
	s := ""
	for i, n := range lines {
		switch {
		case i == most:
			return s + fmt.Sprintf(" and %d more", len(lines)-most)
		case i > 0:
			s += ", "
		}
		s += strconv.Itoa(n)
	}
	return s
}
