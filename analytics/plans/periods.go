package plans

import (
	"fmt"
	"time"

	"yousaid/surveys/wording"
)

// Period is a calendar month, quarter or year.
type Period struct {
	From, To string // first and last day
	Due      string // the day by which it should have left
}

// Key is how Plans.Released names it.
func (p Period) Key() string { return p.From + " " + p.To }

// daysToRelease is how long after its end a table may take before it is late.
const daysToRelease = 30

func (c Cadence) months() int { return map[Cadence]int{Monthly: 1, Quarterly: 3, Yearly: 12}[c] }

// begins is the first day of the period that a day is in.
func (c Cadence) begins(day time.Time) time.Time {
	month := (int(day.Month())-1)/c.months()*c.months() + 1
	return time.Date(day.Year(), time.Month(month), 1, 0, 0, 0, 0, time.UTC)
}

// Over lists the periods of the plan that are over on a day, newest first and at most so many: from the last that was
// over when the plan was made. A period that was over before is due some days after the plan was made: nobody is late
// with what nobody had promised.
func (p Plan) Over(today time.Time, most int) (list []Period) {
	made := time.Date(p.CreatedAt.Year(), p.CreatedAt.Month(), p.CreatedAt.Day(), 0, 0, 0, 0, time.UTC)
	oldest := p.Cadence.begins(made).AddDate(0, -p.Cadence.months(), 0)
	for first := p.Cadence.begins(today).AddDate(0, -p.Cadence.months(), 0); !first.Before(oldest) &&
		len(list) < most; first = first.AddDate(0, -p.Cadence.months(), 0) {
		last := first.AddDate(0, p.Cadence.months(), -1)
		due := last
		if due.Before(made) {
			due = made
		}
		list = append(list, Period{first.Format(time.DateOnly), last.Format(time.DateOnly),
			due.AddDate(0, 0, daysToRelease).Format(time.DateOnly)})
	}
	return list
}

// Quarter is a calendar quarter, written 2026-Q3.
type Quarter struct{ Year, Number int }

// ParseQuarter reads 2026-Q3.
func ParseQuarter(s string) (q Quarter, ok bool) {
	n, err := fmt.Sscanf(s, "%4d-Q%1d", &q.Year, &q.Number)
	return q, err == nil && n == 2 && q.String() == s && q.Number >= 1 && q.Number <= 4 && q.Year > 1900
}

// String writes 2026-Q3.
func (q Quarter) String() string { return fmt.Sprintf("%04d-Q%d", q.Year, q.Number) }

// First and last day.
func (q Quarter) days() (first, last time.Time) {
	first = time.Date(q.Year, time.Month(3*q.Number-2), 1, 0, 0, 0, 0, time.UTC)
	return first, first.AddDate(0, 3, -1)
}

// Period has its days.
func (q Quarter) Period() Period {
	first, last := q.days()
	return Period{From: first.Format(time.DateOnly), To: last.Format(time.DateOnly),
		Due: last.AddDate(0, 0, daysToRelease).Format(time.DateOnly)}
}

// IsOver tells whether the last day is before today.
func (q Quarter) IsOver(today string) bool { return q.Period().To < today }

// Words say it in words: "July to September 2026".
func (q Quarter) Words() wording.Message {
	first, last := q.days()
	return wording.Say("sheet.from_to|%s to %s", wording.MonthName(first.Month()), wording.Month(last))
}

// LastQuarters lists the quarters that are over, newest first.
func LastQuarters(today time.Time, n int) (list []Quarter) {
	first := Quarterly.begins(today)
	for range n {
		first = first.AddDate(0, -3, 0)
		list = append(list, Quarter{first.Year(), (int(first.Month()) + 2) / 3})
	}
	return list
}
