package attack

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// protected draws a table as a protector might leave it: aggregates below the threshold are hidden, and aggregates at
// random besides. Bare aggregates are those below a base, as with equality dimensions.
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

// shape is a split of a size that a council publishes: 10 to 200 aggregates, one to three dimensions, with subtotals or without.
func shape(r *rand.Rand) (dims []Dimension) {
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
	return dims
}

// kinds are the tables of the measurements: counts only, short and long scales with every answer printed, and with bare
// aggregates below a base of 30.
var kinds = []struct {
	name    string
	answers int
	base    int64
	hard    bool // whole tables of bare aggregates with means of five answers: not all is judged with so little work
}{
	{
		"counts",
		0,
		0,
		false,
	},
	{"three answers", 3, 0, false},
	{"five answers", 5, 0, false},
	{"three answers, bare below 30", 3, 30, false},
	{"five answers, bare below 30", 5, 30, true},
}

// Tables of all sizes are judged to the end with little work, and no finding leaves out the truth.
func TestManyTables(t *testing.T) {
	t.Parallel()
	for k, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			n, work := 150, int64(DefaultWork)
			if kind.hard {
				n, work = 25, 20_000_000
			}
			r := rand.New(rand.NewPCG(5, uint64(k)))
			cells, unknown, disclosed := 0, 0, 0
			for i := range n {
				table, lattice := protected(r, shape(r), scale([]float64{5, 4, 3, 2, 1}[:kind.answers]...), kind.base)
				exact := i%2 == 0
				report := Attack([]Table{table}, Options{Exact: exact, Work: work})
				if report.Impossible {
					t.Fatalf("table %d cannot be, and is:\n%s", i, show(table))
				}
				cells, unknown, disclosed = cells+report.Cells, unknown+report.Unknown, disclosed+report.ExactlyDisclosed
				for _, f := range report.Findings {
					var truth int64
					for key, counts := range lattice.Counts {
						if inside(table, f.Codes, strings.Split(key, "\x1f")) {
							truth += total(counts)
						}
					}
					if (f.Kind == ExactlyDisclosed || f.Kind != Unknown && exact) && (truth < f.Low || truth > f.High) {
						t.Fatalf("table %d: %v is %d and found to be %+v\n%s", i, f.Codes, truth, f, show(table))
					}
				}
			}
			if cells < 100 || disclosed == 0 || unknown > 0 && !kind.hard {
				t.Errorf("%d of %d cells stay unknown, %d are exactly disclosed", unknown, cells, disclosed)
			}
		})
	}
}

func BenchmarkAttack(b *testing.B) {
	for _, kind := range kinds {
		b.Run(strings.ReplaceAll(kind.name, ", ", "_"), func(b *testing.B) {
			r := rand.New(rand.NewPCG(7, 8))
			var tables []Table
			for range 200 {
				t, _ := protected(r, shape(r), scale([]float64{5, 4, 3, 2, 1}[:kind.answers]...), kind.base)
				tables = append(tables, t)
			}
			cells, unknown, i := 0, 0, 0
			var took []time.Duration
			for b.Loop() {
				start := time.Now()
				report := Attack(tables[i%200:i%200+1], Options{Budget: time.Second})
				took = append(took, time.Since(start))
				cells, unknown = cells+report.Cells, unknown+report.Unknown
				i++
			}
			slices.Sort(took)
			b.ReportMetric(float64(i)/b.Elapsed().Seconds(), "tables/s")
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms/median")
			b.ReportMetric(float64(took[len(took)-1].Microseconds())/1000, "ms/worst")
			b.ReportMetric(float64(cells)/float64(i), "cells/table")
			b.ReportMetric(float64(unknown)/float64(i), "unknown/table")
		})
	}
}
