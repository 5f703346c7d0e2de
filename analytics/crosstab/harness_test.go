package crosstab_test

import (
	"testing"

	"yousaid/analytics/counciltest"
)

// council is a council with what only these tests do with it.
type council struct{ *counciltest.Council }

func satisfaction(t *testing.T) *council { t.Helper(); return &council{counciltest.Satisfaction(t)} }

type answer = counciltest.Answer

// What nearly every test asks.
var (
	query = counciltest.Query
	month = counciltest.Month
	rated = counciltest.Rated
	sex   = counciltest.Sex
)
