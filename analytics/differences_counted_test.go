package analytics_test

import (
	"math"
	"testing"

	"yousaid/analytics/tables"
)

// The gap of a group is that of the answers as they were stored: who preferred not to say or gave no answer is on neither side of it.
func TestGapsAgreeWithTheAnswers(t *testing.T) {
	t.Parallel()
	c := satisfaction(t)
	count := func(code string, satisfied, not int) {
		var equality map[string]string
		if code != "" {
			equality = map[string]string{"age_band": code}
		}
		for rating, n := range map[string]int{"5": satisfied / 2, "4": satisfied - satisfied/2, "2": not / 2, "1": not - not/2} {
			c.Store(n, answer{Answers: rated(rating), Equality: equality, Service: "bins", At: "2026-09-10T10"})
		}
	}
	for _, of := range []string{"16_17", "18_24", "25_34", "35_44", "45_54", "55_64", "65_74", "75_84", "85_plus"} {
		count(of, 30, 20)
	}
	count("pns", 2, 58)
	count("", 1, 99)
	gaps, _ := tables.Differences(c.Protected(query("age")))
	if len(gaps) == 0 {
		t.Fatal("nothing is compared")
	}
	n, satisfied := 8*50.0, 8*30.0 // the other ages, as stored above
	for _, g := range gaps[:1] {
		if g.OfShown || float64(g.RestN) != n || math.Abs(g.Rest-satisfied/n) > 1e-12 || math.Abs(g.Diff-(g.Share-satisfied/n)) > 1e-12 {
			t.Errorf("%s is compared with %d people, %v satisfied; %v others gave an answer, %v of them satisfied", g.Label, g.RestN,
				g.Rest, n, satisfied)
		}
		if g.Clear {
			t.Errorf("%s: every age answered alike, and it is said to differ", g.Label)
		}
	}
}
