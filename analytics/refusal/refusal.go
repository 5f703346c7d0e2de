// Package refusal says why a query for figures cannot be answered as it was put, and what to ask instead.
package refusal

import (
	"errors"
	"strings"

	"yousaid/analytics/disclosure"
	"yousaid/analytics/figures"
	"yousaid/surveys/wording"
)

// Refusal is a query that cannot be answered as it was put. Its message says what to ask instead. It is a 422, never a
// 500. The message names no code of any group: it is read by people who may not know which groups are small.
type Refusal struct {
	About        About           // the part of the query that can be put right
	Of           string          // the dimension of a split or filter that it is about, where it is about one
	AuditedWith  []int64         // the releases beside which the table was not proved; nil where it is refused for another reason
	Alternatives []figures.Query // what was tried instead and proved: it may leave as things are now

	Why          Reason
	Tried        bool              // other tables, instead
	OtherPeriods [][2]figures.Date // periods within the table's that the releases of AuditedWith do not count

	said  wording.Message // of a query that has no answer
	cause error
}

// ErrNotAllowed says that the actor's roles do not cover what was asked.
var ErrNotAllowed = errors.New("your role does not allow these figures")

// ErrNeedsProtection says that figures stand in protected tables only: ask for them one by one.
var ErrNeedsProtection = errors.New("figures of an equality group are shown in protected tables only")

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

// Reason is why a table is refused.
type Reason uint8

const (
	NoAnswer         Reason = iota // it was asked in a way that has no answer
	notProved                      // none was found within the work allowed
	NotProvedLinked                // none was found beside earlier releases
	FewChanged                     // a few answers have changed since an earlier release
	RoundedOtherwise               // an earlier release is rounded and this table hidden, or the other way round
	Inconsistent                   // the table and the answers behind it do not agree
)

// Error is the message in English.
func (r Refusal) Error() string { return r.Message().String() }

// Unwrap is the error of the proof, for logs and tests: it may name groups.
func (r Refusal) Unwrap() error { return r.cause }

// New refuses a query for a part of it, and a dimension where it is about one.
func New(about About, of, text string, args ...any) error {
	return Refusal{About: about, Of: of, said: wording.Say(text, args...)}
}

// Refuse is a refusal by a page that asks less than the query could.
func Refuse(about About, text string, args ...any) Refusal {
	return Refusal{About: about, said: wording.Say(text, args...)}
}

// Unproved refuses a table for want of a proof.
func Unproved(why Reason, cause error, beside ...int64) Refusal {
	return Refusal{Why: why, cause: cause, AuditedWith: beside}
}

// From makes a refusal of what the protection refuses.
func From(err error) error {
	var b disclosure.LinkageError
	switch {
	case err == nil, errors.As(err, new(Refusal)):
		return err
	case errors.As(err, &b):
		return Unproved(NotProvedLinked, err, b.Prior...)
	case errors.Is(err, disclosure.ErrLattice):
		return Unproved(Inconsistent, err)
	case errors.Is(err, disclosure.ErrUnproven), errors.Is(err, disclosure.ErrDimensions), errors.Is(err, disclosure.ErrRules):
		return Unproved(notProved, err)
	}
	return err
}

// Message says what cannot be answered, and what to ask instead.
func (r Refusal) Message() wording.Message {
	releases := releasesNamed(r.AuditedWith)
	var text wording.Message
	switch r.Why {
	case NoAnswer:
		return r.said
	case notProved:
		text = wording.Say("refusal.unproved|This table was not proved safe: no proof was found within the work allowed, so it cannot be shown.")
	case NotProvedLinked:
		text = wording.Say("refusal.unproved_beside|This table was not proved safe beside %s, so it cannot leave. "+
			"That does not mean that it tells anything of anybody: no proof was found that it does not.", releases)
	case FewChanged:
		text = wording.Say("refusal.unchanged|This table was not proved safe beside %s, so it cannot leave: a few of the answers that "+
			"both count have changed since, "+
			"and the difference could show how. It can be asked for again when more of them have changed.", releases)
	case RoundedOtherwise:
		return wording.Say("refusal.one_way|This table cannot leave: %s shows some of the same answers the other way. "+
			"The same answers are never both rounded and hidden, because one table would help to undo the other.", releases)
	case Inconsistent:
		return wording.Say("refusal.disagrees|This table cannot be shown: it does not agree with the answers behind it. Ask again; if " +
			"it stays so, tell the people who run this site.")
	}
	switch {
	case len(r.Alternatives) == 0 && r.Tried:
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
