// Package quality tells unusual answers from usual ones while they are sent. It holds no database and no address: networks are
// known by hashes whose salt is made anew each day and exists in memory only, and what was counted by them goes with the salt.
// docs/unusual-answers.md has the rules.
package quality

import (
	"hash/maphash"
	"net/netip"
	"sync"
	"time"
)

// Verdict is the rule that found a response unusual; "" for none. The values stand in responses.verdict.
type Verdict string

// The verdicts. By is a person's, without a rule.
const (
	None     Verdict = ""
	Unsigned Verdict = "unsigned" // the link asks for signed job references and this response came without one
	Fast     Verdict = "fast"     // sent sooner than anybody could read the page, as many others of the link
	Burst    Verdict = "burst"    // one of very many from its network, or from few networks in a burst
	Repeated Verdict = "repeated" // the same long comment as many others
	Person   Verdict = "person"   // staff left it out
)

// Verdicts lists what a rule or a person can say, in the order in which pages list them.
var Verdicts = []Verdict{Burst, Fast, Repeated, Unsigned, Person}

// Network stands for a visitor's network on one day; 0 for none known. It leads back to no address.
type Network uint64

// Origin is what is known, while a response is sent, of where it came from. Nothing of it is stored.
type Origin struct {
	Network  Network
	Shared   bool // the link is for a kiosk, an office or a library: many people answer from one network
	NeedsJob bool // the link counts only feedback about a job whose reference is signed
}

// Networks gives visitors' networks their numbers. The zero value is ready; it is safe for use by many goroutines.
type Networks struct {
	mu   sync.RWMutex
	day  int64
	seed maphash.Seed
}

// Of is the number of the network that an address is in, on the day (UTC) of now: the address itself for IPv4, its /56 for IPv6,
// which is what one household or office is given. The same network has another number on another day and in another program.
func (n *Networks) Of(address netip.Addr, now time.Time) Network {
	address = address.Unmap().WithZone("")
	if !address.IsValid() {
		return 0
	}
	if address.Is6() {
		if p, err := address.Prefix(56); err == nil {
			address = p.Addr()
		}
	}
	b := address.As16()
	return Network(max(1, maphash.Bytes(n.salt(now), b[:])))
}

func (n *Networks) salt(now time.Time) maphash.Seed {
	today := dayOf(now)
	n.mu.RLock()
	seed, day := n.seed, n.day
	n.mu.RUnlock()
	if day == today && day != 0 {
		return seed
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.day != today {
		n.seed, n.day = maphash.MakeSeed(), today
	}
	return n.seed
}

// dayOf counts days (UTC) since 1970.
func dayOf(t time.Time) int64 { return t.Unix() / 86400 }
