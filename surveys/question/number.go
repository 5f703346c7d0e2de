package question

import (
	"math"
	"regexp"
	"strconv"
)

// Number is a number between min and max.
const Number Kind = "number"

// number: figures between min and max, both included; either may be left out.
var number = kind{name: Number, label: "survey.number|Number",
	numeric: true, keys: []string{"min", "max"}, empty: "answer.enter_number|Enter a number", does: numbers{}}

// largest is as far as a number may go from zero: every whole number up to it is exact, and no question needs more.
const largest = 1e12

// figures is what a person types: no thousands commas (Welsh and other readers use them otherwise), no exponents.
var figures = regexp.MustCompile(`^-?[0-9]{1,15}(\.[0-9]{1,10})?$`)

func (numbers) check(q Question) []Problem {
	if q.Min != nil && q.Max != nil && *q.Min > *q.Max {
		return []Problem{problem(q, "question.min_max|The smallest number must not be larger than the largest.")}
	}
	return nil
}

func (numbers) parse(q Question, values []string) (any, *Problem) {
	if len(values) > 1 {
		return fault(q, oneBox)
	}
	n, err := strconv.ParseFloat(values[0], 64)
	if err != nil || !figures.MatchString(values[0]) {
		return fault(q, "answer.not_a_number|Enter a number in figures only, like 12 or 2.5, with no commas, words or spaces")
	}
	low, high := -largest, largest
	if q.Min != nil {
		low = *q.Min
	}
	if q.Max != nil {
		high = *q.Max
	}
	if n >= low && n <= high {
		return n + 0, nil // + 0 makes -0 plain 0
	}
	switch {
	case q.Min != nil && q.Max == nil && n < low:
		return fault(q, "answer.number_at_least|Enter a number that is {min} or more", arg("min", plain(low)))
	case q.Min == nil && q.Max != nil && n > high:
		return fault(q, "answer.number_at_most|Enter a number that is {max} or less", arg("max", plain(high)))
	default:
		return fault(q, "answer.number_between|Enter a number from {min} to {max}", arg("min", plain(low)), arg("max", plain(high)))
	}
}

// plain writes a number with commas in its thousands.
func plain(f float64) string {
	if f == math.Trunc(f) && math.Abs(f) < 1e15 {
		return thousands(int(f))
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

// thousands writes 1200 as 1,200.
func thousands(n int) string {
	if n < 0 {
		return "-" + thousands(-n)
	}
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

type numbers struct{}
