package analytics

import (
	"testing"

	"yousaid/analytics/figures"
	"yousaid/surveys/question"
)

// No question can have the name of a dimension that every organisation has: tables by it would mean one or the other.
func TestNamesOfDimensionsAreReserved(t *testing.T) {
	t.Parallel()
	for _, f := range figures.Dimensions() {
		if !question.Reserved(f.Code) {
			t.Errorf("a question may be called %q as a dimension is: add it to reserved in surveys/question/kinds.go", f.Code)
		}
	}
}
