package analytics

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"yousaid/analytics/disclosure"
	"yousaid/analytics/figures"
	"yousaid/surveys/bank"
	"yousaid/surveys/tenant"
)

// Refusal is a query that cannot be answered as it was put, with a sentence that says what to ask instead. It is a 422, never a 500. The sentence names no code of any group: it is read by
// people who may not know which groups are small.
type Refusal struct {
	Sentence string
	Beside   []int64         // the releases beside which the table was not proved; nil where it is refused for another reason
	Instead  []figures.Query // what was tried instead and proved: it may leave as things are now

	why   lack
	cause error
	tried bool              // other tables, instead
	apart [][2]figures.Date // periods within the table's that the releases of Beside do not count
}

// lack is what a proof lacks.
type lack uint8

const (
	lackNothing   lack = iota // it was asked in a way that has no answer
	lackAny                   // none was found within the work allowed
	lackBeside                // none was found beside earlier releases
	lackUnchanged             // a few answers have changed since an earlier release
	lackOneWay                // an earlier release is rounded and this table hidden, or the other way round
	lackAgreement             // the table and the answers behind it do not agree
)

// Error is the sentence.
func (r Refusal) Error() string { return r.Sentence }

// Unwrap is the error of the proof, for logs and tests: it may name groups.
func (r Refusal) Unwrap() error { return r.cause }

func refuse(format string, args ...any) error { return Refusal{Sentence: fmt.Sprintf(format, args...)} }

// unproved refuses a table for want of a proof.
func unproved(why lack, cause error, beside ...int64) Refusal {
	r := Refusal{why: why, cause: cause, Beside: beside}
	r.Sentence = r.words()
	return r
}

// inWords makes a refusal of what the protection refuses.
func inWords(err error) error {
	var b disclosure.LinkageError
	switch {
	case err == nil, errors.As(err, new(Refusal)):
		return err
	case errors.As(err, &b):
		return unproved(lackBeside, err, b.Prior...)
	case errors.Is(err, disclosure.ErrLattice):
		return unproved(lackAgreement, err)
	case errors.Is(err, disclosure.ErrUnproven), errors.Is(err, disclosure.ErrDimensions), errors.Is(err, disclosure.ErrRules):
		return unproved(lackAny, err)
	}
	return err
}

// words are the sentences for everything that is not proved.
func (r Refusal) words() string {
	releases := releasesNamed(r.Beside)
	text := ""
	switch r.why {
	case lackAny:
		text = "This table was not proved safe: no proof was found within the work allowed, so it cannot be shown."
	case lackBeside:
		text = "This table was not proved safe beside " + releases + ", so it cannot leave. That does not mean that it tells anything of anybody: no proof was found that it does not."
	case lackUnchanged:
		text = "This table was not proved safe beside " + releases + ", so it cannot leave: a few of the answers that both count have changed since, and the difference could show how. It can be asked for again when more of them have changed."
	case lackOneWay:
		return "This table cannot leave: " + releases + " shows some of the same answers the other way. The same answers are never both rounded and hidden, because one table would help to undo the other."
	case lackAgreement:
		return "This table cannot be shown: it does not agree with the answers behind it. Ask again; if it stays so, tell the people who run this site."
	}
	switch {
	case len(r.Instead) == 0 && r.tried:
		return text + " Simpler tables or other days were tried instead, and none was proved."
	case len(r.Instead) == 0:
		return text
	}
	var tables []string
	for _, q := range r.Instead {
		tables = append(tables, words(q))
	}
	return text + " Proved, and free to leave as things are now: " + strings.Join(tables, "; ") + "."
}

// words name a table by what is counted, how it is split, and its days.
func words(q figures.Query) string {
	text := q.Measure
	if len(q.By) > 0 {
		text += " by " + strings.Join(q.By, " and ")
	}
	if q.Subtotals {
		text += ", with subtotals"
	}
	if !q.From.IsZero() && !q.To.IsZero() {
		text += fmt.Sprintf(", %s to %s", q.From, q.To)
	}
	return text
}

func releasesNamed(ids []int64) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = fmt.Sprintf("release %d", id)
	}
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// apartFrom adds the days of a table before and after those of the releases beside which it was not proved.
func apartFrom(err error, f figures.Frame, list []*earlier) error {
	var r Refusal
	if !errors.As(err, &r) || r.Beside == nil || r.why == lackOneWay {
		return err
	}
	from, to := f.To.AddDays(1), f.From.AddDays(-1) // the days that they count
	for _, e := range list {
		if !slices.Contains(r.Beside, e.ID) {
			continue
		}
		if first, err := figures.ParseDate(e.From); err == nil && first.Before(from) {
			from = first
		}
		if last, err := figures.ParseDate(e.To); err == nil && to.Before(last) {
			to = last
		}
	}
	if f.From.Before(from) {
		r.apart = append(r.apart, [2]figures.Date{f.From, from.AddDays(-1)})
	}
	if to.Before(f.To) {
		r.apart = append(r.apart, [2]figures.Date{to.AddDays(1), f.To})
	}
	return r
}

const (
	mostTried   = 4 // tables that are tried instead of one that was not proved: each takes as long as it did
	mostInstead = 2 // of them that are named
)

// instead tries what may be released in the place of a table that was not proved, and puts it in the refusal.
func (a *Analytics) instead(ctx context.Context, by tenant.Actor, q figures.Query, err error) error {
	var r Refusal
	if !errors.As(err, &r) || r.why == lackNothing || r.why == lackOneWay || r.why == lackAgreement {
		return err
	}
	var list []figures.Query
	for _, days := range r.apart {
		one := q
		one.From, one.To = days[0], days[1]
		list = append(list, one)
	}
	if r.why != lackUnchanged { // else every table of these days is refused
		list = append(simpler(q), list...)
	}
	for _, one := range list[:min(len(list), mostTried)] {
		r.tried = true
		answer, err := a.once(ctx, by, one, trying)
		if err != nil {
			if errors.As(err, new(Refusal)) || errors.Is(err, ErrNotAllowed) {
				continue
			}
			return err
		}
		if p, ok := answer.(Protected); !ok || p.Table.Total().State != disclosure.Shown {
			continue // nothing of it is to be seen
		}
		if r.Instead = append(r.Instead, one); len(r.Instead) == mostInstead {
			break
		}
	}
	r.Sentence = r.words()
	return r
}

// simpler lists tables that may be proved where one was not: split by one of two dimensions, by groups of a characteristic, without subtotals.
func simpler(q figures.Query) (list []figures.Query) {
	add := func(by []string, subtotals bool) {
		one := q
		one.By, one.Subtotals = by, subtotals
		list = append(list, one)
	}
	if len(q.By) == 2 {
		add(q.By[:1], q.Subtotals)
		add(q.By[1:], q.Subtotals)
	}
	for i, id := range q.By {
		if c, ok := bank.Find(id); ok && len(c.Groups) > 0 {
			by := slices.Clone(q.By)
			by[i] += "_group"
			add(by, q.Subtotals)
		}
	}
	if q.Subtotals {
		add(q.By, false)
	}
	return list
}
