package disclosure

import "slices"

// State says what a reader sees of a cell. The zero value is Hidden.
type State uint8

const (
	Hidden   State = iota // held back; small, or needed so that another cannot be worked out: never told apart
	Shown                 // has figures
	NotAsked              // the question was not put to this group
)

// Table is a table that is safe to show. It holds what may be seen and nothing else: a hidden figure is not in it. Only Protect
// makes one with content.
type Table struct {
	dimensions []Dimension
	answers    []Answer
	rules      Rules
	cells      []Cell
	margins    []Cell
	total      Cell
	rounded    int
}

// Cell is one group of a Table, a subtotal, or its total.
type Cell struct {
	Codes   []string // one for each dimension, All where it is added up; nil for the total
	State   State
	Figures *Figures // nil unless Shown
}

// Figures are what may be seen of a group.
type Figures struct {
	N    int64    // people with a valid answer
	Mean *float64 // nil when the answers have no scores
	// Satisfied is the share 0..1 of satisfied answers, Low and High its 95 percent Wilson interval; nil when the scale does not
	// say which answers are satisfied ones.
	Satisfied, Low, High *float64
	// Distribution has the count of each answer in the order of Table.Answers; nil when it is held back.
	Distribution   []int64
	LowReliability bool // a small base: marked [u]
}

// Code is the group's code in a table of one dimension; "" for the total and for blank.
func (c Cell) Code() string {
	if len(c.Codes) == 0 {
		return ""
	}
	return c.Codes[0]
}

// Cells are the groups in the order of the dimension's codes; a copy.
func (t Table) Cells() []Cell {
	cells := make([]Cell, len(t.cells))
	for i, c := range t.cells {
		cells[i] = c.clone()
	}
	return cells
}

// Margins are the subtotals and the totals by less than all dimensions, in the order of the dimensions' codes, groups after codes and All
// last; a copy. A table of one dimension without groups has none.
func (t Table) Margins() []Cell {
	cells := make([]Cell, len(t.margins))
	for i, c := range t.margins {
		cells[i] = c.clone()
	}
	return cells
}

// Total is everybody in the table; a copy.
func (t Table) Total() Cell { return t.total.clone() }

// Hidden counts the cells held back, the total included.
func (t Table) Hidden() int {
	n := 0
	for _, c := range t.cells {
		if c.State == Hidden {
			n++
		}
	}
	for _, c := range t.margins {
		if c.State == Hidden {
			n++
		}
	}
	if t.total.State == Hidden && t.cells != nil {
		n++
	}
	return n
}

// Dimensions are those of the lattice; a copy.
func (t Table) Dimensions() []Dimension {
	dimensions := slices.Clone(t.dimensions)
	for i, d := range dimensions {
		dimensions[i].Codes = slices.Clone(d.Codes)
		dimensions[i].Groups = slices.Clone(d.Groups)
		for j, g := range d.Groups {
			dimensions[i].Groups[j].Of = slices.Clone(g.Of)
		}
	}
	return dimensions
}

// Answers are those of the lattice, in the order of a Distribution; a copy.
func (t Table) Answers() []Answer {
	answers := slices.Clone(t.answers)
	for i, a := range answers {
		answers[i].Score = clonePointer(a.Score)
	}
	return answers
}

// Rounded is what every number is rounded to, 5; 0 for a table of exact numbers.
func (t Table) Rounded() int { return t.rounded }

// Rules are the rules the table was made with, defaults filled in.
func (t Table) Rules() Rules { return t.rules }

func (c Cell) clone() Cell {
	c.Codes = slices.Clone(c.Codes)
	if f := c.Figures; f != nil {
		c.Figures = &Figures{N: f.N, Mean: clonePointer(f.Mean), Satisfied: clonePointer(f.Satisfied), Low: clonePointer(f.Low),
			High: clonePointer(f.High), Distribution: slices.Clone(f.Distribution), LowReliability: f.LowReliability}
	}
	return c
}

func clonePointer(p *float64) *float64 {
	if p == nil {
		return nil
	}
	v := *p
	return &v
}
