// Package figures holds what a table is made of: the query, the frame around the cells, the cells, and the one form in
// which files and the register of releases write them.
package figures

import "slices"

// All is the code of everybody in a dimension.
const All = "(all)"

// Count is how often an answer was given.
type Count struct {
	Code string
	N    int64
}

// Distribution is how often each answer was given, in the order of the questionnaire.
type Distribution []Count

// Of is the count of an answer, and whether it is among them.
func (d Distribution) Of(code string) (n int64, there bool) {
	for _, c := range d {
		if c.Code == code {
			return c.N, true
		}
	}
	return 0, false
}

// In puts the counts in the order of some answers, with 0 for those that are missing: the database does not keep the
// order in which they were written. nil stays nil.
func (d Distribution) In(answers []string) Distribution {
	if d == nil {
		return nil
	}
	ordered := make(Distribution, len(answers))
	for i, code := range answers {
		n, _ := d.Of(code)
		ordered[i] = Count{code, n}
	}
	return ordered
}

// Cell is one cell of a table with its figures. Shares are from 0 to 1; a hidden cell has its codes and no figures.
type Cell struct {
	Dimensions   []string // their ids, where the cell is written by itself
	Codes        []string // one for each dimension; "" stands for no answer, All for everybody
	PartOf       []string // in tables with subtotals, the group of each code, All for none; nil otherwise
	Hidden       bool
	NotAsked     bool // the question was not put to this group
	N            int64
	DontKnow     int64
	Mean         *float64
	Satisfied    *float64
	Low, High    *float64     // 95 % Wilson interval of Satisfied
	Distribution Distribution // nil where it is not released
	Overlap      bool         // a response can stand in more than one cell
	Unreliable   bool         // a base of 10 to 29
	Rounded      int          // what the numbers are rounded to; 0 for exact ones
}

// Code is the code of the first dimension; "" where there is none.
func (c Cell) Code() string {
	if len(c.Codes) == 0 {
		return ""
	}
	return c.Codes[0]
}

// Everybody tells whether the cell is of everybody in each dimension.
func (c Cell) Everybody() bool {
	return !slices.ContainsFunc(c.Codes, func(code string) bool { return code != All })
}

// printed tells whether the cell has figures.
func (c *Cell) printed() bool { return !c.Hidden && !c.NotAsked }
