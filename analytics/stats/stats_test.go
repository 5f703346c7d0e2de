package stats

import (
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// Newcombe (1998), table I, method 3, as printed there.
func TestWilsonAsPrinted(t *testing.T) {
	for _, c := range []struct {
		x, n   int64
		lo, hi float64
	}{{81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0, 0.1611}, {1, 29, 0.0061, 0.1718}} {
		_, lo, hi := Wilson(c.x, c.n, 0.95)
		if Round(lo, 4) != c.lo || Round(hi, 4) != c.hi {
			t.Errorf("Wilson(%d, %d) = %.4f to %.4f, printed %.4f to %.4f", c.x, c.n, lo, hi, c.lo, c.hi)
		}
	}
}

// 96 intervals worked out by R, from the shared reference data where it is present.
func TestWilsonAgainstR(t *testing.T) {
	f, err := os.Open(filepath.Join("..", "..", "..", "shared", "data", "07_interval_reference", "truth_proportion_intervals.csv"))
	if err != nil {
		t.Skip("the reference intervals are not on this machine: ", err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) < 2 || rows[0][4] != "wilson_lo" || rows[0][5] != "wilson_hi" {
		t.Fatalf("unexpected header %v", rows[0])
	}
	number := func(s string) float64 {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, r := range rows[1:] {
		p, lo, hi := Wilson(int64(number(r[0])), int64(number(r[1])), number(r[2]))
		if !near(p, number(r[3]), 1e-12) || !near(lo, number(r[4]), 1e-12) || !near(hi, number(r[5]), 1e-12) {
			t.Errorf("Wilson(%s, %s, %s) = %.13g %.13g %.13g, want %s %s %s", r[0], r[1], r[2], p, lo, hi, r[3], r[4], r[5])
		}
	}
}

func TestWilsonEnds(t *testing.T) {
	for n := int64(1); n <= 300; n++ {
		for x := int64(0); x <= n; x++ {
			p, lo, hi := Wilson(x, n, 0.95)
			if !(0 <= lo && lo <= p && p <= hi && hi <= 1 && lo < hi) {
				t.Fatalf("Wilson(%d, %d) = %v %v %v is out of order", x, n, p, lo, hi)
			}
			if (x == 0) != (lo == 0) || (x == n) != (hi == 1) {
				t.Fatalf("Wilson(%d, %d) = %v %v touches an end of the scale wrongly", x, n, lo, hi)
			}
		}
	}
	for _, c := range [][2]int64{{0, 0}, {-1, 5}, {6, 5}, {0, -1}} {
		if p, lo, hi := Wilson(c[0], c[1], 0.95); !math.IsNaN(p) || !math.IsNaN(lo) || !math.IsNaN(hi) {
			t.Errorf("Wilson(%d, %d) gives a figure where there is none", c[0], c[1])
		}
	}
}

func TestRounding(t *testing.T) {
	for _, c := range []struct {
		v        float64
		decimals int
		want     float64
	}{{4.045, 2, 4.05}, {2.5, 0, 3}, {-2.5, 0, -3}, {0.285, 2, 0.29}, {1.005, 2, 1.01}, {2.4449, 1, 2.4}, {-0.04, 1, 0}, {1e20, 1, 1e20}} {
		if got := Round(c.v, c.decimals); got != c.want || math.Signbit(got) != math.Signbit(c.want) {
			t.Errorf("Round(%v, %d) = %v, want %v", c.v, c.decimals, got, c.want)
		}
	}
	if !math.IsNaN(Round(math.NaN(), 1)) {
		t.Error("nothing must not round to something")
	}
}
