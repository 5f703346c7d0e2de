package stats

import (
	"math/big"
	"strconv"
)

// Round rounds v half away from zero to so many decimals, taking v as the shortest decimal that stands for it: 4.045 rounds to
// 4.05. Give it the unrounded figure, never one that is rounded already. Infinities and NaN come back as they are.
func Round(v float64, decimals int) float64 {
	exact, ok := new(big.Rat).SetString(strconv.FormatFloat(v, 'g', -1, 64))
	if !ok {
		return v
	}
	// FloatString rounds the last digit half away from zero.
	rounded, err := strconv.ParseFloat(exact.FloatString(decimals), 64)
	if err != nil || rounded == 0 { // no minus zero
		return 0
	}
	return rounded
}
