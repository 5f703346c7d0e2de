package stats

import "math"

// Summary describes scored answers.
type Summary struct {
	N      int64   // answers counted
	Mean   float64 // NaN when N = 0
	SD     float64 // standard deviation with N−1; NaN when N < 2
	Median float64 // mid-point of the two middle answers when N is even; NaN when N = 0
}

// Summarise describes answers given as counts beside their scores. Scores are in ascending order and as many as counts;
// a negative count is taken as none.
func Summarise(scores []float64, counts []int64) Summary {
	s := Summary{Mean: math.NaN(), SD: math.NaN(), Median: math.NaN()}
	var sum float64
	for i, c := range counts {
		if c > 0 {
			s.N += c
			sum += scores[i] * float64(c)
		}
	}
	if s.N == 0 {
		return s
	}
	s.Mean = sum / float64(s.N)
	if s.N > 1 {
		var squares float64
		for i, c := range counts {
			if c > 0 {
				squares += float64(c) * (scores[i] - s.Mean) * (scores[i] - s.Mean)
			}
		}
		s.SD = math.Sqrt(squares / float64(s.N-1))
	}
	s.Median = (at(scores, counts, (s.N+1)/2) + at(scores, counts, s.N/2+1)) / 2
	return s
}

// at is the score of the k-th lowest answer, counted from 1.
func at(scores []float64, counts []int64, k int64) float64 {
	for i, c := range counts {
		if c > 0 {
			if k -= c; k <= 0 {
				return scores[i]
			}
		}
	}
	return math.NaN()
}

// SE is the standard error of the mean, SD/√N; NaN when N < 2.
func (s Summary) SE() float64 { return s.SD / math.Sqrt(float64(s.N)) }

// Interval is the t interval of the mean, mean ± t(N−1)·SD/√N at confidence conf, kept within the ends of the scale.
// With fewer than two answers both ends are NaN.
func (s Summary) Interval(conf, scaleMin, scaleMax float64) (lo, hi float64) {
	if s.N < 2 {
		return math.NaN(), math.NaN()
	}
	half := TQuantile(1-(1-conf)/2, float64(s.N-1)) * s.SE()
	return math.Max(scaleMin, s.Mean-half), math.Min(scaleMax, s.Mean+half)
}
