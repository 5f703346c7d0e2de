package linked_test

import (
	"testing"
	"time"

	"yousaid/analytics/figures"
	"yousaid/analytics/tables"
)

// Two months less one is the other: where that is 20 women, their answers may not come out, though each release by
// itself prints those of more than 30.
func TestAnswersLeftOverBetweenReleases(t *testing.T) {
	t.Parallel()
	c := satisfaction(t)
	for _, code := range []string{"female", "male", "pns", ""} {
		c.People(40, sex(code), "2026-07-10T10")
		c.People(40, sex(code), "2026-08-10T10")
	}
	c.People(4, sex("female"), "2026-09-10T10")
	for _, code := range []string{"male", "pns", ""} {
		c.People(40, sex(code), "2026-09-10T10")
	}
	printed := func(p tables.Protected, code string) bool {
		for _, r := range p.CellsWithTotal() {
			if r.Codes[0] == code {
				return len(r.Distribution) > 0
			}
		}
		t.Fatalf("%q is not listed", code)
		return false
	}
	all := c.Protected(public(time.July, time.September, "sex"))
	if !printed(all, "female") || !printed(all, "male") {
		t.Fatal("nothing is held back in the first release")
	}
	two := c.Protected(public(time.July, time.August, "sex"))
	if printed(two, "female") {
		t.Error("the answers of 400 women in two months less those of 420 in three are those of 20")
	}
	others := 0
	for _, code := range []string{"male", "pns", ""} {
		if printed(two, code) {
			others++
		}
	}
	if others == 0 {
		t.Error("nothing is printed")
	}
	if others == 3 && printed(two, figures.All) {
		t.Error("the answers of the 400 women are the total less the others")
	}
	// Without the first release there would be nothing to subtract.
	alone := satisfaction(t)
	for _, code := range []string{"female", "male", "pns", ""} {
		alone.People(40, sex(code), "2026-07-10T10")
	}
	if one := alone.Protected(public(time.July, time.July, "sex")); !printed(one, "female") {
		t.Error("held back for no reason")
	}
}
