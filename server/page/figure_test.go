package page

import (
	"slices"
	"testing"

	"yousaid/analytics/figures"
	"yousaid/analytics/quoted"
)

// A figure that is added to the list can be quoted, in its own words. Not in parallel: it changes the list.
func TestAnyFigureOfTheListIsQuoted(t *testing.T) {
	before := figures.List
	t.Cleanup(func() { figures.List = before })
	extra := before[0]
	extra.Key, extra.Quote = "extra", "test.quote|%s: %s people come to %s"
	figures.List = append(slices.Clone(before), extra)
	said := Page{Lang: "en"}.FigureInWords(quoted.Figure{Measured: "extra", Value: -12.34, N: 1200, From: "2026-01-01", To: "2026-01-31"})
	if said != "Everybody who answered: 1,200 people come to -12.3, January 2026" {
		t.Error(said)
	}
}
