package attack

import (
	"fmt"
	"slices"
	"strings"
)

// Leak is what the attack on several files came to for one number.
type Leak uint8

const (
	Disclosed             Leak = iota // a hidden number, or one that is printed rounded, has one value only
	TooNarrow                         // a hidden number of 1 to T-1 cannot be nobody, or cannot be T
	DistributionDisclosed             // an answer of a distribution that is held back has one value only
	RemainderDisclosed                // the distribution of fewer than 30 people beside an equality characteristic is left over
	DifferenceDisclosed               // what files differ by is 1 to T-1 people, exactly
	RowDisclosed                      // a hidden row is there because somebody has its code
	NotJudged                         // neither shown to be safe nor to be known: never take it for safe
)

// String names a leak in a word or two.
func (l Leak) String() string {
	return [...]string{"disclosed", "too narrow", "held-back answer disclosed", "remainder disclosed", "difference disclosed",
		"row tells of somebody", "not judged"}[l]
}

// PeopleFinding is one number that the files give away, or that could not be judged. Codes name the aggregate in its
// publication, Of an answer or the part of the aggregate.
type PeopleFinding struct {
	Leak        Leak
	Publication int
	Codes       []string
	Of          string
	Low, High   int64
	Why         string
}

// String says a finding in a line.
func (f PeopleFinding) String() string {
	ends := fmt.Sprint(f.Low)
	switch {
	case f.High == Unlimited:
		ends += " or more"
	case f.High != f.Low:
		ends += fmt.Sprintf(" to %d", f.High)
	}
	of := f.Of
	if of != "" {
		of = " (" + of + ")"
	}
	return fmt.Sprintf("publication %d, %s%s: %s, %s: %s", f.Publication+1, strings.Join(f.Codes, ", "), of, f.Leak, ends, f.Why)
}

// PeopleReport is the outcome of an attack on several files. Hidden, Answers and Parts count the numbers that were judged:
// hidden or rounded numbers, answers of held-back distributions, and differences and remainders. Trouble says why nothing
// could be judged.
type PeopleReport struct {
	Hidden, Answers, Parts int
	Unknown                int
	Findings               []PeopleFinding
	Trouble                string
}

// Count counts the findings of a kind.
func (r PeopleReport) Count(l Leak) (n int) {
	for _, f := range r.Findings {
		if f.Leak == l {
			n++
		}
	}
	return n
}

// Leaks lists the findings without those that could not be judged.
func (r PeopleReport) Leaks() []PeopleFinding {
	return slices.DeleteFunc(slices.Clone(r.Findings), func(f PeopleFinding) bool { return f.Leak == NotJudged })
}

// Judged counts all numbers that were judged.
func (r PeopleReport) Judged() int { return r.Hidden + r.Answers + r.Parts }

// Err is nil when numbers were judged and nothing came out. An attack that judged nothing, or not everything, is no success.
func (r PeopleReport) Err() error {
	switch leaks := r.Leaks(); {
	case r.Trouble != "":
		return fmt.Errorf("the files could not be attacked: %s", r.Trouble)
	case len(leaks) > 0:
		return fmt.Errorf("%d numbers come out, the first: %s", len(leaks), leaks[0])
	case r.Unknown > 0:
		return fmt.Errorf("%d numbers could not be judged: never take them for safe", r.Unknown)
	case r.Judged() == 0:
		return fmt.Errorf("nothing was judged: the files hide nothing")
	}
	return nil
}

// String says it in a line.
func (r PeopleReport) String() string {
	if r.Trouble != "" {
		return "nothing judged: " + r.Trouble
	}
	return fmt.Sprintf(
		"%d hidden numbers, %d held-back answers and %d parts judged: %d disclosed, %d too narrow, %d answers disclosed, %d "+
			"remainders, %d differences, %d rows that tell of somebody, %d not judged",
		r.Hidden,
		r.Answers,
		r.Parts,
		r.Count(Disclosed),
		r.Count(TooNarrow),
		r.Count(DistributionDisclosed),
		r.Count(RemainderDisclosed),
		r.Count(DifferenceDisclosed),
		r.Count(RowDisclosed),
		r.Unknown,
	)
}
