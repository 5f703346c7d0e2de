package stats

import "math"

// CSAT is the satisfaction score of a scale: the share of answers in its top boxes.
type CSAT struct {
	N                  int64   // valid answers: leave out "don't know" and blank
	Top, Bottom        float64 // shares 0..1 in the top and in the bottom boxes
	Net                float64 // Top − Bottom, −1..1
	TopLow, TopHigh    float64 // Wilson interval of Top
	TopCount, LowCount int64
}

// CSATOf counts the highest and lowest `boxes` answers of counts, which run from the lowest score to the highest.
// Shares are NaN when there are no answers.
func CSATOf(counts []int64, boxes int, conf float64) CSAT {
	var c CSAT
	for i, k := range counts {
		c.N += k
		if i < boxes {
			c.LowCount += k
		}
		if i >= len(counts)-boxes {
			c.TopCount += k
		}
	}
	c.Top, c.TopLow, c.TopHigh = Wilson(c.TopCount, c.N, conf)
	c.Bottom = float64(c.LowCount) / float64(c.N)
	c.Net = float64(c.TopCount-c.LowCount) / float64(c.N)
	return c
}

// NPS is the net promoter score on the question "how likely are you to recommend", 0 to 10.
type NPS struct {
	N, Promoters, Passives, Detractors int64
	Score, SE, Low, High               float64 // in points, −100..100
}

// NPSOf scores counts of the answers 0 to 10: 100·(P−D) with P the share of 9 and 10 and D the share of 0 to 6,
// standard error 100·√((P+D−(P−D)²)/n), a normal interval kept within −100..100. All figures are NaN when there are no answers.
func NPSOf(counts [11]int64, conf float64) NPS {
	var s NPS
	for score, k := range counts {
		s.N += k
		switch {
		case score >= 9:
			s.Promoters += k
		case score >= 7:
			s.Passives += k
		default:
			s.Detractors += k
		}
	}
	n := float64(s.N)
	p, d := float64(s.Promoters)/n, float64(s.Detractors)/n
	s.Score = 100 * float64(s.Promoters-s.Detractors) / n
	s.SE = 100 * math.Sqrt((p+d-(p-d)*(p-d))/n)
	z := NormalQuantile(1 - (1-conf)/2)
	s.Low = math.Max(-100, s.Score-z*s.SE)
	s.High = math.Min(100, s.Score+z*s.SE)
	return s
}
