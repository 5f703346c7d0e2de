// Package analytics understands what everyone answered: Ask is the only way to a figure.
package analytics

import "yousaid/analytics/figures"

// Answer is what Ask returns: Figures, or Protected when an equality dimension or the public is involved.
type Answer interface{ Of() figures.Frame }

// Figures is an unprotected table for staff, without equality dimensions. Code that publishes must not accept it.
type Figures struct {
	figures.Frame
	Cells []figures.Cell // one for every combination that has a response with a valid answer, in the order of the dimensions
	Total figures.Cell   // every response once, also where dimensions overlap

	// responses of the same surveys, filters and dates that count and do not answer the measure; beside Total they are all
	// that count
	Unanswered int64
	Excluded   int64 // responses that answer the measure and are left out as unusual
}
