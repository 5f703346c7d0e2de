package attack

import "math"

// roundedTo is the figure that an exact value becomes when it is printed with one decimal less than the grid has: a mean to tenths on the grid of twentieths,
// a percentage to tenths on the grid of 2000ths of its share. Halves are rounded away from zero, so the end that is further from zero is not counted.
func roundedTo(v float64, grid int64) Figure {
	half := float64(grid)
	steps := math.Round(v * half / 2)
	return around(steps, grid)
}

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
