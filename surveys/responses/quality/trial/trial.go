// Package trial makes up a day of answers to one link, honest and planted, for the tests of quality and for the bench. Nothing in
// it is measured from people: each share is written beside it.
package trial

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"time"
)

// Event is one response that is sent.
type Event struct {
	At      time.Time
	Shown   time.Time // when its first page was shown
	From    netip.Addr
	Comment string // "" for most
	Planted bool
}

// hours is how a day's honest answers spread over it, in parts of 100 from midnight: little by night, most in the late morning and
// the evening.
var hours = [24]int{1, 0, 0, 0, 0, 1, 2, 4, 6, 8, 9, 8, 7, 6, 6, 6, 5, 5, 6, 7, 6, 4, 2, 1}

// Honest is n answers of people on one day: 45 in 100 from a home of their own, 35 from 400 addresses that mobile networks share
// out (the busiest of them give ten times as many as the quietest), 15 from 60 offices, 5 from 8 libraries. Reading takes 4 to 90
// seconds; 1 in 100 sends within a second (an answer was chosen in the email already). 1 in 5 writes a comment, a third of them one
// of a few short ones.
func Honest(r *rand.Rand, day time.Time, n int) []Event {
	list := make([]Event, n)
	for i := range list {
		e := Event{At: when(r, day)}
		switch kind := r.IntN(100); {
		case kind < 45:
			e.From = address(10, r.Uint32())
		case kind < 80:
			e.From = address(20, uint32(min(r.IntN(400), r.IntN(400)))) // small
		case kind < 95:
			e.From = address(30, r.Uint32N(60))
		default:
			e.From = address(40, r.Uint32N(8))
		}
		read := 4*time.Second + time.Duration(r.Int64N(int64(86*time.Second)))
		if r.IntN(100) == 0 {
			read = 600*time.Millisecond + time.Duration(r.Int64N(int64(400*time.Millisecond)))
		}
		e.Shown = e.At.Add(-read)
		switch r.IntN(15) {
		case 0:
			e.Comment = []string{"Thank you", "Very good service", "No problems", "Too slow", "Nobody answered the phone"}[r.IntN(5)]
		case 1, 2:
			e.Comment = fmt.Sprintf("I waited %d minutes and then spoke to somebody about case %d, who was helpful in the end.", r.IntN(90),
				r.IntN(1e6))
		}
		list[i] = e
	}
	sort(list)
	return list
}

func when(r *rand.Rand, day time.Time) time.Time {
	part := r.IntN(100)
	for h, share := range hours {
		if part -= share; part < 0 {
			return day.Add(time.Duration(h)*time.Hour + time.Duration(r.Int64N(int64(time.Hour))))
		}
	}
	return day
}

// Plan is how answers are planted.
type Plan struct {
	Name     string
	Answers  int
	Networks int           // as many addresses, used in turn at random
	From     time.Duration // since the day began
	Spread   time.Duration // evenly over so long
	Reading  time.Duration // from the page to sending it, at least; as much again at random
	Comment  string        // the same one with each
}

// Plans are the three of the product's promise, the first two at several paces, and what they are to reach.
var Plans = []struct {
	Plan
	Caught float64 // at least this share of what is planted must not count; 0 where nothing is promised
}{
	{Plan{"one network, in 20 minutes", 20000, 1, 11 * time.Hour, 20 * time.Minute, 0, ""}, 0.99},
	{Plan{"one network, over the day", 20000, 1, 0, 24 * time.Hour, 3 * time.Second, ""}, 0.99},
	{Plan{"200 networks, in 20 minutes", 20000, 200, 11 * time.Hour, 20 * time.Minute, 0, ""}, 0.99},
	{Plan{"200 networks, pages read first, in an hour", 20000, 200, 19 * time.Hour, time.Hour, 5 * time.Second, ""}, 0.99},
	{Plan{"200 networks, pages read first, in a working day", 20000, 200, 8 * time.Hour, 9 * time.Hour, 5 * time.Second, ""}, 0.99},
	{Plan{"200 networks, pages read first, over 24 hours", 20000, 200, 0, 24 * time.Hour, 5 * time.Second, ""}, 0.99},
	{Plan{"human pace, 20 networks, over 24 hours", 20000, 20, 0, 24 * time.Hour, 20 * time.Second, ""}, 0},
	{Plan{"human pace, 2,000 networks, over 24 hours", 20000, 2000, 0, 24 * time.Hour, 20 * time.Second, ""}, 0},
	{Plan{"human pace, 2,000 networks, one long comment", 20000, 2000, 0, 24 * time.Hour, 20 * time.Second,
		"This service is a disgrace and should be closed at once."}, 0},
	{Plan{"human pace, a network for each answer", 20000, 20000, 0, 24 * time.Hour, 20 * time.Second, ""}, 0},
}

// Planted is the answers of a plan on one day.
func Planted(r *rand.Rand, day time.Time, p Plan) []Event {
	list := make([]Event, p.Answers)
	for i := range list {
		at := day.Add(p.From + time.Duration(r.Int64N(int64(p.Spread))))
		read := 40*time.Millisecond + p.Reading
		if p.Reading > 0 {
			read += time.Duration(r.Int64N(int64(p.Reading)))
		}
		// small
		list[i] = Event{At: at, Shown: at.Add(-read), From: address(50, r.Uint32N(uint32(p.Networks))), Comment: p.Comment, Planted: true}
	}
	sort(list)
	return list
}

// Merge puts events in the order in which they come.
func Merge(a, b []Event) []Event {
	list := append(slices.Clone(a), b...)
	sort(list)
	return list
}

func sort(list []Event) {
	slices.SortStableFunc(list, func(a, b Event) int { return a.At.Compare(b.At) })
}

// address is the n-th of a kind of made-up IPv4 address.
func address(kind byte, n uint32) netip.Addr {
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], n)
	b[0] = kind
	return netip.AddrFrom4(b)
}
