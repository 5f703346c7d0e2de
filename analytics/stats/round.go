package stats

import (
	"math"
	"math/big"
	"strconv"
)

// Percent is 100·x/n rounded half away from zero to so many decimals, worked out on the exact fraction: 29 of 200 is 14.5 and
// rounds to 15, where floating point would see 14.499…. NaN when n < 1.
func Percent(x, n int64, decimals int) float64 {
	if n < 1 {
		return math.NaN()
	}
	return roundRat(new(big.Rat).Mul(big.NewRat(x, n), big.NewRat(100, 1)), decimals)
}

// Round rounds v half away from zero to so many decimals, taking v as the shortest decimal that stands for it: 4.045 rounds to
// 4.05. Give it the unrounded figure, never one that is rounded already. Infinities and NaN come back as they are.
func Round(v float64, decimals int) float64 {
	exact, ok := new(big.Rat).SetString(strconv.FormatFloat(v, 'g', -1, 64))
	if !ok {
		return v
	}
	return roundRat(exact, decimals)
}

func roundRat(r *big.Rat, decimals int) float64 {
	// FloatString rounds the last digit half away from zero.
	v, err := strconv.ParseFloat(r.FloatString(decimals), 64)
	if err != nil || v == 0 { // no minus zero
		return 0
	}
	return v
}
