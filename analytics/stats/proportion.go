// Package stats has shares with their intervals and the tests of two shares; pure functions, no rounding but where said.
package stats

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Wilson returns the share x/n and its Wilson score interval at confidence conf (0.95 for 95 percent), all in 0..1.
//
// Wilson (1927): centre (p + z²/2n)/(1 + z²/n), half width z·√(p(1−p)/n + z²/4n²)/(1 + z²/n), kept within [0, 1].
// With x = 0 the low end is exactly 0, with x = n the high end is exactly 1. Where there is nothing to estimate (n < 1, x
// outside 0..n, conf outside 0..1) all three are NaN, which no JSON or table writer accepts by mistake.
func Wilson(x, n int64, conf float64) (p, lo, hi float64) {
	if n < 1 || x < 0 || x > n {
		return math.NaN(), math.NaN(), math.NaN()
	}
	p, lo, hi = wilsonShare(float64(x)/float64(n), float64(n), conf)
	if x == 0 {
		lo = 0
	}
	if x == n {
		hi = 1
	}
	return p, lo, hi
}

// wilsonShare is Wilson for a share p on a base n that need not be whole, such as the effective size of a weighted sample.
func wilsonShare(p, n, conf float64) (share, lo, hi float64) {
	if !(n > 0) || !(p >= 0 && p <= 1) || !(conf > 0 && conf < 1) {
		return math.NaN(), math.NaN(), math.NaN()
	}
	z := distuv.UnitNormal.Quantile(1 - (1-conf)/2)
	z2 := z * z
	centre := (p + z2/(2*n)) / (1 + z2/n)
	half := z * math.Sqrt(p*(1-p)/n+z2/(4*n*n)) / (1 + z2/n)
	return p, math.Max(0, math.Min(p, centre-half)), math.Min(1, math.Max(p, centre+half))
}
