// Package tables has what Ask returns: figures for staff or a protected table, their rows in words, and the gaps between groups.
package tables

import (
	"yousaid/analytics/disclosure"
	"yousaid/analytics/figures"
)

// Answer is a finished table: Figures, Protected when an equality dimension or the public is involved, or a table of
// the register as it left.
type Answer interface {
	Of() figures.Frame
	Printed() (cells []figures.Cell, total figures.Cell) // what it shows, the total by itself
}

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

// Protected is a table that has been through disclosure control. It is the only kind that may leave for the public or
// show an equality dimension.
type Protected struct {
	figures.Frame
	Table       disclosure.Table
	Release     int64    // the number in the register, when the audience is the public
	AuditedWith []int64  // the earlier releases that it was audited with
	Limits      []string // what is not proved of it, in sentences
	Lattices    int      // whole tables prove that what is hidden cannot be worked out
}

// Printed are all cells; of a table without dimensions the total is the only one.
func (f Figures) Printed() (cells []figures.Cell, total figures.Cell) {
	ids, list := f.IDs(), f.Cells
	if len(ids) == 0 {
		list = []figures.Cell{f.Total}
	}
	for _, c := range list {
		c.Dimensions, c.Overlap = ids, f.Overlapping()
		cells = append(cells, c)
	}
	return cells, f.Total
}
