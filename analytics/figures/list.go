package figures

import (
	"slices"
	"strconv"

	"yousaid/analytics/stats"
)

// Figure is what a cell says of its answers beside how many they are. JSON, the register, files and pages take all
// figures from List, and know none by name.
type Figure struct {
	Key  string // its name in JSON
	File string // the heading of its column in the council's own files, in English: programs know it by that
	Word string // its heading for people, by key and English

	// What pages say where they show one figure of a table.
	Lead     string // it in a heading, by key and English; Word where it is empty
	Sentence string // what everybody's answers come to: with %s for the figure, or what stands behind a share
	Quote    string // in an action: what it is of, how many people, the figure; of a share the figure before the people

	Least, Most float64 // the ends of the scale on which it is drawn; both 0 where it is not drawn

	Range   string // of the low end of a range, whose high end comes next: the heading of the two where they share a column
	End     bool   // of a range; files say below the table how it was worked out
	Percent bool   // a share from 0 to 1, shown in per cent; otherwise a number as it is. Both with one decimal place

	Has    func(m Measure) bool          // whether tables of the measure have it
	Weight func(a AnswerCode) float64    // what each person adds who gave the answer: the figure is the mean over all people
	Work   func(people, n int64) float64 // of the end of a range, which is no such sum: what it is when so many of n are satisfied
	at     func(c *Cell) **float64
}

// List has every figure, in the order in which files have them.
var List = []Figure{
	{Key: "mean", File: "sheet.mean|Mean score", Word: "performance.mean|Mean score", Has: hasMean, Weight: score,
		Sentence: "performance.overall_mean|The mean score is %s.", Quote: "figure.mean|%s: the mean score of %s people was %s",
		at: func(c *Cell) **float64 { return &c.Mean }},
	{Key: "satisfied", File: "sheet.satisfied|Satisfied", Word: "performance.satisfied|Satisfied", Percent: true, Has: hasShare,
		Lead: "figure.share_satisfied|Share satisfied", Sentence: "performance.overall_satisfied|of the people who answered were satisfied.",
		Quote: "figure.satisfied|%s: %s of %s people were satisfied", Most: 1, Weight: satisfied, at: func(c *Cell) **float64 { return &c.Satisfied }},
	{Key: "low", File: "sheet.low|Satisfied, low end", Word: "performance.low|Likely range, low end",
		Range: "performance.range|Likely range", End: true, Percent: true,
		Has: hasShare, Work: lowEnd, at: func(c *Cell) **float64 { return &c.Low }},
	{Key: "high", File: "sheet.high|Satisfied, high end", Word: "performance.high|Likely range, high end", End: true, Percent: true,
		Has: hasShare, Work: highEnd, at: func(c *Cell) **float64 { return &c.High }},
}

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
	return c.From.Word
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

func hasMean(m Measure) bool  { return m.HasMean }
func hasShare(m Measure) bool { return m.HasShare }

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

func score(a AnswerCode) float64 {
	if a.Score == nil {
		return 0
	}
	return *a.Score
}

func satisfied(a AnswerCode) float64 {
	if a.Satisfied {
		return 1
	}
	return 0
}

// lowEnd and highEnd are those of the 95 % interval (Wilson 1927, see stats).
func lowEnd(people, n int64) float64 {
	_, low, _ := stats.Wilson(people, n, 0.95)
	return low
}

func highEnd(people, n int64) float64 {
	_, _, high := stats.Wilson(people, n, 0.95)
	return high
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
