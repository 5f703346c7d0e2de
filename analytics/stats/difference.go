package stats

import "math"

// Newcombe is the difference of two independent shares x1/n1 − x2/n2 with its interval, from the Wilson limits of each
// (Newcombe 1998, method 10). Both bases must be above 0.
func Newcombe(x1, n1, x2, n2 int64, conf float64) (diff, lo, hi float64) {
	p1, l1, u1 := Wilson(x1, n1, conf)
	p2, l2, u2 := Wilson(x2, n2, conf)
	diff = p1 - p2
	return diff, diff - math.Hypot(p1-l1, u2-p2), diff + math.Hypot(u1-p1, p2-l2)
}
