package attack

import "time"

// DefaultWork is the work that the zero Options spend on each table: some ten seconds of one core of a small machine that
// has nothing else to do.
const DefaultWork = 1_000_000_000

// effort says how much a search has spent: nanoseconds by the clock, or units of work. A unit is one number of a tableau
// that is read or written; how many are spent does not depend on how fast or how busy a machine is, so with units the same
// tables give the same findings everywhere. A nil effort is never spent.
type effort struct {
	clock bool
	began time.Time
	units int64
}

// now is what has been spent so far. A search is over when it passes the deadline that it was given.
func (e *effort) now() int64 {
	switch {
	case e == nil:
		return 0
	case e.clock:
		return int64(time.Since(e.began))
	}
	return e.units
}

// spend counts units of work.
func (e *effort) spend(units int) {
	if e != nil {
		e.units += int64(units)
	}
}

// begin starts to count, and gives the deadline of everything that the options allow.
func (o Options) begin() (e *effort, deadline int64) {
	if o.Budget > 0 {
		return &effort{clock: true, began: time.Now()}, int64(o.Budget)
	}
	return &effort{}, o.Work
}
