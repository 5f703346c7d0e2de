package figures

import (
	"slices"
	"strconv"

	"yousaid/analytics/stats"
)

// Of is the figure of a cell; nil where it has none.
func (f Figure) Of(c Cell) *float64 { return *f.at(&c) }

// Set gives the figure to a cell; nil for none.
func (f Figure) Set(c *Cell, v *float64) { *f.at(c) = v }

// Rounded is a value as it is shown: per cent of a share, with one decimal place.
func (f Figure) Rounded(v float64) float64 {
	if f.Percent {
		v *= 100
	}
	return stats.Round(v, 1)
}

// Text is the figure of a cell as pages show it; "" where it has none.
func (f Figure) Text(c Cell) string {
	v := f.Of(c)
	if v == nil {
		return ""
	}
	text := strconv.FormatFloat(f.Rounded(*v), 'f', 1, 64)
	if f.Percent {
		text += "%"
	}
	return text
}

// Compute works the figures of a measure out from the answers that count.
func (c *Cell) Compute(m Measure, answers []AnswerCode) {
	for _, f := range List {
		if f.Has(m) && c.N > 0 {
			v := f.value(answers, c.Distribution, c.N)
			f.Set(c, &v)
		}
	}
}

// InMeasure are the figures that tables of a measure have.
func InMeasure(m Measure) (list []Figure) {
	for _, f := range List {
		if f.Has(m) {
			list = append(list, f)
		}
	}
	return list
}

// InCells are the figures that some cell has.
func InCells(cells []Cell) (list []Figure) {
	for _, f := range List {
		for _, c := range cells {
			if f.Of(c) != nil {
				list = append(list, f)
				break
			}
		}
	}
	return list
}

// Column is a figure on a page, or both ends of a range.
type Column struct {
	From Figure
	To   *Figure // nil where it is one figure
}

// Heading is that of the column, by key and English.
func (c Column) Heading() string {
	if c.To != nil {
		return c.From.Range
	}
	return c.From.Heading
}

// SharesFirst puts shares, which is what people look for, before all other figures, and those that are drawn before the rest.
func SharesFirst(list []Figure) []Figure {
	ordered := slices.Clone(list)
	rank := func(f Figure) int {
		switch {
		case f.Percent:
			return 0
		case f.Least < f.Most:
			return 1
		}
		return 2
	}
	slices.SortStableFunc(ordered, func(a, b Figure) int { return rank(a) - rank(b) })
	return ordered
}

// Quoted finds a figure that can be quoted, by its name in JSON.
func Quoted(key string) (Figure, bool) {
	i := slices.IndexFunc(List, func(f Figure) bool { return f.Key == key && f.Quote != "" })
	if i < 0 {
		return Figure{}, false
	}
	return List[i], true
}

// Columns puts figures as pages show them: shares first, and both ends of a range together.
func Columns(list []Figure) (columns []Column) {
	list = SharesFirst(list)
	for i := 0; i < len(list); i++ {
		one := Column{From: list[i]}
		if one.From.Range != "" && i+1 < len(list) {
			i++
			one.To = &list[i]
		}
		columns = append(columns, one)
	}
	return columns
}

// value is the figure of n people, one or more, by their answers that count.
func (f Figure) value(answers []AnswerCode, d Distribution, n int64) float64 {
	weight := f.Weight
	if f.Work != nil {
		weight = satisfied
	}
	sum := 0.0
	for _, a := range answers {
		count, _ := d.Of(a.Code)
		sum += weight(a) * float64(count)
	}
	if f.Work != nil {
		return f.Work(int64(sum), n)
	}
	return sum / float64(n)
}

// Further are the figures beside mean and share that tell an attacker something: each answer has its weight.
func Further() (list []Figure) {
	for _, f := range List {
		if f.Weight != nil && f.Key != "mean" && f.Key != "satisfied" {
			list = append(list, f)
		}
	}
	return list
}

// Weights are what an answer counts in the further figures of a measure, by their names in JSON.
func (m Measure) Weights(a AnswerCode) map[string]float64 {
	weights := map[string]float64{}
	for _, f := range Further() {
		if f.Has(m) {
			weights[f.Key] = f.Weight(a)
		}
	}
	return weights
}
