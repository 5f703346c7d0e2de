package figures

import (
	"cmp"
	"slices"

	"yousaid/surveys/question"
)

// Drawing is how a table of one dimension is drawn. Pages draw what it says: which figure or which answers is decided
// here, by the list of figures and by what the kind of the question says, and nowhere else.
type Drawing struct {
	Figure    Figure  // bars of this figure, or a line over time …
	Low, High *Figure // … with its range, where it has one

	Parts   []AnswerCode // or a bar of parts for each group of people: the answers, the worst first where they are ordered
	Ordered bool
}

// Drawing is what fits a table of the measure; false where a drawing would be misread. A figure that is drawn stands for
// protected tables and for those over time, answers for all others.
func (m Measure) Drawing(protected, overTime bool) (Drawing, bool) {
	if d, drawn := drawingOf(InMeasure(m)); drawn && (protected || overTime) {
		return d, true
	}
	if protected || m.Chart != question.Parts {
		return Drawing{}, false
	}
	d := Drawing{Parts: m.Counted(), Ordered: true}
	for _, a := range d.Parts {
		d.Ordered = d.Ordered && a.Score != nil
	}
	if d.Ordered {
		slices.SortStableFunc(d.Parts, func(a, b AnswerCode) int { return cmp.Compare(*a.Score, *b.Score) })
	}
	return d, true
}

// DrawingOf is that of cells which were released.
func DrawingOf(cells []Cell) (Drawing, bool) { return drawingOf(InCells(cells)) }

// drawingOf draws the first figure, as pages order them, that has a scale.
func drawingOf(list []Figure) (Drawing, bool) {
	for _, f := range SharesFirst(list) {
		if f.Least < f.Most {
			low, high := f.Ends()
			return Drawing{Figure: f, Low: low, High: high}, true
		}
	}
	return Drawing{}, false
}

// Leading is the figure of a measure that stands alone where there is room for one: a share, or else the first; nil
// where it has none.
func Leading(list []Figure) *Figure {
	for _, f := range SharesFirst(list) {
		if !f.End {
			return &f
		}
	}
	return nil
}

// Ends are the figures that are the low and the high end of its range, which come next in List; nil where there is none.
func (f Figure) Ends() (low, high *Figure) {
	for i := range List {
		if List[i].Key == f.Key && i+2 < len(List) && List[i+1].Range != "" {
			return &List[i+1], &List[i+2]
		}
	}
	return nil, nil
}

// Name is the figure in a heading, by key and English.
func (f Figure) Name() string {
	if f.Lead != "" {
		return f.Lead
	}
	return f.Heading
}
