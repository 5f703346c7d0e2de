package analytics

import (
	"context"
	"errors"
	"slices"
	"strings"

	"yousaid/analytics/disclosure"
	"yousaid/analytics/figures"
	"yousaid/surveys/bank"
	"yousaid/surveys/wording"
)

// Refusal is a query that cannot be answered as it was put. Its message says what to ask instead. It is a 422, never a
// 500. The message names no code of any group: it is read by people who may not know which groups are small.
type Refusal struct {
	About        About           // the part of the query that can be put right
	Of           string          // the dimension of a split or filter that it is about, where it is about one
	AuditedWith  []int64         // the releases beside which the table was not proved; nil where it is refused for another reason
	Alternatives []figures.Query // what was tried instead and proved: it may leave as things are now

	said         wording.Message // of a query that has no answer
	why          reason
	cause        error
	tried        bool              // other tables, instead
	otherPeriods [][2]figures.Date // periods within the table's that the releases of Beside do not count
}

// About is a part of a query.
type About string

// The parts of a query that a refusal can be about.
const (
	AboutNothing About = "" // nothing in the query can be put right, or it was not proved
	AboutFrom    About = "from"
	AboutTo      About = "to"
	AboutSurvey  About = "survey"
	AboutMeasure About = "measure"
	AboutSplit   About = "split"
	AboutFilter  About = "filter"
)

// reason is why a table is refused.
type reason uint8

const (
	noAnswer         reason = iota // it was asked in a way that has no answer
	notProved                      // none was found within the work allowed
	notProvedLinked                // none was found beside earlier releases
	fewChanged                     // a few answers have changed since an earlier release
	roundedOtherwise               // an earlier release is rounded and this table hidden, or the other way round
	inconsistent                   // the table and the answers behind it do not agree
)

// Error is the message in English.
func (r Refusal) Error() string { return r.Message().String() }

// Unwrap is the error of the proof, for logs and tests: it may name groups.
func (r Refusal) Unwrap() error { return r.cause }

func refuse(about About, of, text string, args ...any) error {
	return Refusal{About: about, Of: of, said: wording.Say(text, args...)}
}

// Refuse is a refusal by a page that asks less than the query could.
func Refuse(about About, text string, args ...any) Refusal {
	return Refusal{About: about, said: wording.Say(text, args...)}
}

// unproved refuses a table for want of a proof.
func unproved(why reason, cause error, beside ...int64) Refusal {
	return Refusal{why: why, cause: cause, AuditedWith: beside}
}

// refusalOf makes a refusal of what the protection refuses.
func refusalOf(err error) error {
	var b disclosure.LinkageError
	switch {
	case err == nil, errors.As(err, new(Refusal)):
		return err
	case errors.As(err, &b):
		return unproved(notProvedLinked, err, b.Prior...)
	case errors.Is(err, disclosure.ErrLattice):
		return unproved(inconsistent, err)
	case errors.Is(err, disclosure.ErrUnproven), errors.Is(err, disclosure.ErrDimensions), errors.Is(err, disclosure.ErrRules):
		return unproved(notProved, err)
	}
	return err
}

// Message says what cannot be answered, and what to ask instead.
func (r Refusal) Message() wording.Message {
	releases := releasesNamed(r.AuditedWith)
	var text wording.Message
	switch r.why {
	case noAnswer:
		return r.said
	case notProved:
		text = wording.Say("refusal.unproved|This table was not proved safe: no proof was found within the work allowed, so it cannot be shown.")
	case notProvedLinked:
		text = wording.Say("refusal.unproved_beside|This table was not proved safe beside %s, so it cannot leave. "+
			"That does not mean that it tells anything of anybody: no proof was found that it does not.", releases)
	case fewChanged:
		text = wording.Say("refusal.unchanged|This table was not proved safe beside %s, so it cannot leave: a few of the answers that "+
			"both count have changed since, "+
			"and the difference could show how. It can be asked for again when more of them have changed.", releases)
	case roundedOtherwise:
		return wording.Say("refusal.one_way|This table cannot leave: %s shows some of the same answers the other way. "+
			"The same answers are never both rounded and hidden, because one table would help to undo the other.", releases)
	case inconsistent:
		return wording.Say("refusal.disagrees|This table cannot be shown: it does not agree with the answers behind it. Ask again; if " +
			"it stays so, tell the people who run this site.")
	}
	switch {
	case len(r.Alternatives) == 0 && r.tried:
		return wording.Say("refusal.none_instead|%s Simpler tables or other days were tried instead, and none was proved.", text)
	case len(r.Alternatives) == 0:
		return text
	}
	tables := tableNamed(r.Alternatives[0])
	for _, q := range r.Alternatives[1:] {
		tables = wording.Say("refusal.tables|%s; %s", tables, tableNamed(q))
	}
	return wording.Say("refusal.instead|%s Proved, and free to leave as things are now: %s.", text, tables)
}

// tableNamed names a table by what is counted, how it is split, and its days.
func tableNamed(q figures.Query) wording.Message {
	text := wording.Plain(q.Measure)
	switch len(q.By) {
	case 0:
	case 1:
		text = wording.Say("refusal.table_by|%s by %s", text, q.By[0])
	default:
		text = wording.Say("refusal.table_by_both|%s by %s and %s", text, q.By[0], strings.Join(q.By[1:], ", "))
	}
	if q.Subtotals {
		text = wording.Say("refusal.table_subtotals|%s, with subtotals", text)
	}
	if !q.From.IsZero() && !q.To.IsZero() {
		text = wording.Say("refusal.table_days|%s, %s to %s", text, q.From, q.To)
	}
	return text
}

func releasesNamed(ids []int64) wording.Message {
	var list wording.Message
	for i, id := range ids {
		switch one := wording.Say("refusal.release|release %s", id); {
		case i == 0:
			list = one
		case i < len(ids)-1:
			list = wording.Say("refusal.comma|%s, %s", list, one)
		default:
			list = wording.Say("refusal.and|%s and %s", list, one)
		}
	}
	return list
}

// addOtherPeriods adds the days of a table before and after those of the releases beside which it was not proved.
func addOtherPeriods(err error, f figures.Frame, list []*priorRelease) error {
	var r Refusal
	if !errors.As(err, &r) || r.AuditedWith == nil || r.why == roundedOtherwise {
		return err
	}
	from, to := f.To.AddDays(1), f.From.AddDays(-1) // the days that they count
	for _, e := range list {
		if !slices.Contains(r.AuditedWith, e.ID) {
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
		r.otherPeriods = append(r.otherPeriods, [2]figures.Date{f.From, from.AddDays(-1)})
	}
	if to.Before(f.To) {
		r.otherPeriods = append(r.otherPeriods, [2]figures.Date{to.AddDays(1), f.To})
	}
	return r
}

const (
	maxTried        = 4 // tables that are tried instead of one that was not proved: each takes as long as it did
	maxAlternatives = 2 // of them that are named
)

// findAlternatives tries what may be released instead of a table that was not proved, and puts it in the refusal.
func (s *Snapshot) findAlternatives(ctx context.Context, q figures.Query, err error) error {
	var r Refusal
	if !errors.As(err, &r) || r.why == noAnswer || r.why == roundedOtherwise || r.why == inconsistent {
		return err
	}
	var list []figures.Query
	for _, days := range r.otherPeriods {
		one := q
		one.From, one.To = days[0], days[1]
		list = append(list, one)
	}
	if r.why != fewChanged { // else every table of these days is refused
		list = append(simpler(q), list...)
	}
	for _, one := range list[:min(len(list), maxTried)] {
		r.tried = true
		answer, err := s.once(ctx, one, trying)
		if err != nil {
			if errors.As(err, new(Refusal)) || errors.Is(err, ErrNotAllowed) {
				continue
			}
			return err
		}
		if p, ok := answer.(provedTable); !ok || p.Table.Total().State != disclosure.Shown {
			continue // nothing of it is to be seen
		}
		if r.Alternatives = append(r.Alternatives, one); len(r.Alternatives) == maxAlternatives {
			break
		}
	}
	return r
}

// simpler lists tables that may be proved where one was not: split by one of two dimensions, by groups of a
// characteristic, without subtotals.
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
