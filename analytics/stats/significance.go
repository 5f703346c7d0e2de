package stats

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/combin"
	"gonum.org/v1/gonum/stat/distuv"
)

// TwoShares tests whether two independent shares x1/n1 and x2/n2 differ, and gives the two-sided p. Pooled z, which is
// chi-squared without correction; Fisher's exact test where an expected count is below 5. Both bases must be above 0.
func TwoShares(x1, n1, x2, n2 int64) (p float64) {
	x, n := float64(x1+x2), float64(n1+n2)
	least := float64(min(n1, n2)) * min(x, n-x) / n
	if least < 5 {
		return fisher(x1, n1, x2, n2)
	}
	_, p = pooledZ(x1, n1, x2, n2)
	return p
}

// pooledZ is the two-proportion z test: z = (p1 − p2) / √(p(1−p)(1/n1 + 1/n2)) with p pooled, and its two-sided p.
func pooledZ(x1, n1, x2, n2 int64) (z, p float64) {
	pooled := float64(x1+x2) / float64(n1+n2)
	if pooled == 0 || pooled == 1 {
		return 0, 1 // everybody said the same: there is no difference to test
	}
	z = (float64(x1)/float64(n1) - float64(x2)/float64(n2)) / math.Sqrt(pooled*(1-pooled)*(1/float64(n1)+1/float64(n2)))
	return z, 2 * distuv.UnitNormal.Survival(math.Abs(z))
}

// fisher is Fisher's exact test of two shares, two-sided: the sum of the hypergeometric probabilities that are no larger
// than that of what was observed.
func fisher(x1, n1, x2, n2 int64) (p float64) {
	x := x1 + x2
	at := func(k int64) float64 { return logChoose(n1, k) + logChoose(n2, x-k) - logChoose(n1+n2, x) }
	observed := at(x1) + 1e-7 // a tie is a tie, whatever the last digits say
	for k := max(0, x-n2); k <= min(x, n1); k++ {
		if l := at(k); l <= observed {
			p += math.Exp(l)
		}
	}
	return min(1, p)
}

func logChoose(n, k int64) float64 { return combin.LogGeneralizedBinomial(float64(n), float64(k)) }

// Holm adjusts the p of a family of tests, so that one false alarm in the whole family stays as unlikely as one test
// promises: in ascending order, adjusted i = max over j ≤ i of min(1, (m − j + 1) · p j).
func Holm(p []float64) []float64 {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case p[a] < p[b]:
			return -1
		case p[a] > p[b]:
			return 1
		}
		return 0
	})
	adjusted := make([]float64, len(p))
	highest := 0.0
	for i, at := range order {
		highest = max(highest, min(1, float64(len(p)-i)*p[at]))
		adjusted[at] = highest
	}
	return adjusted
}
