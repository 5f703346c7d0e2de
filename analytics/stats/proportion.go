// Package stats turns counts of answers into shares, means and scores with their intervals; pure functions, no rounding but where said.
package stats

import "math"

// NormalQuantile returns z with P(Z ≤ z) = p for a standard normal Z. p is in (0, 1); 0 and 1 give minus and plus infinity.
func NormalQuantile(p float64) float64 {
	return math.Sqrt2 * math.Erfinv(2*p-1)
}

// Wilson returns the share x/n and its Wilson score interval at confidence conf (0.95 for 95 percent), all in 0..1.
//
// Wilson (1927): centre (p + z²/2n)/(1 + z²/n), half width z·√(p(1−p)/n + z²/4n²)/(1 + z²/n), kept within [0, 1].
// With x = 0 the low end is exactly 0, with x = n the high end is exactly 1. Where there is nothing to estimate (n < 1, x
// outside 0..n, conf outside 0..1) all three are NaN, which no JSON or table writer accepts by mistake.
func Wilson(x, n int64, conf float64) (p, lo, hi float64) {
	if n < 1 || x < 0 || x > n {
		return math.NaN(), math.NaN(), math.NaN()
	}
	p, lo, hi = WilsonShare(float64(x)/float64(n), float64(n), conf)
	if x == 0 {
		lo = 0
	}
	if x == n {
		hi = 1
	}
	return p, lo, hi
}

// WilsonShare is Wilson for a share p on a base n that need not be whole, such as the effective size of a weighted sample.
func WilsonShare(p, n, conf float64) (share, lo, hi float64) {
	if !(n > 0) || !(p >= 0 && p <= 1) || !(conf > 0 && conf < 1) {
		return math.NaN(), math.NaN(), math.NaN()
	}
	z := NormalQuantile(1 - (1-conf)/2)
	z2 := z * z
	centre := (p + z2/(2*n)) / (1 + z2/n)
	half := z * math.Sqrt(p*(1-p)/n+z2/(4*n*n)) / (1 + z2/n)
	return p, math.Max(0, math.Min(p, centre-half)), math.Min(1, math.Max(p, centre+half))
}
