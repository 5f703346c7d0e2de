package disclosure

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"testing"
)

// withSets gives each count the fingerprint of so many generated people.
func withSets(l Lattice, salt string) Lattice {
	l.Sets = make([]uint64, len(l.Counts))
	for i, n := range l.Counts {
		for k := range n {
			sum := sha256.Sum256([]byte(fmt.Sprint(salt, " ", i, " ", k)))
			l.Sets[i] ^= binary.BigEndian.Uint64(sum[:])
		}
	}
	return l
}

func TestRounding(t *testing.T) {
	t.Parallel()
	l := withSets(lattice(rating(5), []int64{3, 1, 4, 1, 5}, []int64{9, 2, 6, 5, 3}, []int64{0, 0, 0, 1, 1}, []int64{40, 30, 20, 10, 11}), "")
	rules := Rules{Equality: true, Key: "k"}
	table, err := Round(l, rules)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Round(l, rules)
	if err != nil || fmt.Sprint(table) == "" {
		t.Fatal(err)
	}
	if table.Rounded() != 5 || table.Total().Figures == nil {
		t.Fatalf("%+v", table)
	}
	for i, c := range table.Cells() {
		if c.State == Hidden {
			continue
		}
		truth := l.Counts[i*5 : i*5+5]
		var n int64
		for a, k := range truth {
			n += k
			if d := c.Figures.Distribution[a]; d%5 != 0 || !within(k, d) {
				t.Errorf("group %d answer %d: %d is printed for %d", i, a, d, k)
			}
		}
		if c.Figures.N%5 != 0 || !within(n, c.Figures.N) || c.Figures.Mean != nil {
			t.Errorf("group %d: %+v for %d", i, c.Figures, n)
		}
		if (c.Figures.Satisfied != nil) != (c.Figures.N >= 25) {
			t.Errorf("group %d: a share on a base of %d", i, c.Figures.N)
		}
		if again.Cells()[i].Figures.N != c.Figures.N {
			t.Error("asking again gives another draw")
		}
	}
	// The same people behind another code are rounded alike.
	l.Dimensions[0].Codes = []string{"w", "x", "y", "z"}
	other, _ := Round(l, rules)
	if other.Total().Figures.N != table.Total().Figures.N || other.Cells()[3].Figures.N != table.Cells()[3].Figures.N {
		t.Error("the draw depends on what the group is called")
	}
	l.Sets = nil
	if _, err := Round(l, rules); !errors.Is(err, ErrSets) {
		t.Errorf("without fingerprints: %v", err)
	}
}

// Rounding is fair: over many sets of two people the mean of what is printed is two.
func TestRoundingIsFair(t *testing.T) {
	t.Parallel()
	for n := int64(1); n < 5; n++ {
		sum, tries := 0.0, 4000
		for k := range tries {
			g := newGrid(withSets(lattice(nominal(1), []int64{n}), fmt.Sprint(k)), Rules{Key: "k"})
			g.addAllAggregates()
			o := &rounding{grid: g}
			sum += float64(o.rounded(n, g.lattice.Sets[0]))
		}
		// The standard error of the mean is below 0.04.
		if mean := sum / float64(tries); math.Abs(mean-float64(n)) > 0.2 {
			t.Errorf("%d is printed as %.2f on average", n, mean)
		}
	}
}

// A total that its parts give away is hidden, or they are: the audit is by what is printed.
func TestRoundingIsAudited(t *testing.T) {
	t.Parallel()
	hidden, shown := 0, 0
	for seed := range 60 {
		l := withSets(lattice(nominal(2), []int64{1, 0}, []int64{int64(seed % 7), 3}, []int64{12, int64(seed % 11)}), fmt.Sprint(seed))
		table, err := Round(l, Rules{Key: "k"})
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range table.Cells() {
			if c.State == Hidden {
				hidden++
				continue
			}
			shown++
			if !otherwise(l, table, i) {
				t.Errorf("seed %d: group %d can be worked out", seed, i)
			}
		}
	}
	if shown == 0 {
		t.Error("nothing is shown")
	}
	t.Logf("%d shown, %d hidden", shown, hidden)
}

// otherwise tries every table near the true one: is there one within the print with another number in the group?
func otherwise(l Lattice, table Table, group int) bool {
	counts := append([]int64(nil), l.Counts...)
	ok := false
	var walk func(i int)
	walk = func(i int) {
		if ok {
			return
		}
		if i == len(counts) {
			n := counts[2*group] + counts[2*group+1]
			ok = n != l.Counts[2*group]+l.Counts[2*group+1] && fits(counts, table)
			return
		}
		for d := int64(-2); d <= 2; d++ {
			if counts[i] = l.Counts[i] + d; counts[i] >= 0 {
				walk(i + 1)
			}
		}
		counts[i] = l.Counts[i]
	}
	walk(0)
	return ok
}

func fits(counts []int64, table Table) bool {
	total := []int64{0, 0}
	for i, c := range table.Cells() {
		for a := range 2 {
			total[a] += counts[2*i+a]
			if c.Figures != nil && !within(counts[2*i+a], c.Figures.Distribution[a]) {
				return false
			}
		}
		if c.Figures != nil && !within(counts[2*i]+counts[2*i+1], c.Figures.N) {
			return false
		}
	}
	f := table.Total().Figures
	return f == nil || within(total[0], f.Distribution[0]) && within(total[1], f.Distribution[1]) && within(total[0]+total[1], f.N)
}
