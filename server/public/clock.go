package public

import "time"

// Clock is how the pages measure how long they believe what they have read. The zero value is what a running site has; tests move Now on
// instead of waiting, and
// give Patience and Lookup so long that a slow machine does not read an old snapshot.
type Clock struct {
	Now      func() time.Time // time.Now when nil
	Patience time.Duration    // a reader waits this long for a slow database, then reads the snapshot before; 300 ms when 0
	Lookup   time.Duration    // one reading of the database may take this long; 5 s when 0
}

func (c Clock) now() time.Time {
	if c.Now == nil {
		return time.Now()
	}
	return c.Now()
}

func (c Clock) since(t time.Time) time.Duration { return c.now().Sub(t) }

func (c Clock) lookup() time.Duration {
	if c.Lookup == 0 {
		return lookup
	}
	return c.Lookup
}

func (c Clock) patience() time.Duration {
	if c.Patience == 0 {
		return patience
	}
	return c.Patience
}
