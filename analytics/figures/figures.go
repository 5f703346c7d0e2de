// Package figures holds what a table is made of: the query, the frame around the cells, the cells, and the one form in
// which files and the register of releases write them.
package figures

import (
	"slices"

	"yousaid/analytics/stats"
)

// All is the code of everybody in a dimension.
const All = "(all)"

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
	Net          *float64     // of recommend: those who would less those who would not, in points
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

// Figure is what a cell says of its answers beside how many they are. JSON, the register, files and pages take all
// figures from List, and know none by name.
type Figure struct {
	Key     string // its name in JSON
	Heading string // of its column on pages and in files, by key and English: programs know the files by the English

	// What pages say where they show one figure of a table.
	Lead     string // it in a heading, by key and English; Heading where it is empty
	Sentence string // what everybody's answers come to: with %s for the figure, or what stands behind a share
	Quote    string // in an action: what it is of, how many people, the figure; of a share the figure before the people

	Least, Most float64 // the ends of the scale on which it is drawn; both 0 where it is not drawn

	Range   string // of the low end of a range, whose high end comes next: the heading of the two on pages, where they share a column
	End     bool   // of a range; files say below the table how it was worked out
	Percent bool   // a share from 0 to 1, shown in per cent; otherwise a number as it is. Both with one decimal place

	Has    func(m Measure) bool          // whether tables of the measure have it
	Weight func(a AnswerCode) float64    // what each person adds who gave the answer: the figure is the mean over all people
	Work   func(people, n int64) float64 // of the end of a range, which is no such sum: what it is when so many of n are satisfied
	at     func(c *Cell) **float64
}

// List has every figure, in the order in which files have them.
var List = []Figure{
	{Key: "mean", Heading: "performance.mean|Mean score", Has: hasMean, Weight: score,
		Sentence: "performance.overall_mean|The mean score is %s.", Quote: "figure.mean|%s: the mean score of %s people was %s",
		at: func(c *Cell) **float64 { return &c.Mean }},
	{Key: "satisfied", Heading: "performance.satisfied|Satisfied", Percent: true, Has: hasShare,
		Lead: "figure.share_satisfied|Share satisfied", Sentence: "performance.overall_satisfied|of the people who answered were satisfied.",
		Quote: "figure.satisfied|%s: %s of %s people were satisfied", Most: 1, Weight: satisfied,
		at: func(c *Cell) **float64 { return &c.Satisfied }},
	{Key: "low", Heading: "sheet.low|Satisfied, low end", Range: "performance.range|Likely range", End: true, Percent: true, Has: hasShare,
		Work: lowEnd, at: func(c *Cell) **float64 { return &c.Low }},
	{Key: "high", Heading: "sheet.high|Satisfied, high end", End: true, Percent: true, Has: hasShare,
		Work: highEnd, at: func(c *Cell) **float64 { return &c.High }},
	{Key: "net", Heading: "performance.net|Net score", Has: hasNet, Weight: recommends, Least: -100, Most: 100,
		Sentence: "performance.overall_net|The net score is %s, from -100 to 100.", Quote: "figure.net|%s: the net score of %s people was %s",
		at: func(c *Cell) **float64 { return &c.Net }},
}

func hasMean(m Measure) bool  { return m.HasMean }
func hasShare(m Measure) bool { return m.HasShare }
func hasNet(m Measure) bool   { return slices.Contains(m.Kind.Figures(), "net") }

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

// recommends is what an answer from 0 to 10 counts in the net score: 9 and 10 would recommend it, 0 to 6 would not.
func recommends(a AnswerCode) float64 {
	switch s := score(a); {
	case s >= 9:
		return 100
	case s <= 6:
		return -100
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
