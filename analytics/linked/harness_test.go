package linked_test

import (
	"testing"

	"yousaid/analytics/counciltest"
)

// council is a council with what only these tests do with it.
type council struct{ *counciltest.Council }

func newCouncil(t *testing.T) *council { t.Helper(); return &council{counciltest.New(t)} }

func satisfaction(t *testing.T) *council { t.Helper(); return &council{counciltest.Satisfaction(t)} }

func households(t *testing.T, seed uint64, n, skip int) *council {
	t.Helper()
	return &council{counciltest.Households(t, seed, n, skip)}
}

type answer = counciltest.Answer

// What nearly every test asks.
var (
	query  = counciltest.Query
	public = counciltest.Public
	month  = counciltest.Month
	rated  = counciltest.Rated
	sex    = counciltest.Sex
	shown  = counciltest.Shown
	asks   = counciltest.Asks
)
