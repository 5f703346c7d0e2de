package disclosure

import "testing"

// Releases of before are read by the rules of their own day, whatever those of today are; today's are no weaker.
func TestReleasesKeepTheirRules(t *testing.T) {
	t.Parallel()
	for threshold, equality := range map[int]bool{5: false, 9: false, 10: true, 15: true} {
		r := RulesOf(threshold)
		settled, err := r.settled()
		if err != nil || settled != r || r.Threshold != threshold || r.Equality != equality || r.DistributionBase != 30 {
			t.Errorf("the rules of a release with the threshold %d are %+v, settled %+v: %v", threshold, r, settled, err)
		}
	}
	if _, err := RulesOf(4).settled(); err == nil {
		t.Error("a release can have been made by weaker rules than any was")
	}
	if Threshold < leastThreshold || EqualityThreshold < leastEqualityThreshold || DistributionBase < leastDistributionBase {
		t.Error("tables are protected less today than they were")
	}
	if Threshold >= leastEqualityThreshold {
		t.Errorf("a release with the threshold %d is taken for one with an equality dimension", Threshold)
	}
}
