package page

import (
	"math"
	"strconv"
	"time"

	"yousaid/surveys/question"
)

// FigureInWords says a released figure with its base, its likely range and its dates, in the page's language: "Household waste: 62% of 412 people were satisfied (likely range 57%
// to 67%), January 2026 to March 2026". Shares are from 0 to 1; days are 2006-01-02.
func FigureInWords(p Page, of question.Text, measured string, value float64, low, high *float64, n int64, from, to string) string {
	name := p.Word(of)
	count := Number(int(n))
	var said string
	switch measured {
	case "satisfied":
		said = p.T("figure.satisfied|%s: %s of %s people were satisfied", name, whole(value), count)
		if low != nil && high != nil {
			said += " " + p.T("figure.range|(likely range %s to %s)", whole(*low), whole(*high))
		}
	case "mean":
		said = p.T("figure.mean|%s: the mean score of %s people was %s", name, count, strconv.FormatFloat(math.Round(value*10)/10, 'f', 1, 64))
	default:
		said = p.T("figure.answers|%s: %s people answered", name, count)
	}
	return said + ", " + p.Period(from, to)
}

// whole is a share in whole per cent, rounded half away from zero.
func whole(share float64) string { return strconv.Itoa(int(math.Round(share*100))) + "%" }

// Period is a span of whole months in words: "January 2026", "January 2026 to March 2026". Days that cannot be read are left as they are.
func (p Page) Period(from, to string) string {
	a, err1 := time.Parse(time.DateOnly, from)
	b, err2 := time.Parse(time.DateOnly, to)
	switch {
	case err1 != nil || err2 != nil:
		return from + " – " + to
	case a.Year() == b.Year() && a.Month() == b.Month():
		return p.Month(a)
	}
	return p.T("figure.period|%s to %s", p.Month(a), p.Month(b))
}
