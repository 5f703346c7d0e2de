package attack

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// protected draws a table as a protector might leave it: places below the threshold are hidden, and places at random besides. Bare places are those below a
// base, as with equality dimensions.
func protected(r *rand.Rand, dims []Dimension, answers []Answer, base int64) (Table, Lattice) {
	most := int64(1 + r.IntN(12))
	if len(answers) > 0 {
		most = int64(1 + r.IntN(5))
	}
	table, lattice := made(r, dims, answers, most, 0, 0)
	share := 0.15 + 0.35*r.Float64()
	for i := range table.Rows[1:] {
		row := &table.Rows[1+i]
		n := row.N.Low
		if n < 5 || r.Float64() < share {
			*row = Row{Codes: row.Codes}
		} else if n < base && row.Distribution != nil {
			scored, satisfied := 0.0, int64(0)
			for j, c := range row.Distribution {
				scored += *answers[j].Score * float64(c.Low)
				if *answers[j].Satisfied {
					satisfied += c.Low
				}
			}
			mean, of := roundedTo(scored/float64(n), 20), roundedTo(float64(satisfied)/float64(n), 2000)
			row.Distribution, row.Mean, row.Satisfied = nil, &mean, &of
		}
	}
	return table, lattice
}

func codes(n int) (list []string) {
	for i := range n {
		list = append(list, string(rune('a'+i)))
	}
	return list
}

// grove is a dimension with subtotals.
func grove(id string, r *rand.Rand, tops int) Dimension {
	var list []string
	for _, top := range codes(tops) {
		list = append(list, top)
		for _, leaf := range codes(1 + r.IntN(3)) {
			list = append(list, top+leaf)
		}
	}
	return dimension(id, list...)
}

// drawn is a table of a size that a council publishes.
func drawn(r *rand.Rand) (Table, Lattice) {
	var dims []Dimension
	switch r.IntN(5) {
	case 0:
		dims = []Dimension{grove("d", r, 3+r.IntN(8))}
	case 1:
		dims = []Dimension{dimension("d", codes(3+r.IntN(8))...), dimension("e", codes(2+r.IntN(6))...)}
	case 2:
		dims = []Dimension{grove("d", r, 2+r.IntN(3)), dimension("e", codes(2+r.IntN(5))...)}
	case 3:
		dims = []Dimension{dimension("d", codes(2+r.IntN(3))...), dimension("e", codes(2+r.IntN(3))...), dimension("f", codes(2+r.IntN(3))...)}
	default:
		dims = []Dimension{grove("d", r, 2), grove("e", r, 2), dimension("f", "p", "q")}
	}
	var answers []Answer
	if k := r.IntN(3); k > 0 {
		answers = scale([]float64{5, 4, 3, 2, 1}[:2*k+1]...)
	}
	return protected(r, dims, answers, []int64{0, 30}[r.IntN(2)])
}

// Tables of all sizes are judged fast and to the end, and no finding leaves out the truth.
func TestManyTables(t *testing.T) {
	t.Parallel()
	n := 400
	if testing.Short() {
		n = 60
	}
	r := rand.New(rand.NewPCG(5, 6))
	cells, unknown := 0, 0
	for i := range n {
		table, lattice := drawn(r)
		start := time.Now()
		report := Attack([]Table{table}, Options{Exact: i%2 == 0})
		if took := time.Since(start); took > 2*time.Second {
			t.Logf("table %d took %s: %s of %d places, %d answers", i, took, report, len(table.Rows), len(table.Answers))
		}
		if report.Impossible {
			t.Fatalf("table %d cannot be, and is: %s", i, show(table))
		}
		cells, unknown = cells+report.Cells, unknown+report.Unknown
		for _, f := range report.Findings {
			truth := int64(0)
			for key, counts := range lattice.Counts {
				if inside(table, f.Codes, strings.Split(key, "\x1f")) {
					truth += total(counts)
				}
			}
			if (f.Kind == Pinned || f.Kind == Narrow && i%2 == 0) && (truth < f.Low || truth > f.High) {
				t.Fatalf("table %d: %v is %d and found to be %+v\n%s", i, f.Codes, truth, f, show(table))
			}
		}
	}
	if cells == 0 || unknown*1000 > cells {
		t.Errorf("%d of %d cells stay unknown", unknown, cells)
	}
}

func BenchmarkAttack(b *testing.B) {
	for _, exact := range []bool{false, true} {
		b.Run(fmt.Sprint("exact=", exact), func(b *testing.B) {
			r := rand.New(rand.NewPCG(7, 8))
			var tables []Table
			for range 200 {
				t, _ := drawn(r)
				tables = append(tables, t)
			}
			cells, unknown, i := 0, 0, 0
			var worst time.Duration
			for b.Loop() {
				start := time.Now()
				report := Attack(tables[i%200:i%200+1], Options{Exact: exact})
				worst = max(worst, time.Since(start))
				cells, unknown = cells+report.Cells, unknown+report.Unknown
				i++
			}
			b.ReportMetric(float64(i)/b.Elapsed().Seconds(), "tables/s")
			b.ReportMetric(float64(worst.Milliseconds()), "ms/worst")
			b.ReportMetric(float64(cells)/float64(i), "cells/table")
			b.ReportMetric(float64(unknown), "unknown")
		})
	}
}
