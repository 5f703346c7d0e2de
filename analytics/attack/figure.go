package attack

import "math"

// around is what a printed figure of so many steps of 2/grid stands for.
func around(steps float64, grid int64) Figure {
	low, high := (2*steps-1)/float64(grid), (2*steps+1)/float64(grid)
	switch {
	case steps > 0:
		high = math.Nextafter(high, math.Inf(-1))
	case steps < 0:
		low = math.Nextafter(low, math.Inf(1))
	default:
		low, high = math.Nextafter(low, 1), math.Nextafter(high, -1)
	}
	return Figure{low, high}
}
