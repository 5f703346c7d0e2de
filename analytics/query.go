// Package analytics understands what everyone answered: Ask is the one door through which figures leave.
package analytics

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"yousaid/analytics/disclosure"
	"yousaid/analytics/figures"
)

// Audience is who will read the figures; it decides their protection (docs/equality.md, docs/figures.md).
type Audience string

// The audiences.
const (
	Internal Audience = "internal"
	Public   Audience = "public"
)

// Query is a question to the figures: how was Measure answered, by these dimensions, among these responses?
type Query struct {
	Surveys []string // slugs; or the one word "all"
	Measure string   // a question code
	By      []string // one or two dimensions; none gives the one figure for all
	// Subtotals asks for the groups of a protected table's codes, too: months by quarter, services by directorate, the answers to a
	// characteristic by its groups.
	Subtotals bool
	// Rounded asks for counts rounded to 5 instead of hidden ones, in a table for the public.
	Rounded bool
	// Unusual counts also the responses that are left out as unusual: to see what they would change. For staff only.
	Unusual  bool
	Where    []Filter
	From, To Date // both inclusive, in the organisation's own days; zero means from the beginning, to the end
	Audience Audience

	everybody bool // also for an actor who sees the answers of some services only; see Whole
}

// Filter keeps the responses whose dimension has one of the values.
type Filter struct {
	Dimension string
	Values    []string
}

// ParseFilter reads "channel=web,telephone".
func ParseFilter(s string) (Filter, error) {
	dimension, values, ok := strings.Cut(s, "=")
	f := Filter{Dimension: strings.TrimSpace(dimension)}
	for _, v := range strings.Split(values, ",") {
		if v = strings.TrimSpace(v); v != "" {
			f.Values = append(f.Values, v)
		}
	}
	if !ok || f.Dimension == "" || len(f.Values) == 0 {
		return Filter{}, fmt.Errorf("the filter %q is not understood: write it as dimension=value or dimension=value,value", s)
	}
	return f, nil
}

// Date is a calendar day without a time zone.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// ParseDate reads 2026-03-31. An empty string is the zero date.
func ParseDate(s string) (Date, error) {
	if s == "" {
		return Date{}, nil
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, fmt.Errorf("%q is not a date: write it as year-month-day, for example 2026-03-31", s)
	}
	return DateOf(t), nil
}

// DateOf is the day of t where t is.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// IsZero tells whether no date was given.
func (d Date) IsZero() bool { return d == Date{} }

// In is the first moment of the day in the zone.
func (d Date) In(zone *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, zone)
}

// AddDays counts days on or back.
func (d Date) AddDays(n int) Date {
	return DateOf(time.Date(d.Year, d.Month, d.Day+n, 0, 0, 0, 0, time.UTC))
}

// Before tells whether d is earlier than other.
func (d Date) Before(other Date) bool { return d.In(time.UTC).Before(other.In(time.UTC)) }

// StartsMonth tells whether d is the first of a month.
func (d Date) StartsMonth() bool { return d.Day == 1 }

// EndsMonth tells whether d is the last day of its month.
func (d Date) EndsMonth() bool { return d.AddDays(1).Day == 1 }

// String writes 2026-03-31, and nothing for the zero date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.In(time.UTC).Format(time.DateOnly)
}

// MarshalText writes the date as String does.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (d *Date) UnmarshalText(b []byte) (err error) {
	*d, err = ParseDate(string(b))
	return err
}

// Answer is what Ask returns: Figures, or Protected when an equality dimension or the public is involved.
type Answer interface{ Of() Frame }

// Frame says what a table is about.
type Frame struct {
	Query        Query
	Organisation string
	Zone         *time.Location
	Surveys      []SurveyRef
	LeftOut      []string // surveys of "all" that do not ask the measure
	Measure      Measure
	Dimensions   []Dimension
	From, To     Date  // what was really covered; zero where it is open
	Snapshot     int64 // the number of the last change that is counted
}

// Of gives the frame itself; it lets an Answer be described without being opened.
func (f Frame) Of() Frame { return f }

// Overlapping tells whether a response can be counted in more than one cell (several-of-many dimensions).
func (f Frame) Overlapping() bool {
	for _, d := range f.Dimensions {
		if d.Overlaps {
			return true
		}
	}
	return false
}

// SurveyRef names a survey in a frame.
type SurveyRef struct {
	ID    int64
	Slug  string
	Title string
}

// Measure is what is counted: the question, its scale and its answers in questionnaire order.
type Measure struct {
	Code     string
	Text     string
	Scale    string
	Number   bool // the answers are numbers, not codes
	Several  bool // a response can give several answers
	HasMean  bool
	HasShare bool // some answers count as satisfied
	Answers  []AnswerCode
}

// AnswerCode is one answer of a measure.
type AnswerCode struct {
	Code      string
	Label     string
	Score     *float64
	Satisfied bool
	DontKnow  bool
}

// Dimension is a way to split the figures. Codes are in their natural order; the code "" stands for "no answer" or "not known".
type Dimension struct {
	ID       string
	Label    string
	Overlaps bool // several of many: one response is in several codes, and the parts do not add up to the whole
	Equality bool
	Codes    []Code
	Groups   []CodeGroup // subtotals; only in protected tables
}

// CodeGroup is a subtotal: some of a dimension's codes together.
type CodeGroup struct {
	Code
	Of []string
}

// All is the code of everybody, whatever their code in a dimension.
const All = disclosure.All

// part gives the code of the group that a code is in: All for a code in none, "" for All itself.
func (d Dimension) part(code string) string {
	if code == All {
		return ""
	}
	for _, g := range d.Groups {
		if slices.Contains(g.Of, code) {
			return g.Code.Code
		}
	}
	return All
}

func (d Dimension) isGroup(code string) bool {
	return slices.ContainsFunc(d.Groups, func(g CodeGroup) bool { return g.Code.Code == code })
}

// Code is one value of a dimension with its label.
type Code struct{ Code, Label string }

// Word finds the label of a code, or gives the code back.
func (d Dimension) Word(code string) string {
	for _, c := range d.Codes {
		if c.Code == code {
			return c.Label
		}
	}
	for _, g := range d.Groups {
		if g.Code.Code == code {
			return g.Label
		}
	}
	if code == All {
		return "All"
	}
	return code
}

// Figures is an unprotected table for staff, without equality dimensions. Code that publishes must not accept it.
type Figures struct {
	Frame
	Cells []Cell // one for every combination that has a response with a valid answer, in the order of the dimensions
	Total Cell   // every response once, also where dimensions overlap

	Unanswered int64 // responses of the same surveys, filters and dates that count and do not answer the measure; beside Total they are all that count
	Excluded   int64 // responses that answer the measure and are left out as unusual
}

// Cell is one figure. Shares are from 0 to 1.
type Cell struct {
	Codes        []string // one for each dimension
	N            int64    // responses with a valid answer: the base
	DontKnow     int64    // answers that leave the base
	Mean         *float64 // nil where the answers have no score
	Satisfied    *float64
	Low, High    *float64             // 95 % Wilson interval of Satisfied
	Distribution figures.Distribution // valid answers in the order of the measure
}
