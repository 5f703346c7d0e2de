package quality

import (
	"sync"
	"time"
)

// rate is how many answers may come at once, and how often another one after that.
type rate struct {
	once  int
	every time.Duration
}

// The limits for new responses. They hold for one network at one link, and for one network over all links that are not shared. They
// are there to bound what a script can store, not to find it: an office of 200 people may answer one link in the same minute.
var (
	linkRate    = rate{200, 10 * time.Second}
	sharedRate  = rate{2000, time.Second}
	networkRate = rate{1000, time.Second}
)

// SearchEvery is how often one network may have a public page made anew, such as by a search with new words, once its allowance is used up.
const SearchEvery = 3 * time.Second

var searchRate = rate{30, SearchEvery}

// searches stands in for a link where searches are counted; no link has this id.
const searches = -1

// mostCounted bounds how many networks Limits remembers: 16 MB or so. Beyond it no further network is limited.
const mostCounted = 1 << 18

// Limits counts new responses by network and link, and searches by network. The zero value is ready; it is safe for use by many goroutines.
type Limits struct {
	mu    sync.Mutex
	full  map[limited]time.Time // when the key's allowance will be whole again
	swept time.Time
}

// limited is what is counted: a network at a link, or (link 0) everywhere.
type limited struct {
	link    int64
	network Network
}

// Take counts one new response, or tells how long it is until it may come; then nothing is counted. An unknown network is never held up.
func (l *Limits) Take(link int64, from Origin, now time.Time) (wait time.Duration) {
	if from.Network == 0 {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sweep(now)
	here, everywhere := limited{link, from.Network}, limited{0, from.Network}
	if from.Shared {
		return l.take(here, sharedRate, now)
	}
	if wait = l.wait(everywhere, networkRate, now); wait > 0 {
		return wait
	}
	if wait = l.take(here, linkRate, now); wait == 0 {
		l.take(everywhere, networkRate, now)
	}
	return wait
}

// Search counts one page that is made for a reader of the network, or tells how long it is until it may be; then nothing is
// counted. It is not counted with new responses. An unknown network is never held up.
func (l *Limits) Search(from Network, now time.Time) (wait time.Duration) {
	if from == 0 {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sweep(now)
	return l.take(limited{searches, from}, searchRate, now)
}

func (l *Limits) wait(k limited, r rate, now time.Time) time.Duration {
	full, counted := l.full[k]
	if !counted {
		return 0
	}
	return max(0, full.Sub(now)-time.Duration(r.once-1)*r.every)
}

func (l *Limits) take(k limited, r rate, now time.Time) time.Duration {
	if wait := l.wait(k, r, now); wait > 0 {
		return wait
	}
	full := l.full[k]
	if full.IsZero() && len(l.full) >= mostCounted {
		return 0
	}
	if full.Before(now) {
		full = now
	}
	l.full[k] = full.Add(r.every)
	return 0
}

// sweep forgets, once a minute, those whose allowance is whole.
func (l *Limits) sweep(now time.Time) {
	if l.full == nil {
		l.full = map[limited]time.Time{}
	}
	if age := now.Sub(l.swept); age >= 0 && age < time.Minute {
		return
	}
	l.swept = now
	for k, full := range l.full {
		if full.Before(now) {
			delete(l.full, k)
		}
	}
}
